//! Reports that are being made: in the background, one at once, each once whoever asks for it.
//!
//! Laying a document out takes a processor and hundreds of megabytes for some seconds: they are made one after the other,
//! on a thread that serves no request, so that tiles never wait. Those that wait are bounded, and so are those that are kept.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::PgPool;
use tokio::sync::Semaphore;

use super::donnees::Consigne;
use super::fabrique::{self, Ouvrage};
use crate::comptes::Principal;
use crate::error::{Error, Result};

/// Made at once.
const PLACES: usize = 1;
/// Under way, those that wait included: beyond, one is asked to come back.
pub const ATTENTE_MAX: usize = 20;
/// Kept once made, for whoever asked for them to take them.
const GARDES_MAX: usize = 6;
const GARDE: Duration = Duration::from_secs(1800);

/// Of the whole program: what is bounded is the machine's.
static TRAVAUX: LazyLock<Travaux> = LazyLock::new(Travaux::default);

#[derive(Debug)]
pub struct Travaux {
    places: Semaphore,
    registre: Mutex<Registre>,
}

#[derive(Debug, Default)]
struct Registre {
    dernier: u64,
    travaux: HashMap<u64, Arc<Travail>>,
}

/// A report that is asked for.
#[derive(Debug)]
pub struct Travail {
    pub id: u64,
    pub consigne: Consigne,
    /// As whom its figures are read: the work of one is not that of another who reads less.
    principal: Principal,
    annule: AtomicBool,
    etat: Mutex<Etat>,
}

/// Where it is.
#[derive(Debug, Clone)]
pub enum Etat {
    EnAttente,
    /// What is being done, and how much is done, of 100.
    EnCours(&'static str, u8),
    Fait(Arc<Ouvrage>, Instant),
    /// Why it was not made.
    Echec(String, Instant),
}

impl Default for Travaux {
    fn default() -> Self {
        Self { places: Semaphore::new(PLACES), registre: Mutex::default() }
    }
}

fn verrou<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Travail {
    pub fn etat(&self) -> Etat {
        verrou(&self.etat).clone()
    }

    /// What was made, once it is.
    pub fn ouvrage(&self) -> Option<Arc<Ouvrage>> {
        match self.etat() {
            Etat::Fait(ouvrage, _) => Some(ouvrage),
            _ => None,
        }
    }

    fn passer(&self, etat: Etat) -> Result<()> {
        if self.annule.load(Ordering::Relaxed) {
            return Err(Error::Demande("Le bilan a été annulé.".into()));
        }
        *verrou(&self.etat) = etat;
        Ok(())
    }

    fn en_cours(&self) -> bool {
        matches!(*verrou(&self.etat), Etat::EnAttente | Etat::EnCours(..))
    }

    async fn faire(&self, piscine: &PgPool) -> Result<Ouvrage> {
        self.passer(Etat::EnCours("Lecture des chiffres", 10))?;
        let (rapport, textes) = fabrique::lire(piscine, &self.principal, &self.consigne).await?;
        self.passer(Etat::EnCours("Dessin des cartes", 40))?;
        let fonds = fabrique::fonds(piscine, &self.principal, &rapport).await?;
        let (rapport, textes, cartes) = bloquer(move || {
            let cartes = fonds.dessiner(&rapport)?;
            Ok((rapport, textes, cartes))
        })
        .await?;
        self.passer(Etat::EnCours("Mise en page", 60))?;
        let ouvrage = bloquer(move || fabrique::composer(rapport, textes, cartes)).await?;
        self.passer(Etat::EnCours("Mise en page", 100))?;
        Ok(ouvrage)
    }
}

/// Work for a processor, on a thread that serves no request.
pub async fn bloquer<T: Send + 'static>(
    travail: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(travail)
        .await
        .map_err(|erreur| Error::Installation(format!("Le travail s'est arrêté : {erreur}.")))?
}

/// Asks for a report, or joins whoever asked for the same.
///
/// # Errors
/// [`Error::Affluence`] when too many are waiting.
pub fn lancer(piscine: &PgPool, principal: &Principal, consigne: Consigne) -> Result<Arc<Travail>> {
    let travail = {
        let mut registre = verrou(&TRAVAUX.registre);
        registre.ranger();
        let meme = registre.travaux.values().find(|travail| {
            travail.consigne == consigne && travail.principal == *principal && travail.en_cours()
        });
        if let Some(meme) = meme {
            return Ok(Arc::clone(meme));
        }
        if registre.travaux.values().filter(|travail| travail.en_cours()).count() >= ATTENTE_MAX {
            return Err(Error::Affluence);
        }
        registre.dernier += 1;
        let travail = Arc::new(Travail {
            id: registre.dernier,
            consigne,
            principal: principal.clone(),
            annule: AtomicBool::new(false),
            etat: Mutex::new(Etat::EnAttente),
        });
        registre.travaux.insert(travail.id, Arc::clone(&travail));
        travail
    };
    let (piscine, fait) = (piscine.clone(), Arc::clone(&travail));
    tokio::spawn(async move {
        let Ok(_place) = TRAVAUX.places.acquire().await else { return };
        let issue = fait.faire(&piscine).await;
        let etat = match issue {
            Ok(ouvrage) => Etat::Fait(Arc::new(ouvrage), Instant::now()),
            Err(erreur) => {
                tracing::warn!(%erreur, reseau = fait.consigne.reseau, "bilan non fait");
                Etat::Echec(dire(&erreur), Instant::now())
            }
        };
        // What was cancelled is no longer in the registry: it goes with this task.
        let _ = fait.passer(etat);
    });
    Ok(travail)
}

/// A sentence for the page: what the database said stays in the log.
fn dire(erreur: &Error) -> String {
    match erreur {
        Error::Donnees(phrase) | Error::Demande(phrase) | Error::Introuvable(phrase) => phrase.clone(),
        _ => "Le bilan n'a pas pu être fait. Relancez-le ; si cela recommence, dites-le à qui tient ce service.".into(),
    }
}

/// The work of this number, in this réseau.
pub fn trouver(reseau: &str, id: u64) -> Option<Arc<Travail>> {
    let mut registre = verrou(&TRAVAUX.registre);
    registre.ranger();
    registre.travaux.get(&id).filter(|travail| travail.consigne.reseau == reseau).cloned()
}

/// Works of a réseau, the last first.
pub fn lister(reseau: &str) -> Vec<Arc<Travail>> {
    let mut registre = verrou(&TRAVAUX.registre);
    registre.ranger();
    let mut travaux: Vec<_> = registre
        .travaux
        .values()
        .filter(|travail| travail.consigne.reseau == reseau)
        .cloned()
        .collect();
    travaux.sort_by_key(|travail| std::cmp::Reverse(travail.id));
    travaux
}

/// Gives a work up: nothing of it stays.
pub fn annuler(reseau: &str, id: u64) {
    let mut registre = verrou(&TRAVAUX.registre);
    if let Some(travail) = registre.travaux.get(&id)
        && travail.consigne.reseau == reseau
    {
        travail.annule.store(true, Ordering::Relaxed);
        registre.travaux.remove(&id);
    }
}

impl Registre {
    /// Forgets what is old, and the oldest of what is too many.
    fn ranger(&mut self) {
        let fini = |travail: &Travail| match &*verrou(&travail.etat) {
            Etat::Fait(_, quand) | Etat::Echec(_, quand) => Some(*quand),
            _ => None,
        };
        self.travaux.retain(|_, travail| fini(travail).is_none_or(|quand| quand.elapsed() < GARDE));
        let mut finis: Vec<(Instant, u64)> =
            self.travaux.iter().filter_map(|(id, travail)| Some((fini(travail)?, *id))).collect();
        finis.sort();
        let trop = finis.len().saturating_sub(GARDES_MAX);
        for (_, id) in &finis[..trop] {
            self.travaux.remove(id);
        }
    }
}
