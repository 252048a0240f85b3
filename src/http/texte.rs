//! Texts that people type: bounded where they come in, so that nothing behind needs to ask how long they are.

use crate::error::{Error, Result};

/// A line: trimmed, of `max` characters at most, without control characters. `champ` is how a person calls it, with
/// its article (« Le nom »).
///
/// # Errors
/// A sentence that says which field, and its bound.
pub fn ligne<'t>(champ: &str, texte: &'t str, max: usize) -> Result<&'t str> {
    let texte = texte.trim();
    borner(champ, texte, max)?;
    match texte.chars().any(char::is_control) {
        true => Err(Error::Demande(format!(
            "{champ} tient sur une ligne, sans caractère invisible : réécrivez ce texte."
        ))),
        false => Ok(texte),
    }
}

/// The same over several lines.
///
/// # Errors
/// As [`ligne`].
pub fn paragraphe<'t>(champ: &str, texte: &'t str, max: usize) -> Result<&'t str> {
    let texte = texte.trim();
    borner(champ, texte, max)?;
    match texte.chars().any(|lettre| lettre.is_control() && !"\n\r\t".contains(lettre)) {
        true => Err(Error::Demande(format!(
            "{champ} contient un caractère invisible : réécrivez ce texte."
        ))),
        false => Ok(texte),
    }
}

fn borner(champ: &str, texte: &str, max: usize) -> Result<()> {
    let longueur = texte.chars().count();
    if longueur > max {
        return Err(Error::Demande(format!(
            "{champ} compte {longueur} caractères : {max} au plus."
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_which_field_is_too_long_and_its_bound() {
        let refus = ligne("Le nom", &"é".repeat(201), 200).unwrap_err().to_string();
        assert_eq!(refus, "Le nom compte 201 caractères : 200 au plus.");
        assert_eq!(ligne("Le nom", &format!("  {} ", "é".repeat(200)), 200).unwrap().len(), 400);
        for piege in ["a\r\nBcc: b", "a\0b", "a\u{1b}[2J"] {
            assert!(ligne("Le nom", piege, 200).is_err(), "{piege:?}");
        }
        assert_eq!(paragraphe("Le motif", "a\r\n\tb", 10).unwrap(), "a\r\n\tb");
        assert!(paragraphe("Le motif", "a\0b", 10).is_err());
    }
}
