//! Tables of text under named columns, and what their cells hold: read but not yet judged.

use std::path::Path;

use chrono::{Datelike, NaiveDate};
use csv::StringRecord;

use super::declaration::est_identifiant;
use crate::error::{ContexteFichier, Error, Result};
use crate::rejet::{Rejet, rendre};
use crate::territoires::Millesime;

/// Columns of a table of synonyms.
pub const SYNONYMES: [&str; 2] = ["mot", "equivalents"];

/// Rows under named columns, with the place of each in its file.
#[derive(Debug)]
pub struct Table {
    fichier: String,
    /// What the places count: « ligne » in a CSV file, « objet » in a GeoJSON file.
    unite: &'static str,
    colonnes: Vec<String>,
    lignes: Vec<(u64, StringRecord)>,
}

/// One row of a table.
#[derive(Debug, Clone, Copy)]
pub struct Rang<'t> {
    table: &'t Table,
    numero: u64,
    valeurs: &'t StringRecord,
}

impl Table {
    /// Reads a table of synonyms that belongs to no réseau.
    pub fn synonymes(fichier: &Path) -> Result<Self> {
        let dossier = fichier.parent().unwrap_or(Path::new(""));
        let nom = fichier.file_name().unwrap_or_default().to_string_lossy();
        Self::lire(dossier, &nom, &SYNONYMES)
    }

    /// The same for a file that a folder may do without: it is then empty.
    pub fn lire_si_elle_existe(dossier: &Path, nom: &str, requises: &[&str]) -> Result<Self> {
        if dossier.join(nom).is_file() {
            return Self::lire(dossier, nom, requises);
        }
        let colonnes = requises.iter().map(|nom| (*nom).to_owned()).collect();
        Ok(Self { fichier: nom.to_owned(), unite: "ligne", colonnes, lignes: Vec::new() })
    }

    /// Reads a CSV file, separated by commas or semicolons.
    pub fn lire(dossier: &Path, nom: &str, requises: &[&str]) -> Result<Self> {
        let chemin = dossier.join(nom);
        if !chemin.is_file() {
            return Err(Error::Donnees(format!(
                "Il manque {nom} dans {}. Un tableau vide garde sa ligne d'en-tête : {}.",
                dossier.display(),
                requises.join(",")
            )));
        }
        let octets = std::fs::read(&chemin).pour_fichier("lecture d'un tableau", &chemin)?;
        let texte = String::from_utf8(octets).map_err(|_| {
            Error::Donnees(format!(
                "{nom} n'est pas en UTF-8. Enregistrez-le de nouveau en choisissant cet encodage."
            ))
        })?;
        let texte = texte.trim_start_matches('\u{feff}');
        let entete = texte.lines().next().unwrap_or_default();
        let separateur = if entete.contains(';') && !entete.contains(',') { b';' } else { b',' };
        let illisible = |erreur: csv::Error| {
            let ligne = erreur.position().map_or(1, csv::Position::line);
            Error::Donnees(format!(
                "{nom}, ligne {ligne} : le tableau ne se lit pas ; vérifiez les guillemets et le \
                 nombre de colonnes de cette ligne."
            ))
        };
        let mut lecteur = csv::ReaderBuilder::new()
            .delimiter(separateur)
            .trim(csv::Trim::All)
            .from_reader(texte.as_bytes());
        let colonnes =
            lecteur.headers().map_err(illisible)?.iter().map(str::to_lowercase).collect();
        let lignes = lecteur
            .records()
            .map(|ligne| {
                ligne.map(|ligne| (ligne.position().map_or(0, csv::Position::line), ligne))
            })
            .collect::<Result<_, _>>()
            .map_err(illisible)?;
        let table = Self { fichier: nom.to_owned(), unite: "ligne", colonnes, lignes };
        table.exiger(requises)?;
        Ok(table)
    }

    /// Rows read elsewhere, under columns that are already named as they are here.
    pub fn nouvelle(
        fichier: String,
        unite: &'static str,
        colonnes: Vec<String>,
        lignes: Vec<(u64, Vec<String>)>,
    ) -> Self {
        let lignes =
            lignes.into_iter().map(|(numero, cellules)| (numero, cellules.into())).collect();
        Self { fichier, unite, colonnes, lignes }
    }

    /// The same rows, some of whose columns have another name.
    pub fn renommer(mut self, nom: impl Fn(&str) -> Option<String>) -> Self {
        for colonne in &mut self.colonnes {
            if let Some(nom) = nom(colonne) {
                *colonne = nom;
            }
        }
        self
    }

    pub fn exiger(&self, requises: &[&str]) -> Result<()> {
        match requises.iter().find(|nom| self.colonne(nom).is_none()) {
            None => Ok(()),
            Some(absente) => Err(Error::Donnees(format!(
                "{} n'a pas de colonne « {absente} ». Ses colonnes : {}.",
                self.fichier,
                self.colonnes.join(", ")
            ))),
        }
    }

    fn colonne(&self, nom: &str) -> Option<usize> {
        self.colonnes.iter().position(|colonne| colonne == nom)
    }

    pub fn rangs(&self) -> impl Iterator<Item = Rang<'_>> {
        self.lignes.iter().map(|(numero, valeurs)| Rang { table: self, numero: *numero, valeurs })
    }

    #[cfg(test)]
    pub fn de_texte(nom: &str, texte: &str) -> Self {
        let dossier = tempfile::tempdir().unwrap();
        std::fs::write(dossier.path().join(nom), texte).unwrap();
        Self::lire(dossier.path(), nom, &[]).unwrap()
    }
}

impl<'t> Rang<'t> {
    /// A cell; empty when the table has no such column.
    pub fn texte(self, colonne: &str) -> &'t str {
        let cellule = self.table.colonne(colonne).and_then(|rang| self.valeurs.get(rang));
        rendre(cellule.unwrap_or_default())
    }

    /// A cell, if it is filled.
    pub fn rempli(self, colonne: &str) -> Option<&'t str> {
        Some(self.texte(colonne)).filter(|texte| !texte.is_empty())
    }

    /// A cell that must be filled.
    pub fn exiger(self, colonne: &str) -> Result<&'t str, Rejet> {
        self.rempli(colonne).ok_or_else(|| {
            self.refuser(colonne, format!("La colonne « {colonne} » est vide : remplissez-la."))
        })
    }

    /// The items of a cell, separated by `|`.
    pub fn liste(self, colonne: &str) -> impl Iterator<Item = &'t str> {
        self.texte(colonne).split('|').map(str::trim).filter(|mot| !mot.is_empty())
    }

    /// A date that must be there, written `2018-12-31` or `31/12/2018`.
    pub fn date(self, colonne: &str) -> Result<NaiveDate, Rejet> {
        let texte = self.exiger(colonne)?;
        ["%Y-%m-%d", "%d/%m/%Y"]
            .iter()
            .find_map(|forme| NaiveDate::parse_from_str(texte, forme).ok())
            .filter(|date| (1900..=2100).contains(&date.year()))
            .ok_or_else(|| {
                self.refuser(
                    colonne,
                    format!("« {texte} » n'est pas une date. Écrivez-la ainsi : 2018-12-31."),
                )
            })
    }

    /// A date that may be there.
    pub fn jour(self, colonne: &str) -> Result<Option<NaiveDate>, Rejet> {
        self.rempli(colonne).map(|_| self.date(colonne)).transpose()
    }

    /// A date that may be there, and is then not before another.
    pub fn date_apres(self, colonne: &str, avant: NaiveDate) -> Result<Option<NaiveDate>, Rejet> {
        if self.rempli(colonne).is_none() {
            return Ok(None);
        }
        let date = self.date(colonne)?;
        if date < avant {
            return Err(self.refuser(
                colonne,
                format!(
                    "Cette date précède celle de la demande ({avant}) : corrigez l'une des deux."
                ),
            ));
        }
        Ok(Some(date))
    }

    /// How deep a help goes, if the cell says it.
    pub fn niveau(self) -> Result<Option<&'static str>, Rejet> {
        self.parmi("niveau", &["premier_niveau", "approfondi"])
    }

    /// A cell that holds one of a few words, or nothing.
    pub fn parmi(
        self,
        colonne: &str,
        admis: &[&'static str],
    ) -> Result<Option<&'static str>, Rejet> {
        let Some(texte) = self.rempli(colonne) else { return Ok(None) };
        admis.iter().copied().find(|admis| *admis == texte).map(Some).ok_or_else(|| {
            self.refuser(
                colonne,
                format!("« {texte} » n'est pas admis ici : {}, ou rien.", admis.join(", ")),
            )
        })
    }

    /// Lower-case letters without accent, digits and hyphens.
    pub fn identifiant(self, colonne: &str) -> Result<&'t str, Rejet> {
        let texte = self.exiger(colonne)?;
        if est_identifiant(texte) {
            return Ok(texte);
        }
        Err(self.refuser(
            colonne,
            format!(
                "« {texte} » ne peut pas servir de code : écrivez-le en lettres minuscules sans accent, \
                 chiffres et tirets."
            ),
        ))
    }

    /// Yes or no; no when the cell is empty.
    pub fn oui(self, colonne: &str) -> Result<bool, Rejet> {
        match self.texte(colonne).to_lowercase().as_str() {
            "" | "non" | "n" | "0" | "faux" | "false" => Ok(false),
            "oui" | "o" | "1" | "x" | "vrai" | "true" => Ok(true),
            autre => Err(self.refuser(colonne, format!("« {autre} » : écrivez oui ou non."))),
        }
    }

    /// A millésime; that of the réseau when the cell is empty.
    pub fn millesime(self, du_reseau: i16) -> Result<i16, Rejet> {
        match self.rempli("millesime") {
            None => Ok(du_reseau),
            Some(texte) => texte
                .parse::<Millesime>()
                .map(Millesime::annee)
                .map_err(|erreur| self.refuser("millesime", erreur.to_string())),
        }
    }

    /// Sets this row aside. The sentence says what is wrong and what to do.
    pub fn refuser(self, colonne: &str, raison: impl Into<String>) -> Rejet {
        Rejet {
            fichier: self.table.fichier.clone(),
            unite: self.table.unite,
            numero: self.numero,
            colonne: colonne.to_owned(),
            valeur: self.texte(colonne).to_owned(),
            raison: raison.into(),
        }
    }

    /// Where the row is, for a remark: « zones.csv, ligne 12 ».
    pub fn lieu(self) -> String {
        format!("{}, {} {}", self.table.fichier, self.table.unite, self.numero)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_bound_by_name_whatever_their_case_and_order() {
        let table = Table::de_texte("t.csv", "NOM;Code\nÀ deux;x\n");
        let rang = table.rangs().next().unwrap();
        assert_eq!((rang.texte("code"), rang.texte("nom")), ("x", "À deux"));
    }

    #[test]
    fn rows_keep_their_line_number_even_after_a_quoted_line_break() {
        let table = Table::de_texte("t.csv", "\u{feff}code,nom\na,\"un\ndeux\"\nb,trois\n");
        let numeros: Vec<_> = table.rangs().map(|rang| (rang.numero, rang.texte("code"))).collect();
        assert_eq!(numeros, [(2, "a"), (4, "b")]);
    }
}
