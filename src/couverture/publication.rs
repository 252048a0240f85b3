//! Réseaux that mask small counts: what takes the place of their demandes, for those who may not read them one by one.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use super::unites::{NonDessinee, Totaux, UniteCouverte};
use crate::error::{Contexte, Result};
use crate::partenaires::Filtre;
use crate::territoires::{Edition, Lieu, Maille};

/// The one row of `sql/lire_publication.sql`.
#[derive(Debug, sqlx::FromRow)]
pub struct Publication {
    /// Whether the question is one whose answer is published: a year, without other choice.
    publiee: bool,
    demandes: Option<i64>,
    demandes_communes: Option<i64>,
    communes_servies: i64,
    epci_servis: i64,
    communes: i64,
    epci: i64,
    codes: Vec<String>,
    /// Null where it is masked.
    valeurs: Vec<Option<i64>>,
}

impl Publication {
    /// That of the réseaux of a question that mask; none when they all say everything to whoever asks.
    pub async fn lire(
        connexion: &mut PgConnection,
        filtre: &Filtre,
        edition: Edition,
        maille: Maille,
        dans: Option<&Lieu>,
    ) -> Result<Option<Self>> {
        let masques = filtre.masques();
        if masques.is_empty() {
            return Ok(None);
        }
        sqlx::query_as(include_str!("sql/lire_publication.sql"))
            .bind(masques)
            .bind(edition.edition)
            .bind(edition.millesime)
            .bind(maille)
            .bind(filtre.periode.du)
            .bind(filtre.periode.au)
            .bind(filtre.theme.is_some() || filtre.partenaire.is_some() || dans.is_some())
            .fetch_one(connexion)
            .await
            .map(Some)
            .pour("lecture des demandes publiées")
    }

    /// Adds what is published to what was counted of the other réseaux: a unit or a total that is masked in one has
    /// no figure at all.
    pub fn poser(
        &self,
        seule: bool,
        totaux: &mut Totaux,
        unites: &mut BTreeMap<String, UniteCouverte>,
        non_dessinees: &mut [NonDessinee],
    ) {
        for (code, valeur) in self.codes.iter().zip(&self.valeurs) {
            if let Some(unite) = unites.get_mut(code) {
                unite.demandes = unite.demandes.zip(*valeur).map(|(une, autre)| une + autre);
            }
        }
        for unite in non_dessinees {
            unite.demandes = None;
        }
        let demandes = self.demandes.filter(|_| self.publiee);
        totaux.demandes = totaux.demandes.zip(demandes).map(|(une, autre)| une + autre);
        let seules = |nombre: i64| (seule && self.publiee).then_some(nombre);
        totaux.demandes_communes = self.demandes_communes.and_then(seules);
        totaux.demandes_epci = None;
        totaux.demandes_autres = None;
        totaux.autres_servis = None;
        totaux.communes_servies = seules(self.communes_servies);
        totaux.epci_servis = seules(self.epci_servis);
        if seule {
            totaux.communes = self.communes;
            totaux.epci = self.epci;
        }
    }

    /// What a reader must know of it.
    pub fn phrase(&self, seuil: i16) -> String {
        let toujours = format!(
            "Les nombres de moins de {seuil} demandes, et ceux qui les feraient deviner, ne sont pas publiés."
        );
        if self.publiee {
            return toujours;
        }
        format!(
            "{toujours} Les demandes ne sont publiées que par année entière et pour tout le réseau, sans choix de \
             thème ni de partenaire."
        )
    }
}
