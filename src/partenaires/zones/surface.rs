//! A drawn surface: checked, repaired where only one reading is possible, refused otherwise.
//!
//! In: the coordinates of a file, in its reference system. Out: a valid multipolygon of EPSG:3857, and in
//! words what was changed. Rings are read twice, by the parity of crossings and by the winding number: a
//! ring that both read alike has one surface, and the crossing was a slip of the hand; otherwise nobody but
//! the author knows what was meant.

use geo::algorithm::bool_ops::FillRule;
use geo::{Area, BooleanOps, BoundingRect, CoordsIter, LineString, MultiPolygon, Polygon};
use geo::{MapCoordsInPlace, Rect, unary_union};

use super::contour::{Nettoyage, alleger, nettoyer, premier_croisement};
use super::systeme::Repere;

/// Vertices from which a surface is made lighter.
pub const SOMMETS_GARDES: usize = 5_000;
/// Vertices from which a surface is refused, once made lighter.
const SOMMETS_MAX: usize = 200_000;
/// How far the lighter outline may be from the one that was given, metres on the ground.
pub const TOLERANCE: f64 = 5.0;
/// Share of a surface that two readings of it may disagree on.
const DESACCORD: f64 = 0.01;
/// Parts smaller than this are traces of drawing, square metres of EPSG:3857.
const MIETTE: f64 = 10.0;
/// How many times the box of its réseau a zone may cover.
const DEMESURE: f64 = 3.0;

/// A surface that can be stored.
#[derive(Debug, Clone)]
pub struct Examen {
    /// EPSG:3857; valid.
    pub surface: MultiPolygon,
    /// What was changed in it: sentences without their place.
    pub reparations: Vec<String>,
}

/// Checks a surface given in the reference system of `repere`, and moves it to the plane of the tiles.
///
/// # Errors
/// A sentence: what is wrong with the surface, and what to do.
pub fn examiner(lue: &MultiPolygon, repere: &Repere) -> Result<Examen, String> {
    if lue.coords_iter().next().is_none() {
        return Err("L'objet n'a pas de surface : dessinez un polygone.".into());
    }
    let (plane, placement) = repere.placer(lue)?;
    let mut examen = redresser(&plane)?;
    examen.reparations.splice(0..0, placement);
    Ok(examen)
}

/// The same for a surface that was examined before, as exports give it: sound, it is kept vertex for vertex,
/// however many it has. What was drawn over since is examined as any other.
///
/// # Errors
/// A sentence: what is wrong with the surface, and what to do.
pub fn reprendre(lue: &MultiPolygon, repere: &Repere) -> Result<Examen, String> {
    if lue.coords_iter().next().is_some()
        && let (surface, None) = repere.placer(lue)?
        && est_saine(&surface)
    {
        return Ok(Examen { surface, reparations: Vec::new() });
    }
    examiner(lue, repere)
}

/// Whether reading the surface by the parity of crossings finds its own parts, holes and area.
fn est_saine(surface: &MultiPolygon) -> bool {
    let mut nettoyage = Nettoyage::default();
    for anneau in surface.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors())) {
        nettoyer(anneau, &mut nettoyage);
    }
    let trous = |surface: &MultiPolygon| surface.iter().map(|p| p.interiors().len()).sum::<usize>();
    let relue = surface.union_with_fill_rule(&MultiPolygon(Vec::new()), FillRule::EvenOdd);
    let (aire, lue) = (surface.unsigned_area(), relue.unsigned_area());
    nettoyage.phrases().is_empty()
        && (relue.0.len(), trous(&relue)) == (surface.0.len(), trous(surface))
        && (aire - lue).abs() <= 1e-6 * lue + 0.01
}

/// Repairs a surface of EPSG:3857.
fn redresser(plane: &MultiPolygon) -> Result<Examen, String> {
    let mut reparations = Vec::new();
    let total = plane.coords_count();
    let mut nettoyage = Nettoyage::default();
    let allegee = total > SOMMETS_GARDES;
    // A metre on the ground is longer in the plane, away from the equator.
    let echelle = plane.bounding_rect().map_or(1.0, |boite| etirement(boite.center().y));
    let mut parties = Vec::new();
    for polygone in plane {
        let mut anneau = |anneau: &LineString| {
            let propre = nettoyer(anneau, &mut nettoyage);
            if allegee { alleger(&propre, TOLERANCE * echelle) } else { propre }
        };
        let exterieur = anneau(polygone.exterior());
        let trous: Vec<_> = polygone.interiors().iter().map(anneau).collect();
        parties.push(polygone_sur(&exterieur, &trous, &mut reparations)?);
    }
    reparations.splice(0..0, nettoyage.phrases());
    let reunie = unary_union(&parties);
    let separees: f64 = parties.iter().map(Area::unsigned_area).sum();
    if separees > reunie.unsigned_area() * (1.0 + 1e-6) {
        reparations.push("les parties qui se recouvraient ont été réunies".into());
    }
    let avant = reunie.0.len();
    let surface: MultiPolygon =
        reunie.0.into_iter().filter(|partie| partie.unsigned_area() >= MIETTE).collect();
    if surface.0.is_empty() {
        return Err("La surface est vide : son contour ne renferme rien. Redessinez-la.".into());
    }
    if surface.0.len() < avant {
        reparations.push(format!(
            "des éclats de moins de {MIETTE} m² ont été retirés ({})",
            avant - surface.0.len()
        ));
    }
    let restants = surface.coords_count();
    if allegee && restants < total {
        reparations.push(format!(
            "le contour a été allégé à {TOLERANCE} m près ({total} sommets, {restants} gardés)"
        ));
    }
    if restants > SOMMETS_MAX {
        return Err(format!(
            "La surface a encore {restants} sommets une fois allégée à {TOLERANCE} m près : généralisez-la \
             avant de la donner."
        ));
    }
    reparations.dedup();
    Ok(Examen { surface, reparations })
}

/// One polygon from its rings, each with a single reading.
fn polygone_sur(
    exterieur: &LineString,
    trous: &[LineString],
    reparations: &mut Vec<String>,
) -> Result<MultiPolygon, String> {
    let plein = anneau_sur(exterieur, "contour", reparations)?;
    if trous.is_empty() {
        return Ok(plein);
    }
    let vides = trous
        .iter()
        .map(|trou| anneau_sur(trou, "contour d'un trou", reparations))
        .collect::<Result<Vec<_>, _>>()?;
    let vide = unary_union(&vides);
    let perce = plein.difference(&vide);
    let attendu = plein.unsigned_area() - vide.unsigned_area();
    if (perce.unsigned_area() - attendu).abs() > DESACCORD * vide.unsigned_area() + MIETTE {
        return Err(
            "Un trou de la surface sort de son contour : redessinez-le, ou faites-en un polygone à part."
                .into(),
        );
    }
    Ok(perce)
}

/// What a ring encloses, if its two readings agree.
fn anneau_sur(
    anneau: &LineString,
    nom: &str,
    reparations: &mut Vec<String>,
) -> Result<MultiPolygon, String> {
    let seul = MultiPolygon(vec![Polygon::new(anneau.clone(), Vec::new())]);
    let rien = MultiPolygon(Vec::new());
    let alternee = seul.union_with_fill_rule(&rien, FillRule::EvenOdd);
    let (signee, lue) = (seul.0[0].unsigned_area(), alternee.unsigned_area());
    // Where nothing crosses, the sum over the vertices is the surface.
    if (lue - signee).abs() <= 1e-6 * lue + 0.01 {
        return Ok(alternee);
    }
    let enroulee = seul.union_with_fill_rule(&rien, FillRule::NonZero);
    let large = enroulee.unsigned_area();
    if (large - lue).abs() > DESACCORD * large || (large - signee).abs() > DESACCORD * large {
        let ou = premier_croisement(anneau)
            .and_then(Repere::en_degres)
            .map(|(lon, lat)| format!(" près de {lat:.5} N, {lon:.5} E"))
            .unwrap_or_default();
        return Err(format!(
            "Le {nom} de la surface se croise{ou}, et l'on ne peut pas savoir ce qu'il devait entourer : \
             redessinez-le."
        ));
    }
    reparations.push(format!("le {nom} se croisait : la boucle a été dénouée"));
    Ok(enroulee)
}

/// The surface of features of one zone together.
pub fn reunir(examens: Vec<Examen>) -> Examen {
    let mut reparations: Vec<String> = Vec::new();
    for reparation in examens.iter().flat_map(|examen| &examen.reparations) {
        if !reparations.contains(reparation) {
            reparations.push(reparation.clone());
        }
    }
    let surface = match <[Examen; 1]>::try_from(examens) {
        Ok([seul]) => seul.surface,
        Err(plusieurs) => unary_union(plusieurs.iter().map(|examen| &examen.surface)),
    };
    Examen { surface, reparations }
}

/// Refuses what covers far more than its réseau's box, both in EPSG:3857.
///
/// # Errors
/// A sentence, when the surface is out of proportion.
pub fn mesurer(surface: &MultiPolygon, reseau: Option<Rect>) -> Result<(), String> {
    let Some(reseau) = reseau else { return Ok(()) };
    let fois = surface.unsigned_area() / reseau.unsigned_area().max(1.0);
    if fois > DEMESURE {
        return Err(format!(
            "La surface couvre {fois:.0} fois l'étendue du réseau : elle vient sans doute d'un autre \
             territoire, ou d'un cadre dessiné autour de la carte. Donnez celle où le partenaire intervient."
        ));
    }
    Ok(())
}

/// How many metres of EPSG:3857 a metre on the ground is, at this ordinate.
fn etirement(y: f64) -> f64 {
    (y / 6_378_137.0).cosh()
}

/// Well-known text, for PostGIS. Micrometres are noise.
pub fn wkt(surface: &MultiPolygon) -> String {
    let mut surface = surface.clone();
    surface.map_coords_in_place(|point| geo::Coord {
        x: (point.x * 1e3).round() / 1e3,
        y: (point.y * 1e3).round() / 1e3,
    });
    let anneau = |anneau: &LineString| {
        let points: Vec<_> =
            anneau.coords().map(|point| format!("{} {}", point.x, point.y)).collect();
        format!("({})", points.join(","))
    };
    let polygones: Vec<_> = surface
        .iter()
        .map(|polygone| {
            let anneaux: Vec<_> = std::iter::once(polygone.exterior())
                .chain(polygone.interiors())
                .map(anneau)
                .collect();
            format!("({})", anneaux.join(","))
        })
        .collect();
    format!("MULTIPOLYGON({})", polygones.join(","))
}

#[cfg(test)]
#[path = "surface/tests.rs"]
mod tests;
