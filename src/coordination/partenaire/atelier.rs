//! The page where a zone is corrected: the communes of the réseau as a table that is read without script, and what the
//! script needs to let them be changed by click, list, file or drawing.

use maud::{Markup, html};
use serde_json::json;
use sqlx::PgConnection;

use super::{PartenaireTenu, outillage, zones};
use crate::comptes::ecriture::MOTIF_MAX;
use crate::coordination::pages::{jour, nombre, pluriel};
use crate::error::{Contexte, Error, Result};
use crate::partenaires::zones::comparaison::{CommuneComparee, Comparaison, commentaire};
use crate::partenaires::zones::etats::aujourd_hui;
use crate::partenaires::zones::registre::{self, Zone};
use crate::partenaires::zones::{Etat, Reference};

/// What is corrected, and for whom its draft is kept.
pub struct Sujet<'a> {
    pub compte: i32,
    pub code: &'a str,
    /// Of a zone that begins; else the one that its code ends with.
    pub theme: Option<&'a str>,
}

/// A zone that begins, or one that is there.
struct Atelier {
    code: String,
    theme: Option<String>,
    theme_libelle: Option<String>,
    lue: Option<Zone>,
    commentaire: Option<String>,
    comparaison: Comparaison,
}

impl Atelier {
    async fn lire(
        connexion: &mut PgConnection,
        tenu: &PartenaireTenu,
        sujet: &Sujet<'_>,
    ) -> Result<Self> {
        let mut zone =
            Reference { reseau: tenu.reseau.clone(), code: sujet.code.to_owned(), version: None };
        let comparaison = Comparaison::lire(connexion, &zone).await?;
        let Some(derniere) = &comparaison.derniere else {
            return Self::nouvelle(connexion, tenu, sujet, comparaison).await;
        };
        zone.version = Some(derniere.version);
        let lue = registre::lire(connexion, &zone).await?;
        if lue.identite.partenaire != tenu.code {
            return Err(registre::absente(&zone));
        }
        let commentaire = commentaire(connexion, derniere.id).await?;
        Ok(Self {
            code: zone.code,
            theme: lue.identite.theme.clone(),
            theme_libelle: lue.theme_libelle.clone(),
            lue: Some(lue),
            commentaire,
            comparaison,
        })
    }

    /// One that nobody has proposed: its code says for which theme.
    async fn nouvelle(
        connexion: &mut PgConnection,
        tenu: &PartenaireTenu,
        sujet: &Sujet<'_>,
        comparaison: Comparaison,
    ) -> Result<Self> {
        let suite = sujet.code.strip_prefix(&format!("{}-", tenu.code));
        let voulu = sujet.theme.or(suite);
        let theme: Option<(String, String)> = sqlx::query_as(
            "select t.code, t.libelle
             from partenaire_theme pt join theme t on t.reseau = pt.reseau and t.code = pt.theme
             where pt.reseau = $1 and pt.partenaire = $2 and t.code = $3",
        )
        .bind(&tenu.reseau)
        .bind(&tenu.code)
        .bind(voulu)
        .fetch_optional(connexion)
        .await
        .pour("lecture d'un thème")?;
        if theme.is_none() && sujet.code != tenu.code {
            return Err(Error::Introuvable(
                "Cette zone n'existe pas. Choisissez-en une dans la page de vos zones, ou commencez-en une de là.".into(),
            ));
        }
        let (theme, theme_libelle) = theme.unzip();
        Ok(Self {
            code: sujet.code.to_owned(),
            theme,
            theme_libelle,
            lue: None,
            commentaire: None,
            comparaison,
        })
    }

    fn nom(&self) -> String {
        let nom = self.lue.as_ref().and_then(|lue| lue.identite.nom.clone());
        nom.or_else(|| self.theme_libelle.clone()).unwrap_or_else(|| "tous vos thèmes".into())
    }

    /// What the script begins with.
    fn donnees(&self, tenu: &PartenaireTenu, compte: i32) -> serde_json::Value {
        let lue = self.lue.as_ref();
        let unites = lue.map(|lue| &lue.unites.0);
        json!({
            "compte": compte,
            "reseau": tenu.reseau,
            "partenaire": tenu.code,
            "code": self.code,
            "theme": self.theme,
            "nom": lue.and_then(|lue| lue.identite.nom.as_deref()),
            "version": lue.map(|lue| lue.identite.version),
            "etat": lue.map(|lue| lue.identite.etat),
            "en_vigueur": self.comparaison.en_vigueur.as_ref().map(|version| version.version),
            "debut": lue.map(|lue| lue.identite.debut),
            "fin": lue.and_then(|lue| lue.identite.fin),
            "dessinee": unites.is_some_and(Vec::is_empty),
            "unites": unites,
            "retour": tenu.adresse("zones"),
            "lecture": tenu.adresse("lecture"),
        })
    }
}

pub async fn page(
    connexion: &mut PgConnection,
    tenu: &PartenaireTenu,
    sujet: &Sujet<'_>,
) -> Result<String> {
    let atelier = Atelier::lire(connexion, tenu, sujet).await?;
    let titre = match &atelier.lue {
        Some(_) => format!("Corriger la zone : {}", atelier.nom()),
        None => format!("Nouvelle zone : {}", atelier.nom()),
    };
    let donnees = atelier.donnees(tenu, sujet.compte).to_string();
    Ok(tenu.page(
        "zones",
        &titre,
        outillage(),
        html! {
            p { a href=(tenu.adresse("zones")) { "Revenir à vos zones" } }
            (situation(&atelier))
            noscript { p.avis { "Sans JavaScript, cette page se lit : le tableau dit quelles communes sont dans la zone. \
                Pour la corriger, activez JavaScript, ou envoyez la liste au coordinateur du réseau." } }
            div #atelier data-atelier=(donnees) {
                (table(&atelier.comparaison))
                (formulaire(&atelier))
            }
        },
    ))
}

/// Which version is before one's eyes, and what is in force.
fn situation(atelier: &Atelier) -> Markup {
    let Some(lue) = &atelier.lue else {
        return html! { p { "Aucune version n'a encore été proposée. Choisissez les communes, puis proposez-les." } };
    };
    let (classe, dit) = zones::etat(lue.identite.etat);
    let (couvertes, _) = atelier.comparaison.couvertes();
    let sur = i64::try_from(atelier.comparaison.communes.len()).unwrap_or_default();
    let en_vigueur = atelier.comparaison.en_vigueur.as_ref();
    html! {
        p {
            span class={ "etat " (classe) } { (dit) }
            " Version " (lue.identite.version) ", à compter du " (jour(lue.identite.debut))
            @if let Some(fin) = lue.identite.fin { " et jusqu'au " (jour(fin)) }
            " : " (pluriel(couvertes, "commune")) " sur " (nombre(sur)) "."
            @match en_vigueur {
                Some(version) if version.version != lue.identite.version => {
                    " La version " (version.version) " est en vigueur : les différences sont comptées par rapport à elle."
                }
                None if lue.identite.etat != Etat::Validee => " Aucune version n'est en vigueur.",
                _ => {}
            }
        }
        @if let Some(motif) = lue.motif.as_ref().filter(|_| lue.identite.etat == Etat::Refusee) {
            p.avis { "Motif du refus : " (motif) " Corrigez, puis proposez de nouveau." }
        }
        @if let Some(texte) = &atelier.commentaire { p.discret { "Votre commentaire : " (texte) } }
    }
}

/// The communes of the réseau by EPCI.
fn table(comparaison: &Comparaison) -> Markup {
    html! {
        div.table.communes tabindex="0" role="region" aria-label="Communes du réseau" {
            table #communes {
                caption { "Communes du réseau, par EPCI" }
                thead { tr { th scope="col" { "Commune" } th scope="col" { "Habitants" } th scope="col" { "État" } } }
                @for groupe in comparaison.communes.chunk_by(|une, autre| une.epci == autre.epci) { (epci(groupe)) }
            }
        }
    }
}

fn epci(communes: &[CommuneComparee]) -> Markup {
    let Some(premiere) = communes.first() else { return html! {} };
    let nom = premiere.epci_nom.as_deref().unwrap_or("Sans EPCI");
    html! {
        tbody data-epci=(premiere.epci.as_deref().unwrap_or_default()) data-nom=(nom) {
            tr.epci { th colspan="3" scope="rowgroup" { (nom) " " span.discret { (communes.len()) " communes" } } }
            @for commune in communes { (ligne(commune)) }
        }
    }
}

fn ligne(commune: &CommuneComparee) -> Markup {
    let autres = commune
        .departement
        .iter()
        .map(|code| format!("departement:{code}"))
        .chain(commune.region.iter().map(|code| format!("region:{code}")))
        .chain(commune.epci.iter().map(|code| format!("epci:{code}")))
        .chain(commune.regroupements.iter().map(|code| format!("regroupement:{code}")))
        .collect::<Vec<_>>()
        .join(" ");
    html! {
        tr data-code=(commune.code) data-nom=(commune.nom) data-unites=(autres) data-habitants=[commune.population]
            data-postaux=(commune.codes_postaux.join(" ")) data-avant[commune.avant] data-apres[commune.apres] {
            td {
                label.case {
                    // Checked by the script, that knows what a click means.
                    input type="checkbox" name="commune" value=(commune.code) checked[commune.apres] disabled;
                    span { (commune.nom) " " span.discret { (commune.code) } }
                }
            }
            td.nombre { @if let Some(population) = commune.population { (nombre(population.into())) } }
            td { @match (commune.avant, commune.apres) {
                (true, true) => "dans la zone", (false, true) => "ajoutée", (true, false) => "retirée", _ => "",
            } }
        }
    }
}

/// What goes with the communes, until the script takes it over.
fn formulaire(atelier: &Atelier) -> Markup {
    let lue = atelier.lue.as_ref();
    // A version in force is followed by another, from a day on; a proposal is only corrected.
    let debut = match lue {
        Some(lue) if [Etat::Proposee, Etat::Refusee].contains(&lue.identite.etat) => {
            lue.identite.debut
        }
        _ => aujourd_hui(),
    };
    let fin = lue.and_then(|lue| lue.identite.fin).filter(|fin| *fin >= debut);
    html! {
        form.saisie #proposition hidden {
            label { span { "Nom de la zone " span.discret { "(facultatif)" } }
                input name="nom" maxlength="200" value=[lue.and_then(|lue| lue.identite.nom.as_deref())]; }
            label { "Cette version vaut à compter du"
                input type="date" name="debut" required value=(debut); }
            p.discret { "Un changement vaut à compter du jour où il a lieu. Pour corriger une erreur, remontez à la date où la \
                zone a commencé : la version d'avant ne comptera plus." }
            label { span { "Dernier jour " span.discret { "(facultatif)" } } input type="date" name="fin" value=[fin]; }
            label { span { "Commentaire pour le coordinateur " span.discret { "(facultatif)" } }
                textarea name="commentaire" rows="3" maxlength=(MOTIF_MAX) {} }
        }
    }
}
