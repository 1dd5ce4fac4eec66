//! What readings cost, and whom.

use sea_orm_migration::{
    prelude::{
        DbErr, MigrationName, MigrationTrait, SchemaManager, Table, TableCreateStatement, async_trait,
    },
    schema::{big_integer, big_integer_null, big_pk_auto, boolean, date, text, timestamp_with_time_zone},
};

use crate::first::{create, index};

/// Adds the table of charges. It only adds: the version before this one goes on beside it, and charges nobody.
pub(crate) struct Budgets;

impl MigrationName for Budgets {
    fn name(&self) -> &str {
        "0003_budgets"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Budgets {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let indexes = [
            index("charges", &["attempt_id"]).unique().take(),
            index("charges", &["day"]),
            index("charges", &["visitor", "day"]),
            index("charges", &["network", "day"]),
            index("charges", &["user_id", "day"]),
        ];
        create(manager, [charges()], indexes).await
    }
}

/// `tokens` and `micros` are what counts: what was set aside while `open`, what it cost after that. They outlive the
/// attempt, so that nobody gets money back by removing a paper. `visitor` and `network` are hashes.
fn charges() -> TableCreateStatement {
    Table::create()
        .table("charges")
        .col(big_pk_auto("id"))
        .col(big_integer("attempt_id"))
        .col(text("visitor"))
        .col(text("network"))
        .col(big_integer_null("user_id"))
        .col(date("day"))
        .col(big_integer("tokens"))
        .col(big_integer("micros"))
        .col(big_integer("read_tokens"))
        .col(big_integer("read_micros"))
        .col(boolean("open"))
        .col(timestamp_with_time_zone("made"))
        .take()
}
