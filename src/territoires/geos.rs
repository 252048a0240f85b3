//! The few GEOS coverage functions that we call, behind a safe face. All the `unsafe` code of the
//! project is in this file.
//!
//! A *pavage* is a list of multipolygons that share their borders; every function takes and gives
//! one, in the same order. It knows neither CRS nor territories.

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_void};
use std::ptr;

use geo::{LineString, MultiPolygon, Polygon};
use geos_sys::{
    GEOS_finish_r, GEOS_init_r, GEOSContext_setErrorMessageHandler_r, GEOSContextHandle_t,
    GEOSCoordSeq_copyFromBuffer_r, GEOSCoordSeq_copyToBuffer_r, GEOSCoordSeq_getSize_r,
    GEOSCoverageCleanParams_create_r, GEOSCoverageCleanParams_destroy_r,
    GEOSCoverageCleanParams_setGapMaximumWidth_r,
    GEOSCoverageCleanParams_setOverlapMergeStrategy_r, GEOSCoverageCleanWithParams_r,
    GEOSCoverageIsValid_r, GEOSCoverageSimplifyVW_r, GEOSCoverageUnion_r,
    GEOSGeom_createCollection_r, GEOSGeom_createLinearRing_r, GEOSGeom_createPolygon_r,
    GEOSGeom_destroy_r, GEOSGeom_getCoordSeq_r, GEOSGeomTypeId_r, GEOSGeometry,
    GEOSGetExteriorRing_r, GEOSGetGeometryN_r, GEOSGetInteriorRingN_r, GEOSGetNumGeometries_r,
    GEOSGetNumInteriorRings_r, GEOSisEmpty_r, GEOSisValid_r,
};

use crate::error::{Error, Result};

const POLYGONE: i32 = 3;
const MULTIPOLYGONE: i32 = 6;
const COLLECTION: i32 = 7;
/// `GEOS_MERGE_MIN_AREA`: an overlap goes to the member with the smallest area.
const AU_PLUS_PETIT: i32 = 2;

/// Makes borders equal vertex for vertex, gives each overlap to the smaller member, and closes gaps
/// thinner than `interstice` (units of the coordinates). Larger gaps are real holes and stay.
pub fn nettoyer(pavage: &[MultiPolygon], interstice: f64) -> Result<Vec<MultiPolygon>> {
    let session = Session::ouvrir("nettoyage des limites communes")?;
    let entree = session.collection(pavage)?;
    // SAFETY: the handle and the input are alive; parameters are freed on every path below.
    let sortie = unsafe {
        let reglages = GEOSCoverageCleanParams_create_r(session.poignee);
        GEOSCoverageCleanParams_setGapMaximumWidth_r(session.poignee, reglages, interstice);
        GEOSCoverageCleanParams_setOverlapMergeStrategy_r(session.poignee, reglages, AU_PLUS_PETIT);
        let sortie = GEOSCoverageCleanWithParams_r(session.poignee, entree.brut, reglages);
        GEOSCoverageCleanParams_destroy_r(session.poignee, reglages);
        sortie
    };
    session.prendre(sortie)?.parties(pavage.len())
}

/// Visvalingam–Whyatt simplification that keeps shared borders shared. `tolerance` is the side of
/// a square: a vertex goes when its triangle is smaller than the square. No polygon becomes empty.
pub fn simplifier(pavage: &[MultiPolygon], tolerance: f64) -> Result<Vec<MultiPolygon>> {
    let session = Session::ouvrir("généralisation des contours")?;
    let entree = session.collection(pavage)?;
    // SAFETY: the handle and the input are alive.
    let sortie = unsafe { GEOSCoverageSimplifyVW_r(session.poignee, entree.brut, tolerance, 0) };
    session.prendre(sortie)?.parties(pavage.len())
}

/// Which members are invalid polygons, or have an edge that does not match their neighbour's.
pub fn defauts(pavage: &[MultiPolygon]) -> Result<Vec<bool>> {
    let session = Session::ouvrir("vérification des limites communes")?;
    let entree = session.collection(pavage)?;
    let mut aretes: *mut GEOSGeometry = ptr::null_mut();
    // SAFETY: the handle and the input are alive; `aretes` receives a geometry that we own.
    let etat = unsafe { GEOSCoverageIsValid_r(session.poignee, entree.brut, 0.0, &raw mut aretes) };
    if etat == 2 {
        return Err(session.erreur());
    }
    let aretes = (!aretes.is_null()).then(|| Geometrie { brut: aretes, session: &session });
    (0..pavage.len())
        .map(|rang| {
            let rang = i32::try_from(rang).expect("a pavage has far fewer members than 2³¹");
            // SAFETY: members are borrowed from collections that outlive these calls.
            unsafe {
                let membre = GEOSGetGeometryN_r(session.poignee, entree.brut, rang);
                let valide = GEOSisValid_r(session.poignee, membre) == 1;
                let sans_arete = aretes.as_ref().is_none_or(|aretes| {
                    let arete = GEOSGetGeometryN_r(session.poignee, aretes.brut, rang);
                    GEOSisEmpty_r(session.poignee, arete) == 1
                });
                Ok(!(valide && sans_arete))
            }
        })
        .collect()
}

/// The union of members whose borders match: shared edges cancel, nothing else moves.
pub fn unir(pavage: &[MultiPolygon]) -> Result<MultiPolygon> {
    let session = Session::ouvrir("réunion de contours")?;
    let entree = session.collection(pavage)?;
    // SAFETY: the handle and the input are alive.
    let sortie = unsafe { GEOSCoverageUnion_r(session.poignee, entree.brut) };
    let union = session.prendre(sortie)?;
    let mut polygones = Vec::new();
    session.lire(union.brut, &mut polygones)?;
    Ok(MultiPolygon(polygones))
}

/// A GEOS context, for one operation on one thread.
struct Session {
    poignee: GEOSContextHandle_t,
    action: &'static str,
    message: Box<RefCell<String>>,
}

impl Session {
    fn ouvrir(action: &'static str) -> Result<Self> {
        // SAFETY: no precondition. The message box is on the heap, so its address outlives moves
        // of the session, and the handle is finished before the box is dropped.
        let poignee = unsafe { GEOS_init_r() };
        let session = Self { poignee, action, message: Box::default() };
        if poignee.is_null() {
            return Err(session.erreur());
        }
        let boite: *const RefCell<String> = &raw const *session.message;
        unsafe {
            GEOSContext_setErrorMessageHandler_r(poignee, Some(retenir), boite.cast_mut().cast());
        }
        Ok(session)
    }

    fn erreur(&self) -> Error {
        Error::Geometrie { action: self.action, message: self.message.borrow().clone() }
    }

    /// Takes ownership of what GEOS returned.
    fn prendre(&self, brut: *mut GEOSGeometry) -> Result<Geometrie<'_>> {
        if brut.is_null() {
            return Err(self.erreur());
        }
        Ok(Geometrie { brut, session: self })
    }

    fn collection(&self, pavage: &[MultiPolygon]) -> Result<Geometrie<'_>> {
        let membres = pavage
            .iter()
            .map(|membre| {
                let polygones =
                    membre.iter().map(|polygone| self.polygone(polygone)).collect::<Result<_>>()?;
                self.assembler(MULTIPOLYGONE, polygones)
            })
            .collect::<Result<_>>()?;
        self.assembler(COLLECTION, membres)
    }

    fn assembler(&self, genre: i32, membres: Vec<Geometrie<'_>>) -> Result<Geometrie<'_>> {
        let mut bruts: Vec<_> = membres.into_iter().map(Geometrie::ceder).collect();
        let nombre = u32::try_from(bruts.len()).expect("far fewer than 2³² members");
        // SAFETY: GEOS takes ownership of the members and copies the array.
        let brut =
            unsafe { GEOSGeom_createCollection_r(self.poignee, genre, bruts.as_mut_ptr(), nombre) };
        self.prendre(brut)
    }

    fn polygone(&self, polygone: &Polygon) -> Result<Geometrie<'_>> {
        let exterieur = self.anneau(polygone.exterior())?;
        let mut trous = polygone
            .interiors()
            .iter()
            .map(|trou| Ok(self.anneau(trou)?.ceder()))
            .collect::<Result<Vec<_>>>()?;
        let nombre = u32::try_from(trous.len()).expect("far fewer than 2³² rings");
        // SAFETY: GEOS takes ownership of the rings and copies the array.
        let brut = unsafe {
            GEOSGeom_createPolygon_r(self.poignee, exterieur.ceder(), trous.as_mut_ptr(), nombre)
        };
        self.prendre(brut)
    }

    fn anneau(&self, anneau: &LineString) -> Result<Geometrie<'_>> {
        let plat: Vec<f64> = anneau.0.iter().flat_map(|point| [point.x, point.y]).collect();
        let nombre = u32::try_from(anneau.0.len()).expect("far fewer than 2³² vertices");
        // SAFETY: the buffer holds two doubles a vertex; the ring takes the sequence.
        let brut = unsafe {
            let suite = GEOSCoordSeq_copyFromBuffer_r(self.poignee, plat.as_ptr(), nombre, 0, 0);
            if suite.is_null() {
                return Err(self.erreur());
            }
            GEOSGeom_createLinearRing_r(self.poignee, suite)
        };
        self.prendre(brut)
    }

    /// Appends the polygons of any areal geometry; lines and points that an operation left behind
    /// have no surface and are passed over.
    fn lire(&self, brut: *const GEOSGeometry, polygones: &mut Vec<Polygon>) -> Result<()> {
        // SAFETY: `brut` is alive, and its members are borrowed from it.
        unsafe {
            match GEOSGeomTypeId_r(self.poignee, brut) {
                POLYGONE if GEOSisEmpty_r(self.poignee, brut) == 0 => {
                    let exterieur = self.lire_anneau(GEOSGetExteriorRing_r(self.poignee, brut))?;
                    let trous = (0..GEOSGetNumInteriorRings_r(self.poignee, brut))
                        .map(|rang| {
                            self.lire_anneau(GEOSGetInteriorRingN_r(self.poignee, brut, rang))
                        })
                        .collect::<Result<_>>()?;
                    polygones.push(Polygon::new(exterieur, trous));
                }
                MULTIPOLYGONE | COLLECTION => {
                    for rang in 0..GEOSGetNumGeometries_r(self.poignee, brut) {
                        self.lire(GEOSGetGeometryN_r(self.poignee, brut, rang), polygones)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// # Safety
    /// `anneau` must be a live ring, or null.
    unsafe fn lire_anneau(&self, anneau: *const GEOSGeometry) -> Result<LineString> {
        let mut nombre = 0;
        // SAFETY: the buffer is as long as the sequence says, two doubles a vertex.
        unsafe {
            let suite = GEOSGeom_getCoordSeq_r(self.poignee, anneau);
            if suite.is_null() || GEOSCoordSeq_getSize_r(self.poignee, suite, &raw mut nombre) == 0
            {
                return Err(self.erreur());
            }
            let mut plat = vec![0.0_f64; 2 * nombre as usize];
            GEOSCoordSeq_copyToBuffer_r(self.poignee, suite, plat.as_mut_ptr(), 0, 0);
            Ok(plat.chunks_exact(2).map(|paire| (paire[0], paire[1])).collect())
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: every geometry borrows the session, so none is left.
        unsafe { GEOS_finish_r(self.poignee) }
    }
}

/// A geometry that we own.
struct Geometrie<'s> {
    brut: *mut GEOSGeometry,
    session: &'s Session,
}

impl Geometrie<'_> {
    /// Gives up ownership, to a GEOS function that takes it.
    fn ceder(self) -> *mut GEOSGeometry {
        let brut = self.brut;
        std::mem::forget(self);
        brut
    }

    /// The members of a collection, which must be as many as went in.
    fn parties(&self, attendu: usize) -> Result<Vec<MultiPolygon>> {
        // SAFETY: `self` is alive, and members are borrowed from it.
        let nombre = unsafe { GEOSGetNumGeometries_r(self.session.poignee, self.brut) };
        if usize::try_from(nombre) != Ok(attendu) {
            return Err(Error::Geometrie {
                action: self.session.action,
                message: format!("{attendu} contours en entrée, {nombre} en sortie"),
            });
        }
        (0..nombre)
            .map(|rang| {
                let mut polygones = Vec::new();
                let membre = unsafe { GEOSGetGeometryN_r(self.session.poignee, self.brut, rang) };
                self.session.lire(membre, &mut polygones)?;
                Ok(MultiPolygon(polygones))
            })
            .collect()
    }
}

impl Drop for Geometrie<'_> {
    fn drop(&mut self) {
        // SAFETY: we own it, and the session is still alive.
        unsafe { GEOSGeom_destroy_r(self.session.poignee, self.brut) }
    }
}

/// Keeps GEOS's last error message for [`Session::erreur`].
unsafe extern "C" fn retenir(message: *const c_char, boite: *mut c_void) {
    // SAFETY: GEOS passes a C string and the box given with the handler, which outlives the handle.
    unsafe {
        let boite: &RefCell<String> = &*boite.cast();
        *boite.borrow_mut() = CStr::from_ptr(message).to_string_lossy().into_owned();
    }
}
