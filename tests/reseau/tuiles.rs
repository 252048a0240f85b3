//! Layers of réseaux: they count as the answers do, by the index, and say what is demonstration.

use maillage::comptes::Principal;
use serde_json::Value;
use sqlx::AssertSqlSafe;

use crate::dossier::Reseau;
use crate::pays::{Pays, pays};

/// One tile, drawn as the service draws it.
async fn tuile(
    pays: &Pays,
    fonction: &str,
    z: i32,
    x: i32,
    y: i32,
    parametres: &str,
) -> Result<Vec<u8>, sqlx::Error> {
    let mut transaction = Principal::Public.transaction(&pays.base.piscine()).await.unwrap();
    let requete = format!("select {fonction}($1, $2, $3, $4::jsonb)");
    let corps: Option<Vec<u8>> = sqlx::query_scalar(AssertSqlSafe(requete))
        .bind(z)
        .bind(x)
        .bind(y)
        .bind(parametres)
        .fetch_one(&mut *transaction)
        .await?;
    Ok(corps.unwrap_or_default())
}

fn contient(corps: &[u8], texte: &str) -> bool {
    corps.windows(texte.len()).any(|morceau| morceau == texte.as_bytes())
}

fn reseau(code: &str) -> Reseau {
    Reseau::nouveau(code)
        .avec("zones.csv", "z-un,caue,,epci,200040459,2010-01-01,\nz-deux,sde,eclairage,commune,26002,2010-01-01,\n")
        .avec("demandes.csv", "D1,2018-03-01,caue,,eau-potable,commune,26001,2019,,terminee\n")
}

// The communes 26001 to 26009 are 528000–600000 m east and 5480000–5488000 m north.
const Z8: (i32, i32, i32) = (8, 131, 92);

#[tokio::test]
async fn tiles_and_answers_count_alike() {
    let pays = pays().await;
    pays.charger(&reseau("pareil")).await;
    let reponse = pays.lire("/api/couverture?reseau=pareil").await;
    let mut transaction = Principal::Public.transaction(&pays.base.piscine()).await.unwrap();
    let comptes: Vec<(String, i32, i32)> = sqlx::query_as(
        "select code, partenaires, demandes
         from couverture_des_unites('{pareil}', null, null, '2018-01-01', '2018-12-31', 1, 2026::smallint, 'commune', null)",
    )
    .fetch_all(&mut *transaction)
    .await
    .unwrap();
    let unites: &serde_json::Map<String, Value> = reponse["unites"].as_object().unwrap();
    assert_eq!(comptes.len(), unites.len());
    for (code, partenaires, demandes) in comptes {
        assert_eq!(
            (&unites[&code]["partenaires"], &unites[&code]["demandes"]),
            (&partenaires.into(), &demandes.into())
        );
    }
}

#[tokio::test]
async fn layers_show_the_reseau_and_say_that_it_is_a_demonstration() {
    let pays = pays().await;
    pays.charger(&reseau("montre")).await;
    let (z, x, y) = Z8;
    for (fonction, presents) in [
        ("couche_couverture", ["26001", "Commune 2", "partenaires"]),
        ("couche_zones", ["z-un", "z-deux", "eclairage"]),
        ("couche_demandes", ["26001", "Commune 1", "demandes"]),
    ] {
        let corps = tuile(&pays, fonction, z, x, y, r#"{"reseau": "montre"}"#).await.unwrap();
        for present in presents.into_iter().chain(["demonstration"]) {
            assert!(contient(&corps, present), "{fonction} : {present}");
        }
        // Without its réseau, a tile shows all of those that may be read.
        assert!(
            tuile(&pays, fonction, z, x, y, "{}").await.unwrap().len() >= corps.len(),
            "{fonction}"
        );
    }
    let filtre = tuile(&pays, "couche_zones", z, x, y, r#"{"reseau": "montre", "theme": "eau"}"#)
        .await
        .unwrap();
    assert!(contient(&filtre, "z-un") && !contient(&filtre, "z-deux"));
}

#[tokio::test]
async fn what_does_not_exist_is_a_sentence_for_404() {
    let pays = pays().await;
    let (z, x, y) = Z8;
    for parametres in [
        r#"{"reseau": "nulle-part"}"#,
        r#"{"theme": "nul"}"#,
        r#"{"partenaire": "personne"}"#,
        r#"{"annee": "x"}"#,
        r#"{"maille": "canton"}"#,
    ] {
        for fonction in ["couche_couverture", "couche_zones", "couche_demandes"] {
            let erreur = tuile(&pays, fonction, z, x, y, parametres).await.unwrap_err();
            let erreur = erreur.as_database_error().unwrap();
            assert_eq!(erreur.code().as_deref(), Some("P0002"), "{fonction} {parametres}");
        }
    }
}

#[tokio::test]
async fn a_tile_finds_contours_by_their_index() {
    let pays = pays().await;
    pays.charger(&reseau("index")).await;
    let piscine = pays.base.piscine();
    for (fonction, table) in [
        ("couche_communes", "contour_1"),
        ("couche_couverture", "contour_1"),
        ("couche_demandes", "territoire"),
    ] {
        let mut transaction = Principal::Public.transaction(&piscine).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("select {fonction}(12, 2105, 1485, '{{}}')")))
            .execute(&mut *transaction)
            .await
            .unwrap();
        let (sequentielles, indexees): (i64, i64) = sqlx::query_as(
            "select seq_scan, idx_scan from pg_stat_xact_user_tables where relname = $1",
        )
        .bind(table)
        .fetch_one(&mut *transaction)
        .await
        .unwrap();
        assert_eq!(sequentielles, 0, "{fonction}");
        assert!(indexees > 0, "{fonction}");
    }
}
