//! The service: its state, its router, and what every answer has in common.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{FromRef, MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sqlx::PgPool;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::base::{Base, Version, veiller};
use crate::config::Service;
use crate::error::Result;
use crate::http::{Memoire, Probleme, UrlPublique, memoriser};
use crate::metriques::Metriques;
use crate::tuiles::{self, ServiceTuiles};
use crate::web::{self, Polices};
use crate::{comptes, couverture, demandes, indicateurs, partenaires, territoires};

/// Scripts, styles, fonts and data come from here and nowhere else.
const CSP: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; \
    img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What handlers share. Cheap to clone.
#[derive(Clone, FromRef)]
pub struct Etat {
    piscine: PgPool,
    tuiles: ServiceTuiles,
    url: UrlPublique,
    polices: Arc<Polices>,
    metriques: Arc<Metriques>,
    memoire: Memoire,
}

impl Etat {
    /// Opens the pool and begins to watch the data. Answers nothing yet.
    pub fn nouveau(base: &Base, service: &Service) -> Result<Self> {
        let piscine = base.piscine();
        let version = Version::default();
        let tuiles = ServiceTuiles::nouveau(piscine.clone(), version.clone(), service.cache_mio);
        let memoire = Memoire::nouvelle(version.clone());
        let (a_oublier, gardees) = (tuiles.clone(), memoire.clone());
        tokio::spawn(veiller(piscine.clone(), version, move || {
            a_oublier.oublier();
            gardees.oublier();
        }));
        Ok(Self {
            piscine,
            tuiles,
            url: UrlPublique(service.url_publique()),
            polices: Arc::new(Polices::charger()?),
            metriques: Arc::new(Metriques::default()),
            memoire,
        })
    }

    /// Closes the pool. Blocks for as long as a query runs.
    pub async fn fermer(self) {
        self.tuiles.oublier();
        self.piscine.close().await;
    }
}

/// All routes. Tiles come encoded; everything else is compressed here.
pub fn routeur(etat: Etat) -> Router {
    let reste = Router::new()
        .merge(territoires::routes())
        .merge(indicateurs::routes())
        .merge(partenaires::routes())
        .merge(demandes::routes())
        .merge(couverture::routes())
        // Answers are made once and sent once: time counts more than the last bytes.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(middleware::from_fn_with_state(etat.clone(), memoriser));
    let qui = middleware::from_fn_with_state(etat.clone(), comptes::identifier);
    Router::new()
        .route("/health", get(|| async { "vivant\n" }))
        .route("/ready", get(pret))
        .route("/metrics", get(metriques))
        .merge(tuiles::routes().merge(reste).merge(comptes::routes()).layer(qui))
        .merge(web::routes().layer(CompressionLayer::new().quality(CompressionLevel::Fastest)))
        .method_not_allowed_fallback(|| async { Probleme::methode() })
        .layer(middleware::from_fn_with_state(etat.clone(), accompagner))
        .layer(CatchPanicLayer::custom(|_| Probleme::interne().into_response()))
        .with_state(etat)
}

/// Counts the request and adds the headers of every answer.
async fn accompagner(State(etat): State<Etat>, requete: Request, suite: Next) -> Response {
    let debut = Instant::now();
    let route = requete.extensions().get::<MatchedPath>().cloned();
    let mut reponse = suite.run(requete).await;
    let route = route.as_ref().map_or("fichier", MatchedPath::as_str);
    etat.metriques.noter(route, reponse.status().as_u16(), debut.elapsed());
    let entetes = reponse.headers_mut();
    entetes.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A tile is no document: it loads nothing and leads nowhere.
    if entetes.get(header::CONTENT_TYPE).is_none_or(|genre| genre != tuiles::GENRE) {
        entetes.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        entetes.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    }
    reponse
}

/// Able to answer: the database does, and tells of its changes.
async fn pret(State(etat): State<Etat>) -> Response {
    let question = sqlx::query("select from millesime limit 1").execute(&etat.piscine);
    let repond = tokio::time::timeout(Duration::from_secs(2), question).await;
    if matches!(repond, Ok(Ok(_))) && etat.tuiles.version().is_some() {
        "prêt\n".into_response()
    } else {
        Probleme::indisponible().into_response()
    }
}

async fn metriques(State(etat): State<Etat>) -> Response {
    etat.metriques.observer(&etat.piscine, &etat.tuiles);
    match etat.metriques.texte() {
        Ok(texte) => {
            let genre = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
            (StatusCode::OK, genre, texte).into_response()
        }
        Err(erreur) => {
            tracing::error!(%erreur, "mesures illisibles");
            Probleme::interne().into_response()
        }
    }
}
