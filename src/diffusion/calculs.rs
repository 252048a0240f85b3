//! The values of indicators that are worked out, kept from one page of a collection to the next until the data change.

use std::sync::Arc;

use moka::future::Cache;
use sqlx::PgConnection;

use crate::base::Version;
use crate::error::Result;
use crate::indicateurs::{Colonnes, Indicateur, Question, Valeurs};
use crate::territoires::{Edition, Maille};

/// Answers that are kept: those of 35,000 communes weigh two megabytes.
const GARDES: u64 = 8;

/// Indicator, period, maille and edition, at a version of the data.
type Cle = (i64, String, String, Maille, i32);

#[derive(Debug, Clone)]
pub struct Calculs {
    version: Version,
    gardes: Cache<Cle, Arc<Colonnes>>,
}

impl Calculs {
    pub fn nouveaux(version: Version) -> Self {
        Self { version, gardes: Cache::new(GARDES) }
    }

    pub fn oublier(&self) {
        self.gardes.invalidate_all();
    }

    /// The values of an indicator on all the units of a maille, in the order of their codes.
    pub async fn lire(
        &self,
        connexion: &mut PgConnection,
        indicateur: Indicateur,
        periode: &str,
        maille: Maille,
        edition: Edition,
    ) -> Result<Arc<Colonnes>> {
        let cle = self.version.actuelle().map(|version| {
            (version, indicateur.code.clone(), periode.to_owned(), maille, edition.edition)
        });
        if let Some(cle) = &cle
            && let Some(connues) = self.gardes.get(cle).await
        {
            return Ok(connues);
        }
        let question =
            Question { periode: Some(periode), maille, dans: None, classes: None, cle: None };
        let lues =
            Arc::new(Valeurs::lire(connexion, indicateur, edition, question).await?.en_colonnes());
        if let Some(cle) = cle {
            self.gardes.insert(cle, Arc::clone(&lues)).await;
        }
        Ok(lues)
    }
}
