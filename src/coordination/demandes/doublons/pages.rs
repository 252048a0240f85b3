//! Demandes that two partners may have noted each, side by side, for the coordinator to tell apart.

use maud::{Markup, html};

use crate::coordination::demandes::cadre::Espace;
use crate::coordination::demandes::etats::nommer;
use crate::coordination::pages::jour;
use crate::demandes::doublons::{Cote, Paire};

/// The pairs that wait, the first of them shown.
pub fn page(espace: &Espace, total: usize, paires: &[Paire], avis: Markup) -> String {
    let chemin = format!("{}/doublons", espace.chemin());
    espace.page(
        "/doublons",
        "Doublons possibles",
        html! {
            (avis)
            @if paires.is_empty() {
                p { "Aucun doublon possible à départager." }
            } @else {
                p {
                    "Paires à départager : " (total) ". Deux partenaires ont noté, à moins de deux mois d'écart, une demande du même \
                     bénéficiaire sur un même thème : est-ce la même ?"
                }
                @for paire in paires {
                    section.paire aria-label={ "Paire : " (paire.nom) ", " (paire.themes.join(", ")) } {
                        h2 { (paire.nom) span.discret { " — " (paire.themes.join(", ")) } }
                        div.cotes { (cote(espace, &paire.premiere.0)) (cote(espace, &paire.seconde.0)) }
                        form.cote method="post" action=(chemin) {
                            input type="hidden" name="une" value=(paire.premiere.0.id);
                            input type="hidden" name="autre" value=(paire.seconde.0.id);
                            button name="decision" value="fusion" { "C'est la même" }
                            button.second name="decision" value="garde" { "Ce sont deux demandes" }
                        }
                    }
                }
                p.discret {
                    "La même : la plus ancienne est gardée, avec les partenaires et les thèmes de l'autre, qui ne compte plus. \
                     Deux demandes : la paire n'est plus montrée."
                }
                @if total > paires.len() { p { "Les " (total - paires.len()) " autres seront montrées ensuite." } }
            }
        },
    )
}

fn cote(espace: &Espace, cote: &Cote) -> Markup {
    html! {
        dl {
            dt { "Menée par" } dd { (cote.partenaire) }
            dt { "Date" } dd { (jour(cote.date)) }
            dt { "Référence" } dd { a href={ (espace.chemin()) "/" (cote.id) } { (cote.reference) } }
            dt { "Objet" } dd { @match &cote.objet { Some(objet) => (objet), None => span.discret { "sans objet" } } }
            dt { "État" } dd { (nommer(&cote.etat)) }
        }
    }
}
