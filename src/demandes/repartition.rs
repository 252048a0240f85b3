//! How the demandes of a period share out: by theme, partner, month, state, EPCI, commune, and by two of these at once.

use std::collections::HashMap;

use sqlx::PgConnection;

use crate::error::{Contexte, Result};
use crate::partenaires::Filtre;
use crate::territoires::{Edition, Lieu, Millesime};

/// The statement that it is read by: each figure says it.
pub const REQUETE: &str = include_str!("sql/repartition.sql");

/// Inhabitants from which each class of size begins; the first begins at 0.
pub const TAILLES: [i64; 4] = [500, 1000, 2000, 5000];

/// What may be known of a demande.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Axe {
    Tout,
    Theme,
    /// A theme of the first level: that of its themes.
    Domaine,
    Partenaire,
    /// As `2018-01`.
    Mois,
    /// Known to those who follow the demandes.
    Etat,
    /// `commune`, `epci` or `autre`.
    Beneficiaire,
    /// The one that asked, or that of the commune that did.
    Epci,
    Commune,
    /// Rank of the class of [`TAILLES`], from 0.
    Taille,
}

impl Axe {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tout => "tout",
            Self::Theme => "theme",
            Self::Domaine => "domaine",
            Self::Partenaire => "partenaire",
            Self::Mois => "mois",
            Self::Etat => "etat",
            Self::Beneficiaire => "beneficiaire",
            Self::Epci => "epci",
            Self::Commune => "commune",
            Self::Taille => "taille",
        }
    }
}

/// Demandes counted together.
#[derive(Debug, Clone, Copy, Default, PartialEq, sqlx::FromRow)]
pub struct Compte {
    /// Each once.
    pub demandes: i64,
    /// Communes that asked, in the codes of the millésime of the shares.
    pub communes: i64,
    /// The same, in the codes of the map.
    pub communes_actuelles: i64,
    pub epci: i64,
    pub autres: i64,
    /// Days of work; null when none is known.
    pub jours: Option<f64>,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    axe: String,
    code: String,
    autre_axe: Option<String>,
    autre: Option<String>,
    #[sqlx(flatten)]
    compte: Compte,
}

/// The demandes of one question, counted by all that is known of them.
#[derive(Debug, Default)]
pub struct Repartition {
    simples: HashMap<String, Vec<(String, Compte)>>,
    croisees: HashMap<(String, String, String), Vec<(String, Compte)>>,
}

impl Repartition {
    /// Those of a filter, inside a place; communes are counted in the codes of `comptage`.
    pub async fn lire(
        connexion: &mut PgConnection,
        filtre: &Filtre,
        edition: Edition,
        lieu: Option<&Lieu>,
        comptage: Millesime,
    ) -> Result<Self> {
        let lignes: Vec<Ligne> = sqlx::query_as_with(REQUETE, filtre.arguments(edition, lieu)?)
            .bind(comptage)
            .fetch_all(connexion)
            .await
            .pour("répartition des demandes")?;
        let mut repartition = Self::default();
        for Ligne { axe, code, autre_axe, autre, compte } in lignes {
            match autre_axe.zip(autre) {
                None => repartition.simples.entry(axe).or_default().push((code, compte)),
                Some((autre_axe, autre)) => repartition
                    .croisees
                    .entry((axe, code, autre_axe))
                    .or_default()
                    .push((autre, compte)),
            }
        }
        Ok(repartition)
    }

    /// All of them.
    pub fn tout(&self) -> Compte {
        self.de(Axe::Tout, "")
    }

    /// Those of one code of an axis: none, when it is not there.
    pub fn de(&self, axe: Axe, code: &str) -> Compte {
        let trouve = self.par(axe).iter().find(|(autre, _)| autre == code);
        trouve.map(|(_, compte)| *compte).unwrap_or_default()
    }

    /// Those of each code of an axis, by code.
    pub fn par(&self, axe: Axe) -> &[(String, Compte)] {
        self.simples.get(axe.as_str()).map_or(&[], Vec::as_slice)
    }

    /// Those of one theme, partner or EPCI, for each code of another axis, the most numerous first.
    pub fn croisees(&self, axe: Axe, code: &str, autre: Axe) -> &[(String, Compte)] {
        let cle = (axe.as_str().to_owned(), code.to_owned(), autre.as_str().to_owned());
        self.croisees.get(&cle).map_or(&[], Vec::as_slice)
    }
}
