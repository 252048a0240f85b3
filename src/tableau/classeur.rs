//! Spreadsheets. Their files are archives, and their cells may be anywhere: both are measured before they are read.

mod repetitions;

use std::fs::File;
use std::io::{Read, Seek, copy, sink};
use std::path::Path;

use calamine::{Data, Reader, Sheets, Xlsx, open_workbook_auto};

use super::{Bornes, Entete, Nature, Tableau, sous_entete};
use crate::error::{ContexteFichier, Error, Result};

/// Reads a workbook: the sheet of this name, or the first whose heading is recognised.
pub fn lire(
    fichier: &Path,
    nom: &str,
    feuille: Option<&str>,
    entete: Entete<'_>,
    bornes: &Bornes,
) -> Result<Tableau> {
    let illisible = |erreur: calamine::Error| {
        Error::Donnees(format!(
            "{nom} ne se lit pas comme un classeur : {erreur}. Enregistrez-le de nouveau, ou en CSV."
        ))
    };
    verifier_nature(fichier, nom)?;
    verifier_taille(fichier, nom, bornes.deplie)?;
    refuser_chiffre(fichier, nom)?;
    if fichier.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("ods")) {
        repetitions::verifier(fichier, nom, bornes)?;
    }
    let mut classeur = open_workbook_auto(fichier).map_err(illisible)?;
    let feuilles = classeur.sheet_names();
    let choisies: Vec<String> = match feuille {
        None => feuilles.clone(),
        Some(voulue) => {
            feuilles.iter().filter(|f| f.eq_ignore_ascii_case(voulue)).cloned().collect()
        }
    };
    if choisies.is_empty() {
        return Err(Error::Donnees(format!(
            "{nom} n'a pas de feuille « {} ». Ses feuilles : {}.",
            feuille.unwrap_or_default(),
            feuilles.join(", ")
        )));
    }
    let mut dernier = None;
    for choisie in choisies {
        if let Sheets::Xlsx(classeur) = &mut classeur {
            verifier_etendue(classeur, &choisie, nom, bornes)?;
        }
        let plage = classeur.worksheet_range(&choisie).map_err(illisible)?;
        let premiere = plage.start().map_or(0, |(ligne, _)| u64::from(ligne));
        let lignes = (premiere + 1..)
            .zip(plage.rows())
            .map(|(numero, cellules)| (numero, cellules.iter().map(cellule).collect()))
            .collect();
        match sous_entete(format!("{nom}, feuille {choisie}"), lignes, entete, bornes) {
            Ok(tableau) => return Ok(tableau),
            Err(erreur) => dernier = Some(erreur),
        }
    }
    Err(dernier.unwrap_or_else(|| Error::Donnees(format!("{nom} est vide."))))
}

/// Refuses a workbook that a password keeps closed.
fn verifier_nature(fichier: &Path, nom: &str) -> Result<()> {
    let octets = std::fs::read(fichier).pour_fichier("lecture d'un classeur", fichier)?;
    match Nature::de(&octets) {
        nature @ (Nature::Chiffre | Nature::Pdf | Nature::Image) => {
            Err(Error::Donnees(nature.refus(nom).unwrap_or_default()))
        }
        _ => Ok(()),
    }
}

/// Refuses a workbook of LibreOffice that a password keeps closed: an archive like any other, whose manifest says so.
fn refuser_chiffre(fichier: &Path, nom: &str) -> Result<()> {
    /// Manifests are short: a few lines for each member.
    const MANIFESTE_MAX: u64 = 1 << 20;
    let lu = File::open(fichier).pour_fichier("lecture d'un classeur", fichier)?;
    let Ok(mut archive) = zip::ZipArchive::new(lu) else { return Ok(()) };
    let Ok(manifeste) = archive.by_name("META-INF/manifest.xml") else { return Ok(()) };
    let mut octets = Vec::new();
    let lus = manifeste.take(MANIFESTE_MAX).read_to_end(&mut octets);
    let marque = b"encryption-data";
    match lus.is_ok() && octets.windows(marque.len()).any(|suite| suite == marque) {
        true => Err(Error::Donnees(Nature::Chiffre.refus(nom).unwrap_or_default())),
        false => Ok(()),
    }
}

/// Refuses a workbook that is much larger than its file: what archives say of their sizes is not believed.
fn verifier_taille(fichier: &Path, nom: &str, max: u64) -> Result<()> {
    let lu = File::open(fichier).pour_fichier("lecture d'un classeur", fichier)?;
    // The former format of Excel is no archive.
    let Ok(mut archive) = zip::ZipArchive::new(lu) else { return Ok(()) };
    let mut reste = max;
    for rang in 0..archive.len() {
        // What does not unpack is said by whoever reads it.
        let Ok(membre) = archive.by_index(rang) else { continue };
        reste -= copy(&mut membre.take(reste), &mut sink()).unwrap_or_default();
        if reste == 0 {
            return Err(Error::Donnees(format!(
                "{nom} dépasse {} Mo une fois décompressé : enregistrez en CSV la feuille qui sert.",
                max >> 20
            )));
        }
    }
    Ok(())
}

/// Refuses a sheet that has a cell so far that reading it would take all the memory.
fn verifier_etendue<R: Read + Seek>(
    classeur: &mut Xlsx<R>,
    feuille: &str,
    nom: &str,
    bornes: &Bornes,
) -> Result<()> {
    // A sheet that is not read here (a chart) is said by whoever reads it.
    let Ok(mut cellules) = classeur.worksheet_cells_reader(feuille) else { return Ok(()) };
    let (mut lignes, mut colonnes) = (0, 0);
    while let Ok(Some(cellule)) = cellules.next_cell() {
        let (ligne, colonne) = cellule.get_position();
        lignes = lignes.max(u64::from(ligne) + 1);
        colonnes = colonnes.max(u64::from(colonne) + 1);
        if lignes * colonnes > bornes.etendue {
            return Err(Error::Donnees(format!(
                "{nom}, feuille {feuille} : une cellule est à la ligne {lignes}, ou à la colonne {colonnes}, loin du \
                 tableau. Effacez-la, ou enregistrez la feuille en CSV."
            )));
        }
    }
    Ok(())
}

/// A cell as text: a whole number without decimals, for codes that a spreadsheet took for numbers, and a
/// date as ISO 8601 writes it.
fn cellule(donnee: &Data) -> String {
    match donnee {
        Data::Float(nombre) if nombre.fract() == 0.0 && nombre.abs() < 9e15 => {
            format!("{nombre:.0}")
        }
        Data::Empty => String::new(),
        Data::DateTime(date) if date.is_datetime() => {
            let (annee, mois, jour, heure, minute, seconde, _) = date.to_ymd_hms_milli();
            let jour = format!("{annee:04}-{mois:02}-{jour:02}");
            match (heure, minute, seconde) {
                (0, 0, 0) => jour,
                _ => format!("{jour}T{heure:02}:{minute:02}:{seconde:02}"),
            }
        }
        Data::DateTimeIso(date) => date.strip_suffix("T00:00:00").unwrap_or(date).to_owned(),
        autre => autre.to_string().trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_workbook_is_measured_unpacked_whatever_it_says_of_itself() {
        let lieu = tempfile::tempdir().unwrap();
        let fichier = lieu.path().join("bombe.xlsx");
        let mut archive = zip::ZipWriter::new(File::create(&fichier).unwrap());
        archive.start_file("xl/feuille.xml", zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(&[b' '; 100_000]).unwrap();
        archive.finish().unwrap();
        assert!(std::fs::metadata(&fichier).unwrap().len() < 1_000);
        assert!(verifier_taille(&fichier, "bombe.xlsx", 100_001).is_ok());
        let erreur = verifier_taille(&fichier, "bombe.xlsx", 99_999).unwrap_err().to_string();
        assert!(erreur.contains("décompressé"), "{erreur}");
    }

    #[test]
    fn a_workbook_of_libreoffice_under_a_password_is_told_so() {
        let lieu = tempfile::tempdir().unwrap();
        let fichier = lieu.path().join("suivi.ods");
        for (manifeste, protege) in [
            (r#"<manifest:file-entry manifest:full-path="content.xml"/>"#, false),
            (r#"<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"#, true),
        ] {
            let mut archive = zip::ZipWriter::new(File::create(&fichier).unwrap());
            let choix = zip::write::SimpleFileOptions::default();
            archive.start_file("META-INF/manifest.xml", choix).unwrap();
            archive.write_all(manifeste.as_bytes()).unwrap();
            archive.finish().unwrap();
            let lu = refuser_chiffre(&fichier, "suivi.ods");
            assert_eq!(lu.is_err(), protege);
            assert!(lu.map_or_else(|refus| refus.to_string().contains("mot de passe"), |()| true));
        }
    }
}
