//! Connections: taken, given a time to say what they ask, and let go when the service stops.
//!
//! `axum::serve` waits for the head of a request for ever: whoever opens connections and says nothing would hold them
//! all.

use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::ServiceExt;

/// Largest head of a request, in bytes: its address, 8 KiB at most, and its headers, of which hyper takes a hundred.
const TETE_MAX: usize = 32 << 10;
/// After an error that is of the machine (too many open files), before the next connection is taken.
const REPOS: Duration = Duration::from_secs(1);

/// How connections are held.
#[derive(Debug, Clone, Copy)]
pub struct Accueil {
    /// For the head of a request to arrive, from the end of the answer before it: idle connections end with it too.
    pub patience: Duration,
}

impl Default for Accueil {
    fn default() -> Self {
        Self { patience: Duration::from_secs(20) }
    }
}

impl Accueil {
    /// Serves until `arret`, then until the answers under way have ended.
    pub async fn servir(
        self,
        ecoute: TcpListener,
        service: Router,
        arret: impl Future<Output = ()>,
    ) {
        let mut protocole = http1::Builder::new();
        protocole
            .timer(TokioTimer::new())
            .header_read_timeout(self.patience)
            .max_header_size(TETE_MAX);
        let ouvertes = GracefulShutdown::new();
        let mut arret = pin!(arret);
        loop {
            let prise = tokio::select! {
                prise = ecoute.accept() => prise,
                () = &mut arret => break,
            };
            let (flux, adresse) = match prise {
                Ok(prise) => prise,
                Err(erreur) => {
                    if !de_l_autre(erreur.kind()) {
                        tracing::error!(%erreur, "connexion impossible à prendre");
                        tokio::time::sleep(REPOS).await;
                    }
                    continue;
                }
            };
            let service = adresser(service.clone(), adresse);
            let connexion = protocole.serve_connection(TokioIo::new(flux), service);
            let suivie = ouvertes.watch(connexion);
            tokio::spawn(async move {
                // What ends a connection badly is the other side's doing, and nothing to be told.
                if let Err(cause) = suivie.await {
                    tracing::trace!(%cause, "connexion interrompue");
                }
            });
        }
        drop(ecoute);
        ouvertes.shutdown().await;
    }
}

/// The routes, told of the address of the client.
fn adresser(
    service: Router,
    adresse: SocketAddr,
) -> TowerToHyperService<
    impl tower::Service<
        Request<Incoming>,
        Response = axum::response::Response,
        Error = std::convert::Infallible,
        Future: Send,
    > + Clone,
> {
    TowerToHyperService::new(service.map_request(move |requete: Request<Incoming>| {
        let mut requete = requete.map(Body::new);
        requete.extensions_mut().insert(ConnectInfo(adresse));
        requete
    }))
}

/// Whether the client gave up by itself.
fn de_l_autre(erreur: ErrorKind) -> bool {
    matches!(
        erreur,
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::sync::oneshot;

    use super::*;

    async fn ouvrir(
        patience: Duration,
    ) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let ecoute = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let adresse = ecoute.local_addr().unwrap();
        let (arreter, arret) = oneshot::channel();
        let service = Router::new()
            .route(
                "/",
                get(
                    |ConnectInfo(qui): ConnectInfo<SocketAddr>| async move { qui.ip().to_string() },
                ),
            )
            .route(
                "/lente",
                get(|| async {
                    tokio::time::sleep(Duration::from_millis(500)).await;
                    "finie"
                }),
            );
        let tache = tokio::spawn(Accueil { patience }.servir(ecoute, service, async {
            let _ = arret.await;
        }));
        (adresse, arreter, tache)
    }

    async fn dire(adresse: SocketAddr, texte: &str) -> (String, Duration) {
        let debut = Instant::now();
        let mut flux = TcpStream::connect(adresse).await.unwrap();
        flux.write_all(texte.as_bytes()).await.unwrap();
        let mut recu = String::new();
        let _ = flux.read_to_string(&mut recu).await;
        (recu, debut.elapsed())
    }

    #[tokio::test]
    async fn whoever_sends_half_a_request_is_closed() {
        let (adresse, _arreter, _) = ouvrir(Duration::from_millis(300)).await;
        for moitie in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\nX-Un: "] {
            let lecture = tokio::time::timeout(Duration::from_secs(5), dire(adresse, moitie)).await;
            let (recu, duree) = lecture.expect("the connection was held");
            assert!(!recu.contains(" 200 "), "{recu}");
            assert!(duree >= Duration::from_millis(250), "{duree:?}");
        }
        // Whoever says nothing more after an answer, too.
        let entiere = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        let lecture = tokio::time::timeout(Duration::from_secs(5), dire(adresse, entiere)).await;
        let (recu, _) = lecture.expect("the idle connection was held");
        assert!(recu.starts_with("HTTP/1.1 200 ") && recu.ends_with("127.0.0.1"), "{recu}");
    }

    #[tokio::test]
    async fn a_head_that_no_question_needs_is_refused() {
        let (adresse, _arreter, _) = ouvrir(Duration::from_secs(20)).await;
        let nombreux: String = (0..200).map(|rang| format!("X-{rang}: a\r\n")).collect();
        let longue = format!("X-Longue: {}\r\n", "a".repeat(TETE_MAX));
        for entetes in [nombreux, longue] {
            let requete =
                format!("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{entetes}\r\n");
            let (recu, _) = dire(adresse, &requete).await;
            assert!(recu.starts_with("HTTP/1.1 431 "), "{recu}");
        }
    }

    #[tokio::test]
    async fn answers_under_way_end_before_the_service_does() {
        let (adresse, arreter, tache) = ouvrir(Duration::from_secs(20)).await;
        let lente =
            tokio::spawn(
                async move { dire(adresse, "GET /lente HTTP/1.1\r\nHost: x\r\n\r\n").await },
            );
        // One that says nothing keeps nobody.
        let _muette = TcpStream::connect(adresse).await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        arreter.send(()).unwrap();
        let (recu, _) = lente.await.unwrap();
        assert!(recu.ends_with("finie"), "{recu}");
        tokio::time::timeout(Duration::from_secs(5), tache).await.unwrap().unwrap();
        assert!(TcpStream::connect(adresse).await.is_err());
    }
}
