//! A table on its way: where it waits, who may write it, and what comes of it.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use sqlx::{Executor, PgPool};

use crate::comptes::Principal;
use crate::comptes::ecriture::{Droits, Pour as Ecrire};
use crate::demandes::doublons;
use crate::demandes::import::{Arret, Bilan, Lecture, Options, Pour, Pret};
use crate::error::{Contexte, ContexteFichier, Error, Result};
use crate::http::{Atelier, Probleme, Reponse};
use crate::partenaires::{Reseau, attendre_son_tour};
use crate::tableau::{Bornes, Nature};

const ACTION: &str = "chargement d'un tableau de demandes";

/// Largest table, in bytes: twenty thousand demandes, with their texts.
pub const DEPOT_MAX: usize = 8 << 20;
/// Tables that are read at once: each may take a hundred times its size.
static PLACES: Atelier = Atelier::nouveau(2, Duration::from_secs(5));

/// A file, as it was sent.
#[derive(Debug)]
pub struct Envoi {
    /// As whoever sent it knows it.
    pub nom: String,
    pub octets: Bytes,
}

/// What is to be done of it.
#[derive(Debug, Clone)]
pub struct Depot {
    pub reseau: String,
    /// Whose demandes they are, where the table does not say.
    pub partenaire: Option<String>,
    pub colonnes: Vec<(String, String)>,
    pub valeurs: Vec<(String, String, String)>,
    pub feuille: Option<String>,
    pub codes: Lecture,
    /// Nothing is written.
    pub essai: bool,
    /// The good rows are, whatever the others.
    pub garder: bool,
    /// What was seen of it: another comparison is not written.
    pub attendue: Option<u64>,
}

/// What came of it.
#[derive(Debug)]
pub enum Issue {
    /// Written, or tried as it was asked.
    Fait(Box<Bilan>),
    /// Rows are refused: nothing is written.
    Refuse(Box<Bilan>),
    /// The demandes have changed since they were compared: nothing is written.
    Change(Box<Bilan>),
    /// The table is not understood: nothing is written.
    Arret(Arret),
}

impl Depot {
    /// Reads a table, judges it and writes it.
    ///
    /// # Errors
    /// Who may not write it, too many at once, and what the database refuses.
    pub async fn executer(
        mut self,
        piscine: &PgPool,
        principal: &Principal,
        origine: &str,
        envoi: Envoi,
    ) -> Reponse<Issue> {
        // Who may not is told before anything is read.
        let mut lecture = principal.transaction(piscine).await?;
        Reseau::lire(&mut lecture, &self.reseau).await?;
        let droits = Droits::lire(&mut lecture, principal, &self.reseau).await?;
        let pour = self.situer(&droits)?;
        // Neither whoever waits for their turn nor whoever reads holds a connection.
        lecture.rollback().await.pour(ACTION)?;
        let _place = PLACES.entrer().await?;
        let options = Options {
            partenaire: self.partenaire.clone(),
            conseil: "dites de qui sont toutes ces demandes",
            colonnes: self.colonnes.clone(),
            valeurs: self.valeurs.clone(),
            feuille: self.feuille.clone(),
            codes: self.codes,
            permis: match pour {
                Pour::Partenaire => Some(droits.siens.iter().cloned().collect::<BTreeSet<_>>()),
                _ => None,
            },
            bornes: Bornes::ENVOI,
            ..Options::nouvelles(&self.reseau)
        };
        let mut lecture = principal.transaction(piscine).await?;
        let pret = Pret::preparer(&mut lecture, options).await?;
        lecture.rollback().await.pour(ACTION)?;
        let juge = match juger(pret, envoi).await {
            Ok(juge) => juge,
            Err(arret) => return Ok(Issue::Arret(arret)),
        };
        let refuse = !juge.complet() && !self.garder;
        let essai = self.essai || refuse;
        let mut ecriture = principal.ecriture(piscine, origine).await?;
        attendre_son_tour(&mut ecriture).await?;
        let mut bilan = Box::new(juge.essayer(essai).ecrire(&mut ecriture, pour).await?);
        let change = self.attendue.is_some_and(|vue| vue != bilan.empreinte());
        if essai || change || bilan.depassees() > 0 {
            ecriture.rollback().await.pour(ACTION)?;
        } else {
            ecriture.commit().await.pour(ACTION)?;
            if pour == Pour::Coordinateur {
                bilan.doublons = compter_les_doublons(piscine, principal, &self.reseau).await;
            }
        }
        Ok(match () {
            () if bilan.depassees() > 0 => {
                return Err(Probleme::conflit(
                    "Quelqu'un a corrigé une de ces demandes pendant le chargement : rien n'est enregistré. Recommencez.",
                ));
            }
            () if refuse && !self.essai => Issue::Refuse(bilan),
            () if change => Issue::Change(bilan),
            () => Issue::Fait(bilan),
        })
    }

    /// For whom the table is, when there is but one possibility; who may write it.
    fn situer(&mut self, droits: &Droits) -> Reponse<Pour> {
        match &self.partenaire {
            Some(partenaire) => droits.exiger(Ecrire::Partenaire(partenaire))?,
            None if droits.siens.is_empty() => droits.exiger(Ecrire::Reseau)?,
            None => {}
        }
        if droits.coordonne {
            return Ok(Pour::Coordinateur);
        }
        if let (None, [seul]) = (&self.partenaire, droits.siens.as_slice()) {
            self.partenaire = Some(seul.clone());
        }
        Ok(Pour::Partenaire)
    }
}

/// Pairs of demandes that may be one, when they are counted soon enough.
async fn compter_les_doublons(
    piscine: &PgPool,
    principal: &Principal,
    reseau: &str,
) -> Option<i64> {
    let compter = async {
        let mut lecture = principal.transaction(piscine).await?;
        lecture.execute("set local statement_timeout = '3s'").await.pour(ACTION)?;
        doublons::compter(&mut lecture, reseau).await
    };
    compter
        .await
        .inspect_err(|erreur| tracing::warn!(%erreur, "les doublons ne sont pas comptés"))
        .ok()
}

/// Puts the table where readers find it, under the name that its sender knows and the extension that its bytes say.
async fn juger(
    pret: Pret,
    Envoi { nom, octets }: Envoi,
) -> Result<crate::demandes::import::Juge, Arret> {
    if octets.is_empty() {
        return Err(Error::Donnees("Le fichier est vide. Choisissez-en un autre.".into()).into());
    }
    let nature = Nature::de(&octets);
    let Some(extension) = nature.extension() else {
        return Err(Error::Donnees(nature.refus(&nom).unwrap_or_default()).into());
    };
    let action = "dépôt d'un tableau";
    let lieu = tempfile::tempdir().pour_fichier(action, std::env::temp_dir())?;
    let tige: String = nom
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .rsplit_once('.')
        .map_or(nom.as_str(), |(tige, _)| tige)
        .chars()
        .filter(|lettre| !lettre.is_control() && !"/\\".contains(*lettre))
        .take(60)
        .collect();
    let tige = if tige.trim_matches(['.', ' ']).is_empty() { "tableau".to_owned() } else { tige };
    let fichier = lieu.path().join(format!("{tige}.{extension}"));
    tokio::fs::write(&fichier, octets).await.pour_fichier(action, &fichier)?;
    pret.juger(vec![fichier]).await
}
