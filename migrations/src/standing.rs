//! What stands whatever comes later: what a source deleted before it was stored, which address of a reader's feed holds,
//! and where a paper stands in the list of an archive.

use sea_orm_migration::{
    prelude::{
        ColumnDef, DbErr, Index, IntoIden as _, MigrationName, MigrationTrait, SchemaManager, Table,
        TableCreateStatement, async_trait,
    },
    schema::{integer, text},
    sea_orm::ConnectionTrait as _,
};

use crate::first::create;

/// Adds deletions, the number of a reader's feed and lists of archives. It only adds: the version before this one goes on beside it.
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
        let connection = manager.get_connection();
        for statement in AGAIN {
            connection.execute_unprepared(statement).await?;
        }
        for archive in ARCHIVES {
            for statement in listed(archive) {
                connection.execute_unprepared(&statement).await?;
            }
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

/// Archives that have categories.
const ARCHIVES: [&str; 11] =
    ["cs", "econ", "eess", "math", "astro-ph", "cond-mat", "nlin", "physics", "q-bio", "q-fin", "stat"];

/// Lists the papers of an archive's categories in the archive, each where it comes first, and counts them.
fn listed(archive: &str) -> [String; 4] {
    let inside = format!("category >= '{archive}.' AND category < '{archive}/'");
    let ranked = format!(
        "SELECT *, row_number() OVER (PARTITION BY paper_id ORDER BY date DESC, place DESC) AS rank, \
         max(CASE WHEN kind = 'new' THEN 1 ELSE 0 END) OVER (PARTITION BY paper_id) AS is_new \
         FROM paper_categories WHERE {inside} OR category = '{archive}'"
    );
    let counted = format!("FROM paper_categories WHERE category = '{archive}' GROUP BY category");
    [
        format!(
            "INSERT INTO paper_categories (paper_id, category, date, place, stars, kind) \
             SELECT paper_id, '{archive}', date, place, stars, \
             CASE WHEN is_new = 1 THEN 'new' ELSE kind END FROM ({ranked}) AS ranked WHERE rank = 1 \
             ON CONFLICT (paper_id, category) \
             DO UPDATE SET date = excluded.date, place = excluded.place, kind = excluded.kind"
        ),
        format!("DELETE FROM list_counts WHERE name = '{archive}' AND kind IN ('category', 'day')"),
        format!(
            "INSERT INTO list_counts (kind, name, part, papers) SELECT 'category', category, '', count(*) {counted}"
        ),
        format!(
            "INSERT INTO list_counts (kind, name, part, papers) \
             SELECT 'day', category, CAST(date AS TEXT), count(*) {counted}, date"
        ),
    ]
}

/// Twins, lists and index of the records that are there were made by other rules: all records are gone through, from the
/// first one on. That is done under a name of its own, and looks for twins as well: the version before this one, beside it,
/// would only look for twins.
const AGAIN: [&str; 2] = [
    "DELETE FROM facts WHERE name = 'twins.after'",
    "INSERT INTO facts (name, value) SELECT 'records.renewed', 0 WHERE EXISTS (SELECT 1 FROM records)",
];
