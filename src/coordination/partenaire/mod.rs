//! A partner's space: its zones, what it has done, its year. Whoever speaks for the partner keeps it, and whoever
//! coordinates its réseau.
//!
//! Pages are read without script. What changes a zone there is sent to `/api/zones`, by the same rights as programs.

mod accueil;
mod atelier;
mod formulaire;
mod zones;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRef, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::NaiveDate;
use maud::{Markup, html};
use serde::Deserialize;
use sqlx::{PgConnection, PgPool};

use super::{Champs, connectee, connexion, pages, patienter, propositions, reponse};
use crate::comptes::Principal;
use crate::error::{Contexte, Error, Result};
use crate::http::page::page_publique;
use crate::http::{Chemin, Formulaire as Envoi, Parametres, Probleme, Reponse};
use crate::partenaires::zones::reconnaissance::{self, Fichier, Reconnaissance};
use crate::partenaires::zones::{Reference, etats, reprendre};

/// Where the space of a partner is.
const BASE: &str = "/espace/{reseau}/partenaires/{partenaire}";
/// Largest file that a page sends, in bytes: a drawing of a hundred thousand vertices takes three million.
const FICHIER_MAX: usize = 8 << 20;

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    let chemin = |suite: &str| format!("{BASE}/{suite}");
    Router::new()
        .route(&chemin("accueil"), get(accueillir))
        .route(&chemin("zones"), get(lister))
        .route(&chemin("zones/{zone}"), get(corriger))
        .route(&chemin("lecture"), post(reconnaitre))
        .route(&chemin("zones/{zone}/{version}/retrait"), post(retirer))
        .route(&chemin("zones/{zone}/{version}/fin"), post(finir))
        .merge(formulaire::routes())
}

/// A partner that the principal keeps: theirs, or one of a réseau that they coordinate.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PartenaireTenu {
    pub reseau: String,
    pub reseau_nom: String,
    pub reseau_nom_court: String,
    /// The réseau's own year.
    pub annee: i16,
    pub code: String,
    pub nom: String,
    pub sigle: Option<String>,
    /// Whether the principal coordinates the réseau.
    pub coordonne: bool,
}

impl PartenaireTenu {
    /// # Errors
    /// When the principal does not keep it: whether it exists is not told.
    pub async fn lire(
        connexion: &mut PgConnection,
        reseau: &str,
        partenaire: &str,
    ) -> Result<Self> {
        let tenus = Self::tous(connexion, Some(reseau), Some(partenaire)).await?;
        tenus.into_iter().next().ok_or_else(|| {
            Error::Introuvable(
                "Vous n'écrivez pas pour ce partenaire dans ce réseau. Demandez ce droit à son coordinateur.".into(),
            )
        })
    }

    /// Those that the principal keeps, in a réseau or in all.
    pub async fn tous(
        connexion: &mut PgConnection,
        reseau: Option<&str>,
        partenaire: Option<&str>,
    ) -> Result<Vec<Self>> {
        sqlx::query_as(include_str!("../sql/lire_partenaires_tenus.sql"))
            .bind(reseau)
            .bind(partenaire)
            .fetch_all(connexion)
            .await
            .pour("lecture des partenaires que l'on tient")
    }

    /// An address of its space.
    pub fn adresse(&self, suite: &str) -> String {
        format!("/espace/{}/partenaires/{}/{suite}", self.reseau, self.code)
    }

    /// The page of one of its rooms. `tete`: what the page needs besides, in its head.
    pub fn page(&self, onglet: &str, titre: &str, tete: Markup, corps: Markup) -> String {
        let onglets = [
            ("accueil", "Accueil"),
            ("zones", "Zones"),
            ("demandes", "Demandes"),
            ("demandes/import", "Importer des demandes"),
        ];
        page_publique(
            &format!("{titre} — {}", self.sigle.as_ref().unwrap_or(&self.nom)),
            html! { meta name="robots" content="noindex"; (tete) },
            html! {
                nav.onglets aria-label=(self.nom) {
                    @for (segment, nom) in onglets {
                        a href=(self.adresse(segment))
                            aria-current=[(segment == onglet).then_some("page")] { (nom) }
                    }
                    @if self.coordonne { a href={ "/espace/" (self.reseau) } { "Coordonner " (self.reseau_nom_court) } }
                    a href="/espace" { "Votre espace" }
                }
                p.discret.qui { (self.nom) " · " (self.reseau_nom) }
                h1 { (titre) }
                (corps)
            },
        )
    }
}

/// The script of these pages, and its style sheet: files of the page that the program embeds.
pub fn outillage() -> Markup {
    html! {
        link rel="stylesheet" href="/espace.css";
        script type="module" src="/espace.js" {}
    }
}

/// What a page of the space that a partner reaches by the address of its réseau alone shows.
pub async fn choisir(connexion: &mut PgConnection, reseau: &str) -> Result<Option<Response>> {
    let tenus = PartenaireTenu::tous(connexion, Some(reseau), None).await?;
    Ok(match &tenus[..] {
        [] => None,
        [seul] => Some(Redirect::to(&seul.adresse("accueil")).into_response()),
        [premier, ..] => {
            let page = crate::http::page::page(
                &premier.reseau_nom,
                html! {
                    p { "Vous écrivez ici pour plusieurs partenaires." }
                    ul { @for tenu in &tenus { li { a href=(tenu.adresse("accueil")) { (tenu.nom) } } } }
                    p { a href="/espace" { "Votre espace" } }
                },
            );
            Some(reponse(StatusCode::OK, page))
        }
    })
}

type DePartenaire = (String, String);

async fn accueillir(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, partenaire)): Chemin<DePartenaire>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let tenu = PartenaireTenu::lire(&mut transaction, &reseau, &partenaire).await?;
    Ok(reponse(StatusCode::OK, accueil::page(&mut transaction, &tenu).await?))
}

async fn lister(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, partenaire)): Chemin<DePartenaire>,
    parametres: Parametres,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let tenu = PartenaireTenu::lire(&mut transaction, &reseau, &partenaire).await?;
    let avis = pages::avis(zones::fait(parametres.texte("fait")), None);
    Ok(reponse(StatusCode::OK, zones::page(&mut transaction, &tenu, avis).await?))
}

async fn corriger(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, partenaire, zone)): Chemin<(String, String, String)>,
) -> Reponse<Response> {
    let Some(qui) = principal.personne().filter(|_| connectee(&principal)) else {
        return Ok(connexion(&uri));
    };
    let mut transaction = principal.transaction(&piscine).await?;
    let tenu = PartenaireTenu::lire(&mut transaction, &reseau, &partenaire).await?;
    let sujet = atelier::Sujet { compte: qui.compte, code: &zone };
    Ok(reponse(StatusCode::OK, atelier::page(&mut transaction, &tenu, &sujet).await?))
}

/// Reads a list that was pasted, or a file, for whoever is correcting a zone: nothing is written.
async fn reconnaitre(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin((reseau, partenaire)): Chemin<DePartenaire>,
    parametres: Parametres,
    corps: Body,
) -> Reponse<Json<Reconnaissance>> {
    parametres.admettre(&["fichier", "couche", "systeme"])?;
    if !connectee(&principal) {
        return Err(Probleme::non_identifie(
            "Votre session est terminée. Reconnectez-vous : /connexion.",
        ));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let tenu = PartenaireTenu::lire(&mut transaction, &reseau, &partenaire).await?;
    // A file that is long to come holds no connection.
    transaction.rollback().await.pour("lecture d'un espace")?;
    let octets =
        to_bytes(corps, FICHIER_MAX).await.map_err(|_| Probleme::trop_lourd(FICHIER_MAX))?.to_vec();
    let texte = |nom: &str| parametres.texte(nom).map(str::to_owned);
    let lue = match texte("fichier") {
        None => {
            let liste = String::from_utf8_lossy(&octets);
            let mut transaction = principal.transaction(&piscine).await?;
            reconnaissance::lire_liste(&mut transaction, &tenu.reseau, &liste).await?
        }
        Some(nom) => {
            let fichier =
                Fichier { nom, octets, couche: texte("couche"), systeme: texte("systeme") };
            reconnaissance::lire_fichier(&piscine, &principal, &tenu.reseau, &tenu.code, fichier)
                .await?
        }
    };
    Ok(Json(lue))
}

/// The version that a form is about, as its sender had read it.
#[derive(Deserialize)]
struct Lue {
    revision: i32,
    fin: Option<NaiveDate>,
}

type DeVersion = (String, String, String, i16);

/// Does something to a version of a zone of the partner, if it is as it was read; else says why not.
async fn agir(
    piscine: &PgPool,
    principal: &Principal,
    (reseau, partenaire, zone, version): DeVersion,
    action: Action,
    lue: &Lue,
) -> Reponse<Response> {
    let origine = format!("POST /espace/partenaires/zones/{}", action.mot());
    let mut transaction = principal.ecriture(piscine, &origine).await?;
    let tenu = PartenaireTenu::lire(&mut transaction, &reseau, &partenaire).await?;
    let zone = Reference { reseau, code: zone, version: Some(version) };
    let refus = match propositions::changement(&mut transaction, &zone, lue.revision).await? {
        Some(phrase) => Some((StatusCode::CONFLICT, phrase)),
        None => match action.faire(&mut transaction, &tenu, &zone).await {
            Err(Error::Demande(phrase)) => Some((StatusCode::UNPROCESSABLE_ENTITY, phrase)),
            fait => {
                fait?;
                None
            }
        },
    };
    if let Some((statut, phrase)) = refus {
        let avis = pages::avis(None, Some(&phrase));
        return Ok(reponse(statut, zones::page(&mut transaction, &tenu, avis).await?));
    }
    transaction.commit().await.pour("écriture d'une zone")?;
    let suite = format!("zones?fait={}", action.mot());
    Ok(Redirect::to(&tenu.adresse(&suite)).into_response())
}

/// What forms do to a version of a zone.
#[derive(Debug, Clone, Copy)]
enum Action {
    /// Takes back a proposal that nobody has decided on.
    Retirer,
    /// Gives its last day to a version in force.
    Finir(NaiveDate),
}

impl Action {
    fn mot(self) -> &'static str {
        match self {
            Self::Retirer => "retiree",
            Self::Finir(_) => "finie",
        }
    }

    async fn faire(
        self,
        connexion: &mut PgConnection,
        tenu: &PartenaireTenu,
        zone: &Reference,
    ) -> Result<()> {
        match self {
            Self::Retirer if reprendre(connexion, zone).await? => Ok(()),
            Self::Retirer => Err(Error::Demande(
                "Cette version n'est plus une proposition : elle ne se retire pas.".into(),
            )),
            Self::Finir(_) if !tenu.coordonne => Err(Error::Demande(
                "Seul un coordinateur du réseau met fin à une zone : demandez-le-lui.".into(),
            )),
            Self::Finir(fin) => etats::retirer(connexion, zone, fin).await.map(|_| ()),
        }
    }
}

async fn retirer(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(designee): Chemin<DeVersion>,
    Envoi(lue): Envoi<Lue>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &champs(&lue)));
    }
    agir(&piscine, &principal, designee, Action::Retirer, &lue).await
}

async fn finir(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(designee): Chemin<DeVersion>,
    Envoi(lue): Envoi<Lue>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &champs(&lue)));
    }
    let fin = lue.fin.ok_or_else(Probleme::formulaire)?;
    agir(&piscine, &principal, designee, Action::Finir(fin), &lue).await
}

/// The fields of a form, to send them again once signed in.
fn champs(lue: &Lue) -> Champs {
    let fin = lue.fin.map(|fin| ("fin".to_owned(), fin.to_string()));
    [("revision".to_owned(), lue.revision.to_string())].into_iter().chain(fin).collect()
}
