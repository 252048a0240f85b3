//! What a load of a réseau did, for the person at the terminal.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::rejet::{Rejet, rapporter};

/// What was loaded.
#[derive(Debug)]
pub struct Bilan {
    pub reseau: String,
    pub(super) nom: String,
    pub(super) partenaires: usize,
    pub(super) themes: usize,
    pub(super) perimetre: usize,
    pub(super) zones: usize,
    pub(super) demandes: usize,
    pub remarques: Vec<String>,
    pub rejets: Vec<Rejet>,
}

impl Bilan {
    /// Writes the rows set aside where the user can find them, if there are any. Returns where.
    pub fn rapporter(&self, rapport: Option<&Path>) -> Result<Option<PathBuf>> {
        rapporter(&self.rejets, &self.reseau, rapport)
    }
}

impl fmt::Display for Bilan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} ({}) : {} partenaires, {} thèmes, {} territoires du périmètre, {} zones, {} demandes.",
            self.nom,
            self.reseau,
            self.partenaires,
            self.themes,
            self.perimetre,
            self.zones,
            self.demandes
        )?;
        dire(f, &self.remarques)?;
        if !self.rejets.is_empty() {
            writeln!(f, "Lignes refusées : {}.", self.rejets.len())?;
        }
        dire(f, &self.rejets)
    }
}

/// The first of the lines; a file that is wrong throughout must not fill the terminal.
pub fn dire(f: &mut fmt::Formatter<'_>, lignes: &[impl fmt::Display]) -> fmt::Result {
    const DITES: usize = 100;
    for ligne in lignes.iter().take(DITES) {
        writeln!(f, "  {ligne}")?;
    }
    match lignes.len().checked_sub(DITES) {
        Some(autres @ 1..) => writeln!(f, "  … et {autres} autres."),
        _ => Ok(()),
    }
}
