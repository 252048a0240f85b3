//! The question of an address as a sentence, in the head of the page: what a message that carries the link shows, and
//! what a search engine reads. The sentences are those of the page (`page/couverture/question.ts`,
//! `page/indicateurs/question.ts`), with the same words (`page/francais.json`).

use std::sync::LazyLock;

use maud::html;
use serde::Deserialize;
use sqlx::PgConnection;

use crate::error::Result;
use crate::http::Parametres;
use crate::indicateurs::Indicateur;
use crate::partenaires::{Description, Reseau};
use crate::territoires::{Edition, Lieu, Unite};

/// What the page says of itself when nothing is asked.
const TITRE: &str = "Qui peut aider chaque commune";
const DESCRIPTION: &str = "La carte des partenaires de l’ingénierie territoriale : qui peut aider chaque commune, sur quoi, \
    ce qui a été demandé, et les chiffres des territoires.";

/// What the head of the page says for an address.
#[derive(Debug)]
pub struct Apercu {
    titre: String,
    description: String,
}

#[derive(Deserialize)]
struct Francais {
    feminins: Vec<String>,
    masculins: Vec<String>,
    prepositions: Vec<Preposition>,
}

#[derive(Deserialize)]
struct Preposition {
    mot: String,
    departements: Vec<String>,
    regions: Vec<String>,
}

static FRANCAIS: LazyLock<Option<Francais>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("page/francais.json"))
        .inspect_err(|erreur| tracing::error!(%erreur, "mots des phrases illisibles"))
        .ok()
});

impl Default for Apercu {
    fn default() -> Self {
        Self { titre: TITRE.into(), description: DESCRIPTION.into() }
    }
}

impl Apercu {
    /// The sentence of what an address asks, as the public may read it. What an address says wrongly is as if it
    /// were not there.
    pub async fn lire(
        connexion: &mut PgConnection,
        reseau_du_chemin: Option<&str>,
        parametres: &Parametres,
    ) -> Result<Self> {
        let reseau = match reseau_du_chemin.or_else(|| parametres.texte("reseau")) {
            Some(code) => Reseau::lire(connexion, code).await.ok(),
            None => Reseau::tous(connexion).await?.into_iter().next(),
        };
        let description = match reseau {
            Some(reseau) => Some(reseau.decrire(connexion).await?),
            None => None,
        };
        let question = match (parametres.texte("vue"), &description) {
            (Some("indicateurs"), _) | (_, None) => {
                des_indicateurs(connexion, description.as_ref(), parametres).await?
            }
            (vue, Some(reseau)) => Some(du_reseau(vue, reseau, parametres)),
        };
        let lieu = unite(connexion, parametres).await?;
        let titre = match (question, lieu) {
            (Some(question), Some(nom)) => format!("{nom} – {question}"),
            (Some(question), None) => question,
            (None, nom) => nom.unwrap_or_else(|| TITRE.into()),
        };
        let mut phrases = Vec::new();
        if let Some(Description { reseau, .. }) = &description {
            phrases.push(format!("{}.", reseau.nom));
            if reseau.demonstration && parametres.texte("vue") != Some("indicateurs") {
                phrases.push("Données de démonstration.".into());
            }
        }
        phrases.push(DESCRIPTION.into());
        Ok(Self { titre, description: phrases.join(" ") })
    }

    /// The elements of the head. `adresse` is the whole address of the page.
    pub fn entete(&self, adresse: &str) -> String {
        let titre = format!("{} – Maillage", self.titre);
        html! {
            title { (titre) }
            meta name="description" content=(self.description);
            meta property="og:type" content="website";
            meta property="og:site_name" content="Maillage";
            meta property="og:locale" content="fr_FR";
            meta property="og:title" content=(self.titre);
            meta property="og:description" content=(self.description);
            meta property="og:url" content=(adresse);
            meta name="twitter:card" content="summary";
        }
        .into_string()
    }
}

/// « Qui, parmi tous les partenaires, peut aider les communes sur tous les thèmes à tous les niveaux en 2018 ? »
fn du_reseau(vue: Option<&str>, reseau: &Description, parametres: &Parametres) -> String {
    let maille = match parametres.texte("maille") {
        Some("epci") => "les EPCI",
        Some("departement") => "le département",
        Some("regroupement") => "les regroupements",
        Some("zoom") => "les territoires, selon le zoom",
        _ => "les communes",
    };
    let theme = parametres.texte("theme").and_then(|code| reseau.theme(code));
    let sur = match &theme {
        Some(libelle) => format!("sur le thème {libelle}"),
        None => "sur tous les thèmes".into(),
    };
    let partenaire = parametres.texte("partenaire").and_then(|code| reseau.partenaire(code));
    let annee = parametres
        .nombre("annee", 1900..=2100)
        .ok()
        .flatten()
        .unwrap_or_else(|| i32::from(reseau.reseau.annee));
    let periode = match (parametres.date("du"), parametres.date("au")) {
        (Ok(Some(du)), Ok(Some(au))) if du <= au => {
            format!("du {} au {}", du.format("%d/%m/%Y"), au.format("%d/%m/%Y"))
        }
        _ => format!("en {annee}"),
    };
    match (vue, partenaire) {
        (Some("zones"), _) => {
            format!("Où interviennent les partenaires {sur} au 31 décembre {annee} ?")
        }
        (Some("demandes"), Some(nom)) => {
            format!("Qu’ont demandé {maille} à l’organisme {nom} {sur} {periode} ?")
        }
        (Some("demandes"), None) => {
            format!("Qu’ont demandé {maille} à tous les partenaires {sur} {periode} ?")
        }
        (_, Some(nom)) => format!("Où l’organisme {nom} peut-il aider {maille} {sur} {periode} ?"),
        (_, None) => {
            let niveau = match parametres.texte("niveau") {
                Some("premier_niveau") => "pour un premier conseil",
                Some("approfondi") => "pour un accompagnement approfondi",
                _ => "à tous les niveaux",
            };
            format!(
                "Qui, parmi tous les partenaires, peut aider {maille} {sur} {niveau} {periode} ?"
            )
        }
    }
}

/// « Quelle est la densité de population des communes de la Drôme en 2026 ? »
async fn des_indicateurs(
    connexion: &mut PgConnection,
    reseau: Option<&Description>,
    parametres: &Parametres,
) -> Result<Option<String>> {
    let code = parametres.texte("indicateur").unwrap_or("densite");
    let Ok(indicateur) = Indicateur::lire(connexion, code).await else { return Ok(None) };
    let lieu = match parametres.texte("dans") {
        Some("france") => None,
        Some(dans) => dans.parse::<Unite>().ok(),
        None => reseau
            .and_then(|reseau| reseau.reseau.departement.as_ref())
            .and_then(|code| format!("departement:{code}").parse().ok()),
    };
    let ou = match &lieu {
        Some(unite) => match nommer(connexion, unite).await? {
            Some(nom) => format!("{}{nom}", preposition(unite)),
            None => "de France".into(),
        },
        None => "de France".into(),
    };
    let maille = match parametres.texte("maille") {
        Some("epci") => "EPCI",
        Some("departement") => "départements",
        Some("region") => "régions",
        _ => "communes",
    };
    let periode = parametres
        .texte("periode")
        .filter(|periode| indicateur.periodes.iter().any(|connue| connue == periode))
        .or(indicateur.periodes.first().map(String::as_str))
        .unwrap_or_default();
    let quand = match periode.split_once('-') {
        Some((debut, fin)) => format!("entre {debut} et {fin}"),
        None => format!("en {periode}"),
    };
    Ok(Some(format!("{} {maille} {ou} {quand} ?", tournure(&indicateur))))
}

/// « Quelle est la densité de population des », by the first word of a label.
fn tournure(indicateur: &Indicateur) -> String {
    let libelle = indicateur.libelle.trim_end_matches(" de la commune");
    let mut lettres = libelle.chars();
    let premiere = lettres.next().map(|lettre| lettre.to_lowercase().to_string());
    let sigle = lettres.clone().next().is_some_and(char::is_uppercase);
    let minuscule = match premiere {
        Some(premiere) if !sigle => premiere + lettres.as_str(),
        _ => libelle.to_owned(),
    };
    let tete = minuscule.split(' ').next().unwrap_or_default().to_lowercase();
    let elide = tete.starts_with(|lettre| "aeiouyàâéèêëîïôöûüœh".contains(lettre));
    let est = |mots: fn(&Francais) -> &Vec<String>| {
        FRANCAIS.as_ref().is_some_and(|francais| mots(francais).contains(&tete))
    };
    if est(|francais| &francais.feminins) {
        return format!("Quelle est {}{minuscule} des", if elide { "l’" } else { "la " });
    }
    if est(|francais| &francais.masculins) {
        return format!("Quel est {}{minuscule} des", if elide { "l’" } else { "le " });
    }
    let compte = indicateur.se_repartit()
        && tete.ends_with(['s', 'x'])
        && !indicateur.unite.as_deref().unwrap_or_default().starts_with('€');
    if compte {
        return format!(
            "Combien compte-t-on {}{minuscule} dans les",
            if elide { "d’" } else { "de " }
        );
    }
    format!("Que montre l’indicateur « {minuscule} » dans les")
}

/// « de la », before the name of a unit.
fn preposition(unite: &Unite) -> &'static str {
    let Some(francais) = FRANCAIS.as_ref() else { return "de " };
    let codes: fn(&Preposition) -> &Vec<String> = match unite.maille.as_str() {
        "epci" => return "de l’EPCI ",
        "regroupement" => return "du regroupement ",
        "departement" => |preposition| &preposition.departements,
        "region" => |preposition| &preposition.regions,
        _ => return "de ",
    };
    francais
        .prepositions
        .iter()
        .find(|preposition| codes(preposition).contains(&unite.code))
        .map_or("de ", |preposition| preposition.mot.as_str())
}

/// The name of the unit that is chosen.
async fn unite(connexion: &mut PgConnection, parametres: &Parametres) -> Result<Option<String>> {
    match parametres.lire::<Unite>("unite") {
        Ok(Some(unite)) => nommer(connexion, &unite).await,
        _ => Ok(None),
    }
}

async fn nommer(connexion: &mut PgConnection, unite: &Unite) -> Result<Option<String>> {
    let edition = Edition::avec_contours(connexion, None).await?;
    Ok(Lieu::trouver(connexion, edition, unite).await.ok().map(|lieu| lieu.nom))
}
