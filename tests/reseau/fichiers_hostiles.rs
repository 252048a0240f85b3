//! Files made to do harm: none reaches the network, another file or all the memory, and each is refused by a sentence.

use std::io::{ErrorKind, Write};
use std::net::TcpListener;
use std::path::Path;

use gdal::DriverManager;
use gdal::vector::{LayerAccess, LayerOptions, OGRwkbGeometryType, sql::Dialect};
use maillage::partenaires::zones::import;

use crate::dossier::Reseau;
use crate::pays::pays;
use crate::zones::{essayer, options};

const TRIANGLE: &str = "POLYGON ((4.75 44.05, 4.95 44.05, 4.95 44.35, 4.75 44.05))";

/// A GeoPackage whose table has a trigger, beside a view that would load a program.
fn geopackage(fichier: &Path) {
    let mut jeu =
        DriverManager::get_driver_by_name("GPKG").unwrap().create_vector_only(fichier).unwrap();
    let systeme = gdal::spatial_ref::SpatialRef::from_epsg(4326).unwrap();
    let mut couche = jeu
        .create_layer(LayerOptions {
            name: "zones",
            srs: Some(&systeme),
            ty: OGRwkbGeometryType::wkbPolygon,
            ..Default::default()
        })
        .unwrap();
    couche.create_feature(gdal::vector::Geometry::from_wkt(TRIANGLE).unwrap()).unwrap();
    for ordre in [
        "create trigger piege after update on zones begin delete from zones; end",
        "create trigger piege_de_la_description after insert on gpkg_extensions begin delete from zones; end",
        "create view vue as select fid, geom, load_extension('/tmp/piege.so') as nom from zones",
        "insert into gpkg_contents (table_name, data_type, identifier, srs_id) values ('vue', 'features', 'vue', 4326)",
        "insert into gpkg_geometry_columns values ('vue', 'geom', 'POLYGON', 4326, 0, 0)",
    ] {
        jeu.execute_sql(ordre, None, Dialect::SQLITE).unwrap();
    }
    jeu.close().unwrap();
}

#[tokio::test]
async fn a_geopackage_is_read_without_running_what_it_holds() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("piege")).await;
    let lieu = tempfile::tempdir().unwrap();
    let fichier = lieu.path().join("z.gpkg");
    geopackage(&fichier);
    let octets = std::fs::read(&fichier).unwrap();
    let mut lue = options("piege");
    lue.defauts.code = Some("triangle".into());
    lue.lecture.couche = Some("zones".into());
    let bilan =
        import::zones(&pays.base, fichier.clone(), lue.clone(), &Default::default()).await.unwrap();
    assert_eq!((bilan.rejets, bilan.zones.len()), (vec![], 1));
    assert_eq!(std::fs::read(&fichier).unwrap(), octets);
    lue.lecture.couche = Some("vue".into());
    let refus = import::zones(&pays.base, fichier.clone(), lue, &Default::default()).await;
    assert!(refus.is_err());
    assert_eq!(std::fs::read(&fichier).unwrap(), octets);
}

#[tokio::test]
async fn a_file_leads_to_no_other_file_and_to_no_network() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("detour")).await;
    let ecoute = TcpListener::bind("127.0.0.1:0").unwrap();
    ecoute.set_nonblocking(true).unwrap();
    let ailleurs = format!("http://{}/z.geojson", ecoute.local_addr().unwrap());
    let vrt = format!(
        "<OGRVRTDataSource><OGRVRTLayer name=\"z\"><SrcDataSource>/vsicurl/{ailleurs}</SrcDataSource>\
         </OGRVRTLayer></OGRVRTDataSource>"
    );
    let kml = format!(
        "<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document><NetworkLink><Link><href>{ailleurs}</href></Link>\
         </NetworkLink></Document></kml>"
    );
    for (nom, texte) in [
        ("z.geojson", vrt.as_str()),
        ("z.gpkg", &vrt),
        ("z.fgb", &vrt),
        ("z.kml", &kml),
        ("z.kml", &vrt),
        ("z.geojson", &ailleurs),
        ("z.geojson", &format!("/vsicurl/{ailleurs}")),
        ("z.tab", &vrt),
        ("z.shp", &vrt),
    ] {
        let refus =
            essayer(&pays, nom, texte.as_bytes(), options("detour")).await.unwrap_err().to_string();
        assert!(refus.contains("z."), "{nom} : {refus}");
    }
    for chemin in
        [format!("/vsicurl/{ailleurs}"), ailleurs.clone(), "/vsizip/z.zip/z.geojson".into()]
    {
        let refus =
            import::zones(&pays.base, chemin.into(), options("detour"), &Default::default()).await;
        assert!(refus.is_err());
    }
    assert_eq!(ecoute.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[tokio::test]
async fn a_cell_at_the_end_of_a_sheet_is_refused_before_it_takes_all_the_memory() {
    let pays = pays().await;
    pays.charger(&Reseau::nouveau("cellule")).await;
    let mut octets = std::io::Cursor::new(Vec::new());
    let mut classeur = zip::ZipWriter::new(&mut octets);
    let entete = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    let texte = |place: &str, texte: &str| {
        format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{texte}</t></is></c>")
    };
    let relation = |genre: &str, cible: &str| {
        format!(
            "<Relationships><Relationship Id=\"rId1\" Target=\"{cible}\" \
             Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{genre}\"/></Relationships>"
        )
    };
    for (nom, contenu) in [
        (
            "xl/workbook.xml",
            "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
             <sheets><sheet name=\"Zones\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
                .to_owned(),
        ),
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml")),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "<worksheet><sheetData><row r=\"1\">{}</row><row r=\"2\">{}</row><row r=\"1048576\">{}</row>\
                 </sheetData></worksheet>",
                texte("A1", "code_insee"),
                texte("A2", "26001"),
                texte("XFD1048576", "x")
            ),
        ),
    ] {
        classeur.start_file(nom, zip::write::SimpleFileOptions::default()).unwrap();
        classeur.write_all(format!("{entete}{contenu}").as_bytes()).unwrap();
    }
    classeur.finish().unwrap();
    let refus = essayer(&pays, "z.xlsx", octets.get_ref(), options("cellule"))
        .await
        .unwrap_err()
        .to_string();
    assert!(refus.contains("une cellule est à la ligne 1048576"), "{refus}");
}
