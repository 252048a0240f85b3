//! The making of a report: figures read, texts filled, maps drawn, document laid out. A step each, so that whoever waits
//! is told where it is.

use std::collections::BTreeMap;

use sqlx::{PgConnection, PgPool};

use super::document;
use super::donnees::{Consigne, Rapport};
use super::planches::{Dessin, Fonds};
use super::publication::{self, Contenu};
use super::textes::{self, Fichiers, Textes};
use crate::comptes::Principal;
use crate::error::{Contexte, Result};

/// A report, and all that was made of it.
#[derive(Debug, Clone)]
pub struct Ouvrage {
    pub rapport: Rapport,
    pub textes: Textes,
    /// By key of map.
    pub cartes: BTreeMap<String, Dessin>,
    pub pdf: Vec<u8>,
}

impl Ouvrage {
    /// What a page and the annexes are made from.
    pub fn contenu(&self) -> Contenu {
        Contenu {
            rapport: self.rapport.clone(),
            textes: self.textes.clone(),
            cartes: self.cartes.clone(),
            requetes: publication::requetes_du_jour(),
        }
    }
}

/// Reads what a report says, and what is written around it. Figures are those that the public reads, small counts masked,
/// when the réseau is public: they are made to be published.
///
/// # Errors
/// A sentence when a text is wrong, with its file and its line.
pub async fn lire(
    piscine: &PgPool,
    principal: &Principal,
    consigne: &Consigne,
) -> Result<(Rapport, Textes)> {
    let (public, fichiers) = {
        let mut lecture = principal.lecture(piscine).await?;
        let public: Option<bool> = sqlx::query_scalar("select public from reseau where code = $1")
            .bind(&consigne.reseau)
            .fetch_optional(&mut *lecture)
            .await
            .pour("lecture d'un réseau")?;
        (public.unwrap_or_default(), textes::lire(&mut lecture, &consigne.reseau).await?)
    };
    let qui = if public { &Principal::Public } else { principal };
    accorder(chiffres(piscine, qui, consigne).await?, &fichiers)
}

/// Reads a report and what is written around it in one transaction, as its principal reads them.
///
/// # Errors
/// A sentence when a text is wrong, with its file and its line.
pub async fn reunir(
    connexion: &mut PgConnection,
    consigne: &Consigne,
) -> Result<(Rapport, Textes)> {
    let fichiers = textes::lire(connexion, &consigne.reseau).await?;
    let rapport = Rapport::lire(connexion, consigne).await?;
    accorder(rapport, &fichiers)
}

/// Texts of a report, figures put in; the report takes their colour.
fn accorder(mut rapport: Rapport, fichiers: &Fichiers) -> Result<(Rapport, Textes)> {
    let textes = Textes::juger(fichiers).map_err(|fautes| textes::refuser(&fautes))?;
    if textes.reglages.couleur.is_some() {
        rapport.reseau.couleur.clone_from(&textes.reglages.couleur);
    }
    let textes = textes.remplir(&rapport);
    Ok((rapport, textes))
}

/// The figures alone, as this principal reads them.
pub async fn chiffres(
    piscine: &PgPool,
    principal: &Principal,
    consigne: &Consigne,
) -> Result<Rapport> {
    let mut lecture = principal.lecture(piscine).await?;
    Rapport::lire(&mut lecture, consigne).await
}

/// Lays the document out. Blocks.
pub fn composer(
    rapport: Rapport,
    textes: Textes,
    cartes: BTreeMap<String, Dessin>,
) -> Result<Ouvrage> {
    let pdf = document::composer(&rapport, &textes, &cartes)?;
    Ok(Ouvrage { rapport, textes, cartes, pdf })
}

/// Reads the shapes that the maps of a report are drawn over.
pub async fn fonds(piscine: &PgPool, principal: &Principal, rapport: &Rapport) -> Result<Fonds> {
    let mut lecture = principal.lecture(piscine).await?;
    Fonds::lire(&mut lecture, rapport).await
}
