//! Who a unit is: its codes, its parents, what it was, where it is.

use maud::{Markup, html};

use super::super::carte::{Legende, carte as dessin};
use super::super::ecriture::{INSECABLE, date_longue, de, entier, liste, pluriel};
use super::super::mots;
use super::super::territoire::FicheDeTerritoire;
use crate::territoires::{Ancien, Identite, Maille, Nomme, Role, SourceDeDonnees, Unite};

/// From the largest of its parents to itself.
pub fn chemin(identite: &Identite) -> Markup {
    let parents = &identite.parents;
    let tous: [(Maille, &Option<Nomme>); 3] = [
        (Maille::Region, &parents.region),
        (Maille::Departement, &parents.departement),
        (Maille::Epci, &parents.epci),
    ];
    html! {
        nav.chemin aria-label="Territoires qui le contiennent" { ol {
            @for (maille, parent) in tous {
                @if let Some(parent) = parent.as_ref().filter(|parent| parent.code != identite.code || maille != identite.maille) {
                    li { (lien(maille, parent)) }
                }
            }
        } }
    }
}

fn lien(maille: Maille, unite: &Nomme) -> Markup {
    html! { a href=(mots::fiche(&Unite { maille, code: unite.code.clone() })) { (unite.nom) } }
}

/// What it is, how many live there, since when that is known.
pub fn sous_titre(fiche: &FicheDeTerritoire) -> Markup {
    let identite = &fiche.identite;
    html! {
        p.sous-titre {
            (mots::maille(identite.maille))
            @if let Some(membres) = &identite.membres { " · " (pluriel(membres.communes, "commune", "communes")) }
            @if let Some(population) = identite.population {
                " · " (pluriel(population.into(), "habitant", "habitants")) " (population municipale"
                @if let Some(date) = date_des_populations(&fiche.sources) { ", " (date) }
                ")"
            }
        }
    }
}

/// Of the source that gives populations: its millésime, and its own date.
fn date_des_populations(sources: &[SourceDeDonnees]) -> Option<String> {
    let (source, millesime) = sources.iter().find_map(|source| {
        let apport = source.apports.iter().find(|apport| apport.donne_les_populations())?;
        Some((source, apport.millesime))
    })?;
    Some(match source.date {
        Some(date) => format!("millésime {millesime}, source du {}", date_longue(date)),
        None => format!("millésime {millesime}"),
    })
}

pub fn faits(fiche: &FicheDeTerritoire) -> Markup {
    let identite = &fiche.identite;
    let parents = &identite.parents;
    html! {
        dl.faits {
            dt { (mots::nom_du_code(identite.maille)) } dd { (identite.code) }
            @if let Some(siren) = identite.siren.as_ref().filter(|siren| **siren != identite.code) {
                dt { "Siren" } dd { (siren) }
            }
            @if let Some(nature) = &identite.nature { dt { "Nature" } dd { (nature) } }
            @if !identite.codes_postaux.is_empty() {
                dt { @if identite.codes_postaux.len() > 1 { "Codes postaux" } @else { "Code postal" } }
                dd { (identite.codes_postaux.join(", ")) }
            }
            @if identite.maille == Maille::Commune {
                dt { "Intercommunalité" }
                dd { @match &parents.epci { Some(epci) => (lien(Maille::Epci, epci)), None => "aucune" } }
                @if let Some(ept) = &parents.ept { dt { "Établissement public territorial" } dd { (ept.nom) } }
            }
            @if let Some(departement) = parents.departement.as_ref().filter(|_| identite.maille != Maille::Departement) {
                dt { "Département" } dd { (lien(Maille::Departement, departement)) " (" (departement.code) ")"
                    @if fiche.hors_departement > 0 {
                        ", et " (pluriel(fiche.hors_departement, "commune", "communes")) " hors de ce département"
                    }
                }
            }
            @if !fiche.anciens.is_empty() {
                dt { "Anciens codes" }
                dd { ul { @for ancien in &fiche.anciens { li { (devenir(ancien, &identite.nom)) } } } }
            }
        }
        @if let Some(remarque) = &identite.contour.remarque { p.discret { (remarque) } }
    }
}

/// What became of a former code.
fn devenir(ancien: &Ancien, nom: &str) -> Markup {
    let jusqu = format!("jusqu’au millésime{INSECABLE}{}", ancien.jusqu);
    html! {
        (ancien.code) @if let Some(nom) = &ancien.nom { " " (nom) } ", " (jusqu) " : "
        @if ancien.ailleurs.is_empty() {
            "aujourd’hui dans " (nom)
        } @else {
            "partagée entre " (nom) " et " (liste(ancien.ailleurs.iter().map(String::as_str)))
        }
    }
}

/// Towns named on the map of a larger unit: the most populated.
const MEMBRES_NOMMES: usize = 6;

/// The small map, with what it shows in words.
pub fn carte(fiche: &FicheDeTerritoire) -> Markup {
    let Some(croquis) = &fiche.croquis else { return html! {} };
    let identite = &fiche.identite;
    let lieu = fiche.ailleurs.as_ref();
    let (nom, code) = lieu.map_or((&identite.nom, &identite.code), |lieu| (&lieu.nom, &lieu.code));
    let voisines = croquis.voisines();
    let noms = liste(voisines.iter().map(|(_, nom)| nom.as_str()));
    let titre = format!("Carte {}", de(nom));
    let description = match identite.maille {
        Maille::Commune if voisines.is_empty() => {
            format!("Le contour {}, qui ne touche aucune autre commune.", de(nom))
        }
        Maille::Commune => {
            format!("Le contour {}, au milieu des communes voisines : {noms}.", de(nom))
        }
        Maille::Regroupement => {
            format!("Les communes du regroupement {nom}, sur les intercommunalités.")
        }
        _ if voisines.is_empty() => format!("Le contour {nom} et ses communes."),
        _ => format!("Le contour et les communes {}. Autour : {noms}.", de(nom)),
    };
    let roles: &[Role] = match identite.maille {
        Maille::Commune => &[Role::Voisine, Role::Autour],
        Maille::Departement => &[Role::Voisine, Role::Membre],
        _ => &[Role::Membre],
    };
    // A large unit is named by the heading: its towns say where it is.
    let nommee = (identite.maille == Maille::Commune).then_some(code.as_str());
    let legende = Legende {
        titre: &titre,
        description: &description,
        nommee,
        noms: roles,
        membres_nommes: MEMBRES_NOMMES,
        genre: identite.maille.as_str(),
    };
    html! {
        figure.carte {
            (dessin(croquis, &legende))
            figcaption.discret {
                "Le nord est en haut. Projection légale (EPSG:" (croquis.projection) ")"
                @if let Some(millesime) = croquis.millesime { ", contours de " (millesime) }
                "."
            }
        }
    }
}

/// Its neighbours, and what it is made of.
pub fn autour(fiche: &FicheDeTerritoire) -> Markup {
    let identite = &fiche.identite;
    let voisines = fiche.croquis.as_ref().map(|croquis| croquis.voisines()).unwrap_or_default();
    let titre = match identite.maille {
        Maille::Commune => "Communes voisines",
        Maille::Epci => "Intercommunalités voisines",
        Maille::Departement => "Départements voisins",
        _ => "Régions voisines",
    };
    html! {
        @if let Some((maille, membres)) = &fiche.membres {
            @let titre = match maille {
                Maille::Commune => "Ses communes", Maille::Epci => "Ses intercommunalités", _ => "Ses départements",
            };
            section.liens aria-labelledby="membres" {
                h2 id="membres" { (titre) " (" (entier(i64::try_from(membres.len()).unwrap_or_default())) ")" }
                (liens(*maille, par_nom(membres.iter().map(|(code, nom)| (code.as_str(), nom.nom.as_str())).collect())))
                @if *maille == Maille::Epci { p.discret { "Celles qui y ont au moins une commune." } }
            }
        }
        @if !voisines.is_empty() && identite.maille != Maille::Regroupement {
            section.liens aria-labelledby="voisines" {
                h2 id="voisines" { (titre) }
                (liens(identite.maille, par_nom(voisines.iter().map(|(code, nom)| (code.as_str(), nom.as_str())).collect())))
            }
        }
    }
}

fn liens(maille: Maille, unites: Vec<(&str, &str)>) -> Markup {
    html! {
        ul {
            @for (code, nom) in unites {
                li { a href=(mots::fiche(&Unite { maille, code: code.to_owned() })) { (nom) } }
            }
        }
    }
}

/// Names have their article and are sorted without it, and without accents.
fn par_nom<'a>(mut unites: Vec<(&'a str, &'a str)>) -> Vec<(&'a str, &'a str)> {
    unites.sort_by_cached_key(|(_, nom)| rangement(nom));
    unites
}

/// What a name is sorted by.
pub fn rangement(nom: &str) -> String {
    let articles = ["L'", "L’", "Le ", "La ", "Les ", "Las ", "Los ", "Aux "];
    let nu = articles.iter().find_map(|article| nom.strip_prefix(article)).unwrap_or(nom);
    nu.chars()
        .map(|lettre| match lettre {
            'É' | 'È' | 'Ê' | 'é' | 'è' | 'ê' | 'ë' => 'e',
            'À' | 'Â' | 'à' | 'â' => 'a',
            'Î' | 'î' | 'ï' => 'i',
            'Ô' | 'ô' => 'o',
            'Û' | 'û' | 'ü' | 'ù' => 'u',
            'Ç' | 'ç' => 'c',
            autre => autre.to_ascii_lowercase(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_without_article_nor_accent() {
        let noms =
            [("1", "Étoile"), ("2", "L'Épine"), ("3", "Die"), ("4", "Le Puy"), ("5", "Espenel")];
        let ranges: Vec<&str> = par_nom(noms.to_vec()).into_iter().map(|(_, nom)| nom).collect();
        assert_eq!(ranges, ["Die", "L'Épine", "Espenel", "Étoile", "Le Puy"]);
    }
}
