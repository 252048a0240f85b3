//! A report as an accessible page of the site: the same content as the printed document, in the frame of the other pages,
//! with no script.

mod corps;
pub mod espace;
mod texte;

use maud::{Markup, html};

use super::donnees::date;
use super::publication::{Contenu, Ecart, Parue, Publication};
use crate::http::page::page_publique;
use crate::web::fiches::FEUILLE;

/// Where the style of these pages is, over that of the sheets.
pub const STYLE: &str = "/rapports.css";

/// What a page shows.
#[derive(Debug)]
pub struct Vue<'a> {
    pub contenu: &'a Contenu,
    /// None: a draft, for whoever coordinates.
    pub publication: Option<&'a Publication>,
    /// Bytes of its document, when it is kept: its maps have addresses too then, and are in the page otherwise.
    pub document: Option<i32>,
    /// The versions of the year, the last first.
    pub versions: &'a [Publication],
    /// What has moved since it was published.
    pub ecarts: &'a [Ecart],
    /// The root of its addresses: `/rapports/drome/2018`.
    pub adresse: String,
    pub absolue: String,
}

/// The page of a report.
pub fn page(vue: &Vue<'_>) -> String {
    let rapport = &vue.contenu.rapport;
    let titre = format!("{} – {}", rapport.titre, rapport.sous_titre);
    let robots = vue.publication.is_none() || rapport.reseau.demonstration;
    let tete = html! {
        link rel="stylesheet" href=(FEUILLE);
        link rel="stylesheet" href=(STYLE);
        link rel="canonical" href=(vue.absolue);
        @if robots { meta name="robots" content="noindex"; }
    };
    page_publique(&titre, tete, corps::corps(vue))
}

/// What all réseaux published.
pub fn sommaire(parues: &[Parue]) -> String {
    page_publique(
        "Bilans annuels",
        tete_des_listes(),
        html! {
            h1 { "Bilans annuels" }
            @if parues.is_empty() { p { "Aucun bilan n'est encore publié." } }
            @for parues in parues.chunk_by(|une, autre| une.reseau == autre.reseau) {
                @let reseau = &parues[0].reseau;
                h2 { a href={ "/rapports/" (reseau) } { (parues[0].nom_du_reseau) } }
                ul { @for parue in parues { (publiee(reseau, &parue.publication)) } }
            }
        },
    )
}

fn tete_des_listes() -> Markup {
    html! { link rel="stylesheet" href=(FEUILLE); link rel="stylesheet" href=(STYLE); }
}

fn publiee(reseau: &str, p: &Publication) -> Markup {
    html! { li {
        a href={ "/rapports/" (reseau) "/" (p.annee) } { "Bilan " (p.annee) }
        ", édité le " (date(p.edition))
        @if let Some(note) = &p.note { " – version " (p.version) ", corrigée : " (note) }
        " (" a href={ "/rapports/" (reseau) "/" (p.annee) ".pdf" } { "PDF, " (poids(p.octets)) } ")"
    } }
}

/// The list of what a réseau published.
pub fn liste(reseau: &str, nom: &str, publications: &[Publication], coordonne: bool) -> String {
    let mut annees: Vec<&Publication> = Vec::new();
    for publication in publications {
        if annees.last().is_none_or(|derniere| derniere.annee != publication.annee) {
            annees.push(publication);
        }
    }
    page_publique(
        &format!("Bilans annuels – {nom}"),
        tete_des_listes(),
        html! {
            h1 { "Bilans annuels – " (nom) }
            @if annees.is_empty() { p { "Aucun bilan n'est encore publié." } }
            ul { @for p in &annees { (publiee(reseau, p)) } }
            p { a href={ "/?reseau=" (reseau) } { "La carte du réseau" } }
            @if coordonne { p { a href={ "/espace/" (reseau) "/bilan" } { "Préparer le bilan annuel" } } }
        },
    )
}

/// Weight of a file, as people read it.
pub(super) fn poids(octets: i32) -> String {
    let ko = f64::from(octets) / 1000.0;
    if ko < 1000.0 {
        format!("{}\u{a0}Ko", super::donnees::entier(ko.max(1.0)))
    } else {
        format!("{:.1}\u{a0}Mo", ko / 1000.0).replace('.', ",")
    }
}

/// Blocks of a text.
pub fn texte(blocs: &[super::textes::Bloc], dessous: u8) -> Markup {
    texte::blocs(blocs, dessous)
}
