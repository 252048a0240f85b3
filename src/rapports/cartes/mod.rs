//! Printed maps, drawn in vectors from plain values by code. They know nothing of the report that shows them.
//!
//! A [`Planche`] is drawn over a [`Fond`](crate::territoires::Fond) that is read once for many. Coordinates are rounded to a
//! tenth of a point: the same values give the same bytes, and no more of them than a print can show.

mod affiche;
mod etiquettes;
mod image;
mod legende;
mod noms;
mod planche;
mod pochoir;
mod trace;

pub use affiche::{affiche, hauteur};
pub use image::png;
pub use legende::{Case, Legende};
pub use planche::{Couche, Planche, Remplissage, Taille};
