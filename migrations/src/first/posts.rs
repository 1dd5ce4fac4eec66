//! What people write here. Bodies are stored as written; HTML never is.

use sea_orm_migration::prelude::{DbErr, Index, SchemaManager, Table, TableCreateStatement};
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, integer, text, text_null, timestamp_with_time_zone,
};

use super::{belongs_to, index, refers_to};

pub(super) async fn create(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let tables = [posts(), names("post_categories"), names("post_tags")];
    let indexes = [
        index("posts", &["slug"]).unique().take(),
        index("posts", &["visibility", "published", "id"]),
        index("post_categories", &["name", "post_id"]),
        index("post_tags", &["name", "post_id"]),
    ];
    super::create(manager, tables, indexes).await
}

/// `id` is also the number in `/archives/<number>`. `visibility` is `public` for now.
fn posts() -> TableCreateStatement {
    Table::create()
        .table("posts")
        .col(big_pk_auto("id"))
        .col(text("slug"))
        .col(text("title"))
        .col(text("format"))
        .col(text("language"))
        .col(text("author"))
        .col(big_integer_null("user_id"))
        .col(text("visibility"))
        .col(text_null("translation"))
        .col(timestamp_with_time_zone("published"))
        .col(timestamp_with_time_zone("updated"))
        .col(text("body"))
        .foreign_key(&mut refers_to("user_id", "users"))
        .take()
}

/// Names in the author's order, from position 0.
fn names(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(big_integer("post_id"))
        .col(integer("position"))
        .col(text("name"))
        .primary_key(Index::create().col("post_id").col("position"))
        .foreign_key(&mut belongs_to("post_id", "posts"))
        .take()
}
