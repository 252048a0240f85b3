//! What the pages call mailles, states, costs and places in the service.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::territoires::{Maille, Unite};

/// Of a parameter: `:` and `/` are legal there and far easier to read than their escapes.
const PARAMETRE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b':').remove(b'/').remove(b'-').remove(b'_').remove(b'.');

/// « Commune », as a heading says it.
pub fn maille(maille: Maille) -> &'static str {
    match maille {
        Maille::Commune => "Commune",
        Maille::Epci => "Intercommunalité",
        Maille::Departement => "Département",
        Maille::Region => "Région",
        Maille::Regroupement => "Regroupement de communes",
    }
}

/// « cette commune »
pub fn cette(maille: Maille) -> &'static str {
    match maille {
        Maille::Commune => "cette commune",
        Maille::Epci => "cette intercommunalité",
        Maille::Departement => "ce département",
        Maille::Region => "cette région",
        Maille::Regroupement => "ce regroupement",
    }
}

/// One of the three states of `/api/couverture`, in words.
pub fn etat(etat: &str) -> &'static str {
    match etat {
        "aide" => "Aidé",
        "personne" => "Personne",
        _ => "Non renseigné",
    }
}

/// What a service costs: what nobody has said is said to be unknown.
pub fn cout(cout: Option<&str>) -> &'static str {
    match cout {
        Some("gratuit") => "gratuit",
        Some("payant") => "payant",
        Some("selon_le_cas") => "gratuit ou payant selon le cas",
        _ => "coût non renseigné",
    }
}

pub fn niveau(niveau: Option<&str>) -> Option<&'static str> {
    match niveau {
        Some("premier_niveau") => Some("premier niveau"),
        Some("approfondi") => Some("accompagnement approfondi"),
        _ => None,
    }
}

/// Why a value is not there.
pub fn sans_valeur(etat: &str) -> &'static str {
    match etat {
        "secret" => "secret statistique",
        "sans_objet" => "sans objet",
        "non_calculable" => "non calculable",
        _ => "non disponible",
    }
}

/// An INSEE code of a commune, SIREN of an EPCI…
pub fn nom_du_code(maille: Maille) -> &'static str {
    match maille {
        Maille::Epci => "Siren",
        Maille::Regroupement => "Code",
        _ => "Code Insee",
    }
}

/// The sheet of a unit.
pub fn fiche(unite: &Unite) -> String {
    format!("/territoires/{}/{}", unite.maille, unite.code)
}

/// The page of a partner.
pub fn page_du_partenaire(reseau: &str, partenaire: &str) -> String {
    format!("/partenaires/{reseau}/{partenaire}")
}

/// An address with those of its parameters that have a value.
pub fn adresse(chemin: &str, parametres: &[(&str, Option<&str>)]) -> String {
    let mut adresse = chemin.to_owned();
    for (nom, valeur) in parametres {
        if let Some(valeur) = valeur {
            adresse.push(if adresse.contains('?') { '&' } else { '?' });
            adresse += &format!("{nom}={}", utf8_percent_encode(valeur, PARAMETRE));
        }
    }
    adresse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_only_the_parameters_that_are_given() {
        let parametres = [("reseau", Some("drome")), ("theme", None), ("q", Some("a&b=c é"))];
        assert_eq!(
            adresse("/demander", &parametres),
            "/demander?reseau=drome&q=a%26b%3Dc%20%C3%A9"
        );
        assert_eq!(adresse("/demander", &[("theme", None)]), "/demander");
    }
}
