//! The collections that there are, read from the database: views and their comments, indicators and their mailles.

use sqlx::PgConnection;

use super::cql::GEOMETRIE;
use crate::error::{Contexte, Error, Result};
use crate::indicateurs::Indicateur;
use crate::territoires::{Maille, SourceDeDonnees};

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Genre {
    Texte,
    Entier,
    Decimal,
    Date,
    Booleen,
}

/// What the features of a collection are drawn as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Geometrie {
    Points,
    Surfaces,
}

/// A field of the features.
#[derive(Debug, Clone)]
pub struct Champ {
    pub nom: String,
    pub genre: Genre,
    /// French heading.
    pub titre: String,
    pub description: Option<String>,
}

/// What the features of a collection are, and so what a date asks of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sujet {
    /// Units: a date is that of their millésime.
    Unites(Maille),
    /// What zones and demandes say of communes: a date is that of the year.
    Couverture,
    /// Values of an indicator: a date is that of the period.
    Valeurs { indicateur: String, maille: Maille },
    /// Rows from one day to another.
    Periodes,
    /// Rows of one day.
    Jours,
    /// Rows without date.
    Intemporel,
}

#[derive(Debug, Clone)]
pub struct Collection {
    pub id: String,
    pub titre: String,
    pub description: String,
    /// Without the geometry; `id` is the first.
    pub champs: Vec<Champ>,
    pub geometrie: Option<Geometrie>,
    pub sujet: Sujet,
    /// Of an indicator: its source, its licence, its site.
    pub source: Option<(String, String, Option<String>)>,
}

/// All of them.
#[derive(Debug, Clone)]
pub struct Catalogue {
    pub collections: Vec<Collection>,
}

#[derive(sqlx::FromRow)]
struct Vue {
    nom: String,
    description: String,
    champs: Vec<String>,
    libelles: Vec<String>,
    genres: Vec<String>,
}

impl Catalogue {
    pub async fn lire(connexion: &mut PgConnection) -> Result<Self> {
        let vues: Vec<Vue> = sqlx::query_as(include_str!("sql/lire_collections.sql"))
            .fetch_all(&mut *connexion)
            .await
            .pour("lecture des collections")?;
        let (valeurs, vues): (Vec<_>, Vec<_>) =
            vues.into_iter().map(Vue::collection).partition(|vue| vue.id == "valeurs");
        let mut collections = vues;
        let mesures: Vec<(String, Maille)> =
            sqlx::query_as("select distinct indicateur, maille from jeu")
                .fetch_all(&mut *connexion)
                .await
                .pour("lecture des mailles des indicateurs")?;
        for indicateur in Indicateur::tous(connexion).await? {
            // A ratio is measured where its parts are.
            let code = indicateur.numerateur.as_ref().unwrap_or(&indicateur.code);
            let mesure = |maille| mesures.contains(&(code.clone(), maille));
            // What adds up, and was measured by commune, is known of the larger units.
            let connu =
                |maille| mesure(maille) || (indicateur.se_repartit() && mesure(Maille::Commune));
            let mailles = Maille::TOUTES.into_iter().filter(|maille| connu(*maille));
            collections.extend(
                mailles
                    .flat_map(|maille| valeurs.iter().map(move |vue| (vue, maille)))
                    .map(|(vue, maille)| vue.d_un_indicateur(&indicateur, maille)),
            );
        }
        Ok(Self { collections })
    }

    /// The one that an address names.
    pub fn trouver(&self, id: &str) -> Result<&Collection> {
        self.collections.iter().find(|collection| collection.id == id).ok_or_else(|| {
            Error::Introuvable(format!(
                "La collection « {id} » n'existe pas. Celles qui existent sont listées à /ogc/collections."
            ))
        })
    }
}

impl Vue {
    fn collection(self) -> Collection {
        let (titre, description) =
            self.description.split_once('\n').unwrap_or((&self.description, ""));
        let geometrie =
            self.genres.iter().find(|genre| genre.starts_with("geometry")).map(|genre| match genre
                .contains("Point")
            {
                true => Geometrie::Points,
                false => Geometrie::Surfaces,
            });
        let champs: Vec<Champ> = self
            .champs
            .into_iter()
            .zip(self.libelles)
            .zip(self.genres)
            .filter_map(|((nom, libelle), genre)| Champ::nouveau(nom, &libelle, &genre))
            .collect();
        let a = |nom: &str| champs.iter().any(|champ| champ.nom == nom);
        let sujet = match self.nom.as_str() {
            "communes" => Sujet::Unites(Maille::Commune),
            "epci" => Sujet::Unites(Maille::Epci),
            "departements" => Sujet::Unites(Maille::Departement),
            "regions" => Sujet::Unites(Maille::Region),
            "couverture" => Sujet::Couverture,
            _ if a("debut") && a("fin") => Sujet::Periodes,
            _ if a("date") => Sujet::Jours,
            _ => Sujet::Intemporel,
        };
        Collection {
            titre: titre.to_owned(),
            description: description.to_owned(),
            id: self.nom,
            champs,
            geometrie,
            sujet,
            source: None,
        }
    }
}

impl Champ {
    /// None for the geometry.
    fn nouveau(nom: String, libelle: &str, genre: &str) -> Option<Self> {
        let genre = match genre {
            "smallint" | "integer" | "bigint" => Genre::Entier,
            "double precision" | "numeric" | "real" => Genre::Decimal,
            "date" => Genre::Date,
            "boolean" => Genre::Booleen,
            geometrie if geometrie.starts_with("geometry") => return None,
            _ => Genre::Texte,
        };
        let (titre, description) = match libelle.split_once(" : ") {
            Some((titre, description)) => (titre, Some(description.to_owned())),
            None => (libelle, None),
        };
        Some(Self { nom, genre, titre: titre.to_owned(), description })
    }
}

impl Collection {
    /// What an indicator says of the units of a maille.
    fn d_un_indicateur(&self, indicateur: &Indicateur, maille: Maille) -> Self {
        let unites = match maille {
            Maille::Commune => "communes",
            Maille::Epci => "EPCI",
            Maille::Departement => "départements",
            _ => "régions",
        };
        let unite = indicateur.unite.as_deref().map(|unite| format!(" Unité : {unite}."));
        Self {
            id: format!("{}-{}", indicateur.code, maille.as_str()),
            titre: format!("{} : {unites}", indicateur.libelle),
            description: format!(
                "{}{} Périodes : {}.",
                indicateur.description.as_deref().unwrap_or_default(),
                unite.as_deref().unwrap_or_default(),
                indicateur.periodes.join(", ")
            ),
            sujet: Sujet::Valeurs { indicateur: indicateur.code.clone(), maille },
            source: Some((
                indicateur.source.clone(),
                indicateur.licence.clone(),
                indicateur.site.clone(),
            )),
            ..self.clone()
        }
    }

    /// The field of a name, or what to write instead.
    pub fn champ(&self, nom: &str) -> Result<&Champ> {
        self.champs.iter().find(|champ| champ.nom == nom).ok_or_else(|| {
            let connus: Vec<&str> = self.champs.iter().map(|champ| champ.nom.as_str()).collect();
            let dessin = match self.geometrie {
                Some(_) => format!(" Dans un filtre, la géométrie s'appelle {GEOMETRIE}."),
                None => String::new(),
            };
            Error::Demande(format!(
                "« {nom} » n'est pas une propriété de la collection « {} ». Propriétés : {}.{dessin}",
                self.id,
                connus.join(", ")
            ))
        })
    }

    /// Whether a layer of tiles of the same name shows it.
    pub fn en_tuiles(&self) -> bool {
        !matches!(self.sujet, Sujet::Valeurs { .. }) && self.geometrie.is_some()
    }

    /// Whether a date may be asked of its features.
    pub fn datee(&self) -> bool {
        self.sujet != Sujet::Intemporel
    }

    /// The identifier of its features, as SQL compares it.
    pub(super) fn genre_de_l_id(&self) -> Genre {
        self.champs.first().map_or(Genre::Texte, |champ| champ.genre)
    }
}

/// Who is to be credited: the sources of the contours, then the collection's own.
pub fn attributions(collection: &Collection, sources: &[SourceDeDonnees]) -> Vec<String> {
    let propre = collection.source.iter().map(|(nom, licence, _)| format!("{nom} ({licence})"));
    sources.iter().map(SourceDeDonnees::mention).chain(propre).collect()
}
