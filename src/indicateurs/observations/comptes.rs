//! A row an aggregate of the accounts of a commune (OFGL). A commune that has merged has a row for each
//! of those that it was, by their Siren: amounts add up, and so does the population, which each row
//! repeats, once for each of them.

use std::collections::HashSet;

use super::{Consignes, Trouvees, colonne_code, est_periode};
use crate::error::Result;
use crate::indicateurs::declaration::Declaration;
use crate::tableau::Tableau;
use crate::territoires::Maille;

/// Ranks of the columns that accounts must have.
pub struct Colonnes {
    agregat: usize,
    montant: usize,
    exercice: usize,
}

impl Colonnes {
    /// None when the table is not one of accounts.
    pub fn de(tableau: &Tableau) -> Option<Self> {
        Some(Self {
            agregat: tableau.colonne(&["agregat", "Agrégat"])?,
            montant: tableau.colonne(&["montant"])?,
            exercice: tableau.colonne(&["exer", "Exercice"])?,
        })
    }
}

/// The figures of accounts. Fails when there is no column of codes.
pub fn comptes(
    tableau: &Tableau,
    catalogue: &[Declaration],
    consignes: &Consignes<'_>,
    Colonnes { agregat, montant, exercice }: Colonnes,
) -> Result<Trouvees> {
    let code = colonne_code(tableau, consignes)?;
    let mut trouvees = Trouvees {
        colonne_code: tableau.colonnes[code].clone(),
        cumulables: true,
        ..Trouvees::default()
    };
    let siren = tableau.colonne(&["siren"]);
    let population = tableau.colonne(&["ptot"]).and_then(|colonne| {
        let declaration = catalogue.iter().find(|d| d.ofgl.as_deref() == Some("ptot"))?;
        Some((colonne, declaration))
    });
    let mut comptees = HashSet::new();
    let mut hors_annee = 0;
    for (ligne, cellules) in &tableau.lignes {
        let cellule = |rang: usize| cellules.get(rang).map_or("", String::as_str);
        let annee = cellule(exercice).get(..4).unwrap_or_default();
        if !est_periode(annee) {
            hors_annee += 1;
            continue;
        }
        if let Some((colonne, declaration)) = population
            && comptees.insert((annee, cellule(code), siren.map(cellule)))
        {
            let serie = trouvees.serie(declaration, annee, Maille::Commune);
            let lue = (colonne, cellule(colonne));
            trouvees.garder(tableau, *ligne, (serie, declaration), cellule(code), lue);
        }
        let declaration = catalogue
            .iter()
            .find(|declaration| declaration.ofgl.as_deref() == Some(cellule(agregat)));
        let Some(declaration) = declaration else { continue };
        let serie = trouvees.serie(declaration, annee, Maille::Commune);
        let lue = (montant, cellule(montant));
        trouvees.garder(tableau, *ligne, (serie, declaration), cellule(code), lue);
    }
    if hors_annee > 0 {
        trouvees.remarques.push(format!(
            "Lignes sans année dans la colonne « {} », passées : {hors_annee}.",
            tableau.colonnes[exercice]
        ));
    }
    Ok(trouvees)
}
