//! The annual report: how the work of a réseau was shared, as a document that a president can sign, an analyst can check
//! and a printer can print.
//!
//! What it says is read once, as data ([`donnees`]); what people write around the figures are files of the réseau
//! ([`textes`]); maps are drawn in vectors ([`planches`], by [`cartes`]); Typst lays all of it out ([`document`]), a page of the site says
//! the same ([`page`]), and the figures leave as files with the query of each ([`annexes`]). A report that is published is
//! kept whole ([`publication`]); one that is asked for is made in the background ([`travaux`]).
//!
//! The same data and the same date give the same document, byte for byte: nothing here reads the clock.

pub mod annexes;
pub mod cartes;
pub mod document;
pub mod donnees;
pub mod page;
pub mod planches;
pub mod publication;
pub mod textes;
pub mod travaux;

use crate::http::Routes;

pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
{
    Routes::nouvelles()
}
