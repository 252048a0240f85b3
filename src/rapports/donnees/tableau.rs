//! Tables: what is under the maps, and what the annexes hold.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Unite, nombre};

/// A table, with the query that gave it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tableau {
    /// Unique in the report: `par_theme`, `par_partenaire`…
    pub cle: String,
    pub titre: String,
    pub colonnes: Vec<Colonne>,
    pub lignes: Vec<Vec<Cellule>>,
    /// What must be known to read it: a demande that counts for each of its themes…
    pub note: Option<String>,
    pub requete: String,
    pub parametres: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colonne {
    pub libelle: String,
    /// Null for words.
    pub unite: Option<Unite>,
}

impl Colonne {
    pub fn mots(libelle: &str) -> Self {
        Self { libelle: libelle.to_owned(), unite: None }
    }

    pub fn nombres(libelle: &str, unite: Unite) -> Self {
        Self { libelle: libelle.to_owned(), unite: Some(unite) }
    }
}

/// What a cell holds, and how it is printed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cellule {
    /// Null for words, and for a number that is masked or that cannot be computed.
    pub valeur: Option<f64>,
    pub texte: String,
}

impl Cellule {
    pub fn mots(texte: impl Into<String>) -> Self {
        Self { valeur: None, texte: texte.into() }
    }

    pub fn nombre(valeur: Option<f64>, unite: Unite) -> Self {
        Self { valeur: valeur.map(nombre::garder), texte: nombre::texte(valeur, unite) }
    }
}
