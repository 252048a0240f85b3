//! Proposing a zone without script: a list or a file is added to the zone, taken from it, or made the whole of it; the page
//! says what that changes, and a second form proposes it. What is proposed is sent where programs send it.

mod pages;

use std::collections::HashSet;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::extract::{DefaultBodyLimit, FromRef, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use maud::{Markup, html};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::atelier::{Atelier, Sujet};
use super::{BASE, Champs, FICHIER_MAX, PartenaireTenu, connectee, connexion, patienter, reponse};
use crate::comptes::Principal;
use crate::coordination::pages::avis;
use crate::http::{Chemin, Corps, Formulaire as Envoi, Parametres, Probleme, Reponse};
use crate::partenaires::zones::ecrire;
use crate::partenaires::zones::reconnaissance::{
    Fichier, Reconnaissance, lire_fichier, lire_liste,
};
pub use pages::formulaire;
use pages::{anomalies, confirmation, difference, retour};

/// Largest answer of a trial, in bytes: a zone of all the communes of the country takes five million.
const REPONSE_MAX: usize = 16 << 20;
/// What a form of a file has beside the file.
const AUTOUR: usize = 256 << 10;

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    let chemin = |suite: &str| format!("{BASE}/zones/{{zone}}/{suite}");
    Router::new()
        .route(&chemin("lue"), post(lire).layer(DefaultBodyLimit::max(FICHIER_MAX + AUTOUR)))
        // A drawing comes back in the form, and its punctuation takes more there.
        .route(&chemin("proposition"), post(proposer).layer(DefaultBodyLimit::max(2 * FICHIER_MAX)))
}

/// `maille:code`, and whether it is left out.
type Unites = Vec<(String, bool)>;

/// What a list makes of the units of a zone.
fn composer(mut base: Unites, liste: Vec<String>, geste: &str) -> Unites {
    match geste {
        "remplacer" => liste.into_iter().map(|unite| (unite, false)).collect(),
        "retirer" => {
            for unite in liste {
                let avant = base.len();
                base.retain(|(dite, exclue)| *exclue || *dite != unite);
                if base.len() == avant && !base.contains(&(unite.clone(), true)) {
                    base.push((unite, true));
                }
            }
            base
        }
        _ => {
            for unite in liste {
                base.retain(|(dite, exclue)| !exclue || *dite != unite);
                if !base.contains(&(unite.clone(), false)) {
                    base.push((unite, false));
                }
            }
            base
        }
    }
}

/// Where a zone would go: units, or a surface.
struct Etendue {
    unites: Unites,
    /// GeoJSON, in degrees.
    dessin: Option<Value>,
}

impl Etendue {
    fn dites(&self, exclue: bool) -> Vec<&str> {
        self.unites.iter().filter(|(_, e)| *e == exclue).map(|(unite, _)| unite.as_str()).collect()
    }

    /// What is sent where programs send it. `dit`: what the form says.
    fn corps<'d>(
        &self,
        tenu: &PartenaireTenu,
        atelier: &Atelier,
        dit: impl Fn(&str) -> Option<&'d str>,
    ) -> Value {
        let mut corps = json!({
            "reseau": tenu.reseau, "partenaire": tenu.code, "theme": atelier.theme, "code": atelier.code,
            "nom": dit("nom"),
            "version": dit("version").and_then(|version| version.parse::<i16>().ok()),
            "debut": dit("debut"), "commentaire": dit("commentaire"),
        });
        match &self.dessin {
            Some(dessin) => corps["geometrie"] = dessin.clone(),
            None => {
                corps["unites"] = json!(self.dites(false));
                corps["exclues"] = json!(self.dites(true));
            }
        }
        corps
    }
}

/// What was typed under a name; nothing for blanks.
fn dit<'c>(champs: &'c Champs, nom: &str) -> Option<&'c str> {
    champs.iter().find(|(n, _)| n == nom).map(|(_, v)| v.trim()).filter(|v| !v.is_empty())
}

/// Sends what would be proposed; for a trial nothing is written.
async fn envoyer(
    piscine: &PgPool,
    principal: &Principal,
    corps: &Value,
    essai: bool,
) -> Reponse<Response> {
    let parametres = if essai { vec![("essai".to_owned(), "true".to_owned())] } else { Vec::new() };
    let corps = Corps::lire(corps.to_string().as_bytes())?;
    ecrire(State(piscine.clone()), principal.clone(), Parametres::nouveaux(parametres)?, corps)
        .await
}

/// What the service makes of an extent, as it says it to programs.
async fn essayer(piscine: &PgPool, principal: &Principal, corps: &Value) -> Reponse<Value> {
    let recue = envoyer(piscine, principal, corps, true).await?;
    let octets = to_bytes(recue.into_body(), REPONSE_MAX).await.map_err(|_| Probleme::interne())?;
    serde_json::from_slice(&octets).map_err(|_| Probleme::interne())
}

/// The partner, and its zone as it stands.
async fn ouvrir(
    piscine: &PgPool,
    principal: &Principal,
    compte: i32,
    (reseau, partenaire, zone): &(String, String, String),
) -> Reponse<(PartenaireTenu, Atelier)> {
    let mut transaction = principal.transaction(piscine).await?;
    let tenu = PartenaireTenu::lire(&mut transaction, reseau, partenaire).await?;
    let atelier = Atelier::lire(&mut transaction, &tenu, &Sujet { compte, code: zone }).await?;
    Ok((tenu, atelier))
}

/// A form of a list or of a file.
async fn lire_l_envoi(mut envoi: Multipart) -> Reponse<(Champs, Option<Fichier>)> {
    let illisible = |erreur: MultipartError| match erreur.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Probleme::trop_lourd(FICHIER_MAX),
        _ => Probleme::formulaire(),
    };
    let (mut champs, mut fichier) = (Champs::new(), None);
    while let Some(champ) = envoi.next_field().await.map_err(illisible)? {
        let Some(nom) = champ.name().map(str::to_owned) else { continue };
        if nom == "fichier" {
            let nom = champ.file_name().unwrap_or_default().to_owned();
            let octets = champ.bytes().await.map_err(illisible)?.to_vec();
            if !octets.is_empty() {
                fichier = Some(Fichier { nom, octets, couche: None, systeme: None });
            }
        } else {
            let texte = champ.text().await.map_err(illisible)?;
            if texte.contains('\0') {
                return Err(Probleme::formulaire());
            }
            champs.push((nom, texte));
        }
    }
    Ok((champs, fichier))
}

/// Reads a list and a file, and says what they would change.
async fn lire(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(designee): Chemin<(String, String, String)>,
    envoi: Result<Multipart, MultipartRejection>,
) -> Reponse<Response> {
    let Some(qui) = principal.personne().filter(|_| connectee(&principal)) else {
        // A file does not wait in a page.
        let page = uri.path().trim_end_matches("/lue").parse::<Uri>();
        return Ok(connexion(page.as_ref().unwrap_or(&uri)));
    };
    let (tenu, atelier) = ouvrir(&piscine, &principal, qui.compte, &designee).await?;
    let lu = match envoi {
        Ok(envoi) => lire_l_envoi(envoi).await,
        Err(_) => Err(Probleme::formulaire()),
    };
    let mut lue = Reconnaissance::default();
    let resultat = async {
        let (champs, fichier) = lu?;
        let geste = dit(&champs, "geste").unwrap_or_default();
        let liste = dit(&champs, "liste");
        lue = match (fichier, liste) {
            (Some(fichier), _) => {
                lire_fichier(&piscine, &principal, &tenu.reseau, &tenu.code, fichier).await?
            }
            (None, Some(liste)) => {
                let mut transaction = principal.transaction(&piscine).await?;
                lire_liste(&mut transaction, &tenu.reseau, liste).await?
            }
            (None, None) => {
                return Err(Probleme::demande("Écrivez une liste, ou choisissez un fichier."));
            }
        };
        if lue.lieux.is_empty() && lue.dessin.is_none() {
            return Err(Probleme::demande(
                "Rien n'a été reconnu : corrigez ce qui suit, puis recommencez.",
            ));
        }
        let corps = |etendue: &Etendue| etendue.corps(&tenu, &atelier, |nom| dit(&champs, nom));
        let mut nommees: Vec<String> = lue.lieux.iter().map(|lieu| lieu.unite.clone()).collect();
        if let Some(dessin) = &lue.dessin {
            let etendue = Etendue { unites: Vec::new(), dessin: Some(dessin.clone()) };
            let essai = essayer(&piscine, &principal, &corps(&etendue)).await?;
            if geste == "remplacer" {
                return Ok((champs, etendue, essai));
            }
            nommees = couvertes(&essai).into_iter().map(|code| format!("commune:{code}")).collect();
        }
        let mut unites = composer(atelier.unites(), nommees, geste);
        if geste != "retirer" {
            unites = composer(
                unites,
                lue.exclues.iter().map(|lieu| lieu.unite.clone()).collect(),
                "retirer",
            );
        }
        let etendue = Etendue { unites, dessin: None };
        let essai = essayer(&piscine, &principal, &corps(&etendue)).await?;
        Ok((champs, etendue, essai))
    };
    let page = |titre: &str, corps: Markup| tenu.page("zones", titre, html! {}, corps);
    match resultat.await {
        Ok((champs, etendue, essai)) => {
            let corps = html! {
                (anomalies(&lue))
                (difference(&atelier, &essai))
                (confirmation(&tenu, &atelier, &etendue, &champs))
                (retour(&tenu, &atelier))
            };
            Ok(reponse(StatusCode::OK, page("Ce que cela change", corps)))
        }
        Err(probleme) => Ok(refuser(&tenu, &atelier, &lue, &probleme)),
    }
}

fn refuser(
    tenu: &PartenaireTenu,
    atelier: &Atelier,
    lue: &Reconnaissance,
    probleme: &Probleme,
) -> Response {
    let corps = html! {
        (avis(None, Some(probleme.dire().1)))
        (anomalies(lue))
        (retour(tenu, atelier))
    };
    reponse(probleme.statut(), tenu.page("zones", "Rien n'est proposé", html! {}, corps))
}

/// Proposes what was read.
async fn proposer(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin(designee): Chemin<(String, String, String)>,
    Envoi(champs): Envoi<Champs>,
) -> Reponse<Response> {
    let Some(qui) = principal.personne().filter(|_| connectee(&principal)) else {
        return Ok(patienter(&uri, &champs));
    };
    let (tenu, atelier) = ouvrir(&piscine, &principal, qui.compte, &designee).await?;
    let dits = |nom: &'static str, exclue: bool| {
        champs.iter().filter(move |(n, _)| n == nom).map(move |(_, v)| (v.clone(), exclue))
    };
    let etendue = Etendue {
        unites: dits("unite", false).chain(dits("exclue", true)).collect(),
        dessin: match dit(&champs, "geometrie") {
            Some(texte) => Some(serde_json::from_str(texte).map_err(|_| Probleme::formulaire())?),
            None => None,
        },
    };
    let corps = etendue.corps(&tenu, &atelier, |nom| dit(&champs, nom));
    match envoyer(&piscine, &principal, &corps, false).await {
        Ok(recue) => {
            let suite =
                if recue.status() == StatusCode::CREATED { "proposee" } else { "identique" };
            Ok(Redirect::to(&tenu.adresse(&format!("zones?fait={suite}"))).into_response())
        }
        Err(probleme) => Ok(refuser(&tenu, &atelier, &Reconnaissance::default(), &probleme)),
    }
}

/// Communes of the réseau that a trial covers.
fn couvertes(essai: &Value) -> HashSet<&str> {
    essai["zone"]["communes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|commune| commune["couverte"] == true && commune["dans_perimetre"] == true)
        .filter_map(|commune| commune["code"].as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Unites {
        [("epci:1", false), ("commune:a", true), ("commune:b", false)]
            .map(|(unite, exclue)| (unite.to_owned(), exclue))
            .to_vec()
    }

    #[test]
    fn a_list_is_added_taken_away_or_made_the_whole_zone() {
        let dites = |unites: Unites| -> Vec<String> {
            unites.into_iter().map(|(u, e)| format!("{}{u}", if e { "-" } else { "" })).collect()
        };
        let liste = || vec!["commune:a".to_owned(), "commune:b".to_owned()];
        assert_eq!(
            dites(composer(base(), liste(), "ajouter")),
            ["epci:1", "commune:b", "commune:a"]
        );
        assert_eq!(dites(composer(base(), liste(), "retirer")), ["epci:1", "-commune:a"]);
        assert_eq!(dites(composer(base(), liste(), "remplacer")), ["commune:a", "commune:b"]);
    }
}
