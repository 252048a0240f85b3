//! The making of a report: figures read, texts filled, maps drawn, document laid out. A step each, so that whoever waits
//! is told where it is.

use std::collections::BTreeMap;

use serde_json::json;
use sqlx::{Connection, PgConnection, PgPool};

use super::document;
use super::donnees::{Chiffre, Consigne, Rapport, Sujet, Unite};
use super::planches::{Dessin, Fonds};
use super::publication::{self, Contenu};
use super::textes::{self, Fichiers, REGLAGES, Textes};
use crate::base::Base;
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

/// Reads what a report says, and what is written around it.
///
/// # Errors
/// A sentence when a text is wrong, with its file and its line.
pub async fn lire(
    piscine: &PgPool,
    principal: &Principal,
    consigne: &Consigne,
) -> Result<(Rapport, Textes)> {
    let fichiers = {
        let mut lecture = principal.lecture(piscine).await?;
        textes::lire(&mut lecture, &consigne.reseau).await?
    };
    let rapport = chiffres(piscine, principal, consigne).await?;
    Ok(accorder(rapport, juger(&fichiers)?))
}

/// Texts that are not kept yet, with the figures that they would be printed with.
pub async fn apercevoir(
    piscine: &PgPool,
    principal: &Principal,
    consigne: &Consigne,
    textes: Textes,
) -> Result<Textes> {
    let rapport = chiffres(piscine, principal, consigne).await?;
    Ok(accorder(rapport, textes).1)
}

/// The figures alone. Those that the public reads, small counts masked, when the réseau is public: they are made to be
/// published.
pub async fn chiffres(
    piscine: &PgPool,
    principal: &Principal,
    consigne: &Consigne,
) -> Result<Rapport> {
    let public = {
        let mut lecture = principal.lecture(piscine).await?;
        est_public(&mut lecture, consigne).await?
    };
    let qui = if public { &Principal::Public } else { principal };
    chiffres_lus_par(piscine, qui, consigne).await
}

fn juger(fichiers: &Fichiers) -> Result<Textes> {
    Textes::juger(fichiers).map_err(|fautes| textes::refuser(&fautes))
}

/// The same for the owner of the data, from whom nothing is kept: figures of a public réseau are all the same those that the
/// public reads.
///
/// # Errors
/// A sentence when a text is wrong, with its file and its line.
pub async fn lire_en_proprietaire(base: &Base, consigne: &Consigne) -> Result<(Rapport, Textes)> {
    let mut connexion = base.connexion().await?;
    let debut = "begin isolation level repeatable read read only";
    let mut lecture = connexion.begin_with(debut).await.pour("ouverture d'une lecture")?;
    let fichiers = textes::lire(&mut lecture, &consigne.reseau).await?;
    let rapport = match est_public(&mut lecture, consigne).await? {
        true => chiffres_lus_par(&base.piscine(), &Principal::Public, consigne).await?,
        false => Rapport::lire(&mut lecture, consigne).await?,
    };
    Ok(accorder(rapport, juger(&fichiers)?))
}

async fn est_public(connexion: &mut PgConnection, consigne: &Consigne) -> Result<bool> {
    let public = sqlx::query_scalar("select public from reseau where code = $1")
        .bind(&consigne.reseau)
        .fetch_optional(connexion)
        .await
        .pour("lecture d'un réseau")?;
    Ok(public.unwrap_or_default())
}

/// Texts of a report, figures put in; the report takes their colour.
fn accorder(mut rapport: Rapport, textes: Textes) -> (Rapport, Textes) {
    if textes.reglages.couleur.is_some() {
        rapport.reseau.couleur.clone_from(&textes.reglages.couleur);
    }
    rapport.chiffres.extend(budget(&rapport, &textes));
    let textes = textes.remplir(&rapport);
    (rapport, textes)
}

/// What the réseau says that its year cost: no table of the database has it.
fn budget(rapport: &Rapport, textes: &Textes) -> Option<Chiffre> {
    let Consigne { sujet: Sujet::Reseau, periode, .. } = &rapport.consigne else { return None };
    let de = |annee: i16| textes.reglages.budget.get(&annee.to_string()).copied().map(f64::from);
    let annee = periode.annee?;
    let parametres = [("reseau", json!(rapport.reseau.code)), ("fichier", json!(REGLAGES))];
    let parametres = parametres.map(|(nom, valeur)| (nom.to_owned(), valeur)).into_iter().collect();
    let chiffre = Chiffre::nouveau(
        "budget",
        "Budget du réseau",
        Some(de(annee)?),
        Unite::Euros,
        publication::REGLAGES,
    );
    Some(chiffre.apres(de(annee - 1)).avec(&parametres))
}

async fn chiffres_lus_par(
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
