//! Signing in and out with a password, and following a one-time link to choose one.

mod pages;

use axum::Router;
use axum::extract::{Extension, FromRef, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::cookie::CookieJar;
use chrono::TimeDelta;
use serde::Deserialize;
use sqlx::PgPool;

use super::courrier::{Courrier, Motif, adresse_du_lien};
use super::externe::Fournisseur;
use super::freins::{Freins, en_mots};
use super::secrets::{self, Empreinte, Secret};
use super::{COURRIEL_MAX, Principal, biscuit, origine};
use crate::error::{Contexte, Error, Result};
use crate::http::{
    Chemin, Client, Formulaire, Parametres, Politique, Probleme, Reponse, UrlPublique, texte,
};
use pages::Page;

/// The name of who else one may sign in with.
fn nom(fournisseur: &Option<Fournisseur>) -> Option<&str> {
    fournisseur.as_ref().map(Fournisseur::nom)
}

/// How long a session lasts: a day's work.
const DUREE: TimeDelta = TimeDelta::hours(12);
/// Where one goes after signing in, unless a page of ours asked for it.
const ESPACE: &str = "/espace";

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    UrlPublique: FromRef<S>,
    Option<Fournisseur>: FromRef<S>,
    Option<Courrier>: FromRef<S>,
{
    Router::new()
        .route("/connexion", get(demander).post(ouvrir))
        .route("/connexion/oubli", get(oublier).post(renvoyer))
        .route("/deconnexion", post(fermer))
        .route("/lien/{secret}", get(presenter).post(choisir))
        .route("/comptes.css", get(feuille))
}

async fn feuille() -> Response {
    let entetes = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, Politique::Journee.entete()),
    ];
    (entetes, include_str!("../page.css")).into_response()
}

/// A page that nobody keeps.
pub fn reponse(statut: StatusCode, page: String) -> Response {
    let entetes = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, Politique::Jamais.entete()),
    ];
    (statut, entetes, page).into_response()
}

/// An address of this service: a link from elsewhere could lead anywhere after signing in.
pub fn suite_sure(suite: Option<&str>) -> &str {
    suite
        .filter(|suite| {
            suite.starts_with('/')
                && !suite.starts_with("//")
                && !suite.contains(['\\', '@'])
                && !suite.chars().any(char::is_control)
        })
        .unwrap_or(ESPACE)
}

async fn demander(
    State(fournisseur): State<Option<Fournisseur>>,
    State(courrier): State<Option<Courrier>>,
    parametres: Parametres,
) -> Reponse<Response> {
    parametres.admettre(&["suite"])?;
    let suite = suite_sure(parametres.texte("suite"));
    let page =
        Page { suite, courriel: "", externe: nom(&fournisseur), courrier: courrier.is_some() };
    Ok(reponse(StatusCode::OK, page.dire(None)))
}

#[derive(Deserialize)]
struct Identifiants {
    courriel: String,
    mot_de_passe: String,
    suite: Option<String>,
}

async fn ouvrir(
    State(piscine): State<PgPool>,
    State(url): State<UrlPublique>,
    State(fournisseur): State<Option<Fournisseur>>,
    State(courrier): State<Option<Courrier>>,
    client: Option<Extension<Client>>,
    entetes: HeaderMap,
    Formulaire(identifiants): Formulaire<Identifiants>,
) -> Reponse<Response> {
    let courriel = identifiants.courriel.trim();
    let suite = suite_sure(identifiants.suite.as_deref());
    let (adresse, foyer) = client.map(|Extension(client)| (client.0, client.foyer())).unzip();
    let page = Page { suite, courriel, externe: nom(&fournisseur), courrier: courrier.is_some() };
    let tient = texte::ligne("L'adresse électronique", courriel, COURRIEL_MAX)
        .and_then(|_| secrets::borner(&identifiants.mot_de_passe));
    if let Err(refus) = tient {
        return Ok(reponse(StatusCode::UNPROCESSABLE_ENTITY, page.dire(Some(&refus.to_string()))));
    }
    let freins = Freins::nouveaux(courriel, foyer);
    if let Some(attente) = freins.reserver(&piscine).await? {
        let phrase = format!(
            "Trop d'essais. Réessayez dans {}, ou demandez un lien à votre coordinateur.",
            en_mots(attente)
        );
        return Ok(patienter(attente, page.dire(Some(&phrase))));
    }
    let connu: Option<(i32, String)> =
        sqlx::query_as("select compte, empreinte from compte_a_verifier($1)")
            .bind(courriel)
            .fetch_optional(&piscine)
            .await
            .pour("connexion")?;
    let (compte, empreinte) = connu.unzip();
    let juste = secrets::verifier(identifiants.mot_de_passe, empreinte).await?;
    let Some(compte) = compte.filter(|_| juste) else {
        tracing::info!("connexion refusée");
        let phrase = "L'adresse ou le mot de passe ne convient pas.";
        return Ok(reponse(StatusCode::UNAUTHORIZED, page.dire(Some(phrase))));
    };
    freins.reussir(&piscine).await?;
    let biscuits = commencer(&piscine, &url, compte, provenance(adresse, &entetes)).await?;
    Ok((biscuits, Redirect::to(suite)).into_response())
}

/// A page that says to wait.
pub fn patienter(attente: TimeDelta, page: String) -> Response {
    let mut refus = reponse(StatusCode::TOO_MANY_REQUESTS, page);
    refus.headers_mut().insert(header::RETRY_AFTER, attente.num_seconds().max(1).into());
    refus
}

/// Links by mail are there when mail is.
fn exiger_le_courrier(courrier: Option<Courrier>) -> Reponse<Courrier> {
    courrier.ok_or_else(|| {
        Probleme::introuvable(
            "Ce service n'envoie pas de messages : demandez un lien au coordinateur de votre réseau.",
        )
    })
}

async fn oublier(State(courrier): State<Option<Courrier>>) -> Reponse<Response> {
    exiger_le_courrier(courrier)?;
    Ok(reponse(StatusCode::OK, pages::oubli(None)))
}

#[derive(Deserialize)]
struct Oubli {
    courriel: String,
}

/// Answers the same, as fast, whether there is an account or not.
async fn renvoyer(
    State(piscine): State<PgPool>,
    State(url): State<UrlPublique>,
    State(courrier): State<Option<Courrier>>,
    client: Option<Extension<Client>>,
    Formulaire(oubli): Formulaire<Oubli>,
) -> Reponse<Response> {
    let courrier = exiger_le_courrier(courrier)?;
    let courriel = match texte::ligne("L'adresse électronique", &oubli.courriel, COURRIEL_MAX) {
        Ok(courriel) => courriel.to_owned(),
        Err(refus) => {
            let page = pages::oubli(Some(&refus.to_string()));
            return Ok(reponse(StatusCode::UNPROCESSABLE_ENTITY, page));
        }
    };
    let freins = Freins::des_liens(&courriel, client.map(|Extension(client)| client.foyer()));
    if let Some(attente) = freins.reserver(&piscine).await? {
        let phrase = format!("Trop de liens demandés. Réessayez dans {}.", en_mots(attente));
        return Ok(patienter(attente, pages::oubli(Some(&phrase))));
    }
    let secret = Secret::tirer("lien_")?;
    let connu: bool = sqlx::query_scalar("select demander_lien($1, $2)")
        .bind(&courriel)
        .bind(secret.empreinte().octets())
        .fetch_one(&piscine)
        .await
        .pour("demande d'un lien")?;
    if connu {
        let lien = adresse_du_lien(&url, &secret);
        tokio::spawn(async move {
            // What fails is in the log: saying it here would tell who has an account.
            let _ = courrier.envoyer(&courriel, Motif::Oubli, &lien).await;
        });
    }
    Ok(reponse(StatusCode::OK, pages::lien_parti()))
}

/// Address and browser.
type Origine = (Option<std::net::IpAddr>, Option<String>);

/// Where a session is opened from.
pub fn provenance(adresse: Option<std::net::IpAddr>, entetes: &HeaderMap) -> Origine {
    let navigateur = entetes.get(header::USER_AGENT).and_then(|nom| nom.to_str().ok());
    (adresse, navigateur.map(str::to_owned))
}

/// A new session, always under a new secret.
pub async fn commencer(
    piscine: &PgPool,
    url: &UrlPublique,
    compte: i32,
    (adresse, navigateur): Origine,
) -> Result<CookieJar> {
    let secret = Secret::tirer("")?;
    sqlx::query("select ouvrir_session($1, $2, $3, $4::inet, make_interval(secs => $5))")
        .bind(compte)
        .bind(secret.empreinte().octets())
        .bind(navigateur)
        .bind(adresse.map(|adresse| adresse.to_string()))
        .bind(DUREE.as_seconds_f64())
        .execute(piscine)
        .await
        .pour("ouverture d'une session")?;
    Ok(CookieJar::new().add(biscuit(url, secret.montrer().to_owned())))
}

async fn fermer(
    State(piscine): State<PgPool>,
    State(url): State<UrlPublique>,
    principal: Principal,
) -> Reponse<Response> {
    if let Principal::Session(qui) = &principal {
        let mut transaction = principal
            .ecriture(&piscine, &origine(&axum::http::Method::POST, "/deconnexion"))
            .await?;
        sqlx::query("select fermer_session($1)")
            .bind(qui.empreinte.octets())
            .execute(&mut *transaction)
            .await
            .pour("fermeture d'une session")?;
        transaction.commit().await.pour("fermeture d'une session")?;
    }
    let biscuits = CookieJar::new().add(biscuit(&url, String::new()));
    // Drafts that pages kept in the browser go with the session: the next person there may be another.
    let a_effacer = [("clear-site-data", "\"storage\"")];
    Ok((biscuits, a_effacer, Redirect::to("/")).into_response())
}

/// A right that a link offers.
#[derive(Debug, sqlx::FromRow)]
struct Offre {
    reseau_nom: String,
    role: String,
    partenaire_nom: Option<String>,
}

/// Whose link this is, while it serves.
async fn invite(piscine: &PgPool, secret: &str) -> Result<(String, String)> {
    let connu: Option<(String, String)> =
        sqlx::query_as("select courriel, nom from lien_connu($1)")
            .bind(Empreinte::de(secret).octets())
            .fetch_optional(piscine)
            .await
            .pour("lecture d'un lien")?;
    connu.ok_or_else(|| {
        Error::Introuvable(
            "Ce lien ne sert plus : il a déjà été suivi, ou sa durée est passée. Demandez-en un autre."
                .into(),
        )
    })
}

/// What a link offers to its holder, who is signed in: somebody else is shown what anybody is.
async fn offres(piscine: &PgPool, principal: &Principal, secret: &str) -> Result<Vec<Offre>> {
    let Principal::Session(_) = principal else { return Ok(Vec::new()) };
    let mut transaction = principal.transaction(piscine).await?;
    sqlx::query_as("select reseau_nom, role, partenaire_nom from offres_du_lien($1)")
        .bind(Empreinte::de(secret).octets())
        .fetch_all(&mut *transaction)
        .await
        .pour("lecture d'une invitation")
}

async fn presenter(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(secret): Chemin<String>,
) -> Reponse<Response> {
    let offres = offres(&piscine, &principal, &secret).await?;
    if !offres.is_empty() {
        return Ok(reponse(StatusCode::OK, pages::offres(&offres)));
    }
    Ok(match invite(&piscine, &secret).await {
        Ok((courriel, nom)) => {
            reponse(StatusCode::OK, pages::choix(&secret, &courriel, &nom, None))
        }
        Err(Error::Introuvable(phrase)) => {
            reponse(StatusCode::NOT_FOUND, pages::lien_fini(&phrase))
        }
        Err(erreur) => return Err(erreur.into()),
    })
}

/// Accepts what the link offers, when its holder asks, signed in.
async fn accepter(piscine: &PgPool, principal: &Principal, secret: &str) -> Result<bool> {
    let Principal::Session(_) = principal else { return Ok(false) };
    let chemin = origine(&axum::http::Method::POST, "/lien");
    let mut transaction = principal.ecriture(piscine, &chemin).await?;
    let acceptee = sqlx::query_scalar("select accepter_par_lien($1)")
        .bind(Empreinte::de(secret).octets())
        .fetch_one(&mut *transaction)
        .await
        .pour("réponse à une invitation")?;
    transaction.commit().await.pour("réponse à une invitation")?;
    Ok(acceptee)
}

#[derive(Deserialize)]
struct Choix {
    #[serde(default)]
    mot_de_passe: String,
    #[serde(default)]
    confirmation: String,
}

async fn choisir(
    State(piscine): State<PgPool>,
    State(url): State<UrlPublique>,
    client: Option<Extension<Client>>,
    principal: Principal,
    Chemin(secret): Chemin<String>,
    entetes: HeaderMap,
    Formulaire(choix): Formulaire<Choix>,
) -> Reponse<Response> {
    if accepter(&piscine, &principal, &secret).await? {
        return Ok(Redirect::to(ESPACE).into_response());
    }
    let (courriel, nom) = match invite(&piscine, &secret).await {
        Err(Error::Introuvable(phrase)) => {
            return Ok(reponse(StatusCode::NOT_FOUND, pages::lien_fini(&phrase)));
        }
        connu => connu?,
    };
    let refuser = |phrase: &str| {
        let page = pages::choix(&secret, &courriel, &nom, Some(phrase));
        reponse(StatusCode::UNPROCESSABLE_ENTITY, page)
    };
    if choix.mot_de_passe != choix.confirmation {
        return Ok(refuser("Les deux mots de passe diffèrent."));
    }
    let empreinte = match secrets::hacher(choix.mot_de_passe).await {
        Err(Error::Demande(phrase)) => return Ok(refuser(&phrase)),
        hache => hache?,
    };
    let compte: Option<i32> = sqlx::query_scalar("select suivre_lien($1, $2)")
        .bind(Empreinte::de(&secret).octets())
        .bind(empreinte)
        .fetch_one(&piscine)
        .await
        .pour("choix d'un mot de passe")?;
    let Some(compte) = compte else {
        // The account has its own way to sign in: what the link offers waits there, or behind the link if it still
        // serves. Or it was followed twice at once, and the first has it.
        let suite = match invite(&piscine, &secret).await {
            Ok(_) => format!("/lien/{secret}"),
            Err(Error::Introuvable(_)) => ESPACE.to_owned(),
            Err(erreur) => return Err(erreur.into()),
        };
        return Ok(Redirect::to(&format!("/connexion?suite={suite}")).into_response());
    };
    let adresse = client.map(|Extension(client)| client.0);
    let biscuits = commencer(&piscine, &url, compte, provenance(adresse, &entetes)).await?;
    Ok((biscuits, Redirect::to(ESPACE)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stays_here_after_signing_in() {
        assert_eq!(suite_sure(Some("/espace?a=1")), "/espace?a=1");
        for ailleurs in [
            "https://ailleurs.fr",
            "//ailleurs.fr",
            "/\\ailleurs.fr",
            "javascript:x",
            "",
            "/a\r\nb",
            "/@x",
        ] {
            assert_eq!(suite_sure(Some(ailleurs)), ESPACE, "{ailleurs:?}");
        }
    }
}
