//! Watches for changes of the data, so that nothing stale is served.
//!
//! PostgreSQL's LISTEN/NOTIFY tells the version; while nobody listens, or when the link was lost,
//! the version is unknown and nothing may be answered from memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;

const CANAL: &str = "maillage_donnees";
/// How often the version is read again, should a notification be lost on the way.
const BATTEMENT: Duration = Duration::from_secs(5);
const REPRISE: Duration = Duration::from_millis(250);
const INCONNUE: i64 = 0;

/// The version of the data that this instance knows. Cheap to clone and to read.
#[derive(Debug, Clone, Default)]
pub struct Version(Arc<AtomicI64>);

impl Version {
    /// None while the database cannot tell of changes.
    pub fn actuelle(&self) -> Option<i64> {
        match self.0.load(Ordering::Acquire) {
            INCONNUE => None,
            version => Some(version),
        }
    }

    /// Returns whether the version was another one.
    fn noter(&self, version: i64) -> bool {
        self.0.swap(version, Ordering::AcqRel) != version
    }
}

/// Keeps `version` true until the pool is closed; calls `au_changement` at each change,
/// the loss of the link included.
pub async fn veiller(piscine: PgPool, version: Version, au_changement: impl Fn()) {
    loop {
        if let Err(erreur) = ecouter(&piscine, &version, &au_changement).await {
            tracing::debug!(%erreur, "la veille des données reprend");
        }
        // The service is stopping.
        if piscine.is_closed() {
            return;
        }
        if version.noter(INCONNUE) {
            tracing::warn!("base de données injoignable : les tuiles gardées sont abandonnées");
            au_changement();
        }
        tokio::time::sleep(REPRISE).await;
    }
}

/// Listens until the link is lost. Listening begins before the version is read: no change can fall
/// between the two.
async fn ecouter(
    piscine: &PgPool,
    version: &Version,
    au_changement: &impl Fn(),
) -> sqlx::Result<()> {
    let mut ecoute = PgListener::connect_with(piscine).await?;
    ecoute.eager_reconnect(false);
    ecoute.listen(CANAL).await?;
    loop {
        if version.noter(lire(piscine).await?) {
            au_changement();
        }
        // The payload is not trusted: whatever woke us, the table says the version.
        match tokio::time::timeout(BATTEMENT, ecoute.try_recv()).await {
            Ok(Ok(Some(_))) | Err(_) => {}
            Ok(Ok(None)) => return Ok(()),
            Ok(Err(erreur)) => return Err(erreur),
        }
    }
}

async fn lire(piscine: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar("select version from version_donnees").fetch_one(piscine).await
}
