//! The texts of a réseau in the database, under the policies of `rapport_texte`: whoever coordinates reads and writes them.

use sqlx::PgConnection;

use super::Fichiers;
use crate::error::{Contexte, Result};

/// How the files are read.
pub const REQUETE: &str =
    "select code, contenu, origine from rapport_texte where reseau = $1 order by code";

/// A file as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Ecrit {
    pub code: String,
    pub contenu: Vec<u8>,
    /// `dossier`, or `page` when it was edited there: a folder that is loaded again leaves it.
    pub origine: String,
}

/// The files that the principal may read: none for who does not coordinate.
pub async fn lire(connexion: &mut PgConnection, reseau: &str) -> Result<Fichiers> {
    let lus: Vec<Ecrit> = lire_avec_origine(connexion, reseau).await?;
    Ok(lus.into_iter().map(|lu| (lu.code, lu.contenu)).collect())
}

pub(super) async fn lire_avec_origine(
    connexion: &mut PgConnection,
    reseau: &str,
) -> Result<Vec<Ecrit>> {
    sqlx::query_as(REQUETE)
        .bind(reseau)
        .fetch_all(connexion)
        .await
        .pour("lecture des textes du rapport")
}

/// Writes a file from a page.
pub async fn ecrire(
    connexion: &mut PgConnection,
    reseau: &str,
    code: &str,
    contenu: &[u8],
) -> Result<()> {
    sqlx::query(
        "insert into rapport_texte (reseau, code, contenu, origine) values ($1, $2, $3, 'page')
         on conflict (reseau, code) do update set contenu = excluded.contenu, origine = excluded.origine",
    )
    .bind(reseau)
    .bind(code)
    .bind(contenu)
    .execute(connexion)
    .await
    .map(|_| ())
    .pour("écriture d'un texte du rapport")
}

/// Takes a file away.
pub async fn retirer(connexion: &mut PgConnection, reseau: &str, code: &str) -> Result<()> {
    sqlx::query("delete from rapport_texte where reseau = $1 and code = $2")
        .bind(reseau)
        .bind(code)
        .execute(connexion)
        .await
        .map(|_| ())
        .pour("retrait d'un texte du rapport")
}
