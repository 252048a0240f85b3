//! What every route uses: problems, parameters, negotiated encodings, cache policies.

mod cache;
mod client;
mod encodage;
mod memoire;
mod parametres;
mod probleme;
mod url;

pub use cache::{Etag, Politique, VARIE, etag, inchange};
pub use client::Client;
pub use encodage::{Encodage, degzip, gzip_serre};
pub use memoire::{Memoire, memoriser};
pub use parametres::{Chemin, Parametres};
pub use probleme::{Probleme, Reponse};
pub use url::UrlPublique;
