//! What the coverage alone may be limited to, beside the filter of every question.

use serde::Serialize;
use sqlx::PgConnection;

use crate::error::{Contexte, Result};
use crate::http::{Parametres, Probleme, Reponse};
use crate::partenaires::Filtre;

const NIVEAUX: [&str; 2] = ["premier_niveau", "approfondi"];
/// Of the demandes that count.
const ETATS: [&str; 3] = ["en_cours", "terminee", "abandonnee"];

#[derive(Debug, Default, Serialize)]
pub struct Choix {
    /// Partners who have a fiche of this level.
    pub niveau: Option<String>,
    /// Demandes in this state: for those who follow them.
    pub etat: Option<String>,
}

impl Choix {
    pub fn lire(parametres: &Parametres) -> Reponse<Self> {
        Ok(Self {
            niveau: parmi(parametres, "niveau", &NIVEAUX)?,
            etat: parmi(parametres, "etat", &ETATS)?,
        })
    }

    /// Refuses a state to those who would count none for want of a right to see them.
    pub async fn verifier(&self, connexion: &mut PgConnection, filtre: &Filtre) -> Reponse<()> {
        if self.etat.is_none() || self.suit(connexion, filtre).await? {
            return Ok(());
        }
        Err(Probleme::interdit(
            "L'état des demandes n'est lu que de ceux qui les suivent : connectez-vous avec un compte du réseau, \
             ou retirez etat."
                .to_owned(),
        ))
    }

    /// Whether the principal has a right in each of the réseaux.
    async fn suit(&self, connexion: &mut PgConnection, filtre: &Filtre) -> Result<bool> {
        sqlx::query_scalar("select $1::text[] <@ array(select m.reseau from mes_droits() m)")
            .bind(filtre.codes())
            .fetch_one(connexion)
            .await
            .pour("lecture des droits")
    }
}

/// One of the values that a parameter may have.
fn parmi(parametres: &Parametres, nom: &str, connus: &[&str]) -> Reponse<Option<String>> {
    match parametres.texte(nom) {
        None => Ok(None),
        Some(texte) if connus.contains(&texte) => Ok(Some(texte.to_owned())),
        Some(texte) => Err(Probleme::demande(format!(
            "« {texte} » n'est pas un choix pour {nom} : {}.",
            connus.join(", ")
        ))),
    }
}
