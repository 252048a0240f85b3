//! Territories: codes, mailles, millésimes, contours; reading official files; the search.

mod codes;
mod generalisation;
mod geos;
pub mod import;
mod pays;
mod projection;
mod publication;
mod source;

pub use codes::{CodeInsee, Maille, Millesime, Siren, Unite};
pub use generalisation::{BANDES, BANDES_BASSES};
