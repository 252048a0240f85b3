//! What each kind of map is filled with, and the legend that says it.

use std::collections::{BTreeMap, BTreeSet};

use super::Atelier;
use crate::couverture::Classement;
use crate::indicateurs::{Classes, Methode};
use crate::rapports::cartes::{Case, Legende, Remplissage};
use crate::rapports::donnees::{Carte, Genre};
use crate::web::fiches::{nombre, pluriel};

impl Atelier<'_> {
    /// Fills, circles and legend of a map.
    pub(super) fn contenu(
        &self,
        carte: &Carte,
        petite: bool,
    ) -> (BTreeMap<String, Remplissage>, BTreeMap<String, f64>, Legende) {
        let connues = || carte.valeurs.iter().filter_map(|(code, n)| Some((code.clone(), (*n)?)));
        match carte.genre {
            Genre::Servies => {
                let servie = self.sequence(1, 0);
                let (par_code, legende) = self.classer(carte, |valeur| match valeur {
                    None => (2, Remplissage::Points, "Non communiqué".to_owned()),
                    Some(n) if n > 0.0 => (0, servie.clone(), "Servie".to_owned()),
                    Some(_) => (1, Remplissage::Hachures, "Non servie".to_owned()),
                });
                (par_code, BTreeMap::new(), Legende { titre: "Communes".into(), ..legende })
            }
            Genre::Cercles => {
                // No circle since its number is not published, and not for want of demandes.
                let tues = carte.valeurs.iter().filter(|(_, valeur)| valeur.is_none());
                let tues = tues.map(|(code, _)| code);
                let (par_code, legende) = seul(tues, Remplissage::Points, "Non communiqué");
                (par_code, connues().collect(), legende)
            }
            Genre::Taux => {
                let (par_code, legende) = self.taux(carte);
                (par_code, BTreeMap::new(), legende)
            }
            Genre::Couverture => {
                let (par_code, legende) = self.entiers(carte, "partenaire", petite);
                (par_code, BTreeMap::new(), legende)
            }
            Genre::Blanches => {
                let (par_code, legende) = self.blanches(carte);
                (par_code, BTreeMap::new(), legende)
            }
            Genre::Recouvrements => {
                let (par_code, legende) = self.entiers(carte, "thème partagé", petite);
                (par_code, BTreeMap::new(), legende)
            }
            Genre::Zone => {
                let zone = carte.communes.iter();
                let (par_code, legende) = seul(zone, Remplissage::Zone, "Zones d’intervention");
                (par_code, connues().collect(), legende)
            }
            Genre::Portrait => {
                let (par_code, legende) = self.classer(carte, |valeur| match valeur {
                    None => (2, Remplissage::Points, "Non communiqué".to_owned()),
                    Some(n) if n > 0.0 => {
                        (0, Remplissage::Couleur("#eef3e6".to_owned()), "Servie".to_owned())
                    }
                    Some(_) => (1, Remplissage::Hachures, "Non servie".to_owned()),
                });
                (par_code, connues().collect(), Legende { titre: "Communes".into(), ..legende })
            }
        }
    }

    fn sequence(&self, classes: usize, rang: usize) -> Remplissage {
        let couleur = self.palette.sequence(classes).get(rang).cloned();
        Remplissage::Couleur(couleur.unwrap_or_else(|| "#41b6c4".to_owned()))
    }

    /// Fills by what a value says, and a legend in the order of the ranks, with how many units have each.
    fn classer(
        &self,
        carte: &Carte,
        dire: impl Fn(Option<f64>) -> (usize, Remplissage, String),
    ) -> (BTreeMap<String, Remplissage>, Legende) {
        self.classer_par_code(carte, |_, valeur| dire(valeur))
    }

    fn classer_par_code(
        &self,
        carte: &Carte,
        dire: impl Fn(&str, Option<f64>) -> (usize, Remplissage, String),
    ) -> (BTreeMap<String, Remplissage>, Legende) {
        let mut cases: BTreeMap<usize, (Remplissage, String, usize)> = BTreeMap::new();
        let mut par_code = BTreeMap::new();
        for (code, valeur) in &carte.valeurs {
            let (rang, fond, texte) = dire(code, *valeur);
            par_code.insert(code.clone(), fond.clone());
            cases.entry(rang).or_insert((fond, texte, 0)).2 += 1;
        }
        let cases = cases
            .into_values()
            .map(|(fond, texte, nombre)| Case {
                fond: fond.svg(),
                texte: format!("{texte} ({nombre})"),
            })
            .collect();
        (par_code, Legende { cases, ..Legende::default() })
    }

    /// Counts, in the classes of the page: whole values when they are few, else quantiles.
    fn entiers(
        &self,
        carte: &Carte,
        mot: &str,
        petite: bool,
    ) -> (BTreeMap<String, Remplissage>, Legende) {
        #[expect(clippy::cast_possible_truncation, reason = "counts of partners and themes")]
        let en_entier = |valeur: f64| valeur.round() as i64;
        let classement =
            Classement::couper(carte.valeurs.values().flatten().map(|v| en_entier(*v)));
        let nombre_de_classes = classement.classes.len();
        let couverture = carte.genre == Genre::Couverture;
        let (par_code, mut legende) = self.classer(carte, |valeur| {
            let Some(valeur) = valeur.map(en_entier) else {
                return (100, Remplissage::Points, "Non renseigné".to_owned());
            };
            let classe = classement
                .classes
                .iter()
                .enumerate()
                .find(|(_, classe)| (classe.min..=classe.max).contains(&valeur));
            match classe {
                None if couverture => (99, Remplissage::Hachures, "Personne".to_owned()),
                None => (99, Remplissage::Couleur("#ffffff".to_owned()), "Aucun".to_owned()),
                Some((rang, classe)) => {
                    let texte = match (petite, classe.min == classe.max) {
                        (true, true) => classe.min.to_string(),
                        (true, false) => format!("{} à {}", classe.min, classe.max),
                        (false, true) => pluriel(classe.min, mot, &au_pluriel(mot)),
                        (false, false) => {
                            format!("{} à {} {}", classe.min, classe.max, au_pluriel(mot))
                        }
                    };
                    (rang, self.sequence(nombre_de_classes, rang), texte)
                }
            }
        });
        legende.titre = if petite { "Partenaires (communes)".into() } else { "Par commune".into() };
        if !petite && nombre_de_classes > 0 {
            legende.notes.push(format!(
                "Classes : {}. Entre parenthèses, le nombre de communes.",
                classement.methode
            ));
        }
        (par_code, legende)
    }

    /// Hatches that come closer as help goes missing; the closest where nobody helps at all, as on the map of coverage.
    fn blanches(&self, carte: &Carte) -> (BTreeMap<String, Remplissage>, Legende) {
        let sans_personne: BTreeSet<&str> = carte.communes.iter().map(String::as_str).collect();
        let en_partie = |code: &str| !sans_personne.contains(code);
        let manques = carte.valeurs.iter().filter(|(code, _)| en_partie(code));
        let maximum = manques.filter_map(|(_, valeur)| *valeur).fold(0.0, f64::max);
        let (par_code, mut legende) = self.classer_par_code(carte, |code, valeur| match valeur {
            _ if !en_partie(code) => (3, Remplissage::Hachures, "Aucun partenaire".to_owned()),
            None => (4, Remplissage::Points, "Non renseigné".to_owned()),
            Some(n) if n < 1.0 => {
                let plein = Remplissage::Couleur("#f1f4ec".to_owned());
                (0, plein, "Un partenaire sur chaque thème".to_owned())
            }
            Some(n) if n < 2.0 => {
                (1, Remplissage::HachuresRares, "1 thème sans partenaire".to_owned())
            }
            Some(_) if maximum > 2.0 => {
                let texte = format!("2 à {} thèmes sans partenaire", nombre(maximum, 0));
                (2, Remplissage::HachuresLarges, texte)
            }
            Some(_) => (2, Remplissage::HachuresLarges, "2 thèmes sans partenaire".to_owned()),
        });
        legende.titre = "Communes".into();
        legende.notes.push("Entre parenthèses, le nombre de communes.".to_owned());
        legende.notes.push("Thèmes du premier niveau qu’un partenaire au moins porte.".to_owned());
        (par_code, legende)
    }

    fn taux(&self, carte: &Carte) -> (BTreeMap<String, Remplissage>, Legende) {
        let valeurs: Vec<f64> = carte.valeurs.values().flatten().copied().collect();
        let (classes, decimales) = classes(&valeurs);
        let borne = |borne| nombre(borne, decimales);
        let derniere = classes.effectifs.len().saturating_sub(1);
        let (par_code, mut legende) = self.classer(carte, |valeur| {
            let trouvee = valeur.and_then(|valeur| {
                let rang = classes.bornes.iter().skip(1).position(|borne| valeur < *borne);
                (!classes.effectifs.is_empty()).then(|| rang.unwrap_or(derniere).min(derniere))
            });
            match trouvee {
                None => (100, Remplissage::Points, "Non communiqué".to_owned()),
                Some(rang) => {
                    let (de, a) = (classes.bornes[rang], classes.bornes[rang + 1]);
                    let texte = match rang == derniere {
                        true => format!("De {} à {}", borne(de), borne(a)),
                        false => format!("De {} à moins de {}", borne(de), borne(a)),
                    };
                    (rang, self.sequence(derniere + 1, rang), texte)
                }
            }
        });
        legende.titre = "Demandes des communes pour mille habitants".into();
        legende
            .notes
            .push(format!("Classes : {}. Entre parenthèses, le nombre d’EPCI.", classes.methode));
        let rattachees: i64 = self.rapport.epci.iter().map(|bloc| bloc.communes).sum();
        let perimetre = self.rapport.carte("communes-servies").map_or(0, |c| c.valeurs.len());
        if usize::try_from(rattachees).is_ok_and(|rattachees| rattachees < perimetre) {
            legende
                .notes
                .push("En blanc : communes dont l’EPCI n’est pas du périmètre.".to_owned());
        }
        legende.notes.extend(classes.remarque);
        (par_code, legende)
    }
}

/// One fill for some units, with how many they are; nothing for none.
fn seul<'a>(
    codes: impl Iterator<Item = &'a String>,
    fond: Remplissage,
    texte: &str,
) -> (BTreeMap<String, Remplissage>, Legende) {
    let par_code: BTreeMap<_, _> = codes.map(|code| (code.clone(), fond.clone())).collect();
    let case = Case { fond: fond.svg(), texte: format!("{texte} ({})", par_code.len()) };
    let cases = if par_code.is_empty() { Vec::new() } else { vec![case] };
    (par_code, Legende { cases, ..Legende::default() })
}

/// The classes of rates, and the decimals by which their bounds are told apart: one, more when rates are small.
fn classes(taux: &[f64]) -> (Classes, usize) {
    let avec = |decimales: u8| {
        let classes = Classes::nouvelles(&Methode::Quantiles(5), taux, decimales);
        (classes, usize::from(decimales))
    };
    let distinctes = |(classes, decimales): &(Classes, usize)| {
        let ecrite = |borne: f64| nombre(borne, *decimales);
        classes.bornes.windows(2).all(|b| b[0] >= b[1] || ecrite(b[0]) != ecrite(b[1]))
    };
    (1..4).map(avec).find(distinctes).unwrap_or_else(|| avec(4))
}

/// «partenaires», «thèmes partagés».
fn au_pluriel(mots: &str) -> String {
    mots.split(' ').map(|mot| format!("{mot}s")).collect::<Vec<_>>().join(" ")
}
