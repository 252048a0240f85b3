//! The questions that the product exists for: where help is, who can give it, who was helped.
//!
//! Coverage is that of the zones in force on 31 December of a year. A zone is worth something within
//! the perimeter of its réseau only, and a commune is served by its own demandes, not by those of
//! its EPCI. What a unit is comes from the newest millésime with contours; what a share is divided
//! by, from the réseau's millésime of reference.

mod aide;
mod charge;
mod choix;
mod classes;
mod indicateur;
mod portraits;
mod publication;
mod questions;
mod themes;
mod unites;

use axum::Json;
use axum::extract::{FromRef, State};
use sqlx::{PgConnection, PgPool};

use crate::comptes::Principal;
use crate::error::{Contexte, Result};
use crate::http::{Chemin, Operation, Parametres, Probleme, Reponse, Routes};
use crate::indicateurs::Indicateur;
use crate::partenaires::{Filtre, Periode, besoin as lire_besoin, verifier_theme};
use crate::territoires::{Edition, Lieu, Maille, Millesime, Unite};
use indicateur::IndicateurCouvert;
use questions::Etude;

pub use aide::{Aidant, Aide, Besoin, EtatAide, FicheAide, NonDeclare, ThemeAide};
pub use charge::{Charge, peupler};
pub use choix::Choix;
pub use classes::{Classe, Classement};
pub use portraits::{
    Portrait, Portraits, REQUETE as REQUETE_DES_PORTRAITS, REQUETE_DES_ZONES, ZoneDePartenaire,
};
pub use questions::Question;
pub use themes::ThemeDuLieu;
pub use unites::{Couverture, REQUETE, Totaux, UniteCouverte};

/// What the questions of coverage and the tiles share, in SQL: installed with the layers.
pub const FONCTIONS: &str = include_str!("sql/fonctions.sql");

pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    let ou = ["maille", "dans", "millesime"];
    let couverte = ["maille", "dans", "millesime", "niveau", "etat"];
    let routes = Routes::nouvelles()
        .avec(
            Operation::nouvelle(
                "/api/couverture",
                "Qui est couvert par une zone, qui a fait une demande : par unité, et au total.",
                &Filtre::avec(&couverte),
                "/api/couverture?reseau=drome&maille=commune",
            ),
            couvrir,
        )
        .avec(
            Operation::nouvelle(
                "/api/couverture/indicateurs/{indicateur}",
                "Un indicateur dans les zones de chaque partenaire.",
                &Filtre::avec(&["periode", "millesime"]),
                "/api/couverture/indicateurs/population?reseau=drome",
            ),
            chiffrer,
        )
        .avec(
            Operation::nouvelle(
                "/api/aide",
                "Qui peut aider ici, pour quoi, et comment le joindre.",
                &["territoire", "lon", "lat", "theme", "q", "annee", "du", "au"],
                "/api/aide?territoire=commune:26001",
            ),
            aider,
        );
    Question::TOUTES.into_iter().fold(routes, |routes, question| {
        let repondre =
            move |State(piscine): State<PgPool>, principal: Principal, parametres: Parametres| {
                etudier(question, piscine, principal, parametres)
            };
        let operation = Operation::nouvelle(
            question.chemin,
            question.resume,
            &Filtre::avec(&ou),
            question.exemple,
        );
        routes.avec(operation, repondre)
    })
}

async fn etudier(
    question: Question,
    piscine: PgPool,
    principal: Principal,
    parametres: Parametres,
) -> Reponse<Json<Etude>> {
    let maille = Maille::demandee(&parametres)?;
    let dans = parametres.lire::<Unite>("dans")?;
    let millesime = parametres.lire::<Millesime>("millesime")?;
    let mut transaction = principal.transaction(&piscine).await?;
    let mut filtre = Filtre::lire(&mut transaction, &parametres).await?;
    if question.depuis_toujours && Periode::lire(&parametres)? == Periode::default() {
        filtre.periode = Periode::toujours();
    }
    if question.compare && filtre.periode == Periode::default() {
        return Err(Probleme::demande(
            "Chaque réseau a son année : précisez celle à comparer avec la précédente (annee=2019).",
        ));
    }
    if question.sur_les_demandes() {
        filtre.exiger_le_detail()?;
    }
    let edition = Edition::avec_contours(&mut transaction, millesime).await?;
    let dans = Lieu::trouver_si_dit(&mut transaction, edition, dans.as_ref()).await?;
    Ok(Json(Etude::lire(&mut transaction, question, filtre, edition, maille, dans).await?))
}

async fn couvrir(
    State(piscine): State<PgPool>,
    principal: Principal,
    parametres: Parametres,
) -> Reponse<Json<Couverture>> {
    let maille = Maille::demandee(&parametres)?;
    let dans = parametres.lire::<Unite>("dans")?;
    let millesime = parametres.lire::<Millesime>("millesime")?;
    let choix = Choix::lire(&parametres)?;
    let mut transaction = principal.transaction(&piscine).await?;
    let filtre = Filtre::lire(&mut transaction, &parametres).await?;
    choix.verifier(&mut transaction, &filtre).await?;
    // Over all the réseaux, a plan made for the case is worth its time.
    if filtre.reseau().is_some() {
        garder_les_plans(&mut transaction).await?;
    }
    let (edition, mut comptage) = editions(&mut transaction, millesime).await?;
    if comptage.is_none() {
        comptage = match filtre.reseau() {
            // A year may be counted in another millésime than the perimeter is stated in.
            Some(reseau) => reseau.comptage(&mut transaction, filtre.periode.annee).await?,
            None => Some(edition),
        };
    }
    let dans = Lieu::trouver_si_dit(&mut transaction, edition, dans.as_ref()).await?;
    Ok(Json(
        Couverture::lire(&mut transaction, filtre, edition, comptage, maille, dans, choix).await?,
    ))
}

async fn chiffrer(
    State(piscine): State<PgPool>,
    principal: Principal,
    Chemin(code): Chemin<String>,
    parametres: Parametres,
) -> Reponse<Json<IndicateurCouvert>> {
    let millesime = parametres.lire::<Millesime>("millesime")?;
    let mut transaction = principal.transaction(&piscine).await?;
    let filtre = Filtre::lire(&mut transaction, &parametres).await?.exiger_un()?;
    let indicateur = Indicateur::lire(&mut transaction, &code).await?;
    let (edition, demandee) = editions(&mut transaction, millesime).await?;
    let sans_contours = demandee
        .map(|demandee| demandee.millesime)
        .filter(|demandee| *demandee != edition.millesime);
    let periode = parametres.texte("periode");
    let chiffres = IndicateurCouvert::lire(
        &mut transaction,
        filtre,
        indicateur,
        edition,
        sans_contours,
        periode,
    );
    Ok(Json(chiffres.await?))
}

/// Plans each statement once for a connection: of a place or of one réseau, planning takes longer than the
/// answer.
pub async fn garder_les_plans(connexion: &mut PgConnection) -> Result<()> {
    sqlx::query("set local plan_cache_mode = force_generic_plan")
        .execute(connexion)
        .await
        .pour("réglage d'une question")?;
    Ok(())
}

/// The edition that units are shown on, and that of the millésime asked for: one without contours is
/// shown on the newest that has them.
async fn editions(
    connexion: &mut PgConnection,
    millesime: Option<Millesime>,
) -> Result<(Edition, Option<Edition>)> {
    let demandee = match millesime {
        Some(_) => Some(Edition::de(connexion, millesime).await?),
        None => None,
    };
    let dessinable = demandee.filter(|edition| edition.millesime_contours.is_some());
    let edition = match dessinable {
        Some(edition) => edition,
        None => Edition::avec_contours(connexion, None).await?,
    };
    Ok((edition, demandee))
}

async fn aider(
    State(piscine): State<PgPool>,
    principal: Principal,
    parametres: Parametres,
) -> Reponse<Json<Aide>> {
    let unite = parametres.lire::<Unite>("territoire")?;
    let lon = parametres.nombre("lon", -180.0..=180.0)?;
    let lat = parametres.nombre("lat", -85.0..=85.0)?;
    let besoin = Besoin {
        theme: parametres.texte("theme"),
        periode: Periode::lire(&parametres)?,
        texte: lire_besoin(&parametres)?,
    };
    let mut transaction = principal.transaction(&piscine).await?;
    garder_les_plans(&mut transaction).await?;
    let edition = Edition::avec_contours(&mut transaction, None).await?;
    verifier_theme(&mut transaction, None, besoin.theme, None).await?;
    let lieu = match (&unite, lon, lat) {
        (Some(unite), None, None) => Lieu::trouver(&mut transaction, edition, unite).await?,
        (None, Some(lon), Some(lat)) => Lieu::au_point(&mut transaction, edition, lon, lat).await?,
        _ => {
            return Err(Probleme::demande(
                "Donnez un territoire (territoire=commune:26001), ou bien lon et lat (un point).",
            ));
        }
    };
    Ok(Json(Aide::lire(&mut transaction, edition, lieu, &besoin).await?))
}
