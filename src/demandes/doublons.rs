//! Demandes that two partners of a réseau may have noted each: found, and told apart by the coordinator.

use std::fmt;

use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::types::Json;
use sqlx::{Connection, Executor, PgConnection};

use crate::base::Base;
use crate::error::{Contexte, Error, Result};
use crate::partenaires::attendre_son_tour;

const ACTION: &str = "recherche des doublons";
const LIRE: &str = include_str!("sql/lire_doublons.sql");

/// How many pairs are listed.
const LISTES: usize = 200;
/// How many are on a page.
const MONTREES: usize = 30;

/// Two demandes that may be one, the older first.
#[derive(Debug, sqlx::FromRow)]
pub struct Doublon {
    /// `partenaire:référence`
    pub premiere: String,
    pub premiere_date: NaiveDate,
    pub premiere_objet: Option<String>,
    pub seconde: String,
    pub seconde_date: NaiveDate,
    pub seconde_objet: Option<String>,
    pub maille: String,
    pub beneficiaire: String,
    /// Those in common.
    pub themes: Vec<String>,
}

impl fmt::Display for Doublon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let objet =
            |objet: &Option<String>| objet.clone().unwrap_or_else(|| "sans objet".to_owned());
        writeln!(f, "{} {}, {} :", self.maille, self.beneficiaire, self.themes.join(", "))?;
        writeln!(
            f,
            "  {} du {} ({})",
            self.premiere,
            self.premiere_date.format("%d/%m/%Y"),
            objet(&self.premiere_objet)
        )?;
        write!(
            f,
            "  {} du {} ({})",
            self.seconde,
            self.seconde_date.format("%d/%m/%Y"),
            objet(&self.seconde_objet)
        )
    }
}

/// What the coordinator says of two demandes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// They are one.
    Fusion,
    /// They are two.
    Garde,
}

/// A demande that is being decided on.
#[derive(Debug, sqlx::FromRow)]
struct Demande {
    id: i64,
    nom: String,
    date: NaiveDate,
    maille: String,
    beneficiaire: String,
    fusionnee: Option<i64>,
}

/// Two demandes that may be one, side by side on a page.
#[derive(Debug, sqlx::FromRow)]
pub struct Paire {
    /// Who asked.
    pub nom: String,
    /// Those in common, as they are called.
    pub themes: Vec<String>,
    pub premiere: Json<Cote>,
    pub seconde: Json<Cote>,
}

/// One of two demandes.
#[derive(Debug, Deserialize)]
pub struct Cote {
    pub id: i64,
    pub partenaire: String,
    pub reference: String,
    pub date: NaiveDate,
    pub objet: Option<String>,
    pub etat: String,
}

/// How many pairs of a réseau wait for a decision, and the first of them, for whoever coordinates it.
///
/// # Errors
/// Those of the database.
pub async fn a_departager(
    connexion: &mut PgConnection,
    reseau: &str,
) -> Result<(usize, Vec<Paire>)> {
    let paires = paires(connexion, reseau).await?;
    let (premieres, secondes): (Vec<i64>, Vec<i64>) = paires.iter().take(MONTREES).copied().unzip();
    let decrites = sqlx::query_as(include_str!("sql/montrer_doublons.sql"))
        .bind(premieres)
        .bind(secondes)
        .fetch_all(connexion)
        .await
        .pour(ACTION)?;
    Ok((paires.len(), decrites))
}

/// Decides on two demandes, on behalf of whoever coordinates their réseau.
///
/// # Errors
/// When one is no longer there, or they have become of two beneficiaries.
pub async fn departager(
    connexion: &mut PgConnection,
    demandes: [i64; 2],
    decision: Decision,
) -> Result<()> {
    sqlx::query("select departager_des_demandes($1, $2, $3)")
        .bind(demandes[0])
        .bind(demandes[1])
        .bind(match decision {
            Decision::Fusion => "fusion",
            Decision::Garde => "garde",
        })
        .execute(connexion)
        .await
        .map(|_| ())
        .pour("départage de deux demandes")
}

/// How many pairs of a réseau wait for a decision.
pub(super) async fn compter(connexion: &mut PgConnection, reseau: &str) -> Result<i64> {
    Ok(paires(connexion, reseau).await?.len() as i64)
}

async fn paires(connexion: &mut PgConnection, reseau: &str) -> Result<Vec<(i64, i64)>> {
    sqlx::query_as(LIRE).bind(reseau).fetch_all(connexion).await.pour(ACTION)
}

/// How many pairs wait for a decision, and the first of them.
pub async fn lister(base: &Base, reseau: &str) -> Result<(usize, Vec<Doublon>)> {
    let mut connexion = base.connexion().await?;
    exiger_reseau(&mut connexion, reseau).await?;
    let paires = paires(&mut connexion, reseau).await?;
    let (premieres, secondes): (Vec<i64>, Vec<i64>) = paires.iter().take(LISTES).copied().unzip();
    let decrits = sqlx::query_as(include_str!("sql/decrire_doublons.sql"))
        .bind(premieres)
        .bind(secondes)
        .fetch_all(&mut connexion)
        .await
        .pour(ACTION)?;
    Ok((paires.len(), decrits))
}

/// Decides on two demandes, named `référence` or `partenaire:référence`. Of two that are one, the older
/// stays, and gains the partners and the themes of the other. Returns what was done, in a sentence.
pub async fn decider(
    base: &Base,
    reseau: &str,
    references: [&str; 2],
    decision: Decision,
) -> Result<String> {
    let mut connexion = base.connexion().await?;
    let mut transaction = connexion.begin().await.pour(ACTION)?;
    attendre_son_tour(&mut transaction).await?;
    exiger_reseau(&mut transaction, reseau).await?;
    let une = trouver(&mut transaction, reseau, references[0]).await?;
    let autre = trouver(&mut transaction, reseau, references[1]).await?;
    if une.id == autre.id {
        return Err(Error::Demande(format!(
            "{} est une seule demande : donnez deux références différentes.",
            une.nom
        )));
    }
    let (gardee, fusionnee) =
        if (autre.date, autre.id) < (une.date, une.id) { (autre, une) } else { (une, autre) };
    if decision == Decision::Fusion {
        fusionner(&mut transaction, &gardee, &fusionnee).await?;
    }
    sqlx::query(
        "insert into doublon (reseau, premiere, seconde, decision) values ($1, $2, $3, $4)
         on conflict (premiere, seconde) do update set decision = excluded.decision, decide_le = now()",
    )
    .bind(reseau)
    .bind(gardee.id.min(fusionnee.id))
    .bind(gardee.id.max(fusionnee.id))
    .bind(match decision {
        Decision::Fusion => "fusion",
        Decision::Garde => "garde",
    })
    .execute(&mut *transaction)
    .await
    .pour(ACTION)?;
    transaction.execute("select annoncer_changement()").await.pour(ACTION)?;
    transaction.commit().await.pour(ACTION)?;
    Ok(match decision {
        Decision::Fusion => format!(
            "{} est gardée, avec les partenaires et les thèmes de {}, qui ne compte plus.",
            gardee.nom, fusionnee.nom
        ),
        Decision::Garde => format!("{} et {} restent deux demandes.", gardee.nom, fusionnee.nom),
    })
}

async fn fusionner(
    connexion: &mut PgConnection,
    gardee: &Demande,
    fusionnee: &Demande,
) -> Result<()> {
    if let Some(demande) = [gardee, fusionnee].into_iter().find(|d| d.fusionnee.is_some()) {
        return Err(Error::Demande(format!(
            "{} est déjà fusionnée avec une autre demande : donnez la référence de celle-ci.",
            demande.nom
        )));
    }
    if (&gardee.maille, &gardee.beneficiaire) != (&fusionnee.maille, &fusionnee.beneficiaire) {
        return Err(Error::Demande(format!(
            "{} et {} ne sont pas du même bénéficiaire ({} et {}) : ce ne sont pas des doublons.",
            gardee.nom, fusionnee.nom, gardee.beneficiaire, fusionnee.beneficiaire
        )));
    }
    sqlx::query(include_str!("sql/fusionner_doublon.sql"))
        .bind(gardee.id)
        .bind(fusionnee.id)
        .execute(connexion)
        .await
        .map(|_| ())
        .pour("fusion de deux demandes")
}

async fn trouver(connexion: &mut PgConnection, reseau: &str, texte: &str) -> Result<Demande> {
    let trouvees: Vec<Demande> = sqlx::query_as(
        "select id, partenaire || ':' || reference as nom, date, maille, beneficiaire, fusionnee
         from demande
         where reseau = $1 and $2 in (reference, partenaire || ':' || reference)
         order by partenaire",
    )
    .bind(reseau)
    .bind(texte)
    .fetch_all(connexion)
    .await
    .pour(ACTION)?;
    let noms: Vec<String> = trouvees.iter().map(|demande| demande.nom.clone()).collect();
    let mut trouvees = trouvees.into_iter();
    match (trouvees.next(), trouvees.next()) {
        (Some(demande), None) => Ok(demande),
        (None, _) => Err(Error::Introuvable(format!(
            "Le réseau {reseau} n'a pas de demande « {texte} ». La liste est donnée par maillage doublons \
             lister."
        ))),
        _ => Err(Error::Demande(format!(
            "« {texte} » est la référence de plusieurs demandes : écrivez {}.",
            noms.join(" ou ")
        ))),
    }
}

/// That a réseau is loaded.
pub(super) async fn exiger_reseau(connexion: &mut PgConnection, reseau: &str) -> Result<()> {
    let existe: bool = sqlx::query_scalar("select exists (select from reseau where code = $1)")
        .bind(reseau)
        .fetch_one(connexion)
        .await
        .pour(ACTION)?;
    if existe {
        return Ok(());
    }
    Err(Error::Introuvable(format!(
        "Le réseau « {reseau} » n'existe pas. Les réseaux chargés sont donnés par maillage base etat."
    )))
}
