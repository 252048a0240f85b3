//! A year of demandes as a table to take away: its headings are those that a load understands, so that what is corrected
//! there comes back. No contact, and nothing that a spreadsheet takes for a formula.

use rust_xlsxwriter::{Format, Workbook, XlsxError};
use sqlx::PgConnection;

use super::ACTION;
use crate::error::{Contexte, Error, Result};
use crate::rejet::inerte;

const ENTETES: [&str; 16] = [
    "Référence",
    "Date de la demande",
    "Thème",
    "Partenaire",
    "Partenaires associés",
    "Code Insee ou Siren",
    "Bénéficiaire",
    "Millésime",
    "Objet",
    "État",
    "Fiche",
    "Niveau",
    "Date de réponse",
    "Date de clôture",
    "Suite donnée",
    "Nombre de jours",
];

/// Characters that a cell of a workbook holds.
const CELLULE_MAX: usize = 32_767;

/// The demandes of a year.
#[derive(Debug)]
pub struct Annee(Vec<Vec<Option<String>>>);

impl Annee {
    /// Those that a partner leads, or all of a réseau, as far as the principal keeps them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn lire(
        connexion: &mut PgConnection,
        reseau: &str,
        partenaire: Option<&str>,
        annee: i32,
    ) -> Result<Self> {
        sqlx::query_scalar(include_str!("../sql/lire_annee_tenue.sql"))
            .bind(reseau)
            .bind(partenaire)
            .bind(annee)
            .fetch_all(connexion)
            .await
            .map(Self)
            .pour(ACTION)
    }

    /// As spreadsheets of here read it without being asked.
    ///
    /// # Errors
    /// The writer's own.
    pub fn en_csv(&self) -> Result<Vec<u8>> {
        let mut octets = "\u{feff}".as_bytes().to_vec();
        {
            let mut table = csv::WriterBuilder::new().delimiter(b';').from_writer(&mut octets);
            table.write_record(ENTETES).map_err(echec)?;
            for ligne in &self.0 {
                let cellules =
                    ligne.iter().map(|cellule| inerte(cellule.as_deref().unwrap_or_default()));
                table.write_record(cellules).map_err(echec)?;
            }
            table.flush().map_err(echec)?;
        }
        Ok(octets)
    }

    /// The same as a workbook, where a text is a text whatever it begins with.
    ///
    /// # Errors
    /// The writer's own.
    pub fn en_classeur(&self) -> Result<Vec<u8>> {
        self.classeur().map_err(echec)
    }

    fn classeur(&self) -> Result<Vec<u8>, XlsxError> {
        let mut classeur = Workbook::new();
        let gras = Format::new().set_bold();
        let feuille = classeur.add_worksheet();
        feuille.set_name("Demandes")?;
        feuille.set_freeze_panes(1, 0)?;
        for (colonne, entete) in (0..).zip(ENTETES) {
            let large = ["Bénéficiaire", "Objet", "Thème", "Suite donnée"].contains(&entete);
            feuille.set_column_width(colonne, if large { 36 } else { 18 })?;
            feuille.write_string_with_format(0, colonne, entete, &gras)?;
        }
        for (rang, ligne) in (1..).zip(&self.0) {
            for (colonne, cellule) in (0..).zip(ligne) {
                if let Some(texte) = cellule {
                    let tenu: String = texte.chars().take(CELLULE_MAX).collect();
                    feuille.write_string(rang, colonne, tenu)?;
                }
            }
        }
        classeur.save_to_buffer()
    }
}

fn echec(erreur: impl std::fmt::Display) -> Error {
    Error::Donnees(format!("Le tableau n'a pas pu être écrit : {erreur}."))
}
