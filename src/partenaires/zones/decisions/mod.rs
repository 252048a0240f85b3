//! Decisions on a version of a zone: a coordinator validates, refuses or ends it, a partner takes its own proposal back. Each
//! says at which revision the version was read.

use axum::Json;
use axum::extract::{FromRef, State};
use axum::http::Method;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};

use super::super::reseaux::Reseau;
use super::super::resolution::attendre_son_tour;
use super::ecriture::{ACTION, ECRITURES, annoncer};
use super::etats::{self, Decision, Reference};
use super::proposition;
use super::registre::{self, Zone};
use crate::comptes::Principal;
use crate::comptes::ecriture::{MOTIF_MAX, Pour, exiger, motiver};
use crate::error::{Contexte, Result};
use crate::http::{Chemin, Corps, Operation, Probleme, Reponse, Routes, manque};

pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Routes::nouvelles()
        .avec(
            decision(
                "/api/zones/{reseau}/{zone}/{version}/validation",
                "/api/zones/drome/caue-ensemble/1/validation",
                "Valide une version proposée. Réservé au coordinateur du réseau.",
                r#"{"revision": 1}"#,
            ),
            valider,
        )
        .avec(
            decision(
                "/api/zones/{reseau}/{zone}/{version}/refus",
                "/api/zones/drome/caue-ensemble/1/refus",
                "Refuse une version proposée, en disant pourquoi. Réservé au coordinateur du réseau.",
                r#"{"revision": 1, "motif": "Il manque une commune."}"#,
            ),
            refuser,
        )
        .avec(
            decision(
                "/api/zones/{reseau}/{zone}/{version}/fin",
                "/api/zones/drome/caue-ensemble/1/fin",
                "Donne son dernier jour à une version validée. Réservé au coordinateur du réseau.",
                r#"{"revision": 2, "fin": "2026-12-31"}"#,
            ),
            finir,
        )
        .avec(
            decision(
                "/api/zones/{reseau}/{zone}/{version}/retrait",
                "/api/zones/drome/caue-ensemble/1/retrait",
                "Retire une version que l'on a proposée, tant que rien n'est décidé.",
                r#"{"revision": 1}"#,
            ),
            retirer,
        )
}

fn decision(
    chemin: &'static str,
    adresse: &'static str,
    resume: &'static str,
    exemple: &'static str,
) -> Operation {
    Operation::ecriture(Method::POST, chemin, resume, &[], exemple).a(adresse)
}

/// A version that is decided on.
type Designee = (String, String, i16);

/// What a decision changed.
#[derive(Serialize)]
struct Decidee {
    phrases: Vec<String>,
    zone: Zone,
}

/// Opens the transaction of a decision: the version is there, as whoever decides has read it.
async fn ouvrir(
    piscine: &PgPool,
    principal: &Principal,
    (reseau, code, version): Designee,
    action: &str,
    corps: &Corps,
) -> Reponse<(sqlx::Transaction<'static, sqlx::Postgres>, Reference)> {
    let revision =
        corps.entier("revision", 1..=i32::MAX.into())?.ok_or_else(|| manque("revision"))?;
    let origine = format!("POST /api/zones/{action}");
    let mut transaction = principal.ecriture(piscine, &origine).await?;
    Reseau::lire(&mut transaction, &reseau).await?;
    let zone = Reference { reseau, code, version: Some(version) };
    attendre_son_tour(&mut transaction).await?;
    let connue: Option<(i32, i32, String)> = sqlx::query_as(
        "select id, revision, partenaire from zone where reseau = $1 and code = $2 and version = $3",
    )
    .bind(&zone.reseau)
    .bind(&zone.code)
    .bind(version)
    .fetch_optional(&mut *transaction)
    .await
    .pour(ACTION)?;
    let pour = match (&connue, action) {
        (Some((.., partenaire)), "retrait") => Pour::Partenaire(partenaire),
        _ => Pour::Reseau,
    };
    let Some((id, actuelle, _)) = &connue else {
        return Err(registre::absente(&zone).into());
    };
    exiger(&mut transaction, principal, &zone.reseau, pour).await?;
    if i64::from(*actuelle) != revision {
        return Err(changee(&mut transaction, &zone, *id, *actuelle, revision).await?);
    }
    Ok((transaction, zone))
}

/// What the first changed while the second had it before them.
async fn changee(
    connexion: &mut PgConnection,
    zone: &Reference,
    id: i32,
    actuelle: i32,
    lue: i64,
) -> Result<Probleme> {
    let changements: Vec<(DateTime<Utc>, Value, Value)> =
        sqlx::query_as("select le, avant, apres from changements_de_zone($1, $2::integer)")
            .bind(id)
            .bind(lue)
            .fetch_all(connexion)
            .await
            .pour(ACTION)?;
    let changements: Vec<Value> = changements
        .into_iter()
        .map(|(le, avant, apres)| json!({ "le": le, "avant": avant, "apres": apres }))
        .collect();
    Ok(Probleme::conflit(format!(
        "{zone} a changé depuis que vous l'avez lue. Relisez-la, puis recommencez si cela convient encore."
    ))
    .avec("revision", actuelle.into())
    .avec("changements", changements.into()))
}

async fn conclure(
    mut transaction: sqlx::Transaction<'static, sqlx::Postgres>,
    zone: &Reference,
    decision: Decision,
) -> Reponse<Json<Decidee>> {
    let lue = registre::lire(&mut transaction, zone).await?;
    annoncer(&mut transaction).await?;
    transaction.commit().await.pour(ACTION)?;
    Ok(Json(Decidee { phrases: decision.phrases, zone: lue }))
}

async fn valider(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(designee): Chemin<Designee>,
    corps: Corps,
) -> Reponse<Json<Decidee>> {
    corps.admettre(&["revision"])?;
    let _ecriture = ECRITURES.entrer().await?;
    let (mut transaction, zone) =
        ouvrir(&piscine, &principal, designee, "validation", &corps).await?;
    let decision = etats::valider(&mut transaction, &zone).await?;
    conclure(transaction, &zone, decision).await
}

async fn refuser(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(designee): Chemin<Designee>,
    corps: Corps,
) -> Reponse<Json<Decidee>> {
    corps.admettre(&["revision", "motif"])?;
    let motif = corps.paragraphe("motif", MOTIF_MAX)?.ok_or_else(|| {
        Probleme::saisie("motif", "Un refus se motive : dites au partenaire ce qu'il doit changer.")
    })?;
    let _ecriture = ECRITURES.entrer().await?;
    let (mut transaction, zone) = ouvrir(&piscine, &principal, designee, "refus", &corps).await?;
    motiver(&mut transaction, motif).await?;
    let decision = etats::refuser(&mut transaction, &zone, motif).await?;
    conclure(transaction, &zone, decision).await
}

async fn finir(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(designee): Chemin<Designee>,
    corps: Corps,
) -> Reponse<Json<Decidee>> {
    corps.admettre(&["revision", "fin"])?;
    let fin = corps.date("fin")?.ok_or_else(|| manque("fin"))?;
    let _ecriture = ECRITURES.entrer().await?;
    let (mut transaction, zone) = ouvrir(&piscine, &principal, designee, "fin", &corps).await?;
    let decision = etats::retirer(&mut transaction, &zone, fin).await?;
    conclure(transaction, &zone, decision).await
}

/// What was proposed and is no more.
#[derive(Serialize)]
struct Retiree {
    phrases: [String; 1],
}

async fn retirer(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(designee): Chemin<Designee>,
    corps: Corps,
) -> Reponse<Json<Retiree>> {
    corps.admettre(&["revision"])?;
    let _ecriture = ECRITURES.entrer().await?;
    let (mut transaction, zone) = ouvrir(&piscine, &principal, designee, "retrait", &corps).await?;
    if !proposition::reprendre(&mut transaction, &zone).await? {
        return Err(Probleme::conflit(format!(
            "{zone} n'est plus une proposition : elle ne se retire pas. Proposez une nouvelle version, ou demandez sa \
             fin au coordinateur."
        )));
    }
    transaction.commit().await.pour(ACTION)?;
    Ok(Json(Retiree { phrases: [format!("{zone} est retirée.")] }))
}
