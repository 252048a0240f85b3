//! The folder of a réseau as it lies on the disk: TOML, CSV and GeoJSON, read but not yet judged.
//!
//! What makes the folder unusable (a missing file or column, a text that is not UTF-8) is an error
//! of the whole; what is wrong with one row is left to those who know what a row means. Blocks.

use std::path::{Path, PathBuf};

use gdal::vector::LayerAccess;
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use geo::{Geometry, MultiPolygon};

use super::declaration::Declaration;
use super::table::{SYNONYMES, Table};
use crate::error::{ContexteFichier, Error, Result};

/// Everything the folder holds.
#[derive(Debug)]
pub struct Dossier {
    pub declaration: Declaration,
    pub partenaires: Table,
    pub themes: Table,
    pub partenaires_themes: Table,
    pub declarations: Table,
    pub fiches: Table,
    pub fiches_partenaires: Table,
    pub synonymes: Table,
    pub regroupements: Table,
    pub regroupements_communes: Table,
    pub perimetre: Table,
    pub beneficiaires: Table,
    pub zones: Table,
    pub zones_dessinees: Vec<Dessin>,
    pub demandes: Table,
}

/// A file of drawn zones: one row a feature, and its surface in EPSG:4326.
#[derive(Debug)]
pub struct Dessin {
    pub table: Table,
    pub surfaces: Vec<Option<MultiPolygon>>,
}

impl Dossier {
    pub fn lire(dossier: &Path) -> Result<Self> {
        if !dossier.is_dir() {
            return Err(Error::Donnees(format!(
                "{} n'est pas un dossier. Donnez celui du réseau, qui contient reseau.toml.",
                dossier.display()
            )));
        }
        let table = |nom: &str, colonnes: &[&str]| Table::lire(dossier, nom, colonnes);
        let facultative =
            |nom: &str, colonnes: &[&str]| Table::lire_si_elle_existe(dossier, nom, colonnes);
        Ok(Self {
            declaration: Declaration::lire(&dossier.join("reseau.toml"))?,
            partenaires: table("partenaires.csv", &["code", "nom"])?,
            themes: table("themes.csv", &["code", "libelle", "parent"])?,
            partenaires_themes: table("partenaires_themes.csv", &["partenaire", "theme"])?,
            declarations: facultative("declarations.csv", &["partenaire", "date"])?,
            fiches: facultative("fiches.csv", &["code", "titre"])?,
            fiches_partenaires: facultative("fiches_partenaires.csv", &["fiche", "partenaire"])?,
            synonymes: facultative("synonymes.csv", &SYNONYMES)?,
            regroupements: facultative("regroupements.csv", &["code", "nom"])?,
            regroupements_communes: facultative(
                "regroupements_communes.csv",
                &["regroupement", "commune"],
            )?,
            perimetre: table("perimetre.csv", &["maille", "code", "nom", "millesime"])?,
            beneficiaires: table("beneficiaires.csv", &["code", "nom"])?,
            zones: table(
                "zones.csv",
                &["code", "partenaire", "theme", "maille", "unite", "debut", "fin"],
            )?,
            zones_dessinees: dessins(&dossier.join("zones"))?,
            demandes: table(
                "demandes.csv",
                &["reference", "date", "partenaire", "theme", "maille", "beneficiaire", "etat"],
            )?,
        })
    }
}

/// The GeoJSON files of the subfolder, if there is one, in the order of their names.
fn dessins(dossier: &Path) -> Result<Vec<Dessin>> {
    if !dossier.is_dir() {
        return Ok(Vec::new());
    }
    let action = "lecture du dossier des zones";
    let mut fichiers: Vec<PathBuf> = Vec::new();
    for entree in std::fs::read_dir(dossier).pour_fichier(action, dossier)? {
        let chemin = entree.pour_fichier(action, dossier)?.path();
        if chemin.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("geojson")) {
            fichiers.push(chemin);
        }
    }
    fichiers.sort();
    fichiers.iter().map(|fichier| dessin(fichier)).collect()
}

fn dessin(chemin: &Path) -> Result<Dessin> {
    let nom = format!("zones/{}", chemin.file_name().unwrap_or_default().to_string_lossy());
    let illisible = |erreur: gdal::errors::GdalError| {
        Error::Donnees(format!("{nom} ne se lit pas comme un fichier GeoJSON ({erreur})."))
    };
    let source = Dataset::open_ex(
        chemin,
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR,
            allowed_drivers: Some(&["GeoJSON"]),
            open_options: Some(&["DATE_AS_STRING=YES"]),
            ..DatasetOptions::default()
        },
    )
    .map_err(illisible)?;
    let mut couche = source.layer(0).map_err(illisible)?;
    if let Some(systeme) = couche.spatial_ref()
        && systeme.auth_code().ok() != Some(4326)
    {
        return Err(Error::Donnees(format!(
            "{nom} n'est pas en longitudes et latitudes (EPSG:4326), comme le veut GeoJSON. \
             Exportez-le de nouveau dans ce système."
        )));
    }
    let colonnes: Vec<String> =
        couche.defn().fields().map(|champ| champ.name().to_lowercase()).collect();
    let (mut lignes, mut surfaces) = (Vec::new(), Vec::new());
    for (objet, numero) in couche.features().zip(1_u64..) {
        let valeurs: Vec<String> = (0..colonnes.len())
            .map(|rang| objet.field_as_string(rang).ok().flatten().unwrap_or_default())
            .collect();
        lignes.push((numero, valeurs));
        surfaces.push(objet.geometry().and_then(|geometrie| {
            let mut plane = geometrie.clone();
            plane.flatten_to_2d();
            match plane.to_geo().ok()? {
                Geometry::Polygon(polygone) => Some(MultiPolygon(vec![polygone])),
                Geometry::MultiPolygon(surface) => Some(surface),
                _ => None,
            }
        }));
    }
    let table = Table::nouvelle(nom, "objet", colonnes, lignes);
    table.exiger(&["code", "partenaire", "debut"])?;
    Ok(Dessin { table, surfaces })
}
