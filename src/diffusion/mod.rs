//! What maillage publishes for other programs: collections of features, with their fields, asked with one grammar.
//!
//! A collection is a view of the schema `diffusion_1` (`sql/vues.sql`): its columns and their comments are all that
//! is known of it. OGC API, exports and QGIS projects read the same collections, and other servers the views
//! themselves. What an indicator says of the units of a maille is a collection too, that the families work out.

mod calculs;
mod catalogue;
mod cql;
mod crs;
mod dates;
mod lecture;
mod lignes;
mod question;
mod releve;
mod service;

pub use calculs::Calculs;
pub use catalogue::{Catalogue, Champ, Collection, Genre, Geometrie, Sujet, attributions};
pub use cql::GEOMETRIE;
pub use crs::Crs;
pub use lecture::{Emprises, MisesAJour, Page, Place, lire_un, page};
pub use lignes::{Ligne, Valeur, envoyer, envoyer_geojson};
pub use question::{Depart, LIMITE, LIMITE_MAX, PARAMETRES, Question};
pub use service::ServiceDiffusion;

/// The views, as this program knows them: applied at each start.
pub const VUES: &str = include_str!("sql/vues.sql");
