//! Rows that were judged, compared with what is loaded and written: new, changed, identical, gone. In the caller's
//! transaction, and by plain writes: policies say what whoever loads may write.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use xxhash_rust::xxh3::Xxh3;

use super::champ::Champ;
use super::colonnes::Colonnes;
use super::ligne::{Demande, Particulier};
use crate::error::{Contexte, Result};

const ACTION: &str = "enregistrement des demandes";

/// How many changed demandes are shown.
const MONTREES: usize = 20;
/// Rows sent to the database at once.
const PAQUET: usize = 20_000;

/// What is written for a réseau.
#[derive(Debug)]
pub struct Ecriture<'e> {
    pub reseau: &'e str,
    pub demandes: &'e [Demande],
    pub particuliers: &'e [Particulier],
    /// Fields that the tables have no column for.
    pub absents: Vec<&'static str>,
    /// Who leads the demandes of the tables.
    pub partenaires: BTreeSet<String>,
    /// Partner and reference of the rows that were refused.
    pub refusees: Vec<(String, String)>,
    /// How many rows were refused, by field; and whose they are, when the tables are of one partner.
    pub refus: BTreeMap<&'static str, usize>,
    pub seul: Option<String>,
    /// Whether whoever loads may note what is no partner's.
    pub de_tous: bool,
    pub aujourd_hui: NaiveDate,
    pub retirer_disparues: bool,
}

/// What a load changes.
#[derive(Debug, Default)]
pub struct Comptes {
    pub nouvelles: i64,
    pub changees: i64,
    pub identiques: i64,
    /// The first that changed.
    pub changements: Vec<Changement>,
    /// By year.
    pub disparues: Vec<(i32, i64)>,
    pub particuliers: u64,
    /// Demandes that somebody else wrote between their comparison and their writing.
    pub depassees: i64,
    /// What was compared, so that a confirmation is of what was seen.
    pub empreinte: u64,
}

/// A demande that a table changes.
#[derive(Debug, Clone, Serialize)]
pub struct Changement {
    pub reference: String,
    pub champs: Vec<String>,
    /// What it said, and what it will: the fields that differ.
    pub avant: BTreeMap<String, Value>,
    pub apres: BTreeMap<String, Value>,
}

/// A row as the database compares it.
#[derive(Serialize)]
struct Ligne<'d> {
    rang: usize,
    reference: &'d str,
    date: NaiveDate,
    themes: &'d [String],
    partenaires: &'d [String],
    maille: &'static str,
    beneficiaire: &'d str,
    millesime: i16,
    fiche: Option<&'d str>,
    objet: Option<&'d str>,
    etat: &'static str,
    niveau: Option<&'static str>,
    reponse: Option<NaiveDate>,
    cloture: Option<NaiveDate>,
    suite: Option<&'d str>,
    jours: Option<f64>,
    contact_nom: Option<&'d str>,
    contact_fonction: Option<&'d str>,
    contact_courriel: Option<&'d str>,
    contact_telephone: Option<&'d str>,
}

/// What came of its comparison.
#[derive(Debug, sqlx::FromRow)]
struct Comparee {
    rang: i64,
    /// None for a new one.
    id: Option<i64>,
    revision: Option<i32>,
    changements: Vec<String>,
    avant: Option<Json<Value>>,
    apres: Option<Json<Value>>,
}

/// What a load brought of a partner.
#[derive(Debug, Default, Serialize)]
struct Livraison<'e> {
    partenaire: Option<&'e str>,
    du: Option<NaiveDate>,
    au: Option<NaiveDate>,
    nouvelles: i64,
    changees: i64,
    identiques: i64,
    refus: BTreeMap<&'static str, usize>,
}

impl Ecriture<'_> {
    /// Compares, then writes what differs.
    ///
    /// # Errors
    /// Those of the database; when [`Comptes::depassees`] is not zero, the caller gives up the transaction.
    pub async fn executer(&self, connexion: &mut PgConnection) -> Result<Comptes> {
        let mut comparees: Vec<Comparee> = Vec::with_capacity(self.demandes.len());
        for (rang, paquet) in self.demandes.chunks(PAQUET).enumerate() {
            let lignes: Vec<Ligne<'_>> =
                (rang * PAQUET..).zip(paquet).map(|(rang, demande)| demande.ligne(rang)).collect();
            let paquet = sqlx::query_as(include_str!("../sql/comparer.sql"))
                .bind(self.reseau)
                .bind(&self.absents)
                .bind(self.aujourd_hui)
                .bind(Json(lignes))
                .fetch_all(&mut *connexion)
                .await
                .pour(ACTION)?;
            comparees.extend(paquet);
        }
        let mut comptes = compter(&comparees);
        self.disparues(connexion, &comparees, &mut comptes).await?;
        let (nouvelles, changees): (Vec<&Comparee>, Vec<&Comparee>) = comparees
            .iter()
            .filter(|comparee| comparee.apres.is_some())
            .partition(|comparee| comparee.id.is_none());
        for paquet in changees.chunks(PAQUET) {
            comptes.depassees += self.changer(connexion, paquet).await?;
        }
        for paquet in nouvelles.chunks(PAQUET) {
            sqlx::query(include_str!("../sql/inserer_recues.sql"))
                .bind(self.reseau)
                .bind(Json(apres(paquet)))
                .execute(&mut *connexion)
                .await
                .pour(ACTION)?;
        }
        if !self.absents.contains(&CONTACT) {
            let concernees: Vec<&Comparee> = nouvelles
                .into_iter()
                .chain(changees.into_iter().filter(|comparee| comparee.change_de_contact()))
                .filter(|comparee| comparee.garde_son_contact())
                .collect();
            for paquet in concernees.chunks(PAQUET) {
                self.contacts(connexion, paquet).await?;
            }
        }
        self.livrer(connexion, &comparees).await?;
        comptes.particuliers = self.particuliers(connexion).await?;
        Ok(comptes)
    }

    /// Returns how many demandes were no longer as they had been compared.
    async fn changer(&self, connexion: &mut PgConnection, paquet: &[&Comparee]) -> Result<i64> {
        // Contacts alone are written apart.
        let lignes: Vec<&Comparee> =
            paquet.iter().copied().filter(|comparee| comparee.changements != [CONTACT]).collect();
        let faites = sqlx::query(include_str!("../sql/changer_recues.sql"))
            .bind(Json(apres(&lignes)))
            .execute(connexion)
            .await
            .pour(ACTION)?;
        Ok(lignes.len() as i64 - faites.rows_affected() as i64)
    }

    /// Finds what the tables no longer have, and takes it away if that was asked.
    async fn disparues(
        &self,
        connexion: &mut PgConnection,
        comparees: &[Comparee],
        comptes: &mut Comptes,
    ) -> Result<()> {
        let (partenaires, references): (Vec<&str>, Vec<&str>) =
            self.refusees.iter().map(|(p, r)| (p.as_str(), r.as_str())).unzip();
        let meneurs: Vec<&str> = self.partenaires.iter().map(String::as_str).collect();
        let presentes: Vec<i64> = comparees.iter().filter_map(|comparee| comparee.id).collect();
        let disparues: Vec<(i32, i64, Vec<i64>)> =
            sqlx::query_as(include_str!("../sql/compter_disparues.sql"))
                .bind(self.reseau)
                .bind(meneurs)
                .bind(presentes)
                .bind(partenaires)
                .bind(references)
                .fetch_all(&mut *connexion)
                .await
                .pour(ACTION)?;
        if self.retirer_disparues {
            let lesquelles: Vec<i64> =
                disparues.iter().flat_map(|(.., lesquelles)| lesquelles).copied().collect();
            sqlx::query("delete from demande where id = any ($1)")
                .bind(lesquelles)
                .execute(connexion)
                .await
                .pour(ACTION)?;
        }
        comptes.disparues =
            disparues.into_iter().map(|(annee, nombre, _)| (annee, nombre)).collect();
        Ok(())
    }

    async fn contacts(&self, connexion: &mut PgConnection, paquet: &[&Comparee]) -> Result<()> {
        let remplaces: Vec<i64> = paquet.iter().filter_map(|comparee| comparee.id).collect();
        if !remplaces.is_empty() {
            sqlx::query("delete from contact where demande = any ($1)")
                .bind(remplaces)
                .execute(&mut *connexion)
                .await
                .pour(ACTION)?;
        }
        sqlx::query(include_str!("../sql/ecrire_contacts.sql"))
            .bind(self.reseau)
            .bind(Json(apres(paquet)))
            .execute(connexion)
            .await
            .map(|_| ())
            .pour(ACTION)
    }

    /// Notes that the tables came, for those who wait for them.
    async fn livrer(&self, connexion: &mut PgConnection, comparees: &[Comparee]) -> Result<()> {
        let mut livraisons: BTreeMap<&str, Livraison<'_>> = BTreeMap::new();
        for comparee in comparees {
            let Some(demande) =
                usize::try_from(comparee.rang).ok().and_then(|rang| self.demandes.get(rang))
            else {
                continue;
            };
            let Some(meneur) = demande.partenaires.first() else { continue };
            let livraison = livraisons.entry(meneur).or_default();
            livraison.partenaire = Some(meneur);
            livraison.du = livraison.du.into_iter().chain([demande.date]).min();
            livraison.au = livraison.au.into_iter().chain([demande.date]).max();
            match (comparee.id, comparee.changements.is_empty()) {
                (None, _) => livraison.nouvelles += 1,
                (Some(_), false) => livraison.changees += 1,
                (Some(_), true) => livraison.identiques += 1,
            }
        }
        let mut livraisons: Vec<Livraison<'_>> = livraisons.into_values().collect();
        let seul = self.seul.as_deref();
        if !self.refus.is_empty() {
            match livraisons.iter_mut().find(|l| seul.is_some() && l.partenaire == seul) {
                Some(sienne) => sienne.refus = self.refus.clone(),
                None if seul.is_some() || self.de_tous => livraisons.push(Livraison {
                    partenaire: seul,
                    refus: self.refus.clone(),
                    ..Livraison::default()
                }),
                None => {}
            }
        }
        sqlx::query(include_str!("../sql/noter_livraison.sql"))
            .bind(self.reseau)
            .bind(Json(livraisons))
            .execute(connexion)
            .await
            .map(|_| ())
            .pour(ACTION)
    }

    /// Counts those of private individuals that were not known.
    async fn particuliers(&self, connexion: &mut PgConnection) -> Result<u64> {
        if self.particuliers.is_empty() {
            return Ok(0);
        }
        sqlx::query(include_str!("../sql/ecrire_particuliers.sql"))
            .bind(self.reseau)
            .bind(Json(self.particuliers))
            .execute(connexion)
            .await
            .map(|fait| fait.rows_affected())
            .pour(ACTION)
    }
}

/// What the rows say from now on, as the database gave it.
fn apres<'c>(comparees: &[&'c Comparee]) -> Vec<&'c Value> {
    comparees
        .iter()
        .filter_map(|comparee| comparee.apres.as_ref().map(|Json(ligne)| ligne))
        .collect()
}

fn compter(comparees: &[Comparee]) -> Comptes {
    let mut comptes = Comptes::default();
    let mut empreinte = Xxh3::new();
    for comparee in comparees {
        match (comparee.id, comparee.changements.is_empty()) {
            (None, _) => comptes.nouvelles += 1,
            (Some(_), true) => comptes.identiques += 1,
            (Some(_), false) => {
                comptes.changees += 1;
                if comptes.changements.len() < MONTREES {
                    comptes.changements.push(comparee.changement());
                }
            }
        }
        empreinte.update(
            format!(
                "{}:{:?}:{:?}:{:?};",
                comparee.rang, comparee.id, comparee.revision, comparee.changements
            )
            .as_bytes(),
        );
    }
    comptes.empreinte = empreinte.digest();
    comptes
}

impl Comparee {
    fn change_de_contact(&self) -> bool {
        self.changements.iter().any(|champ| champ == CONTACT)
    }

    fn garde_son_contact(&self) -> bool {
        self.apres.as_ref().is_some_and(|Json(ligne)| ligne["contact_garde"] == true)
    }

    /// The fields that differ, but for contacts, whose values stay where they are.
    fn changement(&self) -> Changement {
        let lire = |ligne: &Option<Json<Value>>| -> BTreeMap<String, Value> {
            let Some(Json(ligne)) = ligne else { return BTreeMap::new() };
            let champs = self.changements.iter().map(String::as_str);
            champs
                .filter(|champ| *champ != CONTACT && *champ != "origine")
                .map(|champ| {
                    let cle = if champ == "theme" { "themes" } else { champ };
                    (champ.to_owned(), ligne[cle].clone())
                })
                .collect()
        };
        let texte = |ligne: &Option<Json<Value>>| {
            ligne.as_ref().and_then(|Json(ligne)| ligne["reference"].as_str().map(str::to_owned))
        };
        Changement {
            reference: texte(&self.apres).unwrap_or_default(),
            champs: self.changements.clone(),
            avant: lire(&self.avant),
            apres: lire(&self.apres),
        }
    }
}

/// The contact as one field.
const CONTACT: &str = "contact";

/// The fields that none of the tables has a column for.
pub fn absents<'c>(tables: impl Iterator<Item = &'c Colonnes> + Clone) -> Vec<&'static str> {
    let lu = |champ| tables.clone().any(|colonnes| colonnes.a(champ));
    let mut absents: Vec<&'static str> = [
        Champ::Fiche,
        Champ::Objet,
        Champ::Etat,
        Champ::Niveau,
        Champ::Reponse,
        Champ::Cloture,
        Champ::Suite,
        Champ::Jours,
    ]
    .into_iter()
    .filter(|champ| !lu(*champ))
    .map(Champ::nom)
    .collect();
    let du_contact = [
        Champ::ContactNom,
        Champ::ContactFonction,
        Champ::ContactCourriel,
        Champ::ContactTelephone,
    ];
    if !du_contact.into_iter().any(lu) {
        absents.push(CONTACT);
    }
    absents
}

impl Demande {
    fn ligne(&self, rang: usize) -> Ligne<'_> {
        Ligne {
            rang,
            reference: &self.reference,
            date: self.date,
            themes: &self.themes,
            partenaires: &self.partenaires,
            maille: self.beneficiaire.maille,
            beneficiaire: &self.beneficiaire.code,
            millesime: self.beneficiaire.millesime,
            fiche: self.fiche.as_deref(),
            objet: self.objet.as_deref(),
            etat: self.etat,
            niveau: self.niveau,
            reponse: self.reponse,
            cloture: self.cloture,
            suite: self.suite.as_deref(),
            jours: self.jours,
            contact_nom: self.contact.nom.as_deref(),
            contact_fonction: self.contact.fonction.as_deref(),
            contact_courriel: self.contact.courriel.as_deref(),
            contact_telephone: self.contact.telephone.as_deref(),
        }
    }
}
