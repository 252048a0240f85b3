//! A partner's page: what it does, for whom, where, what it was asked.

use maud::{Markup, html};

use super::super::carte::{Legende, carte};
use super::super::contacts::{Message, guichet, joindre};
use super::super::ecriture::{date_longue, liste, pluriel};
use super::super::mots;
use super::super::partenaire::FicheDePartenaire;
use super::demandes::{bilans, comptes, par_annee};
use super::{demonstration, provenance, signaler, tete};
use crate::http::page::page_publique;
use crate::partenaires::{EpciDuMembre, Fiche, Membre, ThemeDuMembre};
use crate::territoires::{Maille, Unite};

pub fn page_du_partenaire(fiche: &FicheDePartenaire, adresse: &str) -> String {
    let (membre, reseau) = (&fiche.membre, &fiche.reseau);
    let identite = &membre.identite;
    let titre = &identite.nom;
    let description =
        identite.description.clone().unwrap_or_else(|| format!("Partenaire de {}.", reseau.nom));
    let seul = || std::iter::once(reseau);
    let vers_la_carte =
        mots::adresse("/", &[("reseau", Some(&reseau.code)), ("partenaire", Some(&identite.code))]);
    let sujet = format!("{} : demande d’aide", identite.nom);
    let message = Message { sujet: &sujet, corps: "" };
    let corps = html! {
        nav.chemin aria-label="Réseau" { ol { li { a href=(mots::adresse("/", &[("reseau", Some(&reseau.code))])) { (reseau.nom) } } } }
        h1 { (identite.nom) @if let Some(sigle) = identite.sigle.as_ref().filter(|sigle| !identite.nom.starts_with(sigle.as_str())) { " (" (sigle) ")" } }
        p.sous-titre { (role(membre)) " de " (reseau.nom) }
        (demonstration(seul()))
        @if let Some(description) = &identite.description { p.reponse { (description) } }
        div.tete {
            (zone(fiche))
            div {
                (faits(membre))
                (joindre(identite.telephone.as_deref(), identite.courriel.as_deref(), identite.site.as_deref(), message))
                @if identite.telephone.as_ref().or(identite.courriel.as_ref()).is_none() {
                    @if let Some(desk) = reseau.guichet() {
                        div.guichet { p { "À joindre par le guichet du réseau : " } (guichet(&desk, message)) }
                    }
                }
                p.actions {
                    a.bouton href=(mots::adresse("/demander", &[("reseau", Some(&reseau.code)), ("partenaire", Some(&identite.code))])) {
                        "Demander de l’aide" } " "
                    a href=(vers_la_carte) { "Voir sur la carte" }
                }
            }
        }
        section aria-labelledby="offre" {
            h2 id="offre" { "Ce qu’il fait" }
            (themes(&membre.themes))
            @if fiche.fiches.is_empty() { p.discret { "Aucune fiche ne décrit encore ses services." } }
            @else { div.services { @for service in &fiche.fiches { (un_service(fiche, service)) } } }
        }
        (ou(membre, reseau.annee))
        section.demandes aria-labelledby="demandes" {
            h2 id="demandes" { "Ce qui lui a été demandé" }
            @if reseau.seuil_masque.is_some() {
                p { "Ce réseau ne publie pas ses demandes partenaire par partenaire." }
            } @else if fiche.demandes.annees.is_empty() {
                p { "Aucune demande n’est connue." }
            } @else {
                (par_annee(&fiche.demandes, false))
                (comptes(&fiche.demandes_par_theme()))
            }
            (bilans(&[reseau]))
        }
        section aria-labelledby="sources" {
            h2 id="sources" { "Sources" }
            (provenance(&fiche.sources, &[reseau]))
            p.discret { "Communes du code officiel géographique de " (fiche.millesime) ". Page du "
                (date_longue(chrono::Local::now().date_naive())) " : " (adresse) }
            (signaler(seul(), titre, adresse))
        }
    };
    page_publique(titre, tete(titre, &description, adresse), corps)
}

fn role(membre: &Membre) -> &'static str {
    match membre.role.as_str() {
        "coordinateur" => "Coordinateur",
        "associe" => "Associé",
        _ => "Partenaire",
    }
}

fn faits(membre: &Membre) -> Markup {
    html! {
        dl.faits {
            @if let Some(genre) = &membre.identite.genre { dt { "Nature" } dd { (genre) } }
            @if let Some(siren) = &membre.siren { dt { "Siren" } dd { (siren) } }
            @if let Some(debut) = membre.debut { dt { "Membre depuis le" } dd { (date_longue(debut)) } }
            @if let Some(fin) = membre.fin { dt { "Membre jusqu’au" } dd { (date_longue(fin)) } }
            @if let Some(cadre) = &membre.cadre { dt { "Cadre" } dd { (cadre) } }
            dt { "Zones déclarées complètes" }
            dd { @match membre.zones_declarees_le { Some(date) => { "le " (date_longue(date)) }, None => "pas encore" } }
        }
    }
}

/// Its themes, under those of the first level.
fn themes(themes: &[ThemeDuMembre]) -> Markup {
    let mut groupes: Vec<(Option<&str>, Vec<&str>)> = Vec::new();
    for theme in themes {
        match groupes.last_mut() {
            Some((parent, siens)) if *parent == theme.parent.as_deref() => {
                siens.push(&theme.libelle)
            }
            _ => groupes.push((theme.parent.as_deref(), vec![&theme.libelle])),
        }
    }
    html! {
        @if groupes.is_empty() { p { "Ses thèmes ne sont pas renseignés." } }
        ul { @for (parent, siens) in groupes {
            li { @if let Some(parent) = parent { (parent) " : " } (liste(siens)) "." }
        } }
    }
}

/// A service, for whom, and what it costs with this partner.
fn un_service(fiche: &FicheDePartenaire, service: &Fiche) -> Markup {
    let code = &fiche.membre.identite.code;
    let sien = service.partenaires.iter().find(|partenaire| partenaire.code == *code);
    let (niveau, cout, conditions) = sien.map_or((None, None, None), |sien| {
        (sien.niveau.as_deref(), sien.cout.as_deref(), sien.conditions.as_deref())
    });
    let details: Vec<&str> =
        [mots::niveau(niveau), Some(mots::cout(cout))].into_iter().flatten().collect();
    let publics: Vec<&str> = service.publics.iter().map(|public| pour(public)).collect();
    html! {
        article {
            h3 { (service.titre) }
            p { (details.join(", ")) @if let Some(conditions) = conditions { ". " (conditions.trim_end_matches('.')) } "." }
            @if let Some(description) = &service.description { p { (description) } }
            @if !publics.is_empty() { p.discret { "Pour : " (liste(publics)) "." } }
            p.actions { a href=(mots::adresse("/demander", &[("reseau", Some(&fiche.reseau.code)), ("partenaire", Some(code)), ("fiche", Some(&service.code))]))
                aria-label={ "Demander : " (service.titre) } { "Demander" } }
        }
    }
}

/// For whom, in words; what the réseau wrote otherwise is left as it is.
fn pour(public: &str) -> &str {
    match public {
        "commune" => "les communes",
        "epci" => "les intercommunalités",
        "autre" => "les autres collectivités",
        autre => autre,
    }
}

fn zone(fiche: &FicheDePartenaire) -> Markup {
    let Some(croquis) = &fiche.croquis else { return html! {} };
    let membre = &fiche.membre;
    let titre = format!("Où intervient {}", membre.identite.nom);
    let epci = membre.epci.iter().filter_map(|epci| epci.nom.as_deref());
    let description = if membre.zones.is_empty() {
        "Le territoire du réseau, où ce partenaire n’a aucune zone en vigueur.".to_owned()
    } else {
        format!("Sa zone, en couleur, sur le territoire du réseau. Elle touche : {}.", liste(epci))
    };
    let legende = Legende {
        titre: &titre,
        description: &description,
        nommee: None,
        noms: &[],
        membres_nommes: 0,
        genre: "partenaire",
    };
    html! {
        figure.carte {
            (carte(croquis, &legende))
            figcaption.discret { "Zones en vigueur au 31 décembre " (fiche.reseau.annee) ", sur les intercommunalités du réseau. \
                Le nord est en haut. Projection légale (EPSG:" (croquis.projection) ")." }
        }
    }
}

/// The zones, and what they cover by EPCI.
fn ou(membre: &Membre, annee: i16) -> Markup {
    html! {
        section aria-labelledby="ou" {
            h2 id="ou" { "Où il intervient" }
            @if membre.zones.is_empty() {
                p { "Aucune zone n’est en vigueur au 31 décembre " (annee) "." }
            } @else {
                p { (pluriel(membre.communes_couvertes, "commune", "communes")) " sur " (membre.communes)
                    " du réseau, au 31 décembre " (annee) "." }
                ul { @for zone in membre.zones.iter() {
                    li {
                        @if let Some(nom) = &zone.nom { (nom) " : " }
                        @match &zone.theme { Some(theme) => (theme), None => "tous ses thèmes" }
                        ", depuis le " (date_longue(zone.debut))
                        @if let Some(fin) = zone.fin { " jusqu’au " (date_longue(fin)) }
                        @if zone.dessinee { " (surface dessinée)" }
                        "."
                    }
                } }
                div.epci { @for epci in membre.epci.iter() { (un_epci(epci)) } }
            }
        }
    }
}

fn un_epci(epci: &EpciDuMembre) -> Markup {
    let couvertes = i64::try_from(epci.couvertes.len()).unwrap_or_default();
    html! {
        details {
            summary {
                (epci.nom.as_deref().unwrap_or("Hors intercommunalité")) " : "
                (pluriel(couvertes, "commune", "communes")) " sur " (epci.communes)
            }
            p {
                @if let Some(code) = &epci.code {
                    a href=(mots::fiche(&Unite { maille: Maille::Epci, code: code.clone() })) { "Fiche de l’intercommunalité" } ". "
                }
                @for (rang, commune) in epci.couvertes.iter().enumerate() {
                    @if rang > 0 { ", " }
                    a href=(mots::fiche(&Unite { maille: Maille::Commune, code: commune.code.clone() })) { (commune.nom) }
                }
                "."
            }
        }
    }
}
