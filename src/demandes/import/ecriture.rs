//! Rows that were judged, compared with what is loaded and written: new, changed, identical, gone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::NaiveDate;
use sqlx::types::Json;
use sqlx::{Executor, PgConnection};

use super::champ::Champ;
use super::colonnes::Colonnes;
use super::ligne::{Demande, Particulier};
use crate::base::{copier_texte, echapper};
use crate::error::{Contexte, Result};

const ACTION: &str = "enregistrement des demandes";

/// How many changed demandes are shown.
const MONTREES: i64 = 20;

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
    pub aujourd_hui: NaiveDate,
    pub retirer_disparues: bool,
}

/// What a load changes.
#[derive(Debug, Default)]
pub struct Comptes {
    pub nouvelles: i64,
    pub changees: i64,
    pub identiques: i64,
    /// References and fields of the first that changed.
    pub changements: Vec<(String, Vec<String>)>,
    /// By year.
    pub disparues: Vec<(i32, i64)>,
    pub particuliers: u64,
}

impl Ecriture<'_> {
    /// Writes, within the transaction of the load.
    pub async fn executer(&self, connexion: &mut PgConnection) -> Result<Comptes> {
        self.recevoir(connexion).await?;
        sqlx::query(include_str!("../sql/comparer.sql"))
            .bind(self.reseau)
            .bind(&self.absents)
            .bind(self.aujourd_hui)
            .execute(&mut *connexion)
            .await
            .pour(ACTION)?;
        let (nouvelles, changees, identiques): (i64, i64, i64) = sqlx::query_as(
            "select count(*) filter (where id is null), count(*) filter (where changements <> '{}'),
               count(*) filter (where changements = '{}') from comparee",
        )
        .fetch_one(&mut *connexion)
        .await
        .pour(ACTION)?;
        let changements = sqlx::query_as(
            "select reference, changements from comparee where changements <> '{}' order by ligne limit $1",
        )
        .bind(MONTREES)
        .fetch_all(&mut *connexion)
        .await
        .pour(ACTION)?;
        let disparues = self.disparues(connexion).await?;
        connexion.execute(include_str!("../sql/changer_recues.sql")).await.pour(ACTION)?;
        sqlx::query(include_str!("../sql/inserer_recues.sql"))
            .bind(self.reseau)
            .execute(&mut *connexion)
            .await
            .pour(ACTION)?;
        self.contacts(connexion).await?;
        sqlx::query(include_str!("../sql/noter_livraison.sql"))
            .bind(self.reseau)
            .bind(Json(&self.refus))
            .bind(&self.seul)
            .execute(&mut *connexion)
            .await
            .pour(ACTION)?;
        let particuliers = self.particuliers(connexion).await?;
        if nouvelles > 0 {
            connexion.execute("analyze demande").await.pour(ACTION)?;
        }
        Ok(Comptes { nouvelles, changees, identiques, changements, disparues, particuliers })
    }

    async fn recevoir(&self, connexion: &mut PgConnection) -> Result<()> {
        connexion.execute(include_str!("../sql/recevoir.sql")).await.pour(ACTION)?;
        let mut lignes = String::with_capacity(self.demandes.len() * 200);
        for demande in self.demandes {
            demande.copier(&mut lignes);
        }
        copier_texte(
            connexion,
            "copy recue (ligne, reference, date, themes, partenaires, maille, beneficiaire, millesime, \
             fiche, objet, etat, niveau, reponse, cloture, suite, jours, contact_nom, contact_fonction, \
             contact_courriel, contact_telephone) from stdin",
            lignes,
        )
        .await?;
        connexion.execute("analyze recue").await.map(|_| ()).pour(ACTION)
    }

    /// Finds what the tables no longer have, and takes it away if that was asked.
    async fn disparues(&self, connexion: &mut PgConnection) -> Result<Vec<(i32, i64)>> {
        let (partenaires, references): (Vec<&str>, Vec<&str>) =
            self.refusees.iter().map(|(p, r)| (p.as_str(), r.as_str())).unzip();
        let meneurs: Vec<&str> = self.partenaires.iter().map(String::as_str).collect();
        sqlx::query(include_str!("../sql/lire_disparues.sql"))
            .bind(self.reseau)
            .bind(meneurs)
            .bind(partenaires)
            .bind(references)
            .execute(&mut *connexion)
            .await
            .pour(ACTION)?;
        let disparues =
            sqlx::query_as("select annee, count(*) from disparue group by annee order by annee")
                .fetch_all(&mut *connexion)
                .await
                .pour(ACTION)?;
        if self.retirer_disparues {
            connexion
                .execute("delete from demande d using disparue x where d.id = x.id")
                .await
                .pour(ACTION)?;
        }
        Ok(disparues)
    }

    async fn contacts(&self, connexion: &mut PgConnection) -> Result<()> {
        if self.absents.contains(&CONTACT) {
            return Ok(());
        }
        connexion
            .execute(
                "delete from contact k using comparee c
                 where k.demande = c.id and c.contact_garde and 'contact' = any (c.changements)",
            )
            .await
            .pour(ACTION)?;
        sqlx::query(include_str!("../sql/ecrire_contacts.sql"))
            .bind(self.reseau)
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
    /// Appends the row as `copy recue` reads it.
    fn copier(&self, lignes: &mut String) {
        let liste = |codes: &[String]| format!("{{{}}}", codes.join(","));
        let jour = |date: Option<NaiveDate>| date.map(|date| date.to_string());
        let (date, millesime) = (self.date.to_string(), self.beneficiaire.millesime.to_string());
        let (themes, partenaires) = (liste(&self.themes), liste(&self.partenaires));
        let (reponse, cloture) = (jour(self.reponse), jour(self.cloture));
        let jours = self.jours.map(|jours| jours.to_string());
        let _ = write!(lignes, "{}", self.ligne);
        let champs = [
            Some(self.reference.as_str()),
            Some(&date),
            Some(&themes),
            Some(&partenaires),
            Some(self.beneficiaire.maille),
            Some(&self.beneficiaire.code),
            Some(&millesime),
            self.fiche.as_deref(),
            self.objet.as_deref(),
            Some(self.etat),
            self.niveau,
            reponse.as_deref(),
            cloture.as_deref(),
            self.suite.as_deref(),
            jours.as_deref(),
            self.contact.nom.as_deref(),
            self.contact.fonction.as_deref(),
            self.contact.courriel.as_deref(),
            self.contact.telephone.as_deref(),
        ];
        for champ in champs {
            lignes.push('\t');
            echapper(lignes, champ);
        }
        lignes.push('\n');
    }
}
