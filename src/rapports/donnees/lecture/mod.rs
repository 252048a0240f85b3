//! Reads what a report says, then arranges it: figures, tables, maps, a block for each partner and each EPCI.

mod blocs;
mod cartes;
mod chiffres;
mod indicateurs;
mod matiere;
mod methode;
mod noms;
mod reponses;
mod tableaux;

use std::collections::BTreeMap;

use sqlx::PgConnection;

use super::{Consigne, Rapport, Reseau, Source, Sujet};
use crate::couverture::{Question, REQUETE, REQUETE_DES_PORTRAITS, REQUETE_DES_ZONES};
use crate::demandes::REQUETE_DE_REPARTITION;
use crate::error::Result;
use crate::indicateurs::REQUETE as REQUETE_DES_VALEURS;
use crate::web::fiches::date_longue;
use matiere::Matiere;
pub use noms::abrege;

/// Names by which figures cite the queries that gave them.
mod nom {
    pub const COUVERTURE: &str = "couverture";
    pub const REPARTITION: &str = "repartition";
    pub const PORTRAITS: &str = "portraits";
    pub const INDICATEURS: &str = "indicateurs";
    pub const ZONES: &str = "communes_des_zones";
    pub const ZONES_BLANCHES: &str = "zones_blanches";
    pub const RECOUVREMENTS: &str = "recouvrements";
    pub const JAMAIS_SERVIES: &str = "jamais_servies";
    pub const DELAIS: &str = "delais";
    pub const HORS_ZONE: &str = "hors_zone";
}

/// The text of each query that figures cite, by its name.
pub fn requetes() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([
        (nom::COUVERTURE, REQUETE),
        (nom::REPARTITION, REQUETE_DE_REPARTITION),
        (nom::PORTRAITS, REQUETE_DES_PORTRAITS),
        (nom::INDICATEURS, REQUETE_DES_VALEURS),
        (nom::ZONES, REQUETE_DES_ZONES),
        (nom::ZONES_BLANCHES, Question::ZONES_BLANCHES.requete),
        (nom::RECOUVREMENTS, Question::RECOUVREMENTS.requete),
        (nom::JAMAIS_SERVIES, Question::JAMAIS_SERVIES.requete),
        (nom::DELAIS, Question::DELAIS.requete),
        (nom::HORS_ZONE, Question::HORS_ZONE.requete),
    ])
}

impl Rapport {
    /// Reads a report as the principal of the transaction sees it. The transaction sees one state of the database when
    /// it is `Principal::lecture`'s.
    ///
    /// # Errors
    /// A sentence when the réseau, the partner, the EPCI or the regroupement does not exist.
    pub async fn lire(connexion: &mut PgConnection, consigne: &Consigne) -> Result<Self> {
        let matiere = Matiere::lire(connexion, consigne).await?;
        let reseau = &matiere.description.reseau;
        Ok(Self {
            titre: titre(consigne),
            sous_titre: matiere.nom_du_sujet(),
            provisoire: matiere.provisoire(),
            millesime: matiere.edition.millesime.annee(),
            millesime_reference: matiere.comptage.annee(),
            masquage: matiere.couverture.masquage.clone(),
            methode: methode::phrases(&matiere),
            sources: matiere
                .couverture
                .sources
                .iter()
                .map(|source| Source {
                    nom: source.nom.clone(),
                    licence: source.licence.clone(),
                    date: source.date,
                })
                .collect(),
            chiffres: chiffres::chiffres(&matiere),
            tableaux: tableaux::tableaux(&matiere),
            cartes: cartes::cartes(&matiere),
            partenaires: blocs::partenaires(&matiere),
            epci: blocs::epci(&matiere),
            reseau: Reseau {
                code: reseau.code.clone(),
                nom: reseau.nom.clone(),
                nom_court: reseau.nom_court.clone(),
                departement: reseau.departement.clone(),
                couleur: reseau.couleur.clone(),
                demonstration: reseau.demonstration,
                mention: reseau.mention.clone(),
            },
            consigne: consigne.clone(),
        })
    }
}

fn titre(consigne: &Consigne) -> String {
    let genre = match consigne.sujet {
        Sujet::Regroupement(_) => "Dossier de réunion",
        _ => "Bilan",
    };
    match consigne.periode.annee {
        Some(annee) => format!("{genre} {annee}"),
        None => format!(
            "{genre} du {} au {}",
            date_longue(consigne.periode.du),
            date_longue(consigne.periode.au)
        ),
    }
}
