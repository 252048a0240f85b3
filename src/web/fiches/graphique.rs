//! Counts by year as bars; the table beside says the same.

use maud::{Markup, html};

use super::ecriture::entier;
use crate::demandes::Annee;

const LARGEUR: i64 = 640;
const HAUTEUR: i64 = 170;
/// Where bars stand, and how high the highest is.
const SOL: i64 = 140;
const HAUT: i64 = 115;
/// Height of a bar whose count is not published.
const MASQUEE: i64 = 24;

/// The bars of some years, at least one.
pub fn barres(titre: &str, annees: &[Annee]) -> Markup {
    let pas = LARGEUR / i64::try_from(annees.len().max(6)).unwrap_or(LARGEUR);
    let barre = (pas * 6 / 10).max(2);
    let max = annees.iter().filter_map(|annee| annee.demandes).max().unwrap_or(0).max(1);
    html! {
        svg.barres viewBox={ "0 0 " (LARGEUR) " " (HAUTEUR) } role="img" aria-label=(titre) {
            defs { pattern id="masque" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                rect.masque-fond width="6" height="6" {} rect.masque-trait width="2" height="6" {}
            } }
            path.sol d={ "M0 " (SOL) "h" (LARGEUR) } {}
            @for (x, annee) in (0..).map(|rang| rang * pas + (pas - barre) / 2).zip(annees) {
                @let haut = annee.demandes.map_or(MASQUEE, |demandes| (demandes * HAUT / max).max(i64::from(demandes > 0)));
                @if annee.demandes.is_some() {
                    rect.barre x=(x) y=(SOL - haut) width=(barre) height=(haut) {}
                } @else {
                    rect.masquee x=(x) y=(SOL - haut) width=(barre) height=(haut) fill="url(#masque)" {}
                }
                text x=(x + barre / 2) y=(SOL - haut - 6) {
                    @match annee.demandes { Some(demandes) => (entier(demandes)), None => "non publié" }
                }
                text.annee x=(x + barre / 2) y=(SOL + 20) { (annee.annee) }
            }
        }
    }
}
