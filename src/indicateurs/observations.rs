//! Which figures a table holds, whatever its shape: a column an indicator, a row an observation, or a
//! row an aggregate of accounts.

mod comptes;
mod larges;
mod melodi;

use std::fmt;

use super::conversion::Connue;
use super::declaration::Declaration;
use super::libelles::Libelles;
use super::nombres;
use crate::error::{Error, Result};
use crate::rejet::Rejet;
use crate::tableau::Tableau;
use crate::territoires::Maille;
use comptes::comptes;
use larges::larges;
use melodi::longues;

/// Names of the column of codes in the files that we know.
const CODES: [&str; 13] = [
    "CODGEO",
    "GEO",
    "COM",
    "code_insee",
    "insee_com",
    "com_code",
    "codeinsee",
    "code_commune",
    "depcom",
    "code_geo",
    "insee",
    "code",
    "com_insee",
];

/// Whether these cells are the heading of a table of territories. `code` names the column, if the user
/// does.
pub fn est_entete(cellules: &[String], code: Option<&str>) -> bool {
    let est = |nom: &str| cellules.iter().any(|cellule| cellule.eq_ignore_ascii_case(nom));
    cellules.iter().filter(|cellule| !cellule.is_empty()).count() > 1
        && code.map_or_else(|| CODES.into_iter().any(est), est)
}

/// One value of one unit, as it was written.
#[derive(Debug)]
pub struct Observation {
    pub serie: usize,
    pub code: String,
    pub connue: Connue,
    pub ligne: u64,
}

/// Values of one indicator for one period, on one maille.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cle {
    pub indicateur: String,
    pub libelle: String,
    pub periode: String,
    pub maille: Maille,
}

impl fmt::Display for Cle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}], {}, par {}", self.libelle, self.indicateur, self.periode, self.maille)
    }
}

/// What was found in a table.
#[derive(Debug, Default)]
pub struct Trouvees {
    pub series: Vec<Cle>,
    /// Name of the column of codes.
    pub colonne_code: String,
    pub observations: Vec<Observation>,
    pub rejets: Vec<Rejet>,
    pub remarques: Vec<String>,
    /// Several rows of one unit add up (accounts of communes that have merged).
    pub cumulables: bool,
}

/// What the user says of a table, when it does not tell.
#[derive(Debug, Default)]
pub struct Consignes<'a> {
    pub code: Option<&'a str>,
    pub periode: Option<&'a str>,
    pub maille: Option<Maille>,
    /// Columns by name, and the indicator that each holds.
    pub colonnes: &'a [(String, String)],
}

/// Finds the figures of a table.
pub fn trouver(
    tableau: &Tableau,
    catalogue: &[Declaration],
    libelles: &Libelles,
    consignes: &Consignes<'_>,
) -> Result<Trouvees> {
    if tableau.lignes.is_empty() {
        return Err(Error::Donnees(format!(
            "{} n'a que son en-tête : aucune ligne de valeurs. Vérifiez que le fichier est complet.",
            tableau.nom
        )));
    }
    if let Some(colonnes) = melodi::Colonnes::de(tableau) {
        Ok(longues(tableau, catalogue, libelles, colonnes))
    } else if let Some(colonnes) = comptes::Colonnes::de(tableau) {
        comptes(tableau, catalogue, consignes, colonnes)
    } else {
        larges(tableau, catalogue, consignes)
    }
}

/// Whether a text is a year, or two with a hyphen between.
fn est_periode(texte: &str) -> bool {
    let annee = |texte: &str| {
        texte.len() == 4
            && texte.starts_with(['1', '2'])
            && texte.bytes().all(|octet| octet.is_ascii_digit())
    };
    texte.split_once('-').map_or_else(|| annee(texte), |(de, a)| annee(de) && annee(a))
}

fn colonne_code(tableau: &Tableau, consignes: &Consignes<'_>) -> Result<usize> {
    let trouvee = match consignes.code {
        Some(code) => tableau.colonne(&[code]),
        None => tableau.colonne(&CODES),
    };
    trouvee.ok_or_else(|| {
        Error::Donnees(format!(
            "{} n'a pas de colonne de codes. Ses colonnes : {}. Indiquez-la avec --code COLONNE.",
            tableau.nom,
            tableau.colonnes.join(", ")
        ))
    })
}

impl Trouvees {
    fn serie(&mut self, declaration: &Declaration, periode: &str, maille: Maille) -> usize {
        let existe = self.series.iter().position(|cle| {
            cle.indicateur == declaration.code && cle.periode == periode && cle.maille == maille
        });
        existe.unwrap_or_else(|| {
            self.series.push(Cle {
                indicateur: declaration.code.clone(),
                libelle: declaration.libelle.clone(),
                periode: periode.to_owned(),
                maille,
            });
            self.series.len() - 1
        })
    }

    /// Keeps a cell of a series, or sets its row aside. `cellule` is its column and its text.
    fn garder(
        &mut self,
        tableau: &Tableau,
        ligne: u64,
        (serie, declaration): (usize, &Declaration),
        code: &str,
        (colonne, cellule): (usize, &str),
    ) {
        let (texte, pourcent) = match cellule.strip_suffix('%') {
            Some(texte) => (texte, true),
            None => (cellule, false),
        };
        let raison = match nombres::lire(texte) {
            Some(connue) if !pourcent || declaration.unite.as_deref() == Some("%") => {
                self.observations.push(Observation { serie, code: code.to_owned(), connue, ligne });
                return;
            }
            Some(_) => format!(
                "« {cellule} » est un pourcentage, et « {} » se compte en {} : corrigez-le.",
                declaration.libelle,
                declaration.unite.as_deref().unwrap_or("nombres")
            ),
            None => format!(
                "« {cellule} » n'est pas un nombre, ni une marque connue (s pour secret, nd pour non \
                 disponible, /// pour sans objet) : corrigez-le, ou laissez la case vide."
            ),
        };
        self.rejets.push(Rejet {
            fichier: tableau.nom.clone(),
            unite: "ligne",
            numero: ligne,
            colonne: tableau.colonnes[colonne].clone(),
            valeur: cellule.to_owned(),
            raison,
        });
    }
}

/// The first names of a list.
fn liste(noms: &[&str]) -> String {
    const MONTREES: usize = 12;
    let suite =
        if noms.len() > MONTREES { format!("… ({} en tout)", noms.len()) } else { String::new() };
    format!("{}{suite}", noms.iter().take(MONTREES).copied().collect::<Vec<_>>().join(", "))
}
