//! Who asks: the principal of a request, set in each transaction.
//!
//! Row-level policies read it. A transaction without principal sees no row of any réseau: a
//! forgotten setting means nobody, not everybody.

use sqlx::{PgPool, Postgres, Transaction};

use crate::error::{Contexte, Result};

/// On whose behalf the database is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Principal {
    /// Anyone, without signing in.
    Public,
}

impl Principal {
    /// The value of `maillage.principal` that policies read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
        }
    }

    /// Begins a transaction in which the database answers as to this principal.
    pub async fn transaction(self, piscine: &PgPool) -> Result<Transaction<'static, Postgres>> {
        let action = "ouverture d'une transaction";
        let mut transaction = piscine.begin().await.pour(action)?;
        sqlx::query("select set_config('maillage.principal', $1, true)")
            .bind(self.as_str())
            .execute(&mut *transaction)
            .await
            .pour(action)?;
        Ok(transaction)
    }
}
