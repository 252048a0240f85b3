//! Layers as martin-core sources, over the service's one pool.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use martin_core::CacheZoomRange;
use martin_core::tiles::{BoxedSource, MartinCoreError, MartinCoreResult, Source, UrlQuery};
use martin_tile_utils::{Encoding, Format, TileCoord, TileData, TileInfo};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use tilejson::{TileJSON, VectorLayer, tilejson};

use super::atelier::Atelier;
use crate::comptes::Principal;
use crate::error::{Contexte, Result};
use crate::territoires::{Edition, bande_servie};

/// A row of the table of layers.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Couche {
    pub nom: String,
    fonction: String,
    fonction_d_edition: Option<String>,
    pub titre: String,
    pub description: String,
    zoom_min: i16,
    zoom_max: i16,
    champs: Json<BTreeMap<String, BTreeMap<String, String>>>,
    pub parametres: Vec<String>,
    publiee_jusqu_a: Option<i16>,
}

impl Couche {
    /// All layers, by name.
    pub async fn toutes(piscine: &PgPool) -> Result<Vec<Self>> {
        sqlx::query_as(include_str!("sql/lire_couches.sql"))
            .fetch_all(piscine)
            .await
            .pour("lecture des couches de tuiles")
    }

    /// First and last zoom of its tiles.
    pub fn zooms(&self) -> (i16, i16) {
        (self.zoom_min, self.zoom_max)
    }

    /// Fields of its features, and what each means.
    pub fn champs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.champs.values().flatten().map(|(nom, phrase)| (nom.as_str(), phrase.as_str()))
    }

    /// Whether tiles of this zoom exist.
    pub fn a_le_zoom(&self, zoom: u8) -> bool {
        (self.zoom_min..=self.zoom_max).contains(&i16::from(zoom))
    }

    /// How to get a tile of this zoom, when `montree` is what is shown unless asked otherwise.
    pub fn dessin(
        &self,
        zoom: u8,
        parametres: &UrlQuery,
        montree: Option<Edition>,
        principal: Principal,
    ) -> Dessin {
        let Some(edition) = montree.filter(|_| parametres.is_empty()) else {
            return Dessin::Appele(principal);
        };
        match &self.fonction_d_edition {
            _ if self.publiee_jusqu_a.is_some_and(|jusqu_a| i16::from(zoom) <= jusqu_a) => {
                Dessin::Publie(edition)
            }
            Some(fonction) => Dessin::DEdition(edition, fonction.clone()),
            None => Dessin::Appele(principal),
        }
    }

    /// TileJSON without addresses: name, description, zooms and fields.
    pub fn tilejson(&self) -> TileJSON {
        let zoom = |zoom: i16| u8::try_from(zoom).expect("zooms are between 0 and 30");
        let couches = self
            .champs
            .iter()
            .map(|(nom, champs)| VectorLayer {
                description: Some(self.description.clone()),
                minzoom: Some(zoom(self.zoom_min)),
                maxzoom: Some(zoom(self.zoom_max)),
                ..VectorLayer::new(nom.clone(), champs.clone())
            })
            .collect();
        tilejson! {
            tiles: vec![],
            name: self.titre.clone(),
            description: self.description.clone(),
            minzoom: zoom(self.zoom_min),
            maxzoom: zoom(self.zoom_max),
            vector_layers: couches,
        }
    }
}

/// Where the body of a tile comes from.
#[derive(Debug, Clone)]
pub enum Dessin {
    /// Built with the edition, compressed.
    Publie(Edition),
    /// Drawn by this function from the edition alone, whoever asks.
    DEdition(Edition, String),
    /// Drawn by the layer's function, which finds its edition and reads what the principal may read.
    Appele(Principal),
}

/// A layer as martin-core sees it.
#[derive(Debug, Clone)]
pub struct SourceDeCouche {
    couche: Arc<Couche>,
    dessin: Dessin,
    atelier: Atelier,
    /// Described when somebody asks.
    tilejson: OnceLock<TileJSON>,
}

impl SourceDeCouche {
    pub fn nouvelle(couche: Arc<Couche>, dessin: Dessin, atelier: Atelier) -> Self {
        Self { couche, dessin, atelier, tilejson: OnceLock::new() }
    }

    /// Reads or draws the tile in one round trip; a tile with nothing in it is empty. Names of
    /// functions come from our own table, never from a request.
    async fn lire(
        &self,
        xyz: TileCoord,
        parametres: Option<&UrlQuery>,
        connexion: &mut PgConnection,
    ) -> sqlx::Result<Vec<u8>> {
        let couche = &self.couche;
        let (z, x, y) = (i32::from(xyz.z), xyz.x.cast_signed(), xyz.y.cast_signed());
        let vides = UrlQuery::new();
        let corps: Option<Vec<u8>> = match &self.dessin {
            Dessin::Publie(edition) => {
                sqlx::query_scalar(include_str!("sql/lire_tuile_publiee.sql"))
                    .bind(edition.edition)
                    .bind(&couche.nom)
                    .bind(z)
                    .bind(x)
                    .bind(y)
                    .fetch_optional(connexion)
                    .await?
            }
            // Edition and band are written in the statement: its plan reads their table alone.
            Dessin::DEdition(edition, fonction) => {
                let ordre = format!(
                    "select tuile from {fonction}({}, {}, {}::smallint, $1, $2, $3)",
                    edition.edition,
                    edition.millesime,
                    bande_servie(xyz.z)
                );
                sqlx::query_scalar(AssertSqlSafe(ordre))
                    .bind(z)
                    .bind(x)
                    .bind(y)
                    .fetch_one(connexion)
                    .await?
            }
            // `case` sets the principal, for this statement's transaction alone, before the call.
            Dessin::Appele(qui) => {
                let ordre = format!(
                    "select case when set_config('maillage.principal', $5, true) = $5 \
                     then {}($1, $2, $3, $4) end",
                    couche.fonction
                );
                sqlx::query_scalar(AssertSqlSafe(ordre))
                    .bind(z)
                    .bind(x)
                    .bind(y)
                    .bind(Json(parametres.unwrap_or(&vides)))
                    .bind(qui.reglage())
                    .fetch_one(connexion)
                    .await?
            }
        };
        Ok(corps.unwrap_or_default())
    }
}

#[async_trait]
impl Source for SourceDeCouche {
    fn get_id(&self) -> &str {
        &self.couche.nom
    }

    fn get_tilejson(&self) -> &TileJSON {
        self.tilejson.get_or_init(|| self.couche.tilejson())
    }

    fn get_tile_info(&self) -> TileInfo {
        let encodage = match self.dessin {
            Dessin::Publie(_) => Encoding::Gzip,
            Dessin::DEdition(..) | Dessin::Appele(_) => Encoding::Uncompressed,
        };
        TileInfo::new(Format::Mvt, encodage)
    }

    fn clone_source(&self) -> BoxedSource {
        Box::new(self.clone())
    }

    fn support_url_query(&self) -> bool {
        true
    }

    fn cache_zoom(&self) -> CacheZoomRange {
        CacheZoomRange::default()
    }

    async fn get_tile(
        &self,
        xyz: TileCoord,
        parametres: Option<&UrlQuery>,
    ) -> MartinCoreResult<TileData> {
        let lire = async {
            let mut place = self.atelier.prendre().await?;
            let corps = self.lire(xyz, parametres, &mut place).await?;
            place.rendre();
            Ok(corps)
        };
        lire.await.map_err(|erreur: sqlx::Error| MartinCoreError::OtherError(Box::new(erreur)))
    }
}
