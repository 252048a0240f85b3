//! What is known of the communes' past: movements as published, and the communes of some years.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

/// A commune before and a commune after, at a date. See the table `mouvement`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mouvement {
    pub date: NaiveDate,
    pub avant: Option<String>,
    pub apres: Option<String>,
    pub nom_avant: Option<String>,
    pub nom_apres: Option<String>,
}

/// The communes of a millésime.
#[derive(Debug, Default)]
pub struct Edition {
    pub annee: i16,
    pub communes: BTreeMap<String, CommuneConnue>,
    /// Codes that the source says were absorbed, with the commune that has absorbed them.
    pub absorbes: BTreeMap<String, String>,
}

#[derive(Debug)]
pub struct CommuneConnue {
    pub nom: String,
    pub population: Option<i32>,
}

impl Edition {
    pub fn nouvelle(annee: i16) -> Self {
        Self { annee, ..Self::default() }
    }

    pub fn ajouter(
        &mut self,
        code: String,
        nom: String,
        population: Option<i32>,
        anciens: Vec<String>,
    ) {
        for ancien in anciens {
            self.absorbes.insert(ancien, code.clone());
        }
        self.communes.insert(code, CommuneConnue { nom, population });
    }

    /// Those of its communes.
    pub fn departements(&self) -> BTreeSet<&str> {
        self.communes.keys().map(|code| departement(code)).collect()
    }

    /// 1 January of its year.
    pub fn date(&self) -> NaiveDate {
        premier_janvier(self.annee)
    }
}

/// The département in a code of commune: two characters, three overseas.
pub fn departement(code: &str) -> &str {
    let longueur = if code.starts_with("97") { 3 } else { 2 };
    code.get(..longueur).unwrap_or(code)
}

/// The day that a millésime describes.
pub fn premier_janvier(annee: i16) -> NaiveDate {
    NaiveDate::from_ymd_opt(i32::from(annee), 1, 1).unwrap_or_default()
}

/// Both together: what the movements do not tell, because their source ends or leaves it out, is told by
/// what differs from a millésime to the next.
#[derive(Debug, Default)]
pub struct Histoire {
    /// In order of their dates.
    pub mouvements: Vec<Mouvement>,
    /// In order of their years.
    pub editions: Vec<Edition>,
}
