//! Where posts were before their addresses changed.

use sea_orm_migration::{
    prelude::{
        DbErr, MigrationName, MigrationTrait, SchemaManager, Table, TableCreateStatement, async_trait,
    },
    schema::{big_integer, text},
};

use crate::first::{belongs_to, create, index};

/// Adds a table. It only adds: the version before this one goes on beside it, and notes no addresses.
pub(crate) struct Moved;

impl MigrationName for Moved {
    fn name(&self) -> &str {
        "0009_moved"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Moved {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(manager, [former_slugs()], [index("former_slugs", &["post_id"])]).await
    }
}

/// Addresses that posts had: `slug` led to the post before it got another one.
fn former_slugs() -> TableCreateStatement {
    Table::create()
        .table("former_slugs")
        .col(text("slug").primary_key())
        .col(big_integer("post_id"))
        .foreign_key(&mut belongs_to("post_id", "posts"))
        .take()
}
