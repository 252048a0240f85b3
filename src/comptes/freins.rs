//! Sign-ins that fail slow down the next ones, for an account and for an address; so do messages, and demandes that
//! anybody may send.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;

use crate::error::{Contexte, Result};

/// Over which failures are counted.
const FENETRE: TimeDelta = TimeDelta::minutes(15);
/// Failures after which the next sign-in waits. Several people may be behind one address.
const PAR_COMPTE: i64 = 5;
const PAR_ADRESSE: i64 = 30;
/// Links that are asked for, likewise.
const LIENS_PAR_COMPTE: i64 = 3;
const LIENS_PAR_ADRESSE: i64 = 20;

/// Demandes that are sent without an account, likewise: each is a message, and work for somebody.
const DEMANDES_PAR_COURRIEL: i64 = 3;
const DEMANDES_PAR_BENEFICIAIRE: i64 = 5;
const DEMANDES_PAR_ADRESSE: i64 = 10;

const ACTION: &str = "compte des connexions refusées";

/// What is counted when somebody signs in.
#[derive(Debug)]
pub struct Freins {
    cles: Vec<(String, i64)>,
}

impl Freins {
    pub fn nouveaux(courriel: &str, adresse: Option<IpAddr>) -> Self {
        let mut cles = vec![(format!("compte:{}", cle(courriel)), PAR_COMPTE)];
        cles.extend(adresse.map(|adresse| (format!("adresse:{adresse}"), PAR_ADRESSE)));
        Self { cles }
    }

    /// What is counted when somebody asks for a link: each is a message to somebody.
    pub fn des_liens(courriel: &str, adresse: Option<IpAddr>) -> Self {
        let mut cles = vec![(format!("lien:{}", cle(courriel)), LIENS_PAR_COMPTE)];
        cles.extend(adresse.map(|adresse| (format!("liens:{adresse}"), LIENS_PAR_ADRESSE)));
        Self { cles }
    }

    /// What is counted when somebody sends a demande on behalf of a commune.
    pub fn des_demandes(courriel: &str, beneficiaire: &str, adresse: Option<IpAddr>) -> Self {
        let mut cles = vec![
            (format!("demande:{}", cle(courriel)), DEMANDES_PAR_COURRIEL),
            (format!("demandes:{beneficiaire}"), DEMANDES_PAR_BENEFICIAIRE),
        ];
        cles.extend(adresse.map(|adresse| (format!("demandes:{adresse}"), DEMANDES_PAR_ADRESSE)));
        Self { cles }
    }

    /// Counts a try before it is made, so that those made together count for one another. How long to wait instead,
    /// when there were too many.
    pub async fn reserver(&self, piscine: &PgPool) -> Result<Option<TimeDelta>> {
        self.noter(piscine).await?;
        let attente = self.attente(piscine).await?;
        if attente.is_some() {
            self.rendre(piscine).await?;
        }
        Ok(attente)
    }

    /// Takes a try back: it was not made, or it succeeded.
    pub async fn rendre(&self, piscine: &PgPool) -> Result<()> {
        self.ecrire(piscine, "select rendre_tentative($1)").await
    }

    async fn attente(&self, piscine: &PgPool) -> Result<Option<TimeDelta>> {
        let mut attente = None;
        for (cle, nombre_max) in &self.cles {
            let (nombre, premiere): (i64, Option<DateTime<Utc>>) = sqlx::query_as(
                "select nombre, premiere from tentatives($1, make_interval(secs => $2))",
            )
            .bind(cle)
            .bind(FENETRE.as_seconds_f64())
            .fetch_one(piscine)
            .await
            .pour(ACTION)?;
            if nombre > *nombre_max {
                let reste = premiere.map(|premiere| premiere + FENETRE - Utc::now());
                attente = attente.max(reste.filter(|reste| *reste > TimeDelta::zero()));
            }
        }
        Ok(attente)
    }

    async fn noter(&self, piscine: &PgPool) -> Result<()> {
        self.ecrire(piscine, "select noter_tentative($1)").await
    }

    async fn ecrire(&self, piscine: &PgPool, ordre: &'static str) -> Result<()> {
        let cles: Vec<&str> = self.cles.iter().map(|(cle, _)| cle.as_str()).collect();
        sqlx::query(ordre).bind(cles).execute(piscine).await.pour(ACTION)?;
        Ok(())
    }
}

/// An address as it is counted: none that exists is longer.
fn cle(courriel: &str) -> String {
    courriel.to_lowercase().chars().take(254).collect()
}
