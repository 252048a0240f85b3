//! `maillage base etat`: what is loaded.

use serde::Serialize;

use crate::base::Base;
use crate::error::{Contexte, Result};
use crate::territoires::Millesime;

#[derive(Debug, Serialize)]
pub struct EtatDeLaBase {
    millesimes: Vec<Millesime>,
    reseaux: Vec<String>,
}

pub async fn lire(base: &Base) -> Result<EtatDeLaBase> {
    let mut connexion = base.connexion().await?;
    Ok(EtatDeLaBase {
        millesimes: Millesime::publies(&mut connexion).await?,
        reseaux: sqlx::query_scalar("select code from reseau order by code")
            .fetch_all(&mut connexion)
            .await
            .pour("lecture des réseaux")?,
    })
}

impl EtatDeLaBase {
    /// Prints it: a line each, or one JSON document.
    pub fn dire(&self, json: bool) {
        if json {
            dire!("{}", serde_json::json!(self));
            return;
        }
        if self.millesimes.is_empty() {
            dire!("Aucun territoire n'est chargé.");
        }
        for millesime in &self.millesimes {
            dire!("Millésime {millesime}");
        }
        for reseau in &self.reseaux {
            dire!("Réseau {reseau}");
        }
    }
}
