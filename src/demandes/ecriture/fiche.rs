//! A demande as those who keep it read it.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgConnection;
use sqlx::types::Json as Colonne;

use super::saisie::{Contact, Saisie};
use crate::error::{Contexte, Error, Result};

/// One demande, whole.
#[derive(Debug, Serialize, sqlx::FromRow)]
pub struct Fiche {
    pub id: i64,
    /// How many times it was written: whoever corrects it says which one they had read.
    pub revision: i32,
    pub reseau: String,
    pub reference: String,
    pub date: NaiveDate,
    pub themes: Vec<String>,
    pub partenaires: Vec<String>,
    pub maille: String,
    pub beneficiaire: String,
    pub millesime: i16,
    pub fiche: Option<String>,
    pub niveau: Option<String>,
    pub objet: Option<String>,
    pub etat: String,
    pub reponse: Option<NaiveDate>,
    pub cloture: Option<NaiveDate>,
    pub suite: Option<String>,
    pub jours: Option<f64>,
    /// `dossier`, `tableau`, `saisie` or where else it came from.
    pub origine: String,
    pub contacts: Colonne<Vec<Contact>>,
}

impl Fiche {
    /// # Errors
    /// When there is none of this number among those that the principal keeps.
    pub async fn lire(connexion: &mut PgConnection, id: i64) -> Result<Self> {
        sqlx::query_as(include_str!("../sql/lire_fiche_de_demande.sql"))
            .bind(id)
            .fetch_optional(connexion)
            .await
            .pour("lecture d'une demande")?
            .ok_or_else(|| {
                Error::Introuvable(format!(
                    "La demande {id} n'existe pas, ou n'est pas de celles que vous suivez."
                ))
            })
    }

    /// The partner that leads it.
    pub fn meneur(&self) -> &str {
        self.partenaires.first().map_or("", String::as_str)
    }

    /// What may be corrected of it, as it stands.
    pub(super) fn saisie(&self) -> Saisie {
        Saisie {
            date: self.date,
            themes: self.themes.clone(),
            partenaires: self.partenaires.clone(),
            maille: self.maille.clone(),
            beneficiaire: self.beneficiaire.clone(),
            millesime: self.millesime,
            fiche: self.fiche.clone(),
            niveau: self.niveau.clone(),
            objet: self.objet.clone(),
            etat: self.etat.clone(),
            reponse: self.reponse,
            cloture: self.cloture,
            suite: self.suite.clone(),
            jours: self.jours,
        }
    }
}
