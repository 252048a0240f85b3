//! The coordinator's space: the réseau, its partners, its themes and its fiches, kept from pages.
//!
//! Forms work without script. What may be written is said by the policies of the database
//! (`migrations/0034_coordination.sql`); a form says which values it was read with, so that nobody writes over what
//! they have not seen.

mod collecte;
mod creation;
mod demandes;
mod equipe;
mod formulaire;
mod pages;
pub mod partenaire;
mod perimetre;
mod propositions;
mod rappels;
mod saisie;
mod tenue;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use maud::html;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::{PgPool, Postgres, Transaction};

use crate::comptes::Principal;
use crate::error::Error;
use crate::http::page::page;
use crate::http::{Chemin, Parametres, Politique, Reponse, UrlPublique};
use collecte::Collecte;
pub use creation::{Fondation, fonder};
use pages::Avancement;
pub use pages::Reseau;
pub use rappels::{Rappel, envoyer, preparer};

/// The fields of any form, as they were sent.
pub(crate) type Champs = Vec<(String, String)>;

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    UrlPublique: FromRef<S>,
{
    Router::new()
        .route("/espace/{reseau}", get(accueillir))
        .route("/espace/{reseau}/collecte", get(montrer_collecte))
        .merge(creation::routes())
        .merge(demandes::routes())
        .merge(equipe::routes())
        .merge(partenaire::routes())
        .merge(perimetre::routes())
        .merge(propositions::routes())
        .merge(rappels::routes())
        .merge(tenue::routes())
}

/// A page that nobody keeps.
pub(crate) fn reponse(statut: StatusCode, page: String) -> Response {
    let entetes = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, Politique::Jamais.entete()),
    ];
    (statut, entetes, page).into_response()
}

/// Whether it is a person, by their session: a token sees no page.
pub(crate) fn connectee(principal: &Principal) -> bool {
    matches!(principal, Principal::Session(_))
}

/// Where one signs in, to come back.
pub(crate) fn connexion(uri: &Uri) -> Response {
    let suite = utf8_percent_encode(uri.path(), NON_ALPHANUMERIC);
    Redirect::to(&format!("/connexion?suite={suite}")).into_response()
}

/// A form that is sent when the session has ended: what was typed waits in the page.
pub(crate) fn patienter(uri: &Uri, envoyes: &Champs) -> Response {
    let corps = page(
        "Votre session est terminée",
        html! {
            p role="alert" { "Rien n'est perdu, et rien n'est enregistré encore : ce que vous avez écrit est dans cette page." }
            ol {
                li { a href="/connexion" target="_blank" { "Reconnectez-vous dans un autre onglet" } "." }
                li { "Revenez ici, et envoyez de nouveau." }
            }
            form method="post" action=(uri.path()) {
                @for (nom, valeur) in envoyes { input type="hidden" name=(nom) value=(valeur); }
                button { "Envoyer de nouveau" }
            }
        },
    );
    reponse(StatusCode::UNAUTHORIZED, corps)
}

/// A transaction that writes, and the réseau that it is about.
pub(crate) async fn ecriture(
    piscine: &PgPool,
    principal: &Principal,
    origine: &str,
    reseau: &str,
) -> Reponse<(Transaction<'static, Postgres>, Reseau)> {
    let mut transaction =
        principal.ecriture(piscine, &format!("{} {origine}", Method::POST)).await?;
    let reseau = Reseau::lire(&mut transaction, reseau).await?;
    Ok((transaction, reseau))
}

async fn accueillir(
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
    let reseau = match Reseau::lire(&mut transaction, &reseau).await {
        // Whoever speaks for a partner comes to its space.
        Err(refus @ Error::Introuvable(_)) => {
            let accueil = partenaire::choisir(&mut transaction, &reseau).await?;
            return accueil.ok_or_else(|| refus.into());
        }
        lu => lu?,
    };
    let ou = Avancement::lire(&mut transaction, &reseau.code).await?;
    let avis = pages::avis(pages::fait(parametres.texte("fait")), None);
    Ok(reponse(StatusCode::OK, pages::accueil(&reseau, &ou, avis)))
}

async fn montrer_collecte(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(reseau): Chemin<String>,
    parametres: Parametres,
) -> Reponse<Response> {
    parametres.admettre(&["annee"])?;
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let annee = parametres.nombre("annee", 1943..=2100_i16)?;
    let mut transaction = principal.transaction(&piscine).await?;
    let reseau = Reseau::lire(&mut transaction, &reseau).await?;
    let collecte = Collecte::lire(&mut transaction, &reseau, annee).await?;
    Ok(reponse(StatusCode::OK, collecte.page(&reseau)))
}
