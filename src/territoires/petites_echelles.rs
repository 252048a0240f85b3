//! Tiles of low zooms, which hold thousands of units: built once, when a millésime is published.

use std::collections::HashSet;

use martin_tile_utils::bbox_to_xyz;
use sqlx::{AssertSqlSafe, PgConnection};

use super::codes::{Maille, Millesime};
use super::pays::UnitePrete;
use crate::base::CopieBinaire;
use crate::error::{Contexte, Result};
use crate::http::gzip_serre;

const ACTION: &str = "construction des tuiles des petites échelles";

/// Builds the tiles of low zooms of an edition, and returns how many there are.
pub async fn batir(
    connexion: &mut PgConnection,
    edition: i32,
    millesime: Millesime,
    unites: &[UnitePrete],
) -> Result<usize> {
    let couches: Vec<(String, String, i16, i16)> = sqlx::query_as(
        "select nom, fonction_d_edition, zoom_min, publiee_jusqu_a from couche \
         where publiee_jusqu_a is not null order by nom",
    )
    .fetch_all(&mut *connexion)
    .await
    .pour(ACTION)?;
    let mut nombre = 0;
    for (couche, fonction, zoom_min, zoom_max) in couches {
        for zoom in zoom_min..=zoom_max {
            let (xs, ys): (Vec<i32>, Vec<i32>) =
                couverture_en_tuiles(unites, zoom).into_iter().unzip();
            // The function's name comes from our own table of layers.
            let requete = format!(
                "select t.x, t.y, d.tuile as corps \
                 from unnest($4::integer[], $5::integer[]) as t (x, y) \
                 cross join lateral {fonction}($1, $2, bande($3), $3, t.x, t.y) as d"
            );
            let corps: Vec<(i32, i32, Option<Vec<u8>>)> = sqlx::query_as(AssertSqlSafe(requete))
                .bind(edition)
                .bind(i32::from(millesime.annee()))
                .bind(i32::from(zoom))
                .bind(xs)
                .bind(ys)
                .fetch_all(&mut *connexion)
                .await
                .pour("construction des tuiles des petites échelles")?;
            let mut copie = CopieBinaire::default();
            for (x, y, corps) in compresser(corps) {
                copie.ligne(6);
                copie.champ(&edition.to_be_bytes());
                copie.champ(couche.as_bytes());
                copie.champ(&zoom.to_be_bytes());
                copie.champ(&x.to_be_bytes());
                copie.champ(&y.to_be_bytes());
                copie.champ(&corps);
                nombre += 1;
            }
            let ordre = "copy tuile_publiee (edition, couche, z, x, y, corps) \
                         from stdin (format binary)";
            copie.envoyer(connexion, ordre.to_owned()).await?;
        }
    }
    Ok(nombre)
}

/// Tiles of a zoom that may hold something: those that the units' boxes touch, with a margin for
/// what is drawn outside a tile.
fn couverture_en_tuiles(unites: &[UnitePrete], zoom: i16) -> HashSet<(i32, i32)> {
    let zoom = u8::try_from(zoom).expect("a layer's zooms are between 0 and 30");
    let marge = 360.0 / f64::from(1_u32 << zoom) / 32.0;
    let mut tuiles = HashSet::new();
    for rect in unites
        .iter()
        .filter(|unite| unite.maille == Maille::Commune)
        .filter_map(|unite| unite.emprise)
    {
        let (x0, y0, x1, y1) = bbox_to_xyz(
            rect.min().x - marge,
            rect.min().y - marge,
            rect.max().x + marge,
            rect.max().y + marge,
            zoom,
        );
        for x in x0..=x1 {
            for y in y0..=y1 {
                tuiles.insert((x.cast_signed(), y.cast_signed()));
            }
        }
    }
    tuiles
}

/// Compresses bodies on two threads; empty ones go.
fn compresser(corps: Vec<(i32, i32, Option<Vec<u8>>)>) -> Vec<(i32, i32, Vec<u8>)> {
    let plein: Vec<_> = corps
        .into_iter()
        .filter_map(|(x, y, corps)| Some((x, y, corps.filter(|c| !c.is_empty())?)))
        .collect();
    let moitie = plein.len().div_ceil(2).max(1);
    std::thread::scope(|portee| {
        let fils: Vec<_> = plein
            .chunks(moitie)
            .map(|morceau| {
                portee.spawn(move || {
                    morceau
                        .iter()
                        .map(|(x, y, corps)| (*x, *y, gzip_serre(corps)))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        fils.into_iter()
            .flat_map(|fil| fil.join().unwrap_or_else(|panique| std::panic::resume_unwind(panique)))
            .collect()
    })
}
