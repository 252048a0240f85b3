//! Secrets: those that are drawn (sessions, tokens, links), of which only a hash is kept, and passwords.

use std::fmt;
use std::sync::LazyLock;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// Shortest and longest password, in characters: length counts, not the kind of characters
/// (ANSSI, « Recommandations relatives à l'authentification multifacteur et aux mots de passe », 2021).
const LONGUEURS: std::ops::RangeInclusive<usize> = 12..=200;
/// Passwords verified at once: each takes a core and 19 MiB for some tens of milliseconds.
const ENSEMBLE: usize = 2;

static PLACES: Semaphore = Semaphore::const_new(ENSEMBLE);

/// A secret of 256 bits, as it is given to its holder, once.
#[derive(Clone)]
pub struct Secret(String);

/// The SHA-256 of a secret: what the database keeps. A secret that was drawn needs no slower hash.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Empreinte(String);

impl Secret {
    /// Draws one. `prefixe` tells what it is for, to whoever finds it where it should not be.
    pub fn tirer(prefixe: &str) -> Result<Self> {
        let mut octets = [0; 32];
        getrandom::fill(&mut octets).map_err(|erreur| {
            Error::Installation(format!("Pas de source de hasard : {erreur}."))
        })?;
        Ok(Self(format!("{prefixe}{}", BASE64_URL_SAFE_NO_PAD.encode(octets))))
    }

    pub fn montrer(&self) -> &str {
        &self.0
    }

    pub fn empreinte(&self) -> Empreinte {
        Empreinte::de(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

impl Empreinte {
    pub fn de(secret: &str) -> Self {
        Self(format!("{:x}", Sha256::digest(secret)))
    }

    pub fn octets(&self) -> Vec<u8> {
        (0..self.0.len())
            .step_by(2)
            .filter_map(|debut| u8::from_str_radix(self.0.get(debut..debut + 2)?, 16).ok())
            .collect()
    }
}

impl fmt::Display for Empreinte {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// OWASP's first choice (Password Storage Cheat Sheet): 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    Argon2::new(
        Algorithm::Argon2id,
        Version::V0x13,
        Params::new(19_456, 2, 1, None).unwrap_or_default(),
    )
}

/// Refuses what cannot be a password, before it costs a hash.
pub fn borner(mot_de_passe: &str) -> Result<()> {
    let max = *LONGUEURS.end();
    match mot_de_passe.chars().count() > max {
        true => Err(Error::Demande(format!("Un mot de passe a au plus {max} caractères."))),
        false => Ok(()),
    }
}

/// Hashes a password that somebody chose, or says why it will not do.
pub async fn hacher(mot_de_passe: String) -> Result<String> {
    let longueur = mot_de_passe.chars().count();
    if !LONGUEURS.contains(&longueur) {
        return Err(Error::Demande(format!(
            "Un mot de passe a de {} à {} caractères ; celui-ci en a {longueur}. Quelques mots sans rapport \
             font l'affaire.",
            LONGUEURS.start(),
            LONGUEURS.end()
        )));
    }
    let sel = Secret::tirer("")?;
    calculer(move || {
        let sel = SaltString::encode_b64(&sel.montrer().as_bytes()[..16]).ok()?;
        argon2().hash_password(mot_de_passe.as_bytes(), &sel).ok().map(|hache| hache.to_string())
    })
    .await
}

/// Whether a password is that of a hash. Without a hash it takes as long, and is not.
pub async fn verifier(mot_de_passe: String, empreinte: Option<String>) -> Result<bool> {
    static AUCUN: LazyLock<String> = LazyLock::new(|| {
        let sel = SaltString::encode_b64(b"personne, nulle part");
        sel.and_then(|sel| argon2().hash_password(b"", &sel).map(|hache| hache.to_string()))
            .unwrap_or_default()
    });
    calculer(move || {
        let empreinte_connue = empreinte.as_deref().unwrap_or(&AUCUN);
        let juste = PasswordHash::new(empreinte_connue)
            .is_ok_and(|hache| argon2().verify_password(mot_de_passe.as_bytes(), &hache).is_ok());
        Some(juste && empreinte.is_some())
    })
    .await
}

async fn calculer<T: Send + 'static>(
    calcul: impl FnOnce() -> Option<T> + Send + 'static,
) -> Result<T> {
    let echec = || Error::Installation("Le mot de passe n'a pas pu être vérifié.".into());
    let _place = PLACES.acquire().await.map_err(|_| echec())?;
    tokio::task::spawn_blocking(calcul).await.ok().flatten().ok_or_else(echec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_verified_by_its_hash_and_by_no_other() {
        let hache = hacher("quatre mots sans rapport".into()).await.unwrap();
        assert!(hache.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hache}");
        assert!(verifier("quatre mots sans rapport".into(), Some(hache.clone())).await.unwrap());
        assert!(!verifier("quatre mots sans rapports".into(), Some(hache)).await.unwrap());
        assert!(!verifier(String::new(), None).await.unwrap());
        let refus = hacher("court".into()).await.unwrap_err().to_string();
        assert!(refus.contains("de 12 à 200 caractères ; celui-ci en a 5"), "{refus}");
    }

    #[test]
    fn a_secret_is_long_unique_and_never_printed() {
        let (un, autre) = (Secret::tirer("mlg_").unwrap(), Secret::tirer("mlg_").unwrap());
        assert_eq!(un.montrer().len(), 4 + 43);
        assert_ne!(un.empreinte(), autre.empreinte());
        assert_eq!(un.empreinte().octets().len(), 32);
        assert_eq!(format!("{un:?}"), "Secret(…)");
    }
}
