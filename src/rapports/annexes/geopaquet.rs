//! The GeoPackage: tables of figures and of queries, and the values of maps on their contours.

use std::collections::BTreeMap;
use std::path::Path;

use gdal::errors::GdalError;
use gdal::spatial_ref::{AxisMappingStrategy, SpatialRef};
use gdal::vector::{
    Defn, Feature, FieldDefn, Geometry, LayerOptions, OGRFieldType, OGRwkbGeometryType,
};
use gdal::{Dataset, DriverManager};

use super::classeur::{phrases, unite};
use super::{Contour, Matiere, chiffres, parametres, tableaux};
use crate::error::{ContexteFichier, Error, Result};
use crate::territoires::Maille;

/// What a cell holds.
enum Valeur {
    Texte(String),
    Nombre(Option<f64>),
}

/// The GeoPackage as bytes. `contours` are the units that maps are about, by maille. Blocks.
pub fn geopaquet(matiere: &Matiere<'_>, contours: &[(Maille, Vec<Contour>)]) -> Result<Vec<u8>> {
    let action = "écriture d'une annexe";
    let dossier = tempfile::tempdir().pour_fichier(action, std::env::temp_dir())?;
    let chemin = dossier.path().join("bilan.gpkg");
    ecrire(&chemin, matiere, contours).map_err(|erreur| {
        Error::Donnees(format!("Le GeoPackage n'a pas pu être écrit : {erreur}."))
    })?;
    std::fs::read(&chemin).pour_fichier(action, &chemin)
}

fn ecrire(
    chemin: &Path,
    matiere: &Matiere<'_>,
    contours: &[(Maille, Vec<Contour>)],
) -> Result<(), GdalError> {
    let rapport = matiere.rapport;
    let mut fichier = DriverManager::get_driver_by_name("GPKG")?.create_vector_only(chemin)?;
    let mut transaction = fichier.start_transaction()?;
    let texte = |texte: &str| Valeur::Texte(texte.to_owned());
    table(
        &mut transaction,
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
                Valeur::Nombre(c.valeur),
                texte(&c.texte),
                Valeur::Nombre(c.denominateur),
                Valeur::Nombre(c.precedent),
                texte(c.evolution.as_deref().unwrap_or_default()),
                texte(unite(c.unite)),
                texte(&c.requete),
                texte(&parametres(&c.parametres)),
            ]
        }),
    )?;
    table(
        &mut transaction,
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
                        Valeur::Nombre(Some(f64::from(rang))),
                        texte(&colonne.libelle),
                        Valeur::Nombre(cellule.valeur),
                        texte(&cellule.texte),
                        texte(&tableau.requete),
                        texte(&parametres(&tableau.parametres)),
                    ]
                })
            })
        }),
    )?;
    table(
        &mut transaction,
        "requetes",
        &["requete", "texte"],
        matiere.requetes.iter().map(|(nom, sql)| vec![texte(nom), texte(sql)]),
    )?;
    table(
        &mut transaction,
        "lisez_moi",
        &["phrase"],
        phrases(matiere).into_iter().map(|phrase| vec![Valeur::Texte(phrase)]),
    )?;
    for (maille, unites) in contours {
        couche(&mut transaction, *maille, unites, matiere)?;
    }
    transaction.commit()?;
    fichier.close()
}

/// A table of no geometry. A field whose name ends with # holds numbers.
fn table(
    fichier: &mut Dataset,
    nom: &str,
    champs: &[&str],
    lignes: impl Iterator<Item = Vec<Valeur>>,
) -> Result<(), GdalError> {
    let couche = fichier.create_layer(LayerOptions {
        name: nom,
        srs: None,
        ty: OGRwkbGeometryType::wkbNone,
        options: None,
    })?;
    for champ in champs {
        let genre =
            if champ.ends_with('#') { OGRFieldType::OFTReal } else { OGRFieldType::OFTString };
        FieldDefn::new(champ.trim_end_matches('#'), genre)?.add_to_layer(&couche)?;
    }
    let definition = Defn::from_layer(&couche);
    for ligne in lignes {
        let mut objet = Feature::new(&definition)?;
        remplir(&mut objet, ligne)?;
        objet.create(&couche)?;
    }
    Ok(())
}

/// The units of a maille, a field for each map.
fn couche(
    fichier: &mut Dataset,
    maille: Maille,
    unites: &[Contour],
    matiere: &Matiere<'_>,
) -> Result<(), GdalError> {
    let cartes: Vec<_> = matiere
        .rapport
        .cartes
        .iter()
        .filter(|carte| carte.maille == maille && !carte.valeurs.is_empty())
        .collect();
    if cartes.is_empty() || unites.is_empty() {
        return Ok(());
    }
    let mut reperage = SpatialRef::from_epsg(4326)?;
    reperage.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    let couche = fichier.create_layer(LayerOptions {
        name: &format!("cartes_{}", maille.as_str()),
        srs: Some(&reperage),
        ty: OGRwkbGeometryType::wkbMultiPolygon,
        options: None,
    })?;
    for champ in ["code", "nom"] {
        FieldDefn::new(champ, OGRFieldType::OFTString)?.add_to_layer(&couche)?;
    }
    for carte in &cartes {
        FieldDefn::new(&carte.cle.replace('-', "_"), OGRFieldType::OFTReal)?
            .add_to_layer(&couche)?;
    }
    let definition = Defn::from_layer(&couche);
    let uniques: BTreeMap<_, _> = unites.iter().map(|unite| (&unite.code, unite)).collect();
    for (code, unite) in uniques {
        let mut objet = Feature::new(&definition)?;
        let mut valeurs =
            vec![Valeur::Texte(code.clone()), Valeur::Texte(unite.nom.clone().unwrap_or_default())];
        valeurs.extend(
            cartes.iter().map(|carte| Valeur::Nombre(carte.valeurs.get(code).copied().flatten())),
        );
        remplir(&mut objet, valeurs)?;
        if let Some(forme) = &unite.forme {
            objet.set_geometry(Geometry::from_wkb(forme)?)?;
        }
        objet.create(&couche)?;
    }
    Ok(())
}

fn remplir(objet: &mut Feature<'_>, valeurs: Vec<Valeur>) -> Result<(), GdalError> {
    for (rang, valeur) in valeurs.into_iter().enumerate() {
        match valeur {
            Valeur::Texte(texte) if texte.is_empty() => objet.set_field_null(rang)?,
            Valeur::Texte(texte) => objet.set_field_string(rang, &texte.replace('\0', ""))?,
            Valeur::Nombre(Some(nombre)) => objet.set_field_double(rang, nombre)?,
            Valeur::Nombre(None) => objet.set_field_null(rang)?,
        }
    }
    Ok(())
}
