//! A row an observation: Insee's long files (Melodi), whose other columns are dimensions.

use std::collections::BTreeMap;

use super::{Trouvees, est_periode, liste};
use crate::indicateurs::declaration::Declaration;
use crate::indicateurs::libelles::Libelles;
use crate::tableau::Tableau;
use crate::territoires::Maille;

/// Columns that say what an observation is, beside its dimensions.
const ATTRIBUTS: [&str; 12] = [
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

/// The value of a dimension that selects nothing.
const TOTAL: &str = "_T";

/// Ranks of the columns that a long file must have.
pub struct Colonnes {
    geo: usize,
    valeur: usize,
    periode: usize,
}

impl Colonnes {
    /// None when the table is not a long one.
    pub fn de(tableau: &Tableau) -> Option<Self> {
        Some(Self {
            geo: tableau.colonne(&["GEO"])?,
            valeur: tableau.colonne(&["OBS_VALUE"])?,
            periode: tableau.colonne(&["TIME_PERIOD"])?,
        })
    }
}

/// The figures of a long table: of each row, the indicator whose dimensions it has and which is total in
/// the others.
pub fn longues(
    tableau: &Tableau,
    catalogue: &[Declaration],
    libelles: &Libelles,
    Colonnes { geo, valeur, periode }: Colonnes,
) -> Trouvees {
    let mut trouvees =
        Trouvees { colonne_code: tableau.colonnes[geo].clone(), ..Trouvees::default() };
    let objet = tableau.colonne(&["GEO_OBJECT"]);
    let confidentialite = tableau.colonne(&["CONF_STATUS"]);
    let statut = tableau.colonne(&["OBS_STATUS"]);
    let dimensions = dimensions(tableau);
    let candidates: Vec<&Declaration> = catalogue
        .iter()
        .filter(|declaration| !declaration.melodi.is_empty())
        .filter(|d| d.melodi.keys().all(|nom| tableau.colonne(&[nom]).is_some()))
        .collect();
    let mut sans_indicateur: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    let mut autres_objets: BTreeMap<&str, usize> = BTreeMap::new();
    let mut autres_periodes: BTreeMap<&str, usize> = BTreeMap::new();
    for (ligne, cellules) in &tableau.lignes {
        let cellule = |rang: usize| cellules.get(rang).map_or("", String::as_str);
        let (genre, code) = lieu(cellule(geo));
        let genre = objet.map(cellule).filter(|objet| !objet.is_empty()).unwrap_or(genre);
        let Some(maille) = maille(genre) else {
            *autres_objets.entry(genre).or_default() += 1;
            continue;
        };
        let declaration = candidates.iter().find(|declaration| {
            dimensions.iter().all(|&(rang, nom)| {
                let voulue =
                    declaration.melodi.iter().find(|(cle, _)| cle.eq_ignore_ascii_case(nom));
                voulue.map_or(TOTAL, |(_, voulue)| voulue) == cellule(rang)
            })
        });
        let Some(declaration) = declaration else {
            let selon = dimensions.iter().map(|(rang, _)| cellule(*rang)).collect();
            *sans_indicateur.entry(selon).or_default() += 1;
            continue;
        };
        if !est_periode(cellule(periode)) {
            *autres_periodes.entry(cellule(periode)).or_default() += 1;
            continue;
        }
        let serie = trouvees.serie(declaration, cellule(periode), maille);
        let libre = confidentialite.is_none_or(|rang| matches!(cellule(rang), "F" | "f" | ""));
        let lue = match (libre, cellule(valeur)) {
            // What is confidential is not shown, even if the file lets it out.
            (false, _) => "c",
            (true, "") => statut.map_or("", |rang| marque(cellule(rang))),
            (true, lue) => lue,
        };
        trouvees.garder(tableau, *ligne, (serie, declaration), code, (valeur, lue));
    }
    for (objet, nombre) in autres_objets {
        trouvees.remarques.push(format!(
            "Lignes d'une autre maille ({}), passées : {nombre}.",
            libelles.modalite("GEO_OBJECT", objet)
        ));
    }
    for (periode, nombre) in autres_periodes {
        trouvees.remarques.push(format!(
            "Lignes d'une période qui n'est pas une année (« {periode} »), passées : {nombre}."
        ));
    }
    trouvees.remarques.extend(manquantes(&dimensions, &sans_indicateur, libelles));
    trouvees
}

/// Rank and name of the dimensions, the first of those that have one name.
fn dimensions(tableau: &Tableau) -> Vec<(usize, &str)> {
    let mut dimensions: Vec<(usize, &str)> = Vec::new();
    for (rang, nom) in tableau.colonnes.iter().enumerate() {
        let connue = ATTRIBUTS.iter().copied().chain(dimensions.iter().map(|(_, nom)| *nom));
        if !nom.is_empty() && !connue.into_iter().any(|connue| connue.eq_ignore_ascii_case(nom)) {
            dimensions.push((rang, nom));
        }
    }
    dimensions
}

/// The kind of a place and its code: `26001`, `COM-26001`, `2024-COM-26001`.
fn lieu(geo: &str) -> (&str, &str) {
    let Some((avant, code)) = geo.rsplit_once('-') else { return ("", geo) };
    (avant.rsplit_once('-').map_or(avant, |(_, genre)| genre), code)
}

fn maille(genre: &str) -> Option<Maille> {
    match genre {
        "COM" | "" => Some(Maille::Commune),
        "EPCI" => Some(Maille::Epci),
        "DEP" => Some(Maille::Departement),
        "REG" => Some(Maille::Region),
        _ => None,
    }
}

/// What the status of an observation says of a value that is not there, as a mark of tables (SDMX,
/// CL_OBS_STATUS: `M` cannot exist, `Q` suppressed).
fn marque(statut: &str) -> &'static str {
    match statut {
        "M" | "m" => "///",
        "Q" | "q" => "c",
        _ => "",
    }
}

/// What the file has and the catalogue has not, in words and as it would be declared.
fn manquantes(
    dimensions: &[(usize, &str)],
    combinaisons: &BTreeMap<Vec<&str>, usize>,
    libelles: &Libelles,
) -> Option<String> {
    let (premiere, _) = combinaisons.iter().max_by_key(|(_, nombre)| **nombre)?;
    let precises = |combinaison: &Vec<&str>| -> Vec<(String, String)> {
        let paires = dimensions.iter().zip(combinaison).filter(|(_, code)| **code != TOTAL);
        paires.map(|((_, nom), code)| ((*nom).to_owned(), (*code).to_owned())).collect()
    };
    let en_mots: Vec<String> = combinaisons
        .keys()
        .map(|combinaison| {
            let mots: Vec<String> = precises(combinaison)
                .iter()
                .map(|(nom, code)| {
                    format!("{} : {}", libelles.variable(nom), libelles.modalite(nom, code))
                })
                .collect();
            if mots.is_empty() { "total".to_owned() } else { mots.join(", ") }
        })
        .map(|mots| format!("« {mots} »"))
        .collect();
    let en_mots: Vec<&str> = en_mots.iter().map(String::as_str).collect();
    let declaree: Vec<String> =
        precises(premiere).iter().map(|(nom, code)| format!("{nom} = \"{code}\"")).collect();
    Some(format!(
        "Lignes sans indicateur au catalogue, passées : {} ({}). Pour les charger, déclarez un indicateur \
         avec ses dimensions, comme melodi = {{ {} }} : maillage import catalogue --help.",
        combinaisons.values().sum::<usize>(),
        liste(&en_mots),
        declaree.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_may_say_its_kind_and_its_year() {
        assert_eq!(lieu("26001"), ("", "26001"));
        assert_eq!(lieu("COM-26001"), ("COM", "26001"));
        assert_eq!(lieu("2024-COM-26001"), ("COM", "26001"));
        assert_eq!(lieu("2024-FRANCE-F"), ("FRANCE", "F"));
    }
}
