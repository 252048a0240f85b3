//! The GeoPackage: tables of figures and of queries, and the values of maps on their contours.

use super::classeur::{phrases, unite};
use super::{Contours, Matiere, chiffres, parametres, tableaux};
use crate::diffusion::{Champ, Crs, Genre, Geometrie, Ligne, Valeur};
use crate::error::Result;
use crate::exports::{Couche, geopackage};
use crate::territoires::{Contour, Maille};

/// The GeoPackage as bytes: the same for the same report. Blocks.
pub fn geopaquet(matiere: &Matiere<'_>, contours: &Contours) -> Result<Vec<u8>> {
    let rapport = matiere.rapport;
    let mut couches = vec![
        table(
            "chiffres",
            &[
                "de_quoi",
                "code",
                "cle",
                "libelle",
                "valeur#",
                "imprime",
                "denominateur#",
                "precedent#",
                "evolution",
                "unite",
                "requete",
                "parametres",
            ],
            chiffres(rapport).into_iter().map(|place| {
                let c = place.chiffre;
                vec![
                    texte(place.ou),
                    texte(place.code),
                    texte(&c.cle),
                    texte(&c.libelle),
                    nombre(c.valeur),
                    texte(&c.texte),
                    nombre(c.denominateur),
                    nombre(c.precedent),
                    texte(c.evolution.as_deref().unwrap_or_default()),
                    texte(unite(c.unite)),
                    texte(&c.requete),
                    texte(&parametres(&c.parametres)),
                ]
            }),
        ),
        table(
            "tableaux",
            &[
                "de_quoi",
                "tableau",
                "titre",
                "ligne#",
                "colonne",
                "valeur#",
                "imprime",
                "requete",
                "parametres",
            ],
            tableaux(rapport).into_iter().flat_map(|(ou, tableau)| {
                tableau.lignes.iter().zip(1_u32..).flat_map(move |(ligne, rang)| {
                    ligne.iter().zip(&tableau.colonnes).map(move |(cellule, colonne)| {
                        vec![
                            texte(ou),
                            texte(&tableau.cle),
                            texte(&tableau.titre),
                            nombre(Some(f64::from(rang))),
                            texte(&colonne.libelle),
                            nombre(cellule.valeur),
                            texte(&cellule.texte),
                            texte(&tableau.requete),
                            texte(&parametres(&tableau.parametres)),
                        ]
                    })
                })
            }),
        ),
        table(
            "cartes",
            &["carte", "titre", "maille", "champ", "requete", "parametres"],
            rapport.toutes_les_cartes().map(|carte| {
                vec![
                    texte(&carte.cle),
                    texte(&carte.titre),
                    texte(carte.maille.as_str()),
                    texte(&champ_de(&carte.cle)),
                    texte(&carte.requete),
                    texte(&parametres(&carte.parametres)),
                ]
            }),
        ),
        table(
            "requetes",
            &["requete", "texte"],
            matiere.requetes.iter().map(|(nom, sql)| vec![texte(nom), texte(sql)]),
        ),
        table(
            "lisez_moi",
            &["phrase"],
            phrases(matiere).into_iter().map(|phrase| vec![texte(&phrase)]),
        ),
    ];
    let surfaces = contours
        .unites
        .iter()
        .filter(|(_, unites)| !unites.is_empty())
        .map(|(maille, unites)| couche(matiere, *maille, unites, Crs::Epsg(contours.epsg)));
    couches.extend(surfaces);
    geopackage(couches, rapport.consigne.edition)
}

fn texte(texte: &str) -> Valeur {
    match texte {
        "" => Valeur::Absente,
        _ => Valeur::Texte(texte.to_owned()),
    }
}

fn nombre(nombre: Option<f64>) -> Valeur {
    nombre.map_or(Valeur::Absente, Valeur::Decimal)
}

/// The field that holds the values of a map, in the layer of its maille.
fn champ_de(carte: &str) -> String {
    carte.replace('-', "_")
}

fn champ(nom: &str, genre: Genre) -> Champ {
    Champ { nom: nom.to_owned(), genre, titre: nom.to_owned(), description: None }
}

/// A table of no geometry. A field whose name ends with # holds numbers.
fn table<'a>(
    nom: &str,
    champs: &[&str],
    lignes: impl Iterator<Item = Vec<Valeur>> + 'a,
) -> Couche<'a> {
    let champs = champs.iter().map(|nom| match nom.strip_suffix('#') {
        Some(nom) => champ(nom, Genre::Decimal),
        None => champ(nom, Genre::Texte),
    });
    Couche {
        nom: nom.to_owned(),
        champs: champs.collect(),
        geometrie: None,
        crs: Crs::default(),
        lignes: Box::new(lignes.map(|valeurs| Ligne { valeurs, forme: None })),
    }
}

/// The units of a maille, a field for each map.
fn couche<'a>(
    matiere: &Matiere<'a>,
    maille: Maille,
    unites: &'a [Contour],
    crs: Crs,
) -> Couche<'a> {
    let cartes: Vec<_> = matiere
        .rapport
        .toutes_les_cartes()
        .filter(|carte| carte.maille == maille && !carte.valeurs.is_empty())
        .collect();
    let mut champs = vec![champ("code", Genre::Texte), champ("nom", Genre::Texte)];
    champs.extend(cartes.iter().map(|carte| champ(&champ_de(&carte.cle), Genre::Decimal)));
    let lignes = unites.iter().map(move |unite| {
        let mut valeurs = vec![texte(&unite.code), texte(unite.nom.as_deref().unwrap_or_default())];
        valeurs.extend(
            cartes.iter().map(|carte| nombre(carte.valeurs.get(&unite.code).copied().flatten())),
        );
        Ligne { valeurs, forme: unite.forme.clone() }
    });
    Couche {
        nom: format!("cartes_{}", maille.as_str()),
        champs,
        geometrie: Some(Geometrie::Surfaces),
        crs,
        lignes: Box::new(lignes),
    }
}
