//! What a report says of one partner, and of one EPCI: a page each.

use serde::{Deserialize, Serialize};

use super::{Carte, Chiffre, Tableau};

/// One partner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlocPartenaire {
    pub code: String,
    pub nom: String,
    pub sigle: Option<String>,
    pub description: Option<String>,
    pub contact: Contact,
    /// Whether it has a zone in force at the end of the period.
    pub zone: bool,
    pub chiffres: Vec<Chiffre>,
    /// Themes, months, EPCI that it helped.
    pub tableaux: Vec<Tableau>,
    pub carte: Carte,
}

/// One EPCI of the perimeter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlocEpci {
    pub code: String,
    pub nom: String,
    /// Its communes inside the perimeter; `communes_en_tout` has those of other départements too.
    pub communes: i64,
    pub communes_en_tout: i64,
    pub chiffres: Vec<Chiffre>,
    /// Who helped whom, indicators, communes.
    pub tableaux: Vec<Tableau>,
    pub carte: Carte,
}

/// How anybody reaches a partner: what it publishes of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub site: Option<String>,
    pub courriel: Option<String>,
    pub telephone: Option<String>,
}
