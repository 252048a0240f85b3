//! What a threshold of publication would take from the public map and report, before a coordinator chooses it.

use maud::{Markup, html};
use sqlx::PgConnection;

use crate::error::{Contexte, Error, Result};
use crate::http::page::page;

/// Thresholds that may be chosen.
pub const SEUILS: std::ops::RangeInclusive<i32> = 3..=20;

/// One year under a threshold.
#[derive(Debug, sqlx::FromRow)]
pub struct Annee {
    annee: i16,
    /// That asked.
    communes: i64,
    /// Of them, those whose count is under the threshold, and those that are left out with them.
    communes_masquees: i64,
    communes_solidaires: i64,
    epci: i64,
    epci_masques: i64,
    demandes: i64,
    demandes_masquees: i64,
    total_masque: bool,
}

/// A réseau that the principal coordinates, and the threshold that it has.
#[derive(Debug, sqlx::FromRow)]
pub struct Reglage {
    pub code: String,
    pub nom: String,
    pub seuil_publication: Option<i16>,
}

/// # Errors
/// When the principal does not coordinate it.
pub async fn reglage(connexion: &mut PgConnection, reseau: &str) -> Result<Reglage> {
    sqlx::query_as(
        "select code, nom, seuil_publication from reseau where code = $1 and code = any (mes_coordinations())",
    )
    .bind(reseau)
    .fetch_optional(connexion)
    .await
    .pour("lecture d'un seuil de publication")?
    .ok_or_else(|| Error::Introuvable("Vous ne coordonnez pas ce réseau.".into()))
}

pub async fn apercu(connexion: &mut PgConnection, reseau: &str, seuil: i32) -> Result<Vec<Annee>> {
    sqlx::query_as("select * from apercu_de_publication($1, $2)")
        .bind(reseau)
        .bind(seuil)
        .fetch_all(connexion)
        .await
        .pour("aperçu d'une publication")
}

/// Chooses a threshold; none publishes every count.
pub async fn choisir(connexion: &mut PgConnection, reseau: &str, seuil: Option<i32>) -> Result<()> {
    sqlx::query("select choisir_seuil($1, $2)")
        .bind(reseau)
        .bind(seuil)
        .execute(connexion)
        .await
        .map(|_| ())
        .pour("choix d'un seuil de publication")
}

pub fn page_du_seuil(reglage: &Reglage, seuil: i32, annees: &[Annee]) -> String {
    let actuel = match reglage.seuil_publication {
        Some(seuil) => {
            format!("Aujourd'hui, les nombres de moins de {seuil} demandes ne sont pas publiés.")
        }
        None => "Aujourd'hui, tous les nombres de demandes sont publics.".to_owned(),
    };
    page(
        &format!("Petits nombres — {}", reglage.nom),
        html! {
            p { a href="/espace" { "Votre espace" } }
            p { (actuel) " Une commune qui a fait une seule demande, c'est parfois un maire que l'on reconnaît : un seuil \
                 masque les petits nombres au public, et ceux qui les feraient deviner par soustraction. Les personnes \
                 qui ont un droit dans le réseau lisent toujours tout." }
            form.saisie method="get" {
                input type="hidden" name="reseau" value=(reglage.code);
                label {
                    "Seuil à essayer"
                    input type="number" name="seuil" min=(SEUILS.start()) max=(SEUILS.end()) value=(seuil) required;
                }
                button { "Voir ce qui serait masqué" }
            }
            h2 { "Ce que le public ne verrait plus, en masquant moins de " (seuil) " demandes" }
            @if annees.is_empty() { p { "Ce réseau n'a pas de demande." } } @else { (tableau(annees)) }
            form.saisie method="post" action="/espace/publication" {
                input type="hidden" name="reseau" value=(reglage.code);
                input type="hidden" name="seuil" value=(seuil);
                button { "Masquer moins de " (seuil) " demandes" }
            }
            @if reglage.seuil_publication.is_some() {
                form.saisie method="post" action="/espace/publication" {
                    input type="hidden" name="reseau" value=(reglage.code);
                    button { "Publier tous les nombres" }
                }
            }
        },
    )
}

fn tableau(annees: &[Annee]) -> Markup {
    html! {
        div.table tabindex="0" role="region" aria-label="Ce qui serait masqué" { table {
            thead { tr { th { "Année" } th { "Communes masquées" } th { "dont par solidarité" } th { "EPCI masqués" }
                th { "Demandes dont le lieu est masqué" } th { "Total du réseau" } } }
            tbody {
                @for a in annees {
                    tr {
                        td { (a.annee) }
                        td { (a.communes_masquees + a.communes_solidaires) " sur " (a.communes) }
                        td { (a.communes_solidaires) }
                        td { (a.epci_masques) " sur " (a.epci) }
                        td { (a.demandes_masquees) " sur " (a.demandes) }
                        td { @if a.total_masque { "masqué" } @else { "publié" } }
                    }
                }
            }
        } }
        p.discret { "Par solidarité : un nombre plus grand que le seuil, masqué pour que le petit ne se retrouve pas en \
             retranchant les autres du total." }
    }
}
