//! How the database answers under its policies: operators of PostGIS are not leakproof, so a policy on a table of
//! geometries would turn each tile into a reading of all of it. Geometries of units have no policy and are found by
//! their index; those of zones, which have one, by the key of the zones that one may read.

use std::sync::Arc;

use maillage::comptes::Principal;
use sqlx::{AssertSqlSafe, Executor};

use crate::complet::peupler;
use crate::matrice::session;
use crate::pays::Pays;

/// Demandes enough for an index to be worth it.
const DEMANDES: &str =
    "insert into demande (reseau, reference, date, themes, partenaires, maille, beneficiaire, millesime, etat)
     select 'plans', 'P' || n, '2010-01-01'::date + (n % 5000), '{batiments}', '{caue}', 'commune',
       '260' || lpad((n % 10 + 1)::text, 2, '0'), 2019, 'en_cours'
     from generate_series(1, 50000) n";

/// A layer, a tile where it has something, and the table of geometries that it is found in.
const COUCHES: [(&str, &str); 5] = [
    ("couche_communes(10, 525, 371, '{}')", "contour"),
    ("couche_couverture(10, 525, 371, '{\"reseau\": \"plans\"}')", "contour"),
    ("couche_regroupements(10, 525, 371, '{\"reseau\": \"plans\"}')", "contour"),
    ("couche_demandes(10, 525, 371, '{\"reseau\": \"plans\"}')", "territoire"),
    ("couche_zones(10, 525, 371, '{\"reseau\": \"plans\"}')", "zone_contour"),
];

#[tokio::test]
async fn a_tile_is_found_by_an_index_whoever_asks() {
    let pays = Arc::new(Pays::nouveau("").await);
    peupler(&pays, "plans").await;
    let mut proprietaire = pays.base.connexion().await.unwrap();
    proprietaire.execute(DEMANDES).await.unwrap();
    // As many versions of contours of zones as a country's réseaux have, which one tile does not look at.
    proprietaire
        .execute(
            "insert into zone (reseau, code, version, partenaire, debut, fin, etat)
             select 'plans', 'ancienne-' || n, 1, 'caue', '2000-01-01', '2001-01-01', 'validee' from generate_series(1, 3000) n;
             insert into zone_contour (reseau, zone, millesime, bande, contour)
             select z.reseau, z.id, c.millesime, c.bande, c.contour
             from zone z cross join (select * from zone_contour limit 1) c
             where z.code like 'ancienne-%';
             analyze zone, zone_contour, demande, contour, territoire",
        )
        .await
        .unwrap();
    let mut principaux = vec![("public", Principal::Public)];
    for (nom, droit) in [
        ("lecteur", "plans:lecteur"),
        ("partenaire", "plans:partenaire:caue"),
        ("coordinateur", "plans:coordinateur"),
    ] {
        principaux.push((nom, session(&pays, &format!("{nom}@plans.example"), &[droit]).await));
    }
    for (qui, principal) in principaux {
        for (couche, table) in COUCHES {
            // Scans are counted by connection until they are told: in a pool of its own, a transaction counts its own.
            let piscine = pays.base.piscine();
            let mut transaction = principal.transaction(&piscine).await.unwrap();
            let octets: i32 =
                sqlx::query_scalar(AssertSqlSafe(format!("select coalesce(length({couche}), 0)")))
                    .fetch_one(&mut *transaction)
                    .await
                    .unwrap();
            assert!(octets > 0, "{qui} : {couche} is empty");
            let (entieres, par_index): (i64, i64) = sqlx::query_as(
                "select sum(seq_scan)::bigint, sum(idx_scan)::bigint from pg_stat_xact_user_tables
                 where schemaname = 'public' and relname like $1 || '%'",
            )
            .bind(table)
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
            assert!(
                entieres == 0 && par_index > 0,
                "{qui} : {couche} lit {table} en entier {entieres} fois, par index {par_index} fois"
            );
        }
        // Facts are found by réseau and date, under the policy too.
        let mut transaction = principal.transaction(&pays.base.piscine()).await.unwrap();
        let plan: Vec<String> = sqlx::query_scalar(
            "explain select beneficiaire, count(*) from demande
             where reseau = 'plans' and comptee and date between '2018-01-01' and '2018-01-31' group by 1",
        )
        .fetch_all(&mut *transaction)
        .await
        .unwrap();
        let plan = plan.join("\n");
        assert!(
            plan.contains("demande_comptee_par_date") && !plan.contains("Seq Scan on demande"),
            "{qui} : {plan}"
        );
    }
}
