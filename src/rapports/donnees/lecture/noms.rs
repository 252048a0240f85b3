//! Names as tables sort and shorten them.

use crate::demandes::import::mots;

/// A name as it is sorted: without its article, its accents, nor the letters that say what kind of EPCI it is.
pub fn cle_de_tri(nom: &str) -> String {
    let nu = mots(nom);
    let mut reste = nu.as_str();
    for genre in [
        "communaute de communes ",
        "communaute d agglomeration ",
        "communaute urbaine ",
        "metropole ",
    ] {
        reste = reste.strip_prefix(genre).unwrap_or(reste);
    }
    for tete in [
        "cc ", "ca ", "cu ", "de la ", "de l ", "du ", "des ", "de ", "d ", "le ", "la ", "les ",
        "l ",
    ] {
        reste = reste.strip_prefix(tete).unwrap_or(reste);
    }
    reste.to_owned()
}

/// The name of an EPCI as tables and maps write it: «CC du Diois».
pub fn abrege(nom: &str) -> String {
    let genres = [
        ("Communauté de communes ", "CC "),
        ("Communauté d'agglomération ", "CA "),
        ("Communauté d’agglomération ", "CA "),
        ("Communauté urbaine ", "CU "),
    ];
    let genre = genres.iter().find_map(|(long, court)| Some((court, nom.strip_prefix(long)?)));
    genre.map_or_else(|| nom.to_owned(), |(court, reste)| format!("{court}{reste}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_without_their_article_nor_their_kind() {
        assert_eq!(cle_de_tri("L'Épine"), "epine");
        assert_eq!(cle_de_tri("CC du Diois"), "diois");
        assert_eq!(cle_de_tri("Communauté de communes du Diois"), "diois");
        assert_eq!(cle_de_tri("Communauté d’agglomération de l’Auxerrois"), "auxerrois");
        assert_eq!(cle_de_tri("Le Poët-Laval"), "poet laval");
        assert_eq!(cle_de_tri("Œuf-en-Ternois"), "oeuf en ternois");
    }
}
