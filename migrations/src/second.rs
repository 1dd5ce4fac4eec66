//! Papers as they are skimmed: what sources announce, where a harvest stands, how long lists are, who starred what.

use sea_orm_migration::{
    prelude::{
        ColumnDef, ConditionalStatement as _, DbErr, Expr, ExprTrait as _, Index, IntoIden as _,
        MigrationName, MigrationTrait, SchemaManager, Table, TableCreateStatement, async_trait,
    },
    schema::{
        big_integer, boolean, date, integer, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null,
    },
    sea_orm::{ConnectionTrait as _, DbBackend},
};

use crate::first::{belongs_to, create, index};

/// Adds to the first schema what the papers' pages need. It only adds: the version before this one goes on beside it.
pub(crate) struct Second;

impl MigrationName for Second {
    fn name(&self) -> &str {
        "0002_skimming"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Second {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_columns(manager).await?;
        let indexes = [
            index("records", &["fingerprint"]).and_where(Expr::col("fingerprint").is_not_null()).take(),
            index("records", &["doi"]).and_where(Expr::col("doi").is_not_null()).take(),
            index("paper_categories", &["category", "date", "place", "paper_id"]),
            index("paper_categories", &["category", "stars", "date", "place", "paper_id"]),
            index("paper_venues", &["venue_key", "venue_year", "stars", "date", "paper_id"]),
            index("paper_venues", &["venue_key", "stars", "date", "paper_id"]),
            index("paper_venues", &["date", "paper_id"]),
            index("announcements", &["source_id"]),
            index("marks", &["reader_id", "kind", "made"]),
            index("marks", &["paper_id", "kind", "network"]),
        ];
        let tables = [announcements(), harvests(), list_counts(), marks(), libraries(), invitations()];
        create(manager, tables, indexes).await?;
        find_cross_lists(manager).await?;
        merge_aliases(manager).await?;
        count_lists(manager).await
    }
}

async fn add_columns(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let none = |name: &'static str| text_null(name);
    let zero = |name: &'static str| integer(name).default(0).take();
    let no = |name: &'static str| boolean(name).default(false).take();
    let columns: [(&str, Vec<ColumnDef>); 4] = [
        ("papers", vec![no("apart"), zero("stars"), zero("opened"), zero("readings")]),
        (
            "records",
            vec![
                none("page"),
                none("pdf"),
                none("doi"),
                none("license"),
                none("remark"),
                none("journal"),
                none("venue_group"),
                no("withdrawn"),
                big_integer("fingerprint").null().take(),
            ],
        ),
        ("paper_categories", vec![zero("place"), zero("stars"), text("kind").default("new").take()]),
        ("paper_venues", vec![none("venue_group"), zero("stars")]),
    ];
    for (table, columns) in columns {
        for mut column in columns {
            manager
                .alter_table(Table::alter().table(table.into_iden()).add_column(&mut column).take())
                .await?;
        }
    }
    Ok(())
}

/// What arXiv announced, whether the paper is stored or not. `place` counts from 1.
fn announcements() -> TableCreateStatement {
    Table::create()
        .table("announcements")
        .col(text("category"))
        .col(date("day"))
        .col(text("source_id"))
        .col(text("kind"))
        .col(integer("place"))
        .primary_key(Index::create().col("category").col("day").col("source_id"))
        .take()
}

/// Where a harvest goes on. What `cursor` means is known to its source.
fn harvests() -> TableCreateStatement {
    Table::create()
        .table("harvests")
        .col(text("source").primary_key())
        .col(text("cursor"))
        .col(timestamp_with_time_zone("updated"))
        .take()
}

/// How many papers a list has, or a part of it: counting them anew takes as long as the list is.
fn list_counts() -> TableCreateStatement {
    Table::create()
        .table("list_counts")
        .col(text("kind"))
        .col(text("name"))
        .col(text("part"))
        .col(big_integer("papers"))
        .primary_key(Index::create().col("kind").col("name").col("part"))
        .take()
}

/// That a reader starred a paper, opened it, or read its reading. `network` is a hash of where from.
fn marks() -> TableCreateStatement {
    Table::create()
        .table("marks")
        .col(big_integer("paper_id"))
        .col(text("kind"))
        .col(big_integer("reader_id"))
        .col(text("network"))
        .col(boolean("counted"))
        .col(timestamp_with_time_zone("made"))
        .primary_key(Index::create().col("paper_id").col("kind").col("reader_id"))
        .foreign_key(&mut belongs_to("paper_id", "papers"))
        .foreign_key(&mut belongs_to("reader_id", "readers"))
        .take()
}

/// What a user keeps of their own, as their browsers wrote it.
fn libraries() -> TableCreateStatement {
    Table::create()
        .table("libraries")
        .col(big_integer("user_id").primary_key())
        .col(big_integer("revision"))
        .col(timestamp_with_time_zone("saved"))
        .col(text("body"))
        .foreign_key(&mut belongs_to("user_id", "users"))
        .take()
}

/// Codes that let somebody make an account, stored hashed.
fn invitations() -> TableCreateStatement {
    Table::create()
        .table("invitations")
        .col(text("code_hash").primary_key())
        .col(timestamp_with_time_zone("expires"))
        .col(timestamp_with_time_zone_null("used"))
        .take()
}

/// A paper is new in its own category, the first one of its arXiv record, and listed in the others, too.
async fn find_cross_lists(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let first = match manager.get_database_backend() {
        DbBackend::Postgres => "records.categories::json ->> 0",
        _ => "json_extract(records.categories, '$[0]')",
    };
    let own = format!(
        "SELECT 1 FROM records WHERE records.paper_id = paper_categories.paper_id \
         AND records.source = 'arxiv' AND {first} = paper_categories.category"
    );
    let cross = format!("UPDATE paper_categories SET kind = 'cross' WHERE NOT EXISTS ({own})");
    manager.get_connection().execute_unprepared(&cross).await?;
    Ok(())
}

/// Papers of an alias are listed under the category that it stands for.
async fn merge_aliases(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let aliases = [
        ("cs.NA", "math.NA"),
        ("cs.SY", "eess.SY"),
        ("math.IT", "cs.IT"),
        ("math.MP", "math-ph"),
        ("q-fin.EC", "econ.GN"),
        ("stat.TH", "math.ST"),
    ];
    let connection = manager.get_connection();
    for (alias, category) in aliases {
        let listed = format!("SELECT paper_id FROM paper_categories WHERE category = '{category}'");
        let twice =
            format!("DELETE FROM paper_categories WHERE category = '{alias}' AND paper_id IN ({listed})");
        connection.execute_unprepared(&twice).await?;
        let renamed =
            format!("UPDATE paper_categories SET category = '{category}' WHERE category = '{alias}'");
        connection.execute_unprepared(&renamed).await?;
    }
    Ok(())
}

/// Counts what is there. The same statements on both engines.
async fn count_lists(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let counts = [
        "SELECT 'all', '', '', count(*) FROM papers WHERE root_id IS NULL",
        "SELECT 'category', category, '', count(*) FROM paper_categories GROUP BY category",
        "SELECT 'day', category, CAST(date AS TEXT), count(*) FROM paper_categories GROUP BY category, date",
        "SELECT 'venue', venue_key, '', count(DISTINCT paper_id) FROM paper_venues GROUP BY venue_key",
        "SELECT 'edition', venue_key, CAST(venue_year AS TEXT) || '/' || venue_name, count(*) \
         FROM paper_venues GROUP BY venue_key, venue_year, venue_name",
    ];
    for count in counts {
        let insert = format!("INSERT INTO list_counts (kind, name, part, papers) {count}");
        manager.get_connection().execute_unprepared(&insert).await?;
    }
    Ok(())
}
