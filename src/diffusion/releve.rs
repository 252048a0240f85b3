//! Where the features of a collection are read from: a statement and its arguments.

use chrono::{Datelike, NaiveDate};
use sqlx::postgres::PgArguments;
use sqlx::{Arguments, PgConnection};

use super::calculs::Calculs;
use super::catalogue::{Collection, Sujet};
use super::dates::Intervalle;
use super::question::Question;
use crate::error::{Contexte, Error, Result};
use crate::indicateurs::Indicateur;
use crate::territoires::{Edition, Maille};

const ACTION: &str = "lecture d'une collection";

/// Which of the features are to be read, when more than the question says it.
#[derive(Debug, Clone, Copy)]
pub enum Choix<'a> {
    Tous,
    /// Those of the page that the question asks for, and one more.
    Page,
    /// The one of an identifier.
    Un(&'a str),
}

/// A statement that gives the features, fields and geometry, and no more than is asked of a date.
pub struct Releve {
    pub sql: String,
    pub arguments: PgArguments,
}

impl Releve {
    /// None when nothing is of that date.
    pub async fn nouveau(
        connexion: &mut PgConnection,
        calculs: &Calculs,
        collection: &Collection,
        question: &Question,
        choix: Choix<'_>,
    ) -> Result<Option<Self>> {
        let dates = question.dates;
        match &collection.sujet {
            Sujet::Unites(maille) => {
                let edition = edition(connexion, dates.unwrap_or_default()).await?;
                edition.map(|edition| Self::unites(*maille, edition)).transpose()
            }
            Sujet::Couverture => match dates {
                None => Ok(Some(Self::vue(collection))),
                Some(dates) => Self::couverture(connexion, dates).await,
            },
            Sujet::Valeurs { indicateur, maille } => {
                Self::valeurs(connexion, calculs, (indicateur, *maille), question, choix).await
            }
            Sujet::Periodes | Sujet::Jours | Sujet::Intemporel => Ok(Some(Self::vue(collection))),
        }
    }

    /// The name of a view is that of the catalogue, never what was asked.
    fn vue(collection: &Collection) -> Self {
        let sql = format!("select * from diffusion_1.{}", collection.id);
        Self { sql, arguments: PgArguments::default() }
    }

    fn unites(maille: Maille, edition: Edition) -> Result<Self> {
        let mut arguments = PgArguments::default();
        if maille == Maille::Epci {
            ajoutes([arguments.add(edition.edition)])?;
            return Ok(Self { sql: include_str!("sql/epci.sql").to_owned(), arguments });
        }
        ajoutes([arguments.add(maille), arguments.add(edition.edition)])?;
        Ok(Self { sql: include_str!("sql/unites.sql").to_owned(), arguments })
    }

    /// The year of the last day of the interval that is not open.
    async fn couverture(connexion: &mut PgConnection, dates: Intervalle) -> Result<Option<Self>> {
        let Some(edition) = edition(connexion, Intervalle::default()).await? else {
            return Ok(None);
        };
        let Some(annee) = dates.au.or(dates.du).map(|jour| jour.year()) else {
            return Ok(None);
        };
        let mut arguments = PgArguments::default();
        ajoutes([
            arguments.add(edition.edition),
            arguments.add(edition.millesime),
            arguments.add(annee),
        ])?;
        Ok(Some(Self { sql: include_str!("sql/couverture.sql").to_owned(), arguments }))
    }

    async fn valeurs(
        connexion: &mut PgConnection,
        calculs: &Calculs,
        (code, maille): (&str, Maille),
        question: &Question,
        choix: Choix<'_>,
    ) -> Result<Option<Self>> {
        let Some(edition) = edition(connexion, Intervalle::default()).await? else {
            return Ok(None);
        };
        let indicateur = Indicateur::lire(connexion, code).await?;
        let dates = question.dates.unwrap_or_default();
        // Newest first.
        let periode = indicateur.periodes.iter().find(|periode| {
            bornes(periode).is_some_and(|(premier, dernier)| dates.touche(premier, dernier))
        });
        let Some(periode) = periode.cloned() else { return Ok(None) };
        let lues = calculs.lire(connexion, indicateur, &periode, maille, edition).await?;
        let tranche = question.tranche(&lues.codes, choix);
        let mut arguments = PgArguments::default();
        ajoutes([
            arguments.add(maille),
            arguments.add(edition.edition),
            arguments.add(code),
            arguments.add(&periode),
            arguments.add(&lues.codes[tranche.clone()]),
            arguments.add(&lues.valeurs[tranche.clone()]),
            arguments.add(&lues.etats[tranche]),
        ])?;
        Ok(Some(Self { sql: include_str!("sql/valeurs.sql").to_owned(), arguments }))
    }
}

/// First and last day of a period: a year, or years.
fn bornes(periode: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (debut, fin) = periode.split_once('-').unwrap_or((periode, periode));
    Some((
        NaiveDate::from_ymd_opt(debut.parse().ok()?, 1, 1)?,
        NaiveDate::from_ymd_opt(fin.parse().ok()?, 12, 31)?,
    ))
}

async fn edition(connexion: &mut PgConnection, dates: Intervalle) -> Result<Option<Edition>> {
    sqlx::query_as(include_str!("sql/lire_edition_a_la_date.sql"))
        .bind(dates.du)
        .bind(dates.au)
        .fetch_optional(connexion)
        .await
        .pour(ACTION)
}

/// Arguments of ours always have a place on the wire.
fn ajoutes<const N: usize>(ajouts: [Result<(), sqlx::error::BoxDynError>; N]) -> Result<()> {
    ajouts
        .into_iter()
        .collect::<Result<(), _>>()
        .map_err(|source| Error::Base { action: ACTION, source: sqlx::Error::Encode(source) })
}
