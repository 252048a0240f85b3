//! The maps of a report, drawn: from what `donnees` says that each shows to a plate of `cartes`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::cartes::{Case, Couche, Legende, Planche, Remplissage, Taille};
use super::donnees::{Carte, Genre, Rapport, Sujet, abrege, date};
use crate::couverture::Classement;
use crate::error::Result;
use crate::indicateurs::{Classes, Methode};
use crate::territoires::{Edition, Fond, Maille, Millesime};
use crate::web::Palette;
use crate::web::fiches::{nombre, pluriel};

/// A map that is drawn: its vectors, and what it shows for whoever does not see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dessin {
    pub svg: String,
    pub description: String,
}

/// Where the zones of a partner are, under its circles: light, and of no class.
const ZONE: &str = "#cfe4ef";
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

    /// Fills, circles and legend of a map.
    fn contenu(
        &self,
        carte: &Carte,
        petite: bool,
    ) -> (BTreeMap<String, Remplissage>, BTreeMap<String, f64>, Legende) {
        let connues = || carte.valeurs.iter().filter_map(|(code, n)| Some((code.clone(), (*n)?)));
        match carte.genre {
            Genre::Servies => {
                let servie = self.sequence(1, 0);
                let (par_code, legende) = self.classer(carte, |valeur| match valeur {
                    None => (2, Remplissage::Points, "Non communiqué".to_owned()),
                    Some(n) if n > 0.0 => (0, servie.clone(), "Servie".to_owned()),
                    Some(_) => (1, Remplissage::Hachures, "Non servie".to_owned()),
                });
                (par_code, BTreeMap::new(), Legende { titre: "Communes".into(), ..legende })
            }
            Genre::Cercles => (BTreeMap::new(), connues().collect(), Legende::default()),
            Genre::Taux => {
                let (par_code, legende) = self.taux(carte);
                (par_code, BTreeMap::new(), legende)
            }
            Genre::Couverture => {
                let (par_code, legende) = self.entiers(carte, "partenaire", petite);
                (par_code, BTreeMap::new(), legende)
            }
            Genre::Recouvrements => {
                let (par_code, legende) = self.entiers(carte, "thème partagé", petite);
                (par_code, BTreeMap::new(), legende)
            }
            Genre::Zone => {
                let zone = Remplissage::Couleur(ZONE.to_owned());
                let par_code: BTreeMap<_, _> =
                    carte.communes.iter().map(|code| (code.clone(), zone.clone())).collect();
                let texte = format!("Zones d’intervention ({})", carte.communes.len());
                let cases = if par_code.is_empty() {
                    Vec::new()
                } else {
                    vec![Case { fond: zone.svg(), texte }]
                };
                (par_code, connues().collect(), Legende { cases, ..Legende::default() })
            }
            Genre::Portrait => {
                let (par_code, legende) = self.classer(carte, |valeur| match valeur {
                    None => (2, Remplissage::Points, "Non communiqué".to_owned()),
                    Some(n) if n > 0.0 => {
                        (0, Remplissage::Couleur("#eef3e6".to_owned()), "Servie".to_owned())
                    }
                    Some(_) => (1, Remplissage::Hachures, "Non servie".to_owned()),
                });
                (par_code, connues().collect(), Legende { titre: "Communes".into(), ..legende })
            }
        }
    }

    fn sequence(&self, classes: usize, rang: usize) -> Remplissage {
        let couleur = self.palette.sequence(classes).get(rang).cloned();
        Remplissage::Couleur(couleur.unwrap_or_else(|| "#41b6c4".to_owned()))
    }

    /// Fills by what a value says, and a legend in the order of the ranks, with how many units have each.
    fn classer(
        &self,
        carte: &Carte,
        dire: impl Fn(Option<f64>) -> (usize, Remplissage, String),
    ) -> (BTreeMap<String, Remplissage>, Legende) {
        let mut cases: BTreeMap<usize, (Remplissage, String, usize)> = BTreeMap::new();
        let mut par_code = BTreeMap::new();
        for (code, valeur) in &carte.valeurs {
            let (rang, fond, texte) = dire(*valeur);
            par_code.insert(code.clone(), fond.clone());
            cases.entry(rang).or_insert((fond, texte, 0)).2 += 1;
        }
        let cases = cases
            .into_values()
            .map(|(fond, texte, nombre)| Case {
                fond: fond.svg(),
                texte: format!("{texte} ({nombre})"),
            })
            .collect();
        (par_code, Legende { cases, ..Legende::default() })
    }

    /// Counts, in the classes of the page: whole values when they are few, else quantiles.
    fn entiers(
        &self,
        carte: &Carte,
        mot: &str,
        petite: bool,
    ) -> (BTreeMap<String, Remplissage>, Legende) {
        #[expect(clippy::cast_possible_truncation, reason = "counts of partners and themes")]
        let en_entier = |valeur: f64| valeur.round() as i64;
        let classement =
            Classement::couper(carte.valeurs.values().flatten().map(|v| en_entier(*v)));
        let nombre_de_classes = classement.classes.len();
        let couverture = carte.genre == Genre::Couverture;
        let (par_code, mut legende) = self.classer(carte, |valeur| {
            let Some(valeur) = valeur.map(en_entier) else {
                return (100, Remplissage::Points, "Non renseigné".to_owned());
            };
            let classe = classement
                .classes
                .iter()
                .enumerate()
                .find(|(_, classe)| (classe.min..=classe.max).contains(&valeur));
            match classe {
                None if couverture => (99, Remplissage::Hachures, "Personne".to_owned()),
                None => (99, Remplissage::Couleur("#ffffff".to_owned()), "Aucun".to_owned()),
                Some((rang, classe)) => {
                    let texte = match (petite, classe.min == classe.max) {
                        (true, true) => classe.min.to_string(),
                        (true, false) => format!("{} à {}", classe.min, classe.max),
                        (false, true) => pluriel(classe.min, mot, &au_pluriel(mot)),
                        (false, false) => {
                            format!("{} à {} {}", classe.min, classe.max, au_pluriel(mot))
                        }
                    };
                    (rang, self.sequence(nombre_de_classes, rang), texte)
                }
            }
        });
        legende.titre = if petite { "Partenaires (communes)".into() } else { "Par commune".into() };
        if !petite && nombre_de_classes > 0 {
            legende.notes.push(format!(
                "Classes : {}. Entre parenthèses, le nombre de communes.",
                classement.methode
            ));
        }
        (par_code, legende)
    }

    fn taux(&self, carte: &Carte) -> (BTreeMap<String, Remplissage>, Legende) {
        let valeurs: Vec<f64> = carte.valeurs.values().flatten().copied().collect();
        let (classes, decimales) = classes(&valeurs);
        let borne = |borne| nombre(borne, decimales);
        let derniere = classes.effectifs.len().saturating_sub(1);
        let (par_code, mut legende) = self.classer(carte, |valeur| {
            let trouvee = valeur.and_then(|valeur| {
                let rang = classes.bornes.iter().skip(1).position(|borne| valeur < *borne);
                (!classes.effectifs.is_empty()).then(|| rang.unwrap_or(derniere).min(derniere))
            });
            match trouvee {
                None => (100, Remplissage::Points, "Non communiqué".to_owned()),
                Some(rang) => {
                    let (de, a) = (classes.bornes[rang], classes.bornes[rang + 1]);
                    let texte = match rang == derniere {
                        true => format!("De {} à {}", borne(de), borne(a)),
                        false => format!("De {} à moins de {}", borne(de), borne(a)),
                    };
                    (rang, self.sequence(derniere + 1, rang), texte)
                }
            }
        });
        legende.titre = "Demandes des communes pour mille habitants".into();
        legende
            .notes
            .push(format!("Classes : {}. Entre parenthèses, le nombre d’EPCI.", classes.methode));
        let rattachees: i64 = self.rapport.epci.iter().map(|bloc| bloc.communes).sum();
        let perimetre = self.rapport.carte("communes-servies").map_or(0, |c| c.valeurs.len());
        if usize::try_from(rattachees).is_ok_and(|rattachees| rattachees < perimetre) {
            legende
                .notes
                .push("En blanc : communes dont l’EPCI n’est pas du périmètre.".to_owned());
        }
        legende.notes.extend(classes.remarque);
        (par_code, legende)
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

/// The classes of rates, and the decimals by which their bounds are told apart: one, more when rates are small.
fn classes(taux: &[f64]) -> (Classes, usize) {
    let avec = |decimales: u8| {
        let classes = Classes::nouvelles(&Methode::Quantiles(5), taux, decimales);
        (classes, usize::from(decimales))
    };
    let distinctes = |(classes, decimales): &(Classes, usize)| {
        let ecrite = |borne: f64| nombre(borne, *decimales);
        classes.bornes.windows(2).all(|b| b[0] >= b[1] || ecrite(b[0]) != ecrite(b[1]))
    };
    (1..4).map(avec).find(distinctes).unwrap_or_else(|| avec(4))
}

/// «partenaires», «thèmes partagés».
fn au_pluriel(mots: &str) -> String {
    mots.split(' ').map(|mot| format!("{mot}s")).collect::<Vec<_>>().join(" ")
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
