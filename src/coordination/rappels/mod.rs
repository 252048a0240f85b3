//! Reminders of the year's collection: for whoever asked for them, in one message, sent by a command.
//!
//! A partner's people are told what is missing of theirs, and nothing when nothing is; coordinators are told the
//! whole. Nobody is written to more than once a week, however often the command runs.

use std::fmt;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use maud::{Markup, html};
use sqlx::{PgConnection, PgPool};

use super::collecte::Collecte;
use super::pages::{self, Reseau};
use super::{Champs, connectee, connexion, patienter, reponse};
use crate::comptes::{Courrier, Principal};
use crate::error::{Contexte, Error, Result};
use crate::http::{Chemin, Formulaire as Envoi, Parametres, Reponse, UrlPublique};

const ACTION: &str = "préparation des rappels";

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    UrlPublique: FromRef<S>,
{
    Router::new().route("/espace/{reseau}/rappels", get(montrer).post(choisir))
}

/// Somebody who asked to be reminded.
#[derive(Debug, sqlx::FromRow)]
struct Abonne {
    compte: i32,
    courriel: String,
    nom: String,
    coordonne: bool,
    /// Codes of the partners that the person speaks for.
    partenaires: Vec<String>,
    /// Written to within the week.
    recent: bool,
}

/// A message that would be sent.
#[derive(Debug)]
pub struct Rappel {
    compte: i32,
    pub courriel: String,
    nom: String,
    pub sujet: String,
    pub texte: String,
    /// Not to be sent again yet.
    pub recent: bool,
}

impl fmt::Display for Rappel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "À {} <{}>", self.nom, self.courriel)?;
        if self.recent {
            writeln!(f, "(déjà écrit depuis moins d'une semaine : pas cette fois)")?;
        }
        writeln!(f, "Objet : {}\n", self.sujet)?;
        write!(f, "{}", self.texte)
    }
}

/// Messages of a réseau, for a year: by default, its own. From the command line, as the owner.
///
/// # Errors
/// [`Error::Introuvable`] when there is no such réseau.
pub async fn preparer(
    connexion: &mut PgConnection,
    code: &str,
    annee: Option<i16>,
    url: &str,
) -> Result<Vec<Rappel>> {
    let reseau = Reseau::de_la_base(connexion, code).await?;
    ecrire(connexion, &reseau, annee, url).await
}

async fn ecrire(
    connexion: &mut PgConnection,
    reseau: &Reseau,
    annee: Option<i16>,
    url: &str,
) -> Result<Vec<Rappel>> {
    let collecte = Collecte::lire(connexion, reseau, annee).await?;
    let abonnes: Vec<Abonne> = sqlx::query_as(include_str!("../sql/lire_abonnes.sql"))
        .bind(&reseau.code)
        .fetch_all(connexion)
        .await
        .pour(ACTION)?;
    Ok(abonnes
        .into_iter()
        .filter_map(|abonne| {
            let texte = message(reseau, &collecte, &abonne, url)?;
            let Abonne { compte, courriel, nom, recent, .. } = abonne;
            let sujet = format!("{} : la collecte de {}", reseau.nom_court, collecte.annee);
            Some(Rappel { compte, courriel, nom, sujet, texte, recent })
        })
        .collect())
}

/// What one is told; nothing when there is nothing to say.
fn message(reseau: &Reseau, collecte: &Collecte, a_qui: &Abonne, url: &str) -> Option<String> {
    let mut parties = Vec::new();
    if a_qui.coordonne {
        parties.push(digest(reseau, collecte, url));
    }
    for partenaire in &collecte.partenaires {
        if !a_qui.partenaires.contains(&partenaire.code) {
            continue;
        }
        let manque = collecte.manque(partenaire);
        if !manque.is_empty() {
            parties.push(format!(
                "{}, ce qu'il manque pour {} :\n{}\n\nPour livrer ou corriger : {url}/espace",
                partenaire.nom,
                collecte.annee,
                liste(&manque)
            ));
        }
    }
    (!parties.is_empty()).then(|| {
        format!(
            "Bonjour,\n\n{}\n\nVous recevez ce message, au plus une fois par semaine, parce que vous l'avez demandé. \
             Pour ne plus le recevoir :\n{url}/espace/{}/rappels\n",
            parties.join("\n\n"),
            reseau.code
        )
    })
}

fn liste(lignes: &[String]) -> String {
    lignes.iter().map(|ligne| format!("- {ligne}")).collect::<Vec<_>>().join("\n")
}

/// The whole board, in a few lines.
fn digest(reseau: &Reseau, collecte: &Collecte, url: &str) -> String {
    let manques: Vec<String> = collecte
        .partenaires
        .iter()
        .filter_map(|partenaire| {
            let manque = collecte.manque(partenaire);
            (!manque.is_empty()).then(|| format!("{} : {}", partenaire.nom, manque.join(" ; ")))
        })
        .collect();
    let livres = collecte.partenaires.iter().filter(|p| p.demandes > 0).count();
    let suite = match manques.is_empty() {
        true => "Il ne manque rien.".to_owned(),
        false => format!("Ce qu'il manque :\n{}", liste(&manques)),
    };
    format!(
        "{} : {livres} partenaires sur {} ont livré des demandes de {}.\n{suite}\n\nLe tableau : \
         {url}/espace/{}/collecte?annee={}",
        reseau.nom,
        collecte.partenaires.len(),
        collecte.annee,
        reseau.code,
        collecte.annee
    )
}

/// Sends them, one by one; each that leaves is noted. Returns how many did.
pub async fn envoyer(
    connexion: &mut PgConnection,
    reseau: &str,
    rappels: &[Rappel],
    courrier: &Courrier,
) -> Result<usize> {
    let mut partis = 0;
    for rappel in rappels.iter().filter(|rappel| !rappel.recent) {
        if courrier.ecrire(&rappel.courriel, &rappel.sujet, &rappel.texte).await.is_err() {
            // Why is in the log; the others are not kept waiting.
            continue;
        }
        sqlx::query("update rappel set envoye_le = now() where compte = $1 and reseau = $2")
            .bind(rappel.compte)
            .bind(reseau)
            .execute(&mut *connexion)
            .await
            .pour("envoi des rappels")?;
        partis += 1;
    }
    Ok(partis)
}

/// What the principal has chosen in a réseau where they keep something.
#[derive(Debug, sqlx::FromRow)]
struct Choix {
    nom: String,
    voulu: bool,
    coordonne: bool,
}

async fn choix(connexion: &mut PgConnection, reseau: &str) -> Result<Choix> {
    sqlx::query_as(include_str!("../sql/lire_choix_de_rappel.sql"))
        .bind(reseau)
        .fetch_optional(connexion)
        .await
        .pour(ACTION)?
        .ok_or_else(|| {
            Error::Introuvable("Vous ne parlez pour aucun partenaire de ce réseau.".into())
        })
}

async fn montrer(
    State(piscine): State<PgPool>,
    State(url): State<UrlPublique>,
    principal: Principal,
    uri: Uri,
    Chemin(code): Chemin<String>,
    parametres: Parametres,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(connexion(&uri));
    }
    let mut transaction = principal.transaction(&piscine).await?;
    let choix = choix(&mut transaction, &code).await?;
    let fait = pages::avis(pages::fait(parametres.texte("fait")), None);
    let page = match choix.coordonne {
        true => {
            let reseau = Reseau::lire(&mut transaction, &code).await?;
            let rappels = ecrire(&mut transaction, &reseau, None, &url.0).await?;
            reseau.page(
                "collecte",
                "Rappels",
                html! { (fait) (interrupteur(&code, &choix)) (apercu(&rappels)) },
            )
        }
        false => crate::http::page::page(
            &format!("Rappels — {}", choix.nom),
            html! { p { a href="/espace" { "Votre espace" } } (fait) (interrupteur(&code, &choix)) },
        ),
    };
    Ok(reponse(StatusCode::OK, page))
}

fn interrupteur(code: &str, choix: &Choix) -> Markup {
    html! {
        p {
            "Un message, au plus une fois par semaine, dit ce qu'il manque à la collecte de l'année : demandes, zones, \
             lignes à corriger. Rien n'est envoyé à qui ne l'a pas demandé, ni quand il ne manque rien."
        }
        p { strong { @if choix.voulu { "Vous recevez ce message." } @else { "Vous ne recevez pas ce message." } } }
        form method="post" action={ "/espace/" (code) "/rappels" } {
            @if choix.voulu { button name="voulu" value="non" { "Ne plus le recevoir" } }
            @else { button name="voulu" value="oui" { "Le recevoir" } }
        }
    }
}

/// What would be sent today.
fn apercu(rappels: &[Rappel]) -> Markup {
    html! {
        h2 { "Ce qui partirait aujourd'hui" }
        @if rappels.is_empty() { p { "Rien : personne ne l'a demandé, ou il ne manque rien." } }
        @for rappel in rappels {
            h3 { (rappel.nom) ", " (rappel.courriel) }
            @if rappel.recent { p.discret { "Déjà écrit depuis moins d'une semaine : pas cette fois." } }
            p { strong { (rappel.sujet) } }
            pre.message tabindex="0" { (rappel.texte) }
        }
    }
}

async fn choisir(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(code): Chemin<String>,
    Envoi(envoyes): Envoi<Champs>,
) -> Reponse<Response> {
    if !connectee(&principal) {
        return Ok(patienter(&uri, &envoyes));
    }
    let action = "choix des rappels";
    let voulu = envoyes.iter().any(|(nom, valeur)| nom == "voulu" && valeur == "oui");
    let origine = format!("POST /espace/{code}/rappels");
    let mut transaction = principal.ecriture(&piscine, &origine).await?;
    choix(&mut transaction, &code).await?;
    let ordre = match voulu {
        true => {
            "insert into rappel (compte, reseau) select a.compte, $1 from acces() a on conflict do nothing"
        }
        false => {
            "delete from rappel where reseau = $1 and compte in (select a.compte from acces() a)"
        }
    };
    sqlx::query(ordre).bind(&code).execute(&mut *transaction).await.pour(action)?;
    transaction.commit().await.pour(action)?;
    Ok(Redirect::to(&format!("/espace/{code}/rappels?fait=enregistre")).into_response())
}
