//! What every route uses: problems, parameters, negotiated encodings, cache policies.

mod accueil;
mod cache;
mod client;
mod contrat;
mod corps;
pub mod document;
mod encodage;
mod forme;
mod limites;
mod memoire;
pub mod page;
mod parametres;
mod probleme;
mod routes;
pub mod texte;
mod url;

pub use accueil::Accueil;
pub use cache::{Etag, Politique, VARIE, etag, inchange};
pub use client::{Client, Mandataires};
pub use corps::{Corps, manque};
pub use encodage::{Encodage, degzip, gzip_serre};
pub use forme::Forme;
pub use limites::{Atelier, Guichets};
pub use memoire::{CORPS_MAX, Memoire, memoriser};
pub use parametres::{Chemin, FORMULAIRE_MAX, Formulaire, Parametres};
pub use probleme::{Probleme, Reponse};
pub use routes::{CorpsAttendu, Operation, Routes};
pub use url::UrlPublique;
