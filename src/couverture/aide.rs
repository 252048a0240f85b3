//! Who can help here, with what, and how to reach them.

use chrono::Datelike;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::error::{Contexte, Result};
use crate::partenaires::{Adresse, Citation, Identite, Periode, Reseau, ReseauDuLieu, citations};
use crate::territoires::{Edition, Lieu};

#[derive(Debug, Serialize)]
pub struct Aide {
    pub territoire: Lieu,
    /// What a reader must know of the place or of the need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarque: Option<String>,
    /// The answer in words.
    pub reponse: String,
    pub etat: EtatAide,
    /// Members who may help here and have not said: they have not declared their zones complete.
    pub non_declares: Vec<NonDeclare>,
    pub annee: i32,
    pub demonstration: bool,
    pub mention: Option<String>,
    pub partenaires: Vec<Aidant>,
    /// The réseau's own desk, for what no partner covers.
    pub guichet: Option<Adresse>,
    pub sources: Vec<Citation>,
    /// Those that answer for the place, that of most communes first.
    #[serde(skip)]
    pub reseaux: Vec<ReseauDuLieu>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Aidant {
    pub reseau: String,
    #[serde(flatten)]
    pub identite: Identite,
    pub themes: Vec<ThemeAide>,
    /// Its services that answer the need, best first.
    pub fiches: Vec<FicheAide>,
    /// How its zone says that it works here.
    pub zone: String,
    /// Of the place's communes that are in the réseau, those that it covers.
    pub communes_couvertes: i64,
    #[serde(default)]
    pub communes: usize,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct ThemeAide {
    pub code: String,
    pub libelle: String,
}

/// A described service. `niveau`: `premier_niveau` or `approfondi`; `cout`: `gratuit`, `payant` or
/// `selon_le_cas`; null when nobody has said.
#[derive(Debug, Serialize, Deserialize)]
pub struct FicheAide {
    pub code: String,
    pub titre: String,
    pub niveau: Option<String>,
    pub cout: Option<String>,
    pub conditions: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct NonDeclare {
    pub reseau: String,
    pub code: String,
    pub nom: String,
}

/// What is known of the help that a place can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EtatAide {
    /// A partner at least can help.
    Aide,
    /// None can, and all have declared their zones complete.
    Personne,
    /// None is known to, and some have not declared their zones complete; or the place is in no réseau.
    NonRenseigne,
}

/// What is asked about a place.
#[derive(Debug)]
pub struct Besoin<'a> {
    pub theme: Option<&'a str>,
    pub periode: Periode,
    /// A need in everyday words.
    pub texte: Option<&'a str>,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    presents: i64,
    non_declares: Json<Vec<NonDeclare>>,
    partenaires: Json<Vec<Aidant>>,
}

impl Aide {
    pub async fn lire(
        connexion: &mut PgConnection,
        edition: Edition,
        lieu: Lieu,
        besoin: &Besoin<'_>,
    ) -> Result<Self> {
        let du_lieu = Reseau::du_lieu(connexion, edition, &lieu).await?;
        let mut communes: Vec<&str> =
            du_lieu.iter().flat_map(|reseau| &reseau.communes).map(String::as_str).collect();
        communes.sort_unstable();
        communes.dedup();
        let codes: Vec<&str> = du_lieu.iter().map(|lu| lu.reseau.code.as_str()).collect();
        let mut ligne: Ligne = sqlx::query_as(include_str!("sql/aide.sql"))
            .bind(&codes)
            .bind(&communes)
            .bind(edition.millesime)
            .bind(besoin.theme)
            .bind(besoin.periode.au)
            .bind(besoin.texte)
            .fetch_one(&mut *connexion)
            .await
            .pour("recherche de qui peut aider")?;
        for aidant in &mut ligne.partenaires.0 {
            aidant.communes = du_lieu
                .iter()
                .find(|lu| lu.reseau.code == aidant.reseau)
                .map_or(0, |lu| lu.communes.len());
        }
        let reseaux: Vec<Reseau> = du_lieu.iter().map(|lu| lu.reseau.clone()).collect();
        let etat = match (ligne.presents, reseaux.is_empty(), ligne.non_declares.is_empty()) {
            (1.., _, _) => EtatAide::Aide,
            (_, false, true) => EtatAide::Personne,
            _ => EtatAide::NonRenseigne,
        };
        let sans_reponse =
            besoin.texte.filter(|_| ligne.presents > 0 && ligne.partenaires.is_empty());
        let remarques = [
            lieu.remarque.clone(),
            sans_reponse.map(|texte| {
                format!(
                    "Aucun partenaire d'ici n'annonce « {texte} ». Essayez d'autres mots, ou un thème."
                )
            }),
        ];
        let remarque = remarques.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let guichet = reseaux.iter().find_map(Reseau::guichet);
        let demonstrations = || reseaux.iter().filter(|reseau| reseau.demonstration);
        let mentions: Vec<&str> =
            demonstrations().filter_map(|reseau| reseau.mention.as_deref()).collect();
        let annee = match besoin.periode.au {
            Some(jour) => Some(jour.year()),
            None => reseaux.iter().map(|reseau| i32::from(reseau.annee)).max(),
        };
        let reponse = if reseaux.is_empty() {
            format!("{} n'est dans le périmètre d'aucun réseau.", lieu.nom)
        } else {
            repondre(&lieu.nom, etat, &ligne.partenaires, &ligne.non_declares, guichet.as_ref())
        };
        Ok(Self {
            remarque: (!remarque.is_empty()).then_some(remarque),
            reponse,
            etat,
            territoire: lieu,
            annee: annee.unwrap_or(i32::from(edition.millesime.annee())),
            demonstration: demonstrations().next().is_some(),
            mention: (!mentions.is_empty()).then(|| mentions.join(" ")),
            partenaires: ligne.partenaires.0,
            non_declares: ligne.non_declares.0,
            guichet,
            sources: citations(connexion, &reseaux, edition.edition).await?,
            reseaux: du_lieu,
        })
    }
}

/// The answer in words: how many can help, how many have not said, and where to go when nobody can.
fn repondre(
    nom: &str,
    etat: EtatAide,
    partenaires: &[Aidant],
    non_declares: &[NonDeclare],
    guichet: Option<&Adresse>,
) -> String {
    let attendus = match non_declares.len() {
        0 => String::new(),
        1 => " 1 partenaire n'a pas encore déclaré ses zones complètes.".to_owned(),
        n => format!(" {n} partenaires n'ont pas encore déclaré leurs zones complètes."),
    };
    let accueil =
        guichet.map_or_else(String::new, |guichet| format!(" Adressez-vous à : {}.", guichet.nom));
    match (etat, partenaires) {
        (EtatAide::Aide, [_, _, ..]) => {
            format!("{nom} : {} partenaires peuvent aider.{attendus}", partenaires.len())
        }
        (EtatAide::Aide, [_]) => format!("{nom} : 1 partenaire peut aider.{attendus}"),
        (EtatAide::Aide, []) => {
            format!("{nom} : aucun partenaire n'annonce cette aide.{attendus}{accueil}")
        }
        (EtatAide::Personne, _) => format!(
            "{nom} : aucun partenaire n'intervient ; tous ceux qui sont concernés ont déclaré leurs zones \
             complètes.{accueil}"
        ),
        (EtatAide::NonRenseigne, _) => {
            format!("{nom} : on ne sait pas encore qui peut aider.{attendus}{accueil}")
        }
    }
}
