//! A map: its ground, what is shown on it, its legend, its scale, its north and its sources.

use std::collections::BTreeMap;
use std::fmt::Write;

use geo::{Rect, coord};

use super::legende::{Legende, couper};
use super::trace::{Plan, echapper, nombre};
use crate::territoires::{Fond, Forme, Maille};

/// What is drawn over the ground.
#[derive(Debug, Clone)]
pub struct Planche<'a> {
    pub fond: &'a Fond,
    /// Shapes of one maille, filled by code.
    pub aplats: Couche,
    /// Counts by code of commune, as circles whose area is proportional; `rayon` is that of one.
    pub cercles: BTreeMap<String, f64>,
    pub rayon: f64,
    pub legende: Legende,
    /// Codes of the départements that are not around the map but its own.
    pub chez_soi: Vec<String>,
    /// Most names of communes; none are written at 0.
    pub noms: usize,
    /// Names of EPCI, shortened, by code.
    pub noms_des_epci: BTreeMap<String, String>,
    /// Sources, millésime, projection.
    pub pied: String,
    pub taille: Taille,
    /// Of circles, zones and the outline: that of the réseau.
    pub accent: String,
}

/// How a maille is filled.
#[derive(Debug, Clone)]
pub struct Couche {
    pub maille: Maille,
    pub par_code: BTreeMap<String, Remplissage>,
}

/// A colour «#rrggbb», or a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remplissage {
    Couleur(String),
    /// Where nobody helps, or nothing was asked: the thing to see.
    Hachures,
    /// Where some of it is missing, and where little is.
    HachuresLarges,
    HachuresRares,
    /// Where the zones of a partner are, under its circles: told from the neighbours on a black-and-white copy too.
    Zone,
    /// What is not known.
    Points,
}

impl Remplissage {
    /// As an attribute of SVG.
    pub fn svg(&self) -> String {
        match self {
            Self::Couleur(couleur) => couleur.clone(),
            Self::Hachures => "url(#h)".to_owned(),
            Self::HachuresLarges => "url(#hl)".to_owned(),
            Self::HachuresRares => "url(#hr)".to_owned(),
            Self::Zone => "url(#z)".to_owned(),
            Self::Points => "url(#p)".to_owned(),
        }
    }
}

/// Where a map is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taille {
    /// Most of a page.
    Pleine,
    /// Above a page's figures.
    Moyenne,
    /// One of several, without names nor scale of its own.
    Petite,
}

impl Taille {
    /// Width and most height, points.
    fn points(self) -> (f64, f64) {
        match self {
            Self::Pleine => (482.0, 500.0),
            Self::Moyenne => (482.0, 290.0),
            Self::Petite => (232.0, 158.0),
        }
    }
}

/// Room for the scale and the sources, points.
const PIED: f64 = 26.0;
/// Width of a legend at the side.
const COTE: f64 = 128.0;
const COTE_PETITE: f64 = 70.0;
/// As the fonts of the page: the document and the images have it.
const STYLE: &str = "text{font-family:'Source Sans 3'}.nom{fill:#1c2024}.epci{fill:#1c2024;font-weight:600}\
    .loin{fill:#7a838c}.halo{fill:#fff;stroke:#fff;stroke-width:2.2;stroke-linejoin:round}\
    .titre{fill:#1c2024;font-weight:600}.mot{fill:#1c2024}.note,.pied{fill:#56606b}\
    .vide{fill:none;stroke:#1c2024;stroke-width:.6}";

impl Planche<'_> {
    /// The map as a document of SVG; the same map has the same bytes.
    pub fn svg(&self) -> String {
        let (largeur, maximum) = self.taille.points();
        let petite = self.taille == Taille::Petite;
        let cote = if petite { COTE_PETITE } else { COTE };
        let pied = if petite { 0.0 } else { PIED };
        let cadre = self.fond.cadre;
        let marge = cadre.width().max(cadre.height()) * 0.04;
        let debord = coord! { x: marge, y: marge };
        let cadre = Rect::new(cadre.min() - debord, cadre.max() + debord);
        let dessin = largeur - cote;
        let haut_dessin =
            (dessin * cadre.height() / cadre.width()).clamp(maximum * 0.55, maximum - pied);
        let hauteur = haut_dessin + pied;
        let plan = Plan::nouveau(cadre, (0.0, 0.0), (dessin, haut_dessin));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{largeur}pt\" height=\"{0}pt\" viewBox=\"0 0 {largeur} {0}\">\
             <style>{STYLE}</style><defs><clipPath id=\"c\"><rect width=\"{1}\" height=\"{2}\"/></clipPath>{3}</defs>",
            nombre(hauteur),
            nombre(dessin),
            nombre(haut_dessin),
            MOTIFS
        );
        let _ = write!(
            svg,
            "<g clip-path=\"url(#c)\"><rect width=\"{}\" height=\"{}\" fill=\"#e9edf0\"/>",
            nombre(dessin),
            nombre(haut_dessin)
        );
        // Larger units go beyond the réseau: what surrounds it covers what is not its own.
        if self.aplats.maille == Maille::Commune {
            self.voisins(&plan, &mut svg);
            self.sol(&plan, &mut svg);
            self.aplats(&plan, &mut svg);
        } else {
            self.sol(&plan, &mut svg);
            self.aplats(&plan, &mut svg);
            self.voisins(&plan, &mut svg);
        }
        self.limites(&plan, &mut svg);
        self.cercles(&plan, &mut svg);
        svg.push_str("</g>");
        let _ = write!(
            svg,
            "<rect x=\".3\" y=\".3\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#c9cfd6\" stroke-width=\".6\"/>",
            nombre(dessin - 0.6),
            nombre(haut_dessin - 0.6)
        );
        svg.push_str(&self.legende.svg(dessin + 8.0, 2.0, cote - 8.0));
        if !petite {
            svg.push_str(&self.noms(&plan, (dessin, haut_dessin)));
            nord(&mut svg, dessin - 14.0, 8.0);
            echelle(&mut svg, plan.echelle, haut_dessin + 9.0);
            let mut y = haut_dessin + 8.0;
            for ligne in couper(&self.pied, largeur - 120.0).iter().take(3) {
                let _ = write!(
                    svg,
                    "<text x=\"{}\" y=\"{}\" font-size=\"6.6\" text-anchor=\"end\" class=\"pied\">{}</text>",
                    nombre(largeur),
                    nombre(y),
                    echapper(ligne)
                );
                y += 8.2;
            }
        }
        svg.push_str("</svg>");
        svg
    }

    /// The départements that surround the réseau, in grey.
    fn voisins(&self, plan: &Plan, svg: &mut String) {
        let autres = self.fond.de(Maille::Departement);
        for departement in autres.filter(|autre| !self.chez_soi.contains(&autre.code)) {
            let _ = write!(
                svg,
                "<path d=\"{}\" fill=\"#dfe3e7\" stroke=\"#b4bcc4\" stroke-width=\".8\"/>",
                plan.chemin(&departement.contour)
            );
        }
    }

    /// What the département has around the communes of the map: land of its own, not the sea.
    fn sol(&self, plan: &Plan, svg: &mut String) {
        for forme in self.siens() {
            let _ = write!(svg, "<path d=\"{}\" fill=\"#f8f8f6\"/>", plan.chemin(&forme.contour));
        }
    }

    fn aplats(&self, plan: &Plan, svg: &mut String) {
        // Paper under what has no value, so that the réseau stands out of its neighbours.
        svg.push_str("<g stroke=\"#8f99a3\" stroke-width=\".25\" stroke-linejoin=\"round\" fill=\"#ffffff\">");
        let siennes = self.fond.de(Maille::Commune);
        for forme in siennes {
            let fond = match self.aplats.maille {
                Maille::Commune => self.aplats.par_code.get(&forme.code),
                _ => None,
            };
            let rempli = fond.map(|fond| format!(" fill=\"{}\"", fond.svg())).unwrap_or_default();
            let _ = write!(svg, "<path d=\"{}\"{rempli}/>", plan.chemin(&forme.contour));
        }
        if self.aplats.maille != Maille::Commune {
            for forme in self.fond.de(self.aplats.maille) {
                if let Some(fond) = self.aplats.par_code.get(&forme.code) {
                    let chemin = plan.chemin(&forme.contour);
                    let _ = write!(svg, "<path d=\"{chemin}\" fill=\"{}\"/>", fond.svg());
                }
            }
        }
        svg.push_str("</g>");
    }

    fn limites(&self, plan: &Plan, svg: &mut String) {
        svg.push_str("<g fill=\"none\" stroke-linejoin=\"round\" stroke=\"#1c2024\">");
        if self.taille != Taille::Petite {
            let les_siens = |epci: &&Forme| self.noms_des_epci.contains_key(&epci.code);
            for epci in self.fond.de(Maille::Epci).filter(les_siens) {
                let chemin = plan.chemin(&epci.contour);
                let _ =
                    write!(svg, "<path d=\"{chemin}\" stroke=\"#48515b\" stroke-width=\".5\"/>");
            }
        }
        for forme in self.siens() {
            let chemin = plan.chemin(&forme.contour);
            let _ = write!(svg, "<path d=\"{chemin}\" stroke-width=\"1.1\"/>");
        }
        svg.push_str("</g>");
    }

    /// Départements of the réseau.
    pub(super) fn siens(&self) -> impl Iterator<Item = &Forme> {
        self.fond.de(Maille::Departement).filter(|forme| self.chez_soi.contains(&forme.code))
    }

    /// The largest first, so that small ones stay in sight.
    fn cercles(&self, plan: &Plan, svg: &mut String) {
        let mut ronds: Vec<_> = self
            .fond
            .de(Maille::Commune)
            .filter_map(|forme| {
                let valeur = self.cercles.get(&forme.code).filter(|valeur| **valeur > 0.0)?;
                Some((forme.point?, *valeur, &forme.code))
            })
            .collect();
        ronds.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.2.cmp(b.2)));
        let _ = write!(
            svg,
            "<g fill=\"{}\" fill-opacity=\".78\" stroke=\"#ffffff\" stroke-width=\".5\">",
            self.accent
        );
        for (lieu, valeur, _) in ronds {
            let (x, y) = plan.point(lieu);
            let rayon = nombre(self.rayon * valeur.sqrt());
            let _ =
                write!(svg, "<circle cx=\"{}\" cy=\"{}\" r=\"{rayon}\"/>", nombre(x), nombre(y));
        }
        svg.push_str("</g>");
    }
}

/// Hatches and dots that a black-and-white copy keeps.
const MOTIFS: &str = "<pattern id=\"h\" width=\"3.6\" height=\"3.6\" patternUnits=\"userSpaceOnUse\" \
    patternTransform=\"rotate(45)\"><rect width=\"3.6\" height=\"3.6\" fill=\"#fff\"/>\
    <rect width=\".8\" height=\"3.6\" fill=\"#3a3732\"/></pattern>\
    <pattern id=\"hl\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
    <rect width=\"6\" height=\"6\" fill=\"#f0dcb4\"/><rect width=\".8\" height=\"6\" fill=\"#5f5033\"/></pattern>\
    <pattern id=\"hr\" width=\"9\" height=\"9\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
    <rect width=\"9\" height=\"9\" fill=\"#faf1dd\"/><rect width=\".6\" height=\"9\" fill=\"#8a774f\"/></pattern>\
    <pattern id=\"z\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(-45)\">\
    <rect width=\"5\" height=\"5\" fill=\"#e1eef5\"/><rect width=\".7\" height=\"5\" fill=\"#6f9db8\"/></pattern>\
    <pattern id=\"p\" width=\"3\" height=\"3\" patternUnits=\"userSpaceOnUse\">\
    <rect width=\"3\" height=\"3\" fill=\"#fff\"/><circle cx=\"1.5\" cy=\"1.5\" r=\".6\" fill=\"#8d897f\"/></pattern>";

fn nord(svg: &mut String, x: f64, y: f64) {
    let _ = write!(
        svg,
        "<path d=\"M{0} {1}l4 12 -4 -3 -4 3z\" fill=\"#1c2024\"/>\
         <text x=\"{0}\" y=\"{2}\" font-size=\"7\" text-anchor=\"middle\" class=\"titre\">N</text>",
        nombre(x),
        nombre(y),
        nombre(y + 20.0)
    );
}

/// A bar of a round number of kilometres, a sixth of the map at most.
fn echelle(svg: &mut String, points_par_metre: f64, y: f64) {
    let ronds = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];
    let longueur = |kilometres: f64| kilometres * 1000.0 * points_par_metre;
    let kilometres = ronds.iter().copied().rfind(|km| longueur(*km) <= 80.0).unwrap_or(ronds[0]);
    let droite = longueur(kilometres);
    let _ = write!(
        svg,
        "<path d=\"M0 {0}v-3h{1}v3\" transform=\"translate(.5 0)\" fill=\"none\" stroke=\"#1c2024\" stroke-width=\".8\"/>\
         <text x=\"{2}\" y=\"{0}\" font-size=\"7\" class=\"mot\">{kilometres} km</text>",
        nombre(y),
        nombre(droite),
        nombre(droite + 5.0)
    );
}
