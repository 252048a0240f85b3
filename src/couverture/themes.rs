//! What is known of each theme in a place: helped, left to nobody, or not known.

use sqlx::PgConnection;

use super::aide::{Aide, Besoin};
use crate::error::{Contexte, Result};
use crate::territoires::Edition;

/// A theme of a réseau, in a place.
#[derive(Debug, sqlx::FromRow)]
pub struct ThemeDuLieu {
    pub reseau: String,
    pub code: String,
    pub libelle: String,
    /// The one of the first level that it is under.
    pub parent: Option<String>,
    /// `aide`, `personne` or `non_renseigne`, as of units.
    pub etat: String,
    /// Of the place's, those that a partner covers for it.
    pub communes: i64,
    /// Codes of those who help, in the order of the réseau.
    pub partenaires: Vec<String>,
}

impl ThemeDuLieu {
    /// Those of the réseaux that answer for a place, in their order.
    pub async fn lire(
        connexion: &mut PgConnection,
        edition: Edition,
        aide: &Aide,
        besoin: &Besoin<'_>,
    ) -> Result<Vec<Self>> {
        let codes: Vec<&str> = aide.reseaux.iter().map(|lu| lu.reseau.code.as_str()).collect();
        let mut communes: Vec<&str> =
            aide.reseaux.iter().flat_map(|lu| &lu.communes).map(String::as_str).collect();
        communes.sort_unstable();
        communes.dedup();
        sqlx::query_as(include_str!("sql/themes_du_lieu.sql"))
            .bind(codes)
            .bind(communes)
            .bind(edition.millesime)
            .bind(besoin.periode.au)
            .fetch_all(connexion)
            .await
            .pour("lecture des thèmes d'un territoire")
    }
}
