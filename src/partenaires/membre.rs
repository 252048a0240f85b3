//! A partner as its page shows it: who it is, what it does, where.

use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::PgConnection;
use sqlx::types::Json;

use super::reseaux::{Identite, Reseau};
use crate::error::{Contexte, Error, Result};
use crate::territoires::{Croquis, Edition, Maille, bande_du_croquis};

/// A member of a réseau.
#[derive(Debug, sqlx::FromRow)]
pub struct Membre {
    pub identite: Json<Identite>,
    pub siren: Option<String>,
    /// `coordinateur`, `partenaire` or `associe`.
    pub role: String,
    /// Of its membership, both included.
    pub debut: Option<NaiveDate>,
    pub fin: Option<NaiveDate>,
    pub cadre: Option<String>,
    /// When it last declared its zones complete, for a theme at least.
    pub zones_declarees_le: Option<NaiveDate>,
    pub themes: Json<Vec<ThemeDuMembre>>,
    pub zones: Json<Vec<ZoneDuMembre>>,
    pub epci: Json<Vec<EpciDuMembre>>,
    /// Of the perimeter, those that its zones cover.
    pub communes_couvertes: i64,
    pub communes: i64,
    epci_du_perimetre: Option<Vec<String>>,
    emprise: Option<Vec<f64>>,
}

#[derive(Debug, Deserialize)]
pub struct ThemeDuMembre {
    pub code: String,
    pub libelle: String,
    pub parent: Option<String>,
}

/// A zone in force.
#[derive(Debug, Deserialize)]
pub struct ZoneDuMembre {
    pub nom: Option<String>,
    /// None: all of its themes.
    pub theme: Option<String>,
    pub debut: NaiveDate,
    pub fin: Option<NaiveDate>,
    pub dessinee: bool,
}

/// The communes of an EPCI in the perimeter; without code, those of none.
#[derive(Debug, Deserialize)]
pub struct EpciDuMembre {
    pub code: Option<String>,
    pub nom: Option<String>,
    pub communes: i64,
    pub couvertes: Vec<CommuneDuMembre>,
}

#[derive(Debug, Deserialize)]
pub struct CommuneDuMembre {
    pub code: String,
    pub nom: String,
}

impl Membre {
    /// # Errors
    /// When the réseau has no such partner.
    pub async fn lire(
        connexion: &mut PgConnection,
        edition: Edition,
        reseau: &Reseau,
        code: &str,
    ) -> Result<Self> {
        let membre: Option<Self> = sqlx::query_as(include_str!("sql/lire_membre.sql"))
            .bind(&reseau.code)
            .bind(code)
            .bind(edition.edition)
            .bind(edition.millesime)
            .fetch_optional(connexion)
            .await
            .pour("lecture d'un partenaire")?;
        membre.ok_or_else(|| {
            Error::Introuvable(format!(
                "Le réseau « {} » n'a pas de partenaire « {code} ».",
                reseau.nom
            ))
        })
    }

    /// Where it works, over the EPCI of the perimeter.
    pub async fn dessiner(
        &self,
        connexion: &mut PgConnection,
        edition: Edition,
        reseau: &Reseau,
    ) -> Result<Option<Croquis>> {
        let Some(emprise) = self.emprise.as_deref() else { return Ok(None) };
        let epci = self.epci_du_perimetre.as_deref().unwrap_or_default();
        let departement = reseau.departement.as_deref();
        let fond = (Maille::Epci, epci);
        let dessine =
            Croquis::d_une_emprise(connexion, edition, emprise, departement, fond).await?;
        let Some(mut croquis) = dessine else { return Ok(None) };
        let surfaces: Vec<(String, Vec<u8>)> =
            sqlx::query_as(include_str!("sql/dessiner_zones.sql"))
                .bind(&reseau.code)
                .bind(&self.identite.code)
                .bind(edition.millesime)
                .bind(bande_du_croquis(croquis.cadre.width()))
                .fetch_all(connexion)
                .await
                .pour("dessin des zones d'un partenaire")?;
        croquis.ajouter(surfaces)?;
        Ok(Some(croquis))
    }
}
