//! How a report writes numbers: a narrow no-break space between thousands, a comma, a percentage with one
//! decimal under 10 and none from there.

use super::Unite;
use crate::web::fiches::{INSECABLE, nombre};

/// U+202F, before what must not leave its number.
const FINE: char = '\u{202f}';

/// «1 234».
pub fn entier(nombre: f64) -> String {
    decimales(nombre, 0)
}

/// «71 %» of 0.714, «7,1 %» of 0.0714.
pub fn pourcent(part: f64) -> String {
    let cent = part * 100.0;
    // 9,96 would be written 10,0: it is 10.
    let chiffres = usize::from(cent.abs() < 9.95 && cent != 0.0);
    format!("{}{FINE}%", decimales(cent, chiffres))
}

/// To a millionth: what comes back from JSON as it went.
pub(super) fn garder(valeur: f64) -> f64 {
    (valeur * 1e6).round() / 1e6
}

/// A number as its unit is said; «n. c.» (not communicated) when there is none.
pub(super) fn texte(valeur: Option<f64>, unite: Unite) -> String {
    let Some(valeur) = valeur else { return "n.\u{a0}c.".to_owned() };
    match unite {
        Unite::Nombre => entier(valeur),
        Unite::Part => pourcent(valeur),
        Unite::Jours => format!("{}{INSECABLE}{}", courte(valeur), accorde(valeur, "jour")),
        Unite::Euros => format!("{}{INSECABLE}€", entier(valeur)),
        Unite::PourMille => taux(valeur),
    }
}

/// A change, with its sign: «+ 12 (+ 1,6 %)», «− 0,4 point», «sans changement».
pub(super) fn evolution(avant: f64, apres: f64, unite: Unite) -> String {
    let ecart = apres - avant;
    if unite == Unite::Part {
        let points = (ecart * 1000.0).round() / 10.0;
        if points == 0.0 {
            return "sans changement".to_owned();
        }
        return format!(
            "{}{FINE}{}{INSECABLE}{}",
            signe(points),
            decimales(points.abs(), 1),
            accorde(points, "point")
        );
    }
    if ecart == 0.0 {
        return "sans changement".to_owned();
    }
    let ecrit = match unite {
        Unite::PourMille => taux(ecart.abs()),
        _ => courte(ecart.abs()),
    };
    let nombre = format!("{}{FINE}{ecrit}", signe(ecart));
    if avant == 0.0 {
        return nombre;
    }
    format!("{nombre} ({}{FINE}{})", signe(ecart), pourcent((ecart / avant).abs()))
}

/// Plural from two on, whatever the sign: «1,9 jour», «2 jours».
fn accorde(nombre: f64, mot: &str) -> String {
    if nombre.abs() < 2.0 { mot.to_owned() } else { format!("{mot}s") }
}

fn signe(nombre: f64) -> char {
    if nombre < 0.0 { '\u{2212}' } else { '+' }
}

/// Without decimals when there are none to say, else with one.
fn courte(nombre: f64) -> String {
    let chiffres = usize::from((nombre * 10.0).round() % 10.0 != 0.0);
    decimales(nombre, chiffres)
}

/// A small one keeps two figures: «2,9», «0,29», «0,029».
fn taux(valeur: f64) -> String {
    let chiffres = match valeur.abs() {
        grand if grand >= 1.0 || grand == 0.0 => 1,
        moyen if moyen >= 0.1 => 2,
        petit if petit >= 0.01 => 3,
        _ => 4,
    };
    decimales(valeur, chiffres)
}

/// With so many decimals, halves away from zero as people round.
fn decimales(valeur: f64, chiffres: usize) -> String {
    let echelle = [1.0, 10.0, 100.0, 1000.0, 10_000.0][chiffres.min(4)];
    // Binary fractions just under a half are that half to who reads them.
    let arrondi = ((valeur * echelle).abs() + 1e-9).round() / echelle;
    nombre(arrondi.copysign(valeur), chiffres)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_french_administrations_do() {
        assert_eq!(entier(1234567.0), "1\u{202f}234\u{202f}567");
        assert_eq!(entier(-3.0), "\u{2212}3");
        assert_eq!(pourcent(260.0 / 364.0), "71\u{202f}%");
        assert_eq!(pourcent(0.0714), "7,1\u{202f}%");
        assert_eq!(pourcent(0.0996), "10\u{202f}%");
        assert_eq!(pourcent(0.0), "0\u{202f}%");
        assert_eq!(texte(Some(2.5), Unite::Jours), "2,5\u{a0}jours");
        assert_eq!(texte(Some(1.0), Unite::Jours), "1\u{a0}jour");
        assert_eq!(texte(None, Unite::Nombre), "n.\u{a0}c.");
        assert_eq!(texte(Some(2.94), Unite::PourMille), "2,9");
        assert_eq!(texte(Some(0.0294), Unite::PourMille), "0,029");
        assert_eq!(texte(Some(0.0), Unite::PourMille), "0,0");
    }

    #[test]
    fn changes_have_their_sign() {
        assert_eq!(evolution(700.0, 745.0, Unite::Nombre), "+\u{202f}45 (+\u{202f}6,4\u{202f}%)");
        assert_eq!(evolution(0.0, 745.0, Unite::Nombre), "+\u{202f}745");
        assert_eq!(evolution(0.7, 0.69, Unite::Part), "\u{2212}\u{202f}1,0\u{a0}point");
        assert_eq!(evolution(3.0, 3.0, Unite::Nombre), "sans changement");
    }
}
