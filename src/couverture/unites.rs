//! What the zones and the demandes say of each unit of a réseau.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::error::{Contexte, Result};
use crate::partenaires::{Citation, Filtre, citations};
use crate::territoires::{Edition, Lieu, Maille, Millesime, Unite};

#[derive(Debug, Serialize)]
pub struct Couverture {
    pub reseau: String,
    pub reseau_nom: String,
    pub demonstration: bool,
    pub mention: Option<String>,
    pub maille: Maille,
    pub dans: Option<Unite>,
    /// Said when the code of `dans` is a former one, or when the millésime asked for has no contours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarque: Option<String>,
    pub theme: Option<String>,
    pub partenaire: Option<String>,
    pub annee: i16,
    pub millesime: Millesime,
    pub millesime_contours: Option<Millesime>,
    /// That of the denominators.
    pub millesime_reference: i16,
    pub totaux: Totaux,
    pub unites: BTreeMap<String, UniteCouverte>,
    pub non_dessinees: Vec<NonDessinee>,
    pub sources: Vec<Citation>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Totaux {
    pub unites: i64,
    pub unites_couvertes: i64,
    /// Partners that the question is about.
    pub partenaires: i64,
    /// Those of them with a zone in force that covers something here.
    pub partenaires_presents: i64,
    /// Those of them that never declared a zone for what is asked.
    pub partenaires_sans_zone: i64,
    /// Each once, whatever its partners.
    pub demandes: i64,
    pub demandes_communes: i64,
    pub demandes_epci: i64,
    pub demandes_autres: i64,
    pub communes_servies: i64,
    /// Of the perimeter, in the millésime of reference.
    pub communes: i64,
    /// Null when there is no commune to share among.
    #[serde(default)]
    pub part_communes_servies: Option<f64>,
    pub epci_servis: i64,
    pub epci: i64,
    pub autres_servis: i64,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct UniteCouverte {
    pub nom: String,
    pub partenaires: i64,
    pub demandes: i64,
    /// Longitude and latitude, degrees.
    pub point: Option<[f64; 2]>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct NonDessinee {
    pub code: String,
    pub nom: String,
    pub demandes: i64,
    pub raison: String,
}

/// The one row of `sql/couverture.sql`.
type Ligne = (Json<Totaux>, Json<BTreeMap<String, UniteCouverte>>, Json<Vec<NonDessinee>>);

impl Couverture {
    /// Answers for the units of a maille, inside a place or in the whole réseau: units of `edition`,
    /// totals in the codes of `comptage` (by default those of the réseau's perimeter).
    pub async fn lire(
        connexion: &mut PgConnection,
        filtre: Filtre,
        edition: Edition,
        comptage: Option<Edition>,
        maille: Maille,
        dans: Option<Lieu>,
    ) -> Result<Self> {
        let (Json(mut totaux), Json(unites), Json(non_dessinees)): Ligne =
            sqlx::query_as(include_str!("sql/couverture.sql"))
                .bind(&filtre.reseau.code)
                .bind(&filtre.theme)
                .bind(&filtre.partenaire)
                .bind(i32::from(filtre.annee))
                .bind(edition.edition)
                .bind(edition.millesime)
                .bind(maille)
                .bind(dans.as_ref().map(|lieu| lieu.maille))
                .bind(dans.as_ref().map(|lieu| &lieu.code))
                .bind(comptage.map(|comptage| comptage.edition))
                .bind(comptage.map(|comptage| comptage.millesime))
                .fetch_one(&mut *connexion)
                .await
                .pour("calcul de la couverture")?;
        totaux.part_communes_servies = part(totaux.communes_servies, totaux.communes);
        let sources =
            citations(connexion, std::slice::from_ref(&filtre.reseau), edition.edition).await?;
        Ok(Self {
            reseau: filtre.reseau.code,
            reseau_nom: filtre.reseau.nom,
            demonstration: filtre.reseau.demonstration,
            mention: filtre.reseau.mention,
            maille,
            remarque: remarque(edition, comptage, dans.as_ref()),
            dans: dans.map(|lieu| lieu.unite),
            theme: filtre.theme,
            partenaire: filtre.partenaire,
            annee: filtre.annee,
            millesime: edition.millesime,
            millesime_contours: edition.millesime_contours,
            millesime_reference: comptage
                .map_or(filtre.reseau.millesime_reference, |comptage| comptage.millesime.annee()),
            totaux,
            unites,
            non_dessinees,
            sources,
        })
    }
}

fn remarque(edition: Edition, comptage: Option<Edition>, dans: Option<&Lieu>) -> Option<String> {
    let sans_contours = comptage.filter(|comptage| comptage.edition != edition.edition).map(|comptage| {
        format!(
            "Le millésime {} est chargé sans contours : les totaux sont les siens, les territoires sont \
             ceux de {}, par la table de passage.",
            comptage.millesime, edition.millesime
        )
    });
    let remarques = [sans_contours, dans.and_then(|lieu| lieu.remarque.clone())];
    let remarque = remarques.into_iter().flatten().collect::<Vec<_>>().join(" ");
    (!remarque.is_empty()).then_some(remarque)
}

fn part(nombre: i64, total: i64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2⁵² communes")]
    (total > 0).then(|| nombre as f64 / total as f64)
}
