//! What a file says of an indicator, and all that may be wrong with it.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::catalogue::Nature;
use crate::error::{Error, Result};

/// An indicator as its file declares it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    pub code: String,
    pub theme: String,
    pub libelle: String,
    description: Option<String>,
    pub unite: Option<String>,
    pub nature: Nature,
    pub numerateur: Option<String>,
    pub denominateur: Option<String>,
    #[serde(default = "un")]
    facteur: f64,
    pub producteur: String,
    pub source: String,
    pub licence: String,
    site: Option<String>,
    #[serde(default)]
    sens: i16,
    #[serde(default)]
    decimales: i16,
    seuil_secret: Option<i32>,
    modalites: Option<Vec<String>>,
    #[serde(default = "vrai")]
    affiche: bool,
    /// Columns of official files that hold it, by name; `##` stands for the last two figures of the
    /// year and `####` for all four.
    #[serde(default)]
    pub colonnes: Vec<String>,
    /// In files of one observation a row: the dimensions that select it, beside totals (`_T`).
    #[serde(default)]
    pub melodi: BTreeMap<String, String>,
    /// Name of the OFGL's aggregate, or `ptot` for the population that its files repeat.
    pub ofgl: Option<String>,
}

fn un() -> f64 {
    1.0
}

fn vrai() -> bool {
    true
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
enum Genre {
    Texte,
    Nombre,
    /// A whole number between two.
    Entier(i64, i64),
    Booleen,
    /// Of texts.
    Liste,
    /// Texts by name.
    Table,
}

impl Genre {
    fn convient(self, valeur: &Value) -> bool {
        match self {
            Self::Texte => valeur.as_str().is_some_and(|texte| !texte.trim().is_empty()),
            Self::Nombre => {
                valeur.as_integer().is_some() || valeur.as_float().is_some_and(f64::is_finite)
            }
            Self::Entier(de, a) => valeur.as_integer().is_some_and(|n| (de..=a).contains(&n)),
            Self::Booleen => valeur.is_bool(),
            Self::Liste => {
                valeur.as_array().is_some_and(|liste| liste.iter().all(|v| Self::Texte.convient(v)))
            }
            Self::Table => valeur
                .as_table()
                .is_some_and(|table| table.values().all(|v| Self::Texte.convient(v))),
        }
    }

    fn attendu(self) -> String {
        match self {
            Self::Texte => "écrivez un texte entre guillemets".into(),
            Self::Nombre => "écrivez un nombre, avec un point avant les décimales".into(),
            Self::Entier(de, a) => format!("écrivez un nombre entier entre {de} et {a}"),
            Self::Booleen => "écrivez true ou false".into(),
            Self::Liste => "écrivez une liste de textes, comme [\"A\", \"B\"]".into(),
            Self::Table => "écrivez des dimensions, comme { SEX = \"F\" }".into(),
        }
    }
}

/// Name, content, and whether it must be there.
const CHAMPS: [(&str, Genre, bool); 21] = [
    ("code", Genre::Texte, true),
    ("theme", Genre::Texte, true),
    ("libelle", Genre::Texte, true),
    ("description", Genre::Texte, false),
    ("unite", Genre::Texte, false),
    ("nature", Genre::Texte, true),
    ("numerateur", Genre::Texte, false),
    ("denominateur", Genre::Texte, false),
    ("facteur", Genre::Nombre, false),
    ("producteur", Genre::Texte, true),
    ("source", Genre::Texte, true),
    ("licence", Genre::Texte, true),
    ("site", Genre::Texte, false),
    ("sens", Genre::Entier(-1, 1), false),
    ("decimales", Genre::Entier(0, 6), false),
    ("seuil_secret", Genre::Entier(0, 1_000_000), false),
    ("modalites", Genre::Liste, false),
    ("affiche", Genre::Booleen, false),
    ("colonnes", Genre::Liste, false),
    ("melodi", Genre::Table, false),
    ("ofgl", Genre::Texte, false),
];

/// What is wrong in a file, each with the indicator and the field.
struct Defauts {
    fichier: String,
    dits: Vec<String>,
}

impl Defauts {
    fn dire(&mut self, indicateur: &str, champ: &str, quoi: impl Display) {
        self.dits.push(format!("{}, {indicateur}, champ « {champ} » : {quoi}.", self.fichier));
    }

    fn conclure(self) -> Result<()> {
        if self.dits.is_empty() {
            return Ok(());
        }
        Err(Error::Donnees(format!(
            "{}\nCorrigez, puis relancez : rien n'a été changé.",
            self.dits.join("\n")
        )))
    }
}

/// Reads the declarations of a file. The error says all that is wrong with it.
pub fn lire(fichier: &str, texte: &str) -> Result<Vec<Declaration>> {
    let table: Table = texte.parse().map_err(|erreur: toml::de::Error| {
        let avant = erreur.span().and_then(|place| texte.get(..place.start)).unwrap_or_default();
        let ligne = avant.matches('\n').count();
        Error::Donnees(format!(
            "{fichier}, ligne {} (« {} ») : le texte ne se lit pas. Un guillemet, un crochet ou un signe = \
             manque peut-être, ou un champ est donné deux fois.",
            ligne + 1,
            texte.lines().nth(ligne).unwrap_or_default().trim()
        ))
    })?;
    let mut defauts = Defauts { fichier: fichier.to_owned(), dits: Vec::new() };
    for nom in table.keys().filter(|nom| *nom != "indicateur") {
        defauts.dits.push(format!(
            "{fichier} : « {nom} » n'est pas attendu ici. Commencez chaque indicateur par [[indicateur]]."
        ));
    }
    let blocs = table.get("indicateur").and_then(Value::as_array).cloned().unwrap_or_default();
    if blocs.is_empty() {
        defauts.dits.push(format!(
            "{fichier} ne déclare aucun indicateur. Commencez chacun par une ligne [[indicateur]]."
        ));
    }
    let mut declarations = Vec::new();
    for (rang, bloc) in (1..).zip(blocs) {
        let connus = defauts.dits.len();
        let qui = match bloc.get("code").and_then(Value::as_str) {
            Some(code) => format!("indicateur « {code} »"),
            None => format!("indicateur n° {rang}"),
        };
        let vide = Table::new();
        verifier_champs(bloc.as_table().unwrap_or(&vide), &qui, &mut defauts);
        if defauts.dits.len() > connus {
            continue;
        }
        match bloc.try_into::<Declaration>() {
            Ok(declaration) => {
                declaration.verifier(&qui, &mut defauts);
                declarations.push(declaration);
            }
            Err(_) => {
                defauts.dits.push(format!("{fichier}, {qui} : la déclaration ne se lit pas."))
            }
        }
    }
    defauts.conclure()?;
    Ok(declarations)
}

fn verifier_champs(bloc: &Table, qui: &str, defauts: &mut Defauts) {
    for (nom, genre, exige) in CHAMPS {
        match bloc.get(nom) {
            None if exige => defauts.dire(qui, nom, "il manque"),
            Some(valeur) if !genre.convient(valeur) => defauts.dire(qui, nom, genre.attendu()),
            _ => {}
        }
    }
    for nom in bloc.keys().filter(|nom| !CHAMPS.iter().any(|(connu, ..)| connu == nom)) {
        let connus: Vec<&str> = CHAMPS.iter().map(|(connu, ..)| *connu).collect();
        defauts.dire(qui, nom, format!("il n'existe pas ; les champs sont {}", connus.join(", ")));
    }
    if let Some(nature) = bloc.get("nature").and_then(Value::as_str)
        && !["stock", "ratio", "mediane", "classe"].contains(&nature)
    {
        defauts.dire(
            qui,
            "nature",
            format!("« {nature} » n'en est pas une ; écrivez stock, ratio, mediane ou classe"),
        );
    }
}

impl Declaration {
    /// What the fields of one indicator must be to each other.
    fn verifier(&self, qui: &str, defauts: &mut Defauts) {
        let lettre = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit();
        if !self.code.bytes().all(|octet| lettre(octet) || octet == b'_')
            || !self.code.bytes().next().is_some_and(lettre)
        {
            defauts.dire(
                qui,
                "code",
                "écrivez des minuscules sans accent, des chiffres et des traits bas (_)",
            );
        }
        match (self.nature, &self.numerateur, &self.denominateur) {
            (Nature::Ratio, Some(_), None) => {
                defauts.dire(qui, "denominateur", "il manque, puisque le numérateur est donné");
            }
            (Nature::Ratio, None, Some(_)) => {
                defauts.dire(qui, "numerateur", "il manque, puisque le dénominateur est donné");
            }
            (Nature::Ratio, ..) | (_, None, None) => {}
            (_, haut, _) => defauts.dire(
                qui,
                if haut.is_some() { "numerateur" } else { "denominateur" },
                "il n'a de sens que pour un ratio",
            ),
        }
        if self.nature == Nature::Classe && self.modalites.as_ref().is_none_or(Vec::is_empty) {
            defauts.dire(qui, "modalites", "donnez les libellés des classes, dans leur ordre");
        }
        for motif in &self.colonnes {
            let annees = motif.split(|lettre| lettre != '#').filter(|suite| !suite.is_empty());
            let annees: Vec<&str> = annees.collect();
            if !matches!(annees[..], [] | ["##"] | ["####"]) {
                defauts.dire(
                    qui,
                    "colonnes",
                    format!("« {motif} » : écrivez l'année une fois, ## ou ####"),
                );
            }
        }
    }

    /// What of a file is found in both: a column, dimensions, an aggregate.
    fn dispute(&self, autre: &Self) -> Option<(&'static str, String)> {
        let colonne = self
            .colonnes
            .iter()
            .find(|motif| autre.colonnes.iter().any(|m| m.eq_ignore_ascii_case(motif)));
        if let Some(colonne) = colonne {
            return Some(("colonnes", colonne.clone()));
        }
        if !self.melodi.is_empty() && self.melodi == autre.melodi {
            return Some(("melodi", "ces dimensions".into()));
        }
        self.ofgl
            .as_ref()
            .filter(|ofgl| autre.ofgl.as_ref() == Some(ofgl))
            .map(|ofgl| ("ofgl", ofgl.clone()))
    }
}

/// Refuses declarations that cannot stand beside those of the program and those that a user has
/// declared before, but for those that they replace.
pub fn confronter(
    fichier: &str,
    nouvelles: &[Declaration],
    livrees: &[Declaration],
    propres: &[Declaration],
) -> Result<()> {
    let mut defauts = Defauts { fichier: fichier.to_owned(), dits: Vec::new() };
    let gardees = || {
        let remplacee = |code: &str| nouvelles.iter().any(|nouvelle| nouvelle.code == code);
        livrees.iter().chain(propres.iter().filter(move |propre| !remplacee(&propre.code)))
    };
    for (rang, nouvelle) in nouvelles.iter().enumerate() {
        let qui = format!("indicateur « {} »", nouvelle.code);
        if livrees.iter().any(|livree| livree.code == nouvelle.code) {
            defauts.dire(
                &qui,
                "code",
                "c'est celui d'un indicateur livré avec maillage, qui ne se remplace pas ; \
                 choisissez-en un autre",
            );
            continue;
        }
        let avant = &nouvelles[..rang];
        if avant.iter().any(|autre| autre.code == nouvelle.code) {
            defauts.dire(&qui, "code", "il est déclaré deux fois");
        }
        for autre in gardees().chain(avant) {
            if let Some((champ, quoi)) = nouvelle.dispute(autre) {
                defauts.dire(
                    &qui,
                    champ,
                    format!("« {quoi} » est déjà de l'indicateur « {} »", autre.code),
                );
            }
        }
        for (champ, part) in
            [("numerateur", &nouvelle.numerateur), ("denominateur", &nouvelle.denominateur)]
        {
            let Some(part) = part else { continue };
            match gardees().chain(nouvelles).find(|autre| autre.code == *part) {
                None => defauts.dire(
                    &qui,
                    champ,
                    format!(
                        "« {part} » n'est déclaré nulle part ; le catalogue est à /api/indicateurs"
                    ),
                ),
                Some(autre) if autre.nature != Nature::Stock => defauts.dire(
                    &qui,
                    champ,
                    format!("« {part} » ne s'additionne pas : un ratio se calcule sur deux stocks"),
                ),
                Some(_) => {}
            }
        }
    }
    defauts.conclure()
}

#[cfg(test)]
mod tests;
