//! Which figures a table holds, whatever its shape: a column an indicator, a row an observation, or a
//! row an aggregate of accounts.

use std::collections::BTreeMap;

use super::catalogue::Declaration;
use super::conversion::Connue;
use super::nombres;
use crate::error::{Error, Result};
use crate::rejet::Rejet;
use crate::tableau::Tableau;
use crate::territoires::Maille;

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
    pub periode: String,
    pub maille: Maille,
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
    consignes: &Consignes<'_>,
) -> Result<Trouvees> {
    let melodi = (
        tableau.colonne(&["GEO"]),
        tableau.colonne(&["OBS_VALUE"]),
        tableau.colonne(&["TIME_PERIOD"]),
    );
    let ofgl =
        (tableau.colonne(&["agregat"]), tableau.colonne(&["montant"]), tableau.colonne(&["exer"]));
    match (melodi, ofgl) {
        ((Some(geo), Some(valeur), Some(periode)), _) => {
            Ok(longues(tableau, catalogue, geo, valeur, periode))
        }
        (_, (Some(agregat), Some(montant), Some(exercice))) => {
            let code = colonne_code(tableau, consignes)?;
            Ok(comptes(tableau, catalogue, code, agregat, montant, exercice))
        }
        _ => larges(tableau, catalogue, consignes),
    }
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
    fn serie(&mut self, indicateur: &str, periode: &str, maille: Maille) -> usize {
        let existe = self.series.iter().position(|cle| {
            cle.indicateur == indicateur && cle.periode == periode && cle.maille == maille
        });
        existe.unwrap_or_else(|| {
            self.series.push(Cle {
                indicateur: indicateur.to_owned(),
                periode: periode.to_owned(),
                maille,
            });
            self.series.len() - 1
        })
    }

    /// Keeps a cell, or sets its row aside.
    fn garder(
        &mut self,
        tableau: &Tableau,
        ligne: u64,
        serie: usize,
        code: &str,
        colonne: &str,
        cellule: &str,
    ) {
        match nombres::lire(cellule) {
            Some(connue) => {
                self.observations.push(Observation { serie, code: code.to_owned(), connue, ligne });
            }
            None => self.rejets.push(Rejet {
                fichier: tableau.nom.clone(),
                unite: "ligne",
                numero: ligne,
                colonne: colonne.to_owned(),
                valeur: cellule.to_owned(),
                raison: format!(
                    "« {cellule} » n'est pas un nombre, ni une marque connue (c, s, ns, nd, ///) : corrigez-le."
                ),
            }),
        }
    }
}

/// A row a unit, a column an indicator.
fn larges(
    tableau: &Tableau,
    catalogue: &[Declaration],
    consignes: &Consignes<'_>,
) -> Result<Trouvees> {
    let code = colonne_code(tableau, consignes)?;
    let maille = consignes.maille.unwrap_or(Maille::Commune);
    let mut trouvees =
        Trouvees { colonne_code: tableau.colonnes[code].clone(), ..Trouvees::default() };
    let mut retenues: Vec<(usize, usize)> = Vec::new();
    let mut ignorees = Vec::new();
    for (rang, colonne) in tableau.colonnes.iter().enumerate() {
        if rang == code || colonne.is_empty() {
            continue;
        }
        match designation(colonne, catalogue, consignes) {
            None => ignorees.push(colonne.as_str()),
            Some((indicateur, periode)) => {
                let Some(periode) = periode.or_else(|| consignes.periode.map(str::to_owned)) else {
                    return Err(Error::Donnees(format!(
                        "{} : la colonne « {colonne} » ne dit pas son année. Indiquez-la avec --periode 2021.",
                        tableau.nom
                    )));
                };
                let serie = trouvees.serie(&indicateur, &periode, maille);
                retenues.push((rang, serie));
            }
        }
    }
    if retenues.is_empty() {
        return Err(Error::Donnees(format!(
            "Aucune colonne de {} n'est celle d'un indicateur du catalogue. Colonnes : {}. Dites ce qu'elles \
             contiennent avec --colonnes COLONNE=indicateur ; le catalogue est à /api/indicateurs.",
            tableau.nom,
            liste(&ignorees)
        )));
    }
    // Rows of parts of communes, in files that mix them.
    let genre = tableau.colonne(&["TYPECOM", "commune_type", "type_commune"]);
    let mut passees = 0;
    for (ligne, cellules) in &tableau.lignes {
        let cellule = |rang: usize| cellules.get(rang).map_or("", String::as_str);
        if genre.is_some_and(|genre| !matches!(cellule(genre), "COM" | "")) {
            passees += 1;
            continue;
        }
        for &(rang, serie) in &retenues {
            trouvees.garder(
                tableau,
                *ligne,
                serie,
                cellule(code),
                &tableau.colonnes[rang],
                cellule(rang),
            );
        }
    }
    if !ignorees.is_empty() {
        trouvees.remarques.push(format!("Colonnes laissées de côté : {}.", liste(&ignorees)));
    }
    if passees > 0 {
        trouvees.remarques.push(format!(
            "{passees} lignes de communes déléguées, associées ou d'arrondissements municipaux : passées."
        ));
    }
    Ok(trouvees)
}

/// The indicator of a column, and the year in its name: what the user says, else the catalogue.
fn designation(
    colonne: &str,
    catalogue: &[Declaration],
    consignes: &Consignes<'_>,
) -> Option<(String, Option<String>)> {
    let dite = consignes.colonnes.iter().find(|(nom, _)| nom.eq_ignore_ascii_case(colonne));
    if let Some((_, indicateur)) = dite {
        return Some((indicateur.clone(), None));
    }
    catalogue.iter().find_map(|declaration| {
        let annee = declaration.colonnes.iter().find_map(|motif| annee(motif, colonne))?;
        Some((declaration.code.clone(), annee.map(|annee| annee.to_string())))
    })
}

/// Whether a column has the name of a pattern, and the year that stands in it.
fn annee(motif: &str, colonne: &str) -> Option<Option<i16>> {
    let diese = motif.find('#');
    let Some(debut) = diese else {
        return motif.eq_ignore_ascii_case(colonne).then_some(None);
    };
    let chiffres = motif[debut..].bytes().take_while(|octet| *octet == b'#').count();
    let (avant, apres) = (&motif[..debut], &motif[debut + chiffres..]);
    let milieu = colonne.get(debut..debut + chiffres)?;
    let meme = colonne.get(..debut)?.eq_ignore_ascii_case(avant)
        && colonne.get(debut + chiffres..)?.eq_ignore_ascii_case(apres)
        && milieu.bytes().all(|octet| octet.is_ascii_digit());
    let nombre: i16 = milieu.parse().ok()?;
    // Two figures are of this century up to the middle of it.
    let annee = match chiffres {
        2 if nombre <= 50 => 2000 + nombre,
        2 => 1900 + nombre,
        _ => nombre,
    };
    meme.then_some(Some(annee))
}

/// A row an observation (Melodi): the columns beside are dimensions.
fn longues(
    tableau: &Tableau,
    catalogue: &[Declaration],
    geo: usize,
    valeur: usize,
    periode: usize,
) -> Trouvees {
    let mut trouvees =
        Trouvees { colonne_code: tableau.colonnes[geo].clone(), ..Trouvees::default() };
    let objet = tableau.colonne(&["GEO_OBJECT"]);
    let confidentialite = tableau.colonne(&["CONF_STATUS"]);
    let autres = [
        "GEO",
        "GEO_OBJECT",
        "TIME_PERIOD",
        "OBS_VALUE",
        "CONF_STATUS",
        "OBS_STATUS",
        "FREQ",
        "UNIT_MEASURE",
        "UNIT_MULT",
        "DECIMALS",
        "OBS_STATUS_FR",
        "NB_DEC",
    ];
    let dimensions: Vec<usize> = (0..tableau.colonnes.len())
        .filter(|rang| !autres.iter().any(|nom| tableau.colonnes[*rang].eq_ignore_ascii_case(nom)))
        .collect();
    let mut sans_indicateur: BTreeMap<String, usize> = BTreeMap::new();
    let mut autres_objets: BTreeMap<String, usize> = BTreeMap::new();
    for (ligne, cellules) in &tableau.lignes {
        let cellule = |rang: usize| cellules.get(rang).map_or("", String::as_str);
        let (prefixe, code) = cellule(geo).split_once('-').unwrap_or(("", cellule(geo)));
        let genre = objet.map_or(prefixe, cellule);
        let maille = match if genre.is_empty() { prefixe } else { genre } {
            "COM" | "" => Maille::Commune,
            "EPCI" => Maille::Epci,
            "DEP" => Maille::Departement,
            "REG" => Maille::Region,
            autre => {
                *autres_objets.entry(autre.to_owned()).or_default() += 1;
                continue;
            }
        };
        let declaration = catalogue.iter().find(|declaration| {
            !declaration.melodi.is_empty()
                && dimensions.iter().all(|rang| {
                    let voulue = declaration
                        .melodi
                        .iter()
                        .find(|(nom, _)| nom.eq_ignore_ascii_case(&tableau.colonnes[*rang]));
                    voulue.map_or("_T", |(_, valeur)| valeur) == cellule(*rang)
                })
                && declaration.melodi.keys().all(|nom| tableau.colonne(&[nom]).is_some())
        });
        let Some(declaration) = declaration else {
            let selon: Vec<String> = dimensions
                .iter()
                .map(|rang| format!("{}={}", tableau.colonnes[*rang], cellule(*rang)))
                .collect();
            *sans_indicateur.entry(selon.join(", ")).or_default() += 1;
            continue;
        };
        let serie = trouvees.serie(&declaration.code, cellule(periode), maille);
        let secret = confidentialite.is_some_and(|rang| cellule(rang).eq_ignore_ascii_case("C"));
        let lue = if secret && cellule(valeur).is_empty() { "c" } else { cellule(valeur) };
        trouvees.garder(tableau, *ligne, serie, code, &tableau.colonnes[valeur], lue);
    }
    for (objet, nombre) in autres_objets {
        trouvees.remarques.push(format!("{nombre} lignes de la maille {objet} : passées."));
    }
    if !sans_indicateur.is_empty() {
        let premieres: Vec<&str> = sans_indicateur.keys().take(3).map(String::as_str).collect();
        trouvees.remarques.push(format!(
            "{} combinaisons de dimensions n'ont pas d'indicateur au catalogue, comme {}.",
            sans_indicateur.len(),
            premieres.join(" ; ")
        ));
    }
    trouvees
}

/// A row an aggregate of the accounts of a commune (OFGL). A commune that has merged has a row for each
/// of those that it was: they add up.
fn comptes(
    tableau: &Tableau,
    catalogue: &[Declaration],
    code: usize,
    agregat: usize,
    montant: usize,
    exercice: usize,
) -> Trouvees {
    let mut trouvees = Trouvees {
        colonne_code: tableau.colonnes[code].clone(),
        cumulables: true,
        ..Trouvees::default()
    };
    for (ligne, cellules) in &tableau.lignes {
        let cellule = |rang: usize| cellules.get(rang).map_or("", String::as_str);
        let declaration = catalogue
            .iter()
            .find(|declaration| declaration.ofgl.as_deref() == Some(cellule(agregat)));
        let Some(declaration) = declaration else { continue };
        let annee = cellule(exercice).get(..4).unwrap_or_default();
        let serie = trouvees.serie(&declaration.code, annee, Maille::Commune);
        trouvees.garder(
            tableau,
            *ligne,
            serie,
            cellule(code),
            &tableau.colonnes[montant],
            cellule(montant),
        );
    }
    trouvees
}

/// The first names of a list.
fn liste(noms: &[&str]) -> String {
    const MONTREES: usize = 12;
    let suite =
        if noms.len() > MONTREES { format!("… ({} en tout)", noms.len()) } else { String::new() };
    format!("{}{suite}", noms.iter().take(MONTREES).copied().collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_says_its_year() {
        assert_eq!(annee("P##_POP", "P21_POP"), Some(Some(2021)));
        assert_eq!(annee("P##_POP", "p99_pop"), Some(Some(1999)));
        assert_eq!(annee("population_####", "population_2015"), Some(Some(2015)));
        assert_eq!(annee("PMUN", "pmun"), Some(None));
        for autre in ["P21_POP0014", "P2_POP", "PXX_POP", "", "É21_POP"] {
            assert_eq!(annee("P##_POP", autre), None, "{autre}");
        }
    }
}
