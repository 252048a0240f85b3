//! Who is in a réseau, as its coordinators see and change it.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::comptes::Secret;
use crate::comptes::registre::Droit;
use crate::error::{Contexte, Error, Result};

/// A right in a réseau, and who has it.
#[derive(Debug, sqlx::FromRow)]
pub struct Membre {
    pub id: i32,
    pub courriel: String,
    pub nom: String,
    pub reseau_nom: String,
    pub role: String,
    pub partenaire_nom: Option<String>,
    pub connecte_le: Option<DateTime<Utc>>,
    pub desactive: bool,
}

pub async fn lister(connexion: &mut PgConnection) -> Result<Vec<Membre>> {
    sqlx::query_as(include_str!("../sql/lire_equipe.sql"))
        .fetch_all(connexion)
        .await
        .pour("lecture de l'équipe")
}

/// A partner of a réseau that the principal coordinates: somebody may be invited to speak for it.
#[derive(Debug, sqlx::FromRow)]
pub struct Partenaire {
    pub reseau: String,
    pub code: String,
    pub nom: String,
}

pub async fn partenaires(connexion: &mut PgConnection) -> Result<Vec<Partenaire>> {
    sqlx::query_as(
        "select p.reseau, p.code, o.nom
         from partenaire p
         join organisme o on o.code = p.organisme
         where p.reseau = any (mes_coordinations())
         order by p.reseau, p.rang",
    )
    .fetch_all(connexion)
    .await
    .pour("lecture des partenaires")
}

/// Somebody whose body is a partner, and who has no right there yet.
#[derive(Debug, sqlx::FromRow)]
pub struct Propose {
    pub courriel: String,
    pub nom: String,
    pub reseau: String,
    pub partenaire: String,
    pub partenaire_nom: String,
}

pub async fn proposes(connexion: &mut PgConnection) -> Result<Vec<Propose>> {
    sqlx::query_as("select courriel, nom, reseau, partenaire, partenaire_nom from acces_proposes()")
        .fetch_all(connexion)
        .await
        .pour("lecture des accès à confirmer")
}

/// Gives a right, to an account that is made if need be. True when the link is to be followed.
pub async fn inviter(
    connexion: &mut PgConnection,
    courriel: &str,
    nom: &str,
    droit: &Droit,
    lien: &Secret,
) -> Result<bool> {
    if nom.is_empty() {
        return Err(Error::Demande("Donnez le nom de la personne.".into()));
    }
    let invite = sqlx::query_scalar("select inviter($1, $2, $3, $4, $5, $6)")
        .bind(courriel)
        .bind(nom)
        .bind(&droit.reseau)
        .bind(droit.role.code())
        .bind(droit.role.partenaire())
        .bind(lien.empreinte().octets())
        .fetch_one(connexion)
        .await;
    match invite {
        Err(sqlx::Error::Database(erreur)) if erreur.is_check_violation() => {
            Err(Error::Demande(format!("« {courriel} » n'est pas une adresse électronique.")))
        }
        Err(sqlx::Error::Database(erreur)) if erreur.is_foreign_key_violation() => {
            Err(Error::Introuvable(format!("Le réseau {} n'a pas ce partenaire.", droit.reseau)))
        }
        // Raised by the function itself, in French.
        Err(sqlx::Error::Database(erreur)) if erreur.code().as_deref() == Some("42501") => {
            Err(Error::Demande(erreur.message().to_owned()))
        }
        fait => fait.pour("invitation"),
    }
}

pub async fn retirer(connexion: &mut PgConnection, id: i32) -> Result<()> {
    let retire = sqlx::query("delete from droit where id = $1")
        .bind(id)
        .execute(connexion)
        .await
        .pour("retrait d'un droit")?;
    match retire.rows_affected() {
        0 => Err(Error::Introuvable(
            "Ce droit n'existe pas, ou n'est pas le vôtre à reprendre.".into(),
        )),
        _ => Ok(()),
    }
}
