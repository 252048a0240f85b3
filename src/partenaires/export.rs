//! `maillage export reseau`, but for the demandes: from the rows of one réseau to its folder.
//!
//! The folder is the one that `import reseau` reads, and reading it gives the same rows: what a réseau says of
//! itself leaves with it. Equal rows give equal bytes. A table is a statement of `sql/export/`, whose columns are
//! those of the file. An [`Export`] is the folder under way, as the database was at one moment: `demandes` adds
//! its own file before it is written.

use std::borrow::Cow;
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sqlx::types::Json;
use sqlx::{
    Column, Connection, Executor, PgConnection, Postgres, Row, SqlSafeStr, Statement, Transaction,
};

use super::declaration::Declaration;
use super::zones::import::inconnu;
use crate::error::{Contexte, ContexteFichier, Error, Result};
use crate::rejet::inerte;

const ACTION: &str = "export du réseau";

/// What is written when a table has no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vide {
    /// Its heading: the folder must have the file.
    Entete,
    /// Nothing.
    Rien,
}

use Vide::{Entete, Rien};

/// Files and the statements that read them, in the order in which they are said.
const TABLES: [(&str, &str, Vide); 12] = [
    ("partenaires.csv", include_str!("sql/export/partenaires.sql"), Entete),
    ("themes.csv", include_str!("sql/export/themes.sql"), Entete),
    ("partenaires_themes.csv", include_str!("sql/export/partenaires_themes.sql"), Entete),
    ("declarations.csv", include_str!("sql/export/declarations.sql"), Rien),
    ("fiches.csv", include_str!("sql/export/fiches.sql"), Rien),
    ("fiches_partenaires.csv", include_str!("sql/export/fiches_partenaires.sql"), Rien),
    ("synonymes.csv", include_str!("sql/export/synonymes.sql"), Rien),
    ("regroupements.csv", include_str!("sql/export/regroupements.sql"), Rien),
    ("regroupements_communes.csv", include_str!("sql/export/regroupements_communes.sql"), Rien),
    ("perimetre.csv", include_str!("sql/export/perimetre.sql"), Entete),
    ("beneficiaires.csv", include_str!("sql/export/beneficiaires.sql"), Entete),
    ("zones.csv", include_str!("sql/export/zones.sql"), Entete),
];

/// Written by `demandes`.
pub const DEMANDES: &str = "demandes.csv";
const DECLARATION: &str = "reseau.toml";
/// The subfolder of drawn zones, and its file.
const ZONES: &str = "zones";
const DESSINS: &str = "zones/zones.geojson";
/// The subfolder of the texts of the report, which are files of their own.
pub const RAPPORT: &str = "rapport";

/// A folder under way.
pub struct Export<'c> {
    transaction: Transaction<'c, Postgres>,
    reseau: String,
    fichiers: Vec<Fichier>,
    pub remarques: Vec<String>,
}

#[derive(Debug)]
struct Fichier {
    nom: Cow<'static, str>,
    texte: Vec<u8>,
    lignes: usize,
}

/// What was written, for the person at the terminal.
#[derive(Debug)]
pub struct Bilan {
    reseau: String,
    dossier: PathBuf,
    /// Files, and how many rows or features each has.
    pub fichiers: Vec<(Cow<'static, str>, usize)>,
    /// What the folder does not hold.
    pub remarques: Vec<String>,
}

impl<'c> Export<'c> {
    /// Reads all that the folder says but the demandes.
    ///
    /// # Errors
    /// [`Error::Introuvable`] when there is no such réseau.
    pub async fn commencer(connexion: &'c mut PgConnection, reseau: &str) -> Result<Self> {
        let mut transaction = connexion.begin().await.pour(ACTION)?;
        transaction
            .execute("set transaction isolation level repeatable read, read only")
            .await
            .pour(ACTION)?;
        let mut export = Self {
            transaction,
            reseau: reseau.to_owned(),
            fichiers: Vec::new(),
            remarques: Vec::new(),
        };
        export.declaration().await?;
        for (nom, ordre, vide) in TABLES {
            export.table(nom, ordre, vide).await?;
        }
        export.dessins().await?;
        Ok(export)
    }

    /// Where the rows are read.
    pub fn connexion(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    async fn declaration(&mut self) -> Result<()> {
        let lue: Option<Json<Declaration>> =
            sqlx::query_scalar(include_str!("sql/export/reseau.sql"))
                .bind(&self.reseau)
                .fetch_optional(&mut *self.transaction)
                .await
                .pour(ACTION)?;
        let Some(Json(declaration)) = lue else {
            return Err(inconnu(&mut self.transaction, &self.reseau).await?);
        };
        let texte = toml::to_string(&declaration)
            .map_err(|erreur| Error::Donnees(format!("{DECLARATION} ne s'écrit pas : {erreur}")))?;
        self.fichiers.push(Fichier {
            nom: DECLARATION.into(),
            texte: texte.into_bytes(),
            lignes: 1,
        });
        Ok(())
    }

    /// Adds a table. `ordre` takes the code of the réseau and gives texts, under the headings of the file.
    pub async fn table(
        &mut self,
        nom: &'static str,
        ordre: &'static str,
        vide: Vide,
    ) -> Result<()> {
        let ordre = self.transaction.prepare(ordre.into_sql_str()).await.pour(ACTION)?;
        let lignes = ordre
            .query()
            .bind(&self.reseau)
            .fetch_all(&mut *self.transaction)
            .await
            .pour(ACTION)?;
        if lignes.is_empty() && vide == Rien {
            return Ok(());
        }
        let illisible =
            |erreur: csv::Error| Error::Donnees(format!("{nom} ne s'écrit pas : {erreur}"));
        let mut tableau = csv::Writer::from_writer(Vec::new());
        tableau.write_record(ordre.columns().iter().map(Column::name)).map_err(illisible)?;
        for ligne in &lignes {
            let cellules = (0..ligne.len())
                .map(|rang| ligne.try_get::<Option<&str>, _>(rang).map(Option::unwrap_or_default))
                .collect::<sqlx::Result<Vec<_>>>()
                .pour(ACTION)?;
            tableau.write_record(cellules.into_iter().map(inerte)).map_err(illisible)?;
        }
        let texte = tableau
            .into_inner()
            .map_err(|erreur| Error::Donnees(format!("{nom} ne s'écrit pas : {erreur}")))?;
        self.fichiers.push(Fichier { nom: nom.into(), texte, lignes: lignes.len() });
        Ok(())
    }

    /// Adds a file as it is.
    pub fn fichier(&mut self, nom: String, octets: Vec<u8>) {
        self.fichiers.push(Fichier { nom: nom.into(), texte: octets, lignes: 1 });
    }

    async fn dessins(&mut self) -> Result<()> {
        let objets: Vec<String> =
            sqlx::query_scalar(include_str!("sql/export/zones_dessinees.sql"))
                .bind(&self.reseau)
                .fetch_all(&mut *self.transaction)
                .await
                .pour(ACTION)?;
        if !objets.is_empty() {
            let texte = format!(
                "{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n",
                objets.join(",\n")
            );
            self.fichiers.push(Fichier {
                nom: DESSINS.into(),
                texte: texte.into_bytes(),
                lignes: objets.len(),
            });
        }
        Ok(())
    }

    /// Writes the folder, whole or not at all.
    ///
    /// # Errors
    /// A sentence when something is there that may not be replaced ([`verifier_place`]).
    pub async fn ecrire(self, dossier: PathBuf, remplacer: bool) -> Result<Bilan> {
        let Self { transaction, reseau, fichiers, remarques } = self;
        transaction.rollback().await.pour(ACTION)?;
        let ecriture = tokio::task::spawn_blocking(move || {
            placer(&dossier, &fichiers, remplacer)?;
            let fichiers =
                fichiers.into_iter().map(|fichier| (fichier.nom, fichier.lignes)).collect();
            Ok(Bilan { reseau, dossier, fichiers, remarques })
        });
        ecriture.await.map_err(|erreur| {
            Error::Donnees(format!("L'écriture du dossier s'est arrêtée : {erreur}"))
        })?
    }
}

/// Whether a folder may be written there: nothing, an empty folder, or with `remplacer` that of a réseau.
/// Returns whether something is replaced. Blocks.
///
/// # Errors
/// A sentence that says why not, and what to do.
pub fn verifier_place(dossier: &Path, remplacer: bool) -> Result<bool> {
    let mut entrees = match std::fs::read_dir(dossier) {
        Ok(entrees) => entrees,
        Err(erreur) if erreur.kind() == ErrorKind::NotFound => return Ok(false),
        Err(erreur) if erreur.kind() == ErrorKind::NotADirectory => {
            return Err(Error::Donnees(format!(
                "{} existe, et n'est pas un dossier. Donnez un autre nom.",
                dossier.display()
            )));
        }
        Err(erreur) => return Err(erreur).pour_fichier("lecture d'un dossier", dossier),
    };
    match (entrees.next().is_some(), remplacer) {
        (false, _) => Ok(true),
        (true, false) => Err(Error::Donnees(format!(
            "Le dossier {} n'est pas vide. Donnez-en un autre, ou ajoutez --remplacer : les fichiers du réseau \
             y seront remplacés, et les autres gardés.",
            dossier.display()
        ))),
        (true, true) if !dossier.join(DECLARATION).is_file() => Err(Error::Donnees(format!(
            "Le dossier {} n'est pas celui d'un réseau : il ne contient pas {DECLARATION}, et n'est pas remplacé. \
             Donnez-en un autre.",
            dossier.display()
        ))),
        (true, true) => Ok(true),
    }
}

/// Writes the files beside, then puts them in place. What the folder had beside the files of a réseau is kept.
fn placer(dossier: &Path, fichiers: &[Fichier], remplacer: bool) -> Result<()> {
    let action = "écriture du dossier";
    let existe = verifier_place(dossier, remplacer)?;
    // A link stays a link: what it leads to is replaced.
    let place = if existe {
        dossier.canonicalize().pour_fichier(action, dossier)?
    } else {
        std::path::absolute(dossier).pour_fichier(action, dossier)?
    };
    let Some(parent) = place.parent() else {
        return Err(Error::Donnees(format!(
            "{} ne peut pas être remplacé : donnez le nom d'un dossier.",
            dossier.display()
        )));
    };
    std::fs::create_dir_all(parent).pour_fichier(action, parent)?;
    let atelier = tempfile::Builder::new()
        .prefix(".maillage-export-")
        .tempdir_in(parent)
        .pour_fichier(action, parent)?;
    let (nouveau, ancien) = (atelier.path().join("nouveau"), atelier.path().join("ancien"));
    std::fs::create_dir(&nouveau).pour_fichier(action, &nouveau)?;
    for fichier in fichiers {
        let chemin = nouveau.join(&*fichier.nom);
        if let Some(sous_dossier) = chemin.parent() {
            std::fs::create_dir_all(sous_dossier).pour_fichier(action, sous_dossier)?;
        }
        std::fs::write(&chemin, &fichier.texte).pour_fichier(action, &chemin)?;
    }
    if !existe {
        return std::fs::rename(&nouveau, &place).pour_fichier(action, &place);
    }
    std::fs::rename(&place, &ancien).pour_fichier(action, &place)?;
    let suite = std::fs::rename(&nouveau, &place)
        .pour_fichier(action, &place)
        .and_then(|()| garder(&ancien, &place, est_du_reseau))
        .and_then(|()| garder(&ancien.join(ZONES), &place.join(ZONES), est_un_dessin));
    if suite.is_err() {
        // Whatever is left of the old folder must not go with the workshop.
        let atelier = atelier.keep();
        let ancien = atelier.join("ancien");
        if place.exists() || std::fs::rename(&ancien, &place).is_err() {
            tracing::warn!("l'ancien dossier est dans {}", ancien.display());
        }
    }
    suite
}

/// Whether an entry of the folder is one that a réseau's folder has.
fn est_du_reseau(chemin: &Path) -> bool {
    let tables = TABLES.iter().map(|(nom, ..)| *nom);
    tables
        .chain([DECLARATION, DEMANDES, ZONES, RAPPORT])
        .any(|nom| chemin.file_name() == Some(nom.as_ref()))
}

/// The same for an entry of its subfolder of drawings.
fn est_un_dessin(chemin: &Path) -> bool {
    chemin.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("geojson"))
}

/// Moves from the old folder to the new one what the export does not write.
fn garder(ancien: &Path, nouveau: &Path, ecrit: fn(&Path) -> bool) -> Result<()> {
    let action = "conservation des autres fichiers du dossier";
    if !ancien.is_dir() {
        return Ok(());
    }
    for entree in std::fs::read_dir(ancien).pour_fichier(action, ancien)? {
        let chemin = entree.pour_fichier(action, ancien)?.path();
        let Some(nom) = chemin.file_name().filter(|_| !ecrit(&chemin)) else { continue };
        std::fs::create_dir_all(nouveau).pour_fichier(action, nouveau)?;
        let place = nouveau.join(nom);
        std::fs::rename(&chemin, &place).pour_fichier(action, &place)?;
    }
    Ok(())
}

impl fmt::Display for Bilan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Réseau {} écrit dans {} :", self.reseau, self.dossier.display())?;
        for (nom, lignes) in &self.fichiers {
            let quoi = match (&**nom, lignes) {
                (nom, _) if nom == DECLARATION || nom.starts_with(RAPPORT) => {
                    write!(f, "\n  {nom}")?;
                    continue;
                }
                (DESSINS, 1) => "zone dessinée",
                (DESSINS, _) => "zones dessinées",
                (_, 0 | 1) => "ligne",
                _ => "lignes",
            };
            write!(f, "\n  {nom} : {lignes} {quoi}")?;
        }
        for remarque in &self.remarques {
            write!(f, "\n{remarque}")?;
        }
        Ok(())
    }
}
