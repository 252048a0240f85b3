//! What was asked and done, year by year.

use maud::{Markup, html};

use super::super::ecriture::{entier, pluriel};
use super::super::graphique::barres;
use super::super::mots;
use super::super::territoire::Secours;
use crate::demandes::{Annee, Annees};
use crate::partenaires::Reseau;
use crate::territoires::{Identite, Lieu, Maille};

/// Years shown: the last ones.
const ANNEES: usize = 12;
/// Themes and partners shown, the most asked.
const LIGNES: usize = 10;

pub fn ce_qui_a_ete_demande(
    identite: &Identite,
    ailleurs: Option<&Lieu>,
    secours: &Secours,
) -> Markup {
    let demandes = &secours.demandes;
    let reseaux: Vec<&Reseau> = secours.aide.reseaux.iter().map(|lu| &lu.reseau).collect();
    let lieu = ailleurs.map_or(mots::cette(identite.maille), |lieu| lieu.nom.as_str());
    html! {
        section.demandes aria-labelledby="demandes" {
            h2 id="demandes" { "Ce qui a été demandé" }
            @if reseaux.is_empty() {
                p { "Aucun réseau ne répond pour " (lieu) "." }
            } @else if demandes.annees.is_empty() {
                @if identite.maille == Maille::Regroupement && masquage(&reseaux).is_some() {
                    p { "Les demandes d’un regroupement ne sont pas publiées." }
                } @else {
                    p { "Aucune demande n’est connue pour " (lieu) "." }
                }
            } @else {
                p { (en_tout(demandes, lieu)) }
                (par_annee(demandes, identite.maille == Maille::Epci))
                (comptes(demandes))
            }
            @if let Some(seuil) = masquage(&reseaux) {
                p.discret { "Non publié : les nombres de moins de " (seuil) " demandes, et ceux qui les feraient deviner." }
            }
            (bilans(&reseaux))
        }
    }
}

/// Where the réseaux publish what they did in the year.
pub fn bilans(reseaux: &[&Reseau]) -> Markup {
    html! {
        @if !reseaux.is_empty() {
            p.bilans { "Bilans annuels : " @for (rang, reseau) in reseaux.iter().enumerate() {
                @if rang > 0 { ", " } a href={ "/rapports/" (reseau.code) } { (reseau.nom) } } "." }
        }
    }
}

/// Under how many demandes counts are masked for whoever asks.
fn masquage(reseaux: &[&Reseau]) -> Option<i16> {
    reseaux.iter().filter_map(|reseau| reseau.seuil_masque).max()
}

fn en_tout(demandes: &Annees, lieu: &str) -> String {
    let bornes = demandes.annees.first().zip(demandes.annees.last());
    let periode = match bornes {
        Some((premiere, derniere)) if premiere.annee == derniere.annee => {
            format!("en {}", premiere.annee)
        }
        Some((premiere, derniere)) => format!("de {} à {}", premiere.annee, derniere.annee),
        None => String::new(),
    };
    match demandes.total() {
        Some(total) => format!("{} {periode} pour {lieu}.", pluriel(total, "demande", "demandes")),
        None => format!("Demandes {periode} pour {lieu} : toutes les années ne sont pas publiées."),
    }
}

/// The bars, then the table that says the same.
pub fn par_annee(demandes: &Annees, epci: bool) -> Markup {
    let annees = &demandes.annees[demandes.annees.len().saturating_sub(ANNEES)..];
    let avec = |lire: fn(&Annee) -> i64| annees.iter().any(|annee| lire(annee) > 0);
    let (repondues, closes) = (avec(|annee| annee.repondues), avec(|annee| annee.closes));
    html! {
        div.annees {
            // One year alone is read in the table.
            @if annees.len() > 1 {
                figure { (barres("Demandes par année. Le tableau qui suit donne les mêmes nombres.", annees)) }
            }
            div.table tabindex="0" role="region" aria-label="Demandes par année" { table {
                thead { tr {
                    th scope="col" { "Année" }
                    th.nombre scope="col" { "Demandes" }
                    @if epci { th.nombre scope="col" { "De ses communes" } }
                    @if repondues { th.nombre scope="col" { "Avec une réponse" } }
                    @if closes { th.nombre scope="col" { "Closes" } }
                } }
                tbody {
                    @for annee in annees {
                        tr {
                            th scope="row" { (annee.annee) }
                            td.nombre { @match annee.demandes { Some(demandes) => (entier(demandes)), None => "non publié" } }
                            @if epci { td.nombre { (entier(annee.des_communes)) } }
                            @if repondues { td.nombre { (entier(annee.repondues)) } }
                            @if closes { td.nombre { (entier(annee.closes)) } }
                        }
                    }
                }
            } }
        }
        @if !repondues && !closes {
            p.discret { "Les dates des réponses ne sont pas renseignées." }
        }
    }
}

/// By theme and by partner, the most asked first.
pub fn comptes(demandes: &Annees) -> Markup {
    html! {
        @if !demandes.themes.is_empty() {
            div.comptes {
                (compte("Par thème", "Thème", &demandes.themes))
                @if !demandes.partenaires.is_empty() { (compte("Par partenaire", "Partenaire", &demandes.partenaires)) }
            }
            p.discret { "Une demande compte pour chacun de ses thèmes et de ses partenaires." }
        }
    }
}

fn compte(titre: &str, quoi: &str, lignes: &[(String, i64)]) -> Markup {
    let (premieres, autres) = lignes.split_at(lignes.len().min(LIGNES));
    html! {
        div.table tabindex="0" role="region" aria-label=(titre) { table {
            thead { tr { th scope="col" { (quoi) } th.nombre scope="col" { "Demandes" } } }
            tbody {
                @for (nom, nombre) in premieres { tr { th scope="row" { (nom) } td.nombre { (entier(*nombre)) } } }
                @if !autres.is_empty() {
                    tr { th scope="row" { (autres.len()) " autres" } td.nombre { (entier(autres.iter().map(|(_, n)| n).sum())) } }
                }
            }
        } }
    }
}
