//! The colours and figures of data on maps, as the page has them: one file for the page and for what else draws.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{Error, Result};

/// What `palette.json` holds of use outside of the page. Colours are `#rrggbb`.
#[derive(Debug, Clone, Deserialize)]
pub struct Palette {
    sequences: BTreeMap<usize, Vec<String>>,
    /// For kinds that have no order, at most seven at once.
    pub categories: Vec<String>,
    pub cercle: Cercle,
    pub cercles: Cercles,
    pub motifs: Motifs,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Cercle {
    pub plus: String,
}

/// Circles whose area is proportional to a count.
#[derive(Debug, Clone, Deserialize)]
pub struct Cercles {
    /// Zooms, and by how much circles are multiplied there; one at zoom 8.
    pub croissance: Vec<(f64, f64)>,
    /// Radius for a count of one, in CSS pixels at zoom 8.
    pub commune: f64,
}

/// What is drawn where there is no value. Sizes are pixels of a dense screen, `densite` for one of CSS.
#[derive(Debug, Clone, Deserialize)]
pub struct Motifs {
    /// Side of a tile of the pattern.
    pub cote: f64,
    pub densite: f64,
    /// Width of the hatch.
    #[serde(rename = "trait")]
    pub largeur: f64,
    /// Radius of a dot.
    pub point: f64,
    pub encre: String,
    pub gris: String,
    pub clair: String,
}

impl Palette {
    pub fn lire() -> Result<Self> {
        lire("palette.json", include_str!("page/palette.json"))
    }

    /// From light to dark, one colour for each class. Empty beyond five classes.
    pub fn sequence(&self, classes: usize) -> &[String] {
        self.sequences.get(&classes).map_or(&[], Vec::as_slice)
    }
}

/// The base style of the map, as its file has it.
pub fn style_du_fond() -> Result<serde_json::Value> {
    lire("carte.json", include_str!("../../styles/carte.json"))
}

fn lire<T: serde::de::DeserializeOwned>(nom: &str, texte: &str) -> Result<T> {
    serde_json::from_str(texte).map_err(|erreur| {
        Error::Installation(format!("Le fichier {nom} de ce programme ne se lit pas : {erreur}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_of_classes_up_to_five_has_as_many_colours() {
        let palette = Palette::lire().unwrap();
        for classes in 1..=5 {
            assert_eq!(palette.sequence(classes).len(), classes);
        }
        assert!(palette.sequence(6).is_empty());
    }
}
