//! What an answer says of each unit, and whether as bare objects or as GeoJSON: `fields`, `format` and `geometry`.

use crate::error::{Error, Result};
use crate::http::Parametres;
use crate::territoires::Maille;

/// The fields that are geometries: what a feature may be drawn by.
const GEOMETRIES: [&str; 3] = ["centre", "contour", "bbox"];
/// Those that every object has, asked for or not.
const BASE: [&str; 2] = ["nom", "code"];
/// How well a name answers; said when a name is searched.
const SCORE: &str = "_score";

/// The fields of a question, known to `sql/lire_unites.sql`.
#[derive(Debug)]
pub struct Forme {
    /// Without geometry, in features.
    pub champs: Vec<&'static str>,
    /// That of features; none for bare objects.
    pub geometrie: Option<&'static str>,
}

impl Forme {
    /// Reads what is wanted of a maille. Fields that it has not are left out, as api-geo does: programs ask for more
    /// than they use. A format or a geometry that cannot be given is refused.
    pub fn lire(parametres: &Parametres, maille: Maille) -> Result<Self> {
        let geometrie = match parametres.texte("format") {
            None | Some("json") => None,
            Some("geojson") => Some(geometrie(parametres.texte("geometry"))?),
            Some(autre) => {
                return Err(Error::Demande(format!(
                    "« {autre} » n'est pas un format : json ou geojson."
                )));
            }
        };
        let connus = connus(maille).iter().copied();
        let mut champs: Vec<&str> = match parametres.texte("fields") {
            None => par_defaut(maille).to_vec(),
            Some(demandes) => {
                let demandes: Vec<&str> = demandes.split(',').map(str::trim).collect();
                connus.filter(|champ| BASE.contains(champ) || demandes.contains(champ)).collect()
            }
        };
        if parametres.texte("nom").is_some() {
            champs.push(SCORE);
        }
        if geometrie.is_some() {
            champs.retain(|champ| !GEOMETRIES.contains(champ));
        }
        Ok(Self { champs, geometrie })
    }

    /// Whether it draws units, which is not done for the whole country at once.
    pub fn dessine(&self) -> bool {
        self.geometrie.is_some() || self.champs.contains(&"contour")
    }

    /// The whole answer of a list.
    pub fn liste(&self, objets: &str) -> String {
        match self.geometrie {
            None => format!("[{objets}]"),
            Some(_) => format!(r#"{{"type":"FeatureCollection","features":[{objets}]}}"#),
        }
    }
}

fn geometrie(dite: Option<&str>) -> Result<&'static str> {
    let dite = dite.unwrap_or(GEOMETRIES[0]);
    GEOMETRIES.into_iter().find(|connue| *connue == dite).ok_or_else(|| {
        Error::Demande(format!(
            "« {dite} » n'est pas une géométrie que maillage connaisse : centre, contour ou bbox."
        ))
    })
}

/// The fields that a maille has.
fn connus(maille: Maille) -> &'static [&'static str] {
    match maille {
        Maille::Commune => &[
            "nom",
            "code",
            "type",
            "zone",
            "codeDepartement",
            "siren",
            "codeEpci",
            "codeRegion",
            "codesPostaux",
            "population",
            "surface",
            "centre",
            "bbox",
            "contour",
            "epci",
            "departement",
            "region",
        ],
        Maille::Epci => &[
            "nom",
            "code",
            "type",
            "zone",
            "codesDepartements",
            "codesRegions",
            "population",
            "surface",
            "centre",
            "bbox",
            "contour",
        ],
        Maille::Departement => &[
            "nom",
            "code",
            "zone",
            "codeRegion",
            "population",
            "surface",
            "centre",
            "bbox",
            "contour",
            "region",
        ],
        _ => &["nom", "code", "zone", "population", "surface", "centre", "bbox", "contour"],
    }
}

/// Those that an answer has when it is not asked for others.
fn par_defaut(maille: Maille) -> &'static [&'static str] {
    match maille {
        Maille::Commune => &[
            "nom",
            "code",
            "codeDepartement",
            "siren",
            "codeEpci",
            "codeRegion",
            "codesPostaux",
            "population",
        ],
        Maille::Epci => &["nom", "code", "codesDepartements", "codesRegions", "population"],
        Maille::Departement => &["nom", "code", "codeRegion"],
        _ => &BASE,
    }
}
