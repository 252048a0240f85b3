//! Proposing a zone without script: a list is added to the zone, taken from it, or made the whole of it; the page says what
//! that changes, and a second form proposes it. What is proposed is sent where programs send it.

use std::collections::HashSet;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{FromRef, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use maud::{Markup, html};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::atelier::{Atelier, Sujet};
use super::{BASE, Champs, PartenaireTenu, connectee, pages, patienter, reponse};
use crate::comptes::Principal;
use crate::comptes::ecriture::MOTIF_MAX;
use crate::coordination::pages::{nombre, pluriel};
use crate::http::{Chemin, Corps, Formulaire as Envoi, Parametres, Probleme, Reponse};
use crate::partenaires::zones::comparaison::CommuneComparee;
use crate::partenaires::zones::ecrire;
use crate::partenaires::zones::reconnaissance::{Reconnaissance, lire_liste};

/// Largest answer of a trial, in bytes: a zone of all the communes of the country takes five million.
const REPONSE_MAX: usize = 16 << 20;

pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Router::new().route(&format!("{BASE}/zones/{{zone}}/proposition"), post(proposer))
}

/// The form itself, for a page that has no script.
pub fn formulaire(tenu: &PartenaireTenu, atelier: &Atelier) -> Markup {
    html! {
        h2 { "Proposer un changement" }
        form.saisie.large method="post" action=(tenu.adresse(&format!("zones/{}/proposition", atelier.code))) {
            label { "Communes ou EPCI : noms, codes Insee ou codes postaux, un par ligne"
                textarea name="liste" rows="8" required {} }
            fieldset {
                legend { "Que faire de cette liste" }
                @for (valeur, dit) in GESTES {
                    label.case { input type="radio" name="geste" value=(valeur) checked[valeur == "ajouter"]; (dit) }
                }
            }
            (champs_communs(atelier, "", ""))
            p { button { "Voir ce que cela change" } }
        }
    }
}

const GESTES: [(&str, &str); 3] = [
    ("ajouter", "L'ajouter à la zone"),
    ("retirer", "La retirer de la zone"),
    ("remplacer", "En faire toute la zone"),
];

fn champs_communs(atelier: &Atelier, debut: &str, commentaire: &str) -> Markup {
    let debut = if debut.is_empty() { atelier.debut().to_string() } else { debut.to_owned() };
    html! {
        label { "Cette version vaut à compter du" input type="date" name="debut" required value=(debut); }
        label { "Commentaire pour le coordinateur"
            textarea name="commentaire" rows="3" maxlength=(MOTIF_MAX) { (commentaire) } }
        @if let Some(lue) = &atelier.lue {
            input type="hidden" name="version" value=(lue.identite.version);
        }
    }
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

async fn proposer(
    State(piscine): State<PgPool>,
    principal: Principal,
    uri: Uri,
    Chemin((reseau, partenaire, zone)): Chemin<(String, String, String)>,
    Envoi(champs): Envoi<Champs>,
) -> Reponse<Response> {
    let Some(qui) = principal.personne().filter(|_| connectee(&principal)) else {
        return Ok(patienter(&uri, &champs));
    };
    let mut transaction = principal.transaction(&piscine).await?;
    let tenu = PartenaireTenu::lire(&mut transaction, &reseau, &partenaire).await?;
    let sujet = Sujet { compte: qui.compte, code: &zone };
    let atelier = Atelier::lire(&mut transaction, &tenu, &sujet).await?;
    let dit = |nom: &str| {
        champs.iter().find(|(n, _)| n == nom).map(|(_, v)| v.trim()).filter(|v| !v.is_empty())
    };
    let dits = |nom: &str| {
        champs.iter().filter(|(n, _)| n == nom).map(|(_, v)| v.clone()).collect::<Vec<_>>()
    };
    let decide = dit("geste") == Some("proposer");
    let mut lue = Reconnaissance::default();
    let unites: Unites = if decide {
        let exclues = dits("exclue").into_iter().map(|unite| (unite, true));
        dits("unite").into_iter().map(|unite| (unite, false)).chain(exclues).collect()
    } else {
        lue = lire_liste(&mut transaction, &tenu.reseau, dit("liste").unwrap_or_default()).await?;
        let liste = lue.lieux.iter().map(|lieu| lieu.unite.clone()).collect();
        composer(atelier.unites(), liste, dit("geste").unwrap_or_default())
    };
    // The trial and the proposal open their own.
    drop(transaction);
    let dites = |exclue: bool| -> Vec<&str> {
        unites.iter().filter(|(_, e)| *e == exclue).map(|(unite, _)| unite.as_str()).collect()
    };
    let corps = json!({
        "reseau": tenu.reseau, "partenaire": tenu.code, "theme": atelier.theme, "code": atelier.code,
        "nom": atelier.lue.as_ref().and_then(|lue| lue.identite.nom.as_deref()),
        "version": dit("version").and_then(|version| version.parse::<i16>().ok()),
        "debut": dit("debut"), "commentaire": dit("commentaire"),
        "unites": dites(false), "exclues": dites(true),
    });
    let essai = if decide { Vec::new() } else { vec![("essai".to_owned(), "true".to_owned())] };
    let corps = Corps::lire(corps.to_string().as_bytes())?;
    let ecrite =
        ecrire(State(piscine), principal.clone(), Parametres::nouveaux(essai)?, corps).await;
    let page = |titre: &str, corps: Markup| tenu.page("zones", titre, html! {}, corps);
    let retour = html! { p { a href=(tenu.adresse(&format!("zones/{}", atelier.code))) { "Revenir à la zone" } } };
    let recue = match ecrite {
        Ok(recue) if decide => {
            let suite =
                if recue.status() == StatusCode::CREATED { "proposee" } else { "identique" };
            return Ok(Redirect::to(&tenu.adresse(&format!("zones?fait={suite}"))).into_response());
        }
        Ok(recue) => recue,
        Err(probleme) => {
            let (_, phrase) = probleme.dire();
            let corps = html! { (pages::avis(None, Some(phrase))) (anomalies(&lue)) (retour) };
            return Ok(reponse(probleme.statut(), page("Rien n'est proposé", corps)));
        }
    };
    let octets = to_bytes(recue.into_body(), REPONSE_MAX).await.map_err(|_| Probleme::interne())?;
    let essai: Value = serde_json::from_slice(&octets).map_err(|_| Probleme::interne())?;
    let corps = html! {
        (anomalies(&lue))
        (difference(&atelier, &essai))
        form.saisie.large method="post" action=(uri.path()) {
            @for (unite, exclue) in &unites {
                input type="hidden" name=(if *exclue { "exclue" } else { "unite" }) value=(unite);
            }
            (champs_communs(&atelier, dit("debut").unwrap_or_default(), dit("commentaire").unwrap_or_default()))
            p { button name="geste" value="proposer" { "Proposer au coordinateur" } }
        }
        (retour)
    };
    Ok(reponse(StatusCode::OK, page("Ce que cela change", corps)))
}

/// Lines that were not taken.
fn anomalies(lue: &Reconnaissance) -> Markup {
    html! {
        @if !lue.anomalies.is_empty() {
            div.avis role="alert" {
                p { "Lignes à regarder, qui ne comptent pas :" }
                ul { @for anomalie in &lue.anomalies { li {
                    strong { (anomalie.place) } " « " (anomalie.valeur) " » : " (anomalie.raison) " "
                    (anomalie.choix.iter().map(|lieu| lieu.nom.as_str()).collect::<Vec<_>>().join(", "))
                } } }
            }
        }
        @for remarque in &lue.remarques { p.discret { (remarque) } }
    }
}

/// What the service has made of the units, beside the zone in force.
fn difference(atelier: &Atelier, essai: &Value) -> Markup {
    let couvertes: HashSet<&str> = essai["zone"]["communes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|commune| commune["couverte"] == true && commune["dans_perimetre"] == true)
        .filter_map(|commune| commune["code"].as_str())
        .collect();
    let communes = &atelier.comparaison.communes;
    let choisir = |avant: bool, apres: bool| -> Vec<&CommuneComparee> {
        communes
            .iter()
            .filter(|c| c.avant == avant && couvertes.contains(c.code.as_str()) == apres)
            .collect()
    };
    let compter = |liste: &[&CommuneComparee]| i64::try_from(liste.len()).unwrap_or_default();
    let (ajoutees, retirees, gardees) =
        (choisir(false, true), choisir(true, false), choisir(true, true));
    let sur = i64::try_from(communes.len()).unwrap_or_default();
    html! {
        p {
            "La zone couvrirait " strong { (pluriel(compter(&ajoutees) + compter(&gardees), "commune")) " sur " (nombre(sur)) } ". "
            "Par rapport à la zone en vigueur : " strong { (pluriel(compter(&ajoutees), "commune")) " de plus, "
            (pluriel(compter(&retirees), "commune")) " de moins" } "."
        }
        @for (titre, liste) in [("Communes ajoutées", &ajoutees), ("Communes retirées", &retirees)] {
            @if !liste.is_empty() {
                h2 { (titre) }
                p { (liste.iter().map(|c| format!("{} ({})", c.nom, c.code)).collect::<Vec<_>>().join(", ")) "." }
            }
        }
        @for remarque in essai["remarques"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            p.discret { (remarque) }
        }
    }
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
