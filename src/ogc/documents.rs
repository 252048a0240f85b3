//! The documents of OGC API: landing, conformance, collections, queryables.

use serde_json::{Map, Value, json};

use super::adresses::{Adresses, segment};
use crate::diffusion::{
    Champ, Collection, Crs, Emprises, GEOMETRIE, Genre, Geometrie, MisesAJour, attributions,
};
use crate::exports::Format;
use crate::territoires::SourceDeDonnees;

/// What is served, by the names of the standards.
pub const CONFORMITE: [&str; 28] = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
    // What older clients look for.
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-operators",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
    "http://www.opengis.net/spec/ogcapi-styles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-styles-1/1.0/conf/mapbox-styles",
];

pub const JSON: &str = "application/json";
pub const HTML: &str = "text/html";
pub const GEOJSON: &str = "application/geo+json";
pub const SCHEMA: &str = "application/schema+json";
pub const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";

/// A link.
pub fn lien(adresse: String, relation: &str, genre: &str, titre: &str) -> Value {
    json!({ "href": adresse, "rel": relation, "type": genre, "title": titre, "hreflang": "fr" })
}

/// This document, and its other form.
pub fn soi(adresses: Adresses<'_>, chemin: &str) -> [Value; 2] {
    [
        lien(adresses.de(chemin), "self", JSON, "Ce document"),
        lien(format!("{}?f=html", adresses.de(chemin)), "alternate", HTML, "Le même, à lire"),
    ]
}

pub fn accueil(adresses: Adresses<'_>) -> Value {
    let mut liens = soi(adresses, "").to_vec();
    liens.extend([
        lien(adresses.de("/api"), "service-desc", OPENAPI, "Description de l'API (OpenAPI 3.0)"),
        lien(format!("{}/api", adresses.0.0), "service-doc", HTML, "Documentation"),
        lien(adresses.de("/conformance"), "conformance", JSON, "Normes suivies"),
        lien(
            adresses.de("/conformance"),
            "http://www.opengis.net/def/rel/ogc/1.0/conformance",
            JSON,
            "Normes suivies",
        ),
        lien(adresses.de("/collections"), "data", JSON, "Collections"),
        lien(
            adresses.de("/tileMatrixSets"),
            "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes",
            JSON,
            "Grilles de tuiles",
        ),
        lien(
            adresses.de("/tiles"),
            "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector",
            JSON,
            "Tuiles vectorielles",
        ),
        lien(
            adresses.de("/styles"),
            "http://www.opengis.net/def/rel/ogc/1.0/styles",
            JSON,
            "Styles de carte",
        ),
    ]);
    json!({
        "title": "maillage",
        "description": "Le SIG partagé des réseaux départementaux d'ingénierie territoriale : territoires, zones \
            d'intervention, demandes et indicateurs.",
        "links": liens,
    })
}

pub fn conformite() -> Value {
    json!({ "conformsTo": CONFORMITE })
}

/// What every collection says beside itself.
#[derive(Debug)]
pub struct Contexte<'a> {
    pub adresses: Adresses<'a>,
    /// Of the territories: they are credited wherever they are drawn.
    pub sources: &'a [SourceDeDonnees],
    pub emprises: &'a Emprises,
    pub mises_a_jour: &'a MisesAJour,
}

pub fn collection(collection: &Collection, contexte: &Contexte<'_>) -> Value {
    let adresses = contexte.adresses;
    let chemin = format!("/collections/{}", collection.id);
    let objets = format!("{chemin}/items");
    let mut liens = soi(adresses, &chemin).to_vec();
    liens.extend([
        lien(adresses.de(&objets), "items", GEOJSON, "Les objets, en GeoJSON"),
        lien(format!("{}?f=html", adresses.de(&objets)), "items", HTML, "Les objets, à lire"),
        lien(
            adresses.de(&format!("{chemin}/queryables")),
            "http://www.opengis.net/def/rel/ogc/1.0/queryables",
            SCHEMA,
            "Propriétés qui se filtrent",
        ),
        lien(
            adresses.de(&format!("{chemin}/queryables")),
            "queryables",
            SCHEMA,
            "Propriétés qui se filtrent",
        ),
    ]);
    if collection.en_tuiles() {
        liens.push(lien(
            adresses.de(&format!("{chemin}/tiles")),
            "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector",
            JSON,
            "Les tuiles vectorielles",
        ));
    }
    liens.extend(Format::de(collection).map(|format| {
        let adresse = format!("{}/exports/{}.{}", adresses.0.0, collection.id, format.extension());
        lien(adresse, "enclosure", format.genre(), format.nom())
    }));
    let licences = licences(collection, contexte.sources);
    for licence in &licences {
        liens.extend(
            adresse_de_licence(licence)
                .map(|adresse| lien(adresse.to_owned(), "license", HTML, licence)),
        );
    }
    let crs: Vec<String> = Crs::tous().map(Crs::uri).collect();
    let mut document = json!({
        "id": collection.id,
        "title": collection.titre,
        "description": collection.description,
        "attribution": attributions(collection, contexte.sources).join(" · "),
        "itemType": "feature",
        "updated": contexte.mises_a_jour.de(collection).to_rfc3339(),
        "links": liens,
    });
    let etendue = etendue(contexte.emprises.de(collection));
    if collection.situee() {
        document["extent"] = etendue;
        document["crs"] = json!(crs);
        document["storageCrs"] = json!(Crs::STOCKAGE.uri());
    }
    document
}

fn etendue(emprise: Option<[f64; 4]>) -> Value {
    let temps = json!({ "interval": [[null, null]],
        "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian" });
    match emprise {
        Some(emprise) => json!({
            "spatial": { "bbox": [elargir(emprise)], "crs": Crs::default().uri() }, "temporal": temps }),
        None => json!({ "temporal": temps }),
    }
}

/// Rounded outwards, to a ten-thousandth of a degree: the box of all that is, as it is written, and not of most of it.
fn elargir([ouest, sud, est, nord]: [f64; 4]) -> [f64; 4] {
    const PAS: f64 = 1e4;
    let bas = |borne: f64| (borne * PAS).floor() / PAS;
    let haut = |borne: f64| (borne * PAS).ceil() / PAS;
    [bas(ouest), bas(sud), haut(est), haut(nord)]
}

/// Licences of what a collection is made from, each once.
pub fn licences<'a>(collection: &'a Collection, sources: &'a [SourceDeDonnees]) -> Vec<&'a str> {
    let propre = collection.source.iter().map(|(_, licence, _)| licence.as_str());
    let mut toutes: Vec<&str> =
        sources.iter().map(|source| source.licence.as_str()).chain(propre).collect();
    toutes.sort_unstable();
    toutes.dedup();
    toutes
}

/// Where a licence is read, when it is one that we know.
pub fn adresse_de_licence(nom: &str) -> Option<&'static str> {
    const CONNUES: [(&str, &str); 2] = [
        ("Licence Ouverte", "https://www.etalab.gouv.fr/licence-ouverte-open-licence"),
        ("ODbL", "https://opendatacommons.org/licenses/odbl/1-0/"),
    ];
    CONNUES.iter().find(|(debut, _)| nom.contains(debut)).map(|(_, adresse)| *adresse)
}

/// What filters may name (JSON Schema 2020-12).
pub fn filtrables(collection: &Collection, adresses: Adresses<'_>) -> Value {
    let mut proprietes: Map<String, Value> =
        collection.champs.iter().map(|champ| (champ.nom.clone(), schema(champ))).collect();
    if let Some(geometrie) = collection.geometrie {
        let format = match geometrie {
            Geometrie::Points => "geometry-point",
            Geometrie::Surfaces => "geometry-multipolygon",
        };
        proprietes.insert(
            GEOMETRIE.into(),
            json!({ "title": "Géométrie", "x-ogc-role": "primary-geometry", "format": format }),
        );
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": adresses.de(&format!("/collections/{}/queryables", segment(&collection.id))),
        "type": "object",
        "title": collection.titre,
        "description": collection.description,
        "properties": proprietes,
        "additionalProperties": false,
    })
}

/// A field, as JSON Schema says it.
pub fn schema(champ: &Champ) -> Value {
    let (genre, format) = match champ.genre {
        Genre::Texte => ("string", None),
        Genre::Entier => ("integer", None),
        Genre::Decimal => ("number", None),
        Genre::Date => ("string", Some("date")),
        Genre::Booleen => ("boolean", None),
    };
    let mut schema = json!({ "title": champ.titre, "type": genre });
    if let Some(description) = &champ.description {
        schema["description"] = json!(description);
    }
    if let Some(format) = format {
        schema["format"] = json!(format);
    }
    schema
}
