//! Proposing a zone: a new version when it says something new, nothing otherwise; resolved at once, so that its
//! validation only changes its state.

use sqlx::types::Json;
use sqlx::{Executor, PgConnection};

use super::super::resolution::{attendre_son_tour, resoudre_zone};
use super::etats::{Etat, Reference};
use super::ligne::{UniteDeZone, Zone};
use crate::error::{Contexte, Result};

const ACTION: &str = "proposition d'une zone";

/// A zone as it is proposed: what it lists, or its surface.
#[derive(Debug, Clone)]
pub struct Proposition {
    pub zone: Zone,
    pub unites: Vec<UniteDeZone>,
}

/// What came of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposee {
    /// Number of the version in the database.
    pub zone: i32,
    pub version: i16,
    pub etat: Etat,
    /// Nothing was written: the newest version says the same.
    pub identique: bool,
}

#[derive(sqlx::FromRow)]
struct Derniere {
    id: i32,
    version: i16,
    etat: Etat,
    identique: bool,
}

/// Writes a proposal as the version after the newest, unless that one says the same, and resolves it. In the
/// caller's transaction.
///
/// # Errors
/// Those of the database: what the proposal names must exist.
pub async fn proposer(
    connexion: &mut PgConnection,
    reseau: &str,
    mut proposition: Proposition,
) -> Result<Proposee> {
    attendre_son_tour(connexion).await?;
    proposition.unites.sort();
    let derniere: Option<Derniere> = sqlx::query_as(include_str!("../sql/comparer_zone.sql"))
        .bind(reseau)
        .bind(Json(&proposition.zone))
        .bind(Json(&proposition.unites))
        .fetch_optional(&mut *connexion)
        .await
        .pour(ACTION)?;
    let version = match derniere {
        Some(Derniere { id, version, etat, identique: true }) => {
            return Ok(Proposee { zone: id, version, etat, identique: true });
        }
        Some(derniere) => derniere.version + 1,
        None => 1,
    };
    proposition.zone.version = version;
    for unite in &mut proposition.unites {
        unite.version = version;
    }
    let zone: i32 = sqlx::query_scalar(include_str!("../sql/proposer_zone.sql"))
        .bind(reseau)
        .bind(Json(&proposition.zone))
        .fetch_one(&mut *connexion)
        .await
        .pour(ACTION)?;
    sqlx::query(include_str!("../sql/ecrire_unites_de_zones.sql"))
        .bind(reseau)
        .bind(Json(&proposition.unites))
        .execute(&mut *connexion)
        .await
        .pour(ACTION)?;
    if let Some(commentaire) = &proposition.zone.commentaire {
        sqlx::query("insert into zone_commentaire (zone, reseau, texte) values ($1, $2, $3)")
            .bind(zone)
            .bind(reseau)
            .bind(commentaire)
            .execute(&mut *connexion)
            .await
            .pour(ACTION)?;
    }
    resoudre_zone(connexion, zone).await?;
    Ok(Proposee { zone, version, etat: proposition.zone.etat, identique: false })
}

/// Takes back a proposal that nobody has decided on. Says whether it was one: the policy keeps what was decided, and what
/// the réseau's folder brought. Tells the running services.
///
/// # Errors
/// Those of the database.
pub async fn reprendre(connexion: &mut PgConnection, zone: &Reference) -> Result<bool> {
    let retiree = sqlx::query("delete from zone where reseau = $1 and code = $2 and version = $3")
        .bind(&zone.reseau)
        .bind(&zone.code)
        .bind(zone.version)
        .execute(&mut *connexion)
        .await
        .pour(ACTION)?;
    connexion.execute("select annoncer_changement()").await.pour(ACTION)?;
    Ok(retiree.rows_affected() > 0)
}
