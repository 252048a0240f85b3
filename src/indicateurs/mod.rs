//! Territorial figures: their catalogue, their values in any millésime, their classes.

mod agregats;
mod calcul;
mod catalogue;
mod classes;
mod codes;
mod comparaison;
mod conversion;
mod declaration;
pub mod import;
mod libelles;
mod nombres;
mod observations;
mod series;
mod valeurs;

use axum::Json;
use axum::extract::{FromRef, State};
use serde::Serialize;
use sqlx::PgPool;

use crate::comptes::Principal;
use crate::http::{Chemin, Operation, Parametres, Reponse, Routes};
use crate::territoires::{Edition, Lieu, Maille, Millesime, Unite};

pub use agregats::{Agregat, Agregats};
pub use calcul::calculer;
pub use catalogue::{Indicateur, Nature, declarer, installer};
pub use classes::{Classes, Methode};
pub use comparaison::{Comparaison, Comparaisons, Pareilles};
pub use series::REQUETE;
pub use valeurs::{Colonnes, Nombre, Question, Valeurs};

/// A catalogue for users to begin from.
pub const MODELE: &str = include_str!("modele.toml");

/// Held by whoever writes values, until the end of the transaction.
const VERROU: &str = "select pg_advisory_xact_lock(hashtext('maillage indicateurs'))";

pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Routes::nouvelles()
        .avec(
            Operation::nouvelle(
                "/api/indicateurs",
                "Le catalogue des indicateurs.",
                &[],
                "/api/indicateurs",
            ),
            lister,
        )
        .avec(
            Operation::nouvelle(
                "/api/indicateurs/{indicateur}",
                "Un indicateur : sa définition, sa source, ses périodes.",
                &[],
                "/api/indicateurs/population",
            ),
            lire,
        )
        .avec(
            Operation::nouvelle(
                "/api/indicateurs/{indicateur}/valeurs",
                "Les valeurs d'un indicateur, par code, et leurs classes.",
                &["maille", "dans", "periode", "millesime", "classes", "cle"],
                "/api/indicateurs/population/valeurs?maille=commune&dans=departement:26&classes=jenks:5",
            ),
            valeurs,
        )
}

#[derive(Serialize)]
struct Catalogue {
    indicateurs: Vec<Indicateur>,
}

async fn lister(State(piscine): State<PgPool>, principal: Principal) -> Reponse<Json<Catalogue>> {
    let mut transaction = principal.transaction(&piscine).await?;
    Ok(Json(Catalogue { indicateurs: Indicateur::tous(&mut transaction).await? }))
}

async fn lire(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(code): Chemin<String>,
) -> Reponse<Json<Indicateur>> {
    let mut transaction = principal.transaction(&piscine).await?;
    Ok(Json(Indicateur::lire(&mut transaction, &code).await?))
}

async fn valeurs(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(code): Chemin<String>,
    parametres: Parametres,
) -> Reponse<Json<Valeurs>> {
    let maille = Maille::demandee(&parametres)?;
    let dans = parametres.lire::<Unite>("dans")?;
    let millesime = parametres.lire::<Millesime>("millesime")?;
    let classes = parametres.lire::<Methode>("classes")?;
    let mut transaction = principal.transaction(&piscine).await?;
    let indicateur = Indicateur::lire(&mut transaction, &code).await?;
    let edition = Edition::demandee(&mut transaction, millesime).await?;
    let dans = Lieu::trouver_si_dit(&mut transaction, edition, dans.as_ref()).await?;
    let question = Question {
        periode: parametres.texte("periode"),
        maille,
        dans,
        classes,
        cle: parametres.texte("cle"),
    };
    Ok(Json(Valeurs::lire(&mut transaction, indicateur, edition, question).await?))
}
