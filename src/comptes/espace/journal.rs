//! What was written, when, by whom and from where: for coordinators.

use chrono::{DateTime, Utc};
use maud::{Markup, html};
use serde_json::Value;
use sqlx::PgConnection;

use super::pages::moment;
use crate::error::{Contexte, Result};
use crate::http::page::page;

/// Lines of a page.
const LIGNES: i64 = 100;

#[derive(Debug, sqlx::FromRow)]
pub struct Ligne {
    id: i64,
    le: DateTime<Utc>,
    auteur: String,
    origine: Option<String>,
    motif: Option<String>,
    reseau: Option<String>,
    objet: String,
    cle: Option<String>,
    operation: String,
    avant: Option<Value>,
    apres: Option<Value>,
}

/// The last lines that the principal may read, or those before one of them.
pub async fn lire(
    connexion: &mut PgConnection,
    reseau: Option<&str>,
    avant: Option<i64>,
) -> Result<Vec<Ligne>> {
    sqlx::query_as(
        "select id, le, auteur, origine, motif, reseau, objet, cle, operation, avant, apres
         from journal
         where ($1::text is null or reseau = $1) and ($2::bigint is null or id < $2)
         order by id desc limit $3",
    )
    .bind(reseau)
    .bind(avant)
    .bind(LIGNES)
    .fetch_all(connexion)
    .await
    .pour("lecture du journal")
}

fn operation(operation: &str) -> &str {
    match operation {
        "insert" => "ajout",
        "update" => "changement",
        _ => "retrait",
    }
}

/// What a row was, or has become: each field on its line.
fn valeurs(valeurs: Option<&Value>) -> Markup {
    html! {
        @if let Some(Value::Object(champs)) = valeurs {
            @for (nom, valeur) in champs.iter().filter(|(_, valeur)| !valeur.is_null()) {
                (nom) " : "
                @match valeur { Value::String(texte) => (texte), autre => (autre.to_string()) }
                br;
            }
        }
    }
}

pub fn page_du_journal(lignes: &[Ligne], reseau: Option<&str>) -> String {
    let suite = lignes.last().filter(|_| lignes.len() as i64 == LIGNES);
    page(
        "Journal des écritures",
        html! {
            p { a href="/espace" { "Votre espace" } }
            @if lignes.is_empty() {
                p { "Aucune écriture que vous puissiez lire : le journal est pour les coordinateurs, réseau par réseau." }
            } @else {
                div.table tabindex="0" role="region" aria-label="Écritures" { table {
                    thead { tr { th { "Quand" } th { "Qui" } th { "Quoi" } th { "Avant" } th { "Après" } } }
                    tbody {
                        @for ligne in lignes {
                            tr {
                                td { (moment(ligne.le)) }
                                td {
                                    (ligne.auteur)
                                    @if let Some(origine) = &ligne.origine { br; span.discret { (origine) } }
                                }
                                td {
                                    (operation(&ligne.operation)) " : " (ligne.objet)
                                    @if let Some(cle) = &ligne.cle { " " (cle) }
                                    @if let Some(reseau) = &ligne.reseau { br; span.discret { (reseau) } }
                                    @if let Some(motif) = &ligne.motif { br; (motif) }
                                }
                                td { (valeurs(ligne.avant.as_ref())) }
                                td { (valeurs(ligne.apres.as_ref())) }
                            }
                        }
                    }
                } }
            }
            @if let Some(derniere) = suite {
                p {
                    a href={ "/espace/journal?avant=" (derniere.id) @if let Some(reseau) = reseau { "&reseau=" (reseau) } } {
                        "Plus ancien"
                    }
                }
            }
        },
    )
}
