//! The services that the partners of a réseau describe.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::error::{Contexte, Result};

/// `niveau`: `premier_niveau` or `approfondi`; `cout`: `gratuit`, `payant` or `selon_le_cas`; null when
/// nobody has said.
#[derive(Debug, Serialize, sqlx::FromRow)]
pub struct Fiche {
    pub code: String,
    pub titre: String,
    pub description: Option<String>,
    pub genre: Option<String>,
    pub niveau: Option<String>,
    pub cout: Option<String>,
    pub conditions: Option<String>,
    /// Of a project, when it helps.
    pub phases: Vec<String>,
    pub expertises: Vec<String>,
    /// For whom.
    pub publics: Vec<String>,
    pub themes: Vec<String>,
    pub partenaires: Json<Vec<FicheDePartenaire>>,
}

/// Who gives it, and on what terms.
#[derive(Debug, Serialize, Deserialize)]
pub struct FicheDePartenaire {
    pub code: String,
    pub nom: String,
    pub sigle: Option<String>,
    pub niveau: Option<String>,
    pub cout: Option<String>,
    pub conditions: Option<String>,
}

/// Which fiches are wanted.
#[derive(Debug, Default)]
pub struct Choix<'a> {
    /// One of the first level stands for those under it.
    pub theme: Option<&'a str>,
    pub partenaire: Option<&'a str>,
    pub niveau: Option<&'a str>,
    /// A need in everyday words: fiches that have none of them are left out, the best comes first.
    pub besoin: Option<&'a str>,
}

impl Fiche {
    /// Those of a réseau.
    pub async fn lire(
        connexion: &mut PgConnection,
        reseau: &str,
        choix: &Choix<'_>,
    ) -> Result<Vec<Self>> {
        sqlx::query_as(include_str!("sql/lire_fiches.sql"))
            .bind(reseau)
            .bind(choix.theme)
            .bind(choix.partenaire)
            .bind(choix.niveau)
            .bind(choix.besoin)
            .fetch_all(connexion)
            .await
            .pour("lecture des fiches")
    }
}
