//! The perimeter as a page: a list that comes in, boxes that go out; then what that changes, before it is written.

use maud::{Markup, html};

use super::ecriture::{Changement, Ligne, Perimetre, Unite};
use crate::coordination::pages::{Reseau, nombre, pluriel};

fn combien(nombre: usize) -> i64 {
    i64::try_from(nombre).unwrap_or_default()
}

/// `liste`: what was typed.
pub fn perimetre(reseau: &Reseau, perimetre: &Perimetre, avis: Markup, liste: &str) -> String {
    reseau.page(
        "perimetre",
        "Périmètre",
        html! {
            (avis)
            p {
                strong { (pluriel(combien(perimetre.compter("commune")), "commune")) " et " (nombre(combien(perimetre.compter("epci")))) " EPCI" }
                ". Une zone ne compte que dans le périmètre, et la couverture se mesure sur lui."
            }
            form.saisie.large method="post" action={ "/espace/" (reseau.code) "/perimetre" } {
                label { "Ajouter des communes ou des EPCI : noms, codes Insee ou SIREN, un par ligne"
                    textarea name="liste" rows="5" { (liste) } }
                label.case { input type="checkbox" name="membres" value="oui" checked; "Ajouter un EPCI avec toutes ses communes" }
                p { button { "Voir ce que cela change" } }
                h2 { "Retirer" }
                p.discret { "Cochez ce qui sort du périmètre, puis demandez ce que cela change." }
                div.table tabindex="0" role="region" aria-label="Communes et EPCI du périmètre" { table {
                    thead { tr { th scope="col" { "Commune ou EPCI" } th scope="col" { "Code" } } }
                    @for groupe in perimetre.lignes.chunk_by(|une, autre| une.epci == autre.epci) { (corps(groupe)) }
                } }
                p { button { "Voir ce que cela change" } }
            }
        },
    )
}

fn corps(lignes: &[Ligne]) -> Markup {
    let Some(premiere) = lignes.first() else { return html! {} };
    html! {
        tbody {
            @if let (Some(epci), Some(nom)) = (&premiere.epci, &premiere.epci_nom) {
                tr.epci { th colspan="2" scope="rowgroup" {
                    label.case {
                        input type="checkbox" name="retrait" value={ "groupe:" (epci) };
                        span { (nom) " " span.discret { "et toutes ses communes du périmètre" } }
                    }
                } }
            } @else {
                tr.epci { th colspan="2" scope="rowgroup" { "Sans EPCI" } }
            }
            @for Ligne { unite, .. } in lignes { tr {
                td { label.case {
                    input type="checkbox" name="retrait" value=(unite.reference());
                    span { (unite.nom) @if unite.maille == "epci" { " " span.discret { "l'EPCI seul" } } }
                } }
                td { (unite.code) }
            } }
        }
    }
}

/// What would change.
pub fn apercu(reseau: &Reseau, perimetre: &Perimetre, changement: &Changement) -> String {
    let communes =
        |unites: &[Unite]| combien(unites.iter().filter(|u| u.maille == "commune").count());
    let (avant, plus, moins) = (
        combien(perimetre.compter("commune")),
        communes(&changement.ajouts),
        communes(&changement.retraits),
    );
    let chemin = format!("/espace/{}/perimetre", reseau.code);
    reseau.page(
        "perimetre",
        "Ce que cela change",
        html! {
            @if !changement.anomalies.is_empty() {
                div.avis role="alert" {
                    p { "Lignes à regarder, qui ne comptent pas :" }
                    ul { @for anomalie in &changement.anomalies { li { (anomalie) } } }
                }
            }
            p {
                "Le périmètre aurait " strong { (pluriel(avant + plus - moins, "commune")) } " : "
                (nombre(plus)) " de plus, " (nombre(moins)) " de moins."
            }
            (nommer("Ce qui entre", &changement.ajouts))
            (nommer("Ce qui sort", &changement.retraits))
            @if changement.zones > 0 {
                p { "Zones en vigueur qui y perdent des communes : " strong { (nombre(changement.zones)) } ". Elles restent écrites comme elles sont." }
            }
            @if changement.demandes > 0 {
                p { "Demandes notées pour les communes qui sortent : " strong { (nombre(changement.demandes)) } ". Elles restent." }
            }
            form.saisie.large method="post" action=(chemin) {
                // Each by its code, that names one place.
                textarea name="liste" hidden { (changement.ajouts.iter().map(|u| u.code.as_str()).collect::<Vec<_>>().join("\n")) }
                @for unite in &changement.retraits { input type="hidden" name="retrait" value=(unite.reference()); }
                p { button name="geste" value="enregistrer" { "Enregistrer" } }
            }
            p { a href=(chemin) { "Ne rien changer" } }
        },
    )
}

fn nommer(titre: &str, unites: &[Unite]) -> Markup {
    html! {
        @if !unites.is_empty() {
            h2 { (titre) }
            p { (unites.iter().map(|u| format!("{} ({})", u.nom, u.code)).collect::<Vec<_>>().join(", ")) "." }
        }
    }
}
