//! `maillage import reseau`, but for the demandes: from a folder to the rows of one réseau.
//!
//! One transaction replaces the réseau's rows. A [`Chargement`] is that transaction under way:
//! `demandes` adds its own rows before it is published, and dropped it leaves nothing.

mod bilan;
mod gardes;

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Postgres, Transaction};

use super::contenu::{self, Contenu};
use super::dossier::Dossier;
use super::nomenclature::Nomenclature;
use super::resolution::{attendre_son_tour, resoudre};
use super::table::Table;
use super::zones::import::exclusions_vaines;
use crate::base::Base;
use crate::error::{Contexte, Error, Result};
use crate::rejet::Rejet;
pub use bilan::{Bilan, dire};
use gardes::{codes, zones_gardees};

const ACTION: &str = "chargement du réseau";
const ECRIRE_SYNONYMES: &str = include_str!("sql/ecrire_synonymes.sql");

/// A réseau being loaded.
pub struct Chargement<'c> {
    transaction: Transaction<'c, Postgres>,
    pub contenu: Contenu,
    pub nomenclature: Nomenclature,
    /// The table of demandes, not judged yet.
    pub demandes: Table,
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

    /// Where the rows are written.
    pub fn connexion(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    /// Writes what the folder says over what was there. What it no longer lists is taken away by
    /// [`Self::retirer`], once nothing names it any more.
    async fn remplacer(&mut self) -> Result<()> {
        self.transaction.execute("set local client_min_messages = error").await.pour(ACTION)?;
        let gardes = self.gardes().await?;
        self.exiger_retraits(&gardes).await?;
        let perimetre_garde = self.perimetre_garde().await?;
        self.vider(perimetre_garde).await?;
        self.ecrire_reseau().await?;

        let Self { transaction, contenu, .. } = self;
        let reseau = &contenu.declaration.code;
        // In whose journal what is written of bodies is told.
        sqlx::query("select set_config('maillage.reseau_concerne', $1, true)")
            .bind(reseau)
            .execute(&mut **transaction)
            .await
            .pour(ACTION)?;
        let partages: Vec<String> =
            sqlx::query_scalar(include_str!("sql/lire_organismes_partages.sql"))
                .bind(reseau)
                .bind(Json(&contenu.partenaires))
                .fetch_all(&mut **transaction)
                .await
                .pour(ACTION)?;
        contenu.remarques.extend(partages);
        let gardees = zones_gardees(transaction, contenu).await?;
        contenu.ecarter(&gardes);
        let reseau = &contenu.declaration.code;
        let mut tables = Tables { transaction, reseau };
        let (premiers, seconds): (Vec<_>, Vec<_>) =
            contenu.themes.iter().partition(|theme| theme.parent.is_none());
        tables.ecrire(include_str!("sql/ecrire_organismes.sql"), &contenu.partenaires).await?;
        tables.ecrire(include_str!("sql/ecrire_partenaires.sql"), &contenu.partenaires).await?;
        tables.ecrire(include_str!("sql/ecrire_themes.sql"), &premiers).await?;
        tables.ecrire(include_str!("sql/ecrire_themes.sql"), &seconds).await?;
        tables
            .ecrire(include_str!("sql/ecrire_partenaires_themes.sql"), &contenu.partenaires_themes)
            .await?;
        tables.ecrire(include_str!("sql/ecrire_declarations.sql"), &contenu.declarations).await?;
        if !perimetre_garde {
            tables.ecrire(include_str!("sql/ecrire_perimetre.sql"), &contenu.perimetre).await?;
        }
        tables.ecrire(include_str!("sql/ecrire_beneficiaires.sql"), &contenu.beneficiaires).await?;
        tables.ecrire(include_str!("sql/ecrire_fiches.sql"), &contenu.fiches).await?;
        tables.ecrire(include_str!("sql/ecrire_fiches_themes.sql"), &contenu.fiches).await?;
        tables
            .ecrire(include_str!("sql/ecrire_fiches_partenaires.sql"), &contenu.fiches_partenaires)
            .await?;
        tables.ecrire(ECRIRE_SYNONYMES, &contenu.synonymes).await?;
        tables.ecrire(include_str!("sql/ecrire_regroupements.sql"), &contenu.regroupements).await?;
        tables
            .ecrire(
                include_str!("sql/ecrire_communes_des_regroupements.sql"),
                &contenu.communes_des_regroupements,
            )
            .await?;
        let ecrite = |code: &str, version| !gardees.contains(&(code.to_owned(), version));
        let zones: Vec<_> =
            contenu.zones.iter().filter(|zone| ecrite(&zone.code, zone.version)).collect();
        let unites: Vec<_> = contenu
            .unites_de_zones
            .iter()
            .filter(|unite| ecrite(&unite.zone, unite.version))
            .collect();
        tables.ecrire(include_str!("sql/ecrire_zones.sql"), &zones).await?;
        tables.ecrire(include_str!("sql/ecrire_unites_de_zones.sql"), &unites).await
    }

    /// Empties the tables that nothing else names: they are written again whole, but for a perimeter that pages keep.
    async fn vider(&mut self, perimetre_garde: bool) -> Result<()> {
        for table in [
            "reseau_millesime",
            "reseau_etape",
            "bilan_declare",
            "perimetre",
            "beneficiaire",
            "synonyme",
            "regroupement",
        ] {
            if table == "perimetre" && perimetre_garde {
                continue;
            }
            sqlx::query(AssertSqlSafe(format!("delete from {table} where reseau = $1")))
                .bind(&self.contenu.declaration.code)
                .execute(&mut *self.transaction)
                .await
                .pour(ACTION)?;
        }
        Ok(())
    }

    /// Takes away what the folder no longer lists, but for what comes from elsewhere. Its demandes are
    /// already those of the folder.
    async fn retirer(&mut self) -> Result<()> {
        let contenu = &self.contenu;
        let reseau = &contenu.declaration.code;
        sqlx::query(include_str!("sql/retirer_zones.sql"))
            .bind(reseau)
            .bind(Json(&contenu.zones))
            .execute(&mut *self.transaction)
            .await
            .pour(ACTION)?;
        sqlx::query(include_str!("sql/retirer_partenaires_themes.sql"))
            .bind(reseau)
            .bind(Json(&contenu.partenaires_themes))
            .execute(&mut *self.transaction)
            .await
            .pour(ACTION)?;
        let themes: Vec<&str> = contenu.themes.iter().map(|theme| theme.code.as_str()).collect();
        for (ordre, gardes) in [
            (
                "delete from fiche where reseau = $1 and origine = 'dossier' and code <> all ($2)",
                codes(&contenu.fiches, |fiche| &fiche.code),
            ),
            (
                "delete from theme where reseau = $1 and origine = 'dossier' and parent is not null and code <> all ($2)",
                themes.clone(),
            ),
            (
                "delete from theme where reseau = $1 and origine = 'dossier' and code <> all ($2)",
                themes,
            ),
            (
                "delete from partenaire where reseau = $1 and origine = 'dossier' and code <> all ($2)",
                codes(&contenu.partenaires, |partenaire| &partenaire.code),
            ),
        ] {
            sqlx::query(ordre)
                .bind(reseau)
                .bind(gardes)
                .execute(&mut *self.transaction)
                .await
                .pour(ACTION)?;
        }
        let orphelins = "delete from organisme o \
                         where not exists (select from partenaire p where p.organisme = o.code)";
        self.transaction.execute(orphelins).await.map(|_| ()).pour(ACTION)
    }

    /// What the folder says of the réseau, as a row.
    fn declaration(&self) -> Value {
        let declaration = &self.contenu.declaration;
        let (source, site) = declaration.source();
        let guichet = declaration.guichet.as_ref();
        json!({
            "code": declaration.code,
            "origine": "dossier",
            "perimetre_origine": "dossier",
            "nom": declaration.nom,
            "nom_court": declaration.nom_court(),
            "departement": declaration.departement,
            "annee": declaration.annee,
            "millesime": declaration.millesime,
            "demonstration": declaration.demonstration,
            "mention": declaration.mention,
            "couleur": declaration.couleur,
            "source_nom": source,
            "source_site": site,
            "guichet_nom": guichet.map(|guichet| &guichet.nom),
            "guichet_site": guichet.and_then(|guichet| guichet.site.as_ref()),
            "guichet_courriel": guichet.and_then(|guichet| guichet.courriel.as_ref()),
            "guichet_telephone": guichet.and_then(|guichet| guichet.telephone.as_ref()),
            "public": declaration.public,
            "presentation": declaration.presentation,
            "destinataires": declaration.destinataires,
            "sig": declaration.sig,
            "partenaires_annonces": declaration.partenaires_annonces,
            "fiches_annoncees": declaration.fiches_annoncees,
            "seuil_couverture": declaration.seuil_couverture,
            "conservation_mois": declaration.conservation_mois,
            "journal_mois": declaration.journal_mois,
            "cadres": declaration.cadres,
            "origines": declaration.origines,
            "seuil_publication": declaration.seuil_publication.filter(|seuil| *seuil > 0),
            "partenaires_se_voient": declaration.partenaires_se_voient,
        })
    }

    async fn ecrire_reseau(&mut self) -> Result<()> {
        let mut ligne = self.declaration();
        let declaration = &self.contenu.declaration;
        // What pages set stays.
        let reglages: Option<Value> = sqlx::query_scalar(include_str!("sql/lire_reglages.sql"))
            .bind(&declaration.code)
            .fetch_one(&mut *self.transaction)
            .await
            .pour(ACTION)?;
        if let (Value::Object(ligne), Some(Value::Object(reglages))) = (&mut ligne, reglages) {
            ligne.extend(reglages);
        }
        sqlx::query(include_str!("sql/ecrire_reseau.sql"))
            .bind(Json(ligne))
            .bind(declaration.seuil_publication.is_some())
            .execute(&mut *self.transaction)
            .await
            .pour(ACTION)?;
        let millesimes: Vec<Value> = declaration
            .millesimes
            .iter()
            .map(|(annee, millesime)| json!({"annee": annee, "millesime": millesime}))
            .collect();
        let mut tables = Tables { transaction: &mut self.transaction, reseau: &declaration.code };
        tables.ecrire(include_str!("sql/ecrire_millesimes.sql"), &millesimes).await?;
        tables.ecrire(include_str!("sql/ecrire_etapes.sql"), &declaration.etapes).await?;
        tables.ecrire(include_str!("sql/ecrire_bilans.sql"), &declaration.bilans).await
    }

    /// Writes rows of the réseau: `ordre` takes its code and the rows as JSON.
    pub async fn ecrire<T: Serialize + Sync>(
        &mut self,
        ordre: &'static str,
        lignes: &[T],
    ) -> Result<()> {
        let reseau = &self.contenu.declaration.code;
        Tables { transaction: &mut self.transaction, reseau }.ecrire(ordre, lignes).await
    }

    /// What rows of the réseau are to be told of: `question` takes its code and the rows as JSON.
    pub async fn lire<T: Serialize + Sync>(
        &mut self,
        question: &'static str,
        lignes: &[T],
    ) -> Result<Vec<String>> {
        sqlx::query_scalar(question)
            .bind(&self.contenu.declaration.code)
            .bind(Json(lignes))
            .fetch_all(&mut *self.transaction)
            .await
            .pour(ACTION)
    }

    /// Resolves the zones, tells the running services, and commits.
    pub async fn publier(mut self, demandes: usize) -> Result<Bilan> {
        self.retirer().await?;
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

/// Tables of a réseau under way.
struct Tables<'a, 'c> {
    transaction: &'a mut Transaction<'c, Postgres>,
    reseau: &'a str,
}

impl Tables<'_, '_> {
    async fn ecrire<T: Serialize + Sync>(
        &mut self,
        ordre: &'static str,
        lignes: &[T],
    ) -> Result<()> {
        sqlx::query(ordre)
            .bind(self.reseau)
            .bind(Json(lignes))
            .execute(&mut **self.transaction)
            .await
            .map(|_| ())
            .pour(ACTION)
    }
}

/// Replaces the synonyms that are worth for all réseaux. Returns how many there are, and the rows set aside.
pub async fn synonymes(base: &Base, fichier: &Path) -> Result<(usize, Vec<Rejet>)> {
    let (synonymes, rejets) = contenu::synonymes(&Table::synonymes(fichier)?);
    let mut connexion = base.connexion().await?;
    let mut transaction = connexion.begin().await.pour(ACTION)?;
    transaction.execute("delete from synonyme where reseau is null").await.pour(ACTION)?;
    sqlx::query(ECRIRE_SYNONYMES)
        .bind(None::<&str>)
        .bind(Json(&synonymes))
        .execute(&mut *transaction)
        .await
        .pour(ACTION)?;
    transaction.execute("select annoncer_changement()").await.pour(ACTION)?;
    transaction.commit().await.pour(ACTION)?;
    Ok((synonymes.len(), rejets))
}
