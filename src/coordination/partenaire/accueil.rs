//! The first page of a partner's space: where it is, and what to do next.

use chrono::{DateTime, NaiveDate, Utc};
use maud::html;
use sqlx::PgConnection;

use super::PartenaireTenu;
use crate::coordination::pages::jour;
use crate::error::{Contexte, Result};

#[derive(Debug, sqlx::FromRow)]
struct Accueil {
    en_vigueur: i64,
    proposees: i64,
    refusees: i64,
    communes: i64,
    perimetre: i64,
    demandes: i64,
    toutes: i64,
    recues: i64,
    livree_le: Option<DateTime<Utc>>,
    declarees_le: Option<NaiveDate>,
    declarees: bool,
}

pub async fn page(connexion: &mut PgConnection, tenu: &PartenaireTenu) -> Result<String> {
    let ou: Accueil = sqlx::query_as(include_str!("../sql/lire_accueil_du_partenaire.sql"))
        .bind(&tenu.reseau)
        .bind(&tenu.code)
        .bind(i32::from(tenu.annee))
        .fetch_one(connexion)
        .await
        .pour("lecture de l'espace d'un partenaire")?;
    let annee = tenu.annee;
    let exports = |format: &str| {
        format!(
            "/exports/demandes.{format}?reseau={}&partenaire={}&annee={annee}",
            tenu.reseau, tenu.code
        )
    };
    Ok(tenu.page(
        "accueil",
        "Accueil",
        html! {},
        html! {
            h2 { "Vos zones d'intervention" }
            p {
                @match ou.en_vigueur {
                    0 => "Aucune zone n'est en vigueur : pour le public, rien ne dit où vous intervenez. ",
                    _ => {
                        "Zones en vigueur : " (ou.en_vigueur) ". Elles couvrent " strong { (ou.communes) " communes sur " (ou.perimetre) }
                        " du réseau. "
                    }
                }
                @if ou.proposees > 0 { "Propositions en attente de la décision du coordinateur : " (ou.proposees) ". " }
                @if ou.refusees > 0 { "Propositions refusées, à reprendre : " (ou.refusees) ". " }
            }
            p { a.bouton href=(tenu.adresse("zones")) { "Voir et corriger vos zones" } }
            h2 { "Vos zones sont-elles complètes ?" }
            @match (ou.declarees, ou.declarees_le) {
                (true, Some(date)) => p { "Oui, déclarées le " (jour(date)) ". Là où elles ne vont pas, la carte dit que vous n'aidez pas." },
                (false, Some(date)) => p { "En partie seulement : une déclaration du " (jour(date)) " ne vaut pas pour tous vos thèmes." },
                _ => p { "Pas encore. Tant que vous ne l'avez pas déclaré, la carte dit « non renseigné » là où vos zones ne vont pas." },
            }
            @if tenu.coordonne {
                p { a href={ "/espace/" (tenu.reseau) "/partenaires/" (tenu.code) } { "Noter cette déclaration" } }
            } @else {
                p.discret { "Le coordinateur du réseau note cette déclaration : dites-lui quand vos zones sont justes." }
            }
            h2 { "Vos demandes" }
            p {
                "Demandes de " (annee) " : " strong { (ou.demandes) } " ; en tout : " (ou.toutes) ". "
                @if ou.recues > 0 {
                    "Demandes reçues des communes, à qualifier : " strong { (ou.recues) } "."
                }
            }
            ul {
                li { a href=(tenu.adresse("demandes")) { "Voir et noter des demandes" } }
                li { a href=(tenu.adresse("demandes/import")) { "Importer des demandes" } }
            }
            h2 { "Votre année " (annee) }
            p {
                @match ou.livree_le {
                    Some(le) => { "Dernier tableau livré le " (jour(le.date_naive())) "." },
                    None => "Aucun tableau n'a été livré.",
                }
            }
            ul {
                li { a href=(exports("xlsx")) { "Télécharger vos demandes de " (annee) " (tableur)" } }
                li { a href=(exports("csv")) { "Les mêmes, en CSV" } }
                li { a href={ "/exports/zones.gpkg?reseau=" (tenu.reseau) "&partenaire=" (tenu.code) } { "Télécharger vos zones (GeoPackage)" } }
            }
            h2 { "Le reste" }
            ul {
                li { a href={ "/partenaires/" (tenu.reseau) "/" (tenu.code) } { "Votre page publique" } }
                li { a href={ "/?reseau=" (tenu.reseau) "&vue=zones&choisis=" (tenu.code) } { "Vos zones sur la carte du réseau" } }
                li { a href={ "/espace/" (tenu.reseau) "/rappels" } { "Vos rappels" } }
            }
        },
    ))
}
