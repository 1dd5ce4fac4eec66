//! Texts of papers that are fetched: what is known of them, why there is none, and which one an answer was read from.

use sea_orm_migration::{
    prelude::{
        DbErr, IntoIden as _, MigrationName, MigrationTrait, SchemaManager, Table, TableCreateStatement,
        async_trait,
    },
    schema::{big_integer, integer, integer_null, text, text_null, timestamp_with_time_zone},
};

use crate::first::{belongs_to, create};

/// Adds to texts what extracting them found. It only adds: the version before this one goes on beside it.
pub(crate) struct Texts;

impl MigrationName for Texts {
    fn name(&self) -> &str {
        "0005_texts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Texts {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            // The record that a text is of, with its version; none if it came with the paper.
            ("full_texts", text_null("record")),
            // A JSON array of objects.
            ("full_texts", text_null("hidden")),
            ("full_texts", integer("left_out_pages").default(0).take()),
            // The number of the last page, 0 without pages; texts of before have none noted.
            ("full_texts", integer_null("pages")),
            ("attempts", text_null("text_source")),
            ("attempts", text_null("text_fault")),
        ];
        for (table, mut column) in columns {
            manager
                .alter_table(Table::alter().table(table.into_iden()).add_column(&mut column).take())
                .await?;
        }
        create(manager, [failures()], []).await
    }
}

/// How often the text of a record was tried in vain, and why it failed the last time.
fn failures() -> TableCreateStatement {
    Table::create()
        .table("text_failures")
        .col(big_integer("paper_id").primary_key())
        .col(text("record"))
        .col(text("extractor"))
        .col(integer("tries"))
        .col(text("fault"))
        .col(timestamp_with_time_zone("tried"))
        .foreign_key(&mut belongs_to("paper_id", "papers"))
        .take()
}
