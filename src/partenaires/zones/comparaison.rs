//! A version of a zone beside the one in force: commune by commune, and in words.

use serde::Serialize;
use sqlx::PgConnection;

use super::etats::{Etat, Reference, aujourd_hui};
use crate::error::{Contexte, Result};

const ACTION: &str = "comparaison de deux versions d'une zone";

/// A commune of the perimeter, and whether each of the two versions covers it.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct CommuneComparee {
    pub code: String,
    pub nom: String,
    pub epci: Option<String>,
    pub epci_nom: Option<String>,
    pub departement: Option<String>,
    pub region: Option<String>,
    pub population: Option<i32>,
    pub codes_postaux: Vec<String>,
    /// Codes of the regroupements of the réseau that hold it.
    pub regroupements: Vec<String>,
    pub avant: bool,
    pub apres: bool,
}

/// A version, as the pages that compare it name it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct VersionLue {
    pub id: i32,
    pub version: i16,
    pub etat: Etat,
    pub revision: i32,
}

/// What a version would change of the zone in force.
#[derive(Debug, Clone)]
pub struct Comparaison {
    /// The version in force; none for a zone that begins.
    pub en_vigueur: Option<VersionLue>,
    /// The newest; none for a zone that nobody has proposed.
    pub derniere: Option<VersionLue>,
    /// By EPCI, then by name.
    pub communes: Vec<CommuneComparee>,
}

impl Comparaison {
    /// Compares a version with the one in force: that of the reference, else the newest.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn lire(connexion: &mut PgConnection, zone: &Reference) -> Result<Self> {
        let versions: Vec<(VersionLue, bool)> = sqlx::query_as::<_, VersionDatee>(
            "select id, version, etat, revision, etat = 'validee' and $3 between debut and coalesce(fin, 'infinity') as court
             from zone where reseau = $1 and code = $2 order by version desc",
        )
        .bind(&zone.reseau)
        .bind(&zone.code)
        .bind(aujourd_hui())
        .fetch_all(&mut *connexion)
        .await
        .pour(ACTION)?
        .into_iter()
        .map(|lue| (lue.version, lue.court))
        .collect();
        let en_vigueur = versions.iter().find(|(_, court)| *court).map(|(lue, _)| lue.clone());
        let voulue = |lue: &VersionLue| zone.version.is_none_or(|version| version == lue.version);
        let derniere = versions.into_iter().map(|(lue, _)| lue).find(voulue);
        let communes = sqlx::query_as(include_str!("../sql/comparer_communes.sql"))
            .bind(&zone.reseau)
            .bind(en_vigueur.as_ref().map(|lue| lue.id))
            .bind(derniere.as_ref().map(|lue| lue.id))
            .fetch_all(connexion)
            .await
            .pour(ACTION)?;
        Ok(Self { en_vigueur, derniere, communes })
    }

    /// Communes that the version adds to the one in force.
    pub fn ajoutees(&self) -> Vec<&CommuneComparee> {
        self.communes.iter().filter(|commune| commune.apres && !commune.avant).collect()
    }

    /// Communes that it takes away.
    pub fn retirees(&self) -> Vec<&CommuneComparee> {
        self.communes.iter().filter(|commune| commune.avant && !commune.apres).collect()
    }

    /// How many communes the version covers, and the people there.
    pub fn couvertes(&self) -> (i64, i64) {
        let couvertes = self.communes.iter().filter(|commune| commune.apres);
        couvertes.fold((0, 0), |(nombre, habitants), commune| {
            (nombre + 1, habitants + i64::from(commune.population.unwrap_or_default()))
        })
    }
}

#[derive(sqlx::FromRow)]
struct VersionDatee {
    #[sqlx(flatten)]
    version: VersionLue,
    court: bool,
}

/// What was said to whoever decides, when a version was proposed; nothing for who does not keep the zone.
///
/// # Errors
/// Those of the database.
pub async fn commentaire(connexion: &mut PgConnection, zone: i32) -> Result<Option<String>> {
    sqlx::query_scalar("select texte from zone_commentaire where zone = $1")
        .bind(zone)
        .fetch_optional(connexion)
        .await
        .pour(ACTION)
}
