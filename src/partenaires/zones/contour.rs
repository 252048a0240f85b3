//! One ring: cleaned of what encloses nothing, made lighter, searched for where it crosses itself.

use std::collections::HashMap;

use geo::{Coord, Line, LineString, Simplify, line_intersection::line_intersection};

/// A spike is at most this wide, in units of the plane.
const POINTE: f64 = 0.01;

/// What was taken out of the rings, counted.
#[derive(Debug, Default)]
pub struct Nettoyage {
    doubles: usize,
    pointes: usize,
}

impl Nettoyage {
    /// What is worth saying of it. Repeated vertices change nothing, and are common.
    pub fn phrases(&self) -> Vec<String> {
        match self.pointes {
            0 => Vec::new(),
            1 => vec!["une pointe sans épaisseur a été retirée".into()],
            n => vec![format!("{n} pointes sans épaisseur ont été retirées")],
        }
    }
}

/// Closes a ring, and takes out repeated vertices and spikes: parts that go out and come back on
/// themselves.
pub fn nettoyer(anneau: &LineString, nettoyage: &mut Nettoyage) -> LineString {
    let mut gardes: Vec<Coord> = Vec::with_capacity(anneau.0.len());
    for &point in &anneau.0 {
        ajouter(&mut gardes, point, nettoyage);
    }
    // The ring goes on past its first vertex: what meets there is judged as elsewhere.
    while gardes.len() > 1 && gardes.first() == gardes.last() {
        gardes.pop();
    }
    while gardes.len() > 3 {
        let n = gardes.len();
        if est_pointe(gardes[n - 2], gardes[n - 1], gardes[0]) {
            gardes.pop();
        } else if est_pointe(gardes[n - 1], gardes[0], gardes[1]) {
            gardes.remove(0);
        } else {
            break;
        }
        nettoyage.pointes += 1;
    }
    if let Some(&premier) = gardes.first() {
        gardes.push(premier);
    }
    LineString(gardes)
}

fn ajouter(gardes: &mut Vec<Coord>, point: Coord, nettoyage: &mut Nettoyage) {
    while let [.., avant, pointe] = gardes[..] {
        if !est_pointe(avant, pointe, point) {
            break;
        }
        gardes.pop();
        nettoyage.pointes += 1;
    }
    if gardes.last() == Some(&point) {
        nettoyage.doubles += 1;
    } else {
        gardes.push(point);
    }
}

/// Whether the path turns back on itself at its middle point.
fn est_pointe(avant: Coord, pointe: Coord, apres: Coord) -> bool {
    let (aller, retour) = (pointe - avant, apres - pointe);
    let recule = aller.x * retour.x + aller.y * retour.y < 0.0;
    let aire = (aller.x * retour.y - aller.y * retour.x).abs();
    let longue = aller.x.hypot(aller.y).max(retour.x.hypot(retour.y));
    recule && aire <= POINTE * longue
}

/// The ring with fewer vertices, nowhere farther than `tolerance` from where it was. Linear first, so that
/// a million vertices cost no more than the thousands that are left.
pub fn alleger(anneau: &LineString, tolerance: f64) -> LineString {
    let pas = tolerance / 2.0;
    let mut gardes: Vec<Coord> = Vec::new();
    for &point in &anneau.0 {
        let loin = gardes
            .last()
            .is_none_or(|dernier| (point.x - dernier.x).hypot(point.y - dernier.y) >= pas);
        if loin {
            gardes.push(point);
        }
    }
    if let Some(&premier) = gardes.first()
        && gardes.last() != Some(&premier)
    {
        gardes.push(premier);
    }
    let simple = simplifier(&gardes, pas);
    // A small ring folds: it is kept as it was.
    if simple.0.len() < 4 { anneau.clone() } else { simple }
}

/// Simplifies piece by piece: the library calls itself as many times, one in another, as a piece has vertices, and a
/// saw of a hundred thousand teeth would take all the stack, and the program with it.
fn simplifier(points: &[Coord], tolerance: f64) -> LineString {
    /// Vertices of a piece.
    const MORCEAU: usize = 2_000;
    let mut simple: Vec<Coord> = points.first().copied().into_iter().collect();
    let mut debut = 0;
    while debut + 1 < points.len() {
        let fin = (debut + MORCEAU).min(points.len() - 1);
        let morceau = LineString(points[debut..=fin].to_vec()).simplify(tolerance);
        simple.extend(morceau.0.into_iter().skip(1));
        debut = fin;
    }
    LineString(simple)
}

/// A place where the ring crosses itself. Segments are sorted in a grid; a ring too dense for it is not
/// searched.
pub fn premier_croisement(anneau: &LineString) -> Option<Coord> {
    /// Pairs compared before giving up.
    const EFFORT: usize = 2_000_000;
    let segments: Vec<Line> = anneau.lines().collect();
    let longueur: f64 = segments.iter().map(|s| s.delta().x.hypot(s.delta().y)).sum();
    let maille = (2.0 * longueur / segments.len().max(1) as f64).max(1e-6);
    let mut grille: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    let mut effort = 0;
    for (rang, segment) in segments.iter().enumerate() {
        let case = |valeur: f64| (valeur / maille).floor() as i64;
        let (xs, ys) = (
            case(segment.start.x.min(segment.end.x))..=case(segment.start.x.max(segment.end.x)),
            case(segment.start.y.min(segment.end.y))..=case(segment.start.y.max(segment.end.y)),
        );
        for x in xs {
            for y in ys.clone() {
                effort += 1;
                let voisins = grille.entry((x, y)).or_default();
                for &autre in voisins.iter() {
                    effort += 1;
                    let contigus = rang - autre <= 1 || (autre == 0 && rang == segments.len() - 1);
                    if !contigus && let Some(point) = line_intersection(*segment, segments[autre]) {
                        return Some(match point {
                            geo::LineIntersection::SinglePoint { intersection, .. } => intersection,
                            geo::LineIntersection::Collinear { intersection } => intersection.start,
                        });
                    }
                }
                if effort > EFFORT {
                    return None;
                }
                voisins.push(rang);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saw_of_many_teeth_takes_no_more_stack_than_a_piece_of_it() {
        let mut points: Vec<Coord> = (0..60_000_i32)
            .map(|rang| Coord { x: f64::from(rang), y: f64::from(rang % 2) * 10_000.0 })
            .collect();
        points.push(points[0]);
        let allege = alleger(&LineString(points), 1.0);
        assert!(allege.0.len() > 50_000, "{}", allege.0.len());
        // What is straight is still two vertices a piece.
        let droite: Vec<Coord> =
            (0..60_000_i32).map(|x| Coord { x: f64::from(x), y: 0.0 }).collect();
        assert!(simplifier(&droite, 1.0).0.len() < 40);
    }
}
