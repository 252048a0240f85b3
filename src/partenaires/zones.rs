//! Zones d'intervention as files give them: lists of units, several rows a zone, and drawn
//! surfaces, one feature a zone.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use geo::{CoordsIter, LineString, MultiPolygon, Validation};
use serde::Serialize;

use super::contenu::{Contenu, maille, succession};
use super::dossier::{Dossier, Rang};
use super::nomenclature::{Annuaire, Nomenclature};
use crate::error::Result;
use crate::rejet::Rejet;
use crate::territoires::{MERCATOR, Maille, Projection, WGS84};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Zone {
    pub code: String,
    partenaire: String,
    theme: Option<String>,
    nom: Option<String>,
    debut: NaiveDate,
    fin: Option<NaiveDate>,
    /// WKT, EPSG:3857.
    surface: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct UniteDeZone {
    zone: String,
    version: i16,
    maille: Maille,
    code: String,
    exclue: bool,
}

/// Judges the listed zones, then the drawn ones.
pub fn juger(contenu: &mut Contenu, dossier: &Dossier, nomenclature: &Nomenclature) -> Result<()> {
    listees(contenu, dossier, nomenclature);
    dessinees(contenu, dossier)
}

fn listees(contenu: &mut Contenu, dossier: &Dossier, nomenclature: &Nomenclature) {
    let douteuse = nomenclature.colonne_douteuse(&dossier.zones, "unite");
    let mut connues: HashMap<String, Zone> = HashMap::new();
    let mut vues = HashSet::new();
    for rang in dossier.zones.rangs() {
        let lu = || {
            let zone = zone(rang, &contenu.annuaire)?;
            let maille = maille(rang, &Maille::TOUTES)?;
            let unite = nomenclature.unite(rang, maille, "unite", douteuse)?;
            if connues.get(&zone.code).is_some_and(|connue| *connue != zone) {
                return Err(rang.refuser(
                    "code",
                    format!(
                        "La zone « {} » a plus haut un autre partenaire, un autre thème ou d'autres dates. \
                         Écrivez les mêmes, ou donnez un autre code à celle-ci.",
                        zone.code
                    ),
                ));
            }
            Ok((zone, unite))
        };
        match lu() {
            Ok((zone, unite)) => {
                contenu.remarques.extend(succession(rang, &unite, "la commune"));
                // Written twice, a unit is in the zone once.
                if vues.insert((zone.code.clone(), unite.maille, unite.code.clone())) {
                    contenu.unites_de_zones.push(UniteDeZone {
                        zone: zone.code.clone(),
                        maille: unite.maille,
                        code: unite.code,
                        version: 1,
                        exclue: false,
                    });
                }
                if connues.insert(zone.code.clone(), zone.clone()).is_none() {
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
    let vers_mercator = Projection::nouvelle(WGS84, MERCATOR)?;
    for dessin in &dossier.zones_dessinees {
        for (rang, surface) in dessin.table.rangs().zip(&dessin.surfaces) {
            let lu = || {
                let mut zone = zone(rang, &contenu.annuaire)?;
                if contenu.zones.iter().any(|connue| connue.code == zone.code) {
                    return Err(
                        rang.refuser("code", format!("La zone « {} » existe déjà.", zone.code))
                    );
                }
                zone.surface = Some(surface_sure(rang, surface.as_ref(), &vers_mercator)?);
                Ok(zone)
            };
            match lu() {
                Ok(zone) => contenu.zones.push(zone),
                Err(rejet) => contenu.rejets.push(rejet),
            }
        }
    }
    Ok(())
}

/// What a row or a feature says of its zone, surface apart.
fn zone(rang: Rang<'_>, annuaire: &Annuaire) -> Result<Zone, Rejet> {
    let code = rang.identifiant("code")?;
    let partenaire = annuaire.partenaire(rang, "partenaire", rang.exiger("partenaire")?)?;
    let theme =
        rang.rempli("theme").map(|theme| annuaire.theme(rang, "theme", theme)).transpose()?;
    if let Some(theme) = &theme
        && !annuaire.partenaires_themes.contains(&(partenaire.clone(), theme.clone()))
    {
        return Err(rang.refuser(
            "theme",
            format!(
                "Le partenaire « {partenaire} » n'a pas le thème « {theme} » dans partenaires_themes.csv. \
                 Ajoutez-l'y, ou corrigez le thème de la zone."
            ),
        ));
    }
    let debut = rang.date("debut")?;
    let fin = rang.rempli("fin").map(|_| rang.date("fin")).transpose()?;
    if fin.is_some_and(|fin| fin < debut) {
        return Err(
            rang.refuser("fin", "La zone finit avant d'avoir commencé : corrigez ses dates.")
        );
    }
    Ok(Zone {
        code: code.to_owned(),
        partenaire,
        theme,
        nom: rang.rempli("nom").map(str::to_owned),
        debut,
        fin,
        surface: None,
    })
}

/// Checks a drawn surface, and moves it to the plane of the tiles.
fn surface_sure(
    rang: Rang<'_>,
    surface: Option<&MultiPolygon>,
    vers_mercator: &Projection,
) -> Result<String, Rejet> {
    let refuser = |raison: &str| Err(rang.refuser("geometry", raison));
    let Some(surface) = surface.filter(|surface| surface.coords_iter().next().is_some()) else {
        return refuser("L'objet n'a pas de surface : dessinez un polygone.");
    };
    if surface
        .coords_iter()
        .any(|point| !(-180.0..=180.0).contains(&point.x) || !(-85.0..=85.0).contains(&point.y))
    {
        return refuser(
            "La surface sort du globe : GeoJSON veut la longitude puis la latitude, en degrés (EPSG:4326).",
        );
    }
    if !surface.is_valid() {
        return refuser("Le contour de la surface se croise ou se recouvre : redessinez-le.");
    }
    let mut plane = surface.clone();
    match vers_mercator.contour(&mut plane, "la zone") {
        Ok(()) => Ok(wkt(&plane)),
        Err(_) => {
            refuser("La surface n'a pas pu être placée sur la carte : vérifiez ses coordonnées.")
        }
    }
}

fn wkt(surface: &MultiPolygon) -> String {
    let anneau = |anneau: &LineString| {
        let points: Vec<_> =
            anneau.coords().map(|point| format!("{} {}", point.x, point.y)).collect();
        format!("({})", points.join(","))
    };
    let polygones: Vec<_> = surface
        .iter()
        .map(|polygone| {
            let anneaux: Vec<_> = std::iter::once(polygone.exterior())
                .chain(polygone.interiors())
                .map(anneau)
                .collect();
            format!("({})", anneaux.join(","))
        })
        .collect();
    format!("MULTIPOLYGON({})", polygones.join(","))
}
