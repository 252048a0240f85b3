//! Tables as people have them, and what they are told of what is wrong with them.

use std::fmt::Write as _;

use serde_json::json;

use crate::indicateurs::{fichier, importer};
use crate::pays::pays;

#[tokio::test]
async fn of_a_hundred_thousand_rows_each_bad_one_is_named() {
    let pays = pays().await;
    let communes: Vec<u32> = (1..2500).filter(|n| ![219, 371, 399].contains(n)).collect();
    let mut texte = String::from("GEO;TIME_PERIOD;POPREF_MEASURE;OBS_VALUE\n");
    let mut attendues = Vec::new();
    for ligne in 0..100_000_usize {
        let code = 26_000 + communes[ligne % communes.len()];
        let annee = 1800 + ligne / communes.len();
        let mauvaise = ligne % 2703 == 5;
        let (code, valeur) = match ligne % 3 {
            _ if !mauvaise => (code.to_string(), "12"),
            0 => (code.to_string(), "douze"),
            1 => (format!("9{}", code % 10_000), "12"),
            _ => (format!("{}", code % 10_000), "12"),
        };
        if mauvaise {
            attendues.push(ligne as u64 + 2);
        }
        writeln!(texte, "{code};{annee};PMUN;{valeur}").unwrap();
    }
    assert_eq!(attendues.len(), 37);
    let (_lieu, chemin) = fichier("grand.csv", texte.as_bytes());
    let bilan = importer(&pays, &chemin, 2026).await.unwrap();
    let numeros: Vec<u64> = bilan.rejets.iter().map(|rejet| rejet.numero).collect();
    assert_eq!(numeros, attendues);
    let lieu = tempfile::tempdir().unwrap();
    let rapport = maillage::rejet::rapporter(
        &bilan.rejets,
        "indicateurs",
        Some(&lieu.path().join("rejets.csv")),
    )
    .unwrap()
    .unwrap();
    assert_eq!(std::fs::read_to_string(rapport).unwrap().lines().count(), 38);
}

#[tokio::test]
async fn numbers_and_marks_are_read_as_people_write_them() {
    let pays = pays().await;
    let texte = "\u{feff}CODGEO\tNAIS79\tTP6079\n26001\t1\u{202f}234,5\t12,5 %\n26002\t\u{2212}4\t12.5%\n\
        26004\ts\tns\n26005\tNC\t///\n26006\t12 %\t3\n26007\t*\tn.d.\n";
    let utf16: Vec<u8> = texte.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (_lieu, chemin) = fichier("nombres.tsv", &utf16);
    let bilan = importer(&pays, &chemin, 2026).await.unwrap();
    assert_eq!(bilan.rejets.len(), 1);
    let dit = bilan.to_string();
    assert!(dit.contains("ligne 6, NAIS79 : « 12 % » est un pourcentage"), "{dit}");
    assert!(
        dit.contains("valeurs négatives, gardées telles quelles : 1 (l'une à la ligne 3)"),
        "{dit}"
    );
    let naissances = pays.lire("/api/indicateurs/naissances/valeurs?periode=1979").await;
    assert_eq!(naissances["valeurs"], json!({"26001": 1235, "26002": -4}));
    assert_eq!(naissances["etats"]["secret"], json!(["26004", "26007"]));
    let taux = pays.lire("/api/indicateurs/taux_pauvrete/valeurs?periode=1979").await;
    assert_eq!(taux["valeurs"], json!({"26001": 12.5, "26002": 12.5, "26006": 3}));
    assert_eq!(taux["etats"]["sans_objet"], json!(["26005"]));
}

#[tokio::test]
async fn a_table_that_gives_fewer_values_than_before_says_so() {
    let pays = pays().await;
    let (_lieu, pleine) = fichier("p.csv", b"CODGEO,NAIS82\n26001,5\n26002,6\n");
    let (_lieu, maigre) = fichier("m.csv", b"CODGEO,NAIS82\n26001,7\n");
    importer(&pays, &pleine, 2026).await.unwrap();
    let dit = importer(&pays, &maigre, 2026).await.unwrap().to_string();
    assert!(
        dit.contains("Naissances domiciliées [naissances], 1982, par commune : 1 valeurs"),
        "{dit}"
    );
    assert!(dit.contains("1 valeurs remplacent les 2 d'avant"), "{dit}");
    let (_lieu, pleine) = fichier("f.csv", b"CODGEO,NAIS82\n26001,5\n26002,6\n26003,7\n75101,8\n");
    let dit = importer(&pays, &pleine, 2019).await.unwrap().to_string();
    assert!(
        dit.contains("3 valeurs\n"),
        "an arrondissement is no commune, in any millésime: {dit}"
    );
    assert!(dit.contains("n'ont pas pu être vérifiés"), "{dit}");
    importer(&pays, &maigre, 2026).await.unwrap();
    let (_lieu, seule) = fichier("s.csv", b"CODGEO,NAIS82\n26001,9\n");
    let dit = importer(&pays, &seule, 2020).await.unwrap().to_string();
    assert!(dit.contains("à la place des 3 du millésime 2019"), "{dit}");
}

#[tokio::test]
async fn codes_that_a_spreadsheet_took_for_numbers_are_said_once_for_all() {
    let pays = pays().await;
    let (_lieu, chemin) = fichier("z.csv", b"CODGEO;NAIS83\n1001;4\n1002;5\n1004;6\n");
    let dit = importer(&pays, &chemin, 2026).await.unwrap().to_string();
    assert!(dit.contains("Aucune valeur chargée"), "{dit}");
    assert!(dit.contains("Codes à quatre chiffres : 3"), "{dit}");
}

#[tokio::test]
async fn a_table_without_anything_to_load_is_an_error() {
    let pays = pays().await;
    let (_lieu, chemin) =
        fichier("l.csv", b"GEO;TIME_PERIOD;SEX;POPREF_MEASURE;OBS_VALUE\n26001;1984;F;PMUN;4\n");
    let erreur = importer(&pays, &chemin, 2026).await.unwrap_err().to_string();
    assert!(erreur.contains("rien à charger") && erreur.contains("SEX : F"), "{erreur}");
    let absent = std::path::Path::new("/absent.csv");
    let erreur = importer(&pays, absent, 2026).await.unwrap_err().to_string();
    assert!(erreur.contains("ce fichier n'existe pas"), "{erreur}");
}
