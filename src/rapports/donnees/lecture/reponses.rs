//! What the questions of coverage answer, as a report uses it.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// A commune that an answer lists.
#[derive(Debug, Deserialize)]
pub struct CommuneCitee {
    pub code: String,
    pub nom: String,
    pub population: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub struct ZonesBlanches {
    pub communes: i64,
    pub communes_aidees: i64,
    pub communes_non_renseignees: i64,
    pub zones_blanches: Vec<CommuneCitee>,
    pub partenaires_non_declares: Vec<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
pub struct Recouvrements {
    pub communes: Vec<Partagee>,
    pub paires: Vec<Paire>,
}

/// A commune where several partners do the same thing.
#[derive(Debug, Deserialize)]
pub struct Partagee {
    pub code: String,
    pub themes: i64,
}

/// Two partners who do the same thing in some communes.
#[derive(Debug, Deserialize)]
pub struct Paire {
    pub libelle: String,
    pub partenaires: [String; 2],
    pub communes: i64,
}

#[derive(Debug, Deserialize)]
pub struct JamaisServies {
    pub communes: i64,
    pub jamais_servies: i64,
    pub liste: Vec<CommuneCitee>,
}

#[derive(Debug, Deserialize)]
pub struct Delais {
    #[serde(flatten)]
    pub tout: Mesure,
    pub par_theme: Vec<DelaiDuTheme>,
}

/// Days, over the demandes that have the dates.
#[derive(Debug, Deserialize)]
pub struct Mesure {
    pub demandes: i64,
    pub avec_reponse: i64,
    pub reponse_mediane: Option<f64>,
    pub reponse_decile_9: Option<f64>,
    pub avec_cloture: i64,
    pub cloture_mediane: Option<f64>,
    pub cloture_decile_9: Option<f64>,
}

#[derive(Debug, Deserialize)]
pub struct DelaiDuTheme {
    pub libelle: String,
    #[serde(flatten)]
    pub mesure: Mesure,
}

#[derive(Debug, Deserialize)]
pub struct HorsZone {
    pub demandes: i64,
    pub hors_zone: i64,
    pub par_partenaire: Vec<HorsDesSiennes>,
}

#[derive(Debug, Deserialize)]
pub struct HorsDesSiennes {
    pub code: String,
    pub hors_zone: i64,
}

/// An answer in its own type.
pub fn lire<T: for<'de> Deserialize<'de>>(reponse: Map<String, Value>) -> Result<T> {
    serde_json::from_value(Value::Object(reponse)).map_err(|erreur| {
        Error::Donnees(format!("La base a répondu autrement que prévu : {erreur}."))
    })
}
