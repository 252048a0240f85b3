//! From what the person gives (files, folders, archives) to the files that GDAL opens.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::archive;
use crate::error::{ContexteFichier, Error, Result};

/// Extension of a format, and the one GDAL driver that may open it.
const FORMATS: [(&str, &str); 9] = [
    ("gpkg", GEOPACKAGE),
    ("shp", SHAPEFILE),
    ("geojson", "GeoJSON"),
    ("json", "GeoJSON"),
    ("fgb", "FlatGeobuf"),
    ("kml", "LIBKML"),
    ("tab", MAPINFO),
    ("mif", MAPINFO),
    ("csv", "CSV"),
];
pub const GEOPACKAGE: &str = "GPKG";
pub const SHAPEFILE: &str = "ESRI Shapefile";
const MAPINFO: &str = "MapInfo File";
/// What goes with a `.shp`, then with a `.tab`, then with a `.mif`.
const COMPAGNES: [&str; 9] = ["shx", "dbf", "prj", "cpg", "dat", "map", "id", "ind", "mid"];
/// Of those, the ones without which it says nothing.
const INDISPENSABLES: [&str; 2] = ["shx", "dbf"];
/// Official deliveries have five levels of folders.
const PROFONDEUR: usize = 10;

/// A file to open, and how to name it to whoever gave it.
#[derive(Debug)]
pub struct Donnee {
    pub chemin: PathBuf,
    pub nom: String,
    /// GDAL's name of the format.
    pub pilote: &'static str,
    /// Given by name: it must be what is expected. Otherwise it was found in a folder or an archive,
    /// where other things may lie.
    pub designee: bool,
}

impl Donnee {
    /// The name of the file alone.
    pub fn nom_court(&self) -> String {
        self.chemin.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// Every file to open, kept as long as it is read: those of archives are erased with it.
#[derive(Debug, Default)]
pub struct Depot {
    pub donnees: Vec<Donnee>,
    extraits: Vec<TempDir>,
    /// What an archive may come to, in bytes.
    taille: u64,
}

impl Depot {
    /// Finds the files to open, and unpacks archives, each to so many bytes at most.
    ///
    /// # Errors
    /// A sentence that names what cannot be read, and what can.
    pub fn ouvrir(fichiers: &[PathBuf], taille: u64) -> Result<Self> {
        let mut depot = Self { taille, ..Self::default() };
        for fichier in fichiers {
            let avant = depot.donnees.len();
            depot.ajouter(fichier)?;
            if depot.donnees.len() == avant {
                return Err(Error::Donnees(format!(
                    "{} ne contient aucun fichier de contours. maillage lit les GeoPackage (.gpkg), \
                     Shapefile (.shp), GeoJSON (.geojson, .json), FlatGeobuf (.fgb), KML (.kml) et MapInfo \
                     (.tab, .mif), leurs dossiers et leurs archives .zip, .7z et .gz.",
                    fichier.display()
                )));
            }
        }
        Ok(depot)
    }

    fn ajouter(&mut self, fichier: &Path) -> Result<()> {
        // An absolute path of this machine, that GDAL cannot take for one of its virtual files.
        let chemin = fichier.canonicalize().pour_fichier("ouverture du fichier", fichier)?;
        let nom = fichier.display().to_string();
        if chemin.is_dir() {
            self.ajouter_dossier(&chemin, &nom, PROFONDEUR, true)
        } else if archive::est_archive(&chemin) {
            self.ajouter_archive(&chemin, &nom)
        } else {
            self.ajouter_fichier(chemin, nom, true)
        }
    }

    fn ajouter_archive(&mut self, chemin: &Path, nom: &str) -> Result<()> {
        let dossier = tempfile::Builder::new()
            .prefix("maillage-")
            .tempdir()
            .pour_fichier("création d'un dossier temporaire", std::env::temp_dir())?;
        archive::extraire(chemin, dossier.path(), self.taille)?;
        self.ajouter_dossier(dossier.path(), nom, PROFONDEUR, false)?;
        self.extraits.push(dossier);
        Ok(())
    }

    fn ajouter_dossier(
        &mut self,
        dossier: &Path,
        nom: &str,
        profondeur: usize,
        archives: bool,
    ) -> Result<()> {
        if profondeur == 0 {
            return Ok(());
        }
        for chemin in entrees(dossier)? {
            let nom_entree = chemin.file_name().unwrap_or_default();
            let nom = Path::new(nom).join(nom_entree).display().to_string();
            if chemin.is_dir() {
                self.ajouter_dossier(&chemin, &nom, profondeur - 1, archives)?;
            } else if archives && archive::est_archive(&chemin) {
                self.ajouter_archive(&chemin, &nom)?;
            } else if est_utile(&chemin) {
                self.ajouter_fichier(chemin, nom, false)?;
            }
        }
        Ok(())
    }

    fn ajouter_fichier(&mut self, chemin: PathBuf, nom: String, designee: bool) -> Result<()> {
        let Some(pilote) = pilote(&chemin) else { return Ok(()) };
        if chemin.starts_with("/vsi") || chemin.to_str().is_none_or(|nom| nom.starts_with("/vsi")) {
            return Err(Error::Donnees(format!(
                "{nom} ne peut pas être ouvert à cet emplacement : copiez-le dans un autre dossier, dont \
                 le chemin est en UTF-8."
            )));
        }
        if pilote == SHAPEFILE {
            compagnes_presentes(&chemin, &nom)?;
        }
        if pilote == MAPINFO {
            table_a_elle_seule(&chemin, &nom)?;
        }
        self.donnees.push(Donnee { chemin, nom, pilote, designee });
        Ok(())
    }
}

/// Whether a file is a layer, or goes with one. The shadows that macOS leaves in archives are not.
pub fn est_utile(fichier: &Path) -> bool {
    let ombre = fichier.file_name().is_none_or(|nom| nom.to_string_lossy().starts_with("._"));
    let extension = extension(fichier);
    !ombre && (pilote(fichier).is_some() || COMPAGNES.contains(&extension.as_str()))
}

/// Whether a path may hold boundaries: a folder, an archive or a file of a known format.
pub fn est_lisible(fichier: &Path) -> bool {
    fichier.is_dir() || archive::est_archive(fichier) || pilote(fichier).is_some()
}

/// Names that may tell what is inside a folder or an archive.
///
/// # Errors
/// When the folder or the archive cannot be read.
pub fn noms_contenus(fichier: &Path) -> Result<Vec<String>> {
    if fichier.is_dir() {
        Ok(entrees(fichier)?
            .iter()
            .filter_map(|chemin| Some(chemin.file_name()?.to_string_lossy().into_owned()))
            .collect())
    } else if archive::est_archive(fichier) {
        archive::membres(fichier)
    } else {
        Ok(Vec::new())
    }
}

fn pilote(fichier: &Path) -> Option<&'static str> {
    let extension = extension(fichier);
    FORMATS.iter().find(|(connue, _)| *connue == extension).map(|(_, pilote)| *pilote)
}

fn extension(fichier: &Path) -> String {
    fichier.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}

/// The entries of a folder, in the order of their names.
fn entrees(dossier: &Path) -> Result<Vec<PathBuf>> {
    let mut entrees = std::fs::read_dir(dossier)
        .and_then(|lues| lues.map(|entree| Ok(entree?.path())).collect::<std::io::Result<Vec<_>>>())
        .pour_fichier("lecture du dossier", dossier)?;
    entrees.sort();
    Ok(entrees)
}

/// Refuses a MapInfo table that is only a view of others, which may lie anywhere on the machine.
fn table_a_elle_seule(tab: &Path, nom: &str) -> Result<()> {
    /// The header of a table is a few lines.
    const TETE: u64 = 64 << 10;
    let mut tete = Vec::new();
    std::fs::File::open(tab)
        .and_then(|fichier| fichier.take(TETE).read_to_end(&mut tete))
        .pour_fichier("lecture du fichier", tab)?;
    let tete = String::from_utf8_lossy(&tete).to_lowercase();
    if ["seamless", "open table", "create view"].iter().any(|mot| tete.contains(mot)) {
        return Err(Error::Donnees(format!(
            "{nom} ne contient pas de données : c'est une vue d'autres tables MapInfo. Exportez-la en une \
             seule table, ou en GeoPackage."
        )));
    }
    Ok(())
}

fn compagnes_presentes(shp: &Path, nom: &str) -> Result<()> {
    let voisines = entrees(shp.parent().unwrap_or(Path::new("/")))?;
    let presente = |voulue: &str| {
        voisines
            .iter()
            .any(|voisine| voisine.file_stem() == shp.file_stem() && extension(voisine) == voulue)
    };
    match INDISPENSABLES.iter().find(|voulue| !presente(voulue)) {
        None => Ok(()),
        Some(manquante) => Err(Error::Donnees(format!(
            "{nom} n'a pas de fichier .{manquante} du même nom à côté de lui, sans lequel un Shapefile ne se \
             lit pas. Copiez aussi les fichiers .shx, .dbf, .prj et .cpg."
        ))),
    }
}
