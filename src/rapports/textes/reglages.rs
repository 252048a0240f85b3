//! `rapport.toml`: colour, who signs, words of the cover.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Faute, REGLAGES};
use crate::partenaires::juger_couleur;

/// What a réseau chooses of how its reports look.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reglages {
    /// Accent of the report, as «#rrggbb»; that of the réseau otherwise.
    pub couleur: Option<String>,
    pub logo: Option<TexteDuLogo>,
    pub signataire: Option<Signataire>,
    /// What the réseau cost, whole euros by year, when it publishes it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub budget: BTreeMap<String, u32>,
    pub mots: Mots,
}

/// What the logo says, for whoever does not see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TexteDuLogo {
    pub texte: String,
}

/// Who signs the foreword.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signataire {
    #[serde(default)]
    pub nom: Option<String>,
    pub fonction: String,
}

/// Words of the réseau in the place of the usual ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mots {
    /// Of the cover: «Bilan 2018» otherwise.
    pub titre: Option<String>,
    pub sous_titre: Option<String>,
    /// Headings of the two texts.
    pub avant_propos: Option<String>,
    pub programme: Option<String>,
}

/// Longest of these words, in characters.
const LETTRES_MAX: usize = 200;

/// Four figures: what a line of the budget begins with.
pub fn est_annee(texte: &str) -> bool {
    texte.len() == 4 && texte.bytes().all(|octet| octet.is_ascii_digit())
}

impl Reglages {
    /// # Errors
    /// What is wrong and on which line.
    pub fn parse(texte: &str) -> Result<Self, Faute> {
        let faute = |ligne, phrase| Faute { fichier: REGLAGES.to_owned(), ligne, phrase };
        let mut reglages: Self = toml::from_str(texte).map_err(|erreur| {
            let avant = erreur.span().and_then(|lieu| texte.get(..lieu.start));
            faute(avant.map(|avant| avant.matches('\n').count() + 1), dire(erreur.message()))
        })?;
        let ligne_de = |cle: &str| {
            let place = texte.lines().position(|ligne| {
                ligne
                    .trim_start()
                    .strip_prefix(cle)
                    .is_some_and(|suite| suite.trim_start().starts_with('='))
            });
            place.map(|rang| rang + 1)
        };
        reglages.couleur = reglages.couleur.map(|couleur| couleur.to_lowercase());
        if let Some(Err(raison)) = reglages.couleur.as_deref().map(juger_couleur) {
            return Err(faute(ligne_de("couleur"), format!("la couleur {raison}")));
        }
        if let Some(annee) = reglages.budget.keys().find(|annee| !est_annee(annee)) {
            let phrase = format!(
                "« {annee} » n'est pas une année. Une ligne de [budget] s'écrit : 2018 = 412000, en euros."
            );
            return Err(faute(ligne_de(annee), phrase));
        }
        for (cle, mot) in reglages.mots_ecrits() {
            if mot.trim().is_empty() {
                let phrase = format!("« {cle} » est vide. Écrivez-le, ou retirez la ligne.");
                return Err(faute(ligne_de(cle), phrase));
            }
            if mot.chars().count() > LETTRES_MAX {
                let phrase = format!(
                    "« {cle} » est trop long : {LETTRES_MAX} caractères au plus. Raccourcissez-le."
                );
                return Err(faute(ligne_de(cle), phrase));
            }
        }
        Ok(reglages)
    }

    /// As it is written.
    pub fn ecrire(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }

    /// The words, by key.
    fn mots_ecrits(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let signataire = self.signataire.as_ref();
        [
            ("texte", self.logo.as_ref().map(|logo| logo.texte.as_str())),
            ("nom", signataire.and_then(|qui| qui.nom.as_deref())),
            ("fonction", signataire.map(|qui| qui.fonction.as_str())),
            ("titre", self.mots.titre.as_deref()),
            ("sous_titre", self.mots.sous_titre.as_deref()),
            ("avant_propos", self.mots.avant_propos.as_deref()),
            ("programme", self.mots.programme.as_deref()),
        ]
        .into_iter()
        .filter_map(|(cle, mot)| Some((cle, mot?)))
    }
}

/// What TOML says, in French as far as it is ours to say.
fn dire(message: &str) -> String {
    if let Some((cle, connues)) =
        message.strip_prefix("unknown field `").and_then(|suite| suite.split_once('`'))
    {
        let connues: Vec<&str> = connues.split('`').skip(1).step_by(2).collect();
        return format!("« {cle} » n'est pas connu ici. Ce qui l'est : {}.", connues.join(", "));
    }
    if let Some(cle) =
        message.strip_prefix("missing field `").and_then(|suite| suite.strip_suffix('`'))
    {
        return format!("il manque « {cle} ». Ajoutez-le, ou retirez la partie entière.");
    }
    format!(
        "le texte ne se lit pas ({message}). Une ligne s'écrit : nom = \"valeur\", et une partie : [mots]."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_written_alike() {
        let reglages = Reglages::parse(
            "couleur = '#6B4A8E'\n[budget]\n2018 = 412000\n[signataire]\nfonction = 'La présidente'\n[mots]\ntitre = 'Bilan'\n",
        )
        .unwrap();
        assert_eq!(reglages.couleur.as_deref(), Some("#6b4a8e"));
        assert_eq!(Reglages::parse(&reglages.ecrire()), Ok(reglages));
    }

    #[test]
    fn a_mistake_says_its_line_in_french() {
        for (texte, ligne, mot) in [
            ("\ncouleur = '#ffff00'\n", 2, "trop claire"),
            ("[mots]\ntitres = 'x'\n", 2, "« titres » n'est pas connu"),
            ("couleur = '#6b4a8e'\n[signataire]\nnom = 'X'\n", 2, "il manque « fonction »"),
            ("[mots]\ntitre = ''\n", 2, "est vide"),
            ("[budget]\n2017 = 1\nan = 2\n", 3, "« an » n'est pas une année"),
            ("[budget]\n2018 = '412 000 €'\n", 2, "ne se lit pas"),
            ("couleur = \n", 1, "ne se lit pas"),
        ] {
            let faute = Reglages::parse(texte).unwrap_err();
            assert_eq!(faute.ligne, Some(ligne), "{texte} {faute}");
            assert!(faute.phrase.contains(mot), "{faute}");
        }
    }
}
