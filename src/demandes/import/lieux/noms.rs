//! Names of communes and EPCI as people write them: « Mairie de Die », « CC du Diois ».

use std::collections::BTreeSet;

use crate::demandes::import::mots::{mots, mots_pleins};

/// What may stand before the name of a commune.
const DEVANT: [&str; 18] = [
    "mairie",
    "commune",
    "ville",
    "village",
    "municipalite",
    "hotel ville",
    "monsieur maire",
    "madame maire",
    "m maire",
    "mme maire",
    "maire",
    "conseil municipal",
    "commune nouvelle",
    "mairie ville",
    "mairie commune",
    "cne",
    "centre communal action sociale",
    "ccas",
];

/// The key of a commune's name, without article, « St » being « Saint ».
pub fn cle(nom: &str) -> String {
    let tous = mots(nom);
    let sans_article = ["l ", "le ", "la ", "les ", "las ", "los ", "aux "]
        .iter()
        .find_map(|article| tous.strip_prefix(article))
        .unwrap_or(&tous);
    sans_article
        .split(' ')
        .map(|mot| match mot {
            "st" => "saint",
            "ste" => "sainte",
            autre => autre,
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// The keys that a text may be of, the surest first: as it is, without a code at its end, and without what
/// stands before the name.
pub fn cles(texte: &str) -> Vec<String> {
    let mut cles = vec![cle(texte)];
    let tous = mots(texte);
    let sans_code = match tous.rsplit_once(' ') {
        Some((nom, code)) if code.bytes().all(|octet| octet.is_ascii_digit()) => nom,
        _ => &tous,
    };
    for texte in [tous.as_str(), sans_code] {
        cles.push(cle(texte));
        let lus: Vec<&str> = texte.split(' ').collect();
        cles.extend(DEVANT.iter().filter_map(|devant| apres(&lus, devant)).map(|nom| cle(&nom)));
    }
    let mut vues = BTreeSet::new();
    cles.retain(|cle| vues.insert(cle.clone()));
    cles
}

/// What follows a beginning, articles and prepositions aside.
fn apres(lus: &[&str], devant: &str) -> Option<String> {
    const LIENS: [&str; 8] = ["de", "du", "des", "d", "la", "le", "les", "l"];
    let mut attendus = devant.split(' ');
    let mut attendu = attendus.next();
    for (rang, mot) in lus.iter().enumerate() {
        if attendu == Some(*mot) {
            attendu = attendus.next();
        } else if rang == 0 || !LIENS.contains(mot) {
            return attendu.is_none().then(|| lus[rang..].join(" "));
        }
    }
    None
}

/// Natures of EPCI as names begin with them, the longest first, and their abbreviation.
const NATURES: [(&str, &str); 12] = [
    ("communaute communes", "cc"),
    ("communaute agglomeration", "ca"),
    ("communaute agglo", "ca"),
    ("communaute urbaine", "cu"),
    ("com com", "cc"),
    ("comcom", "cc"),
    ("cc", "cc"),
    ("ca", "ca"),
    ("cu", "cu"),
    ("metropole", "me"),
    ("communaute", ""),
    ("agglomeration", "ca"),
];

/// The name of an EPCI as it is compared.
#[derive(Debug, PartialEq, Eq)]
pub struct NomEpci {
    /// Abbreviated; empty when the name does not say it.
    nature: &'static str,
    mots: BTreeSet<String>,
    /// Whether the text says that it is an EPCI.
    dit: bool,
}

impl NomEpci {
    pub fn lire(nom: &str) -> Self {
        let pleins = mots_pleins(nom);
        let trouvee = NATURES.iter().find_map(|(debut, nature)| {
            let reste = pleins.strip_prefix(debut)?;
            (reste.is_empty() || reste.starts_with(' ')).then_some((*nature, reste.trim()))
        });
        let (nature, reste) = trouvee.unwrap_or(("", &pleins));
        let mots = reste.split(' ').filter(|mot| !mot.is_empty()).map(str::to_owned).collect();
        Self { nature, mots, dit: trouvee.is_some() }
    }

    /// Whether it names the same EPCI.
    pub fn est(&self, connu: &Self) -> bool {
        self.meme_nature(connu) && self.mots == connu.mots
    }

    /// Whether it names it in short: « CC Val de Drôme » for « CC du Val de Drôme en Biovallée ».
    pub fn abrege(&self, connu: &Self) -> bool {
        self.dit
            && self.meme_nature(connu)
            && !self.mots.is_empty()
            && self.mots.is_subset(&connu.mots)
    }

    fn meme_nature(&self, connu: &Self) -> bool {
        self.nature.is_empty() || connu.nature.is_empty() || self.nature == connu.nature
    }
}

/// By how many letters two keys differ, if they are close.
pub fn ecart(a: &str, b: &str) -> Option<usize> {
    const ECART: usize = 2;
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > ECART || a.len().min(b.len()) < 4 {
        return None;
    }
    let mut ligne: Vec<usize> = (0..=b.len()).collect();
    for (i, lettre) in a.iter().enumerate() {
        let mut diagonale = ligne[0];
        ligne[0] = i + 1;
        for (j, autre) in b.iter().enumerate() {
            let change = diagonale + usize::from(lettre != autre);
            diagonale = ligne[j + 1];
            ligne[j + 1] = change.min(ligne[j] + 1).min(diagonale + 1);
        }
    }
    Some(ligne[b.len()]).filter(|ecart| *ecart <= ECART)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_a_name_is_set_aside() {
        for (texte, attendue) in [
            ("Mairie de Die", "die"),
            ("Commune du Poët-Laval", "poet laval"),
            ("COMMUNE DE L'HORME", "horme"),
            ("Ville de St-Vallier", "saint vallier"),
            ("Monsieur le Maire de Die", "die"),
            ("Die (26)", "die"),
            ("26150 Die", "26150 die"),
            ("Mairie des Tourrettes", "tourrettes"),
            ("Mairie d'Albon", "albon"),
        ] {
            assert!(cles(texte).contains(&attendue.to_owned()), "{texte} : {:?}", cles(texte));
        }
        assert_eq!(cles("Ville-en-Tardenois")[0], "ville en tardenois");
    }

    #[test]
    fn an_epci_is_known_by_its_nature_and_its_words() {
        let diois = NomEpci::lire("CC du Diois");
        for texte in ["Communauté de communes du Diois", "CC Diois", "com com du diois", "Diois"] {
            assert!(NomEpci::lire(texte).est(&diois), "{texte}");
        }
        assert!(!NomEpci::lire("CA du Diois").est(&diois));
        let val = NomEpci::lire("CC du Val de Drôme en Biovallée");
        assert!(NomEpci::lire("CC Val de Drôme").abrege(&val));
        assert!(!NomEpci::lire("Val de Drôme").abrege(&val), "it may be a commune");
    }

    #[test]
    fn names_with_a_slip_are_close() {
        assert_eq!(ecart("montelimar", "montelimart"), Some(1));
        assert_eq!(ecart("sailans", "saillant"), Some(2));
        assert_eq!(ecart("die", "dieu"), None, "too short to be a slip");
        assert_eq!(ecart("valence", "valdrome"), None);
    }
}
