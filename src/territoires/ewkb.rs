//! PostGIS's binary form of geometries: WKB, little-endian, with the SRID after the type.

use geo::{Coord, Geometry, MultiPolygon};
use geo_traits::to_geo::ToGeoGeometry;

use crate::error::{Error, Result};

/// Flag of the type: the SRID follows.
const AVEC_SRID: u32 = 0x2000_0000;
const POINT: u32 = 1;
const POLYGONE: u32 = 3;
const MULTIPOLYGONE: u32 = 6;

/// A point of EPSG:3857.
pub fn point(point: Coord) -> Vec<u8> {
    let mut octets = entete(POINT, 3857);
    octets.extend(point.x.to_le_bytes());
    octets.extend(point.y.to_le_bytes());
    octets
}

/// A surface in the reference system of this EPSG code, to which `place` brings its points.
pub fn surface(contour: &MultiPolygon, epsg: u32, place: impl Fn(Coord) -> Coord) -> Vec<u8> {
    let entier = |octets: &mut Vec<u8>, nombre: usize| {
        let nombre = u32::try_from(nombre).expect("far fewer than 2³² parts");
        octets.extend(nombre.to_le_bytes());
    };
    let mut octets = entete(MULTIPOLYGONE, epsg);
    entier(&mut octets, contour.0.len());
    for polygone in contour {
        octets.push(1);
        octets.extend(POLYGONE.to_le_bytes());
        entier(&mut octets, 1 + polygone.interiors().len());
        for anneau in std::iter::once(polygone.exterior()).chain(polygone.interiors()) {
            entier(&mut octets, anneau.0.len());
            for coordonnees in anneau.coords() {
                let coordonnees = place(*coordonnees);
                octets.extend(coordonnees.x.to_le_bytes());
                octets.extend(coordonnees.y.to_le_bytes());
            }
        }
    }
    octets
}

fn entete(genre: u32, epsg: u32) -> Vec<u8> {
    let mut octets = vec![1];
    octets.extend((genre | AVEC_SRID).to_le_bytes());
    octets.extend(epsg.to_le_bytes());
    octets
}

/// Reads a surface, whatever its reference system.
pub fn lire_surface(octets: &[u8]) -> Result<MultiPolygon> {
    let action = "lecture d'un contour de la base";
    let erreur = |message: String| Error::Geometrie { action, message };
    match wkb::reader::read_wkb(octets).map_err(|e| erreur(e.to_string()))?.to_geometry() {
        Geometry::MultiPolygon(surface) => Ok(surface),
        Geometry::Polygon(surface) => Ok(MultiPolygon(vec![surface])),
        _ => Err(erreur("ce n'est pas une surface".into())),
    }
}

#[cfg(test)]
mod tests {
    use geo::{Rect, coord};

    use super::*;

    #[test]
    fn a_surface_is_read_as_it_was_written() {
        let carre = Rect::new(coord! { x: 5.0, y: 44.0 }, coord! { x: 5.1, y: 44.3 }).to_polygon();
        let contour = MultiPolygon(vec![carre]);
        assert_eq!(lire_surface(&surface(&contour, 4326, |point| point)).unwrap(), contour);
    }
}
