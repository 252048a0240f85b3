//! What the zones and the demandes say of each unit of a réseau.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::choix::Choix;
use super::publication::Publication;
use crate::error::{Contexte, Result};
use crate::partenaires::{Cadre, Citation, Filtre, citations};
use crate::territoires::{Edition, Lieu, Maille, Millesime, Unite};

/// The statement that it is read by.
pub const REQUETE: &str = include_str!("sql/couverture.sql");

#[derive(Debug, Serialize)]
pub struct Couverture {
    #[serde(flatten)]
    pub cadre: Cadre,
    #[serde(flatten)]
    pub choix: Choix,
    pub maille: Maille,
    pub dans: Option<Unite>,
    /// Said when the code of `dans` is a former one, or when the millésime asked for has no contours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarque: Option<String>,
    pub millesime: Millesime,
    pub millesime_contours: Option<Millesime>,
    /// That of the denominators.
    pub millesime_reference: Millesime,
    pub totaux: Totaux,
    pub unites: BTreeMap<String, UniteCouverte>,
    pub non_dessinees: Vec<NonDessinee>,
    /// Said when a réseau masks small counts for whoever asks: a null count is one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub masquage: Option<String>,
    pub sources: Vec<Citation>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Totaux {
    pub unites: i64,
    /// Where a partner at least can help.
    pub unites_couvertes: i64,
    /// Where none can, and all have declared their zones complete.
    pub unites_sans_partenaire: i64,
    /// Where none is known to, and some have not.
    pub unites_non_renseignees: i64,
    /// Partners that the question is about.
    pub partenaires: i64,
    /// Those of them with a zone in force that covers something here.
    pub partenaires_presents: i64,
    /// Those of them that have not declared their zones complete for what is asked: where nobody helps, they
    /// may.
    pub partenaires_non_declares: i64,
    /// Each once, whatever its partners. This and what follows is null where it is masked.
    pub demandes: Option<i64>,
    pub demandes_communes: Option<i64>,
    pub demandes_epci: Option<i64>,
    pub demandes_autres: Option<i64>,
    pub communes_servies: Option<i64>,
    /// Of the perimeter, in the millésime of reference.
    pub communes: i64,
    /// Null when there is no commune to share among.
    #[serde(default)]
    pub part_communes_servies: Option<f64>,
    pub epci_servis: Option<i64>,
    pub epci: i64,
    pub autres_servis: Option<i64>,
}

#[derive(Debug, Serialize)]
pub struct UniteCouverte {
    pub nom: String,
    /// `aide`, `personne` or `non_renseigne`.
    pub etat: String,
    pub partenaires: i64,
    /// Null where it is masked.
    pub demandes: Option<i64>,
    /// What a rate is divided by, in the millésime of the units.
    pub population: Option<i64>,
    /// Of a unit larger than a commune: its communes in perimeters, and those that a partner covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub communes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub communes_aidees: Option<i64>,
    /// Longitude and latitude, degrees.
    pub point: Option<[f64; 2]>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct NonDessinee {
    pub code: String,
    pub nom: String,
    pub demandes: Option<i64>,
    pub raison: String,
}

/// The one row of `sql/couverture.sql`.
#[derive(sqlx::FromRow)]
struct Ligne {
    totaux: Json<Totaux>,
    #[sqlx(flatten)]
    colonnes: Colonnes,
    non_dessinees: Json<Vec<NonDessinee>>,
}

/// The units, a column each: of the whole country, they are read in half the time that JSON takes.
#[derive(sqlx::FromRow)]
struct Colonnes {
    codes: Option<Vec<String>>,
    noms: Option<Vec<String>>,
    etats: Option<Vec<String>>,
    partenaires: Option<Vec<i64>>,
    demandes: Option<Vec<i64>>,
    communes: Option<Vec<Option<i64>>>,
    communes_aidees: Option<Vec<i64>>,
    populations: Option<Vec<Option<i64>>>,
    longitudes: Option<Vec<Option<f64>>>,
    latitudes: Option<Vec<Option<f64>>>,
}

impl Colonnes {
    fn unites(self, maille: Maille) -> BTreeMap<String, UniteCouverte> {
        let plus_grande = maille != Maille::Commune;
        let points =
            self.longitudes.unwrap_or_default().into_iter().zip(self.latitudes.unwrap_or_default());
        let parts = self
            .communes
            .unwrap_or_default()
            .into_iter()
            .zip(self.communes_aidees.unwrap_or_default());
        let comptes =
            self.partenaires.unwrap_or_default().into_iter().zip(self.demandes.unwrap_or_default());
        let noms = self.noms.unwrap_or_default().into_iter().zip(self.etats.unwrap_or_default());
        let populations = self.populations.unwrap_or_default();
        let valeurs = noms.zip(comptes).zip(parts).zip(points).zip(populations);
        self.codes
            .unwrap_or_default()
            .into_iter()
            .zip(valeurs)
            .map(
                |(
                    code,
                    (
                        ((((nom, etat), (partenaires, demandes)), (communes, aidees)), (lon, lat)),
                        population,
                    ),
                )| {
                    let unite = UniteCouverte {
                        nom,
                        etat,
                        partenaires,
                        demandes: Some(demandes),
                        population,
                        communes: communes.filter(|_| plus_grande),
                        communes_aidees: Some(aidees).filter(|_| plus_grande),
                        point: lon.zip(lat).map(|(lon, lat)| [lon, lat]),
                    };
                    (code, unite)
                },
            )
            .collect()
    }
}

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
        choix: Choix,
    ) -> Result<Self> {
        let arguments = filtre.arguments(edition, dans.as_ref())?;
        let Ligne { totaux: Json(mut totaux), colonnes, non_dessinees: Json(mut non_dessinees) } =
            sqlx::query_as_with(REQUETE, arguments)
                .bind(maille)
                .bind(comptage.map(|comptage| comptage.edition))
                .bind(comptage.map(|comptage| comptage.millesime))
                .bind(&choix.niveau)
                .bind(&choix.etat)
                .fetch_one(&mut *connexion)
                .await
                .pour("calcul de la couverture")?;
        let mut unites = colonnes.unites(maille);
        let publication =
            Publication::lire(connexion, &filtre, edition, maille, dans.as_ref()).await?;
        if let Some(publication) = &publication {
            let seule = filtre.reseau().is_some();
            publication.poser(seule, &mut totaux, &mut unites, &mut non_dessinees);
        }
        totaux.part_communes_servies = part(totaux.communes_servies, totaux.communes);
        let sources = citations(connexion, &filtre.reseaux, edition.edition).await?;
        Ok(Self {
            cadre: filtre.cadre(),
            choix,
            maille,
            remarque: remarque(edition, comptage, dans.as_ref()),
            dans: dans.map(|lieu| lieu.unite),
            millesime: edition.millesime,
            millesime_contours: edition.millesime_contours,
            millesime_reference: match comptage {
                Some(comptage) => comptage.millesime,
                None => {
                    filtre.reseau().map_or(edition.millesime, |reseau| reseau.millesime_reference)
                }
            },
            totaux,
            unites,
            non_dessinees,
            masquage: publication.zip(filtre.seuil_masque()).map(|(p, seuil)| p.phrase(seuil)),
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

fn part(nombre: Option<i64>, total: i64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2⁵² communes")]
    nombre.filter(|_| total > 0).map(|nombre| nombre as f64 / total as f64)
}
