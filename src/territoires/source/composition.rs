//! Which EPCI, or which établissement public territorial, each commune belongs to: the DGCL's
//! `epcicomAAAA.xlsx` and Insee's tables of composition communale, workbooks or CSV.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::apport::{self, Apport, SourceLue};
use super::lecture::{Successeurs, enumerer};
use super::officiel::annee_dans;
use super::{EpciLu, Lecture};
use crate::error::{Error, Result};
use crate::tableau::{Entete, Tableau};
use crate::territoires::codes::{CodeInsee, Millesime, Siren, est_arrondissement_municipal};

/// What a table writes where a commune has no EPCI.
const SANS_EPCI: &str = "ZZZZZZZZZ";

/// What communes make up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Genre {
    /// À fiscalité propre.
    Epci,
    Ept,
}

/// The columns of a publisher.
struct Modele {
    genre: Genre,
    commune: &'static str,
    groupement: &'static str,
    libelle: &'static str,
    nature: Option<&'static str>,
    /// How the column of populations begins; the year follows.
    population: Option<&'static str>,
    source: &'static str,
}

const MODELES: [Modele; 3] = [
    Modele {
        genre: Genre::Epci,
        commune: "insee",
        groupement: "siren",
        libelle: "raison_sociale",
        nature: Some("nature_juridique"),
        population: Some("pmun_"),
        source: "DGCL, composition des EPCI à fiscalité propre",
    },
    Modele {
        genre: Genre::Epci,
        commune: "codgeo",
        groupement: "epci",
        libelle: "libepci",
        nature: None,
        population: None,
        source: "Insee, composition communale des EPCI",
    },
    Modele {
        genre: Genre::Ept,
        commune: "codgeo",
        groupement: "ept",
        libelle: "libept",
        nature: None,
        population: None,
        source: "Insee, composition communale des EPT",
    },
];

/// Insee's other sheet, which gives the nature of its EPCI.
const NATURES: [&str; 2] = ["epci", "nature_epci"];

/// A table of composition.
#[derive(Debug)]
pub struct Composition {
    nom: String,
    genre: Genre,
    source: &'static str,
    /// That the file tells.
    pub millesime: Option<Millesime>,
    /// None for a commune that the table says to be in none.
    communes: BTreeMap<CodeInsee, Option<Siren>>,
    groupements: BTreeMap<Siren, EpciLu>,
    /// Populations municipales, when the table has them.
    populations: HashMap<CodeInsee, i32>,
}

impl Composition {
    /// Reads a table. Blocks.
    ///
    /// # Errors
    /// A sentence with the columns that are not there, or the row that is wrong.
    pub fn lire(fichier: &Path) -> Result<Self> {
        let entete = Entete {
            convient: &|cellules| modele(cellules).is_some(),
            absente: "n'est pas une composition d'EPCI : il y faut les colonnes insee, siren et raison_sociale \
                      (DGCL), ou CODGEO, EPCI et LIBEPCI, ou CODGEO, EPT et LIBEPT (Insee)",
            conseil: "Donnez le tableau tel que la DGCL ou l'Insee le publie.",
        };
        let tableau = Tableau::lire(fichier, None, entete)?;
        let Some(modele) = modele(&tableau.colonnes) else { return Err(vide(&tableau.nom)) };
        let mut composition = modele.lire(&tableau)?;
        composition.millesime = annonce(fichier, &tableau)?;
        composition.natures(fichier);
        Ok(composition)
    }

    /// Gives their nature to the EPCI of Insee's table, which has it in another sheet.
    fn natures(&mut self, fichier: &Path) {
        if self.groupements.values().any(|epci| epci.nature.is_some()) {
            return;
        }
        let convient =
            |cellules: &[String]| NATURES.iter().all(|nom| rang(cellules, nom).is_some());
        let entete = Entete { convient: &convient, absente: "", conseil: "" };
        // A CSV has one table; a workbook without this sheet says nothing of natures.
        let Ok(tableau) = Tableau::lire(fichier, None, entete) else { return };
        let [Some(code), Some(nature)] = NATURES.map(|nom| rang(&tableau.colonnes, nom)) else {
            return;
        };
        for (_, cellules) in &tableau.lignes {
            if let (Some(code), Some(nature)) = (cellules.get(code), cellules.get(nature))
                && let Ok(siren) = Siren::parse(code)
                && let Some(epci) = self.groupements.get_mut(&siren)
            {
                epci.nature = Some(nature.clone());
            }
        }
    }

    /// Puts the composition in a published millésime, in the départements where it has communes. A code of
    /// another year is followed to what it has become; where several have become one, the commune that has
    /// kept the code tells.
    ///
    /// # Errors
    /// A sentence when no commune of the table is in the millésime, or when communes of its départements
    /// would lose their EPCI because the table is only an extract.
    pub fn appliquer(
        mut self,
        lecture: &mut Lecture,
        millesime: Millesime,
        successeurs: &Successeurs,
    ) -> Result<()> {
        let mut places: BTreeMap<CodeInsee, Option<Siren>> = BTreeMap::new();
        let (mut inconnues, mut partagees) = (Vec::new(), BTreeSet::new());
        // Those that have kept their code come first, and are not replaced.
        let (memes, autres): (Vec<_>, Vec<_>) = std::mem::take(&mut self.communes)
            .into_iter()
            .partition(|(code, _)| !successeurs.contains_key(code.as_str()));
        for (code, siren) in memes {
            if lecture.communes.contains_key(&code) {
                places.insert(code, siren);
            } else {
                inconnues.push(code.as_str().to_owned());
            }
        }
        for (ancien, siren) in autres {
            for code in &successeurs[ancien.as_str()] {
                let code = CodeInsee::parse(code)?;
                if places.get(&code).is_some_and(|deja| *deja != siren) {
                    partagees.insert(code.as_str().to_owned());
                }
                places.entry(code).or_insert_with(|| siren.clone());
            }
        }
        let departements: BTreeSet<String> = places
            .keys()
            .filter_map(|code| Some(lecture.communes.get(code)?.departement.clone()))
            .collect();
        if departements.is_empty() {
            return Err(Error::Donnees(format!(
                "{} : aucune de ses communes n'est dans le millésime {millesime}. Rien n'a été changé.",
                self.nom
            )));
        }
        let mut concernees: Vec<_> = lecture
            .communes
            .iter_mut()
            .filter(|(_, commune)| departements.contains(&commune.departement))
            .collect();
        if self.genre == Genre::Epci {
            let perdues: Vec<String> = concernees
                .iter()
                .filter(|(code, commune)| commune.epci.is_some() && !places.contains_key(*code))
                .map(|(code, commune)| format!("{} ({})", commune.nom, code.as_str()))
                .collect();
            if let Some(phrase) =
                enumerer("communes qui ont un EPCI et que ce tableau n'a pas", &perdues)
            {
                return Err(Error::Donnees(format!(
                    "{} : {phrase} Donnez le tableau complet de leurs départements. Rien n'a été changé.",
                    self.nom
                )));
            }
        }
        let peuplees = concernees.iter().any(|(_, commune)| commune.population.is_some());
        let mut apports = BTreeSet::from([Apport::Epci]);
        let mut seules = Vec::new();
        for (code, commune) in &mut concernees {
            let siren = places.remove(*code).flatten();
            // Populations for a millésime that has none: Insee's code officiel géographique gives none.
            if !peuplees && let Some(population) = self.populations.get(*code) {
                commune.population = Some(*population);
                apports.insert(Apport::Populations);
            }
            match self.genre {
                Genre::Ept => commune.ept = siren,
                Genre::Epci => {
                    if siren.is_none() {
                        seules.push(format!("{} ({})", commune.nom, code.as_str()));
                    }
                    commune.epci = siren;
                }
            }
        }
        let annee = self.millesime.unwrap_or(millesime);
        let mut remarques =
            vec![format!("{} : reconnu comme {}, millésime {annee}.", self.nom, self.source)];
        remarques.extend(enumerer("Communes d'aucun EPCI", &seules));
        remarques.extend(enumerer("Codes du tableau que ce millésime n'a pas", &inconnues));
        let partagees: Vec<String> = partagees.into_iter().collect();
        remarques.extend(enumerer(
            "Communes réunies depuis, dont les parties étaient de plusieurs EPCI : celui de la commune qui a \
             gardé le code est retenu",
            &partagees,
        ));
        lecture.remarques.extend(remarques);
        self.nommer(lecture, annee, apports, departements);
        Ok(())
    }

    /// Names the groupements and the source.
    fn nommer(
        self,
        lecture: &mut Lecture,
        annee: Millesime,
        apports: BTreeSet<Apport>,
        departements: BTreeSet<String>,
    ) {
        if self.genre == Genre::Ept {
            lecture.ept.extend(self.groupements.into_iter().map(|(siren, ept)| (siren, ept.nom)));
            return;
        }
        for (siren, mut epci) in self.groupements {
            // Tables without natures leave those that are known.
            if let Some(ancien) = lecture.epci.remove(&siren) {
                epci.nature = epci.nature.or(ancien.nature);
            }
            lecture.epci.insert(siren, epci);
        }
        let source =
            SourceLue::nouvelle(self.source.to_owned(), "Licence Ouverte 2.0", None, apports);
        let mut sources = vec![source];
        apport::placer(&mut sources, annee, &departements);
        let anciennes = std::mem::take(&mut lecture.sources);
        apport::remplacer(&mut sources, anciennes, &departements);
        lecture.sources = sources;
    }
}

impl Modele {
    fn lire(&self, tableau: &Tableau) -> Result<Composition> {
        let colonne = |nom: &str| rang(&tableau.colonnes, nom);
        let (Some(commune), Some(groupement)) = (colonne(self.commune), colonne(self.groupement))
        else {
            return Err(vide(&tableau.nom));
        };
        let (libelle, nature) = (colonne(self.libelle), self.nature.and_then(colonne));
        let population = self.population.and_then(|debut| {
            tableau.colonnes.iter().position(|nom| nom.to_lowercase().starts_with(debut))
        });
        let mut composition = Composition {
            nom: tableau.nom.clone(),
            genre: self.genre,
            source: self.source,
            millesime: None,
            communes: BTreeMap::new(),
            groupements: BTreeMap::new(),
            populations: HashMap::new(),
        };
        for (numero, cellules) in &tableau.lignes {
            let cellule = |rang: Option<usize>| {
                rang.and_then(|rang| cellules.get(rang)).filter(|texte| !texte.is_empty())
            };
            let refus = |erreur: Error| {
                Error::Donnees(format!("{}, ligne {numero} : {erreur}", tableau.nom))
            };
            // Notes under the table.
            let Some(code) = cellule(Some(commune)) else { continue };
            let code = CodeInsee::parse(code).map_err(refus)?;
            if est_arrondissement_municipal(code.as_str()) {
                continue;
            }
            let siren = match cellule(Some(groupement)) {
                Some(texte) if texte != SANS_EPCI => Some(Siren::parse(texte).map_err(refus)?),
                _ => None,
            };
            if let Some(texte) = cellule(population) {
                let nombre = texte.parse().map_err(|_| {
                    let raison = format!("« {texte} » n'est pas un nombre d'habitants.");
                    refus(Error::Donnees(raison))
                })?;
                composition.populations.insert(code.clone(), nombre);
            }
            if let Some(siren) = &siren {
                composition.groupements.entry(siren.clone()).or_insert_with(|| EpciLu {
                    nom: cellule(libelle).cloned().unwrap_or_else(|| siren.as_str().to_owned()),
                    nature: cellule(nature).cloned(),
                });
            }
            if let Some(deja) = composition.communes.insert(code.clone(), siren.clone())
                && deja != siren
            {
                return Err(refus(Error::Donnees(format!(
                    "la commune {} est déjà, plus haut, d'un autre EPCI. Corrigez le tableau.",
                    code.as_str()
                ))));
            }
        }
        if composition.groupements.is_empty() {
            return Err(vide(&tableau.nom));
        }
        Ok(composition)
    }
}

fn modele(cellules: &[String]) -> Option<&'static Modele> {
    MODELES.iter().find(|modele| {
        [modele.commune, modele.groupement, modele.libelle]
            .iter()
            .all(|nom| rang(cellules, nom).is_some())
    })
}

fn rang(cellules: &[String], nom: &str) -> Option<usize> {
    cellules.iter().position(|cellule| cellule.eq_ignore_ascii_case(nom))
}

/// The millésime in the name of the file, in the notes above the table (« Géographie au 01/01/2023 »), or
/// in the name of a column of populations (`pmun_2024`).
fn annonce(fichier: &Path, tableau: &Tableau) -> Result<Option<Millesime>> {
    let nom = fichier.file_name().unwrap_or_default().to_string_lossy();
    let colonne =
        || tableau.colonnes.iter().find_map(|colonne| colonne.strip_prefix("pmun_")?.parse().ok());
    let annee = tableau.geographie().or_else(|| annee_dans(&nom)).or_else(colonne);
    annee.map(Millesime::new).transpose()
}

fn vide(nom: &str) -> Error {
    Error::Donnees(format!("{nom} ne donne l'EPCI d'aucune commune. Donnez le tableau complet."))
}
