//! Communes whose contour is older than they are: it lacks what they have absorbed since.

use std::collections::{BTreeMap, HashMap, HashSet};

use geo::{Area, BoundingRect, MultiPolygon, Polygon};

use super::codes::CodeInsee;
use super::generalisation::MONDE;
use super::geos;
use super::pays::{EtatContour, Pavage, UnitePrete};
use super::source::CommuneLue;
use crate::error::Result;

/// A hole in the pavage smaller than this is not worth a flag; square metres on the ground.
const LACUNE_MINIMALE: f64 = 200_000.0;

/// Flags merged communes whose contour is older than the merger.
///
/// Two signs: a commune déléguée without contour; or, for mergers that left none, a hole in the
/// pavage beside a commune that has absorbed a code and whose SIREN is recent. Holes that neither
/// explains are reported (Llívia, which is Spanish).
pub fn signaler(
    unites: &mut [UnitePrete],
    pavage: &Pavage,
    communes: &BTreeMap<CodeInsee, CommuneLue>,
    remarques: &mut Vec<String>,
) -> Result<()> {
    let rang_unite: HashMap<String, usize> =
        unites.iter().enumerate().map(|(rang, unite)| (unite.code.clone(), rang)).collect();
    for (code, commune) in communes {
        let unite = &mut unites[rang_unite[code.as_str()]];
        let manquantes: Vec<_> = commune
            .parties
            .iter()
            .filter(|partie| partie.contour.is_none() && &partie.code != code)
            .map(|partie| format!("{} ({})", partie.nom, partie.code.as_str()))
            .collect();
        if unite.etat_contour == EtatContour::Complet && !manquantes.is_empty() {
            unite.etat_contour = EtatContour::Lacunaire;
            unite.remarque_contour = Some(format!(
                "Le contour date d'avant la réunion : il y manque {}.",
                manquantes.join(", ")
            ));
        }
    }

    let lacunes = lacunes(&pavage.contours)?;
    let mut bord: HashMap<[u64; 2], usize> = HashMap::new();
    for (rang, lacune) in lacunes.iter().enumerate() {
        bord.extend(
            lacune.exterior().coords().map(|point| ([point.x.to_bits(), point.y.to_bits()], rang)),
        );
    }
    let mut riverains: Vec<HashSet<usize>> = vec![HashSet::new(); lacunes.len()];
    for (rang, contour) in pavage.contours.iter().enumerate() {
        for point in contour.iter().flat_map(|polygone| polygone.exterior().coords()) {
            if let Some(&lacune) = bord.get(&[point.x.to_bits(), point.y.to_bits()]) {
                riverains[lacune].insert(rang_unite[&pavage.codes[rang]]);
            }
        }
    }
    for (lacune, riverains) in lacunes.iter().zip(riverains) {
        if riverains.iter().any(|&rang| unites[rang].etat_contour == EtatContour::Lacunaire) {
            continue;
        }
        let mut trouve = false;
        for &rang in &riverains {
            let unite = &mut unites[rang];
            let parties = &communes.get(&CodeInsee::parse(&unite.code)?).map(|c| &c.parties);
            let absorbes: Vec<_> = unite
                .anciens_codes
                .iter()
                .filter(|ancien| {
                    parties.is_none_or(|parties| parties.iter().all(|p| p.code.as_str() != *ancien))
                })
                .cloned()
                .collect();
            if unite.etat_contour == EtatContour::Complet
                && !absorbes.is_empty()
                && siren_recent(unite)
            {
                trouve = true;
                unite.etat_contour = EtatContour::Lacunaire;
                unite.remarque_contour = Some(format!(
                    "Le contour date d'avant la réunion : il y manque sans doute le territoire de \
                     l'ancien code {}.",
                    absorbes.join(", ")
                ));
            }
        }
        if !trouve && let Some(&rang) = riverains.iter().min() {
            remarques.push(format!(
                "Trou de {:.1} km² près de {} : enclave étrangère, ou contour manquant.",
                surface_au_sol(lacune) / 1e6,
                unites[rang].nom
            ));
        }
    }
    Ok(())
}

/// Sirene gives numbers in sequence. Communes have `21` and their code, those merged until 2019
/// one in `200`, those merged since 2024 one in `9`.
fn siren_recent(unite: &UnitePrete) -> bool {
    unite.siren.as_deref().is_some_and(|siren| siren.starts_with('9'))
}

/// Holes of the whole pavage.
fn lacunes(contours: &[MultiPolygon]) -> Result<Vec<Polygon>> {
    Ok(geos::unir(contours)?
        .into_iter()
        .flat_map(|polygone| polygone.into_inner().1)
        .map(|trou| Polygon::new(trou, vec![]))
        .filter(|trou| surface_au_sol(trou) >= LACUNE_MINIMALE)
        .collect())
}

/// Square metres on the ground of a small polygon of EPSG:3857, whose scale is 1/cos(latitude).
fn surface_au_sol(polygone: &Polygon) -> f64 {
    let rayon = MONDE / std::f64::consts::TAU;
    let milieu = polygone.bounding_rect().map_or(0.0, |rect| rect.center().y);
    let echelle = (milieu / rayon).cosh();
    polygone.unsigned_area() / (echelle * echelle)
}
