//! Bringing contours to longitude and latitude, from whatever reference system the file announces,
//! and checking that they then lie in France: what a file announces may be wrong.

use geo::{Coord, CoordsIter, MultiPolygon, Rect, coord};

use crate::error::{Error, Result};
use crate::territoires::projection::{Projection, WGS84};

/// A reference system, as PROJ is told of it and as people are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Systeme {
    /// `AUTHORITY:CODE` or WKT.
    pub definition: String,
    pub nom: String,
}

/// West, south, east, north of the places where French communes are, degrees.
const EMPRISES: [[f64; 4]; 6] = [
    // Métropole.
    [-6.0, 41.0, 10.5, 51.6],
    // Antilles.
    [-64.0, 14.0, -60.0, 18.6],
    // Guyane.
    [-55.5, 2.0, -51.0, 6.5],
    // La Réunion.
    [55.0, -21.8, 56.2, -20.5],
    // Mayotte.
    [44.5, -13.6, 45.7, -12.2],
    // Saint-Pierre-et-Miquelon.
    [-57.0, 46.5, -56.0, 47.5],
];

/// Brings the named contours of a layer to EPSG:4326, longitude first. `lieu` names the layer.
/// Returns what is to be said of a layer that announces nothing.
///
/// # Errors
/// A sentence when PROJ does not know the system, when nothing is announced and coordinates are not
/// plainly degrees, or when a contour does not lie in France.
pub fn vers_degres<'c>(
    contours: impl Iterator<Item = (&'c str, &'c mut MultiPolygon)>,
    systeme: Option<&Systeme>,
    lieu: &str,
) -> Result<Option<String>> {
    let projection = match systeme {
        Some(systeme) if systeme.definition != WGS84 => Some(vers_wgs84(systeme, lieu)?),
        _ => None,
    };
    for (code, contour) in contours {
        if let Some(projection) = &projection {
            projection
                .contour(contour, code)
                .map_err(|erreur| Error::Donnees(format!("{lieu} : {erreur}")))?;
        }
        if let Some(egare) = hors_de_france(contour) {
            return Err(egarement(code, egare, systeme, lieu));
        }
    }
    Ok(systeme.is_none().then(|| {
        format!(
            "{lieu} : le fichier n'indique pas son système de coordonnées ; ce sont des degrés, lus \
             comme {WGS84}."
        )
    }))
}

fn vers_wgs84(systeme: &Systeme, lieu: &str) -> Result<Projection> {
    Projection::nouvelle(&systeme.definition, WGS84).map_err(|erreur| {
        tracing::debug!(%erreur, "système refusé par PROJ");
        Error::Donnees(format!(
            "{lieu} : le système de coordonnées « {} » n'est pas connu. Exportez la couche en Lambert-93 \
             (EPSG:2154) ou en degrés (EPSG:4326).",
            systeme.nom
        ))
    })
}

/// A point of the contour, in degrees, that is in none of the places where all the others may be.
pub fn hors_de_france(contour: &MultiPolygon) -> Option<Coord> {
    let premier = contour.coords_iter().next()?;
    let Some(emprise) = EMPRISES.iter().map(rect).find(|emprise| contient(emprise, premier)) else {
        return Some(premier);
    };
    contour.coords_iter().find(|point| !contient(&emprise, *point))
}

fn rect(&[ouest, sud, est, nord]: &[f64; 4]) -> Rect {
    Rect::new(coord! { x: ouest, y: sud }, coord! { x: est, y: nord })
}

/// False for what is not a number.
fn contient(emprise: &Rect, point: Coord) -> bool {
    (emprise.min().x..=emprise.max().x).contains(&point.x)
        && (emprise.min().y..=emprise.max().y).contains(&point.y)
}

fn egarement(code: &str, point: Coord, systeme: Option<&Systeme>, lieu: &str) -> Error {
    let Coord { x, y } = point;
    Error::Donnees(match systeme {
        None => format!(
            "{lieu} : le fichier n'indique pas son système de coordonnées, et ses coordonnées ({x:.3}, \
             {y:.3} pour {code}) ne sont pas des degrés en France. Joignez le fichier .prj d'un Shapefile, \
             ou exportez la couche en EPSG:4326."
        ),
        Some(Systeme { nom, .. }) => format!(
            "{lieu} : le contour de {code} tombe hors de France (longitude {x:.3}, latitude {y:.3}) en \
             suivant le système annoncé, {nom}. Ce système n'est pas celui des coordonnées, ou longitude \
             et latitude sont inversées : exportez la couche en EPSG:4326."
        ),
    })
}
