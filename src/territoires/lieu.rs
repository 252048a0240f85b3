//! A unit that a question is about, found by its code, by a former one, or by a point.

use serde::Serialize;
use sqlx::PgConnection;

use super::codes::{Maille, Unite};
use super::recherche::situer;
use super::sources::Edition;
use crate::error::{Contexte, Error, Result};

#[derive(Debug, Clone, Serialize)]
pub struct Lieu {
    pub unite: Unite,
    pub maille: Maille,
    pub code: String,
    pub nom: String,
    /// Said when the code asked for is a former one.
    #[serde(skip)]
    pub remarque: Option<String>,
}

/// The one row of `sql/lire_lieu.sql`.
#[derive(sqlx::FromRow)]
struct Trouve {
    maille: Maille,
    code: String,
    nom: String,
    ancien_nom: Option<String>,
    autres: Option<Vec<String>>,
}

impl Lieu {
    /// The unit of this code; for a former code of a commune, what it became.
    pub async fn trouver(
        connexion: &mut PgConnection,
        edition: Edition,
        unite: &Unite,
    ) -> Result<Self> {
        let trouve: Option<Trouve> = sqlx::query_as(include_str!("sql/lire_lieu.sql"))
            .bind(edition.edition)
            .bind(edition.millesime)
            .bind(unite.maille)
            .bind(&unite.code)
            .fetch_optional(connexion)
            .await
            .pour("lecture d'un territoire")?;
        let Trouve { maille, code, nom, ancien_nom, autres } = trouve.ok_or_else(|| {
            Error::Introuvable(format!(
                "Aucun territoire {} n'a le code {} dans le millésime {}. Cherchez-le par son nom : \
                 /api/territoires?q=…",
                unite.maille, unite.code, edition.millesime
            ))
        })?;
        let remarque = (code != unite.code).then(|| {
            let ancien = ancien_nom.map_or_else(String::new, |nom| format!(" ({nom})"));
            let partage =
                autres.filter(|autres| !autres.is_empty()).map_or_else(String::new, |autres| {
                    format!(" pour la plus grande part, partagée avec {}", autres.join(", "))
                });
            format!(
                "{}{ancien} est un ancien code : en {}, la commune est {nom} ({code}){partage}.",
                unite.code, edition.millesime
            )
        });
        Ok(Self::nouveau(maille, code, nom, remarque))
    }

    /// The same for a question that may be about the whole country.
    pub async fn trouver_si_dit(
        connexion: &mut PgConnection,
        edition: Edition,
        unite: Option<&Unite>,
    ) -> Result<Option<Self>> {
        match unite {
            Some(unite) => Self::trouver(connexion, edition, unite).await.map(Some),
            None => Ok(None),
        }
    }

    /// The commune that holds a point, in degrees.
    pub async fn au_point(
        connexion: &mut PgConnection,
        edition: Edition,
        lon: f64,
        lat: f64,
    ) -> Result<Self> {
        let trouvees = situer(connexion, edition, lon, lat, Some(Maille::Commune)).await?;
        let commune = trouvees.into_iter().next().ok_or_else(|| {
            Error::Introuvable(format!(
                "Aucune commune à la longitude {lon} et à la latitude {lat}. Vérifiez leur ordre : \
                 lon, puis lat."
            ))
        })?;
        Ok(Self::nouveau(commune.maille, commune.code, commune.nom, None))
    }

    /// Codes of its communes, in order.
    pub async fn communes(
        &self,
        connexion: &mut PgConnection,
        edition: Edition,
    ) -> Result<Vec<String>> {
        sqlx::query_scalar("select c.code from communes_de($1, $2, $3) c order by c.code")
            .bind(edition.edition)
            .bind(self.maille)
            .bind(&self.code)
            .fetch_all(connexion)
            .await
            .pour("lecture des communes d'un territoire")
    }

    /// One whose code and name are known.
    pub fn connu(maille: Maille, code: &str, nom: &str) -> Self {
        Self::nouveau(maille, code.to_owned(), nom.to_owned(), None)
    }

    fn nouveau(maille: Maille, code: String, nom: String, remarque: Option<String>) -> Self {
        Self { unite: Unite { maille, code: code.clone() }, maille, code, nom, remarque }
    }
}
