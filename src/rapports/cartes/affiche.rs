//! A map alone, for a slide: what the document says around it, in the picture.

use super::legende::{CORPS, couper};
use super::trace::{echapper, nombre};

/// Size of the letters of its title, points.
const TITRE: f64 = 12.0;
/// Around the drawing, points.
const MARGE: f64 = 8.0;

/// A drawing under its title, and between sentences: above, what it is part of; below, where it comes from. As it is when its
/// size cannot be read.
pub fn affiche(svg: &str, titre: &str, dessus: &str, dessous: Option<&str>) -> String {
    let Some((largeur, hauteur, dessin)) = ouvrir(svg) else { return svg.to_owned() };
    let mut textes = String::new();
    let mut y = MARGE;
    let mut ecrire = |texte: &str, corps: f64, style: &str, y: &mut f64| {
        for ligne in couper(texte, largeur * CORPS / corps) {
            *y += corps * 1.25;
            textes.push_str(&format!(
                "<text x=\"{MARGE}\" y=\"{}\" font-size=\"{corps}\" {style}>{}</text>",
                nombre(*y),
                echapper(&ligne)
            ));
        }
    };
    ecrire(titre, TITRE, "fill=\"#1c2024\" font-weight=\"600\"", &mut y);
    ecrire(dessus, CORPS, "fill=\"#56606b\"", &mut y);
    y += MARGE;
    let haut = y;
    y += hauteur;
    if let Some(dessous) = dessous {
        ecrire(dessous, CORPS, "fill=\"#56606b\"", &mut y);
    }
    y += MARGE;
    let en_tout = largeur + 2.0 * MARGE;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}pt\" height=\"{1}pt\" viewBox=\"0 0 {0} {1}\">\
         <style>text{{font-family:'Source Sans 3'}}</style><rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>{textes}\
         <svg x=\"{MARGE}\" y=\"{2}\" width=\"{3}\" height=\"{4}\" viewBox=\"0 0 {3} {4}\">{dessin}</svg>",
        nombre(en_tout),
        nombre(y),
        nombre(haut),
        nombre(largeur),
        nombre(hauteur)
    )
}

/// Height of a drawing, points.
pub fn hauteur(svg: &str) -> Option<f64> {
    ouvrir(svg).map(|(_, hauteur, _)| hauteur)
}

/// Width, height, and what is inside, its closing tag included.
fn ouvrir(svg: &str) -> Option<(f64, f64, &str)> {
    let (balise, dessin) = svg.split_once('>')?;
    let taille = balise.split_once("viewBox=\"0 0 ")?.1.split_once('"')?.0;
    let (largeur, hauteur) = taille.split_once(' ')?;
    Some((largeur.parse().ok()?, hauteur.parse().ok()?, dessin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_alone_has_its_title_and_keeps_its_drawing() {
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="40pt" height="20pt" viewBox="0 0 40 20"><path d="m0 0"/></svg>"#;
        let seule = affiche(svg, "Eau & forêts", "Réseau, bilan 2018", Some("Source : Insee."));
        let arbre = resvg::usvg::Tree::from_str(&seule, &resvg::usvg::Options::default()).unwrap();
        // In pixels, of which a point has four thirds.
        assert_eq!(arbre.size().width().round(), 75.0);
        assert!(arbre.size().height() > 27.0);
        assert!(seule.contains("Eau &amp;<") && seule.contains(r#"<path d="m0 0"/></svg></svg>"#));
        assert_eq!(affiche("<p>", "Titre", "", None), "<p>");
    }
}
