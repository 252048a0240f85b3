//! The catalogue: what each indicator is, from the files of `data/indicateurs/` and from users' own.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::NaiveDate;
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Connection, PgConnection};

use super::declaration::{self, Declaration};
use crate::base::Base;
use crate::error::{Contexte, ContexteFichier, Error, Result};
use crate::tableau::decoder;

const ACTION: &str = "mise à jour du catalogue des indicateurs";

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

/// Rank of the first indicator that a user declares, after those of the program.
const RANG_DES_PROPRES: i16 = 1000;

/// The declarations of the program's files, in order.
pub fn livrees() -> Result<Vec<Declaration>> {
    let mut toutes = Vec::new();
    let noms: BTreeSet<_> = Fichiers::iter().collect();
    for nom in noms {
        let fichier = Fichiers::get(&nom).map(|fichier| fichier.data).unwrap_or_default();
        toutes.extend(declaration::lire(&nom, &String::from_utf8_lossy(&fichier))?);
    }
    Ok(toutes)
}

/// Those that users have declared.
async fn propres(connexion: &mut PgConnection) -> Result<Vec<Declaration>> {
    let lues: Vec<Json<Declaration>> = sqlx::query_scalar(
        "select declaration from indicateur where declaration is not null order by rang, code",
    )
    .fetch_all(connexion)
    .await
    .pour(ACTION)?;
    Ok(lues.into_iter().map(|Json(declaration)| declaration).collect())
}

/// Those of the program, then those of users.
pub async fn toutes(connexion: &mut PgConnection) -> Result<Vec<Declaration>> {
    let mut toutes = livrees()?;
    toutes.extend(propres(connexion).await?);
    Ok(toutes)
}

/// Brings the database's catalogue to what this program knows. An indicator that it no longer knows is
/// kept when it has values.
pub async fn installer(connexion: &mut PgConnection) -> Result<()> {
    let declarations = livrees()?;
    let codes: Vec<&str> = declarations.iter().map(|livree| livree.code.as_str()).collect();
    let mut transaction = connexion.begin().await.pour(ACTION)?;
    let repris: Vec<String> = sqlx::query_scalar(
        "select code from indicateur where fichier is not null and code = any ($1)",
    )
    .bind(codes)
    .fetch_all(&mut *transaction)
    .await
    .pour(ACTION)?;
    if !repris.is_empty() {
        tracing::warn!(
            codes = repris.join(", "),
            "des indicateurs déclarés par un fichier sont désormais livrés avec maillage, qui les définit"
        );
    }
    ecrire(&mut transaction, &declarations, None).await?;
    transaction.commit().await.pour(ACTION)
}

/// Keeps the indicators that a file declares, in the place of those of the same codes that a user has
/// declared before. Returns their codes. Those of the program are never replaced.
pub async fn declarer(base: &Base, fichier: &Path) -> Result<Vec<String>> {
    let octets = std::fs::read(fichier).pour_fichier("lecture d'un catalogue", fichier)?;
    let nom = fichier.file_name().unwrap_or_default().to_string_lossy();
    let declarations = declaration::lire(&nom, &decoder(&octets))?;
    let mut connexion = base.connexion().await?;
    let mut transaction = connexion.begin().await.pour(ACTION)?;
    let propres = propres(&mut transaction).await?;
    declaration::confronter(&nom, &declarations, &livrees()?, &propres)?;
    ecrire(&mut transaction, &declarations, Some(&nom)).await?;
    sqlx::query("select annoncer_changement()").execute(&mut *transaction).await.pour(ACTION)?;
    transaction.commit().await.pour(ACTION)?;
    Ok(declarations.into_iter().map(|declaration| declaration.code).collect())
}

async fn ecrire(
    connexion: &mut PgConnection,
    declarations: &[Declaration],
    fichier: Option<&str>,
) -> Result<()> {
    sqlx::query(include_str!("sql/installer_catalogue.sql"))
        .bind(Json(declarations))
        .bind(fichier)
        .bind(if fichier.is_some() { RANG_DES_PROPRES } else { 0 })
        .execute(connexion)
        .await
        .map(|_| ())
        .pour(ACTION)
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
    fn the_catalogue_of_the_program_holds_together() {
        declaration::confronter("data/indicateurs", &livrees().unwrap(), &[], &[]).unwrap();
    }
}
