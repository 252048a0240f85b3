//! A partner's zones, each version with its state; what may be done with each.

use maud::{Markup, html};
use sqlx::PgConnection;

use super::{PartenaireTenu, outillage};
use crate::coordination::pages::jour;
use crate::error::{Contexte, Result};
use crate::partenaires::zones::Etat;
use crate::partenaires::zones::registre::{self, Question, Resume};

/// What was just done, in a sentence; nothing for words that are not ours.
pub fn fait(mot: Option<&str>) -> Option<&'static str> {
    match mot? {
        "proposee" => {
            Some("La zone est proposée au coordinateur du réseau : vous lirez ici sa décision.")
        }
        "identique" => Some("Rien n'a changé : la dernière version dit la même chose."),
        "retiree" => Some("La proposition est retirée."),
        "finie" => Some("La zone a son dernier jour."),
        _ => None,
    }
}

/// The state of a version, as a partner reads it.
pub fn etat(etat: Etat) -> (&'static str, &'static str) {
    match etat {
        Etat::Proposee => ("proposee", "Proposée : en attente de décision"),
        Etat::Validee => ("validee", "En vigueur"),
        Etat::Refusee => ("refusee", "Refusée"),
        Etat::Expiree => ("expiree", "Terminée"),
    }
}

/// A version, with what was decided of it.
struct Version {
    resume: Resume,
    motif: Option<String>,
}

pub async fn page(
    connexion: &mut PgConnection,
    tenu: &PartenaireTenu,
    avis: Markup,
) -> Result<String> {
    let action = "lecture des zones d'un partenaire";
    let question = Question {
        reseau: Some(tenu.reseau.clone()),
        partenaire: Some(tenu.code.clone()),
        ..Question::default()
    };
    let mut versions = Vec::new();
    for resume in registre::lister(connexion, &question).await? {
        let motif: Option<String> = sqlx::query_scalar(
            "select motif from zone where reseau = $1 and code = $2 and version = $3",
        )
        .bind(&resume.identite.reseau)
        .bind(&resume.identite.code)
        .bind(resume.identite.version)
        .fetch_one(&mut *connexion)
        .await
        .pour(action)?;
        versions.push(Version { resume, motif });
    }
    // The newest version of a zone first.
    versions.reverse();
    versions.sort_by(|une, autre| une.resume.identite.code.cmp(&autre.resume.identite.code));
    let themes: Vec<(String, String)> = sqlx::query_as(
        "select t.code, t.libelle
         from partenaire_theme pt join theme t on t.reseau = pt.reseau and t.code = pt.theme
         where pt.reseau = $1 and pt.partenaire = $2 order by t.rang, t.code",
    )
    .bind(&tenu.reseau)
    .bind(&tenu.code)
    .fetch_all(connexion)
    .await
    .pour(action)?;
    Ok(tenu.page(
        "zones",
        "Zones d'intervention",
        outillage(),
        html! {
            (avis)
            p { "Une zone dit où vous intervenez, pour un thème ou pour tous. Corrigez-la : le coordinateur du réseau valide \
                 ce que vous proposez, et la carte change alors." }
            @if versions.is_empty() { p { "Vous n'avez pas encore de zone." } }
            // The script draws here the one that is chosen.
            div #apercu-zones data-reseau=(tenu.reseau) {}
            @for suite in versions.chunk_by(|une, autre| une.resume.identite.code == autre.resume.identite.code) {
                (zone(tenu, suite, &themes))
            }
            (nouvelle(tenu, &versions, &themes))
        },
    ))
}

fn zone(tenu: &PartenaireTenu, versions: &[Version], themes: &[(String, String)]) -> Markup {
    let Some(recente) = versions.first() else { return html! {} };
    let identite = &recente.resume.identite;
    let theme = match &identite.theme {
        None => "tous vos thèmes",
        Some(code) => {
            themes.iter().find(|(connu, _)| connu == code).map_or(code.as_str(), |(_, nom)| nom)
        }
    };
    let nom = identite.nom.clone().unwrap_or_else(|| capitale(theme));
    let adresse = tenu.adresse(&format!("zones/{}", identite.code));
    html! {
        section.zone aria-label={ (nom) " (" (identite.code) ")" } {
            h2 { (nom) " " span.discret { (identite.code) } }
            @if identite.nom.is_some() { p.discret { "Pour " (theme) } }
            div.table tabindex="0" role="region" aria-label={ "Versions de " (nom) " (" (identite.code) ")" } { table {
                thead { tr { th { "Version" } th { "État" } th { "Du" } th { "Au" } th { "Communes" } th { span { "Action" } } } }
                tbody { @for version in versions { (ligne(tenu, version, &nom)) } }
            } }
            p { a.bouton href=(adresse) { "Corriger cette zone" } }
        }
    }
}

fn ligne(tenu: &PartenaireTenu, version: &Version, nom: &str) -> Markup {
    let Resume { identite, communes, dessinee, .. } = &version.resume;
    let (classe, dit) = etat(identite.etat);
    let numero = identite.version;
    let action = |quoi: &str| tenu.adresse(&format!("zones/{}/{numero}/{quoi}", identite.code));
    html! {
        tr data-zone=(identite.code) data-version=(numero) data-etat=(classe) {
            td.nombre { (numero) }
            td {
                span class={ "etat " (classe) } { (dit) }
                @if let Some(motif) = &version.motif { br; span.discret { (motif) } }
            }
            td { (jour(identite.debut)) }
            td { @match identite.fin { Some(fin) => (jour(fin)), None => "—" } }
            td.nombre { (communes) @if *dessinee { br; span.discret { "dessinée" } } }
            td {
                @if identite.etat == Etat::Proposee && identite.origine == "proposition" {
                    form method="post" action=(action("retrait")) {
                        input type="hidden" name="revision" value=(identite.revision);
                        button aria-label={ "Retirer la proposition, version " (numero) " de " (nom) } { "Retirer" }
                    }
                }
                @if identite.etat == Etat::Proposee && tenu.coordonne {
                    a href={ "/espace/" (tenu.reseau) "/propositions/" (identite.code) "/" (numero) } { "Décider" }
                }
                @if identite.etat == Etat::Validee && tenu.coordonne {
                    form.cote method="post" action=(action("fin")) {
                        input type="hidden" name="revision" value=(identite.revision);
                        input type="date" name="fin" required aria-label={ "Dernier jour de " (nom) };
                        button { "Mettre fin" }
                    }
                }
            }
        }
    }
}

fn capitale(texte: &str) -> String {
    let mut lettres = texte.chars();
    lettres
        .next()
        .map_or_else(String::new, |premiere| premiere.to_uppercase().chain(lettres).collect())
}

/// A zone begins with its theme: it takes its code from it.
fn nouvelle(tenu: &PartenaireTenu, versions: &[Version], themes: &[(String, String)]) -> Markup {
    let prise = |code: &str| versions.iter().any(|v| v.resume.identite.code == code);
    let libres: Vec<(String, &str)> = std::iter::once((tenu.code.clone(), "Tous vos thèmes"))
        .chain(themes.iter().map(|(code, nom)| (format!("{}-{code}", tenu.code), nom.as_str())))
        .filter(|(code, _)| !prise(code))
        .collect();
    html! {
        @if !libres.is_empty() {
            h2 { "Une zone de plus" }
            p { "Une zone pour un thème s'ajoute à celle de tous vos thèmes : elle ne la remplace pas." }
            ul.choix { @for (code, nom) in &libres {
                li { a href=(tenu.adresse(&format!("zones/{code}"))) { (nom) } }
            } }
        }
    }
}
