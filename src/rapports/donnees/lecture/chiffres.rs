//! The key figures, each with the query that gave it.

use serde_json::{Map, Value, json};

use super::super::{Chiffre, Unite};
use super::matiere::{Detail, Matiere};
use super::nom;
use crate::couverture::Totaux;
use crate::demandes::{Compte, Repartition};

/// A count as figures hold it.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of demandes and inhabitants are far under 2⁵²"
)]
pub fn reel(nombre: i64) -> f64 {
    nombre as f64
}

/// A share; none of nothing.
pub fn part(nombre: i64, total: i64) -> Option<f64> {
    (total > 0).then(|| reel(nombre) / reel(total))
}

/// The parameters of a query, and others.
pub fn avec(parametres: &Map<String, Value>, autres: &[(&str, &str)]) -> Map<String, Value> {
    let mut tous = parametres.clone();
    tous.extend(autres.iter().map(|(nom, valeur)| ((*nom).to_owned(), json!(valeur))));
    tous
}

pub fn chiffres(matiere: &Matiere) -> Vec<Chiffre> {
    let mut chiffres = des_totaux(&matiere.couverture.totaux, matiere.avant.as_ref());
    chiffres.push(
        Chiffre::nouveau(
            "zones_blanches",
            "Communes sans partenaire",
            Some(reel(i64::try_from(matiere.blanches.zones_blanches.len()).unwrap_or_default())),
            Unite::Nombre,
            nom::ZONES_BLANCHES,
        )
        .parmi(reel(matiere.blanches.communes)),
    );
    chiffres.push(
        Chiffre::nouveau(
            "communes_non_renseignees",
            "Communes où la couverture n’est pas renseignée",
            Some(reel(matiere.blanches.communes_non_renseignees)),
            Unite::Nombre,
            nom::ZONES_BLANCHES,
        )
        .parmi(reel(matiere.blanches.communes)),
    );
    chiffres.push(
        Chiffre::nouveau(
            "communes_couvertes",
            "Communes couvertes par au moins une zone",
            Some(reel(matiere.blanches.communes_aidees)),
            Unite::Nombre,
            nom::ZONES_BLANCHES,
        )
        .parmi(reel(matiere.blanches.communes)),
    );
    chiffres.push(Chiffre::nouveau(
        "communes_partagees",
        "Communes où plusieurs partenaires couvrent un même thème",
        Some(reel(i64::try_from(matiere.recouvrements.communes.len()).unwrap_or_default())),
        Unite::Nombre,
        nom::RECOUVREMENTS,
    ));
    if let Some(detail) = &matiere.detail {
        chiffres.extend(du_detail(detail));
    }
    chiffres.into_iter().map(|chiffre| chiffre.avec(&matiere.parametres)).collect()
}

/// Those that coverage counts.
fn des_totaux(totaux: &Totaux, avant: Option<&Totaux>) -> Vec<Chiffre> {
    let nombre = |cle: &str, libelle: &str, lire: fn(&Totaux) -> Option<i64>| {
        let valeur = lire(totaux).map(reel);
        Chiffre::nouveau(cle, libelle, valeur, Unite::Nombre, nom::COUVERTURE)
            .apres(avant.and_then(lire).map(reel))
    };
    vec![
        nombre("demandes", "Demandes", |totaux| totaux.demandes),
        nombre("communes_servies", "Communes servies", |totaux| totaux.communes_servies)
            .parmi(reel(totaux.communes)),
        Chiffre::nouveau(
            "part_communes_servies",
            "Part des communes servies",
            totaux.part_communes_servies,
            Unite::Part,
            nom::COUVERTURE,
        )
        .parmi(reel(totaux.communes))
        .apres(avant.and_then(|avant| avant.part_communes_servies)),
        Chiffre::nouveau(
            "communes",
            "Communes du périmètre",
            Some(reel(totaux.communes)),
            Unite::Nombre,
            nom::COUVERTURE,
        ),
        nombre("epci_servis", "EPCI servis", |totaux| totaux.epci_servis).parmi(reel(totaux.epci)),
        Chiffre::nouveau(
            "epci",
            "EPCI du périmètre",
            Some(reel(totaux.epci)),
            Unite::Nombre,
            nom::COUVERTURE,
        ),
        nombre("autres_servis", "Autres bénéficiaires", |totaux| totaux.autres_servis),
        nombre("demandes_communes", "Demandes des communes", |totaux| totaux.demandes_communes),
        nombre("demandes_epci", "Demandes des EPCI", |totaux| totaux.demandes_epci),
        nombre("demandes_autres", "Demandes des autres bénéficiaires", |totaux| {
            totaux.demandes_autres
        }),
        Chiffre::nouveau(
            "partenaires",
            "Partenaires",
            Some(reel(totaux.partenaires)),
            Unite::Nombre,
            nom::COUVERTURE,
        ),
        Chiffre::nouveau(
            "partenaires_presents",
            "Partenaires dont une zone est en vigueur",
            Some(reel(totaux.partenaires_presents)),
            Unite::Nombre,
            nom::COUVERTURE,
        )
        .parmi(reel(totaux.partenaires)),
    ]
}

fn du_detail(detail: &Detail) -> Vec<Chiffre> {
    let tout = detail.repartition.tout();
    let avant = detail.avant.as_ref().map(Repartition::tout);
    let beneficiaires = |compte: Compte| compte.communes + compte.epci + compte.autres;
    let mesure = &detail.delais.tout;
    let delai = |cle: &str, libelle: &str, valeur: Option<f64>, sur: i64| {
        Chiffre::nouveau(cle, libelle, valeur, Unite::Jours, nom::DELAIS).parmi(reel(sur))
    };
    let mut chiffres = vec![
        Chiffre::nouveau(
            "beneficiaires",
            "Bénéficiaires distincts",
            Some(reel(beneficiaires(tout))),
            Unite::Nombre,
            nom::REPARTITION,
        )
        .apres(avant.map(|avant| reel(beneficiaires(avant)))),
        Chiffre::nouveau(
            "jamais_servies",
            "Communes qui n’ont jamais fait de demande",
            Some(reel(detail.jamais.jamais_servies)),
            Unite::Nombre,
            nom::JAMAIS_SERVIES,
        )
        .parmi(reel(detail.jamais.communes)),
        Chiffre::nouveau(
            "hors_zone",
            "Demandes traitées hors des zones du partenaire",
            Some(reel(detail.hors_zone.hors_zone)),
            Unite::Nombre,
            nom::HORS_ZONE,
        )
        .parmi(reel(detail.hors_zone.demandes)),
    ];
    if mesure.avec_reponse > 0 {
        chiffres.push(delai(
            "delai_reponse",
            "Délai médian de première réponse",
            mesure.reponse_mediane,
            mesure.avec_reponse,
        ));
    }
    if mesure.avec_cloture > 0 {
        chiffres.push(delai(
            "delai_cloture",
            "Délai médian de clôture",
            mesure.cloture_mediane,
            mesure.avec_cloture,
        ));
    }
    // Days that nobody noted are not zero days.
    if let Some(jours) = tout.jours {
        chiffres.push(
            Chiffre::nouveau(
                "jours",
                "Jours consacrés",
                Some(jours),
                Unite::Jours,
                nom::REPARTITION,
            )
            .apres(avant.and_then(|avant| avant.jours)),
        );
    }
    chiffres
}
