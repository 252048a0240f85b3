//! The demandes of a place: how many, about what, handled by whom, and the latest of them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::error::{Contexte, Result};
use crate::partenaires::{Cadre, Filtre};
use crate::territoires::{Edition, Lieu, Maille};

/// How many demandes are listed; all are counted.
const LISTEES: i64 = 200;

#[derive(Debug, Serialize)]
pub struct Registre {
    #[serde(flatten)]
    pub cadre: Cadre,
    /// The whole réseau when there is none.
    pub territoire: Option<Lieu>,
    pub remarque: Option<String>,
    /// Of an EPCI, its own.
    pub total: i64,
    /// Of an EPCI, those of its member communes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub communes_total: Option<i64>,
    pub par_theme: Vec<ParTheme>,
    /// A demande counts for each of its partners.
    pub par_partenaire: Vec<ParPartenaire>,
    pub demandes: Vec<Demande>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct ParTheme {
    code: String,
    libelle: String,
    demandes: i64,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct ParPartenaire {
    code: String,
    nom: String,
    demandes: i64,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Demande {
    /// Its number and how many times it was written, for those who keep it: what a correction names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revision: Option<i32>,
    /// Its reference, object and state are for those who may follow it.
    reference: Option<String>,
    date: NaiveDate,
    /// The first.
    theme: String,
    themes: Vec<String>,
    /// The one that leads.
    partenaire: String,
    partenaires: Vec<String>,
    maille: String,
    beneficiaire: String,
    objet: Option<String>,
    etat: Option<String>,
    /// First answer, and end.
    reponse: Option<NaiveDate>,
    cloture: Option<NaiveDate>,
    /// Whom to call or write to: for those who keep the demande.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contacts: Option<Vec<Contact>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Contact {
    nom: Option<String>,
    fonction: Option<String>,
    courriel: Option<String>,
    telephone: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    total: i64,
    communes_total: i64,
    par_theme: Json<Vec<ParTheme>>,
    par_partenaire: Json<Vec<ParPartenaire>>,
    demandes: Json<Vec<Demande>>,
}

impl Registre {
    pub async fn lire(
        connexion: &mut PgConnection,
        filtre: Filtre,
        edition: Edition,
        lieu: Option<Lieu>,
    ) -> Result<Self> {
        let arguments = filtre.arguments(edition, lieu.as_ref())?;
        let ligne: Ligne = sqlx::query_as_with(include_str!("sql/lire_demandes.sql"), arguments)
            .bind(LISTEES)
            .fetch_one(connexion)
            .await
            .pour("lecture des demandes")?;
        let epci = lieu.as_ref().is_some_and(|lieu| lieu.maille == Maille::Epci);
        Ok(Self {
            cadre: filtre.cadre(),
            remarque: lieu.as_ref().and_then(|lieu| lieu.remarque.clone()),
            territoire: lieu,
            total: ligne.total,
            communes_total: epci.then_some(ligne.communes_total),
            par_theme: ligne.par_theme.0,
            par_partenaire: ligne.par_partenaire.0,
            demandes: ligne.demandes.0,
        })
    }
}
