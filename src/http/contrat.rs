//! What routes answer and what their parameters may be, as JSON Schema: read by `document`, and held to the answers of
//! the service by `tests/conformance/test_contrat.py`.

use std::sync::LazyLock;

use serde_json::{Map, Value};

/// Answers in JSON, by route; of writes, by method and route.
const REPONSES: [&str; 7] = [
    include_str!("reponses/ecritures.json"),
    include_str!("reponses/geo.json"),
    include_str!("reponses/indicateurs.json"),
    include_str!("reponses/ogc.json"),
    include_str!("reponses/questions.json"),
    include_str!("reponses/reseaux.json"),
    include_str!("reponses/territoires.json"),
];
/// Shapes that several answers have.
const COMMUNS: &str = include_str!("reponses/communs.json");
/// What each parameter is: it means the same wherever it is.
const PARAMETRES: &str = include_str!("parametres.json");

pub fn reponses() -> Map<String, Value> {
    REPONSES.into_iter().flat_map(lire).collect()
}

pub fn communs() -> Map<String, Value> {
    lire(COMMUNS)
}

/// JSON Schema of each parameter, its description included, by name.
pub fn parametres() -> &'static Map<String, Value> {
    static LUS: LazyLock<Map<String, Value>> = LazyLock::new(|| lire(PARAMETRES));
    &LUS
}

/// These files are ours: a test reads each.
fn lire(texte: &str) -> Map<String, Value> {
    serde_json::from_str(texte).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_of_the_contract_is_read() {
        for texte in REPONSES.into_iter().chain([COMMUNS, PARAMETRES]) {
            assert!(!lire(texte).is_empty(), "{texte}");
        }
    }

    #[test]
    fn each_shape_that_answers_name_is_described() {
        let communs = communs();
        for texte in REPONSES.into_iter().chain([COMMUNS]) {
            for nom in texte.split("#/components/schemas/").skip(1) {
                let nom = nom.split('"').next().unwrap();
                assert!(communs.contains_key(nom), "{nom}");
            }
        }
    }
}
