//! OGC API – Tiles and Styles: their routes.

mod jeux;

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRef, State};
use axum::response::Redirect;
use serde_json::Value;

use super::adresses::Adresses;
use crate::http::{Chemin, Operation, Probleme, Reponse, Routes, UrlPublique};
use crate::tuiles::{Couche, ServiceTuiles};

pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    ServiceTuiles: FromRef<S>,
    UrlPublique: FromRef<S>,
{
    let operation = |chemin, resume, exemple| Operation::nouvelle(chemin, resume, &["f"], exemple);
    Routes::nouvelles()
        .avec(
            operation(
                "/ogc/tileMatrixSets",
                "OGC API : les grilles de tuiles.",
                "/ogc/tileMatrixSets",
            ),
            async |State(url): State<UrlPublique>| Json(jeux::grilles(Adresses(&url))),
        )
        .avec(
            operation(
                "/ogc/tileMatrixSets/{grille}",
                "OGC API : une grille de tuiles.",
                "/ogc/tileMatrixSets/WebMercatorQuad",
            ),
            grille,
        )
        .avec(
            operation("/ogc/tiles", "OGC API : les tuiles de toutes les couches.", "/ogc/tiles"),
            async |State(url): State<UrlPublique>| {
                Json(jeux::jeux(Adresses(&url), "/tiles", TOUTES))
            },
        )
        .avec(
            operation(
                "/ogc/tiles/{grille}",
                "OGC API : le jeu de tuiles de toutes les couches.",
                "/ogc/tiles/WebMercatorQuad",
            ),
            jeu_entier,
        )
        .avec(
            operation(
                "/ogc/collections/{collection}/tiles",
                "OGC API : les tuiles d'une collection.",
                "/ogc/collections/communes/tiles",
            ),
            jeux_d_une_collection,
        )
        .avec(
            operation(
                "/ogc/collections/{collection}/tiles/{grille}",
                "OGC API : le jeu de tuiles d'une collection : ses champs, ses zooms, le modèle de ses adresses.",
                "/ogc/collections/communes/tiles/WebMercatorQuad",
            ),
            jeu_d_une_collection,
        )
        .avec(
            operation("/ogc/styles", "OGC API : les styles de carte.", "/ogc/styles"),
            async |State(url): State<UrlPublique>| Json(jeux::styles(Adresses(&url))),
        )
        .avec(
            operation(
                "/ogc/styles/{style}",
                "OGC API : un style de carte, pour MapLibre.",
                "/ogc/styles/carte",
            )
            .ailleurs(),
            style,
        )
}

/// What the tiles of every layer together are called.
const TOUTES: &str = "Toutes les couches";

fn exiger_la_grille(nom: &str) -> Reponse<()> {
    if nom == jeux::GRILLE {
        return Ok(());
    }
    Err(Probleme::introuvable(format!(
        "La grille « {nom} » n'est pas servie. La seule est {}.",
        jeux::GRILLE
    )))
}

async fn grille(Chemin(nom): Chemin<String>) -> Reponse<Json<Value>> {
    exiger_la_grille(&nom)?;
    Ok(Json(jeux::grille()))
}

async fn jeu_entier(
    State(url): State<UrlPublique>,
    State(service): State<ServiceTuiles>,
    Chemin(nom): Chemin<String>,
) -> Reponse<Json<Value>> {
    exiger_la_grille(&nom)?;
    let toutes = service.toutes().await?;
    let couches: Vec<&Couche> = toutes.iter().map(AsRef::as_ref).collect();
    Ok(Json(jeux::jeu(Adresses(&url), "/tiles", TOUTES, &couches)))
}

async fn jeux_d_une_collection(
    State(url): State<UrlPublique>,
    State(service): State<ServiceTuiles>,
    Chemin(id): Chemin<String>,
) -> Reponse<Json<Value>> {
    let couche = couche(&service, &id).await?;
    let chemin = format!("/collections/{id}/tiles");
    Ok(Json(jeux::jeux(Adresses(&url), &chemin, &couche.titre)))
}

async fn jeu_d_une_collection(
    State(url): State<UrlPublique>,
    State(service): State<ServiceTuiles>,
    Chemin((id, nom)): Chemin<(String, String)>,
) -> Reponse<Json<Value>> {
    exiger_la_grille(&nom)?;
    let couche = couche(&service, &id).await?;
    let chemin = format!("/collections/{id}/tiles");
    Ok(Json(jeux::jeu(Adresses(&url), &chemin, &couche.titre, &[&couche])))
}

/// The layer of tiles of a collection.
async fn couche(service: &ServiceTuiles, id: &str) -> Reponse<Arc<Couche>> {
    let toutes = service.toutes().await?;
    toutes.iter().find(|couche| couche.nom == id).cloned().ok_or_else(|| {
        Probleme::introuvable(format!("La collection « {id} » n'a pas de tuiles, ou n'existe pas."))
    })
}

async fn style(State(url): State<UrlPublique>, Chemin(nom): Chemin<String>) -> Reponse<Redirect> {
    if nom != "carte" {
        return Err(Probleme::introuvable(format!(
            "Le style « {nom} » n'existe pas. Styles : carte."
        )));
    }
    Ok(Redirect::temporary(&format!("{}/styles/{nom}.json", url.0)))
}
