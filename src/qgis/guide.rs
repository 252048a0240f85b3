//! The page that explains how to connect QGIS: with a project, with tiles, with features.

use maud::{Markup, html};
use rust_embed::Embed;

use super::acces::ENTREE;
use crate::http::page;
use crate::partenaires::Reseau;

/// Pictures made from a real QGIS 3.22 by `tests/qgis/images.py`.
#[derive(Embed)]
#[folder = "src/qgis/images"]
#[include = "*.png"]
struct Images;

/// Layers of tiles that anybody may show: name, what it is, first and last zoom.
const COUCHES: [(&str, &str, u8); 4] = [
    ("communes", "les communes", 5),
    ("epci", "les EPCI", 3),
    ("departements", "les départements", 0),
    ("regions", "les régions", 0),
];
const ZOOM_MAX: u8 = 14;

pub fn image(nom: &str) -> Option<Vec<u8>> {
    Images::get(nom).map(|image| image.data.into_owned())
}

/// The whole page, for the réseaux that may be read and the public address of the service.
pub fn page(reseaux: &[Reseau], url: &str) -> String {
    page::page(
        "Ouvrir les données dans QGIS",
        html! {
            p { "Il y a trois façons de retrouver les données de maillage dans QGIS (version 3.22 ou plus récente). \
                Toutes lisent les données en direct : ce qui change ici change dans QGIS." }
            ol {
                li { a href="#projet" { "Le projet" } " : un fichier à ouvrir, tout est prêt." }
                li { a href="#tuiles" { "Les tuiles" } " : un fond de carte léger, à ajouter à votre propre projet." }
                li { a href="#objets" { "Les objets" } " : des tables à filtrer, à joindre et à exporter." }
            }
            (par_le_projet(reseaux))
            (par_les_tuiles(reseaux, url))
            (par_les_objets(reseaux, url))
        },
    )
}

fn figure(nom: &str, largeur: u16, hauteur: u16, texte: &str) -> Markup {
    html! {
        figure {
            img src={ "/qgis/images/" (nom) ".png" } alt=(texte) width=(largeur) height=(hauteur) loading="lazy";
            figcaption.discret { (texte) }
        }
    }
}

fn par_le_projet(reseaux: &[Reseau]) -> Markup {
    html! {
        h2 id="projet" { "1. Le projet" }
        @if reseaux.is_empty() {
            p { "Aucun réseau n’est publié pour le moment." }
        } @else {
            p { "Téléchargez le projet de votre réseau et ouvrez-le d’un double-clic. Le fichier des couches (.qlr) les \
                ajoute à un projet que vous avez déjà : glissez-le dans la fenêtre de QGIS." }
            div.table tabindex="0" role="region" aria-label="Projets des réseaux" { table {
                thead { tr { th { "Réseau" } th { "Sans s’identifier" } th { "En s’identifiant" } } }
                tbody { @for reseau in reseaux {
                    tr {
                        th scope="row" { (reseau.nom) @if reseau.demonstration { " (données de démonstration)" } }
                        td { (fichiers(reseau, "")) }
                        td { (fichiers(reseau, "?edition=privee")) }
                    }
                } }
            } }
        }
        (figure("projet", 960, 640, "Le projet ouvert dans QGIS : la couverture, les limites et les noms."))
        p { "Le projet contient la couverture, les demandes, les zones d’intervention et les territoires, avec les mêmes \
            classes et les mêmes couleurs que la carte, et une mise en page prête à imprimer (Projet, Mises en page)." }
        (figure("page", 935, 661, "La mise en page : titre, carte, légende, échelle, nord, sources et millésime."))
        h3 { "S’identifier, une fois pour toutes" }
        p { "L’édition privée montre aussi ce que vos droits vous permettent de lire. Elle demande une seule entrée \
            d’authentification :" }
        ol {
            li { "Dans " a href="/espace" { "votre espace" } ", faites un jeton, et copiez-le." }
            li { "Dans QGIS : Préférences, Options, Authentification, puis le bouton +." }
            li { "Choisissez « Basic authentication ». Nom d’utilisateur : ce que vous voulez. Mot de passe : le jeton." }
            li { "Déverrouillez le champ « Id » (le cadenas) et écrivez " code { (ENTREE) } ". Enregistrez." }
            li { "Ouvrez le projet. QGIS demande son mot de passe principal, puis toutes les couches s’identifient." }
        }
        (figure("entree", 400, 489, "L’entrée d’authentification à remplir."))
        p { "Vous avez déjà une entrée, ou plusieurs services ? Ajoutez son identifiant à l’adresse du projet : "
            code { "?edition=privee&authcfg=abc1234" } "." }
    }
}

fn fichiers(reseau: &Reseau, question: &str) -> Markup {
    let (code, nom) = (&reseau.code, &reseau.nom_court);
    html! {
        a href={ "/qgis/" (code) ".qgz" (question) } aria-label={ "projet, " (nom) } { "projet" } ", "
        a href={ "/qgis/" (code) ".qlr" (question) } aria-label={ "couches, " (nom) } { "couches" }
    }
}

fn par_les_tuiles(reseaux: &[Reseau], url: &str) -> Markup {
    html! {
        h2 id="tuiles" { "2. Les tuiles" }
        ol {
            li { "Couche, Ajouter une couche, Ajouter une couche de tuiles vectorielles." }
            li { "Nouveau, Nouvelle connexion générique." }
            li { "Donnez un nom, l’une des adresses ci-dessous, et les zooms minimum et maximum." }
            li { "Pour lire ce que vos droits permettent, choisissez votre entrée d’authentification (voir plus haut)." }
        }
        (figure("tuiles", 659, 497, "Une nouvelle connexion de tuiles vectorielles."))
        div.table tabindex="0" role="region" aria-label="Adresses des tuiles" { table {
            thead { tr { th { "Ce que montrent les tuiles" } th { "Adresse" } th { "Zooms" } } }
            tbody {
                @for (couche, quoi, zoom) in COUCHES {
                    tr {
                        th scope="row" { (quoi) }
                        td { code { (url) "/tuiles/" (couche) "/{z}/{x}/{y}" } }
                        td { (zoom) " à " (ZOOM_MAX) }
                    }
                }
                @if let Some(reseau) = reseaux.first() {
                    tr {
                        th scope="row" { "la couverture (" (reseau.nom_court) ")" }
                        td { code { (url) "/tuiles/couverture/{z}/{x}/{y}?reseau=" (reseau.code) } }
                        td { "3 à " (ZOOM_MAX) }
                    }
                }
            }
        } }
        p { "Les tuiles n’ont pas de couleurs à elles : QGIS leur en donne. Pour celles de la carte, prenez le projet." }
    }
}

fn par_les_objets(reseaux: &[Reseau], url: &str) -> Markup {
    html! {
        h2 id="objets" { "3. Les objets" }
        ol {
            li { "Couche, Ajouter une couche, Ajouter une couche WFS / OGC API – Features." }
            li { "Nouveau. Donnez un nom, et l’adresse " code { (url) "/ogc" } "." }
            li { "Version : « OGC API - Features ». Taille de la page : 1000." }
            li { "Connexion, puis choisissez une collection et « Ajouter »." }
        }
        (figure("objets", 567, 638, "Une nouvelle connexion OGC API – Features."))
        p { "Pour ne lire que ce qui concerne un réseau, ou un département, dites-le dans l’adresse :" }
        ul {
            @if let Some(reseau) = reseaux.first() {
                li { code { (url) "/ogc?reseau=" (reseau.code) } " : sa couverture, ses zones, ses demandes ;" }
            }
            li { code { (url) "/ogc?departement=26" } " : les communes de la Drôme." }
        }
        p { "Les collections, leurs champs et leurs fichiers à télécharger : "
            a href="/ogc/collections?f=html" { "la liste" } "." }
    }
}
