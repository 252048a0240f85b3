//! `maillage import zones`: from a list or a drawing to proposals, all in one transaction.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::PathBuf;

use geo::Rect;
use serde::Serialize;
use sqlx::{Connection, Executor, PgConnection};

use super::super::import::dire;
use super::super::nomenclature::{Annuaire, Nomenclature};
use super::super::resolution::attendre_son_tour;
use super::etats::{self, Etat, Reference};
use super::jugement::{Connus, Jugement, juger};
use super::lecture::Lecture;
use super::ligne::Defauts;
use super::proposition::{Proposee, proposer};
use crate::base::Base;
use crate::error::{Contexte, Error, Result};
use crate::progres::Progres;
use crate::rejet::Rejet;

const ACTION: &str = "chargement des zones";

/// What is asked for, beside the file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub reseau: String,
    /// What the rows leave out.
    pub defauts: Defauts,
    /// Validate what is proposed.
    pub valider: bool,
    pub lecture: Lecture,
}

/// What was done, for the person at the terminal.
#[derive(Debug)]
pub struct Bilan {
    reseau: String,
    pub zones: Vec<ZoneChargee>,
    pub remarques: Vec<String>,
    pub rejets: Vec<Rejet>,
    incompletes: Vec<String>,
    seuil: f64,
}

/// One zone of the file.
#[derive(Debug, Serialize)]
pub struct ZoneChargee {
    pub code: String,
    pub version: i16,
    pub etat: Etat,
    pub identique: bool,
    /// Communes of the perimeter that it covers, and those that it reaches without covering them, in the newest
    /// millésime that has contours.
    pub couvertes: i64,
    pub touchees: i64,
    decisions: Vec<String>,
}

/// Reads a file of zones, and proposes what is new in it.
///
/// # Errors
/// A sentence when the file cannot be read, or the réseau does not exist. Rows that are wrong are set aside.
pub async fn zones(
    base: &Base,
    fichier: PathBuf,
    options: Options,
    progres: &Progres,
) -> Result<Bilan> {
    let mut connexion = base.connexion().await?;
    let mut transaction = connexion.begin().await.pour(ACTION)?;
    attendre_son_tour(&mut transaction).await?;
    let (connus, seuil) = connaitre(&mut transaction, &options.reseau).await?;
    progres.etape("Lecture des zones");
    let Options { reseau, valider, lecture, defauts } = options;
    if let Some(code) = &defauts.code
        && !super::super::declaration::est_identifiant(code)
    {
        return Err(Error::Demande(format!(
            "« {code} » ne peut pas servir de code : écrivez-le en lettres minuscules sans accent, chiffres et \
             tirets."
        )));
    }
    let defauts = Defauts { a_la_main: true, ..defauts };
    // GDAL and PROJ block.
    let jugement = tokio::task::spawn_blocking(move || {
        let releve = lecture.lire(&fichier)?;
        Ok::<_, Error>(juger(&releve, &connus, &defauts))
    })
    .await
    .map_err(|erreur| {
        Error::Donnees(format!("La lecture du fichier s'est arrêtée : {erreur}"))
    })??;

    progres.etape("Rattachement des zones aux communes");
    let Jugement { propositions, rejets, mut remarques, incompletes } = jugement;
    let mut zones = Vec::new();
    for proposition in propositions {
        let code = proposition.zone.code.clone();
        let proposee = proposer(&mut transaction, &reseau, proposition).await?;
        let (etat, decisions) =
            decider(&mut transaction, &reseau, &code, proposee, valider).await?;
        let (couvertes, touchees): (i64, i64) =
            sqlx::query_as(include_str!("../sql/compter_communes.sql"))
                .bind(proposee.zone)
                .fetch_one(&mut *transaction)
                .await
                .pour(ACTION)?;
        remarques.extend(remarquer(&mut transaction, &reseau, proposee.zone).await?);
        let Proposee { version, identique, .. } = proposee;
        zones.push(ZoneChargee { code, version, etat, identique, couvertes, touchees, decisions });
    }
    if zones.iter().any(|zone| !zone.identique) {
        transaction.execute("select annoncer_changement()").await.pour(ACTION)?;
    }
    transaction.commit().await.pour(ACTION)?;
    Ok(Bilan { reseau, zones, remarques, rejets, incompletes, seuil })
}

/// Validates a proposal when that was asked for. Returns its state, and what is to be said of it.
async fn decider(
    connexion: &mut PgConnection,
    reseau: &str,
    code: &str,
    proposee: Proposee,
    valider: bool,
) -> Result<(Etat, Vec<String>)> {
    if valider && proposee.etat == Etat::Proposee {
        let zone = Reference {
            reseau: reseau.to_owned(),
            code: code.to_owned(),
            version: Some(proposee.version),
        };
        let decision = etats::valider(connexion, &zone).await?;
        // The first sentence says what the line of the zone says already.
        return Ok((Etat::Validee, decision.phrases.into_iter().skip(1).collect()));
    }
    let dites = match proposee.etat {
        Etat::Refusee => vec![
            "Cette version a été refusée, et le fichier n'y change rien : corrigez-le selon le motif du refus."
                .into(),
        ],
        _ => Vec::new(),
    };
    Ok((proposee.etat, dites))
}

/// Exclusions that leave nothing out.
async fn remarquer(connexion: &mut PgConnection, reseau: &str, zone: i32) -> Result<Vec<String>> {
    exclusions_vaines(connexion, reseau, Some(zone)).await
}

/// Units that zones of a réseau leave out though they were not in them: a sentence each.
///
/// # Errors
/// Those of the database.
pub async fn exclusions_vaines(
    connexion: &mut PgConnection,
    reseau: &str,
    zone: Option<i32>,
) -> Result<Vec<String>> {
    let vaines: Vec<(String, crate::territoires::Maille, String)> =
        sqlx::query_as(include_str!("../sql/lire_exclusions_vaines.sql"))
            .bind(reseau)
            .bind(zone)
            .fetch_all(connexion)
            .await
            .pour(ACTION)?;
    Ok(vaines
        .into_iter()
        .map(|(zone, maille, code)| {
            format!("La zone « {zone} » exclut {maille}:{code}, qui n'en fait pas partie : cette exclusion ne change rien.")
        })
        .collect())
}

/// What the réseau has, to judge a file, and the share from which a drawn zone covers a commune.
pub(super) async fn connaitre(connexion: &mut PgConnection, reseau: &str) -> Result<(Connus, f64)> {
    #[derive(sqlx::FromRow)]
    struct Ligne {
        seuil: f64,
        partenaires: Vec<String>,
        themes: Vec<String>,
        parents: Vec<String>,
        partenaires_themes: Vec<String>,
        regroupements: Vec<String>,
        emprise: Option<Vec<f64>>,
    }
    let ligne: Option<Ligne> = sqlx::query_as(include_str!("../sql/lire_annuaire.sql"))
        .bind(reseau)
        .fetch_optional(&mut *connexion)
        .await
        .pour(ACTION)?;
    let ligne = match ligne {
        Some(ligne) => ligne,
        None => return Err(inconnu(connexion, reseau).await?),
    };
    let themes: HashMap<String, bool> = ligne
        .themes
        .into_iter()
        .map(|theme| (theme.clone(), ligne.parents.contains(&theme)))
        .collect();
    let annuaire = Annuaire {
        partenaires: ligne.partenaires.into_iter().collect(),
        themes,
        partenaires_themes: ligne
            .partenaires_themes
            .iter()
            .filter_map(|paire| paire.split_once('/'))
            .map(|(partenaire, theme)| (partenaire.to_owned(), theme.to_owned()))
            .collect(),
        ..Annuaire::default()
    };
    let emprise = ligne.emprise.as_deref().and_then(|coins| match *coins {
        [ouest, sud, est, nord] => Some(Rect::new((ouest, sud), (est, nord))),
        _ => None,
    });
    let connus = Connus {
        annuaire,
        regroupements: ligne.regroupements.into_iter().collect::<HashSet<_>>(),
        nomenclature: Nomenclature::charger(connexion).await?,
        emprise,
    };
    Ok((connus, ligne.seuil))
}

/// Says that a réseau is not there, and which ones are.
///
/// # Errors
/// Those of the database.
pub(in crate::partenaires) async fn inconnu(
    connexion: &mut PgConnection,
    reseau: &str,
) -> Result<Error> {
    let codes: Vec<String> = sqlx::query_scalar("select code from reseau order by code")
        .fetch_all(connexion)
        .await
        .pour(ACTION)?;
    Ok(Error::Introuvable(format!(
        "Le réseau « {reseau} » n'est pas chargé. Réseaux : {}. Chargez-le d'abord avec maillage import reseau.",
        if codes.is_empty() { "aucun".to_owned() } else { codes.join(", ") }
    )))
}

impl fmt::Display for Bilan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seuil = self.seuil * 100.0;
        for zone in &self.zones {
            let ZoneChargee { code, version, etat, couvertes, touchees, .. } = zone;
            write!(f, "{}/{code}, version {version}, {etat}", self.reseau)?;
            if zone.identique {
                f.write_str(" : inchangée, le fichier dit la même chose")?;
            }
            writeln!(f, ".")?;
            write!(f, "  Communes du périmètre couvertes : {couvertes}")?;
            if *touchees > 0 {
                write!(
                    f,
                    " ; touchées à moins de {seuil:.0} % de leur surface, donc non couvertes : {touchees}"
                )?;
            }
            writeln!(f, ".")?;
            if *couvertes == 0 {
                writeln!(f, "  Elle ne couvre aucune commune du périmètre : vérifiez-la.")?;
            }
            for phrase in &zone.decisions {
                writeln!(f, "  {phrase}")?;
            }
        }
        let proposees = self.zones.iter().any(|zone| zone.etat == Etat::Proposee);
        if proposees {
            writeln!(
                f,
                "Le coordonnateur valide une zone proposée avec maillage zone valider RÉSEAU/CODE."
            )?;
        }
        dire(f, &self.remarques)?;
        for code in &self.incompletes {
            writeln!(
                f,
                "La zone « {code} » n'est pas proposée : corrigez d'abord ses lignes refusées."
            )?;
        }
        if !self.rejets.is_empty() {
            writeln!(f, "Lignes refusées : {}.", self.rejets.len())?;
        }
        dire(f, &self.rejets)
    }
}
