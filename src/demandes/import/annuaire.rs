//! What a réseau calls its partners, its themes and its fiches: codes and labels.

use std::collections::{BTreeSet, HashMap};

use sqlx::PgConnection;
use strsim::normalized_damerau_levenshtein;

use super::champ::Champ;
use super::mots::racine;
use crate::error::{Contexte, Error, Result};

/// The codes of a réseau, by what people write for them.
#[derive(Debug, Default)]
pub struct Annuaire {
    partenaires: Codes,
    themes: Codes,
    fiches: Codes,
    /// Themes that have others under them, and those.
    sous_themes: HashMap<String, Vec<String>>,
}

#[derive(Debug, Default)]
struct Codes {
    par_nom: HashMap<String, BTreeSet<String>>,
    /// For sentences: code and label.
    dits: Vec<(String, String)>,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    genre: String,
    code: String,
    noms: Vec<String>,
    parent: Option<String>,
}

impl Annuaire {
    pub async fn charger(connexion: &mut PgConnection, reseau: &str) -> Result<Self> {
        let action = "lecture des thèmes et des partenaires";
        let reseaux: Vec<String> = sqlx::query_scalar("select code from reseau order by code")
            .fetch_all(&mut *connexion)
            .await
            .pour(action)?;
        if !reseaux.iter().any(|connu| connu == reseau) {
            return Err(Error::Demande(format!(
                "Le réseau « {reseau} » n'existe pas. Réseaux chargés : {}. Un nouveau réseau se charge avec \
                 maillage import reseau.",
                if reseaux.is_empty() { "aucun".to_owned() } else { reseaux.join(", ") }
            )));
        }
        let lignes: Vec<Ligne> = sqlx::query_as(include_str!("../sql/lire_annuaire.sql"))
            .bind(reseau)
            .fetch_all(connexion)
            .await
            .pour(action)?;
        let mut annuaire = Self::default();
        for ligne in lignes {
            annuaire.ajouter(ligne);
        }
        Ok(annuaire)
    }

    fn ajouter(&mut self, ligne: Ligne) {
        if let Some(parent) = ligne.parent {
            self.sous_themes.entry(parent).or_default().push(ligne.code.clone());
        }
        let codes = match ligne.genre.as_str() {
            "partenaire" => &mut self.partenaires,
            "theme" => &mut self.themes,
            _ => &mut self.fiches,
        };
        for nom in ligne.noms.iter().chain([&ligne.code]) {
            codes.par_nom.entry(racine(nom)).or_default().insert(ligne.code.clone());
        }
        let nom = ligne.noms.into_iter().next().unwrap_or_default();
        codes.dits.push((ligne.code, nom));
    }

    /// The code that a text stands for, or a sentence with the codes that there are.
    pub fn code(&self, champ: Champ, texte: &str) -> Result<String, String> {
        let (codes, quoi) = match champ {
            Champ::Partenaire | Champ::Associes => (&self.partenaires, "un partenaire"),
            Champ::Theme => (&self.themes, "un thème"),
            _ => (&self.fiches, "une fiche"),
        };
        let connus = codes.par_nom.get(&racine(texte));
        match connus.map(|connus| connus.iter().collect::<Vec<_>>()).as_deref() {
            Some([code]) => self.exiger_dernier_niveau(champ, code),
            Some(plusieurs) => Err(format!(
                "« {texte} » peut être {} : écrivez le code.",
                plusieurs.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(" ou ")
            )),
            None => {
                Err(format!("« {texte} » n'est pas {quoi} du réseau. {}.", codes.proposer(texte)))
            }
        }
    }

    /// A theme that has none under it.
    fn exiger_dernier_niveau(&self, champ: Champ, code: &str) -> Result<String, String> {
        match self.sous_themes.get(code) {
            Some(sous_themes) if champ == Champ::Theme => Err(format!(
                "« {code} » réunit plusieurs thèmes : choisissez l'un d'eux ({}).",
                sous_themes.join(", ")
            )),
            _ => Ok(code.to_owned()),
        }
    }

    /// The codes that a cell stands for: one label, or several separated by a sign.
    pub fn plusieurs(&self, champ: Champ, texte: &str) -> Result<Vec<String>, String> {
        let entier = match self.code(champ, texte) {
            Ok(code) => return Ok(vec![code]),
            Err(refus) => refus,
        };
        let mut refus = entier;
        for separateurs in [&['|', ';', '\n'][..], &['/', ',', '+', '&'][..]] {
            let parties: Vec<&str> = texte
                .split(separateurs)
                .map(str::trim)
                .filter(|partie| !partie.is_empty())
                .collect();
            if parties.len() < 2 {
                continue;
            }
            let mut codes = Vec::new();
            let lus: Result<(), String> = parties.iter().try_for_each(|partie| {
                let code = self.code(champ, partie)?;
                if !codes.contains(&code) {
                    codes.push(code);
                }
                Ok(())
            });
            match lus {
                Ok(()) => return Ok(codes),
                Err(d_une_partie) => refus = d_une_partie,
            }
        }
        Err(refus)
    }
}

impl Codes {
    /// The codes that there are, when they are few; else those that are nearest to what was written.
    fn proposer(&self, texte: &str) -> String {
        const PEU: usize = 8;
        const PROCHES: usize = 5;
        let dire = |(code, nom): &(String, String)| match nom.is_empty() || nom == code {
            true => code.clone(),
            false => format!("{code} ({nom})"),
        };
        if self.dits.len() <= PEU {
            return format!(
                "Codes admis : {}",
                self.dits.iter().map(dire).collect::<Vec<_>>().join(", ")
            );
        }
        let ecrit = racine(texte);
        let proche = |connu: &str| normalized_damerau_levenshtein(&ecrit, &racine(connu));
        let mut proches: Vec<(f64, &(String, String))> = self
            .dits
            .iter()
            .map(|dit| (proche(&dit.0).max(proche(&dit.1)), dit))
            .filter(|(parente, _)| *parente >= 0.5)
            .collect();
        proches.sort_by(|(une, _), (autre, _)| autre.total_cmp(une));
        let dits: Vec<String> = proches.iter().take(PROCHES).map(|(_, dit)| dire(dit)).collect();
        match dits.is_empty() {
            true => format!(
                "Aucun des {} codes n'en est proche : prenez-le dans la liste du réseau",
                self.dits.len()
            ),
            false => format!("Les plus proches, sur {} : {}", self.dits.len(), dits.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annuaire() -> Annuaire {
        let mut annuaire = Annuaire::default();
        for (genre, code, nom, parent) in [
            ("theme", "eau", "Eau", None),
            ("theme", "eau-potable", "Eau potable", Some("eau")),
            ("theme", "voirie", "Voirie, ouvrages d'art", None),
            ("theme", "batiments", "Bâtiments publics", None),
            ("partenaire", "caue", "Conseil d'architecture", None),
        ] {
            annuaire.ajouter(Ligne {
                genre: genre.into(),
                code: code.into(),
                noms: vec![nom.into()],
                parent: parent.map(str::to_owned),
            });
        }
        annuaire
    }

    #[test]
    fn labels_and_codes_are_read_whatever_their_accents_and_number() {
        let annuaire = annuaire();
        for texte in ["batiments", "Bâtiment public", "BATIMENTS PUBLICS"] {
            assert_eq!(annuaire.code(Champ::Theme, texte), Ok("batiments".into()), "{texte}");
        }
        assert!(annuaire.code(Champ::Theme, "Eau").unwrap_err().contains("eau-potable"));
        assert!(annuaire.code(Champ::Theme, "caue").is_err());
    }

    #[test]
    fn of_many_codes_the_nearest_are_said() {
        let mut annuaire = annuaire();
        assert!(
            annuaire
                .code(Champ::Theme, "x")
                .unwrap_err()
                .contains("voirie (Voirie, ouvrages d'art)")
        );
        for rang in 0..40 {
            let code = format!("divers-{rang}");
            annuaire.ajouter(Ligne { genre: "theme".into(), code, noms: vec![], parent: None });
        }
        let refus = annuaire.code(Champ::Theme, "Batimens publiques").unwrap_err();
        assert!(
            refus.contains("Les plus proches, sur 44 : batiments (Bâtiments publics)."),
            "{refus}"
        );
        let refus = annuaire.code(Champ::Theme, "Zoologie").unwrap_err();
        assert!(refus.contains("Aucun des 44 codes"), "{refus}");
    }

    #[test]
    fn a_cell_may_hold_several_themes() {
        let annuaire = annuaire();
        let lire = |texte| annuaire.plusieurs(Champ::Theme, texte);
        assert_eq!(lire("Voirie, ouvrages d'art"), Ok(vec!["voirie".into()]));
        assert_eq!(
            lire("eau potable / bâtiments publics"),
            Ok(vec!["eau-potable".into(), "batiments".into()])
        );
        assert_eq!(lire("batiments|batiments"), Ok(vec!["batiments".into()]));
        assert!(lire("Eau potable ; Plomberie").unwrap_err().contains("« Plomberie »"));
    }
}
