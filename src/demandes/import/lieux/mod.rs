//! Who asked: the commune, the EPCI or the other collectivité that a row names by its code or its name.

mod noms;
mod recherche;

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use sqlx::PgConnection;

use self::noms::{NomEpci, cle, cles};
use super::mots::mots;
use crate::error::{Contexte, Error, Result};
use crate::partenaires::{Commune, code_postal, inconnue, lister_communes};
use crate::territoires::{CodeInsee, Maille, Siren, est_arrondissement_municipal};

/// A commune or an EPCI, of today or of before.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Lieu {
    maille: Maille,
    pub code: String,
    nom: String,
    /// Those that it had in other millésimes, or has in the perimeter.
    autres_noms: Vec<String>,
    codes_postaux: Vec<String>,
    /// First and last millésimes that have the code, where they are known.
    depuis: Option<i16>,
    jusqu: Option<i16>,
    /// What a former code became.
    successeur: Option<String>,
    /// In the réseau's perimeter.
    pub dans: bool,
}

/// What the cells of a row say of who asked. Empty cells say nothing.
#[derive(Debug, Default, Clone, Copy)]
pub struct Designation<'l> {
    pub code: Option<&'l str>,
    pub beneficiaire: Option<&'l str>,
    pub commune: Option<&'l str>,
    pub epci: Option<&'l str>,
    pub code_postal: Option<&'l str>,
    /// Whether five digits are a post code.
    pub postaux: bool,
}

/// Who asked.
#[derive(Debug, Clone)]
pub struct Beneficiaire {
    /// `commune`, `epci` or `autre`.
    pub maille: &'static str,
    pub code: String,
    pub millesime: i16,
    /// What a code of before became.
    pub remarque: Option<String>,
    pub dans: bool,
}

/// Whom the demandes of a réseau may be of.
#[derive(Debug, Default)]
pub struct Lieux {
    tous: Vec<Lieu>,
    par_code: HashMap<String, usize>,
    communes: HashMap<String, Vec<usize>>,
    par_postal: HashMap<String, Vec<usize>>,
    epci: Vec<(usize, NomEpci)>,
    /// Other beneficiaries: code by code, SIREN and name.
    autres: HashMap<String, String>,
}

type Refus<T> = Result<T, String>;

impl Lieu {
    fn noms(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.nom.as_str()).chain(self.autres_noms.iter().map(String::as_str))
    }
}

impl Lieux {
    pub async fn charger(connexion: &mut PgConnection, reseau: &str) -> Result<Self> {
        let action = "lecture des bénéficiaires connus";
        let tous: Vec<Lieu> = sqlx::query_as(include_str!("../../sql/lire_lieux.sql"))
            .bind(reseau)
            .fetch_all(&mut *connexion)
            .await
            .pour(action)?;
        if tous.is_empty() {
            return Err(Error::Donnees(
                "Aucun territoire n'est chargé, et les codes des demandes ne peuvent pas être vérifiés. \
                 Lancez d'abord maillage import territoires."
                    .into(),
            ));
        }
        let autres: Vec<(String, String, Option<String>)> =
            sqlx::query_as("select code, nom, siren from beneficiaire where reseau = $1")
                .bind(reseau)
                .fetch_all(connexion)
                .await
                .pour(action)?;
        Ok(Self::nouveaux(tous, autres))
    }

    fn nouveaux(tous: Vec<Lieu>, autres: Vec<(String, String, Option<String>)>) -> Self {
        let mut lieux = Self::default();
        for (rang, lieu) in tous.iter().enumerate() {
            lieux.par_code.insert(lieu.code.clone(), rang);
            if lieu.maille == Maille::Epci {
                lieux.epci.extend(lieu.noms().map(|nom| (rang, NomEpci::lire(nom))));
                continue;
            }
            for nom in lieu.noms() {
                let du_nom = lieux.communes.entry(cle(nom)).or_default();
                if !du_nom.contains(&rang) {
                    du_nom.push(rang);
                }
            }
            for postal in &lieu.codes_postaux {
                lieux.par_postal.entry(postal.clone()).or_default().push(rang);
            }
        }
        for (code, nom, siren) in autres {
            for cle in [Some(mots(&code)), Some(mots(&nom)), siren].into_iter().flatten() {
                lieux.autres.insert(cle, code.clone());
            }
        }
        lieux.tous = tous;
        lieux
    }

    /// Whether a code is that of somebody who may ask.
    pub fn connait(&self, code: &str) -> bool {
        self.par_code.contains_key(code) || self.autres.contains_key(&mots(code))
    }

    /// Whether a code is that of a commune, and whether it is a post code.
    pub fn natures(&self, code: &str) -> (bool, bool) {
        (self.par_code.contains_key(code), self.par_postal.contains_key(code))
    }

    /// A post code's and a code's reading, for an example: « 26200 : code postal de Montélimar… ».
    pub fn lectures(&self, code: &str) -> String {
        let postal = self.par_postal.get(code).map(|rangs| self.lister(rangs));
        let insee = self.par_code.get(code).map(|rang| self.tous[*rang].nom.as_str());
        match (postal, insee) {
            (Some(postal), Some(insee)) => {
                format!("{code} : code postal ({postal}), et code Insee de {insee}")
            }
            (Some(postal), None) => format!("{code} : code postal seulement ({postal})"),
            (None, Some(insee)) => format!("{code} : code Insee seulement ({insee})"),
            (None, None) => format!("{code} : ni l'un ni l'autre"),
        }
    }

    /// Reads who asked, on a date, or says why it cannot be known.
    pub fn designer(&self, dit: Designation<'_>, date: NaiveDate) -> Refus<Beneficiaire> {
        let nom = dit.beneficiaire.filter(|texte| !est_code(texte)).or(dit.commune);
        if let Some(code) = dit.code {
            return self.par_son_code(code, nom, dit.postaux, date);
        }
        if let Some(texte) = dit.beneficiaire.or(dit.commune) {
            if est_code(texte) {
                let nom = dit.commune.filter(|nom| !est_code(nom));
                return self.par_son_code(texte, nom, dit.postaux, date);
            }
            return self.par_son_nom(texte, dit.code_postal, date);
        }
        if let Some(texte) = dit.epci {
            return match est_code(texte) {
                true => self.par_son_code(texte, None, false, date),
                false => self.par_son_nom(texte, None, date),
            };
        }
        match dit.code_postal {
            Some(postal) if dit.postaux => self.par_son_code(postal, None, true, date),
            Some(postal) => Err(format!(
                "Il n'y a que le code postal « {postal} » : ajoutez le nom de la commune ou son code Insee."
            )),
            None => {
                Err("Le bénéficiaire manque : écrivez un code Insee, un Siren ou un nom.".into())
            }
        }
    }

    fn par_son_code(
        &self,
        texte: &str,
        nom: Option<&str>,
        postaux: bool,
        date: NaiveDate,
    ) -> Refus<Beneficiaire> {
        let code: String = texte.chars().filter(|lettre| !lettre.is_whitespace()).collect();
        if let Some(autre) = self.autres.get(&mots(texte)) {
            return Ok(autre_beneficiaire(autre, date));
        }
        let chiffres = code.bytes().all(|octet| octet.is_ascii_digit());
        if chiffres && matches!(code.len(), 9 | 14) {
            let siren = Siren::parse(&code[..9]).map_err(|erreur| erreur.to_string())?;
            return match (self.autres.get(siren.as_str()), self.par_code.get(siren.as_str())) {
                (Some(autre), _) => Ok(autre_beneficiaire(autre, date)),
                (None, Some(rang)) => Ok(self.dater(*rang, date)),
                (None, None) => Err(format!(
                    "Le Siren « {siren} » n'est ni celui d'un EPCI, ni celui d'un bénéficiaire du réseau. \
                     Vérifiez-le, ou ajoutez ce bénéficiaire au réseau (beneficiaires.csv).",
                    siren = siren.as_str()
                )),
            };
        }
        let insee = CodeInsee::parse(&code).map_err(|erreur| erreur.to_string())?;
        if postaux && chiffres {
            return self.par_son_code_postal(insee.as_str(), nom, date);
        }
        let postal = self.par_postal.get(insee.as_str());
        let Some(rang) = self.par_code.get(insee.as_str()) else {
            return Err(match postal {
                Some(rangs) => code_postal(insee.as_str(), &self.communes_de(rangs)),
                None if est_arrondissement_municipal(insee.as_str()) => format!(
                    "« {texte} » est le code d'un arrondissement, qui n'est pas une commune : écrivez celui \
                     de Paris (75056), Lyon (69123) ou Marseille (13055)."
                ),
                None => inconnue(Maille::Commune, insee.as_str()),
            });
        };
        if let Some(nom) = nom {
            self.verifier(*rang, postal, nom)?;
        }
        Ok(self.dater(*rang, date))
    }

    /// That a code goes with the name beside it. A name that nothing knows proves nothing.
    fn verifier(&self, rang: usize, postal: Option<&Vec<usize>>, nom: &str) -> Refus<()> {
        let lieu = &self.tous[rang];
        let cles = cles(nom);
        let du_lieu = |lieu: &Lieu| lieu.noms().any(|nom| cles.contains(&cle(nom)));
        let successeur = lieu.successeur.as_ref().and_then(|code| self.par_code.get(code));
        if du_lieu(lieu) || successeur.is_some_and(|rang| du_lieu(&self.tous[*rang])) {
            return Ok(());
        }
        if let Some(commune) =
            postal.and_then(|rangs| rangs.iter().find(|rang| du_lieu(&self.tous[**rang])))
        {
            return Err(code_postal(&lieu.code, &self.communes_de(&[*commune])));
        }
        let nommees: Vec<usize> = cles
            .iter()
            .filter_map(|cle| self.communes.get(cle))
            .flatten()
            .copied()
            .filter(|autre| self.tous[*autre].dans)
            .collect();
        if nommees.is_empty() {
            return Ok(());
        }
        Err(format!(
            "Le code « {} » est celui de {}, et le nom à côté est « {nom} » ({}) : corrigez l'un des deux.",
            lieu.code,
            lieu.nom,
            self.lister(&nommees)
        ))
    }

    /// The unit with the millésime that its code is of, on a date.
    fn dater(&self, rang: usize, date: NaiveDate) -> Beneficiaire {
        let lieu = &self.tous[rang];
        let annee = annee(date);
        let millesime = match (lieu.depuis, lieu.jusqu) {
            (_, Some(jusqu)) if annee > jusqu => jusqu,
            (Some(depuis), _) if annee < depuis => depuis,
            _ => annee,
        };
        let remarque = match &lieu.successeur {
            Some(code) => {
                let nom = self.par_code.get(code).map_or(code, |rang| &self.tous[*rang].nom);
                Some(format!(
                    "{} ({}) a été réunie à {nom} ({code}), où elle est comptée.",
                    lieu.nom, lieu.code
                ))
            }
            // A commune born within the year of the demande is that of the next millésime.
            None if millesime > annee + 1 => Some(format!(
                "Le code de {} ({}) n'existe que depuis {millesime}, et la demande est d'avant.",
                lieu.nom, lieu.code
            )),
            None => None,
        };
        Beneficiaire {
            maille: lieu.maille.as_str(),
            code: lieu.code.clone(),
            millesime,
            remarque,
            dans: lieu.dans,
        }
    }

    fn communes_de(&self, rangs: &[usize]) -> Vec<Commune> {
        let commune = |rang: &usize| {
            let lieu = &self.tous[*rang];
            Commune { code: lieu.code.clone(), nom: lieu.nom.clone() }
        };
        rangs.iter().map(commune).collect()
    }

    fn lister(&self, rangs: &[usize]) -> String {
        lister_communes(&self.communes_de(rangs))
    }
}

fn annee(date: NaiveDate) -> i16 {
    i16::try_from(date.year()).unwrap_or_default()
}

/// Another beneficiary of the réseau, whose code is not of a millésime.
fn autre_beneficiaire(code: &str, date: NaiveDate) -> Beneficiaire {
    Beneficiaire {
        maille: "autre",
        code: code.to_owned(),
        millesime: annee(date),
        remarque: None,
        dans: true,
    }
}

/// Whether a cell holds a code rather than a name.
fn est_code(texte: &str) -> bool {
    let lettres: String = texte.chars().filter(|lettre| !lettre.is_whitespace()).collect();
    let chiffres = lettres.bytes().filter(u8::is_ascii_digit).count();
    chiffres >= 4 && chiffres + 1 >= lettres.len()
}
