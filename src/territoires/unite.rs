//! One unit: who it is, where it is, whom it belongs to.

use serde::Serialize;
use sqlx::PgConnection;

use super::codes::{Maille, Millesime, Unite};
use super::recherche::{Nomme, nomme, point};
use super::sources::Edition;
use crate::error::{Contexte, Error, Result};

#[derive(Debug, Serialize)]
pub struct Identite {
    pub unite: String,
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
    pub departement: Option<Nomme>,
    pub region: Option<Nomme>,
}

#[derive(Debug, Serialize)]
pub struct Membres {
    pub communes: i64,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    maille: Maille,
    code: String,
    nom: String,
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
    departement: Option<String>,
    departement_nom: Option<String>,
    region: Option<String>,
    region_nom: Option<String>,
    communes: i64,
}

/// The unit of an edition, by its code or, for a commune, by a former one.
pub async fn lire(
    connexion: &mut PgConnection,
    edition: Edition,
    unite: &Unite,
) -> Result<Identite> {
    let ligne: Option<Ligne> = sqlx::query_as(include_str!("sql/lire_unite.sql"))
        .bind(edition.edition)
        .bind(unite.maille)
        .bind(&unite.code)
        .fetch_optional(connexion)
        .await
        .pour("lecture d'un territoire")?;
    let Some(ligne) = ligne else {
        return Err(Error::Introuvable(format!(
            "Aucun territoire {} n'a le code {} dans le millésime {}. Cherchez-le par son nom : \
             /api/territoires?q=…",
            unite.maille, unite.code, edition.millesime
        )));
    };
    let absent = ligne.etat_contour == "absent";
    Ok(Identite {
        unite: format!("{}:{}", ligne.maille, ligne.code),
        maille: ligne.maille,
        remarque: (ligne.code != unite.code).then(|| {
            format!(
                "{} est un ancien code : la commune est aujourd'hui {} ({}).",
                unite.code, ligne.nom, ligne.code
            )
        }),
        code: ligne.code,
        nom: ligne.nom,
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
            departement: nomme(ligne.departement, ligne.departement_nom),
            region: nomme(ligne.region, ligne.region_nom),
        },
        membres: (ligne.maille != Maille::Commune).then_some(Membres { communes: ligne.communes }),
        point: point(ligne.lon, ligne.lat),
        bbox: ligne.emprise,
    })
}
