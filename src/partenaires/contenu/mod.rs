//! The rows of a réseau's folder, judged: what is good, what is set aside, what is worth a remark.
//!
//! Knows what a row of each file means, and nothing of the database. Zones have their own module.

mod fiches;
mod regroupements;

use std::collections::HashSet;

use chrono::NaiveDate;
use serde::Serialize;

use crate::error::Result;
use crate::partenaires::declaration::{Declaration, est_adresse};
use crate::partenaires::dossier::Dossier;
use crate::partenaires::nomenclature::{Annuaire, Nomenclature, UniteLue};
use crate::partenaires::table::{Rang, Table};
use crate::partenaires::zones::{self, UniteDeZone, Zone};
use crate::rejet::Rejet;
use crate::territoires::{Maille, Siren};

pub use fiches::{Fiche, FichePartenaire, Synonyme, synonymes};
pub use regroupements::{CommuneDeRegroupement, Regroupement};

/// What a member may be to its réseau.
const ROLES: [&str; 3] = ["coordinateur", "partenaire", "associe"];

/// Good rows, ready to be written, and what was said of the others.
#[derive(Debug)]
pub struct Contenu {
    pub declaration: Declaration,
    pub partenaires: Vec<Partenaire>,
    pub themes: Vec<Theme>,
    pub partenaires_themes: Vec<PartenaireTheme>,
    pub declarations: Vec<ZonesDeclarees>,
    pub fiches: Vec<Fiche>,
    pub fiches_partenaires: Vec<FichePartenaire>,
    pub synonymes: Vec<Synonyme>,
    pub regroupements: Vec<Regroupement>,
    pub communes_des_regroupements: Vec<CommuneDeRegroupement>,
    pub perimetre: Vec<UniteDuPerimetre>,
    pub beneficiaires: Vec<Beneficiaire>,
    pub zones: Vec<Zone>,
    pub unites_de_zones: Vec<UniteDeZone>,
    pub annuaire: Annuaire,
    pub rejets: Vec<Rejet>,
    pub remarques: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct Partenaire {
    pub code: String,
    rang: usize,
    nom: String,
    sigle: Option<String>,
    #[serde(rename = "type")]
    genre: Option<String>,
    siren: Option<String>,
    site: Option<String>,
    courriel: Option<String>,
    telephone: Option<String>,
    description: Option<String>,
    role: &'static str,
    /// Of the membership, both included.
    debut: Option<NaiveDate>,
    fin: Option<NaiveDate>,
    /// What it is of: a trial, a charter.
    cadre: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Theme {
    pub code: String,
    rang: usize,
    libelle: String,
    pub parent: Option<String>,
    mots_cles: Vec<String>,
    /// The last day that it is offered.
    fin: Option<NaiveDate>,
}

#[derive(Debug, Serialize)]
pub struct PartenaireTheme {
    pub partenaire: String,
    pub theme: String,
}

/// That a partner's zones are complete, for a theme or for all.
#[derive(Debug, Serialize)]
pub struct ZonesDeclarees {
    pub partenaire: String,
    theme: Option<String>,
    date: NaiveDate,
}

#[derive(Debug, Serialize)]
pub struct UniteDuPerimetre {
    pub maille: Maille,
    pub code: String,
    millesime: i16,
    nom: String,
}

#[derive(Debug, Serialize)]
pub struct Beneficiaire {
    pub code: String,
    nom: String,
    nature: Option<String>,
    siren: Option<String>,
}

impl Contenu {
    /// Judges everything but the demandes. Rows come in the order of what they depend on, so that a
    /// row set aside takes with it those that need it.
    pub fn juger(dossier: &Dossier, nomenclature: &Nomenclature) -> Result<Self> {
        let mut contenu = Self {
            declaration: dossier.declaration.clone(),
            partenaires: Vec::new(),
            themes: Vec::new(),
            partenaires_themes: Vec::new(),
            declarations: Vec::new(),
            fiches: Vec::new(),
            fiches_partenaires: Vec::new(),
            synonymes: Vec::new(),
            regroupements: Vec::new(),
            communes_des_regroupements: Vec::new(),
            perimetre: Vec::new(),
            beneficiaires: Vec::new(),
            zones: Vec::new(),
            unites_de_zones: Vec::new(),
            annuaire: Annuaire::default(),
            rejets: Vec::new(),
            remarques: Vec::new(),
        };
        contenu.partenaires(&dossier.partenaires);
        contenu.themes(&dossier.themes);
        contenu.partenaires_themes(&dossier.partenaires_themes);
        contenu.declarations(&dossier.declarations);
        contenu.fiches(&dossier.fiches);
        contenu.fiches_partenaires(&dossier.fiches_partenaires);
        contenu.synonymes(&dossier.synonymes);
        contenu.regroupements(&dossier.regroupements);
        contenu.communes_des_regroupements(&dossier.regroupements_communes, nomenclature);
        contenu.perimetre(&dossier.perimetre, nomenclature);
        contenu.beneficiaires(&dossier.beneficiaires);
        zones::juger(&mut contenu, dossier, nomenclature)?;
        Ok(contenu)
    }

    fn partenaires(&mut self, table: &Table) {
        for rang in table.rangs() {
            match partenaire(rang, &self.annuaire, &self.partenaires) {
                Ok(partenaire) => {
                    self.annuaire.partenaires.insert(partenaire.code.clone());
                    self.partenaires.push(partenaire);
                }
                Err(rejet) => self.rejets.push(rejet),
            }
        }
    }

    /// Themes of the first level first: a theme is judged once its parent is known.
    fn themes(&mut self, table: &Table) {
        let (seconds, premiers): (Vec<_>, Vec<_>) =
            table.rangs().partition(|rang| rang.rempli("parent").is_some());
        let mut ordre: Vec<&str> = table.rangs().map(|rang| rang.texte("code")).collect();
        ordre.dedup();
        for rang in premiers.into_iter().chain(seconds) {
            let place =
                ordre.iter().position(|code| *code == rang.texte("code")).unwrap_or_default();
            match theme(rang, &self.themes, &self.annuaire, place) {
                Ok(theme) => {
                    self.annuaire.themes.insert(theme.code.clone(), false);
                    if let Some(parent) = &theme.parent {
                        self.annuaire.themes.insert(parent.clone(), true);
                    }
                    self.themes.push(theme);
                }
                Err(rejet) => self.rejets.push(rejet),
            }
        }
        // A row that was set aside leaves no gap: the folder without it says the same.
        let mut places: Vec<usize> = self.themes.iter().map(|theme| theme.rang).collect();
        places.sort_unstable();
        for theme in &mut self.themes {
            theme.rang = places.partition_point(|place| *place < theme.rang);
        }
    }

    fn partenaires_themes(&mut self, table: &Table) {
        for rang in table.rangs() {
            let lu = || {
                let partenaire =
                    self.annuaire.partenaire(rang, "partenaire", rang.exiger("partenaire")?)?;
                let theme = self.annuaire.theme(rang, "theme", rang.exiger("theme")?)?;
                Ok((partenaire, theme))
            };
            match lu() {
                Ok(paire) => {
                    // Written twice, it says the same thing.
                    if self.annuaire.partenaires_themes.insert(paire.clone()) {
                        let (partenaire, theme) = paire;
                        self.partenaires_themes.push(PartenaireTheme { partenaire, theme });
                    }
                }
                Err(rejet) => self.rejets.push(rejet),
            }
        }
    }

    fn declarations(&mut self, table: &Table) {
        let mut vues = HashSet::new();
        for rang in table.rangs() {
            let mut lu = || {
                let partenaire =
                    self.annuaire.partenaire(rang, "partenaire", rang.exiger("partenaire")?)?;
                let theme = rang
                    .rempli("theme")
                    .map(|theme| self.annuaire.theme_ou_groupe(rang, "theme", theme))
                    .transpose()?;
                if !vues.insert((partenaire.clone(), theme.clone())) {
                    return Err(rang.refuser(
                        "partenaire",
                        "Ce partenaire a déjà fait cette déclaration plus haut : gardez la dernière.",
                    ));
                }
                Ok(ZonesDeclarees { partenaire, theme, date: rang.date("date")? })
            };
            match lu() {
                Ok(declaration) => self.declarations.push(declaration),
                Err(rejet) => self.rejets.push(rejet),
            }
        }
    }

    fn perimetre(&mut self, table: &Table, nomenclature: &Nomenclature) {
        let douteuse = nomenclature.colonne_douteuse(table, "code");
        let mut vues = HashSet::new();
        for rang in table.rangs() {
            let mut lu = || {
                let maille = maille(rang, &[Maille::Commune, Maille::Epci])?;
                let unite = nomenclature.unite(rang, maille, "code", douteuse)?;
                let millesime = rang.millesime(self.declaration.millesime)?;
                let nom = rang.exiger("nom")?.to_owned();
                if !vues.insert((maille, unite.code.clone())) {
                    return Err(rang.refuser(
                        "code",
                        format!("« {} » est déjà dans le périmètre.", unite.code),
                    ));
                }
                Ok((unite, millesime, nom))
            };
            match lu() {
                Ok((unite, millesime, nom)) => {
                    self.remarques.extend(succession(rang, &unite, &nom));
                    let UniteLue { maille, code, .. } = unite;
                    self.perimetre.push(UniteDuPerimetre { maille, code, millesime, nom });
                }
                Err(rejet) => self.rejets.push(rejet),
            }
        }
    }

    fn beneficiaires(&mut self, table: &Table) {
        for rang in table.rangs() {
            let lu = || {
                let code = rang.exiger("code")?.to_owned();
                if self.annuaire.beneficiaires.contains(&code) {
                    return Err(rang
                        .refuser("code", format!("Le code « {code} » est déjà pris plus haut.")));
                }
                Ok(Beneficiaire {
                    nom: rang.exiger("nom")?.to_owned(),
                    nature: rang.rempli("nature").map(str::to_owned),
                    siren: siren(rang)?,
                    code,
                })
            };
            match lu() {
                Ok(beneficiaire) => {
                    self.annuaire.beneficiaires.insert(beneficiaire.code.clone());
                    self.beneficiaires.push(beneficiaire);
                }
                Err(rejet) => self.rejets.push(rejet),
            }
        }
    }
}

fn partenaire(
    rang: Rang<'_>,
    annuaire: &Annuaire,
    connus: &[Partenaire],
) -> Result<Partenaire, Rejet> {
    let code = rang.identifiant("code")?;
    if annuaire.partenaires.contains(code) {
        return Err(rang.refuser("code", format!("Le code « {code} » est déjà pris plus haut.")));
    }
    let site = rang.rempli("site");
    if let Some(site) = site
        && !est_adresse(site)
    {
        return Err(
            rang.refuser("site", format!("« {site} » doit commencer par https:// ou http://."))
        );
    }
    let siren = siren(rang)?;
    if let Some(connu) = connus.iter().find(|connu| siren.is_some() && connu.siren == siren) {
        return Err(rang.refuser(
            "siren",
            format!(
                "Ce numéro Siren est déjà celui de {} ({}) : un organisme est partenaire une fois.",
                connu.nom, connu.code
            ),
        ));
    }
    let (debut, fin) = (rang.jour("debut")?, rang.jour("fin")?);
    if debut.zip(fin).is_some_and(|(debut, fin)| fin < debut) {
        return Err(
            rang.refuser("fin", "L'adhésion finit avant d'avoir commencé : corrigez ses dates.")
        );
    }
    let texte = |colonne: &str| rang.rempli(colonne).map(str::to_owned);
    Ok(Partenaire {
        code: code.to_owned(),
        rang: connus.len(),
        nom: rang.exiger("nom")?.to_owned(),
        sigle: texte("sigle"),
        genre: texte("type"),
        siren,
        site: texte("site"),
        courriel: texte("courriel"),
        telephone: texte("telephone"),
        description: texte("description"),
        role: rang.parmi("role", &ROLES)?.unwrap_or("partenaire"),
        debut,
        fin,
        cadre: texte("cadre"),
    })
}

fn theme(
    rang: Rang<'_>,
    connus: &[Theme],
    annuaire: &Annuaire,
    place: usize,
) -> Result<Theme, Rejet> {
    let code = rang.identifiant("code")?;
    if annuaire.themes.contains_key(code) {
        return Err(rang.refuser("code", format!("Le code « {code} » est déjà pris plus haut.")));
    }
    let parent = rang.rempli("parent");
    if let Some(parent) = parent {
        match connus.iter().find(|theme| theme.code == parent) {
            None => {
                return Err(rang.refuser(
                    "parent",
                    format!("« {parent} » n'est pas un thème de themes.csv. Ajoutez-l'y, ou corrigez-le."),
                ));
            }
            Some(theme) if theme.parent.is_some() => {
                return Err(rang.refuser(
                    "parent",
                    format!(
                        "« {parent} » est déjà sous un autre thème : il n'y a que deux niveaux."
                    ),
                ));
            }
            Some(_) => {}
        }
    }
    Ok(Theme {
        code: code.to_owned(),
        rang: place,
        libelle: rang.exiger("libelle")?.to_owned(),
        parent: parent.map(str::to_owned),
        mots_cles: rang.liste("mots_cles").map(str::to_owned).collect(),
        fin: rang.jour("fin")?,
    })
}

fn siren(rang: Rang<'_>) -> Result<Option<String>, Rejet> {
    rang.rempli("siren")
        .map(Siren::parse)
        .transpose()
        .map(|siren| siren.map(|siren| siren.as_str().to_owned()))
        .map_err(|erreur| rang.refuser("siren", erreur.to_string()))
}

/// The maille of a row, among those that make sense there.
pub fn maille(rang: Rang<'_>, admises: &[Maille]) -> Result<Maille, Rejet> {
    let texte = rang.exiger("maille")?;
    admises.iter().copied().find(|maille| maille.as_str() == texte).ok_or_else(|| {
        let noms: Vec<_> = admises.iter().map(|maille| maille.as_str()).collect();
        rang.refuser(
            "maille",
            format!("« {texte} » n'est pas une maille admise ici : {}.", noms.join(", ")),
        )
    })
}

/// What a former code became, as a remark.
pub fn succession(rang: Rang<'_>, unite: &UniteLue, nom: &str) -> Option<String> {
    let successeur = unite.successeur.as_ref()?;
    Some(format!(
        "{} : {nom} ({}) a été réunie à {} ({}), où elle est comptée.",
        rang.lieu(),
        unite.code,
        successeur.nom,
        successeur.code
    ))
}
