//! The perimeter of a réseau, changed from pages: what it shows first, what follows, and who may.

use axum::http::StatusCode;
use sqlx::{AssertSqlSafe, Connection};

use crate::dossier::Reseau;
use crate::matrice::session;
use crate::service::Essai;

fn corps(paires: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(paires).finish()
}

async fn compter(essai: &Essai, question: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(question.to_owned()))
        .fetch_one(&mut essai.pays.base.connexion().await.unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_epci_comes_in_with_its_communes_and_zones_count_there_at_once() {
    let essai = Essai::nouveau().await;
    let dossier = || {
        Reseau::nouveau("perim").avec(
            "zones.csv",
            "z,caue,,commune,26001,2015-01-01,\nz,caue,,epci,200040491,2015-01-01,\n",
        )
    };
    essai.pays.charger(&dossier()).await;
    let [caue, _, coord, _] = essai.gens("perim").await;
    let page = "/espace/perim/perimetre";
    let couvertes =
        "select count(*) from zone_commune where reseau = 'perim' and couverte and dans_perimetre";
    let etendue = "select round(max(st_area(contour)) / 1e6)::bigint from zone_contour where reseau = 'perim'";
    assert_eq!(compter(&essai, couvertes).await, 1);
    let avant = compter(&essai, etendue).await;

    let refus = essai.lire(page, &[("cookie", &caue)]).await;
    assert_eq!(refus.statut, StatusCode::NOT_FOUND, "{}", refus.texte);
    let lue = essai.lire(page, &[("cookie", &coord)]).await;
    assert!(lue.texte.contains("11\u{a0}communes et 1 EPCI"), "{}", lue.texte);

    // What a list names is shown first, line by line.
    let liste = "200040491\n26001\nNulle part\n26021";
    let envoi = corps(&[("liste", liste), ("membres", "oui")]);
    let vu = essai.envoyer(page, &coord, &envoi).await;
    assert_eq!(vu.statut, StatusCode::OK, "{}", vu.texte);
    for phrase in [
        "22\u{a0}communes",
        "11 de plus, 0 de moins",
        "« 26001 » : déjà dans le périmètre",
        "« Nulle part » : aucune",
    ] {
        assert!(vu.texte.contains(phrase), "{phrase} : {}", vu.texte);
    }
    assert_eq!(compter(&essai, couvertes).await, 1, "nothing is written yet");
    let rien = essai.envoyer(page, &coord, &corps(&[("liste", "Nulle part")])).await;
    assert_eq!(rien.statut, StatusCode::UNPROCESSABLE_ENTITY, "{}", rien.texte);

    let mut codes: Vec<String> = (11..=21).map(|n| format!("260{n}")).collect();
    codes.push("200040491".into());
    let envoi = corps(&[("liste", &codes.join("\n")), ("geste", "enregistrer")]);
    let fait = essai.envoyer(page, &coord, &envoi).await;
    assert_eq!(fait.statut, StatusCode::SEE_OTHER, "{}", fait.texte);
    assert_eq!(compter(&essai, couvertes).await, 11);
    assert!(compter(&essai, etendue).await > 5 * avant, "the surface of the zone follows");
    let journal = "select count(*) from journal where reseau = 'perim' and objet = 'perimetre' and operation = 'insert'";
    assert_eq!(compter(&essai, journal).await, 12);

    // A folder that is loaded again leaves it as the pages made it, and says so.
    let bilan = essai.pays.charger(&dossier()).await;
    assert!(
        bilan.remarques.iter().any(|r| r.contains("Le périmètre a été changé")),
        "{:?}",
        bilan.remarques
    );
    assert_eq!(compter(&essai, couvertes).await, 11);

    // It goes out whole, with what that changes.
    let vu = essai
        .envoyer(
            page,
            &coord,
            &corps(&[("retrait", "groupe:200040491"), ("retrait", "commune:26021")]),
        )
        .await;
    for phrase in [
        "11\u{a0}communes",
        "0 de plus, 11 de moins",
        "Zones en vigueur qui y perdent des communes : <strong>1",
    ] {
        assert!(vu.texte.contains(phrase), "{phrase} : {}", vu.texte);
    }
    let envoi = corps(&[
        ("retrait", "groupe:200040491"),
        ("retrait", "commune:26021"),
        ("geste", "enregistrer"),
    ]);
    let fait = essai.envoyer(page, &coord, &envoi).await;
    assert_eq!(fait.statut, StatusCode::SEE_OTHER, "{}", fait.texte);
    assert_eq!(compter(&essai, couvertes).await, 1);
    assert_eq!(compter(&essai, etendue).await, avant);
    // But not to the last.
    let tout = corps(&[
        ("retrait", "groupe:200040459"),
        ("retrait", "commune:26399"),
        ("geste", "enregistrer"),
    ]);
    let refus = essai.envoyer(page, &coord, &tout).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY, "{}", refus.texte);
    assert!(refus.texte.contains("garde au moins une commune"), "{}", refus.texte);
}

#[tokio::test]
async fn two_who_change_the_perimeter_at_once_lose_nothing() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&Reseau::nouveau("perim-deux")).await;
    let anne = essai.entrer("anne@perim.example", &["perim-deux:coordinateur"]).await;
    let luc = essai.entrer("luc@perim.example", &["perim-deux:coordinateur"]).await;
    let page = "/espace/perim-deux/perimetre";
    let ajouter = |code: &str| corps(&[("liste", code), ("geste", "enregistrer")]);
    let (a, b) =
        tokio::join!(async { essai.envoyer(page, &anne, &ajouter("26031")).await }, async {
            essai.envoyer(page, &luc, &ajouter("26032")).await
        });
    assert_eq!([a.statut, b.statut], [StatusCode::SEE_OTHER; 2], "{} {}", a.texte, b.texte);
    let deux =
        "select count(*) from perimetre where reseau = 'perim-deux' and code in ('26031', '26032')";
    assert_eq!(compter(&essai, deux).await, 2);
    // The second of two who take the same away is told.
    let retirer = corps(&[("retrait", "commune:26031"), ("geste", "enregistrer")]);
    assert_eq!(essai.envoyer(page, &anne, &retirer).await.statut, StatusCode::SEE_OTHER);
    assert_eq!(essai.envoyer(page, &luc, &retirer).await.statut, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_database_lets_nobody_else_change_a_perimeter() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&Reseau::nouveau("perim-droits")).await;
    essai.pays.charger(&Reseau::nouveau("perim-autre")).await;
    for (courriel, droit) in [
        ("lit@perim.example", "perim-droits:lecteur"),
        ("parle@perim.example", "perim-droits:partenaire:caue"),
        ("ailleurs@perim.example", "perim-autre:coordinateur"),
    ] {
        let principal = session(&essai.pays, courriel, &[droit]).await;
        let mut transaction =
            principal.ecriture(&essai.pays.base.piscine(), "essai").await.unwrap();
        for ordre in [
            r#"select changer_perimetre('perim-droits', '[]', '[{"maille": "commune", "code": "26001"}]')"#,
            "delete from perimetre where reseau = 'perim-droits'",
        ] {
            let mut essayee = transaction.begin().await.unwrap();
            let refus = sqlx::query(ordre).execute(&mut *essayee).await;
            assert!(refus.is_err(), "{courriel} : {ordre}");
        }
    }
}
