//! Demandes that anybody sends from a page: received to be qualified, followed by a secret link.

use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::comptes::Empreinte;
use crate::error::{Contexte, Error, Result};
use crate::territoires::Unite;

/// Longest texts, in characters; the database holds the same bounds.
pub const OBJET_MAX: usize = 2000;
pub const NOM_MAX: usize = 100;
pub const COURRIEL_MAX: usize = 254;
pub const TELEPHONE_MAX: usize = 30;

/// What is sent, once its choices are known to exist.
#[derive(Debug)]
pub struct Recue<'a> {
    pub reseau: &'a str,
    /// None: whoever coordinates the réseau says who answers.
    pub partenaire: Option<&'a str>,
    pub theme: &'a str,
    pub fiche: Option<&'a str>,
    /// A commune or an EPCI.
    pub beneficiaire: &'a Unite,
    pub objet: &'a str,
    /// Whom to call back.
    pub nom: &'a str,
    pub fonction: Option<&'a str>,
    pub courriel: &'a str,
    pub telephone: Option<&'a str>,
}

impl Recue<'_> {
    /// Receives it, and keeps the hash of the link that follows it. Returns its reference.
    ///
    /// # Errors
    /// When a choice does not exist, or is not open to whoever asks.
    pub async fn recevoir(
        &self,
        connexion: &mut PgConnection,
        empreinte: &Empreinte,
    ) -> Result<String> {
        sqlx::query_scalar(
            "select recevoir_demande($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(self.reseau)
        .bind(self.partenaire)
        .bind(self.theme)
        .bind(self.fiche)
        .bind(self.beneficiaire.maille.as_str())
        .bind(&self.beneficiaire.code)
        .bind(self.objet)
        .bind(self.nom)
        .bind(self.fonction)
        .bind(self.courriel)
        .bind(self.telephone)
        .bind(empreinte.octets())
        .fetch_one(connexion)
        .await
        .pour("réception d'une demande")
    }
}

/// What the link shows: no contact, and not the text of the demande.
#[derive(Debug, sqlx::FromRow)]
pub struct Suivie {
    pub reseau: String,
    pub reseau_nom: String,
    pub demonstration: bool,
    pub mention: Option<String>,
    pub reference: String,
    /// A state of `demande`.
    pub etat: String,
    pub date: NaiveDate,
    pub reponse: Option<NaiveDate>,
    pub cloture: Option<NaiveDate>,
    pub theme: String,
    pub fiche: Option<String>,
    pub partenaires: Json<Vec<Repondant>>,
    pub maille: String,
    pub code: String,
}

/// Who answers, and how to reach it.
#[derive(Debug, Deserialize)]
pub struct Repondant {
    pub code: String,
    pub nom: String,
    pub courriel: Option<String>,
    pub telephone: Option<String>,
}

impl Suivie {
    /// # Errors
    /// When no demande has this link, or its time has passed.
    pub async fn lire(connexion: &mut PgConnection, empreinte: &Empreinte) -> Result<Self> {
        let suivie: Option<Self> = sqlx::query_as("select * from demande_suivie_par_lien($1)")
            .bind(empreinte.octets())
            .fetch_optional(connexion)
            .await
            .pour("lecture d'une demande suivie")?;
        suivie.ok_or_else(|| {
            Error::Introuvable(
                "Ce lien ne suit aucune demande : vérifiez qu'il est entier. Il ne sert plus une fois passée la durée \
                 de conservation du réseau."
                    .into(),
            )
        })
    }
}
