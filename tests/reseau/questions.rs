//! What is answered: each fact counted by hand on a réseau of a few rows.

use serde_json::{Value, json};

use crate::dossier::Reseau;
use crate::pays::pays;

fn codes(liste: &Value) -> Vec<&str> {
    liste.as_array().unwrap().iter().map(|objet| objet["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn commune_in_two_zones_of_one_partner_is_counted_once() {
    let pays = pays().await;
    let reseau = Reseau::nouveau("deux-zones").avec(
        "zones.csv",
        "z1,caue,,commune,26001,2010-01-01,\nz2,caue,,epci,200040459,2012-01-01,\n",
    );
    pays.charger(&reseau).await;
    let communes = pays.lire("/api/couverture?reseau=deux-zones").await;
    assert_eq!(communes["unites"]["26001"]["partenaires"], 1);
    assert_eq!(communes["totaux"]["unites_couvertes"], 10);
    assert_eq!(communes["totaux"]["partenaires"], 3);
    assert_eq!(communes["totaux"]["partenaires_presents"], 1);
    assert_eq!(communes["totaux"]["partenaires_non_declares"], 3);
    let epci = pays.lire("/api/couverture?reseau=deux-zones&maille=epci").await;
    assert_eq!(epci["unites"]["200040459"]["partenaires"], 1);
    let departement = pays.lire("/api/couverture?reseau=deux-zones&maille=departement").await;
    assert_eq!(departement["unites"]["26"]["partenaires"], 1);
}

#[tokio::test]
async fn a_zone_is_worth_something_within_the_perimeter_only() {
    let pays = pays().await;
    // Commune 11 is of the second EPCI, which the perimeter does not have.
    let reseau =
        Reseau::nouveau("dedans").avec("zones.csv", "z,caue,,epci,200040491,2010-01-01,\n");
    let bilan = pays.charger(&reseau).await;
    assert!(bilan.remarques.iter().any(|remarque| remarque.contains("ne couvre aucune commune")));
    let aide = pays.lire("/api/aide?territoire=commune:26011").await;
    assert!(
        !codes(&aide["partenaires"]).contains(&"caue")
            || aide["partenaires"][0]["reseau"] != "dedans"
    );
}

#[tokio::test]
async fn dates_of_zones_are_inclusive_and_a_zone_of_next_year_does_not_cover() {
    let pays = pays().await;
    let reseau = Reseau::nouveau("dates").avec(
        "zones.csv",
        "jour-meme,caue,,commune,26001,2018-12-31,\n\
         dernier-jour,caue,,commune,26002,2010-01-01,2018-12-31\n\
         la-veille,caue,,commune,26003,2010-01-01,2018-12-30\n\
         lendemain,caue,,commune,26004,2019-01-01,\n",
    );
    pays.charger(&reseau).await;
    let couvertes = async |annee: &str| -> Vec<String> {
        let couverture = pays.lire(&format!("/api/couverture?reseau=dates&annee={annee}")).await;
        couverture["unites"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, unite)| unite["partenaires"] != 0)
            .map(|(code, _)| code.clone())
            .collect()
    };
    assert_eq!(couvertes("2018").await, ["26001", "26002"]);
    assert_eq!(couvertes("2019").await, ["26001", "26004"]);
    assert_eq!(couvertes("2009").await, Vec::<String>::new());
}

fn demandes(code: &str) -> Reseau {
    Reseau::nouveau(code).avec("zones.csv", "z,caue,,epci,200040459,2010-01-01,\n").avec(
        "demandes.csv",
        "D1,2018-01-01,caue,sde|adil,eau-potable,commune,26001,2019,,terminee\n\
         D2,2018-12-31,sde,,assainissement,commune,26001,2019,,en_cours\n\
         D3,2018-05-05,sde,,assainissement,commune,26399,2019,,terminee\n\
         D4,2018-05-05,caue,,batiments,epci,200040459,2019,,terminee\n\
         D5,2018-05-05,caue,,batiments,autre,autre-1,2019,,abandonnee\n\
         D6,2018-05-05,caue,,batiments,commune,26500,2019,,terminee\n\
         D7,2017-12-31,caue,,batiments,commune,26005,2019,,terminee\n",
    )
}

#[tokio::test]
async fn a_demande_with_several_partners_counts_once_in_the_totals() {
    let pays = pays().await;
    pays.charger(&demandes("totaux")).await;
    let totaux = pays.lire("/api/couverture?reseau=totaux").await["totaux"].clone();
    let attendus = json!({
        "demandes": 6, "demandes_communes": 4, "demandes_epci": 1, "demandes_autres": 1,
        "communes_servies": 2, "communes": 11, "epci_servis": 1, "epci": 1, "autres_servis": 1,
    });
    for (nom, valeur) in attendus.as_object().unwrap() {
        assert_eq!(&totaux[nom], valeur, "{nom}");
    }
    assert!((totaux["part_communes_servies"].as_f64().unwrap() - 2.0 / 11.0).abs() < 1e-12);

    // One partner's are those it leads and those it is called in for.
    let adil = pays.lire("/api/couverture?reseau=totaux&partenaire=adil").await;
    assert_eq!(adil["totaux"]["demandes"], 1);
    assert_eq!(adil["unites"]["26001"]["demandes"], 1);
    let registre = pays.lire("/api/demandes?reseau=totaux&territoire=commune:26001").await;
    assert_eq!(registre["total"], 2);
    let par_partenaire: Vec<_> = registre["par_partenaire"]
        .as_array()
        .unwrap()
        .iter()
        .map(|partenaire| {
            (partenaire["code"].as_str().unwrap(), partenaire["demandes"].as_i64().unwrap())
        })
        .collect();
    assert_eq!(par_partenaire, [("sde", 2), ("caue", 1), ("adil", 1)]);
}

#[tokio::test]
async fn a_theme_of_the_first_level_stands_for_those_under_it() {
    let pays = pays().await;
    pays.charger(&demandes("niveaux")).await;
    let eau = pays.lire("/api/couverture?reseau=niveaux&theme=eau").await;
    assert_eq!(eau["totaux"]["demandes"], 3);
    assert_eq!(eau["totaux"]["partenaires"], 2);
    // The zone has no theme: it is worth all those of its partner, of which one is about water.
    assert_eq!(eau["unites"]["26002"]["partenaires"], 1);
    let egouts = pays.lire("/api/couverture?reseau=niveaux&theme=assainissement").await;
    assert_eq!(egouts["unites"]["26002"]["partenaires"], 0);
    assert_eq!(egouts["totaux"]["demandes"], 2);
}

#[tokio::test]
async fn what_the_map_cannot_show_is_said() {
    let pays = pays().await;
    pays.charger(&demandes("absents")).await;
    let couverture = pays.lire("/api/couverture?reseau=absents").await;
    let absents = &couverture["non_dessinees"];
    assert_eq!(codes(absents), ["26010", "26399", "26500"]);
    assert_eq!(absents[1]["demandes"], 1);
    assert!(absents[1]["raison"].as_str().unwrap().contains("Commune 3 (26003)"));
    // What the former commune asked is shown where it is now, and serves it, not its successor.
    assert_eq!(couverture["unites"]["26003"]["demandes"], 1);
    assert_eq!(couverture["totaux"]["communes_servies"], 2);
}

#[tokio::test]
async fn an_epci_is_served_by_its_own_demandes_and_a_place_limits_the_answer() {
    let pays = pays().await;
    pays.charger(&demandes("lieux")).await;
    let epci = pays.lire("/api/couverture?reseau=lieux&maille=epci").await;
    assert_eq!(epci["unites"]["200040459"]["demandes"], 1);
    let dans = pays.lire("/api/couverture?reseau=lieux&dans=epci:200040459").await;
    assert_eq!(dans["totaux"]["unites"], 10);
    assert_eq!(dans["totaux"]["demandes"], 4);
    assert_eq!(dans["totaux"]["demandes_autres"], 0);
    let tout = pays.lire("/api/couverture?reseau=lieux&dans=departement:26").await;
    assert_eq!(tout["totaux"]["demandes"], 6);
    let registre = pays.lire("/api/demandes?reseau=lieux&territoire=epci:200040459").await;
    assert_eq!((&registre["total"], &registre["communes_total"]), (&json!(1), &json!(3)));
}

#[tokio::test]
async fn a_former_code_leads_to_its_successor_and_says_so() {
    let pays = pays().await;
    pays.charger(&demandes("anciens")).await;
    for adresse in [
        "/api/demandes?reseau=anciens&territoire=commune:26399",
        "/api/couverture?reseau=anciens&dans=commune:26399",
        "/api/aide?territoire=commune:26399",
    ] {
        let reponse = pays.lire(adresse).await;
        assert!(reponse["remarque"].as_str().unwrap().contains("Commune 3 (26003)"), "{adresse}");
    }
}

#[tokio::test]
async fn a_need_in_everyday_words_finds_who_can_help() {
    let pays = pays().await;
    let reseau = Reseau::nouveau("besoins").avec(
        "zones.csv",
        "z1,caue,,commune,26009,2010-01-01,\nz2,sde,,commune,26009,2010-01-01,\n",
    );
    pays.charger(&reseau).await;
    let aide = async |q: &str| {
        let aide = pays.lire(&format!("/api/aide?territoire=commune:26009&q={q}")).await;
        aide["partenaires"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|partenaire| partenaire["reseau"] == "besoins")
            .map(|partenaire| {
                let themes = codes(&partenaire["themes"]).join("+");
                format!("{}: {themes}", partenaire["code"].as_str().unwrap())
            })
            .collect::<Vec<_>>()
    };
    // Accents, articles and plurals do not matter; the one that answers more of the words is first.
    assert_eq!(aide("toitures%20de%20l%27ecole").await, ["caue: batiments", "sde: eclairage"]);
    assert_eq!(aide("%C3%A9gouts").await, ["sde: assainissement"]);
    assert_eq!(aide("trottinette").await, Vec::<String>::new());
}

#[tokio::test]
async fn help_at_a_point_is_that_of_its_commune() {
    let pays = pays().await;
    pays.charger(
        &Reseau::nouveau("point").avec("zones.csv", "z,caue,,commune,26007,2010-01-01,\n"),
    )
    .await;
    // Commune 7 spans 576000–584000 m east, 5480000–5488000 m north.
    let aide = pays.lire("/api/aide?lon=5.21&lat=44.1&theme=batiments").await;
    assert_eq!(aide["territoire"]["unite"], "commune:26007");
    assert_eq!(aide["demonstration"], true);
    let aidants = aide["partenaires"].as_array().unwrap();
    let aidant = aidants.iter().find(|aidant| aidant["reseau"] == "point").unwrap();
    assert_eq!(
        (aidant["zone"].as_str(), codes(&aidant["themes"])),
        (Some("communes"), vec!["batiments"])
    );
    assert_eq!(aide["guichet"]["nom"], "Guichet");
}

#[tokio::test]
async fn what_does_not_exist_is_refused_with_the_way_to_find_it() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("connu")).await;
    for (adresse, statut, mot) in [
        ("/api/reseaux/inconnu", 404, "/api/reseaux"),
        ("/api/couverture?reseau=inconnu", 404, "/api/reseaux"),
        ("/api/couverture?reseau=connu&theme=x", 404, "/api/reseaux/connu"),
        ("/api/couverture?reseau=connu&partenaire=x", 404, "/api/reseaux/connu"),
        ("/api/couverture?reseau=connu&dans=commune:26998000", 400, "Insee"),
        ("/api/couverture?reseau=connu&dans=commune:99001", 404, "/api/territoires"),
        ("/api/couverture?reseau=connu&millesime=2019", 404, "2019"),
        ("/api/couverture?reseau=connu&annee=x", 400, "annee"),
        ("/api/couverture?reseau=connu&maile=commune", 400, "maile"),
        ("/api/demandes?reseau=connu&territoire=epci:200040458", 400, "Siren"),
        ("/api/aide?territoire=commune:26001&theme=x", 404, "/api/reseaux"),
        ("/api/aide", 400, "lon"),
        ("/api/aide?lon=0&lat=0", 404, "lon"),
    ] {
        let phrase = pays.refus(adresse, statut).await;
        assert!(phrase.contains(mot), "{adresse} : {phrase}");
    }
}
