//! The réseaux described after public documents, in a country that has none of their communes.

use maillage::rapports::textes;
use serde_json::{Value, json};

use crate::pays::{Pays, pays};

/// Loads a réseau of `data/reseaux/`. Rows about its communes are set aside, for want of them; nothing else
/// is.
async fn charger(pays: &Pays, code: &str) -> Value {
    let dossier = format!("{}/data/reseaux/{code}", env!("CARGO_MANIFEST_DIR")).into();
    let bilan = textes::importer(&pays.base, dossier, &Default::default()).await.unwrap();
    let autres: Vec<_> = bilan
        .rejets
        .iter()
        .filter(|rejet| !rejet.raison.contains("dans les millésimes chargés"))
        .collect();
    assert!(autres.is_empty(), "{code} : {autres:?}");
    let reseau = pays.lire(&format!("/api/reseaux/{code}")).await;
    assert_eq!(reseau["demonstration"], true, "{code}");
    assert!(reseau["mention"].as_str().unwrap().contains("document"), "{code}");
    reseau
}

fn noms(reseau: &Value) -> Vec<&str> {
    let partenaires = reseau["partenaires"].as_array().unwrap();
    partenaires.iter().map(|partenaire| partenaire["nom"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn reseaux_of_the_documents_load_with_the_partners_that_these_count() {
    let pays = pays().await;
    // The département is one row, beside those that it federates.
    for (code, partenaires) in [("touraine", 7), ("anjou", 8), ("inge43", 7), ("manche", 12)] {
        let reseau = charger(&pays, code).await;
        assert_eq!(noms(&reseau).len(), partenaires, "{code}");
    }
}

#[tokio::test]
async fn touraine_has_ten_themes_and_opens_its_sig_to_those_who_wish_it() {
    let pays = pays().await;
    let reseau = charger(&pays, "touraine").await;
    assert_eq!(reseau["themes"].as_array().unwrap().len(), 10);
    assert!(reseau["sig"].as_str().unwrap().contains("collectivités"));
    assert!(reseau["destinataires"].as_str().unwrap().contains("petites collectivités"));
    assert!(!reseau["regroupements"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn manche_leads_to_experts_by_67_fiches_of_which_the_first_level_is_free() {
    let pays = pays().await;
    let reseau = charger(&pays, "manche").await;
    assert_eq!((&reseau["fiches_annoncees"], &reseau["fiches_comptees"]), (&json!(67), &json!(67)));
    assert_eq!(
        (&reseau["partenaires_annonces"], &reseau["partenaires_comptes"]),
        (&json!(11), &json!(11))
    );
    assert!(noms(&reseau).contains(&"Agence 5"));
    let premier =
        pays.lire("/api/reseaux/manche/fiches?niveau=premier_niveau").await["fiches"].clone();
    let premier = premier.as_array().unwrap();
    assert!(!premier.is_empty());
    assert!(premier.iter().all(|fiche| fiche["cout"] == "gratuit" || fiche["cout"].is_null()));
    let besoin = pays.lire("/api/reseaux/manche/fiches?q=financement%20participatif").await;
    assert!(besoin["fiches"][0]["titre"].as_str().unwrap().contains("financement participatif"));
}

#[tokio::test]
async fn inge_43_goes_from_a_test_to_a_charter() {
    let pays = pays().await;
    let reseau = charger(&pays, "inge43").await;
    assert!(reseau["etapes"].as_array().unwrap().len() >= 3);
    let partenaires = reseau["partenaires"].as_array().unwrap();
    assert_eq!(partenaires.iter().filter(|p| p["debut"].is_string()).count(), partenaires.len());
    assert!(
        noms(&reseau).iter().filter(|nom| nom.starts_with("Parc naturel régional")).count() == 2
    );
    // The document dates nothing: dates are ours, and said to be.
    assert!(reseau["mention"].as_str().unwrap().contains("dates d'adhésion"));
    let charte: Vec<&Value> =
        partenaires.iter().filter(|p| p["cadre"] == "charte de partenariat").collect();
    assert_eq!(charte.len(), 6);
    // A partner of the charter covers nothing in the year of the test, whatever its zones say.
    let debut = charte[0]["debut"].as_str().unwrap();
    let avant = format!("{}", debut[..4].parse::<i32>().unwrap() - 1);
    let annee = |annee: &str| format!("/api/couverture?reseau=inge43&annee={annee}");
    assert_eq!(pays.lire(&annee(&avant)).await["totaux"]["partenaires"], 1);
    assert_eq!(pays.lire(&annee(&debut[..4])).await["totaux"]["partenaires"], 7);
}

#[tokio::test]
async fn anjou_links_the_actors_of_a_wider_circle() {
    let pays = pays().await;
    let reseau = charger(&pays, "anjou").await;
    let presentation = reseau["presentation"].as_str().unwrap();
    assert!(presentation.contains("ressources et d'échanges"), "{presentation}");
    let noms = noms(&reseau);
    for nom in ["CNFPT", "DDT", "SPLA", "SIEML"] {
        assert!(noms.contains(&nom), "{nom}");
    }
    let associes = reseau["partenaires"].as_array().unwrap();
    assert_eq!(associes.iter().filter(|p| p["role"] == "associe").count(), 5);
    assert!(reseau["mention"].as_str().unwrap().contains("rôles des membres"));
}
