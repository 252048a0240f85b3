//! QGIS projects: one file that opens the layers of a réseau live, drawn as on the web map, under the rights of who
//! opens it; and the page that explains the three ways to connect.

mod acces;
mod archive;
mod classes;
mod couche;
mod etiquettes;
mod fond;
mod guide;
mod mise_en_page;
mod noeud;
mod projet;
mod sujet;
mod symbologie;
mod tables;
mod tuiles;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use sqlx::PgPool;

use crate::comptes::Principal;
use crate::diffusion::ServiceDiffusion;
use crate::error::Result;
use crate::http::{
    Chemin, Operation, Parametres, Politique, Probleme, Reponse, Routes, UrlPublique, VARIE, etag,
    inchange,
};
use crate::partenaires::Reseau;
use crate::tuiles::ServiceTuiles;
use crate::web::Palette;
use acces::Acces;
use fond::Fond;
use projet::Projet;
use sujet::Sujet;
use tuiles::Pinceaux;

/// The projects, for programs to know of.
pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    ServiceDiffusion: FromRef<S>,
    ServiceTuiles: FromRef<S>,
    UrlPublique: FromRef<S>,
{
    Routes::nouvelles().avec(
        Operation::nouvelle(
            "/qgis/{projet}",
            "Un projet QGIS (drome.qgz) ou ses couches (drome.qlr) : les données d'un réseau, en direct. L'édition \
             privée (edition=privee) s'identifie par une entrée d'authentification de QGIS. La page /qgis explique \
             comment s'en servir.",
            &["edition", "authcfg"],
            "/qgis/drome.qgz",
        )
        .genre("application/x-qgis-project")
        .ou(&["application/x-qgis-layer-definition"]),
        telecharger,
    )
}

/// The page, and its pictures.
pub fn pages<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    UrlPublique: FromRef<S>,
{
    Router::new().route("/qgis", get(expliquer)).route("/qgis/images/{image}", get(image))
}

/// What a file is.
#[derive(Debug, Clone, Copy)]
enum Genre {
    Projet,
    Couches,
}

/// What a project is made from.
struct Ressources {
    piscine: PgPool,
    diffusion: ServiceDiffusion,
    service: ServiceTuiles,
    url: UrlPublique,
}

impl<S> FromRef<S> for Ressources
where
    PgPool: FromRef<S>,
    ServiceDiffusion: FromRef<S>,
    ServiceTuiles: FromRef<S>,
    UrlPublique: FromRef<S>,
{
    fn from_ref(etat: &S) -> Self {
        Self {
            piscine: PgPool::from_ref(etat),
            diffusion: ServiceDiffusion::from_ref(etat),
            service: ServiceTuiles::from_ref(etat),
            url: UrlPublique::from_ref(etat),
        }
    }
}

async fn telecharger(
    State(ressources): State<Ressources>,
    principal: Principal,
    Chemin(fichier): Chemin<String>,
    parametres: Parametres,
    entetes: HeaderMap,
) -> Reponse<Response> {
    let (code, genre) = if let Some(code) = fichier.strip_suffix(".qgz") {
        (code, Genre::Projet)
    } else if let Some(code) = fichier.strip_suffix(".qlr") {
        (code, Genre::Couches)
    } else {
        return Err(Probleme::introuvable(format!(
            "« {fichier} » n'est pas un projet QGIS : donnez le code d'un réseau, puis .qgz ou .qlr, comme drome.qgz."
        )));
    };
    let Ressources { piscine, diffusion, service, url } = ressources;
    let acces = Acces::nouveau(url, parametres.texte("edition"), parametres.lire("authcfg")?)?;
    let mut transaction = principal.transaction(&piscine).await?;
    let sujet = Sujet::lire(&mut transaction, code).await?;
    let catalogue = diffusion.catalogue(&mut transaction).await?;
    drop(transaction);
    let (palette, fond) = (Palette::lire()?, Fond::lire()?);
    let pinceaux = Pinceaux { palette: &palette, fond: &fond, service: &service };
    let projet = Projet {
        groupes: vec![
            pinceaux.demandes(&acces, &sujet).await?,
            pinceaux.territoires(&acces).await?,
            pinceaux.zones(&acces, &sujet).await?,
            pinceaux.couverture(&acces, &sujet).await?,
            tables::groupe(&acces, &sujet, &catalogue, &pinceaux)?,
            pinceaux.terre(&acces).await?,
        ],
        sujet: &sujet,
        papier: &fond.eau,
    };
    let corps = ecrire(&projet, genre, code)?;
    Ok(envoyer(corps, genre, &acces, code, &principal, &entetes))
}

fn ecrire(projet: &Projet<'_>, genre: Genre, code: &str) -> Result<Vec<u8>> {
    match genre {
        Genre::Projet => archive::archiver(code, &projet.document()?),
        Genre::Couches => projet.definition_de_couches(),
    }
}

fn envoyer(
    corps: Vec<u8>,
    genre: Genre,
    acces: &Acces,
    code: &str,
    principal: &Principal,
    connus: &HeaderMap,
) -> Response {
    let etag = etag(&corps);
    let (type_, extension) = match genre {
        Genre::Projet => ("application/x-qgis-project", "qgz"),
        Genre::Couches => ("application/x-qgis-layer-definition", "qlr"),
    };
    let prive = if acces.entree.is_some() { "-prive" } else { "" };
    let mut reponse = if inchange(connus, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, type_)], corps).into_response()
    };
    let entetes = reponse.headers_mut();
    let nom = format!("attachment; filename=\"{code}{prive}.{extension}\"");
    if let Ok(nom) = HeaderValue::from_str(&nom) {
        entetes.insert(header::CONTENT_DISPOSITION, nom);
    }
    entetes.insert(header::CACHE_CONTROL, Politique::Revalider.pour(principal.prive()).entete());
    entetes.insert(header::VARY, VARIE);
    entetes.insert(header::ETAG, etag);
    reponse
}

async fn expliquer(
    State(piscine): State<PgPool>,
    State(url): State<UrlPublique>,
    principal: Principal,
) -> Reponse<Response> {
    let mut transaction = principal.transaction(&piscine).await?;
    let reseaux = Reseau::tous(&mut transaction).await?;
    let politique = Politique::Revalider.pour(principal.prive()).entete();
    let entetes = [(header::CACHE_CONTROL, politique), (header::VARY, VARIE)];
    Ok((entetes, Html(guide::page(&reseaux, &url.0))).into_response())
}

async fn image(Chemin(nom): Chemin<String>) -> Reponse<Response> {
    let image = guide::image(&nom).ok_or_else(|| {
        Probleme::introuvable(format!("L'image « {nom} » n'existe pas. La page est à /qgis."))
    })?;
    let entetes = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CACHE_CONTROL, Politique::Journee.entete()),
    ];
    Ok((entetes, image).into_response())
}
