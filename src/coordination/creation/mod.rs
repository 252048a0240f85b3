//! A réseau that begins: from a département to its communes, a name and a code; then pages do the rest.

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use maud::html;
use sqlx::{PgConnection, PgPool};

use super::formulaire::Formulaire;
use super::saisie::{Champ, Choix, Genre, Saisie};
use super::{Champs, connectee, connexion, patienter, reponse};
use crate::comptes::Principal;
use crate::error::{Contexte, Error, Result};
use crate::http::{Formulaire as Envoi, Parametres, Reponse, page};
use crate::partenaires::{attendre_son_tour, est_identifiant};

const ACTION: &str = "création d'un réseau";

/// What pages of `/espace` are called, that no réseau may be.
const RESERVES: [&str; 9] = [
    "sessions",
    "jetons",
    "equipe",
    "journal",
    "publication",
    "invitations",
    "mes-donnees",
    "nouveau-reseau",
    "ajouter",
];

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Router::new().route("/espace/nouveau-reseau", get(proposer_reseau).post(creer_reseau))
}

/// What a réseau begins with.
#[derive(Debug)]
pub struct Fondation {
    pub code: String,
    pub nom: String,
    pub departement: String,
}

/// What a département would give to a réseau.
#[derive(Debug, sqlx::FromRow)]
pub struct Apercu {
    pub departement: String,
    pub nom: String,
    pub communes: i64,
    /// That have most of their communes there.
    pub epci: i64,
    pub millesime: i16,
    /// Réseaux that are there already.
    pub reseaux: Option<String>,
    /// A code that nothing has.
    pub code: String,
}

impl Apercu {
    async fn lire(connexion: &mut PgConnection, departement: &str) -> Result<Option<Self>> {
        sqlx::query_as(include_str!("../sql/lire_departement.sql"))
            .bind(departement)
            .fetch_optional(connexion)
            .await
            .pour("lecture d'un département")
    }
}

/// # Errors
/// When the principal is not an administrator.
async fn exiger_administrateur(connexion: &mut PgConnection) -> Result<()> {
    let administre: bool = sqlx::query_scalar(
        "select exists (select from acces() a where a.administrateur and a.reseau is null)",
    )
    .fetch_one(connexion)
    .await
    .pour(ACTION)?;
    match administre {
        true => Ok(()),
        false => Err(Error::Introuvable(
            "Seul un administrateur crée un réseau. Demandez-le à qui tient ce service.".into(),
        )),
    }
}

async fn champs(connexion: &mut PgConnection) -> Result<Vec<Champ>> {
    let departements: Vec<(String, String)> =
        sqlx::query_as(include_str!("../sql/lister_departements.sql"))
            .fetch_all(connexion)
            .await
            .pour("lecture des départements")?;
    let departements = departements
        .iter()
        .map(|(code, nom)| Choix::nouveau(code, &format!("{code} · {nom}")))
        .collect();
    Ok(vec![
        Champ::nouveau("departement", "Département", Genre::Un(departements)).requis(),
        Champ::nouveau("nom", "Nom du réseau", Genre::Ligne(200)).requis(),
        Champ::nouveau("code", "Code", Genre::Ligne(40)).requis().aide(
            "Dans les adresses, et pour toujours : lettres minuscules sans accent, chiffres et tirets.",
        ),
    ])
}

/// The form, filled with what a département suggests.
async fn commencer(
    connexion: &mut PgConnection,
    champs: &[Champ],
    departement: Option<&str>,
) -> Result<(Saisie, Option<Apercu>)> {
    let mut saisie = Saisie::default();
    let Some(departement) = departement else { return Ok((saisie, None)) };
    saisie.valeurs.insert("departement".into(), vec![departement.to_owned()]);
    let apercu = Apercu::lire(connexion, departement).await?;
    match &apercu {
        Some(apercu) => {
            let nom = format!("Ingénierie territoriale : {}", apercu.nom);
            saisie.valeurs.insert("nom".into(), vec![nom]);
            saisie.valeurs.insert("code".into(), vec![apercu.code.clone()]);
        }
        None => {
            let dit = champs.first().map_or("", |champ| champ.nom.as_str());
            saisie.refuser(dit, format!("Aucun département n'a le code « {departement} »."));
        }
    }
    Ok((saisie, apercu))
}

async fn juger(connexion: &mut PgConnection, saisie: &mut Saisie) -> Result<Option<Apercu>> {
    let apercu = match saisie.une("departement") {
        Some(departement) => Apercu::lire(connexion, departement).await?,
        None => None,
    };
    if let Some(code) = saisie.une("code").map(str::to_owned)
        && let Err(phrase) = juger_code(connexion, &code).await?
    {
        saisie.refuser("code", phrase);
    }
    Ok(apercu)
}

/// Whether a réseau may have a code.
async fn juger_code(connexion: &mut PgConnection, code: &str) -> Result<Result<(), String>> {
    if !est_identifiant(code) || code.len() > 40 {
        return Ok(Err(
            "Un code est fait de lettres minuscules sans accent, de chiffres et de tirets.".into(),
        ));
    }
    if RESERVES.contains(&code) {
        return Ok(Err(format!(
            "« {code} » est le nom d'une page du service : choisissez-en un autre."
        )));
    }
    let pris: bool = sqlx::query_scalar("select exists (select from reseau where code = $1)")
        .bind(code)
        .fetch_one(connexion)
        .await
        .pour(ACTION)?;
    Ok(match pris {
        true => Err(format!("Un réseau a déjà le code « {code} » : choisissez-en un autre.")),
        false => Ok(()),
    })
}

/// Creates what the form says. Returns its code.
async fn creer(connexion: &mut PgConnection, saisie: &Saisie) -> Result<String> {
    let code = saisie.une("code").unwrap_or_default().to_owned();
    sqlx::query("select creer_reseau($1, $2, $3)")
        .bind(&code)
        .bind(saisie.une("nom"))
        .bind(saisie.une("departement"))
        .execute(connexion)
        .await
        .pour(ACTION)?;
    Ok(code)
}

/// The same from the command line, as the owner. Returns what the département gave.
///
/// # Errors
/// A sentence when the département or the code does not do.
pub async fn fonder(connexion: &mut PgConnection, fondation: &Fondation) -> Result<Apercu> {
    attendre_son_tour(connexion).await?;
    let Fondation { code, nom, departement } = fondation;
    let apercu = Apercu::lire(connexion, departement).await?.ok_or_else(|| {
        Error::Introuvable(format!(
            "Aucun département n'a le code « {departement} » dans le millésime le plus récent qui a des contours."
        ))
    })?;
    juger_code(connexion, code).await?.map_err(Error::Demande)?;
    if nom.trim().is_empty() || nom.chars().count() > 200 {
        return Err(Error::Demande("Le nom du réseau tient en 1 à 200 caractères.".into()));
    }
    sqlx::query("select fonder_reseau($1, $2, $3)")
        .bind(code)
        .bind(nom.trim())
        .bind(departement)
        .execute(&mut *connexion)
        .await
        .pour(ACTION)?;
    sqlx::query("select annoncer_changement()").execute(connexion).await.pour(ACTION)?;
    Ok(apercu)
}

fn page_de_creation(champs: &[Champ], saisie: &Saisie, apercu: Option<&Apercu>) -> String {
    let ecrit = Formulaire {
        action: "/espace/nouveau-reseau",
        verbe: "Créer ce réseau",
        champs,
        saisie,
        auteur: None,
    };
    let departement = champs.first().into_iter().filter_map(|champ| match &champ.genre {
        Genre::Un(choix) => Some(choix),
        _ => None,
    });
    page::page(
        "Nouveau réseau",
        html! {
            p { a href="/espace" { "Votre espace" } }
            @if apercu.is_none() && saisie.fautes.keys().all(|champ| champ == "departement") {
                @if let Some(phrase) = saisie.fautes.get("departement") { p.erreur role="alert" { (phrase) } }
                p { "Un réseau commence par un département : ses communes, et les EPCI qui en ont la plupart des leurs." }
                form.saisie method="get" action="/espace/nouveau-reseau" {
                    label { "Département" select name="departement" required {
                        option value="" { "—" }
                        @for c in departement.flatten() { option value=(c.valeur) { (c.libelle) } }
                    } }
                    button { "Voir ce qu'il y a" }
                }
            } @else {
                @if let Some(a) = apercu {
                    p {
                        strong { (a.nom) " (" (a.departement) ")" } " : communes, " (a.communes) " ; EPCI, " (a.epci)
                        ". D'après le millésime " (a.millesime) "."
                    }
                    @if let Some(reseaux) = &a.reseaux { p { "Déjà là : " (reseaux) "." } }
                    p { "Le réseau commence vide, et fermé au public : vous l'ouvrirez quand il sera prêt." }
                }
                (ecrit.ecrire())
                p { a href="/espace/nouveau-reseau" { "Choisir un autre département" } }
            }
        },
    )
}

async fn proposer_reseau(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    parametres: Parametres,
) -> Reponse<Response> {
    parametres.admettre(&["departement"])?;
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    exiger_administrateur(&mut transaction).await?;
    let champs = champs(&mut transaction).await?;
    let (saisie, apercu) =
        commencer(&mut transaction, &champs, parametres.texte("departement")).await?;
    Ok(reponse(StatusCode::OK, page_de_creation(&champs, &saisie, apercu.as_ref())))
}

async fn creer_reseau(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Envoi(envoyes): Envoi<Champs>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &envoyes));
    }
    let mut transaction = principal.ecriture(&piscine, "POST /espace/nouveau-reseau").await?;
    exiger_administrateur(&mut transaction).await?;
    let champs = champs(&mut transaction).await?;
    let mut saisie = Saisie::lire(&champs, &envoyes);
    let apercu = juger(&mut transaction, &mut saisie).await?;
    if !saisie.fautes.is_empty() {
        let page = page_de_creation(&champs, &saisie, apercu.as_ref());
        return Ok(reponse(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    let code = creer(&mut transaction, &saisie).await?;
    transaction.commit().await.pour("création d'un réseau")?;
    Ok(Redirect::to(&format!("/espace/{code}?fait=enregistre")).into_response())
}
