//! What is held about people, for everyone to read.

use maud::{Markup, html};

use super::{Durees, Table};
use crate::http::page::page;

pub fn page_publique(tables: &[Table], durees: &[Durees]) -> String {
    page(
        "Données personnelles",
        html! {
            p { "Ce que ce service garde sur des personnes, tel que sa base de données le dit elle-même. La carte, les \
                 chiffres et les exports publics n'en contiennent pas ; la mesure d'audience n'existe pas, et aucun \
                 témoin (cookie) n'est déposé avant la connexion." }
            @for Table { dit, colonnes } in tables {
                h2 { (dit.titre) }
                dl {
                    dt { "Pour quoi" } dd { (dit.finalite) }
                    dt { "Qui lit" } dd { (dit.lecteurs) }
                    dt { "Combien de temps" } dd { (dit.duree) }
                    dt { "Quoi" } dd { ul { @for colonne in colonnes { li { (colonne) } } } }
                }
            }
            h2 { "Les durées de chaque réseau" }
            div.table tabindex="0" role="region" aria-label="Les durées de chaque réseau" { table {
                thead { tr { th { "Réseau" } th { "Contacts, en mois" } th { "Journal, en mois" } th { "À qui écrire" } } }
                tbody {
                    @for reseau in durees {
                        tr {
                            td { (reseau.nom) }
                            td { (reseau.conservation_mois) }
                            td { (reseau.journal_mois) }
                            td { (guichet(reseau)) }
                        }
                    }
                }
            } }
            h2 { "Vos droits" }
            p { "Vous pouvez demander ce qui est gardé sur vous, le faire corriger ou effacer, en écrivant au réseau. Si \
                 vous avez un compte, ce qui le concerne se télécharge depuis " a href="/espace" { "votre espace" } ". \
                 En cas de désaccord, la Commission nationale de l'informatique et des libertés reçoit les plaintes." }
        },
    )
}

fn guichet(reseau: &Durees) -> Markup {
    let nom = reseau.guichet_nom.as_deref().unwrap_or("son coordinateur");
    html! {
        @match &reseau.guichet_site {
            Some(site) => a href=(site) { (nom) },
            None => (nom),
        }
    }
}
