//! Loading a table: chosen, looked at, understood, confirmed or forgotten.

mod attente;
mod pages;

use std::sync::Arc;

use axum::Router;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::extract::{DefaultBodyLimit, FromRef, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use sqlx::PgPool;

use super::cadre::Espace;
use super::fiche::Nomenclature;
use super::{Champs, Ou, aller, connectee, connexion, fichier, patienter, reponse};
use crate::comptes::Principal;
use crate::demandes::depot::{DEPOT_MAX, Issue, lecture};
use crate::demandes::import::{Arret, Bilan, Lecture};
use crate::error::{Contexte, Error};
use crate::http::{Chemin, Formulaire as Envoi, Probleme, Reponse};
use attente::EnAttente;

/// What a form of a file has beside the file.
const AUTOUR: usize = 64 << 10;

pub fn routes<S>(base: &str) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    let envois = DefaultBodyLimit::max(DEPOT_MAX + AUTOUR);
    Router::new()
        .route(&format!("{base}/import"), get(choisir).post(deposer).layer(envois))
        .route(&format!("{base}/import/{{quoi}}"), get(regarder).post(conclure))
        .route(&format!("{base}/import/{{quoi}}/rapport.csv"), get(rapporter))
}

async fn choisir(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(ou): Chemin<Ou>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let espace = ou.espace(&mut transaction, &principal).await?;
    let noms = Nomenclature::lire(&mut transaction, &espace).await?;
    Ok(reponse(StatusCode::OK, pages::choisir(&espace, &noms, None)))
}

/// A form of a file: the file's name and bytes, and of whom it is.
async fn lire_l_envoi(mut envoi: Multipart) -> Reponse<(String, Bytes, Option<String>)> {
    let illisible = |erreur: MultipartError| match erreur.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Probleme::trop_lourd(DEPOT_MAX),
        _ => Probleme::formulaire(),
    };
    let (mut nom, mut octets, mut partenaire) = (String::new(), Bytes::new(), None);
    while let Some(champ) = envoi.next_field().await.map_err(illisible)? {
        match champ.name() {
            Some("fichier") => {
                nom = champ.file_name().unwrap_or_default().to_owned();
                octets = champ.bytes().await.map_err(illisible)?;
            }
            Some("partenaire") => {
                let texte = champ.text().await.map_err(illisible)?;
                partenaire = Some(texte).filter(|texte| !texte.is_empty() && !texte.contains('\0'));
            }
            _ => {}
        }
    }
    if octets.len() > DEPOT_MAX {
        return Err(Probleme::trop_lourd(DEPOT_MAX));
    }
    Ok((nom, octets, partenaire))
}

async fn deposer(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(ou): Chemin<Ou>,
    envoi: Result<Multipart, MultipartRejection>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    // Who may not is told before their file is read.
    let mut transaction = principal.transaction(&piscine).await?;
    let espace = ou.espace(&mut transaction, &principal).await?;
    let noms = Nomenclature::lire(&mut transaction, &espace).await?;
    transaction.rollback().await.pour("lecture d'un espace")?;
    let envoi = envoi.map_err(|_| Probleme::formulaire())?;
    let lu = lire_l_envoi(envoi).await;
    let (nom, octets, partenaire) = match lu {
        Ok((_, octets, _)) if octets.is_empty() => {
            let phrase = "Le fichier est vide, ou aucun n'est choisi. Choisissez-en un.";
            let page = pages::choisir(&espace, &noms, Some(phrase));
            return Ok(reponse(StatusCode::UNPROCESSABLE_ENTITY, page));
        }
        Ok(lu) => lu,
        Err(probleme) => {
            let page = pages::choisir(&espace, &noms, Some(probleme.dire().1));
            return Ok(reponse(probleme.statut(), page));
        }
    };
    let attente = EnAttente {
        compte: espace.compte,
        reseau: espace.reseau().to_owned(),
        espace: espace.code().map(str::to_owned),
        partenaire: espace.code().map(str::to_owned).or(partenaire),
        nom,
        octets,
        colonnes: Vec::new(),
        valeurs: Vec::new(),
        codes: Lecture::default(),
    };
    let cle = attente.garder()?;
    Ok(aller(&espace, &format!("/import/{cle}")))
}

/// The space and the table of a page, and what the réseau calls its things.
async fn retrouver(
    piscine: &PgPool,
    principal: &Principal,
    ou: &Ou,
) -> Reponse<(Espace, Nomenclature, Arc<EnAttente>)> {
    let mut transaction = principal.transaction(piscine).await?;
    let espace = ou.espace(&mut transaction, principal).await?;
    let noms = Nomenclature::lire(&mut transaction, &espace).await?;
    transaction.rollback().await.pour("lecture d'un espace")?;
    let attente = EnAttente::trouver(ou.quoi(), espace.compte, espace.reseau(), espace.code())?;
    Ok((espace, noms, attente))
}

/// A table that waits no more, said where another is chosen.
async fn perdu(
    piscine: &PgPool,
    principal: &Principal,
    ou: &Ou,
    phrase: &str,
) -> Reponse<Response> {
    let mut transaction = principal.transaction(piscine).await?;
    let espace = ou.espace(&mut transaction, principal).await?;
    let noms = Nomenclature::lire(&mut transaction, &espace).await?;
    let page = pages::choisir(&espace, &noms, Some(phrase));
    Ok(reponse(StatusCode::NOT_FOUND, page))
}

async fn regarder(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(ou): Chemin<Ou>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let (espace, noms, attente) = match retrouver(&piscine, &principal, &ou).await {
        Ok(trouve) => trouve,
        Err(probleme) if probleme.statut() == StatusCode::NOT_FOUND => {
            return perdu(&piscine, &principal, &ou, probleme.dire().1).await;
        }
        Err(probleme) => return Err(probleme),
    };
    let (depot, envoi) = attente.depot();
    let origine = format!("POST {}/import", espace.chemin());
    let issue = depot.executer(&piscine, &principal, &origine, envoi).await?;
    Ok(montrer(&espace, &noms, ou.quoi(), &attente, issue))
}

/// What came of a table, as a page.
fn montrer(
    espace: &Espace,
    noms: &Nomenclature,
    cle: &str,
    attente: &EnAttente,
    issue: Issue,
) -> Response {
    let apercu = |bilan: &Bilan, change| pages::apercu(espace, cle, attente, noms, bilan, change);
    let (statut, page) = match issue {
        Issue::Fait(bilan) => (StatusCode::OK, apercu(&bilan, false)),
        Issue::Refuse(bilan) => (StatusCode::UNPROCESSABLE_ENTITY, apercu(&bilan, false)),
        Issue::Change(bilan) => (StatusCode::CONFLICT, apercu(&bilan, true)),
        Issue::Arret(Arret::Colonnes(manque)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            pages::sans_colonne(espace, cle, attente, noms, &manque),
        ),
        Issue::Arret(Arret::Postaux(doute)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, pages::douteux(espace, cle, noms, &doute))
        }
        Issue::Arret(Arret::Erreur(Error::Donnees(phrase) | Error::Demande(phrase))) => {
            (StatusCode::UNPROCESSABLE_ENTITY, pages::choisir(espace, noms, Some(&phrase)))
        }
        Issue::Arret(Arret::Erreur(erreur)) => return Probleme::from(erreur).into_response(),
    };
    reponse(statut, page)
}

async fn conclure(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(ou): Chemin<Ou>,
    Envoi(envoyes): Envoi<Champs>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &envoyes));
    }
    let (espace, noms, attente) = match retrouver(&piscine, &principal, &ou).await {
        Ok(trouve) => trouve,
        Err(probleme) if probleme.statut() == StatusCode::NOT_FOUND => {
            return perdu(&piscine, &principal, &ou, probleme.dire().1).await;
        }
        Err(probleme) => return Err(probleme),
    };
    let champ = |nom: &str| {
        envoyes.iter().find(|(connu, _)| connu == nom).map(|(_, valeur)| valeur.as_str())
    };
    let garder = match champ("geste") {
        Some("enregistrer") => false,
        Some("garder") => true,
        Some("abandonner") => {
            EnAttente::oublier(ou.quoi());
            return Ok(aller(&espace, "?fait=abandonne"));
        }
        Some("dire") => {
            EnAttente::changer(ou.quoi(), dire((*attente).clone(), &envoyes)?);
            return Ok(aller(&espace, &format!("/import/{}", ou.quoi())));
        }
        _ => return Err(Probleme::formulaire()),
    };
    let (mut depot, envoi) = attente.depot();
    depot.essai = false;
    depot.garder = garder;
    depot.attendue = champ("attendue").and_then(|texte| texte.parse().ok());
    let origine = format!("POST {}/import", espace.chemin());
    match depot.executer(&piscine, &principal, &origine, envoi).await? {
        Issue::Fait(bilan) => {
            EnAttente::oublier(ou.quoi());
            Ok(aller(
                &espace,
                &format!(
                    "?fait=charge&nouvelles={}&changees={}&refusees={}",
                    bilan.nouvelles,
                    bilan.changees,
                    bilan.refusees()
                ),
            ))
        }
        issue => Ok(montrer(&espace, &noms, ou.quoi(), &attente, issue)),
    }
}

/// What whoever loads says of the columns and of the words of their table.
fn dire(mut attente: EnAttente, envoyes: &Champs) -> Reponse<EnAttente> {
    for (nom, valeur) in envoyes {
        if let Some(entete) = nom.strip_prefix("colonne:") {
            attente.colonnes.retain(|(connu, _)| connu != entete);
            attente.colonnes.push((entete.to_owned(), valeur.clone()));
        } else if let Some((champ, mot)) =
            nom.strip_prefix("valeur:").and_then(|suite| suite.split_once(':'))
        {
            attente.valeurs.retain(|(c, m, _)| (c.as_str(), m.as_str()) != (champ, mot));
            if !valeur.is_empty() {
                attente.valeurs.push((champ.to_owned(), mot.to_owned(), valeur.clone()));
            }
        } else if nom == "codes" {
            attente.codes = lecture(Some(valeur.as_str()).filter(|v| !v.is_empty()))?;
        }
    }
    // Fields first, so that a heading that is left aside does not take the place of one that is not.
    attente.colonnes.sort_by_key(|(_, champ)| champ != pages::IGNORER);
    Ok(attente)
}

/// The refused rows, to be corrected and loaded again.
async fn rapporter(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(ou): Chemin<Ou>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let (espace, _, attente) = retrouver(&piscine, &principal, &ou).await?;
    let (depot, envoi) = attente.depot();
    let origine = format!("POST {}/import", espace.chemin());
    let rapport = match depot.executer(&piscine, &principal, &origine, envoi).await? {
        Issue::Fait(bilan) | Issue::Refuse(bilan) | Issue::Change(bilan) => bilan.rapport()?,
        Issue::Arret(_) => None,
    };
    match rapport {
        Some(octets) => fichier("text/csv; charset=utf-8", "lignes-refusees.csv", octets),
        None => Err(Probleme::introuvable("Ce tableau n'a pas de ligne refusée.")),
    }
}
