//! Features row by row, for files: nothing is held but a few hundred of them.

use chrono::NaiveDate;
use futures_util::TryStreamExt;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Postgres, QueryBuilder, Row};
use tokio::sync::mpsc::Sender;

use super::calculs::Calculs;
use super::catalogue::{Collection, Genre};
use super::lecture::{objet, objets, refus};
use super::question::Question;
use super::releve::Choix;
use crate::error::Result;

/// Rows that go together from the database to the file.
const LOT: usize = 256;

/// What a field of a feature holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Valeur {
    Absente,
    Texte(String),
    Entier(i64),
    Decimal(f64),
    Date(NaiveDate),
    Booleen(bool),
}

/// A feature: its fields in the order of the question, and its geometry (WKB, easting or longitude first).
#[derive(Debug)]
pub struct Ligne {
    pub valeurs: Vec<Valeur>,
    pub forme: Option<Vec<u8>>,
}

/// Sends all the features that answer a question, in order, with their geometries or without; stops when nobody
/// listens.
pub async fn envoyer(
    connexion: &mut PgConnection,
    calculs: &Calculs,
    collection: &Collection,
    question: &Question,
    formes: bool,
    envoi: Sender<Vec<Ligne>>,
) -> Result<()> {
    let Some(requete) = objets(connexion, calculs, collection, question, Choix::Tous).await? else {
        return Ok(());
    };
    let mut colonnes: Vec<String> = question
        .champs
        .iter()
        .map(|champ| {
            let genre = match champ.genre {
                Genre::Texte => "text",
                Genre::Entier => "bigint",
                Genre::Decimal => "double precision",
                Genre::Date => "date",
                Genre::Booleen => "boolean",
            };
            format!("o.\"{}\"::{genre}", champ.nom)
        })
        .collect();
    let formes = formes && collection.situee();
    if formes {
        let srid = question.crs.srid();
        colonnes.push(format!("st_asbinary(st_transform(o.geometrie, {srid}))"));
    }
    let mut requete = tous(requete, collection, question, &colonnes.join(", "))?;
    let mut lignes = requete.build().fetch(connexion);
    let mut lot = Vec::with_capacity(LOT);
    while let Some(ligne) = lignes.try_next().await.map_err(refus)? {
        lot.push(Ligne::lire(&ligne, question, formes).map_err(refus)?);
        if lot.len() == LOT && envoi.send(std::mem::take(&mut lot)).await.is_err() {
            return Ok(());
        }
    }
    // Nobody listening is no fault of the database.
    let _ = envoi.send(lot).await;
    Ok(())
}

/// The same as GeoJSON features, each as it is written.
pub async fn envoyer_geojson(
    connexion: &mut PgConnection,
    calculs: &Calculs,
    collection: &Collection,
    question: &Question,
    envoi: Sender<Vec<String>>,
) -> Result<()> {
    let Some(requete) = objets(connexion, calculs, collection, question, Choix::Tous).await? else {
        return Ok(());
    };
    let colonne = objet(collection, &question.champs, question.crs);
    let mut requete = tous(requete, collection, question, &colonne)?;
    let mut lignes = requete.build_query_scalar::<String>().fetch(connexion);
    let mut lot = Vec::with_capacity(LOT);
    while let Some(ligne) = lignes.try_next().await.map_err(refus)? {
        lot.push(ligne);
        if lot.len() == LOT && envoi.send(std::mem::take(&mut lot)).await.is_err() {
            return Ok(());
        }
    }
    let _ = envoi.send(lot).await;
    Ok(())
}

/// All the features that answer a question, with some columns.
fn tous(
    mut requete: QueryBuilder<Postgres>,
    collection: &Collection,
    question: &Question,
    colonnes: &str,
) -> Result<QueryBuilder<Postgres>> {
    requete.push(format!(" select {colonnes} from objets o"));
    question.conditions(collection, &mut requete)?;
    question.ordre(&mut requete);
    if let Some(limite) = question.limite {
        requete.push(" limit ").push_bind(limite);
    }
    Ok(requete)
}

impl Ligne {
    fn lire(ligne: &PgRow, question: &Question, formes: bool) -> sqlx::Result<Self> {
        let mut valeurs = Vec::with_capacity(question.champs.len());
        for (rang, champ) in question.champs.iter().enumerate() {
            let valeur = match champ.genre {
                Genre::Texte => ligne.try_get::<Option<_>, _>(rang)?.map(Valeur::Texte),
                Genre::Entier => ligne.try_get::<Option<_>, _>(rang)?.map(Valeur::Entier),
                Genre::Decimal => ligne.try_get::<Option<_>, _>(rang)?.map(Valeur::Decimal),
                Genre::Date => ligne.try_get::<Option<_>, _>(rang)?.map(Valeur::Date),
                Genre::Booleen => ligne.try_get::<Option<_>, _>(rang)?.map(Valeur::Booleen),
            };
            valeurs.push(valeur.unwrap_or(Valeur::Absente));
        }
        let forme = match formes {
            true => ligne.try_get(question.champs.len())?,
            false => None,
        };
        Ok(Self { valeurs, forme })
    }
}
