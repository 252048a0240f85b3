//! Where layers are read, and as whom: the addresses as QGIS's providers want them.

use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{Error, Result};
use crate::http::UrlPublique;

/// The entry of authentication that private projects name unless told: QGIS's have seven characters.
pub const ENTREE: &str = "maillag";

/// QGIS reads the parts of the address of a layer as a query: whatever separates there is written otherwise.
const RESERVES: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':').remove(b'/');

/// Identifier of an entry of authentication of QGIS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entree(String);

impl FromStr for Entree {
    type Err = Error;

    fn from_str(texte: &str) -> Result<Self> {
        let permis = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit();
        if texte.len() == 7 && texte.bytes().all(permis) {
            return Ok(Self(texte.to_owned()));
        }
        Err(Error::Demande(format!(
            "« {texte} » n'est pas l'identifiant d'une entrée d'authentification de QGIS : sept lettres minuscules \
             ou chiffres, comme {ENTREE}."
        )))
    }
}

/// How the layers of a project are asked for.
#[derive(Debug, Clone)]
pub struct Acces {
    pub url: UrlPublique,
    /// None in the public edition.
    pub entree: Option<Entree>,
}

impl Acces {
    /// That of the edition which a request names.
    pub fn nouveau(
        url: UrlPublique,
        edition: Option<&str>,
        entree: Option<Entree>,
    ) -> Result<Self> {
        let entree = match (edition, entree) {
            (None | Some("publique"), None) => None,
            (None | Some("publique"), Some(_)) => {
                return Err(Error::Demande(
                    "L'édition publique ne s'identifie pas : retirez authcfg, ou demandez edition=privee.".into(),
                ));
            }
            (Some("privee"), entree) => Some(entree.unwrap_or_else(|| Entree(ENTREE.to_owned()))),
            (Some(autre), _) => {
                return Err(Error::Demande(format!(
                    "L'édition « {autre} » n'existe pas : publique ou privee."
                )));
            }
        };
        Ok(Self { url, entree })
    }

    /// A layer of vector tiles, with the parameters of its address and its zooms.
    pub fn tuiles(&self, couche: &str, parametres: &[(&str, &str)], zooms: (i16, i16)) -> String {
        let question: Vec<String> = parametres
            .iter()
            .map(|(nom, valeur)| format!("{nom}={}", utf8_percent_encode(valeur, NON_ALPHANUMERIC)))
            .collect();
        let question = match question.is_empty() {
            true => String::new(),
            false => format!("?{}", question.join("&")),
        };
        let modele = format!("{}/tuiles/{couche}/{{z}}/{{x}}/{{y}}{question}", self.url.0);
        let entree =
            self.entree.as_ref().map_or(String::new(), |Entree(id)| format!("&authcfg={id}"));
        format!(
            "type=xyz&url={}&zmin={}&zmax={}{entree}",
            utf8_percent_encode(&modele, RESERVES),
            zooms.0,
            zooms.1
        )
    }

    /// A collection of OGC API – Features. QGIS carries what follows the address to each of its requests, and so asks
    /// for the features of a réseau alone. `a_l_ecran`: only those in sight are read.
    pub fn collection(&self, id: &str, filtre: Option<(&str, &str)>, a_l_ecran: bool) -> String {
        let filtre = filtre.map_or(String::new(), |(nom, valeur)| {
            format!("?{nom}={}", utf8_percent_encode(valeur, NON_ALPHANUMERIC))
        });
        let entree =
            self.entree.as_ref().map_or(String::new(), |Entree(id)| format!(" authcfg={id}"));
        let a_l_ecran = if a_l_ecran { " restrictToRequestBBOX='1'" } else { "" };
        format!(
            "pageSize='1000'{a_l_ecran} typename='{id}' url='{}/ogc{filtre}'{entree}",
            self.url.0
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acces(edition: Option<&str>, entree: Option<&str>) -> Result<Acces> {
        let entree = entree.map(str::parse).transpose()?;
        Acces::nouveau(UrlPublique("https://sig.exemple:8443".into()), edition, entree)
    }

    #[test]
    fn only_the_private_edition_names_an_entry() {
        let public = acces(None, None).unwrap();
        assert_eq!(
            public.tuiles("couverture", &[("reseau", "a b"), ("maille", "commune")], (3, 14)),
            "type=xyz&url=https://sig.exemple:8443/tuiles/couverture/%7Bz%7D/%7Bx%7D/%7By%7D%3Freseau%3Da%2520b%26\
             maille%3Dcommune&zmin=3&zmax=14"
        );
        assert_eq!(
            public.collection("zones", Some(("reseau", "drome")), false),
            "pageSize='1000' typename='zones' url='https://sig.exemple:8443/ogc?reseau=drome'"
        );
        let prive = acces(Some("privee"), None).unwrap();
        assert!(prive.tuiles("zones", &[], (0, 14)).ends_with("&authcfg=maillag"));
        let autre = acces(Some("privee"), Some("abc1234")).unwrap();
        assert!(autre.collection("zones", None, true).ends_with(" authcfg=abc1234"));
    }

    #[test]
    fn what_is_no_edition_or_no_entry_is_refused() {
        assert!(acces(Some("secrete"), None).is_err());
        assert!(acces(None, Some("abc1234")).is_err());
        for faux in ["", "abc123", "abc12345", "abc'123", "ABC1234"] {
            assert!(acces(Some("privee"), Some(faux)).is_err(), "{faux}");
        }
    }
}
