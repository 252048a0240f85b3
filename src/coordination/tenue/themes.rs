//! A theme: its words, and the one that it is under.

use serde_json::Value;
use sqlx::PgConnection;

use crate::coordination::saisie::{Champ, Choix, Genre};
use crate::error::{Contexte, Result};

pub async fn champs(
    connexion: &mut PgConnection,
    reseau: &str,
    code: Option<&str>,
) -> Result<Vec<Champ>> {
    let parents: Vec<(String, String)> = sqlx::query_as(include_str!("../sql/lire_parents.sql"))
        .bind(reseau)
        .bind(code)
        .fetch_all(connexion)
        .await
        .pour("lecture des thèmes")?;
    let parents = parents.iter().map(|(code, libelle)| Choix::nouveau(code, libelle)).collect();
    Ok(vec![
        Champ::nouveau("libelle", "Libellé", Genre::Ligne(200)).requis(),
        Champ::nouveau("parent", "Rangé sous", Genre::Un(parents)).aide(
            "Il y a deux niveaux. Un thème dont des partenaires, des zones ou des demandes sont déjà ne peut pas en \
             recevoir d'autres sous lui.",
        ),
        Champ::nouveau("mots_cles", "Mots clés", Genre::Liste(50, 100)).aide(
            "Un par ligne : les mots qu'un maire emploierait. Ils servent à la recherche d'aide.",
        ),
        Champ::nouveau("fin", "Dernier jour où il est proposé", Genre::Jour)
            .aide("Les demandes et les zones d'avant le gardent."),
    ])
}

pub async fn ecrire(
    connexion: &mut PgConnection,
    reseau: &str,
    code: &str,
    ligne: &Value,
) -> Result<()> {
    sqlx::query(include_str!("../sql/ecrire_theme.sql"))
        .bind(reseau)
        .bind(code)
        .bind(ligne)
        .execute(connexion)
        .await
        .map(|_| ())
        .pour("enregistrement d'un thème")
}
