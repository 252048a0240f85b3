//! The perimeter of a réseau: communes and EPCI that come in and go out. What a list names is shown with what it changes
//! before anything is written. Two who change it at once lose nothing: each adds and takes away what they named.

mod ecriture;
mod pages;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use sqlx::PgPool;

use super::pages::{avis, fait};
use super::{Champs, Reseau, connectee, connexion, ecriture as ouvrir, patienter, reponse};
use crate::comptes::Principal;
use crate::error::{Contexte, Error};
use crate::http::{Chemin, Formulaire as Envoi, Parametres, Reponse};
use crate::partenaires::attendre_son_tour;
use ecriture::{Changement, Perimetre};

const CHEMIN: &str = "/espace/{reseau}/perimetre";
/// Largest form, in bytes: a box for each of four thousand units.
const FORMULAIRE_MAX: usize = 256 << 10;

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    let formulaires = DefaultBodyLimit::max(FORMULAIRE_MAX);
    Router::new().route(CHEMIN, get(montrer).post(changer).layer(formulaires))
}

async fn montrer(
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
    let perimetre = Perimetre::lire(&mut transaction, &reseau.code).await?;
    let avis = avis(fait(parametres.texte("fait")), None);
    Ok(reponse(StatusCode::OK, pages::perimetre(&reseau, &perimetre, avis, "")))
}

/// Shows what a list and boxes would change, or changes it.
async fn changer(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(reseau): Chemin<String>,
    Envoi(champs): Envoi<Champs>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &champs));
    }
    let dit = |nom: &str| champs.iter().find(|(n, _)| n == nom).map_or("", |(_, v)| v.trim());
    let decide = dit("geste") == "enregistrer";
    let (mut transaction, reseau) =
        ouvrir(&piscine, &principal, "/espace/perimetre", &reseau).await?;
    attendre_son_tour(&mut transaction).await?;
    let perimetre = Perimetre::lire(&mut transaction, &reseau.code).await?;
    let lu = Changement::lire(&mut transaction, &reseau.code, &perimetre, &champs).await;
    let changement = match lu {
        Err(Error::Demande(phrase)) => {
            let avis = avis(None, Some(&phrase));
            let page = pages::perimetre(&reseau, &perimetre, avis, dit("liste"));
            return Ok(reponse(StatusCode::UNPROCESSABLE_ENTITY, page));
        }
        lu => lu?,
    };
    if !decide {
        let page = pages::apercu(&reseau, &perimetre, &changement);
        return Ok(reponse(StatusCode::OK, page));
    }
    changement.ecrire(&mut transaction, &reseau.code).await?;
    transaction.commit().await.pour("changement d'un périmètre")?;
    let suite = format!("/espace/{}/perimetre?fait=enregistre", reseau.code);
    Ok(Redirect::to(&suite).into_response())
}
