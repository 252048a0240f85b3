//! A figure, and all that is needed to find it again.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::nombre;

/// A figure of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chiffre {
    /// What texts and other pages call it: `demandes`, `communes_servies`…
    pub cle: String,
    pub libelle: String,
    /// Null where it is masked, or where there is nothing to compute it from.
    pub valeur: Option<f64>,
    /// What it is a share of, or counted among.
    pub denominateur: Option<f64>,
    /// The same, the year before.
    pub precedent: Option<f64>,
    pub unite: Unite,
    /// Name of the query that gave it: `requetes()` has its text.
    pub requete: String,
    /// What the query was given.
    pub parametres: Map<String, Value>,
    /// `valeur` as every page says it.
    pub texte: String,
    /// The change from the year before as every page says it: «+ 12 (+ 1,6 %)». Null when the year before is unknown.
    pub evolution: Option<String>,
}

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unite {
    /// Things, counted.
    Nombre,
    /// A share, between 0 and 1.
    Part,
    Jours,
    Euros,
    /// For a thousand inhabitants.
    PourMille,
}

impl Chiffre {
    /// A figure with no denominator, of which the year before is not known yet.
    pub fn nouveau(
        cle: &str,
        libelle: &str,
        valeur: Option<f64>,
        unite: Unite,
        requete: &str,
    ) -> Self {
        Self {
            cle: cle.to_owned(),
            libelle: libelle.to_owned(),
            valeur: valeur.map(nombre::garder),
            denominateur: None,
            precedent: None,
            unite,
            requete: requete.to_owned(),
            parametres: Map::new(),
            texte: nombre::texte(valeur, unite),
            evolution: None,
        }
    }

    /// The same, counted among `denominateur`.
    pub fn parmi(mut self, denominateur: f64) -> Self {
        self.denominateur = Some(denominateur);
        self
    }

    /// The same, compared with the year before.
    pub fn apres(mut self, precedent: Option<f64>) -> Self {
        self.precedent = precedent.map(nombre::garder);
        self.evolution = self
            .valeur
            .zip(precedent)
            .map(|(valeur, precedent)| nombre::evolution(precedent, valeur, self.unite));
        self
    }

    /// The same, with what its query was given.
    pub fn avec(mut self, parametres: &Map<String, Value>) -> Self {
        self.parametres = parametres.clone();
        self
    }
}
