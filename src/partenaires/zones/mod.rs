//! Zones d'intervention: where a partner works, for which themes, from when to when.
//!
//! A zone lists units, some of them left out, or is drawn. It has versions, each in a state ([`etats`]); a version is
//! resolved to communes when it is proposed, and never again but when a millésime or its réseau is loaded.
//! Reading files is apart ([`lecture`]), and so is judging them ([`jugement`], [`surface`]).

pub mod comparaison;
mod contour;
mod dates;
mod decisions;
mod dossier;
mod ecriture;
pub mod etats;
pub mod import;
mod jugement;
mod lecture;
mod ligne;
mod proposition;
pub mod reconnaissance;
pub mod registre;
mod saisie;
mod surface;
mod systeme;

use axum::Json;
use axum::extract::{FromRef, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Serialize;
use sqlx::PgPool;

use crate::comptes::Principal;
use crate::http::{Chemin, Operation, Parametres, Reponse, Routes};

pub use dossier::juger;
pub use ecriture::proposer as ecrire;
pub use etats::{Decision, Etat, Reference};
pub use lecture::Lecture;
pub use ligne::{Defauts, UniteDeZone, Zone};
pub use proposition::{Proposee, Proposition, proposer, reprendre};
use registre::{Question, Resume};

pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Routes::nouvelles()
        .avec(
            Operation::nouvelle(
                "/api/zones",
                "Les zones d'intervention.",
                &["reseau", "partenaire", "theme", "etat"],
                "/api/zones?reseau=drome",
            ),
            lister,
        )
        .avec(
            Operation::nouvelle(
                "/api/zones/{reseau}/{zone}",
                "Une zone : ses unités, ses communes, ses versions.",
                &["version"],
                "/api/zones/drome/caue-ensemble",
            ),
            lire,
        )
        .avec(
            Operation::nouvelle(
                "/api/zones/{reseau}/{zone}/contour",
                "Le contour d'une zone, en GeoJSON.",
                &["version"],
                "/api/zones/drome/caue-ensemble/contour",
            )
            .genre("application/geo+json"),
            contour,
        )
        .fusionner(ecriture::routes())
        .fusionner(decisions::routes())
}

#[derive(Serialize)]
struct Liste {
    zones: Vec<Resume>,
}

async fn lister(
    State(piscine): State<PgPool>,
    principal: Principal,
    parametres: Parametres,
) -> Reponse<Json<Liste>> {
    let texte = |nom: &str| parametres.texte(nom).map(str::to_owned);
    let question = Question {
        reseau: texte("reseau"),
        partenaire: texte("partenaire"),
        theme: texte("theme"),
        etat: parametres.lire("etat")?,
        non_reportees: false,
    };
    let mut transaction = principal.transaction(&piscine).await?;
    // Refuses, with a sentence, what does not exist.
    registre::exiger(&mut transaction, &question).await?;
    Ok(Json(Liste { zones: registre::lister(&mut transaction, &question).await? }))
}

/// The zone that the path and the parameters name.
fn designer((reseau, code): (String, String), parametres: &Parametres) -> Reponse<Reference> {
    let version = parametres.nombre("version", 1..=i16::MAX)?;
    Ok(Reference { reseau, code, version })
}

async fn lire(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(chemin): Chemin<(String, String)>,
    parametres: Parametres,
) -> Reponse<Json<registre::Zone>> {
    let zone = designer(chemin, &parametres)?;
    let mut transaction = principal.transaction(&piscine).await?;
    Ok(Json(registre::lire(&mut transaction, &zone).await?))
}

async fn contour(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(chemin): Chemin<(String, String)>,
    parametres: Parametres,
) -> Reponse<impl IntoResponse> {
    let zone = designer(chemin, &parametres)?;
    let mut transaction = principal.transaction(&piscine).await?;
    let objet = registre::contour(&mut transaction, &zone).await?;
    Ok(([(CONTENT_TYPE, "application/geo+json")], objet.to_string()))
}
