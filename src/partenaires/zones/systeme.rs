//! Where the coordinates of a drawn surface are: its reference system, announced or given, and what gives a
//! wrong one away.

use geo::{BoundingRect, Coord, MapCoords, MultiPolygon, Rect, coord};

use crate::error::{Error, Result};
use crate::territoires::source::{Systeme, hors_de_france};
use crate::territoires::{MERCATOR, Projection, WGS84};

/// Projected systems in which French data come, and where their coordinates of France are: west, south, east,
/// north, metres.
const PLANS: [(&str, &str, [f64; 4]); 2] = [
    ("EPSG:2154", "Lambert-93", [-400_000.0, 6_000_000.0, 1_350_000.0, 7_200_000.0]),
    (
        MERCATOR,
        "la projection des cartes en ligne",
        [-700_000.0, 5_000_000.0, 1_150_000.0, 6_000_000.0],
    ),
];

/// Half the side of the Web Mercator square, metres.
const DEMI_MONDE: f64 = 20_037_508.342_789_244;

/// How to read the coordinates of a file.
pub struct Repere {
    /// None when they are degrees already.
    vers_degres: Option<Projection>,
    vers_mercator: Projection,
    nom: String,
}

impl Repere {
    /// The one that a person gave, else the one that the file announces; `boite` is that of all its
    /// coordinates, and `fichier` names it.
    ///
    /// # Errors
    /// A sentence that asks for the system, when there is none, when PROJ does not know it, or when it is
    /// plainly not that of the coordinates.
    pub fn choisir(
        donne: Option<&str>,
        annonce: Option<&Systeme>,
        boite: Option<Rect>,
        fichier: &str,
    ) -> Result<Self> {
        let systeme = match (donne, annonce) {
            (Some(donne), _) => Systeme { definition: donne.to_owned(), nom: donne.to_owned() },
            (None, Some(annonce)) => annonce.clone(),
            (None, None) => return Err(demander(boite, fichier)),
        };
        let vers_degres = match systeme.definition.as_str() {
            WGS84 => None,
            definition => Some(Projection::nouvelle(definition, WGS84).map_err(|erreur| {
                tracing::debug!(%erreur, "système refusé par PROJ");
                Error::Donnees(format!(
                    "{fichier} : le système de coordonnées « {} » n'est pas connu. Donnez-le avec --systeme, \
                     ainsi : --systeme EPSG:2154.",
                    systeme.nom
                ))
            })?),
        };
        let repere = Self {
            vers_degres,
            vers_mercator: Projection::nouvelle(WGS84, MERCATOR)?,
            nom: systeme.nom,
        };
        if repere.vers_degres.is_none()
            && let Some(boite) = boite
            && !est_en_degres(boite)
            && let Some((code, nom)) = plan(boite)
        {
            return Err(Error::Donnees(format!(
                "{fichier} : le fichier annonce des degrés ({}), mais ses coordonnées (autour de {}) sont des \
                 mètres, comme en {nom}. Si c'est bien cela, recommencez avec --systeme {code}.",
                repere.nom,
                milieu(boite)
            )));
        }
        Ok(repere)
    }

    /// Degrees, as GeoJSON has them.
    ///
    /// # Errors
    /// When PROJ is not installed.
    pub fn degres() -> Result<Self> {
        let vers_mercator = Projection::nouvelle(WGS84, MERCATOR)?;
        Ok(Self { vers_degres: None, vers_mercator, nom: WGS84.to_owned() })
    }

    /// The surface in EPSG:3857, and what was changed to put it in France.
    ///
    /// # Errors
    /// A sentence when it is not there.
    pub fn placer(&self, lue: &MultiPolygon) -> Result<(MultiPolygon, Option<String>), String> {
        let mut degres = lue.clone();
        if let Some(projection) = &self.vers_degres {
            projection.contour(&mut degres, "la surface").map_err(|_| self.egaree(lue))?;
        }
        let mut dit = None;
        if hors_de_france(&degres).is_some() {
            let inverse = degres.map_coords(|Coord { x, y }| coord! { x: y, y: x });
            let en_degres = self.vers_degres.is_none();
            if !en_degres || hors_de_france(&inverse).is_some() {
                return Err(self.egaree(lue));
            }
            degres = inverse;
            dit = Some(
                "longitude et latitude étaient inversées : elles ont été remises en ordre".into(),
            );
        }
        self.vers_mercator.contour(&mut degres, "la surface").map_err(|_| self.egaree(lue))?;
        Ok((degres, dit))
    }

    /// Why a surface cannot be where it says.
    fn egaree(&self, lue: &MultiPolygon) -> String {
        let Some(boite) = lue.bounding_rect() else { return "La surface est vide.".into() };
        let (min, max) = (boite.min(), boite.max());
        if self.vers_degres.is_none() && !est_en_degres(boite) {
            return format!(
                "La surface sort du globe (autour de {}) : ses coordonnées ne sont pas des longitudes et \
                 latitudes en degrés ({WGS84}).",
                milieu(boite)
            );
        }
        format!(
            "La surface n'est pas en France (de {:.3} ; {:.3} à {:.3} ; {:.3} en {}) : vérifiez ses coordonnées, \
             et que ce système est bien le leur.",
            min.x, min.y, max.x, max.y, self.nom
        )
    }

    /// Longitude and latitude of a point of EPSG:3857.
    pub fn en_degres(point: Coord) -> Option<(f64, f64)> {
        let lon = point.x / DEMI_MONDE * 180.0;
        let lat = (point.y / DEMI_MONDE * std::f64::consts::PI).sinh().atan().to_degrees();
        (lon.is_finite() && lat.is_finite()).then_some((lon, lat))
    }
}

fn est_en_degres(boite: Rect) -> bool {
    boite.min().x >= -180.0
        && boite.max().x <= 180.0
        && boite.min().y >= -180.0
        && boite.max().y <= 180.0
}

/// The projected system that coordinates look like.
fn plan(boite: Rect) -> Option<(&'static str, &'static str)> {
    PLANS.into_iter().find_map(|(code, nom, [ouest, sud, est, nord])| {
        let dedans = boite.min().x >= ouest
            && boite.min().y >= sud
            && boite.max().x <= est
            && boite.max().y <= nord;
        dedans.then_some((code, nom))
    })
}

fn milieu(boite: Rect) -> String {
    let centre = boite.center();
    format!("{:.0} ; {:.0}", centre.x, centre.y)
}

fn demander(boite: Option<Rect>, fichier: &str) -> Error {
    let indice = match boite {
        Some(boite) if est_en_degres(boite) => {
            "Elles ressemblent à des degrés : si c'est bien cela, recommencez avec --systeme EPSG:4326.".to_owned()
        }
        Some(boite) => match plan(boite) {
            Some((code, nom)) => format!(
                "Ses coordonnées (autour de {}) ressemblent à celles de {nom} : si c'est bien cela, recommencez \
                 avec --systeme {code}.",
                milieu(boite)
            ),
            None => format!(
                "Ses coordonnées sont autour de {}. Demandez le système à l'auteur du fichier, et donnez-le ainsi : \
                 --systeme EPSG:3945.",
                milieu(boite)
            ),
        },
        None => "Donnez-le avec --systeme, par exemple --systeme EPSG:2154.".to_owned(),
    };
    Error::Donnees(format!(
        "{fichier} n'indique pas le système de ses coordonnées (un Shapefile le dit dans son fichier .prj). {indice}"
    ))
}
