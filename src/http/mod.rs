//! What every route uses: problems, parameters, negotiated encodings, cache policies.

mod cache;
mod encodage;
mod memoire;
mod parametres;
mod probleme;

pub use cache::{Etag, Politique, etag, inchange};
pub use encodage::{Encodage, degzip, gzip_serre};
pub use memoire::{Memoire, memoriser};
pub use parametres::{Chemin, Parametres};
pub use probleme::{Probleme, Reponse};
