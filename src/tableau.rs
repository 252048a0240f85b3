//! Tables as users have them: CSV of any separator and encoding, spreadsheets, and archives of them.

mod classeur;
mod nature;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::{ContexteFichier, Error, Result};

/// Largest member of an archive that is read, in bytes.
const TAILLE_MAX: u64 = 2 << 30;

pub use nature::Nature;

/// How much of a file is read.
#[derive(Debug, Clone, Copy)]
pub struct Bornes {
    /// Largest workbook, once unpacked, in bytes.
    deplie: u64,
    /// Largest rectangle of cells of a sheet: it is read whole.
    etendue: u64,
    /// Rows under the heading, and columns.
    lignes: usize,
    colonnes: usize,
}

impl Bornes {
    /// Of whoever administers: ten times the largest workbook of Insee.
    pub const LARGES: Self =
        Self { deplie: 1 << 30, etendue: 50_000_000, lignes: usize::MAX, colonnes: usize::MAX };
    /// Of what people send to the service: years of demandes of a département.
    pub const ENVOI: Self =
        Self { deplie: 100 << 20, etendue: 1_000_000, lignes: 20_000, colonnes: 100 };

    /// Stops where a table has more rows or columns than are read.
    fn verifier(&self, nom: &str, lignes: usize, colonnes: usize) -> Result<()> {
        if lignes > self.lignes {
            return Err(Error::Donnees(format!(
                "{nom} a plus de {} lignes : partagez-le, une année par fichier par exemple.",
                milliers(self.lignes)
            )));
        }
        if colonnes > self.colonnes {
            return Err(Error::Donnees(format!(
                "{nom} a plus de {} colonnes : gardez celles des demandes.",
                self.colonnes
            )));
        }
        Ok(())
    }
}

/// « 20 000 », as it is read.
fn milliers(nombre: usize) -> String {
    match nombre / 1_000 {
        0 => nombre.to_string(),
        milliers => format!("{milliers}\u{202f}{:03}", nombre % 1_000),
    }
}

/// How a table is recognised: by its heading, and by what is said when it has none.
#[derive(Clone, Copy)]
pub struct Entete<'e> {
    pub convient: &'e dyn Fn(&[String]) -> bool,
    /// What it has not, and what to do: « n'a pas de … ».
    pub absente: &'e str,
    pub conseil: &'e str,
}

/// Rows of text under a heading, each with its number in the file.
#[derive(Debug)]
pub struct Tableau {
    /// As the user knows it; with the sheet's or the member's name.
    pub nom: String,
    /// What stands above the heading: titles and notes.
    pub preambule: Vec<String>,
    pub colonnes: Vec<String>,
    pub lignes: Vec<(u64, Vec<String>)>,
}

impl Tableau {
    /// Reads a file. Of a spreadsheet, the sheet of this name; by default the first whose heading
    /// is recognised. Of an archive, its table of data. Blocks.
    pub fn lire(fichier: &Path, feuille: Option<&str>, entete: Entete<'_>) -> Result<Self> {
        Self::lire_dans(fichier, feuille, entete, &Bornes::LARGES)
    }

    /// The same, within bounds. Blocks.
    pub fn lire_dans(
        fichier: &Path,
        feuille: Option<&str>,
        entete: Entete<'_>,
        bornes: &Bornes,
    ) -> Result<Self> {
        let nom = fichier.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let extension = fichier.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        match extension.as_str() {
            "xlsx" | "xlsm" | "xls" | "ods" => {
                classeur::lire(fichier, &nom, feuille, entete, bornes)
            }
            "zip" => archive(fichier, &nom, entete, bornes),
            _ => {
                let octets =
                    std::fs::read(fichier).pour_fichier("lecture d'un tableau", fichier)?;
                texte(&nom, &octets, entete, bornes)
            }
        }
    }

    /// The year of « Géographie au 01/01/2023 », which Insee writes above its tables.
    pub fn geographie(&self) -> Option<i16> {
        self.preambule.iter().find_map(|note| {
            let (_, suite) = note.split_once("Géographie au 01/01/")?;
            suite.get(..4)?.parse().ok()
        })
    }

    /// Rank of the first column that has one of these names, whatever its case.
    pub fn colonne(&self, noms: &[&str]) -> Option<usize> {
        noms.iter().find_map(|nom| {
            self.colonnes.iter().position(|colonne| colonne.eq_ignore_ascii_case(nom))
        })
    }
}

/// The table of a zip: the one whose name ends in `_data.csv` (Melodi), or the largest CSV that is not
/// a description of another.
fn archive(fichier: &Path, nom: &str, entete: Entete<'_>, bornes: &Bornes) -> Result<Tableau> {
    let illisible = |erreur: &dyn std::fmt::Display| {
        Error::Donnees(format!("{nom} ne se lit pas : {erreur}. Téléchargez-le de nouveau."))
    };
    let lu = File::open(fichier).pour_fichier("lecture d'une archive", fichier)?;
    let mut archive = zip::ZipArchive::new(lu).map_err(|erreur| illisible(&erreur))?;
    let mut candidats = Vec::new();
    for rang in 0..archive.len() {
        let membre = archive.by_index(rang).map_err(|erreur| illisible(&erreur))?;
        let chemin = membre.name().to_lowercase();
        let description = chemin.contains("metadata") || chemin.contains("meta_");
        if chemin.ends_with(".csv") && !description {
            candidats.push((chemin.ends_with("_data.csv"), membre.size(), rang));
        }
    }
    let Some(&(_, taille, rang)) = candidats.iter().max() else {
        return Err(Error::Donnees(format!("{nom} ne contient aucun tableau CSV de données.")));
    };
    if taille > TAILLE_MAX {
        return Err(Error::Donnees(format!(
            "Le tableau de {nom} dépasse 2 Go : extrayez ce qui vous sert."
        )));
    }
    let membre = archive.by_index(rang).map_err(|erreur| illisible(&erreur))?;
    let nom_membre = format!("{nom}, {}", membre.name());
    let mut octets = Vec::new();
    membre.take(TAILLE_MAX).read_to_end(&mut octets).map_err(|erreur| illisible(&erreur))?;
    texte(&nom_membre, &octets, entete, bornes)
}

fn texte(nom: &str, octets: &[u8], entete: Entete<'_>, bornes: &Bornes) -> Result<Tableau> {
    if let Some(phrase) = Nature::de(octets).malgre_son_nom(nom) {
        return Err(Error::Donnees(phrase));
    }
    let texte = decoder(octets);
    if texte.trim().is_empty() {
        return Err(Error::Donnees(format!(
            "{nom} est vide. Vérifiez que son téléchargement est allé au bout."
        )));
    }
    let premieres: Vec<&str> = texte.lines().take(ENTETE_MAX).collect();
    // The separator that cuts a recognised heading; else the most frequent.
    let separateurs = [b';', b',', b'\t', b'|'];
    let reconnu = separateurs.into_iter().find(|separateur| {
        premieres.iter().any(|ligne| {
            let cellules: Vec<String> = ligne
                .split(char::from(*separateur))
                .map(|cellule| cellule.trim().trim_matches('"').trim().to_owned())
                .collect();
            cellules.len() > 1 && (entete.convient)(&cellules)
        })
    });
    let frequent = separateurs.into_iter().max_by_key(|s| {
        premieres.iter().map(|l| l.bytes().filter(|o| o == s).count()).sum::<usize>()
    });
    let mut lecteur = csv::ReaderBuilder::new()
        .delimiter(reconnu.or(frequent).unwrap_or(b';'))
        .has_headers(false)
        .flexible(true)
        .from_reader(texte.as_bytes());
    let mut lignes = Vec::new();
    for ligne in lecteur.records() {
        let ligne = ligne.map_err(|erreur| {
            let numero = erreur.position().map_or(0, csv::Position::line);
            Error::Donnees(format!(
                "{nom}, ligne {numero} : le tableau ne se lit pas ; vérifiez les guillemets."
            ))
        })?;
        let numero = ligne.position().map_or(0, csv::Position::line);
        bornes.verifier(nom, lignes.len().saturating_sub(ENTETE_MAX), ligne.len())?;
        lignes.push((numero, ligne.iter().map(|cellule| cellule.trim().to_owned()).collect()));
    }
    sous_entete(nom.to_owned(), lignes, entete, bornes)
}

/// Text in UTF-8 or UTF-16 as its first bytes say, else in UTF-8 if it is, else in Windows-1252, which
/// holds Latin-1.
pub fn decoder(octets: &[u8]) -> String {
    if let Some((encodage, marque)) = encoding_rs::Encoding::for_bom(octets) {
        return encodage.decode(&octets[marque..]).0.into_owned();
    }
    // Tables begin with a Latin letter or a quote: in UTF-16, beside a null byte.
    match octets {
        [_, 0, ..] => return encoding_rs::UTF_16LE.decode(octets).0.into_owned(),
        [0, _, ..] => return encoding_rs::UTF_16BE.decode(octets).0.into_owned(),
        _ => {}
    }
    match std::str::from_utf8(octets) {
        Ok(texte) => texte.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(octets).0.into_owned(),
    }
}

/// How far down a heading is looked for: official workbooks put a title and notes above it.
const ENTETE_MAX: usize = 20;

fn sous_entete(
    nom: String,
    mut lignes: Vec<(u64, Vec<String>)>,
    entete: Entete<'_>,
    bornes: &Bornes,
) -> Result<Tableau> {
    let rang = lignes.iter().take(ENTETE_MAX).position(|(_, cellules)| (entete.convient)(cellules));
    let Some(rang) = rang else {
        let vues = lignes
            .iter()
            .find(|(_, cellules)| cellules.iter().filter(|c| !c.is_empty()).count() > 1);
        return Err(Error::Donnees(format!(
            "{nom} {}. Ses colonnes : {}. {}",
            entete.absente,
            vues.map_or_else(|| "aucune".to_owned(), |(_, cellules)| cellules.join(", ")),
            entete.conseil
        )));
    };
    let suite = lignes.split_off(rang + 1);
    let colonnes = lignes.pop().map(|(_, cellules)| cellules).unwrap_or_default();
    let preambule =
        lignes.into_iter().flat_map(|(_, cellules)| cellules).filter(|c| !c.is_empty()).collect();
    let lignes: Vec<_> = suite
        .into_iter()
        .filter(|(_, cellules)| cellules.iter().any(|cellule| !cellule.is_empty()))
        .collect();
    bornes.verifier(&nom, lignes.len(), colonnes.len())?;
    Ok(Tableau { nom, preambule, colonnes, lignes })
}
