//! Noting a demande, correcting it, qualifying one that a commune sent.

mod champs;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use sqlx::{PgConnection, PgPool};

use super::cadre::Espace;
use super::{Champs, Ou, aller, connectee, connexion, patienter, reponse};
use crate::comptes::Principal;
use crate::coordination::collecte;
use crate::coordination::saisie::{Champ, Saisie};
use crate::demandes::ecriture::{Fiche, noter as ecrire, rectifier};
use crate::demandes::tenue::nommer;
use crate::error::{Contexte, Error, Result};
use crate::http::{Chemin, Corps, Formulaire as Envoi, Probleme, Reponse};
pub use champs::Nomenclature;

pub fn routes<S>(base: &str) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Router::new().route(&format!("{base}/nouvelle"), get(proposer).post(noter))
}

async fn proposer(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(ou): Chemin<Ou>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let espace = ou.espace(&mut transaction, &principal).await?;
    let noms = Nomenclature::lire(&mut transaction, &espace).await?;
    let champs = champs::champs(&espace, &noms, None);
    let mut vide = Saisie::default();
    let aujourd_hui = chrono::Local::now().date_naive().to_string();
    vide.valeurs.insert("date".into(), vec![aujourd_hui]);
    Ok(reponse(StatusCode::OK, champs::page(&espace, &champs, &vide, None, None, None)))
}

async fn noter(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(ou): Chemin<Ou>,
    Envoi(envoyes): Envoi<Champs>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &envoyes));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let espace = ou.espace(&mut transaction, &principal).await?;
    let noms = Nomenclature::lire(&mut transaction, &espace).await?;
    let champs = champs::champs(&espace, &noms, None);
    let mut saisie = Saisie::lire(&champs, &envoyes);
    let beneficiaire = champs::beneficiaire(&mut transaction, espace.reseau(), &mut saisie).await?;
    transaction.rollback().await.pour("lecture d'une demande")?;
    let mut corps = champs::corps(&mut saisie, &champs, None, beneficiaire, None);
    corps.insert("reseau".into(), espace.reseau().to_owned().into());
    if let Some(code) = espace.code() {
        corps.insert("partenaire".into(), code.into());
    }
    let mut refus = None;
    if saisie.fautes.is_empty() {
        let origine = format!("POST {}/nouvelle", espace.chemin());
        match ecrire(&piscine, &principal, &origine, &Corps::nouveau(corps)).await {
            Ok(_) => return Ok(aller(&espace, "?fait=note")),
            Err(probleme) => refus = a_dire(&mut saisie, &champs, probleme)?,
        }
    }
    let page = champs::page(&espace, &champs, &saisie, None, None, refus.as_deref());
    Ok(reponse(StatusCode::UNPROCESSABLE_ENTITY, page))
}

/// What a form can correct goes to its field, or above it; the rest is a problem.
fn a_dire(saisie: &mut Saisie, champs: &[Champ], probleme: Probleme) -> Reponse<Option<String>> {
    if !matches!(
        probleme.statut(),
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST | StatusCode::CONFLICT
    ) {
        return Err(probleme);
    }
    let phrase = probleme.dire().1.to_owned();
    let champ = probleme.champ().map(champs::du_formulaire);
    match champ.filter(|nom| champs.iter().any(|champ| champ.nom == *nom)) {
        Some(nom) => {
            saisie.refuser(nom, phrase);
            Ok(None)
        }
        None => Ok(Some(phrase)),
    }
}

/// A demande of a space, that it may correct.
async fn trouver(connexion: &mut PgConnection, espace: &Espace, quoi: &str) -> Result<Fiche> {
    let absente =
        || Error::Introuvable("Cette demande n'est pas de celles que vous tenez ici.".into());
    let id: i64 = quoi.parse().map_err(|_| absente())?;
    let fiche = Fiche::lire(connexion, id).await.map_err(|erreur| match erreur {
        Error::Introuvable(_) => absente(),
        autre => autre,
    })?;
    let sienne =
        fiche.reseau == espace.reseau() && espace.code().is_none_or(|code| code == fiche.meneur());
    sienne.then_some(fiche).ok_or_else(absente)
}

/// The form of a demande of a space.
pub async fn montrer(
    connexion: &mut PgConnection,
    espace: &Espace,
    quoi: &str,
) -> Reponse<Response> {
    let connue = trouver(connexion, espace, quoi).await?;
    let noms = Nomenclature::lire(connexion, espace).await?;
    let champs = champs::champs(espace, &noms, Some(&connue));
    let nom = nommer(connexion, &connue).await?;
    let valeurs = champs::valeurs(&connue, &nom);
    let mut saisie = Saisie { lu: Some(valeurs.clone()), valeurs, ..Saisie::default() };
    if connue.etat == "recue" {
        // To be said, not to be left as it is.
        saisie.valeurs.insert("etat".into(), vec!["en_cours".into()]);
    }
    let page = champs::page(espace, &champs, &saisie, Some(&connue), None, None);
    Ok(reponse(StatusCode::OK, page))
}

pub async fn corriger(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(ou): Chemin<Ou>,
    Envoi(envoyes): Envoi<Champs>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &envoyes));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let espace = ou.espace(&mut transaction, &principal).await?;
    let connue = trouver(&mut transaction, &espace, ou.quoi()).await?;
    let noms = Nomenclature::lire(&mut transaction, &espace).await?;
    let champs = champs::champs(&espace, &noms, Some(&connue));
    let nom = nommer(&mut transaction, &connue).await?;
    let actuelles = champs::valeurs(&connue, &nom);
    let mut saisie = Saisie::lire(&champs, &envoyes);
    let change = saisie.confronter(&champs, actuelles.clone());
    let beneficiaire = match saisie.une("beneficiaire") == Some(nom.as_str()) {
        true => None,
        false => champs::beneficiaire(&mut transaction, espace.reseau(), &mut saisie).await?,
    };
    let auteur = match change {
        true => {
            let code = connue.id.to_string();
            collecte::dernier_auteur(&mut transaction, espace.reseau(), "demande", &code).await?
        }
        false => None,
    };
    transaction.rollback().await.pour("lecture d'une demande")?;
    let mut corps =
        champs::corps(&mut saisie, &champs, Some(&actuelles), beneficiaire, Some(&connue));
    let mut statut = StatusCode::UNPROCESSABLE_ENTITY;
    let mut refus = None;
    if change {
        statut = StatusCode::CONFLICT;
    } else if saisie.fautes.is_empty() {
        corps.insert("revision".into(), connue.revision.into());
        let origine = format!("POST {}", espace.chemin());
        match rectifier(&piscine, &principal, &origine, connue.id, &Corps::nouveau(corps)).await {
            Ok(_) => return Ok(aller(&espace, "?fait=corrige")),
            Err(probleme) => {
                statut = probleme.statut();
                refus = a_dire(&mut saisie, &champs, probleme)?;
            }
        }
    }
    let page =
        champs::page(&espace, &champs, &saisie, Some(&connue), auteur.as_deref(), refus.as_deref());
    Ok(reponse(statut, page))
}
