//! `maillage import demandes`, `maillage doublons` and `maillage contacts`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::import::LIGNES_REFUSEES;
use crate::base::Base;
use crate::demandes::contacts::{self, Contacts};
use crate::demandes::doublons::{self, Decision};
use crate::demandes::import::{self, Lecture, Options};
use crate::error::Result;
use crate::progres::Progres;

/// The tables of demandes, and what is said of them.
#[derive(Debug, Args)]
pub struct Demandes {
    /// Tableaux des demandes (CSV, XLSX, ODS, ZIP), avec les colonnes que vous avez.
    #[arg(required = true, value_name = "FICHIER")]
    fichiers: Vec<PathBuf>,
    /// Réseau des demandes.
    #[arg(long, value_name = "CODE")]
    reseau: String,
    /// Partenaire des demandes, si le tableau ne le dit pas.
    #[arg(long, value_name = "CODE")]
    partenaire: Option<String>,
    /// Ce que contiennent des colonnes qui ne sont pas reconnues : « EN-TÊTE=champ », séparées par des
    /// virgules. Retenu pour les fois suivantes.
    #[arg(long, value_name = "EN-TÊTE=champ,…", value_parser = colonnes)]
    colonnes: Vec<Colonnes>,
    /// Ce que valent des mots du tableau : « theme:Toiture=batiments,etat:Vu=terminee ». Retenu pour les
    /// fois suivantes.
    #[arg(long, value_name = "champ:VALEUR=code,…", value_parser = valeurs)]
    valeurs: Vec<Valeurs>,
    /// Feuille d'un classeur.
    #[arg(long)]
    feuille: Option<String>,
    /// Dit ce qui changerait, et ne change rien.
    #[arg(long)]
    essai: bool,
    /// Retire les demandes chargées d'un tableau précédent qui ne sont pas dans celui-ci.
    #[arg(long)]
    retirer_disparues: bool,
    /// Les codes à cinq chiffres sont des codes postaux : le nom de la commune, à côté, dit laquelle.
    #[arg(long, conflicts_with = "codes_insee")]
    codes_postaux: bool,
    /// Les codes à cinq chiffres sont des codes Insee, même s'ils ressemblent à des codes postaux.
    #[arg(long)]
    codes_insee: bool,
    /// Rapport des lignes refusées [défaut : rejets-demandes-TABLEAU.csv, s'il y en a].
    #[arg(long, value_name = "FICHIER")]
    rejets: Option<PathBuf>,
}

#[derive(Debug, Clone)]
struct Colonnes(Vec<(String, String)>);

#[derive(Debug, Clone)]
struct Valeurs(Vec<(String, String, String)>);

fn colonnes(texte: &str) -> Result<Colonnes, String> {
    import::lire_colonnes(texte).map(Colonnes)
}

fn valeurs(texte: &str) -> Result<Valeurs, String> {
    import::lire_valeurs(texte).map(Valeurs)
}

impl Demandes {
    pub async fn executer(self, base: &Base, progres: &Progres) -> Result<ExitCode> {
        let options = Options {
            partenaire: self.partenaire,
            colonnes: self.colonnes.into_iter().flat_map(|Colonnes(paires)| paires).collect(),
            valeurs: self.valeurs.into_iter().flat_map(|Valeurs(triplets)| triplets).collect(),
            feuille: self.feuille,
            essai: self.essai,
            retirer_disparues: self.retirer_disparues,
            codes: match (self.codes_postaux, self.codes_insee) {
                (true, _) => Lecture::Postaux,
                (_, true) => Lecture::Insee,
                _ => Lecture::Inconnue,
            },
            ..Options::nouvelles(&self.reseau)
        };
        let bilan = import::demandes(base, self.fichiers, options, progres).await?;
        progres.fin();
        dire!("{bilan}");
        for rapport in bilan.rapporter(self.rejets.as_deref())? {
            dire!(
                "Les lignes refusées sont dans {} : corrigez-les, et chargez ce fichier.",
                rapport.display()
            );
        }
        Ok(if bilan.complet() { ExitCode::SUCCESS } else { ExitCode::from(LIGNES_REFUSEES) })
    }
}

/// Demandes that two partners may have noted each.
#[derive(Debug, Subcommand)]
pub enum Doublons {
    /// Liste les demandes de partenaires différents qui en sont peut-être une seule.
    Lister {
        #[arg(long, value_name = "CODE")]
        reseau: String,
    },
    /// Deux demandes en sont une : la plus ancienne est gardée, avec les partenaires et les thèmes de
    /// l'autre, qui ne compte plus.
    Fusionner {
        /// Référence, ou partenaire:référence.
        #[arg(value_name = "RÉFÉRENCE")]
        une: String,
        #[arg(value_name = "RÉFÉRENCE")]
        autre: String,
        #[arg(long, value_name = "CODE")]
        reseau: String,
    },
    /// Deux demandes sont bien deux : elles ne seront plus listées.
    Garder {
        /// Référence, ou partenaire:référence.
        #[arg(value_name = "RÉFÉRENCE")]
        une: String,
        #[arg(value_name = "RÉFÉRENCE")]
        autre: String,
        #[arg(long, value_name = "CODE")]
        reseau: String,
    },
}

impl Doublons {
    pub async fn executer(self, base: &Base) -> Result<ExitCode> {
        match self {
            Self::Lister { reseau } => {
                let (total, doublons) = doublons::lister(base, &reseau).await?;
                dire!("Doublons possibles du réseau {reseau} : {total}.");
                for doublon in &doublons {
                    dire!("{doublon}");
                }
                if total > doublons.len() {
                    dire!(
                        "… et {} autres, listés quand ceux-ci seront départagés.",
                        total - doublons.len()
                    );
                }
            }
            Self::Fusionner { une, autre, reseau } => {
                let fait =
                    doublons::decider(base, &reseau, [&une, &autre], Decision::Fusion).await?;
                dire!("{fait}");
            }
            Self::Garder { une, autre, reseau } => {
                let fait =
                    doublons::decider(base, &reseau, [&une, &autre], Decision::Garde).await?;
                dire!("{fait}");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Contacts of demandes, which are personal data.
#[derive(Debug, Subcommand)]
pub enum ContactsDesDemandes {
    /// Compte les contacts, et ceux dont la durée de conservation est passée.
    Compter {
        /// [défaut : tous les réseaux]
        #[arg(long, value_name = "CODE")]
        reseau: Option<String>,
    },
    /// Efface les contacts dont la durée de conservation est passée ; leurs demandes restent.
    Effacer {
        /// [défaut : tous les réseaux]
        #[arg(long, value_name = "CODE")]
        reseau: Option<String>,
        /// Dit ce qui serait effacé, et n'efface rien.
        #[arg(long)]
        essai: bool,
    },
}

impl ContactsDesDemandes {
    pub async fn executer(self, base: &Base) -> Result<ExitCode> {
        let aujourd_hui = chrono::Local::now().date_naive();
        match self {
            Self::Compter { reseau } => {
                for Contacts { reseau, conservation_mois, total, perimes } in
                    contacts::compter(base, reseau.as_deref(), aujourd_hui).await?
                {
                    dire!(
                        "{reseau} : {total} contacts, gardés {conservation_mois} mois ; {perimes} à effacer."
                    );
                }
            }
            Self::Effacer { reseau, essai } => {
                let de_chacun =
                    contacts::effacer(base, reseau.as_deref(), aujourd_hui, essai).await?;
                for Contacts { reseau, total, perimes, .. } in de_chacun {
                    let fait = if essai { "seraient effacés" } else { "effacés" };
                    dire!("{reseau} : {perimes} contacts {fait} ; {} restent.", total - perimes);
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
