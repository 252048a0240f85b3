//! What is held about people: published, given to whoever it is about, erased when its time has passed.

mod pages;

use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::Value;
use sqlx::{Connection, PgConnection, PgPool};

use super::Principal;
use super::connexion::reponse;
use crate::error::{Contexte, Result};
use crate::http::{Probleme, Reponse};

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Router::new()
        .route("/donnees-personnelles", get(publier))
        .route("/espace/mes-donnees.json", get(donner))
}

/// A table about people, as its comments in the database describe it.
#[derive(Debug, sqlx::FromRow)]
struct Table {
    #[sqlx(json)]
    dit: Dit,
    colonnes: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Dit {
    titre: String,
    finalite: String,
    lecteurs: String,
    duree: String,
}

/// How long a réseau keeps what it holds, and whom to write to.
#[derive(Debug, sqlx::FromRow)]
struct Durees {
    nom: String,
    conservation_mois: i16,
    journal_mois: i16,
    guichet_nom: Option<String>,
    guichet_site: Option<String>,
}

/// The page is for everyone: it says what is held, not about whom.
async fn publier(State(piscine): State<PgPool>, principal: Principal) -> Reponse<Response> {
    let action = "lecture des données personnelles";
    let mut transaction = principal.transaction(&piscine).await?;
    let tables: Vec<Table> =
        sqlx::query_as("select dit, colonnes from donnees_personnelles order by nom")
            .fetch_all(&mut *transaction)
            .await
            .pour(action)?;
    let durees: Vec<Durees> = sqlx::query_as(
        "select nom, conservation_mois, journal_mois, guichet_nom, guichet_site from reseau order by nom",
    )
    .fetch_all(&mut *transaction)
    .await
    .pour(action)?;
    Ok(reponse(StatusCode::OK, pages::page_publique(&tables, &durees)))
}

/// What is held about the account of whoever asks, by a session. Contacts are not in it: an address that a coordinator
/// typed proves nothing of who reads.
async fn donner(State(piscine): State<PgPool>, principal: Principal) -> Reponse<Response> {
    if !matches!(principal, Principal::Session(_)) {
        return Err(Probleme::non_identifie("Connectez-vous d'abord : /connexion?suite=/espace."));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let dossier: Value = sqlx::query_scalar("select mes_donnees()")
        .fetch_one(&mut *transaction)
        .await
        .pour("lecture des données d'une personne")?;
    let nom = [(CONTENT_DISPOSITION, "attachment; filename=\"maillage-mes-donnees.json\"")];
    Ok((nom, Json(dossier)).into_response())
}

/// All that is held under an address, contacts included; for whoever proved who they are.
pub async fn dossier(connexion: &mut PgConnection, courriel: &str) -> Result<Value> {
    sqlx::query_scalar("select dossier_de($1)")
        .bind(courriel)
        .fetch_one(connexion)
        .await
        .pour("lecture des données d'une personne")
}

/// What was erased of somebody.
#[derive(Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Oubli {
    pub contacts: i64,
    pub comptes: i64,
    /// Of the journal, where the name was replaced.
    pub lignes: i64,
}

/// Erases it.
pub async fn oublier(connexion: &mut PgConnection, courriel: &str) -> Result<Oubli> {
    sqlx::query_as("select contacts, comptes, lignes from oublier($1)")
        .bind(courriel)
        .fetch_one(connexion)
        .await
        .pour("effacement des données d'une personne")
}

/// Erases what is past its time, contacts excepted; says how many rows of what. With `essai`, only counts.
pub async fn oublier_les_perimes(
    connexion: &mut PgConnection,
    essai: bool,
) -> Result<Vec<(String, i64)>> {
    let action = "effacement de ce qui est périmé";
    let mut transaction = connexion.begin().await.pour(action)?;
    let faits = sqlx::query_as("select quoi, nombre from oublier_les_perimes($1)")
        .bind(essai)
        .fetch_all(&mut *transaction)
        .await
        .pour(action)?;
    transaction.commit().await.pour(action)?;
    Ok(faits)
}
