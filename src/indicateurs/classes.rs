//! Classes of values for a map: bounds, how many units in each, and the name of the method.
//!
//! A class holds its lower bound and not its upper one, but for the last, which holds both. The same
//! classes serve the map, QGIS and the report.

mod jenks;

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::error::Error;
use jenks::jenks;

/// How many classes when the request does not say, and at most.
const NOMBRE: usize = 5;
const NOMBRE_MAX: usize = 12;

/// A method of classification, as `classes=` names it.
#[derive(Debug, Clone, PartialEq)]
pub enum Methode {
    /// As many units in each class.
    Quantiles(usize),
    /// Least variance within classes (Fisher's exact solution, which Jenks's search approximates).
    Jenks(usize),
    /// Six classes: 5 % of the units at each end, the others in four equal parts.
    Q6,
    /// Classes of one width.
    Egales(usize),
    /// Bounds at half and one and a half standard deviations around the mean.
    EcartType,
    /// Bounds given, the first and the last included.
    Manuel(Vec<f64>),
}

impl FromStr for Methode {
    type Err = Error;

    fn from_str(texte: &str) -> Result<Self, Error> {
        let (nom, reste) = texte.split_once(':').map_or((texte, None), |(n, r)| (n, Some(r)));
        let nombre = || {
            match reste {
            None => Ok(NOMBRE),
            Some(reste) => reste
                .trim()
                .parse()
                .ok()
                .filter(|nombre| (2..=NOMBRE_MAX).contains(nombre))
                .ok_or_else(|| {
                    Error::Demande(format!(
                        "« {reste} » n'est pas un nombre de classes : entre 2 et {NOMBRE_MAX}, comme {nom}:5."
                    ))
                }),
        }
        };
        match nom {
            "quantiles" => Ok(Self::Quantiles(nombre()?)),
            "jenks" => Ok(Self::Jenks(nombre()?)),
            "egales" => Ok(Self::Egales(nombre()?)),
            "q6" => Ok(Self::Q6),
            "ecart_type" => Ok(Self::EcartType),
            "manuel" => Ok(Self::Manuel(bornes_manuelles(reste.unwrap_or_default())?)),
            _ => Err(Error::Demande(format!(
                "« {nom} » n'est pas une méthode de classes : quantiles:5, jenks:5, egales:5, q6, \
                 ecart_type ou manuel:0;10;20."
            ))),
        }
    }
}

/// Increasing numbers between semicolons; a comma or a point before the decimals.
fn bornes_manuelles(texte: &str) -> Result<Vec<f64>, Error> {
    let bornes: Option<Vec<f64>> = texte
        .split(';')
        .map(|borne| borne.trim().replace(',', ".").parse().ok().filter(|b: &f64| b.is_finite()))
        .collect();
    bornes
        .filter(|bornes| (2..=NOMBRE_MAX + 1).contains(&bornes.len()))
        .filter(|bornes| bornes.windows(2).all(|paire| paire[0] < paire[1]))
        .ok_or_else(|| {
            Error::Demande(format!(
                "« {texte} » ne donne pas de bornes : des nombres croissants séparés par des \
                 points-virgules, comme manuel:0;10;20."
            ))
        })
}

impl fmt::Display for Methode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quantiles(_) => "quantiles (effectifs égaux)",
            Self::Jenks(_) => "seuils naturels (Jenks)",
            Self::Q6 => "Q6 (5 % des unités à chaque extrémité)",
            Self::Egales(_) => "amplitudes égales",
            Self::EcartType => "moyenne et écart-type",
            Self::Manuel(_) => "bornes manuelles",
        })
    }
}

/// Classes of a set of values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Classes {
    /// Name of the method, for the legend.
    pub methode: String,
    /// One more than the classes, increasing. Empty when there is nothing to classify.
    pub bornes: Vec<f64>,
    pub effectifs: Vec<usize>,
    /// Values outside of manual bounds.
    #[serde(skip_serializing_if = "est_nul")]
    pub hors_bornes: usize,
    /// Said when the classes are not as many as asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarque: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
fn est_nul(nombre: &usize) -> bool {
    *nombre == 0
}

impl Classes {
    /// Classifies finite values. Inner bounds are rounded to `decimales`, when that keeps them apart,
    /// and units are counted within what is shown.
    pub fn nouvelles(methode: &Methode, valeurs: &[f64], decimales: u8) -> Self {
        let mut triees: Vec<f64> = valeurs.iter().copied().filter(|v| v.is_finite()).collect();
        triees.sort_by(f64::total_cmp);
        let mut distinctes = triees.clone();
        distinctes.dedup();
        let (Some(&min), Some(&max)) = (triees.first(), triees.last()) else {
            return Self {
                methode: methode.to_string(),
                bornes: Vec::new(),
                effectifs: Vec::new(),
                hors_bornes: 0,
                remarque: Some("Aucune valeur à classer.".into()),
            };
        };
        let voulues = methode.nombre();
        let (mut bornes, remarque) = if let Methode::Manuel(bornes) = methode {
            (bornes.clone(), None)
        } else if distinctes.len() == 1 {
            (vec![min, max], Some("Toutes les valeurs sont égales : une seule classe.".to_owned()))
        } else if distinctes.len() <= voulues {
            // A class a value, which begins with it.
            let mut bornes = distinctes.clone();
            bornes.push(max);
            (
                bornes,
                Some(format!(
                    "{} valeurs différentes seulement : une classe chacune.",
                    distinctes.len()
                )),
            )
        } else {
            (methode.bornes(&triees, &distinctes), None)
        };
        let une_par_valeur = remarque.is_some();
        if !une_par_valeur && !matches!(methode, Methode::Manuel(_)) {
            arrondir(&mut bornes, decimales);
        }
        let effectifs = compter(&triees, &bornes);
        let hors_bornes = triees.len() - effectifs.iter().sum::<usize>();
        let raison = match methode {
            Methode::EcartType => "des bornes seraient au-delà des valeurs extrêmes",
            _ => "trop de valeurs égales pour les séparer",
        };
        let remarque = remarque.or_else(|| {
            (effectifs.len() < voulues)
                .then(|| format!("{} classes au lieu de {voulues} : {raison}.", effectifs.len()))
        });
        let dehors = (hors_bornes > 0)
            .then(|| format!("Valeurs hors des bornes, sans classe : {hors_bornes}."));
        let remarque = remarque.or(dehors);
        Self { methode: methode.to_string(), bornes, effectifs, hors_bornes, remarque }
    }
}

/// How many sorted values lie in each class.
fn compter(triees: &[f64], bornes: &[f64]) -> Vec<usize> {
    let classes = bornes.len().saturating_sub(1);
    (0..classes)
        .map(|rang| {
            let debut = triees.partition_point(|valeur| *valeur < bornes[rang]);
            let fin = if rang + 1 == classes {
                triees.partition_point(|valeur| *valeur <= bornes[rang + 1])
            } else {
                triees.partition_point(|valeur| *valeur < bornes[rang + 1])
            };
            fin.saturating_sub(debut)
        })
        .collect()
}

/// Rounds inner bounds, unless two of them would meet.
fn arrondir(bornes: &mut [f64], decimales: u8) {
    let facteur = 10_f64.powi(i32::from(decimales));
    let arrondies: Vec<f64> =
        bornes.iter().map(|borne| (borne * facteur).round() / facteur).collect();
    let derniere = bornes.len().saturating_sub(1);
    let juste =
        |rang: usize| if rang == 0 || rang == derniere { bornes[rang] } else { arrondies[rang] };
    if (1..bornes.len()).all(|rang| {
        juste(rang - 1) < juste(rang) || (rang == derniere && juste(rang - 1) <= juste(rang))
    }) {
        bornes[1..derniere].copy_from_slice(&arrondies[1..derniere]);
    }
}

impl Methode {
    fn nombre(&self) -> usize {
        match self {
            Self::Quantiles(nombre) | Self::Jenks(nombre) | Self::Egales(nombre) => *nombre,
            Self::Q6 => 6,
            Self::EcartType => 5,
            Self::Manuel(bornes) => bornes.len() - 1,
        }
    }

    /// Bounds, the least and the greatest value included. There are more distinct values than classes.
    fn bornes(&self, triees: &[f64], distinctes: &[f64]) -> Vec<f64> {
        let (min, max) = (triees[0], triees[triees.len() - 1]);
        let mut bornes = match self {
            Self::Quantiles(nombre) => {
                (1..*nombre).map(|rang| quantile(triees, part(rang, *nombre))).collect()
            }
            Self::Q6 => [0.05, 0.275, 0.5, 0.725, 0.95].map(|part| quantile(triees, part)).to_vec(),
            Self::Egales(nombre) => {
                (1..*nombre).map(|rang| min + (max - min) * part(rang, *nombre)).collect()
            }
            Self::EcartType => {
                let (moyenne, ecart) = moyenne_et_ecart(triees);
                [-1.5, -0.5, 0.5, 1.5].map(|k| moyenne + k * ecart).to_vec()
            }
            Self::Jenks(nombre) => jenks(triees, distinctes, *nombre),
            Self::Manuel(bornes) => return bornes.clone(),
        };
        bornes.retain(|borne| min < *borne && *borne <= max);
        bornes.dedup();
        bornes.insert(0, min);
        // After a bound that is the greatest value, a class without width holds it alone.
        bornes.push(max);
        bornes
    }
}

#[expect(clippy::cast_precision_loss, reason = "a handful of classes")]
fn part(rang: usize, nombre: usize) -> f64 {
    rang as f64 / nombre as f64
}

/// The value under which a share of the sorted values lies: one of them, so that a class begins where a
/// unit is.
fn quantile(triees: &[f64], part: f64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank among far fewer than 2⁵² values"
    )]
    let rang = (part * triees.len() as f64).round() as usize;
    triees[rang.min(triees.len() - 1)]
}

fn moyenne_et_ecart(valeurs: &[f64]) -> (f64, f64) {
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2⁵² values")]
    let nombre = valeurs.len() as f64;
    let moyenne = valeurs.iter().sum::<f64>() / nombre;
    let variance = valeurs.iter().map(|v| (v - moyenne).powi(2)).sum::<f64>() / nombre;
    (moyenne, variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn classes(methode: &str, valeurs: &[f64]) -> Classes {
        Classes::nouvelles(&methode.parse().unwrap(), valeurs, 1)
    }

    fn cent() -> Vec<f64> {
        (0..100).map(f64::from).collect()
    }

    #[test]
    fn quantiles_have_as_many_units() {
        let classes = classes("quantiles:4", &cent());
        assert_eq!(classes.bornes, [0.0, 25.0, 50.0, 75.0, 99.0]);
        assert_eq!(classes.effectifs, [25; 4]);
    }

    #[test]
    fn q6_keeps_a_twentieth_at_each_end() {
        let classes = classes("q6", &(0..1000).map(f64::from).collect::<Vec<_>>());
        assert_eq!(classes.effectifs, [50, 225, 225, 225, 225, 50]);
    }

    #[test]
    fn jenks_finds_the_groups() {
        let valeurs = [1.0, 2.0, 1.5, 10.0, 11.0, 10.5, 50.0, 51.0, 49.0, 100.0];
        let classes = classes("jenks:4", &valeurs);
        assert_eq!(classes.effectifs, [3, 3, 3, 1]);
        assert_eq!(classes.bornes, [1.0, 10.0, 49.0, 100.0, 100.0]);
    }

    #[test]
    fn few_values_have_a_class_each() {
        let classes = classes("quantiles:5", &[1.0, 1.0, 2.0, 3.0]);
        assert_eq!(classes.effectifs, [2, 1, 1]);
        assert!(classes.remarque.unwrap().contains("3 valeurs différentes"));
    }

    #[test]
    fn equal_values_are_one_class_and_no_value_is_none() {
        assert_eq!(classes("jenks:5", &[4.0; 7]).effectifs, [7]);
        assert!(classes("jenks:5", &[]).bornes.is_empty());
    }

    #[test]
    fn skewed_values_make_fewer_classes_and_say_so() {
        let mut valeurs = vec![0.0; 90];
        valeurs.extend((1..=10).map(f64::from));
        let classes = classes("quantiles:5", &valeurs);
        assert_eq!(classes.effectifs.iter().sum::<usize>(), 100);
        assert!(classes.remarque.unwrap().contains("au lieu de 5"));
    }

    #[test]
    fn manual_bounds_are_kept_and_what_is_outside_is_counted() {
        let classes = classes("manuel:10;20,5;30", &cent());
        assert_eq!(classes.bornes, [10.0, 20.5, 30.0]);
        assert_eq!(classes.effectifs, [11, 10]);
        assert_eq!(classes.hors_bornes, 79);
    }

    #[test]
    fn a_bad_method_is_said() {
        for texte in ["kmeans", "quantiles:1", "quantiles:x", "manuel:3;2", "manuel:"] {
            assert!(texte.parse::<Methode>().is_err(), "{texte}");
        }
    }

    #[test]
    fn bounds_beyond_the_extremes_are_left_out_and_it_is_said() {
        let mut valeurs = vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        valeurs.push(1000.0);
        let classes = classes("ecart_type", &valeurs);
        assert_eq!(classes.effectifs.iter().sum::<usize>(), 7);
        assert!(classes.remarque.unwrap().contains("au-delà des valeurs extrêmes"));
    }

    proptest! {
        /// Whatever the values: scattered, mostly equal, few, huge or none.
        #[test]
        fn every_value_is_in_one_class_and_fewer_classes_are_said(
            valeurs in prop_oneof![
                prop::collection::vec(-1e6_f64..1e6, 0..200),
                prop::collection::vec(prop_oneof![9 => Just(0.0), 1 => 0.0_f64..1e12], 0..200),
                prop::collection::vec((0_i32..4).prop_map(f64::from), 0..50),
                prop::collection::vec(-1e300_f64..1e300, 0..20),
            ],
            methode in prop::sample::select(vec![
                "quantiles:5", "quantiles:12", "jenks:2", "jenks:4", "egales:6", "q6", "ecart_type",
                "manuel:-5;0;10,5;1000000",
            ]),
            decimales in 0_u8..3,
        ) {
            let methode: Methode = methode.parse().unwrap();
            let classes = Classes::nouvelles(&methode, &valeurs, decimales);
            let classees = classes.effectifs.iter().sum::<usize>();
            if !valeurs.is_empty() {
                prop_assert_eq!(classees + classes.hors_bornes, valeurs.len());
            }
            prop_assert!(classes.hors_bornes == 0 || matches!(methode, Methode::Manuel(_)));
            prop_assert!(classes.bornes.iter().all(|borne| borne.is_finite()));
            prop_assert!(classes.bornes.windows(2).all(|paire| paire[0] <= paire[1]));
            prop_assert!(classes.effectifs.len() <= methode.nombre());
            prop_assert!(classes.effectifs.len() == methode.nombre() || classes.remarque.is_some());
        }
    }
}
