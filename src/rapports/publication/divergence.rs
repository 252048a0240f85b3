//! What has moved since a report was published.

use crate::rapports::donnees::{Rapport, entier};

/// A figure that is no longer what was published.
#[derive(Debug, Clone, PartialEq)]
pub struct Ecart {
    pub cle: String,
    pub libelle: String,
    pub publie: f64,
    pub aujourd_hui: f64,
    /// «bilan publié : 745 ; aujourd'hui : 751 (6 ajoutées depuis)».
    pub phrase: String,
}

/// Figures of the réseau that differ. One that is masked on either side is not compared.
pub fn ecarts(publie: &Rapport, vivant: &Rapport) -> Vec<Ecart> {
    publie
        .chiffres
        .iter()
        .filter_map(|ancien| {
            let nouveau = vivant.chiffre(&ancien.cle)?;
            let (avant, apres) = ancien.valeur.zip(nouveau.valeur)?;
            if (avant - apres).abs() <= 1e-9 * avant.abs().max(1.0) {
                return None;
            }
            let suite = match (ancien.cle.starts_with("demandes"), apres - avant) {
                (true, ecart) if ecart > 0.0 => {
                    format!(" ({} {} depuis)", entier(ecart), accorder("ajoutée", ecart))
                }
                (true, ecart) => {
                    format!(" ({} {} depuis)", entier(-ecart), accorder("retirée", -ecart))
                }
                _ => String::new(),
            };
            Some(Ecart {
                cle: ancien.cle.clone(),
                libelle: ancien.libelle.clone(),
                publie: avant,
                aujourd_hui: apres,
                phrase: format!(
                    "bilan publié : {} ; aujourd'hui : {}{suite}",
                    ancien.texte, nouveau.texte
                ),
            })
        })
        .collect()
}

fn accorder(mot: &str, nombre: f64) -> String {
    if nombre < 2.0 { mot.to_owned() } else { format!("{mot}s") }
}
