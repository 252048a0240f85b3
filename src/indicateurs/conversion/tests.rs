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
        let part = part.map_or(Part::Inconnue, Part::Sue);
        suites.entry((*ancien).into()).or_default().push(((*nouveau).into(), part));
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
    let population = serie(&[("26216", Connue::valant(100.0)), ("26219", Connue::valant(500.0))]);
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
    let population = serie(&[("26001", Connue::valant(100.0)), ("26002", Connue::valant(900.0))]);
    let superficie = serie(&[("26001", Connue::valant(10.0)), ("26003", Connue::valant(5.0))]);
    let (population, superficie) = apparier(population, superficie);
    let sur = Appartenance::nouvelle(
        ["26001", "26002", "26003"].map(String::from).to_vec(),
        vec![Some("26".into()); 3],
    );
    let sommes =
        [population, superficie].map(|serie| additionner(&serie, &Suites::new(), &sur, false));
    let densite = rapporter(&sommes[0], &sommes[1], 1.0);
    assert_eq!(densite, [Connue { partielle: true, ..Connue::valant(10.0) }]);
}

#[test]
fn a_ratio_of_a_merged_commune_leaves_out_the_part_that_lacks_one() {
    let suites = suites(&[("26219", "26216", Some(1.0))]);
    let population = serie(&[("26216", Connue::valant(100.0)), ("26219", Connue::valant(900.0))]);
    let superficie =
        serie(&[("26216", Connue::valant(10.0)), ("26219", Connue::sans(Etat::NonDisponible))]);
    let (population, superficie) = apparier(population, superficie);
    let sommes = [population, superficie]
        .map(|serie| additionner(&serie, &suites, &communes(&["26216"]), false));
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
fn a_unit_that_holds_all_that_a_commune_was_needs_no_share() {
    let serie = serie(&[("26216", Connue::valant(1500.0)), ("26001", Connue::valant(7.0))]);
    let suites = suites(&[("26216", "26216", None), ("26216", "26219", None)]);
    let sur = Appartenance::nouvelle(
        ["26001", "26216", "26219"].map(String::from).to_vec(),
        vec![Some("26".into()); 3],
    );
    assert_eq!(additionner(&serie, &suites, &sur, true), [Connue::valant(1507.0)]);
}

#[test]
fn groups_may_share_communes_and_count_each_once() {
    let serie = serie(&[("26001", Connue::valant(3.0)), ("26002", Connue::valant(4.0))]);
    let [un, deux] = ["26001", "26002"].map(String::from);
    let sur = Appartenance::groupes(&[&[un.clone(), deux.clone(), un], &[deux], &[]]);
    assert_eq!(
        additionner(&serie, &Suites::new(), &sur, true),
        [Connue::valant(7.0), Connue::valant(4.0), Connue::sans(Etat::NonDisponible)]
    );
}

#[test]
fn a_key_shares_what_merged_and_keeps_the_whole() {
    let serie = serie(&[("26216", Connue::valant(10.0))]);
    let mut suites = suites(&[("26216", "26216", None), ("26216", "26219", None)]);
    repartir(&mut suites, &HashMap::from([("26216".into(), 2.0), ("26219".into(), 1.0)]));
    let sommes = additionner(&serie, &suites, &communes(&["26216", "26219"]), true);
    let estimee = |valeur| Connue { estimee: true, ..Connue::valant(valeur) };
    assert_eq!(sommes, [estimee(7.0), estimee(3.0)]);
}

#[test]
fn a_key_that_lacks_a_commune_or_is_nothing_shares_nothing() {
    for cle in [
        HashMap::from([("26216".to_owned(), 2.0)]),
        HashMap::from([("26216".to_owned(), 0.0), ("26219".to_owned(), 0.0)]),
        HashMap::from([("26216".to_owned(), 2.0), ("26219".to_owned(), -1.0)]),
    ] {
        let serie = serie(&[("26216", Connue::valant(10.0))]);
        let mut suites = suites(&[("26216", "26216", None), ("26216", "26219", None)]);
        repartir(&mut suites, &cle);
        let sommes = additionner(&serie, &suites, &communes(&["26216", "26219"]), true);
        assert_eq!(sommes, [Connue::sans(Etat::NonCalculable); 2]);
    }
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
