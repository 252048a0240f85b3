//! The states of a demande, in words.

/// Codes, and what they are called in a list and in a choice.
pub const ETATS: [(&str, &str); 7] = [
    ("recue", "À qualifier"),
    ("en_cours", "En cours"),
    ("terminee", "Terminée"),
    ("abandonnee", "Abandonnée par la collectivité"),
    ("refusee", "Refusée, ou hors de nos missions"),
    ("brouillon", "Brouillon, qui ne compte pas encore"),
    ("test", "Essai, qui ne compte pas"),
];

/// What a state is called, in short.
pub fn nommer(code: &str) -> &str {
    let nom = ETATS.iter().find(|(connu, _)| *connu == code).map_or(code, |(_, nom)| nom);
    nom.split([',']).next().unwrap_or(nom).trim_end_matches(" par la collectivité")
}
