//! Figures that a text calls: `{demandes}`, `{communes_servies:denominateur}`.

use crate::rapports::donnees::{Rapport, entier};

/// What a text may call. A figure that a report does not have that year is «n. c.».
pub const CLES: [&str; 27] = [
    "annee",
    "annee_precedente",
    "annee_suivante",
    "reseau",
    "demandes",
    "communes_servies",
    "part_communes_servies",
    "communes",
    "epci_servis",
    "epci",
    "autres_servis",
    "demandes_communes",
    "demandes_epci",
    "demandes_autres",
    "partenaires",
    "partenaires_presents",
    "zones_blanches",
    "communes_non_renseignees",
    "communes_couvertes",
    "communes_partagees",
    "beneficiaires",
    "jamais_servies",
    "hors_zone",
    "delai_reponse",
    "delai_cloture",
    "jours",
    "budget",
];

/// What may be asked of a figure beside its value.
pub const CHAMPS: [&str; 2] = ["evolution", "denominateur"];

/// Not communicated, or of no meaning that year.
const ABSENT: &str = "n.\u{a0}c.";

/// The key and the field of what stands between braces.
///
/// # Errors
/// What is wrong, and the nearest key.
pub fn lire(interieur: &str) -> Result<(String, Option<String>), String> {
    let (cle, champ) = match interieur.split_once(':') {
        Some((cle, champ)) => (cle.trim(), Some(champ.trim())),
        None => (interieur.trim(), None),
    };
    if !CLES.contains(&cle) {
        let proche = CLES.iter().map(|connue| (ecart(cle, connue), connue)).min();
        let conseil = match proche {
            Some((loin, connue)) if loin <= 3 => format!("Vouliez-vous dire {{{connue}}} ?"),
            _ => format!("Ceux qui existent : {}.", CLES.join(", ")),
        };
        return Err(format!("« {{{cle}}} » n'est pas un chiffre du rapport. {conseil}"));
    }
    match champ {
        Some(champ) if !CHAMPS.contains(&champ) => Err(format!(
            "« {champ} » ne se demande pas d'un chiffre. Écrivez {{{cle}}}, {{{cle}:evolution}} ou {{{cle}:denominateur}}."
        )),
        _ => Ok((cle.to_owned(), champ.map(str::to_owned))),
    }
}

/// A figure as it is read.
pub fn dire(cle: &str, champ: Option<&str>, rapport: &Rapport) -> String {
    let annee = |ecart: i16| {
        rapport
            .consigne
            .periode
            .annee
            .map_or_else(|| ABSENT.to_owned(), |annee| annee.saturating_add(ecart).to_string())
    };
    match cle {
        "annee" => annee(0),
        "annee_precedente" => annee(-1),
        "annee_suivante" => annee(1),
        "reseau" => rapport.reseau.nom.clone(),
        _ => {
            let Some(chiffre) = rapport.chiffre(cle) else { return ABSENT.to_owned() };
            match champ {
                Some("evolution") => chiffre.evolution.clone().unwrap_or_else(|| ABSENT.to_owned()),
                Some(_) => chiffre.denominateur.map_or_else(|| ABSENT.to_owned(), entier),
                None => chiffre.texte.clone(),
            }
        }
    }
}

/// How many letters are to be changed, added or taken away between two words.
fn ecart(un: &str, autre: &str) -> usize {
    let autre: Vec<char> = autre.chars().collect();
    let mut avant: Vec<usize> = (0..=autre.len()).collect();
    for (rang, lettre) in un.chars().enumerate() {
        let mut ligne = vec![rang + 1];
        for (colonne, contre) in autre.iter().enumerate() {
            let changee = avant[colonne] + usize::from(lettre != *contre);
            ligne.push(changee.min(avant[colonne + 1] + 1).min(ligne[colonne] + 1));
        }
        avant = ligne;
    }
    avant.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_nearly_right_is_advised() {
        assert_eq!(lire("demandes"), Ok(("demandes".into(), None)));
        assert_eq!(
            lire(" demandes : evolution "),
            Ok(("demandes".into(), Some("evolution".into())))
        );
        assert!(lire("commune_servies").unwrap_err().contains("{communes_servies}"));
        assert!(lire("budget de l'année").unwrap_err().contains("Ceux qui existent"));
        assert!(lire("demandes:double").unwrap_err().contains("{demandes:evolution}"));
    }
}
