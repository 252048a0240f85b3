//! A réseau: loading its folder, what is answered from it, and who may read it.

mod collections;
#[path = "../commun/mod.rs"]
mod commun;
mod complet;
mod comptes;
mod decoupage;
mod demandes;
mod demandes_lectures;
mod demandes_suites;
mod donnees_personnelles;
mod dossier;
mod dossier_et_ailleurs;
mod droits;
mod drome;
mod etudes;
mod export;
mod exports;
mod externe;
mod fiches;
mod fichiers_hostiles;
mod garde;
mod hasard;
mod import;
mod indicateurs;
mod indicateurs_des_zones;
mod matrice;
mod pays;
mod petits_nombres;
mod questions;
mod reseaux;
mod routes;
mod service;
mod tableaux;
mod tuiles;
mod zones;
mod zones_dessinees;
