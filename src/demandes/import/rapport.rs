//! The report of the rows that were refused: the table itself, with the reason of each, to be corrected and
//! loaded again.

use std::path::{Path, PathBuf};

use super::colonnes::DU_RAPPORT;
use super::jugement::Table;
use super::ligne::{Cellules, Lecteur, Refus};
use super::mots::mots_pleins;
use crate::error::{Error, Result};
use crate::rejet::inerte;

/// A row that was refused.
#[derive(Debug)]
pub struct Refusee {
    pub ligne: u64,
    /// The heading of what is wrong, as the table writes it.
    pub colonne: String,
    /// The field that it stands for.
    pub champ: &'static str,
    pub motif: String,
    /// What the cell says.
    pub valeur: String,
    cellules: Vec<String>,
}

impl Refusee {
    pub fn nouvelle(rang: Cellules<'_>, lecteur: &Lecteur<'_>, refus: Refus) -> Self {
        Self {
            ligne: rang.ligne,
            colonne: lecteur.colonnes.entete(refus.champ).to_owned(),
            champ: refus.champ.nom(),
            motif: refus.phrase,
            valeur: lecteur
                .colonnes
                .rang(refus.champ)
                .and_then(|place| rang.cellules.get(place))
                .cloned()
                .unwrap_or_default(),
            cellules: rang.cellules.to_vec(),
        }
    }
}

/// Writes the refused rows of each table beside the others; returns where. With `rapport`, all in one file.
pub fn ecrire(tables: &[Table], rapport: Option<&Path>) -> Result<Vec<PathBuf>> {
    let concernees: Vec<&Table> = tables.iter().filter(|t| !t.refusees.is_empty()).collect();
    if let (Some(rapport), [_, _, ..]) = (rapport, concernees.as_slice()) {
        return Err(Error::Demande(format!(
            "Plusieurs tableaux ont des lignes refusées, et leurs colonnes ne tiennent pas toutes dans {} : \
             chargez-les un par un, ou sans --rejets.",
            rapport.display()
        )));
    }
    let mut ecrits = Vec::new();
    for table in concernees {
        let chemin = rapport.map_or_else(|| place(table, tables), Path::to_path_buf);
        ecrire_table(table, &chemin).map_err(|erreur| {
            Error::Donnees(format!(
                "Le rapport des lignes refusées n'a pas pu être écrit dans {} ({erreur}). Choisissez une autre \
                 place avec --rejets.",
                chemin.display()
            ))
        })?;
        ecrits.push(chemin);
    }
    Ok(ecrits)
}

/// Where a report goes: never over a table that was just read.
fn place(table: &Table, tables: &[Table]) -> PathBuf {
    let tige = table.chemin.file_stem().unwrap_or_default().to_string_lossy();
    let tige = tige.strip_prefix("rejets-demandes-").unwrap_or(&tige);
    let lu = |place: &Path| tables.iter().any(|t| t.chemin.file_name() == place.file_name());
    (1..)
        .map(|rang| match rang {
            1 => PathBuf::from(format!("rejets-demandes-{tige}.csv")),
            _ => PathBuf::from(format!("rejets-demandes-{tige}-{rang}.csv")),
        })
        .find(|place| !lu(place))
        .unwrap_or_default()
}

fn ecrire_table(table: &Table, chemin: &Path) -> csv::Result<()> {
    Ok(std::fs::write(chemin, csv_de(table)?)?)
}

/// The report of a table, as spreadsheets of here read it.
pub fn csv_de(table: &Table) -> csv::Result<Vec<u8>> {
    // Spreadsheets know UTF-8 by its mark, and French ones cut at semicolons.
    let mut octets = "\u{feff}".as_bytes().to_vec();
    {
        let mut rapport = csv::WriterBuilder::new().delimiter(b';').from_writer(&mut octets);
        let gardees: Vec<usize> = (0..table.entetes.len())
            .filter(|rang| !DU_RAPPORT.contains(&mots_pleins(&table.entetes[*rang]).as_str()))
            .collect();
        let entetes = gardees.iter().map(|rang| inerte(&table.entetes[*rang]));
        rapport.write_record(entetes.chain(DU_RAPPORT.map(str::to_owned)))?;
        for refusee in &table.refusees {
            let cellules = gardees
                .iter()
                .map(|rang| inerte(refusee.cellules.get(*rang).map_or("", String::as_str)));
            let motif = format!("{} : {}", refusee.colonne, refusee.motif);
            rapport.write_record(cellules.chain([refusee.ligne.to_string(), inerte(&motif)]))?;
        }
        rapport.flush()?;
    }
    Ok(octets)
}
