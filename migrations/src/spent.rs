//! What a reading has cost so far, so that a process that dies in the middle of one leaves the truth.

use sea_orm_migration::{
    prelude::{DbErr, IntoIden as _, MigrationName, MigrationTrait, SchemaManager, Table, async_trait},
    schema::big_integer,
};

/// Adds to open charges what the last checkpoint knew. It only adds: the version before this one goes on beside it. What
/// it read of `read_tokens` and `read_micros` nobody reads any more; a later step may take them away.
pub(crate) struct Spent;

impl MigrationName for Spent {
    fn name(&self) -> &str {
        "0007_spent"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Spent {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["spent_tokens", "spent_micros"] {
            let mut column = big_integer(name).default(0).take();
            manager
                .alter_table(Table::alter().table("charges".into_iden()).add_column(&mut column).take())
                .await?;
        }
        Ok(())
    }
}
