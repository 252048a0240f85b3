//! Filters in CQL2 (OGC 21-065r2), compiled to SQL whose values are all bound.
//!
//! Names of properties are looked up in the collection, so that what is written in SQL is ours. Dates are written
//! once they are read. Geometries are in the system that the request names, and converted by the database.

mod redaction;

use std::str::FromStr;

use cql2::Expr;
use sqlx::{Postgres, QueryBuilder};

use super::catalogue::Collection;
use super::crs::Crs;
use crate::error::{Error, Result};
use redaction::Redaction;

/// Longest filter, in bytes.
const LONGUEUR_MAX: usize = 6_000;
/// Deepest nesting: reading parentheses takes twice as long a level.
const PROFONDEUR_MAX: usize = 8;
/// Most words `not`, each of which is a level too.
const NEGATIONS_MAX: usize = 50;
/// What the geometry of a feature is called in a filter.
pub const GEOMETRIE: &str = "geometrie";

/// The language of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Langue {
    Texte,
    Json,
}

impl FromStr for Langue {
    type Err = Error;

    /// Text, unless it says.
    fn from_str(texte: &str) -> Result<Self> {
        match texte {
            "" | "cql2-text" => Ok(Self::Texte),
            "cql2-json" => Ok(Self::Json),
            autre => Err(Error::Demande(format!(
                "« {autre} » n'est pas un langage de filtre : cql2-text ou cql2-json."
            ))),
        }
    }
}

/// A filter, read; what it names is not checked yet.
#[derive(Debug, Clone)]
pub struct Filtre {
    expression: Expr,
    crs: Crs,
}

impl Filtre {
    pub fn lire(texte: &str, langue: Langue, crs: Crs) -> Result<Self> {
        if texte.len() > LONGUEUR_MAX {
            return Err(Error::Demande(format!(
                "Le filtre dépasse {LONGUEUR_MAX} caractères. Raccourcissez-le."
            )));
        }
        let expression = match langue {
            Langue::Texte => {
                mesurer(texte)?;
                cql2::parse_text(texte).map_err(|_| illisible("CQL2, comme population > 1000 AND nom LIKE 'Saint%'"))?
            }
            Langue::Json => cql2::parse_json(texte).map_err(|_| {
                illisible("CQL2 en JSON, comme {\"op\":\">\",\"args\":[{\"property\":\"population\"},1000]}")
            })?,
        };
        Ok(Self { expression, crs })
    }

    /// Adds the condition to a statement that reads features named `o`.
    pub fn ecrire(
        &self,
        collection: &Collection,
        requete: &mut QueryBuilder<Postgres>,
    ) -> Result<()> {
        Redaction { collection, crs: self.crs, requete }.condition(&self.expression)
    }
}

fn illisible(attendu: &str) -> Error {
    Error::Demande(format!("Le filtre ne se lit pas. Il s'écrit en {attendu}."))
}

/// Refuses what would take long to read.
fn mesurer(texte: &str) -> Result<()> {
    let (mut profondeur, mut plus_profond) = (0usize, 0);
    for lettre in texte.chars() {
        match lettre {
            '(' => profondeur += 1,
            ')' => profondeur = profondeur.saturating_sub(1),
            _ => {}
        }
        plus_profond = plus_profond.max(profondeur);
    }
    let negations = texte.to_ascii_lowercase().matches("not").count() + texte.matches("--").count();
    if plus_profond > PROFONDEUR_MAX || negations > NEGATIONS_MAX {
        return Err(Error::Demande(format!(
            "Le filtre est trop imbriqué : {PROFONDEUR_MAX} niveaux de parenthèses au plus. Simplifiez-le."
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_words_are_read_or_refused_quickly(
            mots in prop::collection::vec(
                prop::sample::select(vec![
                    "(", "((", ")", "not", "and", "or", "nom", "population", "=", "<>", ">", "1", "-", "'a'", ",",
                    "in", "between", "is null", "like", "casei(", "S_INTERSECTS(", "POINT(1 2)", "POLYGON((", "+",
                    "DATE('2019-01-01')", "INTERVAL('..','..')", "^", "\"", "'", "é", "{", "true",
                ]),
                0..60,
            ),
        ) {
            let debut = Instant::now();
            let _ = Filtre::lire(&mots.join(" "), Langue::Texte, Crs::default());
            let _ = Filtre::lire(&mots.concat(), Langue::Json, Crs::default());
            prop_assert!(debut.elapsed() < Duration::from_secs(2), "{mots:?}");
        }
    }
}
