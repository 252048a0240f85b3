//! `/geo`: the calls of geo.api.gouv.fr (API Découpage administratif, api-geo) that programs already make, answered
//! from the editions, and of any millésime. A program changes its base address, and nothing else.
//!
//! That is why this family alone keeps names that are not ours: keys in `camelCase`, `fields` and `limit` for
//! parameters, bare arrays without millésime nor sources. The millésime is said by the header `millesime`.
//!
//! As api-geo does: default fields, `nom` and `code` always there, a field without value or that does not exist left
//! out, `_score` with a name, 404 for a code that is not there, `[]` when nothing answers, 400 for contours or
//! GeoJSON of all communes, a slash at the end of the address forgiven.
//!
//! Otherwise, and why:
//! - `millesime=` answers of a former year; unless told, the newest that has contours.
//! - A parameter that does not exist, half a point, a format, a geometry or a zone that means nothing is refused in
//!   French (400): api-geo ignores it, and answers another question. Errors are problems (RFC 9457).
//! - A commune that is no more is a 404 that says what it became.
//! - `nom` forgives more (articles, « St », apostrophes, spelling when no name has the words); scores are between 0
//!   and 1 but are not api-geo's, nor is the order of names that score alike.
//! - Arrondissements municipaux, communes associées and déléguées, `mairie` and `financement` are not there: no
//!   source that is loaded gives them. `zone=metro` alone does not open contours of the whole country.
//! - Départements and régions have `population`, `surface`, `centre`, `bbox`, `contour` and GeoJSON too.
//! - Features have their geometry wound and null as RFC 7946 says. Contours are those of the files that were loaded,
//!   for communes; those of EPCI, départements and régions are drawn on a grid of 2 m, and within 20 m when the
//!   files are finer. Surfaces are geodesic, in hectares, of these contours.
//! - Names of EPCI are those of the file: « Communauté de communes … », not « CC … ».

mod absence;
mod forme;
mod question;

use std::pin::Pin;

use axum::extract::{FromRef, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use sqlx::{PgConnection, PgPool};

use crate::comptes::Principal;
use crate::http::{CORPS_MAX, Chemin, Operation, Parametres, Probleme, Reponse, Routes};
use crate::territoires::{Edition, Maille, Millesime};
use forme::Forme;
use question::Question;

/// Parameters of the answer about one unit.
const D_UNE: [&str; 4] = ["fields", "format", "geometry", "millesime"];
/// Of the list of what is within another.
const D_UN_LIEU: [&str; 5] = ["fields", "format", "geometry", "limit", "millesime"];
/// Of each of the four lists.
const DES_COMMUNES: [&str; 17] = [
    "nom",
    "boost",
    "code",
    "codePostal",
    "siren",
    "codeEpci",
    "codeDepartement",
    "codeRegion",
    "zone",
    "type",
    "lat",
    "lon",
    "fields",
    "format",
    "geometry",
    "limit",
    "millesime",
];
const DES_EPCI: [&str; 11] = [
    "nom",
    "boost",
    "code",
    "codeDepartement",
    "codeRegion",
    "zone",
    "fields",
    "format",
    "geometry",
    "limit",
    "millesime",
];
const DES_DEPARTEMENTS: [&str; 10] = [
    "nom",
    "boost",
    "code",
    "codeRegion",
    "zone",
    "fields",
    "format",
    "geometry",
    "limit",
    "millesime",
];
const DES_REGIONS: [&str; 9] =
    ["nom", "boost", "code", "zone", "fields", "format", "geometry", "limit", "millesime"];

pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    use Maille::{Commune, Departement, Epci, Region};
    let operation = |chemin, resume, parametres: &[&'static str], exemple| {
        Operation::nouvelle(chemin, resume, parametres, exemple).barre_finale()
    };
    Routes::nouvelles()
        .avec(
            operation(
                "/geo/communes",
                "Les appels de geo.api.gouv.fr : les communes, par nom, code, code postal ou point. Mêmes champs et \
                 mêmes formes, et le millésime en plus ; ce qui n'existe pas est refusé au lieu d'être ignoré. Sans \
                 arrondissements municipaux, communes déléguées ni mairies ; les scores ne sont pas les mêmes.",
                &DES_COMMUNES,
                "/geo/communes?nom=saillans&boost=population&limit=5",
            ),
            lister(Commune),
        )
        .avec(
            operation(
                "/geo/communes/{code}",
                "Comme geo.api.gouv.fr : une commune ; si elle n'existe plus, la réponse 404 dit ce qu'elle est devenue.",
                &D_UNE,
                "/geo/communes/26001",
            ),
            lire(Commune),
        )
        .avec(
            operation(
                "/geo/epcis",
                "Comme geo.api.gouv.fr : les intercommunalités à fiscalité propre.",
                &DES_EPCI,
                "/geo/epcis?codeDepartement=26",
            ),
            lister(Epci),
        )
        .avec(
            operation(
                "/geo/epcis/{code}",
                "Comme geo.api.gouv.fr : une intercommunalité.",
                &D_UNE,
                "/geo/epcis/200040459",
            ),
            lire(Epci),
        )
        .avec(
            operation(
                "/geo/epcis/{code}/communes",
                "Comme geo.api.gouv.fr : les communes d'une intercommunalité.",
                &D_UN_LIEU,
                "/geo/epcis/200040459/communes",
            ),
            detailler(Epci, Commune),
        )
        .avec(
            operation(
                "/geo/departements",
                "Comme geo.api.gouv.fr : les départements, avec leur contour si on le demande.",
                &DES_DEPARTEMENTS,
                "/geo/departements?codeRegion=84",
            ),
            lister(Departement),
        )
        .avec(
            operation(
                "/geo/departements/{code}",
                "Comme geo.api.gouv.fr : un département.",
                &D_UNE,
                "/geo/departements/26",
            ),
            lire(Departement),
        )
        .avec(
            operation(
                "/geo/departements/{code}/communes",
                "Comme geo.api.gouv.fr : les communes d'un département.",
                &D_UN_LIEU,
                "/geo/departements/26/communes",
            ),
            detailler(Departement, Commune),
        )
        .avec(
            operation(
                "/geo/regions",
                "Comme geo.api.gouv.fr : les régions, avec leur contour si on le demande.",
                &DES_REGIONS,
                "/geo/regions",
            ),
            lister(Region),
        )
        .avec(
            operation(
                "/geo/regions/{code}",
                "Comme geo.api.gouv.fr : une région.",
                &D_UNE,
                "/geo/regions/84",
            ),
            lire(Region),
        )
        .avec(
            operation(
                "/geo/regions/{code}/departements",
                "Comme geo.api.gouv.fr : les départements d'une région.",
                &D_UN_LIEU,
                "/geo/regions/84/departements",
            ),
            detailler(Region, Departement),
        )
}

/// What a handler that knows its maille gives back.
type Reponses = Pin<Box<dyn Future<Output = Reponse<Response>> + Send>>;

/// The units of a maille that the criteria keep.
fn lister(
    maille: Maille,
) -> impl Fn(State<PgPool>, Principal, Parametres) -> Reponses + Clone + Send + Sync + 'static {
    move |State(piscine), principal, parametres| {
        Box::pin(async move {
            let forme = Forme::lire(&parametres, maille)?;
            let mut question = Question::lire(maille, &parametres)?;
            let millesime = parametres.lire::<Millesime>("millesime")?;
            let point = point(&parametres)?;
            if maille == Maille::Commune && forme.dessine() && point.is_none() && question.partout()
            {
                return Err(Probleme::demande(
                    "Les contours et le GeoJSON ne se donnent pas pour toutes les communes à la fois. Précisez où : \
                     codeRegion, codeDepartement, codeEpci, codePostal, nom, ou lat et lon.",
                ));
            }
            let mut transaction = principal.transaction(&piscine).await?;
            let edition = match point {
                Some(_) => Edition::avec_contours(&mut transaction, millesime).await?,
                None => Edition::demandee(&mut transaction, millesime).await?,
            };
            if let Some(point) = point {
                question.au_point(&mut transaction, edition, point).await?;
            }
            repondre(&mut transaction, edition, &question, &forme).await
        })
    }
}

/// One unit.
fn lire(
    maille: Maille,
) -> impl Fn(State<PgPool>, Principal, Chemin<String>, Parametres) -> Reponses
+ Clone
+ Send
+ Sync
+ 'static {
    move |State(piscine), principal, Chemin(code), parametres| {
        Box::pin(async move {
            let forme = Forme::lire(&parametres, maille)?;
            let millesime = parametres.lire::<Millesime>("millesime")?;
            let mut transaction = principal.transaction(&piscine).await?;
            let edition = Edition::demandee(&mut transaction, millesime).await?;
            let code = absence::exiger(&mut transaction, edition, maille, &code).await?;
            let question = Question::seule(maille, code);
            let objet = question.poser(&mut transaction, edition, &forme).await?;
            envoyer(edition, objet.unwrap_or_default())
        })
    }
}

/// The units of a maille that are in one of another.
fn detailler(
    lieu: Maille,
    maille: Maille,
) -> impl Fn(State<PgPool>, Principal, Chemin<String>, Parametres) -> Reponses
+ Clone
+ Send
+ Sync
+ 'static {
    move |State(piscine), principal, Chemin(code), parametres| {
        Box::pin(async move {
            let forme = Forme::lire(&parametres, maille)?;
            let millesime = parametres.lire::<Millesime>("millesime")?;
            let mut question = Question::sur(maille).limitee(&parametres)?;
            let mut transaction = principal.transaction(&piscine).await?;
            let edition = Edition::demandee(&mut transaction, millesime).await?;
            let code = Some(absence::exiger(&mut transaction, edition, lieu, &code).await?);
            match lieu {
                Maille::Epci => question.epci = code,
                Maille::Departement => question.departement = code,
                _ => question.region = code,
            }
            repondre(&mut transaction, edition, &question, &forme).await
        })
    }
}

/// Longitude and latitude, in degrees, which go together.
fn point(parametres: &Parametres) -> Reponse<Option<[f64; 2]>> {
    let lon = parametres.nombre("lon", -180.0..=180.0)?;
    let lat = parametres.nombre("lat", -90.0..=90.0)?;
    match (lon, lat) {
        (None, None) => Ok(None),
        (Some(lon), Some(lat)) => Ok(Some([lon, lat])),
        _ => {
            Err(Probleme::demande("Un point a une longitude et une latitude : donnez lon et lat."))
        }
    }
}

async fn repondre(
    connexion: &mut PgConnection,
    edition: Edition,
    question: &Question<'_>,
    forme: &Forme,
) -> Reponse<Response> {
    let objets = question.poser(connexion, edition, forme).await?;
    envoyer(edition, forme.liste(&objets.unwrap_or_default()))
}

/// The answer, which says its millésime where api-geo's readers do not look.
fn envoyer(edition: Edition, corps: String) -> Reponse<Response> {
    if corps.len() > CORPS_MAX {
        return Err(Probleme::demande(format!(
            "La réponse dépasserait {} Mio. Limitez-la à un département, ou à moins de champs.",
            CORPS_MAX >> 20
        )));
    }
    let entetes = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8".to_owned()),
        (HeaderName::from_static("millesime"), edition.millesime.to_string()),
    ];
    Ok((entetes, corps).into_response())
}
