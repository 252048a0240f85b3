//! Which column of a table holds which field: as the person says, as it was last time, or as headings
//! usually say.

use std::collections::{BTreeMap, HashMap};

use super::arret::SansColonne;
use super::champ::Champ;
use super::mots::mots_pleins;
use super::rendu::Colonne;
use crate::error::{Error, Result};

/// What `--colonnes` says of a column that is not to be read.
const IGNORER: &str = "ignorer";

/// Headings and the fields that the person, now or before, said that they hold. None: left aside.
#[derive(Debug, Default, Clone)]
pub struct Dites {
    /// By heading as it is compared; with the heading as it was written.
    par_entete: BTreeMap<String, (String, Option<Champ>)>,
}

impl Dites {
    /// Takes what the person says, which wins over what was said before.
    pub fn ajouter(&mut self, entete: &str, champ: &str) -> Result<()> {
        let champ = match champ {
            IGNORER => None,
            nom => Some(Champ::de_nom(nom).ok_or_else(|| {
                Error::Demande(format!(
                    "« {nom} » n'est pas un champ de demande, pour la colonne « {entete} ». Champs : {}. \
                     Une colonne à laisser de côté : « {entete}={IGNORER} ».",
                    Champ::noms()
                ))
            })?),
        };
        if champ.is_some() {
            // A field is in one column: what was said before of another gives way.
            self.par_entete.retain(|_, (_, connu)| *connu != champ);
        }
        self.par_entete.insert(mots_pleins(entete), (entete.to_owned(), champ));
        Ok(())
    }

    /// As they are remembered.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.par_entete
            .values()
            .map(|(entete, champ)| (entete.as_str(), champ.map_or(IGNORER, Champ::nom)))
    }

    pub fn est_vide(&self) -> bool {
        self.par_entete.is_empty()
    }

    fn champ(&self, entete: &str) -> Option<Option<Champ>> {
        self.par_entete.get(&mots_pleins(entete)).map(|(_, champ)| *champ)
    }

    /// Whether a line of a table looks like its heading.
    pub fn est_entete(&self, cellules: &[String]) -> bool {
        let connues = cellules.iter().filter(|cellule| {
            self.champ(cellule).is_some() || Champ::d_entete(&mots_pleins(cellule)).is_some()
        });
        connues.count() >= 2
    }
}

/// The column of each field of a table.
#[derive(Debug, Clone)]
pub struct Colonnes {
    rangs: [Option<usize>; Champ::NOMBRE],
    entetes: Vec<String>,
    /// Headings that are not read.
    pub laissees: Vec<String>,
}

/// Columns that a corrected report has beside those of the table.
pub const DU_RAPPORT: [&str; 2] = ["ligne", "motif"];

impl Colonnes {
    /// Reads the headings. What must be there and is not is the matter of [`Self::exiger`].
    pub fn lire(entetes: &[String], dites: &Dites) -> Self {
        let mut rangs = [None; Champ::NOMBRE];
        let mut surete: HashMap<Champ, usize> = HashMap::new();
        let prenom = entetes.iter().any(|entete| mots_pleins(entete) == "prenom");
        for (rang, entete) in entetes.iter().enumerate() {
            let mots = mots_pleins(entete);
            let (champ, sur) = match dites.champ(entete) {
                Some(None) => continue,
                Some(Some(champ)) => (champ, 0),
                // A name beside a first name is a person's.
                None if mots == "nom" && prenom => continue,
                None => match Champ::d_entete(&mots) {
                    Some((champ, rang)) => (champ, rang + 1),
                    None => continue,
                },
            };
            if surete.get(&champ).is_none_or(|connue| sur < *connue) {
                surete.insert(champ, sur);
                rangs[champ as usize] = Some(rang);
            }
        }
        let laissees = entetes
            .iter()
            .enumerate()
            .filter(|(rang, entete)| {
                !entete.is_empty()
                    && !rangs.contains(&Some(*rang))
                    && dites.champ(entete) != Some(None)
                    && !DU_RAPPORT.contains(&mots_pleins(entete).as_str())
            })
            .map(|(_, entete)| entete.clone())
            .collect();
        Self { rangs, entetes: entetes.to_vec(), laissees }
    }

    /// Where a field is.
    pub fn rang(&self, champ: Champ) -> Option<usize> {
        self.rangs[champ as usize]
    }

    pub fn a(&self, champ: Champ) -> bool {
        self.rang(champ).is_some()
    }

    /// Whether the table is a report of refused rows: it holds a part of the demandes only.
    pub fn est_un_rapport(&self) -> bool {
        DU_RAPPORT.iter().all(|nom| self.entetes.iter().any(|entete| mots_pleins(entete) == *nom))
    }

    /// The heading of a field; its name when the table has none.
    pub fn entete(&self, champ: Champ) -> &str {
        self.rang(champ).map_or(champ.nom(), |rang| &self.entetes[rang])
    }

    /// Every heading, with the field that it holds.
    pub fn toutes(&self) -> impl Iterator<Item = Colonne> {
        let champ_de = |rang: usize| Champ::tous().find(|champ| self.rang(*champ) == Some(rang));
        self.entetes.iter().enumerate().filter(|(_, entete)| !entete.is_empty()).map(
            move |(rang, entete)| Colonne {
                entete: entete.clone(),
                champ: champ_de(rang).map(Champ::nom),
            },
        )
    }

    /// The fields that the table has, with their headings.
    pub fn lues(&self) -> impl Iterator<Item = (&str, Champ)> {
        Champ::tous()
            .filter_map(|champ| self.rang(champ).map(|rang| (self.entetes[rang].as_str(), champ)))
    }

    /// Stops, with what was understood and what to say, where a field that no demande goes without has
    /// no column.
    pub fn exiger(&self, nom: &str, partenaire_dit: bool) -> Result<(), Box<SansColonne>> {
        let mut manquantes = Vec::new();
        if !self.a(Champ::Date) {
            manquantes.push("date");
        }
        if !self.a(Champ::Theme) {
            manquantes.push("theme");
        }
        if ![Champ::Code, Champ::Beneficiaire, Champ::Commune, Champ::Epci, Champ::CodePostal]
            .into_iter()
            .any(|champ| self.a(champ))
        {
            manquantes.push("beneficiaire");
        }
        if !partenaire_dit && !self.a(Champ::Partenaire) {
            manquantes.push("partenaire");
        }
        if manquantes.is_empty() {
            return Ok(());
        }
        Err(Box::new(SansColonne {
            nom: nom.to_owned(),
            entetes: self.entetes.clone(),
            lues: self.lues().map(|(entete, champ)| (entete.to_owned(), champ.nom())).collect(),
            laissees: self.laissees.clone(),
            manquantes,
        }))
    }
}

/// Values of the table and the codes that they stand for, by field: what `--valeurs` says.
#[derive(Debug, Default, Clone)]
pub struct Valeurs {
    par_champ: BTreeMap<Champ, BTreeMap<String, String>>,
}

impl Valeurs {
    pub fn ajouter(&mut self, champ: &str, valeur: &str, code: &str) -> Result<()> {
        let champ = Champ::de_nom(champ).ok_or_else(|| {
            Error::Demande(format!(
                "« {champ} » n'est pas un champ de demande, pour une valeur dite. Champs : {}.",
                Champ::noms()
            ))
        })?;
        self.par_champ.entry(champ).or_default().insert(valeur.trim().to_owned(), code.to_owned());
        Ok(())
    }

    /// What a cell stands for.
    pub fn code(&self, champ: Champ, valeur: &str) -> Option<&str> {
        let du_champ = self.par_champ.get(&champ)?;
        du_champ.get(valeur).map(String::as_str).or_else(|| {
            let lue = super::mots::mots(valeur);
            du_champ
                .iter()
                .find(|(connue, _)| super::mots::mots(connue) == lue)
                .map(|(_, code)| code.as_str())
        })
    }

    /// As they are remembered: field, value, code.
    pub fn iter(&self) -> impl Iterator<Item = (Champ, &str, &str)> {
        self.par_champ.iter().flat_map(|(champ, valeurs)| {
            valeurs.iter().map(|(valeur, code)| (*champ, valeur.as_str(), code.as_str()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colonnes(entetes: &[&str], dites: &Dites) -> Colonnes {
        let entetes: Vec<String> = entetes.iter().map(|e| (*e).to_owned()).collect();
        Colonnes::lire(&entetes, dites)
    }

    #[test]
    fn what_is_not_recognised_is_asked_with_what_to_write() {
        let lues = colonnes(&["Quand", "Quoi", "Commune"], &Dites::default());
        let refus = lues.exiger("t.csv", true).unwrap_err().to_string();
        assert!(refus.contains("--colonnes \"Quand=date,Quoi=theme\""), "{refus}");
        assert!(refus.contains("Comprises : Commune (commune)."), "{refus}");
        let mut dites = Dites::default();
        dites.ajouter("QUAND", "date").unwrap();
        dites.ajouter("quoi", "theme").unwrap();
        colonnes(&["Commune", "Quoi", "Quand"], &dites).exiger("t.csv", true).unwrap();
    }

    #[test]
    fn what_the_person_says_wins_over_what_headings_usually_say() {
        let mut dites = Dites::default();
        dites.ajouter("Arrivée", "date").unwrap();
        let lues = colonnes(&["Date", "Arrivée"], &dites);
        assert_eq!(lues.rang(Champ::Date), Some(1));
        assert!(dites.ajouter("Date", "jour").unwrap_err().to_string().contains("reference"));
    }

    #[test]
    fn the_columns_of_a_report_are_not_read() {
        let lues = colonnes(&["Date", "ligne", "motif", "Notes"], &Dites::default());
        assert_eq!(lues.laissees, ["Notes"]);
    }
}
