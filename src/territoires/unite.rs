//! One unit: who it is, where it is, whom it belongs to.

use serde::Serialize;
use sqlx::PgConnection;

use super::codes::{Maille, Millesime, Unite};
use super::lieu::Lieu;
use super::recherche::{Nomme, nomme, point};
use super::sources::Edition;
use crate::error::{Contexte, Result};

#[derive(Debug, Serialize)]
pub struct Identite {
    pub unite: Unite,
    pub maille: Maille,
    pub code: String,
    pub nom: String,
    /// CC, CA, CU, METRO… for an EPCI.
    pub nature: Option<String>,
    pub millesime: Millesime,
    pub contour: Contour,
    pub siren: Option<String>,
    pub population: Option<i32>,
    pub codes_postaux: Vec<String>,
    pub anciens_codes: Vec<String>,
    pub parents: Parents,
    pub membres: Option<Membres>,
    /// Longitude and latitude of its label, degrees.
    pub point: Option<[f64; 2]>,
    /// West, south, east, north, degrees.
    pub bbox: Option<Vec<f64>>,
    /// Said when the code asked for is a former one.
    pub remarque: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Contour {
    /// `complet`, `reuni`, `lacunaire` or `absent`.
    pub etat: String,
    pub millesime: Option<Millesime>,
    pub remarque: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Parents {
    pub epci: Option<Nomme>,
    /// Établissement public territorial, within the Métropole du Grand Paris.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ept: Option<Nomme>,
    pub departement: Option<Nomme>,
    pub region: Option<Nomme>,
}

#[derive(Debug, Serialize)]
pub struct Membres {
    pub communes: i64,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    nature: Option<String>,
    siren: Option<String>,
    population: Option<i32>,
    codes_postaux: Vec<String>,
    anciens_codes: Vec<String>,
    etat_contour: String,
    remarque_contour: Option<String>,
    lon: Option<f64>,
    lat: Option<f64>,
    emprise: Option<Vec<f64>>,
    epci: Option<String>,
    epci_nom: Option<String>,
    ept: Option<String>,
    ept_nom: Option<String>,
    departement: Option<String>,
    departement_nom: Option<String>,
    region: Option<String>,
    region_nom: Option<String>,
    communes: i64,
}

/// A code that a commune had, or that of one that joined it.
#[derive(Debug, sqlx::FromRow)]
pub struct Ancien {
    pub code: String,
    /// When a source gives it.
    pub nom: Option<String>,
    /// First and last millésime that had it.
    pub depuis: i16,
    pub jusqu: i16,
    /// What the commune has of it.
    pub part: Option<f64>,
    /// Codes of the others that have some.
    pub ailleurs: Vec<String>,
}

/// The former codes of a commune, the latest first.
pub async fn anciens(
    connexion: &mut PgConnection,
    edition: Edition,
    lieu: &Lieu,
) -> Result<Vec<Ancien>> {
    if lieu.maille != Maille::Commune {
        return Ok(Vec::new());
    }
    sqlx::query_as(include_str!("sql/lire_anciens.sql"))
        .bind(edition.millesime)
        .bind(&lieu.code)
        .fetch_all(connexion)
        .await
        .pour("lecture des anciens codes d'une commune")
}

impl Identite {
    /// Says of which département an EPCI is: that of most of its communes. How many of them are elsewhere.
    pub async fn situer_l_epci(
        &mut self,
        connexion: &mut PgConnection,
        edition: Edition,
    ) -> Result<i64> {
        if self.maille != Maille::Epci || self.parents.departement.is_some() {
            return Ok(0);
        }
        type Ligne = (String, String, Option<String>, Option<String>, i64);
        let trouve: Option<Ligne> =
            sqlx::query_as(include_str!("sql/lire_departement_principal.sql"))
                .bind(edition.edition)
                .bind(self.maille)
                .bind(&self.code)
                .fetch_optional(connexion)
                .await
                .pour("lecture du département d'un EPCI")?;
        let Some((code, nom, region, region_nom, ailleurs)) = trouve else { return Ok(0) };
        self.parents.departement = nomme(Some(code), Some(nom));
        self.parents.region = nomme(region, region_nom);
        Ok(ailleurs)
    }
}

/// All that is known of a unit of an edition.
pub async fn lire(connexion: &mut PgConnection, edition: Edition, lieu: Lieu) -> Result<Identite> {
    let ligne: Ligne = if lieu.maille == Maille::Regroupement {
        sqlx::query_as(include_str!("sql/lire_regroupement.sql"))
            .bind(edition.edition)
            .bind(&lieu.code)
            .fetch_one(connexion)
            .await
    } else {
        sqlx::query_as(include_str!("sql/lire_unite.sql"))
            .bind(edition.edition)
            .bind(lieu.maille)
            .bind(&lieu.code)
            .fetch_one(connexion)
            .await
    }
    .pour("lecture d'un territoire")?;
    let absent = ligne.etat_contour == "absent";
    Ok(Identite {
        unite: lieu.unite,
        maille: lieu.maille,
        remarque: lieu.remarque,
        code: lieu.code,
        nom: lieu.nom,
        nature: ligne.nature,
        millesime: edition.millesime,
        contour: Contour {
            etat: ligne.etat_contour,
            millesime: edition.millesime_contours.filter(|_| !absent),
            remarque: ligne.remarque_contour,
        },
        siren: ligne.siren,
        population: ligne.population,
        codes_postaux: ligne.codes_postaux,
        anciens_codes: ligne.anciens_codes,
        parents: Parents {
            epci: nomme(ligne.epci, ligne.epci_nom),
            ept: nomme(ligne.ept, ligne.ept_nom),
            departement: nomme(ligne.departement, ligne.departement_nom),
            region: nomme(ligne.region, ligne.region_nom),
        },
        membres: (lieu.maille != Maille::Commune).then_some(Membres { communes: ligne.communes }),
        point: point(ligne.lon, ligne.lat),
        bbox: ligne.emprise,
    })
}
