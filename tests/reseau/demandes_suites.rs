//! After a load: duplicates across partners, and contacts past their time.

use chrono::NaiveDate;
use maillage::demandes::contacts;
use maillage::demandes::doublons::{self, Decision};
use maillage::demandes::import::Options;

use crate::demandes::Essai;

/// Two partners that noted the same demande, and others that are not.
async fn deux_partenaires(reseau: &'static str) -> Essai {
    let essai = Essai::nouveau(reseau).await;
    let entete = "ref,date,commune,themes\n";
    essai
        .charger(&format!(
            "{entete}A1,01/02/2018,Commune 1,batiments\nA2,01/02/2018,Commune 2,batiments\n\
             A3,01/02/2018,Commune 3,batiments\nA4,01/02/2018,Commune 4,batiments\n"
        ))
        .await;
    let sde = Options { partenaire: Some("sde".into()), ..essai.options() };
    let bilan = essai
        .essayer(
            &format!(
                "{entete}B1,02/04/2018,Commune 1,batiments|eclairage\nB2,03/04/2018,Commune 2,batiments\n\
                 B3,01/02/2018,Commune 3,eclairage\nA4,31/01/2018,Commune 4,batiments\n"
            ),
            sde,
        )
        .await
        .unwrap();
    // 60 days after, but not 61; another theme; the same day or so.
    assert_eq!(bilan.doublons, Some(2), "{bilan}");
    essai
}

#[tokio::test]
async fn likely_duplicates_are_of_one_beneficiary_one_theme_and_close_dates() {
    let essai = deux_partenaires("doublons-listes").await;
    let (total, listes) = doublons::lister(&essai.pays.base, essai.reseau).await.unwrap();
    let paires: Vec<_> = listes.iter().map(|d| (d.premiere.as_str(), d.seconde.as_str())).collect();
    assert_eq!(total, 2);
    assert_eq!(paires, [("sde:A4", "caue:A4"), ("caue:A1", "sde:B1")]);
    assert!(listes[1].to_string().contains("caue:A1 du 01/02/2018"), "{}", listes[1]);
}

#[tokio::test]
async fn of_two_that_are_one_the_older_stays_and_gains_what_the_other_had() {
    let essai = deux_partenaires("doublons-fusionnes").await;
    let base = &essai.pays.base;
    let compter = async || {
        essai.pays.lire("/api/demandes?reseau=doublons-fusionnes").await["total"].as_i64().unwrap()
    };
    assert_eq!(compter().await, 8);
    let dit = doublons::decider(base, essai.reseau, ["B1", "A1"], Decision::Fusion).await.unwrap();
    assert!(dit.starts_with("caue:A1 est gardée"), "{dit}");
    assert_eq!(
        essai.lire("concat(themes, partenaires)", "A1").await,
        "{batiments,eclairage}{caue,sde}"
    );
    assert_eq!(compter().await, 7);
    assert_eq!(doublons::lister(base, essai.reseau).await.unwrap().0, 1);
    let refus = doublons::decider(base, essai.reseau, ["B1", "A1"], Decision::Fusion).await;
    assert!(refus.unwrap_err().to_string().contains("déjà fusionnée"));

    // The partner's table, loaded again, does not undo it.
    let bilan = essai
        .charger(
            "ref,date,commune,themes\nA1,01/02/2018,Commune 1,batiments\nA2,01/02/2018,Commune 2,batiments\n",
        )
        .await;
    assert_eq!((bilan.changees, bilan.identiques), (0, 2), "{bilan}");
}

#[tokio::test]
async fn two_that_are_two_are_not_listed_again() {
    let essai = deux_partenaires("doublons-gardes").await;
    let base = &essai.pays.base;
    let refus = doublons::decider(base, essai.reseau, ["A4", "A4"], Decision::Garde).await;
    assert!(refus.unwrap_err().to_string().contains("caue:A4 ou sde:A4"));
    doublons::decider(base, essai.reseau, ["caue:A4", "sde:A4"], Decision::Garde).await.unwrap();
    assert_eq!(doublons::lister(base, essai.reseau).await.unwrap().0, 1);
    assert_eq!(essai.compter("demande where reseau = $1 and comptee").await, 8);
    for (paire, mot) in [(["A1", "B2"], "même bénéficiaire"), (["A1", "Z"], "pas de demande « Z »")]
    {
        let refus = doublons::decider(base, essai.reseau, paire, Decision::Fusion).await;
        let refus = refus.unwrap_err().to_string();
        assert!(refus.contains(mot), "{refus}");
    }
}

#[tokio::test]
async fn contacts_past_their_time_are_erased_and_their_demandes_stay() {
    let essai = Essai::nouveau("contacts-perimes").await;
    let texte = "ref,date,commune,theme,clôture,contact\nA1,01/02/2024,Commune 1,batiments,,Anne\n\
        A2,01/02/2024,Commune 1,eclairage,01/02/2025,Paul\nA3,01/02/2025,Commune 1,eau-potable,,\n";
    essai.charger(texte).await;
    let (base, reseau) = (&essai.pays.base, Some(essai.reseau));
    // The réseau keeps them 36 months.
    let jour = NaiveDate::from_ymd_opt(2027, 2, 2).unwrap();
    let veille = NaiveDate::from_ymd_opt(2027, 2, 1).unwrap();
    assert_eq!(contacts::compter(base, reseau, veille).await.unwrap()[0].perimes, 0);
    let avant = contacts::effacer(base, reseau, jour, true).await.unwrap();
    assert_eq!((avant[0].total, avant[0].perimes), (2, 1));
    assert_eq!(essai.compter("contact where reseau = $1").await, 2);
    contacts::effacer(base, reseau, jour, false).await.unwrap();
    assert_eq!(essai.compter("contact where reseau = $1 and nom = 'Paul'").await, 1);
    assert_eq!(essai.compter("contact where reseau = $1").await, 1);
    assert_eq!(essai.compter("demande where reseau = $1").await, 3);
    // The table that had it, loaded again, does not bring it back.
    let plus_tard = Options { aujourd_hui: jour, ..essai.options() };
    let bilan = essai.essayer(texte, plus_tard).await.unwrap();
    assert_eq!((bilan.changees, bilan.identiques), (0, 3), "{bilan}");
    assert_eq!(essai.compter("contact where reseau = $1").await, 1);
    assert!(contacts::compter(base, Some("nulle-part"), jour).await.is_err());
}
