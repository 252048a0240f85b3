//! GeoParquet 1.1: columns that data scientists read as they are, geometries in WKB.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physique};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{
    SerializedColumnWriter, SerializedFileWriter, SerializedRowGroupWriter,
};
use parquet::schema::types::Type;
use serde_json::json;
use tokio::sync::mpsc::Receiver;

use super::Sujet;
use crate::diffusion::{Champ, GEOMETRIE, Genre, Geometrie, Ligne, Valeur};
use crate::error::{ContexteFichier, Error, Result};

/// Rows kept before they are written together.
const GROUPE: usize = 5_000;

/// Writes the rows, in longitude and latitude. Blocks.
pub fn ecrire(chemin: &Path, sujet: &Sujet, lignes: &mut Receiver<Vec<Ligne>>) -> Result<()> {
    let fichier = File::create(chemin).pour_fichier("écriture d'un export", chemin)?;
    let mut notice = vec![KeyValue::new("description".to_owned(), sujet.notice().join(" "))];
    if let Some(geometrie) = sujet.geometrie {
        notice.push(KeyValue::new("geo".to_owned(), geo(geometrie)));
    }
    let proprietes = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(notice))
        .build();
    let schema = schema(sujet).map_err(echec)?;
    let mut table =
        SerializedFileWriter::new(fichier, schema, Arc::new(proprietes)).map_err(echec)?;
    let mut groupe: Vec<Ligne> = Vec::with_capacity(GROUPE);
    while let Some(lot) = lignes.blocking_recv() {
        groupe.extend(lot);
        if groupe.len() >= GROUPE {
            ecrire_groupe(&mut table, sujet, &groupe).map_err(echec)?;
            groupe.clear();
        }
    }
    if !groupe.is_empty() {
        ecrire_groupe(&mut table, sujet, &groupe).map_err(echec)?;
    }
    table.close().map_err(echec)?;
    Ok(())
}

/// What the standard says of the geometry; without a system of reference it is longitude and latitude (OGC:CRS84).
fn geo(geometrie: Geometrie) -> String {
    let genre = match geometrie {
        Geometrie::Points => "Point",
        Geometrie::Surfaces => "MultiPolygon",
    };
    let colonne = json!({ "encoding": "WKB", "geometry_types": [genre] });
    json!({ "version": "1.1.0", "primary_column": GEOMETRIE, "columns": { GEOMETRIE: colonne } })
        .to_string()
}

fn schema(sujet: &Sujet) -> Result<Arc<Type>, ParquetError> {
    let colonne = |nom: &str, physique, logique| {
        Type::primitive_type_builder(nom, physique)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logique)
            .build()
            .map(Arc::new)
    };
    let mut colonnes: Vec<Arc<Type>> = sujet
        .champs
        .iter()
        .map(|champ| match champ.genre {
            Genre::Texte => colonne(&champ.nom, Physique::BYTE_ARRAY, Some(LogicalType::String)),
            Genre::Entier => colonne(&champ.nom, Physique::INT64, None),
            Genre::Decimal => colonne(&champ.nom, Physique::DOUBLE, None),
            Genre::Date => colonne(&champ.nom, Physique::INT32, Some(LogicalType::Date)),
            Genre::Booleen => colonne(&champ.nom, Physique::BOOLEAN, None),
        })
        .collect::<Result<_, _>>()?;
    if sujet.geometrie.is_some() {
        colonnes.push(colonne(GEOMETRIE, Physique::BYTE_ARRAY, None)?);
    }
    Type::group_type_builder(&sujet.nom).with_fields(colonnes).build().map(Arc::new)
}

fn ecrire_groupe(
    table: &mut SerializedFileWriter<File>,
    sujet: &Sujet,
    lignes: &[Ligne],
) -> Result<(), ParquetError> {
    let mut groupe = table.next_row_group()?;
    for (rang, champ) in sujet.champs.iter().enumerate() {
        let valeurs = lignes.iter().map(|ligne| ligne.valeurs.get(rang));
        colonne(&mut groupe, |ecriture| ecrire_colonne(ecriture, champ, valeurs))?;
    }
    if sujet.geometrie.is_some() {
        let formes = lignes
            .iter()
            .map(|ligne| ligne.forme.as_ref().map(|forme| ByteArray::from(forme.clone())));
        colonne(&mut groupe, |ecriture| presents::<ByteArrayType>(ecriture, formes))?;
    }
    groupe.close()?;
    Ok(())
}

/// The next column of a group.
fn colonne(
    groupe: &mut SerializedRowGroupWriter<'_, File>,
    ecrire: impl FnOnce(&mut SerializedColumnWriter<'_>) -> Result<(), ParquetError>,
) -> Result<(), ParquetError> {
    match groupe.next_column()? {
        Some(mut ecriture) => {
            ecrire(&mut ecriture)?;
            ecriture.close()
        }
        None => Err(ParquetError::General("une colonne manque au schéma".into())),
    }
}

fn ecrire_colonne<'v>(
    ecriture: &mut SerializedColumnWriter<'_>,
    champ: &Champ,
    valeurs: impl Iterator<Item = Option<&'v Valeur>>,
) -> Result<(), ParquetError> {
    match champ.genre {
        Genre::Texte => presents::<ByteArrayType>(
            ecriture,
            valeurs.map(|valeur| match valeur {
                Some(Valeur::Texte(texte)) => Some(ByteArray::from(texte.as_str())),
                _ => None,
            }),
        ),
        Genre::Entier => presents::<Int64Type>(
            ecriture,
            valeurs.map(|valeur| match valeur {
                Some(Valeur::Entier(nombre)) => Some(*nombre),
                _ => None,
            }),
        ),
        Genre::Decimal => presents::<DoubleType>(
            ecriture,
            valeurs.map(|valeur| match valeur {
                Some(Valeur::Decimal(nombre)) => Some(*nombre),
                _ => None,
            }),
        ),
        Genre::Date => presents::<Int32Type>(
            ecriture,
            valeurs.map(|valeur| match valeur {
                Some(Valeur::Date(jour)) => depuis_1970(*jour),
                _ => None,
            }),
        ),
        Genre::Booleen => presents::<BoolType>(
            ecriture,
            valeurs.map(|valeur| match valeur {
                Some(Valeur::Booleen(vrai)) => Some(*vrai),
                _ => None,
            }),
        ),
    }
}

/// Days since 1970, as the format counts them.
fn depuis_1970(jour: NaiveDate) -> Option<i32> {
    i32::try_from(jour.signed_duration_since(NaiveDate::default()).num_days()).ok()
}

/// Writes the values that are there, and which are.
fn presents<T: parquet::data_type::DataType>(
    ecriture: &mut SerializedColumnWriter<'_>,
    valeurs: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ParquetError> {
    let (mut presentes, mut niveaux) = (vec![], vec![]);
    for valeur in valeurs {
        niveaux.push(i16::from(valeur.is_some()));
        presentes.extend(valeur);
    }
    ecriture.typed::<T>().write_batch(&presentes, Some(&niveaux), None)?;
    Ok(())
}

fn echec(erreur: ParquetError) -> Error {
    Error::Donnees(format!("L'export n'a pas pu être écrit : {erreur}."))
}
