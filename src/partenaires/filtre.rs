//! What a question about réseaux is limited to, once it is known to exist.

use sqlx::PgConnection;

use super::reseaux::Reseau;
use crate::error::{Contexte, Error, Result};
use crate::http::{Parametres, Reponse};

/// One réseau, one year, and perhaps a theme and a partner.
#[derive(Debug)]
pub struct Filtre {
    pub reseau: Reseau,
    pub theme: Option<String>,
    pub partenaire: Option<String>,
    pub annee: i16,
}

impl Filtre {
    /// Query parameters that [`Self::lire`] reads.
    pub const PARAMETRES: [&str; 4] = ["reseau", "theme", "partenaire", "annee"];

    /// Reads the parameters and checks that the réseau has what they name. Without a réseau, the only
    /// one there is.
    pub async fn lire(connexion: &mut PgConnection, parametres: &Parametres) -> Reponse<Self> {
        let (theme, partenaire) = (parametres.texte("theme"), parametres.texte("partenaire"));
        let annee = annee(parametres)?;
        let reseau = match parametres.texte("reseau") {
            Some(code) => Reseau::lire(connexion, code).await?,
            None => le_seul(connexion).await?,
        };
        verifier_theme(connexion, Some(&reseau.code), theme, partenaire).await?;
        Ok(Self {
            theme: theme.map(str::to_owned),
            partenaire: partenaire.map(str::to_owned),
            annee: annee.unwrap_or(reseau.annee),
            reseau,
        })
    }
}

/// The year that a question is about.
pub fn annee(parametres: &Parametres) -> Reponse<Option<i16>> {
    parametres.nombre("annee", 1943..=2100)
}

async fn le_seul(connexion: &mut PgConnection) -> Result<Reseau> {
    let mut reseaux = Reseau::tous(connexion).await?;
    match reseaux.len() {
        0 => Err(Error::Introuvable(
            "Aucun réseau n'est chargé. Lancez maillage import reseau.".into(),
        )),
        1 => Ok(reseaux.remove(0)),
        _ => {
            let codes: Vec<_> = reseaux.iter().map(|reseau| reseau.code.as_str()).collect();
            Err(Error::Demande(format!(
                "Précisez le réseau : reseau={}.",
                codes.join(" ou reseau=")
            )))
        }
    }
}

/// Refuses a theme or a partner that the réseau does not have; that none has, without a réseau.
pub async fn verifier_theme(
    connexion: &mut PgConnection,
    reseau: Option<&str>,
    theme: Option<&str>,
    partenaire: Option<&str>,
) -> Result<()> {
    let (theme_connu, partenaire_connu): (bool, bool) =
        sqlx::query_as(include_str!("sql/verifier_filtre.sql"))
            .bind(reseau)
            .bind(theme)
            .bind(partenaire)
            .fetch_one(connexion)
            .await
            .pour("vérification d'un thème et d'un partenaire")?;
    let ou = format!("/api/reseaux/{}", reseau.unwrap_or("{code}"));
    match (theme, partenaire) {
        (Some(theme), _) if !theme_connu => Err(Error::Introuvable(format!(
            "Le thème « {theme} » n'existe pas. La liste est à {ou}."
        ))),
        (_, Some(partenaire)) if !partenaire_connu => Err(Error::Introuvable(format!(
            "Le partenaire « {partenaire} » n'existe pas. La liste est à {ou}."
        ))),
        _ => Ok(()),
    }
}
