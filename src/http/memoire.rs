//! Answers kept in memory until the data change.
//!
//! The public asks the same few questions, often many at once: each is answered once for a version of the
//! data. Nothing is kept while the database cannot tell of changes.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use moka::future::Cache;

use super::cache::{Politique, VARIE, etag, inchange};
use crate::base::Version;
use crate::comptes::Principal;

/// Largest answer of those that are kept, in bytes: those of the whole country by commune have some millions.
pub const CORPS_MAX: usize = 32 << 20;
/// Where these answers are.
const GARDEES: [&str; 5] = ["/api/", "/geo/", "/territoires/", "/partenaires/", "/rapports/"];
/// And where they are not: a demande says whom to call, and is written to one by one.
const JAMAIS_GARDEES: &str = "/api/demandes";
/// All that is kept, in bytes.
const MEMOIRE: u64 = 64 << 20;

#[derive(Clone)]
pub struct Memoire {
    version: Version,
    reponses: Cache<Cle, Arc<Gardee>>,
}

/// Version of the data, who asks, question as it was written, and encodings that the client accepts, likewise.
type Cle = (i64, Principal, String, Option<HeaderValue>);

/// An answer as it was sent.
#[derive(Debug)]
struct Gardee {
    statut: StatusCode,
    entetes: HeaderMap,
    corps: Bytes,
}

impl Memoire {
    pub fn nouvelle(version: Version) -> Self {
        let reponses = Cache::builder()
            .max_capacity(MEMOIRE)
            .weigher(|cle: &Cle, gardee: &Arc<Gardee>| {
                u32::try_from(cle.2.len() + gardee.corps.len() + 500).unwrap_or(u32::MAX)
            })
            .build();
        Self { version, reponses }
    }

    /// Forgets everything: the data have changed.
    pub fn oublier(&self) {
        self.reponses.invalidate_all();
    }
}

/// Answers a question of the API from memory, or keeps its answer. Requests for one answer that arrive
/// together wait for the first.
pub async fn memoriser(State(memoire): State<Memoire>, requete: Request, suite: Next) -> Response {
    let chemin = requete.uri().path();
    let gardee = GARDEES.iter().any(|debut| chemin.starts_with(debut))
        && (!chemin.starts_with(JAMAIS_GARDEES) || !nomme(&requete));
    let version = memoire.version.actuelle().filter(|_| *requete.method() == Method::GET && gardee);
    let (Some(version), Some(question)) = (version, requete.uri().path_and_query()) else {
        return suite.run(requete).await;
    };
    let connus = requete.headers().clone();
    let encodages = connus.get(header::ACCEPT_ENCODING).cloned();
    let principal = requete.extensions().get::<Principal>().cloned().unwrap_or_default();
    let prive = principal.prive();
    let cle = (version, principal, question.to_string(), encodages);
    let gardee = memoire.reponses.try_get_with(cle, garder(suite.run(requete), prive)).await;
    // What failed is answered to those who waited for it, and not kept.
    gardee.unwrap_or_else(|echec| Arc::clone(&echec)).repondre(&connus)
}

/// Whether somebody asks under their name: the public reads no contact.
fn nomme(requete: &Request) -> bool {
    requete.extensions().get::<Principal>().is_some_and(Principal::prive)
}

async fn garder(
    reponse: impl Future<Output = Response>,
    prive: bool,
) -> Result<Arc<Gardee>, Arc<Gardee>> {
    let (mut tete, corps) = reponse.await.into_parts();
    let Ok(corps) = to_bytes(corps, CORPS_MAX).await else {
        let (statut, entetes) = (StatusCode::INTERNAL_SERVER_ERROR, HeaderMap::new());
        return Err(Arc::new(Gardee { statut, entetes, corps: Bytes::new() }));
    };
    let trouvee = tete.status == StatusCode::OK;
    if trouvee {
        tete.headers.insert(header::ETAG, etag(&corps));
        tete.headers.insert(header::CACHE_CONTROL, Politique::Revalider.pour(prive).entete());
        tete.headers.insert(header::VARY, VARIE);
    }
    // Its size is now known, and hyper says it.
    tete.headers.remove(header::TRANSFER_ENCODING);
    let gardee = Arc::new(Gardee { statut: tete.status, entetes: tete.headers, corps });
    if trouvee { Ok(gardee) } else { Err(gardee) }
}

impl Gardee {
    fn repondre(&self, connus: &HeaderMap) -> Response {
        let mut entetes = self.entetes.clone();
        if entetes.get(header::ETAG).is_some_and(|etag| inchange(connus, etag)) {
            entetes.remove(header::CONTENT_LENGTH);
            return (StatusCode::NOT_MODIFIED, entetes).into_response();
        }
        (self.statut, entetes, Body::from(self.corps.clone())).into_response()
    }
}
