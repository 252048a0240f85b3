//! Dates, numbers and levels as people write them. Each refusal is a sentence that says what to write.

use chrono::{Datelike, Days, NaiveDate};

use super::mots::mots;

/// The first year that a demande can be of.
const PREMIERE_ANNEE: i32 = 1990;

const MOIS: [(&str, u32); 24] = [
    ("janvier", 1),
    ("janv", 1),
    ("fevrier", 2),
    ("fevr", 2),
    ("fev", 2),
    ("mars", 3),
    ("avril", 4),
    ("avr", 4),
    ("mai", 5),
    ("juin", 6),
    ("juillet", 7),
    ("juil", 7),
    ("aout", 8),
    ("septembre", 9),
    ("sept", 9),
    ("sep", 9),
    ("octobre", 10),
    ("oct", 10),
    ("novembre", 11),
    ("nov", 11),
    ("decembre", 12),
    ("dec", 12),
    ("jan", 1),
    ("jui", 6),
];

/// A date: `31/12/2018`, `2018-12-31`, `31 décembre 2018`, or the number of a spreadsheet (43465). Neither
/// in the future nor before 1990.
pub fn date(texte: &str, aujourd_hui: NaiveDate) -> Result<NaiveDate, String> {
    let date = lire_date(texte.trim())?;
    if date > aujourd_hui {
        return Err(format!(
            "La date « {texte} » est dans le futur : vérifiez l'année, et écrivez-la ainsi : 31/12/2018."
        ));
    }
    if date.year() < PREMIERE_ANNEE {
        return Err(format!(
            "La date « {texte} » est d'avant {PREMIERE_ANNEE} : vérifiez l'année, et écrivez-la ainsi : \
             31/12/2018."
        ));
    }
    Ok(date)
}

fn lire_date(texte: &str) -> Result<NaiveDate, String> {
    let illisible =
        || format!("« {texte} » n'est pas une date. Écrivez-la ainsi : 31/12/2018 ou 2018-12-31.");
    if let Some(date) = numero_de_tableur(texte) {
        return Ok(date);
    }
    // The hour after the day says nothing here.
    let jour = texte.split_once('T').filter(|(jour, _)| jour.len() == 10).map_or(texte, |(j, _)| j);
    let simple = mots(jour);
    let mut parties: Vec<&str> = simple.split(' ').collect();
    if texte.contains(':') && parties.len() > 3 {
        parties.truncate(3);
    }
    // « lundi 31 décembre 2018 »
    if parties.len() == 4 && parties[0].ends_with("di") || parties.first() == Some(&"dimanche") {
        parties.remove(0);
    }
    let [a, b, c] = parties[..] else { return Err(illisible()) };
    let (annee, mois, jour) = if a.len() == 4 && b.len() <= 2 { (a, b, c) } else { (c, b, a) };
    let mois = match mois.parse::<u32>() {
        Ok(mois) => mois,
        Err(_) => MOIS
            .iter()
            .find(|(nom, _)| *nom == mois)
            .map(|(_, mois)| *mois)
            .ok_or_else(illisible)?,
    };
    let jour: u32 = jour.trim_end_matches("er").parse().map_err(|_| illisible())?;
    if annee.len() != 4 {
        if annee.len() == 2 && annee.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(format!(
                "L'année de « {texte} » n'a que deux chiffres : écrivez-la en entier, comme dans 31/12/2018."
            ));
        }
        return Err(illisible());
    }
    let annee: i32 = annee.parse().map_err(|_| illisible())?;
    if mois > 12 && jour <= 12 {
        return Err(format!(
            "« {texte} » met le mois avant le jour : écrivez le jour d'abord, comme dans 31/12/2018."
        ));
    }
    NaiveDate::from_ymd_opt(annee, mois, jour).ok_or_else(|| {
        format!("« {texte} » n'existe pas dans le calendrier : vérifiez le jour et le mois.")
    })
}

/// Days since 30 December 1899, as spreadsheets count them; with a decimal part, the hour.
fn numero_de_tableur(texte: &str) -> Option<NaiveDate> {
    let entier = texte.split(['.', ',']).next()?;
    let tout_chiffres = texte.bytes().all(|o| o.is_ascii_digit() || o == b'.' || o == b',');
    if !tout_chiffres || entier.len() != 5 {
        return None;
    }
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(entier.parse().ok()?))
}

/// Days spent: a number, with a comma or a point, that may be followed by its unit.
pub fn jours(texte: &str) -> Result<f64, String> {
    let nombre: String = texte
        .chars()
        .filter(|lettre| !lettre.is_whitespace())
        .map(|lettre| if lettre == ',' { '.' } else { lettre })
        .collect();
    let nombre = nombre.to_lowercase();
    let nombre = ["jours", "jour", "j"]
        .iter()
        .find_map(|unite| nombre.strip_suffix(unite))
        .unwrap_or(&nombre);
    let lu = nombre.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.');
    match nombre.parse::<f64>().map(|jours| (jours * 100.0).round() / 100.0) {
        Ok(jours) if lu && jours < 100_000.0 => Ok(jours),
        _ => Err(format!("« {texte} » n'est pas un nombre de jours. Écrivez-le ainsi : 2 ou 1,5.")),
    }
}

/// The level of a help.
pub fn niveau(texte: &str) -> Result<&'static str, String> {
    match mots(texte).as_str() {
        "premier niveau" | "premier" | "1" | "1er" | "niveau 1" | "1er niveau" | "conseil"
        | "premier conseil" => Ok("premier_niveau"),
        "approfondi" | "approfondie" | "2" | "niveau 2" | "second niveau" | "2e niveau"
        | "deuxieme niveau" | "accompagnement" => Ok("approfondi"),
        _ => {
            Err(format!("« {texte} » n'est pas un niveau : écrivez premier_niveau ou approfondi."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn le(annee: i32, mois: u32, jour: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(annee, mois, jour).unwrap()
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        for texte in [
            "31/12/2018",
            "2018-12-31",
            "31-12-2018",
            "31.12.2018",
            "31 décembre 2018",
            "31 déc. 2018",
            "lundi 31 décembre 2018",
            "43465",
            "43465.5",
            "2018-12-31T00:00:00",
            "2018-12-31 14:05:00",
            "31/12/2018 08:30",
            "2018/12/31",
        ] {
            assert_eq!(date(texte, le(2026, 1, 1)), Ok(le(2018, 12, 31)), "{texte}");
        }
        assert_eq!(date("1er mars 2019", le(2026, 1, 1)), Ok(le(2019, 3, 1)));
    }

    #[test]
    fn dates_that_may_be_two_or_cannot_be_are_refused_with_what_to_write() {
        for (texte, mot) in [
            ("31/12/18", "deux chiffres"),
            ("12/31/2018", "le mois avant le jour"),
            ("31/02/2018", "calendrier"),
            ("01/01/2027", "futur"),
            ("31/12/1989", "1990"),
            ("2018", "31/12/2018"),
            ("hier", "31/12/2018"),
            ("", "31/12/2018"),
        ] {
            let refus = date(texte, le(2026, 1, 1)).unwrap_err();
            assert!(refus.contains(mot), "{texte} : {refus}");
        }
    }

    #[test]
    fn numbers_have_a_comma_or_a_point() {
        assert_eq!(jours("1,5"), Ok(1.5));
        assert_eq!(jours("1.5 j"), Ok(1.5));
        assert_eq!(jours("3 jours"), Ok(3.0));
        assert!(jours("-1").is_err());
        assert!(jours("beaucoup").is_err());
        assert!(jours("inf").is_err());
        assert!(jours("99999.999").is_err());
    }
}
