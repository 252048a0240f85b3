//! Files for geographic information systems, by GDAL: GeoPackage, FlatGeobuf, Shapefile.

use std::fs::File;
use std::io;
use std::path::Path;

use chrono::NaiveDate;
use gdal::config::{clear_thread_local_config_option, set_thread_local_config_option};
use gdal::errors::GdalError;
use gdal::spatial_ref::{AxisMappingStrategy, SpatialRef};
use gdal::vector::{
    Defn, Feature, FieldDefn, Geometry, Layer, LayerOptions, OGRFieldType, OGRwkbGeometryType,
};
use gdal::{Dataset, DriverManager};
use tokio::sync::mpsc::Receiver;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Format, Sujet};
use crate::diffusion::{Champ, Crs, Genre, Geometrie, Ligne, Valeur};
use crate::error::{ContexteFichier, Error, Result};

const ACTION: &str = "écriture d'un export";

/// Writes the rows to a file of this format, and returns how many it cannot hold. Blocks.
pub fn ecrire(
    format: Format,
    chemin: &Path,
    sujet: &Sujet,
    lignes: &mut Receiver<Vec<Ligne>>,
) -> Result<u64> {
    match format {
        Format::Shapefile => {
            let dossier = tempfile::tempdir_in(chemin.parent().unwrap_or(chemin))
                .pour_fichier(ACTION, chemin)?;
            let dans = dossier.path().join(format!("{}.shp", sujet.nom));
            let ecrite = remplir("ESRI Shapefile", &dans, &["ENCODING=UTF-8"], sujet, lignes)?;
            let notice = sujet.notice_sous(&ecrite.noms).join("\r\n");
            std::fs::write(dossier.path().join("LISEZMOI.txt"), notice)
                .pour_fichier(ACTION, dossier.path())?;
            archiver(dossier.path(), chemin)?;
            Ok(ecrite.omis)
        }
        Format::FlatGeobuf => Ok(remplir("FlatGeobuf", chemin, &[], sujet, lignes)?.omis),
        _ => {
            let titre = format!("IDENTIFIER={}", sujet.titre);
            let notice = format!("DESCRIPTION={}", sujet.notice().join(" "));
            Ok(remplir("GPKG", chemin, &[&titre, &notice], sujet, lignes)?.omis)
        }
    }
}

/// A layer that was written.
struct Ecrite {
    /// Features that it does not hold.
    omis: u64,
    /// What its fields are called there.
    noms: Vec<String>,
}

fn remplir(
    pilote: &str,
    chemin: &Path,
    options: &[&str],
    sujet: &Sujet,
    lignes: &mut Receiver<Vec<Ligne>>,
) -> Result<Ecrite> {
    let pilote = DriverManager::get_driver_by_name(pilote).map_err(echec)?;
    let mut fichier = pilote.create_vector_only(chemin).map_err(echec)?;
    let reperage = reperage(sujet.crs).map_err(echec)?;
    let ty = genre(sujet.geometrie);
    // Its features are found by where they are, and its driver leaves out or refuses those that are nowhere: a few
    // communes have no contour.
    let toutes = pilote.short_name() != "FlatGeobuf";
    let demande = |options| LayerOptions { name: &sujet.nom, srs: Some(&reperage), ty, options };
    let lignes = std::iter::from_fn(|| lignes.blocking_recv()).flatten();
    // One transaction where there are: a row at a time would be written to the disk.
    let ecrite = if fichier.driver().short_name() == "GPKG" {
        let mut transaction = fichier.start_transaction().map_err(echec)?;
        let ecrite =
            couche(&mut transaction, demande(Some(options)), &sujet.champs, toutes, lignes)?;
        transaction.commit().map_err(echec)?;
        ecrite
    } else {
        couche(&mut fichier, demande(Some(options)), &sujet.champs, toutes, lignes)?
    };
    fichier.close().map_err(echec)?;
    Ok(ecrite)
}

/// A layer of a GeoPackage, or a table when it has no geometry.
pub struct Couche<'a> {
    pub nom: String,
    pub champs: Vec<Champ>,
    pub geometrie: Option<Geometrie>,
    pub crs: Crs,
    pub lignes: Box<dyn Iterator<Item = Ligne> + 'a>,
}

/// A GeoPackage of several layers, as bytes: dated of this day, so that the same layers make the same file. Blocks.
pub fn geopackage(couches: Vec<Couche<'_>>, jour: NaiveDate) -> Result<Vec<u8>> {
    const DATE: &str = "OGR_CURRENT_DATE";
    let dossier = tempfile::tempdir().pour_fichier(ACTION, std::env::temp_dir())?;
    let chemin = dossier.path().join("couches.gpkg");
    set_thread_local_config_option(DATE, &format!("{jour}T00:00:00.000Z")).map_err(echec)?;
    let ecrit = remplir_de_couches(&chemin, couches);
    // The thread serves others.
    clear_thread_local_config_option(DATE).map_err(echec)?;
    ecrit?;
    std::fs::read(&chemin).pour_fichier(ACTION, &chemin)
}

fn remplir_de_couches(chemin: &Path, couches: Vec<Couche<'_>>) -> Result<()> {
    let pilote = DriverManager::get_driver_by_name("GPKG").map_err(echec)?;
    let mut fichier = pilote.create_vector_only(chemin).map_err(echec)?;
    let mut transaction = fichier.start_transaction().map_err(echec)?;
    for Couche { nom, champs, geometrie, crs, lignes } in couches {
        let reperage = geometrie.map(|_| reperage(crs)).transpose().map_err(echec)?;
        let ty = genre(geometrie);
        let demande = LayerOptions { name: &nom, srs: reperage.as_ref(), ty, options: None };
        couche(&mut transaction, demande, &champs, true, lignes)?;
    }
    transaction.commit().map_err(echec)?;
    fichier.close().map_err(echec)
}

/// Easting or longitude first.
fn reperage(crs: Crs) -> Result<SpatialRef, GdalError> {
    let mut reperage = SpatialRef::from_epsg(u32::try_from(crs.srid()).unwrap_or(4326))?;
    reperage.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    Ok(reperage)
}

fn genre(geometrie: Option<Geometrie>) -> OGRwkbGeometryType::Type {
    match geometrie {
        None => OGRwkbGeometryType::wkbNone,
        Some(Geometrie::Points) => OGRwkbGeometryType::wkbPoint,
        Some(Geometrie::Surfaces) => OGRwkbGeometryType::wkbMultiPolygon,
    }
}

/// Writes the features, all or those that are somewhere.
fn couche(
    fichier: &mut Dataset,
    demande: LayerOptions<'_>,
    champs: &[Champ],
    toutes: bool,
    lignes: impl Iterator<Item = Ligne>,
) -> Result<Ecrite> {
    let couche = fichier.create_layer(demande).map_err(echec)?;
    for champ in champs {
        let genre = match champ.genre {
            Genre::Texte => OGRFieldType::OFTString,
            Genre::Entier => OGRFieldType::OFTInteger64,
            Genre::Decimal => OGRFieldType::OFTReal,
            Genre::Date => OGRFieldType::OFTDate,
            Genre::Booleen => OGRFieldType::OFTInteger,
        };
        let definition = FieldDefn::new(&champ.nom, genre).map_err(echec)?;
        if champ.genre == Genre::Entier {
            definition.set_width(18);
        }
        definition.add_to_layer(&couche).map_err(echec)?;
    }
    let definition = Defn::from_layer(&couche);
    let noms = definition.fields().map(|champ| champ.name()).collect();
    let mut omis = 0;
    for ligne in lignes {
        if toutes || ligne.forme.is_some() {
            objet(&couche, &definition, ligne).map_err(echec)?;
        } else {
            omis += 1;
        }
    }
    Ok(Ecrite { omis, noms })
}

fn objet(couche: &Layer<'_>, definition: &Defn, ligne: Ligne) -> Result<(), GdalError> {
    let mut objet = Feature::new(definition)?;
    for (rang, valeur) in ligne.valeurs.into_iter().enumerate() {
        match valeur {
            Valeur::Absente => objet.set_field_null(rang)?,
            Valeur::Texte(texte) => objet.set_field_string(rang, &texte.replace('\0', ""))?,
            Valeur::Entier(nombre) => objet.set_field_integer64(rang, nombre)?,
            Valeur::Decimal(nombre) => objet.set_field_double(rang, nombre)?,
            Valeur::Date(jour) => objet.set_field_string(rang, &jour.to_string())?,
            Valeur::Booleen(vrai) => objet.set_field_integer(rang, i32::from(vrai))?,
        }
    }
    if let Some(forme) = ligne.forme {
        objet.set_geometry(Geometry::from_wkb(&forme)?)?;
    }
    objet.create(couche)
}

/// All the files of a folder in one archive.
fn archiver(dossier: &Path, chemin: &Path) -> Result<()> {
    let mut archive = ZipWriter::new(File::create(chemin).pour_fichier(ACTION, chemin)?);
    let mut fichiers: Vec<_> = std::fs::read_dir(dossier)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .pour_fichier(ACTION, dossier)?;
    fichiers.sort_by_key(std::fs::DirEntry::file_name);
    for fichier in fichiers {
        let nom = fichier.file_name().to_string_lossy().into_owned();
        archive.start_file(nom, SimpleFileOptions::default()).map_err(archive_refusee)?;
        let mut lu = File::open(fichier.path()).pour_fichier(ACTION, fichier.path())?;
        io::copy(&mut lu, &mut archive).pour_fichier(ACTION, chemin)?;
    }
    archive.finish().map_err(archive_refusee)?;
    Ok(())
}

fn archive_refusee(erreur: zip::result::ZipError) -> Error {
    Error::Donnees(format!("L'archive n'a pas pu être écrite : {erreur}."))
}

fn echec(erreur: GdalError) -> Error {
    Error::Donnees(format!("L'export n'a pas pu être écrit : {erreur}."))
}
