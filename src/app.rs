//! The service: its state, its router, and what every answer has in common.

use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sqlx::PgPool;
use tower::{Layer, ServiceExt, service_fn};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::base::{Base, Version, veiller};
use crate::comptes::{Courrier, Fournisseur, Principal};
use crate::config::{Ouverture, Service};
use crate::diffusion::ServiceDiffusion;
use crate::error::{Error, Result};
use crate::http::{
    Client, FORMULAIRE_MAX, Guichets, Mandataires, Memoire, Politique, Probleme, UrlPublique,
    document, memoriser,
};
use crate::metriques::Metriques;
use crate::partenaires::Ouvertures;
use crate::tuiles::{self, ServiceTuiles};
use crate::web::{self, FondDeCarte, Mentions, Polices};
use crate::{
    comptes, coordination, couverture, decoupage, demandes, exports, indicateurs, ogc, partenaires,
    qgis, rapports, territoires,
};

/// Scripts, styles, fonts and data come from here and nowhere else.
const CSP: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; \
    font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
    img-src 'self' data: blob:{fond}; connect-src 'self'{fond}; frame-ancestors ";
/// What the page asks of the browser: where the person is, when they press the button for it.
const PERMISSIONS: &str = "geolocation=(self), camera=(), microphone=(), payment=(), usb=()";

/// Routes that ask nothing about anybody, beside the files of the page: the page itself says what the public reads.
const LIBRES: [&str; 6] = ["/health", "/ready", "/metrics", "/", "/integrer", "/r/{reseau}"];

/// What handlers share. Each layer and each handler has its own, several times a request: one pointer.
#[derive(Clone)]
pub struct Etat(Arc<Parties>);

/// What it is made of.
#[derive(Clone)]
pub struct Parties {
    /// That of whoever asks: the public has its own.
    piscine: PgPool,
    /// That of those who are known, and of the service itself.
    reservee: PgPool,
    tuiles: ServiceTuiles,
    diffusion: ServiceDiffusion,
    url: UrlPublique,
    fond: Option<FondDeCarte>,
    polices: Arc<Polices>,
    metriques: Arc<Metriques>,
    memoire: Memoire,
    guichets: Guichets,
    mandataires: Mandataires,
    entetes: Entetes,
    ouvertures: Ouvertures,
    partage: CorsLayer,
    fournisseur: Option<Fournisseur>,
    courrier: Option<Courrier>,
    mentions: Mentions,
}

impl Deref for Etat {
    type Target = Parties;

    fn deref(&self) -> &Parties {
        &self.0
    }
}

/// Lets handlers ask for one part of the state.
macro_rules! parties {
    ($($champ:ident: $genre:ty),* $(,)?) => {$(
        impl FromRef<Etat> for $genre {
            fn from_ref(etat: &Etat) -> Self {
                etat.$champ.clone()
            }
        }
    )*};
}

parties! {
    piscine: PgPool,
    tuiles: ServiceTuiles,
    diffusion: ServiceDiffusion,
    url: UrlPublique,
    fond: Option<FondDeCarte>,
    polices: Arc<Polices>,
    memoire: Memoire,
    fournisseur: Option<Fournisseur>,
    courrier: Option<Courrier>,
    mentions: Mentions,
}

/// Headers that depend on the settings, and on the réseau that a request is about.
#[derive(Debug, Clone)]
struct Entetes {
    /// The policy of pages, up to who may show them in a frame: with the host of the background, if there is one.
    csp: Arc<str>,
    /// Sites that may show every page in a frame.
    cadres: Arc<[String]>,
    /// Who may load what is not a page.
    ressource: HeaderValue,
    /// Whether pages of other sites may read the answers.
    partagees: bool,
    chiffree: bool,
}

impl Entetes {
    fn nouvelles(
        ouverture: &Ouverture,
        url: &UrlPublique,
        fond: Option<&FondDeCarte>,
    ) -> Result<Self> {
        let hotes: String = fond
            .map_or(&[][..], FondDeCarte::hotes)
            .iter()
            .map(|hote| format!(" {hote}"))
            .collect();
        let entetes = Self {
            csp: CSP.replace("{fond}", &hotes).into(),
            cadres: ouverture.cadres.clone().into(),
            ressource: ressource(&ouverture.origines),
            partagees: !ouverture.origines.is_empty(),
            chiffree: url.chiffree(),
        };
        if entetes.csp(&[]).is_none() {
            return Err(Error::Installation(
                "Une adresse de --cadres a un caractère qui n'y a pas sa place.".into(),
            ));
        }
        Ok(entetes)
    }

    /// With those that a réseau names. None when one has a character that a header cannot hold.
    fn csp(&self, autres: &[String]) -> Option<HeaderValue> {
        let cadres: Vec<&str> = self.cadres.iter().chain(autres).map(String::as_str).collect();
        let cadres = if cadres.is_empty() { "'none'".to_owned() } else { cadres.join(" ") };
        HeaderValue::from_str(&format!("{}{cadres}", self.csp)).ok()
    }
}

/// What is not a page is for pages of ours, unless somebody else's may read it.
fn ressource(origines: &[String]) -> HeaderValue {
    HeaderValue::from_static(if origines.is_empty() { "same-origin" } else { "cross-origin" })
}

impl Etat {
    /// Opens the pool and begins to watch the data. Answers nothing yet.
    pub fn nouveau(base: &Base, service: &Service) -> Result<Self> {
        let (piscine, reservee) = (base.piscine(), base.piscine_reservee());
        let version = Version::default();
        let tuiles = ServiceTuiles::nouveau(
            [piscine.clone(), reservee.clone()],
            version.clone(),
            service.cache_mio,
        );
        let memoire = Memoire::nouvelle(version.clone());
        let ouvertures = Ouvertures::nouvelles(reservee.clone());
        let diffusion = ServiceDiffusion::nouveau(version.clone());
        let (a_oublier, gardees, ouverts) = (tuiles.clone(), memoire.clone(), ouvertures.clone());
        let publiees = diffusion.clone();
        tokio::spawn(veiller(reservee.clone(), version, move || {
            a_oublier.oublier();
            gardees.oublier();
            ouverts.oublier();
            publiees.oublier();
        }));
        let url = UrlPublique(service.url_publique().into());
        let fond = FondDeCarte::nouveau(&service.fond)?;
        Ok(Self(Arc::new(Parties {
            piscine,
            reservee,
            tuiles,
            diffusion,
            guichets: Guichets::nouveaux(service.limites.clone()),
            mandataires: Mandataires(service.ouverture.mandataires.clone().into()),
            entetes: Entetes::nouvelles(&service.ouverture, &url, fond.as_ref())?,
            partage: partage(&service.ouverture, &ouvertures)?,
            ouvertures,
            fournisseur: Fournisseur::nouveau(&service.externe, &url.0)?,
            courrier: Courrier::nouveau(&service.courrier)?,
            mentions: Mentions::lire(&service.exploitant)?,
            url,
            fond,
            polices: Arc::new(Polices::charger()?),
            metriques: Arc::new(Metriques::default()),
            memoire,
        })))
    }

    /// The same service for those who are known: their questions wait for nobody of the public.
    fn des_connus(&self) -> Self {
        let (piscine, tuiles) = (self.reservee.clone(), self.tuiles.des_connus());
        Self(Arc::new(Parties { piscine, tuiles, ..Parties::clone(self) }))
    }

    /// Closes the pools. Blocks for as long as a query runs.
    pub async fn fermer(self) {
        self.tuiles.oublier();
        self.piscine.close().await;
        self.reservee.close().await;
    }
}

/// Pages of the origins that the settings name, or the réseau of the request, may read what the public reads, or
/// what a token does: never with the session of their visitors.
fn partage(ouverture: &Ouverture, ouvertures: &Ouvertures) -> Result<CorsLayer> {
    let origines = match ouverture.origines.iter().any(|origine| origine == "*") {
        true => AllowOrigin::any(),
        false => {
            let connues: Arc<[HeaderValue]> = ouverture
                .origines
                .iter()
                .map(|origine| origine.trim_end_matches('/').parse::<HeaderValue>())
                .collect::<Result<_, _>>()
                .map_err(|_| {
                    Error::Installation("Une adresse de --origines ne se lit pas.".into())
                })?;
            let ouvertures = ouvertures.clone();
            AllowOrigin::async_predicate(move |origine, requete| {
                let (connues, ouvertures) = (Arc::clone(&connues), ouvertures.clone());
                let adresse = requete.uri.clone();
                async move {
                    connues.contains(&origine)
                        || ouvertures
                            .de(adresse.path(), adresse.query())
                            .await
                            .origines
                            .iter()
                            .any(|site| origine == site.as_str())
                }
            })
        }
    };
    Ok(CorsLayer::new()
        .allow_origin(origines)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([header::AUTHORIZATION, header::IF_NONE_MATCH])
        .expose_headers([header::ETAG, header::RETRY_AFTER])
        .max_age(Duration::from_secs(3600)))
}

/// The service. Whoever is known is answered by routes of their own, which ask the database by connections that the
/// public cannot take.
pub fn routeur(etat: Etat) -> Router {
    let connus = etat.des_connus();
    let des_connus = routes(&connus).with_state(connus);
    routes(&etat)
        .layer(middleware::from_fn_with_state((etat.clone(), des_connus), accompagner))
        .layer(CatchPanicLayer::custom(|_| Probleme::interne().into_response()))
        .with_state(etat)
}

/// All routes. Tiles come encoded; everything else is compressed here.
fn routes(etat: &Etat) -> Router<Etat> {
    let reponses = territoires::routes()
        .fusionner(decoupage::routes())
        .fusionner(indicateurs::routes())
        .fusionner(partenaires::routes())
        .fusionner(demandes::routes())
        .fusionner(couverture::routes())
        .derriere(|routes| {
            routes
                // Answers are made once and sent once: time counts more than the last bytes.
                .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
                .layer(middleware::from_fn_with_state(etat.clone(), memoriser))
        });
    let ogc = ogc::routes().derriere(|routes| {
        routes.layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
    });
    let programmes = reponses
        .fusionner(tuiles::routes())
        .fusionner(comptes::api())
        .fusionner(ogc)
        .fusionner(exports::routes())
        .fusionner(qgis::routes().derriere(|routes| {
            routes.layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        }));
    let documentation = document::routes(&programmes.operations, &comptes::ROLES, &etat.url.0);
    Router::new()
        .route("/health", get(|| async { "vivant\n" }))
        .route("/ready", get(pret))
        .route("/metrics", get(metriques))
        .merge(programmes.routeur)
        .merge(comptes::routes())
        .merge(coordination::routes())
        .merge(rapports::espace())
        .merge(
            web::routes()
                .merge(
                    web::fiches::routes()
                        .merge(rapports::routes())
                        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
                        .layer(middleware::from_fn_with_state(etat.clone(), memoriser)),
                )
                .merge(web::demander::routes())
                .merge(documentation)
                .merge(qgis::pages())
                .layer(CompressionLayer::new().quality(CompressionLevel::Fastest)),
        )
        .method_not_allowed_fallback(|| async { Probleme::methode() })
        .layer(DefaultBodyLimit::max(FORMULAIRE_MAX))
}

/// Counts the request and adds the headers of every answer.
async fn accompagner(
    State((etat, des_connus)): State<(Etat, Router)>,
    mut requete: Request,
    suite: Next,
) -> Response {
    etat.mandataires.noter_le_client(&mut requete);
    let debut = Instant::now();
    let route = requete.extensions().get::<MatchedPath>().cloned();
    let ouverture = etat.ouvertures.de(requete.uri().path(), requete.uri().query()).await;
    // One layer for all of this: each is a copy of the route and an allocation for every tile.
    let mut reponse = match etat.entetes.partagees || !ouverture.origines.is_empty() {
        true => Box::pin(partager(&etat, &des_connus, requete, suite)).await,
        false => repondre(&etat, &des_connus, requete, suite).await,
    };
    let route = route.as_ref().map_or("fichier", MatchedPath::as_str);
    etat.metriques.noter(route, reponse.status().as_u16(), debut.elapsed());
    let entetes = reponse.headers_mut();
    // What says nothing of it is nobody's to keep.
    if !entetes.contains_key(header::CACHE_CONTROL) {
        entetes.insert(header::CACHE_CONTROL, Politique::Jamais.entete());
    }
    entetes.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A tile is no document: it loads nothing and leads nowhere.
    if entetes.get(header::CONTENT_TYPE).is_none_or(|genre| genre != tuiles::GENRE) {
        entetes.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        if let Some(csp) = etat.entetes.csp(&ouverture.cadres).or_else(|| etat.entetes.csp(&[])) {
            entetes.insert(header::CONTENT_SECURITY_POLICY, csp);
        }
        entetes.insert("permissions-policy", HeaderValue::from_static(PERMISSIONS));
        entetes.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    }
    let partagee = if ouverture.origines.is_empty() {
        etat.entetes.ressource.clone()
    } else {
        ressource(&ouverture.origines)
    };
    entetes.insert("cross-origin-resource-policy", partagee);
    if etat.entetes.chiffree {
        let duree = HeaderValue::from_static("max-age=31536000");
        entetes.insert(header::STRICT_TRANSPORT_SECURITY, duree);
    }
    reponse
}

/// The answer, with the headers that let pages of other sites read it, if theirs may.
async fn partager(etat: &Etat, des_connus: &Router, requete: Request, suite: Next) -> Response {
    let reponses = service_fn(|requete| {
        let suite = suite.clone();
        async move { Ok::<_, Infallible>(repondre(etat, des_connus, requete, suite).await) }
    });
    match etat.partage.layer(reponses).oneshot(requete).await {
        Ok(reponse) => reponse,
    }
}

/// Finds who asks, and gives their request its place and its time.
async fn repondre(etat: &Etat, des_connus: &Router, requete: Request, suite: Next) -> Response {
    let route = requete.extensions().get::<MatchedPath>();
    if route.is_none_or(|route| LIBRES.contains(&route.as_str())) {
        return suite.run(requete).await;
    }
    let requete = match comptes::identifier(&etat.reservee, &etat.url, requete).await {
        Ok(requete) => requete,
        Err(refus) => return refus,
    };
    match requete.extensions().get::<Principal>().is_some_and(Principal::prive) {
        // Boxed: most requests are the public's, and each would carry the room that this takes.
        true => {
            Box::pin(etat.guichets.servir(requete, |requete| a_part(des_connus, requete))).await
        }
        false => etat.guichets.servir(requete, |requete| suite.run(requete)).await,
    }
}

/// The answer of the routes of those who are known. What the first routing noted of the request goes: the second would
/// add to it.
async fn a_part(des_connus: &Router, mut requete: Request) -> Response {
    let notees = requete.extensions_mut();
    let (principal, client) = (notees.remove::<Principal>(), notees.remove::<Client>());
    notees.clear();
    principal.map(|principal| notees.insert(principal));
    client.map(|client| notees.insert(client));
    match des_connus.clone().oneshot(requete).await {
        Ok(reponse) => reponse,
    }
}

/// Able to answer: the database does, and tells of its changes.
async fn pret(State(etat): State<Etat>) -> Response {
    let question = sqlx::query("select from millesime limit 1").execute(&etat.reservee);
    let repond = tokio::time::timeout(Duration::from_secs(2), question).await;
    if matches!(repond, Ok(Ok(_))) && etat.tuiles.version().is_some() {
        "prêt\n".into_response()
    } else {
        Probleme::indisponible().into_response()
    }
}

async fn metriques(State(etat): State<Etat>) -> Response {
    let connexions = etat.piscine.size() + etat.reservee.size();
    etat.metriques.observer(connexions, &etat.tuiles);
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
