//! The page of one's own space.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::{Espace, MonDroit, Offre};
use crate::comptes::{COURRIEL_MAX, NOM_MAX, Secret};
use crate::http::page::{erreur, page, secret};

/// What has just happened, said once.
#[derive(Debug, Default)]
pub struct Avis {
    pub jeton: Option<Secret>,
    /// The address to send to somebody who was invited.
    pub lien: Option<String>,
    pub fait: Option<String>,
    pub refus: Option<String>,
}

/// In universal time, said to be: servers and readers may be hours apart.
pub fn moment(quand: DateTime<Utc>) -> String {
    quand.format("%d/%m/%Y %H:%M UTC").to_string()
}

/// A browser in two words, so that one recognises one's own: its whole name fills a phone.
fn navigateur(agent: &str) -> String {
    let choisir = |noms: &[(&str, &str)], autre: &str| {
        let trouve = noms.iter().find(|(marque, _)| agent.contains(marque));
        trouve.map_or(autre, |(_, nom)| nom).to_owned()
    };
    // In this order: each says also the names of those after it.
    let nom = choisir(
        &[("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")],
        "Autre",
    );
    let systeme = choisir(
        &[
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Windows", "Windows"),
            ("Mac OS", "macOS"),
            ("Linux", "Linux"),
        ],
        "système inconnu",
    );
    format!("{nom}, {systeme}")
}

fn role(role: &str, partenaire: Option<&str>) -> String {
    match (role, partenaire) {
        ("partenaire", Some(nom)) => format!("Partenaire : {nom}"),
        ("coordinateur", _) => "Coordinateur".into(),
        _ => "Lecteur".into(),
    }
}

pub fn espace(espace: &Espace, avis: &Avis) -> String {
    page(
        "Votre espace",
        html! {
            (erreur(avis.refus.as_deref()))
            @if let Some(phrase) = &avis.fait { p role="status" { (phrase) } }
            @if let Some(lien) = &avis.lien {
                (secret("Lien à transmettre à cette personne. Il sert une fois, pendant trois jours.", lien))
            }
            @if let Some(jeton) = &avis.jeton {
                (secret("Votre jeton. Dans QGIS, c'est le mot de passe ; le nom d'utilisateur est libre.",
                    jeton.montrer()))
            }
            p { (espace.qui.nom) ", " (espace.qui.courriel)
                @if espace.qui.administrateur { " · administrateur · " a href="/espace/nouveau-reseau" { "créer un réseau" } } }
            form method="post" action="/deconnexion" { button { "Se déconnecter" } }
            p { a href="/espace/mes-donnees.json" { "Ce qui est gardé sur votre compte" } }
            (offres(&espace.offres))
            (droits(&espace.droits))
            (sessions(espace))
            (jetons(espace))
            @if espace.droits.iter().any(|droit| droit.role == "coordinateur") { (equipe(espace)) }
        },
    )
}

/// What réseaux offer, and how to answer.
fn offres(offres: &[Offre]) -> Markup {
    html! {
        @if !offres.is_empty() {
            h2 { "Des réseaux vous invitent" }
            p { "Un droit compte une fois que vous l'avez accepté. Le coordinateur du réseau lit alors votre nom et la \
                 date de votre dernière connexion." }
            ul {
                @for offre in offres {
                    li {
                        (offre.reseau_nom) " — " (role(&offre.role, offre.partenaire_nom.as_deref())) " "
                        @for (action, mot) in [("accepter", "Accepter"), ("refuser", "Refuser")] {
                            form method="post" action={ "/espace/invitations/" (offre.id) "/" (action) } {
                                button { (mot) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn droits(droits: &[MonDroit]) -> Markup {
    html! {
        h2 { "Vos droits" }
        @if droits.is_empty() {
            p { "Aucun réseau ne vous en a encore donné : vous lisez ce qui est public." }
        } @else {
            ul {
                @for droit in droits {
                    li {
                        (droit.reseau_nom) " — " (role(&droit.role, droit.partenaire_nom.as_deref()))
                        @if droit.role == "coordinateur" {
                            " : "
                            a href={ "/espace/" (droit.reseau) } { "coordonner" } ", "
                            a href={ "/espace/" (droit.reseau) "/propositions" } { "zones proposées" }
                        }
                        @if let (true, Some(code)) = (droit.role == "partenaire", &droit.partenaire) {
                            " : "
                            a href={ "/espace/" (droit.reseau) "/partenaires/" (code) "/accueil" } { "son espace" } ", "
                            a href={ "/espace/" (droit.reseau) "/partenaires/" (code) "/zones" } { "ses zones" } ", "
                            a href={ "/espace/" (droit.reseau) "/partenaires/" (code) "/demandes" } { "ses demandes" } ", "
                            a href={ "/espace/" (droit.reseau) "/rappels" } { "rappels" }
                        }
                    }
                }
            }
        }
    }
}

fn sessions(espace: &Espace) -> Markup {
    html! {
        h2 { "Vos sessions ouvertes" }
        div.table tabindex="0" role="region" aria-label="Vos sessions ouvertes" { table {
            thead { tr { th { "Ouverte" } th { "Vue" } th { "Depuis" } th { "Navigateur" } th { span { "Action" } } } }
            tbody {
                @for session in &espace.sessions {
                    tr {
                        td { (moment(session.ouverte_le)) }
                        td { (moment(session.vue_le)) }
                        td { (session.adresse.as_deref().unwrap_or("—")) }
                        td { (session.navigateur.as_deref().map_or_else(|| "—".to_owned(), navigateur)) }
                        td {
                            form method="post" action={ "/espace/sessions/" (session.id) "/fermer" } {
                                button { "Fermer" }
                            }
                        }
                    }
                }
            }
        } }
    }
}

fn jetons(espace: &Espace) -> Markup {
    html! {
        h2 { "Vos jetons" }
        p { "Un jeton est la clé d'un programme : QGIS, un tableur, un script. Il ne peut rien de plus que vous. "
            a href="/qgis" { "S’en servir dans QGIS" } "." }
        @if !espace.jetons.is_empty() {
            div.table tabindex="0" role="region" aria-label="Vos jetons" { table {
                thead { tr { th { "Nom" } th { "Début" } th { "Réseau" } th { "Peut" } th { "Expire" }
                    th { "Dernier usage" } th { span { "Action" } } } }
                tbody {
                    @for jeton in &espace.jetons {
                        tr {
                            td { (jeton.nom) }
                            td { code { (jeton.prefixe) "…" } }
                            td { (jeton.reseau.as_deref().unwrap_or("tous les vôtres")) }
                            td { @if jeton.ecriture { "lire et écrire" } @else { "lire" } }
                            td { (moment(jeton.expire_le)) }
                            td { (jeton.vu_le.map_or_else(|| "jamais".to_owned(), moment)) }
                            td {
                                @if let Some(quand) = jeton.revoque_le { "révoqué le " (moment(quand)) }
                                @else {
                                    form method="post" action={ "/espace/jetons/" (jeton.id) "/revoquer" } {
                                        button { "Révoquer" }
                                    }
                                }
                            }
                        }
                    }
                }
            } }
        }
        form.saisie method="post" action="/espace/jetons" {
            label { "À quoi servira-t-il ?" input name="nom" maxlength="100" required; }
            label {
                "Réseau"
                select name="reseau" {
                    option value="" { "Tous les vôtres" }
                    @for code in reseaux(&espace.droits, |_| true) { option { (code) } }
                }
            }
            label { "Durée, en jours" input type="number" name="jours" min="1" max="366" value="90" required; }
            label.case { input type="checkbox" name="ecriture"; "Il peut aussi écrire" }
            button { "Faire un jeton" }
        }
    }
}

/// Codes of the réseaux of some rights, each once.
fn reseaux(droits: &[MonDroit], choix: impl Fn(&MonDroit) -> bool) -> Vec<&str> {
    let mut codes: Vec<&str> =
        droits.iter().filter(|droit| choix(droit)).map(|droit| droit.reseau.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn equipe(espace: &Espace) -> Markup {
    let coordonnes = reseaux(&espace.droits, |droit| droit.role == "coordinateur");
    html! {
        ul {
            li { a href="/espace/journal" { "Journal des écritures de vos réseaux" } }
            @for code in &coordonnes {
                li { a href={ "/espace/publication?reseau=" (code) } { "Petits nombres : ce que le public lit de " (code) } }
            }
        }
        h2 { "Les personnes de vos réseaux" }
        div.table tabindex="0" role="region" aria-label="Les personnes de vos réseaux" { table {
            thead { tr { th { "Nom" } th { "Adresse" } th { "Réseau" } th { "Droit" } th { "Dernière connexion" }
                th { span { "Action" } } } }
            tbody {
                @for membre in &espace.membres {
                    tr {
                        td { (membre.nom) @if membre.desactive { " (compte fermé)" } }
                        td { (membre.courriel) }
                        td { (membre.reseau_nom) }
                        td { (role(&membre.role, membre.partenaire_nom.as_deref())) }
                        td {
                            @if membre.en_attente { "invitation en attente" }
                            @else { (membre.connecte_le.map_or_else(|| "jamais".to_owned(), moment)) }
                        }
                        td {
                            form method="post" action={ "/espace/equipe/" (membre.id) "/retirer" } {
                                button { "Retirer" }
                            }
                        }
                    }
                }
            }
        } }
        @if !espace.proposes.is_empty() {
            h2 { "Droits à confirmer" }
            p { "L'organisme de ces personnes, d'après leur fournisseur d'identité, est un partenaire de votre réseau." }
            ul {
                @for propose in &espace.proposes {
                    li {
                        (propose.nom) ", " (propose.courriel) " — " (propose.partenaire_nom) " (" (propose.reseau) ") "
                        form method="post" action="/espace/equipe" {
                            input type="hidden" name="nom" value=(propose.nom);
                            input type="hidden" name="courriel" value=(propose.courriel);
                            input type="hidden" name="droit"
                                value={ (propose.reseau) ":partenaire:" (propose.partenaire) };
                            button { "Confirmer" }
                        }
                    }
                }
            }
        }
        form.saisie method="post" action="/espace/equipe" {
            label { "Nom" input name="nom" maxlength=(NOM_MAX) required; }
            label {
                "Adresse électronique"
                input type="email" name="courriel" maxlength=(COURRIEL_MAX) required;
            }
            label {
                "Droit"
                select name="droit" required {
                    @for code in &coordonnes {
                        optgroup label=(code) {
                            option value={ (code) ":lecteur" } { "Lecteur : tous les chiffres, aucun contact" }
                            @for partenaire in espace.partenaires.iter().filter(|p| p.reseau == *code) {
                                option value={ (code) ":partenaire:" (partenaire.code) } { "Partenaire : " (partenaire.nom) }
                            }
                            option value={ (code) ":coordinateur" } { "Coordinateur" }
                        }
                    }
                }
            }
            button { "Inviter" }
        }
    }
}
