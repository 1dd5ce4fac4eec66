use migrations::Refusal;
use sea_orm::{ConnectionTrait, DbBackend, TransactionTrait};

use crate::{
    Database, Error,
    connection::{immediate, unwritable},
    papers,
};

/// The advisory lock that two processes fight for when both start with an old schema.
const LOCK: i64 = 0x696e_6b00;

/// The step after which records have fingerprints of their titles.
const FINGERPRINTED: &str = "0002_skimming";

/// What [`migrate`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The names of the steps that were missing, oldest first.
    pub applied: Vec<String>,
}

/// Brings the schema to the one of this program, all of it or nothing. Processes that ask at the same
/// time take turns, and the later ones find nothing to do.
pub async fn migrate(db: &Database) -> Result<Migrated, Error> {
    let connection = db.alone().await?;
    let named = |error| match db.file() {
        Some(path) => unwritable(path, error),
        None => Error::from(error),
    };
    let transaction = connection.begin_with_options(immediate()).await.map_err(named)?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    }
    let applied = migrations::apply(&transaction).await.map_err(|refusal| match refusal {
        Refusal::Newer { found, known } => Error::NewerSchema { found, known },
        Refusal::Failed(error) => named(error),
    })?;
    if applied.iter().any(|step| step == FINGERPRINTED) {
        papers::fingerprint_all(&transaction).await?;
    }
    transaction.commit().await?;
    connection.close().await?;
    Ok(Migrated { applied })
}
