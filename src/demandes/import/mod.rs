//! `maillage import demandes`: from the tables that partners have to the demandes of a réseau; and the
//! demandes of `maillage import reseau`.
//!
//! A partner's table keeps its own columns, words and references. Columns are found by their headings, rows
//! judged one by one; what is good is written in one transaction, what is not goes to a report that can be
//! corrected and loaded again. The partner and its own reference make the key: the same table loaded twice
//! changes nothing.

mod annuaire;
mod arret;
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
mod precisions;
mod rapport;
mod rendu;
mod valeurs;

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::NaiveDate;
use sqlx::{Connection, Executor, PgConnection};

use super::doublons;
use crate::base::Base;
use crate::error::{Contexte, Error, Result};
use crate::partenaires::{attendre_son_tour, resoudre_successions};
use crate::progres::Progres;
use crate::tableau::Bornes;
use annuaire::Annuaire;
pub use arret::{Arret, Doute, SansColonne};
pub use bilan::Bilan;
pub use champ::Champ;
pub use codes_postaux::Lecture;
use correspondance::Correspondance;
pub use dossier::preparer;
pub use ecriture::Changement;
use ecriture::Ecriture;
use jugement::{Jugement, Regles};
use lieux::{Designation, Lieux};
pub use mots::mots;
pub use precisions::{lire_colonnes, lire_valeurs};
pub use rendu::{Colonne, Rendu};

const ACTION: &str = "chargement des demandes";

/// What the person says of the tables; the rest is found.
#[derive(Debug, Clone)]
pub struct Options {
    pub reseau: String,
    /// Whose demandes they are, where a table does not say.
    pub partenaire: Option<String>,
    /// How whoever loads may say it, in the words of where they are.
    pub conseil: &'static str,
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
    /// For whom whoever loads may write; none: for every partner of the réseau.
    pub permis: Option<BTreeSet<String>>,
    /// How much of a table is read.
    pub bornes: Bornes,
}

impl Options {
    /// Those of a réseau, today, with nothing else said.
    pub fn nouvelles(reseau: &str) -> Self {
        Self {
            reseau: reseau.to_owned(),
            partenaire: None,
            conseil: "dites par --partenaire de qui sont toutes ces demandes",
            colonnes: Vec::new(),
            valeurs: Vec::new(),
            feuille: None,
            essai: false,
            retirer_disparues: false,
            codes: Lecture::default(),
            aujourd_hui: chrono::Local::now().date_naive(),
            permis: None,
            bornes: Bornes::LARGES,
        }
    }
}

/// On whose behalf tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pour {
    /// The owner of the database, from the command line.
    Proprietaire,
    /// The principal of the transaction, for the whole réseau or for its own partners.
    Coordinateur,
    Partenaire,
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
    let (essai, retirer) = (options.essai, options.retirer_disparues);
    let pret = Pret::preparer(&mut transaction, options).await?;
    progres.etape("Lecture des demandes");
    let juge = pret.juger(fichiers).await.map_err(Arret::a_la_commande)?;
    let rapport = juge.est_un_rapport();
    if retirer && (rapport || juge.jugement.demandes.is_empty()) {
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
    let bilan = juge.ecrire(&mut transaction, Pour::Proprietaire).await?;
    if bilan.depassees() > 0 {
        return Err(Error::Demande(
            "Des demandes ont été corrigées pendant le chargement : relancez-le.".into(),
        ));
    }
    match essai {
        true => transaction.rollback().await.pour(ACTION)?,
        false => transaction.commit().await.pour(ACTION)?,
    }
    Ok(bilan)
}

/// What rows will be judged by, read from the database.
#[derive(Debug)]
pub struct Pret {
    regles: Regles,
    /// Whether some of it was remembered.
    retenue: bool,
}

/// Tables that were judged.
#[derive(Debug)]
pub struct Juge {
    jugement: Jugement,
    pret: Pret,
}

impl Pret {
    /// # Errors
    /// A sentence when there is no such réseau or partner, or what is said of the columns does not hold.
    pub async fn preparer(connexion: &mut PgConnection, options: Options) -> Result<Self> {
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
        let regles = Regles { annuaire, lieux, dites, valeurs, partenaire, options };
        Ok(Self { regles, retenue })
    }

    /// Reads and judges the tables, in their order; holds nothing of the database meanwhile.
    ///
    /// # Errors
    /// What stops a whole table.
    pub async fn juger(self, fichiers: Vec<PathBuf>) -> Result<Juge, Arret> {
        let lecture = tokio::task::spawn_blocking(move || {
            Jugement::rendre(&fichiers, &self.regles).map(|jugement| Juge { jugement, pret: self })
        });
        lecture
            .await
            .map_err(|erreur| Error::Donnees(format!("La lecture s'est arrêtée : {erreur}")))?
    }
}

impl Juge {
    /// Whether every row could be read.
    pub fn complet(&self) -> bool {
        self.jugement.complet()
    }

    /// The same, as a try or not: nobody is told of what a try changes, which its transaction gives up.
    pub fn essayer(mut self, essai: bool) -> Self {
        self.pret.regles.options.essai = essai;
        self
    }

    /// Whether a table is a report of refused rows: a part of the demandes only.
    fn est_un_rapport(&self) -> bool {
        self.jugement.tables.iter().any(|table| table.colonnes.est_un_rapport())
    }

    /// Compares the rows with what is loaded and writes what differs, all of it, in the caller's transaction.
    ///
    /// # Errors
    /// Those of the database. When [`Bilan::depassees`] is not zero, somebody wrote meanwhile: the transaction is to be
    /// given up.
    pub async fn ecrire(self, connexion: &mut PgConnection, pour: Pour) -> Result<Bilan> {
        let rapport = self.est_un_rapport();
        let Self { jugement, pret: Pret { regles, retenue } } = self;
        let Regles { dites, valeurs, partenaire, options, .. } = &regles;
        let mut meneurs = jugement.meneurs.clone();
        meneurs.extend(partenaire.clone());
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
            de_tous: pour != Pour::Partenaire,
            aujourd_hui: options.aujourd_hui,
            retirer_disparues: options.retirer_disparues,
        }
        .executer(connexion)
        .await?;
        if comptes.change_la_base(options.retirer_disparues) {
            match pour {
                Pour::Proprietaire => {
                    if comptes.nouvelles > 0 {
                        connexion.execute("analyze demande").await.pour(ACTION)?;
                    }
                    resoudre_successions(connexion, &options.reseau).await?;
                }
                Pour::Coordinateur | Pour::Partenaire => {
                    sqlx::query("select suivre_codes_des_demandes($1)")
                        .bind(&options.reseau)
                        .execute(&mut *connexion)
                        .await
                        .pour(ACTION)?;
                }
            }
            if !options.essai {
                connexion.execute("select annoncer_changement()").await.pour(ACTION)?;
            }
        }
        // What is no partner's is for whoever loads for all.
        if partenaire.is_some() || pour != Pour::Partenaire {
            correspondance::retenir(
                connexion,
                &options.reseau,
                partenaire.as_deref(),
                dites,
                valeurs,
            )
            .await?;
        }
        // The service counts them apart, once the load is done: they may take longer than it has.
        let doublons = match pour {
            Pour::Proprietaire => Some(doublons::compter(connexion, &options.reseau).await?),
            Pour::Coordinateur | Pour::Partenaire => None,
        };
        Ok(Bilan::nouveau(jugement, comptes, retenue, doublons, &regles))
    }
}

/// Who asks, as a person types it: a name, a code, or both, the code at the end. Returns `maille:code`, or
/// why it cannot be known.
///
/// # Errors
/// Those of the database.
pub async fn designer(
    connexion: &mut PgConnection,
    reseau: &str,
    texte: &str,
    date: NaiveDate,
) -> Result<Result<String, String>> {
    let lieux = Lieux::charger(connexion, reseau).await?;
    // « Die (26113) » as it is suggested, « Die 26113 » as sentences say it.
    let a_la_fin = texte
        .trim_end_matches(')')
        .rsplit_once(['(', ' '])
        .map(|(_, code)| code.trim())
        .filter(|code| lieux.connait(code));
    let dit = match a_la_fin {
        Some(code) => Designation { code: Some(code), ..Designation::default() },
        None => Designation { beneficiaire: Some(texte), ..Designation::default() },
    };
    Ok(lieux.designer(dit, date).map(|lu| format!("{}:{}", lu.maille, lu.code)))
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
    lu.map_err(|phrase| Error::Demande(format!("Valeur dite, {} : {phrase}", champ.nom())))
}
