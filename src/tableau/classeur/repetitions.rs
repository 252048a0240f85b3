//! Cells and rows that a workbook of LibreOffice says it repeats: a few bytes may stand for more than memory holds.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::error::{ContexteFichier, Error, Result};
use crate::tableau::Bornes;

/// How far the cells of a sheet go: rows and columns up to the last that holds something.
#[derive(Debug, Default)]
struct Etendue {
    /// Rows that were seen, and those up to the last that is not empty.
    vues: u64,
    lignes: u64,
    colonnes: u64,
    /// Of the row that is being read: cells that were seen, and up to the last that is not empty.
    cellules: u64,
    remplies: u64,
    repetee: u64,
}

impl Etendue {
    fn commencer_une_ligne(&mut self, repetee: u64) {
        (self.cellules, self.remplies, self.repetee) = (0, 0, repetee);
    }

    fn cellule(&mut self, repetee: u64, vide: bool) {
        self.cellules = self.cellules.saturating_add(repetee);
        if !vide {
            self.remplies = self.cellules;
        }
    }

    fn finir_la_ligne(&mut self) {
        self.vues = self.vues.saturating_add(self.repetee);
        if self.remplies > 0 {
            self.lignes = self.vues;
            self.colonnes = self.colonnes.max(self.remplies);
        }
    }

    fn cellules(&self) -> u64 {
        self.lignes.saturating_mul(self.colonnes)
    }
}

/// Refuses a workbook whose sheets, together, are larger than is read. What is not XML is said by whoever reads it.
pub fn verifier(fichier: &Path, nom: &str, bornes: &Bornes) -> Result<()> {
    let lu = File::open(fichier).pour_fichier("lecture d'un classeur", fichier)?;
    let Ok(mut archive) = zip::ZipArchive::new(lu) else { return Ok(()) };
    let Ok(contenu) = archive.by_name("content.xml") else { return Ok(()) };
    let mut lecteur = Reader::from_reader(BufReader::new(contenu.take(bornes.deplie)));
    // As whoever reads the cells does: neither stops before the other.
    lecteur.config_mut().check_end_names = false;
    let mut tampon = Vec::new();
    let (mut finies, mut feuille) = (0_u64, Etendue::default());
    loop {
        match lecteur.read_event_into(&mut tampon) {
            Ok(Event::Start(balise)) => match balise.name().0 {
                "table:table" => {
                    finies = finies.saturating_add(feuille.cellules());
                    feuille = Etendue::default();
                }
                "table:table-row" => {
                    feuille.commencer_une_ligne(repetee(&balise, "table:number-rows-repeated"));
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    feuille.cellule(repetee(&balise, "table:number-columns-repeated"), false);
                }
                _ => {}
            },
            Ok(Event::Empty(balise)) => match balise.name().0 {
                "table:table-row" => {
                    feuille.commencer_une_ligne(repetee(&balise, "table:number-rows-repeated"));
                    feuille.finir_la_ligne();
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    let remplie = balise.attributes().flatten().any(|dit| {
                        dit.key.0.starts_with("office:") || dit.key.0 == "table:formula"
                    });
                    feuille.cellule(repetee(&balise, "table:number-columns-repeated"), !remplie);
                }
                _ => {}
            },
            Ok(Event::End(balise)) if balise.name().0 == "table:table-row" => {
                feuille.finir_la_ligne();
            }
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
        if finies.saturating_add(feuille.cellules()) > bornes.etendue {
            return Err(Error::Donnees(format!(
                "{nom} : une cellule est à la ligne {}, ou à la colonne {}, loin du tableau. Effacez-la, ou enregistrez \
                 la feuille en CSV.",
                feuille.lignes, feuille.colonnes
            )));
        }
        tampon.clear();
    }
}

/// How many times a row or a cell stands.
fn repetee(balise: &BytesStart<'_>, attribut: &str) -> u64 {
    balise
        .attributes()
        .flatten()
        .find(|dit| dit.key.0 == attribut)
        .and_then(|dit| dit.value.parse().ok())
        .unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn juger(contenu: &str) -> Result<()> {
        let lieu = tempfile::tempdir().unwrap();
        let fichier = lieu.path().join("t.ods");
        let mut archive = zip::ZipWriter::new(File::create(&fichier).unwrap());
        archive.start_file("content.xml", zip::write::SimpleFileOptions::default()).unwrap();
        let feuille = format!("<o><table:table table:name=\"F\">{contenu}</table:table></o>");
        archive.write_all(feuille.as_bytes()).unwrap();
        archive.finish().unwrap();
        verifier(&fichier, "t.ods", &Bornes::ENVOI)
    }

    #[test]
    fn repeated_cells_are_counted_and_the_empty_ones_that_end_a_sheet_are_not() {
        let texte =
            "<table:table-cell office:value-type=\"string\"><text:p>a</text:p></table:table-cell>";
        let vides = "<table:table-row table:number-rows-repeated=\"1048000\">\
            <table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
        assert!(juger(&format!("<table:table-row>{texte}</table:table-row>{vides}")).is_ok());
        let loin = format!(
            "<table:table-row>{texte}</table:table-row>{vides}<table:table-row>{texte}</table:table-row>"
        );
        assert!(juger(&loin).unwrap_err().to_string().contains("loin du tableau"));
        let large = "<table:table-row table:number-rows-repeated=\"2000\"><table:table-cell \
            office:value=\"1\" table:number-columns-repeated=\"16384\"/></table:table-row>";
        assert!(juger(large).is_err());
    }
}
