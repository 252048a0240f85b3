//! Who asks, and the transactions in which the database answers them.

use std::borrow::Cow;
use std::sync::Arc;

use sqlx::{PgPool, Postgres, Transaction};

use super::secrets::Empreinte;
use crate::error::{Contexte, Result};

/// On whose behalf the database is read and written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Principal {
    /// Anyone, without signing in.
    #[default]
    Public,
    /// A person, by a session of their browser.
    Session(Arc<Personne>),
    /// A program, by a token of a person.
    Jeton(Arc<Personne>),
}

/// The person behind a secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, sqlx::FromRow)]
pub struct Personne {
    pub compte: i32,
    pub courriel: String,
    pub nom: String,
    pub administrateur: bool,
    #[sqlx(skip)]
    pub empreinte: Empreinte,
}

impl Principal {
    /// The value of `maillage.principal`, that policies read. It names each secret once: what is kept
    /// under it is no one else's.
    pub fn reglage(&self) -> Cow<'static, str> {
        match self {
            Self::Public => "public".into(),
            Self::Session(qui) => format!("session:{}", qui.empreinte).into(),
            Self::Jeton(qui) => format!("jeton:{}", qui.empreinte).into(),
        }
    }

    /// Whether what is answered is for one person alone.
    pub fn prive(&self) -> bool {
        *self != Self::Public
    }

    pub fn personne(&self) -> Option<&Personne> {
        match self {
            Self::Public => None,
            Self::Session(qui) | Self::Jeton(qui) => Some(qui),
        }
    }

    /// Begins a transaction in which the database answers as to this principal.
    pub async fn transaction(&self, piscine: &PgPool) -> Result<Transaction<'static, Postgres>> {
        let action = "ouverture d'une transaction";
        let mut transaction = piscine.begin().await.pour(action)?;
        sqlx::query("select set_config('maillage.principal', $1, true)")
            .bind(self.reglage())
            .execute(&mut *transaction)
            .await
            .pour(action)?;
        Ok(transaction)
    }

    /// The same, to read one state of the database by several statements, and to write nothing.
    pub async fn lecture(&self, piscine: &PgPool) -> Result<Transaction<'static, Postgres>> {
        let action = "ouverture d'une lecture";
        let debut = "begin isolation level repeatable read read only";
        let mut transaction = piscine.begin_with(debut).await.pour(action)?;
        sqlx::query("select set_config('maillage.principal', $1, true)")
            .bind(self.reglage())
            .execute(&mut *transaction)
            .await
            .pour(action)?;
        Ok(transaction)
    }

    /// The same, to write: the journal says from where.
    pub async fn ecriture(
        &self,
        piscine: &PgPool,
        origine: &str,
    ) -> Result<Transaction<'static, Postgres>> {
        let mut transaction = self.transaction(piscine).await?;
        sqlx::query("select set_config('maillage.origine', $1, true)")
            .bind(origine)
            .execute(&mut *transaction)
            .await
            .pour("ouverture d'une transaction")?;
        Ok(transaction)
    }
}
