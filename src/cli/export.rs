//! `maillage export`: what leaves the database as files.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::base::Base;
use crate::demandes;
use crate::error::Result;

#[derive(Debug, Subcommand)]
pub enum Export {
    /// Un réseau : le dossier que lit import reseau, avec ses partenaires, ses zones et ses demandes.
    Reseau {
        /// Code du réseau.
        #[arg(value_name = "CODE")]
        reseau: String,
        /// Dossier à écrire.
        // Not `dossier`: that is the option of the whole program.
        #[arg(value_name = "DOSSIER")]
        lieu: PathBuf,
        /// Remplace les fichiers du réseau dans un dossier qui en contient déjà ; les autres sont gardés.
        #[arg(long)]
        remplacer: bool,
    },
}

impl Export {
    /// Runs the export of an open database.
    pub async fn executer(self, base: &Base) -> Result<ExitCode> {
        let Self::Reseau { reseau, lieu, remplacer } = self;
        dire!("{}", demandes::export::reseau(base, &reseau, lieu, remplacer).await?);
        Ok(ExitCode::SUCCESS)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::{Commande, Ligne};
    use super::*;

    #[test]
    fn the_folder_to_write_is_not_that_of_the_database() {
        let ligne = ["maillage", "--dossier", "/base", "export", "reseau", "drome", "/ecrit"];
        let ligne = Ligne::try_parse_from(ligne).unwrap();
        assert_eq!(ligne.donnees.dossier, Some("/base".into()));
        let Commande::Export { quoi: Export::Reseau { lieu, .. } } = ligne.commande else {
            panic!("another command");
        };
        assert_eq!(lieu, PathBuf::from("/ecrit"));
    }
}
