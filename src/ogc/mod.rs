//! OGC API: Features (parts 1 to 3), Tiles and Styles, over the collections of `diffusion`.
//!
//! Standards that clients check are followed to the letter; what they leave open is the house's: addresses are
//! absolute, and what is wrong is said in French.

mod adresses;
mod api;
mod dcat;
mod documents;
mod objets;
mod pages;
mod tuiles;

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRef, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};

use crate::comptes::Principal;
use crate::diffusion::{self, Catalogue, Crs, Emprises, MisesAJour, Question, ServiceDiffusion};
use crate::error::Result;
use crate::http::{
    Chemin, Forme, Operation, Parametres, Politique, Probleme, Reponse, Routes, UrlPublique, page,
};
use crate::territoires::{SourceDeDonnees, sources};
use crate::tuiles::ServiceTuiles;
use adresses::{Adresses, segment};
use documents::{Contexte, GEOJSON, HTML, OPENAPI, SCHEMA};

/// What the answers depend on beside their address.
const VARIE: HeaderValue =
    HeaderValue::from_static("accept, accept-encoding, authorization, cookie");

/// Parameters of the documents. QGIS carries what follows the address of a service to each of its requests, and its
/// projects so read the features of a réseau or a département alone: documents admit what features are filtered by.
const PORTES: [&str; 3] = ["f", "reseau", "departement"];

pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    ServiceDiffusion: FromRef<S>,
    ServiceTuiles: FromRef<S>,
    UrlPublique: FromRef<S>,
{
    Routes::nouvelles()
        .avec(
            // Some clients put a slash at the end of what they are given.
            Operation::nouvelle("/ogc", "OGC API : l'accueil et ses liens.", &PORTES, "/ogc")
                .ou(&[HTML])
                .barre_finale(),
            accueil,
        )
        .avec(
            Operation::nouvelle(
                "/ogc/conformance",
                "OGC API : les normes suivies.",
                &PORTES,
                "/ogc/conformance",
            )
            .ou(&[HTML]),
            conformite,
        )
        .avec(
            Operation::nouvelle(
                "/ogc/api",
                "OGC API : sa description (OpenAPI 3.0).",
                &PORTES,
                "/ogc/api",
            )
            .genre(OPENAPI),
            description,
        )
        .avec(
            Operation::nouvelle(
                "/ogc/collections",
                "OGC API : les collections.",
                &PORTES,
                "/ogc/collections",
            )
            .ou(&[HTML]),
            collections,
        )
        .avec(
            Operation::nouvelle(
                "/ogc/collections/{collection}",
                "OGC API : une collection, son emprise, ses sources, ses liens.",
                &PORTES,
                "/ogc/collections/communes",
            )
            .ou(&[HTML]),
            collection,
        )
        .avec(
            Operation::nouvelle(
                "/ogc/collections/{collection}/queryables",
                "OGC API : les propriétés d'une collection, qui se filtrent.",
                &PORTES,
                "/ogc/collections/communes/queryables",
            )
            .genre(SCHEMA)
            .ou(&[HTML]),
            filtrables,
        )
        .libre(
            Operation::nouvelle(
                "/ogc/collections/{collection}/items",
                "OGC API : les objets d'une collection, page par page. Toute propriété de la collection est aussi un \
                 paramètre (departement=26).",
                &diffusion::PARAMETRES,
                "/ogc/collections/communes/items?departement=26&limit=10",
            )
            .genre(GEOJSON)
            .ou(&[HTML]),
            objets,
        )
        .avec(
            Operation::nouvelle(
                "/ogc/collections/{collection}/items/{objet}",
                "OGC API : un objet d'une collection.",
                &["f", "crs", "datetime", "properties"],
                "/ogc/collections/communes/items/26001",
            )
            .genre(GEOJSON)
            .ou(&[HTML]),
            objet,
        )
        .avec(
            Operation::nouvelle(
                "/dcat",
                "Le catalogue des données pour les portails qui les moissonnent (DCAT-AP, JSON-LD).",
                &[],
                "/dcat",
            )
            .genre(dcat::GENRE),
            portail,
        )
        .fusionner(tuiles::routes())
}

/// An answer in the form that is wanted.
fn repondre(
    forme: Forme,
    document: Value,
    titre: &str,
    lisible: impl FnOnce() -> Markup,
) -> Response {
    match forme {
        Forme::Html => Html(page::page(titre, lisible())).into_response(),
        Forme::Json => Json(document).into_response(),
    }
}

/// The same, kept apart for each who asks.
fn pour(principal: &Principal, mut reponse: Response) -> Response {
    let entetes = reponse.headers_mut();
    let politique = Politique::Revalider.pour(principal.prive());
    entetes.insert(header::CACHE_CONTROL, politique.entete());
    entetes.insert(header::VARY, VARIE);
    reponse
}

async fn accueil(
    State(url): State<UrlPublique>,
    parametres: Parametres,
    entetes: HeaderMap,
) -> Reponse<Response> {
    let adresses = Adresses(&url);
    let forme = Forme::voulue(&parametres, &entetes)?;
    Ok(repondre(forme, documents::accueil(adresses), "OGC API", || pages::accueil(adresses)))
}

async fn conformite(parametres: Parametres, entetes: HeaderMap) -> Reponse<Response> {
    let forme = Forme::voulue(&parametres, &entetes)?;
    Ok(repondre(forme, documents::conformite(), "Normes suivies", pages::conformite))
}

async fn description(
    State(url): State<UrlPublique>,
    State(service): State<ServiceDiffusion>,
    State(piscine): State<PgPool>,
    principal: Principal,
) -> Reponse<Response> {
    let mut transaction = principal.transaction(&piscine).await?;
    let catalogue = service.catalogue(&mut transaction).await?;
    let document = api::document(&catalogue, Adresses(&url));
    Ok(([(header::CONTENT_TYPE, OPENAPI)], document.to_string()).into_response())
}

/// What is said of collections beside themselves.
struct Dits {
    sources: Vec<SourceDeDonnees>,
    emprises: Emprises,
    mises_a_jour: MisesAJour,
}

impl Dits {
    async fn lire(connexion: &mut PgConnection) -> Result<Self> {
        Ok(Self {
            sources: sources(&mut *connexion, None).await?,
            emprises: Emprises::lire(connexion).await?,
            mises_a_jour: MisesAJour::lire(connexion).await?,
        })
    }

    fn contexte<'a>(&'a self, adresses: Adresses<'a>) -> Contexte<'a> {
        Contexte {
            adresses,
            sources: &self.sources,
            emprises: &self.emprises,
            mises_a_jour: &self.mises_a_jour,
        }
    }
}

async fn portail(
    State(url): State<UrlPublique>,
    State(service): State<ServiceDiffusion>,
    State(piscine): State<PgPool>,
    principal: Principal,
) -> Reponse<Response> {
    let mut transaction = principal.transaction(&piscine).await?;
    let catalogue = service.catalogue(&mut transaction).await?;
    let dits = Dits::lire(&mut transaction).await?;
    let document = dcat::catalogue(&catalogue, &dits.contexte(Adresses(&url)));
    let reponse = ([(header::CONTENT_TYPE, dcat::GENRE)], document.to_string()).into_response();
    Ok(pour(&principal, reponse))
}

async fn collections(
    State(url): State<UrlPublique>,
    State(service): State<ServiceDiffusion>,
    State(piscine): State<PgPool>,
    principal: Principal,
    parametres: Parametres,
    entetes: HeaderMap,
) -> Reponse<Response> {
    let adresses = Adresses(&url);
    let forme = Forme::voulue(&parametres, &entetes)?;
    let mut transaction = principal.transaction(&piscine).await?;
    let catalogue = service.catalogue(&mut transaction).await?;
    let dits = Dits::lire(&mut transaction).await?;
    let contexte = dits.contexte(adresses);
    let decrites: Vec<Value> = catalogue
        .collections
        .iter()
        .map(|collection| documents::collection(collection, &contexte))
        .collect();
    let document =
        json!({ "links": documents::soi(adresses, "/collections"), "collections": decrites });
    let reponse =
        repondre(forme, document, "Collections", || pages::collections(&catalogue, adresses));
    Ok(pour(&principal, reponse))
}

async fn collection(
    State(url): State<UrlPublique>,
    State(service): State<ServiceDiffusion>,
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(id): Chemin<String>,
    parametres: Parametres,
    entetes: HeaderMap,
) -> Reponse<Response> {
    let adresses = Adresses(&url);
    let forme = Forme::voulue(&parametres, &entetes)?;
    let mut transaction = principal.transaction(&piscine).await?;
    let catalogue = service.catalogue(&mut transaction).await?;
    let collection = catalogue.trouver(&id)?;
    let dits = Dits::lire(&mut transaction).await?;
    let document = documents::collection(collection, &dits.contexte(adresses));
    let reponse = repondre(forme, document, &collection.titre, || {
        pages::collection(collection, adresses, &dits.sources)
    });
    Ok(pour(&principal, reponse))
}

async fn filtrables(
    State(url): State<UrlPublique>,
    State(service): State<ServiceDiffusion>,
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(id): Chemin<String>,
    parametres: Parametres,
    entetes: HeaderMap,
) -> Reponse<Response> {
    let forme = Forme::voulue(&parametres, &entetes)?;
    let mut transaction = principal.transaction(&piscine).await?;
    let catalogue = service.catalogue(&mut transaction).await?;
    let collection = catalogue.trouver(&id)?;
    let document = documents::filtrables(collection, Adresses(&url));
    let mut reponse =
        repondre(forme, document, &collection.titre, || pages::proprietes(collection));
    if forme == Forme::Json {
        reponse.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(SCHEMA));
    }
    Ok(reponse)
}

/// Features, with the system of their coordinates.
fn en_geojson(corps: String, crs: Crs) -> Response {
    let crs = HeaderValue::from_str(&format!("<{}>", crs.uri()));
    let mut reponse = ([(header::CONTENT_TYPE, GEOJSON)], corps).into_response();
    if let Ok(crs) = crs {
        reponse.headers_mut().insert("content-crs", crs);
    }
    reponse
}

async fn objets(
    State(url): State<UrlPublique>,
    State(service): State<ServiceDiffusion>,
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(id): Chemin<String>,
    parametres: Parametres,
    entetes: HeaderMap,
) -> Reponse<Response> {
    let forme = Forme::voulue(&parametres, &entetes)?;
    let mut transaction = principal.transaction(&piscine).await?;
    let catalogue: Arc<Catalogue> = service.catalogue(&mut transaction).await?;
    let collection = catalogue.trouver(&id)?;
    let question = Question::lire(collection, &parametres)?;
    let page = diffusion::page(&mut transaction, service.calculs(), collection, &question).await?;
    let effectif =
        service.effectif(&mut transaction, &principal, collection, &question, &parametres).await?;
    let lue = objets::Lue {
        collection,
        parametres: &parametres,
        adresses: Adresses(&url),
        place: page.place(&question),
        page,
        effectif,
    };
    let reponse = match forme {
        Forme::Html => Html(page::page(&collection.titre, lue.tableau())).into_response(),
        Forme::Json => en_geojson(lue.geojson(), question.crs),
    };
    Ok(pour(&principal, reponse))
}

async fn objet(
    State(url): State<UrlPublique>,
    State(service): State<ServiceDiffusion>,
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin((id, objet)): Chemin<(String, String)>,
    parametres: Parametres,
    entetes: HeaderMap,
) -> Reponse<Response> {
    let forme = Forme::voulue(&parametres, &entetes)?;
    let mut transaction = principal.transaction(&piscine).await?;
    let catalogue = service.catalogue(&mut transaction).await?;
    let collection = catalogue.trouver(&id)?;
    let question = Question::lire(collection, &parametres)?;
    let lu = diffusion::lire_un(&mut transaction, service.calculs(), collection, &question, &objet)
        .await?;
    let Some(lu) = lu else {
        return Err(Probleme::introuvable(format!(
            "L'objet « {objet} » n'est pas dans la collection « {id} », ou n'est pas à lire par qui le demande."
        )));
    };
    let chemin = format!("/collections/{}", segment(&id));
    let adresses = Adresses(&url);
    let reponse = match forme {
        Forme::Html => {
            Html(page::page(&collection.titre, objets::fiche(collection, &lu))).into_response()
        }
        Forme::Json => {
            let soi = format!("{chemin}/items/{}", segment(&objet));
            let liens = json!([
                documents::lien(adresses.de(&soi), "self", GEOJSON, "Cet objet"),
                documents::lien(
                    format!("{}?f=html", adresses.de(&soi)),
                    "alternate",
                    HTML,
                    "Le même, à lire"
                ),
                documents::lien(
                    adresses.de(&chemin),
                    "collection",
                    documents::JSON,
                    &collection.titre
                ),
            ]);
            // A feature ends with its closing brace: its links go before.
            let debut = lu.strip_suffix('}').unwrap_or(&lu);
            en_geojson(format!("{debut},\"links\":{liens}}}"), question.crs)
        }
    };
    Ok(pour(&principal, reponse))
}
