//! Which report is asked for.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// A report: of whom, when, written on what day. Two that are equal give the same document.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Consigne {
    pub reseau: String,
    pub sujet: Sujet,
    pub periode: Periode,
    /// The day that it bears. Nothing else of the document depends on a clock.
    pub edition: NaiveDate,
    pub format: Format,
}

/// Whom a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "genre", content = "code")]
pub enum Sujet {
    /// All of a réseau.
    Reseau,
    /// One of its partners, by its code.
    Partenaire(String),
    /// An EPCI of its perimeter, by its SIREN.
    Epci(String),
    /// A regroupement of the réseau, by its code: the *dossier de réunion*.
    Regroupement(String),
}

/// Days that a report is about, both included: a whole year, or any others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Periode {
    /// Null when it is not a year.
    pub annee: Option<i16>,
    pub du: NaiveDate,
    pub au: NaiveDate,
}

/// What it is printed on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    #[default]
    A4,
    A3,
}

impl Periode {
    /// A whole year. None when the calendar has no such year.
    pub fn annee(annee: i16) -> Option<Self> {
        let jour = |mois, jour| NaiveDate::from_ymd_opt(i32::from(annee), mois, jour);
        Some(Self { annee: Some(annee), du: jour(1, 1)?, au: jour(12, 31)? })
    }

    /// From one day to another. None when it ends before it begins.
    pub fn jours(du: NaiveDate, au: NaiveDate) -> Option<Self> {
        (du <= au).then_some(Self { annee: None, du, au })
    }

    /// Years and months that it touches, in order.
    pub fn mois(self) -> impl Iterator<Item = (i32, u32)> {
        let rang = |jour: NaiveDate| jour.year() * 12 + jour.month0() as i32;
        (rang(self.du)..=rang(self.au))
            .map(|rang| (rang.div_euclid(12), rang.rem_euclid(12) as u32 + 1))
    }

    /// The same days of the year before.
    pub fn precedente(self) -> Self {
        let avant = |jour: NaiveDate| {
            // The 29th of February has no day of the same name a year before.
            jour.with_year(jour.year() - 1).unwrap_or(jour - chrono::Duration::days(366))
        };
        Self { annee: self.annee.map(|annee| annee - 1), du: avant(self.du), au: avant(self.au) }
    }
}

impl Format {
    /// Width and height of the page, millimetres.
    pub fn millimetres(self) -> (f64, f64) {
        match self {
            Self::A4 => (210.0, 297.0),
            Self::A3 => (297.0, 420.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jour(texte: &str) -> NaiveDate {
        texte.parse().unwrap()
    }

    #[test]
    fn the_year_before_has_the_same_days() {
        assert_eq!(Periode::annee(2018).unwrap().precedente(), Periode::annee(2017).unwrap());
        let periode = Periode::jours(jour("2024-01-01"), jour("2024-02-29")).unwrap();
        let attendue = Periode::jours(jour("2023-01-01"), jour("2023-02-28")).unwrap();
        assert_eq!(periode.precedente(), attendue);
    }

    #[test]
    fn a_period_that_ends_before_it_begins_is_none() {
        assert_eq!(Periode::jours(jour("2024-02-01"), jour("2024-01-31")), None);
    }
}
