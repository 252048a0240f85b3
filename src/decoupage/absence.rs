//! Why a code has no unit: what a commune that is no more has become, and the millésime that still has it.

use sqlx::PgConnection;

use crate::error::{Contexte, Error, Result};
use crate::territoires::{Edition, Lieu, Maille, Millesime, Unite, commune_de_l_arrondissement};

/// The code of the unit that a path names. Unlike elsewhere, a former code is not followed: whoever asks api-geo for
/// it learns that it is no more. Always 404 when it is not there, whatever was written.
pub async fn exiger(
    connexion: &mut PgConnection,
    edition: Edition,
    maille: Maille,
    ecrit: &str,
) -> Result<String> {
    let code = maille.code(ecrit).map_err(|erreur| Error::Introuvable(erreur.to_string()))?;
    if let Some(commune) = commune_de_l_arrondissement(&code).filter(|_| maille == Maille::Commune)
    {
        return Err(Error::Introuvable(format!(
            "{code} est un arrondissement municipal, que maillage ne connaît pas. Demandez sa commune : \
             /geo/communes/{commune}."
        )));
    }
    let unite = Unite { maille, code: code.clone() };
    let constat = match Lieu::trouver(&mut *connexion, edition, &unite).await {
        Ok(Lieu { remarque: None, .. }) => return Ok(code),
        Ok(Lieu { remarque: Some(remarque), code, .. }) => {
            format!("{remarque} Demandez /geo/communes/{code}.")
        }
        Err(Error::Introuvable(_)) => {
            let aucune = match maille {
                Maille::Commune => "Aucune commune",
                Maille::Epci => "Aucune intercommunalité",
                Maille::Departement => "Aucun département",
                Maille::Region => "Aucune région",
                Maille::Regroupement => "Aucun regroupement",
            };
            let millesime = edition.millesime;
            format!(
                "{aucune} n'a le code {code} dans le millésime {millesime}. Cherchez par le nom : nom=…"
            )
        }
        Err(autre) => return Err(autre),
    };
    let ailleurs = dernier_millesime(connexion, &unite).await?.map_or_else(String::new, |annee| {
        format!(" Le millésime {annee} connaît ce code : ?millesime={annee}.")
    });
    Err(Error::Introuvable(constat + &ailleurs))
}

/// The newest loaded millésime that has a unit.
async fn dernier_millesime(
    connexion: &mut PgConnection,
    unite: &Unite,
) -> Result<Option<Millesime>> {
    sqlx::query_scalar(
        "select max(m.annee) from millesime m \
         join territoire t on t.edition = m.edition and t.maille = $1 and t.code = $2",
    )
    .bind(unite.maille)
    .bind(&unite.code)
    .fetch_one(connexion)
    .await
    .pour("recherche du millésime d'un code")
}
