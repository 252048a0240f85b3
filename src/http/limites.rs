//! What one request, one person and everybody together may ask of the service.

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use moka::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use super::corps::CORPS_JSON_MAX;
use super::{Client, FORMULAIRE_MAX, Probleme};
use crate::comptes::Principal;
use crate::config::Limites;

/// How long a request waits for a place before it is refused.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a person who asks nothing is remembered.
const OUBLI: Duration = Duration::from_secs(60);
/// Longest address, in bytes, parameters included.
pub const ADRESSE_MAX: usize = 8 << 10;

/// How long the body of a request of the public may take to arrive.
const ARRIVEE: Duration = Duration::from_secs(10);

/// Places for the requests that ask the database.
#[derive(Clone)]
pub struct Guichets {
    limites: Arc<Limites>,
    /// For the public, and for those who are known: the ones do not take the places of the others.
    tous: [Arc<Semaphore>; 2],
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
            tous: [(); 2].map(|()| Arc::new(Semaphore::new(limites.simultanees_en_tout))),
            chacun: Cache::builder().time_to_idle(OUBLI).max_capacity(100_000).build(),
            limites: Arc::new(limites),
        }
    }

    /// One's own place, then one of those of all: a body that is slow to arrive holds the first alone.
    async fn prendre(
        &self,
        demandeur: Demandeur,
        requete: Request,
    ) -> Result<(Request, [OwnedSemaphorePermit; 2]), Probleme> {
        let public = matches!(demandeur, Demandeur::Adresse(_));
        let sien =
            self.chacun.get_with(demandeur, || Arc::new(Semaphore::new(self.limites.simultanees)));
        let sienne = place(sien).await.ok_or_else(Probleme::trop_de_demandes)?;
        let requete = if public { recevoir(requete).await? } else { requete };
        let tous = &self.tous[usize::from(!public)];
        let commune = place(Arc::clone(tous)).await.ok_or_else(Probleme::affluence)?;
        Ok((requete, [sienne, commune]))
    }

    /// Gives a request its place and its time.
    pub async fn servir<F>(&self, requete: Request, suite: impl FnOnce(Request) -> F) -> Response
    where
        F: Future<Output = Response>,
    {
        if longueur(requete.uri()) > ADRESSE_MAX {
            return Probleme::adresse_trop_longue(ADRESSE_MAX).into_response();
        }
        let qui = requete.extensions();
        let demandeur = match qui.get::<Principal>().and_then(Principal::personne) {
            Some(personne) => Demandeur::Connu(personne.compte),
            None => Demandeur::Adresse(qui.get::<Client>().map(|client| client.foyer())),
        };
        let (requete, _places) = match self.prendre(demandeur, requete).await {
            Ok(prises) => prises,
            Err(probleme) => return probleme.into_response(),
        };
        let delai = Duration::from_secs(self.limites.delai_secondes);
        match tokio::time::timeout(delai, suite(requete)).await {
            Ok(reponse) => reponse,
            Err(_) => Probleme::trop_long().into_response(),
        }
    }
}

/// A few places for one kind of heavy work, whoever asks for it. One waits for it before taking a connection to the
/// database, and keeps it as long as the work lasts.
#[derive(Debug)]
pub struct Atelier {
    places: Semaphore,
    patience: Duration,
}

impl Atelier {
    pub const fn nouveau(places: usize, patience: Duration) -> Self {
        Self { places: Semaphore::const_new(places), patience }
    }

    /// # Errors
    /// 503 after a long wait.
    pub async fn entrer(&self) -> Result<SemaphorePermit<'_>, Probleme> {
        match tokio::time::timeout(self.patience, self.places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(Probleme::affluence()),
        }
    }
}

async fn place(guichet: Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    match Arc::clone(&guichet).try_acquire_owned() {
        Ok(place) => Some(place),
        Err(_) => tokio::time::timeout(PATIENCE, guichet.acquire_owned()).await.ok()?.ok(),
    }
}

/// The request with its body, which has a time and a size: that of a form, or of what a write brings.
async fn recevoir(requete: Request) -> Result<Request, Probleme> {
    if requete.body().is_end_stream() {
        return Ok(requete);
    }
    let genre = requete.headers().get(header::CONTENT_TYPE).and_then(|genre| genre.to_str().ok());
    let json = genre.is_some_and(|genre| genre.to_ascii_lowercase().contains("json"));
    let limite = if json { CORPS_JSON_MAX } else { FORMULAIRE_MAX };
    // What is announced is judged before it is sent.
    if requete.body().size_hint().lower() > limite as u64 {
        return Err(Probleme::trop_lourd(limite));
    }
    let (tete, corps) = requete.into_parts();
    match tokio::time::timeout(ARRIVEE, to_bytes(corps, limite)).await {
        Ok(Ok(octets)) => Ok(Request::from_parts(tete, octets.into())),
        Ok(Err(_)) => Err(Probleme::trop_lourd(limite)),
        Err(_) => Err(Probleme::trop_lent()),
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
    use axum::middleware::{Next, from_fn_with_state};
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
                    guichets.servir(requete, |requete| suite.run(requete)).await
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
    async fn heavy_work_is_done_a_few_at_a_time_and_a_long_wait_is_said() {
        let atelier = Atelier::nouveau(2, Duration::from_secs(10));
        let (une, _deux) = (atelier.entrer().await.unwrap(), atelier.entrer().await.unwrap());
        let refus = atelier.entrer().await.unwrap_err().into_response();
        assert_eq!(refus.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refus.headers()["retry-after"], "5");
        let suivante = atelier.entrer();
        drop(une);
        assert!(suivante.await.is_ok());
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
