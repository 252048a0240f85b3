//! What the colours, the hatches and the circles of a map mean, with how many units have each.

use super::trace::{echapper, nombre};

/// The legend of a map.
#[derive(Debug, Clone, Default)]
pub struct Legende {
    /// What is shown, with its unit.
    pub titre: String,
    pub cases: Vec<Case>,
    /// How classes were made; what the circles count.
    pub notes: Vec<String>,
    /// Values of the nested circles, with the radius of each in points.
    pub cercles: Vec<(f64, f64)>,
    pub titre_des_cercles: Option<String>,
}

/// A line of it: a fill of the map, and its meaning.
#[derive(Debug, Clone)]
pub struct Case {
    pub fond: String,
    pub texte: String,
}

/// Size of its letters, points.
pub const CORPS: f64 = 7.4;

impl Legende {
    /// Drawn from a corner, in so many points of width.
    pub fn svg(&self, gauche: f64, haut: f64, largeur: f64) -> String {
        let mut svg = String::new();
        let mut y = haut + CORPS;
        let lignes = |svg: &mut String, texte: &str, x: f64, y: &mut f64, classe: &str| {
            for ligne in couper(texte, largeur - (x - gauche)) {
                svg.push_str(&format!(
                    "<text x=\"{}\" y=\"{}\" font-size=\"{CORPS}\" class=\"{classe}\">{}</text>",
                    nombre(x),
                    nombre(*y),
                    echapper(&ligne)
                ));
                *y += CORPS * 1.25;
            }
        };
        if !self.titre.is_empty() {
            lignes(&mut svg, &self.titre, gauche, &mut y, "titre");
            y += 3.0;
        }
        for case in &self.cases {
            svg.push_str(&format!(
                "<rect x=\"{}\" y=\"{}\" width=\"15\" height=\"9\" fill=\"{}\" stroke=\"#56606b\" stroke-width=\".4\"/>",
                nombre(gauche),
                nombre(y - CORPS + 0.2),
                case.fond
            ));
            lignes(&mut svg, &case.texte, gauche + 20.0, &mut y, "mot");
            y += 3.2;
        }
        if let Some((_, rayon)) = self.cercles.first() {
            y += 4.0;
            if let Some(titre) = &self.titre_des_cercles {
                lignes(&mut svg, titre, gauche, &mut y, "titre");
            }
            let bas = y + 2.0 * rayon;
            // Values of circles that are nearly the same stand under each other all the same.
            let mut ligne = f64::NEG_INFINITY;
            for (valeur, r) in &self.cercles {
                let (x, cy) = (gauche + rayon, bas - r);
                ligne = (cy - r + 2.5).max(ligne + CORPS);
                svg.push_str(&format!(
                    "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" class=\"vide\"/>\
                     <text x=\"{}\" y=\"{}\" font-size=\"{CORPS}\" class=\"mot\">{}</text>",
                    nombre(x),
                    nombre(cy),
                    nombre(*r),
                    nombre(gauche + 2.0 * rayon + 5.0),
                    nombre(ligne),
                    crate::web::fiches::nombre(*valeur, 0)
                ));
            }
            y = bas.max(ligne) + CORPS + 5.0;
        }
        for note in &self.notes {
            lignes(&mut svg, note, gauche, &mut y, "note");
            y += 2.0;
        }
        svg
    }
}

/// Words in lines of so many points at most, as wide as the face is on average.
pub fn couper(texte: &str, largeur: f64) -> Vec<String> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "some dozens of letters"
    )]
    let maximum = (largeur / (CORPS * 0.49)).max(8.0) as usize;
    let mut lignes: Vec<String> = Vec::new();
    for mot in texte.split(' ') {
        match lignes.last_mut() {
            Some(ligne) if ligne.chars().count() + 1 + mot.chars().count() <= maximum => {
                ligne.push(' ');
                ligne.push_str(mot);
            }
            _ => lignes.push(mot.to_owned()),
        }
    }
    lignes
}
