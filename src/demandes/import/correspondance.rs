//! How a partner's tables are read, as it was said once.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use sqlx::types::Json;

use super::champ::Champ;
use super::colonnes::{Dites, Valeurs};
use crate::error::{Contexte, Result};

/// Columns, and codes of values, by field.
type Ligne = (Json<BTreeMap<String, String>>, Json<BTreeMap<String, BTreeMap<String, String>>>);

const ACTION: &str = "lecture des colonnes retenues";

/// What is remembered for a partner of a réseau; for tables of several partners, under none.
#[derive(Debug, Default)]
pub struct Correspondance {
    pub dites: Dites,
    pub valeurs: Valeurs,
}

impl Correspondance {
    pub async fn lire(
        connexion: &mut PgConnection,
        reseau: &str,
        partenaire: Option<&str>,
    ) -> Result<Self> {
        let ligne: Option<Ligne> = sqlx::query_as(
            "select colonnes, valeurs from correspondance
             where reseau = $1 and partenaire is not distinct from $2",
        )
        .bind(reseau)
        .bind(partenaire)
        .fetch_optional(connexion)
        .await
        .pour(ACTION)?;
        let mut correspondance = Self::default();
        let Some((Json(colonnes), Json(valeurs))) = ligne else { return Ok(correspondance) };
        for (entete, champ) in colonnes {
            correspondance.dites.ajouter(&entete, &champ)?;
        }
        for (champ, codes) in valeurs {
            for (valeur, code) in codes {
                correspondance.valeurs.ajouter(&champ, &valeur, &code)?;
            }
        }
        Ok(correspondance)
    }
}

/// Remembers what was said. What is the same is not written again.
pub async fn retenir(
    connexion: &mut PgConnection,
    reseau: &str,
    partenaire: Option<&str>,
    dites: &Dites,
    valeurs: &Valeurs,
) -> Result<()> {
    let colonnes: BTreeMap<&str, &str> = dites.iter().collect();
    let mut codes: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for (champ, valeur, code) in valeurs.iter() {
        codes.entry(Champ::nom(champ)).or_default().insert(valeur, code);
    }
    if colonnes.is_empty() && codes.is_empty() {
        return Ok(());
    }
    sqlx::query(include_str!("../sql/retenir_correspondance.sql"))
        .bind(reseau)
        .bind(partenaire)
        .bind(Json(colonnes))
        .bind(Json(codes))
        .execute(connexion)
        .await
        .map(|_| ())
        .pour("enregistrement des colonnes retenues")
}
