//! Demandes: what was asked, by whom, of whom.

mod annees;
pub mod contacts;
pub mod depot;
pub mod doublons;
pub mod ecriture;
pub mod en_ligne;
pub mod export;
pub mod import;
mod registre;
mod repartition;
pub mod tenue;

use axum::Json;
use axum::extract::{FromRef, State};
use sqlx::PgPool;

use crate::comptes::Principal;
use crate::http::{Operation, Parametres, Reponse, Routes};
use crate::partenaires::Filtre;
use crate::territoires::{Edition, Lieu, Unite};
pub use annees::{Annee, Annees};
use registre::Registre;
pub use repartition::{Axe, Compte, REQUETE as REQUETE_DE_REPARTITION, Repartition, TAILLES};

pub use ecriture::{SUIVRE_CODE, SUIVRE_CODES};

/// What the questions about demandes share, in SQL: installed with the layers.
pub const FONCTIONS: &str = include_str!("sql/fonctions.sql");

pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Routes::nouvelles()
        .avec(
            Operation::nouvelle(
                "/api/demandes",
                "Les demandes d'un réseau : ce que chacun peut en lire.",
                &Filtre::avec(&["territoire"]),
                "/api/demandes?reseau=drome",
            ),
            lire,
        )
        .fusionner(ecriture::routes())
        .fusionner(depot::routes())
}

async fn lire(
    State(piscine): State<PgPool>,
    principal: Principal,
    parametres: Parametres,
) -> Reponse<Json<Registre>> {
    let unite = parametres.lire::<Unite>("territoire")?;
    let mut transaction = principal.transaction(&piscine).await?;
    let filtre = Filtre::lire(&mut transaction, &parametres).await?.exiger_un()?;
    filtre.exiger_le_detail()?;
    let edition = Edition::avec_contours(&mut transaction, None).await?;
    let lieu = Lieu::trouver_si_dit(&mut transaction, edition, unite.as_ref()).await?;
    Ok(Json(Registre::lire(&mut transaction, filtre, edition, lieu).await?))
}
