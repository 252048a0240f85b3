//! Tables for spreadsheets: CSV and XLSX, with French headings, where nothing is a formula.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use rust_xlsxwriter::{Format as Mise, Workbook, Worksheet, XlsxError};
use tokio::sync::mpsc::Receiver;

use super::Sujet;
use crate::diffusion::{Champ, Ligne, Valeur};
use crate::error::{ContexteFichier, Error, Result};
use crate::rejet::inerte;

/// Rows that a sheet holds, its heading included.
const LIGNES_MAX: u32 = 1_048_576;

/// What spreadsheets of French systems read without being asked: a byte order mark, semicolons, decimal commas.
const MARQUE: &[u8] = "\u{feff}".as_bytes();

/// Writes a CSV table. Blocks.
pub fn ecrire_csv(chemin: &Path, sujet: &Sujet, lots: &mut Receiver<Vec<Ligne>>) -> Result<()> {
    let mut fichier = File::create(chemin).pour_fichier("écriture d'un export", chemin)?;
    fichier.write_all(MARQUE).pour_fichier("écriture d'un export", chemin)?;
    let mut table = csv::WriterBuilder::new().delimiter(b';').from_writer(fichier);
    table.write_record(sujet.champs.iter().map(|champ| &champ.titre)).map_err(echec)?;
    while let Some(lot) = lots.blocking_recv() {
        for ligne in lot {
            table.write_record(ligne.valeurs.iter().map(en_texte)).map_err(echec)?;
        }
    }
    table.flush().map_err(echec)
}

fn en_texte(valeur: &Valeur) -> String {
    match valeur {
        Valeur::Absente => String::new(),
        Valeur::Texte(texte) => inerte(texte),
        Valeur::Entier(nombre) => nombre.to_string(),
        Valeur::Decimal(nombre) => nombre.to_string().replace('.', ","),
        Valeur::Date(jour) => jour.to_string(),
        Valeur::Booleen(vrai) => if *vrai { "oui" } else { "non" }.to_owned(),
    }
}

/// Writes a workbook: the rows, then what they are and where they come from. Blocks.
pub fn ecrire_classeur(
    chemin: &Path,
    sujet: &Sujet,
    lignes: &mut Receiver<Vec<Ligne>>,
) -> Result<()> {
    let mut classeur = Workbook::new();
    let gras = Mise::new().set_bold();
    let date = Mise::new().set_num_format("dd/mm/yyyy");
    let feuille = classeur.add_worksheet_with_constant_memory().map_err(echec)?;
    feuille.set_name("Données").map_err(echec)?;
    entete(feuille, &sujet.champs, &gras).map_err(echec)?;
    let mut rang = 0;
    while let Some(lot) = lignes.blocking_recv() {
        for ligne in lot {
            rang += 1;
            if rang >= LIGNES_MAX {
                return Err(Error::Demande(format!(
                    "Un classeur ne tient que {LIGNES_MAX} lignes : limitez l'export à un territoire ou à une \
                     période, ou choisissez le CSV."
                )));
            }
            for (colonne, valeur) in (0..).zip(&ligne.valeurs) {
                cellule(feuille, rang, colonne, valeur, &date).map_err(echec)?;
            }
        }
    }
    let notice = classeur.add_worksheet_with_constant_memory().map_err(echec)?;
    notice.set_name("Lisez-moi").map_err(echec)?;
    notice.set_column_width(0, 110).map_err(echec)?;
    for (rang, phrase) in (0..).zip(sujet.notice()) {
        notice.write_string(rang, 0, phrase).map_err(echec)?;
    }
    classeur.save(chemin).map_err(echec)
}

fn entete(feuille: &mut Worksheet, champs: &[Champ], gras: &Mise) -> Result<(), XlsxError> {
    feuille.set_freeze_panes(1, 0)?;
    for (colonne, champ) in (0..).zip(champs) {
        let largeur = if champ.nom.contains("nom") || champ.nom == "objet" { 32 } else { 16 };
        feuille.set_column_width(colonne, largeur)?;
    }
    for (colonne, champ) in (0..).zip(champs) {
        feuille.write_string_with_format(0, colonne, &champ.titre, gras)?;
    }
    Ok(())
}

/// A text is written as a text, whatever it begins with.
fn cellule(
    feuille: &mut Worksheet,
    rang: u32,
    colonne: u16,
    valeur: &Valeur,
    date: &Mise,
) -> Result<(), XlsxError> {
    match valeur {
        Valeur::Absente => return Ok(()),
        // A cell holds no more characters.
        Valeur::Texte(texte) => {
            let tenu: String = texte.chars().take(32_767).collect();
            feuille.write_string(rang, colonne, tenu)?
        }
        #[expect(clippy::cast_precision_loss, reason = "numbers of a workbook are doubles")]
        Valeur::Entier(nombre) => feuille.write_number(rang, colonne, *nombre as f64)?,
        Valeur::Decimal(nombre) => feuille.write_number(rang, colonne, *nombre)?,
        Valeur::Date(jour) => feuille.write_datetime_with_format(rang, colonne, jour, date)?,
        Valeur::Booleen(vrai) => {
            feuille.write_string(rang, colonne, if *vrai { "oui" } else { "non" })?
        }
    };
    Ok(())
}

fn echec(erreur: impl std::fmt::Display) -> Error {
    Error::Donnees(format!("L'export n'a pas pu être écrit : {erreur}."))
}
