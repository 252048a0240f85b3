//! `maillage zone`: what is proposed, what is decided; and the options of `maillage import zones`.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use sqlx::{Connection, PgConnection};

use crate::base::Base;
use crate::error::{Contexte, Result};
use crate::partenaires::zones::registre::{self, Question, Resume, Zone};
use crate::partenaires::zones::{Decision, Defauts, Etat, Lecture, Reference, etats, import};

/// Options of `maillage import zones`.
#[derive(Debug, Args)]
pub struct Fichier {
    /// Liste (CSV, XLSX, ODS) ou surfaces (GeoPackage, Shapefile, GeoJSON, FlatGeobuf, KML, MapInfo ; fichier,
    /// dossier ou archive).
    #[arg(value_name = "FICHIER")]
    pub fichier: PathBuf,
    /// Réseau auquel les zones appartiennent.
    #[arg(long, value_name = "CODE")]
    reseau: String,
    /// Partenaire, là où le fichier ne le dit pas.
    #[arg(long, value_name = "CODE")]
    partenaire: Option<String>,
    /// Thème, là où le fichier ne le dit pas ; sans lui, la zone vaut pour tous ceux du partenaire.
    #[arg(long, value_name = "CODE")]
    theme: Option<String>,
    /// Code de la zone : tout le fichier en est une seule [défaut : celui du fichier, ou PARTENAIRE-THÈME].
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// Nom de la zone, à la place de celui du fichier.
    #[arg(long, value_name = "TEXTE")]
    nom: Option<String>,
    /// Premier jour, là où le fichier ne le dit pas : 2026-01-01.
    #[arg(long, value_name = "DATE")]
    debut: Option<NaiveDate>,
    /// Dernier jour, là où le fichier ne le dit pas.
    #[arg(long, value_name = "DATE")]
    fin: Option<NaiveDate>,
    /// Valide aussitôt ce qui est proposé.
    #[arg(long)]
    valider: bool,
    /// Ce que contiennent des colonnes : NOM=champ, séparées par des virgules.
    #[arg(long, value_name = "NOM=CHAMP", value_delimiter = ',', value_parser = super::import::correspondance)]
    colonnes: Vec<(String, String)>,
    /// Feuille d'un classeur, ou couche d'un fichier qui en a plusieurs.
    #[arg(long, value_name = "NOM")]
    couche: Option<String>,
    /// Système de coordonnées, si le fichier ne le dit pas ou se trompe : EPSG:2154.
    #[arg(long, value_name = "EPSG:CODE")]
    systeme: Option<String>,
    /// Rapport des lignes refusées [défaut : rejets-zones.csv, s'il y en a].
    #[arg(long, value_name = "FICHIER")]
    pub rejets: Option<PathBuf>,
}

impl Fichier {
    /// The same as the import takes it.
    pub fn options(self) -> import::Options {
        let lecture = Lecture {
            colonnes: self.colonnes,
            couche: self.couche,
            systeme: self.systeme,
            ..Lecture::default()
        };
        let defauts = Defauts {
            code: self.code,
            nom: self.nom,
            partenaire: self.partenaire,
            theme: self.theme,
            debut: self.debut,
            fin: self.fin,
            ..Defauts::default()
        };
        import::Options { reseau: self.reseau, defauts, valider: self.valider, lecture }
    }
}

#[derive(Debug, Subcommand)]
pub enum Commande {
    /// Les zones, chaque version à part.
    Lister {
        /// Celles d'un réseau.
        #[arg(long, value_name = "CODE")]
        reseau: Option<String>,
        /// Celles d'un partenaire.
        #[arg(long, value_name = "CODE")]
        partenaire: Option<String>,
        /// Celles qui sont proposee, validee, refusee ou expiree.
        #[arg(long)]
        etat: Option<Etat>,
        /// Celles qui citent un territoire que le dernier millésime n'a pas.
        #[arg(long)]
        non_reportees: bool,
    },
    /// Une zone : ses dates, ses versions, ses communes.
    Montrer {
        /// RÉSEAU/CODE, ou RÉSEAU/CODE@VERSION.
        zone: Reference,
    },
    /// Met en vigueur une zone proposée.
    Valider {
        /// RÉSEAU/CODE, ou RÉSEAU/CODE@VERSION.
        zone: Reference,
    },
    /// Refuse une zone proposée.
    Refuser {
        /// RÉSEAU/CODE, ou RÉSEAU/CODE@VERSION.
        zone: Reference,
        /// Ce que le partenaire doit changer.
        #[arg(long, value_name = "TEXTE")]
        motif: String,
    },
    /// Donne à une zone validée son dernier jour.
    Retirer {
        /// RÉSEAU/CODE, ou RÉSEAU/CODE@VERSION.
        zone: Reference,
        /// Dernier jour, compris [défaut : aujourd'hui].
        #[arg(long, value_name = "DATE")]
        le: Option<NaiveDate>,
    },
}

impl Commande {
    /// Runs the command on an open database.
    pub async fn executer(self, base: &Base) -> Result<ExitCode> {
        let mut connexion = base.connexion().await?;
        match self {
            Self::Lister { reseau, partenaire, etat, non_reportees } => {
                let question = Question { reseau, partenaire, theme: None, etat, non_reportees };
                registre::exiger(&mut connexion, &question).await?;
                dire_liste(&registre::lister(&mut connexion, &question).await?);
            }
            Self::Montrer { zone } => dire_zone(&registre::lire(&mut connexion, &zone).await?),
            Self::Valider { zone } => {
                decider(&mut connexion, async |c| etats::valider(c, &zone).await).await?;
            }
            Self::Refuser { zone, motif } => {
                decider(&mut connexion, async |c| etats::refuser(c, &zone, &motif).await).await?;
            }
            Self::Retirer { zone, le } => {
                let le = le.unwrap_or_else(etats::aujourd_hui);
                decider(&mut connexion, async |c| etats::retirer(c, &zone, le).await).await?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Takes a decision in a transaction, and says what it changed.
async fn decider(
    connexion: &mut PgConnection,
    decision: impl AsyncFnOnce(&mut PgConnection) -> Result<Decision>,
) -> Result<()> {
    let action = "décision sur une zone";
    let mut transaction = connexion.begin().await.pour(action)?;
    let Decision { phrases, .. } = decision(&mut transaction).await?;
    transaction.commit().await.pour(action)?;
    for phrase in phrases {
        dire!("{phrase}");
    }
    Ok(())
}

fn dire_liste(zones: &[Resume]) {
    if zones.is_empty() {
        dire!("Aucune zone ne répond à cette question.");
    }
    for Resume { identite: zone, communes, non_reportees, .. } in zones {
        let theme = zone.theme.as_deref().unwrap_or("tous ses thèmes");
        dire!(
            "{}/{}@{} : {}, {} ({theme}), {}, communes couvertes : {}{}",
            zone.reseau,
            zone.code,
            zone.version,
            zone.etat,
            zone.partenaire_nom,
            dates(zone.debut, zone.fin),
            communes,
            match non_reportees {
                0 => String::new(),
                n => format!(", territoires absents du dernier millésime : {n}"),
            }
        );
    }
}

fn dire_zone(zone: &Zone) {
    let qui = &zone.identite;
    dire!("{}/{}, version {}, {}", qui.reseau, qui.code, qui.version, qui.etat);
    if let Some(nom) = &qui.nom {
        dire!("  Nom : {nom}");
    }
    dire!("  Partenaire : {} ({})", qui.partenaire_nom, qui.partenaire);
    dire!("  Thème : {}", zone.theme_libelle.as_deref().unwrap_or("tous ceux du partenaire"));
    dire!("  En vigueur {}", dates(qui.debut, qui.fin));
    dire!("  Proposée le {}", etats::jour(zone.proposee_le.date_naive()));
    if let Some(le) = &zone.decidee_le {
        dire!("  Décidée le {}", etats::jour(le.date_naive()));
    }
    if let Some(motif) = &zone.motif {
        dire!("  Motif : {motif}");
    }
    if let Some(reparation) = &zone.reparation {
        dire!("  Surface réparée : {reparation}");
    }
    if let Some(mention) = &zone.mention {
        dire!("  {mention}");
    }
    dire_communes(zone);
    if !zone.non_reportees.is_empty() {
        dire!("Territoires cités et absents d'un millésime, à remplacer :");
    }
    for absente in &zone.non_reportees.0 {
        dire!("  {}:{} n'existe pas en {}", absente.maille, absente.code, absente.millesime);
    }
    dire!("Versions :");
    for version in &zone.versions.0 {
        let motif = version.motif.as_ref().map(|motif| format!(" ({motif})")).unwrap_or_default();
        dire!(
            "  {} : {}, {}{motif}",
            version.version,
            version.etat,
            dates(version.debut, version.fin)
        );
    }
}

fn dire_communes(zone: &Zone) {
    let (dedans, dehors): (Vec<_>, Vec<_>) =
        zone.communes.iter().partition(|commune| commune.dans_perimetre);
    let (couvertes, touchees): (Vec<_>, Vec<_>) =
        dedans.into_iter().partition(|commune| commune.couverte);
    let exclues: Vec<_> = zone
        .unites
        .iter()
        .filter(|unite| unite.exclue)
        .map(|unite| format!("{}:{}", unite.maille, unite.code))
        .collect();
    if !exclues.is_empty() {
        dire!("  Exclut : {}", exclues.join(", "));
    }
    let seuil = zone.seuil_couverture * 100.0;
    dire!("Communes couvertes, au millésime {} : {}", zone.millesime, couvertes.len());
    let nom = |commune: &registre::Commune| {
        format!("{} {}", commune.code, commune.nom.as_deref().unwrap_or_default())
    };
    for commune in couvertes {
        match commune.part {
            part if part < 1.0 => dire!("  {} ({:.0} %)", nom(commune), part * 100.0),
            _ => dire!("  {}", nom(commune)),
        }
    }
    if !touchees.is_empty() {
        dire!("Communes touchées à moins de {seuil:.0} %, donc non couvertes : {}", touchees.len());
    }
    for commune in touchees {
        dire!("  {} ({:.1} %)", nom(commune), commune.part * 100.0);
    }
    let dehors = dehors.iter().filter(|commune| commune.couverte).count();
    if dehors > 0 {
        dire!("Communes couvertes hors du périmètre du réseau, qui ne comptent pas : {dehors}");
    }
}

fn dates(debut: NaiveDate, fin: Option<NaiveDate>) -> String {
    match fin {
        None => format!("depuis le {}", etats::jour(debut)),
        Some(fin) => format!("du {} au {}", etats::jour(debut), etats::jour(fin)),
    }
}
