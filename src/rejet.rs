//! Rows set aside: where they are, what is wrong, what to do. Never a silent loss.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejet {
    pub fichier: String,
    /// What the number counts: « ligne » or « objet ».
    pub unite: &'static str,
    pub numero: u64,
    pub colonne: String,
    pub valeur: String,
    /// A sentence: what is wrong and what to do.
    pub raison: String,
}

impl fmt::Display for Rejet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, {} {}, {} : {}",
            self.fichier, self.unite, self.numero, self.colonne, self.raison
        )
    }
}

/// Writes the rows set aside where the user can find them, if there are any: in `rapport`, or else in
/// `rejets-QUOI.csv`. Returns where.
pub fn rapporter(rejets: &[Rejet], quoi: &str, rapport: Option<&Path>) -> Result<Option<PathBuf>> {
    if rejets.is_empty() {
        return Ok(None);
    }
    let chemin =
        rapport.map_or_else(|| PathBuf::from(format!("rejets-{quoi}.csv")), Path::to_path_buf);
    ecrire_rapport(rejets, &chemin)?;
    Ok(Some(chemin))
}

/// Writes the report that a person corrects the files from.
fn ecrire_rapport(rejets: &[Rejet], chemin: &Path) -> Result<()> {
    let ecrire = || -> csv::Result<()> {
        let mut rapport = csv::Writer::from_path(chemin)?;
        rapport.write_record(["fichier", "place", "numero", "colonne", "valeur", "raison"])?;
        for rejet in rejets {
            rapport.write_record([
                &rejet.fichier,
                rejet.unite,
                &rejet.numero.to_string(),
                &rejet.colonne,
                &inerte(&rejet.valeur),
                &inerte(&rejet.raison),
            ])?;
        }
        Ok(rapport.flush()?)
    };
    ecrire().map_err(|erreur| {
        Error::Donnees(format!(
            "Le rapport des lignes refusées n'a pas pu être écrit dans {} ({erreur}). Choisissez une \
             autre place avec --rejets.",
            chemin.display()
        ))
    })
}

/// What a spreadsheet may take for the beginning of a formula.
const FORMULES: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Whether a cell is a formula, or one that an apostrophe already holds.
fn formule(cellule: &str) -> bool {
    cellule.trim_start_matches('\'').starts_with(FORMULES)
}

/// A cell that no spreadsheet takes for a formula: what is exported or refused is the user's own text.
pub fn inerte(cellule: &str) -> String {
    if formule(cellule) { format!("'{cellule}") } else { cellule.to_owned() }
}

/// A cell as it was before [`inerte`]: what was written is corrected and loaded again.
pub fn rendre(cellule: &str) -> &str {
    cellule.strip_prefix('\'').filter(|reste| formule(reste)).unwrap_or(cellule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_in_a_refused_cell_stays_text() {
        assert_eq!(inerte("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(inerte("26200"), "26200");
        assert_eq!(rendre(&inerte("+33 4 75")), "+33 4 75");
        assert_eq!(rendre("'quoted"), "'quoted");
        assert_eq!(rendre(&inerte("'=1")), "'=1");
    }
}
