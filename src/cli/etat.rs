//! `maillage base etat`: what is loaded, and where each layer of each millésime comes from.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::Base;
use crate::error::{Contexte, Result};
use crate::territoires::{Edition, Millesime, SourceDeDonnees, sources};

#[derive(Debug, Serialize)]
pub struct EtatDeLaBase {
    /// Newest first.
    millesimes: Vec<Millesime>,
    reseaux: Vec<String>,
    sources: BTreeMap<i16, Vec<SourceDeDonnees>>,
}

pub async fn lire(base: &Base) -> Result<EtatDeLaBase> {
    let mut connexion = base.connexion().await?;
    let millesimes = Millesime::publies(&mut connexion).await?;
    let mut par_millesime = BTreeMap::new();
    for millesime in &millesimes {
        let edition = Edition::de(&mut connexion, Some(*millesime)).await?.edition;
        par_millesime.insert(millesime.annee(), sources(&mut connexion, Some(edition)).await?);
    }
    Ok(EtatDeLaBase {
        millesimes,
        reseaux: sqlx::query_scalar("select code from reseau order by code")
            .fetch_all(&mut connexion)
            .await
            .pour("lecture des réseaux")?,
        sources: par_millesime,
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
            for source in self.sources.get(&millesime.annee()).into_iter().flatten() {
                dire!("  {}", source.mention());
            }
        }
        for reseau in &self.reseaux {
            dire!("Réseau {reseau}");
        }
    }
}
