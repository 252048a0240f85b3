//! An indicator put together on any communes, and on parts of them, whatever draws these.

use serde::Serialize;
use sqlx::PgConnection;

use super::catalogue::Indicateur;
use super::conversion::{Appartenance, Connue, Etat};
use super::series::Lecteur;
use super::valeurs::Nombre;
use crate::error::Result;
use crate::territoires::{Edition, Millesime};

/// The values of an indicator on communes of one edition and on parts of them.
#[derive(Debug)]
pub struct Agregats {
    pub periode: String,
    /// Those that the values were published in.
    pub millesimes: Vec<i16>,
    pub ensemble: Agregat,
    /// In the order of the parts.
    pub parties: Vec<Agregat>,
}

/// The value of a group.
#[derive(Debug, Clone, Serialize)]
pub struct Agregat {
    /// In the indicator's unit; null unless the state is `valeur`.
    pub valeur: Option<Nombre>,
    /// `valeur`, `secret`, `sans_objet`, `non_disponible`, or `non_calculable` for what does not add up.
    pub etat: &'static str,
    /// It lacks the value of some of its communes.
    pub partielle: bool,
}

impl From<Connue> for Agregat {
    fn from(connue: Connue) -> Self {
        Self {
            valeur: (connue.etat == Etat::Valeur).then_some(Nombre(connue.valeur)),
            etat: connue.etat.as_str(),
            partielle: connue.partielle,
        }
    }
}

impl Agregats {
    /// Stocks add up, ratios are worked out again from their parts, and what does not add up is not
    /// calculable. Parts are lists of codes of `edition` and may share communes; in each a commune
    /// counts once, and one without communes has no object.
    pub async fn lire(
        connexion: &mut PgConnection,
        indicateur: &Indicateur,
        edition: Edition,
        periode: Option<&str>,
        ensemble: &[String],
        parties: &[Vec<String>],
    ) -> Result<Self> {
        let periode = indicateur.periode(periode)?;
        let groupes: Vec<&[String]> =
            [ensemble].into_iter().chain(parties.iter().map(Vec::as_slice)).collect();
        let mut lecteur = Lecteur::nouveau(connexion, edition, &periode, None);
        let connues = lecteur
            .sur_groupes(indicateur, &Appartenance::groupes(&groupes))
            .await?
            .unwrap_or_else(|| vec![indicateur.absence(); groupes.len()]);
        let millesimes = lecteur.millesimes;
        let decimales = indicateur.decimales();
        let agregat = |rang: usize| {
            Agregat::from(if groupes[rang].is_empty() {
                Connue::sans(Etat::SansObjet)
            } else {
                connues[rang].arrondie(decimales)
            })
        };
        Ok(Self {
            ensemble: agregat(0),
            parties: (1..groupes.len()).map(agregat).collect(),
            periode,
            millesimes,
        })
    }

    /// What a reader must know of values that are not as they were published.
    pub fn remarque(&self, indicateur: &Indicateur, millesime: Millesime) -> Option<String> {
        let phrases = [
            super::valeurs::portees(&self.millesimes, millesime),
            (!indicateur.se_repartit()).then(|| {
                "Cet indicateur ne s'additionne pas : il n'est donné que par commune.".to_owned()
            }),
        ];
        let phrases: Vec<String> = phrases.into_iter().flatten().collect();
        (!phrases.is_empty()).then(|| phrases.join(" "))
    }
}
