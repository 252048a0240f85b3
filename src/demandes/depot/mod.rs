//! A table of demandes sent to the service: judged as `maillage import demandes` judges it, written on behalf of whoever
//! sends it, all or nothing unless they keep the good rows.
//!
//! No connection is held while a table is read, and few are read at once.

mod envoi;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{FromRef, FromRequest, Request, State};
use axum::http::{Method, header};
use bytes::Bytes;
use sqlx::PgPool;

use super::import::{Arret, Bilan, Lecture, Rendu, lire_colonnes, lire_valeurs};
use crate::comptes::Principal;
use crate::error::{Error, Result};
use crate::http::{Operation, Parametres, Probleme, Reponse, Routes};
pub use envoi::{DEPOT_MAX, Depot, Envoi, Issue};

/// Media types that tables come as. What a file is is read off its bytes.
const GENRES: [&str; 4] = [
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/octet-stream",
];

const EXEMPLE: &str = "N° dossier;Date de la demande;Code INSEE;Thème;Objet;Statut\n\
    2026-001;12/03/2026;26001;urbanisme;Extension de l'école;En cours\n";

pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Routes::nouvelles().avec(
        Operation::ecriture(
            Method::POST,
            "/api/demandes/import",
            "Charge un tableau de demandes (CSV, XLSX ou ODS) avec les colonnes qu'il a : celles d'un partenaire pour lui, \
             celles de tous pour le coordinateur. Une ligne refusée, et rien n'est enregistré, sauf avec garder=true : \
             les bonnes lignes le sont. Avec essai=true, dit ce que cela donne sans rien écrire.",
            &["reseau", "partenaire", "essai", "garder", "colonnes", "valeurs", "feuille", "codes"],
            EXEMPLE,
        )
        .apportant(&GENRES),
        importer,
    )
}

/// The bytes of a table.
struct Fichier(Bytes);

impl<S: Send + Sync> FromRequest<S> for Fichier {
    type Rejection = Probleme;

    async fn from_request(requete: Request, _: &S) -> Result<Self, Probleme> {
        let genre = requete.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let genre = genre.and_then(|genre| genre.split(';').next()).unwrap_or_default().trim();
        if !GENRES.iter().any(|admis| genre.eq_ignore_ascii_case(admis)) {
            return Err(Probleme::autre_genre(&GENRES.join(" ou ")));
        }
        match to_bytes(requete.into_body(), DEPOT_MAX).await {
            Ok(octets) => Ok(Self(octets)),
            Err(_) => Err(Probleme::trop_lourd(DEPOT_MAX)),
        }
    }
}

async fn importer(
    State(piscine): State<PgPool>,
    principal: Principal,
    parametres: Parametres,
    Fichier(octets): Fichier,
) -> Reponse<Json<Rendu>> {
    let Some(reseau) = parametres.texte("reseau") else {
        return Err(Probleme::demande("Dites de quel réseau : reseau=code."));
    };
    let dit = |nom: &str, phrase: String| {
        Probleme::demande(format!("Le paramètre « {nom} » ne se lit pas : {phrase}."))
    };
    let depot = Depot {
        reseau: reseau.to_owned(),
        partenaire: parametres.texte("partenaire").map(str::to_owned),
        colonnes: lire_colonnes(parametres.texte("colonnes").unwrap_or_default())
            .map_err(|phrase| dit("colonnes", phrase))?,
        valeurs: lire_valeurs(parametres.texte("valeurs").unwrap_or_default())
            .map_err(|phrase| dit("valeurs", phrase))?,
        feuille: parametres.texte("feuille").map(str::to_owned),
        codes: lecture(parametres.texte("codes"))?,
        essai: parametres.oui("essai")?,
        garder: parametres.oui("garder")?,
        attendue: None,
    };
    let envoi = Envoi { nom: "tableau".into(), octets };
    let issue = depot.executer(&piscine, &principal, "POST /api/demandes/import", envoi).await?;
    match issue {
        Issue::Fait(bilan) => Ok(Json(bilan.rendre())),
        Issue::Refuse(bilan) | Issue::Change(bilan) => Err(refuse(&bilan)),
        Issue::Arret(arret) => Err(arrete(arret)),
    }
}

/// What codes of five digits are said to be.
pub fn lecture(texte: Option<&str>) -> Reponse<Lecture> {
    match texte {
        None => Ok(Lecture::Inconnue),
        Some("insee") => Ok(Lecture::Insee),
        Some("postaux") => Ok(Lecture::Postaux),
        Some(_) => Err(Probleme::demande(
            "Le paramètre « codes » est l'un de : insee, postaux.".to_owned(),
        )),
    }
}

/// Rows are refused, and nothing is written.
fn refuse(bilan: &Bilan) -> Probleme {
    let rendu = bilan.rendre();
    let illisibles = rendu.particuliers_illisibles.len();
    let premiere = match (rendu.refus.first(), rendu.particuliers_illisibles.first()) {
        (Some(refus), _) => format!("Ligne {}, {} : {}", refus.ligne, refus.colonne, refus.raison),
        (None, Some(illisible)) => {
            format!("Ligne {}, demande d'un particulier : {}.", illisible.ligne, illisible.raison)
        }
        (None, None) => String::new(),
    };
    let detail = format!(
        "Rien n'est enregistré. Lignes refusées : {}. {premiere} Corrigez-les et renvoyez le tableau, ou gardez les \
         bonnes lignes (garder=true).",
        rendu.refusees + illisibles
    );
    let rendu = serde_json::to_value(&rendu).unwrap_or_default();
    Probleme::saisie("tableau", detail).avec("rendu", rendu)
}

/// The whole table stops.
fn arrete(arret: Arret) -> Probleme {
    match arret {
        Arret::Colonnes(manque) => Probleme::saisie("colonnes", manque.phrase())
            .avec("tableau", serde_json::to_value(&*manque).unwrap_or_default()),
        Arret::Postaux(doute) => Probleme::saisie("codes", doute.phrase())
            .avec("tableau", serde_json::to_value(&*doute).unwrap_or_default()),
        Arret::Erreur(Error::Donnees(phrase)) => Probleme::saisie("tableau", phrase),
        Arret::Erreur(erreur) => erreur.into(),
    }
}
