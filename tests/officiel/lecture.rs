//! Reading files without a database, and what is asked of the reading.

use std::path::{Path, PathBuf};

use maillage::error::Error;
use maillage::territoires::source::{self, Colonnes, Lecture};
use maillage::territoires::{CodeInsee, Millesime, Siren};

use crate::fabrique::{CommuneEcrite, Ecriture};

pub fn lire(fichiers: &[PathBuf]) -> Result<Lecture, Error> {
    lire_avec(fichiers, &Colonnes::default())
}

/// Reads files as those of 2026, and names what they do not.
pub fn lire_avec(fichiers: &[PathBuf], colonnes: &Colonnes) -> Result<Lecture, Error> {
    let mut lecture = source::lire(fichiers, colonnes, Millesime::new(2026)?)?;
    lecture.clore()?;
    Ok(lecture)
}

pub fn lu(fichier: &Path) -> Lecture {
    lire(&[fichier.to_owned()]).unwrap_or_else(|erreur| panic!("{erreur}"))
}

pub fn refus(fichiers: &[PathBuf]) -> String {
    match lire(fichiers) {
        Ok(_) => panic!("{fichiers:?} should be refused"),
        Err(erreur) => erreur.to_string(),
    }
}

pub fn commune<'l>(lecture: &'l Lecture, code: &str) -> &'l source::CommuneLue {
    &lecture.communes[&CodeInsee::parse(code).unwrap()]
}

pub fn dit(lecture: &Lecture, morceau: &str) -> bool {
    lecture.remarques.iter().any(|remarque| remarque.contains(morceau))
}

pub fn siren(texte: &str) -> Siren {
    Siren::parse(texte).unwrap()
}

/// A layer of communes as ADMIN EXPRESS 3 writes it.
pub fn express_3(communes: &[CommuneEcrite]) -> Ecriture<'_> {
    Ecriture {
        couche: "COMMUNE",
        colonnes: &["ID", "NOM", "INSEE_COM", "INSEE_DEP", "INSEE_REG", "SIREN_EPCI"],
        lignes: communes,
        epsg: Some(2154),
    }
}

pub const MONTELIMAR: CommuneEcrite = CommuneEcrite {
    valeurs: &["COMMUNE_1", "Montélimar", "26198", "26", "84", "200040459"],
    carre: (0, 0),
};
pub const ALBON: CommuneEcrite =
    CommuneEcrite { valeurs: &["COMMUNE_2", "Albon", "26002", "26", "84", "NR"], carre: (1, 0) };
