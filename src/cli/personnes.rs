//! `maillage personnes`: what is held about people, given to them or erased.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use sqlx::{Connection, Executor};

use crate::base::Base;
use crate::comptes::donnees;
use crate::demandes::contacts;
use crate::error::{Contexte, ContexteFichier, Error, Result};

#[derive(Debug, Subcommand)]
pub enum Commande {
    /// Écrit tout ce qui est gardé sous une adresse électronique, en JSON, pour la personne qui le demande.
    Dossier {
        courriel: String,
        /// Fichier à écrire. [défaut : à l'écran]
        #[arg(long, value_name = "FICHIER")]
        sortie: Option<PathBuf>,
    },
    /// Efface ce qui est gardé sous une adresse : contacts, compte, nom dans le journal. Les demandes restent.
    Oublier {
        courriel: String,
        /// Dit ce qui serait effacé, et n'efface rien.
        #[arg(long)]
        essai: bool,
    },
    /// Efface ce dont la durée est passée : contacts, journal, sessions, jetons, liens, comptes jamais ouverts.
    Perimees {
        /// Dit ce qui serait effacé, et n'efface rien.
        #[arg(long)]
        essai: bool,
    },
}

impl Commande {
    pub async fn executer(self, base: &Base) -> Result<ExitCode> {
        let mut connexion = base.connexion().await?;
        match self {
            Self::Dossier { courriel, sortie } => {
                let dossier = donnees::dossier(&mut connexion, &courriel).await?;
                let texte = format!("{dossier:#}\n");
                match sortie {
                    None => dire!("{}", texte.trim_end()),
                    Some(fichier) => {
                        std::fs::write(&fichier, texte)
                            .pour_fichier("écriture d'un dossier", &fichier)?;
                        dire!("Ce qui est gardé sous {courriel} est dans {}.", fichier.display());
                    }
                }
            }
            Self::Oublier { courriel, essai } => {
                let action = "effacement des données d'une personne";
                let mut transaction = connexion.begin().await.pour(action)?;
                let oubli = donnees::oublier(&mut transaction, &courriel).await?;
                if !essai {
                    // What services keep ready may name the person.
                    transaction.execute("select annoncer_changement()").await.pour(action)?;
                    transaction.commit().await.pour(action)?;
                }
                let donnees::Oubli { contacts, comptes, lignes } = oubli;
                if contacts + comptes + lignes == 0 {
                    return Err(Error::Introuvable(format!(
                        "Rien n'est gardé sous l'adresse {courriel}. Vérifiez-la : les contacts sans adresse \
                         électronique se retrouvent par leur demande."
                    )));
                }
                let fait = if essai { "Serait effacé" } else { "Effacé" };
                dire!(
                    "{fait} : contacts, {contacts} ; comptes, {comptes} ; lignes du journal sans son nom, {lignes}."
                );
            }
            Self::Perimees { essai } => {
                let aujourd_hui = chrono::Local::now().date_naive();
                let effaces = contacts::effacer(base, None, aujourd_hui, essai).await?;
                let contacts = effaces.iter().map(|reseau| reseau.perimes).sum();
                let mut faits = vec![("Contacts des demandes".to_owned(), contacts)];
                faits.extend(donnees::oublier_les_perimes(&mut connexion, essai).await?);
                let fait = if essai { "à effacer" } else { "effacés" };
                for (quoi, nombre) in faits {
                    dire!("{quoi} : {nombre} {fait}.");
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
