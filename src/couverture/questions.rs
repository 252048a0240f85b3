//! Questions that a coordinator asks beside the map: each is one SQL statement and one route.
//!
//! A new question is a `.sql` file, a row of [`Question::TOUTES`] and a test. All statements take the
//! parameters of [`Filtre::arguments`] then $10, a maille, and return one JSON object, whose keys are described
//! at the head of the file.

use serde::Serialize;
use serde_json::{Map, Value};
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::error::{Contexte, Result};
use crate::partenaires::{Cadre, Citation, Filtre, citations};
use crate::territoires::{Edition, Lieu, Maille, Millesime, Unite};

/// One question.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    pub chemin: &'static str,
    /// What it answers, in a French sentence.
    pub resume: &'static str,
    /// An address that has an answer on the demonstration data.
    pub exemple: &'static str,
    requete: &'static str,
    /// What an error says was being done.
    action: &'static str,
    /// Whether the question is about all time unless a period is given.
    pub depuis_toujours: bool,
    /// Whether it compares with the year before, which must then be known.
    pub compare: bool,
}

impl Question {
    pub const TOUTES: [Self; 7] = [
        Self::simple(
            "/api/couverture/zones-blanches",
            "Les communes que personne ne couvre, là où chacun a déclaré ses zones complètes.",
            "/api/couverture/zones-blanches?reseau=drome",
            include_str!("sql/questions/zones_blanches.sql"),
            "recherche des zones blanches",
        ),
        Self::simple(
            "/api/couverture/recouvrements",
            "Les communes et les thèmes que deux partenaires ou plus couvrent.",
            "/api/couverture/recouvrements?reseau=drome",
            include_str!("sql/questions/recouvrements.sql"),
            "recherche des recouvrements",
        ),
        Self::simple(
            "/api/demandes/unites",
            "Les demandes de chaque unité, et pour mille habitants.",
            "/api/demandes/unites?reseau=drome",
            include_str!("sql/questions/par_unite.sql"),
            "compte des demandes par territoire",
        ),
        Self {
            compare: true,
            ..Self::simple(
                "/api/demandes/evolution",
                "Les demandes de chaque unité, et celles de l'année d'avant.",
                "/api/demandes/evolution?reseau=drome&annee=2018",
                include_str!("sql/questions/evolution.sql"),
                "comparaison de deux années",
            )
        },
        Self {
            depuis_toujours: true,
            ..Self::simple(
                "/api/demandes/jamais-servies",
                "Les communes qui n'ont jamais fait de demande.",
                "/api/demandes/jamais-servies?reseau=drome",
                include_str!("sql/questions/jamais_servies.sql"),
                "recherche des communes jamais servies",
            )
        },
        Self::simple(
            "/api/demandes/hors-zone",
            "Les demandes traitées hors des zones de qui les a menées.",
            "/api/demandes/hors-zone?reseau=drome",
            include_str!("sql/questions/hors_zone.sql"),
            "recherche des demandes hors zone",
        ),
        Self::simple(
            "/api/demandes/delais",
            "Les délais de première réponse et de clôture : médiane et neuvième décile.",
            "/api/demandes/delais?reseau=drome",
            include_str!("sql/questions/delais.sql"),
            "calcul des délais",
        ),
    ];

    const fn simple(
        chemin: &'static str,
        resume: &'static str,
        exemple: &'static str,
        requete: &'static str,
        action: &'static str,
    ) -> Self {
        Self { chemin, resume, exemple, requete, action, depuis_toujours: false, compare: false }
    }

    /// Whether it reads demandes one by one, which some réseaux do not publish.
    pub fn sur_les_demandes(&self) -> bool {
        self.chemin.starts_with("/api/demandes/")
    }
}

/// An answer, and what it is about.
#[derive(Debug, Serialize)]
pub struct Etude {
    #[serde(flatten)]
    cadre: Cadre,
    maille: Maille,
    dans: Option<Unite>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remarque: Option<String>,
    millesime: Millesime,
    millesime_contours: Option<Millesime>,
    #[serde(flatten)]
    resultats: Map<String, Value>,
    sources: Vec<Citation>,
}

impl Etude {
    pub async fn lire(
        connexion: &mut PgConnection,
        question: Question,
        filtre: Filtre,
        edition: Edition,
        maille: Maille,
        dans: Option<Lieu>,
    ) -> Result<Self> {
        let arguments = filtre.arguments(edition, dans.as_ref())?;
        let requete = sqlx::query_scalar_with(question.requete, arguments);
        let Json(resultats): Json<Map<String, Value>> =
            requete.bind(maille).fetch_one(&mut *connexion).await.pour(question.action)?;
        Ok(Self {
            cadre: filtre.cadre(),
            maille,
            remarque: dans.as_ref().and_then(|lieu| lieu.remarque.clone()),
            dans: dans.map(|lieu| lieu.unite),
            millesime: edition.millesime,
            millesime_contours: edition.millesime_contours,
            resultats,
            sources: citations(connexion, &filtre.reseaux, edition.edition).await?,
        })
    }
}
