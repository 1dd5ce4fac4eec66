//! Records are kept as sources gave them; papers are groups of records and hold no content of their own.

use sea_orm_migration::prelude::{
    ConditionalStatement as _, DbErr, Expr, ExprTrait as _, Index, SchemaManager, Table, TableCreateStatement,
};
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, date, integer, integer_null, text, text_null,
    timestamp_with_time_zone,
};

use super::{belongs_to, index, refers_to};

pub(super) async fn create(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let tables = [papers(), records(), categories(), venues(), full_texts()];
    let indexes = [
        // Lists hold only papers that are not joined to another one.
        index("papers", &["date", "id"]).and_where(Expr::col("root_id").is_null()).take(),
        index("papers", &["root_id"]).and_where(Expr::col("root_id").is_not_null()).take(),
        index("records", &["source", "source_id", "version"]).unique().take(),
        index("records", &["paper_id"]),
        index("paper_categories", &["category", "date", "paper_id"]),
        index("paper_venues", &["venue_key", "venue_year", "date", "paper_id"]),
        index("paper_venues", &["venue_key", "date", "paper_id"]),
    ];
    super::create(manager, tables, indexes).await
}

/// A join rewrites nothing: `joined_to` names the paper that this one was joined to, and `root_id` the
/// one at the end of that chain. Both are empty for a paper that stands on its own.
fn papers() -> TableCreateStatement {
    Table::create()
        .table("papers")
        .col(big_pk_auto("id"))
        .col(date("date"))
        .col(big_integer_null("joined_to"))
        .col(big_integer_null("root_id"))
        .foreign_key(&mut refers_to("joined_to", "papers"))
        .foreign_key(&mut refers_to("root_id", "papers"))
        .take()
}

/// `paper_id` is the paper that was made for the record, joined or not. Records of equal source and
/// source_id have the same one. Lists are JSON arrays of strings.
fn records() -> TableCreateStatement {
    Table::create()
        .table("records")
        .col(big_pk_auto("id"))
        .col(big_integer("paper_id"))
        .col(text("source"))
        .col(text("source_id"))
        .col(text("version"))
        .col(text("digest"))
        .col(date("date"))
        .col(text("title"))
        .col(text("authors"))
        .col(text("categories"))
        .col(text("keywords"))
        .col(text_null("venue_key"))
        .col(integer_null("venue_year"))
        .col(text_null("venue_name"))
        .col(text_null("note"))
        .col(timestamp_with_time_zone("seen"))
        .col(text("summary"))
        .col(text("raw"))
        .foreign_key(&mut belongs_to("paper_id", "papers"))
        .take()
}

/// Where a paper is listed by category; only papers with an arXiv record have rows.
fn categories() -> TableCreateStatement {
    Table::create()
        .table("paper_categories")
        .col(big_integer("paper_id"))
        .col(text("category"))
        .col(date("date"))
        .primary_key(Index::create().col("paper_id").col("category"))
        .foreign_key(&mut belongs_to("paper_id", "papers"))
        .take()
}

/// Where a paper is listed by venue: once for each edition that one of its records names.
fn venues() -> TableCreateStatement {
    Table::create()
        .table("paper_venues")
        .col(big_integer("paper_id"))
        .col(text("venue_key"))
        .col(integer("venue_year"))
        .col(text("venue_name"))
        .col(date("date"))
        .primary_key(Index::create().col("paper_id").col("venue_key").col("venue_year"))
        .foreign_key(&mut belongs_to("paper_id", "papers"))
        .take()
}

/// `passages` is a JSON array of objects.
fn full_texts() -> TableCreateStatement {
    Table::create()
        .table("full_texts")
        .col(big_integer("paper_id").primary_key())
        .col(text("source"))
        .col(text("extractor"))
        .col(timestamp_with_time_zone("saved"))
        .col(text("passages"))
        .foreign_key(&mut belongs_to("paper_id", "papers"))
        .take()
}
