//! What a form asks, what was typed in it, and what is wrong with that.
//!
//! Values are texts by field, as the form shows them and as the database gives them: a form carries those that it
//! was read with (`lu`), so that a save over somebody else's is seen, and each field says whose change it is.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;

use crate::partenaires::{est_adresse, est_courriel, est_site, juger_couleur};

/// The hidden field of what the form was read with.
pub const LU: &str = "lu";

/// The values of each field; none when it is empty.
pub type Valeurs = BTreeMap<String, Vec<String>>;

/// A value that may be chosen.
#[derive(Debug, Clone)]
pub struct Choix {
    pub valeur: String,
    pub libelle: String,
    /// The heading that it is under.
    pub groupe: Option<String>,
}

impl Choix {
    pub fn nouveau(valeur: &str, libelle: &str) -> Self {
        Self { valeur: valeur.into(), libelle: libelle.into(), groupe: None }
    }
}

/// How a field is typed.
#[derive(Debug, Clone)]
pub enum Genre {
    /// One line, of so many characters at most.
    Ligne(usize),
    /// Several.
    Texte(usize),
    /// One value a line: so many at most, each of so many characters.
    Liste(usize, usize),
    /// The same, of addresses of sites.
    Sites(usize),
    Courriel,
    Telephone,
    Adresse,
    Couleur,
    Jour,
    Nombre(i64, i64),
    /// One of these, or none of them when it is not required.
    Un(Vec<Choix>),
    /// Some of these.
    Plusieurs(Vec<Choix>),
    /// Yes or no.
    Case,
}

/// A field.
#[derive(Debug, Clone)]
pub struct Champ {
    pub nom: String,
    pub libelle: String,
    pub aide: String,
    pub genre: Genre,
    pub requis: bool,
    /// Fields of one partner, say, are folded together under this title.
    pub pli: Option<String>,
}

impl Champ {
    pub fn nouveau(nom: &str, libelle: &str, genre: Genre) -> Self {
        Self {
            nom: nom.into(),
            libelle: libelle.into(),
            aide: String::new(),
            genre,
            requis: false,
            pli: None,
        }
    }

    pub fn requis(self) -> Self {
        Self { requis: true, ..self }
    }

    pub fn aide(self, aide: &str) -> Self {
        Self { aide: aide.into(), ..self }
    }

    pub fn pli(self, pli: &str) -> Self {
        Self { pli: Some(pli.into()), ..self }
    }

    /// What is typed, in the shape that is kept: without spaces around, nor lines that are empty.
    fn lire(&self, dites: &[&str]) -> Vec<String> {
        let mut lues: Vec<String> = match &self.genre {
            Genre::Liste(..) | Genre::Sites(_) => {
                dites.iter().flat_map(|texte| texte.lines()).map(|l| l.trim().to_owned()).collect()
            }
            Genre::Plusieurs(_) => dites.iter().map(|texte| (*texte).to_owned()).collect(),
            Genre::Case => dites.iter().take(1).map(|_| "oui".to_owned()).collect(),
            Genre::Texte(_) => {
                dites.iter().take(1).map(|t| t.replace("\r\n", "\n").trim().to_owned()).collect()
            }
            Genre::Couleur => dites.iter().take(1).map(|t| t.trim().to_lowercase()).collect(),
            _ => dites.iter().take(1).map(|texte| texte.trim().to_owned()).collect(),
        };
        lues.retain(|texte| !texte.is_empty());
        let mut vues = std::collections::HashSet::new();
        lues.retain(|texte| vues.insert(texte.clone()));
        if matches!(self.genre, Genre::Plusieurs(_)) {
            lues.sort();
        }
        lues
    }

    /// What is wrong with values, in a sentence.
    fn juger(&self, valeurs: &[String]) -> Result<(), String> {
        let Some(premiere) = valeurs.first() else {
            return match self.requis {
                true => Err("Ce champ est à remplir.".into()),
                false => Ok(()),
            };
        };
        let court = |texte: &str, max: usize| {
            let longueur = texte.chars().count();
            match longueur > max {
                true => Err(format!("Ce texte compte {longueur} caractères : {max} au plus.")),
                false => Ok(()),
            }
        };
        let visible = |texte: &str, admis: &str| match texte
            .chars()
            .any(|lettre| lettre.is_control() && !admis.contains(lettre))
        {
            true => Err("Ce texte contient un caractère invisible : réécrivez-le.".to_owned()),
            false => Ok(()),
        };
        match &self.genre {
            Genre::Ligne(max) => court(premiere, *max).and_then(|()| visible(premiere, "")),
            Genre::Texte(max) => court(premiere, *max).and_then(|()| visible(premiere, "\n\t")),
            Genre::Liste(nombre, max) => {
                if valeurs.len() > *nombre {
                    return Err(format!("{} lignes : {nombre} au plus.", valeurs.len()));
                }
                valeurs.iter().try_for_each(|texte| {
                    court(texte, *max).and_then(|()| visible(texte, "")).and_then(|()| match texte
                        .contains('|')
                    {
                        true => Err("Le caractère « | » n'est pas admis ici.".into()),
                        false => Ok(()),
                    })
                })
            }
            Genre::Sites(nombre) => {
                if valeurs.len() > *nombre {
                    return Err(format!("{} sites : {nombre} au plus.", valeurs.len()));
                }
                match valeurs.iter().find(|site| !est_site(site) || site.len() > 200) {
                    Some(site) => Err(format!(
                        "« {site} » n'est pas un site : écrivez https:// et son nom, sans chemin \
                         (https://exemple.fr)."
                    )),
                    None => Ok(()),
                }
            }
            Genre::Courriel => match est_courriel(premiere) {
                true => Ok(()),
                false => Err(format!("« {premiere} » n'est pas une adresse électronique.")),
            },
            Genre::Telephone => {
                match premiere.chars().all(|c| c.is_ascii_digit() || " +.-()/".contains(c)) {
                    true => court(premiere, 40),
                    false => Err("Un numéro est fait de chiffres : 04 75 00 00 00.".into()),
                }
            }
            Genre::Adresse => match est_adresse(premiere) {
                true => court(premiere, 500),
                false => Err(format!("« {premiere} » doit commencer par https:// ou http://.")),
            },
            Genre::Couleur => {
                juger_couleur(premiere).map_err(|raison| format!("La couleur {raison}"))
            }
            Genre::Jour => jour(premiere).map(|_| ()),
            Genre::Nombre(min, max) => match premiere.parse::<i64>() {
                Ok(nombre) if (*min..=*max).contains(&nombre) => Ok(()),
                _ => Err(format!("Un nombre de {min} à {max} est attendu.")),
            },
            Genre::Un(choix) | Genre::Plusieurs(choix) => {
                let inconnue = |valeur: &&String| !choix.iter().any(|c| c.valeur == **valeur);
                match valeurs.iter().find(inconnue) {
                    Some(valeur) => Err(format!(
                        "« {valeur} » n'est plus parmi les choix : il vient peut-être d'être retiré."
                    )),
                    None => Ok(()),
                }
            }
            Genre::Case => Ok(()),
        }
    }

    /// Values as a sentence shows them.
    pub fn montrer(&self, valeurs: &[String]) -> String {
        if valeurs.is_empty() {
            return if matches!(self.genre, Genre::Case) { "non".into() } else { "rien".into() };
        }
        let dite = |valeur: &String| match &self.genre {
            Genre::Un(choix) | Genre::Plusieurs(choix) => choix
                .iter()
                .find(|c| c.valeur == *valeur)
                .map_or_else(|| valeur.clone(), |c| c.libelle.clone()),
            Genre::Jour => jour(valeur)
                .map_or_else(|_| valeur.clone(), |jour| jour.format("%d/%m/%Y").to_string()),
            _ => valeur.clone(),
        };
        format!("« {} »", valeurs.iter().map(dite).collect::<Vec<_>>().join(", "))
    }

    /// A value as the statements take it.
    fn ecrire(&self, valeurs: &[String]) -> Value {
        match &self.genre {
            Genre::Liste(..) | Genre::Sites(_) | Genre::Plusieurs(_) => valeurs.into(),
            Genre::Case => (!valeurs.is_empty()).into(),
            Genre::Nombre(..) => valeurs.first().and_then(|n| n.parse::<i64>().ok()).into(),
            _ => valeurs.first().cloned().into(),
        }
    }
}

/// A day, as browsers send it or as people write it.
pub fn jour(texte: &str) -> Result<NaiveDate, String> {
    ["%Y-%m-%d", "%d/%m/%Y"]
        .iter()
        .find_map(|forme| NaiveDate::parse_from_str(texte, forme).ok())
        .filter(|jour| (1900..=2100).contains(&chrono::Datelike::year(jour)))
        .ok_or_else(|| format!("« {texte} » n'est pas une date. Écrivez-la ainsi : 31/12/2026."))
}

/// Values from a row as JSON, for the fields of a form.
pub fn valeurs(champs: &[Champ], ligne: &Value) -> Valeurs {
    let texte = |valeur: &Value| match valeur {
        Value::Null | Value::Bool(false) => None,
        Value::Bool(true) => Some("oui".to_owned()),
        Value::String(texte) if texte.is_empty() => None,
        Value::String(texte) => Some(texte.clone()),
        autre => Some(autre.to_string()),
    };
    let mut valeurs = Valeurs::new();
    for champ in champs {
        let mut lues: Vec<String> = match &ligne[&champ.nom] {
            Value::Array(liste) => liste.iter().filter_map(texte).collect(),
            seule => texte(seule).into_iter().collect(),
        };
        if matches!(champ.genre, Genre::Plusieurs(_)) {
            lues.sort();
        }
        if !lues.is_empty() {
            valeurs.insert(champ.nom.clone(), lues);
        }
    }
    valeurs
}

/// A form as it was sent.
#[derive(Debug, Default)]
pub struct Saisie {
    pub valeurs: Valeurs,
    /// What it was read with; none for something new.
    pub lu: Option<Valeurs>,
    /// What is wrong, by field.
    pub fautes: BTreeMap<String, String>,
    /// What somebody else changed meanwhile, by field.
    pub changements: BTreeMap<String, String>,
}

impl Saisie {
    /// Reads the fields of a form, and judges each.
    pub fn lire(champs: &[Champ], envoyes: &[(String, String)]) -> Self {
        let dites = |nom: &str| -> Vec<&str> {
            envoyes.iter().filter(|(n, _)| n == nom).map(|(_, texte)| texte.as_str()).collect()
        };
        let mut saisie = Self {
            lu: dites(LU).first().and_then(|texte| serde_json::from_str(texte).ok()),
            ..Self::default()
        };
        for champ in champs {
            let mut lues = champ.lire(&dites(&champ.nom));
            if let Err(phrase) = champ.juger(&lues) {
                saisie.fautes.insert(champ.nom.clone(), phrase);
            } else if matches!(champ.genre, Genre::Jour) {
                lues = lues.iter().filter_map(|l| Some(jour(l).ok()?.to_string())).collect();
            }
            if !lues.is_empty() {
                saisie.valeurs.insert(champ.nom.clone(), lues);
            }
        }
        saisie
    }

    /// The first value of a field.
    pub fn une(&self, nom: &str) -> Option<&str> {
        self.valeurs.get(nom).and_then(|valeurs| valeurs.first()).map(String::as_str)
    }

    pub fn refuser(&mut self, nom: &str, phrase: impl Into<String>) {
        self.fautes.entry(nom.to_owned()).or_insert_with(|| phrase.into());
    }

    /// Compares what the form was read with and what is there now. Where somebody else changed a field that was not
    /// touched here, theirs is taken; where both did, what was typed is kept and theirs is said. True when there is
    /// something to look at before saving.
    pub fn confronter(&mut self, champs: &[Champ], actuelles: Valeurs) -> bool {
        let lu = self.lu.take().unwrap_or_default();
        let rien = Vec::new();
        for champ in champs {
            let de = |valeurs: &Valeurs| valeurs.get(&champ.nom).unwrap_or(&rien).clone();
            let (avant, maintenant, dite) = (de(&lu), de(&actuelles), de(&self.valeurs));
            if avant == maintenant {
                continue;
            }
            let phrase = if dite == avant {
                match maintenant.is_empty() {
                    true => self.valeurs.remove(&champ.nom),
                    false => self.valeurs.insert(champ.nom.clone(), maintenant),
                };
                self.fautes.remove(&champ.nom);
                format!("Changé entre-temps : c'était {}.", champ.montrer(&avant))
            } else if dite == maintenant {
                "Changé entre-temps, comme vous.".to_owned()
            } else {
                format!(
                    "Changé entre-temps en {}. Ce que vous aviez écrit est gardé ici.",
                    champ.montrer(&maintenant)
                )
            };
            self.changements.insert(champ.nom.clone(), phrase);
        }
        self.lu = Some(actuelles);
        !self.changements.is_empty()
    }

    /// The fields as the statements take them.
    pub fn ecrire(&self, champs: &[Champ]) -> Value {
        let rien = Vec::new();
        champs
            .iter()
            .map(|champ| {
                let valeurs = self.valeurs.get(&champ.nom).unwrap_or(&rien);
                (champ.nom.clone(), champ.ecrire(valeurs))
            })
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn champs() -> Vec<Champ> {
        vec![
            Champ::nouveau("nom", "Nom", Genre::Ligne(10)).requis(),
            Champ::nouveau("fin", "Fin", Genre::Jour),
            Champ::nouveau("mots", "Mots", Genre::Liste(2, 5)),
        ]
    }

    fn envoyer(paires: &[(&str, &str)]) -> Saisie {
        let paires: Vec<_> =
            paires.iter().map(|(nom, texte)| ((*nom).into(), (*texte).into())).collect();
        Saisie::lire(&champs(), &paires)
    }

    #[test]
    fn what_is_wrong_is_said_by_field_and_what_was_typed_stays() {
        let saisie =
            envoyer(&[("nom", "un nom trop long"), ("fin", "hier"), ("mots", "a\r\nb\n\nc")]);
        assert_eq!(saisie.fautes.len(), 3, "{:?}", saisie.fautes);
        assert_eq!(saisie.une("fin"), Some("hier"));
        assert_eq!(saisie.valeurs["mots"], ["a", "b", "c"]);
        assert_eq!(envoyer(&[]).fautes["nom"], "Ce champ est à remplir.");
        assert_eq!(envoyer(&[("nom", "x"), ("fin", "31/12/2026")]).une("fin"), Some("2026-12-31"));
    }

    #[test]
    fn two_people_at_once_lose_nothing() {
        let lu = r#"{"nom":["A"],"fin":["2026-01-01"],"mots":["x"]}"#;
        let mut saisie = envoyer(&[("nom", "B"), ("fin", "2026-01-01"), ("mots", "x"), (LU, lu)]);
        let autre = [("nom", "C"), ("fin", "2027-01-01")];
        let actuelles: Valeurs =
            autre.iter().map(|(nom, texte)| ((*nom).into(), vec![(*texte).into()])).collect();
        assert!(saisie.confronter(&champs(), actuelles.clone()));
        // Both changed the name; the other's end and words are taken.
        assert_eq!(saisie.une("nom"), Some("B"));
        assert!(saisie.changements["nom"].contains("« C »"), "{:?}", saisie.changements);
        assert_eq!(saisie.une("fin"), Some("2027-01-01"));
        assert_eq!(saisie.une("mots"), None);
        assert_eq!(saisie.lu.as_ref(), Some(&actuelles));
        // Seen, it is saved.
        saisie.changements.clear();
        assert!(!saisie.confronter(&champs(), actuelles));
    }
}
