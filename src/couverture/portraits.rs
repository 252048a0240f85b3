//! Of what a réseau's perimeter is made, on the map: its communes, its EPCI, and where each partner works.

use sqlx::PgConnection;

use crate::error::{Contexte, Result};
use crate::partenaires::Filtre;
use crate::territoires::{Edition, Lieu};

/// The statement that [`Portraits`] are read by.
pub const REQUETE: &str = include_str!("sql/portraits.sql");
/// That of [`ZoneDePartenaire`].
pub const REQUETE_DES_ZONES: &str = include_str!("sql/communes_des_zones.sql");

/// Communes and EPCI of a perimeter, each by code.
#[derive(Debug, Default)]
pub struct Portraits {
    pub communes: Vec<Portrait>,
    pub epci: Vec<Portrait>,
}

/// A unit of a perimeter.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Portrait {
    maille: String,
    pub code: String,
    pub nom: String,
    /// Of a commune.
    pub epci: Option<String>,
    /// Within the perimeter.
    pub population: Option<i64>,
    /// Of an EPCI, those outside the perimeter too.
    pub communes_en_tout: Option<i64>,
}

impl Portraits {
    /// Those of one réseau, inside a place.
    pub async fn lire(
        connexion: &mut PgConnection,
        reseau: &str,
        edition: Edition,
        lieu: Option<&Lieu>,
    ) -> Result<Self> {
        let toutes: Vec<Portrait> = sqlx::query_as(REQUETE)
            .bind(reseau)
            .bind(edition.edition)
            .bind(edition.millesime)
            .bind(lieu.map(|lieu| lieu.maille))
            .bind(lieu.map(|lieu| &lieu.code))
            .fetch_all(connexion)
            .await
            .pour("lecture des territoires d'un réseau")?;
        let (communes, epci) =
            toutes.into_iter().partition(|portrait: &Portrait| portrait.maille == "commune");
        Ok(Self { communes, epci })
    }
}

/// A partner, and the communes of the perimeter that its zones in force cover.
#[derive(Debug, sqlx::FromRow)]
pub struct ZoneDePartenaire {
    pub code: String,
    pub nom: String,
    pub sigle: Option<String>,
    pub communes: Vec<String>,
}

impl ZoneDePartenaire {
    /// Those of the partners that a filter is about, on the last day of its period.
    pub async fn lire(
        connexion: &mut PgConnection,
        filtre: &Filtre,
        edition: Edition,
    ) -> Result<Vec<Self>> {
        sqlx::query_as(REQUETE_DES_ZONES)
            .bind(filtre.codes())
            .bind(&filtre.theme)
            .bind(&filtre.partenaire)
            .bind(filtre.periode.au)
            .bind(edition.millesime)
            .fetch_all(connexion)
            .await
            .pour("lecture des zones des partenaires")
    }
}
