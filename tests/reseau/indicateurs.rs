//! Indicators: tables as users have them, and their values on the communes of today.
//!
//! The country of the tests has the millésime 2026: 26219 was absorbed by 26216, 26371 by 26289, 26399 by
//! 26003. The first EPCI holds 26001 to 26010, the second 26011 to 26020. Each test has its own year.

use std::io::Write;
use std::path::Path;

use maillage::indicateurs::import::{Bilan, Options, indicateurs};
use maillage::indicateurs::{declarer, installer};
use maillage::territoires::{Maille, Millesime};
use serde_json::json;
use sqlx::Executor;

use crate::pays::{Pays, pays};

pub async fn importer(
    pays: &Pays,
    fichier: &Path,
    millesime: i16,
) -> maillage::error::Result<Bilan> {
    let options =
        Options { millesime: Some(Millesime::new(millesime).unwrap()), ..Options::default() };
    indicateurs(&pays.base, fichier.to_owned(), options, &Default::default()).await
}

pub fn fichier(nom: &str, octets: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
    let lieu = tempfile::tempdir().unwrap();
    let chemin = lieu.path().join(nom);
    std::fs::write(&chemin, octets).unwrap();
    (lieu, chemin)
}

#[tokio::test]
async fn a_table_of_another_year_is_carried_over() {
    let pays = pays().await;
    let texte = "CODGEO;LIBGEO;P60_POP;P60_ACT1564;P60_CHOM1564\n26216;A;100;50;5\n26219;B;30;10;4\n26001;C;7;s;1\n";
    let (_lieu, chemin) = fichier("base.csv", texte.as_bytes());
    assert!(importer(&pays, &chemin, 2019).await.unwrap().rejets.is_empty());

    let population = pays.lire("/api/indicateurs/population_municipale/valeurs?periode=1960").await;
    assert_eq!(population["valeurs"], json!({"26001": 7, "26216": 130}));
    assert_eq!(population["millesimes_des_valeurs"], json!([2019]));
    assert!(population["remarque"].as_str().unwrap().contains("table de passage"));
    // 9 out of 60, not the mean of 10 % and 40 %; the secret stays one.
    let taux = pays.lire("/api/indicateurs/taux_chomage/valeurs?periode=1960").await;
    assert_eq!(taux["valeurs"], json!({"26216": 15}));
    assert_eq!(taux["etats"]["secret"], json!(["26001"]));
}

#[tokio::test]
async fn the_same_table_twice_is_there_once() {
    let pays = pays().await;
    let (_lieu, chemin) = fichier("base.csv", b"CODGEO,P61_POP\n26001,5\n26002,6\n");
    importer(&pays, &chemin, 2026).await.unwrap();
    importer(&pays, &chemin, 2026).await.unwrap();
    let valeurs = pays.lire("/api/indicateurs/population_municipale/valeurs?periode=1961").await;
    assert_eq!(valeurs["valeurs"], json!({"26001": 5, "26002": 6}));
}

#[tokio::test]
async fn bad_rows_are_named_and_the_others_loaded() {
    let pays = pays().await;
    // Latin-1, decimal comma, a title above the heading.
    let texte = "Salaires ; source : département\n\nCODGEO;Libellé;MED62\n26001;é;21500,5\n26002;è;vingt\n2603;z;1\n99999;x;1\n26001;é;3\n26004;ç;ns\n";
    let latin: Vec<u8> =
        texte.chars().map(|lettre| u8::try_from(u32::from(lettre)).unwrap()).collect();
    let (_lieu, chemin) = fichier("revenus.csv", &latin);
    let bilan = importer(&pays, &chemin, 2026).await.unwrap();
    let dits: Vec<String> = bilan.rejets.iter().map(ToString::to_string).collect();
    assert_eq!(
        bilan.rejets.iter().map(|rejet| rejet.numero).collect::<Vec<_>>(),
        [5, 6, 7, 8],
        "{dits:?}"
    );
    assert!(dits[0].contains("MED62") && dits[0].contains("« vingt »"), "{dits:?}");
    assert!(dits[1].contains("zéro du début"), "{dits:?}");
    assert!(dits[3].contains("ligne 4"), "{dits:?}");
    let valeurs = pays.lire("/api/indicateurs/niveau_de_vie_median/valeurs?periode=1962").await;
    assert_eq!(valeurs["valeurs"], json!({"26001": 21501}));
}

#[tokio::test]
async fn a_median_is_neither_added_up_nor_carried_where_communes_merged() {
    let pays = pays().await;
    let (_lieu, chemin) =
        fichier("m.csv", b"CODGEO;MED63\n26001;20000\n26216;21000\n26219;22000\n");
    importer(&pays, &chemin, 2019).await.unwrap();
    let communes = pays.lire("/api/indicateurs/niveau_de_vie_median/valeurs?periode=1963").await;
    assert_eq!(communes["valeurs"], json!({"26001": 20000}));
    let non_calculables = communes["etats"]["non_calculable"].as_array().unwrap();
    assert!(non_calculables.contains(&json!("26216")));
    let epci =
        pays.lire("/api/indicateurs/niveau_de_vie_median/valeurs?periode=1963&maille=epci").await;
    assert_eq!(epci["valeurs"], json!({}));
}

/// A millésime of codes alone, where 26020 to 26022 were what 26020 is now, and 26023 and 26024 what
/// 26023 is, in two EPCI.
async fn publier_1990(pays: &Pays) {
    let mut connexion = pays.base.connexion().await.unwrap();
    connexion
        .execute(
            "with publiee as (insert into edition (millesime) values (1990) returning id, millesime),
               millesimes as (
                 insert into millesime (annee, edition) select millesime, id from publiee),
               passages as (
                 insert into passage (vers, ancien, depuis, jusqu, nouveau)
                 select 1990, ancien, 2000, 2100, nouveau
                 from (values ('26020', '26020'), ('26020', '26021'), ('26020', '26022'),
                   ('26023', '26023'), ('26023', '26024')) as p (ancien, nouveau))
             insert into territoire (
               edition, maille, code, nom, departement, region, epci, rang, etat_contour)
             select id, 'commune', code, code, '26', '84', epci, 0, 'absent'
             from publiee, (values ('26020', '200040459'), ('26021', '200040459'),
               ('26022', '200040459'), ('26023', '200040491'), ('26024', '200040509'))
               as c (code, epci)",
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn going_back_in_time_a_stock_is_shared_by_a_stated_key_or_not_at_all() {
    let pays = pays().await;
    publier_1990(&pays).await;
    let (_lieu, cle) =
        fichier("cle.csv", b"CODGEO;P90_POP\n26020;500\n26021;300\n26022;200\n26023;10\n26024;s\n");
    importer(&pays, &cle, 1990).await.unwrap();
    let (_lieu, chemin) = fichier("n.csv", b"CODGEO;NAIS75;DECE75\n26020;14;7\n26023;8;1\n");
    importer(&pays, &chemin, 2026).await.unwrap();

    let adresse = "/api/indicateurs/naissances/valeurs?periode=1975&millesime=1990";
    let sans = pays.lire(adresse).await;
    assert_eq!(sans["valeurs"], json!({}));
    assert_eq!(sans["etats"]["non_calculable"].as_array().unwrap().len(), 5);
    assert!(sans["remarque"].as_str().unwrap().contains("cle=population"));

    let avec = pays.lire(&format!("{adresse}&cle=population_municipale")).await;
    // 14 in proportion to 500, 300 and 200: 7, 4.2 and 2.8, whole and together 14.
    assert_eq!(avec["valeurs"], json!({"26020": 7, "26021": 4, "26022": 3}));
    assert_eq!(avec["estimees"], json!(["26020", "26021", "26022"]));
    assert_eq!(
        avec["cle"],
        json!({"indicateur": "population_municipale", "periode": "1990", "millesime": 1990})
    );
    // The key is secret in 26024: nothing is known of it, nor of 26023.
    assert_eq!(avec["etats"]["non_calculable"], json!(["26023", "26024"]));
    let remarque = avec["remarque"].as_str().unwrap();
    assert!(remarque.contains("au prorata de « Population municipale"), "{remarque}");
    assert!(remarque.contains("1990"), "{remarque}");

    // The first EPCI holds all that 26020 was: no share is needed. 26023 was of two.
    let epci = pays.lire(&format!("{adresse}&maille=epci")).await;
    assert_eq!(epci["valeurs"], json!({"200040459": 14}));
    assert_eq!(epci["etats"]["non_calculable"], json!(["200040491", "200040509"]));

    for (cle, statut, attendu) in [
        ("rien", 404, "n'existe pas"),
        ("taux_chomage", 400, "ne s'additionne pas"),
        ("deces", 404, "Millésimes où elle en a : 2026"),
    ] {
        let phrase = pays.refus(&format!("{adresse}&cle={cle}"), statut).await;
        assert!(phrase.contains(attendu), "{cle} : {phrase}");
    }
}

#[tokio::test]
async fn a_stock_that_is_published_by_epci_alone_is_shown_by_epci() {
    let pays = pays().await;
    let (_lieu, chemin) =
        fichier("e.csv", b"EPCI;P85_LOG;P85_LOGVAC\n200040459;50;5\n200040491;40;s\n");
    let options = Options {
        millesime: Some(Millesime::new(2026).unwrap()),
        maille: Some(Maille::Epci),
        code: Some("EPCI".into()),
        ..Options::default()
    };
    indicateurs(&pays.base, chemin, options, &Default::default()).await.unwrap();
    let lire = async |code: &str, maille: &str| {
        pays.lire(&format!("/api/indicateurs/{code}/valeurs?periode=1985&maille={maille}")).await
    };
    let epci = lire("logements", "epci").await;
    assert_eq!(epci["valeurs"], json!({"200040459": 50, "200040491": 40}));
    let part = lire("part_logements_vacants", "epci").await;
    assert_eq!(part["valeurs"], json!({"200040459": 10}));
    assert_eq!(part["etats"]["secret"], json!(["200040491"]));
    let communes = lire("logements", "commune").await;
    assert_eq!(communes["valeurs"], json!({}));
    assert!(communes["etats"]["non_disponible"].as_array().unwrap().len() > 2000);
}

#[tokio::test]
async fn a_sum_over_a_secret_says_that_it_is_partial() {
    let pays = pays().await;
    let (_lieu, chemin) = fichier("n.csv", b"CODGEO;NAIS64\n26001;4\n26002;s\n26011;3\n");
    importer(&pays, &chemin, 2026).await.unwrap();
    let epci = pays.lire("/api/indicateurs/naissances/valeurs?periode=1964&maille=epci").await;
    assert_eq!(epci["valeurs"], json!({"200040459": 4, "200040491": 3}));
    assert_eq!(epci["partielles"], json!(["200040459"]));
}

#[tokio::test]
async fn a_long_file_is_read_whatever_the_order_of_its_columns() {
    let pays = pays().await;
    let donnees = "\u{feff}\"OBS_VALUE\";\"TIME_PERIOD\";\"POPREF_MEASURE\";\"GEO\";\"CONF_STATUS\";\"GEO_OBJECT\"\n\
        \"12\";\"1965\";\"PMUN\";\"26001\";\"F\";\"COM\"\n\
        \"99\";\"1965\";\"PTOT\";\"26001\";\"F\";\"COM\"\n\
        \"\";\"1965\";\"PMUN\";\"COM-26002\";\"C\";\"COM\"\n\
        \"500\";\"1965\";\"PMUN\";\"26\";\"F\";\"ARR\"\n";
    // The description is the larger of the two.
    let (_lieu, chemin) = melodi(&"COD_VAR;COD_MOD;LIB_MOD\n".repeat(99), donnees);
    let bilan = importer(&pays, &chemin, 2026).await.unwrap();
    assert!(bilan.rejets.is_empty());
    let valeurs = pays.lire("/api/indicateurs/population_municipale/valeurs?periode=1965").await;
    assert_eq!(valeurs["valeurs"], json!({"26001": 12}));
    assert_eq!(valeurs["etats"]["secret"], json!(["26002"]));
}

/// A Melodi archive.
fn melodi(descriptions: &str, donnees: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let lieu = tempfile::tempdir().unwrap();
    let chemin = lieu.path().join("melodi.zip");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&chemin).unwrap());
    for (nom, texte) in [("DS_metadata.csv", descriptions), ("DS_data.csv", donnees)] {
        archive.start_file(nom, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(texte.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    (lieu, chemin)
}

#[tokio::test]
async fn a_long_file_names_what_it_leaves_out_in_words() {
    let pays = pays().await;
    let descriptions = "COD_VAR;LIB_VAR;COD_MOD;LIB_MOD\nSEX;Sexe;F;Femmes\n\
        GEO_OBJECT;Maille;ARM;Arrondissement municipal\nPOPREF_MEASURE;Population;PMUN;Municipale\n";
    let donnees = "SEX,TIME_PERIOD,GEO,OBS_VALUE,POPREF_MEASURE,GEO_OBJECT,SEX\n\
        _T,1976,2024-COM-26001,5,PMUN,COM,_T\nF,1976,26001,3,PMUN,COM,F\n_T,1976,75101,9,PMUN,ARM,_T\n\
        _T,1976,200040459,50,PMUN,EPCI,_T\n_T,1976,26,500,PMUN,DEP,_T\n_T,1976-Q1,26001,4,PMUN,COM,_T\n";
    let (_lieu, chemin) = melodi(descriptions, donnees);
    let dit = importer(&pays, &chemin, 2026).await.unwrap().to_string();
    assert!(dit.contains("« Sexe : Femmes, Population : Municipale »"), "{dit}");
    assert!(dit.contains("melodi = { SEX = \"F\", POPREF_MEASURE = \"PMUN\" }"), "{dit}");
    assert!(
        dit.contains("Lignes d'une autre maille (Arrondissement municipal), passées : 1."),
        "{dit}"
    );
    assert!(dit.contains("« 1976-Q1 »"), "{dit}");
    for (maille, attendues) in [("commune", json!({"26001": 5})), ("departement", json!({"26": 5}))]
    {
        let adresse =
            format!("/api/indicateurs/population_municipale/valeurs?periode=1976&maille={maille}");
        assert_eq!(pays.lire(&adresse).await["valeurs"], attendues, "{maille}");
    }
}

#[tokio::test]
async fn what_a_long_file_says_of_a_value_is_its_state() {
    let pays = pays().await;
    let donnees = "GEO;TIME_PERIOD;OBS_VALUE;OBS_STATUS;CONF_STATUS;POPREF_MEASURE\n\
        26001;1977;;M;F;PMUN\n26002;1977;;Q;F;PMUN\n26003;1977;;L;F;PMUN\n26004;1977;12;A;C;PMUN\n\
        26005;1977;0;A;F;PMUN\n";
    let (_lieu, chemin) = melodi("", donnees);
    importer(&pays, &chemin, 2026).await.unwrap();
    let valeurs = pays.lire("/api/indicateurs/population_municipale/valeurs?periode=1977").await;
    assert_eq!(valeurs["valeurs"], json!({"26005": 0}));
    assert_eq!(valeurs["etats"]["sans_objet"], json!(["26001"]));
    assert_eq!(valeurs["etats"]["secret"], json!(["26002", "26004"]));
}

#[tokio::test]
async fn accounts_of_former_communes_add_up_and_their_population_counts_once() {
    let pays = pays().await;
    let texte = "\u{feff}exer;com_code;siren;agregat;montant;ptot\n\
        1966;26001;1;Encours de dette;1000,5;10\n1966;26001;2;Encours de dette;500;20\n\
        1966;26001;1;Dépenses de fonctionnement;600;10\n1966;26001;2;Autre;9;20\n";
    let (_lieu, chemin) = fichier("ofgl.csv", texte.as_bytes());
    importer(&pays, &chemin, 2026).await.unwrap();
    for (indicateur, attendue) in [
        ("encours_dette", 1501),
        ("population_des_comptes", 30),
        ("dette_par_habitant", 50),
        ("depenses_fonctionnement_par_habitant", 20),
    ] {
        let adresse = format!("/api/indicateurs/{indicateur}/valeurs?periode=1966");
        assert_eq!(
            pays.lire(&adresse).await["valeurs"],
            json!({"26001": attendue}),
            "{indicateur}"
        );
    }
}

#[tokio::test]
async fn a_user_declares_indicators_that_stay_and_never_replaces_a_shipped_one() {
    let pays = pays().await;
    let une = |code: &str, suite: &str| {
        format!(
            "[[indicateur]]\ncode = '{code}'\ntheme = 'Numérique'\nlibelle = 'Abonnés {code}'\n\
             producteur = 'Département'\nsource = 'Enquête'\nlicence = 'Licence Ouverte 2.0'\n{suite}\n"
        )
    };
    let fibre = une("fibre", "nature = 'stock'\ncolonnes = ['FIBRE####']")
        + &une("part_fibre", "nature = 'ratio'\nnumerateur = 'fibre'\ndenominateur = 'menages'");
    let (_lieu, catalogue) = fichier("mes-indicateurs.toml", fibre.as_bytes());
    let (_lieu, table) = fichier(
        "t.csv",
        "CODGEO;FIBRE1978;P78_MEN;C78_MEN;Pylônes;REG\n26001;4;8;9;2;84\n".as_bytes(),
    );
    let avant = importer(&pays, &table, 2026).await.unwrap().to_string();
    assert!(avant.contains("FIBRE1978, Pylônes. Dites"), "{avant}");
    assert!(avant.contains("« P78_MEN » et « C78_MEN » sont toutes deux « Ménages »"), "{avant}");

    let codes = declarer(&pays.base, &catalogue).await.unwrap();
    assert_eq!(codes, ["fibre", "part_fibre"]);
    declarer(&pays.base, &catalogue).await.unwrap();
    // As at the next start of the program.
    installer(&mut pays.base.connexion().await.unwrap()).await.unwrap();
    importer(&pays, &table, 2026).await.unwrap();
    let part = pays.lire("/api/indicateurs/part_fibre/valeurs?periode=1978").await;
    assert_eq!(part["valeurs"], json!({"26001": 1}));

    let vol = une("population", "nature = 'mediane'");
    let (_lieu, vol) = fichier("vol.toml", vol.as_bytes());
    let refus = declarer(&pays.base, &vol).await.unwrap_err().to_string();
    assert!(refus.contains("vol.toml, indicateur « population », champ « code »"), "{refus}");
    assert_eq!(pays.lire("/api/indicateurs/population").await["nature"], "stock");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_what_to_do() {
    let pays = pays().await;
    for (nom, texte, attendu) in [
        ("a.csv", "nom;valeur\nx;1\n", "--code COLONNE"),
        ("b.csv", "CODGEO;inconnue\n26001;1\n", "--colonnes COLONNE=indicateur"),
        ("c.csv", "CODGEO;PMUN\n26001;1\n", "--periode"),
        ("d.csv", "CODGEO;P67_POP\n29400;1\n26200;1\n29400;2\n", "codes postaux"),
        ("e.xlsx", "pas un classeur", "ne se lit pas"),
        ("f.zip", "pas une archive", "ne se lit pas"),
        ("g.csv", "", "g.csv est vide"),
        ("h.csv", "CODGEO;P67_POP\n", "n'a que son en-tête"),
        ("i.csv", "PK\u{3}\u{4}xx", "est un classeur"),
    ] {
        let (_lieu, chemin) = fichier(nom, texte.as_bytes());
        let erreur = importer(&pays, &chemin, 2026).await.unwrap_err().to_string();
        assert!(erreur.contains(attendu), "{nom} : {erreur}");
    }
}

#[tokio::test]
async fn questions_without_an_answer_are_refused_with_a_sentence() {
    let pays = pays().await;
    for (adresse, statut, attendu) in [
        ("/api/indicateurs/rien/valeurs", 404, "n'existe pas"),
        ("/api/indicateurs/emplois/valeurs", 404, "n'a pas encore de valeurs"),
        ("/api/indicateurs/emplois/valeurs?classes=kmeans", 400, "n'est pas une méthode"),
        ("/api/indicateurs/emplois/valeurs?maille=canton", 400, "n'est pas une maille"),
    ] {
        let phrase = pays.refus(adresse, statut).await;
        assert!(phrase.contains(attendu), "{adresse} : {phrase}");
    }
}
