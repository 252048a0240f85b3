//! Publications of an indicator, read and carried to the communes or the units of an edition.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use sqlx::PgConnection;

use super::catalogue::{Indicateur, Nature};
use super::conversion::{
    Appartenance, Connue, Etat, Part, Serie, Suites, additionner, apparier, rapporter, repartir,
    reporter,
};
use crate::error::{Contexte, Error, Result};
use crate::territoires::{Edition, Maille, Unite};

pub const ACTION: &str = "lecture des valeurs d'un indicateur";

/// How the values that a comparison is made of are read.
pub const REQUETE: &str = include_str!("sql/lire_jeux_en_partie.sql");

/// A stock in proportion to which communes that have merged are shared among those that they were.
#[derive(Debug, Serialize)]
pub struct Repartition {
    pub indicateur: String,
    #[serde(skip)]
    pub libelle: String,
    pub periode: String,
    pub millesime: i16,
    #[serde(skip)]
    valeurs: HashMap<String, f64>,
}

impl Repartition {
    /// The newest values of an indicator in the codes of an edition.
    pub async fn lire(connexion: &mut PgConnection, code: &str, edition: Edition) -> Result<Self> {
        let indicateur = Indicateur::lire(connexion, code).await?;
        if indicateur.nature != Nature::Stock {
            return Err(Error::Demande(format!(
                "« {} » ne s'additionne pas, et ne peut pas servir de clé de répartition. Choisissez un \
                 indicateur qui compte quelque chose, comme cle=population.",
                indicateur.code
            )));
        }
        let jeux: Vec<(i32, String, i16)> = sqlx::query_as(include_str!("sql/lire_jeux.sql"))
            .bind(&indicateur.code)
            .fetch_all(&mut *connexion)
            .await
            .pour(ACTION)?;
        let millesime = edition.millesime.annee();
        let Some((jeu, periode, _)) = jeux.iter().find(|(_, _, de)| *de == millesime) else {
            let mut autres: Vec<String> = jeux.iter().map(|(_, _, de)| de.to_string()).collect();
            autres.dedup();
            return Err(Error::Introuvable(format!(
                "La clé « {} » n'a pas de valeurs dans le millésime {millesime}. Millésimes où elle en a : {}.",
                indicateur.code,
                if autres.is_empty() { "aucun".to_owned() } else { autres.join(", ") }
            )));
        };
        let serie = Jeu::lire(connexion, *jeu).await?.serie();
        let valeurs = serie.codes.into_iter().zip(serie.valeurs);
        Ok(Self {
            valeurs: valeurs
                .filter(|(_, connue)| connue.etat == Etat::Valeur)
                .map(|(code, connue)| (code, connue.valeur))
                .collect(),
            indicateur: indicateur.code,
            libelle: indicateur.libelle,
            periode: periode.clone(),
            millesime,
        })
    }
}

/// Reads publications of one period, and remembers their millésimes.
pub struct Lecteur<'c> {
    connexion: &'c mut PgConnection,
    edition: Edition,
    periode: &'c str,
    cle: Option<&'c Repartition>,
    /// What was read before, of some units alone.
    avance: Option<&'c Avance>,
    pub millesimes: Vec<i16>,
}

/// Values as published, in the codes of a millésime, and what these are in the edition shown.
#[derive(Clone)]
struct Publication {
    serie: Serie,
    suites: Suites,
    millesime: i16,
}

impl<'c> Lecteur<'c> {
    /// Reads values of `periode` in the codes of `edition`.
    pub fn nouveau(
        connexion: &'c mut PgConnection,
        edition: Edition,
        periode: &'c str,
        cle: Option<&'c Repartition>,
    ) -> Self {
        Self { connexion, edition, periode, cle, avance: None, millesimes: Vec::new() }
    }

    /// The same, from what was read of all indicators at once: nothing else is known.
    pub fn sur(
        connexion: &'c mut PgConnection,
        edition: Edition,
        periode: &'c str,
        avance: &'c Avance,
    ) -> Self {
        Self { avance: Some(avance), ..Self::nouveau(connexion, edition, periode, None) }
    }

    /// An indicator on units made of communes, in their order: a stock adds up, a ratio is worked out
    /// again from its parts. None for an indicator that is only what it was measured on, and for one
    /// that was not published by commune.
    pub async fn sur_groupes(
        &mut self,
        indicateur: &Indicateur,
        unites: &Appartenance,
    ) -> Result<Option<Vec<Connue>>> {
        if let (Some(haut), Some(bas)) = (&indicateur.numerateur, &indicateur.denominateur) {
            let haut = self.publication(haut, Maille::Commune).await?;
            let bas = self.publication(bas, Maille::Commune).await?;
            let (Some(haut), Some(bas)) = (haut, bas) else { return Ok(None) };
            let [haut, bas] = apparies(haut, bas, unites)
                .map(|(serie, suites)| additionner(&serie, &suites, unites, false));
            return Ok(Some(rapporter(&haut, &bas, indicateur.facteur)));
        }
        if indicateur.nature != Nature::Stock {
            return Ok(None);
        }
        let lue = self.publication(&indicateur.code, Maille::Commune).await?;
        Ok(lue.map(|Publication { serie, suites, .. }| {
            additionner(&serie, &suites, unites, indicateur.decimales == 0)
        }))
    }

    /// What was measured on the units of a maille themselves.
    pub async fn propre(
        &mut self,
        indicateur: &Indicateur,
        maille: Maille,
        unites: &[String],
    ) -> Result<Vec<Connue>> {
        let absente = indicateur.absence();
        if let (Some(haut), Some(bas)) = (&indicateur.numerateur, &indicateur.denominateur) {
            let haut = self.mesurees(haut, maille, unites, absente).await?;
            let bas = self.mesurees(bas, maille, unites, absente).await?;
            return Ok(rapporter(&haut, &bas, indicateur.facteur));
        }
        self.mesurees(&indicateur.code, maille, unites, absente).await
    }

    /// The values of a code on units, all in the same state when there are none.
    async fn mesurees(
        &mut self,
        code: &str,
        maille: Maille,
        unites: &[String],
        absente: Connue,
    ) -> Result<Vec<Connue>> {
        let lue = self.publication(code, maille).await?;
        Ok(lue.map_or_else(
            || vec![absente; unites.len()],
            |Publication { serie, suites, .. }| reporter(&serie, &suites, unites),
        ))
    }

    /// The publication whose codes are the nearest to those shown.
    async fn publication(
        &mut self,
        indicateur: &str,
        maille: Maille,
    ) -> Result<Option<Publication>> {
        if let Some(avance) = self.avance {
            let cle = (indicateur.to_owned(), self.periode.to_owned(), maille);
            let lue = avance.publications.get(&cle).cloned();
            self.millesimes.extend(
                lue.iter()
                    .map(|lue| lue.millesime)
                    .filter(|lu| !self.millesimes.contains(lu))
                    .collect::<Vec<_>>(),
            );
            return Ok(lue);
        }
        let voulu = self.edition.millesime;
        let jeu: Option<(i32, i16)> = sqlx::query_as(include_str!("sql/choisir_jeu.sql"))
            .bind(indicateur)
            .bind(self.periode)
            .bind(maille)
            .bind(voulu)
            .fetch_optional(&mut *self.connexion)
            .await
            .pour(ACTION)?;
        let mut suites = Suites::new();
        let Some((jeu, millesime)) = jeu else { return Ok(None) };
        if !self.millesimes.contains(&millesime) {
            self.millesimes.push(millesime);
        }
        if millesime != voulu.annee() && maille == Maille::Commune {
            let lignes: Vec<(String, String, Option<f64>)> =
                sqlx::query_as(include_str!("sql/lire_passage.sql"))
                    .bind(voulu)
                    .bind(millesime)
                    .fetch_all(&mut *self.connexion)
                    .await
                    .pour(ACTION)?;
            for (ancien, nouveau, part) in lignes {
                let part = part.map_or(Part::Inconnue, Part::Sue);
                suites.entry(ancien).or_default().push((nouveau, part));
            }
            if let Some(cle) = self.cle {
                repartir(&mut suites, &cle.valeurs);
            }
        }
        let serie = Jeu::lire(self.connexion, jeu).await?.serie();
        Ok(Some(Publication { serie, suites, millesime }))
    }
}

/// Publications of many indicators, read together for some units: one question where each indicator would have several,
/// of the whole country.
#[derive(Default)]
pub struct Avance {
    publications: HashMap<(String, String, Maille), Publication>,
}

#[derive(sqlx::FromRow)]
struct Choisi {
    indicateur: String,
    periode: String,
    maille: Maille,
    jeu: i32,
    millesime: i16,
}

#[derive(sqlx::FromRow)]
struct JeuEnPartie {
    jeu: i32,
    #[sqlx(flatten)]
    valeurs: Jeu,
}

impl Avance {
    /// Reads the newest period of each indicator (of both of its parts): of `communes`, and of units of other mailles.
    pub async fn lire(
        connexion: &mut PgConnection,
        edition: Edition,
        indicateurs: &[Indicateur],
        communes: &[String],
        unites: &[Unite],
    ) -> Result<Self> {
        let mut mailles = vec![Maille::Commune];
        mailles.extend(
            unites.iter().map(|unite| unite.maille).filter(|maille| *maille != Maille::Commune),
        );
        let voulus: Vec<(&str, &str, Maille)> = indicateurs
            .iter()
            .filter_map(|indicateur| Some((indicateur, indicateur.periodes.first()?)))
            .flat_map(|(indicateur, periode)| {
                let parts = match (&indicateur.numerateur, &indicateur.denominateur) {
                    (Some(haut), Some(bas)) => vec![haut, bas],
                    _ => vec![&indicateur.code],
                };
                parts.into_iter().map(move |code| (code.as_str(), periode.as_str()))
            })
            .flat_map(|(code, periode)| mailles.iter().map(move |maille| (code, periode, *maille)))
            .collect();
        let choisis: Vec<Choisi> = sqlx::query_as(include_str!("sql/choisir_jeux.sql"))
            .bind(voulus.iter().map(|voulu| voulu.0).collect::<Vec<_>>())
            .bind(voulus.iter().map(|voulu| voulu.1).collect::<Vec<_>>())
            .bind(voulus.iter().map(|voulu| voulu.2).collect::<Vec<_>>())
            .bind(edition.millesime)
            .fetch_all(&mut *connexion)
            .await
            .pour(ACTION)?;
        let mut suites: HashMap<i16, Suites> = HashMap::new();
        for choisi in choisis.iter().filter(|choisi| choisi.maille == Maille::Commune) {
            if choisi.millesime != edition.millesime.annee()
                && !suites.contains_key(&choisi.millesime)
            {
                let venues = venues(connexion, edition, choisi.millesime, communes).await?;
                suites.insert(choisi.millesime, venues);
            }
        }
        let mut codes: Vec<&str> = communes.iter().map(String::as_str).collect();
        codes.extend(unites.iter().map(|unite| unite.code.as_str()));
        codes.extend(suites.values().flat_map(HashMap::keys).map(String::as_str));
        codes.sort_unstable();
        codes.dedup();
        let lus: Vec<JeuEnPartie> = sqlx::query_as(REQUETE)
            .bind(choisis.iter().map(|choisi| choisi.jeu).collect::<Vec<_>>())
            .bind(codes)
            .fetch_all(connexion)
            .await
            .pour(ACTION)?;
        let mut series: HashMap<i32, Serie> =
            lus.into_iter().map(|lu| (lu.jeu, lu.valeurs.serie())).collect();
        let publications = choisis
            .into_iter()
            .map(|Choisi { indicateur, periode, maille, jeu, millesime }| {
                let vide = Serie { codes: Vec::new(), valeurs: Vec::new() };
                let publication = Publication {
                    serie: series.remove(&jeu).unwrap_or(vide),
                    suites: match maille {
                        Maille::Commune => suites.get(&millesime).cloned().unwrap_or_default(),
                        _ => Suites::new(),
                    },
                    millesime,
                };
                ((indicateur, periode, maille), publication)
            })
            .collect();
        Ok(Self { publications })
    }
}

/// What the codes of a millésime that come to some communes of an edition are in it.
async fn venues(
    connexion: &mut PgConnection,
    edition: Edition,
    millesime: i16,
    communes: &[String],
) -> Result<Suites> {
    let lignes: Vec<(String, String, Option<f64>)> =
        sqlx::query_as(include_str!("sql/lire_passage_vers.sql"))
            .bind(edition.millesime)
            .bind(millesime)
            .bind(communes)
            .fetch_all(connexion)
            .await
            .pour(ACTION)?;
    let mut suites = Suites::new();
    for (ancien, nouveau, part) in lignes {
        let part = part.map_or(Part::Inconnue, Part::Sue);
        suites.entry(ancien).or_default().push((nouveau, part));
    }
    Ok(suites)
}

/// Both parts of a ratio, each commune with both or neither: in the codes that they were published in
/// when these are the same, else once both are in those shown.
fn apparies(haut: Publication, bas: Publication, unites: &Appartenance) -> [(Serie, Suites); 2] {
    if haut.millesime == bas.millesime {
        let (numerateurs, denominateurs) = apparier(haut.serie, bas.serie);
        return [(numerateurs, haut.suites), (denominateurs, bas.suites)];
    }
    let communes = unites.par_commune();
    let [haut, bas] = [haut, bas].map(|Publication { serie, suites, .. }| Serie {
        valeurs: additionner(&serie, &suites, &communes, false),
        codes: communes.unites.clone(),
    });
    let (numerateurs, denominateurs) = apparier(haut, bas);
    [(numerateurs, Suites::new()), (denominateurs, Suites::new())]
}

#[derive(sqlx::FromRow)]
struct Jeu {
    codes: Vec<String>,
    valeurs: Vec<Option<f64>>,
    secrets: Vec<String>,
    sans_objet: Vec<String>,
}

impl Jeu {
    async fn lire(connexion: &mut PgConnection, jeu: i32) -> Result<Self> {
        sqlx::query_as(include_str!("sql/lire_jeu.sql"))
            .bind(jeu)
            .fetch_one(connexion)
            .await
            .pour(ACTION)
    }

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
