//! Indicators put together on what partners cover: each figure counted again by a statement that shares
//! nothing with the program's.

use std::path::Path;

use maillage::indicateurs::import::{Options, indicateurs};
use maillage::territoires::Millesime;
use serde_json::{Value, json};

use crate::dossier::Reseau;
use crate::pays::{Pays, pays};

/// Six communes of the first EPCI, of which the last keeps its figure secret, and one outside. Each test has its own year.
const TABLE: &str = "CODGEO;P##_POP;P##_POP75P;MED##\n\
    26001;100;10;20000\n26002;200;50;21000\n26003;400;;19000\n26004;800;80;\n26005;1600;s;\n26006;s;4;\n26011;9999;9;\n";

async fn importer(pays: &Pays, annee: i32) {
    let lieu = tempfile::tempdir().unwrap();
    let chemin = lieu.path().join("base.csv");
    std::fs::write(&chemin, TABLE.replace("##", &(annee % 100).to_string())).unwrap();
    let options = Options { millesime: Some(Millesime::new(2026).unwrap()), ..Options::default() };
    indicateurs(&pays.base, Path::new(&chemin).to_owned(), options, &Default::default())
        .await
        .unwrap();
}

/// CAUE in two zones that share 26002; SDE in one commune, and from 2019 in another; the second EPCI is
/// outside of the perimeter; ADIL has no zone.
async fn charger(pays: &Pays, code: &str, annee: i32) {
    let reseau = Reseau::nouveau(code).avec(
        "zones.csv",
        "z1,caue,,commune,26001,2010-01-01,\n\
         z1,caue,,commune,26002,2010-01-01,\n\
         z2,caue,,commune,26002,2012-01-01,\n\
         z2,caue,,commune,26003,2012-01-01,\n\
         z2,caue,,commune,26006,2012-01-01,\n\
         z3,sde,,commune,26004,2010-01-01,\n\
         z4,sde,,commune,26005,2019-01-01,\n\
         z5,sde,,epci,200040491,2010-01-01,\n",
    );
    pays.charger(&reseau).await;
    importer(pays, annee).await;
}

/// Sums of `population_municipale` in 1970 over the communes of a partner, or of the perimeter.
async fn recompter(pays: &Pays, reseau: &str, partenaire: Option<&str>, annee: i32) -> (i64, f64) {
    let mut connexion = pays.base.connexion().await.unwrap();
    sqlx::query_as(
        "with codes as (
           select p.code from perimetre_actuel p
           where p.reseau = $1 and p.maille = 'commune' and p.millesime = 2026 and $2::text is null
           union
           select zc.commune from zone_commune zc
           join zone z on z.id = zc.zone
           where z.reseau = $1 and z.partenaire = $2 and zc.couverte and zc.dans_perimetre
             and make_date($3, 12, 31) between z.debut and coalesce(z.fin, 'infinity'))
         select count(*), coalesce(sum(v.valeur), 0)
         from codes c
         left join (jeu j join valeur v on v.jeu = j.id and j.indicateur = 'population_municipale'
           and j.periode = '1970') on v.code = c.code",
    )
    .bind(reseau)
    .bind(partenaire)
    .bind(annee)
    .fetch_one(&mut connexion)
    .await
    .unwrap()
}

fn valeur(zone: &Value) -> (i64, f64) {
    (zone["communes"].as_i64().unwrap(), zone["valeur"].as_f64().unwrap_or_default())
}

#[tokio::test]
async fn a_stock_adds_up_over_the_communes_of_each_partner_counted_once() {
    let pays = pays().await;
    charger(&pays, "chiffres", 1970).await;
    let adresse = "/api/couverture/indicateurs/population_municipale?reseau=chiffres&periode=1970";
    let reponse = pays.lire(adresse).await;
    for partenaire in ["caue", "sde", "adil"] {
        let recompte = recompter(&pays, "chiffres", Some(partenaire), 2018).await;
        assert_eq!(valeur(&reponse["partenaires"][partenaire]), recompte, "{partenaire}");
    }
    assert_eq!(valeur(&reponse["perimetre"]), recompter(&pays, "chiffres", None, 2018).await);
    assert_eq!(valeur(&reponse["partenaires"]["caue"]), (4, 700.0));
    assert_eq!(reponse["partenaires"]["caue"]["partielle"], true, "26006 is secret");
    assert_eq!(reponse["partenaires"]["sde"]["partielle"], false);
    assert_eq!(reponse["partenaires"]["adil"]["etat"], "sans_objet");
    assert_eq!(reponse["partenaires"]["caue"]["sigle"], "CAUE");
    assert_eq!(
        (&reponse["demonstration"], &reponse["millesime"], &reponse["millesimes_des_valeurs"]),
        (&json!(true), &json!(2026), &json!([2026]))
    );

    let apres = pays.lire(&format!("{adresse}&annee=2019")).await;
    assert_eq!(
        valeur(&apres["partenaires"]["sde"]),
        recompter(&pays, "chiffres", Some("sde"), 2019).await
    );
    assert_eq!(valeur(&apres["partenaires"]["sde"]), (2, 2400.0));
}

#[tokio::test]
async fn a_ratio_of_a_zone_comes_from_the_communes_that_have_both_parts() {
    let pays = pays().await;
    charger(&pays, "taux", 1971).await;
    let part = pays.lire("/api/couverture/indicateurs/part_75_plus?reseau=taux&periode=1971").await;
    // (10 + 50) out of (100 + 200): 26003 lacks one part, 26006 the other.
    let caue = &part["partenaires"]["caue"];
    assert_eq!((&caue["valeur"], &caue["partielle"]), (&json!(20), &json!(true)));
    assert_eq!(part["partenaires"]["sde"]["valeur"], 10);
    // 140 out of 1,100.
    assert_eq!(part["perimetre"]["valeur"], 12.7);
}

#[tokio::test]
async fn a_median_of_a_zone_is_not_calculable() {
    let pays = pays().await;
    charger(&pays, "mediane", 1972).await;
    let adresse = "/api/couverture/indicateurs/niveau_de_vie_median?reseau=mediane&periode=1972";
    let reponse = pays.lire(adresse).await;
    assert_eq!(reponse["partenaires"]["caue"]["etat"], "non_calculable");
    assert_eq!(reponse["perimetre"]["valeur"], Value::Null);
    assert!(reponse["remarque"].as_str().unwrap().contains("ne s'additionne pas"));
}

#[tokio::test]
async fn a_partner_or_a_theme_limits_the_answer_and_what_is_unknown_is_said() {
    let pays = pays().await;
    charger(&pays, "limites", 1973).await;
    let adresse = "/api/couverture/indicateurs/population_municipale?reseau=limites&periode=1973";
    let un = pays.lire(&format!("{adresse}&partenaire=sde")).await;
    assert_eq!(un["partenaires"].as_object().unwrap().len(), 1);
    let theme = pays.lire(&format!("{adresse}&theme=eclairage")).await;
    assert_eq!(theme["partenaires"].as_object().unwrap().keys().collect::<Vec<_>>(), ["sde"]);
    let rien = "/api/couverture/indicateurs/rien?reseau=limites";
    for (adresse, statut, attendu) in [
        (format!("{adresse}&partenaire=inconnu"), 404, "Le partenaire « inconnu » n'existe pas"),
        (format!("{adresse}&theme=inconnu"), 404, "Le thème « inconnu » n'existe pas"),
        (rien.to_owned(), 404, "n'existe pas"),
        (format!("{adresse}&maille=epci"), 400, "maille"),
    ] {
        let phrase = pays.refus(&adresse, statut).await;
        assert!(phrase.contains(attendu), "{adresse} : {phrase}");
    }
}

#[tokio::test]
async fn a_regroupement_is_a_place_and_a_maille_of_indicators_names_and_searches() {
    let pays = pays().await;
    let reseau = Reseau::nouveau("ensembles")
        .avec(
            "regroupements.csv",
            "code,nom,genre,regle\nnord,Les Hauts du Nord,canton,\nsud,Sud,canton,\n",
        )
        .avec(
            "regroupements_communes.csv",
            "regroupement,commune\nnord,26001\nnord,26002\nsud,26002\nsud,26004\n",
        );
    pays.charger(&reseau).await;
    importer(&pays, 1974).await;
    let adresse = "/api/indicateurs/population_municipale/valeurs?periode=1974";
    let deux = pays.lire(&format!("{adresse}&maille=regroupement")).await;
    assert_eq!(deux["valeurs"]["ensembles/nord"], 300);
    assert_eq!(deux["valeurs"]["ensembles/sud"], 1000);
    assert!(deux["remarque"].as_str().unwrap().contains("compte entière"), "{}", deux["remarque"]);
    let part = "/api/indicateurs/part_75_plus/valeurs?periode=1974&maille=regroupement";
    assert_eq!(pays.lire(part).await["valeurs"]["ensembles/sud"], 13);
    let dans = pays.lire(&format!("{adresse}&dans=regroupement:ensembles/nord")).await;
    assert_eq!(dans["valeurs"], json!({"26001": 100, "26002": 200}));
    assert_eq!(dans["dans"], "regroupement:ensembles/nord");
    let epci = pays.lire(&format!("{adresse}&maille=epci&dans=regroupement:ensembles/nord")).await;
    assert_eq!(epci["valeurs"].as_object().unwrap().keys().collect::<Vec<_>>(), ["200040459"]);

    let noms = pays.lire("/api/territoires/commune?dans=regroupement:ensembles/sud").await;
    assert_eq!(noms["unites"].as_object().unwrap().keys().collect::<Vec<_>>(), ["26002", "26004"]);
    let trouve = pays.lire("/api/territoires?q=nord&maille=regroupement").await;
    let trouve = trouve["resultats"].as_array().unwrap();
    let nord = trouve.iter().find(|r| r["code"] == "ensembles/nord").unwrap();
    assert_eq!((&nord["nom"], &nord["motif"]), (&json!("Les Hauts du Nord"), &json!("nom")));
    let commune = pays.lire("/api/territoires?q=commune%204&dans=regroupement:ensembles/sud").await;
    assert_eq!(commune["resultats"][0]["code"], "26004");
    assert_eq!(commune["resultats"].as_array().unwrap().len(), 1);
}
