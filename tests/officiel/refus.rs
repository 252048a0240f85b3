//! What is refused, with the sentence that says why, where, and what to do.

use maillage::territoires::source::Colonnes;

use crate::fabrique::{CommuneEcrite, Ecriture, Format, ecrire, geojson};
use crate::lecture::{ALBON, MONTELIMAR, commune, dit, express_3, lire_avec, lu, refus};

#[test]
fn codes_and_names_are_enough_and_what_lacks_is_said() {
    let lieu = tempfile::tempdir().unwrap();
    let fichier = geojson(
        lieu.path(),
        "cantons-de-corse.geojson",
        &[r#"{"code":"2A004","nom":"Ajaccio"}"#, r#"{"code":"97411","nom":"Saint-Denis"}"#],
    );
    let lecture = lu(&fichier);
    let departements: Vec<_> = lecture.departements.keys().collect();
    assert_eq!(departements, ["2A", "974"]);
    assert!(lecture.regions.is_empty() && lecture.epci.is_empty());
    assert!(dit(&lecture, "Départements dont aucun fichier ne dit le nom : 2"));
    assert!(dit(&lecture, "aucun fichier ne dit la région : 2"));
}

#[test]
fn a_lost_zero_names_the_row_and_the_field() {
    let lieu = tempfile::tempdir().unwrap();
    let fichier = geojson(
        lieu.path(),
        "communes.geojson",
        &[r#"{"code":26001,"nom":"Solaure en Diois"}"#, r#"{"code":1001,"nom":"L'Abergement"}"#],
    );
    let phrase = refus(&[fichier]);
    assert!(phrase.contains("objet 2, champ code") && phrase.contains("zéro du début"), "{phrase}");

    let communes =
        [CommuneEcrite { valeurs: &["C", "Attignat", "01001", "1", "84", "NC"], carre: (0, 0) }];
    let phrase = refus(&[ecrire(lieu.path(), Format::GeoPackage, &[express_3(&communes)])]);
    assert!(
        phrase.contains("objet 1, champ INSEE_DEP") || phrase.contains("champ insee_dep"),
        "{phrase}"
    );
    assert!(phrase.contains("zéro du début"), "{phrase}");
}

#[test]
fn a_false_siren_names_the_row_and_the_field() {
    let lieu = tempfile::tempdir().unwrap();
    let communes = [CommuneEcrite {
        valeurs: &["C", "Albon", "26002", "26", "84", "200040458"],
        carre: (0, 0),
    }];
    let phrase = refus(&[ecrire(lieu.path(), Format::GeoPackage, &[express_3(&communes)])]);
    assert!(phrase.contains("objet 1, champ siren_epci"), "{phrase}");
}

#[test]
fn without_a_system_only_plain_degrees_are_taken() {
    let lieu = tempfile::tempdir().unwrap();
    let fichier = ecrire(
        lieu.path(),
        Format::Shapefile,
        &[Ecriture { epsg: None, ..express_3(&[MONTELIMAR]) }],
    );
    let lecture = lu(&fichier);
    assert!(dit(&lecture, "n'indique pas son système"));

    let fichier = ecrire(lieu.path(), Format::Shapefile, &[express_3(&[MONTELIMAR])]);
    std::fs::remove_file(fichier.with_extension("prj")).unwrap();
    let phrase = refus(&[fichier]);
    assert!(phrase.contains("n'indique pas son système") && phrase.contains(".prj"), "{phrase}");
}

#[test]
fn coordinates_that_belie_their_system_are_refused() {
    let lieu = tempfile::tempdir().unwrap();
    let lambert = lieu.path().join("lambert.geojson");
    let texte = |coins: &str| {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"code":"26001","nom":"X"}},
               "geometry":{{"type":"Polygon","coordinates":[[{coins}]]}}}}]}}"#
        )
    };
    std::fs::write(
        &lambert,
        texte("[850000,6400000],[850000,6401000],[851000,6401000],[850000,6400000]"),
    )
    .unwrap();
    let phrase = refus(&[lambert]);
    assert!(phrase.contains("hors de France"), "{phrase}");
    let inverse = lieu.path().join("inverse.geojson");
    std::fs::write(&inverse, texte("[44.7,5.0],[44.7,5.1],[44.8,5.1],[44.7,5.0]")).unwrap();
    let phrase = refus(&[inverse]);
    assert!(phrase.contains("inversées"), "{phrase}");
}

#[test]
fn an_unknown_file_says_its_columns_and_takes_those_named() {
    let lieu = tempfile::tempdir().unwrap();
    let fichier = geojson(
        lieu.path(),
        "decoupage.geojson",
        &[r#"{"INSEE":"26001","LIBELLE":"Solaure en Diois","HAB":451}"#],
    );
    let phrase = refus(std::slice::from_ref(&fichier));
    assert!(
        phrase.contains("INSEE, LIBELLE, HAB") && phrase.contains("il manque : code, nom"),
        "{phrase}"
    );
    assert!(phrase.contains("--colonnes"), "{phrase}");

    let colonnes: Colonnes = "code=insee,nom=Libelle,population=HAB".parse().unwrap();
    let lecture = lire_avec(std::slice::from_ref(&fichier), &colonnes).unwrap();
    assert_eq!(commune(&lecture, "26001").population, Some(451));
    let colonnes: Colonnes = "code=INSEE,nom=NOM".parse().unwrap();
    let phrase = lire_avec(&[fichier], &colonnes).map(|_| ()).unwrap_err().to_string();
    assert!(phrase.contains("il manque : NOM"), "{phrase}");
}

#[test]
fn what_only_looks_like_a_layer_is_refused_with_what_to_do() {
    let lieu = tempfile::tempdir().unwrap();
    let chemin = |nom: &str| lieu.path().join(nom);
    std::fs::write(chemin("communes.vrt"), "<OGRVRTDataSource/>").unwrap();
    assert!(refus(&[chemin("communes.vrt")]).contains("n'est pas reconnu"));
    // A VRT under another name is not opened either: the driver is that of the extension.
    std::fs::write(chemin("communes.geojson"), "<OGRVRTDataSource/>").unwrap();
    assert!(refus(&[chemin("communes.geojson")]).contains("ne se lit pas comme GeoJSON"));
    std::fs::write(chemin("livraison.7z"), "7z?").unwrap();
    assert!(refus(&[chemin("livraison.7z")]).contains("ne se lit pas"));
    assert!(refus(&["/vsizip/communes.zip/communes.geojson".into()]).contains("n'existe pas"));
    let shp = ecrire(lieu.path(), Format::Shapefile, &[express_3(&[ALBON])]);
    std::fs::remove_file(shp.with_extension("dbf")).unwrap();
    assert!(refus(&[shp]).contains(".dbf"));
}
