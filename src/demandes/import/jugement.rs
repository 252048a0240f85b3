//! The tables of a load, read and judged row by row. Blocks; knows nothing of the database.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::annuaire::Annuaire;
use super::arret::Arret;
use super::champ::Champ;
use super::codes_postaux::{self, Lecture};
use super::colonnes::{Colonnes, Dites, Valeurs};
use super::lieux::Lieux;
use super::ligne::{Cellules, Demande, Lecteur, Lue, Particulier, Refus};
use super::{Options, rapport::Refusee};
use crate::error::{Error, Result};
use crate::tableau::{Entete, Tableau};

/// All that rows are judged by.
#[derive(Debug)]
pub struct Regles {
    pub annuaire: Annuaire,
    pub lieux: Lieux,
    pub dites: Dites,
    pub valeurs: Valeurs,
    /// Whose demandes they are, where a table does not say.
    pub partenaire: Option<String>,
    pub options: Options,
}

/// A table, with the rows that were set aside.
#[derive(Debug)]
pub struct Table {
    pub chemin: PathBuf,
    pub nom: String,
    pub lignes: usize,
    pub entetes: Vec<String>,
    pub colonnes: Colonnes,
    pub refusees: Vec<Refusee>,
    /// Demandes of private individuals that cannot be counted: line and why.
    pub illisibles: Vec<(u64, &'static str)>,
}

/// What the tables of a load come to.
#[derive(Debug, Default)]
pub struct Jugement {
    pub tables: Vec<Table>,
    pub demandes: Vec<Demande>,
    pub particuliers: Vec<Particulier>,
    /// Who leads the demandes, those that were refused included.
    pub meneurs: BTreeSet<String>,
    /// Partner and reference of the rows that were refused.
    pub references_refusees: Vec<(String, String)>,
    /// What codes of before became, and how many demandes have them.
    pub remarques: BTreeMap<String, usize>,
    /// Values that nothing explains, and how many rows have them.
    pub a_dire: BTreeMap<(Champ, String), usize>,
    pub sans_reference: usize,
    pub hors_perimetre: usize,
    /// Line of each reference: file and line.
    places: HashMap<(String, String), (usize, u64)>,
}

impl Jugement {
    /// How many rows were refused, by the field that is wrong.
    pub fn refus(&self) -> BTreeMap<&'static str, usize> {
        let mut refus = BTreeMap::new();
        for refusee in self.tables.iter().flat_map(|table| &table.refusees) {
            *refus.entry(refusee.champ).or_default() += 1;
        }
        refus
    }

    /// Reads and judges the files, in their order.
    pub fn rendre(fichiers: &[PathBuf], regles: &Regles) -> Result<Self, Arret> {
        let mut jugement = Self::default();
        for fichier in fichiers {
            let tableau = lire(fichier, regles)?;
            jugement.juger(fichier, tableau, regles)?;
        }
        Ok(jugement)
    }

    fn juger(&mut self, fichier: &Path, tableau: Tableau, regles: &Regles) -> Result<(), Arret> {
        let colonnes = Colonnes::lire(&tableau.colonnes, &regles.dites);
        colonnes.exiger(&tableau.nom, regles.partenaire.is_some()).map_err(Arret::Colonnes)?;
        let lecteur = Lecteur {
            annuaire: &regles.annuaire,
            lieux: &regles.lieux,
            colonnes: &colonnes,
            valeurs: &regles.valeurs,
            partenaire: regles.partenaire.as_deref(),
            conseil: regles.options.conseil,
            aujourd_hui: regles.options.aujourd_hui,
            postaux: regles.options.codes == Lecture::Postaux,
            permis: regles.options.permis.as_ref(),
        };
        codes_postaux::exiger(&tableau, &lecteur, regles.options.codes).map_err(Arret::Postaux)?;
        let (mut refusees, mut illisibles) = (Vec::new(), Vec::new());
        for (ligne, cellules) in &tableau.lignes {
            let rang = Cellules { ligne: *ligne, cellules };
            match lecteur.lire(rang) {
                Ok(Lue::Demande(demande)) => {
                    if let Err(refus) = self.accepter(*demande, &lecteur, rang) {
                        refusees.push(Refusee::nouvelle(rang, &lecteur, refus));
                    }
                }
                Ok(Lue::Particulier(particulier)) => self.particuliers.push(particulier),
                Ok(Lue::ParticulierIllisible(pourquoi)) => illisibles.push((*ligne, pourquoi)),
                Err(refus) => {
                    self.refuser(&refus, &lecteur, rang);
                    refusees.push(Refusee::nouvelle(rang, &lecteur, refus));
                }
            }
        }
        self.tables.push(Table {
            chemin: fichier.to_owned(),
            nom: tableau.nom,
            lignes: tableau.lignes.len(),
            entetes: tableau.colonnes,
            colonnes,
            refusees,
            illisibles,
        });
        Ok(())
    }

    /// Takes a good demande, unless one has its reference already.
    fn accepter(
        &mut self,
        demande: Demande,
        lecteur: &Lecteur<'_>,
        rang: Cellules<'_>,
    ) -> Result<(), Refus> {
        let meneur = demande.partenaires.first().cloned().unwrap_or_default();
        let sans_reference = lecteur.reference(rang).is_none();
        let cle = (meneur, demande.reference.clone());
        if let Some((table, ligne)) = self.places.get(&cle) {
            let ou = match self.tables.get(*table) {
                Some(table) => format!("de {}, ligne {ligne}", table.nom),
                None => format!("de la ligne {ligne}"),
            };
            return Err(Refus {
                champ: Champ::Reference,
                phrase: match sans_reference {
                    true => format!(
                        "Cette demande a la date, le bénéficiaire, le thème et l'objet de celle {ou} : gardez-en \
                         une, ou donnez-leur une référence."
                    ),
                    false => format!(
                        "La référence « {} » est déjà celle {ou} : donnez-en une autre.",
                        demande.reference
                    ),
                },
                valeur: None,
            });
        }
        self.meneurs.insert(cle.0.clone());
        self.places.insert(cle, (self.tables.len(), rang.ligne));
        self.sans_reference += usize::from(sans_reference);
        self.hors_perimetre += usize::from(!demande.beneficiaire.dans);
        if let Some(remarque) = &demande.beneficiaire.remarque {
            *self.remarques.entry(remarque.clone()).or_default() += 1;
        }
        self.demandes.push(demande);
        Ok(())
    }

    /// Notes what is known of a refused row: it has not gone from the table.
    fn refuser(&mut self, refus: &Refus, lecteur: &Lecteur<'_>, rang: Cellules<'_>) {
        if let Some(valeur) = &refus.valeur {
            *self.a_dire.entry((refus.champ, valeur.clone())).or_default() += 1;
        }
        if let Some(meneur) = lecteur.meneur(rang) {
            if let Some(reference) = lecteur.reference(rang) {
                self.references_refusees.push((meneur.clone(), reference));
            }
            self.meneurs.insert(meneur);
        }
    }

    /// Whether every row could be read.
    pub fn complet(&self) -> bool {
        self.refusees() == 0 && self.tables.iter().all(|table| table.illisibles.is_empty())
    }

    /// How many rows were refused.
    pub fn refusees(&self) -> usize {
        self.tables.iter().map(|table| table.refusees.len()).sum()
    }
}

/// Reads a table under the first line that looks like a heading; failing that, under the first that has
/// two cells, so that the person is told of its columns.
fn lire(fichier: &Path, regles: &Regles) -> Result<Tableau> {
    let lire = |convient: &dyn Fn(&[String]) -> bool| {
        let entete = Entete {
            convient,
            absente: "n'a pas de ligne d'en-tête",
            conseil: "Mettez au-dessus des demandes une ligne qui nomme les colonnes.",
        };
        let options = &regles.options;
        Tableau::lire_dans(fichier, options.feuille.as_deref(), entete, &options.bornes)
    };
    let remplies = |cellules: &[String]| cellules.iter().filter(|c| !c.is_empty()).count() > 1;
    let tableau = match lire(&|cellules| regles.dites.est_entete(cellules)) {
        Ok(tableau) => tableau,
        Err(erreur) => lire(&remplies).map_err(|_| erreur)?,
    };
    match tableau.colonnes.iter().find(|entete| est_mal_encode(entete)) {
        None => Ok(tableau),
        Some(entete) => Err(Error::Donnees(format!(
            "{} : les accents ne se lisent pas (« {entete} »). Enregistrez le tableau de nouveau, en CSV UTF-8 ou en .xlsx.",
            tableau.nom
        ))),
    }
}

/// Whether a heading was written in one encoding and read in another, once or twice: what no heading has otherwise.
fn est_mal_encode(entete: &str) -> bool {
    const RESTES: [&str; 6] = ["\u{fffd}", "Ã©", "Ã¨", "Ã‰", "Ã´", "â€™"];
    RESTES.iter().any(|reste| entete.contains(reste))
}
