//! What people write around the figures: foreword, programme, logo, colour, words. Files of the réseau (`rapport/` in its
//! folder), also edited in the coordinator's space; read here into a tree of blocks that the document and the page both
//! show, and never evaluated as code.
//!
//! No figure is typed in a text: `{demandes}` stands for one, and is replaced by what the report counts.

mod bloc;
mod chiffre;
mod dossier;
mod logo;
mod markdown;
mod registre;
mod reglages;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::donnees::Rapport;
use crate::error::{Error, Result};
pub use bloc::{Bloc, Segment};
pub use chiffre::{CHAMPS, CLES};
pub use dossier::{exporter, importer};
pub use logo::{GenreDeLogo, Logo};
pub use registre::{Ecrit, REQUETE, ecrire, lire, retirer};
pub use reglages::{Mots, Reglages, Signataire, TexteDuLogo, est_annee};

/// The files, as they are named in `rapport/`.
pub const REGLAGES: &str = "rapport.toml";
pub const AVANT_PROPOS: &str = "avant-propos.md";
pub const PROGRAMME: &str = "programme.md";
pub const LOGOS: [&str; 2] = ["logo.svg", "logo.png"];
/// All of them, in the order in which they are said.
pub const FICHIERS: [&str; 5] = [REGLAGES, AVANT_PROPOS, PROGRAMME, LOGOS[0], LOGOS[1]];

/// The files of a réseau, by name, as they were written.
pub type Fichiers = BTreeMap<String, Vec<u8>>;

/// What is wrong in a file, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faute {
    pub fichier: String,
    /// From 1; none when it is the whole file.
    pub ligne: Option<usize>,
    pub phrase: String,
}

impl fmt::Display for Faute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rapport/{}", self.fichier)?;
        if let Some(ligne) = self.ligne {
            write!(f, ", ligne {ligne}")?;
        }
        write!(f, " : {}", self.phrase)
    }
}

/// What is written around the figures, ready to be laid out once [`Textes::remplir`] has put the figures in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Textes {
    pub reglages: Reglages,
    pub avant_propos: Vec<Bloc>,
    pub programme: Vec<Bloc>,
    pub logo: Option<Logo>,
}

impl Textes {
    /// Reads the files, all of them: the mistakes of each are told together.
    ///
    /// # Errors
    /// What is wrong, in the order of the files and of their lines.
    pub fn juger(fichiers: &Fichiers) -> Result<Self, Vec<Faute>> {
        let mut fautes = Vec::new();
        let mut textes = Self::default();
        let texte = |nom: &str, fautes: &mut Vec<Faute>| -> Option<String> {
            match en_texte(nom, fichiers.get(nom)?) {
                Ok(texte) => Some(texte),
                Err(faute) => {
                    fautes.push(faute);
                    None
                }
            }
        };
        if let Some(texte) = texte(REGLAGES, &mut fautes) {
            match Reglages::parse(&texte) {
                Ok(reglages) => textes.reglages = reglages,
                Err(faute) => fautes.push(faute),
            }
        }
        if let Some(texte) = texte(AVANT_PROPOS, &mut fautes) {
            textes.avant_propos = markdown::lire(AVANT_PROPOS, &texte, &mut fautes);
        }
        if let Some(texte) = texte(PROGRAMME, &mut fautes) {
            textes.programme = markdown::lire(PROGRAMME, &texte, &mut fautes);
        }
        let logos: Vec<_> =
            LOGOS.iter().filter_map(|nom| Some((*nom, fichiers.get(*nom)?))).collect();
        match logos[..] {
            [] => {}
            [(nom, octets)] => match Logo::juger(nom, octets) {
                Ok(logo) => textes.logo = Some(logo),
                Err(faute) => fautes.push(faute),
            },
            _ => fautes.push(Faute {
                fichier: LOGOS[1].to_owned(),
                ligne: None,
                phrase: format!("un rapport a un seul logo. Gardez {} ou {}.", LOGOS[0], LOGOS[1]),
            }),
        }
        if fautes.is_empty() { Ok(textes) } else { Err(fautes) }
    }

    /// The same, with the figures of a report in the place of their keys.
    pub fn remplir(mut self, rapport: &Rapport) -> Self {
        for bloc in self.avant_propos.iter_mut().chain(&mut self.programme) {
            bloc.remplir(rapport);
        }
        if let Some(logo) = &mut self.logo {
            logo.texte = self
                .reglages
                .logo
                .as_ref()
                .map_or_else(|| rapport.reseau.nom.clone(), |logo| logo.texte.clone());
        }
        self
    }
}

/// Mistakes, one a line, as an error of whoever gave the files.
pub fn refuser(fautes: &[Faute]) -> Error {
    let lignes: Vec<String> = fautes.iter().map(Faute::to_string).collect();
    Error::Donnees(lignes.join("\n"))
}

/// Longest text, in bytes: some four pages, and two of them fit in a form.
const OCTETS_MAX: usize = 15_000;

fn en_texte(nom: &str, octets: &[u8]) -> Result<String, Faute> {
    let faute = |ligne, phrase: String| Faute { fichier: nom.to_owned(), ligne, phrase };
    if octets.len() > OCTETS_MAX {
        let phrase = format!(
            "ce texte a {} octets, et {OCTETS_MAX} au plus tiennent dans un rapport. Raccourcissez-le.",
            octets.len()
        );
        return Err(faute(None, phrase));
    }
    let texte = std::str::from_utf8(octets).map_err(|erreur| {
        let avant = octets.get(..erreur.valid_up_to()).unwrap_or_default();
        let ligne = avant.iter().filter(|octet| **octet == b'\n').count() + 1;
        let phrase =
            "ce texte n'est pas en UTF-8. Enregistrez-le de nouveau en choisissant cet encodage.";
        faute(Some(ligne), phrase.to_owned())
    })?;
    let texte = texte.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let interdit = |lettre: char| lettre.is_control() && lettre != '\n' && lettre != '\t';
    if let Some(place) = texte.find(interdit) {
        let ligne = texte[..place].matches('\n').count() + 1;
        let phrase = "un caractère ne s'imprime pas. Effacez-le, ou recopiez la ligne à la main.";
        return Err(faute(Some(ligne), phrase.to_owned()));
    }
    Ok(texte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fautes(fichiers: &[(&str, &[u8])]) -> Vec<String> {
        let fichiers: Fichiers =
            fichiers.iter().map(|(nom, octets)| ((*nom).to_owned(), octets.to_vec())).collect();
        let fautes = Textes::juger(&fichiers).unwrap_err();
        fautes.iter().map(Faute::to_string).collect()
    }

    #[test]
    fn mistakes_of_all_files_are_told_at_once_with_their_lines() {
        let dites = fautes(&[
            (REGLAGES, b"couleur = '#6b4a8e'\ncouleurs = 'rouge'\n"),
            (AVANT_PROPOS, b"Bonjour.\n\nNous avons {demande} cette ann\xc3\xa9e.\n"),
            (PROGRAMME, "# Suite\n\n<b>gras</b>\n".as_bytes()),
        ]);
        assert_eq!(dites.len(), 4, "{dites:?}");
        assert!(dites[0].starts_with("rapport/rapport.toml, ligne 2 : "), "{}", dites[0]);
        assert!(dites[1].starts_with("rapport/avant-propos.md, ligne 3 : "), "{}", dites[1]);
        assert!(dites[1].contains("{demandes}"), "{}", dites[1]);
        assert!(dites[2].starts_with("rapport/programme.md, ligne 3 : "), "{}", dites[2]);
    }

    #[test]
    fn a_text_that_is_not_utf8_says_where() {
        let dites = fautes(&[(AVANT_PROPOS, b"Une ligne.\nL'ann\xe9e.\n")]);
        assert!(dites[0].contains("ligne 2") && dites[0].contains("UTF-8"), "{}", dites[0]);
    }

    #[test]
    fn two_logos_are_one_too_many() {
        let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>"#;
        let dites = fautes(&[("logo.svg", svg), ("logo.png", svg)]);
        assert!(dites[0].contains("un seul logo"), "{}", dites[0]);
    }
}
