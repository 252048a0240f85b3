//! Accounts and rights, as the owner of the database keeps them from the command line.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use super::secrets::Secret;
use crate::error::{Contexte, Error, Result};

/// How long a one-time link may be followed.
const LIEN: TimeDelta = TimeDelta::days(3);
/// What begins a one-time link's secret.
const PREFIXE_LIEN: &str = "lien_";

/// Who reads what of a réseau, in the words of the documentation; SECURITY.md is the whole table.
pub const ROLES: [(&str, &str); 5] = [
    ("public", "Sans compte : ce que les réseaux publics publient."),
    ("lecteur", "Tout ce que le réseau publie, s'il n'est pas public, et le suivi des demandes."),
    ("partenaire", "De plus, ce qui est de son organisme, avant que ce soit validé."),
    ("coordinateur", "Tout ce qui est de son réseau."),
    ("administrateur", "Tout ce qui est de tous les réseaux."),
];

/// What an account may do in a réseau.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    Lecteur,
    /// With the partner's code.
    Partenaire(String),
    Coordinateur,
}

impl Role {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Lecteur => "lecteur",
            Self::Partenaire(_) => "partenaire",
            Self::Coordinateur => "coordinateur",
        }
    }

    pub fn partenaire(&self) -> Option<&str> {
        match self {
            Self::Partenaire(code) => Some(code),
            _ => None,
        }
    }
}

/// A role in a réseau: `drome:coordinateur`, `drome:lecteur`, `drome:partenaire:caue`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Droit {
    pub reseau: String,
    pub role: Role,
}

impl FromStr for Droit {
    type Err = Error;

    fn from_str(texte: &str) -> Result<Self> {
        let mut parties = texte.split(':').map(str::trim);
        let (reseau, role, partenaire) = (parties.next(), parties.next(), parties.next());
        let role = match (role, partenaire, parties.next()) {
            (Some("lecteur"), None, None) => Role::Lecteur,
            (Some("coordinateur"), None, None) => Role::Coordinateur,
            (Some("partenaire"), Some(code), None) if !code.is_empty() => {
                Role::Partenaire(code.to_owned())
            }
            _ => {
                return Err(Error::Demande(format!(
                    "« {texte} » n'est pas un droit : écrivez drome:lecteur, drome:coordinateur ou \
                     drome:partenaire:caue."
                )));
            }
        };
        Ok(Self { reseau: reseau.unwrap_or_default().to_owned(), role })
    }
}

impl fmt::Display for Droit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.reseau, self.role.code())?;
        self.role.partenaire().map_or(Ok(()), |code| write!(formatter, ":{code}"))
    }
}

/// An account, as it is listed.
#[derive(Debug, sqlx::FromRow)]
pub struct Compte {
    pub courriel: String,
    pub nom: String,
    pub administrateur: bool,
    /// Whether it has a password.
    pub actif: bool,
    pub connecte_le: Option<DateTime<Utc>>,
    pub desactive_le: Option<DateTime<Utc>>,
    pub droits: Vec<String>,
}

/// All accounts, by address.
pub async fn lister(connexion: &mut PgConnection) -> Result<Vec<Compte>> {
    sqlx::query_as(include_str!("sql/lister_comptes.sql"))
        .fetch_all(connexion)
        .await
        .pour("lecture des comptes")
}

/// Makes an account, without a password yet.
pub async fn creer(
    connexion: &mut PgConnection,
    courriel: &str,
    nom: &str,
    administrateur: bool,
) -> Result<()> {
    let cree = sqlx::query(
        "insert into compte (courriel, nom, administrateur) values (lower($1), $2, $3)
         on conflict (courriel) do nothing",
    )
    .bind(courriel)
    .bind(nom)
    .bind(administrateur)
    .execute(connexion)
    .await;
    match cree {
        Ok(fait) if fait.rows_affected() == 1 => Ok(()),
        Ok(_) => Err(Error::Donnees(format!("Le compte {courriel} existe déjà."))),
        Err(sqlx::Error::Database(erreur)) if erreur.is_check_violation() => {
            Err(Error::Donnees(match erreur.constraint() {
                Some("compte_nom_borne") => {
                    "Le nom est vide, a plus de 200 caractères, ou un caractère invisible.".into()
                }
                _ => format!("« {courriel} » n'est pas une adresse électronique."),
            }))
        }
        Err(erreur) => Err(erreur).pour("création d'un compte"),
    }
}

/// The account of an address.
pub async fn numero(connexion: &mut PgConnection, courriel: &str) -> Result<i32> {
    sqlx::query_scalar("select id from compte where courriel = lower($1)")
        .bind(courriel)
        .fetch_optional(connexion)
        .await
        .pour("lecture d'un compte")?
        .ok_or_else(|| {
            Error::Introuvable(format!(
                "Aucun compte n'a l'adresse {courriel}. Les comptes : maillage compte lister."
            ))
        })
}

/// Makes the link by which the holder of an account chooses a password. Former links end.
pub async fn lier(connexion: &mut PgConnection, courriel: &str) -> Result<Secret> {
    let compte = numero(connexion, courriel).await?;
    let secret = Secret::tirer(PREFIXE_LIEN)?;
    sqlx::query(include_str!("sql/lier.sql"))
        .bind(compte)
        .bind(secret.empreinte().octets())
        .bind(Utc::now() + LIEN)
        .execute(connexion)
        .await
        .pour("écriture d'un lien")?;
    Ok(secret)
}

/// Gives a right, once.
pub async fn donner(connexion: &mut PgConnection, courriel: &str, droit: &Droit) -> Result<()> {
    let compte = numero(connexion, courriel).await?;
    let donne = sqlx::query(
        "insert into droit (compte, reseau, role, partenaire) values ($1, $2, $3, $4)
         on conflict do nothing",
    )
    .bind(compte)
    .bind(&droit.reseau)
    .bind(droit.role.code())
    .bind(droit.role.partenaire())
    .execute(connexion)
    .await;
    match donne {
        Err(sqlx::Error::Database(erreur)) if erreur.is_foreign_key_violation() => {
            Err(Error::Introuvable(match droit.role.partenaire() {
                Some(code) => format!(
                    "Le réseau {} n'existe pas, ou n'a pas de partenaire {code}.",
                    droit.reseau
                ),
                None => format!("Le réseau {} n'existe pas.", droit.reseau),
            }))
        }
        fait => fait.map(|_| ()).pour("écriture d'un droit"),
    }
}

/// Takes a right back.
pub async fn reprendre(connexion: &mut PgConnection, courriel: &str, droit: &Droit) -> Result<()> {
    let compte = numero(connexion, courriel).await?;
    let repris = sqlx::query(
        "delete from droit where compte = $1 and reseau = $2 and role = $3
         and partenaire is not distinct from $4",
    )
    .bind(compte)
    .bind(&droit.reseau)
    .bind(droit.role.code())
    .bind(droit.role.partenaire())
    .execute(connexion)
    .await
    .pour("retrait d'un droit")?;
    match repris.rows_affected() {
        0 => Err(Error::Introuvable(format!("{courriel} n'a pas le droit {droit}."))),
        _ => Ok(()),
    }
}

/// Closes an account at once, its sessions and tokens with it; or opens it again.
pub async fn activer(connexion: &mut PgConnection, courriel: &str, actif: bool) -> Result<()> {
    let compte = numero(connexion, courriel).await?;
    sqlx::query(include_str!("sql/activer.sql"))
        .bind(compte)
        .bind(actif)
        .execute(connexion)
        .await
        .pour("changement d'un compte")?;
    Ok(())
}
