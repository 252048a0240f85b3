//! `maillage rapport`: the annual report of a réseau, as a PDF, as files of its figures, as maps.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use sqlx::Connection;

use crate::base::Base;
use crate::error::{Contexte, ContexteFichier, Error, Result};
use crate::partenaires::zones::etats::aujourd_hui;
use crate::progres::Progres;
use crate::rapports::annexes::{self, Contours, Matiere};
use crate::rapports::cartes::png;
use crate::rapports::donnees::{Consigne, Format, Periode, Sujet, date};
use crate::rapports::planches::{Fonds, affiche};
use crate::rapports::publication::requetes_du_jour;
use crate::rapports::{LARGEUR, document, fabrique, travaux};

const ACTION: &str = "écriture du rapport";

/// Options of `maillage rapport`.
#[derive(Debug, Args)]
pub struct Commande {
    /// Réseau dont c'est le bilan.
    #[arg(long, value_name = "CODE")]
    reseau: String,
    /// Année du bilan.
    #[arg(long, value_name = "AAAA", value_parser = clap::value_parser!(i16).range(1943..=2100), required_unless_present = "du", conflicts_with_all = ["du", "au"])]
    annee: Option<i16>,
    /// Premier jour de la période, à la place d'une année.
    #[arg(long, value_name = "DATE", requires = "au")]
    du: Option<NaiveDate>,
    /// Dernier jour de la période, compris.
    #[arg(long, value_name = "DATE", requires = "du")]
    au: Option<NaiveDate>,
    /// Bilan d'un seul partenaire.
    #[arg(long, value_name = "CODE", group = "sujet")]
    partenaire: Option<String>,
    /// Bilan d'un seul EPCI.
    #[arg(long, value_name = "SIREN", group = "sujet")]
    epci: Option<String>,
    /// Dossier de réunion, en deux pages, pour un regroupement du réseau.
    #[arg(long, value_name = "CODE", group = "sujet")]
    regroupement: Option<String>,
    /// Fichier à écrire : le document (.pdf), ses chiffres avec leurs requêtes (.xlsx, .gpkg). Plusieurs fois s'il en faut plusieurs.
    #[arg(long, value_name = "FICHIER.pdf", required_unless_present = "cartes")]
    sortie: Vec<PathBuf>,
    /// Dossier où écrire chaque carte, en SVG et en PNG.
    #[arg(long, value_name = "DOSSIER")]
    cartes: Option<PathBuf>,
    /// Format du papier.
    #[arg(long, value_enum, default_value_t = Papier::A4)]
    format: Papier,
    /// Jour que porte le document [défaut : aujourd'hui].
    #[arg(long, value_name = "AAAA-MM-JJ")]
    date: Option<NaiveDate>,
    /// Écrit à la place de fichiers qui existent.
    #[arg(long)]
    remplacer: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Papier {
    A4,
    A3,
}

impl Commande {
    fn consigne(&self) -> Result<Consigne> {
        let periode = match (self.annee, self.du.zip(self.au)) {
            (Some(annee), _) => Periode::annee(annee),
            (None, Some((du, au))) => Periode::jours(du, au),
            (None, None) => None,
        };
        let periode = periode.ok_or_else(|| {
            Error::Demande("La période finit avant de commencer : --au précède --du.".into())
        })?;
        let sujet = match (&self.partenaire, &self.epci, &self.regroupement) {
            (Some(code), _, _) => Sujet::Partenaire(code.clone()),
            (_, Some(code), _) => Sujet::Epci(code.clone()),
            (_, _, Some(code)) => Sujet::Regroupement(code.clone()),
            _ => Sujet::Reseau,
        };
        Ok(Consigne {
            reseau: self.reseau.clone(),
            sujet,
            periode,
            edition: self.date.unwrap_or_else(aujourd_hui),
            format: match self.format {
                Papier::A4 => Format::A4,
                Papier::A3 => Format::A3,
            },
        })
    }

    /// What each file to write is, told by its name.
    ///
    /// # Errors
    /// A sentence when a name tells nothing, or is that of a file that exists.
    fn sorties(&self) -> Result<Vec<(Sortie, &Path)>> {
        let juger = |chemin: &PathBuf| {
            let extension = chemin.extension().and_then(OsStr::to_str).unwrap_or_default();
            let genre = match extension.to_ascii_lowercase().as_str() {
                "pdf" => Sortie::Document,
                "xlsx" => Sortie::Classeur,
                "gpkg" => Sortie::GeoPackage,
                _ => {
                    return Err(Error::Demande(format!(
                        "{} : le nom finit par .pdf (le document), .xlsx ou .gpkg (ses chiffres).",
                        chemin.display()
                    )));
                }
            };
            match chemin.exists() && !self.remplacer {
                true => Err(Error::Donnees(format!(
                    "{} existe déjà. Donnez un autre nom, ou ajoutez --remplacer.",
                    chemin.display()
                ))),
                false => Ok(genre),
            }
        };
        self.sortie.iter().map(|chemin| Ok((juger(chemin)?, chemin.as_path()))).collect()
    }

    /// Writes what is asked for of the report that an open database gives, each file whole or not at all.
    pub async fn executer(self, base: &Base) -> Result<ExitCode> {
        let consigne = self.consigne()?;
        // Known before the work rather than after it.
        let sorties = self.sorties()?;
        if let Some(dossier) = self.cartes.as_ref().filter(|_| !self.remplacer)
            && dossier.read_dir().is_ok_and(|mut entrees| entrees.next().is_some())
        {
            return Err(Error::Donnees(format!(
                "{} contient déjà des fichiers. Donnez un autre dossier, ou ajoutez --remplacer.",
                dossier.display()
            )));
        }
        let progres = Progres::default();
        progres.etape("Lecture des chiffres");
        let (rapport, textes) = fabrique::lire_en_proprietaire(base, &consigne).await?;
        let (fonds, contours) = {
            let mut connexion = base.connexion().await?;
            let debut = "begin isolation level repeatable read read only";
            let mut lecture = connexion.begin_with(debut).await.pour("ouverture d'une lecture")?;
            let fonds = Fonds::lire(&mut lecture, &rapport).await?;
            let contours = match sorties.iter().any(|(genre, _)| *genre == Sortie::GeoPackage) {
                true => Contours::lire(&mut lecture, &rapport).await?,
                false => Contours::default(),
            };
            (fonds, contours)
        };
        progres.etape("Mise en page");
        let genres: Vec<_> = sorties.iter().map(|(genre, _)| *genre).collect();
        let en_images = self.cartes.is_some();
        let (fichiers, images) = travaux::bloquer(move || {
            let cartes = fonds.dessiner(&rapport)?;
            let requetes = requetes_du_jour();
            let matiere = Matiere {
                rapport: &rapport,
                requetes: &requetes,
                ecarts: &[],
                etat: format!("Édité le {}.", date(rapport.consigne.edition)),
            };
            let ecrire = |genre| match genre {
                Sortie::Document => document::composer(&rapport, &textes, &cartes),
                Sortie::Classeur => annexes::classeur(&matiere),
                Sortie::GeoPackage => annexes::geopaquet(&matiere, &contours),
            };
            let fichiers = genres.into_iter().map(ecrire).collect::<Result<Vec<_>>>()?;
            let mut images = Vec::new();
            for carte in rapport.toutes_les_cartes().filter(|_| en_images) {
                let cle = &carte.cle;
                let Some(dessin) = cartes.get(cle) else { continue };
                let svg = affiche(&rapport, carte, dessin);
                images.push((format!("{cle}.png"), png(&svg, LARGEUR)?));
                images.push((format!("{cle}.svg"), svg.into_bytes()));
            }
            Ok((fichiers, images))
        })
        .await?;
        for ((_, chemin), octets) in sorties.iter().zip(&fichiers) {
            ecrire(chemin, octets)?;
        }
        if let Some(dossier) = &self.cartes {
            std::fs::create_dir_all(dossier).pour_fichier(ACTION, dossier)?;
            for (nom, octets) in &images {
                ecrire(&dossier.join(nom), octets)?;
            }
        }
        progres.fin();
        for ((_, chemin), octets) in sorties.iter().zip(&fichiers) {
            dire!("{} écrit : {} Kio.", chemin.display(), octets.len().div_ceil(1024));
        }
        if let Some(dossier) = &self.cartes {
            dire!(
                "{} cartes écrites dans {}, en SVG et en PNG.",
                images.len() / 2,
                dossier.display()
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sortie {
    Document,
    Classeur,
    GeoPackage,
}

/// Beside its place first: a file that is there is the old one or the new one, never a part.
fn ecrire(sortie: &Path, octets: &[u8]) -> Result<()> {
    let dossier = sortie.parent().filter(|dossier| !dossier.as_os_str().is_empty());
    let dossier = dossier.unwrap_or_else(|| Path::new("."));
    let fichier = tempfile::NamedTempFile::new_in(dossier).pour_fichier(ACTION, dossier)?;
    std::fs::write(fichier.path(), octets).pour_fichier(ACTION, sortie)?;
    // Temporary files are for their owner alone; a report is read by others.
    let lisible = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(fichier.path(), lisible).pour_fichier(ACTION, sortie)?;
    fichier.persist(sortie).map_err(|erreur| erreur.error).pour_fichier(ACTION, sortie)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::{Commande as Toute, Ligne};
    use super::*;

    fn lire(mots: &str) -> std::result::Result<Consigne, String> {
        let ligne = Ligne::try_parse_from(format!("maillage rapport {mots}").split(' '))
            .map_err(|erreur| erreur.to_string())?;
        let Toute::Rapport(commande) = ligne.commande else { panic!("another command") };
        commande.consigne().map_err(|erreur| erreur.to_string())
    }

    #[test]
    fn a_report_is_of_a_year_or_of_days() {
        let annee = lire("--reseau drome --annee 2018 --sortie a.pdf").unwrap();
        assert_eq!(Some(annee.periode), Periode::annee(2018));
        let jours = "--reseau drome --du 2018-01-01 --au 2018-03-31 --regroupement secteur-1 --sortie a.pdf";
        let jours = lire(jours).unwrap();
        assert_eq!(jours.periode.annee, None);
        assert_eq!(jours.sujet, Sujet::Regroupement("secteur-1".into()));
        assert!(lire("--reseau drome --sortie a.pdf").is_err());
        assert!(
            lire("--reseau drome --annee 2018 --du 2018-01-01 --au 2018-02-01 --sortie a").is_err()
        );
        let envers = lire("--reseau drome --du 2018-03-01 --au 2018-02-01 --sortie a.pdf");
        assert!(envers.unwrap_err().contains("finit avant de commencer"));
    }

    #[test]
    fn a_report_has_one_subject() {
        let deux =
            lire("--reseau drome --annee 2018 --epci 200040459 --partenaire caue --sortie a.pdf");
        assert!(deux.is_err());
    }
}
