//! Names on the map: labels of vector tiles.

use super::fond::Noms;
use super::noeud::{Noeud, couleur};
use super::symbologie::millimetres;

/// A name that every machine takes for one of its own fonts.
pub const POLICE: &str = "Sans Serif";

/// The labels of one layer of points of the tiles, in points of typography.
pub fn etiquettes(couche: &str, noms: &Noms, corps: f64, gras: bool) -> Noeud {
    let texte = Noeud::nouveau("text-style")
        .avec("fieldName", "nom")
        .avec("textColor", couleur(&noms.couleur, 1.0))
        .avec("fontSize", corps)
        .avec("fontWeight", if gras { 63 } else { 50 })
        .fixe([
            ("fontFamily", POLICE),
            ("fontSizeUnit", "Point"),
            ("textOpacity", "1"),
            ("isExpression", "0"),
            ("multilineHeight", "1"),
            ("fontKerning", "1"),
        ])
        .tient([Noeud::nouveau("text-buffer")
            .avec("bufferDraw", 1)
            .avec("bufferSize", millimetres(noms.halo))
            .fixe([
                ("bufferSizeUnits", "MM"),
                ("bufferColor", "255,255,255,255"),
                ("bufferOpacity", "0.92"),
                ("bufferNoFill", "1"),
                ("bufferJoinStyle", "128"),
            ])]);
    let reglages = Noeud::nouveau("settings").avec("calloutType", "simple").tient([
        texte,
        Noeud::nouveau("text-format").fixe([
            ("wrapChar", ""),
            ("autoWrapLength", "16"),
            ("useMaxLineLengthForAutoWrap", "1"),
            ("multilineAlign", "1"),
        ]),
        // Over the point, which is where the label is best.
        Noeud::nouveau("placement").fixe([
            ("placement", "1"),
            ("quadOffset", "4"),
            ("offsetType", "0"),
            ("xOffset", "0"),
            ("yOffset", "0"),
            ("dist", "0"),
            ("priority", "5"),
            ("layerType", "UnknownGeometry"),
        ]),
        Noeud::nouveau("rendering").fixe([
            ("drawLabels", "1"),
            ("displayAll", "0"),
            ("obstacle", "0"),
            ("maxNumLabels", "2000"),
            ("limitNumLabels", "0"),
        ]),
    ]);
    let style = Noeud::nouveau("style")
        .avec("name", "Noms")
        .avec("layer", couche)
        .avec("geometry", 0)
        .avec("min-zoom", noms.zoom_min)
        .avec("max-zoom", noms.zoom_max)
        .avec("expression", "")
        .avec("enabled", u8::from(noms.montres))
        .tient([reglages]);
    Noeud::nouveau("labeling")
        .avec("type", "basic")
        .tient([Noeud::nouveau("styles").tient([style])])
}
