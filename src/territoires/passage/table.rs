//! The table of passage: what each code of any millésime comes to in each of the published ones.

use std::collections::{BTreeMap, HashMap};

use super::atomes::{Atome, Carte, Ensemble};
use super::histoire::{Histoire, premier_janvier};

/// A row of the table `passage`.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    pub vers: i16,
    pub ancien: String,
    pub depuis: i16,
    pub jusqu: i16,
    pub nouveau: String,
    /// Null when it is not known: going back in time, towards several communes.
    pub part: Option<f64>,
    pub nom: Option<String>,
}

/// All that a code of any millésime comes to in each of the given ones.
pub fn passages(histoire: &Histoire, millesimes: &[i16]) -> Vec<Passage> {
    let carte = Carte::derouler(histoire);
    let poids = carte.poids(&histoire.editions);
    let feuilles: Vec<Ensemble> =
        carte.periodes.iter().map(|periode| carte.feuilles(&periode.atomes)).collect();
    let mut passages = Vec::new();
    for &vers in millesimes {
        let jour = premier_janvier(vers);
        let mut communes: HashMap<Atome, &str> = HashMap::new();
        for (periode, feuilles) in carte.periodes.iter().zip(&feuilles) {
            if periode.couvre(jour) {
                communes.extend(feuilles.iter().map(|feuille| (*feuille, periode.code.as_str())));
            }
        }
        for (periode, feuilles) in carte.periodes.iter().zip(&feuilles) {
            let Some((depuis, jusqu)) = periode.annees() else { continue };
            let mut successeurs: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
            for feuille in feuilles {
                if let Some(code) = communes.get(feuille) {
                    let successeur = successeurs.entry(code).or_default();
                    successeur.0 += poids.get(feuille).copied().unwrap_or_default();
                    successeur.1 += 1;
                }
            }
            if successeurs.len() == 1 && successeurs.contains_key(periode.code.as_str()) {
                continue;
            }
            let total: f64 = successeurs.values().map(|(poids, _)| poids).sum();
            let nombre: usize = successeurs.values().map(|(_, nombre)| nombre).sum();
            let seul = successeurs.len() == 1;
            for (code, (poids, feuilles)) in &successeurs {
                #[expect(clippy::cast_precision_loss, reason = "a commune has few atomes")]
                let part = match (seul, depuis > vers) {
                    (true, _) => Some(1.0),
                    (false, true) => None,
                    (false, false) if total > 0.0 => Some(poids / total),
                    (false, false) => Some(*feuilles as f64 / nombre as f64),
                };
                passages.push(Passage {
                    vers,
                    ancien: periode.code.clone(),
                    depuis,
                    jusqu,
                    nouveau: (*code).to_owned(),
                    part,
                    nom: periode.nom.clone(),
                });
            }
        }
    }
    passages
}

#[cfg(test)]
mod tests;
