//! One transaction publishes a millésime, all or nothing.
//!
//! Rows go into a new edition: readers see the old one until the commit, and a process that is
//! killed at any moment leaves nothing behind. Editions that nobody points to are erased after.

use std::time::Duration;

use geo::{Coord, MultiPolygon, Rect};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::codes::{Maille, Millesime};
use super::ewkb;
use super::generalisation::{Bande, bande_servie};
use super::passage::{self, SourceMouvements};
use super::pays::UnitePrete;
use super::petites_echelles;
use super::source::Lecture;
use super::source::apport::{self, SourceLue};
use crate::base::{CopieBinaire, copier_texte, echapper};
use crate::error::{Contexte, Result};

/// First key of the advisory locks that serialise publications; the second is the millésime.
const VERROU: i32 = 0x6d61_696c;

/// How long a running service may take to hear of a publication.
const ANNONCE: Duration = Duration::from_secs(1);

const ACTION: &str = "publication du millésime";

/// Contours of one band, encoded for `COPY`.
pub struct BandePrete {
    pub zoom: u8,
    pub copie: CopieBinaire,
}

impl BandePrete {
    pub fn nouvelle(bande: Bande) -> Self {
        Self { zoom: bande.zoom, copie: CopieBinaire::default() }
    }

    /// Adds a unit and its contour, which is given in the grid of the band.
    pub fn ajouter(
        &mut self,
        edition: i32,
        bande: Bande,
        unite: Dessinee<'_>,
        contour: Option<&MultiPolygon>,
    ) {
        self.copie.ligne(8);
        self.copie.champ(&edition.to_be_bytes());
        self.copie.champ(&i16::from(bande.zoom).to_be_bytes());
        self.copie.champ(unite.maille.as_str().as_bytes());
        self.copie.champ(unite.code.as_bytes());
        self.copie.champ(unite.nom.as_bytes());
        self.copie.champ(&unite.rang.to_be_bytes());
        self.copie.champ_ou_nul(unite.point.map(ewkb::point).as_deref());
        self.copie.champ_ou_nul(
            contour
                .map(|contour| ewkb::surface(contour, 3857, |point| bande.metres(point)))
                .as_deref(),
        );
    }
}

/// What a tile says of a unit beside its contour.
#[derive(Debug, Clone, Copy)]
pub struct Dessinee<'u> {
    pub maille: Maille,
    pub code: &'u str,
    pub nom: &'u str,
    pub rang: i32,
    /// Its label, EPSG:3857.
    pub point: Option<Coord>,
}

/// Takes the millésime's lock without waiting; it is held until the connection closes.
pub async fn verrouiller(connexion: &mut PgConnection, millesime: Millesime) -> Result<bool> {
    sqlx::query_scalar("select pg_try_advisory_lock($1, $2)")
        .bind(VERROU)
        .bind(i32::from(millesime.annee()))
        .fetch_one(connexion)
        .await
        .pour("attente d'un autre import du même millésime")
}

/// A publication under way. Dropped before [`Self::publier`], it leaves nothing.
pub struct Publication<'c> {
    transaction: sqlx::Transaction<'c, sqlx::Postgres>,
    millesime: Millesime,
    pub edition: i32,
    bandes: Vec<u8>,
}

impl<'c> Publication<'c> {
    pub async fn commencer(connexion: &'c mut PgConnection, millesime: Millesime) -> Result<Self> {
        let mut transaction = connexion.begin().await.pour(ACTION)?;
        // The transaction is long and writes whole tables: no statement limit, no noise.
        transaction.execute("set local client_min_messages = error").await.pour(ACTION)?;
        let edition: i32 =
            sqlx::query_scalar("insert into edition (millesime) values ($1) returning id")
                .bind(millesime)
                .fetch_one(&mut *transaction)
                .await
                .pour(ACTION)?;
        let creation = format!(
            "create table contour_{edition} partition of contour for values in ({edition}) \
             partition by list (bande)"
        );
        transaction.execute(AssertSqlSafe(creation)).await.pour(ACTION)?;
        Ok(Self { transaction, millesime, edition, bandes: Vec::new() })
    }

    /// Fills and indexes the leaf of one band. The leaf is new, so its rows skip the log and are
    /// written frozen.
    pub async fn bande(&mut self, bande: BandePrete) -> Result<()> {
        let (edition, zoom) = (self.edition, bande.zoom);
        let feuille = format!("contour_{edition}_{zoom}");
        let creation =
            format!("create table {feuille} partition of contour_{edition} for values in ({zoom})");
        self.transaction.execute(AssertSqlSafe(creation)).await.pour(ACTION)?;
        let ordre = format!(
            "copy {feuille} (edition, bande, maille, code, nom, rang, point, contour) \
             from stdin (format binary, freeze)"
        );
        bande.copie.envoyer(&mut self.transaction, ordre).await?;
        let index = format!(
            "create index on {feuille} using gist (coalesce(contour, point)) where maille = 'commune'; \
             create index on {feuille} using gist (coalesce(contour, point)) where maille <> 'commune'; \
             create index on {feuille} (code, maille); \
             analyze {feuille}"
        );
        self.transaction.execute(AssertSqlSafe(index)).await.pour(ACTION)?;
        // What is asked for by its box, tiles apart, is asked of the most detailed contours.
        if zoom == bande_servie(u8::MAX) {
            let index = format!("create index on {feuille} using gist (contour)");
            self.transaction.execute(AssertSqlSafe(index)).await.pour(ACTION)?;
        }
        self.bandes.push(zoom);
        Ok(())
    }

    /// Writes the units, the sources and the établissements publics territoriaux.
    pub async fn territoires(&mut self, unites: &[UnitePrete], lecture: &Lecture) -> Result<()> {
        sqlx::query("update edition set millesime_contours = $2 where id = $1")
            .bind(self.edition)
            .bind(apport::millesime_des_contours(&lecture.sources))
            .execute(&mut *self.transaction)
            .await
            .pour(ACTION)?;
        let mut lignes = String::new();
        for (unite, rang) in unites.iter().zip(rangs(unites)) {
            ligne(&mut lignes, self.edition, unite, rang);
        }
        copier_texte(&mut self.transaction, include_str!("sql/copier_territoires.sql"), lignes)
            .await?;
        for (rang, source) in (0_i16..).zip(&lecture.sources) {
            self.source(rang, source).await?;
        }
        let (codes, noms): (Vec<&str>, Vec<&String>) =
            lecture.ept.iter().map(|(siren, nom)| (siren.as_str(), nom)).unzip();
        sqlx::query("insert into ept select $1, code, nom from unnest($2::text[], $3::text[]) as e (code, nom)")
            .bind(self.edition)
            .bind(codes)
            .bind(noms)
            .execute(&mut *self.transaction)
            .await
            .pour(ACTION)?;
        self.transaction.execute("analyze territoire").await.pour(ACTION)?;
        Ok(())
    }

    async fn source(&mut self, rang: i16, source: &SourceLue) -> Result<()> {
        sqlx::query(
            "insert into source_edition (edition, rang, nom, licence, date_source) \
             values ($1, $2, $3, $4, $5)",
        )
        .bind(self.edition)
        .bind(rang)
        .bind(&source.nom)
        .bind(&source.licence)
        .bind(source.date)
        .execute(&mut *self.transaction)
        .await
        .pour(ACTION)?;
        for (apport, portee) in &source.apports {
            sqlx::query(
                "insert into apport_edition (edition, rang, apport, millesime, departements, complet) \
                 values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(self.edition)
            .bind(rang)
            .bind(apport)
            .bind(portee.millesime.unwrap_or(self.millesime))
            .bind(Vec::from_iter(&portee.departements))
            .bind(portee.complet)
            .execute(&mut *self.transaction)
            .await
            .pour(ACTION)?;
        }
        Ok(())
    }

    /// Keeps the contours as they were read: rows of a code and a contour, in degrees.
    pub async fn contours_lus(&mut self, contours: CopieBinaire) -> Result<()> {
        let edition = self.edition;
        let feuille = format!("contour_source_{edition}");
        let creation = format!(
            "create table {feuille} partition of contour_source for values in ({edition}); \
             alter table {feuille} alter column edition set default {edition}"
        );
        self.transaction.execute(AssertSqlSafe(creation)).await.pour(ACTION)?;
        let ordre = format!("copy {feuille} (code, contour) from stdin (format binary, freeze)");
        contours.envoyer(&mut self.transaction, ordre).await?;
        let analyse = format!("create index on {feuille} (code); analyze {feuille}");
        self.transaction.execute(AssertSqlSafe(analyse)).await.pour(ACTION)?;
        Ok(())
    }

    /// Keeps the communes' movements that came with the files.
    pub async fn mouvements(&mut self, source: &SourceMouvements) -> Result<()> {
        passage::remplacer(&mut self.transaction, source).await
    }

    /// Makes the edition that of its millésime, derives the passage, builds the tiles of low zooms and commits.
    /// Returns how many tiles were built.
    pub async fn publier(mut self, unites: &[UnitePrete]) -> Result<usize> {
        sqlx::query(include_str!("sql/publier_millesime.sql"))
            .bind(self.millesime)
            .bind(self.edition)
            .execute(&mut *self.transaction)
            .await
            .pour(ACTION)?;
        passage::reconstruire(&mut self.transaction).await?;
        let nombre = if self.bandes.is_empty() {
            0
        } else {
            petites_echelles::batir(&mut self.transaction, self.edition, self.millesime, unites)
                .await?
        };
        sqlx::query("select annoncer_changement()")
            .execute(&mut *self.transaction)
            .await
            .pour(ACTION)?;
        self.transaction.commit().await.pour(ACTION)?;
        Ok(nombre)
    }
}

/// Erases editions that no millésime points to. Best done apart from the publication: dropping a
/// table waits for whoever still reads it.
pub async fn effacer_les_anciennes(connexion: &mut PgConnection) -> Result<()> {
    let action = "effacement des éditions remplacées";
    let anciennes: Vec<i32> = sqlx::query_scalar(
        "select id from edition e where not exists (select from millesime m where m.edition = e.id)",
    )
    .fetch_all(&mut *connexion)
    .await
    .pour(action)?;
    if !anciennes.is_empty() {
        // Services that run have then heard of the new edition: none still draws the old one.
        tokio::time::sleep(ANNONCE).await;
    }
    for edition in anciennes {
        let mut transaction = connexion.begin().await.pour(action)?;
        let effacement = format!(
            "set local lock_timeout = '5s'; \
             drop table if exists contour_{edition}, contour_source_{edition}; \
             delete from edition where id = {edition}"
        );
        transaction.execute(AssertSqlSafe(effacement)).await.pour(action)?;
        transaction.commit().await.pour(action)?;
    }
    Ok(())
}

/// Rank of each unit by decreasing population among those of its maille.
pub fn rangs(unites: &[UnitePrete]) -> Vec<i32> {
    let mut ordre: Vec<usize> = (0..unites.len()).collect();
    ordre.sort_by_key(|&rang| (unites[rang].maille, std::cmp::Reverse(unites[rang].population)));
    let mut rangs = vec![0; unites.len()];
    let (mut precedente, mut suivant) = (None, 0);
    for rang in ordre {
        if precedente != Some(unites[rang].maille) {
            precedente = Some(unites[rang].maille);
            suivant = 0;
        }
        rangs[rang] = suivant;
        suivant += 1;
    }
    rangs
}

/// One row of `COPY`, in the order of `sql/copier_territoires.sql`.
fn ligne(lignes: &mut String, edition: i32, unite: &UnitePrete, rang: i32) {
    let point = unite.point.map(|point| format!("SRID=3857;POINT({} {})", point.x, point.y));
    let emprise = unite.emprise.map(|rect: Rect| {
        format!("{{{},{},{},{}}}", rect.min().x, rect.min().y, rect.max().x, rect.max().y)
    });
    let tableau = |codes: &[String]| format!("{{{}}}", codes.join(","));
    let champs = [
        Some(edition.to_string()),
        Some(unite.maille.as_str().to_owned()),
        Some(unite.code.clone()),
        Some(unite.nom.clone()),
        unite.nature.clone(),
        unite.siren.clone(),
        unite.departement.clone(),
        unite.region.clone(),
        unite.epci.clone(),
        unite.ept.clone(),
        unite.population.map(|population| population.to_string()),
        Some(rang.to_string()),
        Some(tableau(&unite.codes_postaux)),
        Some(tableau(&unite.anciens_codes)),
        Some(unite.etat_contour.as_str().to_owned()),
        unite.remarque_contour.clone(),
        point,
        emprise,
    ];
    for (rang, champ) in champs.iter().enumerate() {
        if rang > 0 {
            lignes.push('\t');
        }
        echapper(lignes, champ.as_deref());
    }
    lignes.push('\n');
}
