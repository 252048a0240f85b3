//! What a load comes to, as programs and pages read it.

use serde::Serialize;

use super::bilan::Bilan;
use super::ecriture::Changement;

/// Refused rows, remarks and values that are told one by one.
const DITS: usize = 500;

/// A load, or what it would be.
#[derive(Debug, Serialize)]
pub struct Rendu {
    /// Nothing is written: that was the question.
    pub essai: bool,
    pub nouvelles: i64,
    pub changees: i64,
    pub identiques: i64,
    /// Loaded before, and no longer in the table: kept.
    pub disparues: i64,
    pub disparues_par_annee: Vec<ParAnnee>,
    pub refusees: usize,
    /// Demandes of private individuals, counted without who asked; and those that cannot be.
    pub particuliers: usize,
    pub particuliers_illisibles: Vec<Illisible>,
    pub tables: Vec<Table>,
    /// The first of the refused rows.
    pub refus: Vec<Refus>,
    /// Values that nothing explains: what they stand for can be said once.
    pub a_dire: Vec<ADire>,
    /// The first of the demandes that change.
    pub changements: Vec<Changement>,
    /// Pairs of demandes that may be one, for whoever coordinates.
    pub doublons: Option<i64>,
    /// What is not wrong, and may surprise.
    pub remarques: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct ParAnnee {
    pub annee: i32,
    pub demandes: i64,
}

#[derive(Debug, Serialize)]
pub struct Illisible {
    pub ligne: u64,
    pub raison: &'static str,
}

/// A table, and how its columns are read.
#[derive(Debug, Serialize)]
pub struct Table {
    pub nom: String,
    pub lignes: usize,
    pub colonnes: Vec<Colonne>,
}

/// A heading, and the field that it holds; none: left aside.
#[derive(Debug, Serialize)]
pub struct Colonne {
    pub entete: String,
    pub champ: Option<&'static str>,
}

/// A refused row: where, what is wrong and what to do.
#[derive(Debug, Serialize)]
pub struct Refus {
    pub ligne: u64,
    pub colonne: String,
    pub champ: &'static str,
    pub valeur: String,
    pub raison: String,
}

#[derive(Debug, Serialize)]
pub struct ADire {
    pub champ: &'static str,
    pub valeur: String,
    pub lignes: usize,
}

impl Bilan {
    pub fn rendre(&self) -> Rendu {
        let tables = &self.jugement.tables;
        Rendu {
            essai: self.essai,
            nouvelles: self.nouvelles,
            changees: self.changees,
            identiques: self.identiques,
            disparues: self.disparues,
            disparues_par_annee: self
                .comptes
                .disparues
                .iter()
                .map(|(annee, demandes)| ParAnnee { annee: *annee, demandes: *demandes })
                .collect(),
            refusees: self.refusees(),
            particuliers: self.particuliers,
            particuliers_illisibles: tables
                .iter()
                .flat_map(|table| &table.illisibles)
                .take(DITS)
                .map(|(ligne, raison)| Illisible { ligne: *ligne, raison })
                .collect(),
            tables: tables
                .iter()
                .map(|table| Table {
                    nom: table.nom.clone(),
                    lignes: table.lignes,
                    colonnes: table.colonnes.toutes().collect(),
                })
                .collect(),
            refus: tables
                .iter()
                .flat_map(|table| &table.refusees)
                .take(DITS)
                .map(|refusee| Refus {
                    ligne: refusee.ligne,
                    colonne: refusee.colonne.clone(),
                    champ: refusee.champ,
                    valeur: refusee.valeur.clone(),
                    raison: refusee.motif.clone(),
                })
                .collect(),
            a_dire: self
                .jugement
                .a_dire
                .iter()
                .take(DITS)
                .map(|((champ, valeur), lignes)| ADire {
                    champ: champ.nom(),
                    valeur: valeur.clone(),
                    lignes: *lignes,
                })
                .collect(),
            changements: self.comptes.changements.clone(),
            doublons: self.doublons,
            remarques: self.remarques(),
        }
    }

    /// What is not wrong, and may surprise.
    fn remarques(&self) -> Vec<String> {
        let jugement = &self.jugement;
        let mut remarques = Vec::new();
        if jugement.sans_reference > 0 {
            remarques.push(format!(
                "Demandes sans référence : {}. La leur est faite de leur date, bénéficiaire, thème et objet : si l'un \
                 change, elles seront prises pour de nouvelles.",
                jugement.sans_reference
            ));
        }
        if !self.ecartees.is_empty() {
            let etats: Vec<String> =
                self.ecartees.iter().map(|(etat, nombre)| format!("{etat} : {nombre}")).collect();
            remarques
                .push(format!("Hors des statistiques, par leur état : {}.", etats.join(" ; ")));
        }
        if jugement.hors_perimetre > 0 {
            remarques.push(format!(
                "Demandes de bénéficiaires hors du périmètre du réseau : {}. Vérifiez-les.",
                jugement.hors_perimetre
            ));
        }
        let dites = jugement.remarques.iter().take(DITS);
        remarques.extend(dites.map(|(dite, nombre)| format!("{dite} Demandes : {nombre}.")));
        remarques
    }
}
