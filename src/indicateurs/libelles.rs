//! What the codes of a long file mean, from the description that its archive carries.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::tableau::decoder;

/// Largest description that is read, in bytes.
const TAILLE_MAX: u64 = 64 << 20;

/// Labels of dimensions and of their modalities (`*_metadata.csv` of Melodi: COD_VAR, LIB_VAR,
/// COD_MOD, LIB_MOD). A code without label stands for itself.
#[derive(Debug, Default)]
pub struct Libelles {
    variables: HashMap<String, String>,
    modalites: HashMap<(String, String), String>,
}

impl Libelles {
    /// Those of an archive; none when the file is not one, or has no description that can be read:
    /// values do not depend on it. Blocks.
    pub fn lire(fichier: &Path) -> Self {
        let zip = fichier.extension().is_some_and(|suffixe| suffixe.eq_ignore_ascii_case("zip"));
        let texte = if zip { description(fichier) } else { None };
        texte.as_deref().and_then(Self::du_texte).unwrap_or_default()
    }

    fn du_texte(texte: &str) -> Option<Self> {
        let entete = texte.lines().next()?;
        let separateur = if entete.contains(';') { b';' } else { b',' };
        let mut lecteur = csv::ReaderBuilder::new()
            .delimiter(separateur)
            .flexible(true)
            .from_reader(texte.as_bytes());
        let colonnes = lecteur.headers().ok()?.clone();
        let rang = |nom: &str| colonnes.iter().position(|c| c.trim().eq_ignore_ascii_case(nom));
        let (variable, modalite, libelle) = (rang("COD_VAR")?, rang("COD_MOD")?, rang("LIB_MOD")?);
        let libelle_variable = rang("LIB_VAR");
        let mut libelles = Self::default();
        for ligne in lecteur.records().map_while(Result::ok) {
            let cellule = |rang: usize| ligne.get(rang).unwrap_or_default().trim();
            let code = cellule(variable).to_owned();
            if let Some(dit) = libelle_variable.map(cellule).filter(|dit| !dit.is_empty()) {
                libelles.variables.insert(code.clone(), dit.to_owned());
            }
            if !cellule(libelle).is_empty() {
                let cle = (code, cellule(modalite).to_owned());
                libelles.modalites.insert(cle, cellule(libelle).to_owned());
            }
        }
        Some(libelles)
    }

    /// What a dimension is.
    pub fn variable<'a>(&'a self, code: &'a str) -> &'a str {
        self.variables.get(code).map_or(code, String::as_str)
    }

    /// What a modality of a dimension is.
    pub fn modalite<'a>(&'a self, variable: &str, code: &'a str) -> &'a str {
        self.modalites.get(&(variable.to_owned(), code.to_owned())).map_or(code, String::as_str)
    }
}

/// The text of the description that an archive carries.
fn description(fichier: &Path) -> Option<String> {
    let mut archive = zip::ZipArchive::new(File::open(fichier).ok()?).ok()?;
    let rang = (0..archive.len()).find(|rang| {
        archive
            .name_for_index(*rang)
            .is_some_and(|nom| nom.to_lowercase().ends_with("_metadata.csv"))
    })?;
    let mut octets = Vec::new();
    archive.by_index(rang).ok()?.take(TAILLE_MAX).read_to_end(&mut octets).ok()?;
    Some(decoder(&octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_found_whatever_the_columns_and_codes_stand_for_themselves() {
        let texte = "LIB_MOD;COD_VAR;COD_MOD;LIB_VAR\n\"Femmes\";SEX;F;Sexe\nHommes;SEX;M;Sexe\n";
        let libelles = Libelles::du_texte(texte).unwrap();
        assert_eq!(libelles.modalite("SEX", "F"), "Femmes");
        assert_eq!((libelles.variable("SEX"), libelles.variable("AGE")), ("Sexe", "AGE"));
        assert_eq!(libelles.modalite("AGE", "Y15T24"), "Y15T24");
        assert!(Libelles::du_texte("a;b\n").is_none());
    }
}
