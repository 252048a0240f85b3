//! What was counted: beneficiaries, themes, partners, months, states, sizes, EPCI, delays.

use super::super::super::{Cellule, Colonne, Sujet, Tableau, Unite};
use super::super::chiffres::reel;
use super::super::matiere::{Detail, Matiere};
use super::super::nom;
use super::super::noms::abrege;
use super::super::reponses::Mesure;
use super::{compte, en_part, nombre, reparti};
use crate::demandes::{Axe, Compte, Repartition, TAILLES};
use crate::web::fiches::entier;

const MOIS: [&str; 12] = [
    "Janvier",
    "Février",
    "Mars",
    "Avril",
    "Mai",
    "Juin",
    "Juillet",
    "Août",
    "Septembre",
    "Octobre",
    "Novembre",
    "Décembre",
];
pub(super) fn beneficiaires(matiere: &Matiere, repartition: &Repartition) -> Tableau {
    let totaux = &matiere.couverture.totaux;
    let tout = repartition.tout();
    let ligne = |libelle: &str, code: &str, distincts: i64, sur: Option<i64>| {
        vec![
            Cellule::mots(libelle),
            nombre(repartition.de(Axe::Beneficiaire, code).demandes),
            nombre(distincts),
            sur.map_or(Cellule::mots("–"), nombre),
            sur.map_or(Cellule::mots("–"), |sur| en_part(distincts, sur)),
        ]
    };
    let lignes = vec![
        ligne(
            "Communes",
            "commune",
            totaux.communes_servies.unwrap_or(tout.communes),
            Some(totaux.communes),
        ),
        ligne(
            "EPCI à fiscalité propre",
            "epci",
            totaux.epci_servis.unwrap_or(tout.epci),
            Some(totaux.epci),
        ),
        ligne("Autres (syndicats…)", "autre", tout.autres, None),
    ];
    let colonnes = vec![
        Colonne::mots("Bénéficiaires"),
        compte("Demandes"),
        compte("Servis"),
        compte("Du périmètre"),
        Colonne::nombres("Part", Unite::Part),
    ];
    let titre = "Bénéficiaires par nature";
    reparti(matiere, "beneficiaires", titre, colonnes, lignes, &[("axe", "beneficiaire")])
}

/// Themes, each under its domain; the domains of one partner or one EPCI when `de` names it.
pub fn themes(
    matiere: &Matiere,
    repartition: &Repartition,
    cle: &str,
    titre: &str,
    de: Option<(Axe, &str)>,
) -> Tableau {
    let compte_de = |axe: Axe, code: &str| match de {
        None => repartition.de(axe, code),
        Some((autre, sien)) => {
            let croisees = repartition.croisees(autre, sien, axe);
            croisees.iter().find(|(theme, _)| theme == code).map(|(_, c)| *c).unwrap_or_default()
        }
    };
    let total = match de {
        None => repartition.tout(),
        Some((axe, code)) => repartition.de(axe, code),
    };
    let ligne = |libelle: String, c: Compte| {
        vec![
            Cellule::mots(libelle),
            nombre(c.demandes),
            en_part(c.demandes, total.demandes),
            nombre(c.communes),
        ]
    };
    let mut lignes = Vec::new();
    for domaine in matiere.description.themes.iter().filter(|theme| theme.parent.is_none()) {
        let du_domaine = compte_de(Axe::Domaine, &domaine.code);
        // A domain that nobody asked for is said once, not theme by theme; of one partner, not at all.
        if du_domaine.demandes == 0 && (de.is_some() || domaine.fin.is_some()) {
            continue;
        }
        lignes.push(ligne(domaine.libelle.clone(), du_domaine));
        // A page of its own has room for the domains alone.
        if de.is_some() {
            continue;
        }
        let siens = matiere.description.themes.iter();
        for theme in siens.filter(|theme| theme.parent.as_ref() == Some(&domaine.code)) {
            let du_theme = compte_de(Axe::Theme, &theme.code);
            if du_theme.demandes > 0 {
                // The em space is what shows it under its domain.
                lignes.push(ligne(format!("\u{2003}{}", theme.libelle), du_theme));
            }
        }
    }
    let colonnes = vec![
        Colonne::mots("Thème"),
        compte("Demandes"),
        Colonne::nombres("Part", Unite::Part),
        compte("Communes"),
    ];
    let mut axes = vec![("axe", if de.is_some() { "domaine" } else { "theme" })];
    if let Some((axe, code)) = de {
        axes.extend([("pour_axe", axe.as_str()), ("pour", code)]);
    }
    let mut tableau = reparti(matiere, cle, titre, colonnes, lignes, &axes);
    if de.is_none() {
        tableau.note = Some(
            "Une demande compte une fois pour chacun de ses thèmes, et une fois pour le domaine qui les réunit."
                .to_owned(),
        );
    }
    tableau
}

pub(super) fn partenaires(matiere: &Matiere, detail: &Detail) -> Tableau {
    let tout = detail.repartition.tout();
    let lignes = matiere.partenaires().map(|partenaire| {
        let code = &partenaire.identite.code;
        let sien = detail.repartition.de(Axe::Partenaire, code);
        let zone = matiere.zones.iter().find(|zone| zone.code == *code);
        let couvertes = zone.map_or(0, |zone| zone.communes.len());
        let hors = detail.hors_zone.par_partenaire.iter().find(|hors| hors.code == *code);
        vec![
            Cellule::mots(matiere.nom_du_partenaire(code)),
            nombre(sien.demandes),
            en_part(sien.demandes, tout.demandes),
            nombre(sien.communes),
            nombre(i64::try_from(couvertes).unwrap_or_default()),
            nombre(hors.map_or(0, |hors| hors.hors_zone)),
        ]
    });
    let colonnes = vec![
        Colonne::mots("Partenaire"),
        compte("Demandes"),
        Colonne::nombres("Part", Unite::Part),
        compte("Communes servies"),
        compte("Communes couvertes"),
        compte("Hors de sa zone"),
    ];
    let lignes = lignes.collect();
    let axes = [("axe", "partenaire")];
    let mut tableau =
        reparti(matiere, "par_partenaire", "Demandes par partenaire", colonnes, lignes, &axes);
    tableau.note = Some(
        "Une demande compte pour chaque partenaire qui y a pris part. « Hors de sa zone » compte les demandes menées là où \
         aucune zone du partenaire n’était en vigueur."
            .to_owned(),
    );
    tableau
}

/// Every month of the period, those without any demande too.
pub fn par_mois(
    matiere: &Matiere,
    repartition: &Repartition,
    cle: &str,
    titre: &str,
    de: Option<(Axe, &str)>,
) -> Tableau {
    let periode = matiere.consigne.periode;
    let comptes: &[(String, Compte)] = match de {
        None => repartition.par(Axe::Mois),
        Some((axe, code)) => repartition.croisees(axe, code, Axe::Mois),
    };
    let mut lignes = Vec::new();
    let mut cumul = 0;
    for mois in periode.mois() {
        let cle = format!("{:04}-{:02}", mois.0, mois.1);
        let demandes = comptes.iter().find(|(code, _)| *code == cle).map_or(0, |(_, c)| c.demandes);
        cumul += demandes;
        let nom = MOIS[(mois.1 as usize - 1).min(11)];
        let libelle = match periode.annee {
            Some(_) => nom.to_owned(),
            None => format!("{nom} {}", mois.0),
        };
        lignes.push(vec![Cellule::mots(libelle), nombre(demandes), nombre(cumul)]);
    }
    let colonnes = vec![Colonne::mots("Mois"), compte("Demandes"), compte("Cumul")];
    let mut axes = vec![("axe", "mois")];
    if let Some((axe, code)) = de {
        axes.extend([("pour_axe", axe.as_str()), ("pour", code)]);
    }
    reparti(matiere, cle, titre, colonnes, lignes, &axes)
}

pub(super) fn par_etat(matiere: &Matiere, etats: &[(String, Compte)]) -> Tableau {
    let total: i64 = etats.iter().map(|(_, compte)| compte.demandes).sum();
    let noms = [("en_cours", "En cours"), ("terminee", "Terminées"), ("abandonnee", "Abandonnées")];
    let lignes = noms.iter().map(|(code, libelle)| {
        let demandes = etats.iter().find(|(etat, _)| etat == code).map_or(0, |(_, c)| c.demandes);
        vec![Cellule::mots(*libelle), nombre(demandes), en_part(demandes, total)]
    });
    let colonnes =
        vec![Colonne::mots("État"), compte("Demandes"), Colonne::nombres("Part", Unite::Part)];
    reparti(
        matiere,
        "par_etat",
        "Demandes par état",
        colonnes,
        lignes.collect(),
        &[("axe", "etat")],
    )
}

pub(super) fn tailles(matiere: &Matiere, repartition: &Repartition) -> Tableau {
    let rang = |population: i64| TAILLES.iter().filter(|seuil| population >= **seuil).count();
    let lignes = (0..=TAILLES.len()).map(|classe| {
        let communes = matiere.portraits.communes.iter();
        let siennes = communes
            .filter(|commune| {
                commune.population.is_some_and(|population| rang(population) == classe)
            })
            .count();
        let siennes = i64::try_from(siennes).unwrap_or_default();
        let compte = repartition.de(Axe::Taille, &classe.to_string());
        vec![
            Cellule::mots(libelle_de_taille(classe)),
            nombre(siennes),
            nombre(compte.communes_actuelles),
            en_part(compte.communes_actuelles, siennes),
            nombre(compte.demandes),
        ]
    });
    let colonnes = vec![
        Colonne::mots("Habitants"),
        compte("Communes"),
        compte("Servies"),
        Colonne::nombres("Part", Unite::Part),
        compte("Demandes"),
    ];
    let mut tableau = reparti(
        matiere,
        "par_taille",
        "Communes servies selon leur taille",
        colonnes,
        lignes.collect(),
        &[("axe", "taille")],
    );
    tableau.note =
        Some(format!("Communes et populations du millésime {}.", matiere.edition.millesime));
    tableau
}

fn libelle_de_taille(classe: usize) -> String {
    let debut = classe.checked_sub(1).map(|rang| TAILLES[rang]);
    match (debut, TAILLES.get(classe)) {
        (None, Some(fin)) => format!("Moins de {}", entier(*fin)),
        (Some(debut), Some(fin)) => format!("De {} à {}", entier(debut), entier(fin - 1)),
        (Some(debut), None) => format!("{} et plus", entier(debut)),
        (None, None) => "Toutes".to_owned(),
    }
}

pub(super) fn epci(matiere: &Matiere, repartition: &Repartition) -> Tableau {
    let lignes = matiere.epci_tries().map(|epci| {
        let beneficiaire = |nature: &str| {
            let croisees = repartition.croisees(Axe::Epci, &epci.code, Axe::Beneficiaire);
            croisees.iter().find(|(code, _)| code == nature).map(|(_, c)| *c).unwrap_or_default()
        };
        let communes = matiere.communes_de(&epci.code).count();
        let des_communes = beneficiaire("commune");
        let taux = epci
            .population
            .filter(|population| *population > 0)
            .map(|population| reel(des_communes.demandes) * 1000.0 / reel(population));
        vec![
            Cellule::mots(abrege(&epci.nom)),
            nombre(i64::try_from(communes).unwrap_or_default()),
            nombre(des_communes.communes_actuelles),
            nombre(des_communes.demandes),
            nombre(beneficiaire("epci").demandes),
            Cellule::nombre(epci.population.map(reel), Unite::Nombre),
            Cellule::nombre(taux, Unite::PourMille),
        ]
    });
    let colonnes = vec![
        Colonne::mots("EPCI"),
        compte("Communes"),
        compte("Servies"),
        compte("Demandes des communes"),
        compte("Demandes de l’EPCI"),
        compte("Habitants"),
        Colonne::nombres("Pour mille hab.", Unite::PourMille),
    ];
    let mut tableau = reparti(
        matiere,
        "par_epci",
        "Demandes par EPCI",
        colonnes,
        lignes.collect(),
        &[("axe", "epci")],
    );
    tableau.note = Some(
        "Communes et habitants de la partie de l’EPCI qui est dans le périmètre du réseau. Le taux rapporte les demandes \
         des communes, sans celles de l’EPCI lui-même, à mille habitants."
            .to_owned(),
    );
    tableau
}

/// Who helped whom: EPCI (of a regroupement, communes) in rows, partners in columns.
pub(super) fn qui_aide_qui(matiere: &Matiere, repartition: &Repartition) -> Tableau {
    let partenaires: Vec<_> = matiere
        .partenaires()
        .map(|partenaire| partenaire.identite.code.clone())
        .filter(|code| repartition.de(Axe::Partenaire, code).demandes > 0)
        .collect();
    let mut colonnes = vec![Colonne::mots("EPCI")];
    colonnes.extend(partenaires.iter().map(|code| compte(&matiere.nom_du_partenaire(code))));
    // A regroupement cuts through EPCI: its rows are its communes that asked.
    let regroupement = matches!(matiere.consigne.sujet, Sujet::Regroupement(_));
    let (autre_axe, unites): (_, Vec<_>) = if regroupement {
        (Axe::Commune, matiere.communes_triees().collect())
    } else {
        (Axe::Epci, matiere.epci_tries().collect())
    };
    let lignes = unites.into_iter().filter_map(|unite| {
        let demandes: Vec<i64> = partenaires
            .iter()
            .map(|partenaire| {
                let croisees = repartition.croisees(Axe::Partenaire, partenaire, autre_axe);
                croisees.iter().find(|(code, _)| *code == unite.code).map_or(0, |(_, c)| c.demandes)
            })
            .collect();
        if regroupement && demandes.iter().all(|demandes| *demandes == 0) {
            return None;
        }
        let mut ligne = vec![Cellule::mots(abrege(&unite.nom))];
        ligne.extend(demandes.into_iter().map(nombre));
        Some(ligne)
    });
    if regroupement {
        colonnes[0] = Colonne::mots("Commune");
    }
    let axes = [("axe", "partenaire"), ("autre_axe", autre_axe.as_str())];
    let titre = match regroupement {
        true => "Qui a aidé qui : demandes de chaque commune, par partenaire",
        false => "Qui a aidé qui : demandes de chaque EPCI et de ses communes, par partenaire",
    };
    reparti(matiere, "qui_aide_qui", titre, colonnes, lignes.collect(), &axes)
}
pub(super) fn delais(matiere: &Matiere, detail: &Detail) -> Tableau {
    let jours = |valeur: Option<f64>, sur: i64| match sur {
        0 => Cellule::mots("–"),
        _ => Cellule::nombre(valeur, Unite::Jours),
    };
    let ligne = |libelle: &str, mesure: &Mesure| {
        vec![
            Cellule::mots(libelle),
            nombre(mesure.demandes),
            nombre(mesure.avec_reponse),
            jours(mesure.reponse_mediane, mesure.avec_reponse),
            jours(mesure.reponse_decile_9, mesure.avec_reponse),
            nombre(mesure.avec_cloture),
            jours(mesure.cloture_mediane, mesure.avec_cloture),
            jours(mesure.cloture_decile_9, mesure.avec_cloture),
        ]
    };
    let mut lignes = vec![ligne("Toutes les demandes", &detail.delais.tout)];
    lignes.extend(detail.delais.par_theme.iter().map(|theme| ligne(&theme.libelle, &theme.mesure)));
    let colonnes = vec![
        Colonne::mots("Thème principal"),
        compte("Demandes"),
        compte("Avec réponse"),
        Colonne::nombres("Réponse, médiane", Unite::Jours),
        Colonne::nombres("Réponse, 9e décile", Unite::Jours),
        compte("Closes"),
        Colonne::nombres("Clôture, médiane", Unite::Jours),
        Colonne::nombres("Clôture, 9e décile", Unite::Jours),
    ];
    Tableau {
        note: Some(
            "Les délais sont comptés en jours depuis la date de la demande, sur les seules demandes dont la date de \
             réponse ou de clôture est connue. Neuf demandes sur dix ont un délai inférieur au neuvième décile."
                .to_owned(),
        ),
        requete: nom::DELAIS.to_owned(),
        ..reparti(matiere, "delais", "Délais", colonnes, lignes, &[])
    }
}
