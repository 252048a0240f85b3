//! Where a question is asked: the millésime whose contours it is answered on, and the place.

use serde::Serialize;
use sqlx::PgConnection;

use crate::error::{Contexte, Error, Result};
use crate::territoires::{Edition, Maille, Millesime, Unite};

/// The edition that zones are resolved for: that of the millésime asked for, else the newest that
/// has contours.
pub async fn edition_resolue(
    connexion: &mut PgConnection,
    millesime: Option<Millesime>,
) -> Result<Edition> {
    let edition: Option<Edition> = sqlx::query_as(include_str!("sql/lire_edition.sql"))
        .bind(millesime)
        .fetch_optional(connexion)
        .await
        .pour("lecture du millésime")?;
    edition.ok_or_else(|| {
        Error::Introuvable(match millesime {
            Some(millesime) => format!(
                "Le millésime {millesime} n'est pas chargé, ou sans contours : les zones n'y sont pas \
                 rattachées aux communes."
            ),
            None => "Aucun territoire n'est chargé. Lancez maillage import territoires.".into(),
        })
    })
}

/// A unit that a question is about.
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

impl Lieu {
    /// The unit of this code; for a former code of a commune, what it became.
    pub async fn trouver(
        connexion: &mut PgConnection,
        edition: Edition,
        unite: &Unite,
    ) -> Result<Self> {
        let trouve: Option<(Maille, String, String)> =
            sqlx::query_as(include_str!("sql/lire_lieu.sql"))
                .bind(edition.edition)
                .bind(unite.maille)
                .bind(&unite.code)
                .fetch_optional(connexion)
                .await
                .pour("lecture d'un territoire")?;
        let (maille, code, nom) = trouve.ok_or_else(|| {
            Error::Introuvable(format!(
                "Aucun territoire {} n'a le code {} dans le millésime {}. Cherchez-le par son nom : \
                 /api/territoires?q=…",
                unite.maille, unite.code, edition.millesime
            ))
        })?;
        let remarque = (code != unite.code).then(|| {
            format!(
                "{} est un ancien code : la commune est aujourd'hui {nom} ({code}).",
                unite.code
            )
        });
        Ok(Self::nouveau(maille, code, nom, remarque))
    }

    /// The commune that holds a point, in degrees.
    pub async fn au_point(
        connexion: &mut PgConnection,
        edition: Edition,
        lon: f64,
        lat: f64,
    ) -> Result<Self> {
        let trouve: Option<(Maille, String, String)> =
            sqlx::query_as(include_str!("sql/situer_lieu.sql"))
                .bind(edition.edition)
                .bind(lon)
                .bind(lat)
                .fetch_optional(connexion)
                .await
                .pour("recherche de la commune d'un point")?;
        let (maille, code, nom) = trouve.ok_or_else(|| {
            Error::Introuvable(format!(
                "Aucune commune à la longitude {lon} et à la latitude {lat}. Vérifiez leur ordre : \
                 lon, puis lat."
            ))
        })?;
        Ok(Self::nouveau(maille, code, nom, None))
    }

    fn nouveau(maille: Maille, code: String, nom: String, remarque: Option<String>) -> Self {
        Self { unite: Unite { maille, code: code.clone() }, maille, code, nom, remarque }
    }
}
