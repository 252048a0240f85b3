//! The texts in the folder of a réseau: `import reseau` loads them with the rest, `export reseau` gives them back.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::registre::lire_avec_origine;
use super::{FICHIERS, Fichiers, LOGOS, Textes, refuser};
use crate::base::Base;
use crate::error::{Contexte, ContexteFichier, Error, Result};
use crate::partenaires::export::{self, RAPPORT};
use crate::partenaires::import::Bilan;
use crate::progres::Progres;
use crate::{demandes, partenaires};

/// Loads the whole folder of a réseau, texts of its report included, in the place of what was loaded before: all or
/// nothing but for the rows set aside.
///
/// # Errors
/// Each mistake of a text, with its file and its line; nothing is changed then.
pub async fn importer(base: &Base, dossier: PathBuf, progres: &Progres) -> Result<Bilan> {
    // A drawing may be slow to judge.
    let lieu = dossier.join(RAPPORT);
    let fichiers = tokio::task::spawn_blocking(move || {
        let fichiers = du_dossier(&lieu)?;
        Textes::juger(&fichiers).map_err(|fautes| refuser(&fautes))?;
        Ok::<_, Error>(fichiers)
    })
    .await
    .map_err(|erreur| {
        Error::Donnees(format!("La lecture des textes du rapport s'est arrêtée : {erreur}"))
    })??;
    let mut connexion = base.connexion().await?;
    let (mut chargement, demandes) =
        demandes::import::preparer(&mut connexion, dossier, progres).await?;
    ecrire(&mut chargement, fichiers).await?;
    chargement.publier(demandes).await
}

/// What a page wrote stays: a folder that says something else is told so.
async fn ecrire(
    chargement: &mut partenaires::import::Chargement<'_>,
    fichiers: Fichiers,
) -> Result<()> {
    let action = "chargement des textes du rapport";
    let reseau = chargement.reseau().to_owned();
    let gardes = lire_avec_origine(chargement.connexion(), &reseau).await?;
    sqlx::query("delete from rapport_texte where reseau = $1 and origine = 'dossier'")
        .bind(&reseau)
        .execute(chargement.connexion())
        .await
        .pour(action)?;
    let de_page = |voulu: &str| {
        gardes.iter().filter(|garde| garde.origine == "page").find(|garde| {
            // One logo, whatever its kind.
            garde.code == voulu || LOGOS.contains(&voulu) && LOGOS.contains(&garde.code.as_str())
        })
    };
    for (code, contenu) in fichiers {
        if let Some(garde) = de_page(&code) {
            if garde.contenu != contenu {
                chargement.contenu.remarques.push(format!(
                    "rapport/{code} a été changé dans l'espace de coordination : ce qui y est écrit reste."
                ));
            }
            continue;
        }
        sqlx::query(
            "insert into rapport_texte (reseau, code, contenu, origine) values ($1, $2, $3, 'dossier')",
        )
        .bind(&reseau)
        .bind(code)
        .bind(contenu)
        .execute(chargement.connexion())
        .await
        .pour(action)?;
    }
    Ok(())
}

/// Writes the whole folder of a réseau, such that importing it gives the same rows.
///
/// # Errors
/// A sentence when there is no such réseau, or when the folder may not be written there.
pub async fn exporter(
    base: &Base,
    code: &str,
    dossier: PathBuf,
    remplacer: bool,
) -> Result<export::Bilan> {
    let mut connexion = base.connexion().await?;
    let mut export = demandes::export::preparer(&mut connexion, code, &dossier, remplacer).await?;
    for lu in lire_avec_origine(export.connexion(), code).await? {
        // Known in advance: each file of the folder has a name of its own.
        if let Some(nom) = FICHIERS.iter().find(|nom| **nom == lu.code) {
            export.fichier(format!("{RAPPORT}/{nom}"), lu.contenu);
        }
    }
    export.ecrire(dossier, remplacer).await
}

/// The files of the folder that are known. Others are refused: a name that is nearly right would say nothing.
fn du_dossier(lieu: &Path) -> Result<Fichiers> {
    let action = "lecture des textes du rapport";
    let entrees = match std::fs::read_dir(lieu) {
        Ok(entrees) => entrees,
        Err(erreur) if erreur.kind() == ErrorKind::NotFound => return Ok(Fichiers::new()),
        Err(erreur) => return Err(erreur).pour_fichier(action, lieu),
    };
    let mut fichiers = Fichiers::new();
    for entree in entrees {
        let chemin = entree.pour_fichier(action, lieu)?.path();
        let nom = chemin.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // What editors and systems leave behind.
        if nom.starts_with('.') || nom.ends_with('~') {
            continue;
        }
        if !FICHIERS.contains(&nom.as_str()) {
            return Err(Error::Donnees(format!(
                "rapport/{nom} n'est pas un fichier du rapport. Ceux qui le sont : {}. Renommez-le ou retirez-le.",
                FICHIERS.join(", ")
            )));
        }
        fichiers.insert(nom, std::fs::read(&chemin).pour_fichier(action, &chemin)?);
    }
    Ok(fichiers)
}
