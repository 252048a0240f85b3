//! The demandes of a year: how many are in which state, then each.

use std::collections::BTreeMap;

use maud::{Markup, html};
use sqlx::PgConnection;

use super::cadre::Espace;
use super::etats::{ETATS, nommer};
use crate::coordination::pages::jour;
use crate::demandes::tenue::{Choix, Compte, PAGE, Tenue, compter};
use crate::error::Result;
use crate::http::{Parametres, Probleme, Reponse};

/// Longest text that is looked for, in characters.
const TEXTE_MAX: usize = 100;

/// What is asked of the list.
#[derive(Debug, Default)]
pub struct Question {
    pub annee: Option<i32>,
    pub etat: Option<String>,
    pub texte: Option<String>,
    pub page: i64,
}

impl Question {
    /// # Errors
    /// A parameter that does not exist, or cannot be read.
    pub fn lire(parametres: &Parametres) -> Reponse<Self> {
        parametres.admettre(&[
            "annee",
            "etat",
            "q",
            "page",
            "fait",
            "nouvelles",
            "changees",
            "refusees",
        ])?;
        let etat = parametres.texte("etat");
        if etat.is_some_and(|etat| !ETATS.iter().any(|(connu, _)| *connu == etat)) {
            return Err(Probleme::demande("Cet état n'existe pas : rouvrez la page."));
        }
        let texte = parametres.texte("q").map(|texte| texte.chars().take(TEXTE_MAX).collect());
        Ok(Self {
            annee: parametres.nombre("annee", 1943..=2100)?,
            etat: etat.map(str::to_owned),
            texte,
            page: parametres.nombre("page", 1..=100_000)?.unwrap_or(1) - 1,
        })
    }
}

/// What was just done, in a sentence.
pub fn fait(parametres: &Parametres) -> Option<String> {
    let nombre =
        |nom: &str| parametres.nombre::<i64>(nom, 0..=i64::MAX).ok().flatten().unwrap_or(0);
    match parametres.texte("fait")? {
        "note" => Some("La demande est notée.".into()),
        "corrige" => Some("La demande est corrigée.".into()),
        "charge" => {
            let refusees = nombre("refusees");
            let suite = match refusees {
                0 => String::new(),
                _ => format!(
                    " Lignes laissées de côté, à corriger et à charger de nouveau : {refusees}."
                ),
            };
            Some(format!(
                "Le tableau est enregistré. Demandes nouvelles : {} ; changées : {}.{suite}",
                nombre("nouvelles"),
                nombre("changees")
            ))
        }
        "abandonne" => Some("Le tableau est oublié : rien n'est enregistré.".into()),
        _ => None,
    }
}

pub async fn page(
    connexion: &mut PgConnection,
    espace: &Espace,
    question: &Question,
    fait: Option<&str>,
) -> Result<String> {
    let comptes = compter(connexion, espace.reseau(), espace.code()).await?;
    let annees = par_annee(&comptes);
    let annee = question
        .annee
        .or_else(|| annees.keys().next_back().copied())
        .unwrap_or_else(|| chrono::Datelike::year(&chrono::Local::now()));
    let choix = Choix {
        reseau: espace.reseau(),
        partenaire: espace.code(),
        annee,
        etat: question.etat.as_deref(),
        texte: question.texte.as_deref(),
        page: question.page,
    };
    let (total, tenues) = choix.lister(connexion).await?;
    let chemin = espace.chemin();
    let a_qualifier: Vec<&Compte> =
        comptes.iter().filter(|compte| compte.etat == "recue").collect();
    Ok(espace.page(
        "",
        "Demandes",
        html! {
            @if let Some(phrase) = fait { p.secret role="status" data-fait="oui" { (phrase) } }
            @for compte in &a_qualifier {
                p.avis {
                    a href={ (chemin) "?annee=" (compte.annee) "&etat=recue" } {
                        "Reçues en ligne en " (compte.annee) ", à qualifier : " (compte.nombre)
                    }
                    " — elles ne comptent pas encore."
                }
            }
            @if espace.code().is_some() {
                p.gestes {
                    a.bouton href={ (chemin) "/nouvelle" } { "Noter une demande" }
                    a.bouton.second href={ (chemin) "/import" } { "Importer des demandes" }
                }
            }
            (filtres(&chemin, &annees, annee, question))
            @if let Some(etats) = annees.get(&annee) { (resume(&chemin, annee, etats)) }
            @if tenues.is_empty() {
                p { "Aucune demande de " (annee) @if question.etat.is_some() || question.texte.is_some() { " ne répond à ce choix" } "." }
            } @else {
                (table(espace, &tenues, total, annee))
                (pages(&chemin, question, annee, total))
            }
            @if annees.contains_key(&annee) {
                h2 { "Emporter l'année " (annee) }
                p {
                    a href={ (chemin) "/" (annee) ".xlsx" } download { "Excel" } " · "
                    a href={ (chemin) "/" (annee) ".csv" } download { "CSV" }
                }
                p.discret {
                    @if espace.code().is_some() { "Les demandes que vous menez" } @else { "Toutes les demandes" }
                    ", sans les personnes à rappeler. Corrigé, ce tableau se charge de nouveau tel quel."
                }
            }
        },
    ))
}

/// How many demandes are in each state, year by year.
fn par_annee(comptes: &[Compte]) -> BTreeMap<i32, BTreeMap<&str, i64>> {
    let mut annees: BTreeMap<i32, BTreeMap<&str, i64>> = BTreeMap::new();
    for compte in comptes {
        annees.entry(compte.annee).or_default().insert(&compte.etat, compte.nombre);
    }
    annees
}

fn filtres(
    chemin: &str,
    annees: &BTreeMap<i32, BTreeMap<&str, i64>>,
    annee: i32,
    question: &Question,
) -> Markup {
    html! {
        form.filtres method="get" action=(chemin) role="search" aria-label="Choisir des demandes" {
            label { "Année"
                select name="annee" {
                    @if !annees.contains_key(&annee) { option value=(annee) selected { (annee) } }
                    @for connue in annees.keys().rev() { option value=(connue) selected[*connue == annee] { (connue) } }
                }
            }
            label { "État"
                select name="etat" {
                    option value="" { "Tous" }
                    @for (code, _) in ETATS { option value=(code) selected[question.etat.as_deref() == Some(code)] { (nommer(code)) } }
                }
            }
            label { "Commune, objet ou référence"
                input type="search" name="q" maxlength=(TEXTE_MAX) value=(question.texte.as_deref().unwrap_or_default());
            }
            button { "Afficher" }
        }
    }
}

fn resume(chemin: &str, annee: i32, etats: &BTreeMap<&str, i64>) -> Markup {
    html! {
        p {
            "En " (annee) " : "
            @for (rang, (code, nombre)) in etats.iter().enumerate() {
                @if rang > 0 { " · " }
                a href={ (chemin) "?annee=" (annee) "&etat=" (code) } { (nommer(code)) " : " (nombre) }
            }
        }
    }
}

fn table(espace: &Espace, tenues: &[Tenue], total: i64, annee: i32) -> Markup {
    let mienne = |tenue: &Tenue| espace.coordonne() || espace.code() == Some(tenue.meneur.as_str());
    html! {
        div.table tabindex="0" role="region" aria-label={ "Demandes de " (annee) } { table.demandes {
            caption.discret { "Demandes : " (total) }
            thead { tr { th scope="col" { "Date" } th scope="col" { "Bénéficiaire" } th scope="col" { "Objet" }
                th scope="col" { "État" } th scope="col" { "Référence" } } }
            tbody { @for tenue in tenues { tr {
                td { (jour(tenue.date)) }
                th scope="row" {
                    @if mienne(tenue) {
                        a href={ (espace.chemin()) "/" (tenue.id) } {
                            @if tenue.etat == "recue" { "Qualifier : " } (tenue.nom)
                        }
                    } @else { (tenue.nom) }
                }
                td {
                    (court(tenue.objet.as_deref().unwrap_or_default()))
                    @if tenue.objet.is_some() { br; }
                    span.discret { (tenue.themes.join(", ")) }
                    @if espace.code() != Some(tenue.meneur.as_str()) {
                        br; span.discret { "Menée par " (tenue.meneur_nom.as_deref().unwrap_or(&tenue.meneur)) }
                    }
                }
                td { span.etat.(tenue.etat) { (nommer(&tenue.etat)) } }
                td { (tenue.reference.as_deref().unwrap_or_default()) }
            } } }
        } }
    }
}

/// The beginning of a text that may be long.
fn court(texte: &str) -> String {
    const MAX: usize = 140;
    match texte.char_indices().nth(MAX) {
        Some((fin, _)) => format!("{}…", texte[..fin].trim_end()),
        None => texte.to_owned(),
    }
}

fn pages(chemin: &str, question: &Question, annee: i32, total: i64) -> Markup {
    let dernieres = (total - 1).max(0) / PAGE;
    let adresse = |page: i64| {
        let mut suite = form_urlencoded::Serializer::new(String::new());
        suite.append_pair("annee", &annee.to_string());
        for (nom, valeur) in [("etat", &question.etat), ("q", &question.texte)] {
            if let Some(valeur) = valeur {
                suite.append_pair(nom, valeur);
            }
        }
        suite.append_pair("page", &(page + 1).to_string());
        format!("{chemin}?{}", suite.finish())
    };
    html! {
        @if dernieres > 0 {
            nav.pages aria-label="Pages" {
                @if question.page > 0 { a href=(adresse(question.page - 1)) rel="prev" { "← Plus récentes" } }
                span { "Page " (question.page + 1) " sur " (dernieres + 1) }
                @if question.page < dernieres { a href=(adresse(question.page + 1)) rel="next" { "Plus anciennes →" } }
            }
        }
    }
}
