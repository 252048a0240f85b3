//! Boundaries and names as the base style of the web map draws them: its file is read, not copied.

use serde_json::Value;

use super::symbologie::{Largeur, largeur_selon_zoom};
use crate::error::{Error, Result};
use crate::web::style_du_fond;

/// The zoom of MapLibre is one less than that of QGIS at the same scale: its tiles are twice as wide.
const DECALAGE: f64 = 1.0;

/// Paper, sea, and how each maille is outlined and named.
#[derive(Debug, Clone)]
pub struct Fond {
    pub eau: String,
    pub terre: String,
    style: Value,
}

/// A boundary.
#[derive(Debug, Clone)]
pub struct Limite {
    pub couleur: String,
    pub largeur: Largeur,
    /// First zoom of QGIS that shows it, or -1.
    pub zoom_min: i64,
}

/// Names on the map.
#[derive(Debug, Clone)]
pub struct Noms {
    pub couleur: String,
    /// Width of the halo, in pixels of CSS.
    pub halo: f64,
    pub zoom_min: i64,
    pub zoom_max: i64,
    /// Whether they are there before anybody asks for them.
    pub montres: bool,
}

impl Fond {
    pub fn lire() -> Result<Self> {
        let fond = Self { eau: String::new(), terre: String::new(), style: style_du_fond()? };
        let couleur = |couche: &str, cle: &str| {
            fond.peinture(couche).and_then(|p| Some(p[cle].as_str()?.to_owned()))
        };
        let eau = couleur("fond", "background-color").ok_or_else(|| absente("fond"))?;
        let terre = couleur("terre", "fill-color").ok_or_else(|| absente("terre"))?;
        Ok(Self { eau, terre, ..fond })
    }

    /// The boundaries of a layer of tiles.
    pub fn limite(&self, couche: &str) -> Result<Limite> {
        let nom = format!("limites-{couche}");
        let lire = || {
            let peinture = self.peinture(&nom)?;
            Some(Limite {
                couleur: peinture["line-color"].as_str()?.to_owned(),
                largeur: largeur_selon_zoom(&paliers(&peinture["line-width"])?),
                zoom_min: self.zoom(&nom, "minzoom"),
            })
        };
        lire().ok_or_else(|| absente(&nom))
    }

    /// The names of a layer of tiles.
    pub fn noms(&self, couche: &str) -> Result<Noms> {
        let nom = format!("noms-{couche}");
        let lire = || {
            let peinture = self.peinture(&nom)?;
            Some(Noms {
                couleur: peinture["text-color"].as_str()?.to_owned(),
                halo: peinture["text-halo-width"].as_f64()?,
                zoom_min: self.zoom(&nom, "minzoom"),
                zoom_max: self.zoom(&nom, "maxzoom"),
                montres: self.couche(&nom)?["layout"]["visibility"] != "none",
            })
        };
        lire().ok_or_else(|| absente(&nom))
    }

    fn couche(&self, id: &str) -> Option<&Value> {
        self.style["layers"].as_array()?.iter().find(|couche| couche["id"] == id)
    }

    fn peinture(&self, id: &str) -> Option<&Value> {
        self.couche(id).map(|couche| &couche["paint"])
    }

    fn zoom(&self, id: &str, cle: &str) -> i64 {
        let zoom = self.couche(id).and_then(|couche| couche[cle].as_f64());
        #[expect(clippy::cast_possible_truncation, reason = "zooms are under 30")]
        zoom.map_or(-1, |zoom| (zoom + DECALAGE).round() as i64)
    }
}

/// The stops of `["interpolate", ["linear"], ["zoom"], zoom, value…]`.
fn paliers(expression: &Value) -> Option<Vec<(f64, f64)>> {
    let suite = expression.as_array()?.get(3..)?;
    suite
        .chunks_exact(2)
        .map(|paire| Some((paire[0].as_f64()? + DECALAGE, paire[1].as_f64()?)))
        .collect()
}

fn absente(couche: &str) -> Error {
    Error::Installation(format!(
        "La couche « {couche} » du fond de carte n'est pas celle que ce programme attend."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_maille_is_outlined_and_named_as_on_the_web_map() {
        let fond = Fond::lire().unwrap();
        for couche in ["communes", "epci", "departements", "regions"] {
            assert!(fond.limite(couche).unwrap().couleur.starts_with('#'), "{couche}");
            assert!(fond.noms(couche).unwrap().halo > 1.0, "{couche}");
        }
        let communes = fond.limite("communes").unwrap();
        assert_eq!(communes.zoom_min, 8);
        assert!(matches!(communes.largeur, Largeur::SelonZoom(e) if e.contains("<= 8 THEN 0.079")));
        assert!(fond.eau.starts_with('#') && fond.terre.starts_with('#'));
    }
}
