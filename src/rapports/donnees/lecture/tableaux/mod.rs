//! The tables of a report, in the order of its pages.

mod comptes;
mod lieux;

use super::super::{Cellule, Colonne, Sujet, Tableau, Unite};
use super::chiffres::{avec, part, reel};
use super::matiere::Matiere;
use super::nom;
use crate::demandes::Axe;
pub use comptes::{par_mois, themes};

pub fn tableaux(matiere: &Matiere) -> Vec<Tableau> {
    let mut tableaux = vec![
        lieux::zones_blanches(matiere),
        lieux::blanches_par_theme(matiere),
        lieux::recouvrements(matiere),
    ];
    if let Some(detail) = &matiere.detail {
        let repartition = &detail.repartition;
        tableaux.extend([
            comptes::beneficiaires(matiere, repartition),
            comptes::themes(matiere, repartition, "par_theme", "Demandes par thème", None),
            comptes::partenaires(matiere, detail),
            comptes::par_mois(matiere, repartition, "par_mois", "Demandes mois par mois", None),
            comptes::tailles(matiere, repartition),
            comptes::epci(matiere, repartition),
            comptes::qui_aide_qui(matiere, repartition),
            comptes::delais(matiere, detail),
            lieux::jamais_servies(matiere, detail),
        ]);
        if matches!(matiere.consigne.sujet, Sujet::Regroupement(_)) {
            tableaux.push(lieux::contacts(matiere));
        }
        let etats = repartition.par(Axe::Etat);
        if !etats.is_empty() {
            tableaux.push(comptes::par_etat(matiere, etats));
        }
    }
    tableaux
}

/// A table of the repartition; `axes` is what its query was asked for beside the rest.
fn reparti(
    matiere: &Matiere,
    cle: &str,
    titre: &str,
    colonnes: Vec<Colonne>,
    lignes: Vec<Vec<Cellule>>,
    axes: &[(&str, &str)],
) -> Tableau {
    Tableau {
        cle: cle.to_owned(),
        titre: titre.to_owned(),
        colonnes,
        lignes,
        note: None,
        requete: nom::REPARTITION.to_owned(),
        parametres: avec(&matiere.parametres, axes),
    }
}

pub fn nombre(valeur: i64) -> Cellule {
    Cellule::nombre(Some(reel(valeur)), Unite::Nombre)
}

fn en_part(nombre: i64, total: i64) -> Cellule {
    Cellule::nombre(part(nombre, total), Unite::Part)
}

fn compte(libelle: &str) -> Colonne {
    Colonne::nombres(libelle, Unite::Nombre)
}
