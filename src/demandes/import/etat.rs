//! The state of a demande, as people write it.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::mots::racine;

/// A state: its code, whether it counts in the statistics, and the usual words for it.
#[derive(Debug)]
pub struct Etat {
    pub code: &'static str,
    /// The rule of `demande.comptee`.
    pub compte: bool,
    mots: &'static [&'static str],
}

/// States that a demande can be in.
static ETATS: [Etat; 7] = [
    // Before the others: what a partner's table says is « reçu » is under way.
    Etat { code: "recue", compte: false, mots: &["à qualifier"] },
    Etat {
        code: "en_cours",
        compte: true,
        mots: &[
            "en cours",
            "en attente",
            "attente",
            "ouvert",
            "actif",
            "à traiter",
            "à faire",
            "nouveau",
            "nouvelle",
            "reçu",
            "enregistré",
            "en instruction",
            "instruction",
            "en étude",
            "à l'étude",
            "étude",
            "accepté",
            "validé",
            "programmé",
            "planifié",
            "affecté",
            "transmis",
            "suspendu",
            "en pause",
            "en cours de traitement",
            "en cours d'instruction",
            "commencé",
            "engagé",
            "pris en charge",
            "non commencé",
            "en suspens",
            "à suivre",
            "en cours d'étude",
        ],
    },
    Etat {
        code: "terminee",
        compte: true,
        mots: &[
            "terminé",
            "clos",
            "clôturé",
            "clôture",
            "traité",
            "fini",
            "achevé",
            "réalisé",
            "soldé",
            "fait",
            "archivé",
            "répondu",
            "réponse donnée",
            "livré",
            "rendu",
            "classé",
            "fermé",
            "abouti",
            "résolu",
            "dossier clos",
            "ok",
        ],
    },
    Etat {
        code: "abandonnee",
        compte: true,
        mots: &[
            "abandonné",
            "abandon",
            "annulé",
            "annulation",
            "sans suite",
            "classé sans suite",
            "retiré",
            "projet abandonné",
            "abandon du projet",
            "abandon de la collectivité",
            "désistement",
        ],
    },
    Etat {
        code: "refusee",
        compte: false,
        mots: &[
            "refusé",
            "refus",
            "rejeté",
            "rejet",
            "non recevable",
            "irrecevable",
            "décliné",
            "hors compétence",
            "hors périmètre",
            "non retenu",
            "inéligible",
            "non éligible",
        ],
    },
    Etat {
        code: "brouillon",
        compte: false,
        mots: &["brouillon", "à compléter", "en saisie", "en cours de saisie", "non transmis"],
    },
    Etat { code: "test", compte: false, mots: &["test", "essai", "exemple", "formation"] },
];

/// The state of a code.
pub fn de_code(code: &str) -> Result<&'static Etat, String> {
    ETATS.iter().find(|etat| etat.code == code).ok_or_else(|| inconnu(code))
}

/// The words for each state, as they are compared.
static PAR_MOT: LazyLock<HashMap<String, &'static Etat>> = LazyLock::new(|| {
    let mots = |etat: &'static Etat| {
        etat.mots.iter().chain([&etat.code]).map(move |mot| (racine(mot), etat))
    };
    ETATS.iter().flat_map(mots).collect()
});

/// The state that a text says, by its code or in the usual words.
pub fn reconnaitre(texte: &str) -> Result<&'static Etat, String> {
    PAR_MOT.get(&racine(texte)).copied().ok_or_else(|| inconnu(texte))
}

fn inconnu(texte: &str) -> String {
    let codes: Vec<&str> = ETATS.iter().map(|etat| etat.code).collect();
    format!("« {texte} » n'est pas un état de demande : {}.", codes.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_words_say_the_state() {
        for (texte, code) in [
            ("En attente", "en_cours"),
            ("Reçue", "en_cours"),
            ("À qualifier", "recue"),
            ("Clos", "terminee"),
            ("Traité", "terminee"),
            ("Abandon", "abandonnee"),
            ("Refusé", "refusee"),
            ("Brouillon", "brouillon"),
            ("TEST", "test"),
            ("en_cours", "en_cours"),
            ("Classée sans suite", "abandonnee"),
        ] {
            assert_eq!(reconnaitre(texte).map(|etat| etat.code), Ok(code), "{texte}");
        }
        assert!(reconnaitre("Bof").is_err());
        assert!(de_code("Clos").is_err());
        assert!(!de_code("recue").unwrap().compte);
    }
}
