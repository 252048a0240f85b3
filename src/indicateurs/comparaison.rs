//! Every indicator of a unit beside those of the units that it belongs to, and of the communes of its size.

use sqlx::PgConnection;

use super::agregats::Agregat;
use super::catalogue::{Indicateur, Nature};
use super::conversion::{Appartenance, Connue, Etat};
use super::series::{Avance, Lecteur};
use crate::error::Result;
use crate::territoires::{Edition, Maille, Unite};

/// The indicator that says of which size a commune is.
const TAILLE: &str = "taille";

/// An indicator on several units.
#[derive(Debug)]
pub struct Comparaison {
    pub indicateur: Indicateur,
    pub periode: String,
    /// Those that the values were published in.
    pub millesimes: Vec<i16>,
    /// In the order of the units.
    pub valeurs: Vec<Agregat>,
    /// The median of the communes of the same size; none of what has no order.
    pub mediane: Option<f64>,
}

/// The communes that the median is of.
#[derive(Debug)]
pub struct Pareilles {
    /// « 200 à 499 »
    pub taille: String,
    pub communes: usize,
}

/// All the indicators that have a value somewhere in these units.
#[derive(Debug, Default)]
pub struct Comparaisons {
    pub lignes: Vec<Comparaison>,
    pub pareilles: Option<Pareilles>,
}

impl Comparaisons {
    /// Compares units, each with its communes. Of the first, when it is a commune, also with those of its size in the
    /// last.
    pub async fn lire(
        connexion: &mut PgConnection,
        edition: Edition,
        unites: &[(Unite, Vec<String>)],
    ) -> Result<Self> {
        let mut catalogue = Indicateur::tous(connexion).await?;
        catalogue.retain(|indicateur| !indicateur.periodes.is_empty());
        let mut communes: Vec<String> =
            unites.iter().flat_map(|(_, communes)| communes).cloned().collect();
        communes.sort_unstable();
        communes.dedup();
        let designees: Vec<Unite> = unites.iter().map(|(unite, _)| unite.clone()).collect();
        let avance = Avance::lire(connexion, edition, &catalogue, &communes, &designees).await?;
        let taille = catalogue.iter().find(|indicateur| indicateur.code == TAILLE);
        let (pareilles, codes) = match (taille, unites) {
            (Some(taille), [(commune, _), .., (_, parmi)]) if commune.maille == Maille::Commune => {
                pareilles(connexion, edition, &avance, taille, &commune.code, parmi).await?
            }
            _ => (None, Vec::new()),
        };
        let mut lignes = Vec::new();
        for indicateur in catalogue {
            let Some(periode) = indicateur.periodes.first().cloned() else { continue };
            let mut lecteur = Lecteur::sur(connexion, edition, &periode, &avance);
            let valeurs = sur_unites(&mut lecteur, &indicateur, unites).await?;
            let millesimes = std::mem::take(&mut lecteur.millesimes);
            if valeurs.iter().all(|connue| connue.etat == Etat::NonDisponible) {
                continue;
            }
            let mediane = match (indicateur.nature, codes.is_empty()) {
                (Nature::Classe, _) | (_, true) => None,
                _ => mediane(&par_commune(&mut lecteur, &indicateur, &codes).await?),
            };
            let decimales = indicateur.decimales();
            lignes.push(Comparaison {
                valeurs: valeurs.into_iter().map(|c| c.arrondie(decimales).into()).collect(),
                mediane,
                periode,
                millesimes,
                indicateur,
            });
        }
        Ok(Self { lignes, pareilles })
    }
}

async fn sur_unites(
    lecteur: &mut Lecteur<'_>,
    indicateur: &Indicateur,
    unites: &[(Unite, Vec<String>)],
) -> Result<Vec<Connue>> {
    let groupes: Vec<&[String]> = unites.iter().map(|(_, communes)| communes.as_slice()).collect();
    if let Some(connues) = lecteur.sur_groupes(indicateur, &Appartenance::groupes(&groupes)).await?
    {
        return Ok(connues);
    }
    let mut connues = Vec::with_capacity(unites.len());
    for (unite, _) in unites {
        let code = std::slice::from_ref(&unite.code);
        connues.extend(lecteur.propre(indicateur, unite.maille, code).await?);
    }
    Ok(connues)
}

/// Each commune apart; codes are in order.
async fn par_commune(
    lecteur: &mut Lecteur<'_>,
    indicateur: &Indicateur,
    codes: &[String],
) -> Result<Vec<Connue>> {
    match lecteur.sur_groupes(indicateur, &Appartenance::communes(codes.to_vec())).await? {
        Some(connues) => Ok(connues),
        None => lecteur.propre(indicateur, Maille::Commune, codes).await,
    }
}

/// The other communes of the class of one, among some.
async fn pareilles(
    connexion: &mut PgConnection,
    edition: Edition,
    avance: &Avance,
    taille: &Indicateur,
    commune: &str,
    parmi: &[String],
) -> Result<(Option<Pareilles>, Vec<String>)> {
    let Some(periode) = taille.periodes.first() else { return Ok((None, Vec::new())) };
    let mut lecteur = Lecteur::sur(connexion, edition, periode, avance);
    let classes = lecteur.propre(taille, Maille::Commune, parmi).await?;
    let sienne = parmi.iter().position(|code| code == commune).map(|rang| classes[rang]);
    let Some(sienne) = sienne.filter(|connue| connue.etat == Etat::Valeur) else {
        return Ok((None, Vec::new()));
    };
    let codes: Vec<String> = parmi
        .iter()
        .zip(&classes)
        .filter(|(code, classe)| **classe == sienne && *code != commune)
        .map(|(code, _)| code.clone())
        .collect();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank among labels"
    )]
    let rang = sienne.valeur as usize;
    let libelle = taille.modalites.as_ref().and_then(|libelles| libelles.get(rang));
    let pareilles = libelle
        .filter(|_| !codes.is_empty())
        .map(|libelle| Pareilles { taille: libelle.clone(), communes: codes.len() });
    Ok((pareilles, codes))
}

/// Of those that have a value.
fn mediane(connues: &[Connue]) -> Option<f64> {
    let mut valeurs: Vec<f64> =
        connues.iter().filter(|c| c.etat == Etat::Valeur).map(|c| c.valeur).collect();
    valeurs.sort_unstable_by(f64::total_cmp);
    let milieu = valeurs.len() / 2;
    match valeurs.len() {
        0 => None,
        pair if pair % 2 == 0 => Some(f64::midpoint(valeurs[milieu - 1], valeurs[milieu])),
        _ => Some(valeurs[milieu]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_of_those_that_have_a_value() {
        let connues = [4.0, 1.0, 2.0, 3.0].map(Connue::valant);
        assert_eq!(mediane(&connues), Some(2.5));
        assert_eq!(mediane(&connues[..3]), Some(2.0));
        assert_eq!(mediane(&[Connue::sans(Etat::Secret)]), None);
    }
}
