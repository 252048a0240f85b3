//! `maillage import territoires`: from official files to a published millésime.
//!
//! The blocking work (GDAL, PROJ, GEOS) runs on its own threads and hands over each band as it is
//! ready; meanwhile the transaction copies and indexes the bands before it.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use geo::{MapCoordsInPlace, MultiPolygon};
use sqlx::Connection;
use tokio::sync::{mpsc, oneshot};

use super::codes::{Maille, Millesime};
use super::generalisation::{BANDES, BANDES_BASSES, Bande, ZOOM_EPCI, poser, resolution};
use super::geos;
use super::passage::{self, SourceMouvements};
use super::pays::{EtatContour, Pays, preparer};
use super::publication::{
    BandePrete, Dessinee, Publication, effacer_les_anciennes, rangs, verrouiller,
};
use super::source::{self, Colonnes, SourceLue};
use crate::base::Base;
use crate::error::{Contexte, ContexteFichier, Error, Result};
use crate::progres::Progres;

/// How long a second import of one millésime waits for the first.
const ATTENTE: Duration = Duration::from_secs(10);

/// What was published, for the person at the terminal.
#[derive(Debug)]
pub struct Bilan {
    pub millesime: Millesime,
    pub communes: usize,
    pub epci: usize,
    pub departements: usize,
    pub regions: usize,
    pub reunies: usize,
    /// Name, code and remark of communes whose contour is absent or lacks a part.
    pub signalees: Vec<String>,
    pub remarques: Vec<String>,
    pub tuiles: usize,
    pub sans_contours: bool,
}

/// What the threads hand over once the country is prepared.
struct Prete {
    pays: Arc<Pays>,
    sources: Vec<SourceLue>,
    /// Null when there is no contour at all.
    millesime_contours: Option<Millesime>,
    historique: Option<SourceMouvements>,
    remarques: Vec<String>,
}

/// What to import.
#[derive(Debug)]
pub struct Commande {
    pub fichiers: Vec<PathBuf>,
    /// None: the one that the files tell.
    pub millesime: Option<Millesime>,
    pub colonnes: Colonnes,
    /// Publish even if the millésime loses départements that it has.
    pub remplacer: bool,
}

/// Reads the files, and publishes them as their millésime.
pub async fn territoires(base: &Base, commande: Commande, progres: &Progres) -> Result<Bilan> {
    let millesime = source::choisir_millesime(&commande.fichiers, commande.millesime)?;
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

    // The edition's number is known once the transaction begins; the rows carry it.
    let mut connexion = base.connexion().await?;
    let mut publication = Publication::commencer(&mut connexion, millesime).await?;
    let edition = publication.edition;

    progres.etape("Lecture des fichiers");
    let (dire, entendre) = oneshot::channel();
    let (envoyer, mut recevoir) = mpsc::channel(2);
    let remplacer = commande.remplacer;
    let travail = tokio::task::spawn_blocking(move || {
        preparer_tout(&commande, millesime, edition, dire, &envoyer)
    });

    // When the threads fail, both channels close and the error is theirs.
    let prete = entendre.await.ok();
    if let Some(prete) = &prete {
        if !remplacer {
            let dessinable = prete.millesime_contours.is_some();
            publication.refuser_les_pertes(&prete.pays.unites, dessinable).await?;
        }
        progres.etape("Enregistrement des territoires");
        publication.dater_les_contours(prete.millesime_contours).await?;
        publication.territoires(&prete.pays.unites, &prete.sources).await?;
        if let Some(historique) = &prete.historique {
            publication.mouvements(historique).await?;
        }
    }
    let total = BANDES.len() + BANDES_BASSES.len();
    let mut faites = 0;
    while let Some(bande) = recevoir.recv().await {
        publication.bande(bande).await?;
        faites += 1;
        progres.avance("Contours publiés", faites, total);
    }
    travail
        .await
        .map_err(|erreur| Error::Donnees(format!("La lecture s'est arrêtée : {erreur}")))??;
    let Some(prete) = prete else {
        return Err(Error::Donnees("La lecture s'est arrêtée sans rien donner.".into()));
    };

    progres.etape("Publication du millésime");
    let tuiles = publication.publier(&prete.pays.unites).await?;
    if let Err(erreur) = effacer_les_anciennes(&mut connexion).await {
        // They are erased by the next import.
        tracing::warn!(%erreur, "d'anciennes éditions restent en base");
    }
    Ok(bilan(millesime, &prete, tuiles))
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

fn bilan(millesime: Millesime, prete: &Prete, tuiles: usize) -> Bilan {
    let unites = &prete.pays.unites;
    let nombre = |maille| unites.iter().filter(|unite| unite.maille == maille).count();
    let communes = || unites.iter().filter(|unite| unite.maille == Maille::Commune);
    Bilan {
        millesime,
        communes: nombre(Maille::Commune),
        epci: nombre(Maille::Epci),
        departements: nombre(Maille::Departement),
        regions: nombre(Maille::Region),
        reunies: communes().filter(|unite| unite.etat_contour == EtatContour::Reuni).count(),
        signalees: communes()
            .filter(|unite| {
                matches!(unite.etat_contour, EtatContour::Absent | EtatContour::Lacunaire)
            })
            .map(|unite| {
                let remarque = unite.remarque_contour.as_deref().unwrap_or_default();
                format!("{} ({}) : {remarque}", unite.nom, unite.code)
            })
            .collect(),
        remarques: prete.remarques.clone(),
        tuiles,
        sans_contours: prete.millesime_contours.is_none(),
    }
}

/// Everything that blocks: reading, preparing, generalising on two threads.
fn preparer_tout(
    commande: &Commande,
    millesime: Millesime,
    edition: i32,
    dire: oneshot::Sender<Prete>,
    envoyer: &mpsc::Sender<BandePrete>,
) -> Result<()> {
    let mut lecture = source::lire(&commande.fichiers, &commande.colonnes)?;
    let pays = Arc::new(preparer(&mut lecture)?);
    let historique = lecture
        .historique
        .take()
        .map(|historique| passage::historique_etalab(&historique.version, &historique.texte))
        .transpose()?;
    let dessinable = !pays.pavage.contours.is_empty();
    let prete = Prete {
        pays: Arc::clone(&pays),
        sources: lecture.sources,
        millesime_contours: dessinable.then(|| lecture.millesime_contours.unwrap_or(millesime)),
        historique,
        remarques: lecture.remarques,
    };
    // A closed channel means that the publication has failed and says why itself.
    if dire.send(prete).is_err() {
        return Ok(());
    }
    if !dessinable {
        return Ok(());
    }
    // One thread takes what is simplified, each band from the one before; the other, the bands
    // finer than the data, which are only put on their grids.
    let (fines, simplifiees): (Vec<Bande>, Vec<Bande>) = {
        let resolution = resolution(&pays.pavage.contours);
        BANDES.into_iter().partition(|bande| bande.tolerance <= resolution)
    };
    let envoi = Envoi { pays: &pays, dessinees: dessinees(&pays), edition, envoyer };
    std::thread::scope(|portee| {
        let fines = portee.spawn(|| {
            for bande in fines {
                if !envoi.bande(&pays.pavage.contours, bande)? {
                    break;
                }
            }
            Ok(())
        });
        let simplifiees = portee.spawn(|| {
            let mut precedente: Option<Vec<MultiPolygon>> = None;
            for bande in simplifiees {
                let source = precedente.as_ref().unwrap_or(&pays.pavage.contours);
                let simplifie = geos::simplifier(source, bande.tolerance)?;
                if !envoi.bande(&simplifie, bande)? {
                    break;
                }
                precedente = Some(simplifie);
            }
            Ok(())
        });
        [fines, simplifiees]
            .into_iter()
            .try_for_each(|fil| fil.join().expect("a band does not panic"))
    })
}

/// What tiles say of the units, by maille and code.
type Dessinees<'p> = HashMap<(Maille, &'p str), Dessinee<'p>>;

fn dessinees(pays: &Pays) -> Dessinees<'_> {
    pays.unites
        .iter()
        .zip(rangs(&pays.unites))
        .map(|(unite, rang)| {
            let (maille, code, nom) = (unite.maille, unite.code.as_str(), unite.nom.as_str());
            ((maille, code), Dessinee { maille, code, nom, rang, point: unite.point })
        })
        .collect()
}

/// Codes of a piece's EPCI, département and région.
type Parents = [Option<String>; 3];

/// What turns simplified contours into rows of an edition, and sends them.
struct Envoi<'p> {
    pays: &'p Pays,
    dessinees: Dessinees<'p>,
    edition: i32,
    envoyer: &'p mpsc::Sender<BandePrete>,
}

impl Envoi<'_> {
    /// Puts simplified communes on the grid of a band, derives the larger mailles, and sends the
    /// rows; the lowest band also gives those below it. False when nobody listens any more.
    fn bande(&self, simplifie: &[MultiPolygon], bande: Bande) -> Result<bool> {
        let pavage = &self.pays.pavage;
        let communes = poser(simplifie, bande)?;
        let mut prete = BandePrete::nouvelle(bande);
        for (code, contour) in pavage.codes.iter().zip(&communes) {
            self.ajouter(&mut prete, bande, Maille::Commune, code, contour);
        }
        let sans_contour = |unite: &&Dessinee<'_>| {
            unite.maille == Maille::Commune
                && pavage.codes.binary_search_by(|code| code.as_str().cmp(unite.code)).is_err()
        };
        for unite in self.dessinees.values().filter(sans_contour) {
            prete.ajouter(self.edition, bande, *unite, None);
        }
        let pieces = reunir(pavage.parents.iter().cloned().zip(communes).collect())?;
        self.mailles_superieures(&pieces, &mut prete, bande)?;
        if self.envoyer.blocking_send(prete).is_err() {
            return Ok(false);
        }
        if bande.zoom == BANDES_BASSES[0].zoom + 1 {
            return self.bandes_basses(pieces, bande);
        }
        Ok(true)
    }

    /// Adds EPCI, départements and régions, each the union of its pieces.
    fn mailles_superieures(
        &self,
        pieces: &[(Parents, MultiPolygon)],
        prete: &mut BandePrete,
        bande: Bande,
    ) -> Result<()> {
        for (rang, maille) in
            [Maille::Epci, Maille::Departement, Maille::Region].into_iter().enumerate()
        {
            let parent_seul = |(parents, contour): &(Parents, MultiPolygon)| {
                let mut seul = Parents::default();
                seul[rang].clone_from(&parents[rang]);
                (seul, contour.clone())
            };
            for (parents, contour) in reunir(pieces.iter().map(parent_seul).collect())? {
                if let Some(code) = &parents[rang] {
                    self.ajouter(prete, bande, maille, code, &contour);
                }
            }
        }
        Ok(())
    }

    /// Under the communes' zooms, contours are made of pieces: the parts of EPCI within each
    /// département, whose borders are all the borders there are; then, once EPCI are too small to
    /// show, whole départements.
    fn bandes_basses(
        &self,
        mut pieces: Vec<(Parents, MultiPolygon)>,
        depuis: Bande,
    ) -> Result<bool> {
        let mut precedente = depuis;
        for bande in BANDES_BASSES {
            if bande.zoom < ZOOM_EPCI {
                for (parents, _) in &mut pieces {
                    parents[0] = None;
                }
                pieces = reunir(pieces)?;
            }
            // From grid to metres by one formula: shared vertices stay equal to the last bit.
            for (_, contour) in &mut pieces {
                contour.map_coords_in_place(|point| precedente.metres(point));
            }
            let (parents, contours): (Vec<Parents>, Vec<MultiPolygon>) = pieces.into_iter().unzip();
            let places = poser(&geos::simplifier(&contours, bande.tolerance)?, bande)?;
            pieces = parents.into_iter().zip(places).collect();
            precedente = bande;

            let mut prete = BandePrete::nouvelle(bande);
            self.mailles_superieures(&pieces, &mut prete, bande)?;
            if self.envoyer.blocking_send(prete).is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn ajouter(
        &self,
        prete: &mut BandePrete,
        bande: Bande,
        maille: Maille,
        code: &str,
        contour: &MultiPolygon,
    ) {
        // A commune may lie in an EPCI that the file does not list.
        if let Some(unite) = self.dessinees.get(&(maille, code)) {
            let contour = (!contour.0.is_empty()).then_some(contour);
            prete.ajouter(self.edition, bande, *unite, contour);
        }
    }
}

/// Unites pieces of one pavage that have the same parents.
fn reunir(pieces: Vec<(Parents, MultiPolygon)>) -> Result<Vec<(Parents, MultiPolygon)>> {
    let mut groupes: BTreeMap<Parents, Vec<MultiPolygon>> = BTreeMap::new();
    for (parents, contour) in pieces {
        groupes.entry(parents).or_default().push(contour);
    }
    groupes
        .into_iter()
        .map(|(parents, membres)| match <[MultiPolygon; 1]>::try_from(membres) {
            Ok([seul]) => Ok((parents, seul)),
            Err(membres) => Ok((parents, geos::unir(&membres)?)),
        })
        .collect()
}

impl fmt::Display for Bilan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Millésime {} publié : {} communes, {} EPCI, {} départements, {} régions, {} tuiles.",
            self.millesime, self.communes, self.epci, self.departements, self.regions, self.tuiles
        )?;
        if self.sans_contours {
            writeln!(
                f,
                "Les fichiers donnent les codes seuls : ce millésime n'a pas de contours."
            )?;
        } else {
            writeln!(f, "Contours réunis à partir de communes déléguées : {}.", self.reunies)?;
            writeln!(f, "Contours absents ou incomplets : {}.", self.signalees.len())?;
            for signalee in &self.signalees {
                writeln!(f, "  {signalee}")?;
            }
        }
        for remarque in &self.remarques {
            writeln!(f, "  {remarque}")?;
        }
        Ok(())
    }
}
