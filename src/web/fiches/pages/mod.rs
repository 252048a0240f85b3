//! The sheets as HTML, readable without script and on paper.

mod aide;
mod demandes;
mod identite;
mod indicateurs;
mod partenaire;

use maud::{Markup, html};

use super::contacts::Message;
use super::ecriture::date_longue;
use super::territoire::FicheDeTerritoire;
use super::{FEUILLE, mots};
use crate::http::page::{page, page_publique};
use crate::partenaires::Reseau;
use crate::territoires::{Maille, SourceDeDonnees};
pub use partenaire::page_du_partenaire;

/// What a page says of itself to browsers and to who links to it. `adresse` is its own, absolute.
fn tete(titre: &str, description: &str, adresse: &str) -> Markup {
    html! {
        link rel="stylesheet" href=(FEUILLE);
        link rel="canonical" href=(adresse);
        meta name="description" content=(description);
        meta property="og:type" content="website";
        meta property="og:locale" content="fr_FR";
        meta property="og:site_name" content="maillage";
        meta property="og:title" content=(titre);
        meta property="og:description" content=(description);
        meta property="og:url" content=(adresse);
    }
}

/// The warning that goes with figures of a demonstration.
fn demonstration<'a>(reseaux: impl Iterator<Item = &'a Reseau>) -> Markup {
    let mentions: Vec<&str> = reseaux
        .filter(|reseau| reseau.demonstration)
        .map(|reseau| reseau.mention.as_deref().unwrap_or("Données de démonstration."))
        .collect();
    html! { @for mention in mentions { p.mention { (mention) } } }
}

/// The réseau's desk is told what is wrong, and on which page.
fn signaler<'a>(reseaux: impl Iterator<Item = &'a Reseau>, quoi: &str, adresse: &str) -> Markup {
    let mut guichets = reseaux.filter_map(Reseau::guichet);
    let joignable = guichets.find_map(|guichet| guichet.courriel);
    let sujet = format!("Erreur sur la page : {quoi}");
    let corps = format!("Page : {adresse}\n\nCe qui est faux, et ce qu'il faudrait lire :\n");
    html! {
        @if let Some(courriel) = joignable {
            p.signaler { a href=(Message { sujet: &sujet, corps: &corps }.adresse(&courriel)) { "Signaler une erreur" } }
        }
    }
}

fn provenance(sources: &[SourceDeDonnees], reseaux: &[&Reseau]) -> Markup {
    html! {
        ul {
            @for source in sources { li { (source.mention()) } }
            @for reseau in reseaux {
                @if let Some((nom, site)) = reseau.source() {
                    li {
                        (reseau.nom) " : "
                        @match site { Some(site) => (super::contacts::lien_exterieur(site, nom)), None => (nom) }
                    }
                }
            }
        }
    }
}

/// The sheet of a unit. `adresse` is its own, absolute.
pub fn page_du_territoire(fiche: &FicheDeTerritoire, adresse: &str) -> String {
    let identite = &fiche.identite;
    let titre = format!("{} ({})", identite.nom, identite.code);
    let reseaux: Vec<&Reseau> = fiche.reseaux().collect();
    let description = match &fiche.secours {
        Some(secours) => secours.aide.reponse.clone(),
        None => format!("{}, {}.", identite.nom, mots::maille(identite.maille)),
    };
    let unite = fiche.unite().to_string();
    let vers_la_carte = mots::adresse(
        "/",
        &[
            ("reseau", reseaux.first().map(|reseau| reseau.code.as_str())),
            ("unite", (identite.maille != Maille::Regroupement).then_some(&unite)),
        ],
    );
    let corps = html! {
        (identite::chemin(identite))
        h1 { (identite.nom) }
        (identite::sous_titre(fiche))
        (demonstration(fiche.reseaux()))
        @if let Some(remarque) = &identite.remarque { p.remarque { (remarque) } }
        div.tete {
            (identite::carte(fiche))
            div {
                (identite::faits(fiche))
                p.actions {
                    @if !reseaux.is_empty() && matches!(identite.maille, Maille::Commune | Maille::Epci) {
                        a.bouton href=(demander(fiche, None)) { "Demander de l’aide" } " "
                    }
                    a href=(vers_la_carte) { "Voir sur la carte" }
                }
            }
        }
        @if let Some(secours) = &fiche.secours {
            (aide::qui_peut_aider(fiche, secours))
            (demandes::ce_qui_a_ete_demande(identite, fiche.ailleurs.as_ref(), secours))
        } @else {
            p.remarque { "Ce territoire n’existe plus dans le millésime le plus récent : qui peut y aider, et ce qui y a été \
                demandé, se lit sur la fiche de ceux qui l’ont remplacé." }
        }
        (indicateurs::indicateurs(fiche))
        (identite::autour(fiche))
        section aria-labelledby="sources" {
            h2 id="sources" { "Sources" }
            (provenance(&fiche.sources, &reseaux))
            p.discret { "Code officiel géographique de " (identite.millesime) "."
                @if let Some(millesime) = fiche.croquis.as_ref().and_then(|croquis| croquis.millesime) {
                    " Contours de " (millesime) "."
                }
                " Page du " (date_longue(chrono::Local::now().date_naive())) " : " (adresse)
            }
            (signaler(fiche.reseaux(), &titre, adresse))
        }
    };
    page_publique(&titre, tete(&titre, &description, adresse), corps)
}

/// The page by which one asks, with what is known of the question already said.
fn demander(fiche: &FicheDeTerritoire, quoi: Option<[&str; 3]>) -> String {
    let [reseau, partenaire, service] = quoi.unwrap_or_default();
    let territoire = match &fiche.ailleurs {
        Some(lieu) => lieu.unite.to_string(),
        None => fiche.unite().to_string(),
    };
    let dit = |texte: &'static str, valeur| {
        (texte, Some(valeur).filter(|valeur: &&str| !valeur.is_empty()))
    };
    let seul = fiche.reseaux().next().filter(|_| fiche.reseaux().count() == 1);
    let reseau = if reseau.is_empty() { seul.map_or("", |reseau| &reseau.code) } else { reseau };
    mots::adresse(
        "/demander",
        &[
            dit("reseau", reseau),
            ("territoire", Some(&territoire)),
            dit("partenaire", partenaire),
            dit("fiche", service),
        ],
    )
}

/// Why there is no page, in the words of the problem.
pub fn page_du_refus(titre: &str, phrase: &str) -> String {
    page(
        titre,
        html! {
            p.erreur role="alert" { (phrase) }
            p { a href="/" { "Chercher sur la carte" } }
        },
    )
}
