//! Signing in with another service (OpenID Connect), such as ProConnect.

mod fournisseur;

use axum::Router;
use axum::extract::{Extension, FromRef, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sqlx::PgPool;

use super::connexion::{commencer, provenance, suite_sure};
use crate::error::{Contexte, Error, Result};
use crate::http::{Client, Parametres, Probleme, Reponse, UrlPublique};
pub use fournisseur::Fournisseur;
use fournisseur::{Agent, Depart};

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    UrlPublique: FromRef<S>,
    Option<Fournisseur>: FromRef<S>,
{
    Router::new().route("/connexion/externe", get(partir)).route("/connexion/retour", get(revenir))
}

/// The name of what the browser keeps on the way.
fn nom(url: &UrlPublique) -> &'static str {
    if url.chiffree() { "__Host-maillage-depart" } else { "maillage-depart" }
}

/// Sent with the return, which comes from another site: `Lax` allows it, `Strict` would not.
fn biscuit(url: &UrlPublique, valeur: String) -> Cookie<'static> {
    let biscuit = Cookie::build((nom(url), valeur))
        .path("/")
        .http_only(true)
        .secure(url.chiffree())
        .same_site(SameSite::Lax);
    biscuit.build()
}

fn exiger(fournisseur: Option<Fournisseur>) -> Reponse<Fournisseur> {
    fournisseur.ok_or_else(|| {
        Probleme::introuvable(
            "Ce service n'a pas de fournisseur d'identité. Connectez-vous à /connexion.",
        )
    })
}

async fn partir(
    State(fournisseur): State<Option<Fournisseur>>,
    State(url): State<UrlPublique>,
    parametres: Parametres,
) -> Reponse<Response> {
    parametres.admettre(&["suite"])?;
    let suite = suite_sure(parametres.texte("suite")).to_owned();
    let (adresse, depart) = exiger(fournisseur)?.partir(suite).await?;
    let valeur = serde_json::to_vec(&depart).map_err(|_| Probleme::interne())?;
    let biscuits = CookieJar::new().add(biscuit(&url, BASE64_URL_SAFE_NO_PAD.encode(valeur)));
    Ok((biscuits, Redirect::to(&adresse)).into_response())
}

async fn revenir(
    State(fournisseur): State<Option<Fournisseur>>,
    State(piscine): State<PgPool>,
    State(url): State<UrlPublique>,
    client: Option<Extension<Client>>,
    biscuits: CookieJar,
    entetes: HeaderMap,
    parametres: Parametres,
) -> Reponse<Response> {
    let fournisseur = exiger(fournisseur)?;
    let depart: Depart = biscuits
        .get(nom(&url))
        .and_then(|biscuit| BASE64_URL_SAFE_NO_PAD.decode(biscuit.value()).ok())
        .and_then(|valeur| serde_json::from_slice(&valeur).ok())
        .ok_or_else(|| {
            Probleme::demande("Cette connexion n'a pas commencé ici, ou elle est trop ancienne. Recommencez : /connexion.")
        })?;
    let (Some(etat), Some(code)) = (parametres.texte("state"), parametres.texte("code")) else {
        return Err(Probleme::demande(
            "La connexion a été refusée ou interrompue. Recommencez : /connexion.",
        ));
    };
    let agent = fournisseur.revenir(&depart, etat, code.to_owned()).await?;
    let compte = reconnaitre(&piscine, &agent).await?;
    let client = client.map(|Extension(client)| client.0);
    let session = commencer(&piscine, &url, compte, provenance(client, &entetes)).await?;
    // What was kept for the way serves once.
    let mut fini = biscuit(&url, String::new());
    fini.make_removal();
    Ok((session.add(fini), Redirect::to(suite_sure(Some(&depart.suite)))).into_response())
}

/// The account of somebody whom the provider vouches for, made at their first sign-in, without any right.
async fn reconnaitre(piscine: &PgPool, agent: &Agent) -> Result<i32> {
    let compte: Option<i32> = sqlx::query_scalar("select compte_externe($1, $2, $3, $4, $5)")
        .bind(&agent.fournisseur)
        .bind(&agent.sujet)
        .bind(&agent.courriel)
        .bind(&agent.nom)
        .bind(&agent.siret)
        .fetch_one(piscine)
        .await
        .pour("connexion par un fournisseur d'identité")?;
    compte.ok_or_else(|| {
        Error::Demande("Ce compte est fermé, ou son adresse est celle d'un autre compte. Voyez votre coordinateur.".into())
    })
}
