//! The workbook.

use chrono::NaiveTime;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format as Mise, Workbook, Worksheet, XlsxError,
};

use super::{Matiere, chiffres, parametres, tableaux};
use crate::error::{Error, Result};

/// Longest text of a cell, in characters.
const CELLULE_MAX: usize = 32_767;

/// The workbook as bytes: the same for the same report. Blocks.
pub fn classeur(matiere: &Matiere<'_>) -> Result<Vec<u8>> {
    ecrire(matiere)
        .map_err(|erreur| Error::Donnees(format!("Le classeur n'a pas pu être écrit : {erreur}.")))
}

fn ecrire(matiere: &Matiere<'_>) -> Result<Vec<u8>, XlsxError> {
    let rapport = matiere.rapport;
    let gras = Mise::new().set_bold();
    let mut classeur = Workbook::new();
    let jour = rapport.consigne.edition.and_time(NaiveTime::MIN);
    classeur.set_properties(
        &DocProperties::new()
            .set_title(format!("{} – {}", rapport.titre, rapport.sous_titre))
            .set_author(&rapport.reseau.nom)
            .set_creation_datetime(&ExcelDateTime::from_timestamp(jour.and_utc().timestamp())?),
    );
    let notice = classeur.add_worksheet().set_name("Lisez-moi")?;
    notice.set_column_width(0, 110)?;
    for (rang, phrase) in (0..).zip(phrases(matiere)) {
        mots(notice, rang, 0, &phrase)?;
    }
    let feuille = classeur.add_worksheet().set_name("Chiffres")?;
    let titres = [
        "De quoi",
        "Code",
        "Clé",
        "Chiffre",
        "Valeur",
        "Tel qu'imprimé",
        "Dénominateur",
        "Année précédente",
        "Évolution",
        "Unité",
        "Requête",
        "Paramètres",
    ];
    entete(feuille, 0, &titres, &gras)?;
    for (rang, place) in (1..).zip(chiffres(rapport)) {
        let c = place.chiffre;
        for (colonne, texte) in
            [(0, place.ou), (1, place.code), (2, &c.cle), (3, &c.libelle), (5, &c.texte)]
        {
            mots(feuille, rang, colonne, texte)?;
        }
        for (colonne, valeur) in [(4, c.valeur), (6, c.denominateur), (7, c.precedent)] {
            if let Some(valeur) = valeur {
                feuille.write_number(rang, colonne, valeur)?;
            }
        }
        mots(feuille, rang, 8, c.evolution.as_deref().unwrap_or_default())?;
        mots(feuille, rang, 9, unite(c.unite))?;
        mots(feuille, rang, 10, &c.requete)?;
        mots(feuille, rang, 11, &parametres(&c.parametres))?;
    }
    let feuille = classeur.add_worksheet().set_name("Tableaux")?;
    feuille.set_column_width(0, 40)?;
    let mut rang = 0;
    for (ou, tableau) in tableaux(rapport) {
        feuille.write_string_with_format(rang, 0, format!("{ou} – {}", tableau.titre), &gras)?;
        mots(
            feuille,
            rang + 1,
            0,
            &format!(
                "Requête : {}. {}",
                tableau.requete,
                tableau.note.as_deref().unwrap_or_default()
            ),
        )?;
        let titres: Vec<&str> = tableau.colonnes.iter().map(|colonne| &*colonne.libelle).collect();
        entete(feuille, rang + 2, &titres, &gras)?;
        rang += 3;
        for ligne in &tableau.lignes {
            for (colonne, cellule) in (0..).zip(ligne) {
                match cellule.valeur {
                    Some(valeur) => {
                        feuille.write_number(rang, colonne, valeur)?;
                    }
                    None => mots(feuille, rang, colonne, &cellule.texte)?,
                }
            }
            rang += 1;
        }
        rang += 1;
    }
    let feuille = classeur.add_worksheet().set_name("Cartes")?;
    entete(
        feuille,
        0,
        &["Carte", "Titre", "Maille", "Code", "Valeur", "Requête", "Paramètres"],
        &gras,
    )?;
    let mut rang = 1;
    for carte in rapport.toutes_les_cartes() {
        for (code, valeur) in &carte.valeurs {
            for (colonne, texte) in [
                (0, &*carte.cle),
                (1, &*carte.titre),
                (2, carte.maille.as_str()),
                (3, code),
                (5, &*carte.requete),
                (6, &*parametres(&carte.parametres)),
            ] {
                mots(feuille, rang, colonne, texte)?;
            }
            if let Some(valeur) = valeur {
                feuille.write_number(rang, 4, *valeur)?;
            }
            rang += 1;
        }
    }
    let feuille = classeur.add_worksheet().set_name("Requêtes")?;
    entete(feuille, 0, &["Requête", "Texte"], &gras)?;
    feuille.set_column_width(1, 110)?;
    for (rang, (nom, texte)) in (1..).zip(matiere.requetes) {
        mots(feuille, rang, 0, nom)?;
        mots(feuille, rang, 1, texte)?;
    }
    if !matiere.ecarts.is_empty() {
        let feuille = classeur.add_worksheet().set_name("Depuis la publication")?;
        entete(feuille, 0, &["Clé", "Chiffre", "Publié", "Aujourd'hui", "En une phrase"], &gras)?;
        for (rang, ecart) in (1..).zip(matiere.ecarts) {
            mots(feuille, rang, 0, &ecart.cle)?;
            mots(feuille, rang, 1, &ecart.libelle)?;
            feuille.write_number(rang, 2, ecart.publie)?;
            feuille.write_number(rang, 3, ecart.aujourd_hui)?;
            mots(feuille, rang, 4, &ecart.phrase)?;
        }
    }
    classeur.save_to_buffer()
}

/// What the annexes are, and where they come from.
pub(super) fn phrases(matiere: &Matiere<'_>) -> Vec<String> {
    let rapport = matiere.rapport;
    let mut phrases = vec![
        format!("{} – {}", rapport.titre, rapport.sous_titre),
        matiere.etat.clone(),
        "Chaque chiffre est celui du document, avec la requête qui l'a donné ; le texte de chaque requête est à part.".into(),
        format!(
            "Contours du millésime {} ; parts calculées sur le millésime {}.",
            rapport.millesime, rapport.millesime_reference
        ),
    ];
    phrases.extend(rapport.reseau.mention.clone());
    phrases.extend(rapport.masquage.clone());
    phrases.extend(
        matiere.ecarts.iter().map(|ecart| format!("{} : {}.", ecart.libelle, ecart.phrase)),
    );
    phrases.extend(rapport.methode.iter().cloned());
    phrases.extend(rapport.sources.iter().map(|source| {
        let licence =
            source.licence.as_ref().map(|licence| format!(" ({licence})")).unwrap_or_default();
        format!("Source : {}{licence}.", source.nom)
    }));
    phrases
}

pub(super) fn unite(unite: crate::rapports::donnees::Unite) -> &'static str {
    use crate::rapports::donnees::Unite;
    match unite {
        Unite::Nombre => "nombre",
        Unite::Part => "part (de 0 à 1)",
        Unite::Jours => "jours",
        Unite::Euros => "euros",
        Unite::PourMille => "pour mille habitants",
    }
}

fn entete(
    feuille: &mut Worksheet,
    rang: u32,
    titres: &[&str],
    gras: &Mise,
) -> Result<(), XlsxError> {
    for (colonne, titre) in (0..).zip(titres) {
        feuille.write_string_with_format(rang, colonne, *titre, gras)?;
    }
    Ok(())
}

/// A text is a text, whatever it begins with.
fn mots(feuille: &mut Worksheet, rang: u32, colonne: u16, texte: &str) -> Result<(), XlsxError> {
    if !texte.is_empty() {
        let tenu: String = texte.chars().take(CELLULE_MAX).collect();
        feuille.write_string(rang, colonne, tenu)?;
    }
    Ok(())
}
