//! Formats of files, and the names that people give them.

use crate::diffusion::Collection;
use crate::error::{Error, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    GeoJson,
    GeoPackage,
    FlatGeobuf,
    Shapefile,
    GeoParquet,
    Csv,
    Classeur,
}

impl Format {
    pub const TOUS: [Self; 7] = [
        Self::GeoPackage,
        Self::GeoJson,
        Self::FlatGeobuf,
        Self::Shapefile,
        Self::GeoParquet,
        Self::Csv,
        Self::Classeur,
    ];

    /// Those that may hold a collection: FlatGeobuf holds nothing that is nowhere.
    pub fn de(collection: &Collection) -> impl Iterator<Item = Self> {
        Self::TOUS.into_iter().filter(|format| format.convient(collection))
    }

    /// Whether it may hold features of a collection.
    pub fn convient(self, collection: &Collection) -> bool {
        self != Self::FlatGeobuf || collection.situee()
    }

    /// That of an extension.
    pub fn lire(extension: &str) -> Result<Self> {
        Self::TOUS.into_iter().find(|format| format.extension() == extension).ok_or_else(|| {
            let extensions = Self::TOUS.map(Self::extension).join(", ");
            Error::Demande(format!(
                "« {extension} » n'est pas un format d'export. Formats : {extensions}."
            ))
        })
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::GeoJson => "geojson",
            Self::GeoPackage => "gpkg",
            Self::FlatGeobuf => "fgb",
            Self::Shapefile => "shp.zip",
            Self::GeoParquet => "parquet",
            Self::Csv => "csv",
            Self::Classeur => "xlsx",
        }
    }

    /// As people call it.
    pub fn nom(self) -> &'static str {
        match self {
            Self::GeoJson => "GeoJSON",
            Self::GeoPackage => "GeoPackage",
            Self::FlatGeobuf => "FlatGeobuf",
            Self::Shapefile => "Shapefile",
            Self::GeoParquet => "GeoParquet",
            Self::Csv => "CSV",
            Self::Classeur => "Excel",
        }
    }

    /// Media type.
    pub const fn genre(self) -> &'static str {
        match self {
            Self::GeoJson => "application/geo+json",
            Self::GeoPackage => "application/geopackage+sqlite3",
            Self::FlatGeobuf => "application/flatgeobuf",
            Self::Shapefile => "application/zip",
            Self::GeoParquet => "application/vnd.apache.parquet",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Classeur => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// As the European list of file types names it.
    pub fn au_catalogue(self) -> &'static str {
        match self {
            Self::GeoJson => "GEOJSON",
            Self::GeoPackage => "GPKG",
            Self::FlatGeobuf => "BIN",
            Self::Shapefile => "SHP",
            Self::GeoParquet => "PARQUET",
            Self::Csv => "CSV",
            Self::Classeur => "XLSX",
        }
    }

    /// Whether it is only ever in longitude and latitude.
    pub fn en_degres(self) -> bool {
        matches!(self, Self::GeoJson | Self::GeoParquet)
    }

    /// Whether it is for spreadsheets, which know no geometry.
    pub fn tableur(self) -> bool {
        matches!(self, Self::Csv | Self::Classeur)
    }
}
