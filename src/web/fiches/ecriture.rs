//! How figures, dates and names are written in French on the pages of the service, as `ecriture.ts` does on the map's.

use chrono::{Datelike, NaiveDate};

/// Between the thousands of a number, narrow and unbreakable.
const FINE: char = '\u{202f}';
/// Between a number and what it counts.
pub const INSECABLE: char = '\u{a0}';

const MOIS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// `1 234,5`, with a true minus.
pub fn nombre(valeur: f64, decimales: usize) -> String {
    let texte = format!("{:.decimales$}", valeur.abs());
    let (entiere, fraction) = texte.split_once('.').unwrap_or((&texte, ""));
    let mut ecrite = String::new();
    if valeur < 0.0 && texte.contains(|chiffre: char| ('1'..='9').contains(&chiffre)) {
        ecrite.push('−');
    }
    for (rang, chiffre) in entiere.chars().enumerate() {
        if rang > 0 && (entiere.len() - rang).is_multiple_of(3) {
            ecrite.push(FINE);
        }
        ecrite.push(chiffre);
    }
    if !fraction.is_empty() {
        ecrite.push(',');
        ecrite.push_str(fraction);
    }
    ecrite
}

pub fn entier(valeur: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "counts of demandes and inhabitants")]
    nombre(valeur as f64, 0)
}

/// `3 communes`, `0 commune`: in French the plural starts at two.
pub fn pluriel(n: i64, singulier: &str, plusieurs: &str) -> String {
    format!("{}{INSECABLE}{}", entier(n), if n.abs() < 2 { singulier } else { plusieurs })
}

/// `9 mars 2026`
pub fn date_longue(date: NaiveDate) -> String {
    let jour = if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() };
    format!("{jour}{INSECABLE}{} {}", MOIS[date.month0() as usize], date.year())
}

/// `de Die`, `d'Albon`, `du Puy-en-Velay`, `des Tourrettes`, `de La Baume`, `de L'Horme`.
pub fn de(nom: &str) -> String {
    let suite = |article: &str| nom.strip_prefix(article);
    if let Some(suite) = suite("Le ") {
        return format!("du {suite}");
    }
    if let Some(suite) = suite("Les ") {
        return format!("des {suite}");
    }
    let voyelle = nom.chars().next().is_some_and(|lettre| {
        "AEIOUYÀÂÉÈÊËÎÏÔÖÛÜŒÆ".contains(lettre.to_uppercase().next().unwrap_or(lettre))
    });
    // An acronym is spelled, and a single letter is none of these.
    let sigle = nom.chars().nth(1).is_some_and(|lettre| lettre.is_uppercase());
    if voyelle && !sigle { format!("d’{nom}") } else { format!("de {nom}") }
}

/// `a, b et c`
pub fn liste<'a>(mots: impl IntoIterator<Item = &'a str>) -> String {
    let mots: Vec<&str> = mots.into_iter().collect();
    match mots.split_last() {
        None => String::new(),
        Some((seul, [])) => (*seul).to_owned(),
        Some((dernier, premiers)) => format!("{} et {dernier}", premiers.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_in_french() {
        assert_eq!(nombre(1_234_567.25, 1), "1\u{202f}234\u{202f}567,2");
        assert_eq!(nombre(-0.04, 1), "0,0");
        assert_eq!(nombre(-12.0, 0), "−12");
        assert_eq!(pluriel(1, "commune", "communes"), "1\u{a0}commune");
        assert_eq!(pluriel(2000, "commune", "communes"), "2\u{202f}000\u{a0}communes");
    }

    #[test]
    fn names_agree_with_what_comes_before() {
        for (nom, attendu) in [
            ("Die", "de Die"),
            ("Albon", "d’Albon"),
            ("Étoile-sur-Rhône", "d’Étoile-sur-Rhône"),
            ("Le Puy-en-Velay", "du Puy-en-Velay"),
            ("Les Tourrettes", "des Tourrettes"),
            ("La Baume", "de La Baume"),
            ("L'Horme", "de L'Horme"),
            ("ADIL", "de ADIL"),
        ] {
            assert_eq!(de(nom), attendu);
        }
    }

    #[test]
    fn dates_and_lists_read_aloud() {
        let jour = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        assert_eq!(date_longue(jour), "1er\u{a0}mars 2026");
        assert_eq!(liste(["a", "b", "c"]), "a, b et c");
        assert_eq!(liste([]), "");
    }
}
