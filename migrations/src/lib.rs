//! The history of the database schema, the same for SQLite and PostgreSQL.
//!
//! [`apply`] brings a database to the last step, or refuses one that is further. It is called by
//! `storage::migrate`, which holds the lock that makes two processes take turns, and which gives it a
//! transaction: either all missing steps happen or none does. Each step is a nested transaction.
//!
//! A step that has been released is never edited. A change comes in two: a step that only adds
//! (*expand*), and, a release later, one that takes away what nobody reads any more (*contract*), so
//! that two neighbouring versions of the program can share a database.
//!
//! There is no way back on purpose: a backup restores, a reversed migration guesses. The types of
//! sea-orm in the signatures are an exception to the rule of the house: this crate and `storage` are
//! two halves of one thing.

use std::collections::BTreeSet;

use sea_orm_migration::{
    MigrationTrait, MigratorTrait, async_trait,
    sea_orm::{DatabaseTransaction, DbErr},
};

mod blog;
mod budgets;
mod first;
mod moved;
mod second;
mod spent;
mod standing;
mod texts;
mod versions;

/// Why the schema was left as it is.
#[derive(Debug)]
pub enum Refusal {
    /// A later version of the program has been here.
    Newer {
        /// The newest step that was applied and is not known.
        found: String,
        /// The newest step that is known.
        known: String,
    },
    /// A step failed.
    Failed(DbErr),
}

/// Applies the missing steps and names them, oldest first.
pub async fn apply(transaction: &DatabaseTransaction) -> Result<Vec<String>, Refusal> {
    let known: Vec<String> = Steps::migrations().iter().map(|step| step.name().to_owned()).collect();
    let models = Steps::get_migration_models(transaction).await?;
    let applied: BTreeSet<String> = models.into_iter().map(|model| model.version).collect();
    if let Some(found) = applied.iter().rev().find(|name| !known.contains(name)) {
        let known = known.last().cloned().unwrap_or_default();
        return Err(Refusal::Newer { found: found.clone(), known });
    }
    let missing: Vec<_> = known.into_iter().filter(|name| !applied.contains(name)).collect();
    if !missing.is_empty() {
        Steps::up(transaction, None).await?;
    }
    Ok(missing)
}

impl From<DbErr> for Refusal {
    fn from(error: DbErr) -> Self {
        Self::Failed(error)
    }
}

/// Every step of the schema, oldest first.
struct Steps;

#[async_trait::async_trait]
impl MigratorTrait for Steps {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(first::First),
            Box::new(second::Second),
            Box::new(budgets::Budgets),
            Box::new(versions::Versions),
            Box::new(texts::Texts),
            Box::new(standing::Standing),
            Box::new(spent::Spent),
            Box::new(blog::Blog),
            Box::new(moved::Moved),
        ]
    }
}
