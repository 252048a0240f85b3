//! The map's page and what MapLibre needs beside tiles: styles and glyphs. All is embedded. Then the pages that are read
//! without script: the sheets, and the one by which help is asked for.

mod apercu;
pub mod demander;
pub mod fiches;
mod fond;
mod mentions;
mod pages;
mod palette;
mod polices;

use std::sync::Arc;

use axum::extract::{FromRef, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use rust_embed::{Embed, EmbeddedFile};
use serde_json::Value;
use sqlx::PgPool;

use crate::http::{Chemin, Politique, Probleme, Reponse, UrlPublique, inchange};
pub use fond::FondDeCarte;
pub use mentions::Mentions;
pub use palette::{Cercles, Motifs, Palette, style_du_fond};
pub use polices::Polices;

/// What `npm run build` writes. Missing in a build without the page.
#[derive(Embed)]
#[folder = "src/web/dist"]
#[allow_missing = true]
struct Page;

#[derive(Embed)]
#[folder = "styles"]
#[include = "*.json"]
struct Styles;

/// Files below this folder have the hash of their content in their name.
const FICHIERS_IMMUABLES: &str = "actifs/";
/// Fonts that the glyph service draws from; not for browsers.
const POLICES_TTF: &str = "polices-ttf/";

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Arc<Polices>: FromRef<S>,
    UrlPublique: FromRef<S>,
    PgPool: FromRef<S>,
    Option<FondDeCarte>: FromRef<S>,
    Mentions: FromRef<S>,
{
    Router::new()
        .route("/", get(pages::accueil))
        .route("/integrer", get(pages::accueil))
        .route("/r/{reseau}", get(pages::entree))
        .route("/styles/{style}", get(style))
        .route("/polices/{pile}/{plage}", get(glyphes))
        .merge(mentions::routes())
        .fallback(fichier)
}

/// The faces of the page as files, by name: what documents are set in.
pub fn polices_en_fichiers() -> impl Iterator<Item = Vec<u8>> {
    let mut noms: Vec<_> = Page::iter().filter(|nom| nom.starts_with(POLICES_TTF)).collect();
    noms.sort();
    noms.into_iter().filter_map(|nom| Some(Page::get(&nom)?.data.into_owned()))
}

/// The address of the page's font, when the page is in this program.
fn police() -> Option<String> {
    Page::iter()
        .find(|nom| nom.starts_with(FICHIERS_IMMUABLES) && nom.ends_with(".woff2"))
        .map(|nom| format!("/{nom}"))
}

/// A file of the page, as tightly compressed as the client accepts.
async fn fichier(uri: Uri, entetes: HeaderMap) -> Reponse<Response> {
    let chemin = uri.path().trim_start_matches('/');
    let inconnue = || {
        Probleme::introuvable(format!(
            "L'adresse {} n'existe pas. La carte est à l'adresse /.",
            uri.path()
        ))
    };
    // The page itself is written for each address.
    if chemin.starts_with(POLICES_TTF) || chemin.starts_with(pages::MODELE) {
        return Err(inconnue());
    }
    let Some(entier) = Page::get(chemin) else { return Err(inconnue()) };
    let (envoye, encodage) =
        compresse(chemin, &entetes).map_or((entier, None), |(f, e)| (f, Some(e)));
    let etag = crate::http::etag(&envoye.data);
    let mut reponse = if inchange(&entetes, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        envoye.data.into_owned().into_response()
    };
    let politique = if chemin.starts_with(FICHIERS_IMMUABLES) {
        Politique::Immuable
    } else {
        Politique::Revalider
    };
    let genre = mime_guess::from_path(chemin).first_or_octet_stream();
    let genre = match genre.type_().as_str() {
        "text" => format!("{genre}; charset=utf-8"),
        _ => genre.to_string(),
    };
    let entetes = reponse.headers_mut();
    entetes.insert(header::ETAG, etag);
    entetes.insert(header::CACHE_CONTROL, politique.entete());
    entetes.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(genre) = HeaderValue::from_str(&genre) {
        entetes.insert(header::CONTENT_TYPE, genre);
    }
    if let Some(encodage) = encodage {
        entetes.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encodage));
    }
    Ok(reponse)
}

/// The file's compressed sibling, made when the page was built.
fn compresse(chemin: &str, entetes: &HeaderMap) -> Option<(EmbeddedFile, &'static str)> {
    let acceptes = entetes.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    [("br", "br"), ("gz", "gzip")]
        .into_iter()
        .filter(|(_, encodage)| {
            acceptes.split(',').any(|choix| choix.trim().split(';').next() == Some(encodage))
        })
        .find_map(|(extension, encodage)| {
            Some((Page::get(&format!("{chemin}.{extension}"))?, encodage))
        })
}

/// A style, with every address absolute: QGIS loses the port of relative ones.
async fn style(
    State(url): State<UrlPublique>,
    Chemin(nom): Chemin<String>,
) -> Reponse<([(HeaderName, HeaderValue); 1], Json<Value>)> {
    let fichier = Styles::get(&nom).ok_or_else(|| {
        let connus: Vec<_> = Styles::iter().map(|nom| format!("/styles/{nom}")).collect();
        Probleme::introuvable(format!(
            "Le style {nom} n'existe pas. Styles : {}.",
            connus.join(", ")
        ))
    })?;
    let mut style = serde_json::from_slice(&fichier.data).map_err(|erreur| {
        tracing::error!(%erreur, nom, "style illisible");
        Probleme::interne()
    })?;
    rendre_absolues(&mut style, &url.0);
    Ok(([(header::CACHE_CONTROL, Politique::Revalider.entete())], Json(style)))
}

/// Puts the public address before every string that is an address from the root.
fn rendre_absolues(valeur: &mut Value, url: &str) {
    match valeur {
        Value::String(texte) if texte.starts_with('/') => texte.insert_str(0, url),
        Value::Array(valeurs) => valeurs.iter_mut().for_each(|valeur| rendre_absolues(valeur, url)),
        Value::Object(champs) => {
            champs.values_mut().for_each(|valeur| rendre_absolues(valeur, url))
        }
        _ => {}
    }
}

/// Glyphs of a font stack for 256 characters.
async fn glyphes(
    State(polices): State<Arc<Polices>>,
    Chemin((pile, plage)): Chemin<(String, String)>,
) -> Reponse<Response> {
    let bornes = plage
        .strip_suffix(".pbf")
        .and_then(|plage| plage.split_once('-'))
        .and_then(|(debut, fin)| Some((debut.parse().ok()?, fin.parse().ok()?)))
        .ok_or_else(|| {
            Probleme::demande(format!(
                "« {plage} » n'est pas une plage de caractères, comme 0-255.pbf."
            ))
        })?;
    let glyphes = polices.plage(pile, bornes).await?;
    let mut reponse = glyphes.into_response();
    let entetes = reponse.headers_mut();
    entetes.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
    entetes.insert(header::CACHE_CONTROL, Politique::Journee.entete());
    Ok(reponse)
}
