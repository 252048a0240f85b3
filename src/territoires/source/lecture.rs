//! What files say of one millésime, before anything is derived; and how it adds to what is published.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use geo::{Coord, MultiPolygon};

use super::apport::{self, Apport, SourceLue};
use super::etalab::Historique;
use crate::error::{Error, Result};
use crate::territoires::codes::{CodeInsee, Siren};
use crate::territoires::pays::EtatContour;

/// What the codes that are others in the millésime of an edition have become in it.
pub type Successeurs = HashMap<String, Vec<String>>;

#[derive(Default)]
pub struct Lecture {
    pub communes: BTreeMap<CodeInsee, CommuneLue>,
    /// Those that a file names, with or without communes here; the same for the larger mailles.
    pub epci: BTreeMap<Siren, EpciLu>,
    pub departements: BTreeMap<String, DepartementLu>,
    pub regions: BTreeMap<String, RegionLue>,
    /// Names of the établissements publics territoriaux.
    pub ept: BTreeMap<Siren, String>,
    pub sources: Vec<SourceLue>,
    /// The communes' movements, when a file tells them.
    pub historique: Option<Historique>,
    /// Sentences on what was not taken as it is.
    pub remarques: Vec<String>,
}

#[derive(Debug, Default)]
pub struct CommuneLue {
    pub nom: String,
    pub departement: String,
    pub epci: Option<Siren>,
    /// Beside the Métropole du Grand Paris.
    pub ept: Option<Siren>,
    pub siren: Option<String>,
    pub population: Option<i32>,
    pub codes_postaux: Vec<String>,
    pub anciens_codes: Vec<String>,
    /// EPSG:4326, degrees, as published.
    pub contour: Option<MultiPolygon>,
    /// What is already known of this contour.
    pub etat_contour: Option<(EtatContour, Option<String>)>,
    /// Its town hall, EPSG:4326.
    pub mairie: Option<Coord>,
    pub parties: Vec<PartieLue>,
}

/// A commune déléguée or associée of a commune.
#[derive(Debug)]
pub struct PartieLue {
    pub code: CodeInsee,
    pub nom: String,
    pub deleguee: bool,
    pub contour: Option<MultiPolygon>,
}

#[derive(Debug)]
pub struct EpciLu {
    pub nom: String,
    /// CC, CA, CU, METRO…; None when no file tells.
    pub nature: Option<String>,
}

#[derive(Debug, Default)]
pub struct DepartementLu {
    /// None when no file tells.
    pub nom: Option<String>,
    pub region: Option<String>,
}

#[derive(Debug)]
pub struct RegionLue {
    pub nom: String,
}

impl Lecture {
    /// Départements that have communes here.
    pub fn departements_lus(&self) -> BTreeSet<String> {
        self.communes.values().map(|commune| commune.departement.clone()).collect()
    }

    /// Adds what the published millésime has beside what was read: other départements, and the layers
    /// that these files do not give. Both readings have their sources placed.
    ///
    /// # Errors
    /// A sentence when communes would be added to a département whose list is complete: the files are of
    /// another millésime.
    pub fn completer(&mut self, publiee: Self) -> Result<()> {
        let mut complets = self.departements_lus();
        let lus = complets.clone();
        let exacts = apport::departements_complets(&self.sources);
        self.verifier_les_codes(&publiee, &exacts)?;
        let donne_epci = self.sources.iter().any(|s| s.apports.contains_key(&Apport::Epci));
        let (mut retirees, mut gardees, mut ailleurs) = (Vec::new(), Vec::new(), 0);
        for (code, ancienne) in publiee.communes {
            if let Some(lue) = self.communes.get_mut(&code) {
                lue.heriter(ancienne, donne_epci);
                continue;
            }
            let designee = format!("{} ({})", ancienne.nom, code.as_str());
            if !lus.contains(&ancienne.departement) {
                ailleurs += 1;
            } else if exacts.contains(&ancienne.departement) {
                retirees.push(designee);
                continue;
            } else {
                complets.remove(&ancienne.departement);
                gardees.push(designee);
            }
            self.communes.insert(code, ancienne);
        }
        for (siren, ancien) in publiee.epci {
            self.epci.entry(siren).or_insert(ancien);
        }
        for (siren, nom) in publiee.ept {
            self.ept.entry(siren).or_insert(nom);
        }
        for (code, ancien) in publiee.departements {
            self.departements.entry(code).or_default().completer(ancien.nom, ancien.region);
        }
        for (code, ancienne) in publiee.regions {
            self.regions.entry(code).or_insert(ancienne);
        }
        apport::remplacer(&mut self.sources, publiee.sources, &complets);
        if ailleurs > 0 {
            self.remarques.push(format!(
                "Les {ailleurs} communes des autres départements de ce millésime sont gardées."
            ));
        }
        self.remarques.extend(enumerer("Retirées, car ces fichiers ne les ont plus", &retirees));
        self.remarques.extend(enumerer(
            "Gardées telles qu'elles étaient, car ces fichiers ne les ont pas",
            &gardees,
        ));
        Ok(())
    }

    /// Checks that the files add no commune to a département whose published list is complete, unless
    /// theirs is too.
    fn verifier_les_codes(&self, publiee: &Self, exacts: &BTreeSet<String>) -> Result<()> {
        let fermes = apport::departements_complets(&publiee.sources);
        let inconnues: Vec<String> = self
            .communes
            .iter()
            .filter(|(code, commune)| {
                fermes.contains(&commune.departement)
                    && !exacts.contains(&commune.departement)
                    && !publiee.communes.contains_key(*code)
            })
            .map(|(code, commune)| format!("{} ({})", commune.nom, code.as_str()))
            .collect();
        match enumerer(
            "Communes de ces fichiers que le code officiel géographique de ce millésime n'a pas",
            &inconnues,
        ) {
            None => Ok(()),
            Some(phrase) => Err(Error::Donnees(format!(
                "{phrase} Les fichiers sont sans doute d'une autre année : dites-la avec --millesime ; ou \
                 n'en prenez que les contours, avec --contours-de ANNÉE. Rien n'a été changé."
            ))),
        }
    }

    /// Leaves of what was read the contours alone, under the communes of a published millésime. Contours of
    /// another year follow their communes: those that have merged are united, when the files have all of
    /// them; those that were divided since are left aside.
    ///
    /// # Errors
    /// A sentence when no contour finds its commune.
    pub fn habiller(self, mut publiee: Self, successeurs: &Successeurs) -> Result<Self> {
        let mut parties: BTreeMap<CodeInsee, Vec<PartieLue>> = BTreeMap::new();
        let (mut perdus, mut divises) = (Vec::new(), Vec::new());
        let attendus = predecesseurs(successeurs);
        for (code, commune) in self.communes {
            let Some(contour) = commune.contour else { continue };
            let designee = format!("{} ({})", commune.nom, code.as_str());
            let suivants = successeurs.get(code.as_str());
            let suivant = match suivants.map(Vec::as_slice) {
                None => code.clone(),
                Some([seul]) => CodeInsee::parse(seul)?,
                Some(_) => {
                    divises.push(designee);
                    continue;
                }
            };
            if !publiee.communes.contains_key(&suivant) {
                perdus.push(designee);
                continue;
            }
            let partie =
                PartieLue { code, nom: commune.nom, deleguee: true, contour: Some(contour) };
            parties.entry(suivant).or_default().push(partie);
        }
        let mut incompletes = Vec::new();
        let mut habillees = BTreeSet::new();
        for (code, parties) in parties {
            let Some(commune) = publiee.communes.get_mut(&code) else { continue };
            // What others have brought to a commune is nothing without what it had under its own code, or
            // under its name when it has changed code.
            let propre = parties.iter().any(|p| p.code == code || p.nom == commune.nom);
            let manque = !propre
                || attendus.get(code.as_str()).is_some_and(|anciens| {
                    anciens.iter().any(|ancien| parties.iter().all(|p| p.code.as_str() != *ancien))
                });
            if manque {
                incompletes.push(format!("{} ({})", commune.nom, code.as_str()));
                continue;
            }
            commune.etat_contour = None;
            commune.contour = None;
            match <[PartieLue; 1]>::try_from(parties) {
                Ok([seule]) => commune.contour = seule.contour,
                Err(parties) => commune.parties = parties,
            }
            habillees.insert(code);
        }
        if habillees.is_empty() {
            return Err(Error::Donnees(
                "Aucun contour de ces fichiers n'est celui d'une commune du millésime publié : rien n'a été \
                 changé."
                    .into(),
            ));
        }
        let mut complets = publiee.departements_lus();
        for (code, commune) in &publiee.communes {
            if !habillees.contains(code) {
                complets.remove(&commune.departement);
            }
        }
        let mut sources = self.sources;
        for source in &mut sources {
            source.apports.retain(|apport, _| *apport == Apport::Contours);
        }
        sources.retain(|source| !source.apports.is_empty());
        apport::remplacer(&mut sources, std::mem::take(&mut publiee.sources), &complets);
        publiee.sources = sources;
        publiee.remarques = self.remarques;
        publiee.remarques.push(format!(
            "Communes qui prennent leur contour de ces fichiers : {}.",
            habillees.len()
        ));
        publiee.remarques.extend(enumerer("Contours d'aucune commune de ce millésime", &perdus));
        publiee
            .remarques
            .extend(enumerer("Contours de communes divisées depuis, laissés de côté", &divises));
        publiee.remarques.extend(enumerer(
            "Communes dont une partie manque à ces fichiers, et qui gardent leur contour",
            &incompletes,
        ));
        Ok(publiee)
    }

    /// Leaves the EPCI, départements and régions that have communes, and names after their code those
    /// that no file names. What follows publishes this reading, and nothing else.
    ///
    /// # Errors
    /// A sentence when contours of the published millésime are to be kept and were not kept as read.
    pub fn clore(&mut self) -> Result<()> {
        self.communes.iter().try_for_each(|(code, commune)| commune.verifier(code))?;
        let cites: BTreeSet<Siren> =
            self.communes.values().filter_map(|commune| commune.epci.clone()).collect();
        let mut anonymes = 0;
        self.epci.retain(|siren, _| cites.contains(siren));
        for siren in cites {
            self.epci.entry(siren).or_insert_with_key(|siren| {
                anonymes += 1;
                EpciLu { nom: siren.as_str().to_owned(), nature: None }
            });
        }
        self.remarques.extend(sans_nom(anonymes, "EPCI", "numéro Siren"));

        let lus = self.departements_lus();
        let (mut anonymes, mut orphelins) = (0, 0);
        self.departements.retain(|code, _| lus.contains(code));
        for code in lus {
            let departement = self.departements.entry(code.clone()).or_default();
            anonymes += usize::from(departement.nom.is_none());
            orphelins += usize::from(departement.region.is_none());
            departement.nom.get_or_insert(code);
        }
        self.remarques.extend(sans_nom(anonymes, "Départements", "code"));
        if orphelins > 0 {
            self.remarques.push(format!(
                "Départements dont aucun fichier ne dit la région : {orphelins}. Ils n'en ont pas dans ce \
                 millésime."
            ));
        }

        let citees: BTreeSet<String> = self
            .departements
            .values()
            .filter_map(|departement| departement.region.clone())
            .collect();
        let mut anonymes = 0;
        self.regions.retain(|code, _| citees.contains(code));
        for code in citees {
            self.regions.entry(code).or_insert_with_key(|code| {
                anonymes += 1;
                RegionLue { nom: code.clone() }
            });
        }
        self.remarques.extend(sans_nom(anonymes, "Régions", "code"));

        let cites: BTreeSet<Siren> =
            self.communes.values().filter_map(|commune| commune.ept.clone()).collect();
        self.ept.retain(|siren, _| cites.contains(siren));
        Ok(())
    }
}

impl DepartementLu {
    /// Takes what is not known yet.
    pub fn completer(&mut self, nom: Option<String>, region: Option<String>) {
        self.nom = self.nom.take().or(nom);
        self.region = self.region.take().or(region);
    }
}

impl CommuneLue {
    /// Takes from the published commune what the files do not tell of it.
    fn heriter(&mut self, ancienne: Self, donne_epci: bool) {
        if self.contour.is_none() && self.parties.iter().all(|partie| partie.contour.is_none()) {
            self.contour = ancienne.contour;
            self.etat_contour = ancienne.etat_contour;
        }
        if !donne_epci {
            self.epci = ancienne.epci;
        }
        self.ept = self.ept.take().or(ancienne.ept);
        self.siren = self.siren.take().or(ancienne.siren);
        self.population = self.population.or(ancienne.population);
        self.mairie = self.mairie.or(ancienne.mairie);
        if self.codes_postaux.is_empty() {
            self.codes_postaux = ancienne.codes_postaux;
        }
        if self.anciens_codes.is_empty() {
            self.anciens_codes = ancienne.anciens_codes;
        }
    }

    /// Checks that a published contour, when it is to be kept, is there as it was read.
    fn verifier(&self, code: &CodeInsee) -> Result<()> {
        if self.contour.is_some() || self.etat_contour.is_none() {
            return Ok(());
        }
        Err(Error::Donnees(format!(
            "Le contour publié de {} ({}) n'a pas été gardé tel qu'il avait été lu : ce millésime vient d'une \
             version antérieure de maillage. Importez de nouveau tous ses fichiers ensemble, avec \
             --remplacer.",
            self.nom,
            code.as_str()
        )))
    }
}

/// The former codes of each commune that has others than its own.
fn predecesseurs(successeurs: &Successeurs) -> HashMap<&str, Vec<&str>> {
    let mut anciens: HashMap<&str, Vec<&str>> = HashMap::new();
    for (ancien, suivants) in successeurs {
        for suivant in suivants {
            anciens.entry(suivant).or_default().push(ancien);
        }
    }
    anciens
}

/// A sentence that counts, and names the first.
pub fn enumerer(quoi: &str, noms: &[String]) -> Option<String> {
    const CITES: usize = 10;
    let premiers = noms.get(..CITES).unwrap_or(noms).join(", ");
    let suite = if noms.len() > CITES { "…" } else { "" };
    (!noms.is_empty()).then(|| format!("{quoi} : {} ({premiers}{suite}).", noms.len()))
}

/// What is said of units that no layer names.
fn sans_nom(combien: usize, quoi: &str, remplacant: &str) -> Option<String> {
    (combien > 0).then(|| {
        format!(
            "{quoi} dont aucun fichier ne dit le nom : {combien}. Leur {remplacant} en tient lieu."
        )
    })
}
