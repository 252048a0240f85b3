//! The values of an indicator on the units of a maille.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use sqlx::PgConnection;

use super::catalogue::{Indicateur, Nature};
use super::classes::{Classes, Methode};
use crate::error::{Contexte, Error, Result};
use crate::territoires::{Edition, Lieu, Maille, Millesime, Unite};

/// What is asked about an indicator.
#[derive(Debug)]
pub struct Question<'a> {
    /// The newest by default.
    pub periode: Option<&'a str>,
    pub maille: Maille,
    pub dans: Option<Lieu>,
    pub classes: Option<Methode>,
}

#[derive(Debug, Serialize)]
pub struct Valeurs {
    pub indicateur: Indicateur,
    pub periode: String,
    pub maille: Maille,
    pub dans: Option<Unite>,
    /// That of the units.
    pub millesime: Millesime,
    /// Those that the values were published in.
    pub millesimes_des_valeurs: Vec<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarque: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classes: Option<Classes>,
    pub valeurs: ParCode,
    /// Units without value, by what is known of it: `secret`, `sans_objet`, `non_disponible`, or
    /// `non_calculable` when the passage does not tell.
    pub etats: BTreeMap<String, Vec<String>>,
    /// Sums that lack the value of some of their communes.
    pub partielles: Vec<String>,
}

/// Values keyed by code, in order; only those that are known.
#[derive(Debug)]
pub struct ParCode {
    codes: Vec<String>,
    valeurs: Vec<Option<f64>>,
    decimales: i32,
}

impl Serialize for ParCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let facteur = 10_f64.powi(self.decimales);
        serializer.collect_map(self.codes.iter().zip(&self.valeurs).filter_map(|(code, valeur)| {
            let arrondie = ((*valeur)? * facteur).round() / facteur;
            Some((code, Nombre(arrondie)))
        }))
    }
}

/// A number written without decimals when it has none.
struct Nombre(f64);

impl Serialize for Nombre {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const EXACT: f64 = 9e15;
        if self.0.fract() == 0.0 && self.0.abs() < EXACT {
            #[expect(clippy::cast_possible_truncation, reason = "checked just above")]
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

#[derive(sqlx::FromRow)]
struct Ligne {
    codes: Vec<String>,
    valeurs: Vec<Option<f64>>,
    etats: Vec<String>,
    partielles: Vec<String>,
    millesimes: Option<Vec<i16>>,
}

impl Valeurs {
    pub async fn lire(
        connexion: &mut PgConnection,
        indicateur: Indicateur,
        edition: Edition,
        question: Question<'_>,
    ) -> Result<Self> {
        let periode = indicateur.periode(question.periode)?;
        let ligne: Ligne = sqlx::query_as(include_str!("sql/lire_valeurs.sql"))
            .bind(&indicateur.code)
            .bind(&periode)
            .bind(edition.edition)
            .bind(edition.millesime)
            .bind(question.maille)
            .bind(question.dans.as_ref().map(|lieu| lieu.maille))
            .bind(question.dans.as_ref().map(|lieu| &lieu.code))
            .fetch_one(connexion)
            .await
            .pour("lecture des valeurs d'un indicateur")?;
        let mut etats: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (code, etat) in ligne.codes.iter().zip(ligne.etats).filter(|(_, e)| e != "valeur") {
            etats.entry(etat).or_default().push(code.clone());
        }
        let decimales = u8::try_from(indicateur.decimales).unwrap_or_default();
        let connues: Vec<f64> = ligne.valeurs.iter().flatten().copied().collect();
        let millesimes = ligne.millesimes.unwrap_or_default();
        let non_calculables = etats.get("non_calculable").map_or(0, Vec::len);
        Ok(Self {
            classes: question
                .classes
                .filter(|_| indicateur.nature != Nature::Classe)
                .map(|methode| Classes::nouvelles(&methode, &connues, decimales)),
            remarque: remarque(&indicateur, question.maille, edition, &millesimes, non_calculables),
            valeurs: ParCode {
                codes: ligne.codes,
                valeurs: ligne.valeurs,
                // A stock shared between communes keeps what rounding would take from the sum.
                decimales: i32::from(decimales)
                    + if indicateur.nature == Nature::Stock { 2 } else { 0 },
            },
            indicateur,
            periode,
            maille: question.maille,
            dans: question.dans.map(|lieu| lieu.unite),
            millesime: edition.millesime,
            millesimes_des_valeurs: millesimes,
            etats,
            partielles: ligne.partielles,
        })
    }
}

fn remarque(
    indicateur: &Indicateur,
    maille: Maille,
    edition: Edition,
    millesimes: &[i16],
    non_calculables: usize,
) -> Option<String> {
    let autres: Vec<String> = millesimes
        .iter()
        .filter(|millesime| **millesime != edition.millesime.annee())
        .map(i16::to_string)
        .collect();
    let mut phrases = Vec::new();
    if !autres.is_empty() {
        phrases.push(format!(
            "Valeurs publiées dans le millésime {}, portées à celui de {} par la table de passage.",
            autres.join(" et "),
            edition.millesime
        ));
    }
    if non_calculables > 0 {
        phrases.push(match indicateur.nature {
            Nature::Mediane | Nature::Classe if maille != Maille::Commune => {
                "Cet indicateur ne s'additionne pas : il n'est donné que par commune.".to_owned()
            }
            _ => "Une valeur n'est pas calculable là où le territoire a changé.".to_owned(),
        });
    }
    (!phrases.is_empty()).then(|| phrases.join(" "))
}

impl Indicateur {
    /// The period asked for, or the newest that has values.
    fn periode(&self, demandee: Option<&str>) -> Result<String> {
        match (demandee, self.periodes.first()) {
            (_, None) => Err(Error::Introuvable(format!(
                "L'indicateur « {} » n'a pas encore de valeurs. Lancez maillage import indicateurs avec \
                 le fichier de la source : {}.",
                self.code, self.source
            ))),
            (None, Some(derniere)) => Ok(derniere.clone()),
            (Some(periode), _) if self.periodes.iter().any(|connue| connue == periode) => {
                Ok(periode.to_owned())
            }
            (Some(periode), _) => Err(Error::Introuvable(format!(
                "L'indicateur « {} » n'a pas de valeurs pour {periode}. Périodes : {}.",
                self.code,
                self.periodes.join(", ")
            ))),
        }
    }
}
