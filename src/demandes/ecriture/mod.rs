//! Writes of demandes: the partner that leads one, or the coordinator, creates it and corrects it. The policies of
//! `demande` hold who may (migration 0028); a correction says at which revision it was read.

mod fiche;
mod saisie;
mod succession;

use axum::Json;
use axum::extract::{FromRef, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::types::Json as Colonne;
use sqlx::{Executor, PgConnection, PgPool};
use xxhash_rust::xxh3::xxh3_64;

use crate::comptes::Principal;
use crate::comptes::ecriture::{MOTIF_MAX, Pour, exiger, motiver};
use crate::error::{Contexte, Result};
use crate::http::{Chemin, Corps, Operation, Parametres, Probleme, Reponse, Routes, manque};
use crate::partenaires::Reseau;
pub use fiche::Fiche;
pub use saisie::Contact;
use saisie::{CHAMPS, CODE_MAX, ETATS, REFERENCE_MAX, Saisie, contacts, remplacer};
pub use succession::{SUIVRE_CODE, SUIVRE_CODES};

const ACTION: &str = "écriture d'une demande";
/// Demandes of a page of those that one keeps.
const PAGE: i64 = 200;

const NOUVELLE: &str = r#"{"reseau": "drome", "partenaire": "caue", "date": "2026-11-02", "themes": ["urbanisme"],
"beneficiaire": "commune:26001", "objet": "Extension de l'école", "etat": "en_cours",
"contacts": [{"nom": "Mme le maire", "telephone": "04 75 00 00 00"}]}"#;

pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Routes::nouvelles()
        .avec(
            Operation::nouvelle(
                "/api/demandes/suivies",
                "Les demandes que l'on suit, brouillons compris, des plus récentes aux plus anciennes : celles d'un \
                 partenaire pour lui, toutes pour le coordinateur.",
                &["reseau", "partenaire", "etat", "apres"],
                "/api/demandes/suivies?reseau=drome",
            )
            .reservee(),
            lister,
        )
        .avec(
            Operation::nouvelle(
                "/api/demandes/{demande}",
                "Une demande que l'on suit, avec ses contacts.",
                &[],
                "/api/demandes/1",
            )
            .reservee(),
            lire,
        )
        .avec(
            Operation::ecriture(
                Method::POST,
                "/api/demandes",
                "Note une demande, pour le partenaire qui la mène.",
                &[],
                NOUVELLE,
            ),
            creer,
        )
        .avec(
            Operation::ecriture(
                Method::PATCH,
                "/api/demandes/{demande}",
                "Corrige une demande : ce qui n'est pas donné reste, ce qui est donné vide s'efface. Réservé au partenaire \
                 qui la mène et au coordinateur.",
                &[],
                r#"{"revision": 1, "etat": "terminee", "cloture": "2026-11-20", "motif": "Étude remise"}"#,
            )
            .a("/api/demandes/1"),
            corriger,
        )
}

/// A demande in the list of those that one keeps.
#[derive(Debug, Serialize, sqlx::FromRow)]
struct Suivie {
    id: i64,
    revision: i32,
    reference: String,
    date: NaiveDate,
    themes: Vec<String>,
    partenaires: Vec<String>,
    maille: String,
    beneficiaire: String,
    objet: Option<String>,
    etat: String,
    reponse: Option<NaiveDate>,
    cloture: Option<NaiveDate>,
    comptee: bool,
}

#[derive(Serialize)]
struct Suivies {
    demandes: Vec<Suivie>,
    /// The value of `apres` for the next page.
    suite: Option<i64>,
}

async fn lister(
    State(piscine): State<PgPool>,
    principal: Principal,
    parametres: Parametres,
) -> Reponse<Json<Suivies>> {
    let etat = parametres.texte("etat");
    if etat.is_some_and(|etat| !ETATS.contains(&etat)) {
        return Err(Probleme::demande(format!(
            "Le paramètre « etat » est l'un de : {}.",
            ETATS.join(", ")
        )));
    }
    let apres = parametres.nombre("apres", 1..=i64::MAX)?;
    let Some(reseau) = parametres.texte("reseau") else {
        return Err(Probleme::demande("Dites de quel réseau : reseau=code."));
    };
    let mut transaction = principal.transaction(&piscine).await?;
    Reseau::lire(&mut transaction, reseau).await?;
    let demandes: Vec<Suivie> = sqlx::query_as(include_str!("../sql/lister_suivies.sql"))
        .bind(reseau)
        .bind(parametres.texte("partenaire"))
        .bind(etat)
        .bind(apres)
        .bind(PAGE)
        .fetch_all(&mut *transaction)
        .await
        .pour("lecture des demandes suivies")?;
    let pleine = demandes.len() as i64 == PAGE;
    Ok(Json(Suivies {
        suite: demandes.last().filter(|_| pleine).map(|derniere| derniere.id),
        demandes,
    }))
}

async fn lire(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(id): Chemin<i64>,
) -> Reponse<Json<Fiche>> {
    let mut transaction = principal.transaction(&piscine).await?;
    Ok(Json(Fiche::lire(&mut transaction, id).await?))
}

async fn creer(
    State(piscine): State<PgPool>,
    principal: Principal,
    corps: Corps,
) -> Reponse<Response> {
    let fiche = noter(&piscine, &principal, "POST /api/demandes", &corps).await?;
    let adresse = HeaderValue::from_str(&format!("/api/demandes/{}", fiche.id))
        .map_err(|_| Probleme::interne())?;
    Ok((StatusCode::CREATED, [(header::LOCATION, adresse)], Json(fiche)).into_response())
}

/// Notes a demande, on behalf of whoever asks; `origine` is the page or the route that they ask from.
///
/// # Errors
/// The field that is wrong, and who may not.
pub async fn noter(
    piscine: &PgPool,
    principal: &Principal,
    origine: &str,
    corps: &Corps,
) -> Reponse<Fiche> {
    let admis: Vec<&str> = CHAMPS.into_iter().chain(["reseau", "reference"]).collect();
    corps.admettre(&admis)?;
    let reseau = corps.exiger("reseau", CODE_MAX)?;
    let mut saisie = Saisie::nouvelle(corps)?;
    let contacts = contacts(corps)?.unwrap_or_default();
    let reference = match corps.ligne("reference", REFERENCE_MAX)? {
        Some(reference) => reference.to_owned(),
        None => reference_du_contenu(&saisie),
    };
    let mut transaction = principal.ecriture(piscine, origine).await?;
    Reseau::lire(&mut transaction, reseau).await?;
    exiger(&mut transaction, principal, reseau, Pour::Partenaire(&saisie.partenaires[0])).await?;
    noter_le_motif(&mut transaction, corps).await?;
    saisie.verifier(&mut transaction, reseau, None).await?;
    let creee: Result<i64, _> = sqlx::query_scalar(include_str!("../sql/creer_demande.sql"))
        .bind(reseau)
        .bind(&reference)
        .bind(Colonne(&saisie))
        .fetch_one(&mut *transaction)
        .await;
    let id = match creee {
        Err(sqlx::Error::Database(erreur)) if erreur.is_unique_violation() => {
            return Err(Probleme::conflit(format!(
                "« {} » a déjà une demande « {reference} » : corrigez celle-ci, ou donnez une autre référence.",
                saisie.partenaires[0]
            ))
            .avec("reference", reference.into()));
        }
        creee => creee.pour(ACTION)?,
    };
    if !contacts.is_empty() {
        remplacer(&mut transaction, reseau, id, &contacts).await?;
    }
    Ok(conclure(transaction, id).await?)
}

async fn corriger(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(id): Chemin<i64>,
    corps: Corps,
) -> Reponse<Json<Fiche>> {
    Ok(Json(rectifier(&piscine, &principal, "PATCH /api/demandes", id, &corps).await?))
}

/// Corrects a demande, on behalf of whoever asks: what is not given stays.
///
/// # Errors
/// The field that is wrong, who may not, and what somebody else changed since it was read.
pub async fn rectifier(
    piscine: &PgPool,
    principal: &Principal,
    origine: &str,
    id: i64,
    corps: &Corps,
) -> Reponse<Fiche> {
    let admis: Vec<&str> = CHAMPS.into_iter().chain(["revision"]).collect();
    corps.admettre(&admis)?;
    let revision =
        corps.entier("revision", 1..=i32::MAX.into())?.ok_or_else(|| manque("revision"))?;
    let contacts = contacts(corps)?;
    let mut transaction = principal.ecriture(piscine, origine).await?;
    let connue = Fiche::lire(&mut transaction, id).await?;
    exiger(&mut transaction, principal, &connue.reseau, Pour::Partenaire(&connue.partenaires[0]))
        .await?;
    if i64::from(connue.revision) != revision {
        return Err(changee(&mut transaction, &connue, revision).await?);
    }
    let mut saisie = connue.saisie().corrigee(corps)?;
    // Given to another partner, it is that one's: whoever gives it must write for both.
    exiger(&mut transaction, principal, &connue.reseau, Pour::Partenaire(&saisie.partenaires[0]))
        .await?;
    noter_le_motif(&mut transaction, corps).await?;
    let lue = connue.saisie();
    saisie.verifier(&mut transaction, &connue.reseau, Some(&lue)).await?;
    let contacts = contacts.filter(|contacts| *contacts != connue.contacts.0);
    // Contacts alone make a revision too: the second who changes them is told.
    if saisie != lue || contacts.is_some() {
        let provenance = if connue.origine == "dossier" { "saisie" } else { &connue.origine };
        let ecrite: Result<Option<i32>, _> =
            sqlx::query_scalar(include_str!("../sql/corriger_demande.sql"))
                .bind(id)
                .bind(connue.revision)
                .bind(Colonne(&saisie))
                .bind(provenance)
                .fetch_optional(&mut *transaction)
                .await;
        match ecrite {
            Err(sqlx::Error::Database(erreur)) if erreur.is_unique_violation() => {
                return Err(Probleme::conflit(format!(
                    "« {} » a déjà une demande « {} ».",
                    saisie.partenaires[0], connue.reference
                )));
            }
            ecrite => {
                // Somebody wrote between our reading and our writing, or it was found to be another.
                if ecrite.pour(ACTION)?.is_none() {
                    let actuelle = Fiche::lire(&mut transaction, id).await?;
                    return Err(changee(&mut transaction, &actuelle, revision).await?);
                }
            }
        }
    }
    if let Some(contacts) = contacts {
        remplacer(&mut transaction, &connue.reseau, id, &contacts).await?;
    }
    Ok(conclure(transaction, id).await?)
}

/// The reason that whoever writes gives, if they do.
async fn noter_le_motif(connexion: &mut PgConnection, corps: &Corps) -> Reponse<()> {
    match corps.paragraphe("motif", MOTIF_MAX)? {
        Some(motif) => Ok(motiver(connexion, motif).await?),
        None => Ok(()),
    }
}

async fn conclure(
    mut transaction: sqlx::Transaction<'static, sqlx::Postgres>,
    id: i64,
) -> Result<Fiche> {
    sqlx::query("select suivre_code_de_demande($1)")
        .bind(id)
        .execute(&mut *transaction)
        .await
        .pour(ACTION)?;
    let fiche = Fiche::lire(&mut transaction, id).await?;
    transaction.execute("select annoncer_changement()").await.pour(ACTION)?;
    transaction.commit().await.pour(ACTION)?;
    Ok(fiche)
}

/// What the first changed while the second had it before them.
async fn changee(connexion: &mut PgConnection, actuelle: &Fiche, lue: i64) -> Result<Probleme> {
    let changements: Vec<(DateTime<Utc>, Value, Value)> =
        sqlx::query_as("select le, avant, apres from changements_de_demande($1, $2::integer)")
            .bind(actuelle.id)
            .bind(lue)
            .fetch_all(connexion)
            .await
            .pour(ACTION)?;
    let changements: Vec<Value> = changements
        .into_iter()
        .map(|(le, avant, apres)| json!({ "le": le, "avant": avant, "apres": apres }))
        .collect();
    Ok(Probleme::conflit(format!(
        "La demande « {} » a changé depuis que vous l'avez lue. Relisez-la, puis reportez vos corrections si elles \
         conviennent encore.",
        actuelle.reference
    ))
    .avec("revision", actuelle.revision.into())
    .avec("changements", changements.into()))
}

/// A reference that the same demande will have again: sent twice, it is noted once.
fn reference_du_contenu(saisie: &Saisie) -> String {
    let contenu = format!(
        "{}|{}:{}|{}|{}",
        saisie.date,
        saisie.maille,
        saisie.beneficiaire,
        saisie.themes.join("+"),
        saisie.objet.as_deref().unwrap_or_default()
    );
    format!("saisie-{:016x}", xxh3_64(contenu.as_bytes()))
}
