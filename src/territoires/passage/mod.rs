//! The passage: what a code of one millésime comes to in another, and with what share.
//!
//! Codes disappear, come back and move; a chain of successors gets lost in them. Here a commune is a
//! set of *atomes*, the pieces of territory that were never divided: a merger unites sets, a
//! re-establishment gives back the pieces that a commune had, a division cuts one in two. The passage
//! between two dates is then the intersection of sets, whatever happened between, and sums are kept
//! by construction.

mod atomes;
mod histoire;
mod liens;
mod publications;
mod table;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::NaiveDate;
use sqlx::{Executor, PgConnection};

use serde::Serialize;

use super::codes::Millesime;
use super::lieu::Lieu;
use super::sources::{Edition as SourceEdition, SourceDeDonnees};
use crate::base::{copier_texte, echapper};
use crate::error::{Contexte, Result};
pub use histoire::Mouvement;
use histoire::{Edition, Histoire};
pub use publications::{SourceMouvements, historique_etalab, mouvements_insee};

const ACTION: &str = "calcul du passage entre millésimes";

/// Replaces the movements of a source.
pub async fn remplacer(connexion: &mut PgConnection, source: &SourceMouvements) -> Result<()> {
    let action = "enregistrement des mouvements de communes";
    sqlx::query("delete from source_mouvements where code = $1")
        .bind(source.code)
        .execute(&mut *connexion)
        .await
        .pour(action)?;
    sqlx::query(
        "insert into source_mouvements (code, nom, licence, jusqu_au) values ($1, $2, $3, $4)",
    )
    .bind(source.code)
    .bind(&source.nom)
    .bind(source.licence)
    .bind(source.jusqu_au)
    .execute(&mut *connexion)
    .await
    .pour(action)?;
    let mut lignes = String::new();
    for mouvement in &source.mouvements {
        let date = mouvement.date.to_string();
        let champs = [
            Some(source.code),
            Some(date.as_str()),
            mouvement.avant.as_deref(),
            mouvement.apres.as_deref(),
            mouvement.nom_avant.as_deref(),
            mouvement.nom_apres.as_deref(),
        ];
        ligne(&mut lignes, &champs);
    }
    copier_texte(
        connexion,
        "copy mouvement (source, date, avant, apres, nom_avant, nom_apres) from stdin",
        lignes,
    )
    .await?;
    Ok(())
}

/// Derives the whole passage again, towards every published millésime. Returns its rows.
pub async fn reconstruire(connexion: &mut PgConnection) -> Result<u64> {
    // Publications of two millésimes take turns; the second sees what the first has committed.
    connexion
        .execute("select pg_advisory_xact_lock(hashtext('maillage passage'))")
        .await
        .pour(ACTION)?;
    let histoire = histoire(connexion).await?;
    let millesimes: Vec<i16> = histoire.editions.iter().map(|edition| edition.annee).collect();
    let lignes = tokio::task::spawn_blocking(move || {
        let mut lignes = String::new();
        for passage in table::passages(&histoire, &millesimes) {
            let (vers, depuis, jusqu) =
                (passage.vers.to_string(), passage.depuis.to_string(), passage.jusqu.to_string());
            let part = passage.part.map(|part| part.to_string());
            let champs = [
                Some(vers.as_str()),
                Some(passage.ancien.as_str()),
                Some(depuis.as_str()),
                Some(jusqu.as_str()),
                Some(passage.nouveau.as_str()),
                part.as_deref(),
                passage.nom.as_deref(),
            ];
            ligne(&mut lignes, &champs);
        }
        lignes
    })
    .await
    .map_err(|erreur| crate::error::Error::Donnees(format!("{ACTION} : {erreur}")))?;
    connexion.execute("delete from passage").await.pour(ACTION)?;
    let nombre = copier_texte(
        connexion,
        "copy passage (vers, ancien, depuis, jusqu, nouveau, part, nom) from stdin",
        lignes,
    )
    .await?;
    connexion.execute("analyze passage").await.pour(ACTION)?;
    Ok(nombre)
}

fn ligne(lignes: &mut String, champs: &[Option<&str>]) {
    for (rang, champ) in champs.iter().enumerate() {
        if rang > 0 {
            lignes.push('\t');
        }
        echapper(lignes, *champ);
    }
    let _ = writeln!(lignes);
}

type LigneMouvement = (NaiveDate, Option<String>, Option<String>, Option<String>, Option<String>);

/// Millésime, code, name, population, former codes.
type LigneCommune = (Millesime, String, String, Option<i32>, Vec<String>);

async fn histoire(connexion: &mut PgConnection) -> Result<Histoire> {
    let lignes: Vec<LigneMouvement> = sqlx::query_as(include_str!("../sql/lire_mouvements.sql"))
        .fetch_all(&mut *connexion)
        .await
        .pour(ACTION)?;
    let mut mouvements: Vec<Mouvement> = lignes
        .into_iter()
        .map(|(date, avant, apres, nom_avant, nom_apres)| Mouvement {
            date,
            avant,
            apres,
            nom_avant,
            nom_apres,
        })
        .collect();
    publications::completer(&mut mouvements)?;
    let communes: Vec<LigneCommune> =
        sqlx::query_as(include_str!("../sql/lire_communes_des_millesimes.sql"))
            .fetch_all(&mut *connexion)
            .await
            .pour(ACTION)?;
    let mut editions: BTreeMap<i16, Edition> = BTreeMap::new();
    for (millesime, code, nom, population, anciens) in communes {
        let annee = millesime.annee();
        editions
            .entry(annee)
            .or_insert_with(|| Edition::nouvelle(annee))
            .ajouter(code, nom, population, anciens);
    }
    Ok(Histoire { mouvements, editions: editions.into_values().collect() })
}

/// What a commune has become, as answers show it.
#[derive(Debug, Serialize, sqlx::FromRow)]
pub struct Ligne {
    ancien: String,
    ancien_nom: Option<String>,
    nouveau: String,
    nouveau_nom: Option<String>,
    /// Null when it is not known: going back in time, towards several communes.
    part: Option<f64>,
}

/// The communes of a millésime that are others in an edition, in the whole country or in a place.
pub async fn lire(
    connexion: &mut PgConnection,
    de: Millesime,
    vers: SourceEdition,
    dans: Option<&Lieu>,
) -> Result<Vec<Ligne>> {
    sqlx::query_as(include_str!("../sql/lire_table_de_passage.sql"))
        .bind(de)
        .bind(vers.edition)
        .bind(vers.millesime)
        .bind(dans.map(|lieu| lieu.maille))
        .bind(dans.map(|lieu| &lieu.code))
        .fetch_all(connexion)
        .await
        .pour("lecture de la table de passage")
}

/// Where the movements come from.
pub async fn sources(connexion: &mut PgConnection) -> Result<Vec<SourceDeDonnees>> {
    let lignes: Vec<(String, String, NaiveDate)> = sqlx::query_as(
        "select nom, licence, jusqu_au from source_mouvements order by jusqu_au desc limit 1",
    )
    .fetch_all(connexion)
    .await
    .pour("lecture des sources des mouvements")?;
    let source = |(nom, licence, date)| SourceDeDonnees {
        nom,
        licence,
        date: Some(date),
        apports: Vec::new(),
    };
    Ok(lignes.into_iter().map(source).collect())
}
