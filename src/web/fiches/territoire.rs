//! What the sheet of a unit says, asked of each family.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use crate::couverture::{Aide, Besoin, ThemeDuLieu, garder_les_plans};
use crate::demandes::Annees;
use crate::error::{Error, Result};
use crate::indicateurs::Comparaisons;
use crate::partenaires::{Periode, Reseau};
use crate::territoires::{
    Ancien, Croquis, Edition, Identite, Lieu, Maille, Millesime, Nom, SourceDeDonnees, Unite,
    anciens, identifier_l_unite, nommer_dans, sources,
};

/// A unit, as its sheet shows it.
pub struct FicheDeTerritoire {
    /// In the millésime asked for.
    pub identite: Identite,
    /// Of an EPCI, its communes of other départements than that of most of them.
    pub hors_departement: i64,
    pub anciens: Vec<Ancien>,
    /// What it is made of: their maille, codes and names.
    pub membres: Option<(Maille, BTreeMap<String, Nom>)>,
    pub croquis: Option<Croquis>,
    /// Where help and demandes are: the unit of the newest millésime that has contours, when it is another.
    pub ailleurs: Option<Lieu>,
    pub secours: Option<Secours>,
    pub comparaisons: Comparaisons,
    /// What the columns of the comparison are about, after the unit.
    pub compares: Vec<String>,
    pub sources: Vec<SourceDeDonnees>,
}

/// Who helps there, and what was asked.
pub struct Secours {
    pub aide: Aide,
    pub themes: Vec<ThemeDuLieu>,
    pub demandes: Annees,
}

impl FicheDeTerritoire {
    /// # Errors
    /// When there is no such unit in the millésime.
    pub async fn lire(
        connexion: &mut PgConnection,
        unite: &Unite,
        millesime: Option<Millesime>,
    ) -> Result<Self> {
        let edition = Edition::demandee(connexion, millesime).await?;
        let lieu = Lieu::trouver(connexion, edition, unite).await?;
        let mut identite = identifier_l_unite(connexion, edition, lieu.clone()).await?;
        let hors_departement = identite.situer_l_epci(connexion, edition).await?;
        let membres = match maille_des_membres(lieu.maille) {
            Some(maille) => {
                Some((maille, nommer_dans(connexion, edition, maille, Some(&lieu)).await?))
            }
            None => None,
        };
        let (dessinee, dessine) = dessinable(connexion, edition, unite, &lieu).await?;
        let croquis = match &dessine {
            Some(lieu) => dessiner(connexion, dessinee, lieu).await?,
            None => None,
        };
        let (comparaisons, compares) = comparer(connexion, edition, &lieu, &identite).await?;
        let anciens = anciens(connexion, edition, &lieu).await?;
        let sources = sources(&mut *connexion, Some(edition.edition)).await?;
        // Planning what follows takes longer than answering it.
        garder_les_plans(connexion).await?;
        let secours = match &dessine {
            Some(lieu) => Some(Secours::lire(connexion, dessinee, lieu).await?),
            None => None,
        };
        let ailleurs = dessine.filter(|_| dessinee.edition != edition.edition);
        Ok(Self {
            identite,
            hors_departement,
            anciens,
            membres,
            croquis,
            ailleurs,
            secours,
            comparaisons,
            compares,
            sources,
        })
    }

    /// Réseaux that answer for it.
    pub fn reseaux(&self) -> impl Iterator<Item = &Reseau> {
        self.secours.iter().flat_map(|secours| &secours.aide.reseaux).map(|lu| &lu.reseau)
    }

    /// `commune:26113`, as questions name it.
    pub fn unite(&self) -> &Unite {
        &self.identite.unite
    }
}

impl Secours {
    async fn lire(connexion: &mut PgConnection, edition: Edition, lieu: &Lieu) -> Result<Self> {
        let besoin = Besoin { theme: None, periode: Periode::default(), texte: None };
        let aide = Aide::lire(connexion, edition, lieu.clone(), &besoin).await?;
        let themes = ThemeDuLieu::lire(connexion, edition, &aide, &besoin).await?;
        let reseaux: Vec<&Reseau> = aide.reseaux.iter().map(|lu| &lu.reseau).collect();
        let demandes = Annees::lire(connexion, &reseaux, None, edition, Some(lieu)).await?;
        Ok(Self { aide, themes, demandes })
    }
}

/// The edition that has contours, and what the unit is there: none when it is no more.
async fn dessinable(
    connexion: &mut PgConnection,
    edition: Edition,
    unite: &Unite,
    lieu: &Lieu,
) -> Result<(Edition, Option<Lieu>)> {
    if edition.millesime_contours.is_some() {
        return Ok((edition, Some(lieu.clone())));
    }
    let dessinee = Edition::avec_contours(connexion, None).await?;
    match Lieu::trouver(connexion, dessinee, unite).await {
        Ok(lieu) => Ok((dessinee, Some(lieu))),
        Err(Error::Introuvable(_)) => Ok((dessinee, None)),
        Err(erreur) => Err(erreur),
    }
}

async fn dessiner(
    connexion: &mut PgConnection,
    edition: Edition,
    lieu: &Lieu,
) -> Result<Option<Croquis>> {
    let mut identite = identifier_l_unite(connexion, edition, lieu.clone()).await?;
    identite.situer_l_epci(connexion, edition).await?;
    let (maille, codes) = match lieu.maille {
        Maille::Commune => (Maille::Commune, Vec::new()),
        Maille::Region => {
            let noms = nommer_dans(connexion, edition, Maille::Departement, Some(lieu)).await?;
            (Maille::Departement, noms.into_keys().collect())
        }
        _ => (Maille::Commune, lieu.communes(connexion, edition).await?),
    };
    Croquis::d_une_unite(connexion, edition, &identite, lieu, (maille, &codes)).await
}

/// The indicators of a unit beside those of the units that it belongs to.
async fn comparer(
    connexion: &mut PgConnection,
    edition: Edition,
    lieu: &Lieu,
    identite: &Identite,
) -> Result<(Comparaisons, Vec<String>)> {
    let parents = &identite.parents;
    let (epci, departement) = match lieu.maille {
        Maille::Commune => (parents.epci.as_ref(), parents.departement.as_ref()),
        Maille::Epci | Maille::Regroupement => (None, parents.departement.as_ref()),
        Maille::Departement | Maille::Region => (None, None),
    };
    let mut unites = vec![(lieu.unite.clone(), lieu.communes(connexion, edition).await?)];
    let mut compares = Vec::new();
    for (maille, parent) in [(Maille::Epci, epci), (Maille::Departement, departement)] {
        let Some(parent) = parent else { continue };
        let parent = Lieu::connu(maille, &parent.code, &parent.nom);
        let communes = parent.communes(connexion, edition).await?;
        compares.push(parent.nom);
        unites.push((parent.unite, communes));
    }
    Ok((Comparaisons::lire(connexion, edition, &unites).await?, compares))
}

/// What a unit is shown to be made of.
fn maille_des_membres(maille: Maille) -> Option<Maille> {
    match maille {
        Maille::Commune => None,
        Maille::Epci | Maille::Regroupement => Some(Maille::Commune),
        Maille::Departement => Some(Maille::Epci),
        Maille::Region => Some(Maille::Departement),
    }
}
