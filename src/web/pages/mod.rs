//! The page, written for each address: its head says the question, and what the settings add to the map.

use std::borrow::Cow;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use sqlx::PgPool;
use tokio::sync::Semaphore;

use super::Page;
use super::apercu::Apercu;
use super::fond::FondDeCarte;
use crate::comptes::Principal;
use crate::error::Result;
use crate::http::{Chemin, Parametres, Politique, Probleme, Reponse, UrlPublique, etag, inchange};

/// The file that the page is written from.
pub const MODELE: &str = "index.html";
/// Where its head is written.
const ENTETE: &str = "<!-- entete -->";
/// A preview is worth waiting for no longer than that: the page works without.
const DELAI: Duration = Duration::from_secs(2);
/// Previews worked out at once. Beyond, the page comes without: it must come whoever asks for much.
static APERCUS: Semaphore = Semaphore::const_new(8);

/// `/`, and `/integrer` for the frames of other sites.
pub async fn accueil(
    State(piscine): State<PgPool>,
    State(url): State<UrlPublique>,
    State(fond): State<Option<FondDeCarte>>,
    uri: Uri,
    entetes: HeaderMap,
    parametres: Reponse<Parametres>,
) -> Reponse<Response> {
    let apercu = apercu(&piscine, None, &parametres.unwrap_or_default()).await;
    ecrire(&apercu, fond.as_ref(), &url, &uri, &entetes)
}

/// `/r/drome`, the entry of a réseau.
pub async fn entree(
    State(piscine): State<PgPool>,
    State(url): State<UrlPublique>,
    State(fond): State<Option<FondDeCarte>>,
    Chemin(reseau): Chemin<String>,
    uri: Uri,
    entetes: HeaderMap,
    parametres: Reponse<Parametres>,
) -> Reponse<Response> {
    let apercu = apercu(&piscine, Some(&reseau), &parametres.unwrap_or_default()).await;
    ecrire(&apercu, fond.as_ref(), &url, &uri, &entetes)
}

/// What the head says. The page itself asks nothing of the database: it comes even when that does not answer.
async fn apercu(piscine: &PgPool, reseau: Option<&str>, parametres: &Parametres) -> Apercu {
    let Ok(_place) = APERCUS.try_acquire() else { return Apercu::default() };
    let lecture = async {
        let mut transaction = Principal::Public.transaction(piscine).await?;
        Apercu::lire(&mut transaction, reseau, parametres).await
    };
    let lu: Result<Apercu> = match tokio::time::timeout(DELAI, lecture).await {
        Ok(lu) => lu,
        Err(_) => return Apercu::default(),
    };
    lu.unwrap_or_else(|erreur| {
        tracing::debug!(%erreur, "aperçu d'un lien");
        Apercu::default()
    })
}

fn ecrire(
    apercu: &Apercu,
    fond: Option<&FondDeCarte>,
    url: &UrlPublique,
    uri: &Uri,
    entetes: &HeaderMap,
) -> Reponse<Response> {
    let modele = Page::get(MODELE).ok_or_else(|| {
        Probleme::introuvable(
            "La page n'est pas dans ce programme : construisez-la (npm run build dans src/web), \
             puis recompilez.",
        )
    })?;
    let modele: Cow<str> = String::from_utf8_lossy(&modele.data);
    // Without the host that a request may name before the path.
    let chemin = uri.path_and_query().map_or("/", |chemin| chemin.as_str());
    let adresse = format!("{}{chemin}", url.0);
    let mut entete = apercu.entete(&adresse);
    if let Some(fond) = fond {
        entete.push_str(&fond.entete());
    }
    let corps = modele.replacen(ENTETE, &entete, 1);
    let etag = etag(corps.as_bytes());
    let mut reponse = if inchange(entetes, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Html(corps).into_response()
    };
    let entetes = reponse.headers_mut();
    entetes.insert(header::ETAG, etag);
    entetes.insert(header::CACHE_CONTROL, Politique::Revalider.entete());
    entetes.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    Ok(reponse)
}
