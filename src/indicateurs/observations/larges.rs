//! A row a unit, a column an indicator: Insee's wide tables, and those of users.

use super::{Consignes, Trouvees, colonne_code, est_periode, liste};
use crate::error::{Error, Result};
use crate::indicateurs::declaration::Declaration;
use crate::indicateurs::nombres;
use crate::tableau::Tableau;
use crate::territoires::Maille;

/// Columns of numbers that count nothing: codes and positions.
const REPERES: [&str; 22] = [
    "REG",
    "DEP",
    "ARR",
    "CAN",
    "CODREG",
    "CODDEP",
    "CODARR",
    "CODCAN",
    "CODCOM",
    "insee_reg",
    "insee_dep",
    "insee_parente",
    "code_postal",
    "codepostal",
    "cp",
    "lat",
    "lng",
    "lon",
    "latitude",
    "longitude",
    "siren",
    "EPCI",
];

/// A column that holds an indicator.
struct Retenue<'c> {
    colonne: usize,
    declaration: &'c Declaration,
    periode: String,
    /// Rank of its name among those that the indicator has: the first is kept of several.
    preference: usize,
}

/// The figures of a wide table. Fails, with what to do, when no column holds an indicator or one does not
/// tell its year.
pub fn larges(
    tableau: &Tableau,
    catalogue: &[Declaration],
    consignes: &Consignes<'_>,
) -> Result<Trouvees> {
    let code = colonne_code(tableau, consignes)?;
    let maille = consignes.maille.unwrap_or(Maille::Commune);
    let mut trouvees =
        Trouvees { colonne_code: tableau.colonnes[code].clone(), ..Trouvees::default() };
    let (mut retenues, ignorees) = designer(tableau, code, catalogue, consignes)?;
    let nombres: Vec<&str> = ignorees
        .iter()
        .filter(|rang| compte(tableau, **rang))
        .map(|rang| nom(tableau, *rang))
        .collect();
    let conseil = "Dites ce qu'elles contiennent avec --colonnes COLONNE=indicateur (catalogue à \
                   /api/indicateurs), ou déclarez vos indicateurs : maillage import catalogue --help.";
    if retenues.is_empty() {
        let toutes: Vec<&str> = ignorees.iter().map(|rang| nom(tableau, *rang)).collect();
        return Err(Error::Donnees(format!(
            "Aucune colonne de {} n'est celle d'un indicateur du catalogue. Colonnes : {}. {conseil}",
            tableau.nom,
            liste(&toutes)
        )));
    }
    // Files hold one figure under several names: the name that the catalogue gives first is kept.
    retenues.sort_by_key(|retenue| retenue.preference);
    let mut gardees: Vec<(Retenue<'_>, usize)> = Vec::new();
    for retenue in retenues {
        let connues = trouvees.series.len();
        let serie = trouvees.serie(retenue.declaration, &retenue.periode, maille);
        match gardees.iter().find(|(_, autre)| *autre == serie && serie < connues) {
            None => gardees.push((retenue, serie)),
            Some((gardee, _)) => trouvees.remarques.push(format!(
                "Les colonnes « {} » et « {} » sont toutes deux « {} » en {} : la première est gardée.",
                nom(tableau, gardee.colonne),
                nom(tableau, retenue.colonne),
                retenue.declaration.libelle,
                retenue.periode
            )),
        }
    }
    gardees.sort_by_key(|(retenue, _)| retenue.colonne);
    // Rows of parts of communes, in files that mix them.
    let genre = tableau.colonne(&["TYPECOM", "commune_type", "type_commune"]);
    let mut passees = 0;
    for (ligne, cellules) in &tableau.lignes {
        let cellule = |rang: usize| cellules.get(rang).map_or("", String::as_str);
        if genre.is_some_and(|genre| !matches!(cellule(genre), "COM" | "")) {
            passees += 1;
            continue;
        }
        for (Retenue { colonne, declaration, .. }, serie) in &gardees {
            let lue = (*colonne, cellule(*colonne));
            trouvees.garder(tableau, *ligne, (*serie, declaration), cellule(code), lue);
        }
    }
    if !nombres.is_empty() {
        trouvees.remarques.push(format!(
            "Colonnes de nombres laissées de côté, faute d'indicateur : {}. {conseil}",
            liste(&nombres)
        ));
    }
    for (colonne, _) in consignes.colonnes.iter().filter(|(c, _)| tableau.colonne(&[c]).is_none()) {
        trouvees.remarques.push(format!(
            "La colonne « {colonne} », donnée par --colonnes, n'est pas dans ce tableau."
        ));
    }
    if passees > 0 {
        trouvees.remarques.push(format!(
            "Lignes de communes déléguées, associées ou d'arrondissements municipaux, passées : {passees}."
        ));
    }
    Ok(trouvees)
}

fn nom(tableau: &Tableau, rang: usize) -> &str {
    &tableau.colonnes[rang]
}

/// The columns that hold an indicator, and the others but that of codes.
fn designer<'c>(
    tableau: &Tableau,
    code: usize,
    catalogue: &'c [Declaration],
    consignes: &Consignes<'_>,
) -> Result<(Vec<Retenue<'c>>, Vec<usize>)> {
    let (mut retenues, mut ignorees) = (Vec::new(), Vec::new());
    for (rang, colonne) in tableau.colonnes.iter().enumerate() {
        if rang == code || colonne.is_empty() {
            continue;
        }
        let Some((declaration, annee, preference)) = designation(colonne, catalogue, consignes)
        else {
            ignorees.push(rang);
            continue;
        };
        let Some(periode) = annee.or_else(|| consignes.periode.map(str::to_owned)) else {
            return Err(Error::Donnees(format!(
                "{} : la colonne « {colonne} » ne dit pas son année. Indiquez-la avec --periode 2021.",
                tableau.nom
            )));
        };
        if !est_periode(&periode) {
            return Err(Error::Donnees(format!(
                "« {periode} » n'est pas une période : écrivez une année, comme 2021, ou deux, comme 2015-2021."
            )));
        }
        retenues.push(Retenue { colonne: rang, declaration, periode, preference });
    }
    Ok((retenues, ignorees))
}

/// Whether a column counts something: it has numbers, no other text, and is not of codes or positions.
fn compte(tableau: &Tableau, rang: usize) -> bool {
    let repere = REPERES.iter().any(|repere| repere.eq_ignore_ascii_case(nom(tableau, rang)));
    let cellules = || tableau.lignes.iter().filter_map(|(_, cellules)| cellules.get(rang));
    !repere
        && cellules().any(|cellule| cellule.contains(|lettre: char| lettre.is_ascii_digit()))
        && cellules().all(|cellule| nombres::lire(cellule).is_some())
}

/// The indicator of a column, the year in its name, and the rank of that name among the indicator's:
/// what the user says, else the catalogue.
fn designation<'c>(
    colonne: &str,
    catalogue: &'c [Declaration],
    consignes: &Consignes<'_>,
) -> Option<(&'c Declaration, Option<String>, usize)> {
    let dite = consignes.colonnes.iter().find(|(nom, _)| nom.eq_ignore_ascii_case(colonne));
    if let Some((_, indicateur)) = dite {
        let declaration = catalogue.iter().find(|declaration| declaration.code == *indicateur)?;
        return Some((declaration, None, 0));
    }
    catalogue.iter().find_map(|declaration| {
        let motifs = declaration.colonnes.iter().enumerate();
        let (rang, annee) =
            motifs.into_iter().find_map(|(rang, motif)| Some((rang, annee(motif, colonne)?)))?;
        Some((declaration, annee.map(|annee| annee.to_string()), rang + 1))
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
