//! Parameters of a request, read so that whatever is wrong with them is a French problem.

use std::collections::BTreeMap;
use std::str::FromStr;

use axum::Form;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use chrono::NaiveDate;
use serde::de::DeserializeOwned;

use super::Probleme;
use crate::error::Error;

/// Largest form, in bytes.
pub const FORMULAIRE_MAX: usize = 64 << 10;
/// How many parameters an address may have: no question of ours has twenty.
const NOMBRE_MAX: usize = 50;

/// Segments of the path. Axum's own extractor answers in English and plain text.
#[derive(Debug)]
pub struct Chemin<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Chemin<T> {
    type Rejection = Probleme;

    async fn from_request_parts(parts: &mut Parts, etat: &S) -> Result<Self, Probleme> {
        // PostgreSQL's text cannot hold a null character.
        let nul = parts.uri.path().contains("%00");
        match Path::from_request_parts(parts, etat).await {
            Ok(Path(segments)) if !nul => Ok(Self(segments)),
            _ => Err(Probleme::demande(
                "L'adresse contient un caractère qui ne se lit pas. Vérifiez-la.",
            )),
        }
    }
}

/// The fields of a form. Axum's own extractor answers in English and plain text.
#[derive(Debug)]
pub struct Formulaire<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Formulaire<T> {
    type Rejection = Probleme;

    async fn from_request(requete: Request, etat: &S) -> Result<Self, Probleme> {
        let (parts, corps) = requete.into_parts();
        let octets = match to_bytes(corps, FORMULAIRE_MAX).await {
            Ok(octets) if octets.windows(3).any(|suite| suite == b"%00") => {
                return Err(Probleme::formulaire());
            }
            Ok(octets) => octets,
            Err(_) => return Err(Probleme::trop_lourd(FORMULAIRE_MAX)),
        };
        let requete = Request::from_parts(parts, Body::from(octets));
        match Form::<T>::from_request(requete, etat).await {
            Ok(Form(champs)) => Ok(Self(champs)),
            Err(refus) if refus.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Probleme::trop_lourd(FORMULAIRE_MAX))
            }
            Err(_) => Err(Probleme::formulaire()),
        }
    }
}

/// The query string, as unique names and values. Empty values count as absent.
#[derive(Debug, Default)]
pub struct Parametres(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Parametres {
    type Rejection = Probleme;

    async fn from_request_parts(parts: &mut Parts, etat: &S) -> Result<Self, Probleme> {
        let Query(paires) =
            Query::<Vec<(String, String)>>::from_request_parts(parts, etat)
                .await
                .map_err(|_| Probleme::demande("Les paramètres de l'adresse ne se lisent pas."))?;
        Ok(Self::nouveaux(paires)?)
    }
}

impl Parametres {
    /// From names and values, each once.
    pub fn nouveaux(paires: Vec<(String, String)>) -> Result<Self, Error> {
        if paires.len() > NOMBRE_MAX {
            return Err(Error::Demande(format!("L'adresse a plus de {NOMBRE_MAX} paramètres.")));
        }
        let mut valeurs = BTreeMap::new();
        for (nom, valeur) in paires {
            if valeurs.insert(nom.clone(), valeur).is_some() {
                return Err(Error::Demande(format!("Le paramètre « {nom} » est donné deux fois.")));
            }
        }
        // PostgreSQL's text cannot hold it.
        if valeurs.values().any(|valeur| valeur.contains('\0')) {
            return Err(Error::Demande("Un paramètre contient un caractère nul.".into()));
        }
        valeurs.retain(|_, valeur| !valeur.trim().is_empty());
        Ok(Self(valeurs))
    }

    /// Refuses any parameter that is not in the list, and says which are.
    pub fn admettre(&self, admis: &[&str]) -> Result<&Self, Probleme> {
        match self.0.keys().find(|nom| !admis.contains(&nom.as_str())) {
            None => Ok(self),
            Some(inconnu) => Err(Probleme::demande(format!(
                "Le paramètre « {inconnu} » n'existe pas ici. Paramètres admis : {}.",
                if admis.is_empty() { "aucun".to_owned() } else { admis.join(", ") }
            ))),
        }
    }

    /// The text of a parameter, if it is there.
    pub fn texte(&self, nom: &str) -> Option<&str> {
        self.0.get(nom).map(|valeur| valeur.trim())
    }

    /// A parameter of one of our types, whose parser says what is wrong.
    pub fn lire<T: FromStr<Err = Error>>(&self, nom: &str) -> Result<Option<T>, Probleme> {
        Ok(self.texte(nom).map(str::parse).transpose()?)
    }

    /// A number within bounds.
    pub fn nombre<T>(
        &self,
        nom: &str,
        bornes: std::ops::RangeInclusive<T>,
    ) -> Result<Option<T>, Probleme>
    where
        T: FromStr + PartialOrd + std::fmt::Display,
    {
        let Some(texte) = self.texte(nom) else { return Ok(None) };
        match texte.replace(',', ".").parse::<T>() {
            Ok(nombre) if bornes.contains(&nombre) => Ok(Some(nombre)),
            _ => Err(Probleme::demande(format!(
                "Le paramètre « {nom} » doit être un nombre entre {} et {}.",
                bornes.start(),
                bornes.end()
            ))),
        }
    }

    /// A day, written `2018-12-31`.
    pub fn date(&self, nom: &str) -> Result<Option<NaiveDate>, Probleme> {
        let Some(texte) = self.texte(nom) else { return Ok(None) };
        texte.parse().map(Some).map_err(|_| {
            Probleme::demande(format!(
                "Le paramètre « {nom} » doit être une date, écrite ainsi : 2018-12-31."
            ))
        })
    }

    /// Whether a parameter says yes; absent, it says no.
    pub fn oui(&self, nom: &str) -> Result<bool, Probleme> {
        match self.texte(nom) {
            None | Some("false" | "non" | "0") => Ok(false),
            Some("true" | "oui" | "1") => Ok(true),
            Some(_) => {
                Err(Probleme::demande(format!("Le paramètre « {nom} » doit être true ou false.")))
            }
        }
    }

    /// All of them, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(nom, valeur)| (nom.as_str(), valeur.trim()))
    }
}
