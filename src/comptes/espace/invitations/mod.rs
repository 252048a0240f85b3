//! Inviting: a coordinator offers a right to an address, and the person accepts it, or not.

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::Method;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use serde::Deserialize;
use sqlx::{PgConnection, PgPool};

use super::super::courrier::{Courrier, Motif, adresse_du_lien};
use super::super::registre::Droit;
use super::super::{COURRIEL_MAX, NOM_MAX, Principal, Secret, origine};
use super::equipe::{self, Suite};
use super::{a_corriger, exiger, pages, remontrer};
use crate::error::{Contexte, Result};
use crate::http::{Chemin, Formulaire, Reponse, UrlPublique, texte};

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    UrlPublique: FromRef<S>,
    Option<Courrier>: FromRef<S>,
{
    Router::new()
        .route("/espace/equipe", post(inviter))
        .route("/espace/invitations/{id}/accepter", post(accepter))
        .route("/espace/invitations/{id}/refuser", post(refuser))
}

#[derive(Deserialize)]
struct Invitation {
    courriel: String,
    nom: String,
    droit: String,
}

async fn inviter(
    State(piscine): State<PgPool>,
    State(url): State<UrlPublique>,
    State(courrier): State<Option<Courrier>>,
    principal: Principal,
    Formulaire(invitation): Formulaire<Invitation>,
) -> Reponse<Response> {
    exiger(&principal)?;
    let chemin = origine(&Method::POST, "/espace/equipe");
    let mut transaction = principal.ecriture(&piscine, &chemin).await?;
    let secret = Secret::tirer("lien_")?;
    let invite = proposer(&mut transaction, &invitation, &secret).await;
    let avis = match a_corriger(invite)? {
        Ok(suite) => {
            transaction.commit().await.pour("invitation")?;
            annoncer(&url, courrier, invitation.courriel.trim(), suite, &secret).await
        }
        Err(phrase) => {
            // Before the page asks for a connection of its own.
            transaction.rollback().await.pour("invitation")?;
            pages::Avis { refus: Some(phrase), ..pages::Avis::default() }
        }
    };
    remontrer(&piscine, &principal, avis).await
}

async fn proposer(
    connexion: &mut PgConnection,
    invitation: &Invitation,
    secret: &Secret,
) -> Result<Suite> {
    let droit: Droit = texte::ligne("Le droit", &invitation.droit, NOM_MAX)?.parse()?;
    let courriel = texte::ligne("L'adresse électronique", &invitation.courriel, COURRIEL_MAX)?;
    let nom = texte::ligne("Le nom", &invitation.nom, NOM_MAX)?;
    equipe::inviter(connexion, courriel, nom, &droit, secret).await
}

/// Tells the person, by mail or through whoever invites, who is told the same whether there was an account or not.
async fn annoncer(
    url: &UrlPublique,
    courrier: Option<Courrier>,
    courriel: &str,
    suite: Suite,
    secret: &Secret,
) -> pages::Avis {
    if suite == Suite::Donne {
        return pages::Avis {
            fait: Some(format!("{courriel} a ce droit.")),
            ..pages::Avis::default()
        };
    }
    let lien = adresse_du_lien(url, secret);
    let envoye = match courrier {
        Some(courrier) if suite == Suite::Lien => {
            courrier.envoyer(courriel, Motif::Invitation, &lien).await.is_ok()
        }
        Some(courrier) => {
            let espace = format!("{}/espace", url.0);
            courrier.envoyer(courriel, Motif::Acces, &espace).await.is_ok()
        }
        None => false,
    };
    let suite = if envoye { " Un lien vient de lui être envoyé." } else { "" };
    pages::Avis {
        lien: (!envoye).then_some(lien),
        fait: Some(format!(
            "{courriel} est invité.{suite} Ce droit comptera dès qu'il l'acceptera."
        )),
        ..pages::Avis::default()
    }
}

async fn accepter(
    piscine: State<PgPool>,
    principal: Principal,
    id: Chemin<i32>,
) -> Reponse<Response> {
    repondre(piscine, principal, id, true).await
}

async fn refuser(
    piscine: State<PgPool>,
    principal: Principal,
    id: Chemin<i32>,
) -> Reponse<Response> {
    repondre(piscine, principal, id, false).await
}

async fn repondre(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(id): Chemin<i32>,
    accepter: bool,
) -> Reponse<Response> {
    exiger(&principal)?;
    let action = if accepter { "accepter" } else { "refuser" };
    let chemin = origine(&Method::POST, &format!("/espace/invitations/{action}"));
    let mut transaction = principal.ecriture(&piscine, &chemin).await?;
    equipe::repondre(&mut transaction, id, accepter).await?;
    transaction.commit().await.pour("réponse à une invitation")?;
    Ok(Redirect::to("/espace").into_response())
}
