//! Texts of a réseau as HTML: what they hold is escaped, and nothing else than their blocks is written.

use maud::{Markup, html};

use crate::rapports::textes::{Bloc, Segment};

/// Blocks whose headings come under one of level `dessous`.
pub fn blocs(blocs: &[Bloc], dessous: u8) -> Markup {
    html! { @for bloc in blocs { (un(bloc, dessous)) } }
}

fn un(bloc: &Bloc, dessous: u8) -> Markup {
    match bloc {
        Bloc::Titre { niveau, texte } => match niveau + dessous {
            ..=2 => html! { h2 { (segments(texte)) } },
            3 => html! { h3 { (segments(texte)) } },
            4 => html! { h4 { (segments(texte)) } },
            _ => html! { h5 { (segments(texte)) } },
        },
        Bloc::Paragraphe { texte } => html! { p { (segments(texte)) } },
        Bloc::Liste { numerotee: true, elements } => {
            html! { ol { @for element in elements { li { (blocs(element, dessous)) } } } }
        }
        Bloc::Liste { elements, .. } => {
            html! { ul { @for element in elements { li { (blocs(element, dessous)) } } } }
        }
    }
}

fn segments(texte: &[Segment]) -> Markup {
    html! { @for segment in texte { @match segment {
        Segment::Texte { texte } => (texte),
        Segment::Gras { texte } => strong { (segments(texte)) },
        Segment::Italique { texte } => em { (segments(texte)) },
        Segment::Lien { adresse, texte } => a href=(adresse) rel="nofollow" { (segments(texte)) },
        Segment::Saut => br;,
        Segment::Chiffre { cle, .. } => { "{" (cle) "}" },
    } } }
}
