//! Names on a map, none over another.

use super::trace::{echapper, nombre};

/// A rectangle that is taken.
#[derive(Debug, Clone, Copy)]
struct Boite {
    gauche: f64,
    haut: f64,
    droite: f64,
    bas: f64,
}

impl Boite {
    fn touche(&self, autre: &Self) -> bool {
        self.gauche < autre.droite
            && autre.gauche < self.droite
            && self.haut < autre.bas
            && autre.haut < self.bas
    }
}

/// Height of a line, for one of its letters.
const INTERLIGNE: f64 = 1.12;

/// Names placed so far, inside a rectangle of the page.
#[derive(Debug)]
pub struct Etiquettes {
    page: Boite,
    prises: Vec<Boite>,
    halos: String,
    noms: String,
}

impl Etiquettes {
    pub fn nouvelles((gauche, haut): (f64, f64), (largeur, hauteur): (f64, f64)) -> Self {
        let page = Boite { gauche, haut, droite: gauche + largeur, bas: haut + hauteur };
        Self { page, prises: Vec::new(), halos: String::new(), noms: String::new() }
    }

    /// Writes a name centred on a point, or else around it, when there is room; whether it was. A long one takes several
    /// lines.
    pub fn poser(&mut self, texte: &str, (x, y): (f64, f64), corps: f64, classe: &str) -> bool {
        let lignes = couper_le_nom(texte);
        let plus_longue = lignes.iter().map(|ligne| ligne.chars().count()).max().unwrap_or(0);
        // As wide as the face is on average, a little more for capitals: names are short.
        #[expect(clippy::cast_precision_loss, reason = "names have some dozens of letters")]
        let (largeur, hauteur) =
            (plus_longue as f64 * corps * 0.53, lignes.len() as f64 * corps * INTERLIGNE);
        let (cote, saut) = (largeur / 2.0 + corps * 0.4, hauteur + corps * 0.1);
        for (dx, dy) in [
            (0.0, 0.0),
            (0.0, -saut),
            (0.0, saut),
            (cote, 0.0),
            (-cote, 0.0),
            (cote, -saut),
            (-cote, saut),
        ] {
            let boite = Boite {
                gauche: x + dx - largeur / 2.0 - 1.5,
                haut: y + dy - hauteur / 2.0,
                droite: x + dx + largeur / 2.0 + 1.5,
                bas: y + dy + hauteur / 2.0,
            };
            let dedans = boite.gauche > self.page.gauche
                && boite.droite < self.page.droite
                && boite.haut > self.page.haut
                && boite.bas < self.page.bas;
            if dedans && !self.prises.iter().any(|prise| prise.touche(&boite)) {
                for (rang, ligne) in (0_u32..).zip(&lignes) {
                    let bas =
                        boite.haut + (f64::from(rang) + 0.5) * corps * INTERLIGNE + corps * 0.34;
                    self.ecrire(ligne, x + dx, bas, corps, classe);
                }
                self.prises.push(boite);
                return true;
            }
        }
        false
    }

    fn ecrire(&mut self, texte: &str, x: f64, y: f64, corps: f64, classe: &str) {
        let texte = echapper(texte);
        let (x, y, corps) = (nombre(x), nombre(y), nombre(corps));
        let attributs = format!("x=\"{x}\" y=\"{y}\" font-size=\"{corps}\" text-anchor=\"middle\"");
        // The halo under all the letters: what lies behind stays readable beside them.
        self.halos.push_str(&format!("<text {attributs} class=\"halo\">{texte}</text>"));
        self.noms.push_str(&format!("<text {attributs} class=\"{classe}\">{texte}</text>"));
    }

    pub fn svg(self) -> String {
        self.halos + &self.noms
    }
}

/// In lines of about as many letters, cut at spaces.
fn couper_le_nom(nom: &str) -> Vec<String> {
    const LARGE: usize = 17;
    let lettres = nom.chars().count();
    let cible = lettres.div_ceil(lettres.div_ceil(LARGE).max(1));
    let mut lignes: Vec<String> = Vec::new();
    for mot in nom.split(' ') {
        match lignes.last_mut() {
            Some(ligne) if ligne.chars().count() + mot.chars().count() <= cible => {
                ligne.push(' ');
                ligne.push_str(mot);
            }
            _ => lignes.push(mot.to_owned()),
        }
    }
    lignes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_that_has_no_room_is_left_out() {
        let mut noms = Etiquettes::nouvelles((0.0, 0.0), (60.0, 40.0));
        let poses = (0..9).filter(|_| noms.poser("Valence", (30.0, 20.0), 8.0, "nom")).count();
        // In the middle, above, under it; the page is too narrow for two beside each other.
        assert_eq!(poses, 3);
        assert!(!noms.poser("Dehors", (59.0, 20.0), 8.0, "nom"));
    }

    #[test]
    fn a_long_name_takes_lines_of_about_the_same_length() {
        let lignes = |nom| couper_le_nom(nom);
        assert_eq!(lignes("CC du Diois"), ["CC du Diois"]);
        assert_eq!(
            lignes("CC du Val de Drôme en Biovallée"),
            ["CC du Val de", "Drôme en", "Biovallée"]
        );
        assert_eq!(lignes("Saint-Paul-Trois-Châteaux"), ["Saint-Paul-Trois-Châteaux"]);
    }

    proptest! {
        #[test]
        fn no_two_names_overlap_nor_leave_the_page(
            places in prop::collection::vec(("[A-Z][a-zé -]{0,30}", 0.0..300.0, 0.0..200.0), 0..60)
        ) {
            let mut noms = Etiquettes::nouvelles((0.0, 0.0), (300.0, 200.0));
            for (nom, x, y) in &places {
                noms.poser(nom, (*x, *y), 7.0, "nom");
            }
            for (rang, boite) in noms.prises.iter().enumerate() {
                prop_assert!(boite.gauche > 0.0 && boite.droite < 300.0 && boite.haut > 0.0 && boite.bas < 200.0);
                prop_assert!(!noms.prises[..rang].iter().any(|autre| autre.touche(boite)));
            }
        }
    }
}
