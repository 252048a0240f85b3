//! Glyphs of the embedded fonts, drawn by martin-core.

use std::io::Write;

use bytes::Bytes;
use martin_core::fonts::{FontError, FontSources};
use moka::sync::Cache;

use super::{POLICES_TTF, Page};
use crate::error::{ContexteFichier, Error, Result};

/// Ranges kept drawn: each is about 30 KB, and a map uses three or four.
const PLAGES_GARDEES: u64 = 64;

pub struct Polices {
    sources: std::sync::Arc<FontSources>,
    plages: Cache<(String, u32, u32), Bytes>,
    /// The fonts as files, which is how martin-core reads them.
    _dossier: tempfile::TempDir,
}

impl Polices {
    /// Writes the embedded fonts to a temporary folder and reads them.
    pub fn charger() -> Result<Self> {
        let dossier = tempfile::tempdir()
            .pour_fichier("création d'un dossier temporaire", std::env::temp_dir())?;
        for nom in Page::iter().filter(|nom| nom.starts_with(POLICES_TTF)) {
            let Some(police) = Page::get(&nom) else { continue };
            let chemin = dossier.path().join(nom.trim_start_matches(POLICES_TTF));
            std::fs::File::create(&chemin)
                .and_then(|mut fichier| fichier.write_all(&police.data))
                .pour_fichier("écriture d'une police", &chemin)?;
        }
        let mut sources = FontSources::default();
        sources
            .recursively_add_directory(dossier.path().to_owned())
            .map_err(|erreur| Error::Installation(format!("Polices illisibles : {erreur}")))?;
        Ok(Self {
            sources: std::sync::Arc::new(sources),
            plages: Cache::new(PLAGES_GARDEES),
            _dossier: dossier,
        })
    }

    /// Glyphs `debut..=fin` of the fonts of a stack, as MapLibre's protocol buffers.
    pub async fn plage(&self, pile: String, (debut, fin): (u32, u32)) -> Result<Bytes> {
        let cle = (pile, debut, fin);
        if let Some(prete) = self.plages.get(&cle) {
            return Ok(prete);
        }
        let sources = std::sync::Arc::clone(&self.sources);
        let (pile, debut, fin) = cle.clone();
        let dessin = tokio::task::spawn_blocking(move || sources.get_font_range(&pile, debut, fin))
            .await
            .map_err(|erreur| Error::Installation(erreur.to_string()))?;
        let prete: Bytes = dessin.map_err(|erreur| self.erreur(erreur))?.into();
        self.plages.insert(cle, prete.clone());
        Ok(prete)
    }

    fn erreur(&self, erreur: FontError) -> Error {
        match erreur {
            FontError::FontNotFound(nom) => {
                let mut connues: Vec<_> = self.sources.get_catalog().into_keys().collect();
                connues.sort();
                Error::Introuvable(format!(
                    "La police « {nom} » n'existe pas. Polices : {}.",
                    connues.join(", ")
                ))
            }
            _ => Error::Demande(
                "Une plage de caractères va d'un multiple de 256 au suivant moins un, comme \
                 0-255.pbf ou 256-511.pbf."
                    .into(),
            ),
        }
    }
}
