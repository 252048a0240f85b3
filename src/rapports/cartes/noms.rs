//! Which names a map writes, and in what order: what comes first takes the room.

use geo::{Contains, Coord, MapCoords, MultiPolygon};

use super::etiquettes::{Boite, Etiquettes, Lettre};
use super::planche::Planche;
use super::pochoir::Pochoir;
use super::trace::Plan;
use crate::territoires::{Forme, Maille};

const EPCI: Lettre = Lettre { corps: 7.2, classe: "epci" };
const SIEGE: Lettre = Lettre { corps: 7.2, classe: "nom" };
const COMMUNE: Lettre = Lettre { corps: 6.4, classe: "nom" };
const VOISIN: Lettre = Lettre { corps: 6.8, classe: "loin" };
/// The least of a neighbour that is worth its name, square points.
const AIRE: f64 = 150.0;

impl Planche<'_> {
    /// EPCI or the seats of EPCI, then the largest communes, then neighbours, as far as there is room.
    pub(super) fn noms(&self, plan: &Plan, page: (f64, f64)) -> String {
        let mut noms = Etiquettes::nouvelles(page);
        // The north.
        noms.reserver(Boite { gauche: page.0 - 22.0, haut: 0.0, droite: page.0, bas: 32.0 });
        if self.aplats.maille == Maille::Epci {
            self.noms_des_epci(plan, page, &mut noms);
        } else {
            self.noms_des_communes(plan, &mut noms);
        }
        self.noms_des_voisins(plan, page, &mut noms);
        noms.svg()
    }

    /// Each in what the map shows of it, the smallest first: the others have more room.
    fn noms_des_epci(&self, plan: &Plan, page: (f64, f64), noms: &mut Etiquettes) {
        let chez_soi = MultiPolygon::new(
            self.siens().flat_map(|forme| sur_la_page(plan, &forme.contour)).collect(),
        );
        let chez_soi = (!chez_soi.0.is_empty()).then_some(&chez_soi);
        let mut epci: Vec<_> = self
            .fond
            .de(Maille::Epci)
            .filter_map(|epci| {
                let nom = self.noms_des_epci.get(&epci.code)?;
                let surface = sur_la_page(plan, &epci.contour);
                Some((nom, Pochoir::nouveau(page, &surface, chez_soi)))
            })
            .collect();
        epci.sort_by(|a, b| a.1.aire().total_cmp(&b.1.aire()).then_with(|| a.0.cmp(b.0)));
        for (nom, surface) in &epci {
            if !noms.poser_dans(nom, surface, 0.0, EPCI)
                && let Some(centre) = surface.centre()
            {
                noms.poser(nom, (centre.x, centre.y), EPCI);
            }
        }
    }

    /// The most populated commune of each EPCI stands for its seat; then the others.
    fn noms_des_communes(&self, plan: &Plan, noms: &mut Etiquettes) {
        let communes: Vec<&Forme> = self.fond.de(Maille::Commune).collect();
        let sieges: Vec<_> = self
            .fond
            .de(Maille::Epci)
            .filter(|epci| self.noms_des_epci.contains_key(&epci.code))
            .filter_map(|epci| {
                let dedans = |commune: &&&Forme| {
                    commune.point.is_some_and(|point| epci.contour.contains(&point))
                };
                communes.iter().filter(dedans).min_by_key(|commune| commune.rang)
            })
            .map(|siege| siege.code.as_str())
            .collect();
        let est_siege = |commune: &Forme| sieges.contains(&commune.code.as_str());
        let (premiers, autres): (Vec<&Forme>, Vec<&Forme>) =
            communes.iter().partition(|commune| est_siege(commune));
        let mut ecrits = 0;
        for commune in premiers.into_iter().chain(autres) {
            if ecrits >= self.noms {
                break;
            }
            let Some(point) = commune.point else { continue };
            let lettre = if est_siege(commune) { SIEGE } else { COMMUNE };
            let (x, y) = plan.point(point);
            // Beside its circle, not under it.
            let rond = self.cercles.get(&commune.code).map_or(0.0, |n| self.rayon * n.sqrt());
            let y = if rond > 2.0 { y - rond - lettre.corps * 0.6 } else { y };
            ecrits += usize::from(noms.poser(&commune.nom, (x, y), lettre));
        }
    }

    /// Départements around, inside them or not at all. Each part apart: an enclave has its name too.
    fn noms_des_voisins(&self, plan: &Plan, page: (f64, f64), noms: &mut Etiquettes) {
        for voisin in self.fond.de(Maille::Departement) {
            if self.chez_soi.contains(&voisin.code) {
                continue;
            }
            for partie in sur_la_page(plan, &voisin.contour) {
                let surface = Pochoir::nouveau(page, &partie.into(), None);
                if surface.aire() >= AIRE {
                    noms.poser_dans(&voisin.nom, &surface, 0.95, VOISIN);
                }
            }
        }
    }
}

fn sur_la_page(plan: &Plan, contour: &MultiPolygon) -> MultiPolygon {
    contour.map_coords(|lieu| {
        let (x, y) = plan.point(lieu);
        Coord { x, y }
    })
}
