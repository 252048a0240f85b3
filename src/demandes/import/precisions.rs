//! What whoever loads a table says of it in one line: which heading holds which field, which word stands for which code.

/// Reads `EN-TÊTE=champ,…`. A heading may have commas: a part without `=` begins the next.
///
/// # Errors
/// What is not a pair, and how to write it.
pub fn lire_colonnes(texte: &str) -> Result<Vec<(String, String)>, String> {
    let mut paires = Vec::new();
    let mut attente = String::new();
    for partie in texte.split(',') {
        attente += partie;
        match attente.rsplit_once('=') {
            Some((entete, champ)) if !entete.trim().is_empty() && !champ.trim().is_empty() => {
                paires.push((entete.trim().to_owned(), champ.trim().to_owned()));
                attente.clear();
            }
            _ => attente.push(','),
        }
    }
    match attente.trim_matches([',', ' ']) {
        "" => Ok(paires),
        reste => Err(format!("« {reste} » : écrivez EN-TÊTE=champ")),
    }
}

/// Reads `champ:VALEUR=code,…`. A value may have commas, for the same reason.
///
/// # Errors
/// What is not of this form, and how to write it.
pub fn lire_valeurs(texte: &str) -> Result<Vec<(String, String, String)>, String> {
    lire_colonnes(texte)?
        .into_iter()
        .map(|(valeur, code)| match valeur.split_once(':') {
            Some((champ, valeur)) => Ok((champ.trim().to_owned(), valeur.trim().to_owned(), code)),
            None => Err(format!("« {valeur}={code} » : écrivez champ:VALEUR=code")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_values_may_have_commas_and_equal_signs() {
        let paires = lire_colonnes("Ville, village=commune, Reçu le = date").unwrap();
        assert_eq!(
            paires,
            [("Ville, village".into(), "commune".into()), ("Reçu le".into(), "date".into())]
        );
        assert!(lire_colonnes("Ville").unwrap_err().contains("EN-TÊTE=champ"));
        let triplets = lire_valeurs("theme:Eau, air=eau,etat:Vu=terminee").unwrap();
        assert_eq!(triplets[0], ("theme".into(), "Eau, air".into(), "eau".into()));
        assert!(lire_valeurs("Eau=eau").unwrap_err().contains("champ:VALEUR=code"));
    }
}
