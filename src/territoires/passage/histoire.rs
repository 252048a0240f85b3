//! What is known of the communes' past: movements as published, and the communes of some years.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::territoires::codes::departement;

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

impl Histoire {
    /// Communes that exist when the story begins: those that a movement speaks of as existing, and those
    /// of the first edition that no movement speaks of.
    pub fn initiales(&self) -> BTreeMap<String, Option<String>> {
        let mut initiales = BTreeMap::new();
        let mut connues: BTreeSet<&String> = BTreeSet::new();
        for jour in self.mouvements.chunk_by(|a, b| a.date == b.date) {
            for mouvement in jour {
                if let Some(avant) =
                    mouvement.avant.as_ref().filter(|avant| !connues.contains(avant))
                {
                    initiales.insert(avant.clone(), mouvement.nom_avant.clone());
                }
            }
            let venues = jour.iter().filter_map(|mouvement| mouvement.apres.as_ref());
            // An intermediate code of the day existed neither before nor after.
            for code in venues.clone() {
                let aussi_avant = jour.iter().any(|m| m.avant.as_ref() == Some(code));
                let par_elle_meme =
                    jour.iter().any(|m| m.avant.as_ref() == Some(code) && m.apres == m.avant);
                let dautres = jour
                    .iter()
                    .any(|m| m.apres.as_ref() == Some(code) && m.avant.as_ref() != Some(code));
                if aussi_avant && dautres && !par_elle_meme && !connues.contains(code) {
                    initiales.remove(code);
                }
            }
            connues.extend(venues);
            connues.extend(jour.iter().filter_map(|mouvement| mouvement.avant.as_ref()));
        }
        // The first edition that holds a département tells its communes.
        let mut decrits: BTreeSet<&str> = BTreeSet::new();
        for edition in &self.editions {
            let nouveaux =
                |code: &String| !connues.contains(code) && !decrits.contains(departement(code));
            for (code, commune) in edition.communes.iter().filter(|(code, _)| nouveaux(code)) {
                initiales.insert(code.clone(), Some(commune.nom.clone()));
            }
            for code in edition.absorbes.keys().filter(|code| nouveaux(code)) {
                initiales.entry(code.clone()).or_insert(None);
            }
            decrits.extend(edition.departements());
        }
        initiales
    }
}
