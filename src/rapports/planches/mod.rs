//! The maps of a report, drawn: from what `donnees` says that each shows to a plate of `cartes`.

mod aplats;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::cartes::{Couche, Legende, Planche, Taille};
use super::donnees::{Carte, Genre, Rapport, Sujet, abrege, date};
use crate::error::Result;
use crate::territoires::{Edition, Fond, Maille, Millesime};
use crate::web::Palette;

/// A map that is drawn: its vectors, and what it shows for whoever does not see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dessin {
    pub svg: String,
    pub description: String,
}

/// Of the largest circle, points.
const RAYON_MAX: f64 = 12.0;
/// Names of communes on a full map.
const NOMS: usize = 26;

/// Shapes are read once for the réseau, and once finer for each EPCI.
#[derive(Debug)]
pub struct Fonds {
    reseau: Option<Fond>,
    epci: BTreeMap<String, Fond>,
}

impl Fonds {
    /// Those that a report needs, on the millésime that it was counted on.
    pub async fn lire(connexion: &mut PgConnection, rapport: &Rapport) -> Result<Self> {
        let millesime = Millesime::new(rapport.millesime)?;
        let edition = Edition::avec_contours(connexion, Some(millesime)).await?;
        let departement = rapport.reseau.departement.as_deref();
        let communes: Vec<_> = rapport
            .carte("communes-servies")
            .map(|carte| carte.valeurs.keys().cloned().collect())
            .unwrap_or_default();
        let reseau = Fond::lire(connexion, edition, departement, &communes).await?;
        let mut epci = BTreeMap::new();
        for bloc in &rapport.epci {
            let fond = Fond::lire(connexion, edition, departement, &bloc.carte.communes).await?;
            epci.extend(fond.map(|fond| (bloc.carte.cle.clone(), fond)));
        }
        Ok(Self { reseau, epci })
    }

    /// Every map of the report by its key, those without shapes left out.
    ///
    /// # Errors
    /// When the palette of the page cannot be read.
    pub fn dessiner(&self, rapport: &Rapport) -> Result<BTreeMap<String, Dessin>> {
        let palette = Palette::lire()?;
        let atelier = Atelier { rapport, palette };
        Ok(rapport
            .toutes_les_cartes()
            .filter_map(|carte| {
                let fond = self.epci.get(&carte.cle).or(self.reseau.as_ref())?;
                Some((carte.cle.clone(), atelier.dessiner(carte, fond)))
            })
            .collect())
    }
}

/// A map of a report alone, with its title, and what it comes from when its drawing does not say it.
pub fn affiche(rapport: &Rapport, carte: &Carte, dessin: &Dessin) -> String {
    let ou = format!("{} – {}", rapport.sous_titre, rapport.titre);
    let sources = rapport.sources.iter().map(|source| source.nom.as_str());
    let jour = date(rapport.consigne.edition);
    let dessous = petite(carte).then(|| {
        format!(
            "Sources : {} ; {}. {jour}.",
            rapport.reseau.nom_court,
            sources.collect::<Vec<_>>().join(" ; ")
        )
    });
    let titre = match petite(carte) {
        true => format!("Qui peut aider : {}", carte.titre),
        false => carte.titre.clone(),
    };
    super::cartes::affiche(&dessin.svg, &titre, &ou, dessous.as_deref())
}

/// Small maps stand side by side, and share what they come from.
fn petite(carte: &Carte) -> bool {
    carte.genre == Genre::Couverture && carte.cle != "couverture"
}

struct Atelier<'a> {
    rapport: &'a Rapport,
    palette: Palette,
}

impl Atelier<'_> {
    fn dessiner(&self, carte: &Carte, fond: &Fond) -> Dessin {
        let petite = petite(carte);
        let taille = match carte.genre {
            _ if petite => Taille::Petite,
            Genre::Zone | Genre::Portrait => Taille::Moyenne,
            // Of a meeting, two pages.
            _ if matches!(self.rapport.consigne.sujet, Sujet::Regroupement(_)) => Taille::Moyenne,
            _ => Taille::Pleine,
        };
        let (par_code, cercles, legende) = self.contenu(carte, petite);
        let maximum = cercles.values().copied().fold(0.0, f64::max);
        let rayon = (RAYON_MAX / maximum.max(1.0).sqrt()).clamp(0.8, 3.4);
        let mut legende = legende;
        if maximum > 0.0 {
            legende.titre_des_cercles = Some("Demandes de la commune".to_owned());
            legende.cercles =
                emboites(maximum).into_iter().map(|v| (v, rayon * v.sqrt())).collect();
        }
        let description = self.description(carte, &legende);
        let planche = Planche {
            fond,
            aplats: Couche { maille: carte.maille, par_code },
            cercles,
            rayon,
            legende,
            chez_soi: self.rapport.reseau.departement.iter().cloned().collect(),
            noms: if carte.genre == Genre::Zone { NOMS / 2 } else { NOMS },
            noms_des_epci: self.noms_des_epci(fond),
            pied: self.pied(fond),
            taille,
            accent: self.accent(),
        };
        Dessin { svg: planche.svg(), description }
    }

    fn accent(&self) -> String {
        self.rapport.reseau.couleur.clone().unwrap_or_else(|| self.palette.cercle.plus.clone())
    }

    /// Names of the EPCI of the réseau that the ground has.
    fn noms_des_epci(&self, fond: &Fond) -> BTreeMap<String, String> {
        let Some(taux) = self.rapport.carte("taux-par-epci") else { return BTreeMap::new() };
        fond.de(Maille::Epci)
            .filter(|epci| taux.valeurs.contains_key(&epci.code))
            .map(|epci| (epci.code.clone(), abrege(&epci.nom)))
            .collect()
    }

    fn pied(&self, fond: &Fond) -> String {
        let contours =
            self.rapport.sources.iter().find(|source| source.nom.starts_with("Contours"));
        format!(
            "Demandes et zones : {}. {}Limites communales de {}. Projection EPSG:{}. {}.",
            self.rapport.reseau.nom_court,
            contours.map_or_else(String::new, |source| format!("{}. ", source.nom)),
            self.rapport.millesime,
            fond.projection,
            date(self.rapport.consigne.edition)
        )
    }

    fn description(&self, carte: &Carte, legende: &Legende) -> String {
        let cases: Vec<_> = legende.cases.iter().map(|case| case.texte.as_str()).collect();
        let legende = match cases.is_empty() {
            true => String::new(),
            false => format!(" Légende : {}.", cases.join(", ")),
        };
        format!("Carte. {}. {}{legende}", carte.titre, carte.lecture.join(" "))
    }
}

/// Three values for the nested circles of a legend, the largest first; fewer when they would be the same.
fn emboites(maximum: f64) -> Vec<f64> {
    let mut valeurs = vec![maximum, (maximum / 3.0).round(), 1.0];
    valeurs.dedup_by(|suivante, avant| *suivante >= *avant || *suivante < 1.0);
    valeurs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_circles_are_three_or_fewer() {
        assert_eq!(emboites(12.0), [12.0, 4.0, 1.0]);
        assert_eq!(emboites(2.0), [2.0, 1.0]);
        assert_eq!(emboites(1.0), [1.0]);
    }
}
