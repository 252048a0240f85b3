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
    suivre(connexion, Some(reseau)).await
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
    suivre(connexion, reseau).await?;
    analyser(connexion, "analyze succession").await?;
    for etape in [
        include_str!("sql/resoudre_perimetres.sql"),
        include_str!("sql/resoudre_regroupements.sql"),
    ] {
        sqlx::query(etape).bind(reseau).execute(&mut *connexion).await.pour(ACTION)?;
        analyser(connexion, "analyze perimetre_actuel, regroupement_actuel").await?;
    }
    rattacher(connexion, reseau).await
}

/// Resolves one zone that the transaction has just written, and leaves the others alone. A few rows more change no
/// plan: nothing is analysed, which would cost more than the rest.
pub async fn resoudre_zone(connexion: &mut PgConnection, zone: i32) -> Result<()> {
    sqlx::query("select rattacher_zone($1, $2)")
        .bind(zone)
        .bind(PART_NEGLIGEE)
        .execute(connexion)
        .await
        .map(|_| ())
        .pour(ACTION)
}

/// The same statements as a function that the service may call: it owns none of what they write. A zone that the
/// transaction has not just proposed is left alone, so that it does nothing that the policies of `zone` did not allow.
pub const RATTACHER_ZONE: &str = concat!(
    "create or replace function rattacher_zone(p_zone integer, p_negligee double precision) returns void
language plpgsql volatile security definer
set search_path = public, pg_temp
as $fonction$
declare
  son_reseau text := (
    select z.reseau from zone z
    where z.id = p_zone and z.etat = 'proposee' and z.xmin = pg_current_xact_id()::xid);
begin
  if son_reseau is null then
    return;
  end if;
  delete from zone_contour where zone = p_zone;
  delete from zone_commune where zone = p_zone;
  delete from zone_non_reportee where zone = p_zone;
  execute $ordre$",
    include_str!("sql/resoudre_successions.sql"),
    "$ordre$ using son_reseau, p_zone;
  execute $ordre$",
    include_str!("sql/resoudre_zones.sql"),
    "$ordre$ using son_reseau, p_zone, p_negligee;
  execute $ordre$",
    include_str!("sql/resoudre_contours.sql"),
    "$ordre$ using son_reseau, p_zone;
  execute $ordre$",
    include_str!("sql/resoudre_non_reportees.sql"),
    "$ordre$ using son_reseau, p_zone;
end
$fonction$;
revoke all on function rattacher_zone(integer, double precision) from public;
grant execute on function rattacher_zone(integer, double precision) to maillage_service;"
);

/// What former codes came to.
async fn suivre(connexion: &mut PgConnection, reseau: Option<&str>) -> Result<()> {
    executer(connexion, include_str!("sql/resoudre_successions.sql"), reseau).await
}

/// The communes and the surface of the zones of a réseau, or of all, and what they could not take along.
async fn rattacher(connexion: &mut PgConnection, reseau: Option<&str>) -> Result<()> {
    sqlx::query(include_str!("sql/resoudre_zones.sql"))
        .bind(reseau)
        .bind(None::<i32>)
        .bind(PART_NEGLIGEE)
        .execute(&mut *connexion)
        .await
        .pour(ACTION)?;
    analyser(connexion, "analyze zone_commune").await?;
    executer(connexion, include_str!("sql/resoudre_contours.sql"), reseau).await?;
    executer(connexion, include_str!("sql/resoudre_non_reportees.sql"), reseau).await?;
    analyser(connexion, "analyze zone_contour").await
}

async fn executer(
    connexion: &mut PgConnection,
    ordre: &'static str,
    reseau: Option<&str>,
) -> Result<()> {
    sqlx::query(ordre)
        .bind(reseau)
        .bind(None::<i32>)
        .execute(connexion)
        .await
        .map(|_| ())
        .pour(ACTION)
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
