//! `--colonnes code=…,nom=…`: which columns of a file that no publisher made hold what.

use std::str::FromStr;

use super::modele::Modele;
use crate::error::Error;
use crate::territoires::codes::Maille;

/// The columns that the person names. Empty: files are recognised by theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Colonnes {
    code: String,
    nom: String,
    departement: Option<String>,
    region: Option<String>,
    epci: Option<String>,
    population: Option<String>,
}

const CLES: &str = "code, nom, departement, region, epci et population";

impl Colonnes {
    /// The layout of communes that these columns make; None when none is named.
    pub fn modele(&self) -> Option<Modele<'_>> {
        (!self.code.is_empty()).then(|| Modele {
            nom: "communes aux colonnes désignées",
            departement: self.departement.as_deref(),
            region: self.region.as_deref(),
            epci: self.epci.as_deref(),
            population: self.population.as_deref(),
            ..Modele::de(Maille::Commune, &self.code, &self.nom)
        })
    }

    /// Every column named.
    pub fn toutes(&self) -> impl Iterator<Item = &str> {
        let facultatives = [&self.departement, &self.region, &self.epci, &self.population];
        [self.code.as_str(), self.nom.as_str()]
            .into_iter()
            .chain(facultatives.into_iter().filter_map(Option::as_deref))
    }
}

impl FromStr for Colonnes {
    type Err = Error;

    fn from_str(texte: &str) -> Result<Self, Error> {
        let mut colonnes = Self::default();
        let [mut code, mut nom] = [None, None];
        for couple in texte.split(',') {
            let (cle, colonne) = couple.split_once('=').ok_or_else(|| {
                Error::Demande(format!(
                    "« {couple} » ne désigne pas une colonne : écrivez code=COLONNE,nom=COLONNE."
                ))
            })?;
            let place = match cle.trim() {
                "code" => &mut code,
                "nom" => &mut nom,
                "departement" => &mut colonnes.departement,
                "region" => &mut colonnes.region,
                "epci" => &mut colonnes.epci,
                "population" => &mut colonnes.population,
                inconnue => {
                    return Err(Error::Demande(format!(
                        "« {inconnue} » ne se désigne pas : on peut désigner {CLES}."
                    )));
                }
            };
            let colonne = colonne.trim();
            if colonne.is_empty() || place.replace(colonne.to_owned()).is_some() {
                return Err(Error::Demande(format!(
                    "« {cle} » doit être suivi d'une colonne, une seule fois."
                )));
            }
        }
        let (Some(code), Some(nom)) = (code, nom) else {
            return Err(Error::Demande(
                "Désignez au moins les colonnes du code et du nom : code=COLONNE,nom=COLONNE."
                    .into(),
            ));
        };
        Ok(Self { code, nom, ..colonnes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_name_are_needed_and_the_rest_may_be_named() {
        let colonnes: Colonnes = "code=INSEE, nom=Libellé,epci=Siren".parse().unwrap();
        assert_eq!(colonnes.toutes().collect::<Vec<_>>(), ["INSEE", "Libellé", "Siren"]);
        for texte in ["", "code", "code=A", "nom=B", "code=A,nom=B,canton=C", "code=A,code=B,nom=C"]
        {
            assert!(texte.parse::<Colonnes>().is_err(), "{texte}");
        }
    }
}
