//! What has been read so far, from one layer or a hundred, and how it becomes one [`Lecture`].

use std::collections::{BTreeMap, BTreeSet};

use geo::MultiPolygon;

use crate::error::{Error, Result};
use crate::territoires::codes::{CodeInsee, Siren};
use crate::territoires::source::{
    CommuneLue, DepartementLu, EpciLu, Lecture, RegionLue, SourceLue,
};

/// A commune as one layer gives it.
#[derive(Debug)]
pub struct CommuneRecoltee {
    pub nom: String,
    pub departement: String,
    pub region: Option<String>,
    /// In the order of the file: the Métropole du Grand Paris comes with an établissement public
    /// territorial.
    pub epci: Vec<Siren>,
    pub population: Option<i32>,
    /// In the layer's reference system, then EPSG:4326.
    pub contour: Option<MultiPolygon>,
    /// The file and layer that give it.
    pub lieu: String,
}

/// Units from every layer read, before they are put together.
#[derive(Debug, Default)]
pub struct Recolte {
    pub communes: BTreeMap<CodeInsee, CommuneRecoltee>,
    pub epci: BTreeMap<Siren, EpciLu>,
    pub departements: BTreeMap<String, DepartementLu>,
    pub regions: BTreeMap<String, RegionLue>,
    pub sources: Vec<SourceLue>,
    /// What each file was recognised as.
    pub reconnus: Vec<String>,
    pub remarques: Vec<String>,
}

impl Recolte {
    /// Adds a commune.
    ///
    /// # Errors
    /// A sentence when another layer, or the same one, already gives it.
    pub fn commune(&mut self, code: CodeInsee, commune: CommuneRecoltee) -> Result<()> {
        if let Some(deja) = self.communes.get(&code) {
            return Err(Error::Donnees(format!(
                "La commune {} ({}) est donnée deux fois : par {}, et par {}. Donnez chaque territoire une \
                 seule fois, dans un seul système de coordonnées.",
                commune.nom,
                code.as_str(),
                deja.lieu,
                commune.lieu
            )));
        }
        self.communes.insert(code, commune);
        Ok(())
    }

    /// Adds a source, once.
    pub fn source(&mut self, source: SourceLue) {
        if self.sources.iter().all(|deja| (&deja.nom, deja.date) != (&source.nom, source.date)) {
            self.sources.push(source);
        }
    }

    /// Puts the units together: each commune in one EPCI, and the larger mailles that have communes.
    pub fn assembler(mut self) -> Lecture {
        let territoriaux = self.territoriaux();
        let mut regions = BTreeMap::new();
        let mut communes = BTreeMap::new();
        for (code, commune) in std::mem::take(&mut self.communes) {
            if let Some(region) = commune.region {
                regions.entry(commune.departement.clone()).or_insert(region);
            }
            let epci = commune.epci.iter().find(|siren| !territoriaux.contains(*siren)).cloned();
            let lue = CommuneLue {
                nom: commune.nom,
                departement: commune.departement,
                epci,
                population: commune.population,
                contour: commune.contour,
                ..CommuneLue::default()
            };
            communes.insert(code, lue);
        }
        let mut lecture = Lecture { communes, sources: self.sources, ..Lecture::default() };
        lecture.remarques = self.reconnus;
        lecture.remarques.append(&mut self.remarques);
        nommer_epci(&mut lecture, self.epci);
        nommer_departements(&mut lecture, self.departements, &regions);
        nommer_regions(&mut lecture, self.regions);
        lecture
    }

    /// Établissements publics territoriaux of the Grand Paris: they are no EPCI à fiscalité propre.
    fn territoriaux(&self) -> BTreeSet<Siren> {
        let territorial = |epci: &EpciLu| {
            epci.nature
                .as_deref()
                .is_some_and(|nature| nature.to_lowercase().contains("territorial"))
        };
        self.epci
            .iter()
            .filter(|(_, epci)| territorial(epci))
            .map(|(siren, _)| siren.clone())
            .collect()
    }
}

/// EPCI that have communes; one that no layer names takes its SIREN as name.
fn nommer_epci(lecture: &mut Lecture, mut connus: BTreeMap<Siren, EpciLu>) {
    let cites: BTreeSet<Siren> =
        lecture.communes.values().filter_map(|commune| commune.epci.clone()).collect();
    let mut anonymes = 0;
    for siren in cites {
        let epci = connus.remove(&siren).unwrap_or_else(|| {
            anonymes += 1;
            EpciLu { nom: siren.as_str().to_owned(), nature: None }
        });
        lecture.epci.insert(siren, epci);
    }
    lecture.remarques.extend(sans_nom(anonymes, "EPCI", "numéro Siren"));
}

fn nommer_departements(
    lecture: &mut Lecture,
    mut connus: BTreeMap<String, DepartementLu>,
    regions: &BTreeMap<String, String>,
) {
    let cites: BTreeSet<String> =
        lecture.communes.values().map(|commune| commune.departement.clone()).collect();
    let mut anonymes = 0;
    for code in cites {
        let mut departement = connus.remove(&code).unwrap_or_else(|| {
            anonymes += 1;
            DepartementLu { nom: code.clone(), region: None }
        });
        if departement.region.is_none() {
            departement.region = regions.get(&code).cloned();
        }
        lecture.departements.insert(code, departement);
    }
    lecture.remarques.extend(sans_nom(anonymes, "Départements", "code"));
}

fn nommer_regions(lecture: &mut Lecture, mut connues: BTreeMap<String, RegionLue>) {
    let departements = lecture.departements.values();
    let citees: BTreeSet<String> =
        departements.filter_map(|departement| departement.region.clone()).collect();
    let orphelins =
        lecture.departements.values().filter(|departement| departement.region.is_none()).count();
    let mut anonymes = 0;
    for code in citees {
        let region = connues.remove(&code).unwrap_or_else(|| {
            anonymes += 1;
            RegionLue { nom: code.clone() }
        });
        lecture.regions.insert(code, region);
    }
    lecture.remarques.extend(sans_nom(anonymes, "Régions", "code"));
    if orphelins > 0 {
        lecture.remarques.push(format!(
            "Départements dont aucun fichier ne dit la région : {orphelins}. Ils n'en ont pas dans ce \
             millésime."
        ));
    }
}

/// What is said of units that no layer names.
fn sans_nom(combien: usize, quoi: &str, remplacant: &str) -> Option<String> {
    (combien > 0).then(|| {
        format!(
            "{quoi} dont aucun fichier ne dit le nom : {combien}. Leur {remplacant} en tient lieu."
        )
    })
}
