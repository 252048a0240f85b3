//! *maillage*: the shared SIG of the départements' networks of engineering partners.
//!
//! Rooms, each depending only on those before it:
//! [`error`], [`base`] → [`comptes`] → [`territoires`] → [`decoupage`] → [`indicateurs`] → [`partenaires`] →
//! [`demandes`] → [`couverture`] → [`coordination`], [`diffusion`] → [`tuiles`], [`exports`] → [`ogc`], [`web`] → [`qgis`],
//! [`rapports`] → [`app`] → [`cli`]; [`http`] serves every `mod.rs`.
//!
//! Invariants, held by `tests/maison.rs`:
//! - axum appears in `app.rs`, `http/` and the `mod.rs` files;
//! - gdal appears only where files are read and written, proj only in `territoires/projection.rs`, GEOS (and all
//!   `unsafe` code) only in `territoires/geos.rs`;
//! - martin-core draws tiles in `tuiles/` and glyphs in `web/polices.rs`; Typst lays out in `rapports/document/`, resvg
//!   draws images in `rapports/cartes/` and judges logos in `rapports/textes/logo.rs`;
//! - SQL over five lines stands in a file of its own.
//!
//! And by the database: a row that a person may not see is kept from them by row-level security. The
//! service's role owns nothing; the principal is set in each transaction.

pub mod app;
pub mod base;
pub mod cli;
pub mod comptes;
pub mod config;
pub mod coordination;
pub mod couverture;
pub mod decoupage;
pub mod demandes;
pub mod diffusion;
pub mod error;
pub mod exports;
pub mod http;
pub mod indicateurs;
pub mod metriques;
pub mod ogc;
pub mod partenaires;
pub mod progres;
pub mod qgis;
pub mod rapports;
pub mod rejet;
mod tableau;
pub mod territoires;
pub mod tuiles;
pub mod web;
