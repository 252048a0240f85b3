//! Archives `.zip` and `.7z`, and single files under `.gz`, unpacked beside nothing: into a folder erased at the end.
//!
//! Only members with a wanted extension are written. A member that would leave the folder, or an
//! archive that would fill the disk, stops the import.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::depot::est_utile;
use crate::error::{ContexteFichier, Error, Result};

/// An official archive has a few hundred members.
const MEMBRES_MAXIMUM: usize = 20_000;

/// Whether the name is that of an archive that is read here.
pub fn est_archive(fichier: &Path) -> bool {
    Genre::de(fichier).is_some()
}

/// Names of the members, with their folders.
///
/// # Errors
/// A sentence when the archive is damaged.
pub fn membres(fichier: &Path) -> Result<Vec<String>> {
    match Genre::de(fichier) {
        Some(Genre::Zip) => Ok(ouvrir_zip(fichier)?.file_names().map(str::to_owned).collect()),
        Some(Genre::Gzip) => Ok(vec![sans_gz(fichier)]),
        _ => {
            let archive = sevenz_rust2::Archive::open(fichier)
                .map_err(|erreur| illisible(fichier, &erreur))?;
            Ok(archive.files.into_iter().map(|membre| membre.name().to_owned()).collect())
        }
    }
}

/// Writes the useful members under a folder.
///
/// # Errors
/// A sentence when the archive is damaged, hostile or absurdly large.
pub fn extraire(fichier: &Path, dossier: &Path, taille: u64) -> Result<()> {
    let mut extraction = Extraction { fichier, dossier, reste: taille, membres: 0 };
    match Genre::de(fichier) {
        Some(Genre::Zip) => extraction.zip(),
        Some(Genre::Gzip) => extraction.gzip(),
        _ => extraction.sept_z(),
    }
}

enum Genre {
    Zip,
    SeptZ,
    /// One file: Etalab's contours come so.
    Gzip,
}

impl Genre {
    fn de(fichier: &Path) -> Option<Self> {
        let extension = fichier.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "zip" => Some(Self::Zip),
            "7z" => Some(Self::SeptZ),
            "gz" if est_utile(Path::new(&sans_gz(fichier))) => Some(Self::Gzip),
            _ => None,
        }
    }
}

/// One archive being unpacked, and how many bytes it may still write.
struct Extraction<'f> {
    fichier: &'f Path,
    dossier: &'f Path,
    reste: u64,
    membres: usize,
}

impl Extraction<'_> {
    fn zip(&mut self) -> Result<()> {
        let mut archive = ouvrir_zip(self.fichier)?;
        for rang in 0..archive.len() {
            let mut membre =
                archive.by_index(rang).map_err(|erreur| illisible(self.fichier, &erreur))?;
            let nom = membre.name().to_owned();
            if !membre.is_dir() {
                self.membre(&nom, &mut membre)?;
            }
        }
        Ok(())
    }

    fn sept_z(&mut self) -> Result<()> {
        let fichier = self.fichier;
        let mut archive =
            sevenz_rust2::ArchiveReader::open(fichier, sevenz_rust2::Password::empty())
                .map_err(|erreur| illisible(fichier, &erreur))?;
        let mut arret = None;
        let lecture = archive.for_each_entries(|membre, contenu| {
            if membre.is_directory() || membre.is_anti_item() {
                return Ok(true);
            }
            arret = self.membre(membre.name(), contenu).err();
            Ok(arret.is_none())
        });
        // Ours says more than the library's, which may only be the consequence.
        match arret {
            Some(erreur) => Err(erreur),
            None => lecture.map_err(|erreur| illisible(fichier, &erreur)),
        }
    }

    fn gzip(&mut self) -> Result<()> {
        let lu = File::open(self.fichier).pour_fichier("ouverture du fichier", self.fichier)?;
        let mut contenu = flate2::read::MultiGzDecoder::new(io::BufReader::new(lu));
        self.membre(&sans_gz(self.fichier), &mut contenu)
    }

    fn membre(&mut self, nom: &str, contenu: &mut dyn Read) -> Result<()> {
        self.membres += 1;
        if self.membres > MEMBRES_MAXIMUM {
            return Err(self.demesuree());
        }
        let relatif = self.chemin_sur(nom)?;
        if !est_utile(&relatif) {
            return Ok(());
        }
        let cible = self.dossier.join(relatif);
        if let Some(parent) = cible.parent() {
            std::fs::create_dir_all(parent).pour_fichier("création du dossier", parent)?;
        }
        let mut sortie =
            File::create_new(&cible).pour_fichier("écriture du fichier extrait", &cible)?;
        // One byte more than allowed tells an archive that goes on from one that ends there.
        let ecrits = io::copy(&mut contenu.take(self.reste + 1), &mut sortie)
            .map_err(|erreur| illisible(self.fichier, &erreur))?;
        self.reste = self.reste.checked_sub(ecrits).ok_or_else(|| self.demesuree())?;
        Ok(())
    }

    /// The member's path, which only goes down from the folder.
    fn chemin_sur(&self, nom: &str) -> Result<PathBuf> {
        let chemin = PathBuf::from(nom.replace('\\', "/"));
        let descend = chemin
            .components()
            .all(|partie| matches!(partie, Component::Normal(_) | Component::CurDir));
        if descend && !nom.contains('\0') {
            Ok(chemin)
        } else {
            Err(Error::Donnees(format!(
                "L'archive {} contient « {nom} », qui s'écrirait hors de son dossier : rien n'a été lu. \
                 Téléchargez de nouveau l'archive chez son éditeur.",
                self.fichier.display()
            )))
        }
    }

    fn demesuree(&self) -> Error {
        Error::Donnees(format!(
            "L'archive {} est démesurée une fois ouverte : ce n'est sans doute pas une livraison de \
             contours. Extrayez-en vous-même les couches utiles, puis donnez leur dossier.",
            self.fichier.display()
        ))
    }
}

/// The name of the one file under a `.gz`.
fn sans_gz(fichier: &Path) -> String {
    fichier.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn ouvrir_zip(fichier: &Path) -> Result<zip::ZipArchive<File>> {
    let lu = File::open(fichier).pour_fichier("ouverture du fichier", fichier)?;
    zip::ZipArchive::new(lu).map_err(|erreur| illisible(fichier, &erreur))
}

fn illisible(fichier: &Path, raison: &dyn std::fmt::Display) -> Error {
    Error::Donnees(format!(
        "L'archive {} ne se lit pas : {raison}. Elle est peut-être incomplète ; téléchargez-la de \
         nouveau.",
        fichier.display()
    ))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn zip(dossier: &Path, nom: &str, octets: &[u8]) -> PathBuf {
        let fichier = dossier.join("livraison.zip");
        let mut archive = zip::ZipWriter::new(File::create(&fichier).unwrap());
        archive.start_file(nom, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(octets).unwrap();
        archive.finish().unwrap();
        fichier
    }

    #[test]
    fn a_member_that_leaves_the_folder_stops_everything() {
        let lieu = tempfile::tempdir().unwrap();
        let dedans = lieu.path().join("dedans");
        std::fs::create_dir(&dedans).unwrap();
        for nom in ["../evade.geojson", "/tmp/evade.geojson", "a/../../evade.geojson"] {
            let fichier = zip(lieu.path(), nom, b"{}");
            let erreur = extraire(&fichier, &dedans, 4096).unwrap_err().to_string();
            assert!(erreur.contains("hors de son dossier"), "{erreur}");
            assert!(!lieu.path().join("evade.geojson").exists());
        }
    }

    #[test]
    fn an_archive_that_swells_is_stopped_while_it_swells() {
        let lieu = tempfile::tempdir().unwrap();
        let fichier = zip(lieu.path(), "communes.geojson", &[b' '; 4096]);
        let erreur = extraire(&fichier, lieu.path(), 4095).unwrap_err().to_string();
        assert!(erreur.contains("démesurée"), "{erreur}");
        std::fs::remove_file(lieu.path().join("communes.geojson")).unwrap();
        extraire(&fichier, lieu.path(), 4096).unwrap();
    }

    #[test]
    fn what_is_not_a_layer_is_left_in_the_archive() {
        let lieu = tempfile::tempdir().unwrap();
        let fichier = zip(lieu.path(), "lisez-moi.vrt", b"<OGRVRTDataSource/>");
        extraire(&fichier, lieu.path(), 4096).unwrap();
        assert!(!lieu.path().join("lisez-moi.vrt").exists());
    }
}
