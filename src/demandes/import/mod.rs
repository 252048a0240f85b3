//! `maillage import demandes`: from the tables that partners have to the demandes of a réseau; and the
//! demandes of `maillage import reseau`.
//!
//! A partner's table keeps its own columns, words and references. Columns are found by their headings, rows
//! judged one by one; what is good is written in one transaction, what is not goes to a report that can be
//! corrected and loaded again. The partner and its own reference make the key: the same table loaded twice
//! changes nothing.

mod annuaire;
mod bilan;
mod champ;
mod codes_postaux;
mod colonnes;
mod correspondance;
mod dossier;
mod ecriture;
mod etat;
mod jugement;
mod lieux;
mod ligne;
mod mots;
mod particulier;
mod rapport;
mod valeurs;

use std::path::PathBuf;

use chrono::NaiveDate;
use sqlx::{Connection, Executor, PgConnection};

use super::doublons;
use crate::base::Base;
use crate::error::{Contexte, Error, Result};
use crate::partenaires::{attendre_son_tour, resoudre_successions};
use crate::progres::Progres;
use annuaire::Annuaire;
pub use bilan::Bilan;
use champ::Champ;
pub use codes_postaux::Lecture;
use correspondance::Correspondance;
pub use dossier::reseau;
use ecriture::Ecriture;
use jugement::{Jugement, Regles};
use lieux::Lieux;

const ACTION: &str = "chargement des demandes";

/// What the person says of the tables; the rest is found.
#[derive(Debug, Clone)]
pub struct Options {
    pub reseau: String,
    /// Whose demandes they are, where a table does not say.
    pub partenaire: Option<String>,
    /// Headings and the fields that they hold.
    pub colonnes: Vec<(String, String)>,
    /// Field, value, and the code that it stands for.
    pub valeurs: Vec<(String, String, String)>,
    pub feuille: Option<String>,
    /// Says what would change, and changes nothing.
    pub essai: bool,
    pub retirer_disparues: bool,
    /// What codes of five digits are.
    pub codes: Lecture,
    pub aujourd_hui: NaiveDate,
}

impl Options {
    /// Those of a réseau, today, with nothing else said.
    pub fn nouvelles(reseau: &str) -> Self {
        Self {
            reseau: reseau.to_owned(),
            partenaire: None,
            colonnes: Vec::new(),
            valeurs: Vec::new(),
            feuille: None,
            essai: false,
            retirer_disparues: false,
            codes: Lecture::default(),
            aujourd_hui: chrono::Local::now().date_naive(),
        }
    }
}

/// Loads tables of demandes as one: all or nothing, but for the rows set aside.
pub async fn demandes(
    base: &Base,
    fichiers: Vec<PathBuf>,
    options: Options,
    progres: &Progres,
) -> Result<Bilan> {
    let mut connexion = base.connexion().await?;
    let mut transaction = connexion.begin().await.pour(ACTION)?;
    attendre_son_tour(&mut transaction).await?;
    let (regles, retenue) = preparer(&mut transaction, options).await?;
    progres.etape("Lecture des demandes");
    let lecture = tokio::task::spawn_blocking(move || {
        Jugement::rendre(&fichiers, &regles).map(|jugement| (jugement, regles))
    });
    let (jugement, regles) = lecture
        .await
        .map_err(|erreur| Error::Donnees(format!("La lecture s'est arrêtée : {erreur}")))??;
    let options = &regles.options;
    let rapport = jugement.tables.iter().any(|table| table.colonnes.est_un_rapport());
    if options.retirer_disparues && (rapport || jugement.demandes.is_empty()) {
        return Err(Error::Demande(format!(
            "{}, et --retirer-disparues retirerait toutes les demandes d'avant. Vérifiez le tableau, ou \
             chargez-le sans cette option.",
            if rapport {
                "Ce tableau est un rapport de lignes refusées"
            } else {
                "Aucune demande n'a été lue"
            }
        )));
    }

    progres.etape("Enregistrement des demandes");
    let mut meneurs = jugement.meneurs.clone();
    meneurs.extend(regles.partenaire.clone());
    let seul = meneurs.first().filter(|_| meneurs.len() == 1).cloned();
    // A report has a part of the demandes: the others have not gone.
    meneurs.retain(|_| !rapport);
    let comptes = Ecriture {
        reseau: &options.reseau,
        demandes: &jugement.demandes,
        particuliers: &jugement.particuliers,
        absents: ecriture::absents(jugement.tables.iter().map(|table| &table.colonnes)),
        partenaires: meneurs,
        refusees: jugement.references_refusees.clone(),
        refus: jugement.refus(),
        seul,
        aujourd_hui: options.aujourd_hui,
        retirer_disparues: options.retirer_disparues,
    }
    .executer(&mut transaction)
    .await?;
    if comptes.change_la_base(options.retirer_disparues) {
        resoudre_successions(&mut transaction, &options.reseau).await?;
        transaction.execute("select annoncer_changement()").await.pour(ACTION)?;
    }
    let Regles { dites, valeurs, partenaire, .. } = &regles;
    correspondance::retenir(
        &mut transaction,
        &options.reseau,
        partenaire.as_deref(),
        dites,
        valeurs,
    )
    .await?;
    let doublons = doublons::compter(&mut transaction, &options.reseau).await?;
    match options.essai {
        true => transaction.rollback().await.pour(ACTION)?,
        false => transaction.commit().await.pour(ACTION)?,
    }
    Ok(Bilan::nouveau(jugement, comptes, retenue, doublons, &regles))
}

/// What rows will be judged by, and whether some of it was remembered.
async fn preparer(connexion: &mut PgConnection, options: Options) -> Result<(Regles, bool)> {
    let annuaire = Annuaire::charger(connexion, &options.reseau).await?;
    let partenaire = options
        .partenaire
        .as_deref()
        .map(|texte| annuaire.code(Champ::Partenaire, texte))
        .transpose()
        .map_err(Error::Demande)?;
    let Correspondance { mut dites, mut valeurs } =
        Correspondance::lire(connexion, &options.reseau, partenaire.as_deref()).await?;
    let retenue = !dites.est_vide() || valeurs.iter().next().is_some();
    for (entete, champ) in &options.colonnes {
        dites.ajouter(entete, champ)?;
    }
    for (champ, valeur, code) in &options.valeurs {
        valeurs.ajouter(champ, valeur, code)?;
    }
    for (champ, _, code) in valeurs.iter() {
        verifier(&annuaire, champ, code)?;
    }
    let lieux = Lieux::charger(connexion, &options.reseau).await?;
    Ok((Regles { annuaire, lieux, dites, valeurs, partenaire, options }, retenue))
}

/// That what `--valeurs` gives for a value is a code.
fn verifier(annuaire: &Annuaire, champ: Champ, code: &str) -> Result<()> {
    let lu = match champ {
        Champ::Theme | Champ::Partenaire | Champ::Associes | Champ::Fiche => {
            annuaire.plusieurs(champ, code).map(|_| ())
        }
        Champ::Etat => etat::reconnaitre(code).map(|_| ()),
        Champ::Niveau => valeurs::niveau(code).map(|_| ()),
        _ => Ok(()),
    };
    lu.map_err(|phrase| Error::Demande(format!("--valeurs, {} : {phrase}", champ.nom())))
}
