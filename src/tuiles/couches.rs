//! The layers: one row of `couche` and one SQL function each, from the files of `sql/`.

use sqlx::{Connection, Executor, PgConnection};

use crate::error::{Contexte, Result};
use crate::{couverture, demandes, diffusion, partenaires};

/// Applied in this order at each start; a new layer is a file and a line here.
const FICHIERS: [&str; 14] = [
    include_str!("sql/00_commun.sql"),
    partenaires::FONCTIONS,
    partenaires::RATTACHER_ZONE,
    demandes::FONCTIONS,
    demandes::SUIVRE_CODE,
    demandes::SUIVRE_CODES,
    couverture::FONCTIONS,
    include_str!("sql/01_reseaux.sql"),
    include_str!("sql/mailles.sql"),
    include_str!("sql/couverture.sql"),
    include_str!("sql/zones.sql"),
    include_str!("sql/regroupements.sql"),
    include_str!("sql/demandes.sql"),
    diffusion::VUES,
];

/// Puts the functions that draw the layers in the database, as this program knows them.
pub async fn installer(connexion: &mut PgConnection) -> Result<()> {
    let action = "installation des couches de tuiles";
    let mut transaction = connexion.begin().await.pour(action)?;
    // Two commands that start together take turns.
    transaction
        .execute("select pg_advisory_xact_lock(hashtext('maillage couches'))")
        .await
        .pour(action)?;
    for fichier in FICHIERS {
        transaction.execute(fichier).await.pour(action)?;
    }
    transaction.commit().await.pour(action)
}
