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
    pub requete: &'static str,
    /// What an error says was being done.
    action: &'static str,
    /// Whether the question is about all time unless a period is given.
    pub depuis_toujours: bool,
    /// Whether it compares with the year before, which must then be known.
    pub compare: bool,
}

impl Question {
    pub const TOUTES: [Self; 7] = [
        Self::ZONES_BLANCHES,
        Self::RECOUVREMENTS,
        Self::PAR_UNITE,
        Self::EVOLUTION,
        Self::JAMAIS_SERVIES,
        Self::HORS_ZONE,
        Self::DELAIS,
    ];

    pub const ZONES_BLANCHES: Self = Self::simple(
        "/api/couverture/zones-blanches",
        "Les communes que personne ne couvre, là où chacun a déclaré ses zones complètes.",
        "/api/couverture/zones-blanches?reseau=drome",
        include_str!("sql/questions/zones_blanches.sql"),
        "recherche des zones blanches",
    );
    pub const RECOUVREMENTS: Self = Self::simple(
        "/api/couverture/recouvrements",
        "Les communes et les thèmes que deux partenaires ou plus couvrent.",
        "/api/couverture/recouvrements?reseau=drome",
        include_str!("sql/questions/recouvrements.sql"),
        "recherche des recouvrements",
    );
    pub const PAR_UNITE: Self = Self::simple(
        "/api/demandes/unites",
        "Les demandes de chaque unité, et pour mille habitants.",
        "/api/demandes/unites?reseau=drome",
        include_str!("sql/questions/par_unite.sql"),
        "compte des demandes par territoire",
    );
    pub const EVOLUTION: Self = Self {
        compare: true,
        ..Self::simple(
            "/api/demandes/evolution",
            "Les demandes de chaque unité, et celles de l'année d'avant.",
            "/api/demandes/evolution?reseau=drome&annee=2018",
            include_str!("sql/questions/evolution.sql"),
            "comparaison de deux années",
        )
    };
    pub const JAMAIS_SERVIES: Self = Self {
        depuis_toujours: true,
        ..Self::simple(
            "/api/demandes/jamais-servies",
            "Les communes qui n'ont jamais fait de demande.",
            "/api/demandes/jamais-servies?reseau=drome",
            include_str!("sql/questions/jamais_servies.sql"),
            "recherche des communes jamais servies",
        )
    };
    pub const HORS_ZONE: Self = Self::simple(
        "/api/demandes/hors-zone",
        "Les demandes traitées hors des zones de qui les a menées.",
        "/api/demandes/hors-zone?reseau=drome",
        include_str!("sql/questions/hors_zone.sql"),
        "recherche des demandes hors zone",
    );
    pub const DELAIS: Self = Self::simple(
        "/api/demandes/delais",
        "Les délais de première réponse et de clôture : médiane et neuvième décile.",
        "/api/demandes/delais?reseau=drome",
        include_str!("sql/questions/delais.sql"),
        "calcul des délais",
    );

    const fn simple(
        chemin: &'static str,
        resume: &'static str,
        exemple: &'static str,
        requete: &'static str,
        action: &'static str,
    ) -> Self {
        Self { chemin, resume, exemple, requete, action, depuis_toujours: false, compare: false }
    }

    /// Asks it: the JSON object that the head of its file describes.
    pub async fn poser(
        &self,
        connexion: &mut PgConnection,
        filtre: &Filtre,
        edition: Edition,
        maille: Maille,
        dans: Option<&Lieu>,
    ) -> Result<Map<String, Value>> {
        let arguments = filtre.arguments(edition, dans)?;
        let requete = sqlx::query_scalar_with(self.requete, arguments);
        let Json(resultats): Json<Map<String, Value>> =
            requete.bind(maille).fetch_one(connexion).await.pour(self.action)?;
        Ok(resultats)
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
        let resultats =
            question.poser(&mut *connexion, &filtre, edition, maille, dans.as_ref()).await?;
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
