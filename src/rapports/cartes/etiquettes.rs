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

/// Names placed so far, inside a rectangle of the page.
#[derive(Debug)]
pub struct Etiquettes {
    page: Boite,
    prises: Vec<Boite>,
    svg: String,
}

impl Etiquettes {
    pub fn nouvelles((gauche, haut): (f64, f64), (largeur, hauteur): (f64, f64)) -> Self {
        let page = Boite { gauche, haut, droite: gauche + largeur, bas: haut + hauteur };
        Self { page, prises: Vec::new(), svg: String::new() }
    }

    /// Writes a name centred on a point, or a little above or under it, when there is room; whether it was.
    pub fn poser(&mut self, texte: &str, (x, y): (f64, f64), corps: f64, classe: &str) -> bool {
        // As wide as the face is on average: names are short.
        #[expect(clippy::cast_precision_loss, reason = "names have some dozens of letters")]
        let largeur = texte.chars().count() as f64 * corps * 0.5;
        for decalage in [0.0, -corps, corps] {
            let boite = Boite {
                gauche: x - largeur / 2.0 - 1.5,
                haut: y + decalage - corps * 0.55,
                droite: x + largeur / 2.0 + 1.5,
                bas: y + decalage + corps * 0.55,
            };
            let dedans = boite.gauche > self.page.gauche
                && boite.droite < self.page.droite
                && boite.haut > self.page.haut
                && boite.bas < self.page.bas;
            if dedans && !self.prises.iter().any(|prise| prise.touche(&boite)) {
                self.prises.push(boite);
                self.ecrire(texte, x, y + decalage + corps * 0.34, corps, classe);
                return true;
            }
        }
        false
    }

    fn ecrire(&mut self, texte: &str, x: f64, y: f64, corps: f64, classe: &str) {
        let texte = echapper(texte);
        let (x, y, corps) = (nombre(x), nombre(y), nombre(corps));
        let attributs = format!("x=\"{x}\" y=\"{y}\" font-size=\"{corps}\" text-anchor=\"middle\"");
        // The halo under the letters: what lies behind stays readable beside them.
        self.svg.push_str(&format!(
            "<text {attributs} class=\"halo\">{texte}</text><text {attributs} class=\"{classe}\">{texte}</text>"
        ));
    }

    pub fn svg(self) -> String {
        self.svg
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_has_no_room_is_left_out() {
        let mut noms = Etiquettes::nouvelles((0.0, 0.0), (200.0, 100.0));
        assert!(noms.poser("Valence", (100.0, 50.0), 8.0, "nom"));
        // Above, then under; then nowhere.
        assert!(noms.poser("Bourg", (100.0, 50.0), 8.0, "nom"));
        assert!(noms.poser("Chabeuil", (100.0, 50.0), 8.0, "nom"));
        assert!(!noms.poser("Portes", (100.0, 50.0), 8.0, "nom"));
        assert!(!noms.poser("Hors", (199.0, 50.0), 8.0, "nom"));
    }
}
