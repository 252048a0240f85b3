//! Cells of official tables: numbers as people write them, and the marks that stand for none.

use super::conversion::{Connue, Etat};

/// What a cell says; none when it is neither a number nor a known mark.
///
/// Marks are those of Insee's tables: `c` and `s` for the statistical secret, `ns` for what is not
/// significant, `nd` and `…` for what is not available, `///` for what has no meaning there.
pub fn lire(cellule: &str) -> Option<Connue> {
    let texte = cellule.trim();
    match texte.to_lowercase().trim_end_matches('.') {
        "c" | "s" | "secret" | "*" => return Some(Connue::sans(Etat::Secret)),
        "" | "nd" | "n.d" | "ns" | "n.s" | "na" | "n/a" | "nan" | "null" | "…" | "nc" | "nr" => {
            return Some(Connue::sans(Etat::NonDisponible));
        }
        "so" | "s.o" | "///" | "//" | "/" => return Some(Connue::sans(Etat::SansObjet)),
        _ => {}
    }
    nombre(texte).map(Connue::valant)
}

/// A number with a comma or a point before its decimals, and spaces between thousands.
fn nombre(texte: &str) -> Option<f64> {
    let serre: String = texte
        .chars()
        .filter(|lettre| !lettre.is_whitespace() && *lettre != '\u{202f}' && *lettre != '\u{a0}')
        .map(|lettre| match lettre {
            ',' => '.',
            // The minus sign of typesetters.
            '\u{2212}' => '-',
            autre => autre,
        })
        .collect();
    let chiffres = serre.strip_prefix(['-', '+']).unwrap_or(&serre);
    // `inf`, `nan` and hexadecimal forms are numbers to Rust, and to nobody else.
    if !chiffres.starts_with(|lettre: char| lettre.is_ascii_digit() || lettre == '.') {
        return None;
    }
    serre.parse().ok().filter(|nombre: &f64| nombre.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for (texte, valeur) in [
            ("12", 12.0),
            ("12,5", 12.5),
            ("12.5", 12.5),
            ("1 234,5", 1234.5),
            ("1\u{202f}234", 1234.0),
            ("-3", -3.0),
            ("\u{2212}3", -3.0),
            ("1.5E3", 1500.0),
        ] {
            assert_eq!(lire(texte), Some(Connue::valant(valeur)), "{texte}");
        }
    }

    #[test]
    fn marks_are_kept_apart() {
        for (texte, etat) in [
            ("c", Etat::Secret),
            ("s", Etat::Secret),
            ("*", Etat::Secret),
            ("ns", Etat::NonDisponible),
            ("nd", Etat::NonDisponible),
            ("", Etat::NonDisponible),
            ("///", Etat::SansObjet),
        ] {
            assert_eq!(lire(texte), Some(Connue::sans(etat)), "{texte}");
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        for texte in ["douze", "12 €", "1.234.567", "inf", "0x10", "12;5"] {
            assert_eq!(lire(texte), None, "{texte}");
        }
    }
}
