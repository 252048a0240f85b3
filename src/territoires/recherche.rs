//! Finding a unit: by name, code, post code, or a point of the map.

use serde::Serialize;
use sqlx::PgConnection;

use super::codes::{Maille, Unite};
use super::sources::Edition;
use crate::error::{Contexte, Result};

/// What is searched, and where.
#[derive(Debug)]
pub struct Recherche<'a> {
    pub texte: &'a str,
    pub maille: Option<Maille>,
    pub dans: Option<&'a Unite>,
    pub limite: i64,
}

/// A code and its name.
#[derive(Debug, Clone, Serialize)]
pub struct Nomme {
    pub code: String,
    pub nom: String,
}

/// A unit that answers, and why (`code`, `ancien_code`, `code_postal`, `nom`, `point`).
#[derive(Debug, Serialize)]
pub struct Resultat {
    pub unite: String,
    pub maille: Maille,
    pub code: String,
    pub nom: String,
    pub departement: Option<Nomme>,
    pub codes_postaux: Vec<String>,
    pub population: Option<i32>,
    /// Longitude and latitude of its label, degrees.
    pub point: Option<[f64; 2]>,
    /// West, south, east, north, degrees.
    pub bbox: Option<Vec<f64>>,
    pub motif: String,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    maille: Maille,
    code: String,
    nom: String,
    departement: Option<String>,
    departement_nom: Option<String>,
    codes_postaux: Vec<String>,
    population: Option<i32>,
    lon: Option<f64>,
    lat: Option<f64>,
    emprise: Option<Vec<f64>>,
    motif: String,
}

impl From<Ligne> for Resultat {
    fn from(ligne: Ligne) -> Self {
        Self {
            unite: format!("{}:{}", ligne.maille, ligne.code),
            maille: ligne.maille,
            code: ligne.code,
            nom: ligne.nom,
            departement: nomme(ligne.departement, ligne.departement_nom),
            codes_postaux: ligne.codes_postaux,
            population: ligne.population,
            point: point(ligne.lon, ligne.lat),
            bbox: ligne.emprise,
            motif: ligne.motif,
        }
    }
}

pub(super) fn nomme(code: Option<String>, nom: Option<String>) -> Option<Nomme> {
    Some(Nomme { code: code?, nom: nom? })
}

pub(super) fn point(lon: Option<f64>, lat: Option<f64>) -> Option<[f64; 2]> {
    Some([lon?, lat?])
}

const ACTION: &str = "recherche d'un territoire";

/// Units that answer a text, best first.
pub async fn chercher(
    connexion: &mut PgConnection,
    edition: Edition,
    recherche: &Recherche<'_>,
) -> Result<Vec<Resultat>> {
    let cle = cle(connexion, recherche.texte).await?;
    let code: String = recherche
        .texte
        .chars()
        .filter(|lettre| !lettre.is_whitespace())
        .collect::<String>()
        .to_uppercase();
    let lignes: Vec<Ligne> = sqlx::query_as(include_str!("sql/rechercher.sql"))
        .bind(edition.edition)
        .bind(cle)
        .bind(code)
        .bind(recherche.maille)
        .bind(recherche.dans.map(|unite| unite.maille))
        .bind(recherche.dans.map(|unite| unite.code.as_str()))
        .bind(recherche.limite)
        .fetch_all(connexion)
        .await
        .pour(ACTION)?;
    Ok(lignes.into_iter().map(Resultat::from).collect())
}

/// A name that the person may have meant.
pub async fn suggerer(
    connexion: &mut PgConnection,
    edition: Edition,
    texte: &str,
) -> Result<Option<String>> {
    let cle = cle(connexion, texte).await?;
    sqlx::query_scalar(include_str!("sql/suggerer.sql"))
        .bind(edition.edition)
        .bind(cle)
        .fetch_optional(connexion)
        .await
        .pour(ACTION)
}

/// Units that contain a point, in degrees, the smallest maille first.
pub async fn situer(
    connexion: &mut PgConnection,
    edition: Edition,
    lon: f64,
    lat: f64,
    maille: Option<Maille>,
) -> Result<Vec<Resultat>> {
    let lignes: Vec<Ligne> = sqlx::query_as(include_str!("sql/situer.sql"))
        .bind(edition.edition)
        .bind(lon)
        .bind(lat)
        .bind(maille)
        .fetch_all(connexion)
        .await
        .pour(ACTION)?;
    Ok(lignes.into_iter().map(Resultat::from).collect())
}

/// How names are compared; the wildcards of `like` mean nothing in it, since it has only letters,
/// digits and spaces.
async fn cle(connexion: &mut PgConnection, texte: &str) -> Result<String> {
    sqlx::query_scalar("select cle_recherche($1)")
        .bind(texte)
        .fetch_one(connexion)
        .await
        .pour(ACTION)
}
