//! Classes of the map of couverture: how many partners can help each commune, cut as the page cuts them
//! (`src/web/page/couverture/classes.ts`).

use std::collections::BTreeMap;

use sqlx::PgConnection;

use crate::error::{Contexte, Result};
use crate::partenaires::Reseau;
use crate::territoires::Edition;

/// At most so many classes.
const NOMBRE: usize = 5;

/// From so many partners to so many, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classe {
    pub min: i64,
    pub max: i64,
    /// How many communes.
    pub effectif: usize,
}

/// The classes of a réseau, for its year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classement {
    pub classes: Vec<Classe>,
    /// « valeurs entières » or « quantiles »: legends name it.
    pub methode: &'static str,
}

impl Classement {
    /// That of the communes of a réseau on an edition, as the principal may read it.
    pub async fn du_reseau(
        connexion: &mut PgConnection,
        reseau: &Reseau,
        edition: Edition,
    ) -> Result<Self> {
        let partenaires: Vec<i64> = sqlx::query_scalar(include_str!("sql/compter_partenaires.sql"))
            .bind(&reseau.code)
            .bind(edition.edition)
            .bind(edition.millesime)
            .fetch_all(connexion)
            .await
            .pour("lecture des classes de la couverture")?;
        Ok(Self::couper(partenaires))
    }

    /// Zeros are not classed: « personne » is a state of its own, not a small value.
    pub fn couper(valeurs: impl IntoIterator<Item = i64>) -> Self {
        let mut effectifs = BTreeMap::<i64, usize>::new();
        for valeur in valeurs.into_iter().filter(|valeur| *valeur > 0) {
            *effectifs.entry(valeur).or_default() += 1;
        }
        if effectifs.len() <= NOMBRE {
            let classes = effectifs
                .into_iter()
                .map(|(valeur, effectif)| Classe { min: valeur, max: valeur, effectif })
                .collect();
            return Self { classes, methode: "valeurs entières" };
        }
        Self { classes: quantiles(&effectifs), methode: "quantiles" }
    }
}

/// Classes of about as many communes each; equal values are never parted.
fn quantiles(effectifs: &BTreeMap<i64, usize>) -> Vec<Classe> {
    let total: usize = effectifs.values().sum();
    let mut classes: Vec<Classe> = Vec::with_capacity(NOMBRE);
    let (mut cumul, mut ouverte) = (0, false);
    for (rang, (&valeur, &effectif)) in effectifs.iter().enumerate() {
        match classes.last_mut().filter(|_| ouverte) {
            Some(classe) => {
                classe.max = valeur;
                classe.effectif += effectif;
            }
            None => classes.push(Classe { min: valeur, max: valeur, effectif }),
        }
        cumul += effectif;
        let restantes = effectifs.len() - rang - 1;
        let pleine = cumul * NOMBRE >= total * classes.len();
        // Close a full class, or any class once the values left are only enough to fill the classes left.
        ouverte = classes.len() == NOMBRE || !(pleine || restantes <= NOMBRE - classes.len());
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bornes(valeurs: impl IntoIterator<Item = i64>) -> Vec<(i64, i64)> {
        let classement = Classement::couper(valeurs);
        classement.classes.iter().map(|classe| (classe.min, classe.max)).collect()
    }

    // The same cases as those of the page, in tests/navigateur/modules.test.mjs.
    #[test]
    fn few_values_are_classes_of_their_own() {
        assert_eq!(bornes([0, 0, 1, 2]), [(1, 1), (2, 2)]);
        assert_eq!(bornes([8, 9, 10, 11, 12, 12]), [(8, 8), (9, 9), (10, 10), (11, 11), (12, 12)]);
        assert_eq!(bornes([0, 0]), []);
    }

    #[test]
    fn one_dominant_value_leaves_the_other_classes_to_the_others() {
        let valeurs = std::iter::repeat_n(1, 300).chain([2, 3, 4, 5, 6, 7]);
        assert_eq!(bornes(valeurs), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 7)]);
    }

    #[test]
    fn more_values_make_five_classes_that_hold_every_commune_once() {
        let valeurs: Vec<i64> = (0..362).map(|i| 1 + i % 13).collect();
        let classement = Classement::couper(valeurs);
        assert_eq!((classement.classes.len(), classement.methode), (5, "quantiles"));
        assert_eq!(classement.classes.iter().map(|classe| classe.effectif).sum::<usize>(), 362);
    }
}
