//! One's own space: rights, sessions, tokens; and for a coordinator, who is in the réseau.

mod equipe;
mod invitations;
mod journal;
mod pages;
mod publication;

use axum::extract::{FromRef, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool};

use super::connexion::reponse;
use super::courrier::Courrier;
use super::jetons::{self, Jeton, Nouveau};
use super::{Personne, Principal, origine};
use crate::error::{Contexte, Error, Result};
use crate::http::{
    Chemin, Formulaire, Operation, Parametres, Probleme, Reponse, Routes, UrlPublique,
};
use equipe::{Membre, Offre, Partenaire, Propose};

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    UrlPublique: FromRef<S>,
    Option<Courrier>: FromRef<S>,
{
    Router::new()
        .route("/espace", get(montrer))
        .route("/espace/sessions/{id}/fermer", post(fermer))
        .route("/espace/jetons", post(creer_jeton))
        .route("/espace/jetons/{id}/revoquer", post(revoquer))
        .route("/espace/equipe/{id}/retirer", post(retirer))
        .route("/espace/journal", get(lire_journal))
        .route("/espace/publication", get(essayer_seuil).post(choisir_seuil))
        .merge(invitations::routes())
}

pub fn api<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    let operation = Operation::nouvelle(
        "/api/moi",
        "Au nom de qui l'on demande, et ce que l'on peut.",
        &[],
        "/api/moi",
    );
    Routes::nouvelles().avec(operation, moi)
}

/// The threshold that the preview begins with: what statisticians commonly ask of counts of people.
const SEUIL_USUEL: i32 = 5;

/// What one may do, as a page shows it.
#[derive(Debug, Serialize, sqlx::FromRow)]
pub struct MonDroit {
    pub reseau: String,
    pub reseau_nom: String,
    pub role: String,
    pub partenaire: Option<String>,
    pub partenaire_nom: Option<String>,
}

#[derive(Debug, sqlx::FromRow)]
pub struct Session {
    pub id: i32,
    pub ouverte_le: DateTime<Utc>,
    pub vue_le: DateTime<Utc>,
    pub navigateur: Option<String>,
    pub adresse: Option<String>,
}

/// All that the page shows.
#[derive(Debug)]
pub struct Espace {
    pub qui: Personne,
    pub droits: Vec<MonDroit>,
    pub sessions: Vec<Session>,
    pub jetons: Vec<Jeton>,
    /// Rights that are offered to one.
    pub offres: Vec<Offre>,
    /// Of the réseaux that one coordinates.
    pub membres: Vec<Membre>,
    /// Who waits for a right there.
    pub proposes: Vec<Propose>,
    /// For whom one may be invited to speak there.
    pub partenaires: Vec<Partenaire>,
}

impl Espace {
    async fn lire(connexion: &mut PgConnection, qui: &Personne) -> Result<Self> {
        let sessions = sqlx::query_as(
            "select id, ouverte_le, vue_le, navigateur, host(adresse) as adresse
             from session where expire_le > now() order by ouverte_le desc",
        )
        .fetch_all(&mut *connexion)
        .await
        .pour("lecture des sessions")?;
        Ok(Self {
            qui: qui.clone(),
            droits: droits(connexion).await?,
            sessions,
            jetons: jetons::lister(connexion, qui.compte).await?,
            offres: equipe::offres(connexion).await?,
            membres: equipe::lister(connexion).await?,
            proposes: equipe::proposes(connexion).await?,
            partenaires: equipe::partenaires(connexion).await?,
        })
    }
}

async fn droits(connexion: &mut PgConnection) -> Result<Vec<MonDroit>> {
    sqlx::query_as(include_str!("../sql/lire_mes_droits.sql"))
        .fetch_all(connexion)
        .await
        .pour("lecture des droits")
}

/// The person of a session. A token is for programs: it sees no page, and makes no token.
fn personne(principal: &Principal) -> Option<&Personne> {
    match principal {
        Principal::Session(qui) => Some(qui),
        _ => None,
    }
}

/// A page is asked by somebody who may sign in; an action, by somebody who did.
fn exiger(principal: &Principal) -> Reponse<&Personne> {
    personne(principal).ok_or_else(|| {
        Probleme::non_identifie("Votre session est terminée. Reconnectez-vous : /connexion.")
    })
}

#[derive(Serialize)]
struct Moi {
    /// Null for the public.
    courriel: Option<String>,
    nom: Option<String>,
    administrateur: bool,
    droits: Vec<MonDroit>,
}

async fn moi(State(piscine): State<PgPool>, principal: Principal) -> Reponse<Json<Moi>> {
    let mut transaction = principal.transaction(&piscine).await?;
    let qui = principal.personne();
    Ok(Json(Moi {
        courriel: qui.map(|qui| qui.courriel.clone()),
        nom: qui.map(|qui| qui.nom.clone()),
        administrateur: qui.is_some_and(|qui| qui.administrateur),
        droits: droits(&mut transaction).await?,
    }))
}

async fn montrer(State(piscine): State<PgPool>, principal: Principal) -> Reponse<Response> {
    let Some(qui) = personne(&principal) else {
        return Ok(Redirect::to("/connexion?suite=/espace").into_response());
    };
    let mut transaction = principal.transaction(&piscine).await?;
    let espace = Espace::lire(&mut transaction, qui).await?;
    Ok(reponse(StatusCode::OK, pages::espace(&espace, &pages::Avis::default())))
}

/// The page again, with what has just happened.
async fn remontrer(
    piscine: &PgPool,
    principal: &Principal,
    avis: pages::Avis,
) -> Reponse<Response> {
    let qui = exiger(principal)?;
    let mut transaction = principal.transaction(piscine).await?;
    let espace = Espace::lire(&mut transaction, qui).await?;
    let statut =
        if avis.refus.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(reponse(statut, pages::espace(&espace, &avis)))
}

/// A refusal that a form can correct is said on the page; the others are problems.
fn a_corriger<T>(resultat: Result<T>) -> Reponse<Result<T, String>> {
    match resultat {
        Ok(fait) => Ok(Ok(fait)),
        Err(Error::Demande(phrase) | Error::Introuvable(phrase)) => Ok(Err(phrase)),
        Err(erreur) => Err(erreur.into()),
    }
}

async fn fermer(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(id): Chemin<i32>,
) -> Reponse<Response> {
    exiger(&principal)?;
    let chemin = origine(&Method::POST, "/espace/sessions/fermer");
    let mut transaction = principal.ecriture(&piscine, &chemin).await?;
    // Somebody else's is not seen, and nothing happens to it.
    sqlx::query("delete from session where id = $1")
        .bind(id)
        .execute(&mut *transaction)
        .await
        .pour("fermeture d'une session")?;
    transaction.commit().await.pour("fermeture d'une session")?;
    Ok(Redirect::to("/espace").into_response())
}

#[derive(Deserialize)]
struct DemandeDeJeton {
    nom: String,
    reseau: Option<String>,
    ecriture: Option<String>,
    jours: i64,
}

async fn creer_jeton(
    State(piscine): State<PgPool>,
    principal: Principal,
    Formulaire(demande): Formulaire<DemandeDeJeton>,
) -> Reponse<Response> {
    let qui = exiger(&principal)?;
    let chemin = origine(&Method::POST, "/espace/jetons");
    let mut transaction = principal.ecriture(&piscine, &chemin).await?;
    let nouveau = Nouveau {
        nom: &demande.nom,
        reseau: demande.reseau.as_deref().filter(|reseau| !reseau.is_empty()),
        ecriture: demande.ecriture.is_some(),
        jours: demande.jours,
    };
    let cree = a_corriger(jetons::creer(&mut transaction, qui.compte, &nouveau).await)?;
    let avis = match cree {
        Ok(secret) => {
            transaction.commit().await.pour("écriture d'un jeton")?;
            pages::Avis { jeton: Some(secret), ..pages::Avis::default() }
        }
        Err(phrase) => {
            // Before the page asks for a connection of its own.
            transaction.rollback().await.pour("écriture d'un jeton")?;
            pages::Avis { refus: Some(phrase), ..pages::Avis::default() }
        }
    };
    remontrer(&piscine, &principal, avis).await
}

async fn revoquer(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(id): Chemin<i32>,
) -> Reponse<Response> {
    exiger(&principal)?;
    let chemin = origine(&Method::POST, "/espace/jetons/revoquer");
    let mut transaction = principal.ecriture(&piscine, &chemin).await?;
    jetons::revoquer(&mut transaction, id).await?;
    transaction.commit().await.pour("révocation d'un jeton")?;
    Ok(Redirect::to("/espace").into_response())
}

/// What a threshold would mask.
async fn essayer_seuil(
    State(piscine): State<PgPool>,
    principal: Principal,
    parametres: Parametres,
) -> Reponse<Response> {
    parametres.admettre(&["reseau", "seuil"])?;
    if personne(&principal).is_none() {
        return Ok(Redirect::to("/connexion?suite=/espace").into_response());
    }
    let seuil = parametres.nombre("seuil", publication::SEUILS)?;
    let mut transaction = principal.transaction(&piscine).await?;
    let reseau = parametres.texte("reseau").unwrap_or_default();
    let reglage = publication::reglage(&mut transaction, reseau).await?;
    let seuil = seuil.or(reglage.seuil_publication.map(i32::from)).unwrap_or(SEUIL_USUEL);
    let annees = publication::apercu(&mut transaction, reseau, seuil).await?;
    Ok(reponse(StatusCode::OK, publication::page_du_seuil(&reglage, seuil, &annees)))
}

#[derive(Deserialize)]
struct Seuil {
    reseau: String,
    /// None: every count is published.
    seuil: Option<i32>,
}

async fn choisir_seuil(
    State(piscine): State<PgPool>,
    principal: Principal,
    Formulaire(choix): Formulaire<Seuil>,
) -> Reponse<Response> {
    exiger(&principal)?;
    if choix.seuil.is_some_and(|seuil| !publication::SEUILS.contains(&seuil)) {
        return Err(Probleme::demande("Un seuil va de 3 à 20 demandes."));
    }
    let chemin = origine(&Method::POST, "/espace/publication");
    let mut transaction = principal.ecriture(&piscine, &chemin).await?;
    publication::reglage(&mut transaction, &choix.reseau).await?;
    publication::choisir(&mut transaction, &choix.reseau, choix.seuil).await?;
    transaction.commit().await.pour("choix d'un seuil de publication")?;
    let suite = utf8_percent_encode(&choix.reseau, NON_ALPHANUMERIC);
    Ok(Redirect::to(&format!("/espace/publication?reseau={suite}")).into_response())
}

/// What was written in the réseaux that one coordinates.
async fn lire_journal(
    State(piscine): State<PgPool>,
    principal: Principal,
    parametres: Parametres,
) -> Reponse<Response> {
    parametres.admettre(&["reseau", "avant"])?;
    if personne(&principal).is_none() {
        return Ok(Redirect::to("/connexion?suite=/espace/journal").into_response());
    }
    let avant = parametres.nombre("avant", 1..=i64::MAX)?;
    let mut transaction = principal.transaction(&piscine).await?;
    let lignes = journal::lire(&mut transaction, parametres.texte("reseau"), avant).await?;
    Ok(reponse(StatusCode::OK, journal::page_du_journal(&lignes, parametres.texte("reseau"))))
}

async fn retirer(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(id): Chemin<i32>,
) -> Reponse<Response> {
    exiger(&principal)?;
    let chemin = origine(&Method::POST, "/espace/equipe/retirer");
    let mut transaction = principal.ecriture(&piscine, &chemin).await?;
    equipe::retirer(&mut transaction, id).await?;
    transaction.commit().await.pour("retrait d'un droit")?;
    Ok(Redirect::to("/espace").into_response())
}
