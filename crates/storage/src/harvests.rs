//! What sources gave, saved together with where their harvest goes on: neither can be there without the other.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use content::{Announced, Announcement, DocId, Harvested, Kind, RecordKey, canonical_category};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use serde::Serialize;

use crate::{
    Database, Error, Saved, changes,
    connection::{Durability, Write},
    papers,
    rows::{announcements, deletions, harvests, records},
    text::{in_pieces, now, storable},
};

/// One step of a harvest.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// What the source gave.
    pub records: &'a [Harvested],
    /// Source and identifier of what the source has no more.
    pub gone: &'a [(String, String)],
    /// What it announced.
    pub announced: &'a [Announcement],
    /// Where the harvest goes on after this.
    pub cursor: &'a str,
}

/// Saves a step in one transaction, with its entries in the change log.
pub async fn commit(db: &Database, source: &str, step: &Step<'_>) -> Result<Saved, Error> {
    let write = db.write(Durability::Relaxed).await?;
    let saved = papers::save_in(&write, step.records).await?;
    let changed = withdraw(&write, step.gone).await?;
    announce(&write, step.announced).await?;
    changes::log(&write, changed.into_iter().map(|id| DocId { kind: Kind::Paper, id })).await?;
    save_cursor(&write, source, step.cursor).await?;
    write.commit().await?;
    Ok(saved)
}

/// Where the harvest of a source goes on; `None` before the first one.
pub async fn cursor(db: &Database, source: &str) -> Result<Option<String>, Error> {
    let row = harvests::Entity::find_by_id(source).one(db.read()).await?;
    Ok(row.map(|row| row.cursor))
}

/// Where a harvest stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// What is harvested.
    pub source: String,
    /// Where it goes on.
    pub cursor: String,
    /// When something was saved last.
    pub updated: DateTime<Utc>,
}

/// Where each harvest that ever was stands, by source.
pub async fn standings(db: &Database) -> Result<Vec<Standing>, Error> {
    let rows = harvests::Entity::find().order_by_asc(harvests::Column::Source).all(db.read()).await?;
    let standing =
        |row: harvests::Model| Standing { source: row.source, cursor: row.cursor, updated: row.updated };
    Ok(rows.into_iter().map(standing).collect())
}

/// How many records of each source are stored, and not withdrawn.
pub async fn records(db: &Database) -> Result<Vec<(String, u64)>, Error> {
    let rows: Vec<(String, i64)> = records::Entity::find()
        .select_only()
        .column(records::Column::Source)
        .column_as(records::Column::Id.count(), "records")
        .filter(records::Column::Withdrawn.eq(false))
        .group_by(records::Column::Source)
        .order_by_asc(records::Column::Source)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(rows.into_iter().map(|(source, count)| (source, count.unsigned_abs())).collect())
}

/// Those of arXiv's identifiers of which nothing is stored, not even that arXiv deleted them, in the order given.
pub async fn missing(db: &Database, ids: &[String]) -> Result<Vec<String>, Error> {
    let mut stored: BTreeSet<String> = BTreeSet::new();
    for piece in in_pieces(ids) {
        let rows: Vec<String> = records::Entity::find()
            .select_only()
            .column(records::Column::SourceId)
            .filter(records::Column::Source.eq(RecordKey::ARXIV))
            .filter(records::Column::SourceId.is_in(piece.clone()))
            .into_tuple()
            .all(db.read())
            .await?;
        stored.extend(rows);
        let gone: Vec<String> = deletions::Entity::find()
            .select_only()
            .column(deletions::Column::SourceId)
            .filter(deletions::Column::Source.eq(RecordKey::ARXIV))
            .filter(deletions::Column::SourceId.is_in(piece))
            .into_tuple()
            .all(db.read())
            .await?;
        stored.extend(gone);
    }
    Ok(ids.iter().filter(|id| !stored.contains(*id)).cloned().collect())
}

async fn save_cursor(write: &Write, source: &str, cursor: &str) -> Result<(), Error> {
    use harvests::Column;
    let row = harvests::ActiveModel {
        source: Set(source.to_owned()),
        cursor: Set(storable(cursor)),
        updated: Set(now()),
    };
    let newer =
        OnConflict::column(Column::Source).update_columns([Column::Cursor, Column::Updated]).to_owned();
    harvests::Entity::insert(row).on_conflict(newer).exec_without_returning(&**write).await?;
    Ok(())
}

/// Marks what is gone at its source, or keeps that it is, until something of it comes; names the papers that changed. They
/// stay: what was said of them stays, too.
async fn withdraw(write: &Write, gone: &[(String, String)]) -> Result<BTreeSet<i64>, Error> {
    use records::Column;
    let mut changed = BTreeSet::new();
    for (source, id) in gone {
        let of = Condition::all()
            .add(Column::Source.eq(source))
            .add(Column::SourceId.eq(id))
            .add(Column::Digest.ne(""));
        let papers: Vec<i64> = records::Entity::find()
            .select_only()
            .column(Column::PaperId)
            .filter(of.clone())
            .into_tuple()
            .all(&**write)
            .await?;
        if papers.is_empty() && papers::own_paper(&**write, source, id).await?.is_none() {
            papers::note_deletion(write, source, id).await?;
        }
        // Without a digest the record is written again when the source has it again; a list does not bring it back.
        records::Entity::update_many()
            .col_expr(Column::Withdrawn, Expr::value(true))
            .col_expr(Column::Digest, Expr::value(""))
            .filter(of)
            .exec(&**write)
            .await?;
        changed.extend(papers);
    }
    let changed = papers::roots(write, changed).await?;
    papers::refresh(write, &changed).await?;
    Ok(changed)
}

/// Keeps announcements, and lists their papers where they say.
async fn announce(write: &Write, announced: &[Announcement]) -> Result<(), Error> {
    let rows = announced.iter().map(|one| announcements::ActiveModel {
        category: Set(storable(canonical_category(&one.category))),
        day: Set(one.day),
        source_id: Set(one.id.clone()),
        kind: Set(one.kind.name().to_owned()),
        place: Set(i32::try_from(one.place).unwrap_or(i32::MAX)),
    });
    use announcements::Column;
    let newer = OnConflict::columns([Column::Category, Column::Day, Column::SourceId])
        .update_columns([Column::Kind, Column::Place])
        .to_owned();
    for piece in in_pieces(rows) {
        announcements::Entity::insert_many(piece)
            .on_conflict(newer.clone())
            .exec_without_returning(&**write)
            .await?;
    }
    let listed = announced.iter().filter(|one| one.kind != Announced::Replaced);
    papers::list_again(write, &listed.map(|one| one.id.as_str()).collect::<Vec<_>>()).await
}
