//! What a load of demandes did, for the person at the terminal.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};

use super::champ::Champ;
use super::ecriture::Comptes;
use super::jugement::{Jugement, Regles, Table};
use super::rapport;
use crate::error::{Error, Result};

/// How many lines of a kind are said on the terminal; all the refused ones are in the report.
const DITES: usize = 30;

/// What was loaded, what was not, and what to do about it.
#[derive(Debug)]
pub struct Bilan {
    pub nouvelles: i64,
    pub changees: i64,
    pub identiques: i64,
    pub disparues: i64,
    /// Demandes of private individuals: in the tables, and new among them.
    pub particuliers: usize,
    /// Pairs of demandes that may be one, for whoever tells them apart.
    pub doublons: Option<i64>,
    pub(super) essai: bool,
    pub(super) retirer_disparues: bool,
    pub(super) retenue: bool,
    pub(super) comptes: Comptes,
    /// Left out of the statistics, by state.
    pub(super) ecartees: BTreeMap<&'static str, usize>,
    pub(super) jugement: Jugement,
}

impl Comptes {
    /// Whether the load changed a demande.
    pub fn change_la_base(&self, retirer_disparues: bool) -> bool {
        self.nouvelles + self.changees > 0
            || self.particuliers > 0
            || (retirer_disparues && !self.disparues.is_empty())
    }
}

impl Bilan {
    pub(super) fn nouveau(
        jugement: Jugement,
        comptes: Comptes,
        retenue: bool,
        doublons: Option<i64>,
        regles: &Regles,
    ) -> Self {
        let mut ecartees = BTreeMap::new();
        for demande in jugement.demandes.iter().filter(|demande| !demande.comptee) {
            *ecartees.entry(demande.etat).or_default() += 1;
        }
        Self {
            nouvelles: comptes.nouvelles,
            changees: comptes.changees,
            identiques: comptes.identiques,
            disparues: comptes.disparues.iter().map(|(_, nombre)| nombre).sum(),
            particuliers: jugement.particuliers.len(),
            doublons,
            essai: regles.options.essai,
            retirer_disparues: regles.options.retirer_disparues,
            retenue,
            comptes,
            ecartees,
            jugement,
        }
    }

    /// How many rows were refused.
    pub fn refusees(&self) -> usize {
        self.jugement.refusees()
    }

    /// Whether every row could be read.
    pub fn complet(&self) -> bool {
        self.jugement.complet()
    }

    /// How many demandes somebody else wrote between their comparison and their writing: nothing may then be kept.
    pub fn depassees(&self) -> i64 {
        self.comptes.depassees
    }

    /// What was compared with what: the same tables over the same demandes have the same.
    pub fn empreinte(&self) -> u64 {
        self.comptes.empreinte
    }

    /// The refused rows of the first table that has some, to be corrected and loaded again, as CSV.
    ///
    /// # Errors
    /// Never in memory; the writer's own.
    pub fn rapport(&self) -> Result<Option<Vec<u8>>> {
        let table = self.jugement.tables.iter().find(|table| !table.refusees.is_empty());
        table
            .map(rapport::csv_de)
            .transpose()
            .map_err(|erreur| Error::Donnees(format!("Le rapport ne s'écrit pas : {erreur}")))
    }

    /// Line, heading and reason of each refused row.
    pub fn motifs(&self) -> impl Iterator<Item = (u64, &str, &str)> {
        self.jugement
            .tables
            .iter()
            .flat_map(|table| &table.refusees)
            .map(|refusee| (refusee.ligne, refusee.colonne.as_str(), refusee.motif.as_str()))
    }

    /// Writes the refused rows where the person can correct them. Returns where.
    pub fn rapporter(&self, chemin: Option<&Path>) -> Result<Vec<PathBuf>> {
        rapport::ecrire(&self.jugement.tables, chemin)
    }

    fn dire_comptes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.essai {
            writeln!(f, "Essai : rien n'est enregistré. Sans --essai, il y aurait :")?;
        }
        writeln!(
            f,
            "  Demandes nouvelles : {} ; changées : {} ; identiques : {} ; disparues : {} ; lignes refusées : {}.",
            self.nouvelles,
            self.changees,
            self.identiques,
            self.disparues,
            self.refusees()
        )?;
        for changement in &self.comptes.changements {
            writeln!(f, "    {} : {}", changement.reference, changement.champs.join(", "))?;
        }
        let autres = self.changees - self.comptes.changements.len() as i64;
        if autres > 0 {
            writeln!(f, "    … et {autres} autres demandes changées.")?;
        }
        if self.disparues > 0 {
            let annees: Vec<String> = self
                .comptes
                .disparues
                .iter()
                .map(|(annee, nombre)| format!("{annee} : {nombre}"))
                .collect();
            writeln!(
                f,
                "  Les demandes disparues sont déjà chargées et ne sont pas dans ce tableau ({}) ; {}.",
                annees.join(" ; "),
                match self.retirer_disparues {
                    true => "elles sont retirées",
                    false => "elles sont gardées (--retirer-disparues les retire)",
                }
            )?;
        }
        Ok(())
    }

    fn dire_remarques(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let jugement = &self.jugement;
        if jugement.sans_reference > 0 {
            writeln!(
                f,
                "  Demandes sans référence : {}. La leur est faite de leur date, bénéficiaire, thème et objet : \
                 si l'un change, elles seront prises pour de nouvelles.",
                jugement.sans_reference
            )?;
        }
        if !self.ecartees.is_empty() {
            let etats: Vec<String> =
                self.ecartees.iter().map(|(etat, nombre)| format!("{etat} : {nombre}")).collect();
            writeln!(
                f,
                "  Hors des statistiques : {}. Règle : les brouillons, les demandes refusées, les essais et \
                 les doublons ne comptent pas ; les demandes abandonnées comptent.",
                etats.join(" ; ")
            )?;
        }
        if self.particuliers > 0 {
            writeln!(
                f,
                "  Demandes de particuliers : {}, mises à part et comptées, sans rien qui les nomme.",
                self.particuliers
            )?;
        }
        if jugement.hors_perimetre > 0 {
            writeln!(
                f,
                "  Demandes de bénéficiaires hors du périmètre du réseau : {}. Elles sont chargées ; \
                 vérifiez-les.",
                jugement.hors_perimetre
            )?;
        }
        let remarques: Vec<String> = jugement
            .remarques
            .iter()
            .map(|(remarque, nombre)| format!("{remarque} Demandes : {nombre}."))
            .collect();
        dire(f, "  ", &remarques)?;
        if let Some(doublons) = self.doublons.filter(|doublons| *doublons > 0) {
            writeln!(
                f,
                "  Doublons possibles entre partenaires, à départager : {doublons} (maillage doublons lister)."
            )?;
        }
        Ok(())
    }

    fn dire_refus(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for table in &self.jugement.tables {
            // What is wrong on many lines is said once.
            let mut motifs: Vec<(&str, &str, Vec<u64>)> = Vec::new();
            let mut places: HashMap<(&str, &str), usize> = HashMap::new();
            for refusee in &table.refusees {
                let (colonne, motif) = (refusee.colonne.as_str(), refusee.motif.as_str());
                let place = *places.entry((colonne, motif)).or_insert_with(|| {
                    motifs.push((colonne, motif, Vec::new()));
                    motifs.len() - 1
                });
                motifs[place].2.push(refusee.ligne);
            }
            let refus: Vec<String> = motifs
                .iter()
                .map(|(colonne, motif, lignes)| {
                    format!("{}, {}, {colonne} : {motif}", table.nom, dire_lignes(lignes))
                })
                .collect();
            dire(f, "  ", &refus)?;
            let illisibles: Vec<String> = table
                .illisibles
                .iter()
                .map(|(ligne, pourquoi)| {
                    format!(
                        "{}, ligne {ligne} : demande d'un particulier, non comptée : {pourquoi}.",
                        table.nom
                    )
                })
                .collect();
            dire(f, "  ", &illisibles)?;
        }
        if !self.jugement.a_dire.is_empty() {
            writeln!(
                f,
                "  Valeurs inconnues. Corrigez-les, ou dites une fois ce qu'elles valent :"
            )?;
            for ((champ, valeur), nombre) in self.jugement.a_dire.iter().take(DITES) {
                writeln!(
                    f,
                    "    --valeurs \"{}:{valeur}={}\" (lignes : {nombre})",
                    champ.nom(),
                    exemple(*champ)
                )?;
            }
        }
        Ok(())
    }
}

/// « ligne 3 », or the first of many lines.
fn dire_lignes(lignes: &[u64]) -> String {
    const PREMIERES: usize = 3;
    let premieres: Vec<String> = lignes.iter().take(PREMIERES).map(u64::to_string).collect();
    match lignes.len() {
        1 => format!("ligne {}", premieres.join(", ")),
        nombre if nombre <= PREMIERES => format!("lignes {}", premieres.join(", ")),
        nombre => format!("{nombre} lignes ({}…)", premieres.join(", ")),
    }
}

/// What stands for the code to write.
fn exemple(champ: Champ) -> &'static str {
    match champ {
        Champ::Etat => "ÉTAT",
        Champ::Niveau => "NIVEAU",
        _ => "CODE",
    }
}

impl fmt::Display for Bilan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for table in &self.jugement.tables {
            dire_table(f, table)?;
        }
        if self.retenue {
            writeln!(
                f,
                "  Les colonnes et les valeurs dites lors d'un chargement précédent ont servi."
            )?;
        }
        self.dire_comptes(f)?;
        self.dire_remarques(f)?;
        self.dire_refus(f)
    }
}

fn dire_table(f: &mut fmt::Formatter<'_>, table: &Table) -> fmt::Result {
    match table.lignes {
        0 => writeln!(f, "{} : aucune demande.", table.nom)?,
        1 => writeln!(f, "{} : 1 ligne.", table.nom)?,
        lignes => writeln!(f, "{} : {lignes} lignes.", table.nom)?,
    }
    let lues: Vec<String> = table
        .colonnes
        .lues()
        .map(|(entete, champ)| format!("{entete} → {}", champ.nom()))
        .collect();
    writeln!(f, "  Colonnes lues : {}.", lues.join(", "))?;
    if !table.colonnes.laissees.is_empty() {
        writeln!(
            f,
            "  Colonnes laissées de côté : {} (pour en lire une : --colonnes \"{}=CHAMP\" ; champs : {}).",
            table.colonnes.laissees.join(", "),
            table.colonnes.laissees[0],
            Champ::noms()
        )?;
    }
    if !table.colonnes.a(Champ::Etat) {
        writeln!(
            f,
            "  Sans colonne d'état, une demande qui a une date de clôture est terminée, les autres sont en cours."
        )?;
    }
    Ok(())
}

/// The first of the lines; a table that is wrong throughout must not fill the terminal.
fn dire(f: &mut fmt::Formatter<'_>, marge: &str, lignes: &[String]) -> fmt::Result {
    for ligne in lignes.iter().take(DITES) {
        writeln!(f, "{marge}{ligne}")?;
    }
    match lignes.len().checked_sub(DITES) {
        Some(autres @ 1..) => writeln!(f, "{marge}… et {autres} autres."),
        _ => Ok(()),
    }
}
