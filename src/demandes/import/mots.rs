//! Text as it is compared: without accents, case nor punctuation.

/// Words in lower case without accents, separated by one space.
pub fn mots(texte: &str) -> String {
    let mut mots = String::with_capacity(texte.len());
    let mut separe = false;
    for lettre in texte.chars() {
        let simple = sans_accent(lettre);
        if simple.is_empty() {
            separe = true;
            continue;
        }
        if separe && !mots.is_empty() {
            mots.push(' ');
        }
        separe = false;
        for lettre in simple.chars() {
            mots.push(lettre);
        }
    }
    mots
}

/// Words that a heading or a name may have or not: « Date de la demande » is « Date demande ».
const PETITS: [&str; 18] = [
    "a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "ou", "par", "s",
    "sur", "un",
];

/// The same without articles nor prepositions.
pub fn mots_pleins(texte: &str) -> String {
    let tous = mots(texte);
    let pleins: Vec<&str> = tous.split(' ').filter(|mot| !PETITS.contains(mot)).collect();
    pleins.join(" ")
}

/// Without the marks of gender and number: « Terminée », « Terminé(e) » and « terminés » are one.
pub fn racine(texte: &str) -> String {
    let tous = mots(texte);
    let sans_marque = tous.strip_suffix(" e").or(tous.strip_suffix(" es")).unwrap_or(&tous);
    sans_marque
        .split(' ')
        .map(|mot| match mot.trim_end_matches(['s', 'e']) {
            "" => mot,
            racine => racine,
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// What a letter is compared as; nothing for what separates words.
fn sans_accent(lettre: char) -> LettreSimple {
    let minuscule = match lettre {
        'A'..='Z' => lettre.to_ascii_lowercase(),
        'a'..='z' | '0'..='9' => lettre,
        autre => autre.to_lowercase().next().unwrap_or(autre),
    };
    match minuscule {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => LettreSimple::Une('a'),
        'ç' => LettreSimple::Une('c'),
        'è' | 'é' | 'ê' | 'ë' => LettreSimple::Une('e'),
        'ì' | 'í' | 'î' | 'ï' => LettreSimple::Une('i'),
        'ñ' => LettreSimple::Une('n'),
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => LettreSimple::Une('o'),
        'ù' | 'ú' | 'û' | 'ü' => LettreSimple::Une('u'),
        'ý' | 'ÿ' => LettreSimple::Une('y'),
        'œ' => LettreSimple::Deux("oe"),
        'æ' => LettreSimple::Deux("ae"),
        '№' => LettreSimple::Deux("no"),
        // Ordinal signs, and accents written apart from their letter.
        'º' | 'ª' => LettreSimple::Rien,
        autre if autre.is_alphanumeric() => LettreSimple::Une(autre),
        _ => LettreSimple::Rien,
    }
}

enum LettreSimple {
    Rien,
    Une(char),
    Deux(&'static str),
}

impl LettreSimple {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Rien)
    }

    fn chars(&self) -> impl Iterator<Item = char> {
        let (une, deux) = match self {
            Self::Rien => (None, ""),
            Self::Une(lettre) => (Some(*lettre), ""),
            Self::Deux(texte) => (None, *texte),
        };
        une.into_iter().chain(deux.chars())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_punctuation_do_not_count() {
        assert_eq!(mots("  Saint-Ouën-l'Aumône "), "saint ouen l aumone");
        assert_eq!(mots("Cœur & N° de dossier"), "coeur n de dossier");
        assert_eq!(mots_pleins("Date de la demande"), "date demande");
        assert_eq!(mots_pleins("N° Dossier"), "n dossier");
    }

    #[test]
    fn gender_and_number_do_not_count_in_states() {
        for texte in ["Terminé", "terminée", "Terminé(e)", "TERMINÉES"] {
            assert_eq!(racine(texte), "termin");
        }
        assert_eq!(racine("Clos"), racine("close"));
    }
}
