//! The life of a version of a zone: a partner proposes it, the coordinator validates or refuses it, and it ends.
//!
//! | from | to | by |
//! |---|---|---|
//! | proposée | validée, refusée | the coordinator |
//! | proposée, validée | expirée | the validation of a newer version |
//!
//! A validated version whose last day is past is shown as expired; its row stays validated, so that the years
//! when it was in force keep it. Nothing is resolved here: a proposal already was.

use std::fmt;
use std::str::FromStr;

use chrono::{Days, Local, NaiveDate};
use serde::{Deserialize, Serialize};
use sqlx::{Executor, PgConnection};

use super::super::resolution::attendre_son_tour;
use crate::error::{Contexte, Error, Result};

const ACTION: &str = "décision sur une zone";

/// The state of a version, as the database writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum Etat {
    Proposee,
    Validee,
    Refusee,
    Expiree,
}

impl Etat {
    const TOUS: [Self; 4] = [Self::Proposee, Self::Validee, Self::Refusee, Self::Expiree];

    /// As the database and files write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposee => "proposee",
            Self::Validee => "validee",
            Self::Refusee => "refusee",
            Self::Expiree => "expiree",
        }
    }

    /// As it is shown on a day: what was validated and is over has expired.
    pub fn montre(self, fin: Option<NaiveDate>, jour: NaiveDate) -> Self {
        match self {
            Self::Validee if fin.is_some_and(|fin| fin < jour) => Self::Expiree,
            autre => autre,
        }
    }
}

impl FromStr for Etat {
    type Err = Error;

    fn from_str(texte: &str) -> Result<Self> {
        Self::TOUS.into_iter().find(|etat| etat.as_str() == texte).ok_or_else(|| {
            Error::Demande(format!(
                "« {texte} » n'est pas un état de zone : proposee, validee, refusee ou expiree."
            ))
        })
    }
}

impl fmt::Display for Etat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Proposee => "proposée",
            Self::Validee => "validée",
            Self::Refusee => "refusée",
            Self::Expiree => "expirée",
        })
    }
}

/// A zone, and perhaps one of its versions: `drome/caue-sud`, `drome/caue-sud@2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub reseau: String,
    pub code: String,
    pub version: Option<i16>,
}

impl FromStr for Reference {
    type Err = Error;

    fn from_str(texte: &str) -> Result<Self> {
        let (zone, version) = match texte.split_once('@') {
            Some((zone, version)) => (zone, version.parse::<i16>().ok().map(Some)),
            None => (texte, Some(None)),
        };
        match (zone.split_once('/'), version) {
            (Some((reseau, code)), Some(version)) if !reseau.is_empty() && !code.is_empty() => {
                Ok(Self { reseau: reseau.to_owned(), code: code.to_owned(), version })
            }
            _ => Err(Error::Demande(format!(
                "« {texte} » ne désigne pas une zone : écrivez RÉSEAU/CODE, comme drome/caue-sud, ou \
                 RÉSEAU/CODE@VERSION."
            ))),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.reseau, self.code)?;
        self.version.map_or(Ok(()), |version| write!(f, "@{version}"))
    }
}

#[derive(Debug, Clone, sqlx::FromRow)]
struct Version {
    id: i32,
    version: i16,
    etat: Etat,
    debut: NaiveDate,
    fin: Option<NaiveDate>,
}

/// What a decision changed: sentences for whoever took it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    pub zone: i32,
    pub version: i16,
    pub phrases: Vec<String>,
}

/// Validates a proposal: the version asked for, or the newest one. The version that was in force ends the day
/// before it begins; it and older proposals expire if it takes their place whole. Tells the running services.
///
/// # Errors
/// A sentence when there is nothing to validate.
pub async fn valider(connexion: &mut PgConnection, zone: &Reference) -> Result<Decision> {
    attendre_son_tour(connexion).await?;
    let versions = versions(connexion, zone).await?;
    let choisie = choisir(&versions, zone, Etat::Proposee)?;
    if choisie.etat != Etat::Proposee {
        return Err(Error::Demande(match choisie.etat {
            Etat::Validee => format!("{} est déjà validée.", nommer(zone, choisie)),
            etat => format!(
                "{} est {etat} : elle ne peut plus être validée. Proposez-en une nouvelle version.",
                nommer(zone, choisie)
            ),
        }));
    }
    if let Some(recente) =
        versions.iter().find(|autre| autre.etat == Etat::Validee && autre.version > choisie.version)
    {
        return Err(Error::Demande(format!(
            "{} ne peut pas être validée : la version {}, plus récente, l'est déjà. Proposez de nouveau ce que \
             vous voulez reprendre.",
            nommer(zone, choisie),
            recente.version
        )));
    }
    let mut phrases = vec![format!(
        "{} est validée, à compter du {}.",
        nommer(zone, choisie),
        jour(choisie.debut)
    )];
    for ancienne in versions.iter().filter(|autre| autre.version < choisie.version) {
        phrases.extend(relever(connexion, zone, ancienne, choisie).await?);
    }
    changer(connexion, choisie.id, Etat::Validee, None).await?;
    annoncer(connexion).await?;
    Ok(Decision { zone: choisie.id, version: choisie.version, phrases })
}

/// Ends an older version that a validated one takes the place of.
async fn relever(
    connexion: &mut PgConnection,
    zone: &Reference,
    ancienne: &Version,
    nouvelle: &Version,
) -> Result<Option<String>> {
    let en_cours = ancienne.fin.is_none_or(|fin| fin >= nouvelle.debut);
    let remplacee = format!("Remplacée par la version {}.", nouvelle.version);
    match ancienne.etat {
        Etat::Validee if en_cours && ancienne.debut < nouvelle.debut => {
            let veille = nouvelle.debut.checked_sub_days(Days::new(1)).unwrap_or(ancienne.debut);
            finir(connexion, ancienne.id, veille).await?;
            Ok(Some(format!("{} prend fin le {}.", nommer(zone, ancienne), jour(veille))))
        }
        Etat::Validee if en_cours => {
            changer(connexion, ancienne.id, Etat::Expiree, Some(&remplacee)).await?;
            Ok(Some(format!(
                "{} est expirée : la nouvelle commence avant elle.",
                nommer(zone, ancienne)
            )))
        }
        Etat::Proposee => {
            changer(connexion, ancienne.id, Etat::Expiree, Some(&remplacee)).await?;
            Ok(Some(format!(
                "{}, encore proposée, est expirée : la version {} la remplace.",
                nommer(zone, ancienne),
                nouvelle.version
            )))
        }
        _ => Ok(None),
    }
}

/// Refuses a proposal: the version asked for, or the newest one. Says why.
///
/// # Errors
/// A sentence when there is nothing to refuse, or no reason.
pub async fn refuser(
    connexion: &mut PgConnection,
    zone: &Reference,
    motif: &str,
) -> Result<Decision> {
    let motif = motif.trim();
    if motif.is_empty() {
        return Err(Error::Demande(
            "Un refus se motive : dites au partenaire ce qu'il doit changer.".into(),
        ));
    }
    attendre_son_tour(connexion).await?;
    let versions = versions(connexion, zone).await?;
    let choisie = choisir(&versions, zone, Etat::Proposee)?;
    if choisie.etat != Etat::Proposee {
        return Err(Error::Demande(match choisie.etat {
            Etat::Validee => format!(
                "{} est validée : elle ne se refuse plus. Donnez-lui plutôt une fin.",
                nommer(zone, choisie)
            ),
            etat => format!("{} est déjà {etat}.", nommer(zone, choisie)),
        }));
    }
    changer(connexion, choisie.id, Etat::Refusee, Some(motif)).await?;
    let phrases = vec![format!("{} est refusée : {motif}", nommer(zone, choisie))];
    Ok(Decision { zone: choisie.id, version: choisie.version, phrases })
}

/// Gives a validated zone its last day. Tells the running services.
///
/// # Errors
/// A sentence when the zone is not in force then.
pub async fn retirer(
    connexion: &mut PgConnection,
    zone: &Reference,
    le: NaiveDate,
) -> Result<Decision> {
    attendre_son_tour(connexion).await?;
    let versions = versions(connexion, zone).await?;
    let choisie = choisir(&versions, zone, Etat::Validee)?;
    let nom = nommer(zone, choisie);
    if choisie.etat != Etat::Validee {
        return Err(Error::Demande(match choisie.etat {
            Etat::Proposee => {
                format!("{nom} n'est que proposée, et n'est pas en vigueur : refusez-la plutôt.")
            }
            etat => format!("{nom} est {etat} : elle n'est pas en vigueur."),
        }));
    }
    if le < choisie.debut {
        return Err(Error::Demande(format!(
            "{nom} commence le {} : elle ne peut pas finir le {}. Choisissez une date à partir de son début.",
            jour(choisie.debut),
            jour(le)
        )));
    }
    if let Some(fin) = choisie.fin.filter(|fin| *fin <= le) {
        return Err(Error::Demande(format!(
            "{nom} prend déjà fin le {} : choisissez une date plus proche, ou proposez une nouvelle version.",
            jour(fin)
        )));
    }
    finir(connexion, choisie.id, le).await?;
    annoncer(connexion).await?;
    let phrases = vec![format!("{nom} prend fin le {}, ce jour compris.", jour(le))];
    Ok(Decision { zone: choisie.id, version: choisie.version, phrases })
}

/// The versions of a zone, newest first. Other decisions wait for their turn until the end of the transaction.
async fn versions(connexion: &mut PgConnection, zone: &Reference) -> Result<Vec<Version>> {
    let versions: Vec<Version> = sqlx::query_as(
        "select id, version, etat, debut, fin from zone where reseau = $1 and code = $2 \
         order by version desc",
    )
    .bind(&zone.reseau)
    .bind(&zone.code)
    .fetch_all(connexion)
    .await
    .pour(ACTION)?;
    if versions.is_empty() {
        return Err(Error::Introuvable(format!(
            "Le réseau « {} » n'a pas de zone « {} ».",
            zone.reseau, zone.code
        )));
    }
    Ok(versions)
}

/// The version asked for, else the newest in the state that the decision needs, else the newest.
fn choisir<'v>(versions: &'v [Version], zone: &Reference, voulu: Etat) -> Result<&'v Version> {
    let trouvee = match zone.version {
        Some(numero) => versions.iter().find(|version| version.version == numero),
        None => versions.iter().find(|version| version.etat == voulu).or(versions.first()),
    };
    trouvee.ok_or_else(|| {
        let connues: Vec<_> = versions.iter().map(|version| version.version.to_string()).collect();
        Error::Introuvable(format!(
            "La zone {}/{} n'a pas cette version. Ses versions : {}.",
            zone.reseau,
            zone.code,
            connues.join(", ")
        ))
    })
}

async fn changer(
    connexion: &mut PgConnection,
    zone: i32,
    etat: Etat,
    motif: Option<&str>,
) -> Result<()> {
    sqlx::query("update zone set etat = $2, motif = $3, decidee_le = now() where id = $1")
        .bind(zone)
        .bind(etat.as_str())
        .bind(motif)
        .execute(connexion)
        .await
        .map(|_| ())
        .pour(ACTION)
}

async fn finir(connexion: &mut PgConnection, zone: i32, fin: NaiveDate) -> Result<()> {
    sqlx::query("update zone set fin = $2, decidee_le = now() where id = $1")
        .bind(zone)
        .bind(fin)
        .execute(connexion)
        .await
        .map(|_| ())
        .pour(ACTION)
}

/// Tells the running services that what they keep is stale.
async fn annoncer(connexion: &mut PgConnection) -> Result<()> {
    connexion.execute("select annoncer_changement()").await.map(|_| ()).pour(ACTION)
}

fn nommer(zone: &Reference, version: &Version) -> String {
    format!("La version {} de {}/{}", version.version, zone.reseau, zone.code)
}

/// A day as French readers write it.
pub fn jour(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

/// Today, where the machine is.
pub fn aujourd_hui() -> NaiveDate {
    Local::now().date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_named_by_its_reseau_its_code_and_perhaps_a_version() {
        let lue: Reference = "drome/caue-sud@2".parse().unwrap();
        assert_eq!(
            (lue.reseau.as_str(), lue.code.as_str(), lue.version),
            ("drome", "caue-sud", Some(2))
        );
        assert_eq!("drome/x".parse::<Reference>().unwrap().version, None);
        for mauvaise in ["drome", "/x", "drome/", "drome/x@", "drome/x@deux"] {
            assert!(mauvaise.parse::<Reference>().is_err(), "{mauvaise}");
        }
    }

    #[test]
    fn what_was_validated_and_is_over_has_expired() {
        let hier = NaiveDate::from_ymd_opt(2026, 1, 1);
        let jour = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
        assert_eq!(Etat::Validee.montre(hier, jour), Etat::Expiree);
        assert_eq!(Etat::Validee.montre(Some(jour), jour), Etat::Validee);
        assert_eq!(Etat::Refusee.montre(hier, jour), Etat::Refusee);
    }
}
