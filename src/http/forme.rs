//! In which form an answer is wanted: by the parameter `f`, else by what the client accepts.

use axum::http::{HeaderMap, header};

use super::{Parametres, Probleme, Reponse};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forme {
    Json,
    Html,
}

impl Forme {
    pub fn voulue(parametres: &Parametres, entetes: &HeaderMap) -> Reponse<Self> {
        match parametres.texte("f") {
            Some("json" | "geojson") => Ok(Self::Json),
            Some("html") => Ok(Self::Html),
            Some(autre) => Err(Probleme::demande(format!(
                "« {autre} » n'est pas une forme de cette réponse : f=json ou f=html. Pour un fichier, voyez les \
                 exports de la collection."
            ))),
            None => Ok(Self::acceptee(entetes)),
        }
    }

    /// A browser asks for HTML first; programs for JSON, or for anything.
    fn acceptee(entetes: &HeaderMap) -> Self {
        let acceptes =
            entetes.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let premier = acceptes.split(',').next().unwrap_or_default().trim();
        match premier.starts_with("text/html") || premier.starts_with("application/xhtml") {
            true => Self::Html,
            false => Self::Json,
        }
    }
}
