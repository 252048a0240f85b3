//! Territories: reading official files, publishing a millésime, adding to it.

#[path = "../commun/mod.rs"]
mod commun;

mod classeur;
mod cog;
mod completer;
mod fabrique;
mod lecture;
mod officiel;
mod publication;
mod refus;
