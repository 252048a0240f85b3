//! The annual report: how the work of a réseau was shared, as a document that a president can sign, an analyst can check
//! and a printer can print.
//!
//! What it says is read once, as data ([`donnees`]); what people write around the figures are files of the réseau
//! ([`textes`]); maps are drawn in vectors ([`planches`], by [`cartes`]); Typst lays all of it out ([`document`]), a page of the site says
//! the same ([`page`]), and the figures leave as files with the query of each ([`annexes`]). A report that is published is
//! kept whole ([`publication`]); one that is asked for is made in the background ([`travaux`]).
//!
//! The same data and the same date give the same document, byte for byte: nothing here reads the clock.

pub mod annexes;
pub mod cartes;
pub mod document;
pub mod donnees;
pub mod fabrique;
pub mod page;
pub mod planches;
pub mod publication;
pub mod textes;
pub mod travaux;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use sqlx::PgPool;

use crate::comptes::Principal;
use crate::error::{Contexte, Error, Result};
use crate::http::{Atelier, Chemin, Parametres, Politique, Probleme, Reponse, UrlPublique, VARIE};
use crate::partenaires::zones::etats::aujourd_hui;
use crate::web::fiches::refuser;
use annexes::{Contours, Matiere};
use donnees::{Consigne, Format, Periode, Rapport, Sujet};
use planches::Dessin;
use publication::{Contenu, Ecart, Publication};
use textes::Logo;

/// Reports read as of today, or files of figures written, at once: they ask the database for more than a page does.
static ATELIER: Atelier = Atelier::nouveau(2, Duration::from_secs(20));

/// Width of maps as pictures, in pixels: a slide's, on a fine screen.
pub const LARGEUR: u32 = 2_400;

/// Pages and files of reports. They are not in the OpenAPI document, which has what programs ask.
pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    UrlPublique: FromRef<S>,
{
    Router::new()
        .route(page::STYLE, get(style))
        .route("/rapports", get(sommaire))
        .route("/rapports/{reseau}", get(lister))
        // A year, or a year and the kind of a file.
        .route("/rapports/{reseau}/{annee}", get(montrer))
        .route("/rapports/{reseau}/{annee}/logo", get(logo))
        .route("/rapports/{reseau}/{annee}/cartes/{nom}", get(carte))
}

/// The coordinator's pages.
pub fn espace<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    page::espace::routes()
}

async fn style() -> Response {
    let entetes = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, Politique::Journee.entete()),
    ];
    (entetes, include_str!("page/rapports.css")).into_response()
}

/// What all réseaux published.
async fn sommaire(State(piscine): State<PgPool>, principal: Principal) -> Reponse<Response> {
    let mut transaction = principal.transaction(&piscine).await?;
    let parues = publication::lister_partout(&mut transaction).await?;
    Ok(avec_politique(Html(page::sommaire(&parues)), &principal))
}

async fn lister(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(reseau): Chemin<String>,
) -> Response {
    let lire = async {
        let mut transaction = principal.transaction(&piscine).await?;
        let (nom, coordonne) = nommer(&mut transaction, &reseau).await?;
        let publications = publication::lister(&mut transaction, &reseau).await?;
        Ok::<_, Probleme>(page::liste(&reseau, &nom, &publications, coordonne))
    };
    match lire.await {
        Ok(page) => avec_politique(Html(page), &principal),
        Err(probleme) => refuser(&probleme),
    }
}

/// The name of a réseau, and whether the principal coordinates it.
async fn nommer(connexion: &mut sqlx::PgConnection, reseau: &str) -> Result<(String, bool)> {
    sqlx::query_as("select nom, code = any (mes_coordinations()) from reseau where code = $1")
        .bind(reseau)
        .fetch_optional(connexion)
        .await
        .pour("lecture d'un réseau")?
        .ok_or_else(|| {
            Error::Introuvable("Ce réseau n'existe pas, ou n'est pas ouvert au public.".into())
        })
}

/// A report that is asked for, found.
struct Trouve {
    contenu: Contenu,
    /// None: a draft.
    publication: Option<Publication>,
    /// Of its year, the last first.
    versions: Vec<Publication>,
}

/// The version that is asked for, the last otherwise; for whoever coordinates, what would be published today when nothing is.
async fn trouver(
    piscine: &PgPool,
    principal: &Principal,
    reseau: &str,
    annee: i16,
    version: Option<i16>,
) -> Reponse<Trouve> {
    let mut transaction = principal.transaction(piscine).await?;
    let (_, coordonne) = nommer(&mut transaction, reseau).await?;
    let mut versions = publication::lister(&mut transaction, reseau).await?;
    versions.retain(|publication| publication.annee == annee);
    let voulue = match version {
        None => versions.first(),
        Some(version) => versions.iter().find(|publication| publication.version == version),
    };
    if let Some(publication) = voulue.cloned() {
        let contenu = publication::ouvrir(&mut transaction, reseau, &publication).await?;
        return Ok(Trouve { contenu, publication: Some(publication), versions });
    }
    if !coordonne || version.is_some() {
        return Err(Probleme::introuvable(format!(
            "Le bilan {annee} de ce réseau n'est pas publié. Ceux qui le sont : /rapports/{reseau}."
        )));
    }
    drop(transaction);
    let _place = ATELIER.entrer().await?;
    let consigne = consigne(reseau, annee)?;
    let (rapport, textes) = fabrique::lire(piscine, principal, &consigne).await?;
    let fonds = fabrique::fonds(piscine, principal, &rapport).await?;
    let (rapport, cartes) = travaux::bloquer(move || {
        let cartes = fonds.dessiner(&rapport)?;
        Ok((rapport, cartes))
    })
    .await?;
    let contenu = Contenu { rapport, textes, cartes, requetes: publication::requetes_du_jour() };
    Ok(Trouve { contenu, publication: None, versions })
}

/// The report of a year of a whole réseau, that bears today's date.
fn consigne(reseau: &str, annee: i16) -> Result<Consigne> {
    Ok(Consigne {
        reseau: reseau.to_owned(),
        sujet: Sujet::Reseau,
        periode: annee_entiere(annee)?,
        edition: aujourd_hui(),
        format: Format::A4,
    })
}

fn annee_entiere(annee: i16) -> Result<Periode> {
    Some(annee)
        .filter(|annee| (1943..=2100).contains(annee))
        .and_then(Periode::annee)
        .ok_or_else(|| Error::Demande("L'année est entre 1943 et 2100.".into()))
}

/// What has moved since the last version was published. Nothing of an older one: the last says it.
async fn ecarts(piscine: &PgPool, principal: &Principal, trouve: &Trouve) -> Reponse<Vec<Ecart>> {
    let derniere = trouve.versions.first().map(|publication| publication.version);
    if trouve.publication.as_ref().map(|publication| publication.version) != derniere {
        return Ok(Vec::new());
    }
    let publie = &trouve.contenu.rapport;
    let _place = ATELIER.entrer().await?;
    let vivant = match fabrique::chiffres(piscine, principal, &publie.consigne).await {
        Ok(vivant) => vivant,
        // What is published is read even when what it was about is no longer there.
        Err(Error::Introuvable(_) | Error::Demande(_)) => return Ok(Vec::new()),
        Err(erreur) => return Err(erreur.into()),
    };
    Ok(publication::ecarts(publie, &vivant))
}

async fn montrer(
    State(piscine): State<PgPool>,
    State(url): State<UrlPublique>,
    principal: Principal,
    Chemin((reseau, annee)): Chemin<(String, String)>,
    parametres: Parametres,
) -> Response {
    let (nombre, genre) = match annee.split_once('.') {
        Some((annee, genre)) => (annee, Some(genre)),
        None => (&*annee, None),
    };
    let repondre = async {
        let version = lire_version(&parametres)?;
        let nombre = lire_annee(nombre)?;
        let trouve = trouver(&piscine, &principal, &reseau, nombre, version).await?;
        let nom = format!("bilan-{reseau}-{nombre}");
        match genre {
            None => html(&piscine, &url, &principal, &reseau, nombre, &trouve).await,
            Some("pdf") => {
                let Some(publication) = &trouve.publication else {
                    return Ok(Redirect::to(&format!("/espace/{reseau}/bilan?annee={nombre}"))
                        .into_response());
                };
                let mut transaction = principal.transaction(&piscine).await?;
                let pdf = publication::document(&mut transaction, &reseau, publication).await?;
                Ok(fichier(
                    "application/pdf",
                    &format!("inline; filename=\"{nom}.pdf\""),
                    pdf,
                    &principal,
                ))
            }
            Some(genre) => {
                let annexe = Annexe::nommee(genre)?;
                let ecarts = ecarts(&piscine, &principal, &trouve).await?;
                let etat = match &trouve.publication {
                    Some(publication) => format!("Bilan publié, version {}.", publication.version),
                    None => APERCU.to_owned(),
                };
                annexe.servir(&piscine, &principal, trouve.contenu, ecarts, etat, &nom).await
            }
        }
    };
    match repondre.await {
        Ok(reponse) => reponse,
        Err(probleme) => refuser(&probleme),
    }
}

fn lire_annee(texte: &str) -> Reponse<i16> {
    texte
        .parse()
        .map_err(|_| Probleme::introuvable("L'adresse d'un bilan finit par une année : 2018."))
}

fn lire_version(parametres: &Parametres) -> Reponse<Option<i16>> {
    parametres.admettre(&["version", "seule"])?;
    parametres
        .texte("version")
        .map(|texte| texte.parse().map_err(|_| Probleme::demande("version est un nombre : 1, 2…")))
        .transpose()
}

async fn html(
    piscine: &PgPool,
    url: &UrlPublique,
    principal: &Principal,
    reseau: &str,
    annee: i16,
    trouve: &Trouve,
) -> Reponse<Response> {
    let ecarts = ecarts(piscine, principal, trouve).await?;
    let adresse = format!("/rapports/{reseau}/{annee}");
    let vue = page::Vue {
        contenu: &trouve.contenu,
        publication: trouve.publication.as_ref(),
        document: trouve.publication.as_ref().map(|publication| publication.octets),
        versions: &trouve.versions,
        ecarts: &ecarts,
        absolue: format!("{}{adresse}", url.0),
        adresse,
    };
    Ok(avec_politique(Html(page::page(&vue)), principal))
}

/// Said first by the annexes of what is not published.
const APERCU: &str = "Aperçu, non publié.";

/// A kind of file that holds the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Annexe {
    Classeur,
    GeoPackage,
}

impl Annexe {
    /// By what its name ends with.
    fn nommee(genre: &str) -> Reponse<Self> {
        match genre {
            "xlsx" => Ok(Self::Classeur),
            "gpkg" => Ok(Self::GeoPackage),
            autre => Err(Probleme::introuvable(format!(
                "Un bilan n'existe pas en « {autre} » : demandez pdf, xlsx ou gpkg."
            ))),
        }
    }

    async fn servir(
        self,
        piscine: &PgPool,
        principal: &Principal,
        contenu: Contenu,
        ecarts: Vec<Ecart>,
        etat: String,
        nom: &str,
    ) -> Reponse<Response> {
        let _place = ATELIER.entrer().await?;
        let contours = match self {
            Self::Classeur => None,
            Self::GeoPackage => {
                let mut transaction = principal.transaction(piscine).await?;
                Some(Contours::lire(&mut transaction, &contenu.rapport).await?)
            }
        };
        let octets = travaux::bloquer(move || {
            let Contenu { rapport, requetes, .. } = &contenu;
            let matiere = Matiere { rapport, requetes, ecarts: &ecarts, etat };
            match contours {
                None => annexes::classeur(&matiere),
                Some(contours) => annexes::geopaquet(&matiere, &contours),
            }
        })
        .await?;
        let (genre, extension) = match self {
            Self::Classeur => {
                ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
            }
            Self::GeoPackage => ("application/geopackage+sqlite3", "gpkg"),
        };
        let disposition = format!("attachment; filename=\"{nom}.{extension}\"");
        Ok(fichier(genre, &disposition, octets, principal))
    }
}

async fn logo(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin((reseau, annee)): Chemin<(String, String)>,
    parametres: Parametres,
) -> Reponse<Response> {
    let trouve =
        trouver(&piscine, &principal, &reseau, lire_annee(&annee)?, lire_version(&parametres)?)
            .await?;
    servir_le_logo(trouve.contenu.textes.logo, &principal)
}

fn servir_le_logo(logo: Option<Logo>, principal: &Principal) -> Reponse<Response> {
    let logo = logo.ok_or_else(|| Probleme::introuvable("Ce bilan n'a pas de logo."))?;
    Ok(fichier(logo.genre.mime(), "inline", logo.octets, principal))
}

async fn carte(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin((reseau, annee, nom)): Chemin<(String, String, String)>,
    parametres: Parametres,
) -> Reponse<Response> {
    let trouve =
        trouver(&piscine, &principal, &reseau, lire_annee(&annee)?, lire_version(&parametres)?)
            .await?;
    let Contenu { rapport, cartes, .. } = &trouve.contenu;
    servir_la_carte(rapport, cartes, &nom, &parametres, &principal).await
}

/// A map by the name of its file: its key, and `.svg` or `.png`. Alone, which a picture always is, it has its title.
async fn servir_la_carte(
    rapport: &Rapport,
    cartes: &BTreeMap<String, Dessin>,
    nom: &str,
    parametres: &Parametres,
    principal: &Principal,
) -> Reponse<Response> {
    let absente = || {
        Probleme::introuvable(
            "Ce bilan n'a pas de carte de ce nom. Les noms sont dans sa page, avec .svg ou .png.",
        )
    };
    let (cle, genre) = nom.rsplit_once('.').ok_or_else(absente)?;
    let dessin = cartes.get(cle).ok_or_else(absente)?;
    let carte = rapport.toutes_les_cartes().find(|carte| carte.cle == cle).ok_or_else(absente)?;
    let svg = match genre == "png" || parametres.texte("seule").is_some() {
        true => planches::affiche(rapport, carte, dessin),
        false => dessin.svg.clone(),
    };
    match genre {
        "svg" => Ok(fichier("image/svg+xml", "inline", svg.into_bytes(), principal)),
        "png" => {
            let _place = ATELIER.entrer().await?;
            let png = travaux::bloquer(move || cartes::png(&svg, LARGEUR)).await?;
            Ok(fichier("image/png", &format!("inline; filename=\"{nom}\""), png, principal))
        }
        _ => Err(absente()),
    }
}

/// A file that is checked before each use: what is published may get a new version.
fn fichier(
    genre: &'static str,
    disposition: &str,
    octets: Vec<u8>,
    principal: &Principal,
) -> Response {
    let mut reponse = avec_politique(octets, principal);
    let entetes = reponse.headers_mut();
    entetes.insert(header::CONTENT_TYPE, HeaderValue::from_static(genre));
    if let Ok(disposition) = HeaderValue::from_str(disposition) {
        entetes.insert(header::CONTENT_DISPOSITION, disposition);
    }
    reponse
}

fn avec_politique(corps: impl IntoResponse, principal: &Principal) -> Response {
    let entetes = [
        (header::CACHE_CONTROL, Politique::Revalider.pour(principal.prive()).entete()),
        (header::VARY, VARIE),
    ];
    (StatusCode::OK, entetes, corps).into_response()
}
