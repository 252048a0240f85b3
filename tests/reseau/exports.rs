//! Collections as files, read back by others' libraries.

use std::io::Write;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use gdal::Dataset;
use gdal::vector::LayerAccess;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;
use tower::ServiceExt;

use crate::complet::complet;
use crate::service::Essai;

async fn telecharger(essai: &Essai, adresse: &str) -> Vec<u8> {
    let requete = Request::builder().uri(adresse).body(Body::empty()).unwrap();
    let reponse = essai.service.clone().oneshot(requete).await.unwrap();
    assert_eq!(reponse.status(), StatusCode::OK, "{adresse}");
    let disposition = reponse.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.starts_with("attachment"), "{disposition}");
    to_bytes(reponse.into_body(), usize::MAX).await.unwrap().to_vec()
}

/// What GDAL reads of the first layer: how many features, and the names of its fields.
fn relire(octets: &[u8], suffixe: &str, prefixe: &str) -> (u64, Vec<String>) {
    let mut fichier = tempfile::Builder::new().suffix(suffixe).tempfile().unwrap();
    fichier.write_all(octets).unwrap();
    let chemin = format!("{prefixe}{}", fichier.path().display());
    let lu = Dataset::open(chemin).unwrap();
    let couche = lu.layer(0).unwrap();
    (couche.feature_count(), couche.defn().fields().map(|champ| champ.name()).collect())
}

#[tokio::test]
async fn each_format_holds_every_commune() {
    let essai = Essai::nouveau().await;
    for (extension, prefixe) in
        [("gpkg", ""), ("fgb", ""), ("geojson", ""), ("shp.zip", "/vsizip/")]
    {
        let octets = telecharger(&essai, &format!("/exports/communes.{extension}")).await;
        let (nombre, champs) = relire(&octets, &format!(".{extension}"), prefixe);
        // FlatGeobuf leaves out what is nowhere: one commune has no contour.
        assert_eq!(nombre, if extension == "fgb" { 2495 } else { 2496 }, "{extension}");
        assert!(champs.contains(&"nom".to_owned()), "{extension} : {champs:?}");
    }
    let archive = telecharger(&essai, "/exports/communes.shp.zip").await;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let notice = std::io::read_to_string(archive.by_name("LISEZMOI.txt").unwrap()).unwrap();
    assert!(notice.contains("departemen (departement) : son code"), "{notice}");
    let recue = essai.lire("/exports/communes.fgb?departement=26", &[]).await;
    assert_eq!(recue.entete("objets-omis"), "1");
    let recue = essai.lire("/exports/communes.fgb?departement=27", &[]).await;
    assert_eq!(recue.entete("objets-omis"), "");
    let (nombre, champs) =
        relire(&telecharger(&essai, "/exports/communes.xlsx").await, ".xlsx", "");
    assert_eq!(nombre, 2496);
    assert!(champs.contains(&"Codes postaux".to_owned()), "{champs:?}");
}

#[tokio::test]
async fn geoparquet_says_where_its_geometries_are() {
    let essai = Essai::nouveau().await;
    let octets = telecharger(&essai, "/exports/communes.parquet?properties=code,population").await;
    let table = SerializedFileReader::new(bytes::Bytes::from(octets)).unwrap();
    let lues: Vec<_> = table.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(lues.len(), 2496);
    assert_eq!(lues[1].get_string(0).unwrap(), "26002");
    assert!(lues[1].get_long(1).unwrap() > 0);
    // Little-endian, multipolygon, as WKB begins.
    assert_eq!(lues[1].get_bytes(2).unwrap().data()[..5], [1, 6, 0, 0, 0]);
    let notice = table.metadata().file_metadata().key_value_metadata().unwrap();
    let geo = notice.iter().find(|dite| dite.key == "geo").unwrap().value.clone().unwrap();
    let geo: serde_json::Value = serde_json::from_str(&geo).unwrap();
    assert_eq!(geo["primary_column"], "geometrie");
    assert_eq!(geo["columns"]["geometrie"]["geometry_types"], serde_json::json!(["MultiPolygon"]));
}

#[tokio::test]
async fn a_file_answers_the_same_question_as_a_page() {
    let essai = Essai::nouveau().await;
    let question = "epci=200040459&filter=code%3C%2726005%27&properties=nom&sortby=-code";
    let table = telecharger(&essai, &format!("/exports/communes.csv?{question}")).await;
    let texte = String::from_utf8(table).unwrap();
    assert_eq!(texte, "\u{feff}Nom\nCommune 4\nCommune 3\nCommune 2\nCommune 1\n");
    let zones = telecharger(&essai, "/exports/communes.gpkg?limit=3&crs=EPSG:2154").await;
    assert_eq!(relire(&zones, ".gpkg", "").0, 3);
    for (adresse, attendu) in [
        ("/exports/communes.kml", "gpkg"),
        ("/exports/rien.gpkg", "/ogc/collections"),
        ("/exports/communes", "communes.gpkg"),
        ("/exports/indicateurs.fgb", "géométrie"),
        ("/exports/communes.gpkg?filter=x", "propriété"),
        ("/exports/communes.csv?filter=1/(population-population)%3E0", "division par zéro"),
        ("/exports/communes.gpkg?filter=1/(population-population)%3E0", "division par zéro"),
        ("/exports/communes.geojson?crs=EPSG:2154", "longitude"),
    ] {
        let refus = essai.lire(adresse, &[]).await;
        assert!(refus.statut.is_client_error(), "{adresse} : {}", refus.statut);
        assert!(refus.texte.contains(attendu), "{adresse} : {}", refus.texte);
    }
}

/// The texts of a workbook's cells, and whether any cell is a formula.
fn cellules(octets: &[u8]) -> (String, bool) {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(octets)).unwrap();
    let mut textes = String::new();
    for rang in 0..archive.len() {
        let fichier = archive.by_index(rang).unwrap();
        if fichier.name().starts_with("xl/worksheets/") || fichier.name().contains("sharedStrings")
        {
            textes += &std::io::read_to_string(fichier).unwrap();
        }
    }
    let formule = textes.contains("<f>") || textes.contains("<f ");
    (textes, formule)
}

/// What spreadsheets run, at the beginning of texts that anybody may have typed, in each table that is exported.
#[tokio::test]
async fn no_table_that_is_exported_begins_a_cell_by_a_formula() {
    let essai = Essai::nouveau().await;
    let debuts = ["=cmd", "+cmd", "-cmd", "@cmd", "\tcmd", "\rcmd", "'=cmd"];
    let mut dossier = complet("formules").sans("demandes.csv");
    let mut lignes =
        String::from("reference,date,partenaire,theme,maille,beneficiaire,millesime,objet,etat\n");
    for (rang, debut) in debuts.iter().enumerate() {
        lignes += &format!(
            "F{rang},2018-03-01,caue,eau-potable,commune,26001,2019,\"{debut}{rang}\",en_cours\n"
        );
    }
    dossier = dossier.avec("demandes.csv", &lignes);
    essai.pays.charger(&dossier).await;
    let mut connexion = essai.pays.base.connexion().await.unwrap();
    for ordre in [
        "update organisme set nom = '=cmd' || nom
         where code in (select organisme from partenaire where reseau = 'formules')",
        "update partenaire set description = '@cmd' where reseau = 'formules'",
        "update theme set libelle = '+cmd' || libelle where reseau = 'formules'",
        "update zone set nom = '-cmd' where reseau = 'formules'",
    ] {
        sqlx::query(ordre).execute(&mut connexion).await.unwrap();
    }
    let coordinateur = essai.entrer("coord@formules.example", &["formules:coordinateur"]).await;
    let document = essai.lire("/ogc/collections", &[]).await.json();
    let collections = document["collections"].as_array().unwrap().iter();
    let (mut tables, mut vues) = (0, 0);
    for id in collections.map(|collection| collection["id"].as_str().unwrap()) {
        let filtre = if ["demandes", "zones", "couverture", "partenaires"].contains(&id) {
            "?reseau=formules"
        } else {
            "?limit=50"
        };
        let adresse = format!("/exports/{id}.csv{filtre}");
        let recue = essai.lire(&adresse, &[("cookie", &coordinateur)]).await;
        assert_eq!(recue.statut, StatusCode::OK, "{adresse} : {}", recue.texte);
        let mut table =
            csv::ReaderBuilder::new().delimiter(b';').from_reader(recue.texte.as_bytes());
        for ligne in table.records() {
            for cellule in &ligne.unwrap() {
                // A number below zero is one.
                let dangereuse = cellule.starts_with(['=', '+', '-', '@', '\t', '\r'])
                    && cellule.replace(',', ".").parse::<f64>().is_err();
                assert!(!dangereuse, "{adresse} : {cellule:?}");
                vues += usize::from(cellule.contains("cmd"));
            }
        }
        let requete = Request::builder()
            .uri(format!("/exports/{id}.xlsx{filtre}"))
            .header("cookie", &coordinateur)
            .body(Body::empty())
            .unwrap();
        let reponse = essai.service.clone().oneshot(requete).await.unwrap();
        let octets = to_bytes(reponse.into_body(), usize::MAX).await.unwrap();
        let (_, formule) = cellules(&octets);
        assert!(!formule, "{id}.xlsx");
        tables += 1;
    }
    assert!(tables > 5 && vues > debuts.len(), "{tables} {vues}");
    // As a text, whatever it begins with: a workbook knows the kind of its cells.
    let requete = Request::builder()
        .uri("/exports/demandes.xlsx?reseau=formules")
        .header("cookie", &coordinateur)
        .body(Body::empty())
        .unwrap();
    let reponse = essai.service.clone().oneshot(requete).await.unwrap();
    let (textes, _) = cellules(&to_bytes(reponse.into_body(), usize::MAX).await.unwrap());
    assert!(textes.contains("=cmd0") && textes.contains("@cmd3"), "{textes}");
}

#[tokio::test]
async fn a_table_runs_no_formula_and_holds_what_one_may_read() {
    let essai = Essai::nouveau().await;
    let dossier = complet("tables").sans("demandes.csv").avec(
        "demandes.csv",
        "reference,date,partenaire,theme,maille,beneficiaire,millesime,objet,etat\n\
         F1,2018-03-01,caue,eau-potable,commune,26001,2019,\"=HYPERLINK(\"\"http://x\"\")\",en_cours\n",
    );
    essai.pays.charger(&dossier).await;
    let adresse = "/exports/demandes.csv?reseau=tables&properties=objet";
    let publique = String::from_utf8(telecharger(&essai, adresse).await).unwrap();
    assert_eq!(publique, "\u{feff}Objet\n\"\"\n");
    let caue = essai.entrer("caue@tables.example", &["tables:partenaire:caue"]).await;
    let sienne = essai.lire(adresse, &[("cookie", &caue)]).await;
    assert!(sienne.entete("cache-control").contains("private"));
    assert!(sienne.texte.contains("'=HYPERLINK"), "{}", sienne.texte);
}
