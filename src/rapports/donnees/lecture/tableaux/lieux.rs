//! Where help is missing, where it is twice, and whom to call: communes and the partners around them.

use std::cmp::Reverse;

use super::super::super::{Cellule, Colonne, Tableau, Unite};
use super::super::chiffres::reel;
use super::super::matiere::{Detail, Matiere};
use super::super::nom;
use super::super::noms::cle_de_tri;
use super::super::reponses::CommuneCitee;
use super::{compte, nombre, reparti};
use crate::web::fiches::liste;

/// Whom those who meet may call: partners whose zones cover the place, and what they publish of themselves.
pub(super) fn contacts(matiere: &Matiere) -> Tableau {
    let ici: Vec<_> = matiere.couverture.unites.keys().collect();
    let presents = matiere.partenaires().filter(|partenaire| {
        let zone = matiere.zones.iter().find(|zone| zone.code == partenaire.identite.code);
        zone.is_some_and(|zone| zone.communes.iter().any(|commune| ici.contains(&commune)))
    });
    let lignes = presents.map(|partenaire| {
        let identite = &partenaire.identite;
        let domaines = matiere.description.themes.iter().filter(|theme| {
            theme.parent.is_none()
                && partenaire.themes.iter().any(|sien| {
                    let themes = &matiere.description.themes;
                    *sien == theme.code
                        || themes
                            .iter()
                            .any(|t| t.code == *sien && t.parent.as_ref() == Some(&theme.code))
                })
        });
        let domaines: Vec<_> = domaines.map(|theme| theme.libelle.as_str()).collect();
        let moyens = [&identite.telephone, &identite.courriel, &identite.site];
        let moyens: Vec<_> = moyens.into_iter().flatten().map(String::as_str).collect();
        vec![
            Cellule::mots(identite.nom.clone()),
            Cellule::mots(domaines.join(", ")),
            Cellule::mots(if moyens.is_empty() { "–".to_owned() } else { moyens.join(", ") }),
        ]
    });
    let colonnes =
        ["Partenaire", "Domaines", "Contact public"].map(Colonne::mots).into_iter().collect();
    Tableau {
        requete: nom::ZONES.to_owned(),
        ..reparti(matiere, "contacts", "À qui s’adresser", colonnes, lignes.collect(), &[])
    }
}

/// Communes with their EPCI, by the name of the EPCI then theirs.
fn communes(
    matiere: &Matiere,
    cle: &str,
    titre: &str,
    citees: &[CommuneCitee],
    requete: &str,
) -> Tableau {
    let lues = &matiere.portraits.communes;
    let mut lignes: Vec<_> = citees
        .iter()
        .map(|commune| {
            let lue = lues.iter().find(|lue| lue.code == commune.code);
            let epci = lue
                .and_then(|lue| lue.epci.as_deref())
                .and_then(|code| matiere.nom_de_l_epci(code))
                .unwrap_or_else(|| "Sans EPCI".to_owned());
            ((epci.starts_with("Sans"), cle_de_tri(&epci)), cle_de_tri(&commune.nom), epci, commune)
        })
        .collect();
    lignes.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    let lignes = lignes.into_iter().map(|(_, _, epci, commune)| {
        vec![
            Cellule::mots(epci),
            Cellule::mots(commune.nom.clone()),
            Cellule::nombre(commune.population.map(reel), Unite::Nombre),
        ]
    });
    let colonnes = vec![Colonne::mots("EPCI"), Colonne::mots("Commune"), compte("Habitants")];
    Tableau {
        requete: requete.to_owned(),
        ..reparti(matiere, cle, titre, colonnes, lignes.collect(), &[])
    }
}

pub(super) fn jamais_servies(matiere: &Matiere, detail: &Detail) -> Tableau {
    let titre = "Communes qui n’ont jamais fait de demande";
    communes(matiere, "jamais_servies", titre, &detail.jamais.liste, nom::JAMAIS_SERVIES)
}

pub(super) fn zones_blanches(matiere: &Matiere) -> Tableau {
    let titre = "Communes sans partenaire";
    let blanches = &matiere.blanches.zones_blanches;
    communes(matiere, "zones_blanches", titre, blanches, nom::ZONES_BLANCHES)
}

/// What the small maps show, in figures.
pub(super) fn blanches_par_theme(matiere: &Matiere) -> Tableau {
    let lignes = matiere.domaines.iter().map(|(_, libelle, couverture)| {
        let totaux = &couverture.totaux;
        vec![
            Cellule::mots(libelle.clone()),
            nombre(totaux.unites_couvertes),
            nombre(totaux.unites_sans_partenaire),
            nombre(totaux.unites_non_renseignees),
        ]
    });
    let colonnes = vec![
        Colonne::mots("Thème"),
        compte("Communes couvertes"),
        compte("Sans partenaire"),
        compte("Non renseignées"),
    ];
    let themes: Vec<_> = matiere.domaines.iter().map(|(code, ..)| code.as_str()).collect();
    let titre = "Communes couvertes et sans partenaire, thème par thème";
    let axes = [("theme", &*themes.join(","))];
    Tableau {
        requete: nom::COUVERTURE.to_owned(),
        ..reparti(matiere, "zones_blanches_par_theme", titre, colonnes, lignes.collect(), &axes)
    }
}

pub(super) fn recouvrements(matiere: &Matiere) -> Tableau {
    let mut paires: Vec<_> = matiere.recouvrements.paires.iter().collect();
    paires.sort_by_key(|paire| Reverse(paire.communes));
    let lignes = paires.into_iter().map(|paire| {
        let noms: Vec<_> =
            paire.partenaires.iter().map(|code| matiere.nom_du_partenaire(code)).collect();
        vec![
            Cellule::mots(paire.libelle.clone()),
            Cellule::mots(liste(noms.iter().map(String::as_str))),
            nombre(paire.communes),
        ]
    });
    let colonnes =
        vec![Colonne::mots("Thème"), Colonne::mots("Partenaires"), compte("Communes partagées")];
    Tableau {
        requete: nom::RECOUVREMENTS.to_owned(),
        ..reparti(
            matiere,
            "recouvrements",
            "Thèmes que deux partenaires couvrent aux mêmes endroits",
            colonnes,
            lignes.collect(),
            &[],
        )
    }
}
