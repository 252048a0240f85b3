//! Symbols: the colours, the hatch, the dots and the circles of the web map, in QGIS's terms.

use super::noeud::{Noeud, couleur, option, options, proprietes};
use crate::web::{Cercles, Motifs, Palette};

/// A pixel of CSS on paper, in millimetres.
const PIXEL: f64 = 25.4 / 96.0;

/// What symbols are drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forme {
    Point,
    Ligne,
    Surface,
}

impl Forme {
    fn nom(self) -> &'static str {
        match self {
            Self::Point => "marker",
            Self::Ligne => "line",
            Self::Surface => "fill",
        }
    }

    /// As QGIS counts kinds of geometry.
    pub fn rang(self) -> u8 {
        match self {
            Self::Point => 0,
            Self::Ligne => 1,
            Self::Surface => 2,
        }
    }
}

/// Millimetres of so many pixels of CSS, short enough for the same bytes everywhere.
pub fn millimetres(pixels: f64) -> String {
    format!("{:.3}", pixels * PIXEL)
}

/// A symbol under the name by which renderers refer to it.
pub fn symbole(nom: &str, forme: Forme, couches: impl IntoIterator<Item = Noeud>) -> Noeud {
    Noeud::nouveau("symbol")
        .fixe([("force_rhr", "0"), ("alpha", "1"), ("clip_to_extent", "1")])
        .avec("type", forme.nom())
        .avec("name", nom)
        .tient(couches)
}

/// A layer of a symbol. `calculees` are worked out for each feature.
fn couche(classe: &str, reglages: &[(&str, String)], calculees: &[(&str, String)]) -> Noeud {
    let valeurs = reglages.iter().map(|(nom, valeur)| option(nom, "QString", valeur));
    Noeud::nouveau("layer")
        .avec("class", classe)
        .fixe([("locked", "0"), ("pass", "0"), ("enabled", "1")])
        .tient([options(None, valeurs), proprietes("data_defined_properties", calculees)])
}

/// A plain surface. Without outline: neighbours share theirs.
pub fn aplat(hexa: &str, opacite: f64) -> Noeud {
    let reglages = [
        ("color", couleur(hexa, opacite)),
        ("outline_style", "no".to_owned()),
        ("style", "solid".to_owned()),
    ];
    couche("SimpleFill", &reglages, &[])
}

/// An outline, as wide as an expression says, in millimetres, or always alike.
pub fn contour(hexa: &str, largeur: &Largeur, tirets: &str) -> Noeud {
    let (fixe, calculee) = match largeur {
        Largeur::Fixe(pixels) => (millimetres(*pixels), Vec::new()),
        Largeur::SelonZoom(expression) => {
            (millimetres(1.0), vec![("outlineWidth", expression.clone())])
        }
    };
    let reglages = [
        ("line_color", couleur(hexa, 1.0)),
        ("line_style", tirets.to_owned()),
        ("line_width", fixe),
        ("line_width_unit", "MM".to_owned()),
        ("joinstyle", "round".to_owned()),
        ("capstyle", "round".to_owned()),
    ];
    couche("SimpleLine", &reglages, &calculee)
}

/// How wide a line is.
#[derive(Debug, Clone, PartialEq)]
pub enum Largeur {
    /// In pixels of CSS.
    Fixe(f64),
    /// By an expression, in millimetres.
    SelonZoom(String),
}

/// The hatch of « personne »: one line a tile of the pattern.
pub fn hachures(motifs: &Motifs) -> Noeud {
    let pas = motifs.cote / motifs.densite / std::f64::consts::SQRT_2;
    let ligne = contour(&motifs.encre, &Largeur::Fixe(motifs.largeur / motifs.densite), "solid");
    let reglages = [
        ("angle", "45".to_owned()),
        ("color", couleur(&motifs.encre, 1.0)),
        ("distance", millimetres(pas)),
        ("distance_unit", "MM".to_owned()),
        ("line_width", millimetres(motifs.largeur / motifs.densite)),
        ("line_width_unit", "MM".to_owned()),
    ];
    couche("LinePatternFill", &reglages, &[]).tient([symbole("@0@1", Forme::Ligne, [ligne])])
}

/// The dots of « non renseigné »: two a tile of the pattern, one lower than the other.
pub fn points(motifs: &Motifs) -> Noeud {
    let cote = motifs.cote / motifs.densite;
    let point = pastille(&motifs.gris, 2.0 * motifs.point / motifs.densite);
    let reglages = [
        ("distance_x", millimetres(cote)),
        ("distance_x_unit", "MM".to_owned()),
        ("distance_y", millimetres(cote / 2.0)),
        ("distance_y_unit", "MM".to_owned()),
        ("displacement_x", millimetres(cote / 2.0)),
        ("displacement_x_unit", "MM".to_owned()),
    ];
    couche("PointPatternFill", &reglages, &[]).tient([symbole("@0@1", Forme::Point, [point])])
}

/// A small disc without outline, so many pixels wide.
pub fn pastille(hexa: &str, diametre: f64) -> Noeud {
    let reglages = [
        ("name", "circle".to_owned()),
        ("color", couleur(hexa, 1.0)),
        ("outline_style", "no".to_owned()),
        ("size", millimetres(diametre)),
        ("size_unit", "MM".to_owned()),
    ];
    couche("SimpleMarker", &reglages, &[])
}

/// A circle whose area is proportional to a field, growing with the zoom as on the web map. Without the field, whose
/// count is then masked, a small disc.
pub fn cercle(palette: &Palette, champ: &str) -> Noeud {
    let reglages = [
        ("name", "circle".to_owned()),
        ("color", couleur(&palette.cercle.plus, 0.78)),
        ("outline_color", couleur("#ffffff", 1.0)),
        ("outline_width", millimetres(1.0)),
        ("outline_width_unit", "MM".to_owned()),
        ("scale_method", "diameter".to_owned()),
        ("size_unit", "MM".to_owned()),
    ];
    couche("SimpleMarker", &reglages, &[("size", diametre(&palette.cercles, champ))])
}

fn diametre(cercles: &Cercles, champ: &str) -> String {
    let diametre = millimetres(2.0 * cercles.commune);
    // The zooms of the page are one less than those of QGIS at the same scale.
    let paliers: Vec<(f64, f64)> =
        cercles.croissance.iter().map(|(zoom, facteur)| (zoom + 1.0, *facteur)).collect();
    let croissance = selon_zoom(&paliers, 1.0);
    format!("{diametre} * sqrt(coalesce(\"{champ}\", 0.2)) * ({croissance})")
}

/// What grows along a broken line by zoom, multiplied; the zoom is that of the scale.
pub fn selon_zoom(paliers: &[(f64, f64)], facteur: f64) -> String {
    const ZOOM: &str = "@vector_tile_zoom";
    let valeur = |valeur: f64| format!("{:.3}", valeur * facteur);
    let (Some(premier), Some(dernier)) = (paliers.first(), paliers.last()) else {
        return valeur(1.0);
    };
    let mut cas = format!("CASE WHEN {ZOOM} <= {} THEN {}", premier.0, valeur(premier.1));
    for paire in paliers.windows(2) {
        let [(z0, v0), (z1, v1)] = [paire[0], paire[1]];
        cas += &format!(
            " WHEN {ZOOM} <= {z1} THEN scale_linear({ZOOM}, {z0}, {z1}, {}, {})",
            valeur(v0),
            valeur(v1)
        );
    }
    format!("{cas} ELSE {} END", valeur(dernier.1))
}

/// The same, of pixels to millimetres.
pub fn largeur_selon_zoom(paliers: &[(f64, f64)]) -> Largeur {
    Largeur::SelonZoom(selon_zoom(paliers, PIXEL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_follows_the_broken_line_of_the_style() {
        assert_eq!(
            selon_zoom(&[(7.0, 0.5), (9.0, 1.0)], 2.0),
            "CASE WHEN @vector_tile_zoom <= 7 THEN 1.000 WHEN @vector_tile_zoom <= 9 THEN \
             scale_linear(@vector_tile_zoom, 7, 9, 1.000, 2.000) ELSE 2.000 END"
        );
    }
}
