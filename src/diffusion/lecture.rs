//! Features read from the database: a page of them, one, how many there are, where they are.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::calculs::Calculs;
use super::catalogue::{Champ, Collection, Genre, Geometrie, Sujet};
use super::crs::Crs;
use super::question::{Depart, Question};
use super::releve::{Choix, Releve};
use crate::error::{Contexte, Error, Result};

const ACTION: &str = "lecture d'une collection";

/// Some features, as they are sent.
#[derive(Debug, Default)]
pub struct Page {
    /// Identifiers, and GeoJSON features, in order.
    objets: Vec<(String, String)>,
    /// Whether others follow, in the direction of the question.
    reste: bool,
}

/// Where a page stands among the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// By the identifiers around it.
    Reperes { precedent: Option<String>, suivant: Option<String> },
    /// By how many features come before.
    Rangs { precedent: Option<i64>, suivant: Option<i64> },
}

impl Page {
    pub fn nombre(&self) -> usize {
        self.objets.len()
    }

    /// The features, separated by commas.
    pub fn objets(&self) -> String {
        let objets: Vec<&str> = self.objets.iter().map(|(_, objet)| objet.as_str()).collect();
        objets.join(",")
    }

    /// Where the pages before and after are, if they are.
    pub fn place(&self, question: &Question) -> Place {
        let id = |objet: Option<&(String, String)>| objet.map(|(id, _)| id.clone());
        let (premier, dernier) = (id(self.objets.first()), id(self.objets.last()));
        match &question.depart {
            Depart::Apres(_) => {
                Place::Reperes { precedent: premier, suivant: dernier.filter(|_| self.reste) }
            }
            Depart::Avant(_) => {
                Place::Reperes { precedent: premier.filter(|_| self.reste), suivant: dernier }
            }
            Depart::Rang(0) if !question.trie() => {
                Place::Reperes { precedent: None, suivant: dernier.filter(|_| self.reste) }
            }
            Depart::Rang(rang) => Place::Rangs {
                precedent: (*rang > 0).then(|| (rang - question.page()).max(0)),
                suivant: self.reste.then_some(rang + question.page()),
            },
        }
    }
}

/// The features of a page, as GeoJSON.
pub async fn page(
    connexion: &mut PgConnection,
    calculs: &Calculs,
    collection: &Collection,
    question: &Question,
) -> Result<Page> {
    let Some(mut requete) = objets(connexion, calculs, collection, question, Choix::Page).await?
    else {
        return Ok(Page::default());
    };
    requete.push(" select o.id::text, ");
    requete.push(objet(collection, &question.champs, question.crs));
    requete.push(" from objets o");
    question.conditions(collection, &mut requete)?;
    let entier = collection.genre_de_l_id() == Genre::Entier;
    let transtypage = if entier { "::bigint" } else { "" };
    match &question.depart {
        Depart::Apres(id) => {
            requete.push(" and o.id > ").push_bind(id.clone()).push(transtypage);
        }
        Depart::Avant(id) => {
            requete.push(" and o.id < ").push_bind(id.clone()).push(transtypage);
        }
        Depart::Rang(_) => {}
    }
    question.ordre(&mut requete);
    // One more, to know whether others follow.
    requete.push(" limit ").push_bind(question.page() + 1);
    if let Depart::Rang(rang) = question.depart {
        requete.push(" offset ").push_bind(rang);
    }
    let mut objets: Vec<(String, String)> =
        requete.build_query_as().fetch_all(connexion).await.map_err(refus)?;
    let page = usize::try_from(question.page()).unwrap_or(usize::MAX);
    let reste = objets.len() > page;
    objets.truncate(page);
    if matches!(question.depart, Depart::Avant(_)) {
        objets.reverse();
    }
    Ok(Page { objets, reste })
}

/// One feature by its identifier, as GeoJSON.
pub async fn lire_un(
    connexion: &mut PgConnection,
    calculs: &Calculs,
    collection: &Collection,
    question: &Question,
    id: &str,
) -> Result<Option<String>> {
    let Some(mut requete) = objets(connexion, calculs, collection, question, Choix::Un(id)).await?
    else {
        return Ok(None);
    };
    requete.push(" select ").push(objet(collection, &question.champs, question.crs));
    requete.push(" from objets o where o.id = ");
    match (collection.genre_de_l_id(), id.parse::<i64>()) {
        (Genre::Entier, Ok(nombre)) => requete.push_bind(nombre),
        (Genre::Entier, Err(_)) => return Ok(None),
        _ => requete.push_bind(id.to_owned()),
    };
    requete.build_query_scalar().fetch_optional(connexion).await.map_err(refus)
}

/// How many features answer a question.
pub async fn compter(
    connexion: &mut PgConnection,
    calculs: &Calculs,
    collection: &Collection,
    question: &Question,
) -> Result<i64> {
    let Some(mut requete) = objets(connexion, calculs, collection, question, Choix::Tous).await?
    else {
        return Ok(0);
    };
    requete.push(" select count(*) from objets o");
    question.conditions(collection, &mut requete)?;
    requete.build_query_scalar().fetch_one(connexion).await.map_err(refus)
}

/// Where collections are: west, south, east and north, in degrees; empty when nothing is anywhere.
#[derive(Debug, sqlx::FromRow)]
pub struct Emprises {
    territoires: Vec<f64>,
    reseaux: Vec<f64>,
}

impl Emprises {
    pub async fn lire(connexion: &mut PgConnection) -> Result<Self> {
        sqlx::query_as(include_str!("sql/lire_emprises.sql"))
            .fetch_one(connexion)
            .await
            .pour(ACTION)
    }

    pub fn de(&self, collection: &Collection) -> Option<[f64; 4]> {
        let bornes = if collection.d_un_reseau() { &self.reseaux } else { &self.territoires };
        bornes.as_slice().try_into().ok().filter(|_| collection.situee())
    }
}

/// When the data last changed.
#[derive(Debug, sqlx::FromRow)]
pub struct MisesAJour {
    /// Anything at all.
    pub donnees: DateTime<Utc>,
    /// What territories are drawn and counted from.
    territoires: DateTime<Utc>,
}

impl MisesAJour {
    pub async fn lire(connexion: &mut PgConnection) -> Result<Self> {
        sqlx::query_as(include_str!("sql/lire_mises_a_jour.sql"))
            .fetch_one(connexion)
            .await
            .pour(ACTION)
    }

    pub fn de(&self, collection: &Collection) -> DateTime<Utc> {
        if matches!(collection.sujet, Sujet::Unites(_)) { self.territoires } else { self.donnees }
    }
}

/// A statement that begins with the features of a collection.
pub(super) async fn objets(
    connexion: &mut PgConnection,
    calculs: &Calculs,
    collection: &Collection,
    question: &Question,
    choix: Choix<'_>,
) -> Result<Option<QueryBuilder<Postgres>>> {
    let releve = Releve::nouveau(connexion, calculs, collection, question, choix).await?;
    Ok(releve.map(|releve| {
        QueryBuilder::with_arguments(format!("with objets as ({})", releve.sql), releve.arguments)
    }))
}

/// The expression that writes a row `o` as a GeoJSON feature. Six decimals of a degree are eleven centimetres.
pub(super) fn objet(collection: &Collection, champs: &[Champ], crs: Crs) -> String {
    let geometrie = match collection.geometrie {
        None => "'null'".to_owned(),
        Some(_) => {
            let convertie = match crs {
                Crs::STOCKAGE => "o.geometrie".to_owned(),
                _ => format!("st_transform(o.geometrie, {})", crs.srid()),
            };
            let tournee = match crs.latitude_d_abord() {
                true => format!("st_flipcoordinates({convertie})"),
                false => convertie,
            };
            let decimales = if crs.en_degres() { 6 } else { 2 };
            format!("coalesce(st_asgeojson({tournee}, {decimales}, 0), 'null')")
        }
    };
    // The identifier is the feature's own.
    let noms: Vec<String> = champs
        .iter()
        .filter(|champ| champ.nom != "id")
        .map(|champ| format!("o.\"{}\"", champ.nom))
        .collect();
    let proprietes = match noms.is_empty() {
        true => "'{}'".to_owned(),
        false => format!("(select to_json(p) from (select {}) p)", noms.join(", ")),
    };
    format!(
        "'{{\"type\":\"Feature\",\"id\":' || to_json(o.id) || ',\"geometry\":' || {geometrie} || ',\"properties\":' \
         || {proprietes} || '}}'"
    )
}

/// A filter that the database could not work out is whose it is.
pub(super) fn refus(erreur: sqlx::Error) -> Error {
    let code = erreur.as_database_error().and_then(|erreur| erreur.code()).unwrap_or_default();
    // Data exceptions (a division by zero), and what PostGIS and PROJ refuse.
    if code.starts_with("22") || code == "XX000" {
        return Error::Demande(
            "Le filtre ou l'emprise ne se calcule pas : division par zéro, nombre trop grand, ou coordonnées hors du \
             système annoncé. Corrigez-les."
                .into(),
        );
    }
    Error::Base { action: ACTION, source: erreur }
}

impl Collection {
    /// Whether its features are those of réseaux, and so where they are.
    pub fn d_un_reseau(&self) -> bool {
        self.champs.iter().any(|champ| champ.nom == "reseau")
    }

    /// Whether its features are where something is.
    pub fn situee(&self) -> bool {
        self.geometrie.is_some()
    }

    /// As GeoJSON names it.
    pub fn type_de_geometrie(&self) -> Option<&'static str> {
        self.geometrie.map(|geometrie| match geometrie {
            Geometrie::Points => "Point",
            Geometrie::Surfaces => "MultiPolygon",
        })
    }
}
