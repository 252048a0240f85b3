//! What was typed in the form, as it was, and what is wrong with it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::demandes::en_ligne::{COURRIEL_MAX, NOM_MAX, OBJET_MAX, TELEPHONE_MAX};
use crate::http::Parametres;
use crate::partenaires::est_courriel;

/// Shortest text of a demande, in characters: under it, nobody could answer.
const OBJET_MIN: usize = 10;
/// Fewest digits of a phone number.
const CHIFFRES: usize = 6;

/// The fields; empty when they are not given.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Saisie {
    pub reseau: String,
    /// `commune:26113`
    pub territoire: String,
    /// A place as people name it, when its code is not known.
    pub lieu: String,
    pub theme: String,
    pub partenaire: String,
    pub fiche: String,
    pub objet: String,
    pub nom: String,
    pub fonction: String,
    pub courriel: String,
    pub telephone: String,
    /// People do not see it; programs fill it.
    pub adresse_web: String,
}

/// Sentences about fields, by name of the field.
pub type Fautes = BTreeMap<&'static str, String>;

impl Saisie {
    /// What a link already says.
    pub const PARAMETRES: [&str; 6] =
        ["reseau", "territoire", "lieu", "theme", "partenaire", "fiche"];

    pub fn lire(parametres: &Parametres) -> Self {
        let texte = |nom: &str| parametres.texte(nom).unwrap_or_default().to_owned();
        Self {
            reseau: texte("reseau"),
            territoire: texte("territoire"),
            lieu: texte("lieu"),
            theme: texte("theme"),
            partenaire: texte("partenaire"),
            fiche: texte("fiche"),
            ..Self::default()
        }
    }

    /// The same without what surrounds texts, and with one kind of line end.
    pub fn nette(self) -> Self {
        let net = |texte: String| texte.replace("\r\n", "\n").trim().to_owned();
        Self {
            reseau: net(self.reseau),
            territoire: net(self.territoire),
            lieu: net(self.lieu),
            theme: net(self.theme),
            partenaire: net(self.partenaire),
            fiche: net(self.fiche),
            objet: net(self.objet),
            nom: net(self.nom),
            fonction: net(self.fonction),
            courriel: net(self.courriel),
            telephone: net(self.telephone),
            adresse_web: net(self.adresse_web),
        }
    }

    /// What is wrong with the texts; choices are judged with what exists.
    pub fn fautes(&self) -> Fautes {
        let mut fautes = Fautes::new();
        let longueur = |texte: &str| texte.chars().count();
        let objet = longueur(&self.objet);
        if objet < OBJET_MIN {
            fautes.insert("objet", "Dites en quelques mots ce dont vous avez besoin.".into());
        } else if objet > OBJET_MAX {
            fautes.insert(
                "objet",
                format!("Votre demande a {objet} caractères : raccourcissez-la à {OBJET_MAX}."),
            );
        }
        if self.nom.is_empty() {
            fautes.insert("nom", "Dites qui le réseau doit rappeler.".into());
        }
        for (champ, texte) in [("nom", &self.nom), ("fonction", &self.fonction)] {
            if longueur(texte) > NOM_MAX {
                fautes.insert(champ, format!("Ce texte dépasse {NOM_MAX} caractères."));
            }
        }
        if self.courriel.is_empty() {
            fautes.insert(
                "courriel",
                "Donnez une adresse électronique : la réponse y viendra.".into(),
            );
        } else if self.courriel.len() > COURRIEL_MAX || !est_courriel(&self.courriel) {
            fautes.insert(
                "courriel",
                "Ce n’est pas une adresse électronique, comme mairie@exemple.fr.".into(),
            );
        }
        let chiffres = self.telephone.chars().filter(char::is_ascii_digit).count();
        let lisible = self.telephone.chars().all(|c| c.is_ascii_digit() || " .+-()/".contains(c));
        if !self.telephone.is_empty()
            && (longueur(&self.telephone) > TELEPHONE_MAX || chiffres < CHIFFRES || !lisible)
        {
            fautes.insert(
                "telephone",
                "Ce n’est pas un numéro de téléphone, comme 04 75 00 00 00.".into(),
            );
        }
        if !self.adresse_web.is_empty() {
            fautes.insert(
                "adresse_web",
                "Ce champ doit rester vide : il arrête les programmes.".into(),
            );
        }
        // The text alone has several lines.
        for (champ, texte, admis) in [
            ("objet", &self.objet, "\n\t"),
            ("nom", &self.nom, ""),
            ("fonction", &self.fonction, ""),
        ] {
            if texte.chars().any(|c| c.is_control() && !admis.contains(c)) {
                fautes.insert(champ, "Ce texte contient un caractère qui ne se lit pas.".into());
            }
        }
        fautes
    }
}

/// None when it is empty.
pub fn rempli(texte: &str) -> Option<&str> {
    Some(texte).filter(|texte| !texte.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bonne() -> Saisie {
        Saisie {
            objet: "Le toit de l'école fuit.".into(),
            nom: "Anne Martin".into(),
            courriel: "mairie@die.example".into(),
            ..Saisie::default()
        }
    }

    #[test]
    fn each_field_has_its_own_sentence() {
        assert_eq!(bonne().fautes(), Fautes::new());
        let fausse = Saisie {
            objet: "x".repeat(OBJET_MAX + 1),
            nom: String::new(),
            courriel: "mairie".into(),
            telephone: "appelez-moi".into(),
            adresse_web: "https://x".into(),
            ..bonne()
        };
        let champs: Vec<&str> = fausse.fautes().into_keys().collect();
        assert_eq!(champs, ["adresse_web", "courriel", "nom", "objet", "telephone"]);
    }

    #[test]
    fn lengths_are_counted_in_characters_and_line_ends_are_one() {
        let longue = Saisie { objet: "é".repeat(OBJET_MAX), ..bonne() };
        assert_eq!(longue.fautes(), Fautes::new());
        let deux = Saisie { nom: "Anne\nBcc: tous@die.example".into(), ..bonne() };
        assert_eq!(deux.fautes().into_keys().collect::<Vec<_>>(), ["nom"]);
        let lignes = Saisie { objet: " Le toit\r\nfuit beaucoup. ".into(), ..bonne() }.nette();
        assert_eq!(lignes.objet, "Le toit\nfuit beaucoup.");
    }
}
