//! A surface of the page as small squares that are in it or not: what says how much of a name would lie inside.

use geo::{Coord, LinesIter, MultiPolygon};

use super::etiquettes::Boite;

/// Side of a square, points.
const PAS: f64 = 2.0;

/// Squares in rows, from the top left of the page.
#[derive(Debug, Clone)]
pub struct Pochoir {
    colonnes: usize,
    lignes: usize,
    carres: Vec<bool>,
    /// How many squares are inside, above and left of each corner: a rectangle is counted from its four corners.
    sommes: Vec<u32>,
    centre: Option<Coord>,
}

impl Pochoir {
    /// What a page of so many points shows of a surface; only where another is too, when there is one.
    pub fn nouveau(
        (largeur, hauteur): (f64, f64),
        surface: &MultiPolygon,
        avec: Option<&MultiPolygon>,
    ) -> Self {
        let (colonnes, lignes) = (rang(largeur), rang(hauteur));
        let mut carres = remplir(colonnes, lignes, surface);
        if let Some(avec) = avec {
            let autres = remplir(colonnes, lignes, avec);
            carres.iter_mut().zip(autres).for_each(|(carre, autre)| *carre &= autre);
        }
        let mut sommes = vec![0; (colonnes + 1) * (lignes + 1)];
        let (mut somme, mut nombre) = (Coord::zero(), 0_u32);
        for ligne in 0..lignes {
            let mut de_la_ligne = 0;
            for colonne in 0..colonnes {
                if carres[ligne * colonnes + colonne] {
                    de_la_ligne += 1;
                    nombre += 1;
                    somme = somme + milieu(colonne, ligne);
                }
                let dessus = sommes[ligne * (colonnes + 1) + colonne + 1];
                sommes[(ligne + 1) * (colonnes + 1) + colonne + 1] = dessus + de_la_ligne;
            }
        }
        let centre = (nombre > 0).then(|| somme / f64::from(nombre));
        Self { colonnes, lignes, carres, sommes, centre }
    }

    /// The centre of gravity of what is seen; none when nothing is.
    pub fn centre(&self) -> Option<Coord> {
        self.centre
    }

    /// Square points.
    pub fn aire(&self) -> f64 {
        f64::from(self.sommes.last().copied().unwrap_or_default()) * PAS * PAS
    }

    /// The share of a rectangle that is inside.
    pub fn part(&self, boite: &Boite) -> f64 {
        let colonne = |points: f64| rang(points).min(self.colonnes);
        let ligne = |points: f64| rang(points).min(self.lignes);
        let (gauche, droite) = (colonne(boite.gauche), colonne(boite.droite));
        let (haut, bas) = (ligne(boite.haut), ligne(boite.bas));
        let coin = |ligne: usize, colonne: usize| {
            f64::from(self.sommes[ligne * (self.colonnes + 1) + colonne])
        };
        let dedans =
            coin(bas, droite) + coin(haut, gauche) - coin(haut, droite) - coin(bas, gauche);
        #[expect(clippy::cast_precision_loss, reason = "some thousands of squares")]
        let tous = ((droite - gauche) * (bas - haut)).max(1) as f64;
        dedans / tous
    }

    /// Points inside, one for four squares.
    pub fn points(&self) -> impl Iterator<Item = Coord> {
        let lignes = (0..self.lignes).step_by(2);
        lignes
            .flat_map(|ligne| (0..self.colonnes).step_by(2).map(move |colonne| (colonne, ligne)))
            .filter(|(colonne, ligne)| self.carres[ligne * self.colonnes + colonne])
            .map(|(colonne, ligne)| milieu(colonne, ligne))
    }
}

/// The squares whose middle is inside: between the first and the second of the edges that cross a row, the third and the
/// fourth, and so on.
fn remplir(colonnes: usize, lignes: usize, surface: &MultiPolygon) -> Vec<bool> {
    let mut croises: Vec<Vec<f64>> = vec![Vec::new(); lignes];
    for cote in surface.lines_iter() {
        let (haut, bas) = if cote.start.y <= cote.end.y {
            (cote.start, cote.end)
        } else {
            (cote.end, cote.start)
        };
        let (premiere, suivante) = (apres(haut.y).min(lignes), apres(bas.y).min(lignes));
        for (ligne, xs) in croises.iter_mut().enumerate().take(suivante).skip(premiere) {
            let y = milieu(0, ligne).y;
            xs.push(haut.x + (bas.x - haut.x) * (y - haut.y) / (bas.y - haut.y));
        }
    }
    let mut carres = vec![false; colonnes * lignes];
    for (xs, ligne) in croises.iter_mut().zip(carres.chunks_mut(colonnes.max(1))) {
        xs.sort_by(f64::total_cmp);
        for paire in xs.chunks_exact(2) {
            let (de, a) = (apres(paire[0]).min(colonnes), apres(paire[1]).min(colonnes));
            ligne[de..a].fill(true);
        }
    }
    carres
}

#[expect(clippy::cast_precision_loss, reason = "a page has some hundreds of rows")]
fn milieu(colonne: usize, ligne: usize) -> Coord {
    Coord { x: (colonne as f64 + 0.5) * PAS, y: (ligne as f64 + 0.5) * PAS }
}

/// The corner nearest to a point, 0 at the edge of the page and before it.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as above")]
fn rang(points: f64) -> usize {
    (points / PAS).round().max(0.0) as usize
}

/// The first square whose middle is not before a point.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as above")]
fn apres(points: f64) -> usize {
    (points / PAS - 0.5).ceil().max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use geo::{Contains, polygon};
    use proptest::prelude::*;

    use super::*;

    const PAGE: (f64, f64) = (100.0, 80.0);

    fn carre(gauche: f64, haut: f64, cote: f64) -> MultiPolygon {
        let (droite, bas) = (gauche + cote, haut + cote);
        polygon![(x: gauche, y: haut), (x: droite, y: haut), (x: droite, y: bas), (x: gauche, y: bas)]
            .into()
    }

    #[test]
    fn a_rectangle_is_inside_for_the_share_that_a_surface_has_of_it() {
        let pochoir = Pochoir::nouveau(PAGE, &carre(20.0, 20.0, 40.0), None);
        assert_eq!(pochoir.aire(), 1600.0);
        assert_eq!(pochoir.centre(), Some(Coord { x: 40.0, y: 40.0 }));
        let boite = |gauche, droite| Boite { gauche, haut: 30.0, droite, bas: 40.0 };
        assert_eq!(pochoir.part(&boite(22.0, 50.0)), 1.0);
        assert_eq!(pochoir.part(&boite(10.0, 30.0)), 0.5);
        assert_eq!(pochoir.part(&boite(70.0, 90.0)), 0.0);
    }

    #[test]
    fn only_what_both_have_is_seen_and_only_on_the_page() {
        let ensemble =
            Pochoir::nouveau(PAGE, &carre(20.0, 20.0, 40.0), Some(&carre(40.0, 0.0, 60.0)));
        assert_eq!(ensemble.aire(), 800.0);
        let dehors = Pochoir::nouveau(PAGE, &carre(90.0, -30.0, 40.0), None);
        assert_eq!(dehors.aire(), 100.0);
        assert_eq!(Pochoir::nouveau(PAGE, &carre(200.0, 0.0, 5.0), None).centre(), None);
    }

    proptest! {
        #[test]
        fn a_square_is_inside_when_its_middle_is(coins in prop::collection::vec((-20.0..120.0, -20.0..100.0), 3)) {
            let surface: MultiPolygon =
                geo::Polygon::new(geo::LineString::from(coins), Vec::new()).into();
            let pochoir = Pochoir::nouveau(PAGE, &surface, None);
            for point in pochoir.points() {
                prop_assert!(surface.contains(&point));
            }
        }
    }
}
