//! The indicators of the catalogue on each EPCI, beside the département: its portrait.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use super::super::{Cellule, Colonne, Tableau, Unite as UniteDuChiffre};
use super::chiffres::avec;
use super::matiere::Matiere;
use super::nom;
use crate::couverture::Portrait;
use crate::error::Result;
use crate::indicateurs::{Agregat, Comparaison, Comparaisons, Nature, Nombre};
use crate::territoires::{Edition, Lieu, Maille};
use crate::web::fiches::nombre;

/// What is compared, and where each EPCI is in it.
#[derive(Debug, Default)]
pub struct Indicateurs {
    comparaisons: Comparaisons,
    rangs: BTreeMap<String, usize>,
    departement: Option<usize>,
}

impl Indicateurs {
    /// Of EPCI whole, their communes out of the perimeter too.
    pub async fn lire(
        connexion: &mut PgConnection,
        edition: Edition,
        epci: &[Portrait],
        departement: Option<&str>,
    ) -> Result<Self> {
        let mut unites = Vec::new();
        let lieux = epci
            .iter()
            .map(|epci| Lieu::connu(Maille::Epci, &epci.code, &epci.nom))
            .chain(departement.map(|code| Lieu::connu(Maille::Departement, code, code)));
        for lieu in lieux {
            unites.push((lieu.unite.clone(), lieu.communes(connexion, edition).await?));
        }
        Ok(Self {
            comparaisons: Comparaisons::lire(connexion, edition, &unites).await?,
            rangs: epci.iter().zip(0..).map(|(epci, rang)| (epci.code.clone(), rang)).collect(),
            departement: departement.map(|_| epci.len()),
        })
    }

    /// The portrait of an EPCI. None when nothing is known of it.
    pub fn portrait(&self, matiere: &Matiere, epci: &Portrait) -> Option<Tableau> {
        let rang = *self.rangs.get(&epci.code)?;
        let connues: Vec<_> = self
            .comparaisons
            .lignes
            .iter()
            // Labels have no order that a département could be beside.
            .filter(|ligne| ligne.indicateur.nature != Nature::Classe)
            .filter(|ligne| ligne.valeurs[rang].valeur.is_some())
            .collect();
        let mut sources: Vec<_> =
            connues.iter().map(|ligne| ligne.indicateur.producteur.as_str()).collect();
        sources.sort_unstable();
        sources.dedup();
        let mut colonnes = vec![
            Colonne::mots("Indicateur"),
            Colonne::mots("Période"),
            Colonne::nombres("EPCI", UniteDuChiffre::Nombre),
        ];
        colonnes.extend(
            self.departement.map(|_| Colonne::nombres("Département", UniteDuChiffre::Nombre)),
        );
        let lignes = connues.iter().map(|ligne| {
            let indicateur = &ligne.indicateur;
            let unite =
                indicateur.unite.as_ref().map(|unite| format!(" ({unite})")).unwrap_or_default();
            let mut cellules = vec![
                Cellule::mots(format!("{}{unite}", indicateur.libelle)),
                Cellule::mots(ligne.periode.replace('-', "–")),
                cellule(ligne, &ligne.valeurs[rang]),
            ];
            cellules.extend(self.departement.map(|rang| cellule(ligne, &ligne.valeurs[rang])));
            cellules
        });
        Some(Tableau {
            cle: format!("epci_{}_indicateurs", epci.code),
            titre: "Portrait".to_owned(),
            lignes: lignes.collect(),
            colonnes,
            note: Some(format!(
                "De l’EPCI entier, dans le code officiel géographique de {}. Source : {}.",
                matiere.edition.millesime,
                sources.join(", ")
            )),
            requete: nom::INDICATEURS.to_owned(),
            parametres: avec(&matiere.parametres, &[("maille", "epci"), ("code", &epci.code)]),
        })
        .filter(|tableau| !tableau.lignes.is_empty())
    }
}

fn cellule(ligne: &Comparaison, agregat: &Agregat) -> Cellule {
    match agregat.valeur {
        Some(Nombre(valeur)) => Cellule {
            valeur: Some(valeur),
            texte: nombre(valeur, usize::from(ligne.indicateur.decimales())),
        },
        None => Cellule::mots("–"),
    }
}
