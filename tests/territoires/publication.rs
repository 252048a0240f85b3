//! Publishing a millésime: all or nothing, one at a time, and said in sentences.

use std::process::{Output, Stdio};
use std::time::Duration;

use crate::commun::{Carre, Dossier, QUATRE, carre, paquets};
use maillage::base::Base;
use maillage::territoires::bande_servie;

/// Communes and contours of the published edition; zero when nothing is.
async fn publie(base: &Base) -> (i64, i64, i64) {
    sqlx::query_as(
        "select (select count(*) from territoire t join millesime m using (edition) where t.maille = 'commune'),
                (select count(c.contour) from contour c join millesime m using (edition)
                 where c.maille = 'commune' and c.bande = bande(14)),
                (select count(*) from tuile_publiee t join millesime m using (edition) where couche = 'communes')",
    )
    .fetch_one(&mut base.connexion().await.unwrap())
    .await
    .unwrap()
}

fn phrase(sortie: &Output) -> String {
    String::from_utf8_lossy(&sortie.stderr).into_owned()
}

#[tokio::test]
async fn a_country_is_published_whole_with_its_larger_mailles() {
    let dossier = Dossier::nouveau();
    let sortie = dossier.importer(&QUATRE);
    assert!(sortie.status.success(), "{}", phrase(&sortie));
    let base = dossier.base().await;
    let (communes, contours, tuiles) = publie(&base).await;
    assert_eq!((communes, contours), (4, 4));
    assert!(tuiles >= 4, "one tile at least for each zoom from 5 to 8");

    let mut connexion = base.connexion().await.unwrap();
    // SQL and Rust say the same of which band serves which zoom.
    for zoom in 0..=14 {
        let bande: i16 = sqlx::query_scalar("select bande($1)")
            .bind(i32::from(zoom))
            .fetch_one(&mut connexion)
            .await
            .unwrap();
        assert_eq!(bande, i16::from(bande_servie(zoom)), "zoom {zoom}");
    }
    // The département is the union of its communes in every band, to the last vertex.
    let ecarts: i64 = sqlx::query_scalar(
        "select count(*) from contour d
         where d.maille = 'departement' and d.bande >= 5 and not st_equals(d.contour,
           (select st_union(c.contour) from contour c where c.maille = 'commune' and c.bande = d.bande))",
    )
    .fetch_one(&mut connexion)
    .await
    .unwrap();
    assert_eq!(ecarts, 0);
    base.fermer().await.unwrap();
}

#[tokio::test]
async fn a_second_import_replaces_the_first_and_leaves_one_edition() {
    let dossier = Dossier::nouveau();
    assert!(dossier.importer(&QUATRE).status.success());
    let mut cinq = QUATRE.to_vec();
    cinq.push(carre("26005", "Allan", 2, 0));
    assert!(dossier.importer(&cinq).status.success());
    let base = dossier.base().await;
    assert_eq!(publie(&base).await.0, 5);
    let editions: i64 = sqlx::query_scalar("select count(*) from edition")
        .fetch_one(&mut base.connexion().await.unwrap())
        .await
        .unwrap();
    assert_eq!(editions, 1);
    base.fermer().await.unwrap();
}

#[tokio::test]
async fn a_commune_without_contour_is_kept_and_said() {
    let dossier = Dossier::nouveau();
    let mut communes = QUATRE.to_vec();
    communes.push(Carre { contour: false, ..carre("26005", "Allan", 2, 0) });
    let sortie = dossier.importer(&communes);
    assert!(String::from_utf8_lossy(&sortie.stdout).contains("Allan (26005)"));
    let base = dossier.base().await;
    let (communes, contours, _) = publie(&base).await;
    assert_eq!((communes, contours), (5, 4));
    base.fermer().await.unwrap();
}

/// Wherever the process is killed, readers find the old country or the new one, never a mixture.
#[tokio::test]
async fn a_killed_import_leaves_the_previous_millesime_intact() {
    let dossier = Dossier::nouveau();
    assert!(dossier.importer(&QUATRE).status.success());
    let mut cinq = QUATRE.to_vec();
    cinq.push(carre("26005", "Allan", 2, 0));
    let lieu = tempfile::tempdir().unwrap();
    let fichiers = paquets(lieu.path(), &cinq);
    let base = dossier.base().await;
    let mut finies = 0;
    for delai in (0..12).map(|tour| Duration::from_millis(60 * tour)) {
        let mut processus = dossier
            .maillage()
            .args(["import", "territoires", "--millesime", "2026"])
            .args(&fichiers)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        tokio::time::sleep(delai).await;
        processus.kill().unwrap();
        processus.wait().unwrap();
        let (communes, contours, tuiles) = publie(&base).await;
        assert_eq!(communes, contours, "killed after {delai:?}");
        assert!([4, 5].contains(&communes) && tuiles > 0, "killed after {delai:?}");
        finies += i32::from(communes == 5);
    }
    assert!(finies < 12, "no import was interrupted: the test proves nothing");
    // And the next import is not hindered by the dead ones.
    let sortie = dossier.importer(&QUATRE);
    assert!(sortie.status.success(), "{}", phrase(&sortie));
    assert_eq!(publie(&base).await.0, 4);
    base.fermer().await.unwrap();
}

#[tokio::test]
async fn two_imports_of_one_millesime_do_not_mix() {
    let dossier = Dossier::nouveau();
    let mut cinq = QUATRE.to_vec();
    cinq.push(carre("26005", "Allan", 2, 0));
    let (a, b) = std::thread::scope(|portee| {
        let a = portee.spawn(|| dossier.importer(&QUATRE));
        let b = portee.spawn(|| dossier.importer(&cinq));
        (a.join().unwrap(), b.join().unwrap())
    });
    for sortie in [&a, &b] {
        assert!(
            sortie.status.success() || phrase(sortie).contains("est en cours"),
            "{}",
            phrase(sortie)
        );
    }
    assert!(a.status.success() || b.status.success());
    let base = dossier.base().await;
    let (communes, contours, _) = publie(&base).await;
    assert_eq!(communes, contours);
    base.fermer().await.unwrap();
}

#[tokio::test]
async fn files_that_cannot_be_read_get_a_sentence() {
    let dossier = Dossier::nouveau();
    let lieu = tempfile::tempdir().unwrap();
    let [roue, npm] = paquets(lieu.path(), &QUATRE);
    let autre = lieu.path().join("communes.ods");
    std::fs::write(&autre, "rien").unwrap();
    let seul = lieu.path().join("communes.shp");
    std::fs::write(&seul, "rien").unwrap();
    let tronquee = lieu.path().join("tronque-1.whl");
    std::fs::write(&tronquee, &std::fs::read(&roue).unwrap()[..200]).unwrap();
    for (fichiers, attendu) in [
        (vec![&autre], "n'est pas reconnu"),
        (vec![&seul], ".shx"),
        (vec![&roue, &npm, &seul], "se lit sans autre fichier"),
        (vec![&roue], "Il manque le paquet"),
        (vec![&tronquee, &npm], "ne se lit pas"),
        (vec![&lieu.path().join("absent.whl"), &npm], "n'existe pas"),
    ] {
        let sortie = dossier
            .maillage()
            .args(["import", "territoires", "--millesime", "2026"])
            .args(fichiers)
            .output()
            .unwrap();
        assert_eq!(sortie.status.code(), Some(1));
        assert!(phrase(&sortie).contains(attendu), "{}", phrase(&sortie));
    }
    let sortie = dossier
        .maillage()
        .args(["import", "territoires", "--millesime", "1789"])
        .arg(&roue)
        .output()
        .unwrap();
    assert_eq!(sortie.status.code(), Some(2));
    assert!(phrase(&sortie).contains("à partir de 1943"), "{}", phrase(&sortie));
}
