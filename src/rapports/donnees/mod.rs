//! What a report says, as data: every figure with the query that gave it, read in one transaction that sees one state of
//! the database, as whoever asks for the report sees it.
//!
//! Nothing here knows how it is laid out. What is printed of a number is decided here once, so that the document, the page
//! and the annexes say it alike.

mod bloc;
mod carte;
mod chiffre;
mod consigne;
mod lecture;
mod nombre;
mod tableau;

use serde::{Deserialize, Serialize};

pub use crate::web::fiches::date_longue as date;
pub use bloc::{BlocEpci, BlocPartenaire, Contact};
pub use carte::{Carte, Genre};
pub use chiffre::{Chiffre, Unite};
pub use consigne::{Consigne, Format, Periode, Sujet};
pub use lecture::{abrege, requetes};
pub use nombre::{entier, pourcent};
pub use tableau::{Cellule, Colonne, Tableau};

/// All that one report says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rapport {
    pub consigne: Consigne,
    pub reseau: Reseau,
    /// «Bilan 2018», «Dossier de réunion»…
    pub titre: String,
    /// What it is about: the name of the réseau, of the partner, of the EPCI, of the regroupement.
    pub sous_titre: String,
    /// Whether its period is not over, or was not published: it is marked on each page.
    pub provisoire: bool,
    /// Of the units that maps draw.
    pub millesime: i16,
    /// Of what shares are divided by.
    pub millesime_reference: i16,
    /// Said when the réseau masks small counts for whoever asked for the report.
    pub masquage: Option<String>,
    /// What the reader must know of how this was counted, a sentence each.
    pub methode: Vec<String>,
    pub sources: Vec<Source>,
    /// Key figures first. Each `cle` is there once.
    pub chiffres: Vec<Chiffre>,
    pub tableaux: Vec<Tableau>,
    pub cartes: Vec<Carte>,
    /// In the order of the réseau.
    pub partenaires: Vec<BlocPartenaire>,
    /// By name, the article aside.
    pub epci: Vec<BlocEpci>,
}

impl Rapport {
    /// Every map, in the order of the document: those of partners and EPCI after the others.
    pub fn toutes_les_cartes(&self) -> impl Iterator<Item = &Carte> {
        let partenaires = self.partenaires.iter().map(|bloc| &bloc.carte);
        let epci = self.epci.iter().map(|bloc| &bloc.carte);
        self.cartes.iter().chain(partenaires).chain(epci)
    }

    /// The figure of this key.
    pub fn chiffre(&self, cle: &str) -> Option<&Chiffre> {
        self.chiffres.iter().find(|chiffre| chiffre.cle == cle)
    }

    pub fn tableau(&self, cle: &str) -> Option<&Tableau> {
        self.tableaux.iter().find(|tableau| tableau.cle == cle)
    }

    pub fn carte(&self, cle: &str) -> Option<&Carte> {
        self.cartes.iter().find(|carte| carte.cle == cle)
    }
}

/// The réseau as its report names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reseau {
    pub code: String,
    pub nom: String,
    pub nom_court: String,
    /// Code, null for a réseau of no département.
    pub departement: Option<String>,
    /// As «#rrggbb».
    pub couleur: Option<String>,
    /// Whether its data are made up: said on each page.
    pub demonstration: bool,
    pub mention: Option<String>,
}

/// Where figures and contours come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub nom: String,
    pub licence: Option<String>,
    pub date: Option<chrono::NaiveDate>,
}
