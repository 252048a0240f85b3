//! Messages to people: links that are secret, when a server of mail is configured.

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::Secret;
use crate::config;
use crate::error::{Error, Result};
use crate::http::UrlPublique;

/// The server that takes messages, and who they are from.
#[derive(Clone)]
pub struct Courrier {
    serveur: AsyncSmtpTransport<Tokio1Executor>,
    de: Mailbox,
}

/// Why somebody receives a link.
#[derive(Debug, Clone, Copy)]
pub enum Motif {
    Invitation,
    /// Of somebody who signs in already: the link is that of their space.
    Acces,
    Oubli,
    /// Follows a demande that was sent without an account.
    Suivi,
}

impl Courrier {
    /// Reads the settings; asks nothing of the server yet.
    pub fn nouveau(reglages: &config::Courrier) -> Result<Option<Self>> {
        let (Some(serveur), Some(de)) = (&reglages.serveur, &reglages.expediteur) else {
            return Ok(None);
        };
        let serveur = AsyncSmtpTransport::<Tokio1Executor>::from_url(serveur).map_err(|_| {
            Error::Installation(
                "--courrier n'est pas l'adresse d'un serveur : écrivez smtps://nom:secret@serveur, ou \
                 smtp://serveur:25."
                    .into(),
            )
        })?;
        let de = de.parse().map_err(|_| {
            Error::Installation(
                "--courrier-de n'est pas une adresse électronique : maillage <ne-pas-repondre@exemple.fr>.".into(),
            )
        })?;
        Ok(Some(Self { serveur: serveur.build(), de }))
    }

    /// Sends a link. The error says nothing of the address: it goes to the log.
    pub async fn envoyer(&self, courriel: &str, motif: Motif, lien: &str) -> Result<()> {
        let (sujet, texte) = motif.message(lien);
        self.ecrire(courriel, sujet, &texte).await
    }

    /// Sends a message. The error says nothing of the address: it goes to the log.
    pub async fn ecrire(&self, courriel: &str, sujet: &str, texte: &str) -> Result<()> {
        let echec = |cause: &dyn std::fmt::Display| {
            tracing::warn!(%cause, "un message n'est pas parti");
            Error::Demande("Le message n'est pas parti.".into())
        };
        let adresse: Address = courriel.parse().map_err(|erreur| echec(&erreur))?;
        let message = Message::builder()
            .from(self.de.clone())
            .to(Mailbox::new(None, adresse))
            .subject(sujet)
            .header(ContentType::TEXT_PLAIN)
            .body(texte.to_owned())
            .map_err(|erreur| echec(&erreur))?;
        self.serveur.send(message).await.map(|_| ()).map_err(|erreur| echec(&erreur))
    }
}

impl Motif {
    fn message(self, lien: &str) -> (&'static str, String) {
        const CHOISIR: &str =
            "Pour choisir votre mot de passe, suivez ce lien. Il sert une fois, pendant ";
        let (sujet, raison, suite) = match self {
            Self::Invitation => (
                "Votre accès à maillage",
                "Vous avez un accès à maillage, le SIG partagé de l'ingénierie territoriale.",
                format!("{CHOISIR}trois jours :"),
            ),
            Self::Acces => (
                "Votre accès à maillage",
                "Un réseau vous propose un accès de plus dans maillage, le SIG partagé de l'ingénierie territoriale.",
                "Pour l'accepter ou le refuser, connectez-vous comme d'habitude :".into(),
            ),
            Self::Oubli => (
                "Choisir un nouveau mot de passe",
                "Quelqu'un, vous sans doute, a demandé à changer le mot de passe de votre compte maillage.",
                format!("{CHOISIR}deux heures :"),
            ),
            Self::Suivi => (
                "Votre demande d'aide est reçue",
                "Une demande d'aide a été envoyée avec votre adresse.",
                "Ce lien montre où elle en est, sans compte. Gardez-le pour vous :".into(),
            ),
        };
        let texte = format!(
            "Bonjour,\n\n{raison}\n\n{suite}\n\n{lien}\n\nSi vous n'attendiez pas ce message, ne faites rien.\n"
        );
        (sujet, texte)
    }
}

/// The address of a one-time link.
pub fn adresse_du_lien(url: &UrlPublique, secret: &Secret) -> String {
    format!("{}/lien/{}", url.0, secret.montrer())
}
