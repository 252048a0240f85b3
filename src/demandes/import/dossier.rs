//! `maillage import reseau`: the whole folder, and the judging of its demandes.

use std::collections::HashSet;
use std::path::PathBuf;

use chrono::NaiveDate;
use serde::Serialize;

use super::etat;
use crate::base::Base;
use crate::error::Result;
use crate::partenaires::import::{Bilan, Chargement};
use crate::partenaires::{Contenu, Nomenclature, Rang, succession};
use crate::progres::Progres;
use crate::rejet::Rejet;
use crate::territoires::Maille;

/// Rows sent to the database at once.
const PAQUET: usize = 20_000;

#[derive(Debug, Serialize)]
struct Demande {
    reference: String,
    date: NaiveDate,
    themes: Vec<String>,
    /// The one that leads, then those called in.
    partenaires: Vec<String>,
    /// `commune`, `epci` or `autre`.
    maille: &'static str,
    beneficiaire: String,
    millesime: i16,
    objet: Option<String>,
    etat: &'static str,
}

/// Loads the folder of a réseau in the place of what was loaded before, all or nothing but for the
/// rows set aside.
pub async fn reseau(base: &Base, dossier: PathBuf, progres: &Progres) -> Result<Bilan> {
    let mut connexion = base.connexion().await?;
    progres.etape("Lecture du réseau");
    let mut chargement = Chargement::commencer(&mut connexion, dossier).await?;
    progres.etape("Lecture des demandes");
    let demandes = juger(&mut chargement);
    for paquet in demandes.chunks(PAQUET) {
        chargement.ecrire(include_str!("../sql/ecrire_demandes.sql"), paquet).await?;
    }
    progres.etape("Rattachement des zones aux communes");
    chargement.publier(demandes.len()).await
}

/// The good rows; the others are set aside in the load.
fn juger(chargement: &mut Chargement<'_>) -> Vec<Demande> {
    let Chargement { contenu, nomenclature, demandes: table, .. } = chargement;
    let douteuse = nomenclature.colonne_douteuse(table, "beneficiaire");
    let mut references = HashSet::new();
    let (mut demandes, mut rejets, mut remarques) = (Vec::new(), Vec::new(), Vec::new());
    for rang in table.rangs() {
        match demande(rang, contenu, nomenclature, douteuse, &mut remarques) {
            Ok(demande) if !references.insert(demande.reference.clone()) => rejets.push(rang.refuser(
                "reference",
                format!(
                    "La référence « {} » est déjà celle d'une demande plus haut : donnez-en une autre.",
                    demande.reference
                ),
            )),
            Ok(demande) => demandes.push(demande),
            Err(rejet) => rejets.push(rejet),
        }
    }
    contenu.rejets.extend(rejets);
    contenu.remarques.extend(remarques);
    demandes
}

fn demande(
    rang: Rang<'_>,
    contenu: &Contenu,
    nomenclature: &Nomenclature,
    douteuse: bool,
    remarques: &mut Vec<String>,
) -> Result<Demande, Rejet> {
    let annuaire = &contenu.annuaire;
    let mut partenaires =
        vec![annuaire.partenaire(rang, "partenaire", rang.exiger("partenaire")?)?];
    for code in rang.liste("partenaires_associes") {
        let associe = annuaire.partenaire(rang, "partenaires_associes", code)?;
        if !partenaires.contains(&associe) {
            partenaires.push(associe);
        }
    }
    let (maille, beneficiaire) = match rang.exiger("maille")? {
        "autre" => ("autre", beneficiaire(rang, contenu)?),
        texte @ ("commune" | "epci") => {
            let maille = if texte == "commune" { Maille::Commune } else { Maille::Epci };
            let unite = nomenclature.unite(rang, maille, "beneficiaire", douteuse)?;
            remarques.extend(succession(rang, &unite, "la commune"));
            (maille.as_str(), unite.code)
        }
        autre => {
            return Err(rang.refuser(
                "maille",
                format!("« {autre} » n'est pas une maille admise ici : commune, epci, autre."),
            ));
        }
    };
    let etat = rang.exiger("etat")?;
    let etat = etat::de_code(etat).map_err(|phrase| rang.refuser("etat", phrase))?;
    Ok(Demande {
        reference: rang.exiger("reference")?.to_owned(),
        date: rang.date("date")?,
        themes: vec![annuaire.theme(rang, "theme", rang.exiger("theme")?)?],
        partenaires,
        maille,
        beneficiaire,
        millesime: rang.millesime(contenu.declaration.millesime)?,
        objet: rang.rempli("objet").map(str::to_owned),
        etat: etat.code,
    })
}

fn beneficiaire(rang: Rang<'_>, contenu: &Contenu) -> Result<String, Rejet> {
    let code = rang.exiger("beneficiaire")?;
    contenu.annuaire.beneficiaires.get(code).cloned().ok_or_else(|| {
        rang.refuser(
            "beneficiaire",
            format!("« {code} » n'est pas dans beneficiaires.csv. Ajoutez-l'y, ou corrigez-le."),
        )
    })
}
