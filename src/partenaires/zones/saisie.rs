//! A zone as a write gives it: judged like the rows of a file.

use geo::MultiPolygon;
use serde_json::Value;

use super::lecture::{Dessins, Releve};
use super::ligne::Defauts;
use super::systeme::Repere;
use crate::comptes::ecriture::MOTIF_MAX;
use crate::error::{Error, Result};
use crate::http::{Corps, Probleme, Reponse, manque};
use crate::partenaires::declaration::est_identifiant;
use crate::partenaires::table::Table;
use crate::territoires::source::Facture;

/// Longest code and name, in characters. The database has the same bounds (migration 0027).
const CODE_MAX: usize = 100;
const NOM_MAX: usize = 200;
/// Units that one zone may list.
const UNITES_MAX: usize = 5_000;
/// Vertices that one drawing may have: a zone drawn by hand has some hundreds.
const SOMMETS_MAX: usize = 50_000;

/// A zone as it was typed.
#[derive(Debug)]
pub struct Saisie {
    pub reseau: String,
    pub defauts: Defauts,
    pub code: String,
    pub partenaire: String,
    /// The newest version when it was read; none for a new zone.
    pub version: Option<i16>,
    pub etendue: Etendue,
}

impl Saisie {
    /// # Errors
    /// The first field that is wrong, with a sentence.
    pub fn lire(corps: &Corps) -> Reponse<Self> {
        corps.admettre(&[
            "reseau",
            "code",
            "version",
            "partenaire",
            "theme",
            "nom",
            "debut",
            "fin",
            "unites",
            "exclues",
            "geometrie",
            "commentaire",
        ])?;
        let reseau = corps.exiger("reseau", CODE_MAX)?.to_owned();
        let partenaire = corps.exiger("partenaire", CODE_MAX)?.to_owned();
        let theme = corps.ligne("theme", CODE_MAX)?.map(str::to_owned);
        let code = match corps.ligne("code", CODE_MAX)? {
            Some(code) if est_identifiant(code) => code.to_owned(),
            Some(code) => {
                return Err(Probleme::saisie(
                    "code",
                    format!(
                        "« {code} » ne peut pas servir de code : lettres minuscules sans accent, chiffres et tirets."
                    ),
                ));
            }
            None => theme
                .as_ref()
                .map_or_else(|| partenaire.clone(), |theme| format!("{partenaire}-{theme}")),
        };
        let unites = corps.lignes("unites", UNITES_MAX, CODE_MAX)?;
        let exclues = corps.lignes("exclues", UNITES_MAX, CODE_MAX)?;
        let etendue = match corps.valeur("geometrie") {
            Some(_) if !unites.is_empty() || !exclues.is_empty() => {
                return Err(Probleme::saisie(
                    "geometrie",
                    "Une zone liste des unités ou se dessine, pas les deux : donnez « unites » ou « geometrie ».",
                ));
            }
            Some(dessin) => Etendue::Dessin(dessin.clone()),
            None if unites.is_empty() => return Err(manque("unites")),
            None => Etendue::Unites(
                unites
                    .into_iter()
                    .map(|unite| (unite, false))
                    .chain(exclues.into_iter().map(|unite| (unite, true)))
                    .collect(),
            ),
        };
        let defauts = Defauts {
            code: Some(code.clone()),
            nom: corps.ligne("nom", NOM_MAX)?.map(str::to_owned),
            partenaire: Some(partenaire.clone()),
            theme,
            debut: Some(corps.date("debut")?.ok_or_else(|| manque("debut"))?),
            fin: corps.date("fin")?,
            commentaire: corps.paragraphe("commentaire", MOTIF_MAX)?.map(str::to_owned),
            a_la_main: true,
        };
        let version = corps.entier("version", 1..=i16::MAX.into())?;
        let version = version.and_then(|version| i16::try_from(version).ok());
        Ok(Self { reseau, defauts, code, partenaire, version, etendue })
    }
}

/// What a zone lists, or its drawing.
#[derive(Debug)]
pub enum Etendue {
    /// `maille:code`, and whether it is left out.
    Unites(Vec<(String, bool)>),
    /// GeoJSON, in degrees.
    Dessin(Value),
}

/// The rows that stand for it, under the columns of `zones.csv`.
///
/// # Errors
/// A sentence: what is not a unit, or not a surface.
pub fn relever(etendue: Etendue, defauts: &Defauts) -> Result<Releve> {
    // What a code stands for is known before its row is: rows of one zone are judged together.
    let code = defauts.code.clone().unwrap_or_default();
    match etendue {
        Etendue::Unites(unites) => {
            let mut lignes = Vec::with_capacity(unites.len());
            for (rang, (unite, exclue)) in unites.into_iter().enumerate() {
                let (maille, de_l_unite) = nommee(&unite)?;
                let exclue = if exclue { "oui" } else { "" };
                let cellules = [code.as_str(), maille, de_l_unite, exclue].map(str::to_owned);
                lignes.push((rang as u64 + 1, cellules.to_vec()));
            }
            let colonnes = ["code", "maille", "unite", "exclue"].map(str::to_owned).to_vec();
            let table = Table::nouvelle("unites".into(), "élément", colonnes, lignes);
            Ok(Releve { table, dessins: None })
        }
        Etendue::Dessin(dessin) => {
            let surface = surface(dessin)?;
            let colonnes = vec!["code".to_owned()];
            let table =
                Table::nouvelle("geometrie".into(), "objet", colonnes, vec![(1, vec![code])]);
            let repere = Repere::degres()?;
            Ok(Releve {
                table,
                dessins: Some(Dessins {
                    repere,
                    surfaces: vec![(Some(surface), Facture::default())],
                }),
            })
        }
    }
}

/// A unit, as `maille:code`; a regroupement may be named with its réseau, as questions do.
fn nommee(unite: &str) -> Result<(&str, &str)> {
    let (maille, code) = unite.split_once(':').ok_or_else(|| {
        Error::Demande(format!(
            "« {unite} » ne désigne pas une unité : écrivez maille:code, comme commune:26001, epci:200040459, \
             departement:26, region:84 ou regroupement:code."
        ))
    })?;
    match maille {
        "regroupement" => Ok((maille, code.rsplit('/').next().unwrap_or(code))),
        _ => Ok((maille, code)),
    }
}

/// The surface of a geometry, a feature or a collection of these.
fn surface(dessin: Value) -> Result<MultiPolygon> {
    let illisible = || {
        Error::Demande(
            "La géométrie ne se lit pas : donnez un Polygon ou un MultiPolygon GeoJSON, en longitude et latitude."
                .into(),
        )
    };
    let lu = geojson::GeoJson::from_json_value(dessin).map_err(|_| illisible())?;
    let geometries: Vec<geojson::Geometry> = match lu {
        geojson::GeoJson::Geometry(geometrie) => vec![geometrie],
        geojson::GeoJson::Feature(objet) => objet.geometry.into_iter().collect(),
        geojson::GeoJson::FeatureCollection(objets) => {
            objets.features.into_iter().filter_map(|objet| objet.geometry).collect()
        }
    };
    let mut sommets = 0;
    let mut polygones = Vec::new();
    for geometrie in geometries {
        let anneaux = match &geometrie.value {
            geojson::Value::Polygon(anneaux) => vec![anneaux],
            geojson::Value::MultiPolygon(polygones) => polygones.iter().collect(),
            _ => return Err(illisible()),
        };
        sommets += anneaux.iter().flat_map(|anneaux| anneaux.iter()).map(Vec::len).sum::<usize>();
        if sommets > SOMMETS_MAX {
            return Err(Error::Demande(format!(
                "Le dessin a plus de {SOMMETS_MAX} sommets : simplifiez-le, ou listez les communes de la zone."
            )));
        }
        match geo::Geometry::try_from(geometrie).map_err(|_| illisible())? {
            geo::Geometry::Polygon(polygone) => polygones.push(polygone),
            geo::Geometry::MultiPolygon(surface) => polygones.extend(surface.0),
            _ => return Err(illisible()),
        }
    }
    match polygones.is_empty() {
        true => Err(illisible()),
        false => Ok(MultiPolygon(polygones)),
    }
}
