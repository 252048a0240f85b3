//! Where the rows of an edition come from: a source gives one or several layers, each of its own
//! millésime and for its own départements.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use crate::territoires::codes::Millesime;

/// A layer of an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, sqlx::Type, Serialize)]
#[sqlx(type_name = "apport", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum Apport {
    Contours,
    /// Codes, names, and the départements and régions of communes.
    Codes,
    /// Which EPCI a commune belongs to.
    Epci,
    Populations,
}

impl Apport {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contours => "contours",
            Self::Codes => "codes",
            Self::Epci => "epci",
            Self::Populations => "populations",
        }
    }
}

/// Of which millésime a source gives a layer, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Portee {
    /// None until it is dated: that of the import.
    pub millesime: Option<Millesime>,
    /// Empty until it is known: those of the communes read.
    pub departements: BTreeSet<String>,
    /// Of codes: whether every commune of these départements is listed.
    pub complet: bool,
}

/// A source as attributions name it.
#[derive(Debug, Clone)]
pub struct SourceLue {
    pub nom: String,
    pub licence: String,
    pub date: Option<NaiveDate>,
    pub apports: BTreeMap<Apport, Portee>,
}

impl SourceLue {
    /// A source that gives these layers, of the millésime and for the départements of the import.
    pub fn nouvelle(
        nom: String,
        licence: &str,
        date: Option<NaiveDate>,
        apports: impl IntoIterator<Item = Apport>,
    ) -> Self {
        let apports = apports.into_iter().map(|apport| (apport, Portee::default())).collect();
        Self { nom, licence: licence.to_owned(), date, apports }
    }

    /// Says that it lists every commune of its départements.
    pub fn complete(mut self) -> Self {
        self.apports.entry(Apport::Codes).or_default().complet = true;
        self
    }

    /// Says of which millésime a layer is, when it is not that of the import.
    pub fn datee(mut self, apport: Apport, millesime: Millesime) -> Self {
        self.apports.entry(apport).or_default().millesime = Some(millesime);
        self
    }
}

/// Gives what is not dated or placed yet the millésime and the départements of an import.
pub fn placer(sources: &mut [SourceLue], millesime: Millesime, departements: &BTreeSet<String>) {
    for portee in sources.iter_mut().flat_map(|source| source.apports.values_mut()) {
        portee.millesime.get_or_insert(millesime);
        if portee.departements.is_empty() {
            portee.departements.clone_from(departements);
        }
    }
}

/// Takes from former sources what newer ones give of the same layers of these départements, and puts
/// what is left of them after the newer ones.
pub fn remplacer(
    nouvelles: &mut Vec<SourceLue>,
    anciennes: Vec<SourceLue>,
    departements: &BTreeSet<String>,
) {
    let donnes: BTreeSet<Apport> =
        nouvelles.iter().flat_map(|source| source.apports.keys().copied()).collect();
    for mut ancienne in anciennes {
        for (_, portee) in ancienne.apports.iter_mut().filter(|(apport, _)| donnes.contains(apport))
        {
            portee.departements.retain(|departement| !departements.contains(departement));
        }
        ancienne.apports.retain(|_, portee| !portee.departements.is_empty());
        if ancienne.apports.is_empty() {
            continue;
        }
        let meme =
            |source: &&mut SourceLue| (&source.nom, source.date) == (&ancienne.nom, ancienne.date);
        match nouvelles.iter_mut().find(meme) {
            // The same file again, or its sequel for other départements.
            Some(deja) if compatibles(deja, &ancienne) => {
                for (apport, portee) in ancienne.apports {
                    let place = deja.apports.entry(apport).or_insert_with(|| portee.clone());
                    place.departements.extend(portee.departements);
                }
            }
            _ => nouvelles.push(ancienne),
        }
    }
}

/// Whether two mentions of one source date their common layers alike.
fn compatibles(une: &SourceLue, autre: &SourceLue) -> bool {
    une.apports.iter().all(|(apport, portee)| {
        let pareil =
            |autre: &Portee| (autre.millesime, autre.complet) == (portee.millesime, portee.complet);
        autre.apports.get(apport).is_none_or(pareil)
    })
}

/// The départements whose communes are all listed.
pub fn departements_complets(sources: &[SourceLue]) -> BTreeSet<String> {
    let codes = sources.iter().filter_map(|source| source.apports.get(&Apport::Codes));
    codes.filter(|portee| portee.complet).flat_map(|portee| portee.departements.clone()).collect()
}

/// The oldest millésime of the contours, which is what can be said of them together.
pub fn millesime_des_contours(sources: &[SourceLue]) -> Option<Millesime> {
    let contours = sources.iter().filter_map(|source| source.apports.get(&Apport::Contours));
    contours.filter_map(|portee| portee.millesime).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(nom: &str, apports: &[Apport], departements: &[&str]) -> SourceLue {
        let mut source = SourceLue::nouvelle(nom.into(), "LO", None, apports.iter().copied());
        let millesime = Millesime::new(2026).unwrap();
        placer(
            std::slice::from_mut(&mut source),
            millesime,
            &departements.iter().map(|code| (*code).to_owned()).collect(),
        );
        source
    }

    #[test]
    fn a_source_keeps_what_the_newer_ones_do_not_give() {
        let ancienne = source("paquet", &[Apport::Contours, Apport::Epci], &["07", "26"]);
        let mut nouvelles = vec![source("IGN", &[Apport::Contours], &["26"])];
        remplacer(&mut nouvelles, vec![ancienne], &BTreeSet::from(["26".to_owned()]));
        assert_eq!(nouvelles.len(), 2);
        let reste = &nouvelles[1].apports;
        assert_eq!(reste[&Apport::Contours].departements, BTreeSet::from(["07".to_owned()]));
        assert_eq!(reste[&Apport::Epci].departements.len(), 2);
    }

    #[test]
    fn a_source_with_nothing_left_goes_and_a_sequel_joins_its_own() {
        let mut nouvelles = vec![source("IGN", &[Apport::Contours], &["26"])];
        let anciennes = vec![
            source("paquet", &[Apport::Contours], &["26"]),
            source("IGN", &[Apport::Contours], &["07"]),
        ];
        remplacer(&mut nouvelles, anciennes, &BTreeSet::from(["26".to_owned()]));
        assert_eq!(nouvelles.len(), 1);
        assert_eq!(nouvelles[0].apports[&Apport::Contours].departements.len(), 2);
    }
}
