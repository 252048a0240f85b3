//! A page for each partner, and for each EPCI.

use std::collections::BTreeMap;

use super::super::{
    BlocEpci, BlocPartenaire, Carte, Cellule, Chiffre, Colonne, Contact, Genre, Sujet, Tableau,
    Unite,
};
use super::chiffres::{avec, part, reel};
use super::matiere::{Detail, Matiere};
use super::nom;
use super::noms::{abrege, cle_de_tri};
use super::tableaux::{nombre, par_mois, themes};
use crate::couverture::Portrait;
use crate::demandes::{Axe, Compte};
use crate::partenaires::Partenaire;
use crate::territoires::Maille;
use crate::web::fiches::{liste, pluriel};

pub fn partenaires(matiere: &Matiere) -> Vec<BlocPartenaire> {
    let Some(detail) = &matiere.detail else { return Vec::new() };
    if matches!(matiere.consigne.sujet, Sujet::Epci(_) | Sujet::Regroupement(_)) {
        return Vec::new();
    }
    matiere.partenaires().map(|partenaire| bloc(matiere, detail, partenaire)).collect()
}

fn bloc(matiere: &Matiere, detail: &Detail, partenaire: &Partenaire) -> BlocPartenaire {
    let identite = &partenaire.identite;
    let code = &identite.code;
    // A report of its own has more than its page in that of the réseau.
    let seul = matches!(matiere.consigne.sujet, Sujet::Partenaire(_));
    let axe = Axe::Partenaire;
    let repartition = &detail.repartition;
    let compte = repartition.de(axe, code);
    let avant = detail.avant.as_ref().map(|avant| avant.de(axe, code));
    let zone = matiere.zones.iter().find(|zone| zone.code == *code);
    let communes = zone.map(|zone| zone.communes.clone()).unwrap_or_default();
    let parametres = avec(&matiere.parametres, &[("axe", "partenaire"), ("code", code)]);
    let mut chiffres = comptes(&format!("partenaire_{code}"), compte, avant);
    let perimetre = i64::try_from(matiere.portraits.communes.len()).unwrap_or_default();
    chiffres.push(
        Chiffre::nouveau(
            &format!("partenaire_{code}_communes_couvertes"),
            "Communes couvertes par ses zones",
            Some(reel(i64::try_from(communes.len()).unwrap_or_default())),
            Unite::Nombre,
            nom::ZONES,
        )
        .parmi(reel(perimetre)),
    );
    let mut tableaux = vec![
        themes(
            matiere,
            repartition,
            &format!("partenaire_{code}_themes"),
            "Thèmes",
            Some((axe, code)),
        ),
        par_mois(
            matiere,
            repartition,
            &format!("partenaire_{code}_mois"),
            "Mois par mois",
            Some((axe, code)),
        ),
    ];
    if seul {
        let nommer = |epci: &str| matiere.nom_de_l_epci(epci).unwrap_or_else(|| epci.to_owned());
        let titres = ["EPCI et leurs communes", "EPCI"];
        tableaux.push(aides_par(matiere, detail, (axe, code), Axe::Epci, titres, nommer));
    }
    BlocPartenaire {
        code: code.clone(),
        nom: identite.nom.clone(),
        sigle: identite.sigle.clone(),
        description: identite.description.clone(),
        contact: Contact {
            site: identite.site.clone(),
            courriel: identite.courriel.clone(),
            telephone: identite.telephone.clone(),
        },
        zone: !communes.is_empty(),
        chiffres: chiffres.into_iter().map(|chiffre| chiffre.avec(&parametres)).collect(),
        tableaux,
        carte: carte_du_partenaire(matiere, detail, partenaire, communes),
    }
}

/// The counts that a page begins with.
fn comptes(cle: &str, compte: Compte, avant: Option<Compte>) -> Vec<Chiffre> {
    let un = |nom: &str, libelle: &str, lire: fn(Compte) -> i64| {
        let cle = format!("{cle}_{nom}");
        let valeur = Some(reel(lire(compte)));
        Chiffre::nouveau(&cle, libelle, valeur, Unite::Nombre, nom::REPARTITION)
            .apres(avant.map(|avant| reel(lire(avant))))
    };
    let mut chiffres = vec![
        un("demandes", "Demandes", |compte| compte.demandes),
        un("communes", "Communes servies", |compte| compte.communes),
        un("epci", "EPCI servis", |compte| compte.epci),
        un("autres", "Autres bénéficiaires", |compte| compte.autres),
    ];
    if let Some(jours) = compte.jours {
        let cle = format!("{cle}_jours");
        let jours =
            Chiffre::nouveau(&cle, "Jours consacrés", Some(jours), Unite::Jours, nom::REPARTITION);
        chiffres.push(jours.apres(avant.and_then(|avant| avant.jours)));
    }
    chiffres
}

/// Those that helped, or were helped by, the unit or the partner that `de` names: their demandes, and the communes of these.
fn aides_par(
    matiere: &Matiere,
    detail: &Detail,
    de: (Axe, &str),
    autre: Axe,
    [titre, colonne]: [&str; 2],
    nommer: impl Fn(&str) -> String,
) -> Tableau {
    let (axe, code) = de;
    let lignes = detail.repartition.croisees(axe, code, autre).iter().map(|(autre, compte)| {
        vec![
            Cellule::mots(nommer(autre)),
            nombre(compte.demandes),
            nombre(compte.communes_actuelles),
        ]
    });
    Tableau {
        cle: format!("{}_{code}_{}", axe.as_str(), autre.as_str()),
        titre: titre.to_owned(),
        colonnes: vec![
            Colonne::mots(colonne),
            Colonne::nombres("Demandes", Unite::Nombre),
            Colonne::nombres("Communes", Unite::Nombre),
        ],
        lignes: lignes.collect(),
        note: None,
        requete: nom::REPARTITION.to_owned(),
        parametres: avec(
            &matiere.parametres,
            &[("axe", axe.as_str()), ("code", code), ("autre_axe", autre.as_str())],
        ),
    }
}

fn carte_du_partenaire(
    matiere: &Matiere,
    detail: &Detail,
    partenaire: &Partenaire,
    communes: Vec<String>,
) -> Carte {
    let identite = &partenaire.identite;
    let croisees = detail.repartition.croisees(Axe::Partenaire, &identite.code, Axe::Commune);
    let compte = detail.repartition.de(Axe::Partenaire, &identite.code);
    let couvertes = i64::try_from(communes.len()).unwrap_or_default();
    let total = i64::try_from(matiere.portraits.communes.len()).unwrap_or_default();
    let mut lecture = vec![match couvertes {
        0 => "Aucune zone d’intervention de ce partenaire n’est en vigueur à la fin de la période."
            .to_owned(),
        _ if couvertes == total => {
            "Ses zones d’intervention couvrent tout le périmètre.".to_owned()
        }
        _ => format!(
            "Ses zones d’intervention couvrent {} sur {}{}.",
            pluriel(couvertes, "commune", "communes"),
            super::super::entier(reel(total)),
            part(couvertes, total)
                .map_or_else(String::new, |part| format!(" ({})", super::super::pourcent(part)))
        ),
    }];
    lecture.push(match compte.demandes {
        0 => format!("Il n’a traité aucune demande {}.", matiere.quand()),
        _ => format!(
            "Il a pris part à {} {}.",
            pluriel(compte.demandes, "demande", "demandes"),
            matiere.quand()
        ),
    });
    Carte {
        cle: format!("partenaire-{}", identite.code),
        titre: format!(
            "{} : zones d’intervention et demandes",
            matiere.nom_du_partenaire(&identite.code)
        ),
        genre: Genre::Zone,
        maille: Maille::Commune,
        valeurs: croisees
            .iter()
            .map(|(code, compte)| (code.clone(), Some(reel(compte.demandes))))
            .collect(),
        communes,
        lecture,
        requete: nom::REPARTITION.to_owned(),
        parametres: avec(
            &matiere.parametres,
            &[("axe", "partenaire"), ("code", &identite.code), ("autre_axe", "commune")],
        ),
    }
}

pub fn epci(matiere: &Matiere) -> Vec<BlocEpci> {
    let Some(detail) = &matiere.detail else { return Vec::new() };
    if matches!(matiere.consigne.sujet, Sujet::Partenaire(_) | Sujet::Regroupement(_)) {
        return Vec::new();
    }
    matiere.epci_tries().map(|epci| bloc_epci(matiere, detail, epci)).collect()
}

fn bloc_epci(matiere: &Matiere, detail: &Detail, epci: &Portrait) -> BlocEpci {
    let code = &epci.code;
    let communes: Vec<_> = matiere.communes_de(code).map(|commune| commune.code.clone()).collect();
    let nombre_de_communes = i64::try_from(communes.len()).unwrap_or_default();
    let compte = detail.repartition.de(Axe::Epci, code);
    let avant = detail.avant.as_ref().map(|avant| avant.de(Axe::Epci, code));
    let par_nature = detail.repartition.croisees(Axe::Epci, code, Axe::Beneficiaire);
    let nature = |nom: &str| {
        par_nature.iter().find(|(nature, _)| nature == nom).map(|(_, c)| *c).unwrap_or_default()
    };
    let parametres = avec(&matiere.parametres, &[("axe", "epci"), ("code", code)]);
    let cle = format!("epci_{code}");
    let chiffre = |nom: &str, libelle: &str, valeur: Option<f64>, unite, requete: &str| {
        Chiffre::nouveau(&format!("{cle}_{nom}"), libelle, valeur, unite, requete)
    };
    let servies = nature("commune").communes_actuelles;
    let population = epci.population.map(reel);
    let taux = epci
        .population
        .filter(|population| *population > 0)
        .map(|population| reel(nature("commune").demandes) * 1000.0 / reel(population));
    let chiffres = vec![
        chiffre(
            "demandes",
            "Demandes",
            Some(reel(compte.demandes)),
            Unite::Nombre,
            nom::REPARTITION,
        )
        .apres(avant.map(|avant| reel(avant.demandes))),
        chiffre(
            "demandes_communes",
            "Demandes des communes",
            Some(reel(nature("commune").demandes)),
            Unite::Nombre,
            nom::REPARTITION,
        ),
        chiffre(
            "demandes_epci",
            "Demandes de l’EPCI",
            Some(reel(nature("epci").demandes)),
            Unite::Nombre,
            nom::REPARTITION,
        ),
        chiffre(
            "communes_servies",
            "Communes servies",
            Some(reel(servies)),
            Unite::Nombre,
            nom::REPARTITION,
        )
        .parmi(reel(nombre_de_communes)),
        chiffre("population", "Habitants", population, Unite::Nombre, nom::PORTRAITS),
        chiffre("taux", "Demandes pour mille habitants", taux, Unite::PourMille, nom::REPARTITION),
    ];
    let mut tableaux = vec![
        aides_par(
            matiere,
            detail,
            (Axe::Epci, code),
            Axe::Partenaire,
            ["Qui a aidé", "Partenaire"],
            |partenaire| matiere.nom_du_partenaire(partenaire),
        ),
        themes(
            matiere,
            &detail.repartition,
            &format!("epci_{code}_themes"),
            "Thèmes",
            Some((Axe::Epci, code)),
        ),
    ];
    if matches!(matiere.consigne.sujet, Sujet::Epci(_)) {
        tableaux.push(communes_de_l_epci(matiere, detail, epci));
    }
    tableaux.extend(matiere.indicateurs.portrait(matiere, epci));
    BlocEpci {
        code: code.clone(),
        nom: epci.nom.clone(),
        communes: nombre_de_communes,
        communes_en_tout: epci.communes_en_tout.unwrap_or(nombre_de_communes),
        chiffres: chiffres.into_iter().map(|chiffre| chiffre.avec(&parametres)).collect(),
        tableaux,
        carte: carte_de_l_epci(matiere, epci, communes, servies),
    }
}

fn communes_de_l_epci(matiere: &Matiere, detail: &Detail, epci: &Portrait) -> Tableau {
    let comptes = detail.repartition.croisees(Axe::Epci, &epci.code, Axe::Commune);
    let mut communes: Vec<_> = matiere.communes_de(&epci.code).collect();
    communes.sort_by_cached_key(|commune| (cle_de_tri(&commune.nom), commune.code.clone()));
    let lignes = communes.into_iter().map(|commune| {
        let compte = comptes.iter().find(|(code, _)| *code == commune.code);
        vec![
            Cellule::mots(commune.nom.clone()),
            Cellule::nombre(commune.population.map(reel), Unite::Nombre),
            nombre(compte.map_or(0, |(_, compte)| compte.demandes)),
        ]
    });
    Tableau {
        cle: format!("epci_{}_communes", epci.code),
        titre: "Communes".to_owned(),
        colonnes: vec![
            Colonne::mots("Commune"),
            Colonne::nombres("Habitants", Unite::Nombre),
            Colonne::nombres("Demandes", Unite::Nombre),
        ],
        lignes: lignes.collect(),
        note: None,
        requete: nom::REPARTITION.to_owned(),
        parametres: avec(
            &matiere.parametres,
            &[("axe", "epci"), ("code", &epci.code), ("autre_axe", "commune")],
        ),
    }
}

fn carte_de_l_epci(
    matiere: &Matiere,
    epci: &Portrait,
    communes: Vec<String>,
    servies: i64,
) -> Carte {
    let valeurs: BTreeMap<_, _> = communes
        .iter()
        .map(|code| {
            let unite = matiere.couverture.unites.get(code);
            (code.clone(), unite.and_then(|unite| unite.demandes).map(reel))
        })
        .collect();
    let mut phrases = vec![format!(
        "{} sur {} {} fait au moins une demande {}.",
        pluriel(servies, "commune", "communes"),
        communes.len(),
        if servies < 2 { "a" } else { "ont" },
        matiere.quand()
    )];
    let jamais: Vec<_> = matiere
        .detail
        .iter()
        .flat_map(|detail| &detail.jamais.liste)
        .filter(|commune| valeurs.contains_key(&commune.code))
        .map(|commune| commune.nom.as_str())
        .collect();
    match jamais.len() {
        0 => {}
        1..=6 => {
            phrases.push(format!("Jamais servie jusqu’ici : {}.", liste(jamais.iter().copied())))
        }
        n => phrases.push(format!("{n} communes n’ont jamais fait de demande.")),
    }
    if let [_, autres @ ..] = jamais.as_slice()
        && (1..=5).contains(&autres.len())
        && let Some(derniere) = phrases.last_mut()
    {
        *derniere = derniere.replacen("Jamais servie ", "Jamais servies ", 1);
    }
    Carte {
        cle: format!("epci-{}", epci.code),
        titre: format!("{} : demandes de ses communes", abrege(&epci.nom)),
        genre: Genre::Portrait,
        maille: Maille::Commune,
        valeurs,
        communes,
        lecture: phrases,
        requete: nom::COUVERTURE.to_owned(),
        parametres: matiere.parametres.clone(),
    }
}
