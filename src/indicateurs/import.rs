//! `maillage import indicateurs`: from the tables of Insee, of the OFGL or of a user to values.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use sqlx::{Connection, Executor, PgConnection};

use super::catalogue;
use super::codes::Codes;
use super::conversion::{Connue, Etat};
use super::declaration::Declaration;
use super::libelles::Libelles;
use super::observations::{Cle, Consignes, Trouvees, est_entete, trouver};
use crate::base::{Base, CopieBinaire};
use crate::error::{Contexte, Error, Result};
use crate::progres::Progres;
use crate::rejet::Rejet;
use crate::tableau::{Entete, Tableau};
use crate::territoires::{Maille, Millesime};

const ACTION: &str = "enregistrement des valeurs d'indicateurs";

/// What the user says of the files; the rest is found.
#[derive(Debug, Default)]
pub struct Options {
    pub millesime: Option<Millesime>,
    pub periode: Option<String>,
    pub maille: Option<Maille>,
    pub feuille: Option<String>,
    pub code: Option<String>,
    pub colonnes: Vec<(String, String)>,
}

/// What was loaded from a file, for the person at the terminal.
#[derive(Debug)]
pub struct Bilan {
    nom: String,
    millesime: i16,
    series: Vec<(Cle, usize)>,
    pub rejets: Vec<Rejet>,
    remarques: Vec<String>,
}

/// Loads a file in the place of what was loaded before for the same indicators, periods and mailles;
/// all or nothing, but for the rows set aside.
pub async fn indicateurs(
    base: &Base,
    fichier: PathBuf,
    options: Options,
    progres: &Progres,
) -> Result<Bilan> {
    progres.etape("Lecture du tableau");
    let mut connexion = base.connexion().await?;
    let catalogue = catalogue::toutes(&mut connexion).await?;
    let lu = tokio::task::spawn_blocking(move || lire(&fichier, options, &catalogue));
    let (tableau, mut trouvees, options) = lu
        .await
        .map_err(|erreur| Error::Donnees(format!("La lecture s'est arrêtée : {erreur}")))??;

    progres.etape("Vérification des codes");
    let codes = Codes::charger(&mut connexion).await?;
    let millesime = codes.millesime(&tableau, &mut trouvees, options.millesime)?;
    let valeurs = codes.juger(&tableau, &mut trouvees, millesime);

    progres.etape("Enregistrement des valeurs");
    let mut transaction = connexion.begin().await.pour(ACTION)?;
    // Two imports of the same figures take turns.
    transaction.execute(super::VERROU).await.pour(ACTION)?;
    let mut series = Vec::new();
    let remarques = &mut trouvees.remarques;
    let mut copie = CopieBinaire::default();
    for (cle, valeurs) in trouvees.series.iter().zip(&valeurs) {
        if valeurs.is_empty() {
            continue;
        }
        remarques.extend(remplacees(&mut transaction, cle, millesime, valeurs.len()).await?);
        let jeu = ouvrir(&mut transaction, cle, millesime).await?;
        let mut negatives = valeurs.values().filter(|(connue, _)| connue.valeur < 0.0);
        if let Some((_, ligne)) = negatives.next() {
            remarques.push(format!(
                "{cle} : valeurs négatives, gardées telles quelles : {} (l'une à la ligne {ligne}).",
                negatives.count() + 1
            ));
        }
        for (code, (connue, _)) in valeurs {
            ligne(&mut copie, jeu, code, *connue);
        }
        series.push((cle.clone(), valeurs.len()));
    }
    copie
        .envoyer(
            &mut transaction,
            "copy valeur (jeu, code, valeur, etat) from stdin (format binary)".into(),
        )
        .await?;
    transaction.execute("analyze jeu, valeur").await.pour(ACTION)?;
    sqlx::query("select annoncer_changement()").execute(&mut *transaction).await.pour(ACTION)?;
    transaction.commit().await.pour(ACTION)?;
    Ok(Bilan {
        nom: tableau.nom,
        millesime,
        series,
        rejets: trouvees.rejets,
        remarques: trouvees.remarques,
    })
}

fn lire(
    fichier: &Path,
    options: Options,
    catalogue: &[Declaration],
) -> Result<(Tableau, Trouvees, Options)> {
    for (_, indicateur) in &options.colonnes {
        if !catalogue.iter().any(|declaration| declaration.code == *indicateur) {
            return Err(Error::Donnees(format!(
                "« {indicateur} » n'est pas un indicateur du catalogue. La liste est à /api/indicateurs ; \
                 déclarez le vôtre : maillage import catalogue --help."
            )));
        }
    }
    let code = options.code.as_deref();
    let entete = Entete {
        convient: &|cellules| est_entete(cellules, code),
        absente: "n'a pas de colonne de codes de communes (CODGEO, GEO, COM, code_insee…)",
        conseil: "Indiquez-la avec --code COLONNE.",
    };
    let tableau = Tableau::lire(fichier, options.feuille.as_deref(), entete)?;
    let consignes = Consignes {
        code,
        periode: options.periode.as_deref(),
        maille: options.maille,
        colonnes: &options.colonnes,
    };
    let trouvees = trouver(&tableau, catalogue, &Libelles::lire(fichier), &consignes)?;
    if trouvees.observations.is_empty() && trouvees.rejets.is_empty() {
        return Err(Error::Donnees(format!(
            "{} : rien à charger.\n{}",
            tableau.nom,
            trouvees.remarques.join("\n")
        )));
    }
    Ok((tableau, trouvees, options))
}

/// Said when a series takes the place of one that has more units: those that it replaces, or those of
/// another millésime, twice as many, that questions in its own would have been answered with.
async fn remplacees(
    connexion: &mut PgConnection,
    cle: &Cle,
    millesime: i16,
    nombre: usize,
) -> Result<Option<String>> {
    let jeux: Vec<(i16, i64)> = sqlx::query_as(include_str!("sql/compter_jeux.sql"))
        .bind(&cle.indicateur)
        .bind(&cle.periode)
        .bind(cle.maille)
        .bind(millesime)
        .fetch_all(connexion)
        .await
        .pour(ACTION)?;
    let plus = |avant: i64, fois: usize| usize::try_from(avant).is_ok_and(|a| a > nombre * fois);
    Ok(jeux.into_iter().find_map(|(de, avant)| match de == millesime {
        true => plus(avant, 1)
            .then(|| format!("{cle} : {nombre} valeurs remplacent les {avant} d'avant.")),
        false => plus(avant, 2).then(|| {
            format!(
                "{cle} : ces {nombre} valeurs seront montrées à la place des {avant} du millésime {de}, \
                 dont les codes sont moins proches."
            )
        }),
    }))
}

/// Erases what was loaded for a series, and opens a place for its values.
async fn ouvrir(connexion: &mut PgConnection, cle: &Cle, millesime: i16) -> Result<i32> {
    sqlx::query(include_str!("sql/effacer_jeu.sql"))
        .bind(&cle.indicateur)
        .bind(&cle.periode)
        .bind(cle.maille)
        .bind(millesime)
        .execute(&mut *connexion)
        .await
        .pour(ACTION)?;
    sqlx::query_scalar(
        "insert into jeu (indicateur, periode, maille, millesime) values ($1, $2, $3, $4) returning id",
    )
    .bind(&cle.indicateur)
    .bind(&cle.periode)
    .bind(cle.maille)
    .bind(millesime)
    .fetch_one(connexion)
    .await
    .pour(ACTION)
}

fn ligne(copie: &mut CopieBinaire, jeu: i32, code: &str, connue: Connue) {
    let valeur = (connue.etat == Etat::Valeur).then(|| connue.valeur.to_be_bytes());
    copie.ligne(4);
    copie.champ(&jeu.to_be_bytes());
    copie.champ(code.as_bytes());
    copie.champ_ou_nul(valeur.as_ref().map(<[u8; 8]>::as_slice));
    copie.champ(connue.etat.as_str().as_bytes());
}

impl fmt::Display for Bilan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, millésime {} :", self.nom, self.millesime)?;
        for (cle, nombre) in &self.series {
            writeln!(f, "  {cle} : {nombre} valeurs")?;
        }
        if self.series.is_empty() {
            writeln!(f, "  Aucune valeur chargée.")?;
        }
        for remarque in &self.remarques {
            writeln!(f, "  {remarque}")?;
        }
        if !self.rejets.is_empty() {
            let lignes: BTreeSet<u64> = self.rejets.iter().map(|rejet| rejet.numero).collect();
            writeln!(f, "Lignes à corriger : {}.", lignes.len())?;
        }
        for rejet in self.rejets.iter().take(REJETS_DITS) {
            writeln!(f, "  {rejet}")?;
        }
        if self.rejets.len() > REJETS_DITS {
            writeln!(f, "  … et {} autres.", self.rejets.len() - REJETS_DITS)?;
        }
        Ok(())
    }
}

/// How many refused rows are said on the terminal; all are in the report.
const REJETS_DITS: usize = 50;
