//! From metres to points of the page: paths that are short.

use std::fmt::Write;

use geo::{Coord, LineString, MultiPolygon, Rect};

/// A part of the plane, and the rectangle of the page that shows it.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    ouest: f64,
    nord: f64,
    /// Points for a metre.
    pub echelle: f64,
    gauche: f64,
    haut: f64,
}

impl Plan {
    /// The whole of `cadre` in the middle of a rectangle of so many points.
    pub fn nouveau(
        cadre: Rect,
        (gauche, haut): (f64, f64),
        (largeur, hauteur): (f64, f64),
    ) -> Self {
        let echelle = (largeur / cadre.width().max(1.0)).min(hauteur / cadre.height().max(1.0));
        Self {
            ouest: cadre.min().x,
            nord: cadre.max().y,
            echelle,
            gauche: gauche + (largeur - cadre.width() * echelle) / 2.0,
            haut: haut + (hauteur - cadre.height() * echelle) / 2.0,
        }
    }

    pub fn point(&self, lieu: Coord) -> (f64, f64) {
        (
            self.gauche + (lieu.x - self.ouest) * self.echelle,
            self.haut + (self.nord - lieu.y) * self.echelle,
        )
    }

    /// A surface as the `d` of a path, each ring closed.
    pub fn chemin(&self, surface: &MultiPolygon) -> String {
        let mut chemin = String::new();
        for polygone in surface {
            self.anneau(polygone.exterior(), &mut chemin);
            for trou in polygone.interiors() {
                self.anneau(trou, &mut chemin);
            }
        }
        chemin
    }

    /// In tenths of a point, relative to the point before: digits that are not repeated.
    fn anneau(&self, anneau: &LineString, chemin: &mut String) {
        let mut places: Vec<(i64, i64)> = Vec::with_capacity(anneau.0.len());
        for lieu in &anneau.0 {
            let (x, y) = self.point(*lieu);
            let place = (dixiemes(x), dixiemes(y));
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
        if places.first() == places.last() {
            places.pop();
        }
        // Less than a triangle is nothing that can be seen.
        let [premiere, suite @ ..] = places.as_slice() else { return };
        if suite.len() < 2 {
            return;
        }
        let _ = write!(chemin, "M{} {}l", dire(premiere.0), dire(premiere.1));
        let mut avant = *premiere;
        for place in suite {
            let _ = write!(chemin, "{} {} ", dire(place.0 - avant.0), dire(place.1 - avant.1));
            avant = *place;
        }
        chemin.pop();
        chemin.push('z');
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a page has a few thousand points")]
fn dixiemes(points: f64) -> i64 {
    (points * 10.0).round() as i64
}

fn dire(dixiemes: i64) -> String {
    let signe = if dixiemes < 0 { "-" } else { "" };
    let (entier, reste) = (dixiemes.abs() / 10, dixiemes.abs() % 10);
    match (entier, reste) {
        (_, 0) => format!("{signe}{entier}"),
        (0, _) => format!("{signe}.{reste}"),
        _ => format!("{signe}{entier}.{reste}"),
    }
}

/// A number as SVG writes it, to a tenth.
pub fn nombre(points: f64) -> String {
    dire(dixiemes(points))
}

/// A text between tags.
pub fn echapper(texte: &str) -> String {
    texte.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use geo::{coord, polygon};

    use super::*;

    #[test]
    fn a_path_is_relative_and_says_no_point_twice() {
        let cadre = Rect::new(coord! { x: 0.0, y: 0.0 }, coord! { x: 100.0, y: 100.0 });
        let plan = Plan::nouveau(cadre, (0.0, 0.0), (10.0, 10.0));
        let carre =
            polygon![(x: 0.0, y: 0.0), (x: 50.0, y: 0.0), (x: 50.1, y: 0.1), (x: 50.0, y: 50.0)];
        assert_eq!(plan.chemin(&MultiPolygon::from(carre)), "M0 10l5 0 0 -5z");
        let rien = polygon![(x: 0.0, y: 0.0), (x: 0.1, y: 0.0), (x: 0.1, y: 0.1)];
        assert_eq!(plan.chemin(&MultiPolygon::from(rien)), "");
    }

    #[test]
    fn numbers_have_a_tenth_at_most() {
        assert_eq!(nombre(-0.25), "-.3");
        assert_eq!(nombre(12.04), "12");
    }
}
