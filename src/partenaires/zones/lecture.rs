//! Files of zones, of any kind, as rows under the columns of `zones.csv`: lists, or drawn surfaces with their
//! attributes.
//!
//! Columns are known by the names that people give them, or by those that a person gives with `--colonnes`.
//! What a row means is judged elsewhere. Blocks.

use std::path::{Path, PathBuf};

use geo::{BoundingRect, CoordsIter, MultiPolygon, Rect};

use super::super::table::Table;
use super::dates::normaliser;
use super::systeme::Repere;
use crate::error::{Error, Result};
use crate::tableau::{Entete, Tableau};
use crate::territoires::source::{Couche, Depot, Donnee, Facture, Jeu};

/// What an archive of zones may come to, in bytes.
const ARCHIVE_MAX: u64 = 1 << 30;
/// Vertices read from one file at most: 5 million take 80 MB.
const SOMMETS_LUS: usize = 5_000_000;

/// Fields, and the names under which files have them. The first name is that of `zones.csv`.
const CHAMPS: [(&str, &[&str]); 9] = [
    ("code", &["zone", "code_zone", "id_zone"]),
    ("partenaire", &["partenaire", "code_partenaire", "organisme"]),
    ("theme", &["theme", "thème", "thematique", "thématique", "code_theme"]),
    ("maille", &["maille", "niveau", "type_unite"]),
    ("nom_zone", &["nom_zone", "libelle_zone"]),
    ("debut", &["debut", "début", "date_debut", "date_effet", "depuis"]),
    ("fin", &["fin", "date_fin", "jusqu_au"]),
    ("exclue", &["exclue", "exclu", "exclusion"]),
    (
        "unite",
        &[
            "unite",
            "unité",
            "code",
            "code_insee",
            "insee",
            "insee_com",
            "codgeo",
            "code_commune",
            "siren",
            "code_siren",
            "siren_epci",
            "code_epci",
            "epci",
            "commune",
            "territoire",
        ],
    ),
];
/// The name of the unit, which tells a post code from a code.
const NOMS: [&str; 6] = ["nom", "nom_commune", "libelle", "libellé", "libgeo", "commune"];

/// What was read of a file.
pub struct Releve {
    pub table: Table,
    /// One a row of the table, when the file holds drawings.
    pub dessins: Option<Dessins>,
}

/// Drawn surfaces, in the order of the rows of their table.
pub struct Dessins {
    pub repere: Repere,
    pub surfaces: Vec<(Option<MultiPolygon>, Facture)>,
}

/// How to read a file, where it does not say.
#[derive(Debug, Clone, Default)]
pub struct Lecture {
    /// Column of the file, and the field that it fills.
    pub colonnes: Vec<(String, String)>,
    /// Sheet of a workbook, or layer of a GeoPackage.
    pub couche: Option<String>,
    /// Reference system, as `EPSG:2154`.
    pub systeme: Option<String>,
    /// What an archive may come to, in bytes, where that is less than usual.
    pub archive_max: Option<u64>,
}

impl Lecture {
    /// Reads a file, a folder or an archive.
    ///
    /// # Errors
    /// A sentence: what makes the file unreadable, and what to do.
    pub fn lire(&self, fichier: &Path) -> Result<Releve> {
        let extension = fichier.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        match extension.as_str() {
            "csv" | "tsv" | "txt" | "xlsx" | "xlsm" | "xls" | "ods" => self.liste(fichier),
            "vrt" | "dxf" | "dwg" => Err(Error::Donnees(format!(
                "{} : les fichiers .{extension} ne sont pas lus ici. Exportez les zones en GeoPackage, en \
                 Shapefile ou en GeoJSON.",
                fichier.display()
            ))),
            _ => self.dessins(fichier),
        }
    }

    fn liste(&self, fichier: &Path) -> Result<Releve> {
        let convient = |cellules: &[String]| {
            let lus: Vec<_> = cellules.iter().map(|cellule| self.champ(cellule, false)).collect();
            lus.contains(&Some("unite".to_owned()))
        };
        let entete = Entete {
            convient: &convient,
            absente: "n'a pas de colonne de codes de communes ou d'autres unités",
            conseil: "Nommez-la « unite » ou « code_insee », ou dites laquelle c'est avec --colonnes \
                      NOM=unite.",
        };
        let tableau = Tableau::lire(fichier, self.couche.as_deref(), entete)?;
        self.connues(&tableau.nom, &tableau.colonnes)?;
        let colonnes = self.renommer(&tableau.colonnes, false);
        let lignes = tableau
            .lignes
            .into_iter()
            .map(|(numero, cellules)| (numero, normaliser_dates(&colonnes, cellules)))
            .collect();
        let table = Table::nouvelle(tableau.nom, "ligne", colonnes, lignes);
        Ok(Releve { table, dessins: None })
    }

    fn dessins(&self, fichier: &Path) -> Result<Releve> {
        let depot =
            Depot::ouvrir(&[PathBuf::from(fichier)], self.archive_max.unwrap_or(ARCHIVE_MAX))?;
        let jeux = depot
            .donnees
            .iter()
            .filter(|donnee| donnee.pilote != "CSV")
            .map(|donnee| Ok((donnee, Jeu::ouvrir(donnee, None)?)))
            .collect::<Result<Vec<_>>>()?;
        let mut couches: Vec<(&Donnee, &Jeu<'_>, Couche)> = Vec::new();
        for (donnee, jeu) in &jeux {
            for couche in jeu.couches() {
                couches.push((donnee, jeu, couche));
            }
        }
        let noms: Vec<_> = couches.iter().map(|(_, _, couche)| couche.nom.clone()).collect();
        if let Some(voulue) = &self.couche {
            couches.retain(|(_, _, couche)| couche.nom.eq_ignore_ascii_case(voulue));
        }
        let [(donnee, jeu, couche)] = &couches[..] else {
            let quoi = match (&self.couche, noms.len()) {
                (_, 0) => "ne contient aucune couche de surfaces".to_owned(),
                (Some(voulue), _) => format!("n'a pas une couche « {voulue} »"),
                (None, n) => format!("contient {n} couches"),
            };
            return Err(Error::Donnees(format!(
                "{} {quoi}. Choisissez-en une avec --couche : {}.",
                fichier.display(),
                noms.join(", ")
            )));
        };
        self.connues(&donnee.nom, &couche.colonnes)?;
        self.couche_lue(donnee, jeu, couche)
    }

    fn couche_lue(&self, donnee: &Donnee, jeu: &Jeu<'_>, couche: &Couche) -> Result<Releve> {
        let colonnes = self.renommer(&couche.colonnes, true);
        let toutes: Vec<usize> = (0..colonnes.len()).collect();
        let (mut lignes, mut surfaces) = (Vec::new(), Vec::new());
        let (mut sommets, mut boite) = (0, None::<Rect>);
        jeu.parcourir(couche, &toutes, true, |objet| {
            let cellules = objet.cellules.into_iter().map(Option::unwrap_or_default).collect();
            lignes.push((objet.numero as u64, normaliser_dates(&colonnes, cellules)));
            if let Some(contour) = &objet.contour {
                sommets += contour.coords_count();
                if sommets > SOMMETS_LUS {
                    return Err(Error::Donnees(format!(
                        "{}, objet {} : le fichier a plus de {SOMMETS_LUS} sommets. Généralisez ses contours, \
                         ou donnez ses objets en plusieurs fichiers.",
                        donnee.nom, objet.numero
                    )));
                }
                boite = reunies(boite, contour.bounding_rect());
            }
            surfaces.push((objet.contour, objet.facture));
            Ok(())
        })?;
        if lignes.is_empty() {
            return Err(Error::Donnees(format!("{} ne contient aucun objet.", donnee.nom)));
        }
        let repere =
            Repere::choisir(self.systeme.as_deref(), couche.systeme.as_ref(), boite, &donnee.nom)?;
        let table = Table::nouvelle(donnee.nom_court(), "objet", colonnes, lignes);
        Ok(Releve { table, dessins: Some(Dessins { repere, surfaces }) })
    }

    /// The field that a column holds. In a drawing, `code` is that of the zone, and `nom` its name.
    fn champ(&self, colonne: &str, dessin: bool) -> Option<String> {
        let nom = colonne.trim().to_lowercase().replace([' ', '-'], "_");
        let dite = self.colonnes.iter().find(|(dite, _)| dite.eq_ignore_ascii_case(colonne.trim()));
        if let Some((_, champ)) = dite {
            return Some(champ.clone());
        }
        if dessin && ["code", "nom"].contains(&nom.as_str()) {
            return Some(if nom == "nom" { "nom_zone" } else { "code" }.to_owned());
        }
        let champ = CHAMPS.iter().find(|(_, noms)| noms.contains(&nom.as_str()));
        champ.map(|(champ, _)| (*champ).to_owned())
    }

    /// The columns of a file under the names of fields; each field is that of one column, the one that says
    /// it best.
    fn renommer(&self, colonnes: &[String], dessin: bool) -> Vec<String> {
        let mut champs: Vec<Option<String>> =
            colonnes.iter().map(|colonne| self.champ(colonne, dessin)).collect();
        // A list that has both names its zones « code » and its units « unite », as `zones.csv` does.
        let a_une_unite = colonnes.iter().any(|colonne| colonne.eq_ignore_ascii_case("unite"));
        for (rang, colonne) in colonnes.iter().enumerate() {
            if a_une_unite
                && colonne.eq_ignore_ascii_case("code")
                && champs[rang].as_deref() == Some("unite")
            {
                champs[rang] = Some("code".to_owned());
            }
            let repris = champs[..rang].contains(&champs[rang]);
            if champs[rang].is_some() && repris {
                champs[rang] = None;
            }
        }
        let nom = (0..colonnes.len()).find(|&rang| {
            champs[rang].is_none() && NOMS.contains(&colonnes[rang].trim().to_lowercase().as_str())
        });
        champs
            .into_iter()
            .zip(colonnes)
            .enumerate()
            .map(|(rang, (champ, colonne))| match champ {
                Some(champ) => champ,
                None if nom == Some(rang) => "nom".to_owned(),
                None => format!("({colonne})"),
            })
            .collect()
    }

    /// That what `--colonnes` names exists, on both sides.
    fn connues(&self, fichier: &str, colonnes: &[String]) -> Result<()> {
        for (dite, champ) in &self.colonnes {
            if !colonnes.iter().any(|colonne| colonne.trim().eq_ignore_ascii_case(dite)) {
                return Err(Error::Donnees(format!(
                    "{fichier} n'a pas de colonne « {dite} ». Ses colonnes : {}.",
                    colonnes.join(", ")
                )));
            }
            if champ != "nom" && !CHAMPS.iter().any(|(connu, _)| connu == champ) {
                let connus: Vec<_> = CHAMPS.iter().map(|(connu, _)| *connu).collect();
                return Err(Error::Demande(format!(
                    "--colonnes {dite}={champ} : ce champ n'existe pas. Champs admis : {}, nom.",
                    connus.join(", ")
                )));
            }
        }
        Ok(())
    }
}

fn normaliser_dates(colonnes: &[String], mut cellules: Vec<String>) -> Vec<String> {
    for (colonne, cellule) in colonnes.iter().zip(&mut cellules) {
        if ["debut", "fin"].contains(&colonne.as_str())
            && let Some(date) = normaliser(cellule)
        {
            *cellule = date;
        }
    }
    cellules
}

fn reunies(boite: Option<Rect>, autre: Option<Rect>) -> Option<Rect> {
    let (Some(a), Some(b)) = (boite, autre) else { return boite.or(autre) };
    Some(Rect::new(
        (a.min().x.min(b.min().x), a.min().y.min(b.min().y)),
        (a.max().x.max(b.max().x), a.max().y.max(b.max().y)),
    ))
}
