//! `maillage reseau`: a réseau that begins without a folder.

use std::process::ExitCode;

use clap::Subcommand;
use sqlx::Connection;

use crate::base::Base;
use crate::coordination::{Fondation, fonder};
use crate::error::{Contexte, Result};

#[derive(Debug, Subcommand)]
pub enum Commande {
    /// Crée un réseau vide, dont le périmètre est les communes d'un département et les EPCI qui en ont la plupart des
    /// leurs. Il est fermé au public jusqu'à ce que son coordinateur l'ouvre.
    Creer {
        /// Code du département : 26, 2A, 974.
        #[arg(long)]
        departement: String,
        /// Code du réseau, dans les adresses : lettres minuscules sans accent, chiffres et tirets.
        #[arg(long)]
        code: String,
        /// Nom du réseau.
        #[arg(long)]
        nom: String,
    },
}

impl Commande {
    pub async fn executer(self, base: &Base) -> Result<ExitCode> {
        let Self::Creer { departement, code, nom } = self;
        let action = "création d'un réseau";
        let mut connexion = base.connexion().await?;
        let mut transaction = connexion.begin().await.pour(action)?;
        let fondation = Fondation { code, nom, departement };
        let apercu = fonder(&mut transaction, &fondation).await?;
        transaction.commit().await.pour(action)?;
        let Fondation { code, nom, .. } = fondation;
        dire!(
            "Réseau créé : {nom} ({code}), vide et fermé au public. {} ({}) : communes, {} ; EPCI, {} ; millésime {}.",
            apercu.nom,
            apercu.departement,
            apercu.communes,
            apercu.epci,
            apercu.millesime
        );
        dire!("La suite :");
        dire!("  maillage compte creer ADRESSE --nom NOM --droit {code}:coordinateur");
        dire!(
            "  puis, connecté sur /espace/{code} : thèmes, partenaires, fiches, personnes, zones."
        );
        Ok(ExitCode::SUCCESS)
    }
}
