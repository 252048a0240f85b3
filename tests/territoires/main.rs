//! Publishing a millésime, and adding to it.

#[path = "../commun/mod.rs"]
mod commun;

mod classeur;
mod completer;
mod publication;
