//! Coordinates from one reference system to another, by PROJ, the only place that calls it.
//!
//! Everything is stored in Web Mercator (EPSG:3857), the plane of the tiles.

use geo::{Coord, MapCoordsInPlace, MultiPolygon};
use proj::Proj;

use crate::error::{Error, Result};

/// Longitude and latitude in degrees, in that order.
pub const WGS84: &str = "EPSG:4326";
/// The plane of web tiles, in metres at the equator.
pub const MERCATOR: &str = "EPSG:3857";

/// The projection in which public bodies of a département exchange their data (décret 2000-1276), as an EPSG code:
/// Lambert-93, or the UTM zone of an overseas collectivity.
pub fn projection_legale(departement: Option<&str>) -> i32 {
    match departement {
        Some("971" | "972" | "977" | "978") => 5490,
        Some("973") => 2972,
        Some("974") => 2975,
        Some("975") => 4467,
        Some("976") => 4471,
        _ => 2154,
    }
}

/// A conversion between two reference systems, easting or longitude first on both sides.
pub struct Projection(Proj);

impl Projection {
    pub fn nouvelle(de: &str, vers: &str) -> Result<Self> {
        Proj::new_known_crs(de, vers, None).map(Self).map_err(|erreur| {
            Error::Installation(format!("PROJ ne sait pas passer de {de} à {vers} : {erreur}"))
        })
    }

    /// Converts a contour in place. `quoi` names it in the error.
    pub fn contour(&self, contour: &mut MultiPolygon, quoi: &str) -> Result<()> {
        contour.try_map_coords_in_place(|point| self.convertir(point)).map_err(|erreur| {
            Error::Donnees(format!(
                "Le contour de {quoi} a des coordonnées qui ne sont pas dans le système annoncé \
                     ({erreur})."
            ))
        })
    }

    /// Converts one point.
    pub fn point(&self, point: Coord) -> Result<Coord> {
        self.convertir(point).map_err(|erreur| {
            Error::Donnees(format!(
                "Le point {point:?} n'est pas dans le système annoncé ({erreur})."
            ))
        })
    }

    /// PROJ gives infinity, and no error, for some points that a projection cannot hold.
    fn convertir(&self, point: Coord) -> Result<Coord, String> {
        let place = self.0.convert(point).map_err(|erreur| erreur.to_string())?;
        if place.x.is_finite() && place.y.is_finite() {
            Ok(place)
        } else {
            Err(format!("{} ; {} est hors de son domaine", point.x, point.y))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_true_in_the_projection_of_each_departement() {
        let mesurer = |departement: Option<&str>, x: f64, y: f64| {
            let epsg = format!("EPSG:{}", projection_legale(departement));
            let projection = Projection::nouvelle(WGS84, &epsg).unwrap();
            let [bas, haut] =
                [0.0, 0.01].map(|plus| projection.point(Coord { x, y: y + plus }).unwrap());
            (haut.x - bas.x).hypot(haut.y - bas.y)
        };
        for (departement, x, y) in [
            ("26", 4.89, 44.93),
            ("2A", 8.74, 41.92),
            ("971", -61.53, 16.24),
            ("972", -61.07, 14.6),
            ("973", -52.33, 4.92),
            ("974", 55.45, -20.88),
            ("976", 45.23, -12.78),
        ] {
            // A hundredth of a degree of latitude, anywhere in France, to some thousandths.
            let metres = mesurer(Some(departement), x, y);
            assert!((1102.0..1116.0).contains(&metres), "{departement}: {metres} m");
        }
        // That of another would tell them wrong.
        assert!(!(1102.0..1116.0).contains(&mesurer(Some("26"), 55.45, -20.88)));
    }

    #[test]
    fn a_point_outside_the_domain_is_an_error() {
        let mercator = Projection::nouvelle(WGS84, MERCATOR).unwrap();
        assert!(mercator.point(Coord { x: 5.0, y: 44.7 }).is_ok());
        assert!(mercator.point(Coord { x: 5.0, y: 900.0 }).is_err());
    }
}
