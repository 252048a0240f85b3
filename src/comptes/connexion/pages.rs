//! Pages to sign in, and to choose a password.

use maud::html;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Offre;
use crate::http::page::{erreur, page};

/// The page to sign in.
#[derive(Debug)]
pub struct Page<'a> {
    /// Where one goes after.
    pub suite: &'a str,
    pub courriel: &'a str,
    /// Who else one may sign in with.
    pub externe: Option<&'a str>,
    /// Whether a link can be sent.
    pub courrier: bool,
}

impl Page<'_> {
    pub fn dire(&self, refus: Option<&str>) -> String {
        page(
            "Connexion",
            html! {
                (erreur(refus))
                @if let Some(nom) = self.externe {
                    p { a.bouton href={ "/connexion/externe?suite=" (utf8_percent_encode(self.suite, NON_ALPHANUMERIC)) } {
                        "Se connecter avec " (nom)
                    } }
                    p { "Ou avec un mot de passe :" }
                }
                form.saisie method="post" action="/connexion" {
                    input type="hidden" name="suite" value=(self.suite);
                    label {
                        "Adresse électronique"
                        input type="email" name="courriel" value=(self.courriel) autocomplete="username"
                            required autofocus;
                    }
                    label {
                        "Mot de passe"
                        input type="password" name="mot_de_passe" autocomplete="current-password" required;
                    }
                    button { "Se connecter" }
                }
                @if self.courrier { p { a href="/connexion/oubli" { "Mot de passe oublié ?" } } }
                p.discret {
                    "La carte et les chiffres se lisent sans compte. Pour en avoir un"
                    @if !self.courrier { ", ou si le mot de passe est perdu" }
                    ", demandez un lien au coordinateur de votre réseau."
                }
            },
        )
    }
}

/// What a link asks of whoever is not signed in, the same whatever account there is.
pub fn choix(secret: &str, courriel: &str, nom: &str, refus: Option<&str>) -> String {
    page(
        "Choisir un mot de passe",
        html! {
            (erreur(refus))
            p { "Compte de " (nom) ", " (courriel) "." }
            p { "Vous vous connectez déjà à ce service ? "
                a href={ "/connexion?suite=/lien/" (secret) } {
                    "Connectez-vous comme d’habitude" } "." }
            form.saisie method="post" {
                input type="hidden" name="courriel" value=(courriel) autocomplete="username";
                label {
                    "Mot de passe"
                    input type="password" name="mot_de_passe" autocomplete="new-password" minlength="12"
                        required autofocus aria-describedby="conseil";
                }
                p.discret id="conseil" { "Douze caractères au moins : quelques mots sans rapport font l'affaire." }
                label {
                    "Le même, une seconde fois"
                    input type="password" name="confirmation" autocomplete="new-password" minlength="12"
                        required;
                }
                button { "Choisir ce mot de passe" }
            }
        },
    )
}

/// What a link offers to whoever is signed in.
pub fn offres(offres: &[Offre]) -> String {
    page(
        "Une invitation",
        html! {
            @for offre in offres {
                p { (offre.reseau_nom) " vous propose ce droit : "
                    @match (offre.role.as_str(), &offre.partenaire_nom) {
                        ("partenaire", Some(nom)) => { "partenaire, pour " (nom) },
                        ("coordinateur", _) => "coordinateur",
                        _ => "lecteur",
                    } "." }
            }
            form.saisie method="post" { button { "Accepter" } }
            p { a href="/espace" { "Pas maintenant" } }
        },
    )
}

/// The page to ask for a link.
pub fn oubli(refus: Option<&str>) -> String {
    page(
        "Mot de passe oublié",
        html! {
            (erreur(refus))
            form.saisie method="post" action="/connexion/oubli" {
                label {
                    "Adresse électronique de votre compte"
                    input type="email" name="courriel" autocomplete="username" required autofocus;
                }
                button { "Recevoir un lien" }
            }
        },
    )
}

pub fn lien_parti() -> String {
    page(
        "Message envoyé",
        html! {
            p role="status" {
                "Si un compte a cette adresse, un message vient de partir, avec un lien pour choisir un mot de "
                "passe. Le lien sert une fois, pendant deux heures. Regardez aussi les courriers indésirables."
            }
            p { a href="/connexion" { "Se connecter" } }
        },
    )
}

pub fn lien_fini(phrase: &str) -> String {
    page(
        "Lien terminé",
        html! {
            (erreur(Some(phrase)))
            p { a href="/connexion" { "Se connecter" } }
        },
    )
}
