//! Answers, the attempts at them, and the sections of each attempt.

use sea_orm_migration::prelude::{
    ConditionalStatement as _, DbErr, Expr, ExprTrait as _, Index, SchemaManager, Table, TableCreateStatement,
};
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, integer, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null,
};

use super::{belongs_to, index};

/// Two requests that agree in all of these share one answer.
const KEY: [&str; 7] =
    ["paper_id", "language", "record_version", "text_source", "extractor", "model", "question_set"];

pub(super) async fn create(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let running = Expr::col("state").eq(Expr::cust("'running'"));
    let indexes = [
        index("answers", &KEY).name("answers_by_key").unique().take(),
        index("attempts", &["answer_id", "started", "id"]),
        // One run for each answer at a time, whichever process began it.
        index("attempts", &["answer_id"]).name("attempts_running").unique().and_where(running).take(),
    ];
    super::create(manager, [answers(), attempts(), sections()], indexes).await
}

fn answers() -> TableCreateStatement {
    Table::create()
        .table("answers")
        .col(big_pk_auto("id"))
        .col(big_integer("paper_id"))
        .col(text("record_version"))
        .col(text("text_source"))
        .col(text("extractor"))
        .col(text("language"))
        .col(text("model"))
        .col(text("question_set"))
        .foreign_key(&mut belongs_to("paper_id", "papers"))
        .take()
}

/// `model` is the one that replied. A row never changes once it has ended.
fn attempts() -> TableCreateStatement {
    Table::create()
        .table("attempts")
        .col(big_pk_auto("id"))
        .col(big_integer("answer_id"))
        .col(text("state"))
        .col(text_null("model"))
        .col(timestamp_with_time_zone("started"))
        .col(timestamp_with_time_zone_null("ended"))
        .col(big_integer_null("tokens_read"))
        .col(big_integer_null("tokens_written"))
        .col(text_null("fault"))
        .foreign_key(&mut belongs_to("answer_id", "answers"))
        .take()
}

fn sections() -> TableCreateStatement {
    Table::create()
        .table("sections")
        .col(big_integer("attempt_id"))
        .col(integer("position"))
        .col(text("markdown"))
        .primary_key(Index::create().col("attempt_id").col("position"))
        .foreign_key(&mut belongs_to("attempt_id", "attempts"))
        .take()
}
