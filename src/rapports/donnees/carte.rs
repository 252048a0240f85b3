//! What a map shows: values by code of unit. How it is drawn is `rapports::cartes`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::territoires::Maille;

/// A map, with the query that gave its values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Carte {
    /// Unique in the report, and the name of its file for slides: `communes-servies`, `partenaire-caue`…
    pub cle: String,
    pub titre: String,
    pub genre: Genre,
    pub maille: Maille,
    /// By code of unit; a unit of the réseau that is not there has none. Null where it is masked.
    pub valeurs: BTreeMap<String, Option<f64>>,
    /// Communes of the zones drawn under the values, inside the unit that the map is about, or that nobody helps.
    pub communes: Vec<String>,
    /// What the map shows, in sentences: «Ce que montre la carte».
    pub lecture: Vec<String>,
    pub requete: String,
    pub parametres: Map<String, Value>,
}

/// How values are to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Genre {
    /// 1 served, 0 not.
    Servies,
    /// Counts, as proportional circles.
    Cercles,
    /// A rate, in classes.
    Taux,
    /// How many partners can help: 0 is «personne», null is unknown.
    Couverture,
    /// How many themes nobody helps with, those that are not known left out; null where that is all that is not known.
    Blanches,
    /// How many themes two partners or more share.
    Recouvrements,
    /// A zone in force, and demandes as circles over it.
    Zone,
    /// One unit among its neighbours, with its communes' demandes.
    Portrait,
}
