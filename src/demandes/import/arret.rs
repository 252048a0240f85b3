//! Why a whole table stops before its rows are judged: a column is missing, or five digits may be two things. Who loads
//! is asked, in the words of where they are.

use std::fmt;

use serde::Serialize;

use super::champ::Champ;
use crate::error::Error;

/// What stops a load.
#[derive(Debug)]
pub enum Arret {
    Erreur(Error),
    Colonnes(Box<SansColonne>),
    Postaux(Box<Doute>),
}

impl<E: Into<Error>> From<E> for Arret {
    fn from(erreur: E) -> Self {
        Self::Erreur(erreur.into())
    }
}

impl Arret {
    /// As it is said at the terminal, with the options to write.
    pub fn a_la_commande(self) -> Error {
        match self {
            Self::Erreur(erreur) => erreur,
            Self::Colonnes(manque) => Error::Donnees(manque.to_string()),
            Self::Postaux(doute) => Error::Donnees(doute.to_string()),
        }
    }
}

/// A table that has no column for what no demande goes without.
#[derive(Debug, Serialize)]
pub struct SansColonne {
    pub nom: String,
    pub entetes: Vec<String>,
    /// Headings that were understood, and the fields that they hold.
    pub lues: Vec<(String, &'static str)>,
    pub laissees: Vec<String>,
    pub manquantes: Vec<&'static str>,
}

impl SansColonne {
    /// As it is said where headings are chosen in a list.
    pub fn phrase(&self) -> String {
        format!(
            "{} : il manque une colonne pour {}. Dites laquelle de vos colonnes la contient. Colonnes du tableau : {}.",
            self.nom,
            self.manquantes.iter().map(|nom| nommer(nom)).collect::<Vec<_>>().join(", "),
            lister(self.entetes.iter().filter(|entete| !entete.is_empty()).map(String::as_str)),
        )
    }
}

/// A field as people call it.
fn nommer(champ: &'static str) -> &'static str {
    Champ::de_nom(champ).map_or(champ, Champ::libelle)
}

impl fmt::Display for SansColonne {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ecrire: Vec<String> = self
            .manquantes
            .iter()
            .enumerate()
            .map(|(rang, champ)| {
                let exemple = self.laissees.get(rang).map_or("EN-TÊTE", String::as_str);
                format!("{exemple}={champ}")
            })
            .collect();
        let partenaire = if self.manquantes.contains(&"partenaire") {
            "\nSi toutes les demandes sont d'un même partenaire, dites lequel avec --partenaire CODE."
        } else {
            ""
        };
        write!(
            f,
            "{} : il manque une colonne pour {}.\n\
             Colonnes du tableau : {}.\n\
             Comprises : {}.\n\
             Non reconnues : {}.\n\
             Dites ce qu'elles contiennent, par exemple : --colonnes \"{}\" (à adapter). Champs : {}.{partenaire}",
            self.nom,
            self.manquantes.join(", "),
            lister(self.entetes.iter().filter(|entete| !entete.is_empty()).map(String::as_str)),
            lister(self.lues.iter().map(|(entete, champ)| format!("{entete} ({champ})"))),
            lister(self.laissees.iter().map(String::as_str)),
            ecrire.join(","),
            Champ::noms()
        )
    }
}

fn lister<T: Into<String>>(elements: impl Iterator<Item = T>) -> String {
    let liste: Vec<String> = elements.map(Into::into).collect();
    if liste.is_empty() { "aucune".to_owned() } else { liste.join(", ") }
}

/// A column of five digits that may hold post codes.
#[derive(Debug, Serialize)]
pub struct Doute {
    pub nom: String,
    pub entete: String,
    /// Both readings, counted.
    pub comptes: String,
    pub exemples: Vec<String>,
}

impl Doute {
    /// As it is said where a box is ticked.
    pub fn phrase(&self) -> String {
        format!(
            "{} : la colonne « {} » contient peut-être des codes postaux. {} {}. Dites ce qu'ils sont : codes postaux (le \
             nom de la commune doit être à côté), ou codes Insee.",
            self.nom,
            self.entete,
            self.comptes,
            self.exemples.join(" ; ")
        )
    }
}

impl fmt::Display for Doute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} : la colonne « {} » contient peut-être des codes postaux.\n\
             {}\n\
             {}.\n\
             Si ce sont des codes postaux, relancez avec --codes-postaux (le nom de la commune doit être à \
             côté). Si ce sont des codes Insee, relancez avec --codes-insee : les codes postaux seront \
             refusés ligne par ligne.",
            self.nom,
            self.entete,
            self.comptes,
            self.exemples.join(" ; ")
        )
    }
}
