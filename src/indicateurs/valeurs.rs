//! The values of an indicator on the units of a maille.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde::{Serialize, Serializer};
use sqlx::PgConnection;

use super::catalogue::{Indicateur, Nature};
use super::classes::{Classes, Methode};
use super::conversion::{
    Appartenance, Connue, Etat, Serie, Suites, additionner, apparier, rapporter, reporter,
};
use crate::error::{Contexte, Error, Result};
use crate::territoires::{Edition, Lieu, Maille, Millesime, Unite};

const ACTION: &str = "lecture des valeurs d'un indicateur";

/// What is asked about an indicator.
#[derive(Debug)]
pub struct Question<'a> {
    /// The newest by default.
    pub periode: Option<&'a str>,
    pub maille: Maille,
    pub dans: Option<Lieu>,
    pub classes: Option<Methode>,
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
}

/// Values keyed by code, in order; only those that are known.
#[derive(Debug)]
pub struct ParCode {
    codes: Vec<String>,
    valeurs: Vec<Connue>,
    decimales: i32,
}

impl Serialize for ParCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let facteur = 10_f64.powi(self.decimales);
        let connues =
            self.codes.iter().zip(&self.valeurs).filter(|(_, connue)| connue.etat == Etat::Valeur);
        serializer.collect_map(
            connues
                .map(|(code, connue)| (code, Nombre((connue.valeur * facteur).round() / facteur))),
        )
    }
}

/// A number written without decimals when it has none.
struct Nombre(f64);

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
    pub async fn lire(
        connexion: &mut PgConnection,
        indicateur: Indicateur,
        edition: Edition,
        question: Question<'_>,
    ) -> Result<Self> {
        let periode = indicateur.periode(question.periode)?;
        let (communes, appartenance) = appartenances(connexion, edition, &question).await?;
        let mut lecteur = Lecteur { connexion, edition, periode: &periode, millesimes: Vec::new() };
        let connues = match (&indicateur.numerateur, &indicateur.denominateur) {
            (Some(numerateur), Some(denominateur)) => {
                let mut numerateur = lecteur.stock(numerateur, &communes, false).await?;
                let mut denominateur = lecteur.stock(denominateur, &communes, false).await?;
                apparier(&mut numerateur, &mut denominateur);
                let [numerateur, denominateur] = [numerateur, denominateur].map(|valeurs| {
                    let serie = Serie { codes: communes.unites.clone(), valeurs };
                    additionner(&serie, &Suites::new(), &appartenance, false)
                });
                rapporter(&numerateur, &denominateur, indicateur.facteur)
            }
            _ if indicateur.nature == Nature::Stock => {
                lecteur.stock(&indicateur.code, &appartenance, indicateur.decimales == 0).await?
            }
            _ => lecteur.propre(&indicateur.code, question.maille, &appartenance.unites).await?,
        };
        let millesimes = lecteur.millesimes;

        let codes = appartenance.unites.clone();
        let mut etats: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        for (code, connue) in codes.iter().zip(&connues).filter(|(_, c)| c.etat != Etat::Valeur) {
            etats.entry(connue.etat.as_str()).or_default().push(code.clone());
        }
        let partielles = codes
            .iter()
            .zip(&connues)
            .filter(|(_, connue)| connue.partielle)
            .map(|(code, _)| code.clone())
            .collect();
        let decimales = u8::try_from(indicateur.decimales).unwrap_or_default();
        let classes =
            question.classes.filter(|_| indicateur.nature != Nature::Classe).map(|methode| {
                let valeurs: Vec<f64> = connues
                    .iter()
                    .filter(|connue| connue.etat == Etat::Valeur)
                    .map(|connue| connue.valeur)
                    .collect();
                Classes::nouvelles(&methode, &valeurs, decimales)
            });
        let non_calculables = etats.get(Etat::NonCalculable.as_str()).map_or(0, Vec::len);
        Ok(Self {
            classes,
            remarque: remarque(&indicateur, question.maille, edition, &millesimes, non_calculables),
            valeurs: ParCode { codes, valeurs: connues, decimales: decimales.into() },
            indicateur,
            periode,
            maille: question.maille,
            dans: question.dans.map(|lieu| lieu.unite),
            millesime: edition.millesime,
            millesimes_des_valeurs: millesimes,
            etats,
            partielles,
        })
    }
}

/// The communes of the place as units, and the units that the question is about.
async fn appartenances(
    connexion: &mut PgConnection,
    edition: Edition,
    question: &Question<'_>,
) -> Result<(Arc<Appartenance>, Arc<Appartenance>)> {
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
        Maille::Commune => {
            let seules = Arc::new(Appartenance::communes(communes));
            (Arc::clone(&seules), seules)
        }
        _ => (
            Arc::new(Appartenance::communes(communes.clone())),
            Arc::new(Appartenance::nouvelle(communes, unites)),
        ),
    })
}

/// Reads publications of one period, and remembers their millésimes.
struct Lecteur<'c> {
    connexion: &'c mut PgConnection,
    edition: Edition,
    periode: &'c str,
    millesimes: Vec<i16>,
}

#[derive(sqlx::FromRow)]
struct Jeu {
    codes: Vec<String>,
    valeurs: Vec<Option<f64>>,
    secrets: Vec<String>,
    sans_objet: Vec<String>,
}

impl Lecteur<'_> {
    /// A stock, added up on units.
    async fn stock(
        &mut self,
        indicateur: &str,
        appartenance: &Appartenance,
        entier: bool,
    ) -> Result<Vec<Connue>> {
        match self.serie(indicateur, Maille::Commune).await? {
            Some((serie, suites)) => Ok(additionner(&serie, &suites, appartenance, entier)),
            None => Ok(vec![Connue::sans(Etat::NonDisponible); appartenance.unites.len()]),
        }
    }

    /// What was measured on the units themselves.
    async fn propre(
        &mut self,
        indicateur: &str,
        maille: Maille,
        unites: &[String],
    ) -> Result<Vec<Connue>> {
        match self.serie(indicateur, maille).await? {
            Some((serie, suites)) => Ok(reporter(&serie, &suites, unites)),
            None => Ok(vec![Connue::sans(Etat::NonCalculable); unites.len()]),
        }
    }

    async fn serie(&mut self, indicateur: &str, maille: Maille) -> Result<Option<(Serie, Suites)>> {
        let jeu: Option<(i32, i16)> = sqlx::query_as(include_str!("sql/choisir_jeu.sql"))
            .bind(indicateur)
            .bind(self.periode)
            .bind(maille)
            .bind(self.edition.millesime)
            .fetch_optional(&mut *self.connexion)
            .await
            .pour(ACTION)?;
        let Some((jeu, millesime)) = jeu else { return Ok(None) };
        if !self.millesimes.contains(&millesime) {
            self.millesimes.push(millesime);
        }
        let mut suites = Suites::new();
        if millesime != self.edition.millesime.annee() && maille == Maille::Commune {
            let lignes: Vec<(String, String, Option<f64>)> =
                sqlx::query_as(include_str!("sql/lire_passage.sql"))
                    .bind(self.edition.millesime)
                    .bind(millesime)
                    .fetch_all(&mut *self.connexion)
                    .await
                    .pour(ACTION)?;
            for (ancien, nouveau, part) in lignes {
                suites.entry(ancien).or_default().push((nouveau, part));
            }
        }
        let jeu: Jeu = sqlx::query_as(include_str!("sql/lire_jeu.sql"))
            .bind(jeu)
            .fetch_one(&mut *self.connexion)
            .await
            .pour(ACTION)?;
        Ok(Some((jeu.serie(), suites)))
    }
}

impl Jeu {
    fn serie(self) -> Serie {
        let secrets: HashSet<String> = self.secrets.into_iter().collect();
        let sans_objet: HashSet<String> = self.sans_objet.into_iter().collect();
        let connue = |(code, valeur): (&String, Option<f64>)| match valeur {
            Some(valeur) => Connue::valant(valeur),
            None if secrets.contains(code) => Connue::sans(Etat::Secret),
            None if sans_objet.contains(code) => Connue::sans(Etat::SansObjet),
            None => Connue::sans(Etat::NonDisponible),
        };
        let valeurs = self.codes.iter().zip(self.valeurs).map(connue).collect();
        Serie { codes: self.codes, valeurs }
    }
}

fn remarque(
    indicateur: &Indicateur,
    maille: Maille,
    edition: Edition,
    millesimes: &[i16],
    non_calculables: usize,
) -> Option<String> {
    let autres: Vec<String> = millesimes
        .iter()
        .filter(|millesime| **millesime != edition.millesime.annee())
        .map(i16::to_string)
        .collect();
    let mut phrases = Vec::new();
    if !autres.is_empty() {
        phrases.push(format!(
            "Valeurs publiées dans le millésime {}, portées à celui de {} par la table de passage.",
            autres.join(" et "),
            edition.millesime
        ));
    }
    if non_calculables > 0 {
        phrases.push(match indicateur.nature {
            Nature::Mediane | Nature::Classe if maille != Maille::Commune => {
                "Cet indicateur ne s'additionne pas : il n'est donné que par commune.".to_owned()
            }
            _ => "Une valeur n'est pas calculable là où le territoire a changé.".to_owned(),
        });
    }
    (!phrases.is_empty()).then(|| phrases.join(" "))
}

impl Indicateur {
    /// The period asked for, or the newest that has values.
    fn periode(&self, demandee: Option<&str>) -> Result<String> {
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
