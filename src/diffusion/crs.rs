//! Reference systems in which features may be asked for and given.

use crate::error::{Error, Result};

/// One of them. Everything is stored in EPSG:3857; the database converts, by PROJ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Crs {
    /// Longitude and latitude, in degrees.
    #[default]
    Crs84,
    /// By its EPSG code.
    Epsg(i32),
}

/// WGS 84, Web Mercator, and the legal projections: Lambert-93 (metropole), UTM of Guyane, La Réunion, the Antilles,
/// Mayotte and Saint-Pierre-et-Miquelon (décret 2000-1276, as changed in 2019).
const EPSG: [i32; 8] = [4326, 3857, 2154, 2972, 2975, 5490, 4471, 4467];

impl Crs {
    /// Where features are given without conversion.
    pub const STOCKAGE: Self = Self::Epsg(3857);

    /// All of them, the default one first.
    pub fn tous() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Crs84).chain(EPSG.into_iter().map(Self::Epsg))
    }

    pub fn uri(self) -> String {
        match self {
            Self::Crs84 => "http://www.opengis.net/def/crs/OGC/1.3/CRS84".to_owned(),
            Self::Epsg(code) => format!("http://www.opengis.net/def/crs/EPSG/0/{code}"),
        }
    }

    pub fn srid(self) -> i32 {
        match self {
            Self::Crs84 => 4326,
            Self::Epsg(code) => code,
        }
    }

    /// Whether coordinates come as latitude, then longitude: so says EPSG of 4326. The others here are easting first.
    pub fn latitude_d_abord(self) -> bool {
        self == Self::Epsg(4326)
    }

    /// In degrees, and not in metres.
    pub fn en_degres(self) -> bool {
        self.srid() == 4326
    }

    /// By its URI, its URN, or `EPSG:2154`.
    pub fn lire(texte: &str, parametre: &str) -> Result<Self> {
        let court = texte.trim_start_matches('[').trim_end_matches(']');
        let connu = |crs: &Self| match crs {
            Self::Crs84 => [
                "OGC:CRS84",
                "CRS84",
                "urn:ogc:def:crs:OGC:1.3:CRS84",
                "urn:ogc:def:crs:OGC::CRS84",
            ]
            .contains(&court),
            Self::Epsg(code) => {
                court == format!("EPSG:{code}") || court == format!("urn:ogc:def:crs:EPSG::{code}")
            }
        };
        Self::tous().find(|crs| crs.uri() == court || connu(crs)).ok_or_else(|| {
            let admis: Vec<String> = Self::tous().map(Self::uri).collect();
            Error::Demande(format!(
                "Le paramètre « {parametre} » doit être un des systèmes de coordonnées servis : {}.",
                admis.join(", ")
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Crs;

    #[test]
    fn a_crs_is_known_by_its_uri_its_urn_and_its_short_name() {
        for nom in [
            "http://www.opengis.net/def/crs/EPSG/0/2154",
            "EPSG:2154",
            "urn:ogc:def:crs:EPSG::2154",
        ] {
            assert_eq!(Crs::lire(nom, "crs").unwrap(), Crs::Epsg(2154));
        }
        assert_eq!(
            Crs::lire("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "crs").unwrap(),
            Crs::Crs84
        );
        assert!(Crs::lire("EPSG:27572", "crs").is_err());
        assert!(Crs::Epsg(4326).latitude_d_abord() && !Crs::Crs84.latitude_d_abord());
    }
}
