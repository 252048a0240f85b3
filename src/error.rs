//! One error type: what was being done, and what went wrong.
//!
//! `Display` is a French sentence for the person at the terminal; the cause chain stays in the log.
//! HTTP answers never show the cause: `http::problem` maps each variant to a status and a sentence.

use std::io::ErrorKind;
use std::path::PathBuf;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or did not answer; the text says while doing what.
    #[error("{action} : {source}")]
    Base { action: &'static str, source: sqlx::Error },

    #[error("{action} ({}) : {}", chemin.display(), en_francais(source))]
    Fichier { action: &'static str, chemin: PathBuf, source: std::io::Error },

    /// A file that is not what it should be. The sentence says what is wrong, where and what to do.
    #[error("{0}")]
    Donnees(String),

    /// The machine or the configuration lacks something. The sentence says how to get it.
    #[error("{0}")]
    Installation(String),

    /// A request that cannot be answered as asked (400). The sentence says what to change.
    #[error("{0}")]
    Demande(String),

    /// What was asked for does not exist (404).
    #[error("{0}")]
    Introuvable(String),

    /// Too many ask for what costs much (503).
    #[error(
        "Trop de personnes demandent des fichiers en ce moment. Réessayez dans quelques secondes."
    )]
    Affluence,

    #[error("{action} : {message}")]
    Geometrie { action: &'static str, message: String },
}

/// What usually goes wrong with a file, in words; else as the system says it.
fn en_francais(erreur: &std::io::Error) -> String {
    match erreur.kind() {
        ErrorKind::NotFound => "ce fichier n'existe pas. Vérifiez son nom et son dossier.".into(),
        ErrorKind::PermissionDenied => {
            "ce fichier ne peut pas être ouvert. Vérifiez que vous en avez le droit.".into()
        }
        ErrorKind::IsADirectory => "c'est un dossier, et un fichier est attendu.".into(),
        _ => erreur.to_string(),
    }
}

/// Says what was being done when an I/O or database call failed.
pub trait Contexte<T> {
    fn pour(self, action: &'static str) -> Result<T>;
}

impl<T> Contexte<T> for Result<T, sqlx::Error> {
    fn pour(self, action: &'static str) -> Result<T> {
        self.map_err(|source| Error::Base { action, source })
    }
}

/// The same for a file, whose path is part of the sentence.
pub trait ContexteFichier<T> {
    fn pour_fichier(self, action: &'static str, chemin: impl Into<PathBuf>) -> Result<T>;
}

impl<T> ContexteFichier<T> for std::io::Result<T> {
    fn pour_fichier(self, action: &'static str, chemin: impl Into<PathBuf>) -> Result<T> {
        self.map_err(|source| Error::Fichier { action, chemin: chemin.into(), source })
    }
}
