//! Values carried from one millésime to another, and put together on larger units.
//!
//! A stock adds up: a commune that merged brings all that it had, one that was divided is shared by
//! the passage. Where a share is not known, nor is the sum. A value that is missing makes a sum partial,
//! never wrong.

use std::collections::HashMap;

/// Why a unit has a value or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Etat {
    Valeur,
    /// Known to the producer, who may not publish it.
    Secret,
    /// The question makes no sense there.
    SansObjet,
    NonDisponible,
    /// Published elsewhere or before, and the passage does not tell what it is here and now.
    NonCalculable,
}

impl Etat {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valeur => "valeur",
            Self::Secret => "secret",
            Self::SansObjet => "sans_objet",
            Self::NonDisponible => "non_disponible",
            Self::NonCalculable => "non_calculable",
        }
    }
}

/// What is known of one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Connue {
    pub etat: Etat,
    /// Finite when the state is [`Etat::Valeur`]; else unused.
    pub valeur: f64,
    /// A sum that lacks the value of some of its parts.
    pub partielle: bool,
}

impl Connue {
    pub const fn sans(etat: Etat) -> Self {
        Self { etat, valeur: 0.0, partielle: false }
    }

    pub const fn valant(valeur: f64) -> Self {
        Self { etat: Etat::Valeur, valeur, partielle: false }
    }
}

/// Values as published, on the communes (or the units) of one millésime.
#[derive(Debug, Default)]
pub struct Serie {
    pub codes: Vec<String>,
    pub valeurs: Vec<Connue>,
}

/// Codes of that millésime that are others in the one shown: each successor with its share.
pub type Suites = HashMap<String, Vec<(String, Option<f64>)>>;

/// The communes of the millésime shown, and the rank of the unit that each belongs to.
#[derive(Debug, Clone, Default)]
pub struct Appartenance {
    /// Codes of the units, in order.
    pub unites: Vec<String>,
    communes: HashMap<String, usize>,
}

impl Appartenance {
    /// `parents` gives the unit of each commune; a commune without one belongs to none.
    pub fn nouvelle(communes: Vec<String>, parents: Vec<Option<String>>) -> Self {
        let mut unites: Vec<String> = parents.iter().flatten().cloned().collect();
        unites.sort_unstable();
        unites.dedup();
        let communes = communes
            .into_iter()
            .zip(parents)
            .filter_map(|(commune, parent)| Some((commune, unites.binary_search(&parent?).ok()?)))
            .collect();
        Self { unites, communes }
    }

    /// Each commune is its own unit.
    pub fn communes(codes: Vec<String>) -> Self {
        let communes = codes.iter().cloned().zip(0..).collect();
        Self { unites: codes, communes }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Somme {
    valeur: f64,
    connues: u32,
    secretes: u32,
    absentes: u32,
    sans_objet: u32,
    incertaine: bool,
}

impl Somme {
    fn ajouter(&mut self, connue: Connue, valeur: f64) {
        match connue.etat {
            Etat::Valeur => {
                self.valeur += valeur;
                self.connues += 1;
            }
            Etat::Secret => self.secretes += 1,
            Etat::SansObjet => self.sans_objet += 1,
            Etat::NonDisponible => self.absentes += 1,
            Etat::NonCalculable => self.incertaine = true,
        }
    }

    fn connue(self) -> Connue {
        let etat = match self {
            Self { incertaine: true, .. } => Etat::NonCalculable,
            Self { connues: 1.., .. } => Etat::Valeur,
            Self { secretes: 1.., .. } => Etat::Secret,
            Self { absentes: 1.., .. } => Etat::NonDisponible,
            Self { sans_objet: 1.., .. } => Etat::SansObjet,
            _ => Etat::NonDisponible,
        };
        let partielle = etat == Etat::Valeur && self.secretes + self.absentes > 0;
        Connue { etat, valeur: self.valeur, partielle }
    }
}

/// A stock on the units of another millésime, in their order. `entier` keeps whole what is counted:
/// shares are then rounded so that their sum is the value shared.
pub fn additionner(
    serie: &Serie,
    suites: &Suites,
    appartenance: &Appartenance,
    entier: bool,
) -> Vec<Connue> {
    let mut sommes = vec![Somme::default(); appartenance.unites.len()];
    let mut ajouter = |code: &str, connue: Connue, valeur: f64| {
        if let Some(&rang) = appartenance.communes.get(code) {
            sommes[rang].ajouter(connue, valeur);
        }
    };
    for (code, connue) in serie.codes.iter().zip(&serie.valeurs) {
        let Some(successeurs) = suites.get(code) else {
            ajouter(code, *connue, connue.valeur);
            continue;
        };
        let parts: Option<Vec<f64>> = successeurs.iter().map(|(_, part)| *part).collect();
        match parts {
            None => {
                for (successeur, _) in successeurs {
                    ajouter(successeur, Connue::sans(Etat::NonCalculable), 0.0);
                }
            }
            Some(parts) => {
                let valeurs = partager(connue.valeur, &parts, entier);
                for ((successeur, _), valeur) in successeurs.iter().zip(valeurs) {
                    ajouter(successeur, *connue, valeur);
                }
            }
        }
    }
    sommes.into_iter().map(Somme::connue).collect()
}

/// Shares a value. Whole, it is shared by the largest remainders, the first of equals before.
fn partager(valeur: f64, parts: &[f64], entier: bool) -> Vec<f64> {
    let exactes: Vec<f64> = parts.iter().map(|part| valeur * part).collect();
    if !entier || valeur.fract() != 0.0 {
        return exactes;
    }
    let mut entieres: Vec<f64> = exactes.iter().map(|exacte| exacte.floor()).collect();
    let mut rangs: Vec<usize> = (0..parts.len()).collect();
    rangs.sort_by(|&a, &b| {
        exactes[b].fract().rem_euclid(1.0).total_cmp(&exactes[a].fract().rem_euclid(1.0))
    });
    let mut reste = valeur - entieres.iter().sum::<f64>();
    for rang in rangs {
        if reste < 0.5 {
            break;
        }
        entieres[rang] += 1.0;
        reste -= 1.0;
    }
    entieres
}

/// Leaves out of both parts of a ratio what one of them lacks: the population of a commune whose area
/// is unknown must not be divided by the area of the others.
pub fn apparier(numerateurs: &mut [Connue], denominateurs: &mut [Connue]) {
    for (n, d) in numerateurs.iter_mut().zip(denominateurs) {
        if n.etat != Etat::Valeur || d.etat != Etat::Valeur {
            let commune = Connue::sans(n.etat.max(d.etat));
            (*n, *d) = (commune, commune);
        }
    }
}

/// A ratio, from its parts on the same units.
pub fn rapporter(numerateurs: &[Connue], denominateurs: &[Connue], facteur: f64) -> Vec<Connue> {
    numerateurs
        .iter()
        .zip(denominateurs)
        .map(|(n, d)| {
            if n.etat != Etat::Valeur || d.etat != Etat::Valeur {
                // The more serious of the two states.
                return Connue::sans(n.etat.max(d.etat));
            }
            if d.valeur == 0.0 {
                return Connue::sans(Etat::SansObjet);
            }
            Connue {
                etat: Etat::Valeur,
                valeur: n.valeur / d.valeur * facteur,
                partielle: n.partielle || d.partielle,
            }
        })
        .collect()
}

/// What does not add up, on the units that are still what they were; `codes` is in order.
pub fn reporter(serie: &Serie, suites: &Suites, codes: &[String]) -> Vec<Connue> {
    let mut connues = vec![Connue::sans(Etat::NonDisponible); codes.len()];
    for (code, connue) in serie.codes.iter().zip(&serie.valeurs) {
        if !suites.contains_key(code)
            && let Ok(rang) = codes.binary_search(code)
        {
            connues[rang] = *connue;
        }
    }
    // Those that others have joined or left are no longer what was measured.
    for (successeur, _) in suites.values().flatten() {
        if let Ok(rang) = codes.binary_search(successeur) {
            connues[rang] = Connue::sans(Etat::NonCalculable);
        }
    }
    connues
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn serie(valeurs: &[(&str, Connue)]) -> Serie {
        Serie {
            codes: valeurs.iter().map(|(code, _)| (*code).into()).collect(),
            valeurs: valeurs.iter().map(|(_, connue)| *connue).collect(),
        }
    }

    fn suites(lignes: &[(&str, &str, Option<f64>)]) -> Suites {
        let mut suites = Suites::new();
        for (ancien, nouveau, part) in lignes {
            suites.entry((*ancien).into()).or_default().push(((*nouveau).into(), *part));
        }
        suites
    }

    fn communes(codes: &[&str]) -> Appartenance {
        Appartenance::communes(codes.iter().map(|code| (*code).into()).collect())
    }

    #[test]
    fn a_merged_commune_has_the_sum() {
        let serie = serie(&[("26216", Connue::valant(1000.0)), ("26219", Connue::valant(500.0))]);
        let suites = suites(&[("26219", "26216", Some(1.0))]);
        let sommes = additionner(&serie, &suites, &communes(&["26216"]), true);
        assert_eq!(sommes, [Connue::valant(1500.0)]);
    }

    #[test]
    fn a_ratio_of_a_merged_commune_comes_from_its_parts() {
        // 100 inhabitants on 10 km² and 500 on 5 km²: 40 to the km², not the mean of 10 and 100.
        let suites = suites(&[("26219", "26216", Some(1.0))]);
        let sur = communes(&["26216"]);
        let population =
            serie(&[("26216", Connue::valant(100.0)), ("26219", Connue::valant(500.0))]);
        let superficie = serie(&[("26216", Connue::valant(10.0)), ("26219", Connue::valant(5.0))]);
        let densite = rapporter(
            &additionner(&population, &suites, &sur, true),
            &additionner(&superficie, &suites, &sur, false),
            1.0,
        );
        assert_eq!(densite, [Connue::valant(40.0)]);
    }

    #[test]
    fn a_ratio_is_that_of_the_units_whose_both_parts_are_known() {
        let mut population = [Connue::valant(100.0), Connue::valant(900.0)];
        let mut superficie = [Connue::valant(10.0), Connue::sans(Etat::NonDisponible)];
        apparier(&mut population, &mut superficie);
        let codes = vec!["26001".to_owned(), "26002".to_owned()];
        let sur = Appartenance::nouvelle(codes.clone(), vec![Some("26".into()), Some("26".into())]);
        let sommes = [population, superficie].map(|valeurs| {
            let serie = Serie { codes: codes.clone(), valeurs: valeurs.to_vec() };
            additionner(&serie, &Suites::new(), &sur, false)
        });
        let densite = rapporter(&sommes[0], &sommes[1], 1.0);
        assert_eq!(densite, [Connue { partielle: true, ..Connue::valant(10.0) }]);
    }

    #[test]
    fn a_sum_over_a_secret_is_partial() {
        let serie = serie(&[("26001", Connue::valant(3.0)), ("26002", Connue::sans(Etat::Secret))]);
        let sur = Appartenance::nouvelle(
            vec!["26001".into(), "26002".into()],
            vec![Some("200040459".into()), Some("200040459".into())],
        );
        let sommes = additionner(&serie, &Suites::new(), &sur, true);
        assert_eq!(sommes, [Connue { partielle: true, ..Connue::valant(3.0) }]);
    }

    #[test]
    fn the_four_states_stay_apart() {
        let etats = [Etat::Secret, Etat::SansObjet, Etat::NonDisponible];
        let codes = ["26001", "26002", "26003"];
        let lues: Vec<_> = codes.iter().zip(etats).map(|(c, e)| (*c, Connue::sans(e))).collect();
        let sommes = additionner(&serie(&lues), &Suites::new(), &communes(&codes), true);
        assert_eq!(sommes.iter().map(|connue| connue.etat).collect::<Vec<_>>(), etats);
        let zero = serie(&[("26001", Connue::valant(0.0))]);
        assert_eq!(
            additionner(&zero, &Suites::new(), &communes(&["26001"]), true),
            [Connue::valant(0.0)]
        );
    }

    #[test]
    fn an_unknown_share_makes_a_sum_unknown() {
        let serie = serie(&[("26216", Connue::valant(1500.0))]);
        let suites = suites(&[("26216", "26216", None), ("26216", "26219", None)]);
        let sommes = additionner(&serie, &suites, &communes(&["26216", "26219"]), true);
        assert_eq!(sommes, [Connue::sans(Etat::NonCalculable); 2]);
    }

    #[test]
    fn a_median_is_kept_only_where_nothing_changed() {
        let serie = serie(&[
            ("26001", Connue::valant(7.0)),
            ("26216", Connue::valant(8.0)),
            ("26219", Connue::valant(9.0)),
        ]);
        let suites = suites(&[("26219", "26216", Some(1.0))]);
        let codes: Vec<String> = ["26001", "26003", "26216"].map(String::from).to_vec();
        let etats: Vec<Etat> = reporter(&serie, &suites, &codes).iter().map(|c| c.etat).collect();
        assert_eq!(etats, [Etat::Valeur, Etat::NonDisponible, Etat::NonCalculable]);
    }

    proptest! {
        #[test]
        fn shares_of_a_whole_are_whole_and_add_up(
            valeur in 0_u32..100_000,
            poids in prop::collection::vec(0.01_f64..10.0, 1..8),
        ) {
            let total: f64 = poids.iter().sum();
            let parts: Vec<f64> = poids.iter().map(|p| p / total).collect();
            let parts = partager(f64::from(valeur), &parts, true);
            prop_assert!(parts.iter().all(|part| part.fract() == 0.0 && *part >= 0.0));
            prop_assert_eq!(parts.iter().sum::<f64>(), f64::from(valeur));
        }
    }
}
