//! Facts of the passage, on small histories and on any.

use std::collections::BTreeSet;

use super::*;
use crate::territoires::passage::histoire::{Edition, Mouvement};
use proptest::prelude::*;

/// Movements written `date avant[=nom] apres[=nom]`, `-` for none.
fn mouvements(lignes: &[&str]) -> Vec<Mouvement> {
    let bout = |texte: &str| {
        let (code, nom) = texte.split_once('=').unwrap_or((texte, ""));
        let code = (code != "-").then(|| code.to_owned());
        (code, (!nom.is_empty()).then(|| nom.replace('_', " ")))
    };
    lignes
        .iter()
        .map(|ligne| {
            let morceaux: Vec<&str> = ligne.split(' ').collect();
            let ((avant, nom_avant), (apres, nom_apres)) = (bout(morceaux[1]), bout(morceaux[2]));
            Mouvement { date: morceaux[0].parse().unwrap(), avant, apres, nom_avant, nom_apres }
        })
        .collect()
}

/// An edition of communes and their populations.
fn edition(annee: i16, communes: &[(&str, i32)]) -> Edition {
    let mut edition = Edition::nouvelle(annee);
    for (code, population) in communes {
        edition.ajouter((*code).into(), format!("Commune {code}"), Some(*population), vec![]);
    }
    edition
}

fn histoire(lignes: &[&str], editions: Vec<Edition>) -> Histoire {
    Histoire { mouvements: mouvements(lignes), editions }
}

/// What a code of a year comes to, with its shares; itself when there is no row.
fn suite(histoire: &Histoire, code: &str, de: i16, vers: i16) -> Vec<(String, Option<f64>)> {
    let lignes: Vec<_> = passages(histoire, &[vers])
        .into_iter()
        .filter(|p| p.ancien == code && (p.depuis..=p.jusqu).contains(&de))
        .map(|p| (p.nouveau, p.part))
        .collect();
    if lignes.is_empty() { vec![(code.into(), Some(1.0))] } else { lignes }
}

fn seule(code: &str) -> Vec<(String, Option<f64>)> {
    vec![(code.into(), Some(1.0))]
}

#[test]
fn a_merged_commune_goes_whole_to_the_one_that_absorbed_it() {
    let histoire = histoire(&["2022-01-01 26216 26216", "2022-01-01 26219 26216"], vec![]);
    assert_eq!(suite(&histoire, "26219", 2018, 2026), seule("26216"));
    assert_eq!(suite(&histoire, "26216", 2018, 2026), seule("26216"));
}

#[test]
fn what_was_merged_since_is_not_known_going_back() {
    let histoire = histoire(&["2022-01-01 26216 26216", "2022-01-01 26219 26216"], vec![]);
    assert_eq!(
        suite(&histoire, "26216", 2026, 2019),
        [("26216".into(), None), ("26219".into(), None)]
    );
}

#[test]
fn a_code_that_comes_back_is_the_same_territory() {
    // Celles joined Neussargues in 2016 and left it in 2025.
    let histoire = histoire(
        &[
            "2016-12-01 15031 15141",
            "2016-12-01 15141 15141",
            "2025-01-01 15141 15031",
            "2025-01-01 15141 15141",
        ],
        vec![edition(2025, &[("15031", 200), ("15141", 600)])],
    );
    assert_eq!(suite(&histoire, "15031", 2016, 2026), seule("15031"));
    assert_eq!(suite(&histoire, "15141", 2016, 2026), seule("15141"));
    assert_eq!(
        suite(&histoire, "15141", 2020, 2026),
        [("15031".into(), Some(0.25)), ("15141".into(), Some(0.75))]
    );
    assert_eq!(suite(&histoire, "15031", 2026, 2020), seule("15141"));
}

#[test]
fn a_code_that_moves_is_followed() {
    let histoire = histoire(
        &["2016-01-01 49069 49069", "2016-01-01 49040 49069", "2025-01-01 49069 49126"],
        vec![],
    );
    assert_eq!(suite(&histoire, "49040", 2010, 2026), seule("49126"));
    assert_eq!(suite(&histoire, "49069", 2020, 2026), seule("49126"));
}

#[test]
fn two_changes_of_one_day_are_one() {
    // Freigné changed département and joined a commune nouvelle.
    let histoire = histoire(
        &["2018-01-01 49144 44225", "2018-01-01 44180 44180", "2018-01-01 44225 44180"],
        vec![],
    );
    assert_eq!(suite(&histoire, "49144", 2017, 2026), seule("44180"));
    assert!(passages(&histoire, &[2026]).iter().all(|passage| passage.ancien != "44225"));
}

#[test]
fn the_one_that_keeps_the_name_keeps_the_rest() {
    // Beaumont left Les Hauts-Talican, which took the code of Villotran.
    let histoire = histoire(
        &[
            "2019-01-01 60054=Beaumont 60054=Les_Hauts_Talican",
            "2019-01-01 60455 60054=Les_Hauts_Talican",
            "2019-01-01 60694 60054=Les_Hauts_Talican",
            "2024-01-01 60054=Les_Hauts-Talican 60054=Beaumont",
            "2024-01-01 60054=Les_Hauts-Talican 60694=Les_Hauts-Talican",
        ],
        vec![],
    );
    assert_eq!(suite(&histoire, "60455", 2018, 2026), seule("60694"));
    assert_eq!(suite(&histoire, "60054", 2018, 2026), seule("60054"));
}

#[test]
fn a_divided_commune_is_shared_by_population() {
    let histoire = histoire(
        &["1989-02-15 38422 38422", "1989-02-15 38422 38567"],
        vec![edition(2019, &[("38422", 300), ("38567", 100)])],
    );
    assert_eq!(
        suite(&histoire, "38422", 1980, 2026),
        [("38422".into(), Some(0.75)), ("38567".into(), Some(0.25))]
    );
}

#[test]
fn an_edition_says_nothing_of_the_departements_that_it_lacks() {
    let histoire = histoire(
        &[],
        vec![
            edition(2018, &[("26001", 10)]),
            edition(2019, &[("26001", 10), ("38001", 5), ("97411", 3)]),
        ],
    );
    assert!(passages(&histoire, &[2018, 2019]).is_empty());
}

#[test]
fn editions_tell_what_movements_do_not() {
    let mut suivante = edition(2022, &[("26001", 10), ("26002", 20), ("26004", 5)]);
    suivante.absorbes.insert("26003".into(), "26002".into());
    let histoire = histoire(
        &["2018-01-01 26001 26001", "2018-01-01 26004 26001"],
        vec![edition(2019, &[("26001", 15), ("26002", 12), ("26003", 8)]), suivante],
    );
    assert_eq!(suite(&histoire, "26003", 2020, 2022), seule("26002"));
    // 26004 appears again: it is what it was.
    assert_eq!(suite(&histoire, "26004", 2017, 2022), seule("26004"));
    assert_eq!(suite(&histoire, "26001", 2019, 2022).len(), 2);
}

proptest! {
    /// Whatever merges and splits, in whatever order, nothing is lost and nothing is made up.
    #[test]
    fn sums_are_kept(gestes in prop::collection::vec((0_usize..8, 0_usize..8, any::<bool>()), 0..40)) {
        let code = |rang: usize| format!("2600{rang}");
        let mut vivantes: BTreeSet<usize> = (0..8).collect();
        let mut mouvements = Vec::new();
        for (annee, (a, b, fusion)) in (1950..).zip(gestes) {
            let date = premier_janvier(annee);
            let lien = |avant: usize, apres: usize| Mouvement {
                date, avant: Some(code(avant)), apres: Some(code(apres)), nom_avant: None, nom_apres: None,
            };
            if a == b || !vivantes.contains(&a) {
                continue;
            }
            if fusion && vivantes.contains(&b) {
                vivantes.remove(&b);
                mouvements.extend([lien(a, a), lien(b, a)]);
            } else if !fusion && !vivantes.contains(&b) {
                vivantes.insert(b);
                mouvements.extend([lien(a, a), lien(a, b)]);
            }
        }
        let communes: Vec<String> = (0..8).map(code).collect();
        let toutes: Vec<(&str, i32)> = communes.iter().map(|code| (code.as_str(), 7)).collect();
        let histoire = Histoire { mouvements, editions: vec![edition(1943, &toutes)] };
        let mut sommes: BTreeMap<(String, i16), f64> = BTreeMap::new();
        for passage in passages(&histoire, &[2026]) {
            prop_assert!(vivantes.iter().any(|rang| code(*rang) == passage.nouveau));
            *sommes.entry((passage.ancien, passage.depuis)).or_default() += passage.part.unwrap();
        }
        for (quoi, somme) in sommes {
            prop_assert!((somme - 1.0).abs() < 1e-9, "{quoi:?} : {somme}");
        }
    }
}
