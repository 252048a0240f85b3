//! Contours as files hold them: the finest there are, each unit whole.

use sqlx::PgConnection;

use super::codes::Maille;
use super::sources::Edition;
use crate::error::{Contexte, Result};

/// A unit, and its surface as WKB; none where it has no contour.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Contour {
    pub code: String,
    pub nom: Option<String>,
    pub forme: Option<Vec<u8>>,
}

/// Those of some units of a millésime, each once, by code, in the reference system of this EPSG code.
pub async fn contours(
    connexion: &mut PgConnection,
    millesime: i16,
    maille: Maille,
    codes: &[&str],
    epsg: i32,
) -> Result<Vec<Contour>> {
    sqlx::query_as(include_str!("sql/lire_contours.sql"))
        .bind(millesime)
        .bind(maille.as_str())
        .bind(codes)
        .bind(epsg)
        .fetch_all(connexion)
        .await
        .pour("lecture de contours")
}

/// Communes whose contour lacks a part of them, with a sentence that says which.
pub async fn contours_incomplets(
    connexion: &mut PgConnection,
    edition: Edition,
    codes: &[&str],
) -> Result<Vec<(String, String)>> {
    sqlx::query_as(
        "select nom, remarque_contour from territoire
         where edition = $1 and maille = 'commune' and code = any ($2) and remarque_contour is not null
         order by cle",
    )
    .bind(edition.edition)
    .bind(codes)
    .fetch_all(connexion)
    .await
    .pour("lecture de contours")
}
