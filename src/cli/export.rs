//! `maillage export`: what leaves the database as files.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::base::Base;
use crate::error::Result;
use crate::exports;
use crate::http::Parametres;
use crate::rapports::textes;

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
    /// Une collection, telle que le public la lit : communes.gpkg, zones.geojson, population-epci.xlsx…
    Collection {
        /// Fichier à écrire ; son nom dit la collection et le format (gpkg, geojson, fgb, shp.zip, parquet, csv, xlsx).
        #[arg(value_name = "FICHIER")]
        chemin: PathBuf,
        /// Filtre, autant de fois qu'il en faut : departement=26, crs=EPSG:2154, filter="population > 1000".
        #[arg(long = "avec", value_name = "NOM=VALEUR", value_parser = paire)]
        filtres: Vec<(String, String)>,
    },
}

fn paire(texte: &str) -> std::result::Result<(String, String), String> {
    let (nom, valeur) = texte
        .split_once('=')
        .ok_or_else(|| format!("« {texte} » n'est pas un filtre : écrivez-le NOM=VALEUR"))?;
    Ok((nom.to_owned(), valeur.to_owned()))
}

impl Export {
    /// Runs the export of an open database.
    pub async fn executer(self, base: &Base) -> Result<ExitCode> {
        match self {
            Self::Reseau { reseau, lieu, remplacer } => {
                dire!("{}", textes::exporter(base, &reseau, lieu, remplacer).await?);
            }
            Self::Collection { chemin, filtres } => {
                let nom = chemin.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let parametres = Parametres::nouveaux(filtres)?;
                let (octets, omis) =
                    exports::vers_fichier(&base.piscine(), &nom, &chemin, &parametres).await?;
                dire!("{} écrit : {} Kio.", chemin.display(), octets.div_ceil(1024));
                if omis > 0 {
                    dire!("Objets sans géométrie, que ce format ne peut pas contenir : {omis}.");
                }
            }
        }
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
