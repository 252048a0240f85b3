//! What the page of a report shows, in the order of the document.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};

use super::{Vue, poids, texte};
use crate::rapports::donnees::{Carte, Chiffre, Rapport, Tableau, date};

pub fn corps(vue: &Vue<'_>) -> Markup {
    let (rapport, textes) = (&vue.contenu.rapport, &vue.contenu.textes);
    let mots = &textes.reglages.mots;
    html! {
        @if let Some(logo) = &textes.logo {
            @let source = match vue.document {
                Some(_) => format!("{}/logo{}", vue.adresse, version(vue)),
                None => incluse(logo.genre.mime(), &logo.octets),
            };
            img.logo src=(source) alt=(logo.texte) height="60";
        }
        h1 { (mots.titre.as_deref().unwrap_or(&rapport.titre)) " – " (mots.sous_titre.as_deref().unwrap_or(&rapport.sous_titre)) }
        (etat(vue))
        @if let Some(mention) = &rapport.reseau.mention { p.avis { (mention) } }
        (fichiers(vue))
        @if !textes.avant_propos.is_empty() {
            section {
                h2 { (mots.avant_propos.as_deref().unwrap_or("Avant-propos")) }
                (texte(&textes.avant_propos, 2))
                @if let Some(qui) = &textes.reglages.signataire {
                    p.signature { @if let Some(nom) = &qui.nom { (nom) ", " } (qui.fonction) }
                }
            }
        }
        section {
            h2 { "L'essentiel" }
            (chiffres("Chiffres du réseau", &rapport.chiffres))
        }
        @if !rapport.methode.is_empty() {
            section.methode { h2 { "Comment c'est compté" } ul { @for phrase in &rapport.methode { li { (phrase) } } } }
        }
        @if !rapport.cartes.is_empty() {
            section { h2 { "Les cartes" } @for c in &rapport.cartes { (carte(vue, c, 3)) } }
        }
        @if !rapport.partenaires.is_empty() {
            section { h2 { "Partenaire par partenaire" } @for bloc in &rapport.partenaires {
                section {
                    h3 id={ "partenaire-" (bloc.code) } { (bloc.nom) @if let Some(sigle) = &bloc.sigle { " (" (sigle) ")" } }
                    @if let Some(description) = &bloc.description { p { (description) } }
                    @if !bloc.zone { p.discret { "Aucune zone en vigueur à la fin de la période." } }
                    p { a href={ "/partenaires/" (rapport.reseau.code) "/" (bloc.code) } { "Fiche de ce partenaire" } }
                    (chiffres(&bloc.nom, &bloc.chiffres))
                    (carte(vue, &bloc.carte, 4))
                    @for t in &bloc.tableaux { (tableau(t, Some(&bloc.nom))) }
                }
            } }
        }
        @if !rapport.epci.is_empty() {
            section { h2 { "Intercommunalité par intercommunalité" } @for bloc in &rapport.epci {
                section {
                    h3 id={ "epci-" (bloc.code) } { (bloc.nom) }
                    p { a href={ "/territoires/epci/" (bloc.code) } { "Fiche de cet EPCI" } }
                    (chiffres(&bloc.nom, &bloc.chiffres))
                    (carte(vue, &bloc.carte, 4))
                    @for t in &bloc.tableaux { (tableau(t, Some(&bloc.nom))) }
                }
            } }
        }
        @if !rapport.tableaux.is_empty() {
            section { h2 { "Les tableaux" } @for t in &rapport.tableaux { (tableau(t, None)) } }
        }
        @if !textes.programme.is_empty() {
            section { h2 { (mots.programme.as_deref().unwrap_or("Le programme de l'année suivante")) } (texte(&textes.programme, 2)) }
        }
        (sources(rapport))
    }
}

/// Which version it is, what it corrects, and what has moved since.
fn etat(vue: &Vue<'_>) -> Markup {
    let reseau = &vue.contenu.rapport.reseau.code;
    html! {
        @match vue.publication {
            None => p.avis role="status" {
                strong { "Aperçu, non publié." } " Vous seul, qui coordonnez ce réseau, le voyez. "
                a href={ "/espace/" (reseau) "/bilan" } { "Préparer et publier" }
            },
            Some(publication) => p {
                "Édité le " (date(publication.edition)) ", publié le " (date(publication.publie_le.date_naive()))
                ". Version " (publication.version) "."
                @if let Some(note) = &publication.note { " Cette version corrige la précédente : " (note) }
            },
        }
        @if let (Some(publication), Some(derniere)) = (vue.publication, vue.versions.first()) {
            @if derniere.version != publication.version {
                p.avis { "Une version plus récente corrige celle-ci : "
                    a href=(vue.adresse) { "la version " (derniere.version) } "." }
            } @else if vue.versions.len() > 1 {
                p { "Versions précédentes : " @for (rang, v) in vue.versions.iter().skip(1).enumerate() {
                    @if rang > 0 { ", " } a href={ (vue.adresse) "?version=" (v.version) } { "version " (v.version) }
                } "." }
            }
        }
        @if !vue.ecarts.is_empty() {
            div.avis {
                p { strong { "Depuis la publication, des chiffres ont changé." } }
                ul { @for ecart in vue.ecarts { li { (ecart.libelle) " : " (ecart.phrase) } } }
            }
        }
    }
}

fn version(vue: &Vue<'_>) -> String {
    vue.publication.map(|p| format!("?version={}", p.version)).unwrap_or_default()
}

/// A drawing inside the page: what is not kept has no address of its own for each.
fn incluse(mime: &str, octets: &[u8]) -> String {
    format!("data:{mime};base64,{}", STANDARD.encode(octets))
}

fn fichiers(vue: &Vue<'_>) -> Markup {
    let suite = version(vue);
    html! {
        p.fichiers {
            "À télécharger : "
            @if let Some(octets) = vue.document {
                a href={ (vue.adresse) ".pdf" (suite) } { "le document (PDF, " (poids(octets)) ")" } " · "
            }
            a href={ (vue.adresse) ".xlsx" (suite) } { "les chiffres et leurs requêtes (XLSX)" } " · "
            a href={ (vue.adresse) ".gpkg" (suite) } { "les mêmes pour un SIG (GeoPackage)" }
        }
    }
}

fn chiffres(de_quoi: &str, chiffres: &[Chiffre]) -> Markup {
    if chiffres.is_empty() {
        return html! {};
    }
    let evolution = chiffres.iter().any(|chiffre| chiffre.evolution.is_some());
    html! {
        div.table tabindex="0" role="region" aria-label=(de_quoi) { table {
            caption { (de_quoi) }
            thead { tr { th scope="col" { "Chiffre" } th scope="col" { "Valeur" } th scope="col" { "Sur" }
                @if evolution { th scope="col" { "Depuis l'année précédente" } } } }
            tbody { @for c in chiffres { tr {
                th scope="row" { (c.libelle) }
                td.nombre { (c.texte) }
                td.nombre { @match c.denominateur {
                    Some(n) => (crate::rapports::donnees::entier(n)), None => span aria-hidden="true" { "–" } } }
                @if evolution { td.nombre { @match &c.evolution { Some(e) => (e), None => span aria-hidden="true" { "–" } } } }
            } } }
        } }
    }
}

/// A table, said with what it is about.
fn tableau(t: &Tableau, de: Option<&str>) -> Markup {
    let titre = de.map_or_else(|| t.titre.clone(), |de| format!("{} – {de}", t.titre));
    html! {
        @if t.lignes.is_empty() { p.discret { (titre) " : rien sur la période." } } @else {
            div.table tabindex="0" role="region" aria-label=(titre) { table {
                caption { (titre) }
                thead { tr { @for c in &t.colonnes { th scope="col" { (c.libelle) } } } }
                tbody { @for ligne in &t.lignes { tr { @for (rang, (cellule, colonne)) in ligne.iter().zip(&t.colonnes).enumerate() {
                    @if rang == 0 { th scope="row" { (cellule.texte) } }
                    @else if colonne.unite.is_some() { td.nombre { (cellule.texte) } }
                    @else { td { (cellule.texte) } }
                } } } }
            } }
            @if let Some(note) = &t.note { p.discret { (note) } }
        }
    }
}

/// A map: its drawing when it was drawn, and in any case what it shows, in words.
fn carte(vue: &Vue<'_>, c: &Carte, niveau: u8) -> Markup {
    let dessin = vue.contenu.cartes.get(&c.cle);
    if dessin.is_none() && c.lecture.is_empty() {
        return html! {};
    }
    html! {
        @if niveau == 3 { h3 { (c.titre) } } @else { h4 { (c.titre) } }
        @if let Some(dessin) = dessin {
            figure {
                @if vue.document.is_some() {
                    @let adresse = format!("{}/cartes/{}", vue.adresse, c.cle);
                    img src={ (adresse) ".svg" (version(vue)) } alt=(dessin.description) loading="lazy";
                    figcaption {
                        a href={ (adresse) ".svg" (version(vue)) @if vue.publication.is_some() { "&" } @else { "?" } "seule=oui" } { "« " (c.titre) " » en SVG" } " · "
                        a href={ (adresse) ".png" (version(vue)) } { "en PNG" }
                    }
                } @else {
                    img src=(incluse("image/svg+xml", dessin.svg.as_bytes())) alt=(dessin.description);
                    figcaption { (c.titre) }
                }
            }
        }
        @for phrase in &c.lecture { p { (phrase) } }
    }
}

fn sources(rapport: &Rapport) -> Markup {
    html! {
        section {
            h2 { "Sources" }
            ul { @for source in &rapport.sources { li {
                (source.nom)
                @if let Some(jour) = source.date { ", " (date(jour)) }
                @if let Some(licence) = &source.licence { " (" (licence) ")" }
            } } }
            p { "Contours du millésime " (rapport.millesime) " ; parts calculées sur le millésime " (rapport.millesime_reference) "." }
        }
    }
}
