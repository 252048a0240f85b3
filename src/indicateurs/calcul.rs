//! Indicators that the territories themselves give, worked out again when a millésime is published.

use sqlx::{Connection, Executor, PgConnection};

use crate::base::Base;
use crate::error::{Contexte, Result};
use crate::territoires::{Edition, Millesime};

const ACTION: &str = "calcul des indicateurs";

/// Works out the indicators of the newest millésime that has contours, and the populations of all.
pub async fn calculer(base: &Base) -> Result<()> {
    let mut connexion = base.connexion().await?;
    let mut transaction = connexion.begin().await.pour(ACTION)?;
    transaction.execute(super::VERROU).await.pour(ACTION)?;
    effacer(&mut transaction).await?;
    transaction.execute(include_str!("sql/preparer_calcul.sql")).await.pour(ACTION)?;
    if let Some(edition) = Edition::montree(&mut *transaction).await? {
        ecrire(&mut transaction, include_str!("sql/calculer.sql"), edition).await?;
    }
    for millesime in Millesime::publies(&mut *transaction).await? {
        let edition = Edition::de(&mut transaction, Some(millesime)).await?;
        ecrire(&mut transaction, include_str!("sql/calculer_populations.sql"), edition).await?;
    }
    transaction.execute("analyze jeu, valeur").await.pour(ACTION)?;
    sqlx::query("select annoncer_changement()").execute(&mut *transaction).await.pour(ACTION)?;
    transaction.commit().await.pour(ACTION)
}

/// Runs a statement that fills `calcul`, and keeps what it gives as values of a millésime.
async fn ecrire(
    connexion: &mut PgConnection,
    requete: &'static str,
    edition: Edition,
) -> Result<()> {
    sqlx::query(requete)
        .bind(edition.edition)
        .bind(edition.millesime)
        .execute(&mut *connexion)
        .await
        .pour(ACTION)?;
    sqlx::query(include_str!("sql/garder_calcul.sql"))
        .bind(edition.millesime)
        .execute(connexion)
        .await
        .pour(ACTION)?;
    Ok(())
}

/// Erases what was worked out before.
async fn effacer(connexion: &mut PgConnection) -> Result<()> {
    connexion.execute(include_str!("sql/effacer_calculs.sql")).await.map(|_| ()).pour(ACTION)
}
