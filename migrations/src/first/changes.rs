//! What changed, in commit order, for the indexes that follow.

use sea_orm_migration::prelude::{DbErr, SchemaManager, Table, TableCreateStatement};
use sea_orm_migration::schema::{big_integer, big_pk_auto, text};

pub(super) async fn create(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    super::create(manager, [log(), facts()], []).await
}

/// Names of documents, never their content.
fn log() -> TableCreateStatement {
    Table::create()
        .table("change_log")
        .col(big_pk_auto("sequence"))
        .col(text("kind"))
        .col(big_integer("id"))
        .take()
}

/// Numbers that the database knows about itself, such as how far the log was trimmed.
fn facts() -> TableCreateStatement {
    Table::create().table("facts").col(text("name").primary_key()).col(big_integer("value")).take()
}
