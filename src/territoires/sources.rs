//! Which millésime is answered, and where its data come from.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use sqlx::{PgConnection, PgExecutor};

use super::codes::Millesime;
use super::source::apport::Apport;
use crate::error::{Contexte, Error, Result};

/// A source of an edition, as answers cite it.
#[derive(Debug, Clone, Serialize)]
pub struct SourceDeDonnees {
    /// What it gives, then its name: « Contours (2024) et appartenance aux EPCI : IGN… ».
    pub nom: String,
    pub licence: String,
    pub date: Option<NaiveDate>,
    /// Empty for what is no edition.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub apports: Vec<ApportDate>,
}

/// A layer that a source gives.
#[derive(Debug, Clone, Serialize)]
pub struct ApportDate {
    pub apport: Apport,
    pub millesime: Millesime,
    /// Where, when it is not the whole edition.
    pub departements: Option<Vec<String>>,
    /// Older or newer than the codes.
    #[serde(skip)]
    autre_millesime: bool,
}

#[derive(sqlx::FromRow)]
struct LigneSource {
    nom: String,
    licence: String,
    date: Option<NaiveDate>,
    apport: Option<Apport>,
    millesime: Option<Millesime>,
    ancien: Option<bool>,
    departements: Option<Vec<String>>,
}

impl ApportDate {
    pub fn donne_les_populations(&self) -> bool {
        matches!(self.apport, Apport::Populations)
    }

    /// What is given, with its millésime when it is not that of the codes, and where when it is not
    /// everywhere.
    fn dire(&self) -> String {
        const CITES: usize = 5;
        let quoi = match self.apport {
            Apport::Contours => "contours",
            Apport::Codes => "codes",
            Apport::Epci => "appartenance aux EPCI",
            Apport::Populations => "populations",
        };
        let annee = self.autre_millesime.then(|| self.millesime.to_string());
        let lieux = self.departements.as_ref().map(|departements| match departements.as_slice() {
            [seul] => format!("département {seul}"),
            peu if peu.len() <= CITES => format!("départements {}", peu.join(", ")),
            autres => format!("{} départements", autres.len()),
        });
        let precisions: Vec<String> = annee.into_iter().chain(lieux).collect();
        if precisions.is_empty() {
            quoi.to_owned()
        } else {
            format!("{quoi} ({})", precisions.join(", "))
        }
    }
}

/// A source with what it gives said before its name.
fn nommer(nom: &str, apports: &[ApportDate]) -> String {
    let dits: Vec<String> = apports.iter().map(ApportDate::dire).collect();
    let Some((dernier, premiers)) = dits.split_last() else { return nom.to_owned() };
    let quoi = match premiers {
        [] => dernier.clone(),
        _ => format!("{} et {dernier}", premiers.join(", ")),
    };
    let mut lettres = quoi.chars();
    let initiale = lettres.next().into_iter().flat_map(char::to_uppercase);
    format!("{} : {nom}", initiale.chain(lettres).collect::<String>())
}

impl SourceDeDonnees {
    /// One line of attribution.
    pub fn mention(&self) -> String {
        const MOIS: [&str; 12] = [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ];
        let licence = if self.licence.starts_with("Licence") {
            self.licence.clone()
        } else {
            format!("licence {}", self.licence)
        };
        match self.date {
            None => format!("{} ({licence})", self.nom),
            Some(date) => format!(
                "{}, {} {} {} ({licence})",
                self.nom,
                date.day(),
                MOIS[date.month0() as usize],
                date.year(),
            ),
        }
    }
}

/// Sources of an edition; of the newest that has contours when none is named.
pub async fn sources(
    base: impl PgExecutor<'_>,
    edition: Option<i32>,
) -> Result<Vec<SourceDeDonnees>> {
    let lignes: Vec<LigneSource> = sqlx::query_as(include_str!("sql/lire_sources.sql"))
        .bind(edition)
        .fetch_all(base)
        .await
        .pour("lecture des sources")?;
    let mut sources: Vec<SourceDeDonnees> = Vec::new();
    for ligne in lignes {
        let LigneSource { nom, licence, date, apport, millesime, ancien, departements } = ligne;
        let apport = apport.zip(millesime).map(|(apport, millesime)| ApportDate {
            apport,
            millesime,
            departements,
            autre_millesime: ancien.unwrap_or_default(),
        });
        match sources.last_mut() {
            Some(derniere) if (&derniere.nom, derniere.date) == (&nom, date) => {
                derniere.apports.extend(apport);
            }
            _ => sources.push(SourceDeDonnees {
                nom,
                licence,
                date,
                apports: apport.into_iter().collect(),
            }),
        }
    }
    for source in &mut sources {
        source.nom = nommer(&source.nom, &source.apports);
    }
    Ok(sources)
}

/// A published millésime, and where its contours come from.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Edition {
    pub edition: i32,
    pub millesime: Millesime,
    pub millesime_contours: Option<Millesime>,
}

impl Edition {
    /// That of the millésime asked for, or of the newest.
    pub async fn de(connexion: &mut PgConnection, millesime: Option<Millesime>) -> Result<Self> {
        if let Some(edition) = Self::lire(&mut *connexion, millesime, false).await? {
            return Ok(edition);
        }
        let publies = Millesime::publies(connexion).await?;
        Err(Error::Introuvable(match (millesime, publies.as_slice()) {
            (Some(millesime), [_, ..]) => format!(
                "Le millésime {millesime} n'est pas chargé. Millésimes chargés : {}.",
                publies.iter().map(Millesime::to_string).collect::<Vec<_>>().join(", ")
            ),
            _ => RIEN.into(),
        }))
    }

    /// That of the millésime asked for, or of the newest, among those that have contours.
    pub async fn avec_contours(
        connexion: &mut PgConnection,
        millesime: Option<Millesime>,
    ) -> Result<Self> {
        Self::lire(connexion, millesime, true).await?.ok_or_else(|| {
            Error::Introuvable(match millesime {
                Some(millesime) => {
                    format!("Le millésime {millesime} n'est pas chargé, ou sans contours.")
                }
                None => RIEN.into(),
            })
        })
    }

    /// That of the millésime asked for, with contours or without; else the newest that has contours.
    pub async fn demandee(
        connexion: &mut PgConnection,
        millesime: Option<Millesime>,
    ) -> Result<Self> {
        match millesime {
            Some(_) => Self::de(connexion, millesime).await,
            None => Self::avec_contours(connexion, None).await,
        }
    }

    /// That of the millésime, when it is published.
    pub async fn publiee(base: impl PgExecutor<'_>, millesime: Millesime) -> Result<Option<Self>> {
        Self::lire(base, Some(millesime), false).await
    }

    /// What is shown unless asked otherwise: the newest that has contours.
    pub async fn montree(base: impl PgExecutor<'_>) -> Result<Option<Self>> {
        Self::lire(base, None, true).await
    }

    async fn lire(
        base: impl PgExecutor<'_>,
        millesime: Option<Millesime>,
        avec_contours: bool,
    ) -> Result<Option<Self>> {
        sqlx::query_as(include_str!("sql/lire_edition.sql"))
            .bind(millesime)
            .bind(avec_contours)
            .fetch_optional(base)
            .await
            .pour("lecture du millésime")
    }
}

const RIEN: &str = "Aucun territoire n'est chargé. Lancez maillage import territoires.";

impl Millesime {
    /// Published millésimes, the newest first.
    pub async fn publies(base: impl PgExecutor<'_>) -> Result<Vec<Self>> {
        sqlx::query_scalar("select annee from millesime order by annee desc")
            .fetch_all(base)
            .await
            .pour("lecture des millésimes")
    }
}
