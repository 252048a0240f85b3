//! Where tiles are drawn: a few connections of the service's pool, kept apart.
//!
//! The last one used is the first one taken: it holds the plans and the contours of the neighbourhood.
//! The pool alone would hand out the one that has rested longest, and question each one when it comes
//! back, which takes as long as drawing a small tile. Being few, they leave the others to the questions.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::pool::PoolConnection;
use sqlx::{Executor, PgConnection, PgPool, Postgres};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[derive(Clone)]
pub struct Atelier {
    piscine: PgPool,
    places: Arc<Semaphore>,
    libres: Libres,
}

type Libres = Arc<Mutex<Vec<PoolConnection<Postgres>>>>;

/// A connection to draw with. Dropped without [`Self::rendre`], as it is when a drawing fails or is
/// abandoned, it is closed.
pub struct Place {
    connexion: PoolConnection<Postgres>,
    libres: Libres,
    _permis: OwnedSemaphorePermit,
}

impl Atelier {
    /// Draws so many tiles at once.
    pub fn nouveau(piscine: PgPool, places: usize) -> Self {
        Self { piscine, places: Arc::new(Semaphore::new(places)), libres: Arc::default() }
    }

    /// Waits for a place.
    pub async fn prendre(&self) -> sqlx::Result<Place> {
        let permis =
            Arc::clone(&self.places).acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let libre = self.libres.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connexion = match libre {
            Some(connexion) => connexion,
            None => self.ouvrir().await?,
        };
        Ok(Place { connexion, libres: Arc::clone(&self.libres), _permis: permis })
    }

    async fn ouvrir(&self) -> sqlx::Result<PoolConnection<Postgres>> {
        let mut connexion = self.piscine.acquire().await?;
        connexion.close_on_drop();
        // Planning afresh, which PostgreSQL would choose, takes longer than drawing.
        connexion.execute("set plan_cache_mode = force_generic_plan").await?;
        Ok(connexion)
    }

    /// Closes the connections that are free.
    pub fn vider(&self) {
        self.libres.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The pool itself, for what is not drawn.
    pub fn piscine(&self) -> &PgPool {
        &self.piscine
    }
}

impl Place {
    /// Gives back a connection that has drawn without error.
    pub fn rendre(self) {
        self.libres.lock().unwrap_or_else(PoisonError::into_inner).push(self.connexion);
    }
}

impl Deref for Place {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connexion
    }
}

impl DerefMut for Place {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connexion
    }
}

impl fmt::Debug for Atelier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Atelier").finish_non_exhaustive()
    }
}
