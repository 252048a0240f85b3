//! The frame of the pages that the service writes, readable without script.

use maud::{DOCTYPE, Markup, html};

/// A whole page. `titre` is its heading, and its name in the browser.
pub fn page(titre: &str, corps: Markup) -> String {
    page_publique(
        titre,
        html! { meta name="robots" content="noindex"; },
        html! { h1 { (titre) } (corps) },
    )
}

/// A page that has its own heading, and more to say of itself to browsers and to who links to it.
pub fn page_publique(titre: &str, tete: Markup, corps: Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="fr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (titre) " · maillage" }
                // Nothing to ask for: browsers would look for one at the root.
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/comptes.css";
                (tete)
            }
            body {
                header { a href="/" { "maillage" } }
                main { (corps) }
                footer { p {
                    a href="/rapports" { "Bilans annuels" } " · "
                    a href="/mentions" { "Mentions légales" } " · "
                    a href="/accessibilite" { "Accessibilité : non conforme" } " · "
                    a href="/donnees-personnelles" { "Données personnelles" } " · "
                    a href="/api" { "Interroger par programme" }
                } }
            }
        }
    }
    .into_string()
}

/// What went wrong, read out as soon as the page is there.
pub fn erreur(phrase: Option<&str>) -> Markup {
    html! { @if let Some(phrase) = phrase { p.erreur role="alert" { (phrase) } } }
}

/// A secret that is shown once.
pub fn secret(quoi: &str, valeur: &str) -> Markup {
    html! {
        div.secret role="status" {
            p { (quoi) }
            p { code { (valeur) } }
            p { "Copiez-le maintenant : il ne sera plus montré." }
        }
    }
}
