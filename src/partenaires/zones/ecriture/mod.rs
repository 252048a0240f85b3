//! A partner proposes a zone, or a new version of one. The policies of `zone` hold who may (migration 0027); whoever
//! proposes says which version was read.

use std::time::Duration;

use axum::Json;
use axum::extract::{FromRef, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::{Executor, PgConnection, PgPool};

use super::super::reseaux::Reseau;
use super::super::resolution::attendre_son_tour;
use super::etats::Reference;
use super::import::{connaitre, exclusions_vaines};
use super::jugement::{Jugement, juger};
use super::proposition;
use super::registre::{self, Zone};
use super::saisie::{Saisie, relever};
use crate::comptes::Principal;
use crate::comptes::ecriture::{Pour, exiger};
use crate::error::{Contexte, Error, Result};
use crate::http::{Atelier, Corps, Operation, Parametres, Probleme, Reponse, Routes};
use crate::rejet::Rejet;

pub(super) const ACTION: &str = "écriture d'une zone";
/// Zones judged at once: each takes a core, and reads the codes of the whole country.
static JUGEMENTS: Atelier = Atelier::nouveau(2, Duration::from_secs(10));
/// Writes of zones at once, decisions included: each may wait for a load to end, with a connection in hand.
pub(super) static ECRITURES: Atelier = Atelier::nouveau(4, Duration::from_secs(10));
/// Anomalies that an answer tells one by one.
const ANOMALIES: usize = 200;

const PROPOSITION: &str = r#"{"reseau": "drome", "partenaire": "caue", "theme": null, "code": "caue-diois",
"nom": "Le Diois", "debut": "2026-01-01", "unites": ["epci:242600534"], "exclues": ["commune:26001"]}"#;

pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Routes::nouvelles()
        .avec(
            Operation::ecriture(
                Method::POST,
                "/api/zones",
                "Propose une zone, ou une nouvelle version d'une zone (dites alors de laquelle : « version »). Des unités, \
                 dont certaines exclues, ou une géométrie GeoJSON. Avec essai=true, dit ce que cela donne sans rien écrire.",
                &["essai"],
                PROPOSITION,
            ),
            proposer,
        )
}

/// What came of a proposal.
#[derive(Serialize)]
struct Proposee {
    /// Nothing was written: that was the question.
    essai: bool,
    /// Nothing was written: the newest version says the same.
    identique: bool,
    zone: Zone,
    /// What is not wrong, and may surprise.
    remarques: Vec<String>,
}

/// Writes a proposal, or tries it.
///
/// # Errors
/// Why it is refused.
pub async fn proposer(
    State(piscine): State<PgPool>,
    principal: Principal,
    parametres: Parametres,
    corps: Corps,
) -> Reponse<Response> {
    let essai = parametres.oui("essai")?;
    let saisie = Saisie::lire(&corps)?;
    let Saisie { reseau, defauts, code, partenaire, version, etendue } = saisie;
    let mut lecture = principal.transaction(&piscine).await?;
    Reseau::lire(&mut lecture, &reseau).await?;
    exiger(&mut lecture, &principal, &reseau, Pour::Partenaire(&partenaire)).await?;
    lecture.rollback().await.pour(ACTION)?;
    // Neither whoever waits for their turn nor whoever judges holds a connection.
    let place = JUGEMENTS.entrer().await?;
    let mut lecture = principal.transaction(&piscine).await?;
    // First: what changes while the rest is read is then a change since.
    let annuaire = empreinte(&mut lecture, &reseau).await?;
    let (connus, _) = connaitre(&mut lecture, &reseau).await?;
    lecture.rollback().await.pour(ACTION)?;
    // PROJ blocks, and so does what searches a drawing for crossings: to its end, whoever still waits for it.
    let jugement = tokio::task::spawn_blocking(move || {
        let _place = place;
        let releve = relever(etendue, &defauts)?;
        Ok::<_, Error>(juger(&releve, &connus, &defauts))
    })
    .await
    .map_err(|_| Probleme::interne())?;
    let Jugement { propositions, rejets, mut remarques, .. } = match jugement {
        Err(Error::Demande(phrase)) => return Err(Probleme::saisie("geometrie", phrase)),
        juge => juge?,
    };
    let Some(proposition) = propositions.into_iter().next().filter(|_| rejets.is_empty()) else {
        return Err(refusee(&rejets));
    };
    let _ecriture = ECRITURES.entrer().await?;
    let mut transaction = principal.ecriture(&piscine, "POST /api/zones").await?;
    exiger(&mut transaction, &principal, &reseau, Pour::Partenaire(&partenaire)).await?;
    attendre_son_tour(&mut transaction).await?;
    if empreinte(&mut transaction, &reseau).await? != annuaire {
        return Err(Probleme::conflit(
            "Les partenaires, les thèmes, les regroupements ou le découpage du réseau viennent de changer. Proposez de \
             nouveau : la zone sera examinée selon ce qu'ils sont maintenant.",
        ));
    }
    verifier_la_suite(&mut transaction, &reseau, &code, &partenaire, version).await?;
    let proposee = proposition::proposer(&mut transaction, &reseau, proposition).await?;
    remarques.extend(exclusions_vaines(&mut transaction, &reseau, Some(proposee.zone)).await?);
    let reference = Reference { reseau, code, version: Some(proposee.version) };
    let zone = registre::lire(&mut transaction, &reference).await?;
    if !zone.communes.iter().any(|commune| commune.couverte && commune.dans_perimetre) {
        remarques.push("Elle ne couvre aucune commune du périmètre : vérifiez-la.".into());
    }
    let ecrite = !essai && !proposee.identique;
    if ecrite {
        annoncer(&mut transaction).await?;
        transaction.commit().await.pour(ACTION)?;
    }
    let adresse =
        format!("/api/zones/{}/{}?version={}", reference.reseau, reference.code, proposee.version);
    let corps = Json(Proposee { essai, identique: proposee.identique, zone, remarques });
    Ok(match HeaderValue::from_str(&adresse) {
        Ok(lieu) if ecrite => {
            (StatusCode::CREATED, [(header::LOCATION, lieu)], corps).into_response()
        }
        _ => corps.into_response(),
    })
}

/// What a zone was judged by, in short: other once a zone might be judged otherwise.
async fn empreinte(connexion: &mut PgConnection, reseau: &str) -> Result<Option<String>> {
    sqlx::query_scalar(include_str!("../../sql/empreinte_de_l_annuaire.sql"))
        .bind(reseau)
        .fetch_optional(connexion)
        .await
        .pour(ACTION)
}

/// That the proposal follows what its author has read: the newest version of a zone of this partner, or no zone.
async fn verifier_la_suite(
    connexion: &mut PgConnection,
    reseau: &str,
    code: &str,
    partenaire: &str,
    lue: Option<i16>,
) -> Reponse<()> {
    let derniere: Option<(i16, String)> = sqlx::query_as(
        "select version, partenaire from zone where reseau = $1 and code = $2 order by version desc limit 1",
    )
    .bind(reseau)
    .bind(code)
    .fetch_optional(&mut *connexion)
    .await
    .pour(ACTION)?;
    let version = derniere.as_ref().map(|(version, _)| *version);
    // A zone that one does not see may have this code.
    let libre: bool = sqlx::query_scalar("select zone_peut_suivre($1, $2, $3, ($4 + 1)::smallint)")
        .bind(reseau)
        .bind(code)
        .bind(partenaire)
        .bind(version.unwrap_or_default())
        .fetch_one(connexion)
        .await
        .pour(ACTION)?;
    if !libre || derniere.is_some_and(|(_, autre)| autre != partenaire) {
        return Err(Probleme::saisie(
            "code",
            format!(
                "Le code « {code} » est celui d'une zone d'un autre partenaire : choisissez-en un autre."
            ),
        ));
    }
    match (version, lue) {
        (connue, lue) if connue == lue => Ok(()),
        (Some(connue), None) => Err(Probleme::conflit(format!(
            "La zone « {code} » existe déjà. Pour en proposer une nouvelle version, relisez-la, et donnez \
             « version » : {connue}."
        ))
        .avec("version", connue.into())),
        (Some(connue), Some(_)) => Err(Probleme::conflit(format!(
            "Une version {connue} de la zone « {code} » a été proposée depuis que vous l'avez lue. Relisez-la, puis \
             proposez de nouveau ce que vous voulez y changer."
        ))
        .avec("version", connue.into())),
        (None, _) => Err(Probleme::conflit(format!(
            "La zone « {code} » n'existe plus : proposez-la sans « version »."
        ))),
    }
}

/// Why a zone is not proposed: each row that is wrong, as programs and people read it.
fn refusee(rejets: &[Rejet]) -> Probleme {
    let anomalies: Vec<Value> = rejets
        .iter()
        .take(ANOMALIES)
        .map(|rejet| {
            json!({ "champ": rejet.colonne, "element": rejet.numero, "valeur": rejet.valeur, "raison": rejet.raison })
        })
        .collect();
    let premiere = rejets.first().map_or("Elle ne dit rien.", |rejet| rejet.raison.as_str());
    let suite = match rejets.len() {
        0 | 1 => String::new(),
        nombre => format!(" {nombre} éléments sont à corriger en tout."),
    };
    let champ = rejets.first().map_or("unites", |rejet| rejet.colonne.as_str());
    Probleme::saisie(champ, format!("La zone n'est pas proposée. {premiere}{suite}"))
        .avec("anomalies", anomalies.into())
}

/// Tells the running services that what they keep is stale.
pub(super) async fn annoncer(connexion: &mut PgConnection) -> Result<()> {
    connexion.execute("select annoncer_changement()").await.map(|_| ()).pour(ACTION)
}
