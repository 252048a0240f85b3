//! The same documents, for people.

use maud::{Markup, html};

use super::adresses::Adresses;
use super::documents::CONFORMITE;
use crate::diffusion::{Catalogue, Collection, attributions};
use crate::exports::Format;
use crate::territoires::SourceDeDonnees;

pub fn accueil(adresses: Adresses<'_>) -> Markup {
    html! {
        p { "Les territoires, les zones d'intervention, les demandes et les indicateurs, pour les logiciels qui parlent \
            les normes OGC API : QGIS, GDAL, et d'autres. Ce que chacun lit dépend de ses droits." }
        ul {
            li { a href={ (adresses.de("/collections")) "?f=html" } { "Collections" } }
            li { a href={ (adresses.de("/tiles")) } { "Tuiles vectorielles" } }
            li { a href={ (adresses.de("/styles")) } { "Styles de carte" } }
            li { a href={ (adresses.de("/conformance")) "?f=html" } { "Normes suivies" } }
            li { a href="/api" { "Documentation" } " · " a href=(adresses.de("/api")) { "OpenAPI 3.0" } }
        }
        p { "Dans QGIS : Couche, Ajouter une couche, WFS / OGC API - Features, et cette adresse : "
            code { (adresses.de("")) } }
    }
}

pub fn conformite() -> Markup {
    html! { ul { @for norme in CONFORMITE { li { code { (norme) } } } } }
}

pub fn collections(catalogue: &Catalogue, adresses: Adresses<'_>) -> Markup {
    html! { dl { @for collection in &catalogue.collections {
        dt { a href={ (adresses.de("/collections/")) (collection.id) "?f=html" } { (collection.titre) } }
        dd { (collection.description) }
    } } }
}

pub fn collection(
    collection: &Collection,
    adresses: Adresses<'_>,
    sources: &[SourceDeDonnees],
) -> Markup {
    let chemin = adresses.de(&format!("/collections/{}", collection.id));
    html! {
        p { (collection.description) }
        p { a href={ (chemin) "/items?f=html" } { "Voir les objets" } " · "
            a href={ (chemin) "/items" } { "GeoJSON" } }
        p { "Télécharger : "
            @for format in Format::de(collection) {
                a href={ "/exports/" (collection.id) "." (format.extension()) } { (format.nom()) } " "
            }
        }
        @if Format::FlatGeobuf.convient(collection) {
            p { "FlatGeobuf ne contient pas les objets qui n'ont pas de géométrie ; les autres formats les ont." }
        }
        (proprietes(collection))
        h2 { "Sources" }
        ul { @for source in attributions(collection, sources) { li { (source) } } }
    }
}

pub fn proprietes(collection: &Collection) -> Markup {
    html! {
        h2 { "Propriétés" }
        dl { @for champ in &collection.champs {
            dt { code { (champ.nom) } " " (champ.titre) }
            dd { (champ.description.as_deref().unwrap_or_default()) }
        } }
    }
}
