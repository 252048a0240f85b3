//! How the figures were counted: the sentences of the box, and of each page's note.

use super::super::Sujet;
use super::matiere::Matiere;
use crate::web::fiches::{date_longue, pluriel};

/// The sentences that a reader must know, the general ones first.
pub fn phrases(matiere: &Matiere) -> Vec<String> {
    let periode = matiere.consigne.periode;
    let (du, au) = (date_longue(periode.du), date_longue(periode.au));
    let mut phrases = vec![
        format!(
            "Les demandes comptées sont celles qui sont datées du {du} au {au}, jours compris. Les brouillons, les essais, \
             les demandes refusées et les doublons réunis à une autre demande ne comptent pas."
        ),
        format!(
            "Une commune est servie par ses propres demandes : celles de son intercommunalité sont comptées à part. \
             Les parts sont calculées sur les communes du périmètre du réseau, dans le code officiel géographique de {}.",
            matiere.comptage
        ),
        format!(
            "La couverture est celle des zones d’intervention en vigueur le {au}. Une commune est dite sans partenaire \
             quand aucune zone ne la couvre alors que chaque partenaire a déclaré ses zones complètes."
        ),
        "Une demande qui porte sur plusieurs thèmes ou associe plusieurs partenaires compte une fois dans le total, et \
         une fois pour chacun d’eux : les colonnes par thème et par partenaire ne s’additionnent pas."
            .to_owned(),
    ];
    if matiere.edition.millesime != matiere.comptage {
        phrases.push(format!(
            "Les cartes sont dessinées avec les communes de {} ; une commune qui a changé de code depuis {} y est \
             reportée par la table de passage, et peut y compter pour une seule.",
            matiere.edition.millesime, matiere.comptage
        ));
    }
    if matiere.consigne.sujet == Sujet::Reseau && matiere.portraits.epci.is_empty() {
        phrases.push(
            "Le périmètre du réseau ne nomme aucun EPCI : ni taux ni page ne leur sont consacrés."
                .to_owned(),
        );
    }
    phrases.extend(
        matiere
            .contours_incomplets
            .iter()
            .map(|(nom, remarque)| format!("Contour incomplet sur les cartes : {nom}. {remarque}")),
    );
    let non_declares = matiere.blanches.partenaires_non_declares.len();
    if non_declares > 0 {
        let nombre = i64::try_from(non_declares).unwrap_or_default();
        phrases.push(format!(
            "{} encore déclaré {} zones complètes : là où aucune zone n’est connue, la carte dit « non renseigné ».",
            if non_declares == 1 {
                "Un partenaire n’a pas".to_owned()
            } else {
                format!("{} n’ont pas", pluriel(nombre, "partenaire", "partenaires"))
            },
            if non_declares == 1 { "ses" } else { "leurs" }
        ));
    }
    if matiere.avant.is_none() && matiere.couverture.masquage.is_none() {
        phrases.push(match periode.annee {
            Some(annee) => format!(
                "Aucune demande de {} n’est dans la base : il n’y a pas de comparaison avec l’année précédente.",
                annee - 1
            ),
            None => "Aucune demande de la même période de l’année précédente n’est dans la base : il n’y a pas de \
                     comparaison."
                .to_owned(),
        });
    }
    phrases.extend(
        matiere
            .couverture
            .masquage
            .as_ref()
            .map(|masquage| format!("{masquage} Ils sont écrits « n. c. » : non communiqué.")),
    );
    phrases.extend(matiere.couverture.remarque.clone());
    phrases
}
