//! The bands of an edition: contours generalised, put on their grids and united into the larger mailles,
//! handed over one by one as they are ready.

use std::collections::{BTreeMap, HashMap};

use geo::{MapCoordsInPlace, MultiPolygon};
use tokio::sync::mpsc;

use super::codes::Maille;
use super::generalisation::{BANDES, BANDES_BASSES, Bande, ZOOM_EPCI, poser, resolution};
use super::geos;
use super::pays::Pays;
use super::publication::{BandePrete, Dessinee, rangs};
use crate::error::Result;

/// How many bands an edition with contours has.
pub const NOMBRE: usize = BANDES.len() + BANDES_BASSES.len();

/// Draws the bands of an edition on two threads, and sends them; stops when nobody listens. Blocks.
pub fn envoyer(pays: &Pays, edition: i32, envoyer: &mpsc::Sender<BandePrete>) -> Result<()> {
    // One thread takes what is simplified, each band from the one before; the other, the bands
    // finer than the data, which are only put on their grids.
    let (fines, simplifiees): (Vec<Bande>, Vec<Bande>) = {
        let resolution = resolution(&pays.pavage.contours);
        BANDES.into_iter().partition(|bande| bande.tolerance <= resolution)
    };
    let envoi = Envoi { pays, dessinees: dessinees(pays), edition, envoyer };
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
        [fines, simplifiees].into_iter().try_for_each(|fil| {
            fil.join().unwrap_or_else(|panique| std::panic::resume_unwind(panique))
        })
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
