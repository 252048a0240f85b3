//! Names on a map, none over another.

use geo::Coord;

use super::pochoir::Pochoir;
use super::trace::{echapper, nombre};

/// A rectangle of the page.
#[derive(Debug, Clone, Copy)]
pub struct Boite {
    pub gauche: f64,
    pub haut: f64,
    pub droite: f64,
    pub bas: f64,
}

impl Boite {
    fn touche(&self, autre: &Self) -> bool {
        self.gauche < autre.droite
            && autre.gauche < self.droite
            && self.haut < autre.bas
            && autre.haut < self.bas
    }

    fn dans(&self, autre: &Self) -> bool {
        self.gauche > autre.gauche
            && self.droite < autre.droite
            && self.haut > autre.haut
            && self.bas < autre.bas
    }
}

/// Height of a line, for one of its letters.
const INTERLIGNE: f64 = 1.12;
/// Most lines that a name is cut into.
const LIGNES: usize = 4;

/// How a name is written.
#[derive(Debug, Clone, Copy)]
pub struct Lettre {
    /// Points.
    pub corps: f64,
    /// Of the style of the map.
    pub classe: &'static str,
}

/// A name in lines, and the room that it takes.
struct Mots {
    lignes: Vec<String>,
    largeur: f64,
    hauteur: f64,
    lettre: Lettre,
}

impl Mots {
    fn nouveaux(lignes: Vec<String>, lettre: Lettre) -> Self {
        let plus_longue = lignes.iter().map(|ligne| ligne.chars().count()).max().unwrap_or(0);
        // As wide as the face is on average, a little more for capitals: names are short.
        #[expect(clippy::cast_precision_loss, reason = "names have some dozens of letters")]
        let (largeur, hauteur) = (
            plus_longue as f64 * lettre.corps * 0.53 + 3.0,
            lignes.len() as f64 * lettre.corps * INTERLIGNE,
        );
        Self { lignes, largeur, hauteur, lettre }
    }

    fn boite(&self, (x, y): (f64, f64)) -> Boite {
        let (cote, haut) = (self.largeur / 2.0, self.hauteur / 2.0);
        Boite { gauche: x - cote, haut: y - haut, droite: x + cote, bas: y + haut }
    }
}

/// Names placed so far, inside a rectangle of the page.
#[derive(Debug)]
pub struct Etiquettes {
    page: Boite,
    prises: Vec<Boite>,
    halos: String,
    noms: String,
}

impl Etiquettes {
    pub fn nouvelles((largeur, hauteur): (f64, f64)) -> Self {
        let page = Boite { gauche: 0.0, haut: 0.0, droite: largeur, bas: hauteur };
        Self { page, prises: Vec::new(), halos: String::new(), noms: String::new() }
    }

    /// Keeps names away from what is drawn there.
    pub fn reserver(&mut self, boite: Boite) {
        self.prises.push(boite);
    }

    /// Writes a name centred on a point, or else around it, when there is room; whether it was. A long one takes several
    /// lines.
    pub fn poser(&mut self, texte: &str, (x, y): (f64, f64), lettre: Lettre) -> bool {
        const LARGE: usize = 17;
        let lignes = texte.chars().count().div_ceil(LARGE).max(1);
        let mots = Mots::nouveaux(couper_le_nom(texte, lignes), lettre);
        let (cote, saut) =
            (mots.largeur / 2.0 + lettre.corps * 0.4, mots.hauteur + lettre.corps * 0.1);
        let places = [
            (0.0, 0.0),
            (0.0, -saut),
            (0.0, saut),
            (cote, 0.0),
            (-cote, 0.0),
            (cote, -saut),
            (-cote, saut),
        ];
        let libre = places
            .into_iter()
            .map(|(dx, dy)| mots.boite((x + dx, y + dy)))
            .find(|boite| self.libre(boite));
        if let Some(boite) = libre {
            self.ecrire(&mots, boite);
        }
        libre.is_some()
    }

    /// Writes a name where most of it is inside a surface, in as many lines as suit its shape, near its middle; whether
    /// there was room for a part of it, `au_moins`, inside.
    pub fn poser_dans(
        &mut self,
        texte: &str,
        surface: &Pochoir,
        au_moins: f64,
        lettre: Lettre,
    ) -> bool {
        let Some(centre) = surface.centre() else { return false };
        // Distances are those of a disc as large as the surface.
        let rayon = (surface.aire() / std::f64::consts::PI).sqrt().max(1.0);
        let mut essais: Vec<Vec<String>> =
            (1..=LIGNES).map(|lignes| couper_le_nom(texte, lignes)).collect();
        essais.dedup();
        let mut meilleure: Option<(f64, Mots, Boite)> = None;
        for (rang, lignes) in (0_u8..).zip(essais) {
            let mots = Mots::nouveaux(lignes, lettre);
            let mut mieux: Option<(f64, Boite)> = None;
            for Coord { x, y } in surface.points() {
                let boite = mots.boite((x, y));
                let part = surface.part(&boite);
                if part < au_moins {
                    continue;
                }
                let loin = (x - centre.x).hypot(y - centre.y) / rayon;
                let note = 2.0 * part - 0.3 * loin - 0.03 * f64::from(rang);
                if mieux.is_none_or(|(avant, _)| note > avant) && self.libre(&boite) {
                    mieux = Some((note, boite));
                }
            }
            if let Some((note, boite)) = mieux
                && meilleure.as_ref().is_none_or(|(avant, ..)| note > *avant)
            {
                meilleure = Some((note, mots, boite));
            }
        }
        if let Some((_, mots, boite)) = &meilleure {
            self.ecrire(mots, *boite);
        }
        meilleure.is_some()
    }

    fn libre(&self, boite: &Boite) -> bool {
        boite.dans(&self.page) && !self.prises.iter().any(|prise| prise.touche(boite))
    }

    fn ecrire(&mut self, mots: &Mots, boite: Boite) {
        let Lettre { corps, classe } = mots.lettre;
        let x = nombre(f64::midpoint(boite.gauche, boite.droite));
        for (rang, ligne) in (0_u32..).zip(&mots.lignes) {
            let y = boite.haut + (f64::from(rang) + 0.5) * corps * INTERLIGNE + corps * 0.34;
            let (texte, y, corps) = (echapper(ligne), nombre(y), nombre(corps));
            let attributs =
                format!("x=\"{x}\" y=\"{y}\" font-size=\"{corps}\" text-anchor=\"middle\"");
            // The halo under all the letters: what lies behind stays readable beside them.
            self.halos.push_str(&format!("<text {attributs} class=\"halo\">{texte}</text>"));
            self.noms.push_str(&format!("<text {attributs} class=\"{classe}\">{texte}</text>"));
        }
        self.prises.push(boite);
    }

    pub fn svg(self) -> String {
        self.halos + &self.noms
    }
}

/// In so many lines at most, as short as they can be, cut at spaces and after hyphens.
fn couper_le_nom(nom: &str, lignes: usize) -> Vec<String> {
    let morceaux = morceaux(nom);
    let lettres = |texte: &str| texte.trim_end().chars().count();
    let plus_long = morceaux.iter().map(|morceau| lettres(morceau)).max().unwrap_or(0);
    let ranger = |largeur: usize| {
        let mut rangees: Vec<String> = Vec::new();
        for morceau in &morceaux {
            match rangees.last_mut() {
                Some(rangee) if rangee.chars().count() + lettres(morceau) <= largeur => {
                    rangee.push_str(morceau);
                }
                _ => rangees.push(morceau.clone()),
            }
        }
        rangees
    };
    let rangees = (plus_long..=nom.chars().count().max(plus_long))
        .map(ranger)
        .find(|rangees| rangees.len() <= lignes.max(1))
        .unwrap_or_default();
    rangees.into_iter().map(|rangee| rangee.trim_end().to_owned()).collect()
}

/// What is not cut, with the space or the hyphen that ends it: a small word stays with the next.
fn morceaux(nom: &str) -> Vec<String> {
    let petit = |morceau: &String| {
        let dernier = morceau.trim_end_matches([' ', '-']).rsplit([' ', '-']).next();
        let dernier = dernier.unwrap_or_default();
        dernier.chars().count() <= 2 || ["des", "les", "sur", "aux"].contains(&dernier)
    };
    let mut morceaux: Vec<String> = Vec::new();
    for mot in nom.split_inclusive([' ', '-']) {
        match morceaux.last_mut().filter(|morceau| petit(morceau)) {
            Some(avant) => avant.push_str(mot),
            None => morceaux.push(mot.to_owned()),
        }
    }
    morceaux
}

#[cfg(test)]
mod tests {
    use geo::{MultiPolygon, polygon};
    use proptest::prelude::*;

    use super::*;

    const NOM: Lettre = Lettre { corps: 8.0, classe: "nom" };

    #[test]
    fn a_name_that_has_no_room_is_left_out() {
        let mut noms = Etiquettes::nouvelles((60.0, 40.0));
        let poses = (0..9).filter(|_| noms.poser("Valence", (30.0, 20.0), NOM)).count();
        // In the middle, above, under it; the page is too narrow for two beside each other.
        assert_eq!(poses, 3);
        assert!(!noms.poser("Dehors", (59.0, 20.0), NOM));
    }

    #[test]
    fn a_name_is_written_inside_its_surface_in_the_lines_that_it_has_room_for() {
        let ecrire = |largeur: f64, hauteur: f64, au_moins| {
            let (droite, bas) = (60.0 + largeur, 60.0 + hauteur);
            let surface: MultiPolygon = polygon![
                (x: 60.0, y: 60.0), (x: droite, y: 60.0), (x: droite, y: bas), (x: 60.0, y: bas)
            ]
            .into();
            let pochoir = Pochoir::nouveau((200.0, 200.0), &surface, None);
            let mut noms = Etiquettes::nouvelles((200.0, 200.0));
            noms.poser_dans("CC du Val de Drôme", &pochoir, au_moins, NOM).then(|| {
                let [boite] = noms.prises.as_slice() else { panic!("one name") };
                (pochoir.part(boite), noms.noms.matches("<text").count())
            })
        };
        assert_eq!(ecrire(120.0, 30.0, 0.0), Some((1.0, 1)));
        assert_eq!(ecrire(50.0, 60.0, 0.0), Some((1.0, 2)));
        // Near its surface when it has no room inside; not at all when it must be there.
        assert!(ecrire(10.0, 10.0, 0.0).is_some_and(|(part, _)| part < 0.5));
        assert_eq!(ecrire(10.0, 10.0, 0.9), None);
    }

    #[test]
    fn a_long_name_is_cut_where_it_is_read_aloud() {
        let lignes = |nom, lignes| couper_le_nom(nom, lignes).join("|");
        assert_eq!(lignes("CC du Diois", 1), "CC du Diois");
        // Nothing in it can be left at the end of a line.
        assert_eq!(lignes("CC du Diois", 3), "CC du Diois");
        assert_eq!(lignes("CC du Val de Drôme en Biovallée", 3), "CC du Val|de Drôme|en Biovallée");
        assert_eq!(lignes("CC Dieulefit-Bourdeaux", 2), "CC Dieulefit-|Bourdeaux");
        assert_eq!(lignes("Saint-Paul-Trois-Châteaux", 2), "Saint-Paul-|Trois-Châteaux");
        assert_eq!(lignes("Bourg-en-Bresse", 2), "Bourg-|en-Bresse");
    }

    proptest! {
        #[test]
        fn no_two_names_overlap_nor_leave_the_page(
            places in prop::collection::vec(("[A-Z][a-zé -]{0,30}", 0.0..300.0, 0.0..200.0), 0..60)
        ) {
            let mut noms = Etiquettes::nouvelles((300.0, 200.0));
            for (rang, (nom, x, y)) in places.iter().enumerate() {
                if rang % 5 == 0 {
                    let surface: MultiPolygon =
                        polygon![(x: *x, y: *y), (x: *x + 60.0, y: *y), (x: *x, y: *y + 40.0)].into();
                    let pochoir = Pochoir::nouveau((300.0, 200.0), &surface, None);
                    noms.poser_dans(nom, &pochoir, 0.0, NOM);
                } else {
                    noms.poser(nom, (*x, *y), NOM);
                }
            }
            for (rang, boite) in noms.prises.iter().enumerate() {
                prop_assert!(boite.gauche > 0.0 && boite.droite < 300.0 && boite.haut > 0.0 && boite.bas < 200.0);
                prop_assert!(!noms.prises[..rang].iter().any(|autre| autre.touche(boite)));
            }
        }

        #[test]
        fn a_name_that_is_cut_loses_none_of_its_letters(nom in "[A-Z][a-zé]{0,9}([ -][a-zéA-Z]{1,9}){0,7}", lignes in 1..5_usize) {
            let coupe = couper_le_nom(&nom, lignes);
            prop_assert!(coupe.len() <= lignes);
            let colle: String = coupe.concat().split(' ').collect();
            prop_assert_eq!(colle, nom.replace(' ', ""));
        }
    }
}
