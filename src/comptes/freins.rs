//! Sign-ins that fail slow down the next ones; so do messages, and demandes that anybody may send.
//!
//! Of sign-ins, what is counted is first an account from an address: five failures there, and that address waits for that account.
//! Were it the account alone, anybody could keep its holder out. Over all addresses an account is counted loosely, so
//! that many of them guess no faster than [`PAR_COMPTE`]; and never for an address from which its holder signed in
//! in the last month (`adresse_connue`, migration 0026). SECURITY.md says what that leaves to whoever guesses.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;

use crate::error::{Contexte, Result};

/// How many within how long, in minutes. Over the first bound the next one waits a little, over that of a day until
/// tomorrow.
type Bornes = [(i64, i64); 2];
const QUART: i64 = 15;
const JOUR: i64 = 24 * 60;

/// Failures of an account from an address, and from an address whatever the account (several people may be behind one).
const PAR_COUPLE: Bornes = [(QUART, 5), (JOUR, 40)];
const PAR_ADRESSE: Bornes = [(QUART, 30), (JOUR, 300)];
/// Of an account from everywhere: no bound of a day, by which whoever fails often enough would keep its holder out of
/// new places until tomorrow.
const PAR_COMPTE: [(i64, i64); 1] = [(QUART, 50)];
/// Links that are asked for, likewise: each is a message to the holder of the account.
const LIENS_PAR_COMPTE: Bornes = [(QUART, 3), (JOUR, 10)];
const LIENS_PAR_ADRESSE: Bornes = [(QUART, 20), (JOUR, 100)];

/// Demandes that are sent without an account, likewise: each is a message, and work for somebody.
const DEMANDES_PAR_COURRIEL: Bornes = [(QUART, 3), (JOUR, 10)];
const DEMANDES_PAR_BENEFICIAIRE: Bornes = [(QUART, 5), (JOUR, 40)];
const DEMANDES_PAR_ADRESSE: Bornes = [(QUART, 10), (JOUR, 30)];
/// Of all together: more than a département's communes send.
const DEMANDES_PAR_RESEAU: Bornes = [(QUART, 60), (JOUR, 300)];

const ACTION: &str = "compte des connexions refusées";

/// What is counted when somebody signs in. Addresses are those of [`crate::http::Client::foyer`].
#[derive(Debug)]
pub struct Freins {
    cles: Vec<Cle>,
    /// The account and the address, which may know each other.
    couple: Option<(String, IpAddr)>,
}

/// What is counted under one name.
#[derive(Debug)]
struct Cle {
    nom: String,
    bornes: &'static [(i64, i64)],
    /// Whether an address that the account knows passes over it.
    sauf_connue: bool,
}

impl Cle {
    fn nouvelle(nom: String, bornes: &'static [(i64, i64)]) -> Self {
        Self { nom, bornes, sauf_connue: false }
    }
}

impl Freins {
    pub fn nouveaux(courriel: &str, adresse: Option<IpAddr>) -> Self {
        let courriel = cle(courriel);
        let mut cles = vec![Cle {
            sauf_connue: true,
            ..Cle::nouvelle(format!("compte:{courriel}"), &PAR_COMPTE)
        }];
        if let Some(adresse) = adresse {
            cles.push(Cle::nouvelle(format!("couple:{courriel} {adresse}"), &PAR_COUPLE));
            cles.push(Cle::nouvelle(format!("adresse:{adresse}"), &PAR_ADRESSE));
        }
        Self { cles, couple: adresse.map(|adresse| (courriel, adresse)) }
    }

    /// What is counted when somebody asks for a link: each is a message to somebody.
    pub fn des_liens(courriel: &str, adresse: Option<IpAddr>) -> Self {
        let mut cles = vec![Cle::nouvelle(format!("lien:{}", cle(courriel)), &LIENS_PAR_COMPTE)];
        cles.extend(
            adresse.map(|adresse| Cle::nouvelle(format!("liens:{adresse}"), &LIENS_PAR_ADRESSE)),
        );
        Self { cles, couple: None }
    }

    /// What is counted when somebody sends a demande on behalf of a commune.
    pub fn des_demandes(
        reseau: &str,
        courriel: &str,
        beneficiaire: &str,
        adresse: Option<IpAddr>,
    ) -> Self {
        let mut cles = vec![
            Cle::nouvelle(format!("demandes_du_reseau:{reseau}"), &DEMANDES_PAR_RESEAU),
            Cle::nouvelle(format!("demande:{}", cle(courriel)), &DEMANDES_PAR_COURRIEL),
            Cle::nouvelle(format!("demandes:{beneficiaire}"), &DEMANDES_PAR_BENEFICIAIRE),
        ];
        cles.extend(
            adresse
                .map(|adresse| Cle::nouvelle(format!("demandes:{adresse}"), &DEMANDES_PAR_ADRESSE)),
        );
        Self { cles, couple: None }
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

    /// The try succeeded: it did not count, and from now on the account knows the address.
    pub async fn reussir(&self, piscine: &PgPool) -> Result<()> {
        self.rendre(piscine).await?;
        if let Some((courriel, adresse)) = &self.couple {
            sqlx::query("select connaitre_adresse($1, $2::inet)")
                .bind(courriel)
                .bind(adresse.to_string())
                .execute(piscine)
                .await
                .pour(ACTION)?;
        }
        Ok(())
    }

    async fn attente(&self, piscine: &PgPool) -> Result<Option<TimeDelta>> {
        let (mut noms, mut durees, mut bornes) = (vec![], vec![], vec![]);
        for cle in &self.cles {
            for (minutes, nombre_max) in cle.bornes {
                noms.push(cle.nom.as_str());
                durees.push(*minutes);
                bornes.push((cle, *minutes, *nombre_max));
            }
        }
        let lues: Vec<(i64, Option<DateTime<Utc>>)> = sqlx::query_as(
            "select t.nombre, t.premiere from unnest($1::text[], $2::bigint[]) with ordinality as b (cle, minutes, rang)
             cross join lateral tentatives(b.cle, make_interval(mins => b.minutes::integer)) t order by b.rang",
        )
        .bind(noms)
        .bind(durees)
        .fetch_all(piscine)
        .await
        .pour(ACTION)?;
        let mut attente = None;
        for ((cle, minutes, nombre_max), (nombre, premiere)) in bornes.into_iter().zip(lues) {
            if nombre > nombre_max && !(cle.sauf_connue && self.se_connaissent(piscine).await?) {
                let reste = premiere.map(|le| le + TimeDelta::minutes(minutes) - Utc::now());
                attente = attente.max(reste.filter(|reste| *reste > TimeDelta::zero()));
            }
        }
        Ok(attente)
    }

    /// Whether the account's holder signed in from this address lately.
    async fn se_connaissent(&self, piscine: &PgPool) -> Result<bool> {
        let Some((courriel, adresse)) = &self.couple else { return Ok(false) };
        sqlx::query_scalar("select adresse_connue($1, $2::inet)")
            .bind(courriel)
            .bind(adresse.to_string())
            .fetch_one(piscine)
            .await
            .pour(ACTION)
    }

    async fn noter(&self, piscine: &PgPool) -> Result<()> {
        self.ecrire(piscine, "select noter_tentative($1)").await
    }

    async fn ecrire(&self, piscine: &PgPool, ordre: &'static str) -> Result<()> {
        let cles: Vec<&str> = self.cles.iter().map(|cle| cle.nom.as_str()).collect();
        sqlx::query(ordre).bind(cles).execute(piscine).await.pour(ACTION)?;
        Ok(())
    }
}

/// How long to wait, as a page says it: « 12 min », « 3 h ».
pub fn en_mots(attente: TimeDelta) -> String {
    match attente.num_minutes() + 1 {
        minutes @ ..=90 => format!("{minutes} min"),
        minutes => format!("{} h", (minutes + 59) / 60),
    }
}

/// An address as it is counted: none that exists is longer.
fn cle(courriel: &str) -> String {
    courriel.to_lowercase().chars().take(254).collect()
}
