//! The questions of a coordinator: each figure counted by hand on a réseau of a few rows.

use serde_json::{Value, json};

use crate::dossier::Reseau;
use crate::pays::pays;

fn codes(liste: &Value) -> Vec<&str> {
    liste.as_array().unwrap().iter().map(|objet| objet["code"].as_str().unwrap()).collect()
}

const DECLARATIONS: &str =
    "partenaire,theme,date\ncaue,,2018-06-01\nsde,,2018-06-01\nadil,,2018-06-01\n";

#[tokio::test]
async fn where_nobody_helps_is_said_once_all_have_declared_their_zones_complete() {
    let pays = pays().await;
    let zones = "z,caue,,commune,26001,2010-01-01,\n";
    pays.charger(&Reseau::nouveau("incertain").avec("zones.csv", zones)).await;
    pays.charger(
        &Reseau::nouveau("certain").avec("zones.csv", zones).avec("declarations.csv", DECLARATIONS),
    )
    .await;
    let incertain = pays.lire("/api/couverture/zones-blanches?reseau=incertain").await;
    assert_eq!(codes(&incertain["zones_blanches"]), Vec::<&str>::new());
    assert_eq!(incertain["communes_non_renseignees"], 9);
    assert_eq!(codes(&incertain["partenaires_non_declares"]), ["adil", "caue", "sde"]);
    let certain = pays.lire("/api/couverture/zones-blanches?reseau=certain").await;
    assert_eq!(codes(&certain["zones_blanches"]).len(), 9);
    assert_eq!(certain["communes_aidees"], 1);
    assert_eq!(certain["communes_non_renseignees"], 0);

    for (reseau, etat) in [("incertain", "non_renseigne"), ("certain", "personne")] {
        let couverture = pays.lire(&format!("/api/couverture?reseau={reseau}")).await;
        assert_eq!(couverture["unites"]["26001"]["etat"], "aide");
        assert_eq!(couverture["unites"]["26002"]["etat"], etat);
        assert_eq!(couverture["totaux"]["unites_couvertes"], 1);
        assert_eq!(
            couverture["totaux"][format!(
                "unites_{}",
                match etat {
                    "personne" => "sans_partenaire",
                    _ => "non_renseignees",
                }
            )],
            9
        );
    }
    // A place limits the answer, and what is asked of one partner needs its declaration alone.
    let lieu = pays.lire("/api/couverture/zones-blanches?reseau=certain&dans=commune:26002").await;
    assert_eq!(codes(&lieu["zones_blanches"]), ["26002"]);
}

#[tokio::test]
async fn a_declaration_for_one_theme_is_worth_that_theme() {
    let pays = pays().await;
    pays.charger(
        &Reseau::nouveau("par-theme")
            .avec("declarations.csv", "partenaire,theme,date\nsde,assainissement,2018-06-01\n"),
    )
    .await;
    let egouts = pays.lire("/api/couverture?reseau=par-theme&theme=assainissement").await;
    assert_eq!(egouts["totaux"]["unites_sans_partenaire"], 10);
    assert_eq!(egouts["totaux"]["partenaires_non_declares"], 0);
    // Under « eau » the CAUE has drinking water, which it has not declared.
    let eau = pays.lire("/api/couverture?reseau=par-theme&theme=eau").await;
    assert_eq!(eau["totaux"]["unites_non_renseignees"], 10);
    assert_eq!(eau["totaux"]["partenaires_non_declares"], 1);
}

#[tokio::test]
async fn partners_meet_where_two_zones_are_about_the_same_theme() {
    let pays = pays().await;
    let reseau = Reseau::nouveau("croises").avec(
        "zones.csv",
        "a,caue,,commune,26001,2010-01-01,\na,caue,,commune,26002,2010-01-01,\n\
         b,adil,,commune,26002,2010-01-01,\nb,adil,,commune,26003,2010-01-01,\n\
         b2,adil,batiments,commune,26002,2010-01-01,\nc,sde,,commune,26001,2010-01-01,\n",
    );
    pays.charger(&reseau).await;
    let etude = pays.lire("/api/couverture/recouvrements?reseau=croises").await;
    assert_eq!(codes(&etude["communes"]), ["26002"]);
    assert_eq!(
        etude["paires"],
        json!([{"reseau": "croises", "theme": "batiments", "libelle": "Bâtiments publics",
                "partenaires": ["adil", "caue"], "communes": 1}])
    );
    let eau = pays.lire("/api/couverture/recouvrements?reseau=croises&theme=eau").await;
    assert_eq!(eau["paires"], json!([]));
}

fn demandes(code: &str) -> Reseau {
    Reseau::nouveau(code)
        .avec(
            "zones.csv",
            "z,caue,,commune,26001,2010-01-01,2018-06-30\nz,caue,,commune,26002,2010-01-01,2018-06-30\n\
             e,sde,eclairage,epci,200040459,2010-01-01,\n",
        )
        .avec(
            "demandes.csv",
            "D1,2018-06-30,caue,,batiments,commune,26001,2019,,terminee\n\
             D2,2018-07-01,caue,,batiments,commune,26001,2019,,terminee\n\
             D3,2018-05-05,sde,,eclairage,commune,26399,2019,,terminee\n\
             D4,2018-05-05,sde,,assainissement,epci,200040459,2019,,terminee\n\
             D5,2017-02-01,caue,,batiments,commune,26005,2019,,terminee\n\
             D6,2017-02-01,caue,,batiments,commune,26001,2019,,terminee\n",
        )
}

#[tokio::test]
async fn demandes_outside_the_zones_of_who_led_them_are_found_by_their_day_and_theme() {
    let pays = pays().await;
    pays.charger(&demandes("dehors")).await;
    let adresse = "/api/demandes/hors-zone?reseau=dehors";
    let publique = pays.lire(adresse).await;
    assert_eq!(publique["liste"][0]["reference"], Value::Null);
    let etude = pays.lire_en_coordinateur("dehors", adresse).await;
    let references: Vec<_> = etude["liste"]
        .as_array()
        .unwrap()
        .iter()
        .map(|demande| demande["reference"].as_str().unwrap())
        .collect();
    // The zone of D2 ended the day before; that of D4 is for another theme.
    assert_eq!(references, ["D2", "D4"]);
    assert_eq!((&etude["demandes"], &etude["hors_zone"]), (&json!(4), &json!(2)));
    assert_eq!(etude["par_partenaire"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_year_is_compared_with_the_one_before() {
    let pays = pays().await;
    pays.charger(&demandes("annees")).await;
    let etude = pays.lire("/api/demandes/evolution?reseau=annees").await;
    assert_eq!((&etude["avant"], &etude["apres"]), (&json!(2), &json!(3)));
    assert_eq!((&etude["nouvelles"], &etude["perdues"]), (&json!(1), &json!(1)));
    assert_eq!(etude["unites"]["26001"], json!({"nom": "Commune 1", "avant": 1, "apres": 2}));
    assert_eq!(
        (&etude["du_avant"], &etude["au_avant"]),
        (&json!("2017-01-01"), &json!("2017-12-31"))
    );
    let vide = pays.lire("/api/demandes/evolution?reseau=annees&annee=2012").await;
    assert_eq!(
        (&vide["avant"], &vide["apres"], &vide["evolution"]),
        (&json!(0), &json!(0), &Value::Null)
    );
}

#[tokio::test]
async fn demandes_are_counted_for_a_thousand_inhabitants() {
    let pays = pays().await;
    pays.charger(&demandes("pour-mille")).await;
    let etude = pays.lire("/api/demandes/unites?reseau=pour-mille").await;
    assert_eq!(
        etude["unites"]["26001"],
        json!({"nom": "Commune 1", "demandes": 2, "population": 400, "pour_mille": 5.0})
    );
    assert_eq!(etude["unites"]["26002"]["demandes"], 0);
    // What the former commune asked is its successor's.
    assert_eq!(etude["unites"]["26003"]["demandes"], 1);
}

#[tokio::test]
async fn communes_never_served_are_those_that_never_asked() {
    let pays = pays().await;
    pays.charger(&demandes("jamais")).await;
    let toujours = pays.lire("/api/demandes/jamais-servies?reseau=jamais").await;
    assert_eq!((&toujours["communes"], &toujours["jamais_servies"]), (&json!(10), &json!(7)));
    assert!(!codes(&toujours["liste"]).contains(&"26005"));
    let annee = pays.lire("/api/demandes/jamais-servies?reseau=jamais&annee=2018").await;
    assert_eq!(annee["jamais_servies"], 8);
}

#[tokio::test]
async fn delays_are_medians_over_what_is_dated() {
    let pays = pays().await;
    pays.charger(&demandes("delais")).await;
    sqlx::query(
        "update demande set reponse = date + case reference when 'D1' then 2 when 'D2' then 10 end,
           cloture = case reference when 'D3' then date + 30 end
         where reseau = 'delais'",
    )
    .execute(&mut pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    let etude = pays.lire("/api/demandes/delais?reseau=delais").await;
    assert_eq!((&etude["demandes"], &etude["avec_reponse"]), (&json!(4), &json!(2)));
    assert_eq!((&etude["reponse_mediane"], &etude["cloture_mediane"]), (&json!(6), &json!(30)));
    assert_eq!(etude["par_partenaire"][0]["code"], "caue");
    assert_eq!(etude["par_theme"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_period_may_be_other_than_a_year() {
    let pays = pays().await;
    pays.charger(&demandes("periodes")).await;
    let semestre = "du=2018-01-01&au=2018-06-30";
    let couverture = pays.lire(&format!("/api/couverture?reseau=periodes&{semestre}")).await;
    assert_eq!(couverture["totaux"]["demandes"], 3);
    assert_eq!(couverture["unites"]["26002"]["partenaires"], 2);
    assert_eq!(couverture["annee"], Value::Null);
    let annee = pays.lire("/api/couverture?reseau=periodes&annee=2018").await;
    assert_eq!(annee["unites"]["26002"]["partenaires"], 1);
    for (mauvaise, mot) in [
        ("du=2018-06-30&au=2018-01-01", "finit avant"),
        ("du=2018-01-01", "premier et le dernier"),
        ("annee=2018&du=2018-01-01&au=2018-02-01", "premier et le dernier"),
        ("du=01/01/2018&au=2018-02-01", "2018-12-31"),
    ] {
        let phrase = pays.refus(&format!("/api/couverture?reseau=periodes&{mauvaise}"), 400).await;
        assert!(phrase.contains(mot), "{phrase}");
    }
}
