//! Layers as martin-core sources, over the service's one pool.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use martin_core::CacheZoomRange;
use martin_core::tiles::{BoxedSource, MartinCoreError, MartinCoreResult, Source, UrlQuery};
use martin_tile_utils::{Encoding, Format, TileCoord, TileData, TileInfo};
use sqlx::PgPool;
use sqlx::types::Json;
use tilejson::{TileJSON, VectorLayer, tilejson};

use crate::comptes::Principal;
use crate::error::{Contexte, Result};

/// A row of the table of layers.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Couche {
    pub nom: String,
    fonction: String,
    titre: String,
    description: String,
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

    /// Whether tiles of this zoom exist.
    pub fn a_le_zoom(&self, zoom: u8) -> bool {
        (self.zoom_min..=self.zoom_max).contains(&i16::from(zoom))
    }

    /// Whether the tile was built at publication.
    pub fn est_publiee(&self, zoom: u8, parametres: &UrlQuery) -> bool {
        self.publiee_jusqu_a.is_some_and(|jusqu_a| i16::from(zoom) <= jusqu_a)
            && parametres.is_empty()
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

/// A layer drawn on demand by its SQL function.
#[derive(Debug, Clone)]
pub struct Dessinee(SourceDeCouche);

/// The same layer, as built at publication: gzip bodies of the newest edition with contours.
#[derive(Debug, Clone)]
pub struct Publiee(SourceDeCouche);

#[derive(Debug, Clone)]
struct SourceDeCouche {
    couche: Arc<Couche>,
    principal: Principal,
    piscine: PgPool,
    tilejson: TileJSON,
}

impl SourceDeCouche {
    fn nouvelle(couche: Arc<Couche>, principal: Principal, piscine: PgPool) -> Self {
        Self { tilejson: couche.tilejson(), couche, principal, piscine }
    }
}

impl Dessinee {
    pub fn nouvelle(couche: Arc<Couche>, principal: Principal, piscine: PgPool) -> Self {
        Self(SourceDeCouche::nouvelle(couche, principal, piscine))
    }
}

impl Publiee {
    pub fn nouvelle(couche: Arc<Couche>, principal: Principal, piscine: PgPool) -> Self {
        Self(SourceDeCouche::nouvelle(couche, principal, piscine))
    }
}

#[async_trait]
impl Source for Dessinee {
    fn get_id(&self) -> &str {
        &self.0.couche.nom
    }

    fn get_tilejson(&self) -> &TileJSON {
        &self.0.tilejson
    }

    fn get_tile_info(&self) -> TileInfo {
        TileInfo::new(Format::Mvt, Encoding::Uncompressed)
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
        let vides = UrlQuery::new();
        let corps: Option<Vec<u8>> = sqlx::query_scalar("select tuile($1, $2, $3, $4, $5, $6)")
            .bind(&self.0.couche.fonction)
            .bind(i32::from(xyz.z))
            .bind(xyz.x.cast_signed())
            .bind(xyz.y.cast_signed())
            .bind(Json(parametres.unwrap_or(&vides)))
            .bind(self.0.principal.as_str())
            .fetch_one(&self.0.piscine)
            .await
            .map_err(|erreur| MartinCoreError::OtherError(Box::new(erreur)))?;
        Ok(corps.unwrap_or_default())
    }
}

#[async_trait]
impl Source for Publiee {
    fn get_id(&self) -> &str {
        &self.0.couche.nom
    }

    fn get_tilejson(&self) -> &TileJSON {
        &self.0.tilejson
    }

    fn get_tile_info(&self) -> TileInfo {
        TileInfo::new(Format::Mvt, Encoding::Gzip)
    }

    fn clone_source(&self) -> BoxedSource {
        Box::new(self.clone())
    }

    fn cache_zoom(&self) -> CacheZoomRange {
        CacheZoomRange::default()
    }

    async fn get_tile(&self, xyz: TileCoord, _: Option<&UrlQuery>) -> MartinCoreResult<TileData> {
        let corps: Option<Vec<u8>> = sqlx::query_scalar(include_str!("sql/lire_tuile_publiee.sql"))
            .bind(&self.0.couche.nom)
            .bind(i16::from(xyz.z))
            .bind(xyz.x.cast_signed())
            .bind(xyz.y.cast_signed())
            .fetch_optional(&self.0.piscine)
            .await
            .map_err(|erreur| MartinCoreError::OtherError(Box::new(erreur)))?;
        Ok(corps.unwrap_or_default())
    }
}
