//! The JSON that a write brings, read so that whatever is wrong with it is a French problem that names the field.

use std::ops::RangeInclusive;

use axum::body::{HttpBody, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header;
use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::{Probleme, Reponse, texte};

/// Largest body, in bytes: a drawing of fifty thousand vertices takes one million.
pub const CORPS_JSON_MAX: usize = 2 << 20;

/// An object, field by field. Its depth is bounded by serde_json (128).
#[derive(Debug)]
pub struct Corps(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Corps {
    type Rejection = Probleme;

    async fn from_request(requete: Request, _: &S) -> Result<Self, Probleme> {
        let genre = requete.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let json = genre.is_some_and(|genre| {
            let genre = genre.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            genre == "application/json" || genre == "application/geo+json"
        });
        if !json {
            return Err(Probleme::autre_genre("application/json"));
        }
        // What is announced is judged before it is sent.
        if requete.body().size_hint().lower() > CORPS_JSON_MAX as u64 {
            return Err(Probleme::trop_lourd(CORPS_JSON_MAX));
        }
        let Ok(octets) = to_bytes(requete.into_body(), CORPS_JSON_MAX).await else {
            return Err(Probleme::trop_lourd(CORPS_JSON_MAX));
        };
        Self::lire(&octets)
    }
}

/// A field that is not what it should be.
fn refus(nom: &str, attendu: &str) -> Probleme {
    Probleme::saisie(nom, format!("Le champ « {nom} » doit être {attendu}."))
}

impl Corps {
    /// Fields that a page of ours made of a form.
    pub fn nouveau(champs: Map<String, Value>) -> Self {
        Self(champs)
    }

    /// # Errors
    /// What is not an object of JSON.
    pub fn lire(octets: &[u8]) -> Reponse<Self> {
        match serde_json::from_slice(octets) {
            Ok(Value::Object(champs)) => Ok(Self(champs)),
            Ok(_) => Err(Probleme::demande("Le corps doit être un objet JSON : {…}.")),
            Err(erreur) => Err(Probleme::demande(format!(
                "Le corps n'est pas du JSON lisible (ligne {}, colonne {}).",
                erreur.line(),
                erreur.column()
            ))),
        }
    }

    /// Refuses any field that is not in the list, and says which are.
    pub fn admettre(&self, admis: &[&str]) -> Reponse<&Self> {
        match self.0.keys().find(|nom| !admis.contains(&nom.as_str())) {
            None => Ok(self),
            Some(inconnu) => {
                let inconnu: String = inconnu.chars().take(40).collect();
                Err(Probleme::saisie(
                    &inconnu,
                    format!(
                        "Le champ « {inconnu} » n'existe pas ici. Champs admis : {}.",
                        admis.join(", ")
                    ),
                ))
            }
        }
    }

    /// Whether a field is given, be it to empty it.
    pub fn donne(&self, nom: &str) -> bool {
        self.0.contains_key(nom)
    }

    /// A field that is there, and is not empty.
    pub fn valeur(&self, nom: &str) -> Option<&Value> {
        self.0.get(nom).filter(|valeur| !valeur.is_null() && **valeur != "")
    }

    /// A text on one line.
    pub fn ligne(&self, nom: &str, max: usize) -> Reponse<Option<&str>> {
        self.texte(nom, |champ, texte| texte::ligne(champ, texte, max))
    }

    /// A text on several lines.
    pub fn paragraphe(&self, nom: &str, max: usize) -> Reponse<Option<&str>> {
        self.texte(nom, |champ, texte| texte::paragraphe(champ, texte, max))
    }

    fn texte<'c>(
        &'c self,
        nom: &str,
        lire: impl Fn(&str, &'c str) -> crate::error::Result<&'c str>,
    ) -> Reponse<Option<&'c str>> {
        match self.valeur(nom) {
            None => Ok(None),
            Some(Value::String(texte)) => lire(&format!("Le champ « {nom} »"), texte)
                .map(|texte| Some(texte).filter(|texte| !texte.is_empty()))
                .map_err(|erreur| Probleme::saisie(nom, erreur.to_string())),
            Some(_) => Err(refus(nom, "un texte")),
        }
    }

    /// A text on one line that must be there.
    pub fn exiger(&self, nom: &str, max: usize) -> Reponse<&str> {
        self.ligne(nom, max)?.ok_or_else(|| manque(nom))
    }

    /// A day, written `2018-12-31`.
    pub fn date(&self, nom: &str) -> Reponse<Option<NaiveDate>> {
        let attendu = "une date, écrite ainsi : \"2018-12-31\"";
        let lire = |texte: &str| {
            let date: NaiveDate = texte.parse().ok()?;
            // What PostgreSQL and people both read.
            ("1900-01-01".parse::<NaiveDate>().ok()? <= date
                && date <= "2200-12-31".parse::<NaiveDate>().ok()?)
            .then_some(date)
        };
        match self.ligne(nom, 10)? {
            None => Ok(None),
            Some(texte) => lire(texte).map(Some).ok_or_else(|| refus(nom, attendu)),
        }
    }

    /// A whole number within bounds.
    pub fn entier(&self, nom: &str, bornes: RangeInclusive<i64>) -> Reponse<Option<i64>> {
        match self.valeur(nom) {
            None => Ok(None),
            Some(valeur) => {
                valeur.as_i64().filter(|n| bornes.contains(n)).map(Some).ok_or_else(|| {
                    let (de, a) = (bornes.start(), bornes.end());
                    refus(nom, &format!("un nombre entier de {de} à {a}"))
                })
            }
        }
    }

    /// A number within bounds.
    pub fn nombre(&self, nom: &str, bornes: RangeInclusive<f64>) -> Reponse<Option<f64>> {
        match self.valeur(nom) {
            None => Ok(None),
            Some(valeur) => {
                valeur.as_f64().filter(|n| bornes.contains(n)).map(Some).ok_or_else(|| {
                    let (de, a) = (bornes.start(), bornes.end());
                    refus(nom, &format!("un nombre de {de} à {a}"))
                })
            }
        }
    }

    /// Lines of text, `nombre` at most, each once.
    pub fn lignes(&self, nom: &str, nombre: usize, max: usize) -> Reponse<Vec<String>> {
        let attendu = || refus(nom, &format!("une liste de textes, {nombre} au plus"));
        let valeurs = match self.valeur(nom) {
            None => return Ok(Vec::new()),
            Some(Value::Array(valeurs)) if valeurs.len() <= nombre => valeurs,
            Some(_) => return Err(attendu()),
        };
        let mut lues = Vec::with_capacity(valeurs.len());
        for valeur in valeurs {
            let Value::String(valeur) = valeur else { return Err(attendu()) };
            let champ = format!("Un élément du champ « {nom} »");
            let lue = texte::ligne(&champ, valeur, max)
                .map_err(|erreur| Probleme::saisie(nom, erreur.to_string()))?;
            if !lue.is_empty() && !lues.iter().any(|connue| connue == lue) {
                lues.push(lue.to_owned());
            }
        }
        Ok(lues)
    }

    /// Objects, `nombre` at most.
    pub fn objets(&self, nom: &str, nombre: usize) -> Reponse<Vec<Self>> {
        let attendu = || refus(nom, &format!("une liste d'objets, {nombre} au plus"));
        match self.valeur(nom) {
            None => Ok(Vec::new()),
            Some(Value::Array(valeurs)) if valeurs.len() <= nombre => valeurs
                .iter()
                .map(|valeur| match valeur {
                    Value::Object(champs) => Ok(Self(champs.clone())),
                    _ => Err(attendu()),
                })
                .collect(),
            Some(_) => Err(attendu()),
        }
    }
}

/// A field that must be there.
pub fn manque(nom: &str) -> Probleme {
    Probleme::saisie(nom, format!("Il manque le champ « {nom} »."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(refus: Reponse<impl std::fmt::Debug>) -> String {
        serde_json::to_value(refus.unwrap_err()).unwrap()["detail"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_field_that_is_not_what_it_should_be_is_named() {
        let corps = Corps::lire(
            r#"{"nom": "a\nb", "nul": "a\u0000b", "vide": "", "rien": null, "debut": "31/12/2018",
                "vieux": "-5000-01-01", "version": 1.5, "unites": ["a", "a", 3]}"#
                .as_bytes(),
        )
        .unwrap();
        assert!(detail(corps.ligne("nom", 10)).contains("« nom » tient sur une ligne"));
        assert_eq!(corps.paragraphe("nom", 10).unwrap(), Some("a\nb"));
        assert!(detail(corps.paragraphe("nul", 10)).contains("caractère invisible"));
        assert_eq!(corps.ligne("vide", 10).unwrap(), None);
        assert_eq!((corps.donne("rien"), corps.donne("absent")), (true, false));
        assert!(detail(corps.date("debut")).contains("2018-12-31"));
        assert!(corps.date("vieux").is_err() && corps.entier("version", 1..=9).is_err());
        assert!(detail(corps.lignes("unites", 9, 9)).contains("liste de textes"));
        assert!(detail(corps.exiger("absent", 9)).contains("Il manque le champ « absent »"));
        assert!(detail(corps.admettre(&["nom"]).map(|_| ())).contains("Champs admis : nom."));
    }

    #[test]
    fn what_is_too_deep_or_not_an_object_is_refused() {
        for faux in ["", "[]", "3", "{\"a\": 1e999}", &"{\"a\":".repeat(200), &"[".repeat(100_000)]
        {
            assert!(Corps::lire(faux.as_bytes()).is_err(), "{}", &faux[..faux.len().min(20)]);
        }
    }
}
