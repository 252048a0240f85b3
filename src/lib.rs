//! *maillage*: the shared SIG of the départements' networks of engineering partners.
//!
//! Rooms, each depending only on those before it:
//! [`error`], [`base`] → [`comptes`] → [`territoires`] → [`partenaires`] → [`demandes`] →
//! [`couverture`] → [`tuiles`], [`web`] → [`app`] → [`cli`]; [`http`] serves every `mod.rs`.

pub mod app;
pub mod base;
pub mod cli;
pub mod comptes;
pub mod config;
pub mod couverture;
pub mod demandes;
pub mod error;
pub mod http;
pub mod metriques;
pub mod partenaires;
pub mod progres;
pub mod territoires;
pub mod tuiles;
pub mod web;
