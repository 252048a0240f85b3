//! Names and points of all units of a maille: what an answer keyed by code needs to be read by people.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::PgConnection;

use super::codes::Maille;
use super::lieu::Lieu;
use super::sources::Edition;
use crate::error::{Contexte, Result};

/// What to call a unit, and where to write it.
#[derive(Debug, Serialize)]
pub struct Nom {
    pub nom: String,
    /// Longitude and latitude of its label, degrees.
    pub point: Option<[f64; 2]>,
}

/// Those of a maille that have a commune in a place, or in the country, by code.
pub async fn lire(
    connexion: &mut PgConnection,
    edition: Edition,
    maille: Maille,
    dans: Option<&Lieu>,
) -> Result<BTreeMap<String, Nom>> {
    let lignes: Vec<(String, String, Option<Vec<f64>>)> =
        sqlx::query_as(include_str!("sql/lire_noms.sql"))
            .bind(edition.edition)
            .bind(maille)
            .bind(dans.map(|lieu| lieu.maille))
            .bind(dans.map(|lieu| &lieu.code))
            .fetch_all(connexion)
            .await
            .pour("lecture des noms des territoires")?;
    Ok(lignes
        .into_iter()
        .map(|(code, nom, point)| {
            (code, Nom { nom, point: point.and_then(|point| point.try_into().ok()) })
        })
        .collect())
}
