//! Whose demandes a page is about: a partner's, or all of a réseau's; and the frame of these pages.

use maud::{Markup, html};
use sqlx::PgConnection;

use crate::comptes::Principal;
use crate::coordination::pages::Reseau;
use crate::coordination::partenaire::PartenaireTenu;
use crate::error::Result;

/// A place where demandes are kept.
#[derive(Debug, Clone)]
pub struct Espace {
    lieu: Lieu,
    /// Number of the account: what a browser keeps of a draft is kept under it.
    pub compte: i32,
}

#[derive(Debug, Clone)]
enum Lieu {
    Partenaire(Box<PartenaireTenu>),
    /// For whoever coordinates it.
    Reseau(Reseau),
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
        let lieu = match partenaire {
            Some(code) => {
                Lieu::Partenaire(Box::new(PartenaireTenu::lire(connexion, reseau, code).await?))
            }
            None => Lieu::Reseau(Reseau::lire(connexion, reseau).await?),
        };
        Ok(Self { lieu, compte: principal.personne().map_or(0, |personne| personne.compte) })
    }

    /// The code of the réseau.
    pub fn reseau(&self) -> &str {
        match &self.lieu {
            Lieu::Partenaire(tenu) => &tenu.reseau,
            Lieu::Reseau(reseau) => &reseau.code,
        }
    }

    /// That of the partner, when the space is one's.
    pub fn code(&self) -> Option<&str> {
        match &self.lieu {
            Lieu::Partenaire(tenu) => Some(&tenu.code),
            Lieu::Reseau(_) => None,
        }
    }

    pub fn coordonne(&self) -> bool {
        match &self.lieu {
            Lieu::Partenaire(tenu) => tenu.coordonne,
            Lieu::Reseau(_) => true,
        }
    }

    /// The address of its list.
    pub fn chemin(&self) -> String {
        match &self.lieu {
            Lieu::Partenaire(tenu) => tenu.adresse("demandes"),
            Lieu::Reseau(reseau) => format!("/espace/{}/demandes", reseau.code),
        }
    }

    /// One of its pages. `onglet` is the end of its address.
    pub fn page(&self, onglet: &str, titre: &str, corps: Markup) -> String {
        let outils = html! {
            link rel="stylesheet" href="/demandes.css";
            script type="module" src="/demandes.js" {}
        };
        let corps = html! { div.large data-compte=(self.compte) { (corps) } };
        match &self.lieu {
            Lieu::Partenaire(tenu) => {
                let onglet = if onglet == "/import" { "demandes/import" } else { "demandes" };
                tenu.page(onglet, titre, outils, corps)
            }
            Lieu::Reseau(reseau) => {
                let onglets = [
                    ("", "Demandes"),
                    ("/nouvelle", "Noter une demande"),
                    ("/import", "Importer des demandes"),
                    ("/doublons", "Doublons"),
                ];
                let chemin = self.chemin();
                let corps = html! {
                    (outils)
                    nav.onglets aria-label="Demandes" {
                        @for (segment, nom) in onglets {
                            a href={ (chemin) (segment) } aria-current=[(segment == onglet).then_some("page")] { (nom) }
                        }
                    }
                    (corps)
                };
                reseau.page("demandes", titre, corps)
            }
        }
    }
}
