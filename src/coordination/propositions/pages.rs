//! The list of proposals, and the page of one: what it would change, in words, in a table and on a map.

use chrono::{DateTime, NaiveDate, Utc};
use maud::{Markup, html};
use sqlx::PgConnection;

use crate::comptes::ecriture::MOTIF_MAX;
use crate::coordination::pages::{Reseau, avis, jour, nombre, pluriel};
use crate::coordination::partenaire::outillage;
use crate::error::{Contexte, Result};
use crate::partenaires::zones::comparaison::{CommuneComparee, Comparaison};
use crate::partenaires::zones::{Etat, Reference, registre};

/// A proposal, and what it would change.
#[derive(Debug, sqlx::FromRow)]
struct Proposition {
    code: String,
    version: i16,
    revision: i32,
    etat: Etat,
    nom: Option<String>,
    theme_libelle: Option<String>,
    partenaire: String,
    partenaire_nom: String,
    proposee_le: DateTime<Utc>,
    decidee_le: Option<DateTime<Utc>>,
    motif: Option<String>,
    debut: NaiveDate,
    fin: Option<NaiveDate>,
    /// What was changed in a drawing so that it could be read.
    reparation: Option<String>,
    dessinee: bool,
    commentaire: Option<String>,
    couvertes: i64,
    ajoutees: i64,
    retirees: i64,
    auteur: Option<String>,
}

impl Proposition {
    async fn lire(
        connexion: &mut PgConnection,
        reseau: &str,
        zone: Option<&Reference>,
    ) -> Result<Vec<Self>> {
        sqlx::query_as(include_str!("../sql/lister_propositions.sql"))
            .bind(reseau)
            .bind(zone.and_then(|zone| zone.version))
            .bind(zone.map(|zone| &zone.code))
            .fetch_all(connexion)
            .await
            .pour("lecture des propositions de zones")
    }

    fn sujet(&self) -> String {
        let nom =
            self.nom.as_deref().or(self.theme_libelle.as_deref()).unwrap_or("tous ses thèmes");
        format!("{} : {nom}", self.partenaire_nom)
    }
}

/// What was not done, and the reason that was being typed.
pub struct Refus<'a> {
    pub phrase: &'a str,
    pub motif: &'a str,
}

/// The list of those that wait.
pub async fn liste(connexion: &mut PgConnection, reseau: &Reseau, avis: Markup) -> Result<String> {
    let propositions = Proposition::lire(connexion, &reseau.code, None).await?;
    Ok(reseau.page(
        "propositions",
        "Zones proposées",
        html! {
            (avis)
            @if propositions.is_empty() {
                p { "Aucune zone n'attend de décision. Quand un partenaire en propose une de son espace, elle vient ici." }
            } @else {
                div.table tabindex="0" role="region" aria-label="Zones proposées" { table {
                    thead { tr { th { "Zone" } th { "Proposée" } th { "Ajoute" } th { "Retire" } th { "En tout" } } }
                    tbody { @for p in &propositions { tr {
                        td {
                            a href={ "/espace/" (reseau.code) "/propositions/" (p.code) "/" (p.version) } { (p.sujet()) }
                            @if let Some(texte) = &p.commentaire { br; span.discret { "« " (texte) " »" } }
                        }
                        td { "le " (jour(p.proposee_le.date_naive())) @if let Some(qui) = &p.auteur { br; span.discret { (qui) } } }
                        td.nombre { (p.ajoutees) }
                        td.nombre { (p.retirees) }
                        td.nombre { (p.couvertes) }
                    } } }
                } }
            }
        },
    ))
}

/// One, with the forms that decide.
pub async fn proposition(
    connexion: &mut PgConnection,
    reseau: &Reseau,
    zone: &Reference,
    refus: Option<Refus<'_>>,
) -> Result<String> {
    let lues = Proposition::lire(connexion, &reseau.code, Some(zone)).await?;
    let p = lues.into_iter().next().ok_or_else(|| registre::absente(zone))?;
    let comparaison = Comparaison::lire(connexion, zone).await?;
    let chemin = format!("/espace/{}/propositions/{}/{}", reseau.code, p.code, p.version);
    Ok(reseau.page(
        "propositions",
        &p.sujet(),
        html! {
            (outillage())
            (avis(None, refus.as_ref().map(|refus| refus.phrase)))
            (en_mots(&p, &comparaison))
            // The script draws the two versions here.
            div #difference data-reseau=(reseau.code) {
                (communes("ajoutees", "Communes ajoutées", &comparaison.ajoutees()))
                (communes("retirees", "Communes retirées", &comparaison.retirees()))
                (communes("gardees", "Communes inchangées",
                    &comparaison.communes.iter().filter(|c| c.avant && c.apres).collect::<Vec<_>>()))
            }
            @if p.etat == Etat::Proposee { (decider(&p, &chemin, refus.map_or("", |refus| refus.motif))) }
            p { a href={ "/espace/" (reseau.code) "/partenaires/" (p.partenaire) "/zones" } { "Toutes les zones de " (p.partenaire_nom) } }
        },
    ))
}

/// What it is, and what it would change.
fn en_mots(p: &Proposition, comparaison: &Comparaison) -> Markup {
    let (couvertes, habitants) = comparaison.couvertes();
    let sur = i64::try_from(comparaison.communes.len()).unwrap_or_default();
    html! {
        p {
            "Version " (p.version) ", proposée le " (jour(p.proposee_le.date_naive()))
            @if let Some(qui) = &p.auteur { " par " (qui) }
            ", à compter du " (jour(p.debut)) @if let Some(fin) = p.fin { " et jusqu'au " (jour(fin)) } "."
            @if p.etat != Etat::Proposee {
                " Elle est " (p.etat)
                @if let Some(le) = p.decidee_le { " depuis le " (jour(le.date_naive())) }
                "." @if let Some(motif) = &p.motif { " « " (motif) " »" }
            }
        }
        @if let Some(texte) = &p.commentaire { blockquote { p { (texte) } } }
        p {
            @match &comparaison.en_vigueur {
                Some(version) if version.version == p.version => "C'est la version en vigueur. ",
                Some(version) => {
                    "Par rapport à la version " (version.version) ", en vigueur : "
                    strong { (pluriel(p.ajoutees, "commune")) " de plus, " (pluriel(p.retirees, "commune")) " de moins" } ". "
                }
                None => "Aucune version n'est en vigueur : tout est nouveau. ",
            }
            "La zone couvrirait " (pluriel(couvertes, "commune")) " sur " (nombre(sur)) ", où vivent " (pluriel(habitants, "personne")) "."
        }
        @if p.dessinee { p.discret { "La zone est dessinée : les communes sont celles qu'elle couvre assez." } }
        @if let Some(reparation) = &p.reparation { p.discret { "Le dessin a été corrigé pour se lire : " (reparation) "." } }
    }
}

fn communes(classe: &str, titre: &str, communes: &[&CommuneComparee]) -> Markup {
    html! {
        @if !communes.is_empty() {
            details.difference.(classe) open[classe != "gardees"] {
                summary { (titre) " : " (communes.len()) }
                ul.communes { @for commune in communes {
                    li data-code=(commune.code) data-nom=(commune.nom) {
                        (commune.nom) " " span.discret { (commune.code)
                            @if let Some(epci) = &commune.epci_nom { " · " (epci) } }
                    }
                } }
            }
        }
    }
}

fn decider(p: &Proposition, chemin: &str, motif: &str) -> Markup {
    html! {
        h2 { "Votre décision" }
        form.saisie method="post" action={ (chemin) "/validation" } {
            input type="hidden" name="revision" value=(p.revision);
            button { "Valider cette zone" }
        }
        form.saisie.refuser method="post" action={ (chemin) "/refus" } {
            input type="hidden" name="revision" value=(p.revision);
            label { "Motif du refus : ce que le partenaire doit changer"
                textarea name="motif" rows="3" maxlength=(MOTIF_MAX) required { (motif) } }
            button { "Refuser" }
        }
    }
}
