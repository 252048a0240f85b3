//! Zones as they are read: a list, one with its communes and its versions, and its contour.
//!
//! What may be seen depends on who reads: the public sees what was validated.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;

use super::etats::{Etat, Reference, aujourd_hui};
use crate::error::{Contexte, Error, Result};
use crate::territoires::Millesime;

const ACTION: &str = "lecture des zones";

/// Which zones are asked for; an absent field asks for all.
#[derive(Debug, Clone, Default)]
pub struct Question {
    pub reseau: Option<String>,
    pub partenaire: Option<String>,
    pub theme: Option<String>,
    /// As shown: a validated zone that is over is expired.
    pub etat: Option<Etat>,
    /// Only those that list what the newest millésime does not have.
    pub non_reportees: bool,
}

/// Which version of a zone, whose, and in what state.
#[derive(Debug, Serialize, sqlx::FromRow)]
pub struct Identite {
    pub reseau: String,
    pub code: String,
    pub version: i16,
    pub partenaire: String,
    pub partenaire_nom: String,
    pub theme: Option<String>,
    pub nom: Option<String>,
    /// As shown on the day of the question.
    pub etat: Etat,
    pub debut: NaiveDate,
    pub fin: Option<NaiveDate>,
    /// `dossier` or `proposition`.
    pub origine: String,
    /// How many times it was written: whoever changes it says which one they had read.
    pub revision: i32,
    pub demonstration: bool,
}

/// A version of a zone in a list.
#[derive(Debug, Serialize, sqlx::FromRow)]
pub struct Resume {
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub identite: Identite,
    /// Drawn, and not listed.
    pub dessinee: bool,
    /// Communes of the perimeter that it covers.
    pub communes: i64,
    /// What it lists and the newest millésime does not have.
    pub non_reportees: i64,
}

/// A version of a zone with what it covers.
#[derive(Debug, Serialize, sqlx::FromRow)]
pub struct Zone {
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub identite: Identite,
    pub theme_libelle: Option<String>,
    pub proposee_le: DateTime<Utc>,
    pub decidee_le: Option<DateTime<Utc>>,
    pub motif: Option<String>,
    pub reparation: Option<String>,
    pub mention: Option<String>,
    /// Share of a commune's surface from which a drawn zone covers it.
    pub seuil_couverture: f64,
    /// That of the codes of communes.
    pub millesime: Millesime,
    pub unites: Json<Vec<Unite>>,
    pub communes: Json<Vec<Commune>>,
    pub non_reportees: Json<Vec<NonReportee>>,
    pub versions: Json<Vec<Version>>,
}

/// A unit that a zone lists, or leaves out.
#[derive(Debug, Serialize, Deserialize)]
pub struct Unite {
    pub maille: String,
    pub code: String,
    pub exclue: bool,
}

/// A commune that a zone reaches.
#[derive(Debug, Serialize, Deserialize)]
pub struct Commune {
    pub code: String,
    pub nom: Option<String>,
    /// Share of its surface, 0 to 1.
    pub part: f64,
    pub couverte: bool,
    pub dans_perimetre: bool,
    pub origine: String,
}

/// A unit that a millésime does not have.
#[derive(Debug, Serialize, Deserialize)]
pub struct NonReportee {
    pub millesime: i16,
    pub maille: String,
    pub code: String,
}

/// Another version of the same zone.
#[derive(Debug, Serialize, Deserialize)]
pub struct Version {
    pub version: i16,
    pub etat: Etat,
    pub debut: NaiveDate,
    pub fin: Option<NaiveDate>,
    pub motif: Option<String>,
}

/// Zones, by réseau and code, each version apart.
///
/// # Errors
/// Those of the database.
pub async fn lister(connexion: &mut PgConnection, question: &Question) -> Result<Vec<Resume>> {
    sqlx::query_as(include_str!("../sql/lister_zones.sql"))
        .bind(&question.reseau)
        .bind(&question.partenaire)
        .bind(&question.theme)
        .bind(question.etat.map(Etat::as_str))
        .bind(question.non_reportees)
        .bind(aujourd_hui())
        .fetch_all(connexion)
        .await
        .pour(ACTION)
}

/// A zone: the version asked for, else the one in force, else the newest.
///
/// # Errors
/// When there is none, or none that may be read.
pub async fn lire(connexion: &mut PgConnection, zone: &Reference) -> Result<Zone> {
    let lue: Option<Zone> = sqlx::query_as(include_str!("../sql/lire_zone.sql"))
        .bind(&zone.reseau)
        .bind(&zone.code)
        .bind(zone.version)
        .bind(aujourd_hui())
        .fetch_optional(connexion)
        .await
        .pour(ACTION)?;
    lue.ok_or_else(|| absente(zone))
}

/// The contour of a zone as a GeoJSON feature (RFC 7946): degrees, six decimals, outer rings counterclockwise.
///
/// # Errors
/// When there is no such zone, or none that may be read.
pub async fn contour(connexion: &mut PgConnection, zone: &Reference) -> Result<Value> {
    let lue: Option<Json<Value>> =
        sqlx::query_scalar(include_str!("../sql/lire_contour_de_zone.sql"))
            .bind(&zone.reseau)
            .bind(&zone.code)
            .bind(zone.version)
            .bind(aujourd_hui())
            .fetch_optional(connexion)
            .await
            .pour(ACTION)?;
    lue.map(|Json(objet)| objet).ok_or_else(|| absente(zone))
}

/// How many zones of each réseau list what the newest millésime does not have.
///
/// # Errors
/// Those of the database.
pub async fn non_reportees(connexion: &mut PgConnection) -> Result<BTreeMap<String, i64>> {
    let question = Question { non_reportees: true, ..Question::default() };
    let mut par_reseau = BTreeMap::new();
    for zone in lister(connexion, &question).await? {
        *par_reseau.entry(zone.identite.reseau).or_default() += 1;
    }
    Ok(par_reseau)
}

pub fn absente(zone: &Reference) -> Error {
    Error::Introuvable(format!(
        "La zone {zone} n'existe pas, ou n'est pas publique. Les zones d'un réseau sont à /api/zones?reseau={}.",
        zone.reseau
    ))
}

/// That the réseau, the theme and the partner of a question exist.
///
/// # Errors
/// `no_data_found` with a sentence, when one of them does not.
pub async fn exiger(connexion: &mut PgConnection, question: &Question) -> Result<()> {
    sqlx::query("select exiger_reseau($1, $2, $3)")
        .bind(&question.reseau)
        .bind(&question.theme)
        .bind(&question.partenaire)
        .execute(connexion)
        .await
        .map(|_| ())
        .pour(ACTION)
}
