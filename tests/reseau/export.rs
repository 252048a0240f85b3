//! The folder of a réseau, written from the database: reading it gives the same rows, writing it again the same
//! bytes.

use std::collections::BTreeMap;
use std::path::Path;

use maillage::error::Result;
use maillage::partenaires::export::Bilan;
use maillage::rapports::textes;
use sqlx::{AssertSqlSafe, Connection};

use crate::complet::peupler;
use crate::dossier::Reseau;
use crate::pays::{Pays, pays};

async fn exporter(pays: &Pays, reseau: &str, lieu: &Path, remplacer: bool) -> Result<Bilan> {
    textes::exporter(&pays.base, reseau, lieu.to_owned(), remplacer).await
}

/// The files of a folder, by their path in it.
fn fichiers(dossier: &Path) -> BTreeMap<String, String> {
    let mut lus = BTreeMap::new();
    for entree in std::fs::read_dir(dossier).unwrap() {
        let chemin = entree.unwrap().path();
        let nom = chemin.file_name().unwrap().to_str().unwrap().to_owned();
        if chemin.is_dir() {
            let dessous = fichiers(&chemin).into_iter();
            lus.extend(dessous.map(|(fichier, texte)| (format!("{nom}/{fichier}"), texte)));
        } else {
            lus.insert(nom, std::fs::read_to_string(&chemin).unwrap());
        }
    }
    lus
}

/// All the rows of a réseau, by table; zones by their name, surfaces to the bit.
async fn lignes(pays: &Pays, reseau: &str) -> BTreeMap<String, Vec<String>> {
    let mut connexion = pays.base.connexion().await.unwrap();
    let tables: Vec<(String, bool)> = sqlx::query_as(
        "select table_name::text, bool_or(column_name = 'zone') from information_schema.columns
         where table_schema = 'public'
           -- People and what they did stay where they are.
           and table_name <> all ('{demande_suivie,droit,jeton,journal,livraison,rappel,rapport_publie}')
         group by 1 having bool_or(column_name = 'reseau') order by 1",
    )
    .fetch_all(&mut connexion)
    .await
    .unwrap();
    let mut toutes = BTreeMap::new();
    for (table, de_zone) in tables {
        let en_plus = match table.as_str() {
            "zone" => "|| jsonb_build_object('surface', st_asbinary(t.surface)::text)",
            // Derived: the same whatever vertex its rings begin at.
            "zone_contour" => {
                "|| (select jsonb_build_object('zone', z.code || '@' || z.version, 'contour',
                  array[round(st_area(t.contour)), st_npoints(t.contour)]) from zone z where z.id = t.zone)"
            }
            _ if de_zone => {
                "|| (select jsonb_build_object('zone', z.code || '@' || z.version) from zone z where z.id = t.zone)"
            }
            _ => "",
        };
        let question = format!(
            "select ((to_jsonb(t) - 'id') {en_plus})::text from {table} t where reseau = $1 order by 1"
        );
        let lues = sqlx::query_scalar(AssertSqlSafe(question))
            .bind(reseau)
            .fetch_all(&mut connexion)
            .await
            .unwrap();
        toutes.insert(table, lues);
    }
    // Those that name the réseau otherwise.
    for (table, question) in [
        ("reseau", "select to_jsonb(r)::text from reseau r where code = $1"),
        (
            "organisme",
            "select to_jsonb(o)::text from organisme o join partenaire p on p.organisme = o.code
             where p.reseau = $1 order by 1",
        ),
    ] {
        let lues =
            sqlx::query_scalar(question).bind(reseau).fetch_all(&mut connexion).await.unwrap();
        toutes.insert(table.to_owned(), lues);
    }
    toutes
}

async fn executer(pays: &Pays, ordre: &'static str, reseau: &str) {
    let mut connexion = pays.base.connexion().await.unwrap();
    let mut transaction = connexion.begin().await.unwrap();
    // Other tests resolve all réseaux meanwhile, and lock the same rows in another order.
    maillage::partenaires::attendre_son_tour(&mut transaction).await.unwrap();
    sqlx::query(ordre).bind(reseau).execute(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn reprendre(pays: &Pays, dossier: &Path) {
    let bilan =
        textes::importer(&pays.base, dossier.to_owned(), &Default::default()).await.unwrap();
    assert_eq!(bilan.rejets, []);
}

/// Says where two sets of rows first differ, and not the whole of them.
#[track_caller]
fn comparer(une: &BTreeMap<String, Vec<String>>, autre: &BTreeMap<String, Vec<String>>) {
    for (table, lignes) in une {
        let autres = &autre[table];
        for (ligne, autre) in lignes.iter().zip(autres) {
            assert_eq!(ligne, autre, "{table}");
        }
        assert_eq!(lignes.len(), autres.len(), "{table}");
    }
}

/// What reading elsewhere forgets: where a row came from and how many times it was written, what was merged, people.
fn ailleurs(lignes: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    let perdues =
        ["contact", "correspondance", "demande_particuliere", "doublon", "zone_commentaire"];
    let du_dossier = |ligne: &String| {
        ["tableau", "proposition"].iter().fold(ligne.clone(), |ligne, origine| {
            ligne.replace(&format!(r#""origine": "{origine}""#), r#""origine": "dossier""#)
        })
    };
    let sans_revision = |ligne: String| match ligne.split_once(r#""revision": "#) {
        Some((avant, apres)) => {
            format!("{avant}{}", apres.trim_start_matches(|lettre: char| lettre.is_ascii_digit()))
        }
        None => ligne,
    };
    lignes
        .iter()
        .filter(|(table, _)| !perdues.contains(&table.as_str()))
        .map(|(table, lignes)| {
            let gardees = lignes
                .iter()
                .filter(|ligne| table != "demande" || ligne.contains(r#""fusionnee": null"#));
            let mut lignes: Vec<String> = gardees.map(du_dossier).map(sans_revision).collect();
            lignes.sort();
            (table.clone(), lignes)
        })
        .collect()
}

#[tokio::test]
async fn every_kind_of_row_goes_out_and_comes_back_the_same() {
    let code = "export-complet";
    let pays = pays().await;
    peupler(&pays, code).await;
    // As if the folder had listed it: reading back what leaves it out does not take it away.
    executer(
        &pays,
        "update demande set origine = 'dossier' where reseau = $1 and fusionnee is not null",
        code,
    )
    .await;

    let lieu = tempfile::tempdir().unwrap();
    let [un, deux, trois] = ["un", "deux", "trois"].map(|nom| lieu.path().join(nom));
    // What was refused is resolved no more.
    maillage::partenaires::resoudre_tout(&pays.base).await.unwrap();
    let avant = lignes(&pays, code).await;
    for (table, lignes) in &avant {
        let sans =
            ["correspondance", "lien", "publication", "publication_a_refaire", "zone_non_reportee"]
                .contains(&table.as_str());
        assert!(sans || !lignes.is_empty(), "{table} has no row to lose");
    }
    let dit = exporter(&pays, code, &un, false).await.unwrap().to_string();
    for phrase in [
        "\n  partenaires.csv : 3 lignes",
        "\n  zones.csv : 6 lignes",
        "\n  zones/zones.geojson : 3 zones dessinées",
        "\n  demandes.csv : 4 lignes",
        "laissées de côté : 1.",
        "demandes de particuliers, 1 ; contacts, 1.",
    ] {
        assert!(dit.contains(phrase), "{phrase} : {dit}");
    }
    let ecrits = fichiers(&un);
    assert!(ecrits.values().all(|texte| texte.ends_with('\n') && !texte.contains('\r')));
    assert!(!ecrits.values().any(|texte| texte.contains("Mme Maire") || texte.contains("m@x")));

    // Where they are, they stay what they are.
    reprendre(&pays, &un).await;
    comparer(&lignes(&pays, code).await, &avant);
    exporter(&pays, code, &deux, false).await.unwrap();
    assert_eq!(fichiers(&deux), ecrits);

    // Elsewhere, they are the folder's.
    executer(&pays, "delete from reseau where code = $1", code).await;
    reprendre(&pays, &un).await;
    let apres = lignes(&pays, code).await;
    comparer(&ailleurs(&apres), &ailleurs(&avant));
    assert!(
        !apres["demande"].iter().chain(&apres["zone"]).any(|ligne| ligne.contains("\"tableau\""))
    );
    exporter(&pays, code, &trois, false).await.unwrap();
    assert_eq!(fichiers(&trois), ecrits);
}

#[tokio::test]
async fn a_theme_that_was_refused_leaves_no_gap() {
    let code = "export-trou";
    let pays = pays().await;
    let reseau = Reseau::nouveau(code).avec("themes.csv", "Mal écrit,Mal,,\nvoirie,Voirie,,\n");
    assert_eq!(pays.charger(&reseau).await.rejets.len(), 1);
    let avant = lignes(&pays, code).await;
    let lieu = tempfile::tempdir().unwrap();
    exporter(&pays, code, lieu.path(), false).await.unwrap();
    reprendre(&pays, lieu.path()).await;
    comparer(&lignes(&pays, code).await, &avant);
}

#[tokio::test]
async fn a_drawing_of_many_vertices_is_not_made_lighter_again() {
    let code = "export-lourd";
    let pays = pays().await;
    // A wavy circle, heavier than what is kept as it is, and still so once made lighter.
    let points: Vec<String> = (0..=12_000)
        .map(|n| {
            let tour = f64::from(n % 12_000) / 12_000.0 * std::f64::consts::TAU;
            let rayon = 0.4 + 0.002 * (tour * 3_000.0).cos();
            format!("[{},{}]", 5.3 + rayon * tour.cos(), 44.6 + rayon * tour.sin())
        })
        .collect();
    let dessin = format!(
        r#"{{"type": "Feature", "properties": {{"code": "z", "partenaire": "caue", "debut": "2015-01-01"}},
            "geometry": {{"type": "Polygon", "coordinates": [[{}]]}}}}"#,
        points.join(",")
    );
    let bilan = pays.charger(&Reseau::nouveau(code).avec("zones/z.geojson", &dessin)).await;
    assert_eq!(bilan.rejets, []);
    let avant = lignes(&pays, code).await;
    assert!(avant["zone"][0].contains("allégé"));
    let sommets: i32 = sqlx::query_scalar("select st_npoints(surface) from zone where reseau = $1")
        .bind(code)
        .fetch_one(&mut pays.base.connexion().await.unwrap())
        .await
        .unwrap();
    assert!(sommets > 5_000, "{sommets}");
    let lieu = tempfile::tempdir().unwrap();
    let [un, deux] = ["un", "deux"].map(|nom| lieu.path().join(nom));
    exporter(&pays, code, &un, false).await.unwrap();
    executer(&pays, "delete from reseau where code = $1", code).await;
    reprendre(&pays, &un).await;
    comparer(&lignes(&pays, code).await, &avant);
    exporter(&pays, code, &deux, false).await.unwrap();
    assert_eq!(fichiers(&deux), fichiers(&un));
}

#[tokio::test]
async fn an_exported_drawing_that_was_spoilt_since_is_examined() {
    let pays = pays().await;
    let objet = |code: &str, points: &str| {
        format!(
            r#"{{"type": "Feature", "properties": {{"code": "{code}", "partenaire": "caue", "debut": "2015-01-01",
                "examinee": "oui"}}, "geometry": {{"type": "Polygon", "coordinates": [[{points}]]}}}}"#
        )
    };
    let croisee = objet("croisee", "[4.7,44.2],[4.9,44.4],[4.9,44.2],[4.7,44.4],[4.7,44.2]");
    let pointe = objet(
        "pointe",
        "[4.7,44.2],[4.9,44.2],[4.9,44.3],[5.2,44.3],[4.9,44.3],[4.9,44.4],[4.7,44.2]",
    );
    let dessin = format!(r#"{{"type": "FeatureCollection", "features": [{croisee}, {pointe}]}}"#);
    let bilan =
        pays.charger(&Reseau::nouveau("export-gate").avec("zones/z.geojson", &dessin)).await;
    assert_eq!(bilan.rejets.len(), 1);
    assert!(bilan.rejets[0].raison.contains("se croise"), "{}", bilan.rejets[0]);
    assert!(bilan.remarques.iter().any(|dit| dit.contains("pointe")), "{:?}", bilan.remarques);
}

#[tokio::test]
async fn the_demonstration_goes_out_and_comes_back_with_its_745_demandes() {
    let pays = pays().await;
    // Under a code of its own: another test has the réseau.
    let lieu = tempfile::tempdir().unwrap();
    let source = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data/reseaux/drome"));
    let [drome, un, deux] = ["drome", "un", "deux"].map(|nom| lieu.path().join(nom));
    std::fs::create_dir_all(drome.join("zones")).unwrap();
    std::fs::create_dir_all(drome.join("rapport")).unwrap();
    for (nom, texte) in fichiers(source) {
        if !nom.starts_with("generation/") {
            std::fs::write(
                drome.join(nom),
                texte.replace("code = \"drome\"", "code = \"export-drome\""),
            )
            .unwrap();
        }
    }
    reprendre(&pays, &drome).await;
    let avant = lignes(&pays, "export-drome").await;
    assert_eq!(avant["demande"].len(), 745);
    exporter(&pays, "export-drome", &un, false).await.unwrap();
    executer(&pays, "delete from reseau where code = $1", "export-drome").await;
    reprendre(&pays, &un).await;
    comparer(&lignes(&pays, "export-drome").await, &avant);
    exporter(&pays, "export-drome", &deux, false).await.unwrap();
    assert_eq!(fichiers(&deux), fichiers(&un));
    // Without row, a file that may miss is not written.
    assert!(!un.join("synonymes.csv").exists() && un.join("declarations.csv").exists());
}

#[tokio::test]
async fn a_folder_is_written_over_that_of_a_reseau_alone_and_when_asked() {
    let code = "export-place";
    let pays = pays().await;
    pays.charger(&Reseau::nouveau(code)).await;
    let lieu = tempfile::tempdir().unwrap();
    let dossier = lieu.path().join("nouveau/zones");
    exporter(&pays, code, &dossier, false).await.unwrap();
    let ecrits = fichiers(&dossier);
    assert_eq!(ecrits["zones.csv"].lines().count(), 1);
    let phrase = exporter(&pays, code, &dossier, false).await.unwrap_err().to_string();
    assert!(phrase.contains("n'est pas vide") && phrase.contains("--remplacer"), "{phrase}");

    // What is the réseau's goes, what is not stays.
    for (nom, garde) in [
        ("fiches.csv", false),
        ("zones/vieille.geojson", false),
        ("zones/LISEZ-MOI.md", true),
        ("README.md", true),
    ] {
        std::fs::create_dir_all(dossier.join("zones")).unwrap();
        std::fs::write(dossier.join(nom), "à moi\n").unwrap();
        exporter(&pays, code, &dossier, true).await.unwrap();
        assert_eq!(dossier.join(nom).exists(), garde, "{nom}");
    }
    let mut attendus = ecrits.clone();
    attendus.insert("README.md".into(), "à moi\n".into());
    attendus.insert("zones/LISEZ-MOI.md".into(), "à moi\n".into());
    assert_eq!(fichiers(&dossier), attendus);
    assert_eq!(
        std::fs::read_dir(dossier.parent().unwrap()).unwrap().count(),
        1,
        "nothing is left beside"
    );

    let autre = lieu.path().join("autre");
    std::fs::create_dir(&autre).unwrap();
    exporter(&pays, code, &autre, false).await.unwrap();
    std::fs::remove_file(autre.join("reseau.toml")).unwrap();
    let phrase = exporter(&pays, code, &autre, true).await.unwrap_err().to_string();
    assert!(phrase.contains("n'est pas celui d'un réseau"), "{phrase}");
    let phrase =
        exporter(&pays, code, &autre.join("zones.csv"), true).await.unwrap_err().to_string();
    assert!(phrase.contains("n'est pas un dossier"), "{phrase}");
    let vide = lieu.path().join("vide");
    let phrase = exporter(&pays, "export-inconnu", &vide, false).await.unwrap_err().to_string();
    assert!(phrase.contains("n'est pas chargé") && !vide.exists(), "{phrase}");
}
