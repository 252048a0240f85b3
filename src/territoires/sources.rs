//! Which millésime is answered, and where its data come from.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use sqlx::{PgConnection, PgExecutor};

use super::codes::Millesime;
use crate::error::{Contexte, Error, Result};

/// A source of an edition, as answers cite it.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct SourceDeDonnees {
    pub nom: String,
    pub licence: String,
    pub date: Option<NaiveDate>,
}

impl SourceDeDonnees {
    /// One line of attribution.
    pub fn mention(&self) -> String {
        const MOIS: [&str; 12] = [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ];
        match self.date {
            None => format!("{} (licence {})", self.nom, self.licence),
            Some(date) => format!(
                "{}, {} {} {} ({})",
                self.nom,
                date.day(),
                MOIS[date.month0() as usize],
                date.year(),
                self.licence
            ),
        }
    }
}

/// Sources of an edition; of the newest that has contours when none is named.
pub async fn sources(
    base: impl PgExecutor<'_>,
    edition: Option<i32>,
) -> Result<Vec<SourceDeDonnees>> {
    sqlx::query_as(include_str!("sql/lire_sources.sql"))
        .bind(edition)
        .fetch_all(base)
        .await
        .pour("lecture des sources")
}

/// A published millésime, and where its contours come from.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Edition {
    pub edition: i32,
    pub millesime: Millesime,
    pub millesime_contours: Option<Millesime>,
}

impl Edition {
    /// That of the millésime asked for, or of the newest.
    pub async fn de(connexion: &mut PgConnection, millesime: Option<Millesime>) -> Result<Self> {
        if let Some(edition) = Self::lire(&mut *connexion, millesime, false).await? {
            return Ok(edition);
        }
        let publies = Millesime::publies(connexion).await?;
        Err(Error::Introuvable(match (millesime, publies.as_slice()) {
            (Some(millesime), [_, ..]) => format!(
                "Le millésime {millesime} n'est pas chargé. Millésimes chargés : {}.",
                publies.iter().map(Millesime::to_string).collect::<Vec<_>>().join(", ")
            ),
            _ => RIEN.into(),
        }))
    }

    /// That of the millésime asked for, or of the newest, among those that have contours.
    pub async fn avec_contours(
        connexion: &mut PgConnection,
        millesime: Option<Millesime>,
    ) -> Result<Self> {
        Self::lire(connexion, millesime, true).await?.ok_or_else(|| {
            Error::Introuvable(match millesime {
                Some(millesime) => {
                    format!("Le millésime {millesime} n'est pas chargé, ou sans contours.")
                }
                None => RIEN.into(),
            })
        })
    }

    /// What is shown unless asked otherwise: the newest that has contours.
    pub async fn montree(base: impl PgExecutor<'_>) -> Result<Option<Self>> {
        Self::lire(base, None, true).await
    }

    async fn lire(
        base: impl PgExecutor<'_>,
        millesime: Option<Millesime>,
        avec_contours: bool,
    ) -> Result<Option<Self>> {
        sqlx::query_as(include_str!("sql/lire_edition.sql"))
            .bind(millesime)
            .bind(avec_contours)
            .fetch_optional(base)
            .await
            .pour("lecture du millésime")
    }
}

const RIEN: &str = "Aucun territoire n'est chargé. Lancez maillage import territoires.";

impl Millesime {
    /// Published millésimes, the newest first.
    pub async fn publies(base: impl PgExecutor<'_>) -> Result<Vec<Self>> {
        sqlx::query_scalar("select annee from millesime order by annee desc")
            .fetch_all(base)
            .await
            .pour("lecture des millésimes")
    }
}
