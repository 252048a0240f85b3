//! Writes: who may make them, said in a sentence before the policies refuse them, and why they are made.

use sqlx::PgConnection;

use super::Principal;
use crate::error::{Contexte, Result};
use crate::http::{Probleme, Reponse};

/// Longest reason, in characters.
pub const MOTIF_MAX: usize = 2000;

/// For whom something is written in a réseau.
#[derive(Debug, Clone, Copy)]
pub enum Pour<'a> {
    /// A partner: itself, or whoever coordinates.
    Partenaire(&'a str),
    /// The réseau: whoever coordinates.
    Reseau,
}

/// What the principal may write in a réseau.
#[derive(Debug)]
pub struct Droits {
    pub coordonne: bool,
    /// The partners that it writes for.
    pub siens: Vec<String>,
}

impl Droits {
    /// # Errors
    /// 401 for the public, 403 for a token that only reads.
    pub async fn lire(
        connexion: &mut PgConnection,
        principal: &Principal,
        reseau: &str,
    ) -> Reponse<Self> {
        if !principal.prive() {
            return Err(Probleme::non_identifie(
                "Écrire demande d'être connu : connectez-vous à /connexion, ou donnez un jeton qui peut écrire.",
            ));
        }
        let (ecrit, coordonne, siens): (bool, bool, Vec<String>) = sqlx::query_as(
            "select peut_ecrire(), $1 = any (mes_coordinations()),
               array(select m.partenaire from mes_droits() m where m.reseau = $1 and m.role = 'partenaire' order by 1)",
        )
        .bind(reseau)
        .fetch_one(connexion)
        .await
        .pour("lecture des droits")?;
        match ecrit {
            true => Ok(Self { coordonne, siens }),
            false => Err(Probleme::interdit(
                "Ce jeton ne fait que lire. Faites-en un qui peut aussi écrire, dans votre espace.",
            )),
        }
    }

    /// # Errors
    /// 403, with what to do.
    pub fn exiger(&self, pour: Pour<'_>) -> Reponse<()> {
        match pour {
            _ if self.coordonne => Ok(()),
            Pour::Partenaire(code) if self.siens.iter().any(|sien| sien == code) => Ok(()),
            Pour::Partenaire(code) if self.siens.is_empty() => Err(Probleme::interdit(format!(
                "Vous n'écrivez pas pour « {code} » dans ce réseau. Demandez ce droit à son coordinateur."
            ))),
            Pour::Partenaire(code) => Err(Probleme::interdit(format!(
                "Vous n'écrivez pas pour « {code} » dans ce réseau, mais pour : {}.",
                self.siens.join(", ")
            ))),
            Pour::Reseau => {
                Err(Probleme::interdit("Seul un coordinateur du réseau décide de cela."))
            }
        }
    }
}

/// Refuses whoever may not write this. The policies of each table hold it whatever the code; this says why.
///
/// # Errors
/// 401 for the public, 403 for who has no right to it, each with what to do.
pub async fn exiger(
    connexion: &mut PgConnection,
    principal: &Principal,
    reseau: &str,
    pour: Pour<'_>,
) -> Reponse<()> {
    Droits::lire(connexion, principal, reseau).await?.exiger(pour)
}

/// Notes why the rest of the transaction is done: the journal keeps it.
pub async fn motiver(connexion: &mut PgConnection, motif: &str) -> Result<()> {
    sqlx::query("select set_config('maillage.motif', $1, true)")
        .bind(motif)
        .execute(connexion)
        .await
        .map(|_| ())
        .pour("écriture d'un motif")
}
