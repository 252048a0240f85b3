//! Tables that were sent and wait for their sender to look at what they would change: in memory, for half an hour at
//! most, since they may name people. A restart forgets them: they are chosen again.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use moka::sync::Cache;

use crate::comptes::Secret;
use crate::demandes::depot::{Depot, Envoi};
use crate::demandes::import::Lecture;
use crate::error::{Error, Result};

/// Bytes of all the tables that wait.
const EN_TOUT: u64 = 64 << 20;
/// Tables of one account.
const CHACUN: usize = 2;
const OUBLI: Duration = Duration::from_secs(30 * 60);

static ATTENTE: LazyLock<Cache<String, Arc<EnAttente>>> = LazyLock::new(|| {
    Cache::builder()
        .weigher(|_, attente: &Arc<EnAttente>| {
            u32::try_from(attente.octets.len()).unwrap_or(u32::MAX).saturating_add(1_000)
        })
        .max_capacity(EN_TOUT)
        .time_to_live(OUBLI)
        .build()
});

/// A table, whose it is, and what was said of it.
#[derive(Debug, Clone)]
pub struct EnAttente {
    pub compte: i32,
    pub reseau: String,
    /// Of whose space the page is.
    pub espace: Option<String>,
    /// Whose demandes they are, where the table does not say.
    pub partenaire: Option<String>,
    pub nom: String,
    pub octets: Bytes,
    pub colonnes: Vec<(String, String)>,
    pub valeurs: Vec<(String, String, String)>,
    pub codes: Lecture,
}

impl EnAttente {
    /// Keeps a table, and gives the word that finds it. The oldest of an account make room.
    ///
    /// # Errors
    /// When no word can be drawn.
    pub fn garder(self) -> Result<String> {
        let siennes: Vec<String> = ATTENTE
            .iter()
            .filter(|(_, attente)| attente.compte == self.compte)
            .map(|(cle, _)| cle.to_string())
            .collect();
        for ancienne in siennes.iter().skip(CHACUN - 1) {
            ATTENTE.invalidate(ancienne);
        }
        let cle = Secret::tirer("")?.montrer().to_owned();
        ATTENTE.insert(cle.clone(), Arc::new(self));
        Ok(cle)
    }

    /// That of an account, in a space.
    ///
    /// # Errors
    /// When it waits no more, or is not theirs.
    pub fn trouver(
        cle: &str,
        compte: i32,
        reseau: &str,
        espace: Option<&str>,
    ) -> Result<Arc<Self>> {
        ATTENTE
            .get(cle)
            .filter(|attente| {
                attente.compte == compte
                    && attente.reseau == reseau
                    && attente.espace.as_deref() == espace
            })
            .ok_or_else(|| {
                Error::Introuvable(
                    "Ce tableau n'attend plus : il est enregistré, oublié, ou il a attendu plus d'une demi-heure. \
                     Choisissez-le de nouveau."
                        .into(),
                )
            })
    }

    /// Keeps what was said of a table.
    pub fn changer(cle: &str, attente: Self) {
        ATTENTE.insert(cle.to_owned(), Arc::new(attente));
    }

    pub fn oublier(cle: &str) {
        ATTENTE.invalidate(cle);
    }

    /// What is to be done of it.
    pub fn depot(&self) -> (Depot, Envoi) {
        let depot = Depot {
            reseau: self.reseau.clone(),
            partenaire: self.partenaire.clone(),
            colonnes: self.colonnes.clone(),
            valeurs: self.valeurs.clone(),
            feuille: None,
            codes: self.codes,
            essai: true,
            garder: false,
            attendue: None,
        };
        (depot, Envoi { nom: self.nom.clone(), octets: self.octets.clone() })
    }
}
