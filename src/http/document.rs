//! `/api`: what programs may ask, as an OpenAPI document and as a page, both from the routes themselves.

use std::sync::Arc;

use axum::response::Html;
use axum::routing::get;
use axum::{Json, Router};
use maud::html;
use serde_json::{Map, Value, json};

use super::{Operation, page};

/// A parameter means the same wherever it is: name, JSON type, sentence.
const PARAMETRES: [(&str, &str, &str); 64] = [
    ("annee", "integer", "Année : zones en vigueur au 31 décembre, demandes de l'année."),
    ("apres", "string", "Page qui suit un objet : donné par le lien « next »."),
    ("au", "string", "Dernier jour de la période, compris (2018-12-31)."),
    (
        "authcfg",
        "string",
        "Entrée d'authentification de QGIS de l'édition privée : sept lettres ou chiffres.",
    ),
    ("avant", "string", "Page qui précède un objet : donné par le lien « prev »."),
    ("bbox", "string", "Emprise : ouest,sud,est,nord, en degrés ou dans le système bbox-crs."),
    ("bbox-crs", "string", "Système de coordonnées de bbox."),
    (
        "boost",
        "string",
        "Ce qui compte dans l'ordre des noms, en plus de leur ressemblance (population).",
    ),
    ("classes", "string", "Méthode et nombre de classes (jenks:5)."),
    ("cle", "string", "Indicateur selon lequel un stock est partagé en remontant le temps."),
    ("code", "string", "Code de l'unité (26001)."),
    ("codeDepartement", "string", "Code du département (26, 2A, 974)."),
    ("codeEpci", "string", "Numéro Siren de l'intercommunalité (200040459)."),
    ("codePostal", "string", "Code postal (26200)."),
    ("codeRegion", "string", "Code de la région (84)."),
    ("collection", "string", "Identifiant de la collection (communes)."),
    ("couches", "string", "Noms de couches, séparés par des virgules (communes,epci)."),
    ("crs", "string", "Système de coordonnées de la réponse. Par défaut, longitude et latitude."),
    ("dans", "string", "Territoire auquel se limiter (departement:26)."),
    ("datetime", "string", "Date ou période (2019-01-01, 2018-01-01/2018-12-31)."),
    ("de", "integer", "Millésime de départ."),
    ("departement", "string", "Code du département."),
    ("du", "string", "Premier jour de la période, compris (2018-01-01)."),
    ("edition", "string", "Édition d'un projet QGIS : publique, ou privee, qui s'identifie."),
    ("etat", "string", "État des zones (proposee, validee, refusee)."),
    ("f", "string", "Forme de la réponse : json ou html."),
    ("fichier", "string", "Collection et format (communes.gpkg)."),
    (
        "fields",
        "string",
        "Champs voulus, séparés par des virgules (nom,code,population,centre,contour). Ceux qui n'existent pas sont passés.",
    ),
    ("filter", "string", "Filtre CQL2 (population > 1000 AND nom LIKE 'Saint%')."),
    ("filter-crs", "string", "Système de coordonnées des géométries du filtre."),
    ("filter-lang", "string", "Langage du filtre : cql2-text ou cql2-json."),
    ("format", "string", "Format de la réponse (json, geojson)."),
    ("geometry", "string", "Géométrie du GeoJSON (centre, contour, bbox)."),
    ("grille", "string", "Grille de tuiles : WebMercatorQuad."),
    ("indicateur", "string", "Code de l'indicateur."),
    ("lat", "number", "Latitude, en degrés (WGS 84)."),
    (
        "limit",
        "integer",
        "Nombre d'objets. Pour /ogc, par page : 10 000 au plus. Pour /geo, en tout : sans limite par défaut.",
    ),
    ("limite", "integer", "Nombre de résultats, 100 au plus."),
    ("lon", "number", "Longitude, en degrés (WGS 84)."),
    ("maille", "string", "Sorte de territoire (commune, epci, departement, region, regroupement)."),
    ("millesime", "integer", "Millésime des codes. Par défaut, le plus récent."),
    ("niveau", "string", "Niveau d'intervention des fiches."),
    ("nom", "string", "Nom cherché, entier, par le début de ses mots ou à peu près."),
    ("objet", "string", "Identifiant de l'objet dans la collection."),
    ("offset", "integer", "Nombre d'objets à passer."),
    ("partenaire", "string", "Code d'un partenaire du réseau."),
    ("periode", "string", "Période de l'indicateur. Par défaut, la plus récente."),
    ("projet", "string", "Réseau et format d'un projet QGIS (drome.qgz, drome.qlr)."),
    ("properties", "string", "Propriétés à donner, séparées par des virgules."),
    ("q", "string", "Ce qui est cherché, avec les mots de tous les jours."),
    ("reseau", "string", "Code d'un réseau. Par défaut, le seul qui soit là, ou tous."),
    ("siren", "string", "Numéro Siren de la commune."),
    ("sortby", "string", "Propriétés du tri, précédées de - pour un ordre décroissant."),
    ("style", "string", "Nom du style (carte)."),
    ("territoire", "string", "Territoire sur lequel porte la question (commune:26001)."),
    ("theme", "string", "Code d'un thème du réseau."),
    ("type", "string", "Sorte de commune (commune-actuelle)."),
    (
        "v",
        "integer",
        "Version des données, donnée par le TileJSON : la tuile se garde alors un an.",
    ),
    ("vers", "integer", "Millésime d'arrivée. Par défaut, le plus récent."),
    ("version", "integer", "Version de la zone. Par défaut, celle en cours."),
    ("x", "integer", "Colonne de la tuile."),
    ("y", "integer", "Ligne de la tuile, à partir du nord."),
    ("z", "integer", "Zoom de la tuile."),
    (
        "zone",
        "string",
        "Code de la zone dans son réseau. Pour /geo : metro, drom ou com, séparés par des virgules.",
    ),
];

/// What every operation may answer beside what it was asked for.
const PROBLEMES: [(&str, &str); 7] = [
    ("400", "Un paramètre ne se lit pas, ou n'existe pas ici."),
    ("401", "Le jeton ou la session n'est plus valable."),
    ("403", "Le réseau ne publie pas ce détail, et qui demande n'y a pas de droit."),
    ("404", "Cela n'existe pas, ou n'est pas à lire par qui le demande."),
    ("422", "La question ne peut pas avoir de réponse."),
    ("429", "Trop de demandes à la fois ; l'en-tête Retry-After dit quand revenir."),
    ("503", "Le service n'est pas prêt, ou trop occupé."),
];

/// The routes of the document and of its page.
pub fn routes<S: Clone + Send + Sync + 'static>(
    operations: &[Operation],
    url_publique: &str,
) -> Router<S> {
    let document = Arc::new(document(operations, url_publique));
    let page = Arc::<str>::from(page_lisible(operations));
    Router::new()
        .route("/api", get(move || async move { Html(page.to_string()) }))
        .route("/api/openapi.json", get(move || async move { Json(Arc::clone(&document)) }))
}

/// The variables of a path, without their braces.
fn variables(chemin: &str) -> impl Iterator<Item = &str> {
    chemin.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

fn parametre(nom: &str, place: &str) -> Value {
    let connu = PARAMETRES.iter().find(|(connu, ..)| *connu == nom);
    let (genre, phrase) = connu.map_or(("string", ""), |(_, genre, phrase)| (*genre, *phrase));
    json!({
        "name": nom, "in": place, "required": place == "path", "description": phrase,
        "schema": { "type": genre },
    })
}

fn operation(operation: &Operation) -> Value {
    let parametres: Vec<Value> = variables(operation.chemin)
        .map(|nom| parametre(nom, "path"))
        .chain(operation.parametres.iter().map(|nom| parametre(nom, "query")))
        .collect();
    let mut reponses: Map<String, Value> = PROBLEMES
        .iter()
        .map(|(statut, phrase)| {
            let contenu = json!({ "application/problem+json": {
                "schema": { "$ref": "#/components/schemas/Probleme" } } });
            ((*statut).to_owned(), json!({ "description": phrase, "content": contenu }))
        })
        .collect();
    let genres: Map<String, Value> = std::iter::once(operation.genre)
        .chain(operation.autres_genres.iter().copied())
        .map(|genre| (genre.to_owned(), json!({})))
        .collect();
    reponses.insert("200".into(), json!({ "description": operation.resume, "content": genres }));
    reponses.insert("304".into(), json!({ "description": "Rien n'a changé." }));
    if operation.ailleurs {
        reponses.insert("307".into(), json!({ "description": "À lire à une autre adresse." }));
    }
    if operation.parfois_vide {
        reponses.insert("204".into(), json!({ "description": "Il n'y a rien dans cette tuile." }));
    }
    json!({ "get": {
        "summary": operation.resume,
        "parameters": parametres,
        "responses": reponses,
        "security": [{}, { "jeton": [] }, { "qgis": [] }, { "session": [] }],
        "x-exemple": operation.exemple,
    } })
}

fn document(operations: &[Operation], url_publique: &str) -> Value {
    let chemins: Map<String, Value> =
        operations.iter().map(|dite| (dite.chemin.to_owned(), operation(dite))).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "maillage",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Les réponses publiques se lisent sans compte. Un jeton (page /espace) donne ce que son \
                compte peut lire : en Bearer, ou comme mot de passe.",
            "license": { "name": "EUPL-1.2" },
        },
        "servers": [{ "url": url_publique }],
        "paths": chemins,
        "components": {
            "securitySchemes": {
                "jeton": { "type": "http", "scheme": "bearer" },
                "qgis": { "type": "http", "scheme": "basic",
                    "description": "Le jeton est le mot de passe, le nom est libre." },
                "session": { "type": "apiKey", "in": "cookie", "name": "__Host-maillage" },
            },
            "schemas": { "Probleme": {
                "type": "object",
                "description": "RFC 9457.",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": { "type": "string" },
                    "title": { "type": "string" },
                    "status": { "type": "integer" },
                    "detail": { "type": "string", "description": "Ce qui ne va pas, et que faire." },
                },
            } },
        },
    })
}

fn page_lisible(operations: &[Operation]) -> String {
    page::page(
        "Interroger maillage par programme",
        html! {
            p { "Les réponses publiques se lisent sans compte. Un jeton, fait dans "
                a href="/espace" { "votre espace" } ", donne ce que vous pouvez lire : "
                code { "Authorization: Bearer mlg_…" } ", ou comme mot de passe dans QGIS." }
            p { "Le même contenu pour les outils : " a href="/api/openapi.json" { "openapi.json" } ". Pour QGIS : "
                a href="/qgis" { "ouvrir les données dans QGIS" } "." }
            @for operation in operations {
                h2 { code { (operation.chemin) } }
                p { (operation.resume) " Exemple : " a href=(operation.exemple) { (operation.exemple) } }
                @if operation.chemin.contains('{') || !operation.parametres.is_empty() {
                    dl {
                        @for nom in variables(operation.chemin).chain(operation.parametres.iter().copied()) {
                            dt { code { (nom) } }
                            dd { (parametre(nom, "query")["description"].as_str().unwrap_or_default()) }
                        }
                    }
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::{PARAMETRES, variables};

    #[test]
    fn the_variables_of_a_path_are_those_in_braces() {
        let lues: Vec<&str> = variables("/tuiles/{couches}/{z}/{x}/{y}").collect();
        assert_eq!(lues, ["couches", "z", "x", "y"]);
    }

    #[test]
    fn each_parameter_is_described_once() {
        assert!(PARAMETRES.windows(2).all(|paire| paire[0].0 < paire[1].0));
    }
}
