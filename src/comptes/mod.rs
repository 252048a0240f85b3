//! People and programs: who asks, what they may do, how they sign in.
//!
//! Rights are rows (`droit`) and policies (`migrations/0017_comptes.sql`): the database reads the session or the
//! token that a transaction names, and shows and changes what it allows. A transaction without principal sees no
//! row of any réseau: a forgotten setting means nobody, not everybody.

mod connexion;
mod courrier;
pub mod donnees;
pub mod ecriture;
mod espace;
mod externe;
mod freins;
pub mod jetons;
mod principal;
pub mod registre;
mod secrets;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRef, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use axum_extra::TypedHeader;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use axum_extra::headers::Authorization;
use axum_extra::headers::authorization::{Basic, Bearer};
use sqlx::PgPool;

use crate::error::{Contexte, Result};
use crate::http::{Probleme, Reponse, Routes, UrlPublique};
pub use connexion::{patienter, reponse};
pub use courrier::{Courrier, Motif};
pub use externe::Fournisseur;
pub use freins::{Freins, en_mots};
pub use principal::{Personne, Principal};
pub use registre::ROLES;
pub use secrets::{Empreinte, Secret};

/// Longest address and name that people type, in characters. The database has the same bounds (migration 0026).
const COURRIEL_MAX: usize = 254;
const NOM_MAX: usize = 200;

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    UrlPublique: FromRef<S>,
    Option<Fournisseur>: FromRef<S>,
    Option<Courrier>: FromRef<S>,
{
    connexion::routes().merge(espace::routes()).merge(externe::routes()).merge(donnees::routes())
}

/// What programs ask of accounts.
pub fn api<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    espace::api()
}

impl<S: Send + Sync> FromRequestParts<S> for Principal {
    type Rejection = std::convert::Infallible;

    /// Whom [`identifier`] found; the public otherwise.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// Finds who asks, by their session or their token. Who shows neither is the public, and costs nothing; a token
/// that does not serve is refused; a session that has ended is the public again.
///
/// # Errors
/// The answer to send instead.
pub async fn identifier(
    piscine: &PgPool,
    url: &UrlPublique,
    requete: Request,
) -> std::result::Result<Request, Response> {
    let (mut parts, corps) = requete.into_parts();
    // Boxed, and only for whoever shows something: the public pays nothing for it.
    let principal = match [header::AUTHORIZATION, header::COOKIE]
        .iter()
        .any(|nom| parts.headers.contains_key(nom))
    {
        true => Box::pin(chercher(piscine, url, &mut parts))
            .await
            .map_err(IntoResponse::into_response)?,
        false => Principal::Public,
    };
    // A program says not where its request comes from; a browser does, whatever else it shows.
    let navigateur = !matches!(principal, Principal::Jeton(_))
        || ["sec-fetch-site", "origin"].iter().any(|nom| parts.headers.contains_key(*nom));
    if navigateur && !parts.method.is_safe() && !meme_origine(&parts, url) {
        return Err(Probleme::interdit(
            "Cette action doit venir d'une page de ce service. Rouvrez la page, puis recommencez.",
        )
        .into_response());
    }
    parts.extensions.insert(principal);
    Ok(Request::from_parts(parts, corps))
}

async fn chercher(piscine: &PgPool, url: &UrlPublique, parts: &mut Parts) -> Reponse<Principal> {
    if parts.headers.contains_key(header::AUTHORIZATION) {
        let secret = secret_presente(parts).await;
        let personne = match secret {
            Some(secret) => jetons::reconnaitre(piscine, &secret).await?,
            None => None,
        };
        return personne.map(|qui| Principal::Jeton(Arc::new(qui))).ok_or_else(|| {
            Probleme::non_identifie(
                "Ce jeton n'est pas reconnu : il a expiré, il a été révoqué, ou il est incomplet. Faites-en \
                 un autre dans votre espace.",
            )
        });
    }
    let biscuits = CookieJar::from_headers(&parts.headers);
    let Some(biscuit) = biscuits.get(nom_du_biscuit(url)) else { return Ok(Principal::Public) };
    let personne = reconnaitre(piscine, "session", biscuit.value()).await?;
    Ok(personne.map_or(Principal::Public, |qui| Principal::Session(Arc::new(qui))))
}

/// A token, as Bearer or as the password of Basic: QGIS knows no other way.
async fn secret_presente(parts: &mut Parts) -> Option<String> {
    type Porteur = TypedHeader<Authorization<Bearer>>;
    type MotDePasse = TypedHeader<Authorization<Basic>>;
    if let Ok(porteur) = Porteur::from_request_parts(parts, &()).await {
        return Some(porteur.token().to_owned());
    }
    let mot = MotDePasse::from_request_parts(parts, &()).await.ok()?;
    Some(mot.password().to_owned())
}

/// Whom a secret of this kind speaks for, when it still serves.
async fn reconnaitre(piscine: &PgPool, genre: &str, secret: &str) -> Result<Option<Personne>> {
    let question = match genre {
        "session" => "select compte, courriel, nom, administrateur from session_connue($1)",
        _ => "select compte, courriel, nom, administrateur from jeton_connu($1)",
    };
    let empreinte = Empreinte::de(secret);
    let personne: Option<Personne> = sqlx::query_as(question)
        .bind(empreinte.octets())
        .fetch_optional(piscine)
        .await
        .pour("vérification d'une session ou d'un jeton")?;
    Ok(personne.map(|personne| Personne { empreinte, ..personne }))
}

/// Whether a page of ours sends the request. Browsers say where a request comes from, and scripts cannot say
/// otherwise; our own address is that of the settings, never what the request claims to be for.
fn meme_origine(parts: &Parts, url: &UrlPublique) -> bool {
    let dit = |nom: &str| parts.headers.get(nom).and_then(|valeur| valeur.to_str().ok());
    match (dit("sec-fetch-site"), dit("origin")) {
        (Some(lien), _) => lien == "same-origin",
        (None, Some(origine)) => origine == url.origine(),
        (None, None) => false,
    }
}

/// The prefix makes browsers refuse it from elsewhere, or in clear.
fn nom_du_biscuit(url: &UrlPublique) -> &'static str {
    if url.chiffree() { "__Host-maillage" } else { "maillage" }
}

/// What the browser keeps of a session; an empty value ends it.
fn biscuit(url: &UrlPublique, valeur: String) -> Cookie<'static> {
    let mut biscuit = Cookie::build((nom_du_biscuit(url), valeur))
        .path("/")
        .http_only(true)
        .secure(url.chiffree())
        .same_site(SameSite::Lax);
    if biscuit.inner().value().is_empty() {
        biscuit = biscuit.removal();
    }
    biscuit.build()
}

/// Where a write comes from, for the journal: the address asked, without its parameters.
fn origine(methode: &Method, chemin: &str) -> String {
    format!("{methode} {chemin}")
}
