//! Movements as their publishers write them.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use chrono::NaiveDate;
use serde::Deserialize;

use super::histoire::Mouvement;
use crate::error::{Error, Result};

/// Movements of one publisher, until a date.
#[derive(Debug)]
pub struct SourceMouvements {
    pub code: &'static str,
    pub nom: String,
    pub licence: &'static str,
    pub jusqu_au: NaiveDate,
    pub mouvements: Vec<Mouvement>,
}

/// Insee's « Événements survenus sur les communes » (`v_mvt_commune_AAAA.csv`).
///
/// Only rows from a commune to a commune matter: communes déléguées and associées are told by the
/// mergers that made them.
pub fn mouvements_insee(fichier: &Path, texte: &[u8]) -> Result<SourceMouvements> {
    let fautif = |ligne: u64, raison: &str| {
        Error::Donnees(format!("{}, ligne {ligne} : {raison}", fichier.display()))
    };
    let mut lecteur = csv::ReaderBuilder::new().flexible(true).from_reader(texte);
    let entetes = lecteur.headers().map_err(|erreur| fautif(1, &erreur.to_string()))?.clone();
    let colonne = |nom: &str| {
        entetes
            .iter()
            .position(|entete| entete.trim_start_matches('\u{feff}').eq_ignore_ascii_case(nom))
            .ok_or_else(|| {
                fautif(1, &format!(
                    "il manque la colonne « {nom} » ; ce n'est pas le fichier des événements sur les \
                     communes de l'Insee (v_mvt_commune_AAAA.csv). Ses colonnes : {}.",
                    entetes.iter().collect::<Vec<_>>().join(", ")
                ))
            })
    };
    let (modalite, date) = (colonne("MOD")?, colonne("DATE_EFF")?);
    let (genre_avant, avant, nom_avant) =
        (colonne("TYPECOM_AV")?, colonne("COM_AV")?, colonne("LIBELLE_AV")?);
    let (genre_apres, apres, nom_apres) =
        (colonne("TYPECOM_AP")?, colonne("COM_AP")?, colonne("LIBELLE_AP")?);
    let mut mouvements = Vec::new();
    for ligne in lecteur.records() {
        let ligne = ligne.map_err(|erreur| {
            fautif(erreur.position().map_or(0, csv::Position::line), &erreur.to_string())
        })?;
        let numero = ligne.position().map_or(0, csv::Position::line);
        let champ = |rang: usize| ligne.get(rang).map(str::trim).unwrap_or_default();
        let texte = |rang: usize| Some(champ(rang).to_owned()).filter(|texte| !texte.is_empty());
        let jour = champ(date);
        let jour = NaiveDate::parse_from_str(jour, "%Y-%m-%d")
            .or_else(|_| NaiveDate::parse_from_str(jour, "%d/%m/%Y"))
            .map_err(|_| {
                fautif(
                    numero,
                    &format!(
                        "« {jour} » n'est pas une date (colonne DATE_EFF) ; 2024-01-01 est attendu."
                    ),
                )
            })?;
        // 10 is a change of name.
        if champ(modalite) == "10"
            || !matches!(champ(genre_avant), "COM" | "")
            || champ(genre_apres) != "COM"
        {
            continue;
        }
        mouvements.push(Mouvement {
            date: jour,
            avant: texte(avant),
            apres: texte(apres),
            nom_avant: texte(nom_avant),
            nom_apres: texte(nom_apres),
        });
    }
    ordonner(&mut mouvements);
    let Some(dernier) = mouvements.last().map(|mouvement| mouvement.date) else {
        return Err(fautif(1, "aucun mouvement de commune à commune."));
    };
    Ok(SourceMouvements {
        code: "insee",
        nom: format!(
            "Événements survenus sur les communes : Insee, jusqu'au {}",
            dernier.format("%d/%m/%Y")
        ),
        licence: "Licence Ouverte 2.0",
        jusqu_au: dernier,
        mouvements,
    })
}

/// A record of the package's `historique-communes.json`: a commune, or a part of one, between two dates.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fiche {
    id: String,
    #[serde(rename = "type")]
    genre: String,
    code: String,
    nom: String,
    date_debut: Option<NaiveDate>,
    date_fin: Option<NaiveDate>,
    predecesseur: Option<String>,
    successeur: Option<String>,
    /// The commune that it is a part of.
    pole: Option<String>,
    #[serde(default)]
    membres: Vec<String>,
}

/// The history of communes of `@etalab/decoupage-administratif` (in its versions before 0.9).
pub fn historique_etalab(version: &str, texte: &[u8]) -> Result<SourceMouvements> {
    let fiches: Vec<Fiche> = serde_json::from_slice(texte)
        .map_err(|erreur| Error::Donnees(format!("historique-communes.json : {erreur}")))?;
    let par_id: HashMap<&str, &Fiche> =
        fiches.iter().map(|fiche| (fiche.id.as_str(), fiche)).collect();
    // The commune that a record is, or that it is a part of.
    let commune = |id: &Option<String>| {
        let fiche = par_id.get(id.as_deref()?)?;
        if fiche.genre == "COM" {
            Some(*fiche)
        } else {
            par_id.get(fiche.pole.as_deref()?).copied()
        }
    };
    let mut mouvements = Vec::new();
    for fiche in fiches.iter().filter(|fiche| fiche.genre == "COM") {
        if let Some(date) = fiche.date_fin {
            let apres = commune(&fiche.successeur);
            mouvements.push(Mouvement {
                date,
                avant: Some(fiche.code.clone()),
                apres: apres.map(|apres| apres.code.clone()),
                nom_avant: Some(fiche.nom.clone()),
                nom_apres: apres.map(|apres| apres.nom.clone()),
            });
        }
        let Some(date) = fiche.date_debut else { continue };
        // What it is made of tells where it comes from: itself, or each of its members.
        let venus_de: Vec<Option<&Fiche>> = if fiche.membres.is_empty() {
            vec![commune(&fiche.predecesseur)]
        } else {
            let membres = fiche.membres.iter().filter_map(|id| par_id.get(id.as_str()));
            membres.map(|membre| commune(&membre.predecesseur)).filter(Option::is_some).collect()
        };
        for avant in venus_de {
            mouvements.push(Mouvement {
                date,
                avant: avant.map(|avant| avant.code.clone()),
                apres: Some(fiche.code.clone()),
                nom_avant: avant.map(|avant| avant.nom.clone()),
                nom_apres: Some(fiche.nom.clone()),
            });
        }
    }
    ordonner(&mut mouvements);
    let Some(dernier) = mouvements.last().map(|mouvement| mouvement.date) else {
        return Err(Error::Donnees("historique-communes.json ne contient aucun mouvement.".into()));
    };
    Ok(SourceMouvements {
        code: "etalab",
        nom: format!(
            "Historique des communes : Insee, paquet @etalab/decoupage-administratif {version}"
        ),
        licence: "Licence Ouverte 2.0",
        jusqu_au: dernier,
        mouvements,
    })
}

/// Puts movements in order, each once.
fn ordonner(mouvements: &mut Vec<Mouvement>) {
    mouvements.sort_by(|a, b| (a.date, &a.avant, &a.apres).cmp(&(b.date, &b.avant, &b.apres)));
    mouvements.dedup_by(|a, b| (a.date, &a.avant, &a.apres) == (b.date, &b.avant, &b.apres));
}

/// Communes created out of others or shared among others: see `data/passage/README.md`.
const SCISSIONS: &[u8] = include_bytes!("../../../data/passage/scissions.csv");

/// Adds what a source leaves out: which communes a new one comes out of, who receives one that is
/// shared out.
pub fn completer(mouvements: &mut Vec<Mouvement>) -> Result<()> {
    let incomplets: BTreeSet<(NaiveDate, &String)> = mouvements
        .iter()
        .filter_map(|mouvement| match (&mouvement.avant, &mouvement.apres) {
            (None, Some(code)) | (Some(code), None) => Some((mouvement.date, code)),
            _ => None,
        })
        .collect();
    let illisible = |erreur: csv::Error| Error::Donnees(format!("scissions.csv : {erreur}"));
    #[derive(Deserialize)]
    struct Ligne {
        date: NaiveDate,
        avant: String,
        nom_avant: String,
        apres: String,
        nom_apres: String,
    }
    let lignes: Vec<Ligne> = csv::Reader::from_reader(SCISSIONS)
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(illisible)?;
    let jours: BTreeSet<NaiveDate> = lignes
        .iter()
        .filter(|ligne| {
            incomplets.contains(&(ligne.date, &ligne.apres))
                || incomplets.contains(&(ligne.date, &ligne.avant))
        })
        .map(|ligne| ligne.date)
        .collect();
    let mut ajouts = Vec::new();
    for ligne in lignes.into_iter().filter(|ligne| jours.contains(&ligne.date)) {
        ajouts.push(Mouvement {
            date: ligne.date,
            avant: Some(ligne.avant),
            apres: Some(ligne.apres),
            nom_avant: Some(ligne.nom_avant),
            nom_apres: Some(ligne.nom_apres),
        });
    }
    mouvements.extend(ajouts);
    ordonner(mouvements);
    Ok(())
}
