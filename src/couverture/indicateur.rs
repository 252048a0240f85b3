//! What an indicator is worth where each partner of a réseau works, and in its whole perimeter.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::PgConnection;

use super::portraits::ZoneDePartenaire;
use crate::error::{Contexte, Result};
use crate::indicateurs::{Agregat, Agregats, Indicateur};
use crate::partenaires::{Cadre, Citation, Filtre, citations};
use crate::territoires::{Edition, Millesime};

/// Communes are those of `/api/couverture`: of the perimeter, under the zones in force on 31 December
/// of the year, each once whatever the zones of a partner.
#[derive(Debug, Serialize)]
pub struct IndicateurCouvert {
    #[serde(flatten)]
    pub cadre: Cadre,
    pub indicateur: Indicateur,
    pub periode: String,
    /// That of the communes.
    pub millesime: Millesime,
    pub millesime_contours: Option<Millesime>,
    /// Those that the values were published in.
    pub millesimes_des_valeurs: Vec<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarque: Option<String>,
    pub perimetre: Zone,
    /// By code, those that the question is about. Their zones overlap: their values do not add up.
    pub partenaires: BTreeMap<String, ZonePartenaire>,
    pub sources: Vec<Citation>,
}

/// A part of the réseau's territory.
#[derive(Debug, Serialize)]
pub struct Zone {
    /// How many it has.
    pub communes: usize,
    #[serde(flatten)]
    pub agregat: Agregat,
}

#[derive(Debug, Serialize)]
pub struct ZonePartenaire {
    pub nom: String,
    pub sigle: Option<String>,
    #[serde(flatten)]
    pub zone: Zone,
}

impl IndicateurCouvert {
    /// Answers on the communes of `edition`. `sans_contours` is the millésime that was asked for, when
    /// zones are not known in it.
    pub async fn lire(
        connexion: &mut PgConnection,
        filtre: Filtre,
        indicateur: Indicateur,
        edition: Edition,
        sans_contours: Option<Millesime>,
        periode: Option<&str>,
    ) -> Result<Self> {
        let perimetre: Vec<String> = sqlx::query_scalar(
            "select code from unites_des_reseaux($1, $2, $3, 'commune', null) order by code",
        )
        .bind(filtre.codes())
        .bind(edition.edition)
        .bind(edition.millesime)
        .fetch_all(&mut *connexion)
        .await
        .pour("lecture des communes des zones")?;
        let mut lignes = ZoneDePartenaire::lire(connexion, &filtre, edition).await?;
        let zones: Vec<Vec<String>> =
            lignes.iter_mut().map(|ligne| std::mem::take(&mut ligne.communes)).collect();
        let agregats =
            Agregats::lire(connexion, &indicateur, edition, periode, &perimetre, &zones).await?;
        let remarques = [
            sans_contours.map(|demande| {
                format!(
                    "Le millésime {demande} est chargé sans contours : les zones et leurs communes sont \
                     celles de {}.",
                    edition.millesime
                )
            }),
            agregats.remarque(&indicateur, edition.millesime),
        ];
        let remarque = remarques.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let partenaires = lignes.into_iter().zip(&zones).zip(agregats.parties);
        let sources = citations(connexion, &filtre.reseaux, edition.edition).await?;
        Ok(Self {
            cadre: filtre.cadre(),
            indicateur,
            periode: agregats.periode,
            millesime: edition.millesime,
            millesime_contours: edition.millesime_contours,
            millesimes_des_valeurs: agregats.millesimes,
            remarque: (!remarque.is_empty()).then_some(remarque),
            perimetre: Zone { communes: perimetre.len(), agregat: agregats.ensemble },
            partenaires: partenaires
                .map(|((ligne, communes), agregat)| {
                    let zone = Zone { communes: communes.len(), agregat };
                    (ligne.code, ZonePartenaire { nom: ligne.nom, sigle: ligne.sigle, zone })
                })
                .collect(),
            sources,
        })
    }
}
