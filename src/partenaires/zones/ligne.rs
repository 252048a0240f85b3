//! What a row, or the attributes of a drawing, say of a zone.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde::Serialize;

use super::super::contenu;
use super::super::nomenclature::{Annuaire, Nomenclature, UniteLue};
use super::super::table::Rang;
use super::etats::Etat;
use crate::rejet::Rejet;
use crate::territoires::Maille;

/// A version of a zone, ready to be written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Zone {
    pub code: String,
    pub version: i16,
    pub partenaire: String,
    pub theme: Option<String>,
    pub nom: Option<String>,
    pub debut: NaiveDate,
    pub fin: Option<NaiveDate>,
    pub etat: Etat,
    /// `dossier` or `proposition`.
    pub origine: &'static str,
    /// As PostgreSQL reads instants.
    pub proposee_le: Option<String>,
    pub decidee_le: Option<String>,
    pub motif: Option<String>,
    /// What was changed in the surface, in words.
    pub reparation: Option<String>,
    /// WKT, EPSG:3857.
    pub surface: Option<String>,
    /// To whoever decides; kept apart from the zone.
    #[serde(skip)]
    pub commentaire: Option<String>,
}

impl Zone {
    /// Keeps what was changed in the surface, after what had been before.
    pub fn reparer(&mut self, reparations: &[String]) {
        let avant = self.reparation.take();
        let toutes: Vec<&str> = avant.iter().chain(reparations).map(String::as_str).collect();
        self.reparation = (!toutes.is_empty()).then(|| toutes.join(" ; "));
    }
}

/// A unit that a version lists, or leaves out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UniteDeZone {
    pub zone: String,
    pub version: i16,
    pub maille: Maille,
    pub code: String,
    pub exclue: bool,
}

/// What fills the fields that a row leaves empty.
#[derive(Debug, Clone, Default)]
pub struct Defauts {
    /// Takes the place of what rows say: one file, one zone.
    pub code: Option<String>,
    pub nom: Option<String>,
    pub partenaire: Option<String>,
    pub theme: Option<String>,
    pub debut: Option<NaiveDate>,
    pub fin: Option<NaiveDate>,
    /// To whoever decides.
    pub commentaire: Option<String>,
    /// A file given by hand, not a folder: a zone without code takes that of its partner and theme, its name
    /// is in `nom_zone`, and options complete its rows.
    pub a_la_main: bool,
}

impl Defauts {
    /// The code of the zone that a row is of, before anything is judged.
    pub fn cle(&self, rang: Rang<'_>) -> String {
        let ecrit = self.code.as_deref().or_else(|| rang.rempli("code"));
        ecrit.map_or_else(
            || {
                let partenaire = rang.rempli("partenaire").or(self.partenaire.as_deref());
                let theme = rang.rempli("theme").or(self.theme.as_deref());
                let parties: Vec<_> = partenaire.into_iter().chain(theme).collect();
                parties.join("-")
            },
            str::to_owned,
        )
    }
}

/// What a row or a feature says of its zone, surface and units apart.
///
/// # Errors
/// The row, set aside with what is wrong and what to do.
pub fn zone(rang: Rang<'_>, annuaire: &Annuaire, defauts: &Defauts) -> Result<Zone, Rejet> {
    let partenaire = match rang.rempli("partenaire").or(defauts.partenaire.as_deref()) {
        Some(code) => annuaire.partenaire(rang, "partenaire", code)?,
        None if defauts.a_la_main => {
            return Err(rang.refuser(
                "partenaire",
                "La zone n'a pas de partenaire : remplissez la colonne « partenaire », ou donnez --partenaire.",
            ));
        }
        None => {
            return Err(rang
                .exiger("partenaire")
                .err()
                .unwrap_or_else(|| rang.refuser("partenaire", "")));
        }
    };
    let theme = rang
        .rempli("theme")
        .or(defauts.theme.as_deref())
        .map(|theme| annuaire.theme(rang, "theme", theme))
        .transpose()?;
    if let Some(theme) = &theme
        && !annuaire.partenaires_themes.contains(&(partenaire.clone(), theme.clone()))
    {
        return Err(rang.refuser(
            "theme",
            format!(
                "Le partenaire « {partenaire} » n'a pas le thème « {theme} » dans le réseau \
                 (partenaires_themes.csv). Ajoutez-l'y, ou corrigez le thème de la zone."
            ),
        ));
    }
    let code = match &defauts.code {
        Some(code) => code.clone(),
        None if defauts.a_la_main && rang.rempli("code").is_none() => defauts.cle(rang),
        None => rang.identifiant("code")?.to_owned(),
    };
    let debut = match defauts.debut {
        Some(debut) if rang.rempli("debut").is_none() => debut,
        None if defauts.a_la_main && rang.rempli("debut").is_none() => {
            return Err(rang.refuser(
                "debut",
                "La zone n'a pas de date de début : remplissez la colonne « debut », ou donnez --debut.",
            ));
        }
        _ => rang.date("debut")?,
    };
    let fin = rang.rempli("fin").map(|_| rang.date("fin")).transpose()?.or(defauts.fin);
    if fin.is_some_and(|fin| fin < debut) {
        return Err(
            rang.refuser("fin", "La zone finit avant d'avoir commencé : corrigez ses dates.")
        );
    }
    let nom = if defauts.a_la_main { "nom_zone" } else { "nom" };
    let zone = Zone {
        code,
        version: 1,
        partenaire,
        theme,
        nom: defauts.nom.as_deref().or_else(|| rang.rempli(nom)).map(str::to_owned),
        debut,
        fin,
        etat: Etat::Validee,
        origine: "dossier",
        proposee_le: None,
        decidee_le: None,
        motif: None,
        reparation: None,
        surface: None,
        commentaire: defauts.commentaire.clone(),
    };
    if defauts.a_la_main {
        return Ok(Zone { etat: Etat::Proposee, origine: "proposition", ..zone });
    }
    Ok(Zone {
        version: version(rang)?,
        etat: etat(rang)?,
        proposee_le: instant(rang, "proposee_le")?,
        decidee_le: instant(rang, "decidee_le")?,
        motif: rang.rempli("motif").map(str::to_owned),
        reparation: rang.rempli("reparation").map(str::to_owned),
        ..zone
    })
}

fn version(rang: Rang<'_>) -> Result<i16, Rejet> {
    let Some(texte) = rang.rempli("version") else { return Ok(1) };
    texte.parse().ok().filter(|version| *version > 0).ok_or_else(|| {
        rang.refuser(
            "version",
            format!("« {texte} » n'est pas un numéro de version : écrivez 1, 2, 3…"),
        )
    })
}

fn etat(rang: Rang<'_>) -> Result<Etat, Rejet> {
    match rang.rempli("etat") {
        None => Ok(Etat::Validee),
        Some(texte) => texte
            .parse()
            .map_err(|erreur: crate::error::Error| rang.refuser("etat", erreur.to_string())),
    }
}

/// A day, or a day and a time, kept as it is written.
fn instant(rang: Rang<'_>, colonne: &str) -> Result<Option<String>, Rejet> {
    let Some(texte) = rang.rempli(colonne) else { return Ok(None) };
    let lisible = DateTime::parse_from_rfc3339(texte).is_ok()
        || DateTime::parse_from_str(texte, "%Y-%m-%d %H:%M:%S%.f%#z").is_ok()
        || NaiveDateTime::parse_from_str(texte, "%Y-%m-%d %H:%M:%S%.f").is_ok();
    if lisible {
        Ok(Some(texte.to_owned()))
    } else {
        rang.date(colonne).map(|jour| Some(jour.to_string()))
    }
}

/// The maille of the unit of a row. `deduire`: an empty cell is that of which the code has the form.
///
/// # Errors
/// The row, when the maille is not one of those that zones list.
pub fn maille(rang: Rang<'_>, deduire: bool) -> Result<Maille, Rejet> {
    const ADMISES: [Maille; 5] =
        [Maille::Commune, Maille::Epci, Maille::Departement, Maille::Region, Maille::Regroupement];
    if !deduire || rang.rempli("maille").is_some() {
        return contenu::maille(rang, &ADMISES);
    }
    let unite = rang.texte("unite");
    let chiffres = unite.bytes().all(|octet| octet.is_ascii_digit());
    Ok(match unite.len() {
        9 if chiffres => Maille::Epci,
        // « 2 » may be a region, or a département that lost its zero: it is asked about.
        2 | 3 => Maille::Departement,
        _ => Maille::Commune,
    })
}

/// The unit that a row lists. A regroupement is one of `regroupements` when they are known; otherwise what
/// does not exist is said once the zone is resolved.
///
/// # Errors
/// The row, with why its code is that of no unit.
pub fn unite(
    rang: Rang<'_>,
    maille: Maille,
    nomenclature: &Nomenclature,
    regroupements: Option<&HashSet<String>>,
    douteuse: bool,
) -> Result<UniteLue, Rejet> {
    if maille != Maille::Regroupement {
        return nomenclature.unite(rang, maille, "unite", douteuse);
    }
    let code = rang.identifiant("unite")?.to_owned();
    if let Some(connus) = regroupements
        && !connus.contains(&code)
    {
        let mut codes: Vec<_> = connus.iter().map(String::as_str).collect();
        codes.sort_unstable();
        return Err(rang.refuser(
            "unite",
            match codes.is_empty() {
                true => "Le réseau n'a pas de regroupement : déclarez-les dans regroupements.csv."
                    .into(),
                false => format!(
                    "« {code} » n'est pas un regroupement du réseau. Codes admis : {}.",
                    codes.join(", ")
                ),
            },
        ));
    }
    Ok(UniteLue { maille, code, successeur: None })
}
