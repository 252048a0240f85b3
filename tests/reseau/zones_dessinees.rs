//! Drawn zones: what of a drawing is repaired, what is refused, and which communes it covers.

use std::path::Path;

use maillage::partenaires::zones::import::{self, Options};
use maillage::partenaires::zones::{Defauts, Lecture};
use serde_json::json;

use crate::dossier::Reseau;
use crate::pays::pays;
use crate::zones::{essayer, importer, options};

/// A GeoJSON file of one feature a surface.
fn dessin(objets: &[(&str, &str)]) -> String {
    let objets: Vec<_> = objets
        .iter()
        .map(|(proprietes, geometrie)| {
            format!(
                r#"{{"type": "Feature", "properties": {{{proprietes}}}, "geometry": {geometrie}}}"#
            )
        })
        .collect();
    format!(r#"{{"type": "FeatureCollection", "features": [{}]}}"#, objets.join(","))
}

/// A box of EPSG:3857 as a polygon in degrees. Commune n spans 520000 + 8000 n to 528000 + 8000 n east,
/// 5480000 to 5488000 north.
fn boite(ouest: f64, sud: f64, est: f64, nord: f64) -> String {
    let degres = |x: f64, y: f64| {
        let lon = x / 20_037_508.342_789_244 * 180.0;
        let lat = (y / 6_378_137.0).sinh().atan().to_degrees();
        format!("[{lon:.9},{lat:.9}]")
    };
    let coins = [(ouest, sud), (est, sud), (est, nord), (ouest, nord), (ouest, sud)]
        .map(|(x, y)| degres(x, y));
    format!(r#"{{"type": "Polygon", "coordinates": [[{}]]}}"#, coins.join(","))
}

#[tokio::test]
async fn a_drawing_covers_by_the_share_and_a_border_in_common_is_nothing() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("parts")).await;
    // All of 1, three quarters of 2, and its whole border with the row above.
    let objets = dessin(&[
        (r#""nom": "Dessin""#, &boite(528_000.0, 5_480_000.0, 536_000.0, 5_488_000.0)),
        (r#""nom": "Dessin""#, &boite(535_000.0, 5_480_000.0, 542_000.0, 5_488_000.0)),
        (r#""nom": "Dessin""#, &boite(544_000.0, 5_480_000.0, 546_000.0, 5_488_000.0)),
    ]);
    let mut options = options("parts");
    options.valider = true;
    let bilan = importer(&pays, "z.geojson", &objets, options.clone()).await;
    assert_eq!(bilan.rejets, []);
    assert_eq!((bilan.zones[0].couvertes, bilan.zones[0].touchees), (2, 1));
    assert!(bilan.to_string().contains("touchées à moins de 50 %"), "{bilan}");
    let zone = pays.lire("/api/zones/parts/caue").await;
    let parts: Vec<_> = zone["communes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|commune| (commune["code"].as_str().unwrap(), commune["part"].as_f64().unwrap()))
        .collect();
    assert_eq!(parts, [("26001", 1.0), ("26002", 0.75), ("26003", 0.25)]);
    assert_eq!(zone["nom"], "Dessin");
    let contour = pays.lire("/api/zones/parts/caue/contour").await;
    assert_eq!(
        (&contour["type"], &contour["geometry"]["type"]),
        (&json!("Feature"), &json!("MultiPolygon"))
    );
    let premier = &contour["geometry"]["coordinates"][0][0][0];
    assert!(premier[0].as_f64().unwrap() < 5.0 && premier[1].as_f64().unwrap() > 44.0, "{premier}");
    let encore = importer(&pays, "z.geojson", &objets, options).await;
    assert!(encore.zones[0].identique);
}

#[tokio::test]
async fn what_is_wrong_with_a_drawing_is_said_with_its_place() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("dessins")).await;
    let bonne = boite(528_000.0, 5_480_000.0, 536_000.0, 5_488_000.0);
    let noeud = r#"{"type":"Polygon","coordinates":[[[4.7,44.1],[4.8,44.2],[4.8,44.1],[4.7,44.2],[4.7,44.1]]]}"#;
    let inverse = r#"{"type":"Polygon","coordinates":[[[44.11,4.76,120],[44.11,4.80,120],[44.15,4.80,120],[44.15,4.76,120]]]}"#;
    let objets = dessin(&[
        (r#""code": "point""#, r#"{"type": "Point", "coordinates": [4.8, 44.1]}"#),
        (
            r#""code": "ligne""#,
            r#"{"type": "LineString", "coordinates": [[4.8, 44.1], [4.9, 44.1]]}"#,
        ),
        (r#""code": "vide""#, r#"{"type": "Polygon", "coordinates": []}"#),
        (r#""code": "rien""#, "null"),
        (r#""code": "noeud""#, noeud),
        (r#""code": "pays""#, &boite(0.0, 5_300_000.0, 700_000.0, 6_000_000.0)),
        (
            r#""code": "monde""#,
            r#"{"type":"Polygon","coordinates":[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]}"#,
        ),
        (r#""code": "inverse""#, inverse),
        (r#""code": "bonne", "theme": "batiments", "fin": "2020-12-31""#, &bonne),
    ]);
    let bilan = importer(&pays, "z.geojson", &objets, options("dessins")).await;
    let raisons: Vec<_> = bilan
        .rejets
        .iter()
        .map(|rejet| (rejet.numero, rejet.raison.chars().take(34).collect::<String>()))
        .collect();
    let attendues = [
        (1, "L'objet n'est pas une surface (un "),
        (2, "L'objet n'est pas une surface (une"),
        (3, "La géométrie est vide"),
        (4, "La géométrie est vide"),
        (5, "Le contour de la surface se croise"),
        (7, "La surface n'est pas en France"),
        (6, "La surface couvre "),
    ];
    assert_eq!(raisons.len(), attendues.len(), "{bilan}");
    for ((numero, raison), (attendu, debut)) in raisons.iter().zip(attendues) {
        assert!(*numero == attendu && raison.starts_with(debut.get(..17).unwrap()), "{bilan}");
    }
    let codes: Vec<_> = bilan.zones.iter().map(|zone| zone.code.as_str()).collect();
    assert_eq!(codes, ["inverse", "bonne"]);
    let dit = bilan.to_string();
    for phrase in ["longitude et latitude étaient inversées", "n'était pas fermé", "altitudes"]
    {
        assert!(dit.contains(phrase), "{phrase} : {dit}");
    }
    let reparation: String = sqlx::query_scalar(
        "select reparation from zone where reseau = 'dessins' and code = 'inverse'",
    )
    .fetch_one(&mut pays.base.connexion().await.unwrap())
    .await
    .unwrap();
    assert!(reparation.contains("inversées") && reparation.contains("fermé"), "{reparation}");
}

#[tokio::test]
async fn metres_that_are_announced_as_degrees_are_recognised() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("metres")).await;
    let lambert = r#"{"type":"Polygon","coordinates":[[[842000,6340000],[848000,6340000],[848000,6345000],[842000,6345000],[842000,6340000]]]}"#;
    let objets = dessin(&[(r#""code": "z""#, lambert)]);
    let erreur = essayer(&pays, "z.geojson", objets.as_bytes(), options("metres"))
        .await
        .unwrap_err()
        .to_string();
    assert!(erreur.contains("--systeme EPSG:2154"), "{erreur}");
    let lecture = Lecture { systeme: Some("EPSG:2154".into()), ..Lecture::default() };
    let bilan =
        importer(&pays, "z.geojson", &objets, Options { lecture, ..options("metres") }).await;
    assert_eq!(bilan.rejets, []);
    let inconnu = Lecture { systeme: Some("EPSG:999999".into()), ..Lecture::default() };
    let erreur = essayer(
        &pays,
        "z.geojson",
        objets.as_bytes(),
        Options { lecture: inconnu, ..options("metres") },
    )
    .await
    .unwrap_err()
    .to_string();
    assert!(erreur.contains("n'est pas connu"), "{erreur}");
}

/// Writes the same box in another format, by GDAL's own tool when the machine has it.
fn convertir(geojson: &Path, sortie: &Path, options: &[&str]) -> bool {
    std::process::Command::new("ogr2ogr")
        .args(options)
        .arg(sortie)
        .arg(geojson)
        .status()
        .is_ok_and(|statut| statut.success())
}

#[tokio::test]
async fn every_format_and_reference_system_gives_the_same_zone() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("formats")).await;
    let lieu = tempfile::tempdir().unwrap();
    let source = lieu.path().join("source.geojson");
    let boite = boite(528_000.0, 5_480_000.0, 542_000.0, 5_488_000.0);
    std::fs::write(&source, dessin(&[(r#""code": "z""#, &boite)])).unwrap();
    for (nom, format, systeme) in [
        ("z.gpkg", "GPKG", "EPSG:2154"),
        ("z.shp", "ESRI Shapefile", "EPSG:3945"),
        ("z.fgb", "FlatGeobuf", "EPSG:3857"),
        ("z.kml", "LIBKML", "EPSG:4326"),
        ("z.tab", "MapInfo File", "EPSG:2154"),
    ] {
        let sortie = lieu.path().join(nom);
        if !convertir(&source, &sortie, &["-f", format, "-t_srs", systeme]) {
            eprintln!("ogr2ogr manque, ou ne sait pas écrire {format}");
            continue;
        }
        let options = Options {
            defauts: Defauts { code: Some(nom.replace('.', "-")), ..options("formats").defauts },
            ..options("formats")
        };
        let bilan = import::zones(&pays.base, sortie, options, &Default::default()).await.unwrap();
        assert_eq!(bilan.rejets, [], "{nom}");
        assert_eq!((bilan.zones[0].couvertes, bilan.zones[0].touchees), (2, 0), "{nom}");
    }
    // A Shapefile that lost its .prj is asked about, in a folder as alone.
    let shp = lieu.path().join("z.shp");
    if shp.exists() {
        std::fs::remove_file(shp.with_extension("prj")).unwrap();
        let erreur = import::zones(&pays.base, shp, options("formats"), &Default::default())
            .await
            .unwrap_err()
            .to_string();
        assert!(erreur.contains("n'indique pas le système"), "{erreur}");
    }
    for nom in ["z.vrt", "z.dxf"] {
        let erreur =
            essayer(&pays, nom, b"<OGRVRTDataSource/>", options("formats")).await.unwrap_err();
        assert!(erreur.to_string().contains("ne sont pas lus ici"), "{erreur}");
    }
    let vue = b"!table\n!version 300\nDefinition Table\n  Type SEAMLESS\n";
    let erreur = essayer(&pays, "v.tab", vue, options("formats")).await.unwrap_err();
    assert!(erreur.to_string().contains("vue d'autres tables"), "{erreur}");
}
