//! The database: where it is, who connects to it, its migrations.
//!
//! Two roles, two addresses. The *owner* migrates and imports; the *service* reads, owns nothing
//! and passes every row-level policy. Nothing here knows what the tables mean.

mod cluster;
mod copie;
mod veille;

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::config::Donnees;
use crate::error::{Contexte, Error, Result};
pub use cluster::Cluster;
pub use copie::{CopieBinaire, copier_texte, echapper};
pub use veille::{Version, veiller};

/// The service's role: it owns nothing and cannot bypass row-level security.
pub const ROLE_SERVICE: &str = "maillage_service";
const ROLE_PROPRIETAIRE: &str = "maillage_proprietaire";
const NOM_BASE: &str = "maillage";

/// Connections for whoever asks without an account: half of them draw tiles.
const PUBLIQUES: u32 = 16;
/// And those kept for whoever signed in, and for the service itself: however many the public are, these answer.
const RESERVEES: u32 = 10;
/// How long a statement waits for a row, or for its turn, that another transaction holds: it has a connection meanwhile.
const ATTENTE: &str = "5s";

/// How long after its last use a connection is taken to be alive.
const VIVANTE: Duration = Duration::from_secs(1);

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// An open database, and the private cluster that carries it if there is one.
#[derive(Debug)]
pub struct Base {
    proprietaire: PgConnectOptions,
    service: PgConnectOptions,
    /// The service has no address of its own: each connection takes its role.
    prendre_role: bool,
    cluster: Option<Cluster>,
    /// What the journal says that the owner's writes come from.
    origine: String,
}

impl Base {
    /// Opens the database that the settings name; without one, starts the private cluster.
    pub async fn ouvrir(donnees: &Donnees) -> Result<Self> {
        let mut base = match &donnees.base {
            Some(url) => Self::externe(url, donnees.base_service.as_deref())?,
            None => {
                let dossier = donnees.dossier();
                let cluster = tokio::task::spawn_blocking(move || Cluster::ouvrir(&dossier))
                    .await
                    .map_err(|erreur| Error::Installation(erreur.to_string()))??;
                Self::privee(cluster).await?
            }
        };
        base.origine.clone_from(&donnees.origine);
        base.migrer().await?;
        Ok(base)
    }

    fn externe(url: &str, service: Option<&str>) -> Result<Self> {
        let lire = |url: &str| {
            PgConnectOptions::from_str(url).map_err(|erreur| {
                Error::Installation(format!(
                    "L'adresse de la base n'est pas lisible ({erreur}). Forme attendue : \
                     postgres://utilisateur:motdepasse@serveur:5432/base"
                ))
            })
        };
        let proprietaire = lire(url)?;
        Ok(Self {
            service: service.map(lire).transpose()?.unwrap_or_else(|| proprietaire.clone()),
            prendre_role: service.is_none(),
            proprietaire,
            cluster: None,
            origine: String::new(),
        })
    }

    /// Creates the roles, the database and its extensions in a cluster where we are superuser.
    async fn privee(cluster: Cluster) -> Result<Self> {
        let action = "préparation de la base privée";
        let mut admin = PgConnection::connect_with(&cluster.options("postgres", "postgres"))
            .await
            .pour(action)?;
        // Two commands that start together take turns; the lock lasts as long as this connection.
        admin
            .execute("select pg_advisory_lock(hashtext('maillage preparation'))")
            .await
            .pour(action)?;
        admin.execute(include_str!("sql/roles_prives.sql")).await.pour(action)?;
        let existe: bool =
            sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
                .bind(NOM_BASE)
                .fetch_one(&mut admin)
                .await
                .pour(action)?;
        if !existe {
            let creation = format!("create database {NOM_BASE} owner {ROLE_PROPRIETAIRE}");
            admin.execute(AssertSqlSafe(creation)).await.pour(action)?;
        }
        let mut dans_la_base = PgConnection::connect_with(&cluster.options("postgres", NOM_BASE))
            .await
            .pour(action)?;
        dans_la_base.execute(include_str!("sql/extensions.sql")).await.map_err(|erreur| {
            Error::Installation(format!(
                "Une extension de PostgreSQL manque ({erreur}). Sur Debian 12 : apt-get install \
                 postgresql-15-postgis-3."
            ))
        })?;
        dans_la_base.close().await.pour(action)?;
        admin.close().await.pour(action)?;
        Ok(Self {
            proprietaire: cluster.options(ROLE_PROPRIETAIRE, NOM_BASE),
            service: cluster.options(ROLE_SERVICE, NOM_BASE),
            prendre_role: false,
            cluster: Some(cluster),
            origine: String::new(),
        })
    }

    /// Brings the schema up to date, as the owner.
    async fn migrer(&self) -> Result<()> {
        let mut connexion = self.connexion().await?;
        MIGRATIONS.run(&mut connexion).await.map_err(|erreur| {
            Error::Installation(match (&erreur, &self.cluster) {
                (MigrateError::VersionMismatch(_) | MigrateError::VersionMissing(_), Some(cluster)) => format!(
                    "La base de {} vient d'une autre version de maillage. Reprenez cette version, ou \
                     effacez ce dossier et chargez de nouveau les données.",
                    cluster.dossier().display()
                ),
                _ => format!("Mise à jour du schéma de la base impossible : {erreur}"),
            })
        })?;
        connexion.close().await.pour("fermeture de la connexion")
    }

    /// One connection as the owner.
    pub async fn connexion(&self) -> Result<PgConnection> {
        let action = "connexion à la base de données";
        let mut connexion = PgConnection::connect_with(&self.proprietaire).await.pour(action)?;
        sqlx::query("select set_config('maillage.origine', $1, false)")
            .bind(&self.origine)
            .execute(&mut connexion)
            .await
            .pour(action)?;
        Ok(connexion)
    }

    /// The service's pool, for the public. Opened lazily: a database that is down makes the service not ready, it
    /// does not keep it from starting.
    pub fn piscine(&self) -> PgPool {
        self.ouvrir_piscine(PUBLIQUES, 2)
    }

    /// The service's second pool, for those who are known.
    pub fn piscine_reservee(&self) -> PgPool {
        self.ouvrir_piscine(RESERVEES, 1)
    }

    fn ouvrir_piscine(&self, au_plus: u32, au_moins: u32) -> PgPool {
        let prendre_role = self.prendre_role;
        PgPoolOptions::new()
            .max_connections(au_plus)
            .min_connections(au_moins)
            .acquire_timeout(Duration::from_secs(5))
            // A link that has just answered need not be asked again whether it lives.
            .test_before_acquire(false)
            .before_acquire(|connexion, etat| {
                Box::pin(async move {
                    if etat.idle_for > VIVANTE {
                        connexion.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(move |connexion, _| {
                Box::pin(async move {
                    if prendre_role {
                        let prise = format!("set role {ROLE_SERVICE}");
                        connexion.execute(AssertSqlSafe(prise)).await?;
                    }
                    // Compiling a question takes longer than answering it: its costs are misjudged, its rows are few.
                    let reglages = format!(
                        "set statement_timeout = '20s'; set lock_timeout = '{ATTENTE}'; set jit = off"
                    );
                    connexion.execute(AssertSqlSafe(reglages)).await?;
                    Ok(())
                })
            })
            .connect_lazy_with(self.service.clone())
    }

    /// Stops what was started.
    pub async fn fermer(self) -> Result<()> {
        match self.cluster {
            None => Ok(()),
            Some(cluster) => tokio::task::spawn_blocking(move || cluster.fermer())
                .await
                .map_err(|erreur| Error::Installation(erreur.to_string()))?,
        }
    }
}
