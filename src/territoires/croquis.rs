//! A small map of a unit, as shapes ready to be drawn: in the legal projection of its département, in metres.

use std::collections::BTreeMap;

use geo::{BoundingRect, Coord, MultiPolygon, Rect, coord};
use sqlx::PgConnection;

use super::codes::{Maille, Millesime};
use super::ewkb::lire_surface;
use super::lieu::Lieu;
use super::projection::{MERCATOR, Projection, projection_legale};
use super::sources::Edition;
use super::unite::Identite;
use crate::error::{Contexte, Result};

/// Radius of the sphere of EPSG:3857, metres.
const RAYON: f64 = 6_378_137.0;
/// Width over height of the picture.
const FORME: f64 = 4.0 / 3.0;
/// How much wider than a commune the picture is, for its neighbours to be named; and than anything larger.
const MARGE: f64 = 1.5;
const MARGE_ETROITE: f64 = 1.2;
/// How much more than the picture is read: the projection turns what was a box.
const DEBORD: f64 = 1.25;
/// Width of the picture, in pixels, from which the band is chosen.
const LARGEUR: f64 = 440.0;

/// What a shape is to the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Around it, without touching it.
    Autour,
    /// Has a border with it.
    Voisine,
    /// What it is made of.
    Membre,
    Unite,
    /// Where a partner works.
    Zone,
}

/// A shape.
#[derive(Debug, Clone)]
pub struct Trace {
    pub role: Role,
    pub code: String,
    pub nom: String,
    /// 0 for the most populated of its maille.
    pub rang: i32,
    pub contour: MultiPolygon,
    /// Where its name is written.
    pub point: Option<Coord>,
}

/// Shapes, and the part of the plane that is shown.
#[derive(Debug, Clone)]
pub struct Croquis {
    pub traces: Vec<Trace>,
    pub cadre: Rect,
    /// EPSG code of the plane.
    pub projection: i32,
    /// That of the contours.
    pub millesime: Option<Millesime>,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    code: String,
    nom: String,
    rang: i32,
    role: String,
    x: Option<f64>,
    y: Option<f64>,
    contour: Vec<u8>,
}

impl Croquis {
    /// The map of a unit, with those that it is made of. None when nothing of it is drawn.
    pub async fn d_une_unite(
        connexion: &mut PgConnection,
        edition: Edition,
        identite: &Identite,
        lieu: &Lieu,
        membres: (Maille, &[String]),
    ) -> Result<Option<Self>> {
        let Some(boite) = identite.bbox.as_deref().and_then(en_metres) else { return Ok(None) };
        if edition.millesime_contours.is_none() {
            return Ok(None);
        }
        let departement = match lieu.maille {
            Maille::Departement => Some(lieu.code.as_str()),
            _ => identite.parents.departement.as_ref().map(|parent| parent.code.as_str()),
        };
        // A regroupement has no contour: it is its communes, over the EPCI.
        let (autour, code) = match lieu.maille {
            Maille::Regroupement => (Maille::Epci, None),
            maille => (maille, Some(lieu.code.as_str())),
        };
        let mut croquis =
            Self::lire(connexion, edition, boite, departement, (autour, code), membres).await?;
        let marge = if lieu.maille == Maille::Commune { MARGE } else { MARGE_ETROITE };
        croquis.cadrer(marge, |trace| match code {
            Some(_) => trace.role == Role::Unite,
            None => trace.role == Role::Membre,
        });
        Ok(croquis.traces.iter().any(|trace| trace.role >= Role::Membre).then_some(croquis))
    }

    /// The map of a place of which the box is known, in degrees: the units of a maille in it, those named apart.
    pub async fn d_une_emprise(
        connexion: &mut PgConnection,
        edition: Edition,
        emprise: &[f64],
        departement: Option<&str>,
        membres: (Maille, &[String]),
    ) -> Result<Option<Self>> {
        let Some(boite) = en_metres(emprise) else { return Ok(None) };
        let autour = (membres.0, None);
        let mut croquis =
            Self::lire(connexion, edition, boite, departement, autour, membres).await?;
        croquis.cadrer(MARGE_ETROITE, |trace| trace.role == Role::Membre);
        Ok((!croquis.traces.is_empty()).then_some(croquis))
    }

    async fn lire(
        connexion: &mut PgConnection,
        edition: Edition,
        boite: Rect,
        departement: Option<&str>,
        (autour, code): (Maille, Option<&str>),
        (maille_des_membres, codes): (Maille, &[String]),
    ) -> Result<Self> {
        let cadre = agrandir(boite, MARGE * DEBORD);
        let lignes: Vec<Ligne> = sqlx::query_as(include_str!("sql/dessiner.sql"))
            .bind(edition.edition)
            .bind(bande(cadre.width() / DEBORD))
            .bind(autour)
            .bind(code)
            .bind(cadre.min().x)
            .bind(cadre.min().y)
            .bind(cadre.max().x)
            .bind(cadre.max().y)
            .bind(maille_des_membres)
            .bind(codes)
            .fetch_all(connexion)
            .await
            .pour("dessin d'une carte")?;
        let epsg = projection_legale(departement);
        let projection = Projection::nouvelle(MERCATOR, &format!("EPSG:{epsg}"))?;
        let mut traces = Vec::with_capacity(lignes.len());
        for ligne in lignes {
            let mut contour = lire_surface(&ligne.contour)?;
            projection.contour(&mut contour, &ligne.nom)?;
            let point = match (ligne.x, ligne.y) {
                (Some(x), Some(y)) => Some(projection.point(coord! { x: x, y: y })?),
                _ => None,
            };
            let role = match ligne.role.as_str() {
                "unite" => Role::Unite,
                "membre" => Role::Membre,
                "voisine" => Role::Voisine,
                _ => Role::Autour,
            };
            let Ligne { code, nom, rang, .. } = ligne;
            traces.push(Trace { role, code, nom, rang, contour, point });
        }
        Ok(Self { traces, cadre: boite, projection: epsg, millesime: edition.millesime_contours })
    }

    /// Adds surfaces of EPSG:3857, as the database gives them.
    pub fn ajouter(&mut self, surfaces: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<()> {
        let projection = Projection::nouvelle(MERCATOR, &format!("EPSG:{}", self.projection))?;
        for (code, octets) in surfaces {
            let mut contour = lire_surface(&octets)?;
            projection.contour(&mut contour, &code)?;
            self.traces.push(Trace {
                role: Role::Zone,
                nom: code.clone(),
                code,
                rang: 0,
                contour,
                point: None,
            });
        }
        Ok(())
    }

    /// Shows the shapes that matter, with a margin.
    fn cadrer(&mut self, marge: f64, celles: impl Fn(&Trace) -> bool) {
        let boites =
            self.traces.iter().filter(|t| celles(t)).filter_map(|t| t.contour.bounding_rect());
        let boite = boites.reduce(|une, autre| {
            let (a, b) = (une.min(), autre.min());
            let (c, d) = (une.max(), autre.max());
            Rect::new(
                coord! { x: a.x.min(b.x), y: a.y.min(b.y) },
                coord! { x: c.x.max(d.x), y: c.y.max(d.y) },
            )
        });
        if let Some(boite) = boite {
            self.cadre = agrandir(boite, marge);
        }
    }

    /// Those that have a border with the unit: codes and names, in the order of the names.
    pub fn voisines(&self) -> Vec<(String, String)> {
        let voisines: BTreeMap<(String, String), ()> = self
            .traces
            .iter()
            .filter(|trace| trace.role == Role::Voisine)
            .map(|trace| ((trace.nom.clone(), trace.code.clone()), ()))
            .collect();
        voisines.into_keys().map(|(nom, code)| (code, nom)).collect()
    }
}

/// The band whose vertices are about as fine as pixels, for a picture of so many metres of EPSG:3857.
pub fn bande(largeur: f64) -> i16 {
    let zoom = (2.0 * std::f64::consts::PI * RAYON / (512.0 * largeur / LARGEUR)).log2().floor();
    #[expect(clippy::cast_possible_truncation, reason = "zooms are few")]
    let zoom = zoom.clamp(5.0, 14.0) as i16;
    match zoom {
        10.. => 10,
        8..=9 => 8,
        autre => autre,
    }
}

/// West, south, east, north in degrees, as a box of EPSG:3857.
fn en_metres(emprise: &[f64]) -> Option<Rect> {
    let [ouest, sud, est, nord] = emprise else { return None };
    let y = |latitude: f64| {
        RAYON * (std::f64::consts::FRAC_PI_4 + latitude.to_radians() / 2.0).tan().ln()
    };
    let x = |longitude: f64| RAYON * longitude.to_radians();
    Some(Rect::new(coord! { x: x(*ouest), y: y(*sud) }, coord! { x: x(*est), y: y(*nord) }))
}

/// A box of the shape of the picture around this one, so many times as large.
fn agrandir(boite: Rect, fois: f64) -> Rect {
    let largeur = boite.width().max(boite.height() * FORME).max(100.0) * fois;
    let demi = coord! { x: largeur / 2.0, y: largeur / FORME / 2.0 };
    Rect::new(boite.center() - demi, boite.center() + demi)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_a_commune_is_finer_than_one_of_a_departement() {
        assert_eq!(bande(15_000.0), 10);
        assert_eq!(bande(80_000.0), 8);
        assert_eq!(bande(250_000.0), 7);
    }

    #[test]
    fn a_box_keeps_its_centre_and_takes_the_shape_of_the_picture() {
        let boite = Rect::new(coord! { x: 0.0, y: 0.0 }, coord! { x: 300.0, y: 900.0 });
        let grande = agrandir(boite, 1.5);
        assert_eq!(grande.center(), boite.center());
        assert!((grande.width() / grande.height() - FORME).abs() < 1e-9);
        assert!((grande.height() - 1350.0).abs() < 1e-9);
    }
}
