//! From one layer of a known layout to units, with every refusal naming the file, the layer, the row
//! and the column.

use crate::error::{Error, Result};
use crate::territoires::codes::{
    CodeInsee, Maille, Siren, departement, est_arrondissement_municipal,
};
use crate::territoires::source::{DepartementLu, EpciLu, RegionLue};

use super::couche::{Couche, Jeu, Objet};
use super::modele::{Modele, rang};
use super::noms;
use super::recolte::{CommuneRecoltee, Recolte};
use super::systeme;

/// What files write where there is no value: « non renseigné », « non concerné », no EPCI.
const ABSENCES: [&str; 3] = ["NR", "NC", "ZZZZZZZZZ"];
/// Départements that are collectivités d'outre-mer: their territories are no communes of a région.
const OUTRE_MER: [&str; 8] = ["975", "977", "978", "984", "986", "987", "988", "989"];

/// A layer with its layout.
pub struct Lecteur<'l> {
    pub jeu: &'l Jeu<'l>,
    pub couche: &'l Couche,
    pub modele: &'l Modele<'l>,
    /// The file and the layer, as refusals name them.
    pub lieu: String,
}

/// What is counted along a layer, to be said once.
#[derive(Default)]
struct Compte {
    repares: usize,
    sans_nom: usize,
    outre_mer: Vec<String>,
    arrondissements: usize,
}

/// The columns of a layout, in the order in which their cells are asked for.
#[derive(Clone, Copy)]
enum Champ {
    Code,
    Libelle,
    Departement,
    Region,
    Epci,
    Population,
    Nature,
    Rattachement,
}

const CHAMPS: [Champ; 8] = [
    Champ::Code,
    Champ::Libelle,
    Champ::Departement,
    Champ::Region,
    Champ::Epci,
    Champ::Population,
    Champ::Nature,
    Champ::Rattachement,
];

impl Modele<'_> {
    fn colonne(&self, champ: Champ) -> Option<&str> {
        match champ {
            Champ::Code => Some(self.code),
            Champ::Libelle => Some(self.libelle),
            Champ::Departement => self.departement,
            Champ::Region => self.region,
            Champ::Epci => self.epci,
            Champ::Population => self.population,
            Champ::Nature => self.nature,
            Champ::Rattachement => self.rattachement,
        }
    }
}

/// A row with the place of each of its cells.
struct Ligne<'l> {
    lecteur: &'l Lecteur<'l>,
    /// Rank of each field's cell, when the layer has its column.
    places: &'l [Option<usize>; CHAMPS.len()],
    objet: Objet,
}

impl Ligne<'_> {
    /// The cell of a field; None when it is blank or says that there is no value.
    fn cellule(&self, champ: Champ) -> Option<&str> {
        let cellule = self.objet.cellules.get(self.places[champ as usize]?)?.as_deref()?;
        (!ABSENCES.contains(&cellule)).then_some(cellule)
    }

    fn refus(&self, champ: Champ, raison: &dyn std::fmt::Display) -> Error {
        Error::Donnees(format!(
            "{}, objet {}, champ {} : {raison}",
            self.lecteur.lieu,
            self.objet.numero,
            self.lecteur.modele.colonne(champ).unwrap_or_default()
        ))
    }

    fn code_de(&self, champ: Champ, maille: Maille) -> Result<Option<String>> {
        let code = self.cellule(champ).map(|texte| {
            maille
                .code(texte)
                .map_err(|erreur| self.refus(champ, &zero_perdu(texte, maille, erreur)))
        });
        code.transpose()
    }

    fn sirens(&self) -> Result<Vec<Siren>> {
        self.cellule(Champ::Epci)
            .unwrap_or_default()
            .split(['/', ',', ';'])
            .map(str::trim)
            .filter(|texte| !texte.is_empty() && !ABSENCES.contains(texte))
            .map(|texte| Siren::parse(texte).map_err(|erreur| self.refus(Champ::Epci, &erreur)))
            .collect()
    }

    fn population(&self) -> Result<Option<i32>> {
        let Some(texte) = self.cellule(Champ::Population) else { return Ok(None) };
        let chiffres: String = texte.chars().filter(|lettre| !lettre.is_whitespace()).collect();
        match chiffres.parse::<i32>() {
            Ok(population) if population >= 0 => Ok(Some(population)),
            _ => Err(self.refus(
                Champ::Population,
                &format!("« {texte} » n'est pas un nombre d'habitants."),
            )),
        }
    }

    /// The name, repaired when letters of it were lost; the code when there is none.
    fn nom(&self, code: &str, compte: &mut Compte) -> String {
        let Some(nom) = self.cellule(Champ::Libelle) else {
            compte.sans_nom += 1;
            return code.to_owned();
        };
        let repare = noms::reparer(nom);
        compte.repares += usize::from(repare.is_some());
        repare.unwrap_or_else(|| nom.to_owned())
    }
}

impl Lecteur<'_> {
    /// Reads the layer into the harvest, and returns how many units it gave.
    ///
    /// # Errors
    /// A sentence with the row and the column that are wrong.
    pub fn lire(&self, recolte: &mut Recolte) -> Result<usize> {
        let mut compte = Compte::default();
        let combien = match self.modele.maille {
            Some(Maille::Commune) => self.communes(recolte, &mut compte)?,
            Some(maille) => self.maille_superieure(maille, recolte, &mut compte)?,
            None => 0,
        };
        recolte.remarques.extend(compte.phrases(&self.lieu));
        Ok(combien)
    }

    fn communes(&self, recolte: &mut Recolte, compte: &mut Compte) -> Result<usize> {
        let mut lues = Vec::new();
        self.lignes(true, |mut ligne| {
            let texte = ligne.cellule(Champ::Code).unwrap_or_default();
            let code =
                CodeInsee::parse(texte).map_err(|erreur| ligne.refus(Champ::Code, &erreur))?;
            let nom = ligne.nom(code.as_str(), compte);
            if OUTRE_MER.contains(&&code.as_str()[..3]) {
                compte.outre_mer.push(format!("{nom} ({})", code.as_str()));
                return Ok(());
            }
            // In the code officiel géographique only parts have a commune of their own, which may have
            // their very code.
            let partie = ligne
                .cellule(Champ::Rattachement)
                .is_some_and(|parent| self.modele.sans_contour || parent != code.as_str());
            if est_arrondissement_municipal(code.as_str()) || partie {
                compte.arrondissements += 1;
                return Ok(());
            }
            let dit = ligne.code_de(Champ::Departement, Maille::Departement)?;
            let commune = CommuneRecoltee {
                nom,
                departement: dit.unwrap_or_else(|| departement(code.as_str()).to_owned()),
                region: ligne.code_de(Champ::Region, Maille::Region)?,
                epci: ligne.sirens()?,
                population: ligne.population()?,
                contour: ligne.objet.contour.take(),
                lieu: self.lieu.clone(),
            };
            lues.push((code, commune));
            Ok(())
        })?;
        let sans_contour = lues.iter().all(|(_, commune)| commune.contour.is_none());
        if sans_contour && !self.modele.sans_contour {
            return Err(Error::Donnees(format!(
                "{} : aucune commune n'y a de contour. La couche doit être faite de surfaces.",
                self.lieu
            )));
        }
        if !sans_contour {
            let contours = lues
                .iter_mut()
                .filter_map(|(code, commune)| Some((code.as_str(), commune.contour.as_mut()?)));
            let dit = systeme::vers_degres(contours, self.couche.systeme.as_ref(), &self.lieu)?;
            recolte.remarques.extend(dit);
        }
        let combien = lues.len();
        lues.into_iter().try_for_each(|(code, commune)| recolte.commune(code, commune))?;
        Ok(combien)
    }

    fn maille_superieure(
        &self,
        maille: Maille,
        recolte: &mut Recolte,
        compte: &mut Compte,
    ) -> Result<usize> {
        let mut combien = 0;
        self.lignes(false, |ligne| {
            let Some(code) = ligne.code_de(Champ::Code, maille)? else { return Ok(()) };
            let nom = ligne.nom(&code, compte);
            combien += 1;
            match maille {
                Maille::Epci => {
                    let siren =
                        Siren::parse(&code).map_err(|erreur| ligne.refus(Champ::Code, &erreur))?;
                    let nature = ligne.cellule(Champ::Nature).map(sigle);
                    recolte.epci.insert(siren, EpciLu { nom, nature });
                }
                Maille::Departement => {
                    let region = ligne.code_de(Champ::Region, Maille::Region)?;
                    recolte.departements.insert(code, DepartementLu { nom: Some(nom), region });
                }
                Maille::Region | Maille::Commune | Maille::Regroupement => {
                    recolte.regions.insert(code, RegionLue { nom });
                }
            }
            Ok(())
        })?;
        Ok(combien)
    }

    fn lignes(
        &self,
        avec_contour: bool,
        mut visiteur: impl FnMut(Ligne<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut colonnes = Vec::new();
        let places = CHAMPS.map(|champ| {
            let colonne = rang(self.couche, self.modele.colonne(champ)?)?;
            colonnes.push(colonne);
            Some(colonnes.len() - 1)
        });
        self.jeu.parcourir(self.couche, &colonnes, avec_contour, |objet| {
            visiteur(Ligne { lecteur: self, places: &places, objet })
        })
    }
}

impl Compte {
    fn phrases(self, lieu: &str) -> Vec<String> {
        let mut phrases = Vec::new();
        if self.repares > 0 {
            phrases.push(format!(
                "{lieu} : noms où ¼, ½ ou ¾ ont été relus Œ, œ ou Ÿ : {}. L'encodage annoncé par le fichier \
                 (.cpg) n'est pas le sien.",
                self.repares
            ));
        }
        if self.sans_nom > 0 {
            phrases.push(format!(
                "{lieu} : unités sans nom : {}. Leur code en tient lieu.",
                self.sans_nom
            ));
        }
        if self.arrondissements > 0 {
            phrases.push(format!(
                "{lieu} : arrondissements municipaux ou parties de communes laissés de côté : {}.",
                self.arrondissements
            ));
        }
        if !self.outre_mer.is_empty() {
            phrases.push(format!(
                "{lieu} : laissées de côté, car d'une collectivité d'outre-mer et non d'un département : {}.",
                self.outre_mer.join(", ")
            ));
        }
        phrases
    }
}

/// The reason of a refusal, with the likely cause when a code lacks its first zero.
fn zero_perdu(texte: &str, maille: Maille, erreur: Error) -> Error {
    let court = matches!(maille, Maille::Departement | Maille::Region) && texte.len() == 1;
    if court && texte.bytes().all(|octet| octet.is_ascii_digit()) {
        Error::Donnees(format!(
            "« {texte} » n'est pas un code de {maille} : le zéro du début a sans doute été perdu par un \
             tableur. Reprenez le fichier d'origine."
        ))
    } else {
        erreur
    }
}

/// The nature of an EPCI as Insee abbreviates it, from the words of publishers.
fn sigle(nature: &str) -> String {
    const SIGLES: [(&str, &str); 5] = [
        ("communauté de communes", "CC"),
        ("communauté d'agglomération", "CA"),
        ("communauté urbaine", "CU"),
        ("métropole de lyon", "MET69"),
        ("métropole", "METRO"),
    ];
    let minuscules = nature.to_lowercase().replace('’', "'");
    SIGLES
        .iter()
        .find(|(mots, _)| *mots == minuscules)
        .map_or_else(|| nature.to_owned(), |(_, sigle)| (*sigle).to_owned())
}
