//! Vector tiles: layers as SQL functions, served through martin-core's `Source`.

mod atelier;
mod couches;
mod service;
mod source;
mod tilejson;

use ::tilejson::TileJSON;
use axum::extract::{FromRef, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, body::Body};
use martin_tile_utils::TileCoord;
use sqlx::PgPool;

use crate::comptes::Principal;
use crate::http::{
    Chemin, Encodage, Operation, Parametres, Politique, Probleme, Reponse, Routes, UrlPublique,
    VARIE, inchange,
};

pub use couches::installer;
pub use service::ServiceTuiles;
use service::{DemandeDeTuile, PARAMETRE_VERSION};
pub use source::Couche;

/// Media type of a tile.
pub const GENRE: &str = "application/vnd.mapbox-vector-tile";

pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    ServiceTuiles: FromRef<S>,
    UrlPublique: FromRef<S>,
{
    let parametres = [
        "reseau",
        "maille",
        "theme",
        "partenaire",
        "annee",
        "du",
        "au",
        "millesime",
        PARAMETRE_VERSION,
    ];
    Routes::nouvelles()
        .libre(
            Operation::nouvelle(
                "/tuiles/{couches}",
                "TileJSON de couches : adresses, champs, emprise, zooms, attribution. Chaque couche dit les paramètres qu'elle lit.",
                &parametres,
                "/tuiles/communes,epci",
            ),
            decrire,
        )
        .libre(
            Operation::nouvelle(
                "/tuiles/{couches}/{z}/{x}/{y}",
                "Une tuile vectorielle (MVT).",
                &parametres,
                "/tuiles/communes/8/131/92",
            )
            .genre(GENRE)
            .parfois_vide(),
            tuile,
        )
}

async fn decrire(
    State(service): State<ServiceTuiles>,
    State(piscine): State<PgPool>,
    State(url): State<UrlPublique>,
    principal: Principal,
    Chemin(couches): Chemin<String>,
    parametres: Parametres,
) -> Reponse<([(header::HeaderName, HeaderValue); 2], Json<TileJSON>)> {
    let noms = couches.trim_end_matches(".json");
    let couches = service.couches(noms).await?;
    let parametres = ServiceTuiles::parametres(&couches, &parametres)?;
    let document =
        tilejson::decrire(&couches, &parametres, service.version(), &url.0, &principal, &piscine)
            .await?;
    let entetes = [
        (header::CACHE_CONTROL, Politique::Revalider.pour(principal.prive()).entete()),
        (header::VARY, VARIE),
    ];
    Ok((entetes, Json(document)))
}

async fn tuile(
    State(service): State<ServiceTuiles>,
    principal: Principal,
    Chemin((couches, z, x, y)): Chemin<(String, String, String, String)>,
    parametres: Parametres,
    entetes: HeaderMap,
) -> Reponse<Response> {
    let xyz = coordonnees(&z, &x, &y)?;
    let encodage = Encodage::negocier(&entetes);
    let demande = DemandeDeTuile {
        couches: &couches,
        xyz,
        parametres: &parametres,
        encodage,
        principal: &principal,
    };
    let corps = service.tuile(&demande).await?;

    // Only an address that names the version being served may be kept without asking again.
    let version =
        parametres.texte(PARAMETRE_VERSION).and_then(|version| version.parse::<i64>().ok());
    let politique = if version.is_some() && version == service.version() {
        Politique::Immuable
    } else {
        Politique::Revalider
    };
    let mut reponse = if inchange(&entetes, &corps.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if corps.octets.is_empty() {
        StatusCode::NO_CONTENT.into_response()
    } else {
        let mut reponse = Response::new(Body::from(corps.octets));
        let entetes = reponse.headers_mut();
        entetes.insert(header::CONTENT_TYPE, HeaderValue::from_static(GENRE));
        if let Some(nom) = encodage.nom() {
            entetes.insert(header::CONTENT_ENCODING, HeaderValue::from_static(nom));
        }
        reponse
    };
    let entetes = reponse.headers_mut();
    entetes.insert(header::CACHE_CONTROL, politique.pour(principal.prive()).entete());
    entetes.insert(header::ETAG, corps.etag);
    entetes.insert(header::VARY, VARIE);
    Ok(reponse)
}

/// Coordinates of a tile, which may carry an extension (`.mvt`, `.pbf`).
fn coordonnees(z: &str, x: &str, y: &str) -> Result<TileCoord, Probleme> {
    let y = y.strip_suffix(".mvt").or_else(|| y.strip_suffix(".pbf")).unwrap_or(y);
    let (Ok(zoom), Ok(colonne), Ok(ligne)) = (z.parse::<u8>(), x.parse::<u32>(), y.parse::<u32>())
    else {
        return Err(Probleme::demande(format!(
            "« {z}/{x}/{y} » n'est pas une tuile : trois nombres entiers positifs sont attendus, \
             zoom/colonne/ligne."
        )));
    };
    TileCoord::new_checked(zoom, colonne, ligne).ok_or_else(|| {
        Probleme::demande(format!(
            "La tuile {z}/{x}/{y} ne peut pas exister : au zoom z, les colonnes et les lignes vont \
             de 0 à 2^z − 1, et le zoom ne dépasse pas 30."
        ))
    })
}
