//! The parameter `datetime`: a day, an instant or an interval, open or not (RFC 3339).

use chrono::{DateTime, NaiveDate};

use crate::error::{Error, Result};

/// From one day to another, both included; open where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Intervalle {
    pub du: Option<NaiveDate>,
    pub au: Option<NaiveDate>,
}

impl Intervalle {
    pub fn lire(texte: &str) -> Result<Self> {
        let faux = || {
            Error::Demande(format!(
                "« {texte} » n'est pas une date ni une période : écrivez 2019-01-01, 2018-01-01/2018-12-31, ou \
                 2018-01-01/.. quand elle n'a pas de fin."
            ))
        };
        let borne = |texte: &str| match texte {
            "" | ".." => Ok(None),
            _ => jour(texte).map(Some).ok_or_else(faux),
        };
        let lu = match texte.split_once('/') {
            Some((du, au)) => Self { du: borne(du)?, au: borne(au)? },
            None => {
                let jour = jour(texte).ok_or_else(faux)?;
                Self { du: Some(jour), au: Some(jour) }
            }
        };
        match (lu.du, lu.au) {
            (Some(du), Some(au)) if du > au => Err(Error::Demande(format!(
                "La période « {texte} » finit avant de commencer. Échangez ses deux dates."
            ))),
            _ => Ok(lu),
        }
    }

    /// Whether it has a day of a year.
    pub fn touche(self, premier: NaiveDate, dernier: NaiveDate) -> bool {
        self.du.is_none_or(|du| du <= dernier) && self.au.is_none_or(|au| au >= premier)
    }
}

/// The day of a date or of an instant, as it is written.
pub fn jour(texte: &str) -> Option<NaiveDate> {
    texte
        .parse()
        .ok()
        .or_else(|| DateTime::parse_from_rfc3339(texte).ok().map(|instant| instant.date_naive()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn le(texte: &str) -> Option<NaiveDate> {
        Some(texte.parse().unwrap())
    }

    #[test]
    fn a_day_an_instant_and_open_intervals_are_read() {
        let lu = |texte| Intervalle::lire(texte).unwrap();
        assert_eq!(lu("2019-03-01"), Intervalle { du: le("2019-03-01"), au: le("2019-03-01") });
        assert_eq!(lu("2019-03-01T10:00:00Z"), lu("2019-03-01"));
        assert_eq!(lu("2019-03-01/.."), Intervalle { du: le("2019-03-01"), au: None });
        assert_eq!(lu("/2019-03-01"), Intervalle { du: None, au: le("2019-03-01") });
        for faux in ["", "hier", "2019", "2019-02-30", "2020-01-01/2019-01-01", "a/b"] {
            assert!(Intervalle::lire(faux).is_err(), "{faux}");
        }
    }
}
