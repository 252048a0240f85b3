//! Whose demandes a page is about: a partner's, or all of a réseau's; and the frame of these pages.

use maud::{Markup, html};
use sqlx::PgConnection;

use crate::comptes::Principal;
use crate::coordination::pages::Reseau;
use crate::error::{Contexte, Error, Result};
use crate::http::page::page;

/// A place where demandes are kept.
#[derive(Debug, Clone)]
pub struct Espace {
    pub reseau: Reseau,
    /// None: those of the whole réseau, for whoever coordinates it.
    pub partenaire: Option<Partenaire>,
    pub coordonne: bool,
    /// Number of the account: what a browser keeps of a draft is kept under it.
    pub compte: i32,
}

#[derive(Debug, Clone)]
pub struct Partenaire {
    pub code: String,
    pub nom: String,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    #[sqlx(flatten)]
    reseau: Reseau,
    coordonne: bool,
    partenaire_nom: Option<String>,
}

impl Espace {
    /// # Errors
    /// When the principal does not keep these demandes: whether they exist is not told.
    pub async fn lire(
        connexion: &mut PgConnection,
        principal: &Principal,
        reseau: &str,
        partenaire: Option<&str>,
    ) -> Result<Self> {
        let ligne: Option<Ligne> = sqlx::query_as(include_str!("sql/lire_espace.sql"))
            .bind(reseau)
            .bind(partenaire)
            .fetch_optional(connexion)
            .await
            .pour("lecture d'un espace")?;
        let inconnu = || {
            Error::Introuvable(
                "Vous ne tenez pas les demandes de cet espace. Demandez ce droit à qui coordonne le réseau.".into(),
            )
        };
        let ligne = ligne.ok_or_else(inconnu)?;
        let partenaire = match (partenaire, ligne.partenaire_nom) {
            (Some(code), Some(nom)) => Some(Partenaire { code: code.to_owned(), nom }),
            (Some(_), None) => return Err(inconnu()),
            (None, _) => None,
        };
        Ok(Self {
            reseau: ligne.reseau,
            partenaire,
            coordonne: ligne.coordonne,
            compte: principal.personne().map_or(0, |personne| personne.compte),
        })
    }

    pub fn code(&self) -> Option<&str> {
        self.partenaire.as_ref().map(|partenaire| partenaire.code.as_str())
    }

    /// The address of its list.
    pub fn chemin(&self) -> String {
        match &self.partenaire {
            Some(Partenaire { code, .. }) => {
                format!("/espace/{}/partenaires/{code}/demandes", self.reseau.code)
            }
            None => format!("/espace/{}/demandes", self.reseau.code),
        }
    }

    /// One of its pages. `onglet` is the end of its address.
    pub fn page(&self, onglet: &str, titre: &str, corps: Markup) -> String {
        let chemin = self.chemin();
        let mut onglets = vec![
            ("", "Toutes"),
            ("/nouvelle", "Noter une demande"),
            ("/import", "Charger un tableau"),
        ];
        if self.partenaire.is_none() {
            onglets.push(("/doublons", "Doublons"));
        }
        let corps = html! {
            link rel="stylesheet" href="/demandes.css";
            nav.onglets aria-label="Demandes" {
                @for (segment, nom) in onglets {
                    a href={ (chemin) (segment) } aria-current=[(segment == onglet).then_some("page")] { (nom) }
                }
            }
            div.large data-compte=(self.compte) { (corps) }
            script type="module" src="/demandes.js" {}
        };
        match &self.partenaire {
            None => self.reseau.page("demandes", titre, corps),
            Some(Partenaire { code, nom }) => page(
                &format!("{titre} — {nom}"),
                html! {
                    nav.onglets aria-label=(nom) {
                        @if self.coordonne { a href={ "/espace/" (self.reseau.code) } { (self.reseau.nom_court) } }
                        a href={ "/espace/" (self.reseau.code) "/partenaires/" (code) } { (nom) }
                        a href="/espace" { "Votre espace" }
                    }
                    (corps)
                },
            ),
        }
    }
}
