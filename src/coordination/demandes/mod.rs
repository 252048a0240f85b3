//! The demandes that a partner keeps, and those of a réseau for its coordinator: looked through, noted, corrected, loaded
//! from a table, taken away, told apart.
//!
//! The same pages serve both, under two addresses; who may see and write what is said by the policies of the database.

mod cadre;
mod chargement;
mod doublons;
mod etats;
mod fiche;
mod liste;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use sqlx::{PgConnection, PgPool};

use super::{Champs, connectee, connexion, patienter, reponse};
use crate::comptes::Principal;
use crate::demandes::tenue::Annee;
use crate::error::Result;
use crate::http::{Chemin, Parametres, Politique, Probleme, Reponse};
use cadre::Espace;

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    let mut routes = Router::new()
        .route("/demandes.css", get(feuille))
        .route("/demandes.js", get(script))
        .merge(doublons::routes());
    for base in ["/espace/{reseau}/demandes", "/espace/{reseau}/partenaires/{code}/demandes"] {
        routes = routes
            .route(base, get(lister))
            .route(&format!("{base}/{{quoi}}"), get(ouvrir).merge(post(fiche::corriger)))
            .merge(fiche::routes(base))
            .merge(chargement::routes(base));
    }
    routes
}

/// Whose demandes, and which one: the variables of these addresses.
#[derive(Debug, Deserialize)]
struct Ou {
    reseau: String,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    quoi: Option<String>,
}

impl Ou {
    fn quoi(&self) -> &str {
        self.quoi.as_deref().unwrap_or_default()
    }

    async fn espace(&self, connexion: &mut PgConnection, principal: &Principal) -> Result<Espace> {
        Espace::lire(connexion, principal, &self.reseau, self.code.as_deref()).await
    }
}

async fn feuille() -> Response {
    servir("text/css; charset=utf-8", include_str!("demandes.css"))
}

async fn script() -> Response {
    servir("text/javascript; charset=utf-8", include_str!("demandes.js"))
}

fn servir(genre: &'static str, texte: &'static str) -> Response {
    let entetes = [
        (header::CONTENT_TYPE, HeaderValue::from_static(genre)),
        (header::CACHE_CONTROL, Politique::Journee.entete()),
    ];
    (entetes, texte).into_response()
}

async fn lister(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(ou): Chemin<Ou>,
    parametres: Parametres,
) -> Reponse<Response> {
    let question = liste::Question::lire(&parametres)?;
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let espace = ou.espace(&mut transaction, &principal).await?;
    let fait = liste::fait(&parametres);
    let page = liste::page(&mut transaction, &espace, &question, fait.as_deref()).await?;
    Ok(reponse(StatusCode::OK, page))
}

/// Back to the list.
fn aller(espace: &Espace, suite: &str) -> Response {
    Redirect::to(&format!("{}{suite}", espace.chemin())).into_response()
}

/// A number is a demande; a year with an extension, a table to take away.
async fn ouvrir(
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
    if let Some((annee, extension)) = ou.quoi().split_once('.') {
        return emporter(&mut transaction, &espace, annee, extension).await;
    }
    fiche::montrer(&mut transaction, &espace, ou.quoi()).await
}

async fn emporter(
    connexion: &mut PgConnection,
    espace: &Espace,
    annee: &str,
    extension: &str,
) -> Reponse<Response> {
    let annee: i32 = annee
        .parse()
        .ok()
        .filter(|annee| (1943..=2100).contains(annee))
        .ok_or_else(|| Probleme::introuvable("Cette année n'existe pas."))?;
    let lue = Annee::lire(connexion, espace.reseau(), espace.code(), annee).await?;
    let (genre, octets) = match extension {
        "csv" => ("text/csv; charset=utf-8", lue.en_csv()?),
        "xlsx" => (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            lue.en_classeur()?,
        ),
        _ => return Err(Probleme::introuvable("Une année s'emporte en .xlsx ou en .csv.")),
    };
    let nom = espace.code().unwrap_or(espace.reseau());
    fichier(genre, &format!("demandes-{nom}-{annee}.{extension}"), octets)
}

/// A file to take away, that nobody keeps.
fn fichier(genre: &'static str, nom: &str, octets: Vec<u8>) -> Reponse<Response> {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{nom}\""))
        .map_err(|_| Probleme::interne())?;
    let entetes = [
        (header::CONTENT_TYPE, HeaderValue::from_static(genre)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, Politique::Jamais.entete()),
    ];
    Ok((entetes, octets).into_response())
}
