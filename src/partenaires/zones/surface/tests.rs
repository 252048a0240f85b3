use geo::{LineString, Validation, polygon};

use super::*;

fn carre(ouest: f64, sud: f64, cote: f64) -> Polygon {
    Rect::new((ouest, sud), (ouest + cote, sud + cote)).to_polygon()
}

fn anneau(points: &[(f64, f64)]) -> MultiPolygon {
    MultiPolygon(vec![Polygon::new(LineString::from(points.to_vec()), Vec::new())])
}

fn degres(lue: &MultiPolygon) -> Result<Examen, String> {
    examiner(lue, &Repere::degres().unwrap())
}

/// Of squares of EPSG:3857 near Die.
fn plan(points: &[(f64, f64)]) -> Result<Examen, String> {
    let places: Vec<_> = points.iter().map(|(x, y)| (600_000.0 + x, 5_580_000.0 + y)).collect();
    redresser(&anneau(&places))
}

fn aire(examen: &Examen) -> f64 {
    examen.surface.unsigned_area().round()
}

#[test]
fn a_sound_surface_is_kept_with_its_holes_and_nothing_is_said() {
    let percee = polygon!(
        exterior: [(x: 0., y: 0.), (x: 100., y: 0.), (x: 100., y: 100.), (x: 0., y: 100.)],
        interiors: [[(x: 10., y: 10.), (x: 10., y: 20.), (x: 20., y: 20.), (x: 20., y: 10.)]],
    );
    let examen = redresser(&MultiPolygon(vec![percee])).unwrap();
    assert_eq!((aire(&examen), examen.reparations.len()), (9_900.0, 0));
    assert_eq!(examen.surface.0[0].interiors().len(), 1);
}

#[test]
fn repeated_vertices_and_an_open_ring_change_nothing() {
    let examen =
        plan(&[(0., 0.), (0., 0.), (100., 0.), (100., 100.), (100., 100.), (0., 100.)]).unwrap();
    assert_eq!((aire(&examen), examen.reparations.len()), (10_000.0, 0));
}

#[test]
fn a_spike_is_taken_out_and_said() {
    let examen = plan(&[
        (0., 0.),
        (100., 0.),
        (100., 50.),
        (900., 50.),
        (100., 50.),
        (100., 100.),
        (0., 100.),
    ])
    .unwrap();
    assert_eq!(aire(&examen), 10_000.0);
    assert_eq!(examen.reparations, ["une pointe sans épaisseur a été retirée"]);
    // At the place where the ring begins, too.
    let examen =
        plan(&[(-500., 0.), (0., 0.), (100., 0.), (100., 100.), (0., 100.), (0., 0.)]).unwrap();
    assert_eq!((aire(&examen), examen.reparations.len()), (10_000.0, 1));
}

#[test]
fn a_bow_tie_is_refused_with_the_place_where_it_crosses() {
    let raison = plan(&[(0., 0.), (100., 100.), (100., 0.), (0., 100.)]).unwrap_err();
    assert!(raison.contains("se croise près de 44."), "{raison}");
    assert!(raison.contains("redessinez-le"), "{raison}");
}

#[test]
fn a_small_loop_is_untied_and_said() {
    // The hand went past the corner and came back across its own line.
    let examen =
        plan(&[(0., 0.), (1000., 0.), (1000., 1010.), (995., 995.), (1010., 1000.), (0., 1000.)])
            .unwrap();
    assert!((aire(&examen) - 1_000_000.0).abs() < 5_000.0);
    assert!(examen.surface.is_valid());
    assert_eq!(examen.reparations, ["le contour se croisait : la boucle a été dénouée"]);
}

#[test]
fn a_hole_that_leaves_its_surface_is_refused() {
    let percee = Polygon::new(
        carre(0., 0., 100.).exterior().clone(),
        vec![carre(50., 50., 100.).exterior().clone()],
    );
    let raison = redresser(&MultiPolygon(vec![percee])).unwrap_err();
    assert!(raison.contains("Un trou de la surface sort"), "{raison}");
}

#[test]
fn parts_that_overlap_are_united_and_crumbs_are_taken_out() {
    let parties =
        MultiPolygon(vec![carre(0., 0., 100.), carre(50., 0., 100.), carre(500., 0., 2.)]);
    let examen = redresser(&parties).unwrap();
    assert_eq!((aire(&examen), examen.surface.0.len()), (15_000.0, 1));
    assert_eq!(examen.reparations.len(), 2, "{:?}", examen.reparations);
    assert!(examen.reparations[1].contains("éclats"));
}

#[test]
fn a_surface_without_area_is_refused() {
    for points in [&[(0., 0.), (100., 0.)][..], &[(0., 0.), (50., 0.), (100., 0.)], &[(0., 0.)]] {
        let raison = plan(points).unwrap_err();
        assert!(raison.contains("vide"), "{raison}");
    }
    assert!(degres(&MultiPolygon(Vec::new())).unwrap_err().contains("n'a pas de surface"));
}

#[test]
fn swapped_coordinates_are_put_right_only_when_that_puts_them_in_france() {
    let drome = MultiPolygon(vec![carre(4.9, 44.6, 0.1)]);
    let droit = degres(&drome).unwrap();
    assert_eq!(droit.reparations.len(), 0);
    let inverse = degres(&MultiPolygon(vec![carre(44.6, 4.9, 0.1)])).unwrap();
    assert!(inverse.reparations[0].contains("inversées"), "{:?}", inverse.reparations);
    assert_eq!(inverse.surface.bounding_rect(), droit.surface.bounding_rect());
    // Kenya, and its mirror: neither is in France.
    let raison = degres(&MultiPolygon(vec![carre(37.0, 1.0, 0.1)])).unwrap_err();
    assert!(raison.contains("n'est pas en France"), "{raison}");
}

#[test]
fn a_world_wide_surface_is_refused() {
    let monde = MultiPolygon(vec![Rect::new((-180., -90.), (180., 90.)).to_polygon()]);
    assert!(degres(&monde).unwrap_err().contains("n'est pas en France"));
    let metres = MultiPolygon(vec![carre(850_000., 6_400_000., 10.)]);
    assert!(degres(&metres).unwrap_err().contains("sort du globe"));
    let perdue = anneau(&[(4.9, 44.6), (f64::NAN, 44.6), (5.0, 44.7)]);
    assert!(degres(&perdue).is_err());
}

#[test]
fn what_covers_several_times_its_reseau_is_refused() {
    let reseau = Rect::new((0., 0.), (100., 100.));
    assert!(mesurer(&MultiPolygon(vec![carre(0., 0., 150.)]), Some(reseau)).is_ok());
    let raison = mesurer(&MultiPolygon(vec![carre(0., 0., 300.)]), Some(reseau)).unwrap_err();
    assert!(raison.contains("9 fois l'étendue"), "{raison}");
}

#[test]
fn a_million_vertices_become_thousands_that_are_as_near_as_is_said() {
    let rayon = 30_000.0;
    let points: Vec<_> = (0..1_000_000)
        .map(|n| {
            let angle = f64::from(n) * std::f64::consts::TAU / 1e6;
            let r = rayon + f64::from(n % 7) * 0.2;
            (r * angle.cos(), r * angle.sin())
        })
        .collect();
    let depart = std::time::Instant::now();
    let examen = plan(&points).unwrap();
    let duree = depart.elapsed();
    assert!(duree.as_secs() < 20, "{duree:?}");
    println!("un million de sommets : {duree:?}, {} gardés", examen.surface.coords_count());
    let sommets = examen.surface.coords_count();
    assert!((100..20_000).contains(&sommets), "{sommets}");
    // Within the tolerance all along, the area differs by less than a ribbon of that width.
    let cercle = std::f64::consts::PI * rayon * rayon;
    assert!((aire(&examen) - cercle).abs() < std::f64::consts::TAU * rayon * TOLERANCE * 1.5);
    assert!(examen.reparations[0].contains("allégé à 5 m près"), "{:?}", examen.reparations);
}
