//! A réseau: loading its folder, what is answered from it, and who may read it.

#[path = "../commun/mod.rs"]
mod commun;
mod droits;
mod drome;
mod dossier;
mod import;
mod pays;
mod questions;
mod tuiles;
