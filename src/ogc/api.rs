//! The description of `/ogc` in OpenAPI 3.0, as OGC clients read it: with the collections that there are.

use serde_json::{Map, Value, json};

use super::adresses::Adresses;
use super::documents::{GEOJSON, HTML, JSON, SCHEMA};
use crate::diffusion::{Catalogue, Crs, LIMITE, LIMITE_MAX};

/// Parameters of a page of features: name, schema, what it means.
fn parametres() -> Vec<(&'static str, Value, &'static str)> {
    let texte = || json!({ "type": "string" });
    let crs: Vec<String> = Crs::tous().map(Crs::uri).collect();
    let nombres = json!({
        "type": "array", "items": { "type": "number" },
        "oneOf": [{ "minItems": 4, "maxItems": 4 }, { "minItems": 6, "maxItems": 6 }],
    });
    vec![
        (
            "limit",
            json!({ "type": "integer", "minimum": 1, "maximum": LIMITE_MAX, "default": LIMITE }),
            "Nombre d'objets par page.",
        ),
        (
            "offset",
            json!({ "type": "integer", "minimum": 0, "maximum": i32::MAX, "default": 0 }),
            "Nombre d'objets à passer.",
        ),
        ("bbox", nombres, "Emprise : ouest, sud, est, nord."),
        (
            "bbox-crs",
            json!({ "type": "string", "enum": crs }),
            "Système de coordonnées de bbox. Par défaut, longitude et latitude.",
        ),
        (
            "crs",
            json!({ "type": "string", "enum": crs }),
            "Système de coordonnées de la réponse. Par défaut, longitude et latitude.",
        ),
        (
            "datetime",
            texte(),
            "Date ou période : millésime, année, jour ou période de l'indicateur.",
        ),
        ("filter", texte(), "Filtre CQL2."),
        (
            "filter-lang",
            json!({ "type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text" }),
            "Langage du filtre.",
        ),
        (
            "filter-crs",
            json!({ "type": "string", "enum": crs }),
            "Système de coordonnées des géométries du filtre.",
        ),
        ("sortby", texte(), "Propriétés du tri, précédées de - pour un ordre décroissant."),
        ("properties", texte(), "Propriétés à donner, séparées par des virgules."),
        ("apres", texte(), "Page qui suit un objet : donné par le lien « next »."),
        ("avant", texte(), "Page qui précède un objet : donné par le lien « prev »."),
        ("f", json!({ "type": "string", "enum": ["json", "html"] }), "Forme de la réponse."),
    ]
}

fn composants() -> Map<String, Value> {
    parametres()
        .into_iter()
        .map(|(nom, schema, phrase)| {
            let mut dit = json!({
                "name": nom, "in": "query", "required": false, "description": phrase,
                "schema": schema, "style": "form", "explode": false,
            });
            // Clients compare with the standard's own wording of it.
            if nom == "bbox" || nom == "limit" {
                dit["example"] = match nom {
                    "bbox" => json!([5.0, 44.5, 5.3, 44.8]),
                    _ => json!(10),
                };
            }
            (nom.to_owned(), dit)
        })
        .collect()
}

fn reponses(genres: &[&str], resume: &str) -> Value {
    let contenu: Map<String, Value> = genres
        .iter()
        .map(|genre| {
            let schema = match *genre {
                HTML => json!({ "type": "string" }),
                _ => json!({ "type": "object" }),
            };
            ((*genre).to_owned(), json!({ "schema": schema }))
        })
        .collect();
    let probleme = |phrase: &str| {
        json!({ "description": phrase, "content": { "application/problem+json": {
            "schema": { "$ref": "#/components/schemas/probleme" } } } })
    };
    json!({
        "200": { "description": resume, "content": contenu },
        "400": probleme("Un paramètre ne se lit pas, ou n'existe pas ici."),
        "401": probleme("Le jeton n'est plus valable."),
        "404": probleme("Cela n'existe pas, ou n'est pas à lire par qui le demande."),
        "429": probleme("Trop de demandes à la fois."),
        "503": probleme("Le service n'est pas prêt, ou trop occupé."),
    })
}

fn operation(nom: &str, resume: &str, genres: &[&str], parametres: Vec<Value>) -> Value {
    let mut tous = parametres;
    if !tous.iter().any(|parametre| parametre["$ref"] == "#/components/parameters/f") {
        tous.push(json!({ "$ref": "#/components/parameters/f" }));
    }
    json!({ "get": {
        "operationId": nom, "summary": resume, "parameters": tous,
        "responses": reponses(genres, resume),
    } })
}

pub fn document(catalogue: &Catalogue, adresses: Adresses<'_>) -> Value {
    let noms: Vec<&str> =
        catalogue.collections.iter().map(|collection| collection.id.as_str()).collect();
    let mut parametres = composants();
    parametres.insert(
        "collectionId".into(),
        json!({ "name": "collectionId", "in": "path", "required": true,
            "description": "Identifiant de la collection.", "schema": { "type": "string", "enum": noms } }),
    );
    parametres.insert(
        "featureId".into(),
        json!({ "name": "featureId", "in": "path", "required": true,
            "description": "Identifiant de l'objet.", "schema": { "type": "string" } }),
    );
    let citer = |noms: &[&str]| -> Vec<Value> {
        noms.iter().map(|nom| json!({ "$ref": format!("#/components/parameters/{nom}") })).collect()
    };
    let de_page: Vec<&str> = self::parametres().iter().map(|(nom, ..)| *nom).collect();
    let de_collection = citer(&["collectionId"]);
    let chemins = json!({
        "/": operation("accueil", "L'accueil.", &[JSON, HTML], vec![]),
        "/conformance": operation("normes", "Les normes suivies.", &[JSON, HTML], vec![]),
        "/collections": operation("collections", "Les collections.", &[JSON, HTML], vec![]),
        "/collections/{collectionId}":
            operation("collection", "Une collection.", &[JSON, HTML], de_collection.clone()),
        "/collections/{collectionId}/queryables":
            operation("proprietes", "Ses propriétés.", &[SCHEMA, HTML], de_collection.clone()),
        "/collections/{collectionId}/items": operation("objets", "Ses objets.", &[GEOJSON, HTML],
            [de_collection, citer(&de_page)].concat()),
        "/collections/{collectionId}/items/{featureId}": operation("objet", "Un objet.", &[GEOJSON, HTML],
            citer(&["collectionId", "featureId", "crs", "datetime", "properties"])),
    });
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "maillage : OGC API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Toute propriété d'une collection est aussi un paramètre de ses objets. Les réponses \
                publiques se lisent sans compte ; un jeton donne ce que son compte peut lire.",
            "license": { "name": "EUPL-1.2" },
        },
        "servers": [{ "url": adresses.de("") }],
        "paths": chemins,
        "components": {
            "parameters": parametres,
            "securitySchemes": {
                "jeton": { "type": "http", "scheme": "bearer" },
                "qgis": { "type": "http", "scheme": "basic" },
            },
            "schemas": { "probleme": {
                "type": "object",
                "properties": {
                    "type": { "type": "string" }, "title": { "type": "string" },
                    "status": { "type": "integer" }, "detail": { "type": "string" },
                },
            } },
        },
        "security": [{}, { "jeton": [] }, { "qgis": [] }],
    })
}
