//! The indicators of a unit, beside those of the units around.

use maud::{Markup, html};

use super::super::ecriture::{nombre, pluriel};
use super::super::mots;
use super::super::territoire::FicheDeTerritoire;
use crate::indicateurs::{Comparaison, Indicateur, Nature, Nombre};
use crate::territoires::Maille;

/// Of no use on the sheet of a commune: it is one.
const SANS_OBJET: [&str; 1] = ["communes"];

pub fn indicateurs(fiche: &FicheDeTerritoire) -> Markup {
    let commune = fiche.identite.maille == Maille::Commune;
    let comparaisons = &fiche.comparaisons;
    let lignes: Vec<&Comparaison> = comparaisons
        .lignes
        .iter()
        .filter(|ligne| !(commune && SANS_OBJET.contains(&ligne.indicateur.code.as_str())))
        // What is only known of communes says nothing of a larger unit.
        .filter(|ligne| {
            commune || ligne.valeurs.first().is_none_or(|sienne| sienne.etat != "non_calculable")
        })
        .collect();
    let portees = lignes
        .iter()
        .flat_map(|ligne| &ligne.millesimes)
        .any(|millesime| *millesime != fiche.identite.millesime.annee());
    html! {
        section.indicateurs aria-labelledby="indicateurs" {
            h2 id="indicateurs" { "Indicateurs" }
            @if lignes.is_empty() {
                p { "Aucun indicateur n’est chargé." }
            } @else {
                div.table tabindex="0" role="region" aria-label="Indicateurs" { table {
                    thead { tr {
                        th scope="col" { "Indicateur" }
                        th scope="col" { "Période" }
                        th.nombre scope="col" { (fiche.identite.nom) }
                        @for nom in &fiche.compares { th.nombre scope="col" { (nom) } }
                        @if let Some(pareilles) = &comparaisons.pareilles {
                            th.nombre scope="col" { "Médiane des communes de même taille" br;
                                small { (pareilles.taille) } }
                        }
                    } }
                    tbody { @for ligne in &lignes { (rangee(ligne, comparaisons.pareilles.is_some())) } }
                } }
                @if let Some(pareilles) = &comparaisons.pareilles {
                    p.discret { "Même taille : "
                        (pluriel(i64::try_from(pareilles.communes).unwrap_or_default(), "autre commune", "autres communes"))
                        " du département, de la classe « " (pareilles.taille) " »." }
                } @else if commune {
                    p.discret { "Aucune autre commune du département n’est de la même classe de taille." }
                }
                @if portees {
                    p.discret { "Certaines valeurs ont été publiées dans un autre millésime, et portées à celui-ci par la table \
                        de passage." }
                }
                details.definitions {
                    summary { "D’où viennent ces chiffres" }
                    dl { @for ligne in &lignes { (definition(&ligne.indicateur)) } }
                }
            }
        }
    }
}

fn rangee(ligne: &Comparaison, avec_mediane: bool) -> Markup {
    let indicateur = &ligne.indicateur;
    html! {
        tr {
            th scope="row" { (indicateur.libelle) @if let Some(unite) = &indicateur.unite { " " small { "(" (unite) ")" } } }
            td.periode { (ligne.periode.replace('-', "–")) }
            @for agregat in &ligne.valeurs {
                td.nombre {
                    @match agregat.valeur {
                        Some(Nombre(valeur)) => {
                            (dire(indicateur, valeur))
                            @if agregat.partielle { " " abbr.partiel title="Il y manque au moins une commune" { "(partiel)" } }
                        }
                        None => span.sans-valeur { (mots::sans_valeur(agregat.etat)) },
                    }
                }
            }
            @if avec_mediane {
                td.nombre { @match ligne.mediane {
                    Some(mediane) => (nombre(mediane, usize::from(indicateur.decimales()))),
                    None => span.sans-valeur { @if indicateur.nature == Nature::Classe { "sans objet" } @else { "non disponible" } },
                } }
            }
        }
    }
}

/// A figure, or the label that it is the rank of.
fn dire(indicateur: &Indicateur, valeur: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank among labels"
    )]
    let libelle = indicateur.modalites.as_ref().and_then(|libelles| libelles.get(valeur as usize));
    libelle.cloned().unwrap_or_else(|| nombre(valeur, usize::from(indicateur.decimales())))
}

fn definition(indicateur: &Indicateur) -> Markup {
    html! {
        dt { (indicateur.libelle) }
        dd {
            @if let Some(description) = &indicateur.description { (description) " " }
            (indicateur.producteur) ", " (indicateur.source) " (" (indicateur.licence) ")."
        }
    }
}
