//! The text of attempts, by section.

use std::collections::HashMap;

use content::{Attempt, AttemptId, Section};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, OnConflict},
};

use super::attempt;
use crate::{
    Database, Error,
    connection::Write,
    rows::{attempts, sections},
    text::{in_pieces, storable},
};

/// Which sections are written again.
const NEWER: &str = "excluded.markdown <> ''";

/// Writes sections. One without text leaves what is there: an attempt that goes on began with it.
pub(super) async fn save_sections(
    write: &Write,
    texts: impl IntoIterator<Item = (AttemptId, &[Section])>,
) -> Result<(), Error> {
    use sections::Column;
    let rows_of = |(attempt, sections): (AttemptId, &[Section])| {
        let row = move |(position, section): (i32, &Section)| sections::ActiveModel {
            attempt_id: Set(attempt.0),
            position: Set(position),
            markdown: Set(storable(&section.markdown)),
        };
        (0..).zip(sections).map(row).collect::<Vec<_>>()
    };
    for piece in in_pieces(texts.into_iter().flat_map(rows_of)) {
        let newer = OnConflict::columns([Column::AttemptId, Column::Position])
            .update_column(Column::Markdown)
            .action_and_where(Expr::cust(NEWER))
            .to_owned();
        sections::Entity::insert_many(piece).on_conflict(newer).exec_without_returning(&**write).await?;
    }
    Ok(())
}

pub(super) async fn with_sections(db: &Database, rows: Vec<attempts::Model>) -> Result<Vec<Attempt>, Error> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut texts = sections_of(&ids, db.read()).await?;
    rows.into_iter()
        .map(|row| {
            let sections = texts.remove(&row.id).unwrap_or_default();
            attempt(row, sections)
        })
        .collect()
}

pub(super) async fn sections_of(
    attempts: &[i64],
    connection: &impl ConnectionTrait,
) -> Result<HashMap<i64, Vec<Section>>, Error> {
    let mut texts: HashMap<i64, Vec<Section>> = HashMap::new();
    for piece in in_pieces(attempts.iter().copied()) {
        let found = sections::Entity::find()
            .filter(sections::Column::AttemptId.is_in(piece))
            .order_by_asc(sections::Column::Position)
            .all(connection)
            .await?;
        for row in found {
            texts.entry(row.attempt_id).or_default().push(Section { markdown: row.markdown });
        }
    }
    Ok(texts)
}
