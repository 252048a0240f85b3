//! The demandes that a partner or a coordinator keeps, as they look through them: a year at a time, and as a table to
//! take away.

mod annee;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::ecriture::Fiche;
use crate::error::{Contexte, Result};
pub use annee::Annee;

const ACTION: &str = "lecture des demandes tenues";
/// Demandes of a page.
pub const PAGE: i64 = 100;

/// Which ones.
#[derive(Debug, Clone, Copy)]
pub struct Choix<'a> {
    pub reseau: &'a str,
    /// Who leads or is called in; none: everybody.
    pub partenaire: Option<&'a str>,
    pub annee: i32,
    pub etat: Option<&'a str>,
    /// In their reference, their object or the name of who asked.
    pub texte: Option<&'a str>,
    /// From 0.
    pub page: i64,
}

/// A demande in the list.
#[derive(Debug, sqlx::FromRow)]
pub struct Tenue {
    pub id: i64,
    pub reference: Option<String>,
    pub date: NaiveDate,
    pub maille: String,
    pub beneficiaire: String,
    pub nom: String,
    pub objet: Option<String>,
    pub etat: String,
    /// Who leads it: its code, and its name.
    pub meneur: String,
    pub meneur_nom: Option<String>,
    /// As they are called.
    pub themes: Vec<String>,
    /// How many there are on all pages.
    total: i64,
}

impl Choix<'_> {
    /// Those of its page, and how many there are in all.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn lister(&self, connexion: &mut PgConnection) -> Result<(i64, Vec<Tenue>)> {
        let tenues: Vec<Tenue> = sqlx::query_as(include_str!("../sql/lister_tenues.sql"))
            .bind(self.reseau)
            .bind(self.partenaire)
            .bind(self.annee)
            .bind(self.etat)
            .bind(self.texte)
            .bind(PAGE)
            .bind(self.page * PAGE)
            .fetch_all(connexion)
            .await
            .pour(ACTION)?;
        Ok((tenues.first().map_or(0, |tenue| tenue.total), tenues))
    }
}

/// A state of a year, and how many demandes are in it.
#[derive(Debug, sqlx::FromRow)]
pub struct Compte {
    pub annee: i32,
    pub etat: String,
    pub nombre: i64,
}

/// Years of the demandes that one keeps, the latest first, state by state.
///
/// # Errors
/// Those of the database.
pub async fn compter(
    connexion: &mut PgConnection,
    reseau: &str,
    partenaire: Option<&str>,
) -> Result<Vec<Compte>> {
    sqlx::query_as(include_str!("../sql/compter_tenues.sql"))
        .bind(reseau)
        .bind(partenaire)
        .fetch_all(connexion)
        .await
        .pour(ACTION)
}

/// Who asked for a demande, as a form shows it: a name, and its code between brackets.
///
/// # Errors
/// Those of the database.
pub async fn nommer(connexion: &mut PgConnection, fiche: &Fiche) -> Result<String> {
    let nom: Option<String> = sqlx::query_scalar(include_str!("../sql/nommer_beneficiaire.sql"))
        .bind(&fiche.reseau)
        .bind(&fiche.maille)
        .bind(&fiche.beneficiaire)
        .fetch_one(connexion)
        .await
        .pour(ACTION)?;
    Ok(match nom {
        Some(nom) => format!("{nom} ({})", fiche.beneficiaire),
        None => fiche.beneficiaire.clone(),
    })
}
