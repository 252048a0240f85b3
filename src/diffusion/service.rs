//! What every question needs and that changes with the data alone, kept until they do.

use std::sync::Arc;

use moka::future::Cache;
use sqlx::PgConnection;

use super::calculs::Calculs;
use super::catalogue::{Catalogue, Collection};
use super::lecture::compter;
use super::question::Question;
use crate::base::Version;
use crate::comptes::Principal;
use crate::error::Result;
use crate::http::Parametres;

/// Counts that are kept.
const EFFECTIFS: u64 = 10_000;

/// The catalogue, and how many features answer the questions that were asked.
#[derive(Debug, Clone)]
pub struct ServiceDiffusion {
    version: Version,
    catalogues: Cache<i64, Arc<Catalogue>>,
    effectifs: Cache<(i64, Principal, String), i64>,
    calculs: Calculs,
}

impl ServiceDiffusion {
    pub fn nouveau(version: Version) -> Self {
        Self {
            calculs: Calculs::nouveaux(version.clone()),
            version,
            catalogues: Cache::new(1),
            effectifs: Cache::new(EFFECTIFS),
        }
    }

    /// Forgets everything: the data have changed.
    pub fn oublier(&self) {
        self.catalogues.invalidate_all();
        self.effectifs.invalidate_all();
        self.calculs.oublier();
    }

    /// What is worked out for collections of values.
    pub fn calculs(&self) -> &Calculs {
        &self.calculs
    }

    pub async fn catalogue(&self, connexion: &mut PgConnection) -> Result<Arc<Catalogue>> {
        let version = self.version.actuelle();
        if let Some(version) = version
            && let Some(connu) = self.catalogues.get(&version).await
        {
            return Ok(connu);
        }
        let lu = Arc::new(Catalogue::lire(connexion).await?);
        if let Some(version) = version {
            self.catalogues.insert(version, Arc::clone(&lu)).await;
        }
        Ok(lu)
    }

    /// How many features answer a question: counted once, from one page to the next.
    pub async fn effectif(
        &self,
        connexion: &mut PgConnection,
        principal: &Principal,
        collection: &Collection,
        question: &Question,
        parametres: &Parametres,
    ) -> Result<i64> {
        let Some(version) = self.version.actuelle() else {
            return compter(connexion, &self.calculs, collection, question).await;
        };
        let signature = format!("{}\0{}", collection.id, Question::signature(parametres));
        let cle = (version, principal.clone(), signature);
        if let Some(connu) = self.effectifs.get(&cle).await {
            return Ok(connu);
        }
        let compte = compter(connexion, &self.calculs, collection, question).await?;
        self.effectifs.insert(cle, compte).await;
        Ok(compte)
    }
}
