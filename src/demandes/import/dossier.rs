//! `maillage import reseau`: the whole folder, and the judging of its demandes.

use std::collections::HashSet;
use std::path::PathBuf;

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgConnection;

use super::etat;
use crate::error::Result;
use crate::partenaires::import::Chargement;
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
    fiche: Option<String>,
    niveau: Option<&'static str>,
    reponse: Option<NaiveDate>,
    cloture: Option<NaiveDate>,
    suite: Option<String>,
    jours: Option<f64>,
}

/// What makes a demande one: the partner that leads, and its own reference.
#[derive(Debug, Serialize)]
struct Cle<'a> {
    partenaire: &'a str,
    reference: &'a str,
}

impl Demande {
    fn cle(&self) -> Cle<'_> {
        let partenaire = self.partenaires.first().map_or("", String::as_str);
        Cle { partenaire, reference: &self.reference }
    }
}

/// Loads the folder of a réseau in the place of what was loaded before, rows set aside but for the texts of its report,
/// and publishes nothing: dropped, the load leaves nothing. Returns it with the number of its demandes.
pub async fn preparer<'c>(
    connexion: &'c mut PgConnection,
    dossier: PathBuf,
    progres: &Progres,
) -> Result<(Chargement<'c>, usize)> {
    progres.etape("Lecture du réseau");
    let mut chargement = Chargement::commencer(connexion, dossier).await?;
    progres.etape("Lecture des demandes");
    let demandes = juger(&mut chargement);
    for paquet in demandes.chunks(PAQUET) {
        let gardees =
            chargement.lire(include_str!("../sql/lire_demandes_gardees.sql"), paquet).await?;
        chargement.contenu.remarques.extend(gardees.into_iter().map(|demande| {
            format!(
                "La demande « {demande} » a été chargée à part de ce dossier, qui dit autre chose : elle reste \
                 comme elle est."
            )
        }));
        chargement.ecrire(include_str!("../sql/ecrire_demandes.sql"), paquet).await?;
    }
    // What the folder no longer has; tables of partners are loaded apart.
    let gardees: Vec<_> = demandes.iter().map(Demande::cle).collect();
    chargement.ecrire(include_str!("../sql/retirer_demandes.sql"), &gardees).await?;
    progres.etape("Rattachement des zones aux communes");
    Ok((chargement, demandes.len()))
}

/// The good rows; the others are set aside in the load.
fn juger(chargement: &mut Chargement<'_>) -> Vec<Demande> {
    let Chargement { contenu, nomenclature, demandes: table, .. } = chargement;
    let douteuse = nomenclature.colonne_douteuse(table, "beneficiaire");
    let mut references = HashSet::new();
    let (mut demandes, mut rejets, mut remarques) = (Vec::new(), Vec::new(), Vec::new());
    for rang in table.rangs() {
        match demande(rang, contenu, nomenclature, douteuse, &mut remarques) {
            Ok(demande)
                if !references
                    .insert((demande.partenaires.first().cloned(), demande.reference.clone())) => rejets.push(rang.refuser(
                "reference",
                format!(
                    "La référence « {} » est déjà celle d'une demande de ce partenaire plus haut : donnez-en \
                     une autre.",
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
    let date = rang.date("date")?;
    let mut themes = vec![annuaire.theme(rang, "theme", rang.exiger("theme")?)?];
    for theme in rang.liste("themes_associes") {
        let associe = annuaire.theme(rang, "themes_associes", theme)?;
        if !themes.contains(&associe) {
            themes.push(associe);
        }
    }
    Ok(Demande {
        fiche: annuaire.fiche(rang, "fiche")?,
        niveau: rang.niveau()?,
        reponse: rang.date_apres("reponse", date)?,
        cloture: rang.date_apres("cloture", date)?,
        suite: rang.rempli("suite").map(str::to_owned),
        jours: jours(rang)?,
        reference: rang.exiger("reference")?.to_owned(),
        date,
        themes,
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

fn jours(rang: Rang<'_>) -> Result<Option<f64>, Rejet> {
    let Some(texte) = rang.rempli("jours") else { return Ok(None) };
    match texte.replace(',', ".").parse::<f64>() {
        Ok(jours) if (0.0..100_000.0).contains(&jours) => Ok(Some(jours)),
        _ => Err(rang.refuser("jours", format!("« {texte} » n'est pas un nombre de jours."))),
    }
}
