//! A published millésime as the files gave it: what an import of other files adds to.

use chrono::NaiveDate;
use geo::coord;
use sqlx::PgConnection;

use super::codes::{CodeInsee, Maille, Millesime, Siren};
use super::ewkb;
use super::pays::EtatContour;
use super::source::apport::{Apport, Portee, SourceLue};
use super::source::{CommuneLue, DepartementLu, EpciLu, Lecture, RegionLue};
use super::sources::Edition;
use crate::error::{Contexte, Result};

const ACTION: &str = "lecture du millésime publié";

#[derive(sqlx::FromRow)]
struct LigneCommune {
    code: String,
    nom: String,
    siren: Option<String>,
    departement: Option<String>,
    epci: Option<String>,
    ept: Option<String>,
    population: Option<i32>,
    codes_postaux: Vec<String>,
    anciens_codes: Vec<String>,
    etat_contour: EtatContour,
    remarque_contour: Option<String>,
    lon: Option<f64>,
    lat: Option<f64>,
    contour: Option<Vec<u8>>,
}

#[derive(sqlx::FromRow)]
struct LigneUnite {
    maille: Maille,
    code: String,
    nom: String,
    nature: Option<String>,
    region: Option<String>,
}

#[derive(sqlx::FromRow)]
struct LigneSource {
    rang: i16,
    nom: String,
    licence: String,
    date: Option<NaiveDate>,
    apport: Apport,
    millesime: Millesime,
    departements: Vec<String>,
    complet: bool,
}

/// The millésime as it is published; None when it is not.
pub async fn relire(connexion: &mut PgConnection, millesime: Millesime) -> Result<Option<Lecture>> {
    let Some(edition) = Edition::publiee(&mut *connexion, millesime).await? else {
        return Ok(None);
    };
    let mut lecture =
        Lecture { sources: sources(&mut *connexion, edition).await?, ..Lecture::default() };
    let communes: Vec<LigneCommune> = sqlx::query_as(include_str!("sql/relire_communes.sql"))
        .bind(edition.edition)
        .fetch_all(&mut *connexion)
        .await
        .pour(ACTION)?;
    for ligne in communes {
        let code = CodeInsee::parse(&ligne.code)?;
        lecture.communes.insert(code, ligne.commune()?);
    }
    let unites: Vec<LigneUnite> = sqlx::query_as(
        "select maille, code, nom, nature, region from territoire \
         where edition = $1 and maille <> 'commune'",
    )
    .bind(edition.edition)
    .fetch_all(&mut *connexion)
    .await
    .pour(ACTION)?;
    for LigneUnite { maille, code, nom, nature, region } in unites {
        match maille {
            Maille::Epci => {
                lecture.epci.insert(Siren::parse(&code)?, EpciLu { nom, nature });
            }
            Maille::Departement => {
                // What stands for a name that no file gave is not one.
                let nom = Some(nom).filter(|nom| *nom != code);
                lecture.departements.insert(code, DepartementLu { nom, region });
            }
            Maille::Region | Maille::Commune | Maille::Regroupement => {
                lecture.regions.insert(code, RegionLue { nom });
            }
        }
    }
    let ept: Vec<(String, String)> = sqlx::query_as("select code, nom from ept where edition = $1")
        .bind(edition.edition)
        .fetch_all(connexion)
        .await
        .pour(ACTION)?;
    for (code, nom) in ept {
        lecture.ept.insert(Siren::parse(&code)?, nom);
    }
    Ok(Some(lecture))
}

/// Names the départements and régions that the files cite without naming them, as another published
/// millésime does: Insee's table of communes has codes alone.
pub async fn nommer(
    connexion: &mut PgConnection,
    lecture: &mut Lecture,
    millesime: Millesime,
) -> Result<()> {
    let connus: Vec<(Maille, String, String, Option<String>)> =
        sqlx::query_as(include_str!("sql/lire_noms_connus.sql"))
            .bind(millesime)
            .fetch_all(connexion)
            .await
            .pour(ACTION)?;
    for (maille, code, nom, region) in connus {
        match maille {
            Maille::Departement => {
                lecture.departements.entry(code).or_default().completer(Some(nom), region)
            }
            _ => {
                lecture.regions.entry(code).or_insert(RegionLue { nom });
            }
        }
    }
    Ok(())
}

async fn sources(connexion: &mut PgConnection, edition: Edition) -> Result<Vec<SourceLue>> {
    let lignes: Vec<LigneSource> = sqlx::query_as(include_str!("sql/relire_sources.sql"))
        .bind(edition.edition)
        .fetch_all(connexion)
        .await
        .pour(ACTION)?;
    let mut sources: Vec<(i16, SourceLue)> = Vec::new();
    for ligne in lignes {
        if sources.last().is_none_or(|(rang, _)| *rang != ligne.rang) {
            let source = SourceLue::nouvelle(ligne.nom, &ligne.licence, ligne.date, []);
            sources.push((ligne.rang, source));
        }
        if let Some((_, source)) = sources.last_mut() {
            let departements = ligne.departements.into_iter().collect();
            let portee =
                Portee { millesime: Some(ligne.millesime), departements, complet: ligne.complet };
            source.apports.insert(ligne.apport, portee);
        }
    }
    Ok(sources.into_iter().map(|(_, source)| source).collect())
}

impl LigneCommune {
    fn commune(self) -> Result<CommuneLue> {
        let siren = |code: Option<String>| code.map(|code| Siren::parse(&code)).transpose();
        let mairie = self.lon.zip(self.lat).map(|(x, y)| coord! { x: x, y: y });
        let absent = self.etat_contour == EtatContour::Absent;
        Ok(CommuneLue {
            nom: self.nom,
            departement: self.departement.unwrap_or_default(),
            epci: siren(self.epci)?,
            ept: siren(self.ept)?,
            siren: self.siren,
            population: self.population,
            codes_postaux: self.codes_postaux,
            anciens_codes: self.anciens_codes,
            contour: self.contour.map(|octets| ewkb::lire_surface(&octets)).transpose()?,
            etat_contour: (!absent).then_some((self.etat_contour, self.remarque_contour)),
            mairie,
            parties: Vec::new(),
        })
    }
}
