//! The catalogue: what each indicator is, from the files of `data/indicateurs/`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Connection, PgConnection};

use crate::error::{Contexte, Error, Result};

#[derive(RustEmbed)]
#[folder = "data/indicateurs"]
#[include = "*.toml"]
struct Fichiers;

/// How a figure behaves when units are put together or divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "nature_indicateur", rename_all = "snake_case")]
pub enum Nature {
    /// Adds up.
    Stock,
    /// Worked out again from its numerator and its denominator.
    Ratio,
    /// What was measured on a unit, and on no other: medians, deciles, distances.
    Mediane,
    /// A rank among labels.
    Classe,
}

/// An indicator as its file declares it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    pub code: String,
    theme: String,
    libelle: String,
    description: Option<String>,
    unite: Option<String>,
    nature: Nature,
    numerateur: Option<String>,
    denominateur: Option<String>,
    #[serde(default = "un")]
    facteur: f64,
    producteur: String,
    source: String,
    licence: String,
    site: Option<String>,
    #[serde(default)]
    sens: i16,
    #[serde(default)]
    decimales: i16,
    seuil_secret: Option<i32>,
    modalites: Option<Vec<String>>,
    #[serde(default = "vrai")]
    affiche: bool,
    /// Columns of official files that hold it, by name; `##` stands for the last two figures of the
    /// year and `####` for all four.
    #[serde(default)]
    pub colonnes: Vec<String>,
    /// In files of one observation a row: the dimensions that select it, beside totals (`_T`).
    #[serde(default)]
    pub melodi: BTreeMap<String, String>,
    /// Name of the OFGL's aggregate.
    pub ofgl: Option<String>,
}

fn un() -> f64 {
    1.0
}

fn vrai() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fichier {
    indicateur: Vec<Declaration>,
}

/// The declarations of all files, in order.
pub fn lire() -> Result<Vec<Declaration>> {
    let mut toutes = Vec::new();
    let noms: BTreeSet<_> = Fichiers::iter().collect();
    for nom in noms {
        let fichier = Fichiers::get(&nom).map(|fichier| fichier.data).unwrap_or_default();
        let texte = String::from_utf8_lossy(&fichier);
        let fichier: Fichier = toml::from_str(&texte).map_err(|erreur| {
            Error::Installation(format!("Catalogue des indicateurs, {nom} : {erreur}"))
        })?;
        toutes.extend(fichier.indicateur);
    }
    Ok(toutes)
}

/// Brings the database's catalogue to what this program knows. An indicator that it no longer knows is
/// kept when it has values.
pub async fn installer(connexion: &mut PgConnection) -> Result<()> {
    let action = "mise à jour du catalogue des indicateurs";
    let declarations = lire()?;
    let mut transaction = connexion.begin().await.pour(action)?;
    sqlx::query(include_str!("sql/installer_catalogue.sql"))
        .bind(Json(declarations))
        .execute(&mut *transaction)
        .await
        .pour(action)?;
    transaction.commit().await.pour(action)
}

/// An indicator as answers show it.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct Indicateur {
    pub code: String,
    pub theme: String,
    pub libelle: String,
    pub description: Option<String>,
    pub unite: Option<String>,
    pub nature: Nature,
    pub numerateur: Option<String>,
    pub denominateur: Option<String>,
    /// The ratio is the quotient of its parts times this.
    pub facteur: f64,
    pub producteur: String,
    pub source: String,
    pub licence: String,
    pub site: Option<String>,
    /// 1 when more is better, -1 when less is, 0 when neither.
    pub sens: i16,
    pub decimales: i16,
    pub seuil_secret: Option<i32>,
    /// Labels of the classes: a value is the rank of one of them.
    pub modalites: Option<Vec<String>>,
    /// Those that have values, the newest first.
    pub periodes: Vec<String>,
    pub date_source: Option<NaiveDate>,
}

impl Indicateur {
    /// Those of the catalogue, in order.
    pub async fn tous(connexion: &mut PgConnection) -> Result<Vec<Self>> {
        sqlx::query_as(include_str!("sql/lire_catalogue.sql"))
            .bind(None::<String>)
            .fetch_all(connexion)
            .await
            .pour("lecture du catalogue des indicateurs")
    }

    /// Of the numbers that are shown.
    pub fn decimales(&self) -> u8 {
        u8::try_from(self.decimales).unwrap_or_default()
    }

    /// The one of this code.
    pub async fn lire(connexion: &mut PgConnection, code: &str) -> Result<Self> {
        let indicateur: Option<Self> = sqlx::query_as(include_str!("sql/lire_catalogue.sql"))
            .bind(code)
            .fetch_optional(connexion)
            .await
            .pour("lecture d'un indicateur")?;
        indicateur.ok_or_else(|| {
            Error::Introuvable(format!(
                "L'indicateur « {code} » n'existe pas. Le catalogue est à /api/indicateurs."
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_readable_and_says_where_everything_comes_from() {
        let catalogue = lire().unwrap();
        let codes: BTreeSet<&str> = catalogue.iter().map(|i| i.code.as_str()).collect();
        assert_eq!(codes.len(), catalogue.len(), "a code is declared twice");
        for indicateur in &catalogue {
            assert!(!indicateur.source.is_empty() && !indicateur.licence.is_empty());
            for part in [&indicateur.numerateur, &indicateur.denominateur].into_iter().flatten() {
                assert!(codes.contains(part.as_str()), "{} : {part}", indicateur.code);
            }
        }
    }
}
