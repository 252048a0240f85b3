//! Contacts of demandes: personal data, kept for the time that each réseau sets, then erased.

use chrono::NaiveDate;
use sqlx::{Connection, Executor, FromRow};

use super::doublons::exiger_reseau;
use crate::base::Base;
use crate::error::{Contexte, Result};

/// The contacts of a réseau.
#[derive(Debug, PartialEq, Eq, FromRow)]
pub struct Contacts {
    pub reseau: String,
    /// How long they are kept after the demande, or after its end.
    pub conservation_mois: i16,
    pub total: i64,
    /// Past that time.
    pub perimes: i64,
}

/// Counts the contacts of a réseau, or of each.
pub async fn compter(
    base: &Base,
    reseau: Option<&str>,
    aujourd_hui: NaiveDate,
) -> Result<Vec<Contacts>> {
    let mut connexion = base.connexion().await?;
    if let Some(reseau) = reseau {
        exiger_reseau(&mut connexion, reseau).await?;
    }
    sqlx::query_as(include_str!("sql/compter_contacts.sql"))
        .bind(reseau)
        .bind(aujourd_hui)
        .fetch_all(&mut connexion)
        .await
        .pour("comptage des contacts")
}

/// Erases the contacts that are past their time, and keeps their demandes. Returns how many of each réseau,
/// as they were before.
pub async fn effacer(
    base: &Base,
    reseau: Option<&str>,
    aujourd_hui: NaiveDate,
    essai: bool,
) -> Result<Vec<Contacts>> {
    let action = "effacement des contacts";
    let avant = compter(base, reseau, aujourd_hui).await?;
    if essai {
        return Ok(avant);
    }
    let mut connexion = base.connexion().await?;
    let mut transaction = connexion.begin().await.pour(action)?;
    sqlx::query(include_str!("sql/effacer_contacts.sql"))
        .bind(reseau)
        .bind(aujourd_hui)
        .execute(&mut *transaction)
        .await
        .pour(action)?;
    // What services keep ready may name them.
    transaction.execute("select annoncer_changement()").await.pour(action)?;
    transaction.commit().await.pour(action)?;
    Ok(avant)
}
