//! Links that call and write in one tap, with what the message is about already said.

use maud::{Markup, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::partenaires::Adresse;

/// What an e-mail address is made of stays as it is read.
const ADRESSE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'@').remove(b'.').remove(b'-').remove(b'_').remove(b'+');

/// A message to somebody.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    pub sujet: &'a str,
    pub corps: &'a str,
}

impl Message<'_> {
    pub fn adresse(&self, courriel: &str) -> String {
        let code = |texte: &str| utf8_percent_encode(texte, NON_ALPHANUMERIC).to_string();
        let mut lien = format!(
            "mailto:{}?subject={}",
            utf8_percent_encode(courriel, ADRESSE),
            code(self.sujet)
        );
        if !self.corps.is_empty() {
            lien += &format!("&body={}", code(self.corps));
        }
        lien
    }
}

/// Digits and the sign of the country: what a phone dials.
pub fn numero(telephone: &str) -> String {
    let compose: String =
        telephone.chars().filter(|signe| signe.is_ascii_digit() || *signe == '+').collect();
    format!("tel:{compose}")
}

/// Only web addresses become links: a `javascript:` in a file stays text.
pub fn lien_exterieur(adresse: &str, texte: &str) -> Markup {
    let web = ["https://", "http://"].iter().any(|debut| adresse.starts_with(debut));
    html! { @if web { a href=(adresse) rel="noopener noreferrer" { (texte) } } @else { (texte) } }
}

/// How to reach somebody: what is public of it, in the order of what answers fastest.
pub fn joindre(
    telephone: Option<&str>,
    courriel: Option<&str>,
    site: Option<&str>,
    message: Message<'_>,
) -> Markup {
    html! {
        @if telephone.or(courriel).or(site).is_some() {
            ul.contacts {
                @if let Some(telephone) = telephone { li { a href=(numero(telephone)) { (telephone) } } }
                @if let Some(courriel) = courriel { li { a href=(message.adresse(courriel)) { (courriel) } } }
                @if let Some(site) = site { li.site { (lien_exterieur(site, "Site internet")) " " span.imprime { (site) } } }
            }
        }
    }
}

/// A réseau's own desk.
pub fn guichet(guichet: &Adresse, message: Message<'_>) -> Markup {
    html! {
        strong { (guichet.nom) }
        (joindre(guichet.telephone.as_deref(), guichet.courriel.as_deref(), guichet.site.as_deref(), message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_cannot_add_a_recipient_nor_break_the_link() {
        let message = Message { sujet: "Die & L'Horme?\r\nBcc: x@y", corps: "" };
        let lien = message.adresse("a+b@c.fr?cc=d@e.fr");
        assert_eq!(
            lien,
            "mailto:a+b@c.fr%3Fcc%3Dd@e.fr?subject=Die%20%26%20L%27Horme%3F%0D%0ABcc%3A%20x%40y"
        );
    }

    #[test]
    fn a_number_is_dialled_without_its_spaces() {
        assert_eq!(numero("+33 4 75 00 00 00 (accueil)"), "tel:+33475000000");
    }
}
