//! OGC API – Tiles and Styles: which layers there are, in which grid, and how they are drawn. Tiles themselves are those
//! of `/tuiles`, to which the templates lead.

use serde_json::{Value, json};

use crate::ogc::adresses::Adresses;
use crate::ogc::documents::{HTML, JSON, lien, soi};
use crate::tuiles::{Couche, GENRE};

/// The only grid.
pub const GRILLE: &str = "WebMercatorQuad";
const GRILLE_URI: &str = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad";
const MERCATOR_URI: &str = "http://www.opengis.net/def/crs/EPSG/0/3857";
const RELATION: &str = "http://www.opengis.net/def/rel/ogc/1.0";
const MAPLIBRE: &str = "application/vnd.mapbox.style+json";

/// Deepest zoom of the grid.
const ZOOM_MAX: i32 = 14;
/// Half of the side of the world in Web Mercator, in metres.
const DEMI_COTE: f64 = 20_037_508.342_789_244;
/// A pixel of the standard (OGC 17-083r4, 6.2): 0.28 mm.
const PIXEL: f64 = 0.000_28;

pub fn grilles(adresses: Adresses<'_>) -> Value {
    let soi_meme = adresses.de(&format!("/tileMatrixSets/{GRILLE}"));
    json!({ "tileMatrixSets": [{
        "id": GRILLE,
        "title": "Grille des cartes du web (Web Mercator)",
        "uri": GRILLE_URI,
        "crs": MERCATOR_URI,
        "links": [lien(soi_meme, "self", JSON, "La grille")],
    }] })
}

/// The grid, zoom by zoom (OGC 17-083r4).
pub fn grille() -> Value {
    let zooms: Vec<Value> = (0..=ZOOM_MAX)
        .map(|zoom| {
            let cote = 1_i64 << zoom;
            #[expect(clippy::cast_precision_loss, reason = "a power of two under 2^53")]
            let taille = 2.0 * DEMI_COTE / (256 * cote) as f64;
            json!({
                "id": zoom.to_string(),
                "scaleDenominator": taille / PIXEL,
                "cellSize": taille,
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": [-DEMI_COTE, DEMI_COTE],
                "tileWidth": 256, "tileHeight": 256,
                "matrixWidth": cote, "matrixHeight": cote,
            })
        })
        .collect();
    json!({
        "id": GRILLE,
        "title": "Grille des cartes du web (Web Mercator)",
        "uri": GRILLE_URI,
        "crs": MERCATOR_URI,
        "orderedAxes": ["X", "Y"],
        "tileMatrices": zooms,
    })
}

/// The sets of tiles at a path: one, in the only grid.
pub fn jeux(adresses: Adresses<'_>, chemin: &str, titre: &str) -> Value {
    let jeu = adresses.de(&format!("{chemin}/{GRILLE}"));
    json!({
        "links": soi(adresses, chemin),
        "tilesets": [{
            "title": titre,
            "dataType": "vector",
            "crs": MERCATOR_URI,
            "tileMatrixSetURI": GRILLE_URI,
            "links": [
                lien(jeu, "self", JSON, titre),
                lien(adresses.de(&format!("/tileMatrixSets/{GRILLE}")),
                    &format!("{RELATION}/tiling-scheme"), JSON, "La grille"),
            ],
        }],
    })
}

/// A set of tiles: what its layers hold, and where the tiles are.
pub fn jeu(adresses: Adresses<'_>, chemin: &str, titre: &str, couches: &[&Couche]) -> Value {
    let noms: Vec<&str> = couches.iter().map(|couche| couche.nom.as_str()).collect();
    let modele = format!(
        "{}/tuiles/{}/{{tileMatrix}}/{{tileCol}}/{{tileRow}}",
        adresses.0.0,
        noms.join(",")
    );
    let decrites: Vec<Value> = couches.iter().map(|couche| decrire(couche)).collect();
    let mut tuile = lien(modele, "item", GENRE, "Une tuile");
    tuile["templated"] = json!(true);
    json!({
        "title": titre,
        "dataType": "vector",
        "crs": MERCATOR_URI,
        "tileMatrixSetURI": GRILLE_URI,
        "links": [
            lien(adresses.de(&format!("{chemin}/{GRILLE}")), "self", JSON, titre),
            lien(adresses.de(&format!("/tileMatrixSets/{GRILLE}")),
                &format!("{RELATION}/tiling-scheme"), JSON, "La grille"),
            tuile,
            lien(format!("{}/tuiles/{}", adresses.0.0, noms.join(",")), "describedby", JSON, "TileJSON"),
        ],
        "layers": decrites,
    })
}

fn decrire(couche: &Couche) -> Value {
    let (min, max) = couche.zooms();
    let champs: serde_json::Map<String, Value> = couche
        .champs()
        .map(|(nom, phrase)| (nom.to_owned(), json!({ "description": phrase })))
        .collect();
    json!({
        "id": couche.nom,
        "title": couche.titre,
        "description": couche.description,
        "dataType": "vector",
        "minTileMatrix": min.to_string(),
        "maxTileMatrix": max.to_string(),
        "propertiesSchema": { "type": "object", "properties": champs },
    })
}

/// Styles, in MapLibre's encoding.
pub fn styles(adresses: Adresses<'_>) -> Value {
    let styles = json!([{
        "id": "carte",
        "title": "Fond de carte",
        "links": [
            lien(adresses.de("/styles/carte"), "stylesheet", MAPLIBRE, "Le style, pour MapLibre"),
            lien(adresses.de(""), "describedby", HTML, "L'API"),
        ],
    }]);
    json!({ "links": soi(adresses, "/styles"), "styles": styles, "default": "carte" })
}
