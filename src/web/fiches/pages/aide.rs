//! Who can help, theme by theme, and how to reach them.

use std::collections::HashMap;

use maud::{Markup, html};

use super::super::contacts::{Message, guichet, joindre};
use super::super::ecriture::{liste, pluriel};
use super::super::mots;
use super::super::territoire::{FicheDeTerritoire, Secours};
use super::demander;
use crate::couverture::{Aidant, FicheAide, ThemeDuLieu};
use crate::partenaires::{Reseau, ReseauDuLieu};
use crate::territoires::Maille;

pub fn qui_peut_aider(fiche: &FicheDeTerritoire, secours: &Secours) -> Markup {
    let aide = &secours.aide;
    let plusieurs = aide.reseaux.len() > 1;
    html! {
        section.aide.grande[fiche.identite.maille != Maille::Commune] aria-labelledby="aide" {
            h2 id="aide" { "Qui peut aider" }
            @if let Some(lieu) = &fiche.ailleurs {
                p.remarque { "D’après le millésime le plus récent qui a des contours, où ce territoire est "
                    a href=(mots::fiche(&lieu.unite)) { (lieu.nom) } "." }
            }
            p.reponse { (aide.reponse) }
            @if let Some(remarque) = aide.remarque.as_ref().filter(|_| aide.territoire.remarque != fiche.identite.remarque) {
                p.discret { (remarque) }
            }
            @for lu in &aide.reseaux { (du_reseau(fiche, secours, lu, plusieurs)) }
        }
    }
}

fn du_reseau(
    fiche: &FicheDeTerritoire,
    secours: &Secours,
    lu: &ReseauDuLieu,
    plusieurs: bool,
) -> Markup {
    let reseau = &lu.reseau;
    let aidants: Vec<&Aidant> =
        secours.aide.partenaires.iter().filter(|aidant| aidant.reseau == reseau.code).collect();
    let themes: Vec<&ThemeDuLieu> =
        secours.themes.iter().filter(|theme| theme.reseau == reseau.code).collect();
    let attendus: Vec<&str> = secours
        .aide
        .non_declares
        .iter()
        .filter(|membre| membre.reseau == reseau.code)
        .map(|membre| membre.nom.as_str())
        .collect();
    let sujet = sujet(fiche, "demande d’aide");
    let message = Message { sujet: &sujet, corps: "" };
    html! {
        @if plusieurs { h3.reseau { (reseau.nom) } }
        @if !themes.is_empty() { (par_theme(&themes, &aidants, lu, fiche.identite.maille)) }
        @if !attendus.is_empty() {
            p.discret {
                @if attendus.len() == 1 { "N’a pas encore déclaré ses zones complètes : " }
                @else { "N’ont pas encore déclaré leurs zones complètes : " }
                (liste(attendus)) ". Là où aucun partenaire n’est connu, l’un d’eux intervient peut-être."
            }
        }
        div.partenaires {
            @for aidant in &aidants { (partenaire(fiche, reseau, aidant, message)) }
        }
        @if let Some(desk) = reseau.guichet() {
            div.guichet {
                p { @if aidants.is_empty() { "Adressez-vous au guichet du réseau : " } @else { "Vous ne savez pas à qui vous adresser ? " } }
                (guichet(&desk, message))
            }
        }
        p.discret { "Zones en vigueur au 31 décembre " (reseau.annee) ". Aidé : un partenaire au moins intervient. Personne : \
            aucun n’intervient, et tous ceux qui pourraient le faire ont déclaré leurs zones complètes. Non renseigné : aucun \
            n’est connu, et certains n’ont pas déclaré leurs zones." }
    }
}

/// The subject of a message: which place, about what.
fn sujet(fiche: &FicheDeTerritoire, quoi: &str) -> String {
    format!("{} ({}) : {quoi}", fiche.identite.nom, fiche.identite.code)
}

/// What is known of each theme, in words.
fn par_theme(
    themes: &[&ThemeDuLieu],
    aidants: &[&Aidant],
    lu: &ReseauDuLieu,
    maille: Maille,
) -> Markup {
    let noms: HashMap<&str, &Aidant> =
        aidants.iter().map(|aidant| (aidant.identite.code.as_str(), *aidant)).collect();
    let total = i64::try_from(lu.communes.len()).unwrap_or_default();
    let nom = format!("Qui peut aider, par thème ({})", lu.reseau.nom_court);
    html! {
        div.table tabindex="0" role="region" aria-label=(nom) { table.themes {
            thead { tr {
                th scope="col" { "Thème" } th scope="col" { "État" }
                @if maille != Maille::Commune { th.nombre scope="col" { "Communes aidées" } }
                th scope="col" { "Partenaires" }
            } }
            tbody {
                @for (rang, theme) in themes.iter().enumerate() {
                    @if theme.parent.is_some() && (rang == 0 || themes[rang - 1].parent != theme.parent) {
                        tr.groupe { th colspan=(if maille == Maille::Commune { 3 } else { 4 }) scope="colgroup" {
                            (theme.parent.as_deref().unwrap_or_default())
                        } }
                    }
                    tr {
                        th scope="row" { (theme.libelle) }
                        td { span class={ "etat " (theme.etat) } { (mots::etat(&theme.etat)) } }
                        @if maille != Maille::Commune { td.nombre { (theme.communes) " sur " (total) } }
                        td {
                            @for (rang, code) in theme.partenaires.iter().enumerate() {
                                @if rang > 0 { ", " }
                                @match noms.get(code.as_str()) {
                                    Some(aidant) => a href={ "#" (ancre(aidant)) } { (court(aidant)) },
                                    None => (code),
                                }
                            }
                            @if theme.partenaires.is_empty() { "—" }
                        }
                    }
                }
            }
        } }
    }
}

fn ancre(aidant: &Aidant) -> String {
    format!("{}-{}", aidant.reseau, aidant.identite.code)
}

fn court(aidant: &Aidant) -> &str {
    aidant.identite.sigle.as_deref().unwrap_or(&aidant.identite.nom)
}

fn partenaire(
    fiche: &FicheDeTerritoire,
    reseau: &Reseau,
    aidant: &Aidant,
    message: Message<'_>,
) -> Markup {
    let identite = &aidant.identite;
    let sans_contact = identite.courriel.as_ref().or(identite.telephone.as_ref()).is_none();
    let asks = matches!(fiche.identite.maille, Maille::Commune | Maille::Epci);
    html! {
        article id=(ancre(aidant)) {
            h4 {
                a href=(mots::page_du_partenaire(&aidant.reseau, &identite.code)) { (identite.nom) }
                @if let Some(sigle) = identite.sigle.as_ref().filter(|sigle| !identite.nom.starts_with(sigle.as_str())) {
                    " (" (sigle) ")"
                }
            }
            p.themes-du-partenaire {
                (liste(aidant.themes.iter().map(|theme| theme.libelle.as_str()))) "."
                @if fiche.identite.maille != Maille::Commune {
                    " " (pluriel(aidant.communes_couvertes, "commune", "communes")) " sur " (aidant.communes) "."
                }
            }
            (joindre(identite.telephone.as_deref(), identite.courriel.as_deref(), identite.site.as_deref(), message))
            @if sans_contact && reseau.guichet().is_some() { p.discret.au-guichet { "À joindre par le guichet du réseau." } }
            @if !aidant.fiches.is_empty() {
                ul.fiches { @for service in &aidant.fiches { (un_service(fiche, reseau, aidant, service)) } }
            }
            @if asks {
                p.actions { a href=(demander(fiche, Some([&aidant.reseau, &identite.code, ""]))) {
                    "Demander à " (court(aidant)) } }
            }
        }
    }
}

/// A service: what it costs, and the message that asks for it.
fn un_service(
    fiche: &FicheDeTerritoire,
    reseau: &Reseau,
    aidant: &Aidant,
    service: &FicheAide,
) -> Markup {
    let details: Vec<&str> =
        [mots::niveau(service.niveau.as_deref()), Some(mots::cout(service.cout.as_deref()))]
            .into_iter()
            .flatten()
            .collect();
    let sujet = sujet(fiche, &service.titre);
    let guichet = reseau.guichet().and_then(|guichet| guichet.courriel);
    let courriel = aidant.identite.courriel.clone().or(guichet);
    html! {
        li {
            (service.titre) " " span.discret { "(" (details.join(", ")) ")" }
            span.agir {
                @if let Some(courriel) = courriel {
                    a href=(Message { sujet: &sujet, corps: "" }.adresse(&courriel))
                        aria-label={ "Écrire au sujet de : " (service.titre) } { "Écrire" }
                }
                @if matches!(fiche.identite.maille, Maille::Commune | Maille::Epci) {
                    a href=(demander(fiche, Some([&aidant.reseau, &aidant.identite.code, &service.code])))
                        aria-label={ "Demander : " (service.titre) } { "Demander" }
                }
            }
        }
    }
}
