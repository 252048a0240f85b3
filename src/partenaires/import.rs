//! `maillage import reseau`, but for the demandes: from a folder to the rows of one réseau.
//!
//! One transaction replaces the réseau's rows. A [`Chargement`] is that transaction under way:
//! `demandes` adds its own rows before it is published, and dropped it leaves nothing.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sqlx::types::Json;
use sqlx::{Connection, Executor, PgConnection, Postgres, Transaction};

use super::contenu::Contenu;
use super::dossier::{Dossier, Table};
use super::nomenclature::Nomenclature;
use super::resolution::{attendre_son_tour, resoudre};
use super::zones::import::exclusions_vaines;
use crate::error::{Contexte, Error, Result};
use crate::rejet::{Rejet, rapporter};

const ACTION: &str = "chargement du réseau";

/// A réseau being loaded.
pub struct Chargement<'c> {
    transaction: Transaction<'c, Postgres>,
    pub contenu: Contenu,
    pub nomenclature: Nomenclature,
    /// The table of demandes, not judged yet.
    pub demandes: Table,
}

/// What was loaded, for the person at the terminal.
#[derive(Debug)]
pub struct Bilan {
    pub reseau: String,
    nom: String,
    partenaires: usize,
    themes: usize,
    perimetre: usize,
    zones: usize,
    demandes: usize,
    pub remarques: Vec<String>,
    pub rejets: Vec<Rejet>,
}

impl<'c> Chargement<'c> {
    /// Reads and judges the folder, and writes what it says of the réseau and its partners.
    pub async fn commencer(connexion: &'c mut PgConnection, dossier: PathBuf) -> Result<Self> {
        let mut transaction = connexion.begin().await.pour(ACTION)?;
        attendre_son_tour(&mut transaction).await?;
        let nomenclature = Nomenclature::charger(&mut transaction).await?;
        // GDAL and PROJ block.
        let lecture = tokio::task::spawn_blocking(move || {
            let dossier = Dossier::lire(&dossier)?;
            let contenu = Contenu::juger(&dossier, &nomenclature)?;
            Ok::<_, Error>((contenu, nomenclature, dossier.demandes))
        });
        let (contenu, nomenclature, demandes) = lecture.await.map_err(|erreur| {
            Error::Donnees(format!("La lecture du dossier s'est arrêtée : {erreur}"))
        })??;
        let mut chargement = Self { transaction, contenu, nomenclature, demandes };
        chargement.remplacer().await?;
        Ok(chargement)
    }

    /// The code of the réseau.
    pub fn reseau(&self) -> &str {
        &self.contenu.declaration.code
    }

    async fn remplacer(&mut self) -> Result<()> {
        self.transaction.execute("set local client_min_messages = error").await.pour(ACTION)?;
        sqlx::query("delete from reseau where code = $1")
            .bind(&self.contenu.declaration.code)
            .execute(&mut *self.transaction)
            .await
            .pour(ACTION)?;
        let orphelins = "delete from organisme o \
                         where not exists (select from partenaire p where p.organisme = o.code)";
        self.transaction.execute(orphelins).await.pour(ACTION)?;
        self.ecrire_reseau().await?;

        let Self { transaction, contenu, .. } = self;
        let reseau = &contenu.declaration.code;
        let partages: Vec<String> =
            sqlx::query_scalar(include_str!("sql/lire_organismes_partages.sql"))
                .bind(reseau)
                .bind(Json(&contenu.partenaires))
                .fetch_all(&mut **transaction)
                .await
                .pour(ACTION)?;
        contenu.remarques.extend(partages);
        ecrire(
            transaction,
            include_str!("sql/ecrire_organismes.sql"),
            reseau,
            &contenu.partenaires,
        )
        .await?;
        ecrire(
            transaction,
            include_str!("sql/ecrire_partenaires.sql"),
            reseau,
            &contenu.partenaires,
        )
        .await?;
        ecrire(transaction, include_str!("sql/ecrire_themes.sql"), reseau, &contenu.themes).await?;
        ecrire(
            transaction,
            include_str!("sql/ecrire_partenaires_themes.sql"),
            reseau,
            &contenu.partenaires_themes,
        )
        .await?;
        ecrire(
            transaction,
            include_str!("sql/ecrire_declarations.sql"),
            reseau,
            &contenu.declarations,
        )
        .await?;
        ecrire(transaction, include_str!("sql/ecrire_perimetre.sql"), reseau, &contenu.perimetre)
            .await?;
        ecrire(
            transaction,
            include_str!("sql/ecrire_beneficiaires.sql"),
            reseau,
            &contenu.beneficiaires,
        )
        .await?;
        ecrire(transaction, include_str!("sql/ecrire_zones.sql"), reseau, &contenu.zones).await?;
        ecrire(
            transaction,
            include_str!("sql/ecrire_unites_de_zones.sql"),
            reseau,
            &contenu.unites_de_zones,
        )
        .await
    }

    async fn ecrire_reseau(&mut self) -> Result<()> {
        let declaration = &self.contenu.declaration;
        let (source, site) = declaration.source();
        let guichet = declaration.guichet.as_ref();
        sqlx::query(include_str!("sql/ecrire_reseau.sql"))
            .bind(&declaration.code)
            .bind(&declaration.nom)
            .bind(declaration.nom_court())
            .bind(&declaration.departement)
            .bind(declaration.annee)
            .bind(declaration.millesime)
            .bind(declaration.demonstration)
            .bind(&declaration.mention)
            .bind(&declaration.couleur)
            .bind(source)
            .bind(site)
            .bind(guichet.map(|guichet| &guichet.nom))
            .bind(guichet.and_then(|guichet| guichet.site.as_ref()))
            .bind(declaration.public)
            .execute(&mut *self.transaction)
            .await
            .map(|_| ())
            .pour(ACTION)
    }

    /// Writes rows of the réseau: `ordre` takes its code and the rows as JSON.
    pub async fn ecrire<T: Serialize + Sync>(
        &mut self,
        ordre: &'static str,
        lignes: &[T],
    ) -> Result<()> {
        ecrire(&mut self.transaction, ordre, &self.contenu.declaration.code, lignes).await
    }

    /// Resolves the zones, tells the running services, and commits.
    pub async fn publier(mut self, demandes: usize) -> Result<Bilan> {
        resoudre(&mut self.transaction, Some(&self.contenu.declaration.code)).await?;
        let vides: Vec<String> = sqlx::query_scalar(include_str!("sql/lire_zones_vides.sql"))
            .bind(&self.contenu.declaration.code)
            .fetch_all(&mut *self.transaction)
            .await
            .pour(ACTION)?;
        let vaines =
            exclusions_vaines(&mut self.transaction, &self.contenu.declaration.code, None).await?;
        self.transaction.execute("select annoncer_changement()").await.pour(ACTION)?;
        self.transaction.commit().await.pour(ACTION)?;

        let contenu = self.contenu;
        let mut remarques = contenu.remarques;
        remarques.extend(vaines);
        remarques.extend(vides.into_iter().map(|zone| {
            format!("La zone « {zone} » ne couvre aucune commune du périmètre : vérifiez-la.")
        }));
        Ok(Bilan {
            reseau: contenu.declaration.code,
            nom: contenu.declaration.nom,
            partenaires: contenu.partenaires.len(),
            themes: contenu.themes.len(),
            perimetre: contenu.perimetre.len(),
            zones: contenu.zones.len(),
            demandes,
            remarques,
            rejets: contenu.rejets,
        })
    }
}

async fn ecrire<T: Serialize + Sync>(
    transaction: &mut Transaction<'_, Postgres>,
    ordre: &'static str,
    reseau: &str,
    lignes: &[T],
) -> Result<()> {
    sqlx::query(ordre)
        .bind(reseau)
        .bind(Json(lignes))
        .execute(&mut **transaction)
        .await
        .map(|_| ())
        .pour(ACTION)
}

impl Bilan {
    /// Writes the rows set aside where the user can find them, if there are any. Returns where.
    pub fn rapporter(&self, rapport: Option<&Path>) -> Result<Option<PathBuf>> {
        rapporter(&self.rejets, &self.reseau, rapport)
    }
}

impl fmt::Display for Bilan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} ({}) : {} partenaires, {} thèmes, {} territoires du périmètre, {} zones, {} demandes.",
            self.nom,
            self.reseau,
            self.partenaires,
            self.themes,
            self.perimetre,
            self.zones,
            self.demandes
        )?;
        dire(f, &self.remarques)?;
        if !self.rejets.is_empty() {
            writeln!(f, "Lignes refusées : {}.", self.rejets.len())?;
        }
        dire(f, &self.rejets)
    }
}

/// The first of the lines; a file that is wrong throughout must not fill the terminal.
pub fn dire(f: &mut fmt::Formatter<'_>, lignes: &[impl fmt::Display]) -> fmt::Result {
    const DITES: usize = 100;
    for ligne in lignes.iter().take(DITES) {
        writeln!(f, "  {ligne}")?;
    }
    match lignes.len().checked_sub(DITES) {
        Some(autres @ 1..) => writeln!(f, "  … et {autres} autres."),
        _ => Ok(()),
    }
}
