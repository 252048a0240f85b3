//! `maillage import territoires`, `cog`, `epci`, `mouvements`: from official files to a published millésime.
//!
//! What the files give is added to what the millésime already has, then all of it is published anew. The
//! blocking work (GDAL, PROJ, GEOS) runs on its own threads and hands over each band as it is ready;
//! meanwhile the transaction copies and indexes the bands before it.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};
use tokio::sync::mpsc;

use super::bandes;
use super::codes::{Maille, Millesime};
use super::passage::{self, SourceMouvements};
use super::pays::{EtatContour, UnitePrete, preparer};
use super::publication::{Publication, effacer_les_anciennes, verrouiller};
use super::relecture::{nommer, relire};
use super::source::composition::Composition;
use super::source::{self, Colonnes, Lecture, Successeurs};
use crate::base::Base;
use crate::error::{Contexte, ContexteFichier, Error, Result};
use crate::progres::Progres;

/// How long a second import of one millésime waits for the first.
const ATTENTE: Duration = Duration::from_secs(10);

/// More communes without contour than this are counted, not named.
const ABSENTES_DITES: usize = 50;

/// What was published, for the person at the terminal.
#[derive(Debug)]
pub struct Bilan {
    pub millesime: Millesime,
    pub communes: usize,
    pub epci: usize,
    pub departements: usize,
    pub regions: usize,
    pub reunies: usize,
    /// Name, code and remark of communes without contour.
    pub absentes: Vec<String>,
    /// The same of those whose contour lacks a part.
    pub lacunaires: Vec<String>,
    pub remarques: Vec<String>,
    pub tuiles: usize,
    pub sans_contours: bool,
}

/// What to import.
#[derive(Debug)]
pub struct Commande {
    pub fichiers: Vec<PathBuf>,
    /// None: the one that the files tell.
    pub millesime: Option<Millesime>,
    pub colonnes: Colonnes,
    pub mode: Mode,
}

/// What becomes of what the millésime already has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The files add to it.
    Completer,
    /// Nothing of it is kept.
    Remplacer,
    /// All of it is kept but for the contours, which are of this year.
    ContoursDe(Millesime),
}

/// Reads boundaries or codes, and adds them to their millésime.
pub async fn territoires(base: &Base, commande: Commande, progres: &Progres) -> Result<Bilan> {
    let Commande { fichiers, millesime, colonnes, mode } = commande;
    // That of the files, and the one they are published in.
    let (lu, millesime) = match (mode, millesime) {
        (Mode::ContoursDe(annee), Some(millesime)) => {
            (source::choisir_millesime(&fichiers, Some(annee))?, millesime)
        }
        _ => {
            let millesime = source::choisir_millesime(&fichiers, millesime)?;
            (millesime, millesime)
        }
    };
    let mut verrou = attendre_son_tour(base, millesime, progres).await?;
    progres.etape("Lecture des fichiers");
    let mut lecture = bloquer(move || source::lire(&fichiers, &colonnes, lu)).await?;
    let publiee = match mode {
        Mode::Remplacer => None,
        _ => relire(&mut verrou, millesime).await?,
    };
    match (mode, publiee) {
        (Mode::ContoursDe(_), None) => return Err(pas_charge(millesime)),
        (Mode::ContoursDe(_), Some(publiee)) => {
            let successeurs = successeurs(&mut verrou, millesime, lu).await?;
            lecture = lecture.habiller(publiee, &successeurs)?;
        }
        (_, Some(publiee)) => lecture.completer(publiee)?,
        (_, None) => {}
    }
    publier(base, millesime, lecture, progres).await
}

fn pas_charge(millesime: Millesime) -> Error {
    Error::Donnees(format!(
        "Le millésime {millesime} n'est pas chargé : importez d'abord ses communes, avec maillage \
         import cog v_commune_{millesime}.csv ou maillage import territoires."
    ))
}

/// Reads who belongs to which EPCI, and puts it in a published millésime.
pub async fn epci(
    base: &Base,
    fichiers: Vec<PathBuf>,
    demande: Option<Millesime>,
    progres: &Progres,
) -> Result<Bilan> {
    progres.etape("Lecture des fichiers");
    let compositions = bloquer(move || {
        fichiers.iter().map(|fichier| Composition::lire(fichier)).collect::<Result<Vec<_>>>()
    })
    .await?;
    let annonces: BTreeSet<Millesime> =
        compositions.iter().filter_map(|composition| composition.millesime).collect();
    let millesime = match (demande, annonces.first(), annonces.len()) {
        (Some(demande), ..) => demande,
        (None, Some(seul), 1) => *seul,
        (None, None, _) => {
            return Err(Error::Donnees(
                "Rien dans les fichiers ne dit leur millésime : ajoutez --millesime ANNÉE.".into(),
            ));
        }
        (None, ..) => {
            return Err(Error::Donnees(
                "Ces fichiers sont de plusieurs millésimes : importez-les l'un après l'autre, ou dites \
                 avec --millesime ANNÉE à quel millésime ils s'appliquent."
                    .into(),
            ));
        }
    };
    let mut verrou = attendre_son_tour(base, millesime, progres).await?;
    let Some(mut lecture) = relire(&mut verrou, millesime).await? else {
        return Err(pas_charge(millesime));
    };
    for composition in compositions {
        let annee = composition.millesime.unwrap_or(millesime);
        let successeurs = successeurs(&mut verrou, millesime, annee).await?;
        composition.appliquer(&mut lecture, millesime, &successeurs)?;
    }
    publier(base, millesime, lecture, progres).await
}

async fn successeurs(
    connexion: &mut PgConnection,
    millesime: Millesime,
    depuis: Millesime,
) -> Result<Successeurs> {
    let lignes: Vec<(String, Vec<String>)> =
        sqlx::query_as(include_str!("sql/lire_successeurs.sql"))
            .bind(millesime)
            .bind(depuis)
            .fetch_all(connexion)
            .await
            .pour("lecture de la table de passage")?;
    Ok(lignes.into_iter().collect())
}

/// Waits for its turn to publish a millésime, which lasts as long as the connection returned.
async fn attendre_son_tour(
    base: &Base,
    millesime: Millesime,
    progres: &Progres,
) -> Result<PgConnection> {
    let mut verrou = base.connexion().await?;
    let debut = Instant::now();
    while !verrouiller(&mut verrou, millesime).await? {
        if debut.elapsed() > ATTENTE {
            return Err(Error::Donnees(format!(
                "Un autre import du millésime {millesime} est en cours : rien n'a été changé. \
                 Attendez qu'il se termine, puis relancez."
            )));
        }
        progres.etape("Un autre import du même millésime est en cours : attente");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(verrou)
}

/// Publishes what was read, and nothing else, as the millésime.
async fn publier(
    base: &Base,
    millesime: Millesime,
    mut lecture: Lecture,
    progres: &Progres,
) -> Result<Bilan> {
    let historique = lecture
        .historique
        .take()
        .map(|historique| passage::historique_etalab(&historique.version, &historique.texte))
        .transpose()?;
    let mut connexion = base.connexion().await?;
    nommer(&mut connexion, &mut lecture, millesime).await?;
    progres.etape("Préparation des contours");
    let (pays, contours_lus, lecture) = bloquer(move || {
        lecture.clore()?;
        let (pays, contours_lus) = preparer(&mut lecture)?;
        Ok((Arc::new(pays), contours_lus, lecture))
    })
    .await?;

    // The edition's number is known once the transaction begins; the rows carry it.
    let mut publication = Publication::commencer(&mut connexion, millesime).await?;
    let edition = publication.edition;
    let dessinable = !pays.pavage.contours.is_empty();
    let (envoyer, mut recevoir) = mpsc::channel(2);
    let travail = tokio::task::spawn_blocking({
        let pays = Arc::clone(&pays);
        move || if dessinable { bandes::envoyer(&pays, edition, &envoyer) } else { Ok(()) }
    });

    progres.etape("Enregistrement des territoires");
    publication.territoires(&pays.unites, &lecture).await?;
    if let Some(historique) = &historique {
        publication.mouvements(historique).await?;
    }
    if dessinable {
        publication.contours_lus(contours_lus).await?;
    }
    let mut faites = 0;
    while let Some(bande) = recevoir.recv().await {
        publication.bande(bande).await?;
        faites += 1;
        progres.avance("Contours publiés", faites, bandes::NOMBRE);
    }
    travail.await.map_err(arretee)??;

    progres.etape("Publication du millésime");
    let tuiles = publication.publier(&pays.unites).await?;
    if let Err(erreur) = effacer_les_anciennes(&mut connexion).await {
        // They are erased by the next import.
        tracing::warn!(%erreur, "d'anciennes éditions restent en base");
    }
    Ok(bilan(millesime, &pays.unites, lecture.remarques, tuiles, !dessinable))
}

/// Runs blocking work on a thread of its own.
async fn bloquer<T: Send + 'static>(
    travail: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(travail).await.map_err(arretee)?
}

fn arretee(erreur: tokio::task::JoinError) -> Error {
    Error::Donnees(format!("La lecture s'est arrêtée : {erreur}"))
}

/// Reads the movements of communes, and derives the passage from them.
pub async fn mouvements(base: &Base, fichier: PathBuf, progres: &Progres) -> Result<String> {
    progres.etape("Lecture des mouvements");
    let texte = std::fs::read(&fichier).pour_fichier("lecture des mouvements", &fichier)?;
    let source = passage::mouvements_insee(&fichier, &texte)?;
    progres.etape("Calcul du passage entre millésimes");
    let calcule = reconstruire(base, Some(&source)).await?;
    Ok(format!(
        "{} mouvements lus, jusqu'au {}. {calcule}",
        source.mouvements.len(),
        source.jusqu_au.format("%d/%m/%Y")
    ))
}

/// Derives the passage again from what is loaded.
pub async fn passage(base: &Base) -> Result<String> {
    reconstruire(base, None).await
}

async fn reconstruire(base: &Base, source: Option<&SourceMouvements>) -> Result<String> {
    let action = "enregistrement des mouvements de communes";
    let mut connexion = base.connexion().await?;
    let mut transaction = connexion.begin().await.pour(action)?;
    if let Some(source) = source {
        passage::remplacer(&mut transaction, source).await?;
    }
    let lignes = passage::reconstruire(&mut transaction).await?;
    sqlx::query("select annoncer_changement()").execute(&mut *transaction).await.pour(action)?;
    transaction.commit().await.pour(action)?;
    Ok(format!("Passage entre millésimes : {lignes} lignes."))
}

fn bilan(
    millesime: Millesime,
    unites: &[UnitePrete],
    remarques: Vec<String>,
    tuiles: usize,
    sans_contours: bool,
) -> Bilan {
    let nombre = |maille| unites.iter().filter(|unite| unite.maille == maille).count();
    let communes = || unites.iter().filter(|unite| unite.maille == Maille::Commune);
    let signalees = |etat: EtatContour| -> Vec<String> {
        let dire = |unite: &UnitePrete| {
            let remarque = unite.remarque_contour.as_deref().unwrap_or_default();
            format!("{} ({}) : {remarque}", unite.nom, unite.code)
        };
        communes().filter(|unite| unite.etat_contour == etat).map(dire).collect()
    };
    Bilan {
        millesime,
        communes: nombre(Maille::Commune),
        epci: nombre(Maille::Epci),
        departements: nombre(Maille::Departement),
        regions: nombre(Maille::Region),
        reunies: communes().filter(|unite| unite.etat_contour == EtatContour::Reuni).count(),
        absentes: signalees(EtatContour::Absent),
        lacunaires: signalees(EtatContour::Lacunaire),
        remarques,
        tuiles,
        sans_contours,
    }
}

impl fmt::Display for Bilan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let compte = |nombre: usize, quoi: &str| {
            let marque = if nombre > 1 { "s" } else { "" };
            format!("{nombre} {quoi}{marque}")
        };
        writeln!(
            f,
            "Millésime {} publié : {}, {} EPCI, {}, {}, {}.",
            self.millesime,
            compte(self.communes, "commune"),
            self.epci,
            compte(self.departements, "département"),
            compte(self.regions, "région"),
            compte(self.tuiles, "tuile")
        )?;
        if self.sans_contours {
            writeln!(
                f,
                "Les fichiers donnent les codes seuls : ce millésime n'a pas de contours."
            )?;
        } else {
            writeln!(f, "Contours réunis à partir d'anciennes communes : {}.", self.reunies)?;
            writeln!(f, "Communes sans contour : {}.", self.absentes.len())?;
            writeln!(f, "Contours incomplets : {}.", self.lacunaires.len())?;
            // A millésime may have the contours of a few départements only.
            let dites = if self.absentes.len() > ABSENTES_DITES { &[] } else { &self.absentes[..] };
            for signalee in dites.iter().chain(&self.lacunaires) {
                writeln!(f, "  {signalee}")?;
            }
        }
        for remarque in &self.remarques {
            writeln!(f, "  {remarque}")?;
        }
        Ok(())
    }
}
