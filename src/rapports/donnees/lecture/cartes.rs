//! What the maps show, and what is said under them.

use std::collections::BTreeMap;

use super::super::{Carte, Genre, Sujet, pourcent};
use super::chiffres::{avec, part, reel};
use super::matiere::Matiere;
use super::nom;
use crate::couverture::Couverture;
use crate::demandes::Axe;
use crate::territoires::Maille;
use crate::web::fiches::{liste, pluriel};

pub fn cartes(matiere: &Matiere) -> Vec<Carte> {
    let mut cartes = vec![servies(matiere), cercles(matiere)];
    if let Some(detail) = &matiere.detail
        && !matiere.portraits.epci.is_empty()
    {
        cartes.push(taux(matiere, &detail.repartition));
    }
    cartes.push(couverture(matiere));
    for (code, libelle, couverture) in &matiere.domaines {
        cartes.push(domaine(matiere, code, libelle, couverture));
    }
    // A partner alone does not say where the others are.
    if !matches!(matiere.consigne.sujet, Sujet::Partenaire(_)) {
        cartes.push(blanches(matiere));
    }
    cartes.push(recouvrements(matiere));
    cartes
}

fn carte(matiere: &Matiere, cle: &str, titre: String, genre: Genre, maille: Maille) -> Carte {
    Carte {
        cle: cle.to_owned(),
        titre,
        genre,
        maille,
        valeurs: BTreeMap::new(),
        communes: Vec::new(),
        lecture: Vec::new(),
        requete: nom::COUVERTURE.to_owned(),
        parametres: matiere.parametres.clone(),
    }
}

fn demandes(couverture: &Couverture) -> impl Iterator<Item = (&String, &str, Option<i64>)> {
    couverture.unites.iter().map(|(code, unite)| (code, unite.nom.as_str(), unite.demandes))
}

fn servies(matiere: &Matiere) -> Carte {
    let totaux = &matiere.couverture.totaux;
    let mut carte = carte(
        matiere,
        "communes-servies",
        format!("Communes servies {}", matiere.quand()),
        Genre::Servies,
        Maille::Commune,
    );
    carte.valeurs = demandes(&matiere.couverture)
        .map(|(code, _, demandes)| (code.clone(), demandes.map(|n| f64::from(u8::from(n > 0)))))
        .collect();
    carte.lecture = match totaux.communes_servies {
        Some(0) => vec![format!("Aucune commune n’a fait de demande {}.", matiere.quand())],
        Some(servies) => {
            let mut phrases = vec![format!(
                "{} sur {} {} fait au moins une demande {}{}.",
                pluriel(servies, "commune", "communes"),
                super::super::entier(reel(totaux.communes)),
                if servies < 2 { "a" } else { "ont" },
                matiere.quand(),
                part(servies, totaux.communes)
                    .map_or_else(String::new, |part| format!(", soit {}", pourcent(part)))
            )];
            let reste = totaux.communes - servies;
            if reste > 0 {
                phrases.push(format!(
                    "{} {} rien demandé.",
                    pluriel(reste, "commune", "communes"),
                    if reste < 2 { "n’a" } else { "n’ont" }
                ));
            }
            phrases
        }
        None => Vec::new(),
    };
    if matiere.edition.millesime != matiere.comptage {
        carte.lecture.push(format!(
            "Le fond de carte est celui des communes de {} ; les nombres sont ceux des communes de {}.",
            matiere.edition.millesime, matiere.comptage
        ));
    }
    carte
}

fn cercles(matiere: &Matiere) -> Carte {
    let mut carte = carte(
        matiere,
        "demandes-par-commune",
        format!("Demandes des communes {}", matiere.quand()),
        Genre::Cercles,
        Maille::Commune,
    );
    carte.valeurs = demandes(&matiere.couverture)
        .map(|(code, _, demandes)| (code.clone(), demandes.map(reel)))
        .collect();
    let connues = demandes(&matiere.couverture).filter_map(|(_, nom, n)| Some((nom, n?)));
    let masquees = carte.valeurs.values().filter(|valeur| valeur.is_none()).count();
    carte.lecture = premieres(connues, i64::try_from(masquees).unwrap_or_default());
    carte
}

/// The units that asked most, and how their demandes share out; those whose number is masked aside.
fn premieres<'a>(unites: impl Iterator<Item = (&'a str, i64)>, masquees: i64) -> Vec<String> {
    let mut unites: Vec<_> = unites.filter(|(_, nombre)| *nombre > 0).collect();
    unites.sort_by_key(|(nom, nombre)| (-nombre, super::noms::cle_de_tri(nom)));
    // Nothing adds up without those that are masked.
    if masquees > 0 {
        let communes = pluriel(masquees, "commune", "communes");
        let suite = match unites.as_slice() {
            [] => String::new(),
            unites => format!(" ; parmi les autres, {}", liste_des_premieres(unites)),
        };
        return vec![format!("Le nombre de {communes} n’est pas communiqué{suite}.")];
    }
    let Some((_, maximum)) = unites.first() else {
        return vec!["Aucune demande de commune sur la période.".to_owned()];
    };
    let total: i64 = unites.iter().map(|(_, nombre)| nombre).sum();
    let une = unites.iter().filter(|(_, nombre)| *nombre == 1).count();
    let une = i64::try_from(une).unwrap_or_default();
    let mut phrases = vec![format!(
        "{} {} {}.",
        pluriel(total, "demande", "demandes"),
        if total < 2 { "vient" } else { "viennent" },
        match unites.as_slice() {
            [(nom, _)] => format!("d’une seule commune : {nom}"),
            unites => format!("des communes ; {}", liste_des_premieres(unites)),
        }
    )];
    if *maximum > 1 && une > 0 {
        phrases.push(format!(
            "{} n’{} fait qu’une demande.",
            pluriel(une, "commune", "communes"),
            if une < 2 { "a" } else { "ont" }
        ));
    }
    phrases
}

fn liste_des_premieres(unites: &[(&str, i64)]) -> String {
    let tetes: Vec<_> = unites
        .iter()
        .take(3)
        .map(|(nom, nombre)| format!("{nom} ({})", super::super::entier(reel(*nombre))))
        .collect();
    let sont =
        if unites.len() == 1 { "la plus demandeuse est" } else { "les plus demandeuses sont" };
    format!("{sont} {}", liste(tetes.iter().map(String::as_str)))
}

fn taux(matiere: &Matiere, repartition: &crate::demandes::Repartition) -> Carte {
    let mut carte = carte(
        matiere,
        "taux-par-epci",
        format!("Demandes des communes pour mille habitants, par EPCI, {}", matiere.quand()),
        Genre::Taux,
        Maille::Epci,
    );
    nom::REPARTITION.clone_into(&mut carte.requete);
    carte.parametres = avec(&matiere.parametres, &[("axe", "epci"), ("autre_axe", "beneficiaire")]);
    let mut taux = Vec::new();
    for epci in matiere.epci_tries() {
        let croisees = repartition.croisees(Axe::Epci, &epci.code, Axe::Beneficiaire);
        let communes = croisees.iter().find(|(code, _)| code == "commune");
        let demandes = communes.map_or(0, |(_, compte)| compte.demandes);
        let valeur = epci
            .population
            .filter(|population| *population > 0)
            .map(|population| reel(demandes) * 1000.0 / reel(population));
        if let Some(valeur) = valeur {
            taux.push((super::noms::abrege(&epci.nom), valeur));
        }
        carte.valeurs.insert(epci.code.clone(), valeur.map(super::super::nombre::garder));
    }
    taux.sort_by(|a, b| b.1.total_cmp(&a.1));
    let dit = |(nom, valeur): &(String, f64)| {
        format!(
            "{} ({nom})",
            super::super::nombre::texte(Some(*valeur), super::super::Unite::PourMille)
        )
    };
    carte.lecture = match (taux.last(), taux.first()) {
        (Some(dernier), Some(premier)) if dernier.1 < premier.1 => vec![format!(
            "Le taux va de {} à {} demandes de communes pour mille habitants.",
            dit(dernier),
            dit(premier)
        )],
        (_, Some((_, taux))) if *taux == 0.0 => {
            vec![format!("Aucune commune n’a fait de demande {}.", matiere.quand())]
        }
        (_, Some(seul)) => vec![format!("Le taux est de {}.", dit(seul))],
        _ => Vec::new(),
    };
    carte
}

/// How many partners cover each commune: 0 where nobody does, null where it is unknown.
fn partenaires(couverture: &Couverture) -> BTreeMap<String, Option<f64>> {
    let unites = couverture.unites.iter();
    unites
        .map(|(code, unite)| {
            let connu = unite.etat != "non_renseigne";
            (code.clone(), connu.then(|| reel(unite.partenaires)))
        })
        .collect()
}

fn couverture(matiere: &Matiere) -> Carte {
    let mut carte = carte(
        matiere,
        "couverture",
        "Nombre de partenaires qui couvrent chaque commune, tous thèmes".to_owned(),
        Genre::Couverture,
        Maille::Commune,
    );
    carte.valeurs = partenaires(&matiere.couverture);
    carte.lecture = phrases_de_couverture(&matiere.couverture);
    carte
}

fn domaine(matiere: &Matiere, code: &str, libelle: &str, couverture: &Couverture) -> Carte {
    let cle = format!("couverture-{code}");
    let titre = libelle.to_owned();
    let mut carte = carte(matiere, &cle, titre, Genre::Couverture, Maille::Commune);
    carte.parametres = avec(&matiere.parametres, &[("theme", code)]);
    carte.valeurs = partenaires(couverture);
    carte.lecture = phrases_de_couverture(couverture);
    carte
}

fn phrases_de_couverture(couverture: &Couverture) -> Vec<String> {
    let totaux = &couverture.totaux;
    let verbe = |n: i64, un: &str, plusieurs: &str| {
        format!("{} {}", pluriel(n, "commune", "communes"), if n < 2 { un } else { plusieurs })
    };
    let mut phrases = Vec::new();
    if totaux.unites > 0 && totaux.unites_couvertes == totaux.unites {
        phrases.push("Toutes les communes sont couvertes par au moins un partenaire.".to_owned());
    } else if totaux.unites_couvertes == 0 {
        phrases.push("Aucune commune n’est couverte par un partenaire.".to_owned());
    } else {
        phrases.push(format!(
            "{} par au moins un partenaire.",
            verbe(totaux.unites_couvertes, "est couverte", "sont couvertes")
        ));
    }
    if totaux.unites_sans_partenaire > 0 {
        phrases.push(format!(
            "{} sans partenaire.",
            verbe(totaux.unites_sans_partenaire, "est", "sont")
        ));
    }
    if totaux.unites_non_renseignees > 0 {
        phrases.push(format!(
            "{} sans zone connue, alors {} : {} peut-être de l’aide.",
            verbe(totaux.unites_non_renseignees, "est", "sont"),
            match totaux.partenaires_non_declares {
                1 => "qu’un partenaire n’a pas encore déclaré ses zones complètes".to_owned(),
                n => format!(
                    "que {} n’ont pas encore déclaré leurs zones complètes",
                    pluriel(n, "partenaire", "partenaires")
                ),
            },
            if totaux.unites_non_renseignees < 2 { "elle a" } else { "elles ont" }
        ));
    }
    phrases
}

/// For each commune, on how many domains nobody helps.
fn blanches(matiere: &Matiere) -> Carte {
    let mut carte = carte(
        matiere,
        "zones-blanches",
        "Nombre de thèmes sur lesquels personne ne peut aider".to_owned(),
        Genre::Blanches,
        Maille::Commune,
    );
    let etats = |code: &str| {
        let domaines = matiere.domaines.iter();
        domaines
            .filter_map(move |(.., couverture)| Some(couverture.unites.get(code)?.etat.as_str()))
            .collect::<Vec<_>>()
    };
    carte.valeurs = matiere
        .couverture
        .unites
        .iter()
        .map(|(code, unite)| {
            let etats = etats(code);
            let combien = |voulu: &str| etats.iter().filter(|etat| **etat == voulu).count();
            let (sans, inconnus) = (combien("personne"), combien("non_renseigne"));
            let inconnu = sans == 0 && (inconnus > 0 || unite.etat == "non_renseigne");
            let sans = i64::try_from(sans).unwrap_or_default();
            (code.clone(), (!inconnu).then(|| reel(sans)))
        })
        .collect();
    let blanches = matiere.blanches.zones_blanches.iter();
    carte.communes = blanches.map(|commune| commune.code.clone()).collect();
    carte.lecture = phrases_des_blanches(&carte);
    carte
}

fn phrases_des_blanches(carte: &Carte) -> Vec<String> {
    let nombre = |combien: usize| i64::try_from(combien).unwrap_or_default();
    let personne = nombre(carte.communes.len());
    let en_partie = carte
        .valeurs
        .iter()
        .filter(|(code, valeur)| valeur.is_some_and(|n| n > 0.0) && !carte.communes.contains(code));
    let (en_partie, inconnues) = (
        nombre(en_partie.count()),
        nombre(carte.valeurs.values().filter(|valeur| valeur.is_none()).count()),
    );
    let phrase = |n: i64, un: &str, plusieurs: &str| {
        format!("{} {}.", pluriel(n, "commune", "communes"), if n < 2 { un } else { plusieurs })
    };
    let mut phrases = Vec::new();
    match (personne, en_partie) {
        (0, 0) if inconnues == 0 => phrases
            .push("Sur chaque thème, un partenaire au moins peut aider chaque commune.".to_owned()),
        (0, 0) => phrases.push("Aucune commune n’est connue pour être sans partenaire.".to_owned()),
        _ => {
            if personne > 0 {
                let plusieurs = "n’ont aucun partenaire, quel que soit le thème";
                phrases.push(phrase(
                    personne,
                    "n’a aucun partenaire, quel que soit le thème",
                    plusieurs,
                ));
            }
            if en_partie > 0 {
                let un = "a des partenaires, mais aucun sur un thème au moins";
                let plusieurs = "ont des partenaires, mais aucun sur un thème au moins";
                phrases.push(phrase(en_partie, un, plusieurs));
            }
        }
    }
    if inconnues > 0 {
        let un =
            "n’est pas renseignée : des partenaires n’ont pas encore déclaré leurs zones complètes";
        let plusieurs = "ne sont pas renseignées : des partenaires n’ont pas encore déclaré leurs zones complètes";
        phrases.push(phrase(inconnues, un, plusieurs));
    }
    phrases
}

fn recouvrements(matiere: &Matiere) -> Carte {
    let mut carte = carte(
        matiere,
        "recouvrements",
        "Nombre de thèmes que plusieurs partenaires couvrent".to_owned(),
        Genre::Recouvrements,
        Maille::Commune,
    );
    nom::RECOUVREMENTS.clone_into(&mut carte.requete);
    carte.valeurs =
        matiere.couverture.unites.keys().map(|code| (code.clone(), Some(0.0))).collect();
    for commune in &matiere.recouvrements.communes {
        carte.valeurs.insert(commune.code.clone(), Some(reel(commune.themes)));
    }
    let partagees = i64::try_from(matiere.recouvrements.communes.len()).unwrap_or_default();
    carte.lecture = vec![match partagees {
        0 => "Aucune commune n’est couverte par deux partenaires sur un même thème.".to_owned(),
        _ => format!(
            "Dans {}, un même thème au moins est couvert par plusieurs partenaires : ils peuvent s’y concurrencer, ou s’y \
             compléter.",
            pluriel(partagees, "commune", "communes")
        ),
    }];
    carte
}
