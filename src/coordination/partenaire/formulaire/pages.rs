//! The two forms by which a zone is proposed without script, and what stands between them.

use maud::{Markup, html};
use serde_json::Value;

use super::super::atelier::Atelier;
use super::super::{Champs, PartenaireTenu};
use super::{Etendue, couvertes, dit};
use crate::comptes::ecriture::MOTIF_MAX;
use crate::coordination::pages::{nombre, pluriel};
use crate::partenaires::zones::comparaison::CommuneComparee;
use crate::partenaires::zones::reconnaissance::Reconnaissance;

/// The form itself, for a page that has no script.
pub fn formulaire(tenu: &PartenaireTenu, atelier: &Atelier) -> Markup {
    html! {
        h2 { "Proposer un changement" }
        form.saisie.large method="post" enctype="multipart/form-data"
            action=(tenu.adresse(&format!("zones/{}/lue", atelier.code))) {
            label { "Communes ou EPCI : noms, codes Insee ou codes postaux, un par ligne"
                textarea name="liste" rows="8" {} }
            label { "Ou un fichier : tableau (CSV, Excel, ODS) ou dessin (GeoPackage, GeoJSON, Shapefile en .zip, KML…), 8 Mo au plus"
                input type="file" name="fichier"; }
            fieldset {
                legend { "Que faire de cette liste ou de ce fichier" }
                @for (valeur, dit) in GESTES {
                    label.case { input type="radio" name="geste" value=(valeur) checked[valeur == "ajouter"]; (dit) }
                }
            }
            (champs_communs(atelier, None))
            p { button { "Voir ce que cela change" } }
        }
    }
}

const GESTES: [(&str, &str); 3] = [
    ("ajouter", "L'ajouter à la zone"),
    ("retirer", "La retirer de la zone"),
    ("remplacer", "En faire toute la zone"),
];

/// What goes with the units, as it was typed, or as the zone has it.
fn champs_communs(atelier: &Atelier, dits: Option<&Champs>) -> Markup {
    let lue = atelier.lue.as_ref();
    let tape = |nom: &str| dits.and_then(|champs| dit(champs, nom)).map(str::to_owned);
    let nom = match dits {
        Some(champs) => dit(champs, "nom"),
        None => lue.and_then(|lue| lue.identite.nom.as_deref()),
    };
    html! {
        label { span { "Nom de la zone " span.discret { "(facultatif)" } } input name="nom" maxlength="200" value=[nom]; }
        label { "Cette version vaut à compter du"
            input type="date" name="debut" required value=(tape("debut").unwrap_or_else(|| atelier.debut().to_string())); }
        label { "Commentaire pour le coordinateur"
            textarea name="commentaire" rows="3" maxlength=(MOTIF_MAX) { (tape("commentaire").unwrap_or_default()) } }
        @if let Some(lue) = lue {
            input type="hidden" name="version" value=(lue.identite.version);
        }
    }
}

/// The second form: what was read, to be proposed.
pub fn confirmation(
    tenu: &PartenaireTenu,
    atelier: &Atelier,
    etendue: &Etendue,
    champs: &Champs,
) -> Markup {
    html! {
        form.saisie.large method="post" action=(tenu.adresse(&format!("zones/{}/proposition", atelier.code))) {
            @if let Some(dessin) = &etendue.dessin {
                input type="hidden" name="geometrie" value=(dessin);
            }
            @for (unite, exclue) in &etendue.unites {
                input type="hidden" name=(if *exclue { "exclue" } else { "unite" }) value=(unite);
            }
            (champs_communs(atelier, Some(champs)))
            p { button { "Proposer au coordinateur" } }
        }
    }
}

pub fn retour(tenu: &PartenaireTenu, atelier: &Atelier) -> Markup {
    html! { p { a href=(tenu.adresse(&format!("zones/{}", atelier.code))) { "Revenir à la zone" } } }
}

/// Lines that were not taken.
pub fn anomalies(lue: &Reconnaissance) -> Markup {
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
pub fn difference(atelier: &Atelier, essai: &Value) -> Markup {
    let couvertes = couvertes(essai);
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
