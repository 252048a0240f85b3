//! TileJSON 3 documents: what a client must know of layers, with absolute addresses.

use std::sync::Arc;

use martin_core::tiles::UrlQuery;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::PgPool;
use tilejson::{Bounds, TileJSON, tilejson};

use super::service::PARAMETRE_VERSION;
use super::source::Couche;
use crate::comptes::Principal;
use crate::error::{Contexte, Result};
use crate::partenaires::Reseau;
use crate::territoires::{Edition, SourceDeDonnees, sources};

/// Describes the layers together, as one source of tiles. Addresses carry the data version, so
/// that tiles may be kept for as long as it lasts.
pub async fn decrire(
    couches: &[Arc<Couche>],
    parametres: &UrlQuery,
    version: Option<i64>,
    url_publique: &str,
    principal: &Principal,
    piscine: &PgPool,
) -> Result<TileJSON> {
    let decrites: Vec<TileJSON> = couches.iter().map(|couche| couche.tilejson()).collect();
    let noms: Vec<_> = couches.iter().map(|couche| couche.nom.as_str()).collect();
    let noms_lisibles: Vec<_> = decrites.iter().filter_map(|couche| couche.name.clone()).collect();
    let mut requete: Vec<String> = parametres
        .iter()
        .map(|(nom, valeur)| format!("{nom}={}", utf8_percent_encode(valeur, NON_ALPHANUMERIC)))
        .collect();
    requete.sort();
    requete.extend(version.map(|version| format!("{PARAMETRE_VERSION}={version}")));
    let requete =
        if requete.is_empty() { String::new() } else { format!("?{}", requete.join("&")) };

    let mut document = tilejson! {
        tiles: vec![format!("{url_publique}/tuiles/{}/{{z}}/{{x}}/{{y}}{requete}", noms.join(","))],
        name: noms_lisibles.join(", "),
    };
    document.minzoom = decrites.iter().filter_map(|couche| couche.minzoom).min();
    document.maxzoom = decrites.iter().filter_map(|couche| couche.maxzoom).max();
    document.vector_layers =
        Some(decrites.into_iter().filter_map(|couche| couche.vector_layers).flatten().collect());
    document.bounds = emprise(piscine).await?;
    document.attribution = attribution(&sources(piscine, None).await?);
    if let Some(version) = version {
        document.version = Some(format!("1.0.{version}"));
    }
    if let Some(edition) = Edition::montree(piscine).await? {
        document.other.insert("millesime".into(), edition.millesime.annee().into());
    }
    // What a réseau says of itself goes wherever its layers go.
    if couches.iter().any(|couche| couche.parametres.iter().any(|nom| nom == PARAMETRE_RESEAU)) {
        let mut transaction = principal.transaction(piscine).await?;
        let reseaux = match parametres.get(PARAMETRE_RESEAU) {
            Some(code) => vec![Reseau::lire(&mut transaction, code).await?],
            None => Reseau::tous(&mut transaction).await?,
        };
        if let Some(demonstration) = reseaux.into_iter().find(|reseau| reseau.demonstration) {
            document.other.insert("demonstration".into(), true.into());
            document.other.insert("mention".into(), demonstration.mention.into());
        }
    }
    Ok(document)
}

/// The query parameter by which a layer of réseaux is recognised.
const PARAMETRE_RESEAU: &str = "reseau";

/// The extent of all that has a contour.
async fn emprise(piscine: &PgPool) -> Result<Option<Bounds>> {
    let emprise: Option<Vec<f64>> = sqlx::query_scalar(include_str!("sql/lire_emprise.sql"))
        .fetch_optional(piscine)
        .await
        .pour("lecture de l'emprise des couches")?;
    Ok(emprise.and_then(|e| Some(Bounds::new(*e.first()?, *e.get(1)?, *e.get(2)?, *e.get(3)?))))
}

/// Credits exactly what was loaded.
fn attribution(sources: &[SourceDeDonnees]) -> Option<String> {
    (!sources.is_empty()).then(|| {
        let noms: Vec<_> = sources.iter().map(SourceDeDonnees::mention).collect();
        noms.join(" ; ")
    })
}
