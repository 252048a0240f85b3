//! The figures of a report as files to compute with, XLSX and GeoPackage: exactly those that are printed, the query of each,
//! and the text of each query.

mod classeur;
mod geopaquet;

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sqlx::PgConnection;

use super::donnees::{Chiffre, Rapport, Tableau};
use super::publication::Ecart;
use crate::error::Result;
use crate::territoires::{Contour, Maille, contours, projection_legale};

pub use classeur::classeur;
pub use geopaquet::geopaquet;

/// What annexes are made from.
#[derive(Debug)]
pub struct Matiere<'a> {
    pub rapport: &'a Rapport,
    /// Text of each query, by its name.
    pub requetes: &'a BTreeMap<String, String>,
    /// What has moved since the report was published.
    pub ecarts: &'a [Ecart],
    /// Said first: which version it is, that it is not published.
    pub etat: String,
}

/// A figure, and where the report prints it.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// «Réseau», or the name of a partner or of an EPCI.
    pub ou: &'a str,
    /// Its code; empty for the réseau.
    pub code: &'a str,
    pub chiffre: &'a Chiffre,
}

/// Every figure, in the order of the document.
pub fn chiffres(rapport: &Rapport) -> Vec<Place<'_>> {
    let de = |ou, code| move |chiffre| Place { ou, code, chiffre };
    let tout = rapport.chiffres.iter().map(de(&*rapport.sous_titre, ""));
    let partenaires = rapport
        .partenaires
        .iter()
        .flat_map(|bloc| bloc.chiffres.iter().map(de(&*bloc.nom, &*bloc.code)));
    let epci =
        rapport.epci.iter().flat_map(|bloc| bloc.chiffres.iter().map(de(&*bloc.nom, &*bloc.code)));
    tout.chain(partenaires).chain(epci).collect()
}

/// Every table, with what it is about.
pub fn tableaux(rapport: &Rapport) -> Vec<(&str, &Tableau)> {
    let tout = rapport.tableaux.iter().map(|tableau| (&*rapport.sous_titre, tableau));
    let partenaires =
        rapport.partenaires.iter().flat_map(|bloc| bloc.tableaux.iter().map(|t| (&*bloc.nom, t)));
    let epci = rapport.epci.iter().flat_map(|bloc| bloc.tableaux.iter().map(|t| (&*bloc.nom, t)));
    tout.chain(partenaires).chain(epci).collect()
}

/// Parameters of a query, as they were given.
fn parametres(parametres: &Map<String, Value>) -> String {
    if parametres.is_empty() {
        String::new()
    } else {
        Value::Object(parametres.clone()).to_string()
    }
}

/// The units that maps of a report are about, by maille, in the legal projection of its département.
#[derive(Debug, Default)]
pub struct Contours {
    epsg: i32,
    unites: Vec<(Maille, Vec<Contour>)>,
}

impl Contours {
    pub async fn lire(connexion: &mut PgConnection, rapport: &Rapport) -> Result<Self> {
        let epsg = projection_legale(rapport.reseau.departement.as_deref());
        let mut unites = Vec::new();
        for maille in [Maille::Commune, Maille::Epci] {
            let codes: Vec<&str> = rapport
                .toutes_les_cartes()
                .filter(|carte| carte.maille == maille)
                .flat_map(|carte| carte.valeurs.keys().map(String::as_str))
                .collect();
            let lus = contours(connexion, rapport.millesime, maille, &codes, epsg).await?;
            unites.push((maille, lus));
        }
        Ok(Self { epsg, unites })
    }
}
