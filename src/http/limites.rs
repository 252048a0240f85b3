//! What one request, one person and everybody together may ask of the service.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::http::Uri;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use moka::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Client, Probleme};
use crate::comptes::Principal;
use crate::config::Limites;

/// How long a request waits for a place before it is refused.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a person who asks nothing is remembered.
const OUBLI: Duration = Duration::from_secs(60);
/// Longest address, in bytes, parameters included.
pub const ADRESSE_MAX: usize = 8 << 10;

/// Places for the requests that ask the database.
#[derive(Clone)]
pub struct Guichets {
    limites: Arc<Limites>,
    tous: Arc<Semaphore>,
    chacun: Cache<Demandeur, Arc<Semaphore>>,
}

/// Who is counted: a person or a program that is known, else an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Demandeur {
    Connu(i32),
    Adresse(Option<IpAddr>),
}

impl Guichets {
    pub fn nouveaux(limites: Limites) -> Self {
        Self {
            tous: Arc::new(Semaphore::new(limites.simultanees_en_tout)),
            chacun: Cache::builder().time_to_idle(OUBLI).max_capacity(100_000).build(),
            limites: Arc::new(limites),
        }
    }

    async fn prendre(&self, demandeur: Demandeur) -> Result<[OwnedSemaphorePermit; 2], Probleme> {
        let sien =
            self.chacun.get_with(demandeur, || Arc::new(Semaphore::new(self.limites.simultanees)));
        let sienne = place(sien).await.ok_or_else(Probleme::trop_de_demandes)?;
        let commune = place(Arc::clone(&self.tous)).await.ok_or_else(Probleme::affluence)?;
        Ok([sienne, commune])
    }

    /// Gives a request its place and its time.
    pub async fn servir(&self, requete: Request, suite: Next) -> Response {
        if longueur(requete.uri()) > ADRESSE_MAX {
            return Probleme::adresse_trop_longue(ADRESSE_MAX).into_response();
        }
        let qui = requete.extensions();
        let demandeur = match qui.get::<Principal>().and_then(Principal::personne) {
            Some(personne) => Demandeur::Connu(personne.compte),
            None => Demandeur::Adresse(qui.get::<Client>().map(|client| client.foyer())),
        };
        let _places = match self.prendre(demandeur).await {
            Ok(places) => places,
            Err(probleme) => return probleme.into_response(),
        };
        let delai = Duration::from_secs(self.limites.delai_secondes);
        match tokio::time::timeout(delai, suite.run(requete)).await {
            Ok(reponse) => reponse,
            Err(_) => Probleme::trop_long().into_response(),
        }
    }
}

async fn place(guichet: Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    match Arc::clone(&guichet).try_acquire_owned() {
        Ok(place) => Some(place),
        Err(_) => tokio::time::timeout(PATIENCE, guichet.acquire_owned()).await.ok()?.ok(),
    }
}

fn longueur(adresse: &Uri) -> usize {
    adresse.path_and_query().map_or(0, |adresse| adresse.as_str().len())
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::extract::State;
    use axum::http::StatusCode;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    fn service(limites: Limites) -> Router {
        Router::new()
            .route("/", get(std::future::pending::<()>))
            .route("/vite", get(|| async { "fait" }))
            .layer(from_fn_with_state(
                Guichets::nouveaux(limites),
                |State(guichets): State<Guichets>, requete: Request, suite: Next| async move {
                    guichets.servir(requete, suite).await
                },
            ))
    }

    async fn demander(service: &Router, adresse: &str, client: u8) -> Response {
        let mut requete = Request::builder().uri(adresse).body(Body::empty()).unwrap();
        requete.extensions_mut().insert(Client([192, 0, 2, client].into()));
        service.clone().oneshot(requete).await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_ends_in_time_and_says_so() {
        let service = service(Limites { delai_secondes: 5, ..Limites::default() });
        let reponse = demander(&service, "/", 1).await;
        assert_eq!(reponse.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(reponse.headers().contains_key("retry-after"));
        let longue = format!("/vite?q={}", "a".repeat(ADRESSE_MAX));
        assert_eq!(demander(&service, &longue, 1).await.status(), StatusCode::URI_TOO_LONG);
    }

    #[tokio::test(start_paused = true)]
    async fn one_who_asks_much_at_once_waits_and_the_others_do_not() {
        let service =
            service(Limites { simultanees: 2, simultanees_en_tout: 3, delai_secondes: 60 });
        let lentes: Vec<_> = (0..2)
            .map(|_| {
                let service = service.clone();
                tokio::spawn(async move { demander(&service, "/", 1).await })
            })
            .collect();
        tokio::task::yield_now().await;
        let refusee = demander(&service, "/vite", 1).await;
        assert_eq!(refusee.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refusee.headers()["retry-after"], "5");
        assert_eq!(demander(&service, "/vite", 2).await.status(), StatusCode::OK);
        let troisieme = {
            let service = service.clone();
            tokio::spawn(async move { demander(&service, "/", 2).await })
        };
        tokio::task::yield_now().await;
        let affluence = demander(&service, "/vite", 3).await;
        assert_eq!(affluence.status(), StatusCode::SERVICE_UNAVAILABLE);
        for lente in lentes.into_iter().chain([troisieme]) {
            lente.abort();
        }
    }
}
