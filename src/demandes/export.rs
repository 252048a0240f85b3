//! `maillage export reseau`: the whole folder, with its demandes.
//!
//! Contacts and demandes of private individuals are personal: they never leave, and that is said.

use std::path::Path;

use sqlx::PgConnection;

use crate::error::{Contexte, Result};
use crate::partenaires::export::{DEMANDES, Export, Vide, verifier_place};

/// Reads the folder of a réseau, such that importing it gives the same rows, but for the texts of its report.
///
/// # Errors
/// A sentence when there is no such réseau, or when the folder may not be written there.
pub async fn preparer<'c>(
    connexion: &'c mut PgConnection,
    code: &str,
    dossier: &Path,
    remplacer: bool,
) -> Result<Export<'c>> {
    // Again once all is read; sooner, it spares the reading.
    verifier_place(dossier, remplacer)?;
    let mut export = Export::commencer(connexion, code).await?;
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
    Ok(export)
}
