//! Keeping what a réseau has: lists, forms, and what comes of them.

mod fiches;
mod objets;
mod partenaires;
mod reglages;
mod themes;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::html;
use sqlx::{PgConnection, PgPool};

use super::formulaire::Formulaire;
use super::pages::{self, Reseau};
use super::saisie::{Champ, Saisie};
use super::{Champs, collecte, connectee, connexion, ecriture, patienter, reponse};
use crate::comptes::Principal;
use crate::error::{Contexte, Error, Result};
use crate::http::{Chemin, Formulaire as Envoi, Parametres, Probleme, Reponse};
pub use objets::Objet;

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Router::new()
        .route("/espace/{reseau}/reglages", get(montrer_reglages).post(regler))
        .route("/espace/{reseau}/ajouter/{objet}", get(proposer).post(ajouter))
        .route("/espace/{reseau}/{objet}", get(lister))
        .route("/espace/{reseau}/{objet}/{code}", get(montrer).post(corriger))
        .route("/espace/{reseau}/{objet}/{code}/retirer", post(retirer))
        .route("/espace/{reseau}/{objet}/{code}/deplacer", post(deplacer))
        .route("/espace/{reseau}/partenaires/{code}/declarations", post(declarer))
}

async fn lister(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, objet)): Chemin<(String, String)>,
    parametres: Parametres,
) -> Reponse<Response> {
    let objet = Objet::de(&objet)?;
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let reseau = Reseau::lire(&mut transaction, &reseau).await?;
    let avis = pages::avis(pages::fait(parametres.texte("fait")), None);
    Ok(reponse(StatusCode::OK, pages::liste(&mut transaction, &reseau, objet, avis).await?))
}

/// The form of one, or of a new one.
async fn formulaire(
    connexion: &mut PgConnection,
    reseau: &Reseau,
    objet: Objet,
    code: Option<&str>,
    champs: &[Champ],
    saisie: &Saisie,
    nom: &str,
) -> Result<String> {
    let chemin = match (objet, code) {
        (Objet::Reglages, _) => format!("/espace/{}/reglages", reseau.code),
        (_, Some(code)) => format!("/espace/{}/{}/{code}", reseau.code, objet.segment()),
        (_, None) => format!("/espace/{}/ajouter/{}", reseau.code, objet.segment()),
    };
    let auteur = match code {
        Some(code) if !saisie.changements.is_empty() => {
            collecte::dernier_auteur(connexion, &reseau.code, objet.table(), code).await?
        }
        _ => None,
    };
    let ecrit = Formulaire {
        action: &chemin,
        verbe: "Enregistrer",
        champs,
        saisie,
        auteur: auteur.as_deref(),
    };
    let declarations = match (objet, code) {
        (Objet::Partenaire, Some(code)) => {
            Some(partenaires::declarations(connexion, &reseau.code, code).await?)
        }
        _ => None,
    };
    let retrait = code.filter(|_| objet != Objet::Reglages);
    let titre = if objet == Objet::Reglages { objet.pluriel() } else { nom };
    Ok(reseau.page(
        objet.segment(),
        titre,
        html! {
            (ecrit.ecrire())
            @if let Some(declarations) = declarations { (declarations) }
            @if retrait.is_some() {
                h2 { "Retirer" }
                p.discret {
                    "Seulement ce que rien ne cite : une erreur de saisie, un doublon. Ce qui a servi se termine, par sa \
                     date de fin."
                }
                form method="post" action={ (chemin) "/retirer" } { button { "Retirer" } }
            }
        },
    ))
}

/// The form of what is there.
async fn presenter(
    piscine: &PgPool,
    principal: &Principal,
    reseau: &str,
    objet: Objet,
    code: &str,
    avis: Option<&str>,
) -> Reponse<Response> {
    let mut transaction = principal.transaction(piscine).await?;
    let reseau = Reseau::lire(&mut transaction, reseau).await?;
    let champs = objet.champs(&mut transaction, &reseau.code, Some(code)).await?;
    let (nom, valeurs) = objet.lire(&mut transaction, &reseau.code, code, &champs).await?;
    let saisie = Saisie { lu: Some(valeurs.clone()), valeurs, ..Saisie::default() };
    let page =
        formulaire(&mut transaction, &reseau, objet, Some(code), &champs, &saisie, &nom).await?;
    let page = match avis {
        None => page,
        Some(_) => {
            page.replacen("<form", &format!("{}<form", pages::avis(avis, None).into_string()), 1)
        }
    };
    Ok(reponse(StatusCode::OK, page))
}

/// Saves what was typed, or shows it again with what is to be looked at.
async fn enregistrer(
    piscine: &PgPool,
    principal: &Principal,
    reseau: &str,
    objet: Objet,
    code: Option<&str>,
    envoyes: &Champs,
) -> Reponse<Response> {
    let origine = format!("/espace/{reseau}/{}", objet.segment());
    let (mut transaction, reseau) = ecriture(piscine, principal, &origine, reseau).await?;
    if let Some(code) = code {
        objet.retenir(&mut transaction, &reseau.code, code).await?;
    }
    let champs = objet.champs(&mut transaction, &reseau.code, code).await?;
    let mut saisie = Saisie::lire(&champs, envoyes);
    let mut nom = objet.ajouter().to_owned();
    let mut change = false;
    if let Some(code) = code {
        let (actuel, valeurs) = objet.lire(&mut transaction, &reseau.code, code, &champs).await?;
        nom = actuel;
        change = saisie.confronter(&champs, valeurs);
    }
    objet.juger(&mut transaction, &reseau.code, code, &mut saisie).await?;
    if change || !saisie.fautes.is_empty() {
        let page =
            formulaire(&mut transaction, &reseau, objet, code, &champs, &saisie, &nom).await?;
        let statut = if change { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
        return Ok(reponse(statut, page));
    }
    let ligne = saisie.ecrire(&champs);
    objet.ecrire(&mut transaction, &reseau.code, code, &ligne).await?;
    transaction.commit().await.pour("enregistrement d'une page")?;
    let suite = match objet {
        Objet::Reglages => format!("/espace/{}?fait=enregistre", reseau.code),
        _ => format!("/espace/{}/{}?fait=enregistre", reseau.code, objet.segment()),
    };
    Ok(Redirect::to(&suite).into_response())
}

async fn montrer_reglages(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(reseau): Chemin<String>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    presenter(&piscine, &principal, &reseau, Objet::Reglages, &reseau, None).await
}

async fn regler(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(reseau): Chemin<String>,
    Envoi(envoyes): Envoi<Champs>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &envoyes));
    }
    enregistrer(&piscine, &principal, &reseau, Objet::Reglages, Some(&reseau), &envoyes).await
}

async fn proposer(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, objet)): Chemin<(String, String)>,
) -> Reponse<Response> {
    let objet = Objet::de(&objet)?;
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let reseau = Reseau::lire(&mut transaction, &reseau).await?;
    let champs = objet.champs(&mut transaction, &reseau.code, None).await?;
    let vide = Saisie::default();
    let titre = objet.ajouter();
    let page = formulaire(&mut transaction, &reseau, objet, None, &champs, &vide, titre).await?;
    Ok(reponse(StatusCode::OK, page))
}

async fn ajouter(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, objet)): Chemin<(String, String)>,
    Envoi(envoyes): Envoi<Champs>,
) -> Reponse<Response> {
    let objet = Objet::de(&objet)?;
    if !connectee(&principal) {
        return Ok(patienter(&uri, &envoyes));
    }
    enregistrer(&piscine, &principal, &reseau, objet, None, &envoyes).await
}

async fn montrer(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, objet, code)): Chemin<(String, String, String)>,
    parametres: Parametres,
) -> Reponse<Response> {
    let objet = Objet::de(&objet)?;
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let avis = pages::fait(parametres.texte("fait"));
    presenter(&piscine, &principal, &reseau, objet, &code, avis).await
}

async fn corriger(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, objet, code)): Chemin<(String, String, String)>,
    Envoi(envoyes): Envoi<Champs>,
) -> Reponse<Response> {
    let objet = Objet::de(&objet)?;
    if !connectee(&principal) {
        return Ok(patienter(&uri, &envoyes));
    }
    enregistrer(&piscine, &principal, &reseau, objet, Some(&code), &envoyes).await
}

async fn retirer(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, objet, code)): Chemin<(String, String, String)>,
) -> Reponse<Response> {
    let objet = Objet::de(&objet)?;
    if !connectee(&principal) {
        return Ok(patienter(&uri, &Vec::new()));
    }
    let origine = format!("/espace/{reseau}/{}/retirer", objet.segment());
    let (mut transaction, reseau) = ecriture(&piscine, &principal, &origine, &reseau).await?;
    match objet.retirer(&mut transaction, &reseau.code, &code).await {
        Ok(()) => transaction.commit().await.pour("retrait d'une ligne d'un réseau")?,
        Err(Error::Demande(phrase)) => {
            let avis = pages::avis(None, Some(&phrase));
            let page = pages::liste(&mut transaction, &reseau, objet, avis).await?;
            return Ok(reponse(StatusCode::UNPROCESSABLE_ENTITY, page));
        }
        Err(erreur) => return Err(erreur.into()),
    }
    let suite = format!("/espace/{}/{}?fait=retire", reseau.code, objet.segment());
    Ok(Redirect::to(&suite).into_response())
}

async fn deplacer(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, objet, code)): Chemin<(String, String, String)>,
    Envoi(envoyes): Envoi<Champs>,
) -> Reponse<Response> {
    let objet = Objet::de(&objet)?;
    if !connectee(&principal) {
        return Ok(patienter(&uri, &envoyes));
    }
    let haut = match envoyes.iter().find(|(nom, _)| nom == "sens").map(|(_, sens)| sens.as_str()) {
        Some("haut") => true,
        Some("bas") => false,
        _ => return Err(Probleme::formulaire()),
    };
    let origine = format!("/espace/{reseau}/{}/deplacer", objet.segment());
    let (mut transaction, reseau) = ecriture(&piscine, &principal, &origine, &reseau).await?;
    objet.deplacer(&mut transaction, &reseau.code, &code, haut).await?;
    transaction.commit().await.pour("changement d'ordre")?;
    Ok(Redirect::to(&format!("/espace/{}/{}", reseau.code, objet.segment())).into_response())
}

/// Says, or takes back, that a partner's zones are complete.
async fn declarer(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, code)): Chemin<(String, String)>,
    Envoi(envoyes): Envoi<Champs>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &envoyes));
    }
    let origine = format!("/espace/{reseau}/partenaires/declarations");
    let (mut transaction, reseau) = ecriture(&piscine, &principal, &origine, &reseau).await?;
    partenaires::declarer(&mut transaction, &reseau.code, &code, &envoyes).await?;
    transaction.commit().await.pour("déclaration de zones")?;
    let suite = format!("/espace/{}/partenaires/{code}?fait=enregistre", reseau.code);
    Ok(Redirect::to(&suite).into_response())
}
