//! What is asked of a collection: where, when, which features, which fields, in what order, how many.

use std::ops::Range;

use sqlx::{Postgres, QueryBuilder};

use super::catalogue::{Champ, Collection, Genre, Sujet};
use super::cql::{Filtre, Langue};
use super::crs::Crs;
use super::dates::{Intervalle, jour};
use super::releve::Choix;
use crate::error::{Error, Result};
use crate::http::Parametres;

/// Features in a page when the question does not say, and at most.
pub const LIMITE: i64 = 100;
pub const LIMITE_MAX: i64 = 10_000;

/// Parameters that are not properties.
pub const PARAMETRES: [&str; 14] = [
    "apres",
    "avant",
    "bbox",
    "bbox-crs",
    "crs",
    "datetime",
    "f",
    "filter",
    "filter-crs",
    "filter-lang",
    "limit",
    "offset",
    "properties",
    "sortby",
];

/// Web Mercator has no pole.
const LATITUDE_MAX: f64 = 85.051_128;

/// A box, in a system of its own: least and greatest of both axes, easting or longitude first. A box of degrees whose
/// west is east of its east crosses the antimeridian.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Enveloppe {
    bornes: [f64; 4],
    crs: Crs,
}

/// The page that is asked for, by what comes before or after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Depart {
    /// After an identifier.
    Apres(String),
    /// Before one.
    Avant(String),
    /// After so many features.
    Rang(i64),
}

#[derive(Debug, Clone)]
pub struct Question {
    pub crs: Crs,
    pub dates: Option<Intervalle>,
    /// How many features, when it says.
    pub limite: Option<i64>,
    pub depart: Depart,
    /// Fields to give, in the order of the collection; all when nothing is said.
    pub champs: Vec<Champ>,
    enveloppe: Option<Enveloppe>,
    filtre: Option<Filtre>,
    egalites: Vec<(Champ, String)>,
    /// Fields, and whether from the greatest.
    tri: Vec<(Champ, bool)>,
}

impl Enveloppe {
    /// `bornes` as they come: four numbers, or six with heights, which are left aside; in the order of axes of `crs`.
    pub fn nouvelle(bornes: &[f64], crs: Crs) -> Result<Self> {
        let plates = match *bornes {
            [a, b, c, d] | [a, b, _, c, d, _] => [a, b, c, d],
            _ => {
                return Err(Error::Demande(
                    "Une emprise (bbox) a quatre nombres : ouest,sud,est,nord.".into(),
                ));
            }
        };
        let [ouest, sud, est, nord] = match (crs.latitude_d_abord(), plates) {
            (true, [sud, ouest, nord, est]) => [ouest, sud, est, nord],
            (false, plates) => plates,
        };
        let degres = crs.en_degres();
        let hors =
            degres && (ouest.abs().max(est.abs()) > 180.0 || sud.abs().max(nord.abs()) > 90.0);
        if !plates.iter().all(|borne| borne.is_finite())
            || sud > nord
            || (!degres && ouest > est)
            || hors
        {
            return Err(Error::Demande(
                "L'emprise (bbox) n'est pas possible : le sud doit être sous le nord, et les nombres dans le \
                 système de coordonnées annoncé (par défaut, longitude et latitude en degrés)."
                    .into(),
            ));
        }
        let borner = |lat: f64| if degres { lat.clamp(-LATITUDE_MAX, LATITUDE_MAX) } else { lat };
        Ok(Self { bornes: [ouest, borner(sud), est, borner(nord)], crs })
    }

    fn lire(texte: &str, crs: Crs) -> Result<Self> {
        let bornes: Option<Vec<f64>> =
            texte.split(',').map(|borne| borne.trim().parse().ok()).collect();
        Self::nouvelle(&bornes.unwrap_or_default(), crs)
    }

    /// Adds the geometry of the box, in the system of storage, to a statement.
    pub fn ecrire(self, requete: &mut QueryBuilder<Postgres>) {
        let [ouest, sud, est, nord] = self.bornes;
        if ouest <= est {
            return self.morceau([ouest, sud, est, nord], requete);
        }
        requete.push("st_collect(");
        self.morceau([ouest, sud, 180.0, nord], requete);
        requete.push(", ");
        self.morceau([-180.0, sud, est, nord], requete);
        requete.push(")");
    }

    /// Sides are cut small: a straight line of a projection is not one of another.
    fn morceau(self, bornes: [f64; 4], requete: &mut QueryBuilder<Postgres>) {
        let [ouest, sud, est, nord] = bornes;
        let pas = ((est - ouest).max(nord - sud) / 32.0).max(f64::EPSILON);
        requete.push("st_transform(st_segmentize(st_makeenvelope(");
        for borne in bornes {
            requete.push_bind(borne);
            requete.push(", ");
        }
        requete.push(format!("{}), ", self.crs.srid()));
        requete.push_bind(pas);
        requete.push("), 3857)");
    }
}

impl Question {
    pub fn lire(collection: &Collection, parametres: &Parametres) -> Result<Self> {
        let crs = |nom: &str| match parametres.texte(nom) {
            Some(texte) => Crs::lire(texte, nom),
            None => Ok(Crs::default()),
        };
        let egalites: Vec<(Champ, String)> = parametres
            .iter()
            .filter(|(nom, _)| !PARAMETRES.contains(nom))
            .map(|(nom, valeur)| match collection.champ(nom) {
                Ok(champ) => Ok((champ.clone(), valeur.to_owned())),
                Err(_) => Err(inconnu(collection, nom)),
            })
            .collect::<Result<_>>()?;
        let bbox_crs = crs("bbox-crs")?;
        let enveloppe = parametres
            .texte("bbox")
            .map(|texte| Enveloppe::lire(texte, bbox_crs))
            .transpose()?
            .filter(|_| collection.geometrie.is_some());
        // They are read even when there is no filter: what makes no sense is refused.
        let langue: Langue = parametres.texte("filter-lang").unwrap_or_default().parse()?;
        let filter_crs = crs("filter-crs")?;
        let filtre = parametres
            .texte("filter")
            .map(|texte| Filtre::lire(texte, langue, filter_crs))
            .transpose()?;
        let dates = parametres.texte("datetime").map(Intervalle::lire).transpose()?;
        Ok(Self {
            crs: crs("crs")?,
            dates: dates.filter(|_| collection.datee()),
            limite: entier(parametres, "limit", 1, i64::MAX)?,
            depart: Self::depart(collection, parametres)?,
            champs: Self::champs(collection, parametres.texte("properties"))?,
            enveloppe,
            filtre,
            egalites,
            tri: Self::tri(collection, parametres.texte("sortby"))?,
        })
    }

    fn depart(collection: &Collection, parametres: &Parametres) -> Result<Depart> {
        let repere = |nom: &str| match parametres.texte(nom) {
            Some(id)
                if collection.genre_de_l_id() == Genre::Entier && id.parse::<i64>().is_err() =>
            {
                Err(Error::Demande(format!(
                    "Le paramètre « {nom} » doit être l'identifiant d'un objet : un nombre entier."
                )))
            }
            autre => Ok(autre.map(str::to_owned)),
        };
        let rang = entier(parametres, "offset", 0, i64::from(i32::MAX))?;
        match (repere("apres")?, repere("avant")?, rang, parametres.texte("sortby")) {
            (Some(id), None, None, None) => Ok(Depart::Apres(id)),
            (None, Some(id), None, None) => Ok(Depart::Avant(id)),
            (None, None, rang, _) => Ok(Depart::Rang(rang.unwrap_or_default())),
            _ => Err(Error::Demande(
                "« apres » et « avant » sont donnés par les liens d'une page à l'autre : seuls, et sans sortby. Avec \
                 un tri, utilisez offset."
                    .into(),
            )),
        }
    }

    fn champs(collection: &Collection, texte: Option<&str>) -> Result<Vec<Champ>> {
        let Some(texte) = texte else { return Ok(collection.champs.clone()) };
        let voulus: Vec<&str> =
            texte.split(',').map(str::trim).filter(|nom| !nom.is_empty()).collect();
        for nom in &voulus {
            collection.champ(nom)?;
        }
        let gardes = |champ: &&Champ| voulus.contains(&champ.nom.as_str());
        Ok(collection.champs.iter().filter(gardes).cloned().collect())
    }

    fn tri(collection: &Collection, texte: Option<&str>) -> Result<Vec<(Champ, bool)>> {
        texte
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|nom| !nom.is_empty())
            .map(|nom| {
                let champ = collection.champ(nom.trim_start_matches(['+', '-']).trim())?;
                Ok((champ.clone(), nom.starts_with('-')))
            })
            .collect()
    }

    /// Adds what features must be to a statement that reads them as `o`.
    pub(super) fn conditions(
        &self,
        collection: &Collection,
        requete: &mut QueryBuilder<Postgres>,
    ) -> Result<()> {
        requete.push(" where true");
        if let Some(enveloppe) = self.enveloppe {
            // What is nowhere is in any box (OGC 17-069r4, /req/core/fc-bbox-response).
            requete.push(" and (o.geometrie is null or st_intersects(o.geometrie, ");
            enveloppe.ecrire(requete);
            requete.push("))");
        }
        if let Some(dates) = self.dates {
            match collection.sujet {
                Sujet::Jours => borner(requete, "o.date", "o.date", dates),
                Sujet::Periodes => {
                    borner(requete, "o.debut", "coalesce(o.fin, 'infinity')", dates);
                }
                // What is read is already of that date.
                _ => {}
            }
        }
        for (champ, valeur) in &self.egalites {
            requete.push(format!(" and o.\"{}\" = ", champ.nom));
            lier(requete, champ, valeur)?;
        }
        if let Some(filtre) = &self.filtre {
            requete.push(" and ");
            filtre.ecrire(collection, requete)?;
        }
        Ok(())
    }

    /// Adds the order, which leaves no two features equal.
    pub(super) fn ordre(&self, requete: &mut QueryBuilder<Postgres>) {
        requete.push(" order by ");
        for (champ, decroissant) in &self.tri {
            let sens = if *decroissant { "desc nulls last" } else { "asc nulls last" };
            requete.push(format!("o.\"{}\" {sens}, ", champ.nom));
        }
        requete.push(if matches!(self.depart, Depart::Avant(_)) { "o.id desc" } else { "o.id" });
    }

    /// How many features a page has.
    pub(super) fn page(&self) -> i64 {
        self.limite.unwrap_or(LIMITE).min(LIMITE_MAX)
    }

    /// Where the features that are to be read stand among all those of some identifiers, which are in order.
    pub(super) fn tranche(&self, ids: &[String], choix: Choix<'_>) -> Range<usize> {
        let tous = 0..ids.len();
        let page = usize::try_from(self.page()).unwrap_or(usize::MAX).saturating_add(1);
        // What a filter leaves out is not known here.
        let libre = self.enveloppe.is_none() && self.filtre.is_none() && self.egalites.is_empty();
        match (choix, &self.depart) {
            (Choix::Un(id), _) => match ids.binary_search_by(|connu| connu.as_str().cmp(id)) {
                Ok(rang) => rang..rang + 1,
                Err(_) => 0..0,
            },
            (Choix::Page, Depart::Apres(id)) if libre => {
                let debut = ids.partition_point(|connu| connu <= id);
                debut..ids.len().min(debut.saturating_add(page))
            }
            (Choix::Page, Depart::Avant(id)) if libre => {
                let fin = ids.partition_point(|connu| connu < id);
                fin.saturating_sub(page)..fin
            }
            (Choix::Page, Depart::Rang(0)) if libre && !self.trie() => 0..ids.len().min(page),
            _ => tous,
        }
    }

    /// Whether it asks for an order of its own.
    pub(super) fn trie(&self) -> bool {
        !self.tri.is_empty()
    }

    /// What is asked, without what only says which page of the answer, and how it is written.
    pub fn signature(parametres: &Parametres) -> String {
        const PAGE: [&str; 9] =
            ["apres", "avant", "crs", "f", "limit", "offset", "properties", "sortby", "v"];
        let gardes: Vec<String> = parametres
            .iter()
            .filter(|(nom, _)| !PAGE.contains(nom))
            .map(|(nom, valeur)| format!("{nom}={valeur}"))
            .collect();
        gardes.join("\0")
    }
}

/// Adds that rows from one day to another have a day of an interval.
fn borner(requete: &mut QueryBuilder<Postgres>, premier: &str, dernier: &str, dates: Intervalle) {
    if let Some(au) = dates.au {
        requete.push(format!(" and {premier} <= "));
        requete.push_bind(au);
    }
    if let Some(du) = dates.du {
        requete.push(format!(" and {dernier} >= "));
        requete.push_bind(du);
    }
}

/// Binds a value that is compared with a field, as what the field holds.
fn lier(requete: &mut QueryBuilder<Postgres>, champ: &Champ, valeur: &str) -> Result<()> {
    let faux = |attendu: &str| {
        Error::Demande(format!("Le paramètre « {} » doit être {attendu}.", champ.nom))
    };
    match champ.genre {
        Genre::Texte => requete.push_bind(valeur.to_owned()),
        Genre::Entier => {
            requete.push_bind(valeur.parse::<i64>().map_err(|_| faux("un nombre entier"))?)
        }
        Genre::Decimal => requete.push_bind(valeur.parse::<f64>().map_err(|_| faux("un nombre"))?),
        Genre::Date => {
            requete.push_bind(jour(valeur).ok_or_else(|| faux("une date, comme 2019-01-01"))?)
        }
        Genre::Booleen => {
            requete.push_bind(valeur.parse::<bool>().map_err(|_| faux("true ou false"))?)
        }
    };
    Ok(())
}

fn entier(parametres: &Parametres, nom: &str, min: i64, max: i64) -> Result<Option<i64>> {
    parametres
        .texte(nom)
        .map(|texte| {
            texte.parse().ok().filter(|nombre| (min..=max).contains(nombre)).ok_or_else(|| {
                Error::Demande(format!(
                    "Le paramètre « {nom} » doit être un nombre entier, {min} au moins."
                ))
            })
        })
        .transpose()
}

fn inconnu(collection: &Collection, nom: &str) -> Error {
    let proprietes: Vec<&str> = collection.champs.iter().map(|champ| champ.nom.as_str()).collect();
    Error::Demande(format!(
        "Le paramètre « {nom} » n'existe pas ici. Paramètres : {}. Propriétés de la collection, qui se demandent par \
         leur nom : {}.",
        PARAMETRES.join(", "),
        proprietes.join(", ")
    ))
}
