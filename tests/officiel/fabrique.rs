//! Small files in official layouts: each unit is a square near Die, or where the test says.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use gdal::DriverManager;
use gdal::spatial_ref::SpatialRef;
use gdal::vector::{
    Feature, Geometry, LayerAccess, LayerOptions, OGRFieldType, OGRwkbGeometryType,
};
use geo::BoundingRect;
use maillage::territoires::source::CommuneLue;
use maillage::territoires::{Projection, WGS84};

/// South-west corner of the square (0, 0) and side of squares, degrees.
const ORIGINE: (f64, f64) = (5.0, 44.7);
const COTE: f64 = 0.05;

#[derive(Clone, Copy)]
pub enum Format {
    GeoPackage,
    Shapefile,
    /// With its text in a given encoding.
    ShapefileEn(&'static str),
    FlatGeobuf,
}

impl Format {
    pub fn extension(self) -> &'static str {
        match self {
            Self::GeoPackage => "gpkg",
            Self::Shapefile | Self::ShapefileEn(_) => "shp",
            Self::FlatGeobuf => "fgb",
        }
    }

    fn pilote(self) -> &'static str {
        match self {
            Self::GeoPackage => "GPKG",
            Self::Shapefile | Self::ShapefileEn(_) => "ESRI Shapefile",
            Self::FlatGeobuf => "FlatGeobuf",
        }
    }
}

#[derive(Clone, Copy)]
pub struct CommuneEcrite {
    pub valeurs: &'static [&'static str],
    /// Column and row of its square.
    pub carre: (i32, i32),
}

#[derive(Clone, Copy)]
pub struct Ecriture<'e> {
    pub couche: &'e str,
    pub colonnes: &'e [&'e str],
    pub lignes: &'e [CommuneEcrite],
    /// None: degrees, and the file does not say so.
    pub epsg: Option<u32>,
}

/// Writes layers into one file named after the first, and returns its path.
pub fn ecrire(dossier: &Path, format: Format, couches: &[Ecriture<'_>]) -> PathBuf {
    ecrire_a(dossier, format, couches, ORIGINE)
}

/// The same, with the square (0, 0) elsewhere.
pub fn ecrire_a(
    dossier: &Path,
    format: Format,
    couches: &[Ecriture<'_>],
    origine: (f64, f64),
) -> PathBuf {
    let fichier = dossier.join(couches[0].couche).with_extension(format.extension());
    let pilote = DriverManager::get_driver_by_name(format.pilote()).unwrap();
    let mut jeu = pilote.create_vector_only(&fichier).unwrap();
    let encodage = match format {
        Format::ShapefileEn(encodage) => format!("ENCODING={encodage}"),
        Format::Shapefile => "ENCODING=UTF-8".into(),
        Format::GeoPackage => "GEOMETRY_NAME=geometrie".into(),
        Format::FlatGeobuf => "SPATIAL_INDEX=NO".into(),
    };
    for ecriture in couches {
        let systeme = ecriture.epsg.map(|epsg| SpatialRef::from_epsg(epsg).unwrap());
        let mut couche = jeu
            .create_layer(LayerOptions {
                name: ecriture.couche,
                srs: systeme.as_ref(),
                ty: OGRwkbGeometryType::wkbMultiPolygon,
                options: Some(&[&encodage]),
            })
            .unwrap();
        let champs: Vec<_> =
            ecriture.colonnes.iter().map(|nom| (*nom, OGRFieldType::OFTString)).collect();
        couche.create_defn_fields(&champs).unwrap();
        for ligne in ecriture.lignes {
            let mut objet = Feature::new(couche.defn()).unwrap();
            for (rang, valeur) in ligne.valeurs.iter().enumerate() {
                objet.set_field_string(rang, valeur).unwrap();
            }
            let wkt = carre(origine, ligne.carre, ecriture.epsg);
            objet.set_geometry(Geometry::from_wkt(&wkt).unwrap()).unwrap();
            objet.create(&couche).unwrap();
        }
        couche.features().count();
    }
    fichier
}

fn carre((x, y): (f64, f64), (colonne, ligne): (i32, i32), epsg: Option<u32>) -> String {
    let projection = epsg
        .filter(|epsg| *epsg != 4326)
        .map(|epsg| Projection::nouvelle(WGS84, &format!("EPSG:{epsg}")).unwrap());
    let coins = [(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)].map(|(dx, dy)| {
        let point = geo::Coord {
            x: x + f64::from(colonne + dx) * COTE,
            y: y + f64::from(ligne + dy) * COTE,
        };
        let point =
            projection.as_ref().map_or(point, |projection| projection.point(point).unwrap());
        format!("{:.12} {:.12}", point.x, point.y)
    });
    format!("MULTIPOLYGON((({})))", coins.join(","))
}

/// Checks that a commune lies on its square, to a metre.
pub fn proche(commune: &CommuneLue, (colonne, ligne): (i32, i32)) {
    let (x, y) = ORIGINE;
    proche_de(commune, (x + f64::from(colonne) * COTE, y + f64::from(ligne) * COTE));
}

pub fn proche_de(commune: &CommuneLue, (x, y): (f64, f64)) {
    let coin = commune.contour.as_ref().unwrap().bounding_rect().unwrap().min();
    assert!((coin.x - x).abs() < 1e-5 && (coin.y - y).abs() < 1e-5, "{coin:?} is not {x}, {y}");
}

/// Writes features with these properties, each on its square.
pub fn geojson(dossier: &Path, nom: &str, proprietes: &[&str]) -> PathBuf {
    let objets: Vec<String> = proprietes
        .iter()
        .zip(0..)
        .map(|(proprietes, rang)| {
            let coins = [(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)].map(|(dx, dy)| {
                let x = ORIGINE.0 + f64::from(rang + dx) * COTE;
                format!("[{x},{}]", ORIGINE.1 + f64::from(dy) * COTE)
            });
            format!(
                r#"{{"type":"Feature","properties":{proprietes},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
                coins.join(",")
            )
        })
        .collect();
    let fichier = dossier.join(nom);
    let texte = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, objets.join(","));
    std::fs::write(&fichier, texte).unwrap();
    fichier
}

pub fn zip_de(dossier: &Path, archive: &Path) -> PathBuf {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(archive).unwrap());
    for entree in std::fs::read_dir(dossier).unwrap().map(|entree| entree.unwrap()) {
        let nom = format!("1_DONNEES/{}", entree.file_name().to_string_lossy());
        zip.start_file(nom, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&std::fs::read(entree.path()).unwrap()).unwrap();
    }
    zip.finish().unwrap();
    archive.to_owned()
}

pub fn sept_z(dossier: &Path, archive: &Path) -> PathBuf {
    let mut sept_z = sevenz_rust2::ArchiveWriter::create(archive).unwrap();
    for entree in std::fs::read_dir(dossier).unwrap().map(|entree| entree.unwrap()) {
        let nom = format!("1_DONNEES/{}", entree.file_name().to_string_lossy());
        let membre = sevenz_rust2::ArchiveEntry::new_file(&nom);
        let contenu = std::fs::File::open(entree.path()).unwrap();
        sept_z.push_archive_entry(membre, Some(contenu)).unwrap();
    }
    sept_z.finish().unwrap();
    archive.to_owned()
}
