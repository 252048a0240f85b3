//! What zones, perimeters and former codes come to in each millésime that has contours.
//!
//! Derived, so that questions need no geometry: made again for a réseau when it is loaded, and for
//! all of them when a millésime is published. A zone lists units or is drawn. A listed unit is
//! covered whole; a drawn surface covers the communes of which it holds the share that the réseau states. Within the
//! perimeter of its réseau only: an EPCI that crosses a département's border is covered on one side.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::base::Base;
use crate::error::{Contexte, Result};

/// Share under which a drawn zone only follows a commune's border: not kept.
const PART_NEGLIGEE: f64 = 0.001;

const ACTION: &str = "rattachement des zones aux communes";

/// Holds until the end of the transaction, so that loads and resolutions take turns.
pub async fn attendre_son_tour(connexion: &mut PgConnection) -> Result<()> {
    connexion
        .execute("select pg_advisory_xact_lock(hashtext('maillage reseaux'))")
        .await
        .map(|_| ())
        .pour("attente d'un autre chargement de réseau")
}

/// What the codes that a réseau uses come to, after demandes were added to it.
pub async fn resoudre_successions(connexion: &mut PgConnection, reseau: &str) -> Result<()> {
    sqlx::query("delete from succession where reseau = $1")
        .bind(reseau)
        .execute(&mut *connexion)
        .await
        .pour(ACTION)?;
    suivre(connexion, Some(reseau), None).await
}

/// Resolves one réseau, or all.
pub async fn resoudre(connexion: &mut PgConnection, reseau: Option<&str>) -> Result<()> {
    // Rows just written are not in the server's statistics yet, and plans made without them are a
    // thousand times slower, here and for the first questions.
    analyser(connexion, "analyze perimetre, zone, zone_unite, demande, regroupement_commune")
        .await?;
    let derivees = [
        "zone_contour",
        "zone_commune",
        "zone_non_reportee",
        "perimetre_actuel",
        "regroupement_actuel",
        "succession",
    ];
    for table in derivees {
        let effacement = format!("delete from {table} where $1::text is null or reseau = $1");
        sqlx::query(AssertSqlSafe(effacement))
            .bind(reseau)
            .execute(&mut *connexion)
            .await
            .pour(ACTION)?;
    }
    suivre(connexion, reseau, None).await?;
    analyser(connexion, "analyze succession").await?;
    for etape in [
        include_str!("sql/resoudre_perimetres.sql"),
        include_str!("sql/resoudre_regroupements.sql"),
    ] {
        sqlx::query(etape).bind(reseau).execute(&mut *connexion).await.pour(ACTION)?;
        analyser(connexion, "analyze perimetre_actuel, regroupement_actuel").await?;
    }
    rattacher(connexion, reseau, None).await
}

/// Resolves one zone that was just written, and leaves the others alone. A few rows more change no plan:
/// nothing is analysed, which would cost more than the rest.
pub async fn resoudre_zone(connexion: &mut PgConnection, reseau: &str, zone: i32) -> Result<()> {
    suivre(connexion, Some(reseau), Some(zone)).await?;
    for derivee in ["zone_contour", "zone_commune", "zone_non_reportee"] {
        sqlx::query(AssertSqlSafe(format!("delete from {derivee} where zone = $1")))
            .bind(zone)
            .execute(&mut *connexion)
            .await
            .pour(ACTION)?;
    }
    poser(connexion, Some(reseau), Some(zone)).await?;
    dessiner(connexion, Some(reseau), Some(zone)).await
}

/// What former codes came to.
async fn suivre(
    connexion: &mut PgConnection,
    reseau: Option<&str>,
    zone: Option<i32>,
) -> Result<()> {
    executer(connexion, include_str!("sql/resoudre_successions.sql"), reseau, zone).await
}

/// The communes and the surface of the zones of a réseau, or of all.
async fn rattacher(
    connexion: &mut PgConnection,
    reseau: Option<&str>,
    zone: Option<i32>,
) -> Result<()> {
    poser(connexion, reseau, zone).await?;
    analyser(connexion, "analyze zone_commune").await?;
    dessiner(connexion, reseau, zone).await?;
    analyser(connexion, "analyze zone_contour").await
}

/// The communes of zones.
async fn poser(
    connexion: &mut PgConnection,
    reseau: Option<&str>,
    zone: Option<i32>,
) -> Result<()> {
    sqlx::query(include_str!("sql/resoudre_zones.sql"))
        .bind(reseau)
        .bind(zone)
        .bind(PART_NEGLIGEE)
        .execute(connexion)
        .await
        .map(|_| ())
        .pour(ACTION)
}

/// The surfaces of zones whose communes are known, and what they could not take along.
async fn dessiner(
    connexion: &mut PgConnection,
    reseau: Option<&str>,
    zone: Option<i32>,
) -> Result<()> {
    executer(connexion, include_str!("sql/resoudre_contours.sql"), reseau, zone).await?;
    executer(connexion, include_str!("sql/resoudre_non_reportees.sql"), reseau, zone).await
}

async fn executer(
    connexion: &mut PgConnection,
    ordre: &'static str,
    reseau: Option<&str>,
    zone: Option<i32>,
) -> Result<()> {
    sqlx::query(ordre).bind(reseau).bind(zone).execute(connexion).await.map(|_| ()).pour(ACTION)
}

async fn analyser(connexion: &mut PgConnection, ordre: &'static str) -> Result<()> {
    connexion.execute(ordre).await.map(|_| ()).pour(ACTION)
}

/// Resolves all réseaux, within a transaction.
pub async fn resoudre_dans(transaction: &mut PgConnection) -> Result<()> {
    attendre_son_tour(transaction).await?;
    resoudre(transaction, None).await
}

/// Resolves all réseaux after a millésime was published, and tells the running services.
pub async fn resoudre_tout(base: &Base) -> Result<()> {
    let mut connexion = base.connexion().await?;
    let mut transaction = connexion.begin().await.pour(ACTION)?;
    resoudre_dans(&mut transaction).await?;
    sqlx::query("select annoncer_changement() where exists (select from reseau)")
        .execute(&mut *transaction)
        .await
        .pour(ACTION)?;
    transaction.commit().await.pour(ACTION)
}
