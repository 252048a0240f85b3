//! Layers of OGC API – Features: tables that QGIS filters, joins and counts, under the rights of who reads them.

use super::acces::Acces;
use super::classes::modalites;
use super::couche::{Couche, Groupe};
use super::noeud::Noeud;
use super::sujet::Sujet;
use super::symbologie::{Forme, Largeur, contour, pastille, symbole};
use super::tuiles::Pinceaux;
use crate::diffusion::{Catalogue, Collection, Geometrie};
use crate::error::Result;

/// What a project shows of a collection of these features.
struct Table {
    id: &'static str,
    filtre: Filtre,
    /// The field that names a feature.
    nom: &'static str,
}

/// Which features of a collection are about a réseau.
#[derive(Clone, Copy, PartialEq)]
enum Filtre {
    DuReseau,
    /// Of its département, or else only those in sight.
    DuDepartement,
    EnVue,
}

const TABLES: [Table; 7] = [
    Table { id: "couverture", filtre: Filtre::DuReseau, nom: "nom" },
    Table { id: "zones", filtre: Filtre::DuReseau, nom: "nom" },
    Table { id: "demandes", filtre: Filtre::DuReseau, nom: "beneficiaire_nom" },
    Table { id: "communes", filtre: Filtre::DuDepartement, nom: "nom" },
    Table { id: "epci", filtre: Filtre::DuDepartement, nom: "nom" },
    Table { id: "departements", filtre: Filtre::EnVue, nom: "nom" },
    Table { id: "regions", filtre: Filtre::EnVue, nom: "nom" },
];

/// The layer whose legend the print layout shows.
pub const LEGENDE: &str = "collection_couverture";

/// The group of tables. A collection that is not published has no layer.
pub fn groupe(
    acces: &Acces,
    sujet: &Sujet,
    catalogue: &Catalogue,
    pinceaux: &Pinceaux<'_>,
) -> Result<Groupe> {
    let mut couches = Vec::new();
    for table in &TABLES {
        let decrite = catalogue.collections.iter().find(|collection| collection.id == table.id);
        if let Some(collection) = decrite {
            couches.push(couche(table, collection, acces, sujet, pinceaux)?);
        }
    }
    Ok(Groupe { nom: "Tables (OGC API – Features)", visible: false, couches })
}

fn couche(
    table: &Table,
    collection: &Collection,
    acces: &Acces,
    sujet: &Sujet,
    pinceaux: &Pinceaux<'_>,
) -> Result<Couche> {
    let (filtre, a_l_ecran) = match (table.filtre, &sujet.reseau.departement) {
        (Filtre::DuReseau, _) => (Some(("reseau", sujet.reseau.code.as_str())), false),
        (Filtre::DuDepartement, Some(departement)) => {
            (Some(("departement", departement.as_str())), false)
        }
        _ => (None, true),
    };
    let forme = match collection.geometrie {
        Some(Geometrie::Points) => Forme::Point,
        _ => Forme::Surface,
    };
    let rendu = match table.id {
        "couverture" => par_regles(sujet, pinceaux),
        "zones" => par_partenaire(sujet, pinceaux),
        "demandes" => unique(forme, pastille(&pinceaux.palette.cercle.plus, 8.0)),
        territoires => {
            let limite = pinceaux.fond.limite(territoires)?;
            unique(forme, contour(&limite.couleur, &Largeur::Fixe(1.3), "solid"))
        }
    };
    let titre = match table.filtre {
        Filtre::DuReseau => sujet.nom_de_couche(&collection.titre),
        _ => collection.titre.clone(),
    };
    Ok(Couche {
        id: format!("collection_{}", table.id),
        nom: titre,
        source: acces.collection(table.id, filtre, a_l_ecran),
        fournisseur: "OAPIF",
        visible: false,
        depliee: table.id == "couverture",
        propre: [vec![rendu], champs(collection, table.nom)].concat(),
        resume: collection.description.clone(),
        forme: Some(forme),
    })
}

/// French headings of the fields, and the one that names a feature.
fn champs(collection: &Collection, nom: &str) -> Vec<Noeud> {
    let aliases = collection.champs.iter().enumerate().map(|(rang, champ)| {
        Noeud::nouveau("alias")
            .avec("field", &champ.nom)
            .avec("index", rang)
            .avec("name", &champ.titre)
    });
    vec![
        Noeud::nouveau("legend").avec("type", "default-vector").avec("showLabelLegend", 0),
        Noeud::nouveau("aliases").tient(aliases),
        Noeud::dit("previewExpression", format!("\"{nom}\"")),
    ]
}

fn rendu(genre: &str) -> Noeud {
    Noeud::nouveau("renderer-v2").avec("type", genre).fixe([
        ("symbollevels", "0"),
        ("enableorderby", "0"),
        ("forceraster", "0"),
        ("referencescale", "-1"),
    ])
}

fn unique(forme: Forme, couche: Noeud) -> Noeud {
    rendu("singleSymbol").tient([Noeud::nouveau("symbols").tient([symbole("0", forme, [couche])])])
}

/// The same classes as the tiles.
fn par_regles(sujet: &Sujet, pinceaux: &Pinceaux<'_>) -> Noeud {
    let modalites = modalites(&sujet.classement, pinceaux.palette);
    let regles = modalites.iter().enumerate().map(|(rang, modalite)| {
        Noeud::nouveau("rule")
            .avec("key", format!("regle_{rang}"))
            .avec("symbol", rang)
            .avec("label", &modalite.libelle)
            .avec("filter", &modalite.expression)
    });
    let regles = Noeud::nouveau("rules").avec("key", "regles").tient(regles);
    let symboles = modalites
        .iter()
        .enumerate()
        .map(|(rang, m)| symbole(&rang.to_string(), Forme::Surface, m.couches.iter().cloned()));
    rendu("RuleRenderer").tient([regles, Noeud::nouveau("symbols").tient(symboles)])
}

/// The same partners as the tiles.
fn par_partenaire(sujet: &Sujet, pinceaux: &Pinceaux<'_>) -> Noeud {
    let partenaires = pinceaux.des_partenaires(sujet);
    let categories = partenaires.iter().enumerate().map(|(rang, (code, nom, _))| {
        Noeud::nouveau("category")
            .avec("render", "true")
            .avec("symbol", rang)
            .avec("value", code)
            .avec("label", nom)
    });
    let categories = Noeud::nouveau("categories").tient(categories);
    let symboles = partenaires
        .iter()
        .enumerate()
        .map(|(rang, (_, _, couches))| symbole(&rang.to_string(), Forme::Surface, couches.clone()));
    rendu("categorizedSymbol")
        .avec("attr", "partenaire")
        .tient([categories, Noeud::nouveau("symbols").tient(symboles)])
}
