//! Versions of papers: when a version came, by which way a record came, and what is left to be done for older records.

use sea_orm_migration::{
    prelude::{
        ColumnDef, DbErr, IntoIden as _, MigrationName, MigrationTrait, SchemaManager, Table, async_trait,
    },
    schema::{date_null, text},
    sea_orm::ConnectionTrait as _,
};

use crate::first::index;

/// Adds to records the day and the way they came. It only adds: the version before this one goes on beside it.
pub(crate) struct Versions;

impl MigrationName for Versions {
    fn name(&self) -> &str {
        "0004_versions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Versions {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns: [ColumnDef; 2] = [date_null("updated"), text("way").default("source").take()];
        for mut column in columns {
            manager
                .alter_table(Table::alter().table("records".into_iden()).add_column(&mut column).take())
                .await?;
        }
        manager.create_index(index("marks", &["network", "made"])).await?;
        manager.create_index(index("comments", &["reader_id"])).await?;
        manager.get_connection().execute_unprepared(LISTED).await?;
        manager.get_connection().execute_unprepared(TWINS).await?;
        Ok(())
    }
}

/// Records of arXiv that were read from lines of JSON; its own are XML.
const LISTED: &str = "UPDATE records SET way = 'list' WHERE source = 'arxiv' AND substr(raw, 1, 1) = '{'";
/// Twins are found when a record comes. Those that were there before that are looked for from this record on.
const TWINS: &str =
    "INSERT INTO facts (name, value) SELECT 'twins.after', 0 WHERE EXISTS (SELECT 1 FROM records)";
