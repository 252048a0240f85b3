//! Zones of a réseau's folder: `zones.csv`, several rows a zone, and the surfaces of `zones/*.geojson`, one
//! feature a zone. A feature whose `examinee` says « oui » was written by `maillage export reseau`: its surface is
//! taken as it is, if it is still sound.

use std::collections::{HashMap, HashSet};

use super::super::contenu::{Contenu, succession};
use super::super::dossier::Dossier;
use super::super::nomenclature::Nomenclature;
use super::ligne::{self, Defauts, UniteDeZone, Zone};
use super::surface::{examiner, reprendre, wkt};
use super::systeme::Repere;
use crate::error::Result;

/// Judges the listed zones, then the drawn ones.
///
/// # Errors
/// When PROJ is not installed; what is wrong with a row sets it aside.
pub fn juger(contenu: &mut Contenu, dossier: &Dossier, nomenclature: &Nomenclature) -> Result<()> {
    listees(contenu, dossier, nomenclature);
    dessinees(contenu, dossier)
}

fn listees(contenu: &mut Contenu, dossier: &Dossier, nomenclature: &Nomenclature) {
    let douteuse = nomenclature.colonne_douteuse(&dossier.zones, "unite");
    let mut connues: HashMap<(String, i16), Zone> = HashMap::new();
    let mut vues = HashSet::new();
    for rang in dossier.zones.rangs() {
        let lu = || {
            let zone = ligne::zone(rang, &contenu.annuaire, &Defauts::default())?;
            let maille = ligne::maille(rang, false)?;
            let unite = ligne::unite(rang, maille, nomenclature, None, douteuse)?;
            let exclue = rang.oui("exclue")?;
            let cle = (zone.code.clone(), zone.version);
            if connues.get(&cle).is_some_and(|connue| *connue != zone) {
                return Err(rang.refuser(
                    "code",
                    format!(
                        "La zone « {} » a plus haut un autre partenaire, un autre thème ou d'autres dates. \
                         Écrivez les mêmes, ou donnez un autre code à celle-ci.",
                        zone.code
                    ),
                ));
            }
            if vues.contains(&(cle.clone(), unite.maille, unite.code.clone(), !exclue)) {
                return Err(rang.refuser(
                    "exclue",
                    format!(
                        "« {} » est à la fois dans la zone « {} » et exclue d'elle : gardez l'une des deux lignes.",
                        unite.code, zone.code
                    ),
                ));
            }
            Ok((zone, unite, exclue))
        };
        match lu() {
            Ok((zone, unite, exclue)) => {
                contenu.remarques.extend(succession(rang, &unite, "la commune"));
                let cle = (zone.code.clone(), zone.version);
                // Written twice, a unit is in the zone once.
                if vues.insert((cle.clone(), unite.maille, unite.code.clone(), exclue)) {
                    contenu.unites_de_zones.push(UniteDeZone {
                        zone: zone.code.clone(),
                        version: zone.version,
                        maille: unite.maille,
                        code: unite.code,
                        exclue,
                    });
                }
                if connues.insert(cle, zone.clone()).is_none() {
                    contenu.zones.push(zone);
                }
            }
            Err(rejet) => contenu.rejets.push(rejet),
        }
    }
}

fn dessinees(contenu: &mut Contenu, dossier: &Dossier) -> Result<()> {
    if dossier.zones_dessinees.is_empty() {
        return Ok(());
    }
    let repere = Repere::degres()?;
    for dessin in &dossier.zones_dessinees {
        for (rang, surface) in dessin.table.rangs().zip(&dessin.surfaces) {
            let lu = || {
                let mut zone = ligne::zone(rang, &contenu.annuaire, &Defauts::default())?;
                let prise =
                    |connue: &Zone| connue.code == zone.code && connue.version == zone.version;
                if contenu.zones.iter().any(prise) {
                    return Err(
                        rang.refuser("code", format!("La zone « {} » existe déjà.", zone.code))
                    );
                }
                let surface = surface.clone().unwrap_or(geo::MultiPolygon(Vec::new()));
                let examen = match rang.oui("examinee")? {
                    true => reprendre(&surface, &repere),
                    false => examiner(&surface, &repere),
                }
                .map_err(|raison| rang.refuser("geometry", raison))?;
                let dit: Vec<String> = examen
                    .reparations
                    .iter()
                    .map(|reparation| format!("{} : {reparation}.", rang.lieu()))
                    .collect();
                zone.surface = Some(wkt(&examen.surface));
                zone.reparer(&examen.reparations);
                Ok((zone, dit))
            };
            match lu() {
                Ok((zone, dit)) => {
                    contenu.remarques.extend(dit);
                    contenu.zones.push(zone);
                }
                Err(rejet) => contenu.rejets.push(rejet),
            }
        }
    }
    Ok(())
}
