//! What happened on one day: from which commune to which.

use std::collections::{BTreeSet, HashMap};

use super::histoire::Mouvement;

/// Codes that come from, and codes that go to, a commune that is named.
pub fn expliquees(mouvements: &[Mouvement]) -> (BTreeSet<String>, BTreeSet<String>) {
    mouvements
        .iter()
        .filter_map(|mouvement| Some((mouvement.apres.clone()?, mouvement.avant.clone()?)))
        .unzip()
}

#[derive(Debug, Clone)]
pub struct Lien {
    pub avant: String,
    /// Empty when the commune disappears without a successor.
    pub apres: String,
    pub nom_avant: Option<String>,
    pub nom_apres: Option<String>,
}

impl Lien {
    pub fn identite(code: &str) -> Self {
        Self { avant: code.to_owned(), apres: code.to_owned(), nom_avant: None, nom_apres: None }
    }
}

/// Links gathered by the communes that they share.
pub fn groupes(liens: Vec<Lien>) -> Vec<Vec<Lien>> {
    let mut groupe_de: HashMap<String, usize> = HashMap::new();
    let mut groupes: Vec<Vec<Lien>> = Vec::new();
    for lien in liens {
        let avant = groupe_de.get(&lien.avant).copied();
        let apres = groupe_de.get(&lien.apres).copied().filter(|_| !lien.apres.is_empty());
        let rang = match (avant, apres) {
            (Some(rang), None) | (None, Some(rang)) => rang,
            (Some(garde), Some(fondu)) => {
                if garde != fondu {
                    let deplaces = std::mem::take(&mut groupes[fondu]);
                    groupes[garde].extend(deplaces);
                    groupe_de
                        .values_mut()
                        .filter(|rang| **rang == fondu)
                        .for_each(|rang| *rang = garde);
                }
                garde
            }
            (None, None) => {
                groupes.push(Vec::new());
                groupes.len() - 1
            }
        };
        groupe_de.insert(lien.avant.clone(), rang);
        if !lien.apres.is_empty() {
            groupe_de.insert(lien.apres.clone(), rang);
        }
        groupes[rang].push(lien);
    }
    groupes
}
