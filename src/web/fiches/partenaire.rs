//! What a partner's page says, asked of each family.

use sqlx::PgConnection;

use crate::demandes::Annees;
use crate::error::Result;
use crate::partenaires::{Choix, Fiche, Membre, Reseau};
use crate::territoires::{Croquis, Edition, Millesime, SourceDeDonnees, sources};

/// A partner, as its page shows it.
pub struct FicheDePartenaire {
    pub reseau: Reseau,
    pub membre: Membre,
    pub fiches: Vec<Fiche>,
    pub croquis: Option<Croquis>,
    pub demandes: Annees,
    /// That of its communes.
    pub millesime: Millesime,
    pub sources: Vec<SourceDeDonnees>,
}

impl FicheDePartenaire {
    /// # Errors
    /// When there is no such réseau for whoever asks, or it has no such partner.
    pub async fn lire(connexion: &mut PgConnection, reseau: &str, code: &str) -> Result<Self> {
        let reseau = Reseau::lire(connexion, reseau).await?;
        let edition = Edition::avec_contours(connexion, None).await?;
        let membre = Membre::lire(connexion, edition, &reseau, code).await?;
        let croquis = membre.dessiner(connexion, edition, &reseau).await?;
        let choix = Choix { partenaire: Some(code), ..Choix::default() };
        let fiches = Fiche::lire(connexion, &reseau.code, &choix).await?;
        let demandes = Annees::lire(connexion, &[&reseau], Some(code), edition, None).await?;
        let sources = sources(&mut *connexion, Some(edition.edition)).await?;
        Ok(Self {
            reseau,
            membre,
            fiches,
            croquis,
            demandes,
            millesime: edition.millesime,
            sources,
        })
    }

    /// What it was asked about: with whom is for the other partners to say.
    pub fn demandes_par_theme(&self) -> Annees {
        Annees { themes: self.demandes.themes.clone(), ..Annees::default() }
    }
}
