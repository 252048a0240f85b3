//! Reports that were published: kept whole, never changed in silence. A correction is a new version with a note; where
//! figures have moved since, it is said.

mod divergence;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::donnees::{Rapport, requetes};
use super::fabrique::Ouvrage;
use super::planches::Dessin;
use super::textes::{self, Textes};
use crate::error::{Contexte, Error, Result};
pub use divergence::{Ecart, ecarts};

const ACTION: &str = "lecture d'un rapport publié";
/// Name of the query of what the réseau itself writes.
pub const REGLAGES: &str = "reglages_du_rapport";

/// A report that was published, without what it holds.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Publication {
    pub annee: i16,
    pub version: i16,
    /// What it corrects; none of the first version.
    pub note: Option<String>,
    pub edition: NaiveDate,
    pub publie_le: DateTime<Utc>,
    /// SHA-256 of the document, in hexadecimal.
    pub empreinte: String,
    /// Of the document.
    pub octets: i32,
}

/// What it holds, the document aside.
#[derive(Debug, Clone, PartialEq)]
pub struct Contenu {
    pub rapport: Rapport,
    pub textes: Textes,
    pub cartes: BTreeMap<String, Dessin>,
    /// Text of the queries that its figures cite, as they were.
    pub requetes: BTreeMap<String, String>,
}

/// Figures and queries, as they are kept.
#[derive(Debug, Serialize, Deserialize)]
struct Donnees<R> {
    rapport: R,
    requetes: BTreeMap<String, String>,
}

/// The texts of queries, as of today.
pub fn requetes_du_jour() -> BTreeMap<String, String> {
    requetes()
        .into_iter()
        .chain([(REGLAGES, textes::REQUETE)])
        .map(|(nom, texte)| (nom.to_owned(), texte.to_owned()))
        .collect()
}

/// Publishes a report: the first of its year, or the correction of the one before, which needs a note. Returns its version.
///
/// # Errors
/// A sentence when it is not of a whole réseau and a year, when a correction says not what it corrects, or when somebody else
/// publishes the same version at once.
pub async fn publier(
    connexion: &mut PgConnection,
    ouvrage: &Ouvrage,
    note: Option<&str>,
) -> Result<i16> {
    let consigne = &ouvrage.rapport.consigne;
    let (super::donnees::Sujet::Reseau, Some(annee)) = (&consigne.sujet, consigne.periode.annee)
    else {
        return Err(Error::Demande(
            "Seul le bilan d'un réseau entier, pour une année, se publie.".into(),
        ));
    };
    let derniere: i16 = sqlx::query_scalar(
        "select coalesce(max(version), 0)::smallint from rapport_publie where reseau = $1 and annee = $2",
    )
    .bind(&consigne.reseau)
    .bind(annee)
    .fetch_one(&mut *connexion)
    .await
    .pour(ACTION)?;
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    let note = match (derniere, note) {
        (0, _) => None,
        (_, None) => {
            return Err(Error::Demande(format!(
                "Le bilan {annee} est déjà publié. Dites en une phrase ce que cette version corrige : elle sera lue avec lui."
            )));
        }
        (_, Some(note)) if note.chars().count() > 2000 => {
            return Err(Error::Demande(
                "La note de correction est trop longue : 2 000 caractères au plus.".into(),
            ));
        }
        (_, note) => note,
    };
    let donnees = Donnees { rapport: &ouvrage.rapport, requetes: requetes_du_jour() };
    sqlx::query_scalar(include_str!("sql/publier.sql"))
        .bind(&consigne.reseau)
        .bind(annee)
        .bind(derniere + 1)
        .bind(note)
        .bind(consigne.edition)
        .bind(Json(donnees))
        .bind(Json(&ouvrage.textes))
        .bind(Json(&ouvrage.cartes))
        .bind(&ouvrage.pdf)
        .fetch_optional(connexion)
        .await
        .pour("publication d'un rapport")?
        .ok_or_else(|| {
            Error::Demande(
                "Quelqu'un d'autre vient de publier ce bilan : lisez-le, puis publiez une correction s'il en faut une."
                    .into(),
            )
        })
}

/// All that the principal may read of a réseau, the last first.
pub async fn lister(connexion: &mut PgConnection, reseau: &str) -> Result<Vec<Publication>> {
    sqlx::query_as(include_str!("sql/lister.sql"))
        .bind(reseau)
        .fetch_all(connexion)
        .await
        .pour(ACTION)
}

/// A report of whatever réseau.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Parue {
    pub reseau: String,
    pub nom_du_reseau: String,
    #[sqlx(flatten)]
    pub publication: Publication,
}

/// The last version of all that the principal may read, by réseau, the last year first.
pub async fn lister_partout(connexion: &mut PgConnection) -> Result<Vec<Parue>> {
    sqlx::query_as(include_str!("sql/lister_partout.sql")).fetch_all(connexion).await.pour(ACTION)
}

/// What a publication holds.
///
/// # Errors
/// A sentence when what is kept is of a shape that this program no longer reads: the document itself is.
pub async fn ouvrir(
    connexion: &mut PgConnection,
    reseau: &str,
    quoi: &Publication,
) -> Result<Contenu> {
    type Ligne = (Json<serde_json::Value>, Json<serde_json::Value>, Json<serde_json::Value>);
    let (donnees, textes, cartes): Ligne = sqlx::query_as(
        "select donnees, textes, cartes from rapport_publie where reseau = $1 and annee = $2 and version = $3",
    )
    .bind(reseau)
    .bind(quoi.annee)
    .bind(quoi.version)
    .fetch_one(connexion)
    .await
    .pour(ACTION)?;
    let ancienne = |erreur: serde_json::Error| {
        tracing::error!(%erreur, reseau, annee = quoi.annee, "rapport publié illisible");
        Error::Introuvable(
            "Ce bilan a été publié par une version plus ancienne du service : lisez son PDF."
                .into(),
        )
    };
    let Donnees { rapport, requetes } = serde_json::from_value(donnees.0).map_err(ancienne)?;
    Ok(Contenu {
        rapport,
        requetes,
        textes: serde_json::from_value(textes.0).map_err(ancienne)?,
        cartes: serde_json::from_value(cartes.0).map_err(ancienne)?,
    })
}

/// The document, byte for byte as it was published.
pub async fn document(
    connexion: &mut PgConnection,
    reseau: &str,
    quoi: &Publication,
) -> Result<Vec<u8>> {
    sqlx::query_scalar(
        "select pdf from rapport_publie where reseau = $1 and annee = $2 and version = $3",
    )
    .bind(reseau)
    .bind(quoi.annee)
    .bind(quoi.version)
    .fetch_one(connexion)
    .await
    .pour(ACTION)
}
