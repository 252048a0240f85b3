//! What has been read so far, from one layer or a hundred, and how it becomes one [`Lecture`].

use std::collections::{BTreeMap, BTreeSet};

use geo::MultiPolygon;

use crate::error::{Error, Result};
use crate::territoires::codes::{CodeInsee, Siren};
use crate::territoires::source::apport::SourceLue;
use crate::territoires::source::{CommuneLue, DepartementLu, EpciLu, Lecture, RegionLue};

/// The Métropole du Grand Paris, whose communes each have an établissement public territorial beside it.
const GRAND_PARIS: &str = "200054781";

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
        match self.sources.iter_mut().find(|deja| deja.nom == source.nom) {
            Some(deja) => deja.apports.extend(source.apports),
            None => self.sources.push(source),
        }
    }

    /// Puts the units together: each commune in one EPCI.
    pub fn assembler(mut self) -> Lecture {
        let territoriaux = self.territoriaux();
        let mut regions = BTreeMap::new();
        let mut communes = BTreeMap::new();
        for (code, commune) in std::mem::take(&mut self.communes) {
            if let Some(region) = commune.region {
                regions.entry(commune.departement.clone()).or_insert(region);
            }
            let metropole = commune.epci.iter().any(|siren| siren.as_str() == GRAND_PARIS);
            let (ept, epci): (Vec<Siren>, Vec<Siren>) =
                commune.epci.into_iter().partition(|siren| {
                    territoriaux.contains(siren) || metropole && siren.as_str() != GRAND_PARIS
                });
            let lue = CommuneLue {
                nom: commune.nom,
                departement: commune.departement,
                epci: epci.into_iter().next(),
                ept: ept.into_iter().next(),
                population: commune.population,
                contour: commune.contour,
                ..CommuneLue::default()
            };
            communes.insert(code, lue);
        }
        let mut lecture = Lecture { communes, sources: self.sources, ..Lecture::default() };
        lecture.remarques = self.reconnus;
        lecture.remarques.append(&mut self.remarques);
        lecture.departements = self.departements;
        for (code, region) in regions {
            lecture.departements.entry(code).or_default().completer(None, Some(region));
        }
        lecture.regions = self.regions;
        for siren in territoriaux {
            if let Some(ept) = self.epci.remove(&siren) {
                lecture.ept.insert(siren, ept.nom);
            }
        }
        lecture.epci = self.epci;
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
