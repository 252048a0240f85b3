//! The rows of a file of zones, judged against what the réseau has: proposals, or rows set aside.
//!
//! A zone of which a row is set aside is not proposed: half of it would pass for the whole.

use std::collections::{BTreeMap, HashMap, HashSet};

use geo::Rect;

use super::super::contenu::succession;
use super::super::nomenclature::{Annuaire, Nomenclature};
use super::super::table::Rang;
use super::lecture::{Dessins, Releve};
use super::ligne::{self, Defauts, UniteDeZone, Zone};
use super::proposition::Proposition;
use super::surface::{Examen, examiner, mesurer, reunir, wkt};
use crate::rejet::Rejet;

/// What the réseau has, to judge a file.
pub struct Connus {
    pub annuaire: Annuaire,
    pub regroupements: HashSet<String>,
    pub nomenclature: Nomenclature,
    /// Box of the communes of its perimeter, EPSG:3857.
    pub emprise: Option<Rect>,
}

/// What a file comes to.
#[derive(Default)]
pub struct Jugement {
    pub propositions: Vec<Proposition>,
    pub rejets: Vec<Rejet>,
    pub remarques: Vec<String>,
    /// Zones that lack rows, and are not proposed.
    pub incompletes: Vec<String>,
}

/// A zone whose rows are being gathered.
struct EnCours {
    zone: Zone,
    unites: BTreeMap<UniteDeZone, ()>,
    examens: Vec<Examen>,
}

/// Judges every row of a file.
pub fn juger(releve: &Releve, connus: &Connus, defauts: &Defauts) -> Jugement {
    let mut jugement = Jugement::default();
    let douteuse =
        releve.dessins.is_none() && connus.nomenclature.colonne_douteuse(&releve.table, "unite");
    let mut ordre: Vec<String> = Vec::new();
    let mut zones: HashMap<String, EnCours> = HashMap::new();
    let mut refusees: HashSet<String> = HashSet::new();
    for (place, rang) in releve.table.rangs().enumerate() {
        let lu = ligne::zone(rang, &connus.annuaire, defauts).and_then(|zone| {
            let connue = zones.get(&zone.code);
            // Drawings are often those of parts, each with its own name.
            if connue.is_some_and(|connue| !meme_zone(&connue.zone, &zone)) {
                return Err(divergente(rang, &zone));
            }
            let apport = match &releve.dessins {
                Some(dessins) => dessinee(rang, dessins, place, &mut jugement.remarques)?,
                None => listee(rang, &zone, connus, douteuse, connue, &mut jugement.remarques)?,
            };
            Ok((zone, apport))
        });
        match lu {
            Ok((zone, apport)) => {
                let nom = zone.nom.clone();
                let en_cours = zones.entry(zone.code.clone()).or_insert_with(|| {
                    ordre.push(zone.code.clone());
                    EnCours { zone, unites: BTreeMap::new(), examens: Vec::new() }
                });
                if en_cours.zone.nom != nom {
                    en_cours.zone.nom = None;
                }
                match apport {
                    Apport::Unite(unite) => drop(en_cours.unites.insert(unite, ())),
                    Apport::Surface(examen) => en_cours.examens.push(examen),
                }
            }
            Err(rejet) => {
                refusees.insert(defauts.cle(rang));
                jugement.rejets.push(rejet);
            }
        }
    }
    for code in ordre {
        let Some(en_cours) = zones.remove(&code) else { continue };
        if refusees.contains(&code) {
            jugement.incompletes.push(code);
            continue;
        }
        match en_cours.finir(connus.emprise) {
            Ok(proposition) => jugement.propositions.push(proposition),
            Err(raison) => {
                let premiere = releve.table.rangs().find(|rang| defauts.cle(*rang) == code);
                jugement.rejets.extend(premiere.map(|rang| rang.refuser("geometry", raison)));
                jugement.incompletes.push(code);
            }
        }
    }
    jugement
}

/// What one row adds to its zone.
enum Apport {
    Unite(UniteDeZone),
    Surface(Examen),
}

fn listee(
    rang: Rang<'_>,
    zone: &Zone,
    connus: &Connus,
    douteuse: bool,
    connue: Option<&EnCours>,
    remarques: &mut Vec<String>,
) -> Result<Apport, Rejet> {
    let maille = ligne::maille(rang, true)?;
    let lue =
        ligne::unite(rang, maille, &connus.nomenclature, Some(&connus.regroupements), douteuse)?;
    let exclue = rang.oui("exclue")?;
    remarques.extend(succession(rang, &lue, rang.rempli("nom").unwrap_or("la commune")));
    let unite = UniteDeZone { zone: zone.code.clone(), version: 1, maille, code: lue.code, exclue };
    let contraire = UniteDeZone { exclue: !exclue, ..unite.clone() };
    if connue.is_some_and(|connue| connue.unites.contains_key(&contraire)) {
        return Err(rang.refuser(
            "exclue",
            format!(
                "« {} » est à la fois dans la zone et exclue d'elle : gardez l'une des deux lignes.",
                unite.code
            ),
        ));
    }
    Ok(Apport::Unite(unite))
}

fn dessinee(
    rang: Rang<'_>,
    dessins: &Dessins,
    place: usize,
    remarques: &mut Vec<String>,
) -> Result<Apport, Rejet> {
    let Some((surface, facture)) = dessins.surfaces.get(place) else {
        return Err(rang.refuser("geometry", "L'objet n'a pas de surface."));
    };
    let Some(surface) = surface else {
        return Err(rang.refuser(
            "geometry",
            match facture.autre.as_deref() {
                None | Some("vide") => {
                    "La géométrie est vide : dessinez un polygone, ou retirez cet objet.".to_owned()
                }
                Some(autre) => format!(
                    "L'objet n'est pas une surface ({autre}) : une zone se dessine par un polygone."
                ),
            },
        ));
    };
    let mut examen =
        examiner(surface, &dessins.repere).map_err(|raison| rang.refuser("geometry", raison))?;
    if facture.ouvert {
        examen.reparations.insert(0, "le contour n'était pas fermé : il l'a été".into());
    }
    if facture.altitudes {
        remarques.push(format!("{} : les altitudes ou mesures ont été laissées.", rang.lieu()));
    }
    for reparation in &examen.reparations {
        remarques.push(format!("{} : {reparation}.", rang.lieu()));
    }
    Ok(Apport::Surface(examen))
}

/// Whether two rows are of one zone, whose name they may not agree on.
fn meme_zone(une: &Zone, autre: &Zone) -> bool {
    une.partenaire == autre.partenaire
        && une.theme == autre.theme
        && (une.debut, une.fin) == (autre.debut, autre.fin)
}

fn divergente(rang: Rang<'_>, zone: &Zone) -> Rejet {
    rang.refuser(
        "code",
        format!(
            "La zone « {} » a plus haut un autre partenaire, un autre thème ou d'autres dates. \
             Écrivez les mêmes, ou donnez un autre code à celle-ci.",
            zone.code
        ),
    )
}

impl EnCours {
    fn finir(self, emprise: Option<Rect>) -> Result<Proposition, String> {
        let mut zone = self.zone;
        if !self.examens.is_empty() {
            let examen = reunir(self.examens);
            mesurer(&examen.surface, emprise)?;
            zone.surface = Some(wkt(&examen.surface));
            zone.reparer(&examen.reparations);
        }
        Ok(Proposition { zone, unites: self.unites.into_keys().collect() })
    }
}
