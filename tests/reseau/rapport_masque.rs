//! Who reads what in a report: small counts that a réseau masks, the owner of the data, and what only the réseau knows.

use std::fmt::Write;

use maillage::rapports::donnees::{Rapport, Sujet};
use maillage::rapports::fabrique::{chiffres, lire_en_proprietaire};
use maillage::rapports::planches::Dessin;

use crate::dossier::Reseau;
use crate::matrice::session;
use crate::pays::pays;
use crate::rapport::{consigne, imprimer, lire, texte};
use crate::rapport_cartes::dessin;

/// Ten demandes of a commune and two of another; counts under five are not published.
fn reseau(code: &str) -> Reseau {
    let mut lignes = String::new();
    for (commune, nombre) in [("26001", 10), ("26002", 2)] {
        for n in 0..nombre {
            writeln!(
                lignes,
                "{commune}-{n},2018-03-01,caue,,batiments,commune,{commune},2019,Objet,terminee"
            )
            .unwrap();
        }
    }
    let mut reseau = Reseau::nouveau(code).avec("demandes.csv", &lignes);
    reseau.declaration = format!("seuil_publication = 5\n{}", reseau.declaration);
    reseau
}

#[tokio::test]
async fn the_report_of_a_reseau_that_masks_says_so_and_names_no_small_count() {
    let pays = pays().await;
    pays.charger(&reseau("rapport-masque")).await;
    let rapport = lire(&pays, &consigne("rapport-masque", Sujet::Reseau, 2018)).await;
    assert!(rapport.masquage.is_some() && rapport.partenaires.is_empty());
    assert_eq!(rapport.carte("demandes-par-commune").unwrap().valeurs["26002"], None);
    // On a map of circles, a commune without one is a commune without demande.
    let Dessin { svg, description } = dessin(&pays, &rapport, "demandes-par-commune").await;
    assert!(svg.contains("fill=\"url(#p)\"") && description.contains("Non communiqué (2)"));
    let lu = texte(&imprimer(&pays, &rapport).await);
    for attendu in [
        "moins de 5 demandes",
        "« n. c. » : non communiqué",
        "Le nombre de 2 communes n’est pas communiqué",
    ] {
        assert!(lu.contains(attendu), "{attendu}: {lu}");
    }
}

#[tokio::test]
async fn the_owner_of_the_data_prints_of_a_public_reseau_what_the_public_reads() {
    let pays = pays().await;
    pays.charger(&reseau("rapport-du-proprietaire")).await;
    let consigne = consigne("rapport-du-proprietaire", Sujet::Reseau, 2018);
    let (rapport, _) = lire_en_proprietaire(&pays.base, &consigne).await.unwrap();
    // Each demande was counted twice when the owner was taken for someone from whom rows are kept.
    assert!(rapport == lire(&pays, &consigne).await);
}

#[tokio::test]
async fn whoever_reads_what_is_masked_previews_and_compares_what_the_public_reads() {
    let pays = pays().await;
    pays.charger(&reseau("rapport-compare")).await;
    let droits = ["rapport-compare:coordinateur"];
    let coordinateur = session(&pays, "coord@rapport-compare.example", &droits).await;
    let consigne = consigne("rapport-compare", Sujet::Reseau, 2018);
    let publie = lire(&pays, &consigne).await;
    let piscine = pays.base.piscine();
    let mut lecture = coordinateur.lecture(&piscine).await.unwrap();
    let complet = Rapport::lire(&mut lecture, &consigne).await.unwrap();
    assert_eq!(complet.carte("demandes-par-commune").unwrap().valeurs["26002"], Some(2.0));
    assert!(chiffres(&piscine, &coordinateur, &consigne).await.unwrap() == publie);
}

#[tokio::test]
async fn the_owner_of_the_data_prints_all_of_a_reseau_that_is_closed() {
    let pays = pays().await;
    pays.charger(&reseau("rapport-ferme")).await;
    sqlx::query("update reseau set public = false where code = 'rapport-ferme'")
        .execute(&mut pays.base.connexion().await.unwrap())
        .await
        .unwrap();
    let consigne = consigne("rapport-ferme", Sujet::Reseau, 2018);
    let (rapport, _) = lire_en_proprietaire(&pays.base, &consigne).await.unwrap();
    assert_eq!(rapport.masquage, None);
    assert_eq!(rapport.chiffre("demandes").unwrap().valeur, Some(12.0));
    assert_eq!(rapport.carte("demandes-par-commune").unwrap().valeurs["26002"], Some(2.0));
}

#[tokio::test]
async fn a_budget_that_the_reseau_gives_is_a_figure_of_its_year() {
    let pays = pays().await;
    let reglages = "[budget]\n2017 = 400000\n2018 = 412000\n";
    let reseau = Reseau::nouveau("rapport-budget").avec("rapport/rapport.toml", reglages);
    pays.charger(&reseau).await;
    let de = async |sujet, annee| {
        let consigne = consigne("rapport-budget", sujet, annee);
        let (rapport, _) = lire_en_proprietaire(&pays.base, &consigne).await.unwrap();
        rapport
    };
    let rapport = de(Sujet::Reseau, 2018).await;
    let budget = rapport.chiffre("budget").unwrap();
    assert_eq!((budget.valeur, budget.precedent), (Some(412_000.0), Some(400_000.0)));
    let lu = texte(&imprimer(&pays, &rapport).await);
    assert!(lu.contains("412 000 €") && lu.contains("Budget du réseau"), "{lu}");
    assert!(de(Sujet::Reseau, 2019).await.chiffre("budget").is_none());
    assert!(de(Sujet::Partenaire("caue".into()), 2018).await.chiffre("budget").is_none());
}
