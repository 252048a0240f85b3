//! The country of one millésime, ready to publish: units of every maille, and one clean pavage of
//! communes from which all contours are derived.

use std::collections::{BTreeMap, HashMap};

use geo::{Area, BoundingRect, Contains, Coord, InteriorPoint, MultiPolygon, Point, Rect};

use super::codes::{CodeInsee, Maille, departement};
use super::projection::{MERCATOR, Projection, WGS84};
use super::source::{CommuneLue, Lecture};
use super::{ewkb, geos, lacunes};
use crate::base::CopieBinaire;
use crate::error::Result;

/// Gaps thinner than this between communes are drawing errors, not holes; metres of EPSG:3857.
const INTERSTICE: f64 = 10.0;
const SANS_CONTOURS: &str = "Ce millésime est chargé sans contours.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "etat_contour", rename_all = "lowercase")]
pub enum EtatContour {
    /// As the source gives it.
    Complet,
    /// The union of its communes déléguées.
    Reuni,
    /// Known to lack a part, or to hold a part that is not its own.
    Lacunaire,
    Absent,
}

impl EtatContour {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complet => "complet",
            Self::Reuni => "reuni",
            Self::Lacunaire => "lacunaire",
            Self::Absent => "absent",
        }
    }
}

/// A row of `territoire`, but for its edition.
#[derive(Debug)]
pub struct UnitePrete {
    pub maille: Maille,
    pub code: String,
    pub nom: String,
    pub nature: Option<String>,
    pub siren: Option<String>,
    pub departement: Option<String>,
    pub region: Option<String>,
    pub epci: Option<String>,
    pub ept: Option<String>,
    pub population: Option<i32>,
    pub codes_postaux: Vec<String>,
    pub anciens_codes: Vec<String>,
    pub etat_contour: EtatContour,
    pub remarque_contour: Option<String>,
    /// EPSG:3857.
    pub point: Option<Coord>,
    /// EPSG:4326.
    pub emprise: Option<Rect>,
}

/// Communes that have a contour, in the order of their codes.
#[derive(Debug)]
pub struct Pavage {
    pub codes: Vec<String>,
    /// EPSG:3857, a valid pavage.
    pub contours: Vec<MultiPolygon>,
    /// For each commune, the code of its EPCI, département and région.
    pub parents: Vec<[Option<String>; 3]>,
}

#[derive(Debug)]
pub struct Pays {
    pub unites: Vec<UnitePrete>,
    pub pavage: Pavage,
}

/// Derives the country from what was read, and gives with it the contours as they were read, as rows of
/// `contour_source` but for their edition. Remarks are added to the reading's.
pub fn preparer(lecture: &mut Lecture) -> Result<(Pays, CopieBinaire)> {
    let mut remarques = std::mem::take(&mut lecture.remarques);
    let departement_region = |departement: &str| {
        lecture.departements.get(departement).and_then(|departement| departement.region.clone())
    };

    let mut unites = Vec::with_capacity(lecture.communes.len() + 1500);
    let mut bruts = Vec::with_capacity(lecture.communes.len());
    let mut pavage = Pavage { codes: Vec::new(), contours: Vec::new(), parents: Vec::new() };
    for (code, commune) in &mut lecture.communes {
        let (contour, etat_contour, remarque_contour) = contour(commune);
        let region = departement_region(&commune.departement);
        let emprise = contour
            .as_ref()
            .and_then(|contour| contour.bounding_rect())
            .or_else(|| commune.mairie.map(|point| Rect::new(point, point)));
        unites.push(UnitePrete {
            maille: Maille::Commune,
            code: code.as_str().to_owned(),
            nom: commune.nom.clone(),
            nature: None,
            siren: commune.siren.clone(),
            departement: Some(commune.departement.clone()),
            region: region.clone(),
            epci: commune.epci.as_ref().map(|siren| siren.as_str().to_owned()),
            ept: commune.ept.as_ref().map(|siren| siren.as_str().to_owned()),
            population: commune.population,
            codes_postaux: std::mem::take(&mut commune.codes_postaux),
            anciens_codes: std::mem::take(&mut commune.anciens_codes),
            etat_contour,
            remarque_contour,
            point: None,
            emprise,
        });
        if let Some(contour) = contour {
            pavage.codes.push(code.as_str().to_owned());
            pavage.parents.push([
                commune.epci.as_ref().map(|siren| siren.as_str().to_owned()),
                Some(commune.departement.clone()),
                region,
            ]);
            bruts.push(contour);
        }
    }

    tracing::debug!("contours rassemblés");
    let vers_mercator = Projection::nouvelle(WGS84, MERCATOR)?;
    let mut lus = CopieBinaire::default();
    for (contour, code) in bruts.iter_mut().zip(&pavage.codes) {
        lus.ligne(2);
        lus.champ(code.as_bytes());
        lus.champ(&ewkb::surface(contour, 4326, |point| point));
        vers_mercator.contour(contour, code)?;
    }
    tracing::debug!("contours projetés");
    if bruts.is_empty() {
        for unite in &mut unites {
            unite.remarque_contour = Some(SANS_CONTOURS.into());
        }
    } else {
        pavage.contours = geos::nettoyer(&bruts, INTERSTICE)?;
        tracing::debug!("limites communes nettoyées");
        lacunes::signaler(&mut unites, &pavage, &lecture.communes, &mut remarques)?;
        tracing::debug!("lacunes signalées");
    }
    placer(&mut unites, &pavage, &lecture.communes, &vers_mercator)?;
    unites.extend(mailles_superieures(lecture, &unites));
    placer_mailles_superieures(&mut unites);
    lecture.remarques = remarques;
    Ok((Pays { unites, pavage }, lus))
}

/// The contour of a commune, where it comes from, and what is known to be wrong with it.
fn contour(commune: &mut CommuneLue) -> (Option<MultiPolygon>, EtatContour, Option<String>) {
    if let Some(contour) = commune.contour.take() {
        let (etat, remarque) = commune.etat_contour.take().unwrap_or((EtatContour::Complet, None));
        return (Some(contour), etat, remarque);
    }
    let deleguees: Vec<_> = commune.parties.iter().filter(|partie| partie.deleguee).collect();
    let surfaces: Vec<_> = deleguees.iter().filter_map(|partie| partie.contour.clone()).collect();
    if deleguees.is_empty() || surfaces.len() < deleguees.len() {
        let remarque = "La source ne donne pas le contour de cette commune.".to_owned();
        return (None, EtatContour::Absent, Some(remarque));
    }
    let remarque =
        format!("Contour réuni à partir de ceux de ses {} anciennes communes.", surfaces.len());
    // Borders between parts match but for a few edges: cleaning comes before the union.
    let union = geos::nettoyer(&surfaces, 0.0).and_then(|surfaces| geos::unir(&surfaces));
    match union {
        Ok(contour) => (Some(contour), EtatContour::Reuni, Some(remarque)),
        Err(_) => (None, EtatContour::Absent, Some("Son contour n'a pas pu être réuni.".into())),
    }
}

/// Gives each commune its label point: inside its largest part, or else at its town hall.
fn placer(
    unites: &mut [UnitePrete],
    pavage: &Pavage,
    communes: &BTreeMap<CodeInsee, CommuneLue>,
    vers_mercator: &Projection,
) -> Result<()> {
    let rang_contour: HashMap<&str, usize> =
        pavage.codes.iter().enumerate().map(|(rang, code)| (code.as_str(), rang)).collect();
    let mut englobees = Vec::new();
    for unite in unites.iter_mut() {
        if let Some(&rang) = rang_contour.get(unite.code.as_str()) {
            unite.point = point_interieur(&pavage.contours[rang]);
            continue;
        }
        let code = CodeInsee::parse(&unite.code)?;
        if let Some(mairie) = communes.get(&code).and_then(|commune| commune.mairie) {
            let point = vers_mercator.point(mairie)?;
            unite.point = Some(point);
            englobees.push((unite.nom.clone(), unite.code.clone(), point));
        }
    }
    // A re-established commune still lies within the contour that it has left.
    for (nom, code, point) in englobees {
        let hote = pavage.contours.iter().enumerate().find(|(rang, contour)| {
            departement(&pavage.codes[*rang]) == departement(&code)
                && contour.contains(&Point(point))
        });
        if let Some((rang, _)) = hote
            && let Some(hote) = unites.iter_mut().find(|unite| unite.code == pavage.codes[rang])
        {
            hote.etat_contour = EtatContour::Lacunaire;
            let ajout = format!("{nom} ({code})");
            if hote.remarque_contour.as_ref().is_some_and(|remarque| remarque.contains(&ajout)) {
                continue;
            }
            hote.remarque_contour = Some(match hote.remarque_contour.take() {
                Some(remarque) => format!("{} et {ajout}.", remarque.trim_end_matches('.')),
                None => format!("Le contour comprend encore le territoire de {ajout}."),
            });
        }
    }
    Ok(())
}

fn point_interieur(contour: &MultiPolygon) -> Option<Coord> {
    let plus_grand =
        contour.iter().max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()))?;
    plus_grand.interior_point().map(|point| point.0)
}

/// EPCI, départements and régions, with what their communes say of them.
fn mailles_superieures(lecture: &Lecture, communes: &[UnitePrete]) -> Vec<UnitePrete> {
    let vide = |maille, code: &str, nom: &str| UnitePrete {
        maille,
        code: code.to_owned(),
        nom: nom.to_owned(),
        nature: None,
        siren: None,
        departement: None,
        region: None,
        epci: None,
        ept: None,
        population: None,
        codes_postaux: Vec::new(),
        anciens_codes: Vec::new(),
        etat_contour: EtatContour::Complet,
        remarque_contour: None,
        point: None,
        emprise: None,
    };
    let mut unites = Vec::new();
    unites.extend(lecture.epci.iter().map(|(siren, epci)| UnitePrete {
        nature: epci.nature.clone(),
        siren: Some(siren.as_str().to_owned()),
        ..vide(Maille::Epci, siren.as_str(), &epci.nom)
    }));
    unites.extend(lecture.departements.iter().map(|(code, departement)| UnitePrete {
        region: departement.region.clone(),
        ..vide(Maille::Departement, code, departement.nom.as_deref().unwrap_or(code))
    }));
    unites.extend(
        lecture.regions.iter().map(|(code, region)| vide(Maille::Region, code, &region.nom)),
    );

    let mut membres: HashMap<(Maille, &str), Vec<&UnitePrete>> = HashMap::new();
    for commune in communes {
        let parents = [
            (Maille::Epci, &commune.epci),
            (Maille::Departement, &commune.departement),
            (Maille::Region, &commune.region),
        ];
        for (maille, parent) in parents {
            if let Some(parent) = parent {
                membres.entry((maille, parent)).or_default().push(commune);
            }
        }
    }
    for unite in &mut unites {
        let communes = membres.remove(&(unite.maille, unite.code.as_str())).unwrap_or_default();
        unite.population =
            communes.iter().filter_map(|commune| commune.population).reduce(|a, b| a + b);
        unite.emprise = communes.iter().filter_map(|commune| commune.emprise).reduce(|a, b| {
            Rect::new(
                Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
                Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
            )
        });
        let absents = communes.iter().filter(|c| c.etat_contour == EtatContour::Absent).count();
        let lacunaires =
            communes.iter().filter(|c| c.etat_contour == EtatContour::Lacunaire).count();
        if communes.len() == absents {
            unite.etat_contour = EtatContour::Absent;
            unite.remarque_contour = Some("Aucune de ses communes n'a de contour.".into());
        } else if absents + lacunaires > 0 {
            unite.etat_contour = EtatContour::Lacunaire;
            unite.remarque_contour = Some(match (lacunaires, absents) {
                (_, 0) => format!("Communes dont le contour est incomplet : {lacunaires}."),
                (0, _) => format!("Communes sans contour : {absents}."),
                _ => format!(
                    "Communes dont le contour est incomplet : {lacunaires} ; sans contour : {absents}."
                ),
            });
        }
    }
    unites
}

/// Puts each larger unit's label at the commune nearest to the middle of its communes, so that it
/// is surely inside.
fn placer_mailles_superieures(unites: &mut [UnitePrete]) {
    let mut points: HashMap<(Maille, String), Vec<Coord>> = HashMap::new();
    for commune in unites.iter().filter(|unite| unite.maille == Maille::Commune) {
        let Some(point) = commune.point else { continue };
        for (maille, parent) in [
            (Maille::Epci, &commune.epci),
            (Maille::Departement, &commune.departement),
            (Maille::Region, &commune.region),
        ] {
            if let Some(parent) = parent {
                points.entry((maille, parent.clone())).or_default().push(point);
            }
        }
    }
    for unite in unites.iter_mut().filter(|unite| unite.maille != Maille::Commune) {
        let Some(points) = points.get(&(unite.maille, unite.code.clone())) else { continue };
        let somme = points.iter().fold(Coord { x: 0.0, y: 0.0 }, |somme, point| somme + *point);
        #[expect(clippy::cast_precision_loss, reason = "a unit has far fewer than 2⁵² communes")]
        let milieu = somme / points.len() as f64;
        unite.point = points
            .iter()
            .copied()
            .min_by(|a, b| distance2(*a, milieu).total_cmp(&distance2(*b, milieu)));
    }
}

fn distance2(a: Coord, b: Coord) -> f64 {
    (a.x - b.x).powi(2) + (a.y - b.y).powi(2)
}
