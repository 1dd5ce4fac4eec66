//! What stands whatever comes later: what a source deleted before it was stored, and which address of a reader's feed holds.

use sea_orm_migration::{
    prelude::{
        ColumnDef, DbErr, Index, IntoIden as _, MigrationName, MigrationTrait, SchemaManager, Table,
        TableCreateStatement, async_trait,
    },
    schema::{integer, text},
    sea_orm::ConnectionTrait as _,
};

use crate::first::create;

/// Adds deletions and the number of a reader's feed. It only adds: the version before this one goes on beside it.
pub(crate) struct Standing;

impl MigrationName for Standing {
    fn name(&self) -> &str {
        "0006_standing"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Standing {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(manager, [deletions()], []).await?;
        let mut feed: ColumnDef = integer("feed").default(0).take();
        let readers = Table::alter().table("readers".into_iden()).add_column(&mut feed).take();
        manager.alter_table(readers).await?;
        for statement in AGAIN {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// What a source said it deleted while nothing of it was stored.
fn deletions() -> TableCreateStatement {
    Table::create()
        .table("deletions")
        .col(text("source"))
        .col(text("source_id"))
        .primary_key(Index::create().col("source").col("source_id"))
        .take()
}

/// Twins, lists and index of the records that are there were made by other rules: all records are gone through, from the
/// first one on. That is done under a name of its own, and looks for twins as well: the version before this one, beside it,
/// would only look for twins.
const AGAIN: [&str; 2] = [
    "DELETE FROM facts WHERE name = 'twins.after'",
    "INSERT INTO facts (name, value) SELECT 'records.renewed', 0 WHERE EXISTS (SELECT 1 FROM records)",
];
