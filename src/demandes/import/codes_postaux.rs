//! A column of five digits that may hold post codes: the person is asked, with both readings counted.

use std::collections::BTreeMap;

use super::arret::Doute;
use super::champ::Champ;
use super::ligne::{Cellules, Lecteur};
use crate::tableau::Tableau;

/// What the person said of the column.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Lecture {
    #[default]
    Inconnue,
    Insee,
    Postaux,
}

/// How many cells are read as what.
#[derive(Default)]
struct Compte {
    lus: usize,
    insee: usize,
    postaux: usize,
    postaux_seulement: usize,
    /// With a name that says which commune it is.
    nommes: usize,
    /// Codes, how many times, those that are post codes only first.
    exemples: BTreeMap<(bool, String), usize>,
}

/// Stops where five digits may be post codes and nothing says what they are.
pub fn exiger(
    tableau: &Tableau,
    lecteur: &Lecteur<'_>,
    lecture: Lecture,
) -> Result<(), Box<Doute>> {
    if lecture != Lecture::Inconnue {
        return Ok(());
    }
    for champ in [Champ::Code, Champ::Beneficiaire, Champ::Commune] {
        if !lecteur.colonnes.a(champ) {
            continue;
        }
        let compte = compter(tableau, lecteur, champ);
        if compte.doute() {
            return Err(Box::new(compte.demander(&tableau.nom, lecteur, champ)));
        }
    }
    Ok(())
}

fn compter(tableau: &Tableau, lecteur: &Lecteur<'_>, champ: Champ) -> Compte {
    let mut compte = Compte::default();
    for (ligne, cellules) in &tableau.lignes {
        let rang = Cellules { ligne: *ligne, cellules };
        let cinq = |texte: &&str| texte.len() == 5 && texte.bytes().all(|o| o.is_ascii_digit());
        let Some(code) = lecteur.cellule(rang, champ).filter(cinq) else { continue };
        let (insee, postal) = lecteur.lieux.natures(code);
        compte.lus += 1;
        compte.insee += usize::from(insee);
        compte.postaux += usize::from(postal);
        compte.postaux_seulement += usize::from(postal && !insee);
        let nom = [Champ::Beneficiaire, Champ::Commune]
            .into_iter()
            .filter(|autre| *autre != champ)
            .any(|autre| lecteur.cellule(rang, autre).is_some());
        compte.nommes += usize::from(nom);
        if postal {
            *compte.exemples.entry((insee, code.to_owned())).or_default() += 1;
        }
    }
    compte
}

impl Compte {
    fn doute(&self) -> bool {
        if self.postaux == 0 {
            return false;
        }
        // Names beside judge each row; unless the column is plainly of post codes.
        if self.nommes == self.lus {
            return self.postaux_seulement * 2 > self.lus;
        }
        self.postaux_seulement > 0 || self.postaux >= self.insee
    }

    fn demander(&self, nom: &str, lecteur: &Lecteur<'_>, champ: Champ) -> Doute {
        const EXEMPLES: usize = 4;
        let communs = self.exemples.keys().filter(|(insee, _)| *insee).take(EXEMPLES / 2);
        let postaux = self.exemples.keys().filter(|(insee, _)| !insee).take(EXEMPLES / 2);
        Doute {
            nom: nom.to_owned(),
            entete: lecteur.colonnes.entete(champ).to_owned(),
            comptes: format!(
                "Sur {} codes à cinq chiffres, {} sont des codes Insee connus et {} des codes postaux ({} ne sont \
                 que des codes postaux).",
                self.lus, self.insee, self.postaux, self.postaux_seulement
            ),
            exemples: communs
                .chain(postaux)
                .map(|(_, code)| lecteur.lieux.lectures(code))
                .collect(),
        }
    }
}
