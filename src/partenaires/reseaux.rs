//! Réseaux as answers show them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::declaration::{BilanDeclare, Etape};
use crate::error::{Contexte, Error, Result};
use crate::territoires::{Edition, Lieu, Millesime, SourceDeDonnees, sources};

/// A réseau in a list, and beside every figure that comes from it.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct Reseau {
    pub code: String,
    pub nom: String,
    pub nom_court: String,
    pub departement: Option<String>,
    /// The year its figures speak of, unless asked otherwise.
    pub annee: i16,
    pub millesime_reference: Millesime,
    pub demonstration: bool,
    pub mention: Option<String>,
    pub couleur: Option<String>,
    /// For whom the help is meant, and who may open the SIG, in its own words.
    pub presentation: Option<String>,
    destinataires: Option<String>,
    sig: Option<String>,
    /// What its documents count, to be read beside what is counted here.
    partenaires_annonces: Option<i16>,
    fiches_annoncees: Option<i16>,
    /// Share of a commune's surface from which a drawn zone covers it.
    seuil_couverture: f64,
    /// Under how many demandes a count is masked for whoever asks; null: they read everything.
    pub seuil_masque: Option<i16>,
    /// How long whom to call back is kept, in months.
    #[serde(skip)]
    pub conservation_mois: i16,
    #[serde(skip)]
    source_nom: Option<String>,
    #[serde(skip)]
    source_site: Option<String>,
    #[serde(skip)]
    guichet_nom: Option<String>,
    #[serde(skip)]
    guichet_site: Option<String>,
    #[serde(skip)]
    guichet_courriel: Option<String>,
    #[serde(skip)]
    guichet_telephone: Option<String>,
}

/// A réseau that answers for a place.
#[derive(Debug, sqlx::FromRow)]
pub struct ReseauDuLieu {
    #[sqlx(flatten)]
    pub reseau: Reseau,
    /// Codes of the place's communes in its perimeter.
    pub communes: Vec<String>,
}

/// A réseau with its members and its themes.
#[derive(Debug, Serialize)]
pub struct Description {
    #[serde(flatten)]
    pub reseau: Reseau,
    /// West, south, east, north of its communes, degrees.
    bbox: Option<Vec<f64>>,
    annees: Vec<i16>,
    pub guichet: Option<Adresse>,
    pub partenaires: Vec<Partenaire>,
    /// Without those who coordinate, at the end of its year.
    partenaires_comptes: i64,
    fiches_comptees: i64,
    pub themes: Vec<Theme>,
    etapes: Vec<Etape>,
    /// A year's figures as its documents state them: not those that are counted here.
    bilans_declares: Vec<BilanDeclare>,
    regroupements: Vec<Regroupement>,
    perimetre: Perimetre,
    source: Option<Adresse>,
}

/// A name, where to read more, and how to reach it when that is said.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Adresse {
    pub nom: String,
    pub site: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courriel: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
}

/// Who a partner is and how to reach it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Identite {
    pub code: String,
    pub nom: String,
    pub sigle: Option<String>,
    #[serde(rename = "type")]
    pub genre: Option<String>,
    pub site: Option<String>,
    pub courriel: Option<String>,
    pub telephone: Option<String>,
    pub description: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Partenaire {
    #[serde(flatten)]
    pub identite: Identite,
    role: String,
    /// Of its membership, both included.
    debut: Option<NaiveDate>,
    fin: Option<NaiveDate>,
    cadre: Option<String>,
    /// When it last declared its zones complete, for a theme at least.
    zones_declarees_le: Option<NaiveDate>,
    fiches: i64,
    /// Codes.
    pub themes: Vec<String>,
}

impl Partenaire {
    /// Whether it is a member that day.
    pub fn adhere(&self, jour: NaiveDate) -> bool {
        self.debut.is_none_or(|debut| debut <= jour) && self.fin.is_none_or(|fin| jour <= fin)
    }

    /// Whether it coordinates the réseau.
    pub fn coordonne(&self) -> bool {
        self.role == "coordinateur"
    }
}

/// A named set of communes, as questions name it.
#[derive(Debug, Serialize, Deserialize)]
struct Regroupement {
    unite: String,
    nom: String,
    genre: Option<String>,
    /// What is done with a commune that several of one kind share.
    regle: Option<String>,
    source: Option<String>,
    communes: i64,
    partagees: i64,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Theme {
    pub code: String,
    pub libelle: String,
    pub parent: Option<String>,
    /// The last day that it is offered.
    pub fin: Option<NaiveDate>,
}

/// How many units the réseau says it serves, in its millésime of reference.
#[derive(Debug, Serialize)]
struct Perimetre {
    communes: i64,
    epci: i64,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    bbox: Option<Vec<f64>>,
    annees: Vec<i16>,
    partenaires: Json<Vec<Partenaire>>,
    partenaires_comptes: i64,
    fiches_comptees: i64,
    themes: Json<Vec<Theme>>,
    etapes: Json<Vec<Etape>>,
    bilans_declares: Json<Vec<BilanDeclare>>,
    regroupements: Json<Vec<Regroupement>>,
    communes: i64,
    epci: i64,
}

impl Description {
    /// West, south, east, north of its communes, degrees.
    pub fn emprise(&self) -> Option<[f64; 4]> {
        self.bbox.as_deref()?.try_into().ok()
    }

    /// The label of one of its themes.
    pub fn theme(&self, code: &str) -> Option<&str> {
        self.themes.iter().find(|theme| theme.code == code).map(|theme| theme.libelle.as_str())
    }

    /// The name of one of its partners; its acronym, when it has one and the name is long, as the page says.
    pub fn partenaire(&self, code: &str) -> Option<&str> {
        let Identite { nom, sigle, .. } =
            &self.partenaires.iter().find(|p| p.identite.code == code)?.identite;
        Some(sigle.as_deref().filter(|_| nom.chars().count() > 28).unwrap_or(nom))
    }

    /// Codes and names of its partners, in its order.
    pub fn noms_des_partenaires(&self) -> Vec<(String, String)> {
        let nom = |p: &Partenaire| (p.identite.code.clone(), p.identite.nom.clone());
        self.partenaires.iter().map(nom).collect()
    }
}

impl Reseau {
    /// Those that the principal may read.
    pub async fn tous(connexion: &mut PgConnection) -> Result<Vec<Self>> {
        sqlx::query_as(include_str!("sql/lire_reseaux.sql"))
            .bind(None::<String>)
            .fetch_all(connexion)
            .await
            .pour("lecture des réseaux")
    }

    /// The one of this code.
    pub async fn lire(connexion: &mut PgConnection, code: &str) -> Result<Self> {
        let reseau: Option<Self> = sqlx::query_as(include_str!("sql/lire_reseaux.sql"))
            .bind(code)
            .fetch_optional(connexion)
            .await
            .pour("lecture d'un réseau")?;
        reseau.ok_or_else(|| {
            Error::Introuvable(format!(
                "Le réseau « {code} » n'existe pas. La liste est à /api/reseaux."
            ))
        })
    }

    /// Those that answer for a place, with its communes in the perimeter of each.
    pub async fn du_lieu(
        connexion: &mut PgConnection,
        edition: Edition,
        lieu: &Lieu,
    ) -> Result<Vec<ReseauDuLieu>> {
        sqlx::query_as(include_str!("sql/lire_reseaux_du_lieu.sql"))
            .bind(edition.edition)
            .bind(edition.millesime)
            .bind(lieu.maille)
            .bind(&lieu.code)
            .fetch_all(connexion)
            .await
            .pour("recherche des réseaux d'un territoire")
    }

    /// Whether it serves a commune or an EPCI.
    pub async fn sert(
        &self,
        connexion: &mut PgConnection,
        edition: Edition,
        lieu: &Lieu,
    ) -> Result<bool> {
        sqlx::query_scalar(
            "select exists (select from perimetre_actuel
             where reseau = $1 and millesime = $2 and maille = $3 and code = $4)",
        )
        .bind(&self.code)
        .bind(edition.millesime)
        .bind(lieu.maille)
        .bind(&lieu.code)
        .fetch_one(connexion)
        .await
        .pour("lecture du périmètre d'un réseau")
    }

    /// What its folder was made from, and where to read it.
    pub fn source(&self) -> Option<(&str, Option<&str>)> {
        Some((self.source_nom.as_deref()?, self.source_site.as_deref()))
    }

    /// The guichet, when the réseau has one.
    pub fn guichet(&self) -> Option<Adresse> {
        let adresse = adresse(self.guichet_nom.clone(), self.guichet_site.clone())?;
        let (courriel, telephone) = (self.guichet_courriel.clone(), self.guichet_telephone.clone());
        Some(Adresse { courriel, telephone, ..adresse })
    }

    /// The edition that a year's figures are counted in, where the réseau says that it is not that of its
    /// perimeter.
    pub async fn comptage(
        &self,
        connexion: &mut PgConnection,
        annee: Option<i16>,
    ) -> Result<Option<Edition>> {
        let millesime: Option<Millesime> = sqlx::query_scalar(
            "select millesime from reseau_millesime where reseau = $1 and annee = $2",
        )
        .bind(&self.code)
        .bind(annee)
        .fetch_optional(&mut *connexion)
        .await
        .pour("lecture du millésime d'une année")?;
        match millesime.filter(|millesime| *millesime != self.millesime_reference) {
            Some(millesime) => Edition::de(connexion, Some(millesime)).await.map(Some),
            None => Ok(None),
        }
    }

    pub async fn decrire(self, connexion: &mut PgConnection) -> Result<Description> {
        let ligne: Ligne = sqlx::query_as(include_str!("sql/decrire_reseau.sql"))
            .bind(&self.code)
            .fetch_one(connexion)
            .await
            .pour("lecture d'un réseau")?;
        Ok(Description {
            bbox: ligne.bbox,
            annees: ligne.annees,
            guichet: self.guichet(),
            partenaires: ligne.partenaires.0,
            partenaires_comptes: ligne.partenaires_comptes,
            fiches_comptees: ligne.fiches_comptees,
            themes: ligne.themes.0,
            etapes: ligne.etapes.0,
            bilans_declares: ligne.bilans_declares.0,
            regroupements: ligne.regroupements.0,
            perimetre: Perimetre { communes: ligne.communes, epci: ligne.epci },
            source: adresse(self.source_nom.clone(), self.source_site.clone()),
            reseau: self,
        })
    }
}

fn adresse(nom: Option<String>, site: Option<String>) -> Option<Adresse> {
    nom.map(|nom| Adresse { nom, site, courriel: None, telephone: None })
}

/// A source as an answer cites it. That of a réseau has no licence unless it gives one.
#[derive(Debug, Serialize)]
pub struct Citation {
    pub nom: String,
    pub licence: Option<String>,
    pub date: Option<chrono::NaiveDate>,
}

/// What figures of these réseaux on this edition come from.
pub async fn citations(
    connexion: &mut PgConnection,
    reseaux: &[Reseau],
    edition: i32,
) -> Result<Vec<Citation>> {
    let des_reseaux = reseaux.iter().filter_map(|reseau| {
        Some(Citation { nom: reseau.source_nom.clone()?, licence: None, date: None })
    });
    let des_territoires = sources(connexion, Some(edition)).await?.into_iter().map(
        |SourceDeDonnees { nom, licence, date, .. }| Citation { nom, licence: Some(licence), date },
    );
    Ok(des_reseaux.chain(des_territoires).collect())
}
