//! `maillage compte` and `maillage jeton`: people and programs that may read and write more than the public.

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Subcommand;
use sqlx::{Connection, PgConnection};

use crate::base::Base;
use crate::comptes::registre::{self, Droit};
use crate::comptes::{Courrier, Motif, Secret, jetons};
use crate::config;
use crate::error::{Contexte, Result};

#[derive(Debug, Subcommand)]
pub enum Commande {
    /// Les comptes et leurs droits.
    Lister,
    /// Crée un compte, et donne le lien par lequel la personne choisit son mot de passe.
    Creer {
        /// Adresse électronique.
        courriel: String,
        /// Prénom et nom.
        #[arg(long)]
        nom: String,
        /// Droits : drome:lecteur, drome:coordinateur, drome:partenaire:caue.
        #[arg(long = "droit", value_name = "DROIT")]
        droits: Vec<Droit>,
        /// Peut tout, dans tous les réseaux.
        #[arg(long)]
        administrateur: bool,
        #[command(flatten)]
        adresse: AdressePublique,
    },
    /// Donne un nouveau lien : le mot de passe est perdu, ou le premier lien n'a pas servi.
    Lien {
        courriel: String,
        #[command(flatten)]
        adresse: AdressePublique,
    },
    /// Donne un droit.
    Donner { courriel: String, droit: Droit },
    /// Reprend un droit.
    Reprendre { courriel: String, droit: Droit },
    /// Ferme un compte : ses sessions et ses jetons cessent aussitôt.
    Fermer { courriel: String },
    /// Rouvre un compte fermé.
    Rouvrir { courriel: String },
}

/// Where the service is, for the addresses that are sent to people.
#[derive(Debug, clap::Args)]
pub struct AdressePublique {
    /// Adresse publique du service, telle que les navigateurs la voient.
    #[arg(long, env = "MAILLAGE_URL_PUBLIQUE", default_value = "http://127.0.0.1:8080")]
    url_publique: String,

    #[command(flatten)]
    courrier: config::Courrier,
}

#[derive(Debug, Subcommand)]
pub enum CommandeJeton {
    /// Les jetons d'un compte.
    Lister { courriel: String },
    /// Fait un jeton, montré une seule fois.
    Creer {
        /// Compte au nom duquel il parle : il ne peut rien de plus.
        courriel: String,
        /// À quoi il sert.
        #[arg(long)]
        nom: String,
        /// Réseau auquel il se limite.
        #[arg(long, value_name = "CODE")]
        reseau: Option<String>,
        /// Il peut aussi écrire.
        #[arg(long)]
        ecriture: bool,
        /// Sa durée.
        #[arg(long, default_value_t = 90, value_name = "JOURS")]
        jours: i64,
    },
    /// Révoque un jeton, par son numéro.
    Revoquer { numero: i32 },
}

impl Commande {
    pub async fn executer(self, base: &Base) -> Result<ExitCode> {
        let mut connexion = base.connexion().await?;
        let mut transaction = connexion.begin().await.pour("ouverture d'une transaction")?;
        match self {
            Self::Lister => lister(&mut transaction).await?,
            Self::Creer { courriel, nom, droits, administrateur, adresse } => {
                registre::creer(&mut transaction, &courriel, &nom, administrateur).await?;
                for droit in &droits {
                    registre::donner(&mut transaction, &courriel, droit).await?;
                }
                let lien = registre::lier(&mut transaction, &courriel).await?;
                dire!("Compte créé : {courriel}.");
                adresse.transmettre(&courriel, &lien).await?;
            }
            Self::Lien { courriel, adresse } => {
                let lien = registre::lier(&mut transaction, &courriel).await?;
                adresse.transmettre(&courriel, &lien).await?;
            }
            Self::Donner { courriel, droit } => {
                registre::donner(&mut transaction, &courriel, &droit).await?;
                dire!("{courriel} a le droit {droit}.");
            }
            Self::Reprendre { courriel, droit } => {
                registre::reprendre(&mut transaction, &courriel, &droit).await?;
                dire!("{courriel} n'a plus le droit {droit}.");
            }
            Self::Fermer { courriel } => {
                registre::activer(&mut transaction, &courriel, false).await?;
                dire!("Le compte {courriel} est fermé : ses sessions et ses jetons ont cessé.");
            }
            Self::Rouvrir { courriel } => {
                registre::activer(&mut transaction, &courriel, true).await?;
                dire!("Le compte {courriel} est rouvert. Ses jetons sont à refaire.");
            }
        }
        transaction.commit().await.pour("changement des comptes")?;
        Ok(ExitCode::SUCCESS)
    }
}

impl AdressePublique {
    /// Sends a link when there is mail; shows it otherwise.
    async fn transmettre(&self, courriel: &str, lien: &Secret) -> Result<()> {
        let url = self.url_publique.trim_end_matches('/');
        let lien = format!("{url}/lien/{}", lien.montrer());
        match Courrier::nouveau(&self.courrier)? {
            Some(courrier) => {
                courrier.envoyer(courriel, Motif::Invitation, &lien).await?;
                dire!(
                    "Un lien, qui sert une fois, pendant trois jours, vient d'être envoyé à {courriel}."
                );
            }
            None => {
                dire!(
                    "Lien à transmettre à cette personne, qui sert une fois, pendant trois jours :"
                );
                dire!("  {lien}");
            }
        }
        Ok(())
    }
}

fn jour(quand: Option<DateTime<Utc>>) -> String {
    quand.map_or_else(|| "jamais".to_owned(), |quand| quand.format("%d/%m/%Y").to_string())
}

async fn lister(connexion: &mut PgConnection) -> Result<()> {
    let comptes = registre::lister(connexion).await?;
    if comptes.is_empty() {
        dire!(
            "Aucun compte. Le premier : maillage compte creer ADRESSE --nom NOM --administrateur"
        );
    }
    for compte in comptes {
        let mut etats: Vec<String> = compte.droits;
        if compte.administrateur {
            etats.insert(0, "administrateur".into());
        }
        if !compte.actif {
            etats.push("sans mot de passe encore".into());
        }
        if let Some(quand) = compte.desactive_le {
            etats.push(format!("fermé le {}", jour(Some(quand))));
        }
        dire!(
            "{} ({}) : {} ; dernière connexion : {}",
            compte.courriel,
            compte.nom,
            if etats.is_empty() { "aucun droit".to_owned() } else { etats.join(", ") },
            jour(compte.connecte_le)
        );
    }
    Ok(())
}

impl CommandeJeton {
    pub async fn executer(self, base: &Base) -> Result<ExitCode> {
        let mut connexion = base.connexion().await?;
        match self {
            Self::Lister { courriel } => {
                let compte = registre::numero(&mut connexion, &courriel).await?;
                for jeton in jetons::lister(&mut connexion, compte).await? {
                    dire!(
                        "{} {}… « {} » : {}, {}, {} ; dernier usage : {}",
                        jeton.id,
                        jeton.prefixe,
                        jeton.nom,
                        jeton.reseau.as_deref().unwrap_or("tous ses réseaux"),
                        if jeton.ecriture { "lit et écrit" } else { "lit" },
                        match jeton.revoque_le {
                            Some(quand) => format!("révoqué le {}", jour(Some(quand))),
                            None => format!("jusqu'au {}", jour(Some(jeton.expire_le))),
                        },
                        jour(jeton.vu_le)
                    );
                }
            }
            Self::Creer { courriel, nom, reseau, ecriture, jours } => {
                let compte = registre::numero(&mut connexion, &courriel).await?;
                let nouveau =
                    jetons::Nouveau { nom: &nom, reseau: reseau.as_deref(), ecriture, jours };
                let secret = jetons::creer(&mut connexion, compte, &nouveau).await?;
                dire!("Jeton de {courriel}, à copier maintenant : il ne sera plus montré.");
                dire!("  {}", secret.montrer());
            }
            Self::Revoquer { numero } => {
                jetons::revoquer(&mut connexion, numero).await?;
                dire!("Le jeton {numero} est révoqué.");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
