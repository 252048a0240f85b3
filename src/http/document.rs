//! `/api`: what programs may ask, as an OpenAPI document and as a page, both from the routes themselves.

use std::sync::Arc;

use axum::http::Method;
use axum::response::Html;
use axum::routing::get;
use axum::{Json, Router};
use maud::html;
use serde_json::{Map, Value, json};

use super::{CorpsAttendu, Operation, Probleme, contrat, page};

/// What every operation may answer beside what it was asked for.
const PROBLEMES: [(&str, &str); 9] = [
    ("400", "Un paramètre ne se lit pas, ou n'existe pas ici."),
    ("401", "Le jeton ou la session n'est plus valable."),
    ("403", "Le réseau ne publie pas ce détail, et qui demande n'y a pas de droit."),
    ("404", "Cela n'existe pas, ou n'est pas à lire par qui le demande."),
    ("414", "L'adresse est trop longue."),
    ("422", "La question ne peut pas avoir de réponse."),
    ("429", "Trop de demandes à la fois ; l'en-tête Retry-After dit quand revenir."),
    ("500", "Le service a rencontré une erreur, notée dans son journal."),
    ("503", "Le service n'est pas prêt, ou trop occupé."),
];

/// And what a write may, beside these.
const PROBLEMES_DES_ECRITURES: [(&str, &str); 5] = [
    ("408", "Le corps n'est pas arrivé à temps."),
    ("403", "Qui demande n'a pas le droit d'écrire cela, ou son jeton ne fait que lire."),
    ("409", "Modifié entre-temps ; le problème dit quoi. À relire, puis à recommencer."),
    ("413", "Le corps est trop lourd."),
    ("415", "Le corps n'est pas du genre attendu."),
];

/// Media types that are written as JSON.
const EN_JSON: [&str; 2] = ["application/json", "+json"];

/// A role, and what it reads and does.
pub type Role = (&'static str, &'static str);

/// The routes of the document and of its page.
pub fn routes<S: Clone + Send + Sync + 'static>(
    operations: &[Operation],
    roles: &[Role],
    url_publique: &str,
) -> Router<S> {
    let document = Arc::new(document(operations, roles, url_publique));
    let page = Arc::<str>::from(page_lisible(operations, roles));
    Router::new()
        .route("/api", get(move || async move { Html(page.to_string()) }))
        .route("/api/openapi.json", get(move || async move { Json(Arc::clone(&document)) }))
}

/// The variables of a path, without their braces.
fn variables(chemin: &str) -> impl Iterator<Item = &str> {
    chemin.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

/// What a parameter means.
fn phrase(nom: &str) -> &'static str {
    contrat::parametres().get(nom).and_then(|dit| dit["description"].as_str()).unwrap_or_default()
}

fn parametre(operation: &Operation, nom: &str, place: &str) -> Value {
    let mut schema =
        contrat::parametres().get(nom).cloned().unwrap_or_else(|| json!({ "type": "string" }));
    // Said of the parameter itself.
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("description");
    }
    let texte = schema["type"] == "string";
    let mut dit = json!({
        "name": nom, "in": place, "required": place == "path", "description": phrase(nom), "schema": schema,
    });
    if let Some(exemple) = valeur_d_exemple(operation, nom) {
        dit["example"] =
            if texte { json!(exemple) } else { exemple.parse().unwrap_or(json!(exemple)) };
    }
    dit
}

/// What a parameter may be, in words: its values, or its least and greatest.
fn bornes(nom: &str) -> String {
    let Some(dites) = contrat::parametres().get(nom) else { return String::new() };
    if let Some(valeurs) = dites["enum"].as_array() {
        let valeurs: Vec<&str> = valeurs.iter().filter_map(Value::as_str).collect();
        return format!(" Valeurs : {}.", valeurs.join(", "));
    }
    match (dites["minimum"].as_i64(), dites["maximum"].as_i64()) {
        (Some(min), Some(max)) => format!(" De {min} à {max}."),
        (Some(min), None) => format!(" {min} au moins."),
        _ => String::new(),
    }
}

/// Media types of the answer.
fn genres(operation: &Operation) -> impl Iterator<Item = &'static str> {
    std::iter::once(operation.genre).chain(operation.autres_genres.iter().copied())
}

/// The value of a parameter, or of a variable of the path, in the example of an operation.
fn valeur_d_exemple(operation: &Operation, nom: &str) -> Option<String> {
    let (chemin, question) = operation.exemple.split_once('?').unwrap_or((operation.exemple, ""));
    let variable = format!("{{{nom}}}");
    let du_chemin = operation
        .chemin
        .split('/')
        .zip(chemin.split('/'))
        .find(|(segment, _)| *segment == variable)
        .map(|(_, valeur)| valeur.to_owned());
    du_chemin.or_else(|| {
        form_urlencoded::parse(question.as_bytes())
            .find(|(connu, _)| connu == nom)
            .map(|(_, valeur)| valeur.into_owned())
    })
}

/// What is answered in a media type: JSON as its schema says, anything else as it comes.
fn contenu(genre: &str, schema: Option<&Value>) -> Value {
    let essence = genre.split(';').next().unwrap_or(genre);
    match schema {
        Some(schema) if EN_JSON.iter().any(|fin| essence.ends_with(fin)) => {
            json!({ "schema": schema })
        }
        _ if essence.starts_with("text/") => json!({ "schema": { "type": "string" } }),
        _ => json!({}),
    }
}

fn operation(operation: &Operation, reponses: &Map<String, Value>) -> Value {
    let parametres: Vec<Value> = variables(operation.chemin)
        .map(|nom| parametre(operation, nom, "path"))
        .chain(operation.parametres.iter().map(|nom| parametre(operation, nom, "query")))
        .collect();
    // Of a write, under its method and its path.
    let ecriture = format!("{} {}", operation.methode, operation.chemin);
    let schema = reponses.get(if operation.ecrit() { ecriture.as_str() } else { operation.chemin });
    let genres: Map<String, Value> =
        genres(operation).map(|genre| (genre.to_owned(), contenu(genre, schema))).collect();
    let mut dites = refus(operation.ecrit());
    if operation.methode == Method::POST {
        dites.insert("201".into(), json!({ "description": "C'est écrit.", "content": &genres }));
    }
    dites.insert("200".into(), json!({ "description": operation.resume, "content": genres }));
    if !operation.ecrit() {
        dites.insert("304".into(), json!({ "description": "Rien n'a changé." }));
    }
    if operation.ailleurs {
        dites.insert("307".into(), json!({ "description": "À lire à une autre adresse." }));
    }
    if operation.parfois_vide {
        dites.insert("204".into(), json!({ "description": "Il n'y a rien dans cette tuile." }));
    }
    let mut voies = vec![json!({ "jeton": [] }), json!({ "qgis": [] }), json!({ "session": [] })];
    if !operation.reservee {
        voies.insert(0, json!({}));
    }
    let mut dite = json!({
        "operationId": identifiant(operation),
        "summary": operation.resume,
        "parameters": parametres,
        "responses": dites,
        "security": voies,
    });
    match operation.corps {
        Some(corps) => dite["requestBody"] = corps_attendu(corps),
        None => dite["x-exemple"] = operation.exemple.into(),
    }
    dite
}

fn corps_attendu(corps: CorpsAttendu) -> Value {
    let exemple: Value =
        serde_json::from_str(corps.exemple).unwrap_or_else(|_| corps.exemple.into());
    // What is not text has no example that can be written here.
    let textuel = |genre: &str| genre.starts_with("text/") || genre.ends_with("json");
    let contenu: Map<String, Value> = corps
        .genres
        .iter()
        .map(|genre| match textuel(genre) {
            true => ((*genre).to_owned(), json!({ "example": exemple })),
            false => ((*genre).to_owned(), json!({})),
        })
        .collect();
    json!({ "required": true, "content": contenu })
}

/// Of an operation: its path, in letters; of a write, after what it does.
fn identifiant(operation: &Operation) -> String {
    let methode = operation.ecrit().then(|| operation.methode.as_str().to_lowercase());
    let mots = operation.chemin.split(|lettre: char| !lettre.is_ascii_alphanumeric());
    let mots = methode.as_deref().into_iter().chain(mots.filter(|mot| !mot.is_empty()));
    mots.collect::<Vec<_>>().join("_")
}

/// The problems that an answer may be, with their headers.
fn refus(des_ecritures: bool) -> Map<String, Value> {
    PROBLEMES
        .iter()
        .chain(des_ecritures.then_some(&PROBLEMES_DES_ECRITURES).into_iter().flatten())
        .map(|(statut, phrase)| {
            let mut dit = json!({ "description": phrase, "content": { "application/problem+json": {
                "schema": { "$ref": "#/components/schemas/Probleme" } } } });
            match *statut {
                "429" | "503" => {
                    dit["headers"]["Retry-After"] = json!({
                        "description": "Secondes à attendre.", "schema": { "type": "integer" } });
                }
                "401" => {
                    dit["headers"]["WWW-Authenticate"] = json!({ "schema": { "type": "string" } });
                }
                _ => {}
            }
            ((*statut).to_owned(), dit)
        })
        .collect()
}

fn document(operations: &[Operation], roles: &[Role], url_publique: &str) -> Value {
    let reponses = contrat::reponses();
    let mut chemins = Map::new();
    for dite in operations {
        let chemin = chemins.entry(dite.chemin).or_insert_with(|| json!({}));
        chemin[dite.methode.as_str().to_lowercase()] = operation(dite, &reponses);
    }
    let mut schemas = contrat::communs();
    schemas.insert("Probleme".into(), probleme());
    let roles: Vec<Value> =
        roles.iter().map(|(nom, phrase)| json!({ "role": nom, "description": phrase })).collect();
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
            "schemas": schemas,
        },
        "x-roles": roles,
    })
}

/// RFC 9457, with each of our problems.
fn probleme() -> Value {
    let tous = Probleme::tous();
    let genres: Vec<&str> = tous.iter().map(Probleme::genre).collect();
    json!({
        "type": "object",
        "description": "RFC 9457.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": { "type": "string", "enum": genres },
            "title": { "type": "string" },
            "status": { "type": "integer", "minimum": 400, "maximum": 599 },
            "detail": { "type": "string", "description": "Ce qui ne va pas, et que faire." },
        },
        "examples": tous,
    })
}

fn page_lisible(operations: &[Operation], roles: &[Role]) -> String {
    page::page(
        "Interroger maillage par programme",
        html! {
            p { "Les réponses publiques se lisent sans compte. Un jeton, fait dans "
                a href="/espace" { "votre espace" } ", donne ce que vous pouvez lire : "
                code { "Authorization: Bearer mlg_…" } ", ou comme mot de passe dans QGIS." }
            p { "Le même contenu pour les outils : " a href="/api/openapi.json" { "openapi.json" } ". Pour QGIS : "
                a href="/qgis" { "ouvrir les données dans QGIS" } "." }
            h2 { "Qui lit quoi" }
            dl { @for (role, phrase) in roles {
                dt { (role) }
                dd { (phrase) }
            } }
            p { "Chaque route se lit sans compte et donne plus à qui y a droit. Celles qui écrivent demandes et zones veulent \
                 une session, ou un jeton qui peut écrire." }
            h2 { "Ce qui peut être refusé" }
            p { "Chaque refus est une phrase en français qui dit ce qui ne va pas et que faire, en "
                code { "application/problem+json" } "." }
            dl { @for (statut, phrase) in PROBLEMES {
                dt { code { (statut) } }
                dd { (phrase) }
            } }
            @for operation in operations {
                h2 { code { @if operation.ecrit() { (operation.methode) " " } (operation.chemin) } }
                @match operation.corps {
                    Some(corps) => { p { (operation.resume) } pre { code { (corps.exemple) } } }
                    None => p { (operation.resume) " Exemple : " a href=(operation.exemple) { (operation.exemple) } }
                }
                @if operation.chemin.contains('{') || !operation.parametres.is_empty() {
                    dl {
                        @for nom in variables(operation.chemin).chain(operation.parametres.iter().copied()) {
                            dt { code { (nom) } }
                            dd { (phrase(nom)) (bornes(nom)) }
                        }
                    }
                }
                p { "Réponse : "
                    @for (rang, genre) in genres(operation).enumerate() {
                        @if rang > 0 { ", " }
                        code { (genre) }
                    }
                    "."
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::{Operation, contrat, identifiant, valeur_d_exemple, variables};

    #[test]
    fn the_variables_of_a_path_are_those_in_braces() {
        let lues: Vec<&str> = variables("/tuiles/{couches}/{z}/{x}/{y}").collect();
        assert_eq!(lues, ["couches", "z", "x", "y"]);
    }

    #[test]
    fn each_parameter_says_what_it_is_and_what_it_means() {
        for (nom, dit) in contrat::parametres() {
            assert!(
                dit["type"].is_string() && dit["description"].as_str().unwrap().ends_with('.'),
                "{nom}"
            );
        }
    }

    #[test]
    fn the_example_of_an_operation_gives_those_of_its_parameters() {
        let operation = Operation::nouvelle("/a/{x}/b", "", &["q"], "/a/12/b?q=l%27eau&z=1");
        let lue = |nom| valeur_d_exemple(&operation, nom);
        assert_eq!(lue("x").as_deref(), Some("12"));
        assert_eq!(lue("q").as_deref(), Some("l'eau"));
        assert_eq!(lue("b"), None);
        assert_eq!(identifiant(&operation), "a_x_b");
    }
}
