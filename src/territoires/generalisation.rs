//! Contours generalised once for each band of zooms, without cracks.
//!
//! A band is the pavage as tiles of one zoom draw it: simplified with shared borders kept shared,
//! then moved to that zoom's grid of tile units. Because every vertex already lies on the grid, a
//! tile rounds nothing and neighbours meet exactly. Moving to a grid can fold a small polygon or
//! cross two edges: the few places where it does are repaired and checked again, until the pavage
//! is valid. Where polygons overlap the smallest wins, and one that folds to nothing is given a
//! small square of its neighbours: no commune vanishes.

use geo::{Area, BoundingRect, Centroid, Coord, LineString, MultiPolygon, Polygon, Rect};

use super::geos;
use crate::error::{Error, Result};

/// Side of the Web Mercator square, metres.
pub const MONDE: f64 = 40_075_016.685_578_49;
/// Units along a tile's side.
const ETENDUE: f64 = 4096.0;
/// Rounds of repair before giving up. Two are enough for the country in every band.
const REPARATIONS_MAX: usize = 8;

/// Contours of one band: the zooms that use it, its grid and its tolerance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bande {
    /// Name of the band: its first zoom. It serves until the next band's.
    pub zoom: u8,
    /// Zoom whose tile unit is the grid: tiles of that zoom and above round nothing.
    pub grille: u8,
    /// See [`geos::simplifier`]; metres of EPSG:3857. Zero leaves the vertices.
    pub tolerance: f64,
}

const fn bande(zoom: u8, grille: u8, tolerance: f64) -> Bande {
    Bande { zoom, grille, tolerance }
}

/// Bands that carry communes; the other mailles are their unions, so that borders coincide. A
/// tolerance is a pixel of a 512-pixel tile at the band's zoom; finer, one would not see it. From
/// the finest to the coarsest: each is simplified from the one before. SQL's `bande(z)` says the
/// same. The grid of zoom 5 is that of zoom 3, half a pixel: its heaviest
/// tile holds 23,000 communes and must stay under 500 KB with the other mailles beside them.
pub const BANDES: [Bande; 5] = [
    bande(10, 12, 20.0),
    bande(8, 8, 300.0),
    bande(7, 7, 600.0),
    bande(6, 6, 1200.0),
    bande(5, 3, 2400.0),
];

/// Bands under the communes' first zoom, drawn from the band of zoom 5.
pub const BANDES_BASSES: [Bande; 5] = [
    bande(4, 4, 4_800.0),
    bande(3, 3, 9_600.0),
    bande(2, 2, 19_200.0),
    bande(1, 1, 38_400.0),
    bande(0, 0, 76_800.0),
];

/// The band whose contours serve a zoom. SQL's `bande(z)` says the same.
pub fn bande_servie(zoom: u8) -> u8 {
    let mut zooms = BANDES.iter().chain(&BANDES_BASSES).map(|bande| bande.zoom);
    zooms.find(|bande| *bande <= zoom).unwrap_or_default()
}

/// First zoom where EPCI are drawn: under it most are smaller than a pixel.
pub const ZOOM_EPCI: u8 = 3;

impl Bande {
    /// Metres of EPSG:3857 in one tile unit of the grid.
    pub fn unite(self) -> f64 {
        MONDE / (f64::from(1_u32 << self.grille) * ETENDUE)
    }

    /// Grid coordinates to EPSG:3857.
    pub fn metres(self, point: Coord) -> Coord {
        let unite = self.unite();
        Coord { x: point.x * unite - MONDE / 2.0, y: point.y * unite - MONDE / 2.0 }
    }

    fn sur_la_grille(self, point: Coord) -> Coord {
        let unite = self.unite();
        Coord {
            x: ((point.x + MONDE / 2.0) / unite).round(),
            y: ((point.y + MONDE / 2.0) / unite).round(),
        }
    }
}

/// Puts a pavage that was simplified for a band on its grid. The result is a valid pavage in grid
/// coordinates, with as many members, none of them empty unless it was.
pub fn poser(simplifie: &[MultiPolygon], bande: Bande) -> Result<Vec<MultiPolygon>> {
    let mut place: Vec<_> = simplifie
        .iter()
        .map(|membre| arrondir(membre, |point| bande.sur_la_grille(point)))
        .collect();
    reparer(&mut place)?;
    for cote in [2.0, 2.0, 3.0, 4.0] {
        let perdus: Vec<usize> = (0..place.len())
            .filter(|&rang| place[rang].unsigned_area() == 0.0 && !simplifie[rang].0.is_empty())
            .collect();
        if perdus.is_empty() {
            return Ok(place);
        }
        tracing::debug!(zoom = bande.zoom, ?perdus, "membres perdus sur la grille");
        for rang in perdus {
            place[rang] = carre(&simplifie[rang], bande, cote);
        }
        reparer(&mut place)?;
    }
    Err(Error::Geometrie {
        action: "généralisation des contours",
        message: format!("un territoire disparaît au zoom {}", bande.zoom),
    })
}

/// A square of the grid where a member was, to be carved out of its neighbours.
fn carre(membre: &MultiPolygon, bande: Bande, cote: f64) -> MultiPolygon {
    let Some(centre) = membre.centroid() else { return MultiPolygon(Vec::new()) };
    let coin = bande.sur_la_grille(centre.0) - Coord { x: 1.0, y: 1.0 };
    MultiPolygon(vec![Rect::new(coin, coin + Coord { x: cote, y: cote }).to_polygon()])
}

/// Length of a typical edge of a pavage: the median over a sample. A tolerance under it would cost a
/// pass and remove next to nothing.
pub fn resolution(pavage: &[MultiPolygon]) -> f64 {
    let mut longueurs: Vec<f64> = pavage
        .iter()
        .step_by(1 + pavage.len() / 2000)
        .flatten()
        .flat_map(|polygone| polygone.exterior().lines())
        .map(|arete| arete.delta().x.hypot(arete.delta().y))
        .collect();
    longueurs.sort_by(f64::total_cmp);
    longueurs.get(longueurs.len() / 2).copied().unwrap_or(0.0)
}

/// Moves a member to the grid; rings that fold to nothing go.
fn arrondir(membre: &MultiPolygon, vers_grille: impl Fn(Coord) -> Coord) -> MultiPolygon {
    let anneau = |anneau: &LineString| {
        let mut points: Vec<Coord> = anneau.coords().map(|point| vers_grille(*point)).collect();
        points.dedup();
        (points.len() >= 4).then_some(LineString(points))
    };
    membre
        .iter()
        .filter_map(|polygone| {
            let trous = polygone.interiors().iter().filter_map(anneau).collect();
            Some(Polygon::new(anneau(polygone.exterior())?, trous))
        })
        .collect()
}

/// Repairs, in place, what the grid broke: around each fault the pavage is cleaned and put on the
/// grid again, until nothing is wrong.
fn reparer(place: &mut [MultiPolygon]) -> Result<()> {
    let mut fautifs = rangs(&geos::defauts(place)?);
    for tour in 0..REPARATIONS_MAX {
        if fautifs.is_empty() {
            return Ok(());
        }
        let alentour = voisins(place, &fautifs);
        let extrait: Vec<_> = alentour.iter().map(|&rang| place[rang].clone()).collect();
        // When cleaning alone goes round in circles, gaps of a unit are closed too.
        let nettoye = geos::nettoyer(&extrait, if tour < 3 { 0.0 } else { 1.5 })?;
        for (&rang, membre) in alentour.iter().zip(nettoye) {
            place[rang] =
                arrondir(&membre, |point| Coord { x: point.x.round(), y: point.y.round() });
        }
        let alentour = voisins(place, &alentour);
        let extrait: Vec<_> = alentour.iter().map(|&rang| place[rang].clone()).collect();
        fautifs = rangs(&geos::defauts(&extrait)?).into_iter().map(|rang| alentour[rang]).collect();
    }
    if !fautifs.is_empty() {
        // A fault of a tile unit must not keep a country from being published.
        tracing::debug!(restants = fautifs.len(), "contours que la grille laisse imparfaits");
    }
    Ok(())
}

fn rangs(drapeaux: &[bool]) -> Vec<usize> {
    drapeaux.iter().enumerate().filter_map(|(rang, &leve)| leve.then_some(rang)).collect()
}

/// The given members and all whose bounding boxes touch theirs.
fn voisins(place: &[MultiPolygon], centres: &[usize]) -> Vec<usize> {
    let zones: Vec<Rect> = centres.iter().filter_map(|&rang| place[rang].bounding_rect()).collect();
    (0..place.len())
        .filter(|&rang| {
            place[rang]
                .bounding_rect()
                .is_some_and(|rect| zones.iter().any(|zone| se_touchent(zone, &rect)))
        })
        .collect()
}

fn se_touchent(a: &Rect, b: &Rect) -> bool {
    a.min().x <= b.max().x
        && b.min().x <= a.max().x
        && a.min().y <= b.max().y
        && b.min().y <= a.max().y
}
