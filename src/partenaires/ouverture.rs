//! Sites to which each réseau opens its map and its answers, beside those of the settings.

use std::sync::Arc;

use moka::future::Cache;
use sqlx::PgPool;

use crate::comptes::Principal;
use crate::error::{Contexte, Result};

/// Réseaux that are kept ready; what does not exist is kept too, so that asking for it costs little.
const GARDES: u64 = 1_000;

/// What one réseau allows.
#[derive(Debug, Default, sqlx::FromRow)]
pub struct Ouverture {
    /// May show its map in a frame.
    pub cadres: Vec<String>,
    /// Whose pages may read its answers.
    pub origines: Vec<String>,
}

/// What public réseaux allow, as the database says.
#[derive(Debug, Clone)]
pub struct Ouvertures {
    piscine: PgPool,
    connues: Cache<String, Arc<Ouverture>>,
}

impl Ouvertures {
    pub fn nouvelles(piscine: PgPool) -> Self {
        Self { piscine, connues: Cache::new(GARDES) }
    }

    /// Forgets everything: the data have changed.
    pub fn oublier(&self) {
        self.connues.invalidate_all();
    }

    /// What the réseau of a request allows; nothing when the request names none, or when it cannot be known.
    pub async fn de(&self, chemin: &str, question: Option<&str>) -> Arc<Ouverture> {
        let Some(reseau) = reseau_demande(chemin, question) else { return Arc::default() };
        // Boxed: most requests name no réseau, and each would carry the room that this takes.
        let lue = Box::pin(self.connues.try_get_with_by_ref(reseau, self.lire(reseau))).await;
        lue.unwrap_or_else(|erreur| {
            tracing::warn!(%erreur, "ouverture d'un réseau illisible");
            Arc::default()
        })
    }

    async fn lire(&self, reseau: &str) -> Result<Arc<Ouverture>> {
        let mut transaction = Principal::Public.transaction(&self.piscine).await?;
        let lue: Option<Ouverture> =
            sqlx::query_as("select cadres, origines from reseau where code = $1")
                .bind(reseau)
                .fetch_optional(&mut *transaction)
                .await
                .pour("lecture de l'ouverture d'un réseau")?;
        Ok(Arc::new(lue.unwrap_or_default()))
    }
}

/// The réseau that an address names, in its question or in its path.
fn reseau_demande<'a>(chemin: &'a str, question: Option<&'a str>) -> Option<&'a str> {
    // Pages of accounts are shown in no frame, and read from no other site.
    if ["/espace", "/connexion", "/lien", "/deconnexion"]
        .iter()
        .any(|page| chemin.starts_with(page))
    {
        return None;
    }
    let dite = question
        .and_then(|question| question.split('&').find_map(|paire| paire.strip_prefix("reseau=")));
    let dans_le_chemin = || {
        ["/r/", "/api/reseaux/", "/api/zones/"]
            .iter()
            .find_map(|debut| chemin.strip_prefix(debut)?.split('/').next())
    };
    // A code is made of letters, digits and hyphens: nothing is to be decoded.
    dite.or_else(dans_le_chemin).filter(|code| !code.is_empty())
}

#[cfg(test)]
mod tests {
    use super::reseau_demande;

    #[test]
    fn a_request_names_its_reseau_in_its_question_or_its_path() {
        assert_eq!(reseau_demande("/", Some("vue=demandes&reseau=drome")), Some("drome"));
        assert_eq!(reseau_demande("/api/reseaux/drome/fiches", None), Some("drome"));
        assert_eq!(reseau_demande("/api/zones/drome/z/contour", None), Some("drome"));
        assert_eq!(reseau_demande("/espace/publication", Some("reseau=drome")), None);
        assert_eq!(reseau_demande("/api/zones", Some("reseau=")), None);
        assert_eq!(reseau_demande("/api/reseaux", None), None);
        assert_eq!(reseau_demande("/r/drome", Some("vue=zones")), Some("drome"));
    }
}
