//! The command line: what it accepts, what it says, its exit codes.
//!
//! 0: done; 1: it failed; 2: wrong usage; 3: done, but some rows were rejected.

/// Prints a line on standard output. Whoever stopped reading it, as `| head` does, is no failure.
macro_rules! dire {
    ($($texte:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($texte)*);
    }};
}

mod arret;
mod compte;
mod demandes;
mod etat;
mod export;
mod import;
mod personnes;
mod rappels;
mod rapport;
mod reseau;
mod zone;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};
use tokio::net::TcpListener;

use crate::app::{self, Etat};
use crate::base::Base;
use crate::config::{Donnees, Service};
use crate::couverture::{self, Charge};
use crate::error::{Error, Result};
use crate::http::Accueil;
use crate::progres::Progres;
use crate::{indicateurs, partenaires, territoires, tuiles};
use arret::Arret;
use demandes::{ContactsDesDemandes, Doublons};
use export::Export;
use import::Import;

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
    /// La base de données.
    Base {
        #[command(subcommand)]
        quoi: QuestionBase,
    },
    /// Ce qu'il manque à la collecte de l'année, à ceux qui ont demandé qu'on le leur rappelle : pour une tâche planifiée.
    Rappels(rappels::Commande),
    /// Le bilan annuel d'un réseau, en PDF : chiffres, cartes, une page par partenaire et par EPCI.
    Rapport(rapport::Commande),
    /// Les réseaux : en créer un.
    Reseau {
        #[command(subcommand)]
        quoi: reseau::Commande,
    },
    /// Les zones d'intervention : lister, montrer, valider, refuser, retirer.
    Zone {
        #[command(subcommand)]
        quoi: zone::Commande,
    },
    /// Les comptes : qui peut lire et écrire plus que le public.
    Compte {
        #[command(subcommand)]
        quoi: compte::Commande,
    },
    /// Les jetons : les clés des programmes.
    Jeton {
        #[command(subcommand)]
        quoi: compte::CommandeJeton,
    },
    /// Charge des fichiers.
    Import {
        #[command(subcommand)]
        quoi: Import,
    },
    /// Écrit des fichiers.
    Export {
        #[command(subcommand)]
        quoi: Export,
    },
    /// Demandes que deux partenaires ont peut-être notées chacun.
    Doublons {
        #[command(subcommand)]
        quoi: Doublons,
    },
    /// Contacts des demandes : données personnelles, gardées un temps.
    Contacts {
        #[command(subcommand)]
        quoi: ContactsDesDemandes,
    },
    /// Données personnelles : les donner à qui elles concernent, les effacer.
    Personnes {
        #[command(subcommand)]
        quoi: personnes::Commande,
    },
}

#[derive(Debug, Subcommand)]
enum QuestionBase {
    /// Dit ce qui est chargé.
    Etat {
        /// Pour un programme.
        #[arg(long)]
        json: bool,
    },
    /// Calcule de nouveau la table de passage entre millésimes.
    Passage,
    /// Fabrique des réseaux dans tout le pays, pour mesurer ; --reseaux 0 les enlève.
    Peupler(Charge),
}

/// Runs the command that the process was given.
pub fn executer() -> ExitCode {
    let mots = Ligne::command().get_matches();
    let origine = origine(&mots);
    let ligne = Ligne::from_arg_matches(&mots).unwrap_or_else(|erreur| erreur.exit());
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("MAILLAGE_JOURNAL")
                .unwrap_or_else(|_| "warn,maillage=info,sqlx::query=error".into()),
        )
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let moteur = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(moteur) => moteur,
        Err(erreur) => {
            eprintln!("Le programme ne peut pas démarrer : {erreur}");
            return ExitCode::FAILURE;
        }
    };
    let resultat = moteur.block_on(ligne.executer(origine));
    // What still computes for an import that was stopped has nobody to compute for.
    moteur.shutdown_background();
    match resultat {
        Ok(code) => code,
        Err(erreur) => {
            eprintln!("Erreur : {erreur}");
            ExitCode::FAILURE
        }
    }
}

/// What the journal says of a command's writes: its words, and who typed them.
fn origine(mots: &ArgMatches) -> String {
    let mut origine = String::from("maillage");
    let mut reste = mots;
    while let Some((mot, suite)) = reste.subcommand() {
        origine = format!("{origine} {mot}");
        reste = suite;
    }
    let qui = ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|nom| std::env::var(nom).ok());
    qui.map_or(origine.clone(), |qui| format!("{origine} ({qui})"))
}

impl Ligne {
    async fn executer(self, origine: String) -> Result<ExitCode> {
        let donnees = &Donnees { origine, ..self.donnees };
        let arret = Arret::ecouter()?;
        match self.commande {
            Commande::Serve { service } => servir(donnees, &service, arret).await,
            Commande::Base { quoi: QuestionBase::Etat { json } } => {
                avec_base(donnees, arret, async |base: &Base| {
                    etat::lire(base).await?.dire(json);
                    Ok(ExitCode::SUCCESS)
                })
                .await
            }
            Commande::Base { quoi: QuestionBase::Passage } => {
                avec_base(donnees, arret, async |base: &Base| {
                    dire!("{}", territoires::import::passage(base).await?);
                    partenaires::resoudre_tout(base).await?;
                    Ok(ExitCode::SUCCESS)
                })
                .await
            }
            Commande::Base { quoi: QuestionBase::Peupler(charge) } => {
                avec_base(donnees, arret, async |base: &Base| {
                    let progres = Progres::default();
                    couverture::peupler(base, charge, &progres).await?;
                    progres.fin();
                    dire!("Réseaux de mesure prêts, sous les codes synthese-….");
                    Ok(ExitCode::SUCCESS)
                })
                .await
            }
            Commande::Rappels(quoi) => {
                avec_base(donnees, arret, async |base: &Base| quoi.executer(base).await).await
            }
            Commande::Rapport(quoi) => {
                avec_base(donnees, arret, async |base: &Base| quoi.executer(base).await).await
            }
            Commande::Reseau { quoi } => {
                avec_base(donnees, arret, async |base: &Base| quoi.executer(base).await).await
            }
            Commande::Zone { quoi } => {
                avec_base(donnees, arret, async |base: &Base| quoi.executer(base).await).await
            }
            Commande::Compte { quoi } => {
                avec_base(donnees, arret, async |base: &Base| quoi.executer(base).await).await
            }
            Commande::Jeton { quoi } => {
                avec_base(donnees, arret, async |base: &Base| quoi.executer(base).await).await
            }
            Commande::Import { quoi } => {
                avec_base(donnees, arret, async |base: &Base| quoi.executer(base).await).await
            }
            Commande::Export { quoi } => {
                avec_base(donnees, arret, async |base: &Base| quoi.executer(base).await).await
            }
            Commande::Doublons { quoi } => {
                avec_base(donnees, arret, async |base: &Base| quoi.executer(base).await).await
            }
            Commande::Contacts { quoi } => {
                avec_base(donnees, arret, async |base: &Base| quoi.executer(base).await).await
            }
            Commande::Personnes { quoi } => {
                avec_base(donnees, arret, async |base: &Base| quoi.executer(base).await).await
            }
        }
    }
}

/// Opens the database for a command, and closes it whatever happens, a request to stop included.
async fn avec_base(
    donnees: &Donnees,
    arret: Arret,
    commande: impl AsyncFnOnce(&Base) -> Result<ExitCode>,
) -> Result<ExitCode> {
    let base = ouvrir(donnees).await?;
    let resultat = tokio::select! {
        resultat = commande(&base) => resultat,
        () = arret.attendre() => Err(Error::Donnees(
            "Commande interrompue : ce qui n'était pas encore publié n'a rien changé.".into(),
        )),
    };
    base.fermer().await?;
    resultat
}

/// Serves until the process is told to stop. The port is taken first: whoever finds it busy learns
/// so before anything is started.
async fn servir(donnees: &Donnees, service: &Service, arret: Arret) -> Result<ExitCode> {
    let ecoute = TcpListener::bind(service.adresse).await.map_err(|erreur| {
        Error::Installation(match erreur.kind() {
            std::io::ErrorKind::AddrInUse => format!(
                "Le port {} est déjà pris : un autre programme s'en sert, peut-être maillage. \
                 Choisissez-en un autre avec --adresse 127.0.0.1:PORT.",
                service.adresse.port()
            ),
            _ => format!("Impossible d'écouter à l'adresse {} : {erreur}", service.adresse),
        })
    })?;
    let base = ouvrir(donnees).await?;
    if arret.demande() {
        base.fermer().await?;
        return Ok(ExitCode::SUCCESS);
    }
    let etat = Etat::nouveau(&base, service)?;
    tracing::info!("maillage est à l'adresse {}", service.url_publique());
    let reponses =
        Accueil::default().servir(ecoute, app::routeur(etat.clone()), arret.clone().attendre());
    // Answers under way have a few seconds to end; then the service stops all the same.
    let delai = async {
        arret.attendre().await;
        tracing::info!("arrêt demandé");
        tokio::time::sleep(Duration::from_secs(3)).await;
    };
    tokio::select! {
        () = reponses => {}
        () = delai => {}
    }
    // A connection held by a slow query is closed by the server's own stop.
    let _ = tokio::time::timeout(Duration::from_secs(2), etat.fermer()).await;
    base.fermer().await?;
    Ok(ExitCode::SUCCESS)
}

/// Opens the database and brings it to what this program expects.
async fn ouvrir(donnees: &Donnees) -> Result<Base> {
    let base = Base::ouvrir(donnees).await?;
    let mut connexion = base.connexion().await?;
    tuiles::installer(&mut connexion).await?;
    indicateurs::installer(&mut connexion).await?;
    Ok(base)
}
