//! `maillage export reseau`: the whole folder, with its demandes.
//!
//! Contacts and demandes of private individuals are personal: they never leave, and that is said.

use std::path::PathBuf;

use crate::base::Base;
use crate::error::{Contexte, Result};
use crate::partenaires::export::{Bilan, DEMANDES, Export, Vide, verifier_place};

/// Writes the folder of a réseau, such that importing it gives the same rows.
///
/// # Errors
/// A sentence when there is no such réseau, or when the folder may not be written there.
pub async fn reseau(base: &Base, code: &str, dossier: PathBuf, remplacer: bool) -> Result<Bilan> {
    // Again once all is read; sooner, it spares the reading.
    verifier_place(&dossier, remplacer)?;
    let mut connexion = base.connexion().await?;
    let mut export = Export::commencer(&mut connexion, code).await?;
    export.table(DEMANDES, include_str!("sql/exporter_demandes.sql"), Vide::Entete).await?;
    let (fusionnees, particulieres, contacts): (i64, i64, i64) =
        sqlx::query_as(include_str!("sql/compter_non_exportees.sql"))
            .bind(code)
            .fetch_one(export.connexion())
            .await
            .pour("comptage de ce qui n'est pas exporté")?;
    export.remarques.extend([
        format!(
            "Demandes fusionnées avec une autre, qui a leurs thèmes et leurs partenaires, laissées de côté : \
             {fusionnees}."
        ),
        format!(
            "Données personnelles, jamais exportées : demandes de particuliers, {particulieres} ; contacts, \
             {contacts}."
        ),
    ]);
    export.ecrire(dossier, remplacer).await
}
