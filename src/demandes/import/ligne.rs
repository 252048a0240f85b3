//! A row of a partner's table, judged: a demande, that of a private individual, or a refusal.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::annuaire::Annuaire;
use super::champ::Champ;
use super::colonnes::{Colonnes, Valeurs};
use super::lieux::{Beneficiaire, Designation, Lieux};
use super::{etat, particulier, valeurs};
use crate::rejet::rendre;
use crate::territoires::Millesime;

/// A demande, ready to be written.
#[derive(Debug)]
pub struct Demande {
    pub reference: String,
    pub date: NaiveDate,
    pub themes: Vec<String>,
    /// The one that leads, then those called in.
    pub partenaires: Vec<String>,
    pub beneficiaire: Beneficiaire,
    pub fiche: Option<String>,
    pub objet: Option<String>,
    pub etat: &'static str,
    pub comptee: bool,
    pub niveau: Option<&'static str>,
    pub reponse: Option<NaiveDate>,
    pub cloture: Option<NaiveDate>,
    pub suite: Option<String>,
    pub jours: Option<f64>,
    pub contact: Contact,
}

/// Whom to call back.
#[derive(Debug, Default)]
pub struct Contact {
    pub nom: Option<String>,
    pub fonction: Option<String>,
    pub courriel: Option<String>,
    pub telephone: Option<String>,
}

/// The demande of a private individual: nothing of who asked.
#[derive(Debug, Serialize)]
pub struct Particulier {
    pub partenaire: String,
    pub reference: String,
    pub annee: i16,
    pub theme: Option<String>,
    pub commune: Option<String>,
}

#[derive(Debug)]
pub enum Lue {
    Demande(Box<Demande>),
    Particulier(Particulier),
    /// A private individual's, that cannot be counted: why, without a word of who asked.
    ParticulierIllisible(&'static str),
}

/// Why a row is set aside.
#[derive(Debug)]
pub struct Refus {
    pub champ: Champ,
    pub phrase: String,
    /// A value that `--valeurs` can give a code to.
    pub valeur: Option<String>,
}

/// Reads the rows of a table.
pub struct Lecteur<'l> {
    pub annuaire: &'l Annuaire,
    pub lieux: &'l Lieux,
    pub colonnes: &'l Colonnes,
    pub valeurs: &'l Valeurs,
    /// Whose demandes they are, where the table does not say.
    pub partenaire: Option<&'l str>,
    pub conseil: &'l str,
    pub aujourd_hui: NaiveDate,
    pub postaux: bool,
    /// For whom whoever loads may write; none: for all.
    pub permis: Option<&'l BTreeSet<String>>,
}

/// Longest texts, in characters, and longest lists. The database has the same bounds (migration 0028).
const REFERENCE_MAX: usize = 200;
const TEXTE_MAX: usize = 10_000;
const CONTACT_MAX: usize = 500;
const THEMES_MAX: usize = 50;
const PARTENAIRES_MAX: usize = 100;

/// A row, with its cells.
#[derive(Clone, Copy)]
pub struct Cellules<'c> {
    pub ligne: u64,
    pub cellules: &'c [String],
}

/// A list that is as long as it may be.
fn tenir(champ: Champ, codes: Vec<String>, max: usize) -> Result<Vec<String>, Refus> {
    match codes.len() > max {
        true => Err(refus(champ)(format!("{} noms dans cette case : {max} au plus.", codes.len()))),
        false => Ok(codes),
    }
}

fn refus(champ: Champ) -> impl Fn(String) -> Refus {
    move |phrase| Refus { champ, phrase, valeur: None }
}

impl Lecteur<'_> {
    /// A cell, or the code that the person said that it stands for.
    pub fn cellule<'t>(&'t self, rang: Cellules<'t>, champ: Champ) -> Option<&'t str> {
        let texte = rendre(rang.cellules.get(self.colonnes.rang(champ)?)?.trim());
        Some(self.valeurs.code(champ, texte).unwrap_or(texte)).filter(|texte| !texte.is_empty())
    }

    /// The text of a cell, as long as it may be.
    fn texte(&self, rang: Cellules<'_>, champ: Champ, max: usize) -> Result<Option<String>, Refus> {
        let Some(texte) = self.cellule(rang, champ) else { return Ok(None) };
        let longueur = texte.chars().count();
        if longueur > max {
            return Err(refus(champ)(format!(
                "Ce texte compte {longueur} caractères : {max} au plus. Raccourcissez-le."
            )));
        }
        Ok(Some(texte.to_owned()))
    }

    /// The reference that the table gives.
    pub fn reference(&self, rang: Cellules<'_>) -> Option<String> {
        self.cellule(rang, Champ::Reference).map(str::to_owned)
    }

    /// Who leads, if the row can say it.
    pub fn meneur(&self, rang: Cellules<'_>) -> Option<String> {
        self.partenaires(rang).ok().and_then(|partenaires| partenaires.into_iter().next())
    }

    pub fn lire(&self, rang: Cellules<'_>) -> Result<Lue, Refus> {
        // What PostgreSQL cannot hold.
        let nul = |champ: &Champ| self.cellule(rang, *champ).is_some_and(|t| t.contains('\0'));
        if let Some(champ) = Champ::tous().find(nul) {
            return Err(refus(champ)(
                "Ce texte contient un caractère invisible : réécrivez-le.".into(),
            ));
        }
        if self.est_d_un_particulier(rang) {
            return Ok(self.particulier(rang));
        }
        let date = self.date(rang, Champ::Date)?.ok_or_else(|| {
            refus(Champ::Date)("La date manque : écrivez-la ainsi : 31/12/2018.".into())
        })?;
        let themes = self.themes(rang)?;
        let partenaires = self.partenaires(rang)?;
        let mut beneficiaire = self.beneficiaire(rang, date)?;
        if let Some(texte) = self.cellule(rang, Champ::Millesime) {
            beneficiaire.millesime = texte
                .parse::<Millesime>()
                .map_err(|erreur| refus(Champ::Millesime)(erreur.to_string()))?
                .annee();
        }
        let reponse = self.apres(rang, Champ::Reponse, date)?;
        let cloture = self.apres(rang, Champ::Cloture, date)?;
        let etat = self.etat(rang, cloture)?;
        let objet = self.texte(rang, Champ::Objet, TEXTE_MAX)?;
        let dite = self.texte(rang, Champ::Reference, REFERENCE_MAX)?;
        let reference = dite.unwrap_or_else(|| {
            reference_du_contenu(date, &beneficiaire, &themes, objet.as_deref())
        });
        let lire = |champ, lire: fn(&str) -> Result<f64, String>| {
            self.cellule(rang, champ).map(lire).transpose().map_err(refus(champ))
        };
        Ok(Lue::Demande(Box::new(Demande {
            reference,
            date,
            themes,
            partenaires,
            beneficiaire,
            fiche: self
                .code(rang, Champ::Fiche, |texte| self.annuaire.code(Champ::Fiche, texte))?,
            objet,
            etat: etat.code,
            comptee: etat.compte,
            niveau: self.code(rang, Champ::Niveau, valeurs::niveau)?,
            reponse,
            cloture,
            suite: self.texte(rang, Champ::Suite, TEXTE_MAX)?,
            jours: lire(Champ::Jours, valeurs::jours)?,
            contact: Contact {
                nom: self.texte(rang, Champ::ContactNom, CONTACT_MAX)?,
                fonction: self.texte(rang, Champ::ContactFonction, CONTACT_MAX)?,
                courriel: self.texte(rang, Champ::ContactCourriel, CONTACT_MAX)?,
                telephone: self.texte(rang, Champ::ContactTelephone, CONTACT_MAX)?,
            },
        })))
    }

    fn date(&self, rang: Cellules<'_>, champ: Champ) -> Result<Option<NaiveDate>, Refus> {
        self.cellule(rang, champ)
            .map(|texte| valeurs::date(texte, self.aujourd_hui))
            .transpose()
            .map_err(refus(champ))
    }

    /// A date that the demande's own cannot follow.
    fn apres(
        &self,
        rang: Cellules<'_>,
        champ: Champ,
        date: NaiveDate,
    ) -> Result<Option<NaiveDate>, Refus> {
        match self.date(rang, champ)? {
            Some(jour) if jour < date => Err(refus(champ)(format!(
                "{} est avant la demande ({}) : corrigez l'une des deux dates.",
                jour.format("%d/%m/%Y"),
                date.format("%d/%m/%Y")
            ))),
            jour => Ok(jour),
        }
    }

    /// A cell that `--valeurs` can explain.
    fn code<T>(
        &self,
        rang: Cellules<'_>,
        champ: Champ,
        lire: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Refus> {
        let Some(texte) = self.cellule(rang, champ) else { return Ok(None) };
        lire(texte).map(Some).map_err(|phrase| Refus {
            champ,
            phrase,
            valeur: Some(texte.to_owned()),
        })
    }

    fn themes(&self, rang: Cellules<'_>) -> Result<Vec<String>, Refus> {
        self.code(rang, Champ::Theme, |texte| self.annuaire.plusieurs(Champ::Theme, texte))?
            .ok_or_else(|| {
                refus(Champ::Theme)("Le thème manque : écrivez son code ou son libellé.".into())
            })
            .and_then(|themes| tenir(Champ::Theme, themes, THEMES_MAX))
    }

    fn partenaires(&self, rang: Cellules<'_>) -> Result<Vec<String>, Refus> {
        let lire = |champ| {
            self.code(rang, champ, |texte| self.annuaire.plusieurs(champ, texte))
                .map(Option::unwrap_or_default)
        };
        let mut partenaires = lire(Champ::Partenaire)?;
        if let (true, Some(dit)) = (partenaires.is_empty(), self.partenaire) {
            partenaires.push(dit.to_owned());
        }
        if partenaires.is_empty() {
            return Err(refus(Champ::Partenaire)(format!(
                "Le partenaire manque : écrivez son code ou son nom, ou {}.",
                self.conseil
            )));
        }
        if let Some(permis) = self.permis
            && !permis.contains(&partenaires[0])
        {
            return Err(refus(Champ::Partenaire)(format!(
                "Vous n'écrivez pas pour « {} » dans ce réseau, mais pour : {}. Ôtez cette ligne, ou confiez-la à qui \
                 coordonne le réseau.",
                partenaires[0],
                permis.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
            )));
        }
        for associe in lire(Champ::Associes)? {
            if !partenaires.contains(&associe) {
                partenaires.push(associe);
            }
        }
        tenir(Champ::Associes, partenaires, PARTENAIRES_MAX)
    }

    fn designation<'t>(&'t self, rang: Cellules<'t>) -> Designation<'t> {
        Designation {
            code: self.cellule(rang, Champ::Code),
            beneficiaire: self.cellule(rang, Champ::Beneficiaire),
            commune: self.cellule(rang, Champ::Commune),
            epci: self.cellule(rang, Champ::Epci),
            code_postal: self.cellule(rang, Champ::CodePostal),
            postaux: self.postaux,
        }
    }

    fn beneficiaire(&self, rang: Cellules<'_>, date: NaiveDate) -> Result<Beneficiaire, Refus> {
        let dit = self.designation(rang);
        let champ = [
            (dit.code, Champ::Code),
            (dit.beneficiaire, Champ::Beneficiaire),
            (dit.commune, Champ::Commune),
            (dit.epci, Champ::Epci),
            (dit.code_postal, Champ::CodePostal),
        ]
        .into_iter()
        .find_map(|(cellule, champ)| cellule.map(|_| champ))
        .or_else(|| {
            [Champ::Code, Champ::Beneficiaire, Champ::Commune]
                .into_iter()
                .find(|champ| self.colonnes.a(*champ))
        })
        .unwrap_or(Champ::Beneficiaire);
        let lu = self.lieux.designer(dit, date).map_err(refus(champ))?;
        match self.cellule(rang, Champ::Maille) {
            Some(maille @ ("commune" | "epci" | "autre")) if maille != lu.maille => {
                Err(refus(Champ::Maille)(format!(
                    "La maille est « {maille} », et « {} » désigne : {}. Corrigez l'une des deux.",
                    lu.code, lu.maille
                )))
            }
            _ => Ok(lu),
        }
    }

    /// What the cell says; else what the end of the demande does.
    fn etat(
        &self,
        rang: Cellules<'_>,
        cloture: Option<NaiveDate>,
    ) -> Result<&'static etat::Etat, Refus> {
        let deduit = if cloture.is_some() { "terminee" } else { "en_cours" };
        match self.code(rang, Champ::Etat, etat::reconnaitre)? {
            Some(etat) => Ok(etat),
            None => etat::de_code(deduit).map_err(refus(Champ::Etat)),
        }
    }

    fn est_d_un_particulier(&self, rang: Cellules<'_>) -> bool {
        let dit = |champ| self.cellule(rang, champ);
        dit(Champ::Demandeur).is_some_and(particulier::est_une_qualite)
            || [Champ::Beneficiaire, Champ::Commune]
                .into_iter()
                .any(|champ| dit(champ).is_some_and(particulier::est_une_personne))
    }

    /// What is kept of a private individual's demande: its year, and its theme and commune if they can be
    /// read.
    fn particulier(&self, rang: Cellules<'_>) -> Lue {
        let Ok(Some(date)) = self.date(rang, Champ::Date) else {
            return Lue::ParticulierIllisible("sa date ne se lit pas");
        };
        let Some(partenaire) = self.meneur(rang) else {
            return Lue::ParticulierIllisible(match self.permis {
                None => "son partenaire n'est pas connu",
                Some(_) => "son partenaire n'est pas connu, ou n'est pas le vôtre",
            });
        };
        let mut dit = self.designation(rang);
        dit.beneficiaire = dit.beneficiaire.filter(|texte| !particulier::est_une_personne(texte));
        let commune = self.lieux.designer(dit, date).or_else(|_| {
            self.lieux.designer(Designation { beneficiaire: None, epci: None, ..dit }, date)
        });
        Lue::Particulier(Particulier {
            partenaire,
            // Without a reference, all that the row says, in whatever order its columns are.
            reference: self.reference(rang).unwrap_or_else(|| {
                let dites = Champ::tous().filter_map(|champ| self.cellule(rang, champ));
                dites.collect::<Vec<_>>().join("\u{1f}")
            }),
            annee: i16::try_from(date.year()).unwrap_or_default(),
            theme: self.themes(rang).ok().and_then(|themes| themes.into_iter().next()),
            commune: commune.ok().filter(|lu| lu.maille == "commune").map(|lu| lu.code),
        })
    }
}

/// A reference that the same demande will have again, where the table gives none.
fn reference_du_contenu(
    date: NaiveDate,
    beneficiaire: &Beneficiaire,
    themes: &[String],
    objet: Option<&str>,
) -> String {
    let contenu = format!(
        "{date}|{}:{}|{}|{}",
        beneficiaire.maille,
        beneficiaire.code,
        themes.join("+"),
        super::mots::mots(objet.unwrap_or_default())
    );
    format!("auto-{:016x}", xxhash_rust::xxh3::xxh3_64(contenu.as_bytes()))
}
