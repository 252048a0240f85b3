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
    /// The person has not accepted it: the name is that which was typed, and nothing is known of the account.
    pub en_attente: bool,
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

/// What came of an invitation. Whoever invites is told the same of the last two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// Somebody whom the réseau knows: they have the right.
    Donne,
    /// The link chooses a password.
    Lien,
    /// The account exists: the link leads to signing in.
    Acces,
}

/// Offers a right to an address, whose account is made if need be.
pub async fn inviter(
    connexion: &mut PgConnection,
    courriel: &str,
    nom: &str,
    droit: &Droit,
    lien: &Secret,
) -> Result<Suite> {
    if nom.is_empty() {
        return Err(Error::Demande("Donnez le nom de la personne.".into()));
    }
    let invite: Result<String, _> = sqlx::query_scalar("select inviter($1, $2, $3, $4, $5, $6)")
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
        fait => Ok(match fait.pour("invitation")?.as_str() {
            "donne" => Suite::Donne,
            "lien" => Suite::Lien,
            _ => Suite::Acces,
        }),
    }
}

/// A right that a réseau offers to whoever asks.
#[derive(Debug, sqlx::FromRow)]
pub struct Offre {
    pub id: i32,
    pub reseau_nom: String,
    pub role: String,
    pub partenaire_nom: Option<String>,
}

pub async fn offres(connexion: &mut PgConnection) -> Result<Vec<Offre>> {
    sqlx::query_as("select id, reseau_nom, role, partenaire_nom from mes_offres()")
        .fetch_all(connexion)
        .await
        .pour("lecture des invitations")
}

/// Accepts an offer, or refuses it.
pub async fn repondre(connexion: &mut PgConnection, id: i32, accepter: bool) -> Result<()> {
    // Whose offer it is, the policies say.
    let ordre = match accepter {
        true => "update droit set accepte_le = now() where id = $1 and accepte_le is null",
        false => {
            "delete from droit where id = $1 and accepte_le is null and compte in (select compte from acces())"
        }
    };
    let fait =
        sqlx::query(ordre).bind(id).execute(connexion).await.pour("réponse à une invitation")?;
    match fait.rows_affected() {
        0 => Err(Error::Introuvable(
            "Cette invitation n'existe plus, ou n'est pas pour vous.".into(),
        )),
        _ => Ok(()),
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
