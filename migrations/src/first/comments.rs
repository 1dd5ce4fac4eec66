//! What visitors say about posts and papers.

use sea_orm_migration::prelude::{DbErr, Expr, ExprTrait as _, SchemaManager, Table, TableCreateStatement};
use sea_orm_migration::schema::{big_integer_null, big_pk_auto, text, text_null, timestamp_with_time_zone};

use super::{belongs_to, index, refers_to};

pub(super) async fn create(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let indexes = [
        index("comments", &["post_id", "created", "id"]),
        index("comments", &["paper_id", "created", "id"]),
        index("comments", &["state", "created", "id"]),
    ];
    super::create(manager, [comments()], indexes).await
}

/// Exactly one of `post_id` and `paper_id` is set. `mail` is never shown. `state` is `visible`, `held`,
/// `spam` or `deleted`.
fn comments() -> TableCreateStatement {
    let about_one = Expr::col("post_id").is_null().ne(Expr::col("paper_id").is_null());
    Table::create()
        .table("comments")
        .col(big_pk_auto("id"))
        .col(big_integer_null("post_id"))
        .col(big_integer_null("paper_id"))
        .col(big_integer_null("parent_id"))
        .col(text("author"))
        .col(text_null("mail"))
        .col(text_null("site"))
        .col(text("state"))
        .col(big_integer_null("reader_id"))
        .col(big_integer_null("user_id"))
        .col(timestamp_with_time_zone("created"))
        .col(text("body"))
        .check(about_one)
        .foreign_key(&mut belongs_to("post_id", "posts"))
        .foreign_key(&mut belongs_to("paper_id", "papers"))
        .foreign_key(&mut refers_to("parent_id", "comments"))
        .foreign_key(&mut refers_to("reader_id", "readers"))
        .foreign_key(&mut refers_to("user_id", "users"))
        .take()
}
