//! A crowd of the public: it waits, it is told, and whoever signed in is answered meanwhile.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use sqlx::{Connection, Executor};

use crate::dossier::Reseau;
use crate::service::Essai;

/// Public questions that do not end hold every connection of the public; sessions keep theirs.
#[tokio::test]
async fn a_flood_of_the_public_starves_no_session() {
    let essai = Arc::new(Essai::a_part().await);
    essai.pays.charger(&Reseau::nouveau("foule")).await;
    let biscuit = essai.entrer("coord@foule.example", &["foule:coordinateur"]).await;
    // What every public question below waits for, and no page of a person does.
    let mut proprietaire = essai.pays.base.connexion().await.unwrap();
    let mut transaction = proprietaire.begin().await.unwrap();
    transaction.execute("lock table fiche in access exclusive mode").await.unwrap();
    let foule: Vec<_> = (0..60)
        .map(|rang| {
            let essai = essai.clone();
            tokio::spawn(async move {
                // Each its own question, from ten addresses: no memory answers, and no address asks too much.
                let adresse = format!("/api/reseaux/foule/fiches?q=toit{rang}");
                essai.lire_depuis(&format!("192.0.2.{}", rang % 10), &adresse).await
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(foule.iter().all(|question| !question.is_finished()));
    for adresse in
        ["/api/moi", "/espace", "/espace/journal", "/tuiles/communes/8/131/92", "/api/reseaux"]
    {
        let debut = Instant::now();
        let page = essai.lire(adresse, &[("cookie", &biscuit)]).await;
        assert!(page.statut.is_success(), "{adresse} : {}", page.texte);
        assert!(debut.elapsed() < Duration::from_secs(2), "{adresse} : {:?}", debut.elapsed());
    }
    assert_eq!(essai.lire("/ready", &[]).await.statut, StatusCode::OK);
    transaction.rollback().await.unwrap();
    // The others are answered, or told to come back: none fails.
    for question in foule {
        let recue = question.await.unwrap();
        let statut = recue.statut;
        assert!([200, 429, 503].contains(&statut.as_u16()), "{statut} : {}", recue.texte);
        if statut != StatusCode::OK {
            assert!(!recue.entete("retry-after").is_empty(), "{statut} : {}", recue.texte);
        }
    }
}
