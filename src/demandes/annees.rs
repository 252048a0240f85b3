//! What was asked and done, year by year: of a place, or of a partner.

use std::collections::BTreeMap;

use serde::Deserialize;
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::error::{Contexte, Result};
use crate::partenaires::Reseau;
use crate::territoires::{Edition, Lieu};

/// A year of all the réseaux that the question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Annee {
    pub annee: i16,
    /// Null where one of them does not publish it. Of an EPCI, its own.
    pub demandes: Option<i64>,
    /// Of an EPCI, those of its communes.
    pub des_communes: i64,
    /// Those that have the date of a first answer, and of their end.
    pub repondues: i64,
    pub closes: i64,
}

/// The years, the first one first and none left out; then the demandes by theme and by partner, the most numerous first.
#[derive(Debug, Default)]
pub struct Annees {
    pub annees: Vec<Annee>,
    /// Of the réseaux that are read one by one; a demande counts for each of its themes, and of its partners.
    pub themes: Vec<(String, i64)>,
    pub partenaires: Vec<(String, i64)>,
}

#[derive(Debug, Deserialize)]
struct Lue {
    annee: i16,
    demandes: Option<i64>,
    des_communes: i64,
    repondues: i64,
    closes: i64,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    annees: Json<Vec<Lue>>,
    themes: Json<Vec<(String, i64)>>,
    partenaires: Json<Vec<(String, i64)>>,
}

impl Annees {
    /// Those of réseaux in a place, of one partner or of all. Of réseaux that mask small counts for whoever asks, what
    /// is published: nothing of one partner.
    pub async fn lire(
        connexion: &mut PgConnection,
        reseaux: &[&Reseau],
        partenaire: Option<&str>,
        edition: Edition,
        lieu: Option<&Lieu>,
    ) -> Result<Self> {
        let (masques, lisibles): (Vec<&Reseau>, Vec<&Reseau>) =
            reseaux.iter().partition(|reseau| reseau.seuil_masque.is_some());
        let codes = |reseaux: &[&Reseau]| -> Vec<String> {
            reseaux.iter().map(|reseau| reseau.code.clone()).collect()
        };
        let ligne: Ligne = sqlx::query_as(include_str!("sql/compter_annees.sql"))
            .bind(codes(&lisibles))
            .bind(codes(&masques))
            .bind(partenaire)
            .bind(edition.edition)
            .bind(edition.millesime)
            .bind(lieu.map(|lieu| lieu.maille))
            .bind(lieu.map(|lieu| &lieu.code))
            .fetch_one(connexion)
            .await
            .pour("compte des demandes par année")?;
        Ok(Self {
            annees: rassembler(ligne.annees.0),
            themes: ligne.themes.0,
            partenaires: ligne.partenaires.0,
        })
    }

    /// Of all the years; null when one is not published.
    pub fn total(&self) -> Option<i64> {
        self.annees.iter().map(|annee| annee.demandes).sum()
    }
}

/// One row for each year: what a réseau does not publish is not known of the year.
fn rassembler(lues: Vec<Lue>) -> Vec<Annee> {
    let vide = |annee| Annee { annee, demandes: Some(0), des_communes: 0, repondues: 0, closes: 0 };
    let mut annees: BTreeMap<i16, Annee> = BTreeMap::new();
    for lue in lues {
        let somme = annees.entry(lue.annee).or_insert_with(|| vide(lue.annee));
        somme.demandes = somme.demandes.zip(lue.demandes).map(|(une, autre)| une + autre);
        somme.des_communes += lue.des_communes;
        somme.repondues += lue.repondues;
        somme.closes += lue.closes;
    }
    let bornes = annees.keys().next().copied().zip(annees.keys().next_back().copied());
    let Some((premiere, derniere)) = bornes else { return Vec::new() };
    (premiere..=derniere).map(|annee| annees.get(&annee).copied().unwrap_or(vide(annee))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lue(annee: i16, demandes: Option<i64>) -> Lue {
        Lue { annee, demandes, des_communes: 0, repondues: 0, closes: 0 }
    }

    #[test]
    fn a_year_without_demande_is_there_and_one_that_is_masked_somewhere_has_no_count() {
        let annees = rassembler(vec![lue(2018, Some(2)), lue(2020, Some(3)), lue(2020, None)]);
        let comptes: Vec<_> = annees.iter().map(|a| (a.annee, a.demandes)).collect();
        assert_eq!(comptes, [(2018, Some(2)), (2019, Some(0)), (2020, None)]);
    }
}
