//! Private individuals: their demandes are counted, and nothing is kept that says who they are.

use super::mots::mots;

const QUALITES: [&str; 20] = [
    "particulier",
    "particuliers",
    "particuliere",
    "menage",
    "menages",
    "habitant",
    "habitante",
    "habitants",
    "proprietaire",
    "proprietaires",
    "locataire",
    "locataires",
    "riverain",
    "riverains",
    "usager",
    "usagers",
    "administre",
    "administres",
    "citoyen",
    "citoyens",
];

const CIVILITES: [&str; 9] =
    ["m", "mr", "mme", "mlle", "mm", "mmes", "monsieur", "madame", "mademoiselle"];

const FAMILLES: [&str; 4] = ["famille", "consorts", "indivision", "couple"];

const PUBLICS: [&str; 7] =
    ["commune", "communes", "collectivite", "mairie", "epci", "syndicat", "public"];

/// Whether a kind of beneficiary (« Particulier », « Propriétaire occupant ») is a private person.
pub fn est_une_qualite(texte: &str) -> bool {
    let mots = mots(texte);
    if mots.split(' ').any(|mot| PUBLICS.contains(&mot)) {
        return false;
    }
    mots.contains("personne physique") || mots.split(' ').any(|mot| QUALITES.contains(&mot))
}

/// Whether a beneficiary is a person by its name (« M. Dupont »), an elected official's function aside
/// (« M. le Maire de Die »).
pub fn est_une_personne(texte: &str) -> bool {
    let mots = mots(texte);
    let mut suite = mots.split(' ');
    match suite.next() {
        Some(mot) if FAMILLES.contains(&mot) => suite.next().is_some(),
        Some(mot) if CIVILITES.contains(&mot) => match suite.next() {
            None | Some("le" | "la" | "l" | "maire" | "president" | "presidente") => false,
            Some("et") => !matches!(suite.nth(1), Some("le" | "la")),
            Some(_) => true,
        },
        Some(mot) if QUALITES.contains(&mot) => true,
        _ => mots.contains("personne physique"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_known_by_their_civility_or_their_kind() {
        for texte in [
            "M. Dupont",
            "Mme Anne Martin",
            "MONSIEUR DURAND",
            "M. et Mme Petit",
            "Particulier",
            "Famille Roux",
            "Habitants du hameau",
        ] {
            assert!(est_une_personne(texte), "{texte}");
        }
        for texte in [
            "Mairie de Die",
            "Monsieur le Maire de Die",
            "Mme la Présidente",
            "Mollans",
            "M",
            "CC du Diois",
            "Montélimar",
        ] {
            assert!(!est_une_personne(texte), "{texte}");
        }
    }

    #[test]
    fn a_collectivite_that_owns_is_no_private_person() {
        assert!(est_une_qualite("Propriétaire occupant"));
        assert!(est_une_qualite("personne physique"));
        assert!(!est_une_qualite("Commune propriétaire"));
        assert!(!est_une_qualite("Association"));
    }
}
