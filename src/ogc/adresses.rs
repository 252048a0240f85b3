//! Absolute addresses of the resources of OGC API.

use crate::http::{Parametres, UrlPublique};

/// Makes links; each is absolute, since clients rebuild relative ones badly.
#[derive(Debug, Clone, Copy)]
pub struct Adresses<'a>(pub &'a UrlPublique);

impl Adresses<'_> {
    /// Of a path under `/ogc`.
    pub fn de(self, chemin: &str) -> String {
        format!("{}/ogc{chemin}", self.0.0)
    }

    /// The same question on another page or in another form: some parameters are replaced, or taken away.
    pub fn avec(
        self,
        chemin: &str,
        parametres: &Parametres,
        changes: &[(&str, Option<&str>)],
    ) -> String {
        let mut question = form_urlencoded::Serializer::new(String::new());
        let gardes =
            parametres.iter().filter(|(nom, _)| !changes.iter().any(|(change, _)| change == nom));
        question.extend_pairs(gardes);
        question.extend_pairs(
            changes.iter().filter_map(|(nom, valeur)| valeur.map(|valeur| (*nom, valeur))),
        );
        let question = question.finish();
        let separateur = if question.is_empty() { "" } else { "?" };
        format!("{}{separateur}{question}", self.de(chemin))
    }
}

/// A segment of a path.
pub fn segment(texte: &str) -> String {
    percent_encoding::utf8_percent_encode(texte, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2D", "-")
        .replace("%2E", ".")
        .replace("%5F", "_")
}
