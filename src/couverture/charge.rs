//! Made-up réseaux to measure with, over the whole country: `maillage base peupler`.

use sqlx::{Connection, Executor};

use crate::base::Base;
use crate::error::{Contexte, Result};
use crate::partenaires::{attendre_son_tour, resoudre_dans};
use crate::progres::Progres;

/// How many of each are made, in all.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Charge {
    /// Réseaux, un par département au plus.
    #[arg(long, default_value_t = 100)]
    pub reseaux: u32,
    #[arg(long, default_value_t = 1_500)]
    pub partenaires: u32,
    #[arg(long, default_value_t = 5_000)]
    pub zones: u32,
    #[arg(long, default_value_t = 2_000_000)]
    pub demandes: u32,
}

/// Replaces the made-up réseaux, all or nothing; the others are left alone. With none asked for, removes
/// them. The same numbers always give the same rows.
pub async fn peupler(base: &Base, charge: Charge, progres: &Progres) -> Result<()> {
    let action = "fabrication des réseaux de mesure";
    let mut connexion = base.connexion().await?;
    let mut transaction = connexion.begin().await.pour(action)?;
    attendre_son_tour(&mut transaction).await?;
    progres.etape("Fabrication des réseaux de mesure");
    sqlx::query(
        "select set_config('maillage.reseaux', $1, true), set_config('maillage.partenaires', $2, true),
           set_config('maillage.zones', $3, true), set_config('maillage.demandes', $4, true)",
    )
    .bind(charge.reseaux.to_string())
    .bind(charge.partenaires.to_string())
    .bind(charge.zones.to_string())
    .bind(charge.demandes.to_string())
    .execute(&mut *transaction)
    .await
    .pour(action)?;
    transaction.execute(include_str!("sql/peupler.sql")).await.pour(action)?;
    progres.etape("Rattachement des zones aux communes");
    resoudre_dans(&mut transaction).await?;
    transaction.execute("select annoncer_changement()").await.pour(action)?;
    transaction.commit().await.pour(action)?;
    // Counts read indexes alone where the table is known to be all visible.
    connexion
        .execute("vacuum analyze demande, zone_commune, perimetre_actuel")
        .await
        .pour(action)?;
    Ok(())
}
