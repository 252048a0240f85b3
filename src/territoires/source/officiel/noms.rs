//! Names whose letters were lost to an encoding: Œ and œ above all, which ISO-8859-15 and Windows-1252
//! have and ISO-8859-1 has not.

/// What a letter becomes when ISO-8859-15 (first three) or Windows-1252 is taken for ISO-8859-1.
const LETTRES: [(char, char); 6] =
    [('¼', 'Œ'), ('½', 'œ'), ('¾', 'Ÿ'), ('\u{8c}', 'Œ'), ('\u{9c}', 'œ'), ('\u{9f}', 'Ÿ')];

/// Encodings to try on a Shapefile whose names are not in the one it announces.
pub const ENCODAGES: [&str; 2] = ["UTF-8", "CP1252"];

/// The name with its Œ, œ and Ÿ; None when it needs no repair. A sign that no letter follows is
/// left as it is.
pub fn reparer(nom: &str) -> Option<String> {
    let lettres: Vec<char> = nom.chars().collect();
    let repare: String = lettres
        .iter()
        .enumerate()
        .map(|(rang, &lettre)| {
            let dans_un_mot =
                lettres.get(rang + 1).is_some_and(|suivante| suivante.is_alphabetic());
            LETTRES
                .iter()
                .find(|(lue, _)| *lue == lettre && dans_un_mot)
                .map_or(lettre, |&(_, voulue)| voulue)
        })
        .collect();
    (repare != nom).then_some(repare)
}

/// Whether a name was surely read in the wrong encoding: bytes that are none of its letters, or
/// the two letters that UTF-8 becomes when it is taken for Latin text.
pub fn mal_decode(nom: &str) -> bool {
    let lettres: Vec<char> = nom.chars().collect();
    lettres.iter().any(|&lettre| lettre == '\u{fffd}' || ('\u{80}'..='\u{9f}').contains(&lettre))
        || lettres.windows(2).any(|deux| matches!(deux[0], 'Ã' | 'Å' | 'Â') && !deux[1].is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_inside_a_word_are_ligatures() {
        assert_eq!(reparer("Vand½uvre-lès-Nancy").as_deref(), Some("Vandœuvre-lès-Nancy"));
        assert_eq!(reparer("¼uilly").as_deref(), Some("Œuilly"));
        assert_eq!(reparer("Plac\u{9c}uvre").as_deref(), Some("Placœuvre"));
        assert_eq!(reparer("Montélimar"), None);
        assert_eq!(reparer("Lot ½"), None);
    }

    #[test]
    fn utf8_taken_for_latin_is_seen_and_true_accents_are_not() {
        assert!(mal_decode("SolÃ©rieux"));
        assert!(mal_decode("DrÃ´me"));
        assert!(mal_decode("Sol\u{fffd}rieux"));
        assert!(!mal_decode("L'Haÿ-les-Roses"));
        assert!(!mal_decode("Île-d'Aix"));
    }
}
