//! What the map of couverture tells apart: its classes and its two states without value, each with the words of the
//! legend, the expression that finds it and the symbol that shows it.

use super::noeud::Noeud;
use super::symbologie::{aplat, hachures, points};
use crate::couverture::Classement;
use crate::web::Palette;

/// A line of the legend.
#[derive(Debug, Clone)]
pub struct Modalite {
    pub libelle: String,
    pub expression: String,
    /// Of the symbol, from below.
    pub couches: Vec<Noeud>,
}

/// In the order of the legend of the page. Every commune is in one: the data live, and the last class has no upper
/// bound, nor the first a lower one.
pub fn modalites(classement: &Classement, palette: &Palette) -> Vec<Modalite> {
    let classes = &classement.classes;
    let couleurs = palette.sequence(classes.len());
    let mut toutes: Vec<Modalite> = classes
        .iter()
        .zip(couleurs)
        .enumerate()
        .map(|(rang, (classe, couleur))| {
            let mut conditions = vec!["\"etat\" = 'aide'".to_owned()];
            if let Some(dessous) = rang.checked_sub(1).and_then(|rang| classes.get(rang)) {
                conditions.push(format!("\"partenaires\" > {}", dessous.max));
            }
            if rang + 1 < classes.len() {
                conditions.push(format!("\"partenaires\" <= {}", classe.max));
            }
            Modalite {
                libelle: compte(classe.min, classe.max),
                expression: conditions.join(" AND "),
                couches: vec![aplat(couleur, 1.0)],
            }
        })
        .collect();
    let motifs = &palette.motifs;
    toutes.push(Modalite {
        libelle: "Personne".to_owned(),
        expression: "\"etat\" = 'personne'".to_owned(),
        couches: vec![aplat(&motifs.clair, 1.0), hachures(motifs)],
    });
    toutes.push(Modalite {
        libelle: "Non renseigné".to_owned(),
        expression: "\"etat\" = 'non_renseigne'".to_owned(),
        couches: vec![aplat(&motifs.clair, 1.0), points(motifs)],
    });
    toutes
}

fn compte(min: i64, max: i64) -> String {
    let bornes = if min == max { min.to_string() } else { format!("{min} à {max}") };
    let pluriel = if max < 2 { "partenaire" } else { "partenaires" };
    format!("{bornes}\u{a0}{pluriel}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::couverture::Classe;

    #[test]
    fn classes_leave_no_number_of_partners_out() {
        let classe = |min, max| Classe { min, max, effectif: 1 };
        let classement = Classement {
            classes: vec![classe(1, 1), classe(2, 4), classe(6, 9)],
            methode: "quantiles",
        };
        let toutes = modalites(&classement, &Palette::lire().unwrap());
        let dites: Vec<(&str, &str)> =
            toutes.iter().map(|m| (m.libelle.as_str(), m.expression.as_str())).collect();
        assert_eq!(
            dites,
            [
                ("1\u{a0}partenaire", "\"etat\" = 'aide' AND \"partenaires\" <= 1"),
                (
                    "2 à 4\u{a0}partenaires",
                    "\"etat\" = 'aide' AND \"partenaires\" > 1 AND \"partenaires\" <= 4"
                ),
                ("6 à 9\u{a0}partenaires", "\"etat\" = 'aide' AND \"partenaires\" > 4"),
                ("Personne", "\"etat\" = 'personne'"),
                ("Non renseigné", "\"etat\" = 'non_renseigne'"),
            ]
        );
    }
}
