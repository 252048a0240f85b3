//! Small counts that a réseau does not publish: what the public reads instead, and that nothing gives them away.

use std::collections::BTreeMap;
use std::fmt::Write;

use maillage::comptes::Principal;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::dossier::Reseau;
use crate::matrice::session;
use crate::pays::{Pays, pays};
use crate::service::Essai;

/// A réseau whose communes 26001, 26002… asked so many times in 2018, its EPCI `epci` times and others `autres` times.
fn dossier(code: &str, seuil: i16, communes: &[usize], epci: usize, autres: usize) -> Reseau {
    let mut lignes = String::new();
    let mut ajouter = |maille: &str, beneficiaire: &str, nombre: usize| {
        for n in 0..nombre {
            writeln!(
                lignes,
                "{maille}-{beneficiaire}-{n},2018-03-01,caue,,batiments,{maille},{beneficiaire},2019,Objet,terminee"
            )
            .unwrap();
        }
    };
    for (rang, nombre) in communes.iter().enumerate() {
        ajouter("commune", &format!("260{:02}", rang + 1), *nombre);
    }
    ajouter("epci", "200040459", epci);
    ajouter("autre", "autre-1", autres);
    let mut reseau = Reseau::nouveau(code).avec("demandes.csv", &lignes);
    reseau.declaration = format!("seuil_publication = {seuil}\n{}", reseau.declaration);
    reseau
}

fn nombres(couverture: &Value) -> BTreeMap<String, Option<i64>> {
    let unites = couverture["unites"].as_object().unwrap();
    unites.iter().map(|(code, unite)| (code.clone(), unite["demandes"].as_i64())).collect()
}

async fn communes(pays: &Pays, reseau: &str, suite: &str) -> Value {
    pays.lire(&format!("/api/couverture?reseau={reseau}&maille=commune{suite}")).await
}

#[tokio::test]
async fn small_counts_and_those_that_give_them_away_are_left_out_for_the_public() {
    let pays = pays().await;
    pays.charger(&dossier("masque", 5, &[12, 3, 5, 6, 0, 9, 20], 6, 8)).await;
    let lue = communes(&pays, "masque", "&annee=2018").await;
    let n = nombres(&lue);
    // 3 is small. Alone, the total of the département would give it; with two others, which a hash of their codes
    // names, it does not.
    assert_eq!((n["26002"], n["26006"], n["26001"]), (None, None, None));
    assert_eq!(
        (n["26003"], n["26004"], n["26005"], n["26007"]),
        (Some(5), Some(6), Some(0), Some(20))
    );
    assert_eq!(lue["totaux"]["demandes"], 69);
    assert_eq!(lue["totaux"]["demandes_communes"], 55);
    assert_eq!(lue["totaux"]["communes_servies"], 6);
    assert_eq!(lue["totaux"]["demandes_autres"], Value::Null);
    assert!(lue["masquage"].as_str().unwrap().contains("moins de 5"));
    let epci = pays.lire("/api/couverture?reseau=masque&maille=epci&annee=2018").await;
    assert_eq!(nombres(&epci)["200040459"], Some(6));
    let departement =
        pays.lire("/api/couverture?reseau=masque&maille=departement&annee=2018").await;
    assert_eq!(nombres(&departement)["26"], Some(55));
    // A year without demandes is known to have none.
    let rien = communes(&pays, "masque", "&annee=2011").await;
    assert_eq!((nombres(&rien)["26001"], &rien["totaux"]["demandes"]), (Some(0), &Value::from(0)));
}

#[tokio::test]
async fn no_other_question_says_more_and_whoever_has_a_right_reads_everything() {
    let pays = pays().await;
    pays.charger(&dossier("filtre", 5, &[12, 3, 5, 6], 6, 8)).await;
    for suite in [
        "&annee=2018&theme=batiments",
        "&annee=2018&partenaire=caue",
        "&du=2018-01-01&au=2018-06-30",
        "&annee=2018&dans=commune:26001",
    ] {
        let lue = communes(&pays, "filtre", suite).await;
        assert!(nombres(&lue).values().all(Option::is_none), "{suite} : {lue}");
        assert_eq!(lue["totaux"]["demandes"], Value::Null, "{suite}");
        assert_eq!(lue["totaux"]["communes_servies"], Value::Null, "{suite}");
    }
    let region = pays.lire("/api/couverture?reseau=filtre&maille=region&annee=2018").await;
    assert!(nombres(&region).values().all(Option::is_none), "{region}");
    for chemin in [
        "/api/demandes?",
        "/api/demandes/unites?maille=commune&",
        "/api/demandes/jamais-servies?maille=commune&",
        "/api/demandes/hors-zone?maille=commune&",
        "/api/demandes/delais?maille=commune&",
    ] {
        let refus = pays.refus(&format!("{chemin}reseau=filtre&annee=2018"), 403).await;
        assert!(refus.contains("/api/couverture"), "{refus}");
    }
    let jeton = pays.jeton("lecteur@filtre.example", &["filtre:lecteur"]).await;
    let (statut, lue) = pays
        .demander(
            "/api/couverture?reseau=filtre&maille=commune&annee=2018&theme=batiments",
            Some(&jeton),
        )
        .await;
    assert_eq!((statut, nombres(&lue)["26002"]), (200, Some(3)));
    assert_eq!(lue.get("masquage"), None);
    assert_eq!(pays.demander("/api/demandes?reseau=filtre", Some(&jeton)).await.0, 200);
    // Loading the folder again without a word of it does not publish what was masked; 0 does.
    let mut muet = dossier("filtre", 5, &[12, 3, 5, 6], 6, 8);
    muet.declaration = muet.declaration.replace("seuil_publication = 5\n", "");
    pays.charger(&muet).await;
    assert_eq!(nombres(&communes(&pays, "filtre", "&annee=2018").await)["26002"], None);
    pays.charger(&dossier("filtre", 0, &[12, 3, 5, 6], 6, 8)).await;
    assert_eq!(nombres(&communes(&pays, "filtre", "&annee=2018").await)["26002"], Some(3));
}

/// What the layers draw of each commune: its count, or that it is masked.
async fn dessinees(
    pays: &Pays,
    principal: Principal,
) -> BTreeMap<String, (Option<i32>, Option<bool>)> {
    let mut transaction = principal.transaction(&pays.base.piscine()).await.unwrap();
    let lignes: Vec<(String, Option<i32>, Option<bool>)> = sqlx::query_as(
        "select c.code, c.demandes, p.masquee
         from couverture_des_unites(
           '{tuile-masquee}', null, null, '2018-01-01', '2018-12-31', 1, 2026::smallint, 'commune', null) c
         left join demandes_publiees(
           '{tuile-masquee}', null, null, '2018-01-01', '2018-12-31', 1, 2026::smallint, 'commune', null) p
           on p.code = c.code",
    )
    .fetch_all(&mut *transaction)
    .await
    .unwrap();
    lignes.into_iter().map(|(code, demandes, masquee)| (code, (demandes, masquee))).collect()
}

#[tokio::test]
async fn tiles_show_that_a_unit_asked_and_not_how_many_times() {
    let pays = pays().await;
    pays.charger(&dossier("tuile-masquee", 5, &[12, 3, 5, 0, 7], 6, 8)).await;
    let publiques = dessinees(&pays, Principal::Public).await;
    assert_eq!(publiques["26001"], (Some(12), Some(false)));
    assert_eq!((publiques["26002"], publiques["26003"]), ((None, Some(true)), (None, Some(true))));
    assert_eq!(publiques["26004"], (Some(0), Some(false)));
    let droits = ["tuile-masquee:coordinateur"];
    let coordinateur = session(&pays, "coord@tuile-masquee.example", &droits).await;
    let privees = dessinees(&pays, coordinateur).await;
    assert_eq!((privees["26002"], privees["26003"]), ((Some(3), None), (Some(5), None)));
}

/// Counts of units of one group, and what is published of them.
async fn publier(
    pays: &Pays,
    reseau: &str,
    seuil: i32,
) -> Vec<(String, String, i32, Option<String>)> {
    sqlx::query_as("select maille, code, demandes, masque from publication_de($1, $2)")
        .bind(reseau)
        .bind(seuil)
        .fetch_all(&mut pays.base.connexion().await.unwrap())
        .await
        .unwrap()
}

/// Whatever the counts, a small one may still be anything under the threshold for somebody who knows all that is
/// published, which of the masked ones are small, and the rule.
#[test]
fn no_published_sum_gives_a_masked_count_away() {
    let execution = tokio::runtime::Runtime::new().unwrap();
    let pays = execution.block_on(pays());
    let tirages = (prop::collection::vec(0_usize..14, 1..10), 0_usize..9, 0_usize..9, 3_i16..8);
    let config = Config { cases: 40, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&tirages, |(communes, epci, autres, seuil)| {
            execution.block_on(pays.charger(&dossier("tirage", seuil, &communes, epci, autres)));
            let lues = execution.block_on(publier(&pays, "tirage", seuil.into()));
            let seuil = i32::from(seuil);
            let total = lues.iter().find(|(maille, ..)| maille == "reseau");
            let des_communes = lues.iter().find(|(maille, ..)| maille == "departement");
            for groupe in [["commune"].as_slice(), &["epci", "autre"]] {
                let cellules: Vec<_> =
                    lues.iter().filter(|(maille, ..)| groupe.contains(&maille.as_str())).collect();
                for (maille, code, nombre, masque) in &cellules {
                    prop_assert!(
                        *nombre >= seuil || masque.is_some(),
                        "{maille} {code} : {nombre}"
                    );
                }
                let masquees: Vec<i32> = cellules
                    .iter()
                    .filter(|(.., masque)| masque.is_some())
                    .map(|(_, _, nombre, _)| *nombre)
                    .collect();
                // The sum of a group is known when it is published, or from the total less the other group.
                let connue = match groupe {
                    ["commune"] => des_communes.is_some_and(|(.., masque)| masque.is_none()),
                    _ => total.is_some_and(|(.., masque)| masque.is_none()),
                };
                let petites =
                    i32::try_from(masquees.iter().filter(|n| **n < seuil).count()).unwrap();
                if !connue || petites == 0 {
                    continue;
                }
                let autres = i32::try_from(masquees.len()).unwrap() - petites;
                let somme = masquees.iter().sum::<i32>();
                // Of one small count, all the others being as small as they can be, then as large.
                let plus = somme - (petites - 1) - autres * seuil;
                let moins =
                    if autres > 0 { 1 } else { (somme - (petites - 1) * (seuil - 1)).max(1) };
                prop_assert!(plus >= seuil - 1 && moins == 1, "{masquees:?} de {cellules:?}");
            }
            Ok(())
        })
        .unwrap();
}

/// Which are left out with small ones depends on nothing that is masked: else it would tell.
#[tokio::test]
async fn the_counts_that_are_left_out_with_small_ones_are_not_chosen_by_their_size() {
    let pays = pays().await;
    let mut choix = vec![];
    for communes in [[12, 3, 15, 16, 9, 20], [16, 1, 20, 15, 12, 9], [30, 4, 31, 32, 33, 34]] {
        pays.charger(&dossier("choix", 5, &communes, 6, 8)).await;
        let lues = publier(&pays, "choix", 5).await;
        let masquees: Vec<String> = lues
            .into_iter()
            .filter(|(maille, .., masque)| maille == "commune" && masque.is_some())
            .map(|(_, code, ..)| code)
            .collect();
        assert_eq!(masquees.len(), 3, "{masquees:?}");
        choix.push(masquees);
    }
    choix.iter_mut().for_each(|codes| codes.sort());
    assert!(choix.windows(2).all(|paire| paire[0] == paire[1]), "{choix:?}");
}

#[tokio::test]
async fn a_coordinator_sees_what_a_threshold_takes_then_chooses_it() {
    let essai = Essai::nouveau().await;
    essai.pays.charger(&dossier("seuil", 0, &[12, 3, 5, 6], 6, 8)).await;
    let coordinateur = essai.entrer("coord@seuil.example", &["seuil:coordinateur"]).await;
    let lecteur = essai.entrer("lecteur@seuil.example", &["seuil:lecteur"]).await;
    let adresse = "/espace/publication?reseau=seuil&seuil=5";
    let apercu = essai.lire(adresse, &[("cookie", &coordinateur)]).await;
    for phrase in ["3 sur 4", "0 sur 1", "20 sur 40", "tous les nombres de demandes sont publics"] {
        assert!(apercu.texte.contains(phrase), "{phrase} : {}", apercu.texte);
    }
    let combien = async || {
        let lue =
            essai.lire("/api/couverture?reseau=seuil&maille=commune&annee=2018", &[]).await.json();
        nombres(&lue)["26002"]
    };
    assert_eq!(combien().await, Some(3));
    // Only who keeps the réseau may.
    for biscuit in [lecteur.as_str(), ""] {
        let refus = essai.envoyer("/espace/publication", biscuit, "reseau=seuil&seuil=5").await;
        assert!(refus.statut.is_client_error(), "{}", refus.statut);
    }
    assert_eq!(essai.lire(adresse, &[("cookie", &lecteur)]).await.statut.as_u16(), 404);
    let choisi = essai.envoyer("/espace/publication", &coordinateur, "reseau=seuil&seuil=5").await;
    assert_eq!(choisi.entete("location"), "/espace/publication?reseau=seuil");
    // The service hears of it, and forgets what it had answered.
    for _ in 0..100 {
        if combien().await.is_none() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(combien().await, None);
    let refus = essai.envoyer("/espace/publication", &coordinateur, "reseau=seuil&seuil=1").await;
    assert_eq!(refus.statut.as_u16(), 400);
    assert_eq!(
        essai.envoyer("/espace/publication", &coordinateur, "reseau=seuil").await.statut.as_u16(),
        303
    );
}
