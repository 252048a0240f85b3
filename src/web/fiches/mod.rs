//! The sheets: a unit, a partner, as pages that are read without script, on a phone and on paper.

mod carte;
mod contacts;
mod ecriture;
mod graphique;
mod mots;
mod pages;
mod partenaire;
mod territoire;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use sqlx::PgPool;

use super::police;
use crate::comptes::Principal;
use crate::http::{Chemin, Parametres, Politique, Probleme, Reponse, UrlPublique};
use crate::territoires::{Maille, Millesime, Unite};
pub use contacts::Message;
pub use ecriture::{INSECABLE, date_longue, de, entier, liste, nombre, pluriel};
pub use mots::{adresse, fiche as adresse_de_la_fiche, page_du_partenaire};
use partenaire::FicheDePartenaire;
use territoire::FicheDeTerritoire;

/// Where the style sheet of these pages is.
pub const FEUILLE: &str = "/fiches.css";

/// Pages whose answer may be kept until the data change.
pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    UrlPublique: FromRef<S>,
{
    Router::new()
        // A regroupement's code holds that of its réseau, and a slash.
        .route("/territoires/{maille}/{*code}", get(territoire))
        .route("/partenaires/{reseau}/{partenaire}", get(partenaire))
        .route(FEUILLE, get(feuille))
}

async fn territoire(
    State(piscine): State<PgPool>,
    State(url): State<UrlPublique>,
    principal: Principal,
    chemin: Reponse<Chemin<(String, String)>>,
    parametres: Parametres,
) -> Response {
    let lire = async {
        parametres.admettre(&["millesime"])?;
        let Chemin((maille, code)) = chemin?;
        let unite = designer(&maille, &code)?;
        let millesime = parametres.lire::<Millesime>("millesime")?;
        let mut transaction = principal.transaction(&piscine).await?;
        let fiche = FicheDeTerritoire::lire(&mut transaction, &unite, millesime).await?;
        let dit = millesime.map(|millesime| millesime.to_string());
        let chemin = adresse(&adresse_de_la_fiche(fiche.unite()), &[("millesime", dit.as_deref())]);
        Ok(pages::page_du_territoire(&fiche, &format!("{}{chemin}", url.0)))
    };
    repondre(lire.await)
}

/// Any of the mailles, regroupements included.
fn designer(maille: &str, code: &str) -> Reponse<Unite> {
    let maille = match maille {
        texte if texte == Maille::Regroupement.as_str() => Maille::Regroupement,
        texte => texte.parse()?,
    };
    Ok(Unite { code: maille.code(code)?, maille })
}

async fn partenaire(
    State(piscine): State<PgPool>,
    State(url): State<UrlPublique>,
    principal: Principal,
    chemin: Reponse<Chemin<(String, String)>>,
    parametres: Parametres,
) -> Response {
    let lire = async {
        parametres.admettre(&[])?;
        let Chemin((reseau, code)) = chemin?;
        let mut transaction = principal.transaction(&piscine).await?;
        let fiche = FicheDePartenaire::lire(&mut transaction, &reseau, &code).await?;
        let adresse = format!("{}{}", url.0, page_du_partenaire(&reseau, &code));
        Ok(pages::page_du_partenaire(&fiche, &adresse))
    };
    repondre(lire.await)
}

fn repondre(page: Reponse<String>) -> Response {
    match page {
        Ok(page) => Html(page).into_response(),
        Err(probleme) => refuser(&probleme),
    }
}

/// A refusal as people read it.
pub fn refuser(probleme: &Probleme) -> Response {
    let (titre, phrase) = probleme.dire();
    let mut reponse =
        (probleme.statut(), Html(pages::page_du_refus(titre, phrase))).into_response();
    reponse.headers_mut().insert(header::CACHE_CONTROL, Politique::Jamais.entete());
    reponse
}

/// The style, with the font of the map's page when that page is in the program.
async fn feuille() -> Response {
    let police = police().map(|adresse| {
        format!(
            "@font-face {{ font-family: \"Source Sans 3\"; src: url(\"{adresse}\") format(\"woff2\"); \
             font-weight: 200 900; font-display: swap; }}\n"
        )
    });
    let entetes = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, Politique::Journee.entete()),
    ];
    (entetes, police.unwrap_or_default() + include_str!("fiches.css")).into_response()
}
