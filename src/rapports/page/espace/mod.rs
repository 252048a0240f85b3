//! The coordinator's page «Bilan annuel»: what is written around the figures, edited and previewed; a report launched,
//! waited for, cancelled, taken; published, and corrected with a note. Forms work without script: the page of a report
//! that is being made refreshes itself.

mod pages;
mod saisie;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, Multipart, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use chrono::{Datelike, NaiveDate};
use sqlx::{PgConnection, PgPool};

use crate::comptes::Principal;
use crate::coordination::{Champs, Reseau, connectee, connexion, ecriture, patienter, reponse};
use crate::error::{Contexte, Error, Result};
use crate::http::{Chemin, Formulaire, Parametres, Probleme, Reponse};
use crate::partenaires::zones::etats::aujourd_hui;
use crate::rapports::donnees::{Consigne, Format, Periode, Sujet};
use crate::rapports::fabrique::{self, Ouvrage};
use crate::rapports::page::Vue;
use crate::rapports::textes::{self, Faute, Fichiers, LOGOS, Textes};
use crate::rapports::travaux::{self, Etat};
use crate::rapports::{self, APERCU, Annexe, annee_entiere, consigne, publication};
use pages::Bilan;
use saisie::Saisie;

/// A logo, and what a form adds to it.
const ENVOI_MAX: usize = 600_000;

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Router::new()
        .route("/espace/{reseau}/bilan", get(montrer))
        .route("/espace/{reseau}/bilan/textes", post(ecrire))
        .route(
            "/espace/{reseau}/bilan/logo",
            get(logo_garde).post(deposer).layer(DefaultBodyLimit::max(ENVOI_MAX)),
        )
        .route("/espace/{reseau}/bilan/lancer", post(lancer))
        .route("/espace/{reseau}/bilan/travaux/{id}", get(suivre))
        .route("/espace/{reseau}/bilan/travaux/{id}/{fichier}", get(prendre))
        .route("/espace/{reseau}/bilan/travaux/{id}/bilan/logo", get(logo))
        .route("/espace/{reseau}/bilan/travaux/{id}/bilan/cartes/{nom}", get(carte))
        .route("/espace/{reseau}/bilan/travaux/{id}/annuler", post(annuler))
        .route("/espace/{reseau}/bilan/travaux/{id}/publier", post(publier))
}

/// What is offered beside the whole réseau.
#[derive(Debug, sqlx::FromRow)]
struct Choix {
    valeur: String,
    nom: String,
}

/// All that the page shows.
async fn lire(
    connexion: &mut PgConnection,
    reseau: Reseau,
    annee: Option<i16>,
    saisie: Option<Saisie>,
    fautes: &[Faute],
) -> Result<Bilan> {
    let fichiers = textes::lire(connexion, &reseau.code).await?;
    let publications = publication::lister(connexion, &reseau.code).await?;
    let sujets: Vec<Choix> = sqlx::query_as(include_str!("sql/lire_sujets.sql"))
        .bind(&reseau.code)
        .fetch_all(connexion)
        .await
        .pour("lecture d'un réseau")?;
    let gardee = Saisie::des_fichiers(&fichiers);
    Ok(Bilan {
        empreinte: gardee.empreinte(),
        autrement: Vec::new(),
        annee: annee.unwrap_or(reseau.annee),
        travaux: travaux::lister(&reseau.code),
        saisie: saisie.unwrap_or(gardee),
        logo: LOGOS.iter().copied().find(|nom| fichiers.contains_key(*nom)),
        fautes: fautes.to_vec(),
        sujets: sujets.into_iter().map(|choix| (choix.valeur, choix.nom)).collect(),
        publications,
        reseau,
    })
}

async fn montrer(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(reseau): Chemin<String>,
    parametres: Parametres,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let annee = parametres.texte("annee").and_then(|annee| annee.parse().ok());
    let mut transaction = principal.transaction(&piscine).await?;
    let reseau = Reseau::lire(&mut transaction, &reseau).await?;
    let bilan = lire(&mut transaction, reseau, annee, None, &[]).await?;
    let fait = match parametres.texte("fait") {
        Some("enregistre") => Some("Les textes sont enregistrés."),
        Some("logo") => Some("Le logo est enregistré."),
        Some("sans-logo") => Some("Le logo est retiré."),
        Some("annule") => Some("Le bilan est annulé : rien n'en est gardé."),
        Some("publie") => Some("Le bilan est publié."),
        _ => None,
    };
    Ok(reponse(StatusCode::OK, bilan.page(fait, None, None)))
}

/// Saves the texts, or shows what they would be, figures put in.
async fn ecrire(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(reseau): Chemin<String>,
    Formulaire(envoyes): Formulaire<Champs>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &envoyes));
    }
    let origine = format!("/espace/{reseau}/bilan/textes");
    let (mut transaction, reseau) = ecriture(&piscine, &principal, &origine, &reseau).await?;
    let saisie = Saisie::lire(&envoyes);
    let anciens = textes::lire(&mut transaction, &reseau.code).await?;
    let juges =
        saisie.fichiers(&anciens).and_then(|fichiers| Ok((Textes::juger(&fichiers)?, fichiers)));
    let code = reseau.code.clone();
    let apercu = valeur(&envoyes, "action") == "apercu";
    // Two people may write at once: the second is shown what the first has kept, and loses nothing.
    let gardee = Saisie::des_fichiers(&anciens);
    let lue = valeur(&envoyes, "empreinte");
    let autrement = match lue.is_empty() || lue == gardee.empreinte() {
        true => Vec::new(),
        false => saisie.differences(&gardee),
    };
    match juges {
        Ok(_) if !apercu && !autrement.is_empty() => {
            let lu = lire(&mut transaction, reseau, None, Some(saisie), &[]).await?;
            let bilan = Bilan { autrement, ..lu };
            Ok(reponse(StatusCode::CONFLICT, bilan.page(None, None, None)))
        }
        Err(fautes) => {
            let bilan = lire(&mut transaction, reseau, None, Some(saisie), &fautes).await?;
            Ok(reponse(StatusCode::UNPROCESSABLE_ENTITY, bilan.page(None, None, None)))
        }
        Ok((juges, _)) if apercu => {
            let annee = valeur(&envoyes, "annee").parse().ok();
            let bilan = lire(&mut transaction, reseau, annee, Some(saisie), &[]).await?;
            transaction.rollback().await.pour("lecture d'un réseau")?;
            let _place = rapports::ATELIER.entrer().await?;
            let voulue = consigne(&code, bilan.annee)?;
            let textes = fabrique::apercevoir(&piscine, &principal, &voulue, juges).await?;
            Ok(reponse(StatusCode::OK, bilan.page(None, None, Some(&textes))))
        }
        Ok((_, fichiers)) => {
            for nom in [textes::REGLAGES, textes::AVANT_PROPOS, textes::PROGRAMME] {
                match fichiers.get(nom) {
                    Some(contenu) if anciens.get(nom) != Some(contenu) => {
                        textes::ecrire(&mut transaction, &code, nom, contenu).await?;
                    }
                    None if anciens.contains_key(nom) => {
                        textes::retirer(&mut transaction, &code, nom).await?
                    }
                    _ => {}
                }
            }
            transaction.commit().await.pour("enregistrement des textes du rapport")?;
            Ok(Redirect::to(&format!("/espace/{code}/bilan?fait=enregistre")).into_response())
        }
    }
}

/// The logo as it is kept.
async fn logo_garde(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(reseau): Chemin<String>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let reseau = Reseau::lire(&mut transaction, &reseau).await?;
    let fichiers = textes::lire(&mut transaction, &reseau.code).await?;
    let logo = Textes::juger(&fichiers).ok().and_then(|textes| textes.logo);
    rapports::servir_le_logo(logo, &principal)
}

/// Takes a logo, or takes it away when the form brings none.
async fn deposer(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(reseau): Chemin<String>,
    envoi: Option<Multipart>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &Vec::new()));
    }
    // Read before a connection is taken: it may be slow to arrive.
    let mut envoi = envoi.ok_or_else(Probleme::formulaire)?;
    let mut octets = Vec::new();
    while let Some(champ) = envoi.next_field().await.map_err(|_| Probleme::formulaire())? {
        if champ.name() == Some("logo") {
            octets = champ.bytes().await.map_err(|_| Probleme::trop_lourd(ENVOI_MAX))?.to_vec();
        }
    }
    let nom = if octets.starts_with(b"\x89PNG") { LOGOS[1] } else { LOGOS[0] };
    let origine = format!("/espace/{reseau}/bilan/logo");
    let (mut transaction, reseau) = ecriture(&piscine, &principal, &origine, &reseau).await?;
    let code = reseau.code.clone();
    if !octets.is_empty() {
        let fichiers = Fichiers::from([(nom.to_owned(), octets.clone())]);
        if let Err(fautes) = Textes::juger(&fichiers) {
            let bilan = lire(&mut transaction, reseau, None, None, &fautes).await?;
            return Ok(reponse(StatusCode::UNPROCESSABLE_ENTITY, bilan.page(None, None, None)));
        }
    }
    for ancien in LOGOS {
        textes::retirer(&mut transaction, &code, ancien).await?;
    }
    let fait = if octets.is_empty() { "sans-logo" } else { "logo" };
    if !octets.is_empty() {
        textes::ecrire(&mut transaction, &code, nom, &octets).await?;
    }
    transaction.commit().await.pour("enregistrement d'un logo")?;
    Ok(Redirect::to(&format!("/espace/{code}/bilan?fait={fait}")).into_response())
}

/// Begins a report, or joins the same that is under way.
async fn lancer(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(reseau): Chemin<String>,
    Formulaire(envoyes): Formulaire<Champs>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &envoyes));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let reseau = Reseau::lire(&mut transaction, &reseau).await?;
    transaction.rollback().await.pour("lecture d'un réseau")?;
    let periode = periode(&envoyes)?;
    let sujet = match valeur(&envoyes, "sujet").split_once(':') {
        Some(("partenaire", code)) => Sujet::Partenaire(code.to_owned()),
        Some(("epci", code)) => Sujet::Epci(code.to_owned()),
        Some(("regroupement", code)) => Sujet::Regroupement(code.to_owned()),
        _ => Sujet::Reseau,
    };
    let format = if valeur(&envoyes, "format") == "a3" { Format::A3 } else { Format::A4 };
    let travail = travaux::lancer(
        &piscine,
        &principal,
        Consigne { reseau: reseau.code.clone(), sujet, periode, edition: aujourd_hui(), format },
    )?;
    Ok(Redirect::to(&format!("/espace/{}/bilan/travaux/{}", reseau.code, travail.id))
        .into_response())
}

/// The days of a report: those that are given, to today when the last is not; else a year.
fn periode(envoyes: &Champs) -> Reponse<Periode> {
    let jour = |nom: &'static str| match valeur(envoyes, nom) {
        "" => Ok(None),
        texte => texte
            .parse::<NaiveDate>()
            .map(Some)
            .map_err(|_| Probleme::saisie(nom, "Une date s'écrit AAAA-MM-JJ.")),
    };
    match (jour("du")?, jour("au")?) {
        (Some(du), au) => Periode::jours(du, au.unwrap_or_else(aujourd_hui))
            .ok_or_else(|| Probleme::saisie("au", "La période finit avant de commencer.")),
        (None, Some(_)) => Err(Probleme::saisie("du", "Dites aussi de quel jour part la période.")),
        (None, None) => {
            let annee = valeur(envoyes, "annee");
            let annee = annee
                .parse()
                .map_err(|_| Probleme::saisie("annee", "L'année s'écrit en quatre chiffres."))?;
            Ok(annee_entiere(annee)?)
        }
    }
}

/// Where a report is; once it is made, what may be done with it.
async fn suivre(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, id)): Chemin<(String, u64)>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let reseau = Reseau::lire(&mut transaction, &reseau).await?;
    let travail = travaux::trouver(&reseau.code, id).ok_or_else(perdu)?;
    let publications = publication::lister(&mut transaction, &reseau.code).await?;
    let mut reponse =
        reponse(StatusCode::OK, pages::travail(&reseau, &travail, &publications, None));
    if matches!(travail.etat(), Etat::EnAttente | Etat::EnCours(..)) {
        reponse.headers_mut().insert(header::REFRESH, HeaderValue::from_static("2"));
    }
    Ok(reponse)
}

fn perdu() -> Probleme {
    Probleme::introuvable(
        "Ce bilan n'est plus gardé : il l'est une demi-heure. Relancez-le depuis la page « Bilan annuel ».",
    )
}

/// What was made, for whoever coordinates: a page, the document, the files of its figures.
async fn prendre(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, id, fichier)): Chemin<(String, u64, String)>,
) -> Reponse<Response> {
    let ouvrage = match fait(&piscine, &principal, &uri, &reseau, id).await? {
        Ok(ouvrage) => ouvrage,
        Err(connexion) => return Ok(connexion),
    };
    let nom = format!("bilan-{reseau}-{id}");
    match fichier.split_once('.') {
        None if fichier == "bilan" => {
            let contenu = ouvrage.contenu();
            let adresse = uri.path().to_owned();
            let vue = Vue {
                contenu: &contenu,
                publication: None,
                document: Some(i32::try_from(ouvrage.pdf.len()).unwrap_or(i32::MAX)),
                versions: &[],
                ecarts: &[],
                absolue: adresse.clone(),
                adresse,
            };
            Ok(reponse(StatusCode::OK, super::page(&vue)))
        }
        Some(("bilan", "pdf")) => {
            let disposition = format!("inline; filename=\"{nom}.pdf\"");
            Ok(rapports::fichier("application/pdf", &disposition, ouvrage.pdf.clone(), &principal))
        }
        Some(("bilan", genre)) => {
            let (annexe, etat) = (Annexe::nommee(genre)?, APERCU.to_owned());
            annexe.servir(&piscine, &principal, ouvrage.contenu(), Vec::new(), etat, &nom).await
        }
        _ => Err(perdu()),
    }
}

async fn logo(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, id)): Chemin<(String, u64)>,
) -> Reponse<Response> {
    match fait(&piscine, &principal, &uri, &reseau, id).await? {
        Ok(ouvrage) => rapports::servir_le_logo(ouvrage.textes.logo.clone(), &principal),
        Err(connexion) => Ok(connexion),
    }
}

async fn carte(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, id, nom)): Chemin<(String, u64, String)>,
    parametres: Parametres,
) -> Reponse<Response> {
    let ouvrage = match fait(&piscine, &principal, &uri, &reseau, id).await? {
        Ok(ouvrage) => ouvrage,
        Err(connexion) => return Ok(connexion),
    };
    let Ouvrage { rapport, cartes, .. } = &*ouvrage;
    rapports::servir_la_carte(rapport, cartes, &nom, &parametres, &principal).await
}

/// What was made, for whoever coordinates; for whoever has not signed in, the page where one does.
async fn fait(
    piscine: &PgPool,
    principal: &Principal,
    uri: &Uri,
    reseau: &str,
    id: u64,
) -> Reponse<std::result::Result<Arc<Ouvrage>, Response>> {
    if !connectee(principal) {
        return Ok(Err(connexion(uri)));
    }
    let mut transaction = principal.transaction(piscine).await?;
    let reseau = Reseau::lire(&mut transaction, reseau).await?;
    let travail = travaux::trouver(&reseau.code, id);
    travail.and_then(|travail| travail.ouvrage()).map(Ok).ok_or_else(perdu)
}

async fn annuler(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, id)): Chemin<(String, u64)>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &Vec::new()));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let reseau = Reseau::lire(&mut transaction, &reseau).await?;
    travaux::annuler(&reseau.code, id);
    Ok(Redirect::to(&format!("/espace/{}/bilan?fait=annule", reseau.code)).into_response())
}

/// Publishes what was made: the first of its year, or a correction with its note.
async fn publier(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, id)): Chemin<(String, u64)>,
    Formulaire(envoyes): Formulaire<Champs>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &envoyes));
    }
    let origine = format!("/espace/{reseau}/bilan/publier");
    let (mut transaction, reseau) = ecriture(&piscine, &principal, &origine, &reseau).await?;
    let travail = travaux::trouver(&reseau.code, id).ok_or_else(perdu)?;
    let ouvrage = travail.ouvrage().ok_or_else(perdu)?;
    let note = Some(valeur(&envoyes, "note"));
    match publication::publier(&mut transaction, &ouvrage, note).await {
        Ok(_) => transaction.commit().await.pour("publication d'un rapport")?,
        Err(Error::Demande(phrase)) => {
            let publications = publication::lister(&mut transaction, &reseau.code).await?;
            let page = pages::travail(&reseau, &travail, &publications, Some(&phrase));
            return Ok(reponse(StatusCode::UNPROCESSABLE_ENTITY, page));
        }
        Err(erreur) => return Err(erreur.into()),
    }
    Ok(Redirect::to(&format!("/espace/{}/bilan?fait=publie", reseau.code)).into_response())
}

/// What a form sends under a name, spaces around it aside; empty when it sends nothing.
fn valeur<'a>(envoyes: &'a Champs, nom: &str) -> &'a str {
    let envoyee = envoyes.iter().find(|(cle, _)| cle == nom);
    envoyee.map(|(_, valeur)| valeur.trim()).unwrap_or_default()
}

/// The year of today, for forms.
fn cette_annee() -> i32 {
    aujourd_hui().year()
}
