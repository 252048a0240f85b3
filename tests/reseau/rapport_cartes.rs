//! The maps of the annual report: what each says of each commune, and how it is drawn and told.

use maillage::comptes::Principal;
use maillage::rapports::donnees::{Rapport, Sujet};
use maillage::rapports::planches::{Dessin, Fonds};

use crate::dossier::Reseau;
use crate::pays::{Pays, pays};
use crate::rapport::{consigne, drome, lire};

pub async fn dessin(pays: &Pays, rapport: &Rapport, cle: &str) -> Dessin {
    let mut lecture = Principal::Public.lecture(&pays.base.piscine()).await.unwrap();
    let fonds = Fonds::lire(&mut lecture, rapport).await.unwrap();
    fonds.dessiner(rapport).unwrap().remove(cle).unwrap()
}

const ZONES: &str = "z,caue,,commune,26001,2010-01-01,\ny,sde,,commune,26002,2010-01-01,\n";
const DECLARATIONS: &str =
    "partenaire,theme,date\ncaue,,2018-06-01\nsde,,2018-06-01\nadil,,2018-06-01\n";

#[tokio::test]
async fn where_nobody_helps_has_its_map_its_hatches_its_counts_and_its_words() {
    let pays = pays().await;
    let reseau = Reseau::nouveau("blanches").avec("zones.csv", ZONES);
    pays.charger(&reseau.avec("declarations.csv", DECLARATIONS)).await;
    let rapport = lire(&pays, &consigne("blanches", Sujet::Reseau, 2018)).await;
    let carte = rapport.carte("zones-blanches").unwrap();
    // Water is helped with in both; buildings in the first alone, lighting in the second alone.
    assert_eq!((carte.valeurs["26001"], carte.valeurs["26002"]), (Some(1.0), Some(1.0)));
    assert_eq!((carte.valeurs.len(), carte.communes.len()), (10, 8));
    let tableau = rapport.tableau("zones_blanches_par_theme").unwrap();
    let lignes: Vec<_> = tableau
        .lignes
        .iter()
        .map(|ligne| (ligne[0].texte.as_str(), ligne[1].valeur, ligne[2].valeur))
        .collect();
    assert_eq!(
        lignes,
        [
            ("Eau", Some(2.0), Some(8.0)),
            ("Bâtiments publics", Some(1.0), Some(9.0)),
            ("Éclairage public", Some(1.0), Some(9.0))
        ]
    );
    let Dessin { svg, description } = dessin(&pays, &rapport, "zones-blanches").await;
    let description = description.replace('\u{a0}', " ");
    for attendu in [
        "8 communes n’ont aucun partenaire, quel que soit le thème",
        "2 communes ont des partenaires, mais aucun sur un thème au moins",
        "1 thème sans partenaire (2)",
        "Aucun partenaire (8)",
    ] {
        assert!(description.contains(attendu), "{attendu}: {description}");
    }
    assert!(svg.contains("fill=\"url(#hr)\"") && svg.contains("fill=\"url(#h)\""));
}

#[tokio::test]
async fn where_partners_have_not_declared_nobody_is_said_to_be_without_help() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("blanches-incertaines").avec("zones.csv", ZONES)).await;
    let rapport = lire(&pays, &consigne("blanches-incertaines", Sujet::Reseau, 2018)).await;
    let carte = rapport.carte("zones-blanches").unwrap();
    assert!(carte.communes.is_empty() && carte.valeurs.values().all(Option::is_none));
    assert!(carte.lecture[0].contains("Aucune commune n’est connue"), "{:?}", carte.lecture);
    let Dessin { svg, description } = dessin(&pays, &rapport, "zones-blanches").await;
    assert!(description.contains("Non renseigné (10)"), "{description}");
    assert!(svg.contains("fill=\"url(#p)\""));
    // A partner alone does not say where the others are.
    let seul = consigne("blanches-incertaines", Sujet::Partenaire("caue".into()), 2018);
    assert!(lire(&pays, &seul).await.carte("zones-blanches").is_none());
}

#[tokio::test]
async fn the_map_of_zones_blanches_says_what_the_maps_of_each_theme_say() {
    let pays = pays().await;
    drome(&pays).await;
    let rapport = lire(&pays, &consigne("drome", Sujet::Reseau, 2018)).await;
    let themes: Vec<_> =
        rapport.cartes.iter().filter(|carte| carte.cle.starts_with("couverture-")).collect();
    let blanches = rapport.carte("zones-blanches").unwrap();
    assert!(themes.len() > 5 && blanches.valeurs.values().any(|valeur| *valeur > Some(0.0)));
    for (code, valeur) in &blanches.valeurs {
        let sans = themes.iter().filter(|theme| theme.valeurs[code] == Some(0.0)).count();
        let inconnu = themes.iter().any(|theme| theme.valeurs[code].is_none());
        let attendu = (sans > 0 || !inconnu).then_some(sans as f64);
        assert_eq!(*valeur, attendu, "{code}");
    }
}
