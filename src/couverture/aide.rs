//! Who can help here, with what, and how to reach them.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::error::{Contexte, Result};
use crate::partenaires::{Adresse, Citation, Identite, Periode, Reseau, citations};
use crate::territoires::{Edition, Lieu};

#[derive(Debug, Serialize)]
pub struct Aide {
    pub territoire: Lieu,
    /// What a reader must know of the place or of the need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarque: Option<String>,
    pub annee: i16,
    pub demonstration: bool,
    pub mention: Option<String>,
    pub partenaires: Vec<Aidant>,
    /// The réseau's own desk, for what no partner covers.
    pub guichet: Option<Adresse>,
    pub sources: Vec<Citation>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Aidant {
    reseau: String,
    #[serde(flatten)]
    identite: Identite,
    themes: Vec<ThemeAide>,
    /// How its zone says that it works here.
    zone: String,
    /// Of the place's communes that are in the réseau, those that it covers.
    communes_couvertes: i64,
    communes: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct ThemeAide {
    code: String,
    libelle: String,
}

/// What is asked about a place.
#[derive(Debug)]
pub struct Besoin<'a> {
    pub theme: Option<&'a str>,
    pub periode: Periode,
    /// A need in everyday words.
    pub texte: Option<&'a str>,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    reseaux: Option<Vec<String>>,
    annee: Option<i16>,
    demonstration: bool,
    mention: Option<String>,
    guichet: Option<Json<Adresse>>,
    partenaires: Json<Vec<Aidant>>,
}

impl Aide {
    pub async fn lire(
        connexion: &mut PgConnection,
        edition: Edition,
        lieu: Lieu,
        besoin: &Besoin<'_>,
    ) -> Result<Self> {
        let ligne: Ligne = sqlx::query_as(include_str!("sql/aide.sql"))
            .bind(edition.edition)
            .bind(edition.millesime)
            .bind(lieu.maille)
            .bind(&lieu.code)
            .bind(besoin.theme)
            .bind(besoin.periode.au)
            .bind(besoin.texte)
            .fetch_one(&mut *connexion)
            .await
            .pour("recherche de qui peut aider")?;
        let mut reseaux = Vec::new();
        for code in ligne.reseaux.iter().flatten() {
            reseaux.push(Reseau::lire(connexion, code).await?);
        }
        let remarques = [
            lieu.remarque.clone(),
            reseaux
                .is_empty()
                .then(|| format!("{} n'est dans le périmètre d'aucun réseau.", lieu.nom)),
            besoin.texte.filter(|_| !reseaux.is_empty() && ligne.partenaires.is_empty()).map(|texte| {
                format!("Aucun partenaire d'ici n'annonce « {texte} ». Essayez d'autres mots, ou un thème.")
            }),
        ];
        let remarque = remarques.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Ok(Self {
            remarque: (!remarque.is_empty()).then_some(remarque),
            territoire: lieu,
            annee: ligne.annee.unwrap_or(edition.millesime.annee()),
            demonstration: ligne.demonstration,
            mention: ligne.mention,
            partenaires: ligne.partenaires.0,
            guichet: ligne.guichet.map(|Json(guichet)| guichet),
            sources: citations(connexion, &reseaux, edition.edition).await?,
        })
    }
}
