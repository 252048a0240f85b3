//! The people of a réseau: their rights, to be changed or taken back, and whom to confirm.
//!
//! Inviting is asked of `comptes`, whose forms these are.

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use maud::{Markup, html};
use sqlx::{PgConnection, PgPool};

use super::pages::{self, Reseau};
use super::{Champs, connectee, connexion, ecriture, patienter, reponse};
use crate::comptes::registre::Droit;
use crate::comptes::{Principal, Secret};
use crate::error::{Contexte, Error, Result};
use crate::http::{Chemin, Formulaire as Envoi, Parametres, Reponse};

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Router::new()
        .route("/espace/{reseau}/equipe", get(montrer_equipe))
        .route("/espace/{reseau}/equipe/{droit}", post(changer_droit))
}

/// A right, and whose it is.
#[derive(Debug, sqlx::FromRow)]
struct Membre {
    id: i32,
    courriel: String,
    nom: String,
    /// As `drome:partenaire:caue`.
    droit: String,
    connecte_le: Option<DateTime<Utc>>,
    ferme: bool,
    partenaire_nom: Option<String>,
    /// The person has not accepted it: it is taken back, and offered anew.
    en_attente: bool,
    soi: bool,
}

#[derive(Debug, sqlx::FromRow)]
struct Propose {
    courriel: String,
    nom: String,
    partenaire: String,
    partenaire_nom: String,
}

async fn page(connexion: &mut PgConnection, reseau: &Reseau, avis: Markup) -> Result<String> {
    let action = "lecture de l'équipe";
    let membres: Vec<Membre> = sqlx::query_as(include_str!("../sql/lire_equipe.sql"))
        .bind(&reseau.code)
        .fetch_all(&mut *connexion)
        .await
        .pour(action)?;
    let proposes: Vec<Propose> = sqlx::query_as(
        "select courriel, nom, partenaire, partenaire_nom from acces_proposes() where reseau = $1",
    )
    .bind(&reseau.code)
    .fetch_all(&mut *connexion)
    .await
    .pour(action)?;
    let partenaires: Vec<(String, String)> = sqlx::query_as(
        "select p.code, o.nom from partenaire p join organisme o on o.code = p.organisme
         where p.reseau = $1 order by p.rang, p.code",
    )
    .bind(&reseau.code)
    .fetch_all(connexion)
    .await
    .pour(action)?;
    Ok(reseau.page(
        "equipe",
        "Personnes",
        html! {
            (avis)
            (confirmations(reseau, &proposes))
            (liste(reseau, &membres, &partenaires))
            h2 { "Inviter quelqu'un" }
            form.saisie method="post" action="/espace/equipe" {
                label { "Nom" input name="nom" maxlength="200" required; }
                label { "Adresse électronique" input type="email" name="courriel" maxlength="254" required; }
                label { "Droit" (droits(reseau, &partenaires, "", "Droit")) }
                button { "Inviter" }
            }
        },
    ))
}

fn confirmations(reseau: &Reseau, proposes: &[Propose]) -> Markup {
    html! {
        @if !proposes.is_empty() {
            h2 { "Droits à confirmer" }
            p { "L'organisme de ces personnes, d'après leur fournisseur d'identité, est un partenaire du réseau." }
            ul { @for p in proposes { li {
                (p.nom) ", " (p.courriel) " — " (p.partenaire_nom) " "
                form.cote method="post" action="/espace/equipe" {
                    input type="hidden" name="nom" value=(p.nom);
                    input type="hidden" name="courriel" value=(p.courriel);
                    input type="hidden" name="droit" value={ (reseau.code) ":partenaire:" (p.partenaire) };
                    button aria-label={ "Confirmer " (p.nom) } { "Confirmer" }
                }
            } } }
        }
    }
}

fn liste(reseau: &Reseau, membres: &[Membre], partenaires: &[(String, String)]) -> Markup {
    html! {
        h2 { "Qui a un droit" }
        @if membres.is_empty() { p { "Personne encore." } }
        ul.personnes { @for m in membres { li {
            p {
                strong { (m.nom) } @if m.soi { " (vous)" } @if m.ferme { " (compte fermé)" }
                br;
                span.discret {
                    (m.courriel) " · "
                    @if m.en_attente { "invitation en attente" } @else {
                        "dernière connexion : "
                        @match m.connecte_le { Some(quand) => (quand.format("%d/%m/%Y").to_string()), None => "jamais" }
                    }
                }
            }
            @if m.en_attente { p { (role(m)) } } @else { form.cote method="post" action={ "/espace/" (reseau.code) "/equipe/" (m.id) } {
                (droits(reseau, partenaires, &m.droit, &format!("Droit de {}", m.nom)))
                button aria-label={ "Changer le droit de " (m.nom) } { "Changer" }
            } }
            " "
            form.cote method="post" action={ "/espace/" (reseau.code) "/equipe/" (m.id) } {
                button aria-label={ "Retirer le droit de " (m.nom) } { "Retirer" }
            }
        } } }
    }
}

/// What an offer is of.
fn role(m: &Membre) -> String {
    match (m.droit.split(':').nth(1), &m.partenaire_nom) {
        (Some("partenaire"), Some(nom)) => format!("Partenaire : {nom}"),
        (Some("coordinateur"), _) => "Coordinateur".into(),
        _ => "Lecteur".into(),
    }
}

fn droits(reseau: &Reseau, partenaires: &[(String, String)], choisi: &str, nom: &str) -> Markup {
    let code = &reseau.code;
    let option = |valeur: String, libelle: &str| {
        html! { option value=(valeur) selected[valeur == choisi] { (libelle) } }
    };
    html! {
        select name="droit" required aria-label=(nom) {
            (option(format!("{code}:lecteur"), "Lecteur : tous les chiffres, aucun contact"))
            @for (partenaire, nom) in partenaires {
                (option(format!("{code}:partenaire:{partenaire}"), &format!("Partenaire : {nom}")))
            }
            (option(format!("{code}:coordinateur"), "Coordinateur"))
        }
    }
}

/// Gives another right in the place of one; without one, takes it back.
///
/// # Errors
/// A sentence when it cannot be.
async fn changer(
    connexion: &mut PgConnection,
    reseau: &str,
    id: i32,
    voulu: Option<&str>,
) -> Result<()> {
    let action = "changement d'un droit";
    let voulu = voulu.map(str::parse::<Droit>).transpose()?;
    if voulu.as_ref().is_some_and(|droit| droit.reseau != reseau) {
        return Err(Error::Demande("Ce droit est d'un autre réseau.".into()));
    }
    let garde = voulu.as_ref().map(ToString::to_string);
    // One's own would take this page away before it could be given back.
    let tenu: Option<(Option<String>, Option<String>, bool, bool)> = sqlx::query_as(
        "select c.courriel, c.nom, coalesce(d.compte = (select a.compte from acces() a), false)
           and d.role = 'coordinateur', d.accepte_le is null
         from droit d left join compte c on c.id = d.compte and d.accepte_le is not null
         where d.id = $1 and d.reseau = $2",
    )
    .bind(id)
    .bind(reseau)
    .fetch_optional(&mut *connexion)
    .await
    .pour(action)?;
    let (courriel, nom) = match tenu {
        None => return Err(Error::Demande("Ce droit vient d'être retiré, ou changé.".into())),
        Some((.., true, _)) => {
            return Err(Error::Demande(
                "C'est votre propre droit de coordinateur : un autre coordinateur, ou un administrateur, peut le \
                 changer."
                    .into(),
            ));
        }
        Some((.., true)) if voulu.is_some() => {
            return Err(Error::Demande(
                "Cette personne n'a pas encore accepté : retirez l'invitation, puis faites-en une autre.".into(),
            ));
        }
        Some((courriel, nom, ..)) => (courriel, nom),
    };
    if let Some(droit) = voulu {
        // Whom the réseau knows has it at once, without a link.
        let donne = sqlx::query("select inviter($1, $2, $3, $4, $5, $6)")
            .bind(courriel)
            .bind(nom)
            .bind(reseau)
            .bind(droit.role.code())
            .bind(droit.role.partenaire())
            .bind(Secret::tirer("lien_")?.empreinte().octets())
            .execute(&mut *connexion)
            .await;
        match donne {
            Err(sqlx::Error::Database(erreur)) if erreur.is_foreign_key_violation() => {
                return Err(Error::Demande("Ce partenaire n'existe plus dans ce réseau.".into()));
            }
            fait => fait.map(|_| ()).pour(action)?,
        }
    }
    // The one that was chosen again is already there, and stays.
    sqlx::query(
        "delete from droit where id = $1 and reseau = $2
         and ($3::text is null or concat_ws(':', reseau, role, partenaire) <> $3)",
    )
    .bind(id)
    .bind(reseau)
    .bind(garde)
    .execute(connexion)
    .await
    .map(|_| ())
    .pour(action)
}

async fn montrer_equipe(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(reseau): Chemin<String>,
    parametres: Parametres,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let reseau = Reseau::lire(&mut transaction, &reseau).await?;
    let avis = pages::avis(pages::fait(parametres.texte("fait")), None);
    Ok(reponse(StatusCode::OK, page(&mut transaction, &reseau, avis).await?))
}

/// Changes a right, or takes it back.
async fn changer_droit(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, droit)): Chemin<(String, i32)>,
    Envoi(envoyes): Envoi<Champs>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &envoyes));
    }
    let origine = format!("/espace/{reseau}/equipe");
    let (mut transaction, reseau) = ecriture(&piscine, &principal, &origine, &reseau).await?;
    let voulu = envoyes.iter().find(|(nom, _)| nom == "droit").map(|(_, droit)| droit.as_str());
    match changer(&mut transaction, &reseau.code, droit, voulu).await {
        Ok(()) => transaction.commit().await.pour("changement d'un droit")?,
        Err(Error::Demande(phrase)) => {
            drop(transaction);
            let mut transaction = principal.transaction(&piscine).await?;
            let avis = pages::avis(None, Some(&phrase));
            let corps = page(&mut transaction, &reseau, avis).await?;
            return Ok(reponse(StatusCode::UNPROCESSABLE_ENTITY, corps));
        }
        Err(erreur) => return Err(erreur.into()),
    }
    let fait = if voulu.is_some() { "change" } else { "droit-retire" };
    Ok(Redirect::to(&format!("/espace/{}/equipe?fait={fait}", reseau.code)).into_response())
}
