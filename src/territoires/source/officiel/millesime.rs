//! The millésime that the name of a file, of its folder or of its archive tells.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::depot::{est_lisible, noms_contenus};
use crate::error::{Error, Result};
use crate::territoires::codes::Millesime;

/// Folders that publishers name: those of other people may bear any year.
const LIVRAISONS: [&str; 2] = ["ADMIN-EXPRESS", "ADMIN_EXPRESS"];
/// Years that a name may tell: before 1999 there is no digital edition.
const ANNEES: std::ops::RangeInclusive<i16> = 1999..=2100;

/// The millésime to publish: the one asked for, which the files must not contradict, or else the
/// one that they tell.
///
/// # Errors
/// A sentence when nobody tells, or when two tell differently.
pub fn choisir(fichiers: &[PathBuf], demande: Option<Millesime>) -> Result<Millesime> {
    let mut choisi = demande.map(|millesime| (millesime, "--millesime".to_owned()));
    for fichier in fichiers {
        let Some((dit, ou)) = annonce(fichier)? else { continue };
        match &choisi {
            Some((deja, par)) if *deja != dit => {
                return Err(Error::Donnees(format!(
                    "{ou} est du millésime {dit}, mais {par} dit {deja}. Un import ne publie qu'un \
                     millésime : donnez des fichiers et un --millesime qui s'accordent."
                )));
            }
            Some(_) => {}
            None => choisi = Some((dit, ou)),
        }
    }
    choisi.map(|(millesime, _)| millesime).ok_or_else(|| {
        Error::Donnees(
            "Le nom des fichiers ne dit pas leur millésime : ajoutez --millesime ANNÉE, l'année du code \
             officiel géographique qu'ils suivent."
                .into(),
        )
    })
}

/// The date of the delivery, when a name gives a whole one.
pub fn date(fichier: &Path) -> Option<NaiveDate> {
    noms(fichier).iter().find_map(|nom| Indice::lire(nom)?.date)
}

/// The year that a name tells; None when it tells none, or two.
pub fn annee_dans(nom: &str) -> Option<i16> {
    Indice::lire(nom).map(|indice| indice.annee)
}

/// What a file plainly says, and the name that says it.
fn annonce(fichier: &Path) -> Result<Option<(Millesime, String)>> {
    if !est_lisible(fichier) {
        return Ok(None);
    }
    let propres = noms(fichier);
    let contenus = if propres.iter().any(|nom| Indice::lire(nom).is_some()) {
        Vec::new()
    } else {
        noms_contenus(fichier)?
    };
    let mut annonces: Vec<(i16, String)> = propres
        .into_iter()
        .chain(contenus)
        .filter_map(|nom| Some((Indice::lire(&nom)?.annee, nom)))
        .collect();
    let Some((annee, nom)) = annonces.pop() else { return Ok(None) };
    if let Some((autre, ailleurs)) = annonces.iter().find(|(autre, _)| *autre != annee) {
        return Err(Error::Donnees(format!(
            "{} mélange deux millésimes : {autre} ({ailleurs}) et {annee} ({nom}). Importez-les l'un après \
             l'autre.",
            fichier.display()
        )));
    }
    Ok(Some((Millesime::new(annee)?, nom)))
}

/// The nearest name that tells a year: the file's own, or that of the delivery it lies in.
fn noms(fichier: &Path) -> Vec<String> {
    let absolu = std::path::absolute(fichier).unwrap_or_else(|_| fichier.to_owned());
    let noms = absolu.iter().rev().map(|nom| nom.to_string_lossy().into_owned());
    noms.enumerate()
        .filter(|(rang, nom)| {
            let majuscules = nom.to_uppercase();
            *rang == 0 || LIVRAISONS.iter().any(|livraison| majuscules.contains(livraison))
        })
        .map(|(_, nom)| nom)
        .find(|nom| Indice::lire(nom).is_some())
        .into_iter()
        .collect()
}

/// The year in a name, and the day when it is there too.
struct Indice {
    annee: i16,
    date: Option<NaiveDate>,
}

impl Indice {
    /// None when the name holds no year, or two.
    fn lire(nom: &str) -> Option<Self> {
        let nombres: Vec<&str> = nom.split(|lettre: char| !lettre.is_ascii_digit()).collect();
        let annee = |texte: &str| {
            (texte.len() == 4).then(|| texte.parse().ok())?.filter(|annee| ANNEES.contains(annee))
        };
        let deux = |texte: &str| (texte.len() == 2).then(|| texte.parse::<u32>().ok())?;
        let dates = nombres.windows(3).filter_map(|trois| {
            NaiveDate::from_ymd_opt(annee(trois[0])?.into(), deux(trois[1])?, deux(trois[2])?)
        });
        let compactes = nombres.iter().filter(|nombre| nombre.len() == 8).filter_map(|nombre| {
            annee(&nombre[..4])?;
            NaiveDate::parse_from_str(nombre, "%Y%m%d").ok()
        });
        let date = dates.chain(compactes).next();
        let mut annees: Vec<i16> = nombres.iter().filter_map(|nombre| annee(nombre)).collect();
        annees.extend(date.map(|date| i16::try_from(chrono::Datelike::year(&date)).unwrap_or(0)));
        annees.sort_unstable();
        annees.dedup();
        match annees[..] {
            [annee] => Some(Self { annee, date }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_year_is_read_in_the_names_of_publishers() {
        let nom = "ADMIN-EXPRESS-COG-CARTO_4-0__GPKG_LAMB93_FXX_2025-01-01";
        assert_eq!(annee_dans(nom), Some(2025));
        assert_eq!(date(Path::new(nom)), NaiveDate::from_ymd_opt(2025, 1, 1));
        assert_eq!(annee_dans("communes-2024-50m.geojson"), Some(2024));
        assert_eq!(annee_dans("COG_20230503.shp"), Some(2023));
    }

    #[test]
    fn a_scale_a_code_or_two_years_tell_nothing() {
        for nom in
            ["communes-26.geojson", "communes-1000m", "EPSG2154.gpkg", "2023_vers_2024", "26000"]
        {
            assert_eq!(annee_dans(nom), None, "{nom}");
        }
    }

    #[test]
    fn the_folder_of_a_delivery_tells_and_that_of_a_person_does_not() {
        let livree =
            Path::new("/a/ADMIN-EXPRESS_3-2__SHP_LAMB93_FXX_2023-05-03/1_DONNEES/COMMUNE.shp");
        assert_eq!(annonce(livree).unwrap().unwrap().0.annee(), 2023);
        assert!(annonce(Path::new("/home/projets-2019/COMMUNE.shp")).unwrap().is_none());
    }

    #[test]
    fn what_is_asked_must_agree_with_what_is_told() {
        let fichiers = [PathBuf::from("communes-2024.geojson")];
        let demande = |annee| Some(Millesime::new(annee).unwrap());
        assert_eq!(choisir(&fichiers, None).unwrap().annee(), 2024);
        assert_eq!(choisir(&fichiers, demande(2024)).unwrap().annee(), 2024);
        let erreur = choisir(&fichiers, demande(2025)).unwrap_err().to_string();
        assert!(erreur.contains("2024") && erreur.contains("2025"), "{erreur}");
        let muets = [PathBuf::from("communes.geojson")];
        let erreur = choisir(&muets, None).unwrap_err().to_string();
        assert!(erreur.contains("--millesime"), "{erreur}");
        assert_eq!(choisir(&muets, demande(2018)).unwrap().annee(), 2018);
    }
}
