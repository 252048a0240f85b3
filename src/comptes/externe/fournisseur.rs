//! The OpenID Connect provider: what it says of itself, and of who signed in there.
//!
//! Code flow with PKCE, `state` and `nonce` (OpenID Connect Core 1.0, RFC 7636). ProConnect gives the e-mail, the
//! names and the siret by its userinfo endpoint.

use std::sync::Arc;
use std::time::{Duration, Instant};

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreIdTokenVerifier, CoreProviderMetadata,
};
use openidconnect::{
    AccessToken, AdditionalClaims, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl,
    Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    SubjectIdentifier, TokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use tokio::sync::RwLock;

use crate::config::Externe;
use crate::error::{Error, Result};

/// How long what the provider says of itself is believed, its keys included.
const FRAICHEUR: Duration = Duration::from_secs(600);
const PATIENCE: Duration = Duration::from_secs(10);

/// The provider, as the settings name it.
#[derive(Clone)]
pub struct Fournisseur {
    reglages: Arc<Externe>,
    retour: RedirectUrl,
    http: reqwest::Client,
    connu: Arc<RwLock<Option<(Instant, CoreProviderMetadata)>>>,
}

/// What the browser keeps between leaving and coming back.
#[derive(Debug, Serialize, Deserialize)]
pub struct Depart {
    etat: String,
    nonce: String,
    verification: String,
    pub suite: String,
}

/// Who signed in, in the provider's words.
#[derive(Debug)]
pub struct Agent {
    pub fournisseur: String,
    pub sujet: String,
    pub courriel: String,
    pub nom: String,
    pub siret: Option<String>,
}

/// Claims of ProConnect beside the standard ones.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Revendications {
    siret: Option<String>,
    usual_name: Option<String>,
}

impl AdditionalClaims for Revendications {}

fn echec(quoi: &'static str) -> impl Fn(&dyn std::fmt::Display) -> Error {
    move |cause| {
        tracing::warn!(%cause, "fournisseur d'identité : {quoi}");
        Error::Demande(format!(
            "La connexion n'a pas abouti ({quoi}). Recommencez ; si cela persiste, prévenez l'administrateur."
        ))
    }
}

impl Fournisseur {
    /// Reads the settings; asks nothing yet.
    pub fn nouveau(reglages: &Externe, url_publique: &str) -> Result<Option<Self>> {
        if reglages.fournisseur.is_none() {
            return Ok(None);
        }
        let retour = RedirectUrl::new(format!("{url_publique}/connexion/retour"));
        // A redirection of the provider could lead to a host of ours.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build();
        let illisible = |_| Error::Installation("--url-publique n'est pas une adresse.".into());
        let sans_http = |erreur| Error::Installation(format!("Pas de client HTTP : {erreur}."));
        Ok(Some(Self {
            reglages: Arc::new(reglages.clone()),
            retour: retour.map_err(illisible)?,
            http: http.map_err(sans_http)?,
            connu: Arc::default(),
        }))
    }

    pub fn nom(&self) -> &str {
        &self.reglages.nom
    }

    /// What the provider says of itself. `frais`: asked again, for its keys may have changed.
    async fn metadonnees(&self, frais: bool) -> Result<CoreProviderMetadata> {
        if !frais
            && let Some((quand, connues)) = &*self.connu.read().await
            && quand.elapsed() < FRAICHEUR
        {
            return Ok(connues.clone());
        }
        let adresse = self.reglages.fournisseur.clone().unwrap_or_default();
        let adresse =
            IssuerUrl::new(adresse).map_err(|e| echec("son adresse ne se lit pas")(&e))?;
        let lues = CoreProviderMetadata::discover_async(adresse, &self.http)
            .await
            .map_err(|erreur| echec("il ne répond pas")(&erreur))?;
        *self.connu.write().await = Some((Instant::now(), lues.clone()));
        Ok(lues)
    }

    fn identifiants(&self) -> (ClientId, Option<ClientSecret>) {
        let secret = self.reglages.secret.clone().map(ClientSecret::new);
        (ClientId::new(self.reglages.client.clone().unwrap_or_default()), secret)
    }

    /// The address to send the browser to, and what it must come back with.
    pub async fn partir(&self, suite: String) -> Result<(String, Depart)> {
        let (client, secret) = self.identifiants();
        let client =
            CoreClient::from_provider_metadata(self.metadonnees(false).await?, client, secret)
                .set_redirect_uri(self.retour.clone());
        let (defi, verification) = PkceCodeChallenge::new_random_sha256();
        let mut demande = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .set_pkce_challenge(defi);
        for portee in &self.reglages.portees {
            demande = demande.add_scope(Scope::new(portee.clone()));
        }
        let (adresse, etat, nonce) = demande.url();
        let depart = Depart {
            etat: etat.secret().clone(),
            nonce: nonce.secret().clone(),
            verification: verification.secret().clone(),
            suite,
        };
        Ok((adresse.into(), depart))
    }

    /// Who comes back with this code, once all that was agreed at the departure is verified.
    pub async fn revenir(&self, depart: &Depart, etat: &str, code: String) -> Result<Agent> {
        if etat != depart.etat {
            return Err(echec("le retour n'est pas celui de ce départ")(&"state"));
        }
        let (client, secret) = self.identifiants();
        let mut metadonnees = self.metadonnees(false).await?;
        let client = CoreClient::from_provider_metadata(metadonnees.clone(), client, secret)
            .set_redirect_uri(self.retour.clone());
        let jetons = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|erreur| echec("il ne donne pas de jetons")(&erreur))?
            .set_pkce_verifier(PkceCodeVerifier::new(depart.verification.clone()))
            .request_async(&self.http)
            .await
            .map_err(|erreur| echec("il refuse ce code")(&erreur))?;
        let identite = jetons
            .id_token()
            .ok_or_else(|| echec("il ne dit pas de qui il s'agit")(&"id_token"))?;
        let nonce = Nonce::new(depart.nonce.clone());
        let verifier = |verificateur: &CoreIdTokenVerifier<'_>| {
            identite.claims(verificateur, &nonce).map(|dit| dit.subject().clone())
        };
        let sujet = match verifier(&client.id_token_verifier()) {
            Ok(sujet) => sujet,
            // Its keys may have changed since they were read.
            Err(_) => {
                metadonnees = self.metadonnees(true).await?;
                let (id, secret) = self.identifiants();
                let client = CoreClient::from_provider_metadata(metadonnees.clone(), id, secret);
                verifier(&client.id_token_verifier())
                    .map_err(|erreur| echec("sa signature ne se vérifie pas")(&erreur))?
            }
        };
        let acces = jetons.access_token().clone();
        self.interroger(&metadonnees, acces, sujet).await
    }

    /// What the provider tells of somebody who agreed.
    async fn interroger(
        &self,
        metadonnees: &CoreProviderMetadata,
        acces: AccessToken,
        sujet: SubjectIdentifier,
    ) -> Result<Agent> {
        let (client, secret) = self.identifiants();
        let client = CoreClient::from_provider_metadata(metadonnees.clone(), client, secret);
        let dit: UserInfoClaims<Revendications, CoreGenderClaim> = client
            .user_info(acces, Some(sujet.clone()))
            .map_err(|erreur| echec("il ne dit rien des personnes")(&erreur))?
            .request_async(&self.http)
            .await
            .map_err(|erreur| echec("il ne dit pas qui vous êtes")(&erreur))?;
        let courriel = dit
            .email()
            .filter(|_| dit.email_verified() != Some(false))
            .map(|courriel| courriel.as_str().to_lowercase())
            .ok_or_else(|| echec("il ne donne pas d'adresse électronique vérifiée")(&"email"))?;
        let prenom =
            dit.given_name().and_then(|nom| nom.get(None)).map(|nom| nom.as_str().to_owned());
        let propre =
            dit.family_name().and_then(|nom| nom.get(None)).map(|nom| nom.as_str().to_owned());
        let propre = dit.additional_claims().usual_name.clone().or(propre);
        let nom: Vec<String> = [prenom, propre].into_iter().flatten().collect();
        Ok(Agent {
            fournisseur: metadonnees.issuer().as_str().to_owned(),
            sujet: sujet.as_str().to_owned(),
            nom: if nom.is_empty() { courriel.clone() } else { nom.join(" ") },
            courriel,
            siret: dit.additional_claims().siret.clone(),
        })
    }
}
