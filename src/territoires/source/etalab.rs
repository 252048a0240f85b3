//! The npm package `@etalab/decoupage-administratif`: codes, populations, former codes. No contour.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use chrono::{DateTime, NaiveDate};
use flate2::read::GzDecoder;
use serde::Deserialize;

use super::{Lecture, SourceLue};
use crate::error::{ContexteFichier, Error, Result};

const PREFIXE: &str = "package/data/";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Commune {
    code: String,
    nom: String,
    #[serde(rename = "type")]
    genre: String,
    zone: Option<String>,
    siren: Option<String>,
    population: Option<i32>,
    #[serde(default)]
    codes_postaux: Vec<String>,
    #[serde(default)]
    anciens_codes: Vec<String>,
}

/// What this package adds to the communes that another file lists.
pub struct Complement {
    communes: HashMap<String, Commune>,
    source: SourceLue,
}

/// Whether the file is this package.
pub fn reconnait(fichier: &Path) -> Result<bool> {
    if fichier.extension().is_none_or(|extension| extension != "tgz" && extension != "gz") {
        return Ok(false);
    }
    Ok(entree(fichier, &format!("{PREFIXE}communes.json")).is_ok())
}

pub fn lire(fichier: &Path) -> Result<Complement> {
    let (texte, date) = entree(fichier, &format!("{PREFIXE}communes.json"))?;
    let communes: Vec<Commune> = serde_json::from_slice(&texte).map_err(|erreur| {
        Error::Donnees(format!("{}, communes.json : {erreur}", fichier.display()))
    })?;
    #[derive(Deserialize)]
    struct Paquet {
        version: String,
    }
    let (texte, _) = entree(fichier, "package/package.json")?;
    let paquet: Paquet = serde_json::from_slice(&texte).map_err(|erreur| {
        Error::Donnees(format!("{}, package.json : {erreur}", fichier.display()))
    })?;
    Ok(Complement {
        communes: communes
            .into_iter()
            // The collectivités d'outre-mer are not communes of a département.
            .filter(|commune| {
                commune.genre == "commune-actuelle" && commune.zone.as_deref() != Some("com")
            })
            .map(|commune| (commune.code.clone(), commune))
            .collect(),
        source: SourceLue {
            nom: format!(
                "Codes, noms et populations : Insee et DGCL, paquet @etalab/decoupage-administratif {}",
                paquet.version
            ),
            licence: "Licence Ouverte 2.0".into(),
            date,
        },
    })
}

impl Complement {
    /// Adds names with their article, populations, SIREN, post codes and former codes.
    pub fn completer(mut self, lecture: &mut Lecture) {
        for (code, commune) in &mut lecture.communes {
            let Some(complement) = self.communes.remove(code.as_str()) else {
                lecture.remarques.push(format!(
                    "{} ({}) n'est pas dans le paquet des codes : sans population ni ancien code.",
                    commune.nom,
                    code.as_str()
                ));
                continue;
            };
            commune.nom = complement.nom;
            commune.population = complement.population;
            commune.siren = complement.siren;
            if !complement.codes_postaux.is_empty() {
                commune.codes_postaux = complement.codes_postaux;
            }
            commune.codes_postaux.sort();
            commune.codes_postaux.dedup();
            commune.anciens_codes = complement.anciens_codes;
            commune.anciens_codes.sort();
        }
        let mut absentes: Vec<_> = self.communes.into_values().collect();
        absentes.sort_by(|a, b| a.code.cmp(&b.code));
        for absente in absentes {
            lecture.remarques.push(format!(
                "{} ({}) n'est pas dans le paquet des contours : passée.",
                absente.nom, absente.code
            ));
        }
        lecture.sources.push(self.source);
    }
}

/// A member of the archive, and the date it was written.
fn entree(fichier: &Path, nom: &str) -> Result<(Vec<u8>, Option<NaiveDate>)> {
    let lu = File::open(fichier).pour_fichier("ouverture du fichier", fichier)?;
    let mut archive = tar::Archive::new(GzDecoder::new(lu));
    let illisible = |erreur: std::io::Error| {
        Error::Donnees(format!(
            "{} ne se lit pas : {erreur}. Le fichier est peut-être incomplet ; téléchargez-le de nouveau.",
            fichier.display()
        ))
    };
    for membre in archive.entries().map_err(illisible)? {
        let mut membre = membre.map_err(illisible)?;
        if membre.path().map_err(illisible)?.to_string_lossy() != nom {
            continue;
        }
        let date = membre
            .header()
            .mtime()
            .ok()
            .and_then(|secondes| DateTime::from_timestamp(i64::try_from(secondes).ok()?, 0))
            .map(|date| date.date_naive());
        let mut texte = Vec::new();
        membre.read_to_end(&mut texte).map_err(illisible)?;
        return Ok((texte, date));
    }
    Err(Error::Donnees(format!("{} ne contient pas {nom}.", fichier.display())))
}
