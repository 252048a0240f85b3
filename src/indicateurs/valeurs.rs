//! The values of an indicator on the units of a maille.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use sqlx::PgConnection;

use super::catalogue::{Indicateur, Nature};
use super::classes::{Classes, Methode};
use super::conversion::{Appartenance, Connue, Etat};
use super::series::{ACTION, Lecteur, Repartition};
use crate::error::{Contexte, Error, Result};
use crate::territoires::{Edition, Lieu, Maille, Millesime, Unite};

/// What is asked about an indicator.
#[derive(Debug)]
pub struct Question<'a> {
    /// The newest by default.
    pub periode: Option<&'a str>,
    pub maille: Maille,
    pub dans: Option<Lieu>,
    pub classes: Option<Methode>,
    /// Indicator by which communes that have merged are shared among those that they were.
    pub cle: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub struct Valeurs {
    pub indicateur: Indicateur,
    pub periode: String,
    pub maille: Maille,
    pub dans: Option<Unite>,
    /// That of the units.
    pub millesime: Millesime,
    /// Those that the values were published in.
    pub millesimes_des_valeurs: Vec<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarque: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classes: Option<Classes>,
    pub valeurs: ParCode,
    /// Units without value, by what is known of it: `secret`, `sans_objet`, `non_disponible`, or
    /// `non_calculable` when the passage does not tell.
    pub etats: BTreeMap<&'static str, Vec<String>>,
    /// Sums that lack the value of some of their communes.
    pub partielles: Vec<String>,
    /// By which communes that have merged were shared, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cle: Option<Repartition>,
    /// Units whose value is estimated by the key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub estimees: Vec<String>,
}

/// Values keyed by code, in order; only those that are known.
#[derive(Debug)]
pub struct ParCode {
    codes: Vec<String>,
    valeurs: Vec<Connue>,
}

impl Serialize for ParCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let connues =
            self.codes.iter().zip(&self.valeurs).filter(|(_, connue)| connue.etat == Etat::Valeur);
        serializer.collect_map(connues.map(|(code, connue)| (code, Nombre(connue.valeur))))
    }
}

/// Values unit by unit, as statements take them: a code, its value if there is one, and what is known of it.
#[derive(Debug)]
pub struct Colonnes {
    pub codes: Vec<String>,
    pub valeurs: Vec<Option<f64>>,
    pub etats: Vec<&'static str>,
}

/// A number written without decimals when it has none.
#[derive(Debug, Clone, Copy)]
pub struct Nombre(pub f64);

impl Serialize for Nombre {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const EXACT: f64 = 9e15;
        if self.0.fract() == 0.0 && self.0.abs() < EXACT {
            #[expect(clippy::cast_possible_truncation, reason = "checked just above")]
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

impl Valeurs {
    /// The values, without what is said of them.
    pub fn en_colonnes(self) -> Colonnes {
        let ParCode { codes, valeurs: connues } = self.valeurs;
        let valeur = |connue: &Connue| (connue.etat == Etat::Valeur).then_some(connue.valeur);
        Colonnes {
            codes,
            valeurs: connues.iter().map(valeur).collect(),
            etats: connues.iter().map(|connue| connue.etat.as_str()).collect(),
        }
    }

    pub async fn lire(
        connexion: &mut PgConnection,
        indicateur: Indicateur,
        edition: Edition,
        question: Question<'_>,
    ) -> Result<Self> {
        let periode = indicateur.periode(question.periode)?;
        let cle = match question.cle {
            Some(code) => Some(indicateur.cle(connexion, code, edition).await?),
            None => None,
        };
        let appartenance = appartenance(connexion, edition, &question).await?;
        let mut lecteur = Lecteur::nouveau(connexion, edition, &periode, cle.as_ref());
        let connues = match lecteur.sur_groupes(&indicateur, &appartenance).await? {
            Some(connues) => connues,
            None => lecteur.propre(&indicateur, question.maille, &appartenance.unites).await?,
        };
        let millesimes = lecteur.millesimes;
        let decimales = indicateur.decimales();
        let connues: Vec<Connue> =
            connues.into_iter().map(|connue| connue.arrondie(decimales)).collect();

        let codes = appartenance.unites;
        let mut etats: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        for (code, connue) in codes.iter().zip(&connues).filter(|(_, c)| c.etat != Etat::Valeur) {
            etats.entry(connue.etat.as_str()).or_default().push(code.clone());
        }
        let celles = |choix: fn(&Connue) -> bool| -> Vec<String> {
            let choisies = codes.iter().zip(&connues).filter(|(_, connue)| choix(connue));
            choisies.map(|(code, _)| code.clone()).collect()
        };
        let (partielles, estimees) = (celles(|c| c.partielle), celles(|c| c.estimee));
        let classes =
            question.classes.filter(|_| indicateur.nature != Nature::Classe).map(|methode| {
                let valeurs: Vec<f64> = connues
                    .iter()
                    .filter(|connue| connue.etat == Etat::Valeur)
                    .map(|connue| connue.valeur)
                    .collect();
                Classes::nouvelles(&methode, &valeurs, decimales)
            });
        let remarque = Remarque {
            indicateur: &indicateur,
            maille: question.maille,
            edition,
            millesimes: &millesimes,
            non_calculables: etats.get(Etat::NonCalculable.as_str()).map_or(0, Vec::len),
            cle: cle.as_ref(),
            estimees: estimees.len(),
        };
        Ok(Self {
            classes,
            remarque: remarque.dire(),
            valeurs: ParCode { codes, valeurs: connues },
            indicateur,
            periode,
            maille: question.maille,
            dans: question.dans.map(|lieu| lieu.unite),
            millesime: edition.millesime,
            millesimes_des_valeurs: millesimes,
            etats,
            partielles,
            cle,
            estimees,
        })
    }
}

/// The units that the question is about, and their communes.
async fn appartenance(
    connexion: &mut PgConnection,
    edition: Edition,
    question: &Question<'_>,
) -> Result<Appartenance> {
    let (communes, unites): (Vec<String>, Vec<Option<String>>) =
        sqlx::query_as(include_str!("sql/lire_appartenance.sql"))
            .bind(edition.edition)
            .bind(question.maille)
            .bind(question.dans.as_ref().map(|lieu| lieu.maille))
            .bind(question.dans.as_ref().map(|lieu| &lieu.code))
            .fetch_one(connexion)
            .await
            .pour(ACTION)?;
    Ok(match question.maille {
        Maille::Commune => Appartenance::communes(communes),
        _ => Appartenance::nouvelle(communes, unites),
    })
}

/// What a reader must know of values that are not as they were published.
struct Remarque<'a> {
    indicateur: &'a Indicateur,
    maille: Maille,
    edition: Edition,
    millesimes: &'a [i16],
    non_calculables: usize,
    cle: Option<&'a Repartition>,
    estimees: usize,
}

impl Remarque<'_> {
    fn dire(&self) -> Option<String> {
        let mut phrases: Vec<String> =
            portees(self.millesimes, self.edition.millesime).into_iter().collect();
        if let Some(cle) = self.cle {
            phrases.push(if self.estimees == 0 {
                "La clé de répartition n'a pas servi : aucune commune n'était à répartir, ou la clé y \
                 manque."
                    .to_owned()
            } else {
                format!(
                    "{} valeurs estimées : les communes réunies depuis sont réparties au prorata de \
                     « {} » ({}, millésime {}).",
                    self.estimees, cle.libelle, cle.periode, cle.millesime
                )
            });
        }
        if self.non_calculables > 0 {
            phrases.push(match self.indicateur.nature {
                Nature::Mediane | Nature::Classe if self.maille != Maille::Commune => {
                    "Cet indicateur ne s'additionne pas : il n'est donné que par commune.".to_owned()
                }
                Nature::Stock | Nature::Ratio
                    if self.cle.is_none() && self.indicateur.se_repartit() =>
                {
                    "Une valeur n'est pas calculable là où des communes ont été réunies depuis. Une clé \
                     de répartition l'estimerait, comme cle=population."
                        .to_owned()
                }
                _ => "Une valeur n'est pas calculable là où le territoire a changé.".to_owned(),
            });
        }
        if self.maille == Maille::Regroupement {
            phrases.push(
                "Une commune que plusieurs regroupements partagent compte entière dans chacun."
                    .to_owned(),
            );
        }
        (!phrases.is_empty()).then(|| phrases.join(" "))
    }
}

/// Said of values that were published in other codes than those shown.
pub fn portees(millesimes: &[i16], vers: Millesime) -> Option<String> {
    let autres: Vec<String> =
        millesimes.iter().filter(|autre| **autre != vers.annee()).map(i16::to_string).collect();
    (!autres.is_empty()).then(|| {
        format!(
            "Valeurs publiées dans le millésime {}, portées à celui de {vers} par la table de passage.",
            autres.join(" et ")
        )
    })
}

impl Indicateur {
    /// Whether it is made of what adds up, and so can be put together, and shared by a key.
    pub fn se_repartit(&self) -> bool {
        self.nature == Nature::Stock || self.numerateur.is_some()
    }

    /// What is known of units on which it was not measured.
    pub(super) fn absence(&self) -> Connue {
        Connue::sans(if self.se_repartit() { Etat::NonDisponible } else { Etat::NonCalculable })
    }

    async fn cle(
        &self,
        connexion: &mut PgConnection,
        code: &str,
        edition: Edition,
    ) -> Result<Repartition> {
        if self.se_repartit() {
            return Repartition::lire(connexion, code, edition).await;
        }
        Err(Error::Demande(format!(
            "« {} » ne se répartit pas entre des communes : le paramètre « cle » ne sert qu'aux \
             indicateurs qui s'additionnent.",
            self.code
        )))
    }

    /// The period asked for, or the newest that has values.
    pub(super) fn periode(&self, demandee: Option<&str>) -> Result<String> {
        match (demandee, self.periodes.first()) {
            (_, None) => Err(Error::Introuvable(format!(
                "L'indicateur « {} » n'a pas encore de valeurs. Lancez maillage import indicateurs avec \
                 le fichier de la source : {}.",
                self.code, self.source
            ))),
            (None, Some(derniere)) => Ok(derniere.clone()),
            (Some(periode), _) if self.periodes.iter().any(|connue| connue == periode) => {
                Ok(periode.to_owned())
            }
            (Some(periode), _) => Err(Error::Introuvable(format!(
                "L'indicateur « {} » n'a pas de valeurs pour {periode}. Périodes : {}.",
                self.code,
                self.periodes.join(", ")
            ))),
        }
    }
}
