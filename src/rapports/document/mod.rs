//! The printed document: data, texts and maps laid out by Typst, as a PDF that is archived (PDF/A-2u) and read aloud
//! (PDF/UA-1). Typst is used here and nowhere else; it reaches neither the disk nor the network.
//!
//! A page is a template of `gabarits/`, and a line of `rapport.typ` that includes it. Templates hold no figure and compute
//! none: they print what `donnees` says.

mod monde;

use std::collections::BTreeMap;

use serde_json::json;
use typst::diag::SourceDiagnostic;
use typst::foundations::Smart;
use typst::{World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::cartes::hauteur;
use super::donnees::{Format, Rapport, Sujet, date};
pub use super::planches::Dessin;
use super::textes::Textes;
use crate::error::{Error, Result};
use monde::Monde;

/// The templates, by the path that they include each other by.
const GABARITS: [(&str, &str); 9] = [
    ("rapport.typ", include_str!("gabarits/rapport.typ")),
    ("style.typ", include_str!("gabarits/style.typ")),
    ("garde.typ", include_str!("gabarits/garde.typ")),
    ("essentiel.typ", include_str!("gabarits/essentiel.typ")),
    ("reseau.typ", include_str!("gabarits/reseau.typ")),
    ("fiches.typ", include_str!("gabarits/fiches.typ")),
    ("annexes.typ", include_str!("gabarits/annexes.typ")),
    ("dossier.typ", include_str!("gabarits/dossier.typ")),
    ("textes.typ", include_str!("gabarits/textes.typ")),
];

/// Lays a report out, as the bytes of a PDF: the same for the same report, maps and texts. `textes` is what people wrote
/// around the figures, a tree of blocks that has its figures; `()` when nobody wrote anything.
///
/// # Errors
/// A sentence that names the template and the line, when a template is wrong.
pub fn composer(
    rapport: &Rapport,
    textes: &Textes,
    cartes: &BTreeMap<String, Dessin>,
) -> Result<Vec<u8>> {
    let mut fichiers = Vec::new();
    let mut noms = serde_json::Map::new();
    for (rang, (cle, dessin)) in cartes.iter().enumerate() {
        // By rank, not by key: see `Monde::nouveau`.
        let nom = format!("carte-{rang}.svg");
        let hauteur = hauteur(&dessin.svg);
        noms.insert(
            cle.clone(),
            json!({ "fichier": nom, "description": dessin.description, "hauteur": hauteur }),
        );
        fichiers.push((nom, dessin.svg.clone().into_bytes()));
    }
    let jour = rapport.consigne.edition;
    let mut ecrits = json!(textes);
    if let Some(logo) = &textes.logo {
        let nom = format!("logo.{}", logo.genre.extension());
        ecrits["logo"] = json!({ "fichier": nom, "texte": logo.texte });
        fichiers.push((nom, logo.octets.clone()));
    }
    let donnees =
        json!({ "rapport": rapport, "textes": ecrits, "cartes": noms, "edition": date(jour) });
    fichiers.push(("donnees.json".to_owned(), donnees.to_string().into_bytes()));
    let principal = match rapport.consigne.sujet {
        Sujet::Regroupement(_) => "dossier.typ",
        _ => "rapport.typ",
    };
    let monde = Monde::nouveau(principal, &GABARITS, fichiers, jour)?;
    let options = options(rapport)?;
    let octets = typst::compile::<PagedDocument>(&monde)
        .output
        .and_then(|document| typst_pdf::pdf(&document, &options))
        .map_err(|erreurs| dire(&monde, erreurs.first()));
    // What was kept to lay the next one out faster is of no use to another report.
    typst::comemo::evict(0);
    octets
}

/// For the archives and for screen readers at once: Typst refuses a document that is not.
fn options(rapport: &Rapport) -> Result<PdfOptions> {
    let standards = PdfStandards::new(&[PdfStandard::A_2u, PdfStandard::Ua_1])
        .map_err(|erreur| Error::Donnees(erreur.message().to_string()))?;
    Ok(PdfOptions {
        ident: Smart::Custom(identifiant(rapport)),
        creator: Smart::Custom(Some("maillage".to_owned())),
        timestamp: monde::date(rapport.consigne.edition).map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    })
}

/// What makes a report this one and no other.
fn identifiant(rapport: &Rapport) -> String {
    let consigne = &rapport.consigne;
    let format = match consigne.format {
        Format::A4 => "a4",
        Format::A3 => "a3",
    };
    format!(
        "maillage/{}/{:?}/{}/{}/{}/{format}",
        consigne.reseau, consigne.sujet, consigne.periode.du, consigne.periode.au, consigne.edition
    )
}

/// The first thing that is wrong, with its file and its line.
fn dire(monde: &Monde, erreur: Option<&SourceDiagnostic>) -> Error {
    let Some(erreur) = erreur else {
        return Error::Donnees("Le document n'a pas pu être mis en page.".to_owned());
    };
    let lieu = erreur.span.id().and_then(|id| {
        let source = monde.source(id).ok()?;
        let debut = monde.range(erreur.span)?.start;
        let ligne = source.lines().byte_to_line(debut)? + 1;
        Some(format!("{}, ligne {ligne} : ", id.get().vpath().get_without_slash()))
    });
    let indices: String = erreur.hints.iter().map(|indice| format!(" ({})", indice.v)).collect();
    Error::Donnees(format!(
        "Le document n'a pas pu être mis en page. {}{}{indices}",
        lieu.unwrap_or_default(),
        erreur.message
    ))
}
