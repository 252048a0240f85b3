//! A small map drawn here, for pages without script and for paper: SVG, styled by `fiches.css`.

use std::fmt::Write;

use geo::{Contains, Coord, Intersects, LineString, MultiPolygon, Rect, coord};
use maud::{Markup, PreEscaped, html};

use super::ecriture::nombre;
use crate::territoires::{Croquis, Role, Trace};

/// Size of the picture: 2.5 units for each of the pixels that it is meant for. Borders are shared vertex for vertex, and
/// rounding moves them alike: what is too fine to be seen goes, and no crack opens.
const LARGEUR: f64 = 1100.0;
const HAUTEUR: f64 = 825.0;
/// Height of letters, and the mean width of one.
const CORPS: f64 = 35.0;
const CHASSE: f64 = 0.53 * CORPS;

/// What a map says beside its shapes.
#[derive(Debug)]
pub struct Legende<'a> {
    /// Its name, for who does not see it.
    pub titre: &'a str,
    /// What it shows, likewise.
    pub description: &'a str,
    /// Codes of what must be named first.
    pub nommee: Option<&'a str>,
    /// Whether the other shapes have their names: those of which roles.
    pub noms: &'a [Role],
    /// How many of those that the unit is made of, at most: the most populated.
    pub membres_nommes: usize,
    /// What is drawn, for the style sheet: a maille, or `partenaire`.
    pub genre: &'a str,
}

/// From the plane of the sketch to that of the picture, y down.
#[derive(Debug, Clone, Copy)]
struct Place {
    cadre: Rect,
    k: f64,
}

impl Place {
    fn nouvelle(cadre: Rect) -> Self {
        Self { cadre, k: LARGEUR / cadre.width() }
    }

    fn de(self, point: Coord) -> (i32, i32) {
        let entier = |valeur: f64| {
            #[expect(clippy::cast_possible_truncation, reason = "a picture of some thousand units")]
            let entier = valeur.round().clamp(-1e6, 1e6) as i32;
            entier
        };
        (
            entier((point.x - self.cadre.min().x) * self.k),
            entier((self.cadre.max().y - point.y) * self.k),
        )
    }

    /// Back to the plane of the sketch.
    fn vers(self, x: f64, y: f64) -> Coord {
        coord! { x: self.cadre.min().x + x / self.k, y: self.cadre.max().y - y / self.k }
    }

    /// Where a name is written, in that plane.
    fn rectangle(self, boite: Boite) -> Rect {
        let (demi, haut) = (boite.demi, 0.45 * CORPS);
        Rect::new(
            self.vers(boite.x - demi, boite.y - haut),
            self.vers(boite.x + demi, boite.y + haut),
        )
    }

    /// Commands of a path, relative but for the first of each ring.
    fn chemin(self, contour: &MultiPolygon) -> String {
        let mut chemin = String::new();
        for polygone in contour {
            self.anneau(polygone.exterior(), &mut chemin);
            for trou in polygone.interiors() {
                self.anneau(trou, &mut chemin);
            }
        }
        chemin
    }

    fn anneau(self, anneau: &LineString, chemin: &mut String) {
        let mut points = anneau.coords().map(|point| self.de(*point));
        let Some((mut x, mut y)) = points.next() else { return };
        // Writing to a string does not fail.
        let _ = write!(chemin, "M{x} {y}l");
        let mut premier = true;
        for (suivant_x, suivant_y) in points {
            if (suivant_x, suivant_y) == (x, y) {
                continue;
            }
            let (dx, dy) = (suivant_x - x, suivant_y - y);
            let separe = if premier || dx < 0 { "" } else { " " };
            let milieu = if dy < 0 { "" } else { " " };
            let _ = write!(chemin, "{separe}{dx}{milieu}{dy}");
            premier = false;
            (x, y) = (suivant_x, suivant_y);
        }
        if premier {
            // Smaller than a unit of the picture: still there.
            chemin.push_str("1 0 0 1");
        }
        chemin.push('z');
    }
}

/// A name where it can be read, over no other.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Boite {
    x: f64,
    y: f64,
    demi: f64,
}

impl Boite {
    fn touche(self, autre: Self) -> bool {
        (self.x - autre.x).abs() < self.demi + autre.demi && (self.y - autre.y).abs() < 1.15 * CORPS
    }

    fn tient(self) -> bool {
        self.x - self.demi > 10.0
            && self.x + self.demi < LARGEUR - 10.0
            && self.y > CORPS
            && self.y < HAUTEUR - 0.6 * CORPS
            // The scale is in a corner.
            && (self.x - self.demi > 320.0 || self.y < HAUTEUR - 110.0)
    }
}

/// How far names go from their point to be clear of the unit, in units of the picture, the nearest first.
fn pas() -> Vec<(f64, f64)> {
    let mut pas: Vec<(f64, f64)> = (-4..=4)
        .flat_map(|x| (-4..=4).map(move |y| (f64::from(x) * 40.0, f64::from(y) * 22.0)))
        .collect();
    pas.sort_by(|(a, b), (c, d)| a.hypot(*b).total_cmp(&c.hypot(*d)));
    pas
}

/// The names that fit: that of the unit, those of its neighbours, then the others, by population. The others stay within their own borders, off the unit.
fn noms<'a>(croquis: &'a Croquis, place: Place, legende: &Legende<'_>) -> Vec<(&'a Trace, Boite)> {
    let mut voulus: Vec<&Trace> = croquis
        .traces
        .iter()
        .filter(|trace| legende.noms.contains(&trace.role) || legende.nommee == Some(&trace.code))
        .collect();
    voulus.sort_by_key(|trace| {
        (legende.nommee != Some(&trace.code), trace.role == Role::Autour, trace.rang)
    });
    let unite = croquis.traces.iter().find(|trace| legende.nommee == Some(&trace.code));
    let mut membres = 0;
    voulus.retain(|trace| {
        membres += usize::from(trace.role == Role::Membre);
        trace.role != Role::Membre || membres <= legende.membres_nommes
    });
    // What has no contour of its own is scattered, and would be under its names.
    let hauteur = if legende.genre == "regroupement" { -0.9 * CORPS } else { 0.0 };
    let pas = pas();
    let mut poses: Vec<(&Trace, Boite)> = Vec::new();
    for trace in voulus {
        let Some(point) = trace.point else { continue };
        let (x, y) = place.de(point);
        #[expect(clippy::cast_precision_loss, reason = "names are short")]
        let demi = trace.nom.chars().count() as f64 * CHASSE / 2.0;
        let autour = unite.filter(|unite| unite.code != trace.code);
        let convient = |boite: &Boite| {
            boite.tient()
                && poses.iter().all(|(_, autre)| !boite.touche(*autre))
                && autour.is_none_or(|unite| {
                    trace.contour.contains(&place.vers(boite.x, boite.y))
                        && !unite.contour.intersects(&place.rectangle(*boite))
                })
        };
        // The unit's name, and those of what it is made of, are where they are.
        let essais = if autour.is_some() { &pas[..] } else { &pas[..1] };
        let trouvee = essais
            .iter()
            .map(|(dx, dy)| Boite { x: f64::from(x) + dx, y: f64::from(y) + dy + hauteur, demi })
            .find(convient);
        if let Some(boite) = trouvee {
            poses.push((trace, boite));
        }
    }
    poses
}

/// A round length of at most a quarter of the picture, in metres.
fn echelle(largeur: f64) -> f64 {
    let max = largeur / 4.0;
    let dizaine = 10_f64.powf(max.log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|fois| fois * dizaine).find(|l| *l <= max).unwrap_or(dizaine)
}

fn classe(role: Role) -> &'static str {
    match role {
        Role::Autour => "autour",
        Role::Voisine => "voisine",
        Role::Membre => "membre",
        Role::Unite => "unite",
        Role::Zone => "zone",
    }
}

/// The picture.
pub fn carte(croquis: &Croquis, legende: &Legende<'_>) -> Markup {
    let place = Place::nouvelle(croquis.cadre);
    let mut traces: Vec<&Trace> = croquis.traces.iter().collect();
    // What matters is over the rest; larger zones are under smaller ones, as they come.
    traces.sort_by_key(|trace| match trace.role {
        Role::Autour | Role::Voisine => 0,
        Role::Unite => 1,
        Role::Membre => 2,
        Role::Zone => 3,
    });
    let longueur = echelle(croquis.cadre.width());
    let barre = longueur * place.k;
    let dite = if longueur < 1000.0 {
        format!("{} m", nombre(longueur, 0))
    } else {
        format!("{} km", nombre(longueur / 1000.0, 0))
    };
    let unite = croquis.traces.iter().find(|trace| trace.role == Role::Unite);
    html! {
        svg class={ "carte " (legende.genre) } viewBox={ "0 0 " (LARGEUR) " " (HAUTEUR) } role="img" aria-labelledby="carte-titre carte-description" {
            title id="carte-titre" { (legende.titre) }
            desc id="carte-description" { (legende.description) }
            rect.fond width=(LARGEUR) height=(HAUTEUR) {}
            @for trace in traces {
                path class=(classe(trace.role)) d=(PreEscaped(place.chemin(&trace.contour))) {}
            }
            // Its outline stays over what it is made of.
            @if let Some(unite) = unite {
                path.contour d=(PreEscaped(place.chemin(&unite.contour))) {}
            }
            g aria-hidden="true" {
                @for (trace, boite) in noms(croquis, place, legende) {
                    text class=(if legende.nommee == Some(&trace.code) { "nom principal" } else { "nom" })
                        x=(boite.x.round()) y=((boite.y + 0.35 * CORPS).round()) { (trace.nom) }
                }
                g.echelle {
                    path d={ "M25 780v15h" (barre.round()) "v-15" } {}
                    text x=((25.0 + barre / 2.0).round()) y="770" { (dite) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_relative_and_has_no_repeated_point() {
        let place =
            Place::nouvelle(Rect::new(coord! { x: 0.0, y: 0.0 }, coord! { x: 1100.0, y: 825.0 }));
        let carre =
            Rect::new(coord! { x: 100.0, y: 100.0 }, coord! { x: 200.0, y: 200.0 }).to_polygon();
        let chemin = place.chemin(&MultiPolygon(vec![carre]));
        assert!(chemin.starts_with('M') && chemin.ends_with('z'), "{chemin}");
        assert!(!chemin.contains("0 0 0 0"), "{chemin}");
        let point = Rect::new(coord! { x: 1.0, y: 1.0 }, coord! { x: 1.1, y: 1.1 }).to_polygon();
        assert_eq!(place.chemin(&MultiPolygon(vec![point])), "M1 824l1 0 0 1z");
    }

    #[test]
    fn a_scale_is_a_round_length() {
        assert_eq!(echelle(21_000.0), 5000.0);
        assert_eq!(echelle(9_000.0), 2000.0);
        assert_eq!(echelle(190_000.0), 20_000.0);
    }
}
