//! Proposals of zones, for whoever decides: what each would change, and its validation or its refusal.

mod pages;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use sqlx::{PgConnection, PgPool};

use super::pages::{Reseau, avis};
use super::{connectee, connexion, ecriture, patienter, reponse};
use crate::comptes::Principal;
use crate::comptes::ecriture::{MOTIF_MAX, motiver};
use crate::error::{Contexte, Error, Result};
use crate::http::{Chemin, Formulaire as Envoi, Parametres, Reponse, texte};
use crate::partenaires::attendre_son_tour;
use crate::partenaires::zones::{Etat, Reference, etats};

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Router::new()
        .route("/espace/{reseau}/propositions", get(lister))
        .route("/espace/{reseau}/propositions/{zone}/{version}", get(montrer))
        .route("/espace/{reseau}/propositions/{zone}/{version}/validation", post(valider))
        .route("/espace/{reseau}/propositions/{zone}/{version}/refus", post(refuser))
}

/// What somebody else has made of a version since it was read, in a sentence; nothing when it is as it was. It stays so
/// until the end of the transaction.
///
/// # Errors
/// Those of the database.
pub async fn changement(
    connexion: &mut PgConnection,
    zone: &Reference,
    lue: i32,
) -> Result<Option<String>> {
    attendre_son_tour(connexion).await?;
    let actuelle: Option<(i32, Etat, Option<String>)> = sqlx::query_as(
        "select revision, etat, motif from zone where reseau = $1 and code = $2 and version = $3",
    )
    .bind(&zone.reseau)
    .bind(&zone.code)
    .bind(zone.version)
    .fetch_optional(connexion)
    .await
    .pour("lecture d'une zone")?;
    Ok(match actuelle {
        None => Some(
            "Rien n'est fait : cette version n'est plus là, son partenaire l'a peut-être retirée."
                .into(),
        ),
        Some((actuelle, etat, motif)) if actuelle != lue => Some(format!(
            "Rien n'est fait : quelqu'un a décidé de cette version pendant que vous la lisiez. Elle est maintenant {etat}{}. \
             Recommencez si cela convient encore.",
            motif.map(|motif| format!(" (« {motif} »)")).unwrap_or_default()
        )),
        Some(_) => None,
    })
}

async fn lister(
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
    let fait = match parametres.texte("fait") {
        Some("validee") => {
            Some("La zone est validée : elle est en vigueur à compter de sa date de début.")
        }
        Some("refusee") => {
            Some("La proposition est refusée : son partenaire lit le motif dans son espace.")
        }
        _ => None,
    };
    Ok(reponse(StatusCode::OK, pages::liste(&mut transaction, &reseau, avis(fait, None)).await?))
}

type DeVersion = (String, String, i16);

async fn montrer(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, zone, version)): Chemin<DeVersion>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let reseau = Reseau::lire(&mut transaction, &reseau).await?;
    let zone = Reference { reseau: reseau.code.clone(), code: zone, version: Some(version) };
    let page = pages::proposition(&mut transaction, &reseau, &zone, None).await?;
    Ok(reponse(StatusCode::OK, page))
}

/// A decision, on what was read.
#[derive(Deserialize)]
struct Decision {
    revision: i32,
    motif: Option<String>,
}

impl Decision {
    fn champs(&self) -> super::Champs {
        let motif = self.motif.clone().map(|motif| ("motif".to_owned(), motif));
        [("revision".to_owned(), self.revision.to_string())].into_iter().chain(motif).collect()
    }
}

/// Shows the proposal again, with why nothing was decided. `motif`: what was typed.
async fn reprendre(
    connexion: &mut PgConnection,
    reseau: &Reseau,
    zone: &Reference,
    statut: StatusCode,
    phrase: &str,
    motif: &str,
) -> Reponse<Response> {
    let refus = Some(pages::Refus { phrase, motif });
    let page = match pages::proposition(connexion, reseau, zone, refus).await {
        // It is no more there.
        Err(Error::Introuvable(_)) => {
            pages::liste(connexion, reseau, avis(None, Some(phrase))).await?
        }
        page => page?,
    };
    Ok(reponse(statut, page))
}

async fn valider(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, zone, version)): Chemin<DeVersion>,
    Envoi(decision): Envoi<Decision>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &decision.champs()));
    }
    let (mut transaction, reseau) =
        ecriture(&piscine, &principal, "/espace/propositions/validation", &reseau).await?;
    let zone = Reference { reseau: reseau.code.clone(), code: zone, version: Some(version) };
    if let Some(phrase) = changement(&mut transaction, &zone, decision.revision).await? {
        return reprendre(&mut transaction, &reseau, &zone, StatusCode::CONFLICT, &phrase, "")
            .await;
    }
    if let Err(erreur) = etats::valider(&mut transaction, &zone).await {
        let Error::Demande(phrase) = erreur else { return Err(erreur.into()) };
        let statut = StatusCode::UNPROCESSABLE_ENTITY;
        return reprendre(&mut transaction, &reseau, &zone, statut, &phrase, "").await;
    }
    transaction.commit().await.pour("validation d'une zone")?;
    Ok(Redirect::to(&format!("/espace/{}/propositions?fait=validee", reseau.code)).into_response())
}

async fn refuser(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, zone, version)): Chemin<DeVersion>,
    Envoi(decision): Envoi<Decision>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &decision.champs()));
    }
    let (mut transaction, reseau) =
        ecriture(&piscine, &principal, "/espace/propositions/refus", &reseau).await?;
    let zone = Reference { reseau: reseau.code.clone(), code: zone, version: Some(version) };
    let dit = decision.motif.as_deref().unwrap_or_default();
    if let Some(phrase) = changement(&mut transaction, &zone, decision.revision).await? {
        return reprendre(&mut transaction, &reseau, &zone, StatusCode::CONFLICT, &phrase, dit)
            .await;
    }
    let refusee = async {
        let motif = texte::paragraphe("Le motif", dit, MOTIF_MAX)?;
        motiver(&mut transaction, motif).await?;
        etats::refuser(&mut transaction, &zone, motif).await
    };
    if let Err(erreur) = refusee.await {
        let Error::Demande(phrase) = erreur else { return Err(erreur.into()) };
        let statut = StatusCode::UNPROCESSABLE_ENTITY;
        return reprendre(&mut transaction, &reseau, &zone, statut, &phrase, dit).await;
    }
    transaction.commit().await.pour("refus d'une zone")?;
    Ok(Redirect::to(&format!("/espace/{}/propositions?fait=refusee", reseau.code)).into_response())
}
