//! Réseaux: their partners, themes and zones; reading the folder that declares them.

mod contenu;
mod declaration;
mod dossier;
pub mod export;
mod fiches;
mod filtre;
pub mod import;
mod membre;
mod nomenclature;
mod ouverture;

mod reseaux;
mod resolution;
mod table;
pub mod zones;

use axum::Json;
use axum::extract::{FromRef, State};
use serde::Serialize;
use sqlx::PgPool;

use crate::comptes::Principal;
use crate::http::{Chemin, Operation, Parametres, Reponse, Routes};

pub use contenu::{Contenu, succession};
pub use declaration::{est_adresse, est_courriel, est_identifiant, est_site, juger_couleur};
pub use fiches::{Choix, Fiche, FicheDePartenaire};
pub use filtre::{Cadre, Filtre, Periode, besoin, verifier_theme};
pub use membre::{EpciDuMembre, Membre, ThemeDuMembre, ZoneDuMembre};
pub use nomenclature::{Commune, Nomenclature, code_postal, inconnue, lister_communes};
pub use ouverture::Ouvertures;
pub use table::{Rang, Table};

pub use reseaux::{
    Adresse, Citation, Description, Identite, Partenaire, Reseau, ReseauDuLieu, Theme, citations,
};
pub use resolution::{
    RATTACHER_ZONE, attendre_son_tour, resoudre_dans, resoudre_successions, resoudre_tout,
};

/// What the questions about partners share, in SQL: installed with the layers.
pub const FONCTIONS: &str = concat!(
    include_str!("sql/fonctions.sql"),
    // The statements that resolve a load, for a réseau that begins or whose perimeter changes from a page.
    "create or replace function resoudre_codes(text, integer) returns void language sql as $corps$",
    include_str!("sql/resoudre_successions.sql"),
    "$corps$;\ncreate or replace function resoudre_perimetre(text) returns void language sql as $corps$",
    include_str!("sql/resoudre_perimetres.sql"),
    "$corps$;\ncreate or replace function resoudre_contours(text, integer) returns void language sql as $corps$",
    include_str!("sql/resoudre_contours.sql"),
    "$corps$;",
);

pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Routes::nouvelles()
        .avec(Operation::nouvelle("/api/reseaux", "Les réseaux.", &[], "/api/reseaux"), lister)
        .avec(
            Operation::nouvelle(
                "/api/reseaux/{reseau}",
                "Un réseau : ses partenaires, ses thèmes, son guichet.",
                &[],
                "/api/reseaux/drome",
            ),
            lire,
        )
        .avec(
            Operation::nouvelle(
                "/api/reseaux/{reseau}/fiches",
                "Les fiches de l'offre d'un réseau.",
                &["theme", "partenaire", "niveau", "q"],
                "/api/reseaux/drome/fiches",
            ),
            lire_fiches,
        )
        .fusionner(zones::routes())
}

#[derive(Serialize)]
struct Liste {
    reseaux: Vec<Reseau>,
}

async fn lister(State(piscine): State<PgPool>, principal: Principal) -> Reponse<Json<Liste>> {
    let mut transaction = principal.transaction(&piscine).await?;
    Ok(Json(Liste { reseaux: Reseau::tous(&mut transaction).await? }))
}

#[derive(Serialize)]
struct Fiches {
    reseau: String,
    demonstration: bool,
    mention: Option<String>,
    fiches: Vec<Fiche>,
}

async fn lire_fiches(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(code): Chemin<String>,
    parametres: Parametres,
) -> Reponse<Json<Fiches>> {
    let choix = Choix {
        theme: parametres.texte("theme"),
        partenaire: parametres.texte("partenaire"),
        niveau: parametres.texte("niveau"),
        besoin: besoin(&parametres)?,
    };
    let mut transaction = principal.transaction(&piscine).await?;
    let reseau = Reseau::lire(&mut transaction, &code).await?;
    verifier_theme(&mut transaction, Some(&code), choix.theme, choix.partenaire).await?;
    let fiches = Fiche::lire(&mut transaction, &code, &choix).await?;
    let Reseau { code: reseau, demonstration, mention, .. } = reseau;
    Ok(Json(Fiches { reseau, demonstration, mention, fiches }))
}

async fn lire(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(code): Chemin<String>,
) -> Reponse<Json<Description>> {
    let mut transaction = principal.transaction(&piscine).await?;
    let reseau = Reseau::lire(&mut transaction, &code).await?;
    Ok(Json(reseau.decrire(&mut transaction).await?))
}
