//! The npm package `@etalab/decoupage-administratif`: codes, names, populations, former codes,
//! composition of EPCI. No contour. It adds to a file of contours, or stands alone for its year.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use chrono::{DateTime, NaiveDate};
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{
    Apport, CodeInsee, CommuneLue, DepartementLu, EpciLu, Lecture, RegionLue, Siren, SourceLue,
};
use crate::error::{ContexteFichier, Error, Result};

const PREFIXE: &str = "package/data/";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Commune {
    code: String,
    nom: String,
    #[serde(rename = "type")]
    genre: String,
    zone: Option<String>,
    departement: Option<String>,
    siren: Option<String>,
    population: Option<i32>,
    #[serde(default)]
    codes_postaux: Vec<String>,
    #[serde(default)]
    anciens_codes: Vec<String>,
}

#[derive(Deserialize)]
struct Epci {
    code: String,
    nom: String,
    #[serde(rename = "type")]
    nature: String,
    membres: Vec<Membre>,
}

#[derive(Deserialize)]
struct Membre {
    code: String,
}

#[derive(Deserialize)]
struct Departement {
    code: String,
    nom: String,
    region: Option<String>,
}

#[derive(Deserialize)]
struct Region {
    code: String,
    nom: String,
}

#[derive(Deserialize)]
struct Paquet {
    version: String,
}

/// What this package adds to the communes that another file lists.
pub struct Complement {
    communes: HashMap<String, Commune>,
    source: SourceLue,
    historique: Option<Historique>,
}

/// The member that tells the communes' movements, and the version of the package.
pub struct Historique {
    pub version: String,
    pub texte: Vec<u8>,
}

/// Whether the file is this package.
pub fn reconnait(fichier: &Path) -> Result<bool> {
    let nom = fichier.to_string_lossy().to_lowercase();
    if fichier.is_dir() || !(nom.ends_with(".tgz") || nom.ends_with(".tar.gz")) {
        return Ok(false);
    }
    let communes = format!("{PREFIXE}communes.json");
    Ok(entrees(fichier, &[&communes])?.contains_key(&communes))
}

/// The package as a complement.
pub fn lire(fichier: &Path) -> Result<Complement> {
    Archive::ouvrir(fichier)?.complement()
}

/// The package alone: communes, EPCI, départements and régions of its year, without contours.
pub fn lire_seul(fichier: &Path) -> Result<Lecture> {
    let archive = Archive::ouvrir(fichier)?;
    let complement = archive.complement()?;
    let mut lecture = Lecture::default();
    for Region { code, nom } in archive.json::<Vec<Region>>("regions.json")? {
        lecture.regions.insert(code, RegionLue { nom });
    }
    for Departement { code, nom, region } in
        archive.json::<Vec<Departement>>("departements.json")?
    {
        // The collectivités d'outre-mer belong to no région.
        if region.is_some() {
            lecture.departements.insert(code, DepartementLu { nom: Some(nom), region });
        }
    }
    let mut epci_de: HashMap<String, Siren> = HashMap::new();
    for epci in archive.json::<Vec<Epci>>("epci.json")? {
        let siren = Siren::parse(&epci.code).map_err(|erreur| {
            Error::Donnees(format!("{}, epci.json : {erreur}", fichier.display()))
        })?;
        epci_de.extend(epci.membres.into_iter().map(|membre| (membre.code, siren.clone())));
        lecture.epci.insert(siren, EpciLu { nom: epci.nom, nature: Some(epci.nature) });
    }
    for (code, commune) in &complement.communes {
        let insee = CodeInsee::parse(code).map_err(|erreur| {
            Error::Donnees(format!("{}, communes.json : {erreur}", fichier.display()))
        })?;
        let Some(departement) = commune.departement.clone() else { continue };
        if !lecture.departements.contains_key(&departement) {
            continue;
        }
        let epci = epci_de.remove(code);
        lecture.communes.insert(insee, CommuneLue { departement, epci, ..CommuneLue::default() });
    }
    complement.completer(&mut lecture);
    for source in &mut lecture.sources {
        source.apports.entry(Apport::Epci).or_default();
    }
    Ok(lecture)
}

/// Members by name, each with the date it was written.
type Membres = HashMap<String, (Vec<u8>, Option<NaiveDate>)>;

/// The members of the package that are read, in memory.
struct Archive<'f> {
    fichier: &'f Path,
    membres: Membres,
}

impl<'f> Archive<'f> {
    fn ouvrir(fichier: &'f Path) -> Result<Self> {
        let noms: Vec<String> =
            ["communes.json", "epci.json", "departements.json", "regions.json", HISTORIQUE]
                .iter()
                .map(|nom| format!("{PREFIXE}{nom}"))
                .chain(["package/package.json".to_owned()])
                .collect();
        let noms: Vec<&str> = noms.iter().map(String::as_str).collect();
        Ok(Self { fichier, membres: entrees(fichier, &noms)? })
    }

    fn texte(&self, nom: &str) -> Result<&(Vec<u8>, Option<NaiveDate>)> {
        self.membres.get(nom).ok_or_else(|| {
            Error::Donnees(format!("{} ne contient pas {nom}.", self.fichier.display()))
        })
    }

    fn json<T: DeserializeOwned>(&self, nom: &str) -> Result<T> {
        let (texte, _) = self.texte(&format!("{PREFIXE}{nom}"))?;
        serde_json::from_slice(texte).map_err(|erreur| {
            Error::Donnees(format!("{}, {nom} : {erreur}", self.fichier.display()))
        })
    }

    fn complement(&self) -> Result<Complement> {
        let communes: Vec<Commune> = self.json("communes.json")?;
        let (_, date) = self.texte(&format!("{PREFIXE}communes.json"))?;
        let (texte, _) = self.texte("package/package.json")?;
        let paquet: Paquet = serde_json::from_slice(texte).map_err(|erreur| {
            Error::Donnees(format!("{}, package.json : {erreur}", self.fichier.display()))
        })?;
        let historique = self.membres.get(&format!("{PREFIXE}{HISTORIQUE}"));
        Ok(Complement {
            communes: communes
                .into_iter()
                // The collectivités d'outre-mer are not communes of a département.
                .filter(|commune| {
                    commune.genre == "commune-actuelle" && commune.zone.as_deref() != Some("com")
                })
                .map(|commune| (commune.code.clone(), commune))
                .collect(),
            source: SourceLue::nouvelle(
                format!("Insee et DGCL, paquet @etalab/decoupage-administratif {}", paquet.version),
                "Licence Ouverte 2.0",
                *date,
                [Apport::Codes, Apport::Populations],
            )
            .complete(),
            historique: historique
                .map(|(texte, _)| Historique { version: paquet.version, texte: texte.clone() }),
        })
    }
}

const HISTORIQUE: &str = "historique-communes.json";

impl Complement {
    /// Adds names with their article, populations, SIREN, post codes and former codes.
    pub fn completer(mut self, lecture: &mut Lecture) {
        for (code, commune) in &mut lecture.communes {
            let Some(complement) = self.communes.remove(code.as_str()) else {
                lecture.remarques.push(format!(
                    "{} ({}) n'est pas dans le paquet des codes : sans population ni ancien code.",
                    commune.nom,
                    code.as_str()
                ));
                continue;
            };
            commune.nom = complement.nom;
            commune.population = complement.population;
            commune.siren = complement.siren;
            if !complement.codes_postaux.is_empty() {
                commune.codes_postaux = complement.codes_postaux;
            }
            commune.codes_postaux.sort();
            commune.codes_postaux.dedup();
            commune.anciens_codes = complement.anciens_codes;
            commune.anciens_codes.sort();
        }
        let mut absentes: Vec<Commune> = self.communes.into_values().collect();
        absentes.sort_by(|a, b| a.code.cmp(&b.code));
        if let Some((premiere, autres)) = absentes.split_first() {
            lecture.remarques.push(match autres.len() {
                0 => format!(
                    "{} ({}) n'est pas dans le paquet des contours : passée.",
                    premiere.nom, premiere.code
                ),
                n => format!(
                    "{} communes ne sont pas dans le paquet des contours et sont passées : {} ({}) et {n} \
                     autres, par département : {}.",
                    n + 1,
                    premiere.nom,
                    premiere.code,
                    par_departement(&absentes)
                ),
            });
        }
        lecture.sources.push(self.source);
        lecture.historique = self.historique;
    }
}

/// « 975 (2), 987 (48) ».
fn par_departement(communes: &[Commune]) -> String {
    let mut comptes: BTreeMap<&str, usize> = BTreeMap::new();
    for commune in communes {
        *comptes.entry(commune.departement.as_deref().unwrap_or("?")).or_default() += 1;
    }
    let comptes: Vec<_> = comptes
        .into_iter()
        .map(|(departement, nombre)| format!("{departement} ({nombre})"))
        .collect();
    comptes.join(", ")
}

/// Those of the archive that are named.
fn entrees(fichier: &Path, noms: &[&str]) -> Result<Membres> {
    let lu = File::open(fichier).pour_fichier("ouverture du fichier", fichier)?;
    let mut archive = tar::Archive::new(GzDecoder::new(lu));
    let illisible = |erreur: std::io::Error| {
        Error::Donnees(format!(
            "{} ne se lit pas : {erreur}. Le fichier est peut-être incomplet ; téléchargez-le de nouveau.",
            fichier.display()
        ))
    };
    let mut trouves = HashMap::new();
    for membre in archive.entries().map_err(illisible)? {
        let mut membre = membre.map_err(illisible)?;
        let nom = membre.path().map_err(illisible)?.to_string_lossy().into_owned();
        if !noms.contains(&nom.as_str()) {
            continue;
        }
        let date = membre
            .header()
            .mtime()
            .ok()
            .and_then(|secondes| DateTime::from_timestamp(i64::try_from(secondes).ok()?, 0))
            .map(|date| date.date_naive());
        let mut texte = Vec::new();
        membre.read_to_end(&mut texte).map_err(illisible)?;
        trouves.insert(nom, (texte, date));
        if trouves.len() == noms.len() {
            break;
        }
    }
    Ok(trouves)
}
