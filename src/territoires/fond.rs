//! The ground of a printed map: communes and what surrounds them, in the legal projection of their département, as fine as
//! the print shows.

use geo::{BoundingRect, Coord, MultiPolygon, Rect, coord};
use sqlx::PgConnection;

use super::codes::Maille;
use super::ewkb::lire_surface;
use super::projection::{MERCATOR, Projection, projection_legale};
use super::sources::Edition;
use crate::error::{Contexte, Result};

/// Shapes in metres.
#[derive(Debug, Clone)]
pub struct Fond {
    /// Communes, those that the map is about; EPCI and départements, all that are in its frame.
    pub formes: Vec<Forme>,
    /// Around the communes.
    pub cadre: Rect,
    /// EPSG code of the plane.
    pub projection: i32,
}

#[derive(Debug, Clone)]
pub struct Forme {
    pub maille: Maille,
    pub code: String,
    pub nom: String,
    /// 0 for the most populated of its maille.
    pub rang: i32,
    pub contour: MultiPolygon,
    /// Where its name is written.
    pub point: Option<Coord>,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    maille: Maille,
    code: String,
    nom: String,
    rang: i32,
    x: Option<f64>,
    y: Option<f64>,
    contour: Vec<u8>,
}

impl Fond {
    /// That of some communes of a département. None when none of them has a contour.
    pub async fn lire(
        connexion: &mut PgConnection,
        edition: Edition,
        departement: Option<&str>,
        communes: &[String],
    ) -> Result<Option<Self>> {
        let lignes: Vec<Ligne> = sqlx::query_as(include_str!("sql/lire_fond.sql"))
            .bind(edition.edition)
            .bind(communes)
            .fetch_all(connexion)
            .await
            .pour("lecture d'un fond de carte")?;
        let epsg = projection_legale(departement);
        let projection = Projection::nouvelle(MERCATOR, &format!("EPSG:{epsg}"))?;
        let mut formes = Vec::with_capacity(lignes.len());
        for Ligne { maille, code, nom, rang, x, y, contour } in lignes {
            let mut contour = lire_surface(&contour)?;
            projection.contour(&mut contour, &nom)?;
            let point = match x.zip(y) {
                Some((x, y)) => Some(projection.point(coord! { x: x, y: y })?),
                None => None,
            };
            formes.push(Forme { maille, code, nom, rang, contour, point });
        }
        let communes = formes.iter().filter(|forme| forme.maille == Maille::Commune);
        let cadre = communes.filter_map(|forme| forme.contour.bounding_rect()).reduce(reunir);
        Ok(cadre.map(|cadre| Self { formes, cadre, projection: epsg }))
    }

    /// Shapes of one maille.
    pub fn de(&self, maille: Maille) -> impl Iterator<Item = &Forme> {
        self.formes.iter().filter(move |forme| forme.maille == maille)
    }
}

fn reunir(une: Rect, autre: Rect) -> Rect {
    let (a, b) = (une.min(), autre.min());
    let (c, d) = (une.max(), autre.max());
    Rect::new(
        coord! { x: a.x.min(b.x), y: a.y.min(b.y) },
        coord! { x: c.x.max(d.x), y: c.y.max(d.y) },
    )
}
