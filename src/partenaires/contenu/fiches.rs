//! What partners offer, and the words that people ask for it with.

use std::collections::HashSet;

use chrono::NaiveDate;
use serde::Serialize;

use super::Contenu;
use crate::partenaires::table::{Rang, Table};
use crate::rejet::Rejet;

const COUTS: [&str; 3] = ["gratuit", "payant", "selon_le_cas"];

/// One described service.
#[derive(Debug, Serialize)]
pub struct Fiche {
    pub code: String,
    rang: usize,
    titre: String,
    description: Option<String>,
    genre: Option<String>,
    #[serde(flatten)]
    acces: Acces,
    phases: Vec<String>,
    expertises: Vec<String>,
    publics: Vec<String>,
    mots_cles: Vec<String>,
    themes: Vec<String>,
    /// The last day that it is offered.
    fin: Option<NaiveDate>,
}

/// How deep a help goes and what it costs; what is not said is unknown.
#[derive(Debug, Serialize)]
struct Acces {
    niveau: Option<&'static str>,
    cout: Option<&'static str>,
    conditions: Option<String>,
}

/// That a partner gives what a fiche describes; what it asks for, when it is not what the fiche says.
#[derive(Debug, Serialize)]
pub struct FichePartenaire {
    pub fiche: String,
    partenaire: String,
    #[serde(flatten)]
    acces: Acces,
}

/// A word, and those that mean the same to who looks for help.
#[derive(Debug, Serialize)]
pub struct Synonyme {
    pub mot: String,
    pub equivalents: Vec<String>,
}

impl Contenu {
    pub(super) fn fiches(&mut self, table: &Table) {
        for rang in table.rangs() {
            match self.fiche(rang) {
                Ok(fiche) => {
                    self.annuaire.fiches.insert(fiche.code.clone());
                    self.fiches.push(fiche);
                }
                Err(rejet) => self.rejets.push(rejet),
            }
        }
    }

    fn fiche(&self, rang: Rang<'_>) -> Result<Fiche, Rejet> {
        let code = rang.identifiant("code")?;
        if self.annuaire.fiches.contains(code) {
            return Err(
                rang.refuser("code", format!("Le code « {code} » est déjà pris plus haut."))
            );
        }
        let mut themes = Vec::new();
        for theme in rang.liste("themes") {
            let theme = self.annuaire.theme_ou_groupe(rang, "themes", theme)?;
            if !themes.contains(&theme) {
                themes.push(theme);
            }
        }
        let liste = |colonne: &str| rang.liste(colonne).map(str::to_owned).collect();
        Ok(Fiche {
            code: code.to_owned(),
            rang: self.fiches.len(),
            titre: rang.exiger("titre")?.to_owned(),
            description: rang.rempli("description").map(str::to_owned),
            genre: rang.rempli("genre").map(str::to_owned),
            acces: acces(rang)?,
            phases: liste("phases"),
            expertises: liste("expertises"),
            publics: liste("publics"),
            mots_cles: liste("mots_cles"),
            themes,
            fin: rang.jour("fin")?,
        })
    }

    pub(super) fn fiches_partenaires(&mut self, table: &Table) {
        let mut vues = HashSet::new();
        for rang in table.rangs() {
            let mut lu = || {
                rang.exiger("fiche")?;
                let fiche = self.annuaire.fiche(rang, "fiche")?.unwrap_or_default();
                let partenaire =
                    self.annuaire.partenaire(rang, "partenaire", rang.exiger("partenaire")?)?;
                if !vues.insert((fiche.clone(), partenaire.clone())) {
                    return Err(rang.refuser(
                        "partenaire",
                        format!("« {partenaire} » a déjà la fiche « {fiche} » plus haut."),
                    ));
                }
                Ok(FichePartenaire { fiche, partenaire, acces: acces(rang)? })
            };
            match lu() {
                Ok(lien) => self.fiches_partenaires.push(lien),
                Err(rejet) => self.rejets.push(rejet),
            }
        }
    }

    pub(super) fn synonymes(&mut self, table: &Table) {
        let (synonymes, rejets) = synonymes(table);
        self.synonymes = synonymes;
        self.rejets.extend(rejets);
    }
}

fn acces(rang: Rang<'_>) -> Result<Acces, Rejet> {
    Ok(Acces {
        niveau: rang.niveau()?,
        cout: rang.parmi("cout", &COUTS)?,
        conditions: rang.rempli("conditions").map(str::to_owned),
    })
}

/// Good rows of a table of synonyms, and the others.
pub fn synonymes(table: &Table) -> (Vec<Synonyme>, Vec<Rejet>) {
    let (mut synonymes, mut rejets, mut vus) = (Vec::new(), Vec::new(), HashSet::new());
    for rang in table.rangs() {
        let mut lu = || {
            let mot = rang.exiger("mot")?.to_lowercase();
            rang.exiger("equivalents")?;
            if !vus.insert(mot.clone()) {
                return Err(rang.refuser("mot", format!("« {mot} » est déjà plus haut.")));
            }
            Ok(Synonyme {
                mot,
                equivalents: rang.liste("equivalents").map(str::to_lowercase).collect(),
            })
        };
        match lu() {
            Ok(synonyme) => synonymes.push(synonyme),
            Err(rejet) => rejets.push(rejet),
        }
    }
    (synonymes, rejets)
}
