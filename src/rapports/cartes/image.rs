//! A printed map as an image, for slides.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use crate::error::{Error, Result};
use crate::web::polices_en_fichiers;

/// The faces that maps are lettered in.
static POLICES: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut polices = fontdb::Database::new();
    polices_en_fichiers().for_each(|octets| polices.load_font_data(octets));
    Arc::new(polices)
});

/// A drawing as a PNG of so many pixels of width, on white. Takes some tenths of a second: not for a thread that answers.
///
/// # Errors
/// When the drawing is not SVG, or is of no size.
pub fn png(svg: &str, largeur: u32) -> Result<Vec<u8>> {
    let refus = |cause: String| {
        Error::Donnees(format!("La carte ne peut pas devenir une image : {cause}."))
    };
    let options = Options { fontdb: Arc::clone(&POLICES), ..Options::default() };
    let arbre = Tree::from_str(svg, &options).map_err(|erreur| refus(erreur.to_string()))?;
    #[expect(clippy::cast_precision_loss, reason = "images have some thousands of pixels")]
    let fois = largeur as f32 / arbre.size().width();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as above")]
    let hauteur = (arbre.size().height() * fois).ceil() as u32;
    let mut image = Pixmap::new(largeur, hauteur).ok_or_else(|| refus("elle est vide".into()))?;
    image.fill(resvg::tiny_skia::Color::WHITE);
    resvg::render(&arbre, Transform::from_scale(fois, fois), &mut image.as_mut());
    image.encode_png().map_err(|erreur| refus(erreur.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_becomes_an_image_of_the_width_asked_for() {
        let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="5"><rect width="10" height="5" fill="#f00"/></svg>"##;
        let octets = png(svg, 40).unwrap();
        assert!(octets.starts_with(b"\x89PNG"));
        assert_eq!(octets[16..24], [0, 0, 0, 40, 0, 0, 0, 20]);
        assert!(png("<p>", 40).unwrap_err().to_string().contains("image"));
    }
}
