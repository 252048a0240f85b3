//! Tokens: keys of programs (QGIS, scripts), each on behalf of an account.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sqlx::PgConnection;

use super::principal::Personne;
use super::secrets::Secret;
use crate::error::{Contexte, Error, Result};
use crate::http::texte;

/// What begins a token: whoever finds one in a file knows what it opens.
pub const PREFIXE: &str = "mlg_";
/// Letters of it that stay readable, the prefix included.
const LISIBLES: usize = 12;
/// Longest name, in characters.
const NOM_MAX: usize = 100;
/// Longest life, in days.
const JOURS_MAX: i64 = 366;

/// A token as its holder sees it again: never its secret.
#[derive(Debug, Serialize, sqlx::FromRow)]
pub struct Jeton {
    pub id: i32,
    pub nom: String,
    pub prefixe: String,
    /// Null: every réseau of the account.
    pub reseau: Option<String>,
    pub ecriture: bool,
    pub cree_le: DateTime<Utc>,
    pub expire_le: DateTime<Utc>,
    pub revoque_le: Option<DateTime<Utc>>,
    pub vu_le: Option<DateTime<Utc>>,
}

/// What is asked of a new one.
#[derive(Debug)]
pub struct Nouveau<'a> {
    pub nom: &'a str,
    pub reseau: Option<&'a str>,
    pub ecriture: bool,
    pub jours: i64,
}

const ACTION: &str = "écriture d'un jeton";

/// Makes a token of an account, and gives its secret, once.
pub async fn creer(
    connexion: &mut PgConnection,
    compte: i32,
    nouveau: &Nouveau<'_>,
) -> Result<Secret> {
    let nom = texte::ligne("Le nom du jeton", nouveau.nom, NOM_MAX)?;
    if nom.is_empty() {
        return Err(Error::Demande("Donnez au jeton un nom : à quoi il sert, et où.".into()));
    }
    let reseau =
        nouveau.reseau.map(|code| texte::ligne("Le code du réseau", code, NOM_MAX)).transpose()?;
    if !(1..=JOURS_MAX).contains(&nouveau.jours) {
        return Err(Error::Demande(format!("Un jeton dure de 1 à {JOURS_MAX} jours.")));
    }
    let secret = Secret::tirer(PREFIXE)?;
    let cree = sqlx::query(
        "insert into jeton (compte, nom, prefixe, empreinte, reseau, ecriture, expire_le)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(compte)
    .bind(nom)
    .bind(&secret.montrer()[..LISIBLES])
    .bind(secret.empreinte().octets())
    .bind(reseau)
    .bind(nouveau.ecriture)
    .bind(Utc::now() + TimeDelta::days(nouveau.jours))
    .execute(connexion)
    .await;
    match cree {
        Err(sqlx::Error::Database(erreur)) if erreur.is_foreign_key_violation() => {
            Err(Error::Introuvable(format!(
                "Le réseau {} n'existe pas.",
                nouveau.reseau.unwrap_or_default()
            )))
        }
        fait => fait.map(|_| secret).pour(ACTION),
    }
}

/// The tokens of an account, the newest first.
pub async fn lister(connexion: &mut PgConnection, compte: i32) -> Result<Vec<Jeton>> {
    sqlx::query_as(
        "select id, nom, prefixe, reseau, ecriture, cree_le, expire_le, revoque_le, vu_le
         from jeton where compte = $1 order by cree_le desc, id desc",
    )
    .bind(compte)
    .fetch_all(connexion)
    .await
    .pour("lecture des jetons")
}

/// Ends a token; it stays listed.
pub async fn revoquer(connexion: &mut PgConnection, id: i32) -> Result<()> {
    let revoque =
        sqlx::query("update jeton set revoque_le = now() where id = $1 and revoque_le is null")
            .bind(id)
            .execute(connexion)
            .await
            .pour(ACTION)?;
    match revoque.rows_affected() {
        0 => Err(Error::Introuvable("Ce jeton n'existe pas, ou il est déjà révoqué.".into())),
        _ => Ok(()),
    }
}

/// Whom a secret speaks for, when it is a token that still serves.
pub async fn reconnaitre(piscine: &sqlx::PgPool, secret: &str) -> Result<Option<Personne>> {
    if !secret.starts_with(PREFIXE) {
        return Ok(None);
    }
    super::reconnaitre(piscine, "jeton", secret).await
}
