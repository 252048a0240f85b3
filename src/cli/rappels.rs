//! `maillage rappels`: what is missing of a year's collection, to those who asked to be told. Meant for cron.

use std::process::ExitCode;

use clap::Args;

use crate::base::Base;
use crate::comptes::Courrier;
use crate::config;
use crate::coordination::{envoyer, preparer};
use crate::error::{Error, Result};

#[derive(Debug, Args)]
pub struct Commande {
    /// Code du réseau.
    #[arg(long, value_name = "CODE")]
    reseau: String,

    /// Année de la collecte [défaut : celle du réseau].
    #[arg(long)]
    annee: Option<i16>,

    /// Envoie les messages ; sans cela, ils sont seulement montrés.
    #[arg(long)]
    envoyer: bool,

    /// Adresse publique du service, telle que les navigateurs la voient.
    #[arg(long, env = "MAILLAGE_URL_PUBLIQUE", default_value = "http://127.0.0.1:8080")]
    url_publique: String,

    #[command(flatten)]
    courrier: config::Courrier,
}

impl Commande {
    pub async fn executer(self, base: &Base) -> Result<ExitCode> {
        let mut connexion = base.connexion().await?;
        let url = self.url_publique.trim_end_matches('/');
        let rappels = preparer(&mut connexion, &self.reseau, self.annee, url).await?;
        if !self.envoyer {
            for rappel in &rappels {
                dire!("{rappel}\n");
            }
            dire!("Messages : {}. Rien n'est envoyé sans --envoyer.", rappels.len());
            return Ok(ExitCode::SUCCESS);
        }
        let Some(courrier) = Courrier::nouveau(&self.courrier)? else {
            return Err(Error::Installation(
                "Aucun serveur de courrier n'est réglé : donnez --courrier et --courrier-de, ou MAILLAGE_COURRIER et \
                 MAILLAGE_COURRIER_DE."
                    .into(),
            ));
        };
        let partis = envoyer(&mut connexion, &self.reseau, &rappels, &courrier).await?;
        let a_envoyer = rappels.iter().filter(|rappel| !rappel.recent).count();
        dire!(
            "Messages envoyés : {partis} sur {a_envoyer} ; déjà écrits cette semaine : {}.",
            rappels.len() - a_envoyer
        );
        Ok(if partis == a_envoyer { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
