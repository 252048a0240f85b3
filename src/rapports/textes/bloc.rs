//! A text as a tree: what the document and the page both know how to show.

use serde::{Deserialize, Serialize};

use super::chiffre;
use crate::rapports::donnees::Rapport;

/// Something that stands alone on its lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "genre", rename_all = "snake_case")]
pub enum Bloc {
    /// `niveau` is 1, 2 or 3, and never skips one.
    Titre {
        niveau: u8,
        texte: Vec<Segment>,
    },
    Paragraphe {
        texte: Vec<Segment>,
    },
    Liste {
        numerotee: bool,
        elements: Vec<Vec<Bloc>>,
    },
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "genre", rename_all = "snake_case")]
pub enum Segment {
    Texte {
        texte: String,
    },
    Gras {
        texte: Vec<Segment>,
    },
    Italique {
        texte: Vec<Segment>,
    },
    /// To an address that begins with `https://`, `http://` or `mailto:`.
    Lien {
        adresse: String,
        texte: Vec<Segment>,
    },
    Saut,
    /// A figure of the report: none is left once the text is filled.
    Chiffre {
        cle: String,
        champ: Option<String>,
    },
}

impl Segment {
    pub fn texte(texte: impl Into<String>) -> Self {
        Self::Texte { texte: texte.into() }
    }

    fn remplir(&mut self, rapport: &Rapport) {
        match self {
            Self::Texte { .. } | Self::Saut => {}
            Self::Gras { texte } | Self::Italique { texte } | Self::Lien { texte, .. } => {
                texte.iter_mut().for_each(|segment| segment.remplir(rapport));
            }
            Self::Chiffre { cle, champ } => {
                *self = Self::texte(chiffre::dire(cle, champ.as_deref(), rapport));
            }
        }
    }
}

impl Bloc {
    /// Puts the figures of a report in the place of their keys.
    pub fn remplir(&mut self, rapport: &Rapport) {
        match self {
            Self::Titre { texte, .. } | Self::Paragraphe { texte } => {
                texte.iter_mut().for_each(|segment| segment.remplir(rapport));
            }
            Self::Liste { elements, .. } => {
                elements.iter_mut().flatten().for_each(|bloc| bloc.remplir(rapport));
            }
        }
    }
}
