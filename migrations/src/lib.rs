//! The history of the database schema, the same for SQLite and PostgreSQL.
//!
//! A [`Migrator`] holds the steps in order; `storage::migrate` runs them under one lock and refuses a
//! schema that is newer than the last step here. Each step runs in a transaction of its own.
//!
//! A step that has been released is never edited. A change comes in two: a step that only adds
//! (*expand*), and, a release later, one that takes away what nobody reads any more (*contract*), so
//! that two neighbouring versions of the program can share a database.
//!
//! There is no way back on purpose: a backup restores, a reversed migration guesses.

use sea_orm_migration::prelude::{MigrationTrait, MigratorTrait, async_trait};

mod first;

/// Every step of the schema, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(first::First)]
    }
}
