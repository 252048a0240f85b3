//! Pairs of demandes that may be one, decided on by whoever coordinates the réseau.

mod pages;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use maud::Markup;
use serde::Deserialize;
use sqlx::{Executor, PgPool};

use super::{Ou, aller, connectee, connexion, patienter, reponse};
use crate::comptes::Principal;
use crate::coordination::pages::avis;
use crate::demandes::doublons::{Decision, a_departager, departager};
use crate::error::Contexte;
use crate::http::{Chemin, Formulaire as Envoi, Parametres, Probleme, Reponse};

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Router::new().route("/espace/{reseau}/demandes/doublons", get(montrer_doublons).post(decider))
}

async fn montrer_doublons(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(ou): Chemin<Ou>,
    parametres: Parametres,
) -> Reponse<Response> {
    parametres.admettre(&["fait"])?;
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let fait = match parametres.texte("fait") {
        Some("fusion") => Some("Les deux demandes n'en font plus qu'une."),
        Some("garde") => Some("Les deux demandes restent deux."),
        _ => None,
    };
    presenter_les_doublons(&piscine, &principal, &ou, avis(fait, None), StatusCode::OK).await
}

async fn presenter_les_doublons(
    piscine: &PgPool,
    principal: &Principal,
    ou: &Ou,
    dit: Markup,
    statut: StatusCode,
) -> Reponse<Response> {
    let mut transaction = principal.transaction(piscine).await?;
    let espace = ou.espace(&mut transaction, principal).await?;
    let (total, paires) = a_departager(&mut transaction, espace.reseau()).await?;
    Ok(reponse(statut, pages::page(&espace, total, &paires, dit)))
}

#[derive(Deserialize)]
struct Depart {
    une: i64,
    autre: i64,
    decision: String,
}

async fn decider(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(ou): Chemin<Ou>,
    Envoi(Depart { une, autre, decision }): Envoi<Depart>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(
            &uri,
            &vec![
                ("une".into(), une.to_string()),
                ("autre".into(), autre.to_string()),
                ("decision".into(), decision),
            ],
        ));
    }
    let choisie = match decision.as_str() {
        "fusion" => Decision::Fusion,
        "garde" => Decision::Garde,
        _ => return Err(Probleme::formulaire()),
    };
    let origine = format!("POST /espace/{}/demandes/doublons", ou.reseau);
    let mut transaction = principal.ecriture(&piscine, &origine).await?;
    let espace = ou.espace(&mut transaction, &principal).await?;
    match departager(&mut transaction, [une, autre], choisie).await {
        Ok(()) => {}
        Err(erreur) => {
            transaction.rollback().await.pour("départage de deux demandes")?;
            let probleme = Probleme::from(erreur);
            if probleme.statut() != StatusCode::NOT_FOUND {
                return Err(probleme);
            }
            let dit = avis(None, Some(probleme.dire().1));
            return presenter_les_doublons(&piscine, &principal, &ou, dit, StatusCode::CONFLICT)
                .await;
        }
    }
    transaction.execute("select annoncer_changement()").await.pour("départage de deux demandes")?;
    transaction.commit().await.pour("départage de deux demandes")?;
    Ok(aller(&espace, &format!("/doublons?fait={decision}")))
}
