//! Territories: codes, mailles, millésimes, contours; reading official files; the search.

mod bandes;
mod codes;
mod contours;
mod croquis;
mod ewkb;
mod fond;
mod generalisation;
mod geos;
pub mod import;
mod lacunes;
mod lieu;
mod noms;
pub mod passage;
mod pays;
mod petites_echelles;
mod projection;
mod publication;
mod recherche;
mod relecture;
pub mod source;
mod sources;
mod unite;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{FromRef, State};
use serde::Serialize;
use sqlx::PgPool;

use crate::comptes::Principal;
use crate::http::{Chemin, Operation, Parametres, Probleme, Reponse, Routes};

pub use codes::{
    CodeInsee, Maille, Millesime, Siren, Unite, commune_de_l_arrondissement, departement,
    est_arrondissement_municipal,
};
pub use contours::{Contour, contours, contours_incomplets};
pub use croquis::{Croquis, Role, Trace, bande as bande_du_croquis};
pub use fond::{Fond, Forme};
pub use generalisation::bande_servie;
pub use lieu::Lieu;
pub use noms::{Nom, lire as nommer_dans};
pub use projection::{MERCATOR, Projection, WGS84, projection_legale};
pub use recherche::{Nomme, Recherche, Resultat, chercher as rechercher, situer};
pub use sources::{Edition, SourceDeDonnees, sources};
pub use unite::{Ancien, Identite, anciens, lire as identifier_l_unite};

/// Results given when the search does not say how many, and at most.
const LIMITE: i64 = 10;
const LIMITE_MAX: i64 = 100;

pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Routes::nouvelles()
        .avec(
            Operation::nouvelle(
                "/api/territoires",
                "Cherche un territoire par son nom, son code, son code postal ou un point.",
                &["q", "maille", "dans", "millesime", "limite", "lon", "lat"],
                "/api/territoires?q=saillans",
            ),
            chercher,
        )
        .avec(
            Operation::nouvelle(
                "/api/territoires/{maille}",
                "Les codes, les noms et les points d'une maille.",
                &["dans", "millesime"],
                "/api/territoires/epci?dans=departement:26",
            ),
            nommer,
        )
        .avec(
            Operation::nouvelle(
                "/api/territoires/{maille}/{code}",
                "Un territoire : ses parents, ses communes, ses anciens codes.",
                &["millesime"],
                "/api/territoires/commune/26001",
            ),
            lire,
        )
        .avec(
            Operation::nouvelle(
                "/api/passage",
                "Ce que les communes d'un millésime sont devenues dans un autre.",
                &["de", "vers", "dans"],
                "/api/passage?de=2019&dans=departement:26",
            ),
            passer,
        )
}

#[derive(Serialize)]
struct Resultats {
    millesime: Millesime,
    q: Option<String>,
    resultats: Vec<Resultat>,
    suggestion: Option<String>,
    sources: Vec<SourceDeDonnees>,
}

async fn chercher(
    State(piscine): State<PgPool>,
    principal: Principal,
    parametres: Parametres,
) -> Reponse<Json<Resultats>> {
    let maille = Maille::dite(&parametres)?;
    let dans = parametres.lire::<Unite>("dans")?;
    let lon = parametres.nombre("lon", -180.0..=180.0)?;
    let lat = parametres.nombre("lat", -85.0..=85.0)?;
    let limite = parametres.nombre("limite", 1..=LIMITE_MAX)?.unwrap_or(LIMITE);
    let texte = parametres.texte("q");
    let millesime = parametres.lire::<Millesime>("millesime")?;

    let mut transaction = principal.transaction(&piscine).await?;
    let edition = Edition::de(&mut transaction, millesime).await?;
    if let Some(dans) = &dans {
        Lieu::trouver(&mut transaction, edition, dans).await?;
    }
    let mut suggestion = None;
    let resultats = match (texte, lon, lat) {
        (Some(texte), None, None) => {
            let recherche = Recherche { texte, maille, dans: dans.as_ref(), limite };
            let resultats = recherche::chercher(&mut transaction, edition, &recherche).await?;
            if resultats.is_empty() {
                suggestion = recherche::suggerer(&mut transaction, edition, texte).await?;
            }
            resultats
        }
        (None, Some(lon), Some(lat)) => {
            recherche::situer(&mut transaction, edition, lon, lat, maille).await?
        }
        _ => {
            return Err(Probleme::demande(
                "Donnez q (un nom, un code ou un code postal), ou bien lon et lat (un point).",
            ));
        }
    };
    let sources = sources(&mut *transaction, Some(edition.edition)).await?;
    Ok(Json(Resultats {
        millesime: edition.millesime,
        q: texte.map(str::to_owned),
        resultats,
        suggestion,
        sources,
    }))
}

#[derive(Serialize)]
struct Noms {
    millesime: Millesime,
    maille: Maille,
    dans: Option<Unite>,
    unites: BTreeMap<String, Nom>,
}

/// Like the indicators, of the newest millésime that can be drawn unless another is asked for.
async fn nommer(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(maille): Chemin<String>,
    parametres: Parametres,
) -> Reponse<Json<Noms>> {
    let maille: Maille = maille.parse()?;
    let dans = parametres.lire::<Unite>("dans")?;
    let millesime = parametres.lire::<Millesime>("millesime")?;
    let mut transaction = principal.transaction(&piscine).await?;
    let edition = Edition::demandee(&mut transaction, millesime).await?;
    let dans = Lieu::trouver_si_dit(&mut transaction, edition, dans.as_ref()).await?;
    let unites = noms::lire(&mut transaction, edition, maille, dans.as_ref()).await?;
    let dans = dans.map(|lieu| lieu.unite);
    Ok(Json(Noms { millesime: edition.millesime, maille, dans, unites }))
}

#[derive(Serialize)]
struct TableDePassage {
    de: Millesime,
    vers: Millesime,
    /// Codes that are the same in both are not there.
    passages: Vec<passage::Ligne>,
    sources: Vec<SourceDeDonnees>,
}

async fn passer(
    State(piscine): State<PgPool>,
    principal: Principal,
    parametres: Parametres,
) -> Reponse<Json<TableDePassage>> {
    let Some(de) = parametres.lire::<Millesime>("de")? else {
        return Err(Probleme::demande(
            "Donnez le millésime de départ, et celui d'arrivée s'il n'est pas le dernier : \
             /api/passage?de=2019&vers=2026.",
        ));
    };
    let vers = parametres.lire::<Millesime>("vers")?;
    let dans = parametres.lire::<Unite>("dans")?;
    let mut transaction = principal.transaction(&piscine).await?;
    let edition = Edition::de(&mut transaction, vers).await?;
    let dans = Lieu::trouver_si_dit(&mut transaction, edition, dans.as_ref()).await?;
    let passages = passage::lire(&mut transaction, de, edition, dans.as_ref()).await?;
    let sources = passage::sources(&mut transaction).await?;
    Ok(Json(TableDePassage { de, vers: edition.millesime, passages, sources }))
}

#[derive(Serialize)]
struct Fiche {
    #[serde(flatten)]
    identite: Identite,
    sources: Vec<SourceDeDonnees>,
}

async fn lire(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin((maille, code)): Chemin<(String, String)>,
    parametres: Parametres,
) -> Reponse<Json<Fiche>> {
    let maille: Maille = maille.parse()?;
    let unite = Unite { code: maille.code(&code)?, maille };
    let millesime = parametres.lire::<Millesime>("millesime")?;
    let mut transaction = principal.transaction(&piscine).await?;
    let edition = Edition::de(&mut transaction, millesime).await?;
    let lieu = Lieu::trouver(&mut transaction, edition, &unite).await?;
    let identite = unite::lire(&mut transaction, edition, lieu).await?;
    let sources = sources(&mut *transaction, Some(edition.edition)).await?;
    Ok(Json(Fiche { identite, sources }))
}
