//! Codes, parsed at the door and true inside: `CodeInsee`, `Siren`, `Maille`, `Unite`, `Millesime`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

use crate::error::Error;
use crate::http::Parametres;

/// The code of a commune in the code officiel géographique: five characters, never an integer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CodeInsee(String);

impl CodeInsee {
    /// Two digits (or `2A`, `2B`) for the département, then three digits; overseas, three digits
    /// for the département and two for the commune.
    pub fn parse(texte: &str) -> Result<Self, Error> {
        let code = texte.trim().to_ascii_uppercase();
        let octets = code.as_bytes();
        let valide = octets.len() == 5
            && (octets[..2].iter().all(u8::is_ascii_digit)
                || matches!(&octets[..2], b"2A" | b"2B"))
            && octets[2..].iter().all(u8::is_ascii_digit)
            && !code.starts_with("00");
        if valide {
            return Ok(Self(code));
        }
        let conseil = if octets.len() == 4 && octets.iter().all(u8::is_ascii_digit) {
            " ; le zéro du début a peut-être été perdu par un tableur"
        } else {
            ""
        };
        Err(Error::Demande(format!(
            "« {texte} » n'est pas un code Insee de commune : cinq caractères sont attendus, comme \
             01001, 2A004 ou 97411{conseil}."
        )))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The département in a code of commune: two characters, three overseas.
pub fn departement(code: &str) -> &str {
    let longueur = if code.starts_with("97") { 3 } else { 2 };
    code.get(..longueur).unwrap_or(code)
}

/// Whether a code is that of an arrondissement of Marseille, Lyon or Paris, which is no commune.
pub fn est_arrondissement_municipal(code: &str) -> bool {
    commune_de_l_arrondissement(code).is_some()
}

/// The code of the commune, when a code is that of one of its arrondissements.
pub fn commune_de_l_arrondissement(code: &str) -> Option<&'static str> {
    let plages =
        [("13055", "13201"..="13216"), ("69123", "69381"..="69389"), ("75056", "75101"..="75120")];
    plages.into_iter().find_map(|(commune, plage)| plage.contains(&code).then_some(commune))
}

/// The number of a body in the Sirene register: nine digits, the last one a Luhn check.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Siren(String);

impl Siren {
    pub fn parse(texte: &str) -> Result<Self, Error> {
        let code: String = texte.chars().filter(|lettre| !lettre.is_whitespace()).collect();
        if code.len() != 9 || !code.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(Error::Demande(format!(
                "« {texte} » n'est pas un numéro Siren : neuf chiffres sont attendus."
            )));
        }
        if !luhn(&code) {
            return Err(Error::Demande(format!(
                "« {texte} » n'est pas un numéro Siren : la clé de contrôle est fausse, un chiffre \
                 est sans doute mal recopié."
            )));
        }
        Ok(Self(code))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Luhn's check over decimal digits (ISO/IEC 7812-1, annex B).
fn luhn(chiffres: &str) -> bool {
    let somme: u32 = chiffres
        .bytes()
        .rev()
        .enumerate()
        .map(|(rang, octet)| {
            let chiffre = u32::from(octet - b'0') * if rang % 2 == 1 { 2 } else { 1 };
            chiffre / 10 + chiffre % 10
        })
        .sum();
    somme.is_multiple_of(10)
}

/// The level at which something is shown or aggregated.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type, Serialize, Deserialize,
)]
#[sqlx(type_name = "maille", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum Maille {
    Commune,
    Epci,
    Departement,
    Region,
    /// A named set of communes of a réseau: not an administrative unit.
    Regroupement,
}

impl Maille {
    /// Those of the administrative units.
    pub const TOUTES: [Self; 4] = [Self::Commune, Self::Epci, Self::Departement, Self::Region];

    /// That of the answer to a question: those of administrative units, and regroupements.
    pub fn demandee(parametres: &Parametres) -> Result<Self, Error> {
        Ok(Self::dite(parametres)?.unwrap_or(Self::Commune))
    }

    /// The same, when the question says it.
    pub fn dite(parametres: &Parametres) -> Result<Option<Self>, Error> {
        match parametres.texte("maille") {
            None => Ok(None),
            Some(texte) if texte == Self::Regroupement.as_str() => Ok(Some(Self::Regroupement)),
            Some(texte) => texte.parse().map(Some),
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Commune => "commune",
            Self::Epci => "epci",
            Self::Departement => "departement",
            Self::Region => "region",
            Self::Regroupement => "regroupement",
        }
    }

    /// Checks the form of a code of this level, and returns it as the database writes it.
    pub fn code(self, texte: &str) -> Result<String, Error> {
        match self {
            Self::Commune => Ok(CodeInsee::parse(texte)?.0),
            Self::Epci => Ok(Siren::parse(texte)?.0),
            Self::Departement => code_court(texte, &[2, 3], "département", "01, 2A ou 974"),
            Self::Region => code_court(texte, &[2], "région", "84"),
            Self::Regroupement => regroupement(texte),
        }
    }
}

/// `drome/canton-diois`: the réseau, and its own code.
fn regroupement(texte: &str) -> Result<String, Error> {
    let lisible = |partie: &str| {
        !partie.is_empty()
            && partie.bytes().all(|o| o.is_ascii_lowercase() || o.is_ascii_digit() || o == b'-')
    };
    match texte.split_once('/') {
        Some((reseau, code)) if lisible(reseau) && lisible(code) => Ok(texte.to_owned()),
        _ => Err(Error::Demande(format!(
            "« {texte} » ne désigne pas un regroupement : écrivez réseau/code, comme drome/canton-diois."
        ))),
    }
}

fn code_court(
    texte: &str,
    longueurs: &[usize],
    quoi: &str,
    exemple: &str,
) -> Result<String, Error> {
    let code = texte.trim().to_ascii_uppercase();
    let valide = longueurs.contains(&code.len())
        && code.bytes().all(|octet| octet.is_ascii_digit() || matches!(octet, b'A' | b'B'))
        && code.starts_with(|lettre: char| lettre.is_ascii_digit());
    if valide {
        Ok(code)
    } else {
        Err(Error::Demande(format!("« {texte} » n'est pas un code de {quoi}, comme {exemple}.")))
    }
}

impl FromStr for Maille {
    type Err = Error;

    fn from_str(texte: &str) -> Result<Self, Error> {
        Self::TOUTES.into_iter().find(|maille| maille.as_str() == texte).ok_or_else(|| {
            Error::Demande(format!(
                "« {texte} » n'est pas une maille : commune, epci, departement ou region."
            ))
        })
    }
}

impl fmt::Display for Maille {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A unit as parameters name it: `commune:26001`, `epci:200040459`, `departement:26`,
/// `regroupement:drome/canton-diois`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unite {
    pub maille: Maille,
    pub code: String,
}

impl FromStr for Unite {
    type Err = Error;

    fn from_str(texte: &str) -> Result<Self, Error> {
        let (maille, code) = texte.split_once(':').ok_or_else(|| {
            Error::Demande(format!(
                "« {texte} » ne désigne pas un territoire : écrivez maille:code, par exemple \
                 commune:26001, epci:200040459 ou departement:26."
            ))
        })?;
        let maille = if maille == Maille::Regroupement.as_str() {
            Maille::Regroupement
        } else {
            maille.parse()?
        };
        Ok(Self { code: maille.code(code)?, maille })
    }
}

impl fmt::Display for Unite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.maille, self.code)
    }
}

impl Serialize for Unite {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The year of the code officiel géographique (its state on 1 January).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, sqlx::Type, Serialize)]
#[sqlx(transparent)]
#[serde(transparent)]
pub struct Millesime(i16);

impl Millesime {
    /// The first code officiel géographique is that of 1943.
    pub fn new(annee: i16) -> Result<Self, Error> {
        if (1943..=2100).contains(&annee) {
            Ok(Self(annee))
        } else {
            Err(Error::Demande(format!(
                "« {annee} » n'est pas un millésime : une année à partir de 1943 est attendue."
            )))
        }
    }

    pub fn annee(self) -> i16 {
        self.0
    }
}

impl FromStr for Millesime {
    type Err = Error;

    fn from_str(texte: &str) -> Result<Self, Error> {
        let annee = texte.trim().parse().map_err(|_| {
            Error::Demande(format!("« {texte} » n'est pas un millésime, comme 2026."))
        })?;
        Self::new(annee)
    }
}

impl fmt::Display for Millesime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_keep_their_zeros_and_letters() {
        assert_eq!(CodeInsee::parse("01001").unwrap().as_str(), "01001");
        assert_eq!(CodeInsee::parse("2a004").unwrap().as_str(), "2A004");
        assert_eq!(CodeInsee::parse("97411").unwrap().as_str(), "97411");
    }

    #[test]
    fn a_lost_zero_is_said_not_guessed() {
        let erreur = CodeInsee::parse("1001").unwrap_err().to_string();
        assert!(erreur.contains("zéro du début"), "{erreur}");
    }

    #[test]
    fn what_is_not_a_code_is_refused() {
        for texte in ["", "2C004", "00001", "260011", "ABCDE", "26 01", "２６００１"] {
            assert!(CodeInsee::parse(texte).is_err(), "{texte}");
        }
    }

    #[test]
    fn siren_has_a_luhn_key_and_may_begin_with_99() {
        assert!(Siren::parse("200040459").is_ok());
        assert!(Siren::parse("994579670").is_ok());
        assert!(Siren::parse("200040458").is_err());
    }

    #[test]
    fn unit_is_level_and_code() {
        let unite: Unite = "departement:2a".parse().unwrap();
        assert_eq!(unite.to_string(), "departement:2A");
        assert!("26001".parse::<Unite>().is_err());
        assert!("canton:2601".parse::<Unite>().is_err());
    }

    proptest! {
        #[test]
        fn parsers_never_panic(texte in "\\PC*") {
            let _ = CodeInsee::parse(&texte);
            let _ = Siren::parse(&texte);
            let _ = texte.parse::<Unite>();
            let _ = texte.parse::<Millesime>();
        }

        #[test]
        fn a_parsed_code_parses_to_itself(texte in "[0-9]{5}|2[AB][0-9]{3}") {
            if let Ok(code) = CodeInsee::parse(&texte) {
                prop_assert_eq!(code.as_str(), texte);
            }
        }
    }
}
