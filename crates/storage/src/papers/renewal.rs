//! Records that an earlier version of the program saved, brought to what this one makes of records.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use content::{DocId, Kind, Links, Record, RecordKey};
use sea_orm::{
    ActiveValue::{Set, Unchanged},
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use super::{listed, roots, twins};
use crate::{
    Database, Error, changes,
    connection::{Durability, Write},
    rows::{facts, records},
    text::{in_pieces, names_from_json},
};

/// The record after which there are some that are not renewed; once there are none, there is no such fact.
const AFTER: &str = "records.renewed";

/// Renews some of the records that were there before this version: joins what is alike, and lists their papers anew. Says
/// whether there are more. Where it is goes into the same transaction, so that it goes on there after an interruption.
pub async fn renew(db: &Database, limit: u64) -> Result<bool, Error> {
    let write = db.write(Durability::Relaxed).await?;
    changes::lock(&write).await?;
    let Some(after) = facts::Entity::find_by_id(AFTER).one(&*write).await? else { return Ok(false) };
    let records = earlier(&write, after.value, limit).await?;
    if let Some((last, ..)) = records.last() {
        let last = facts::ActiveModel { name: Unchanged(AFTER.to_owned()), value: Set(*last) };
        facts::Entity::update(last).exec(&*write).await?;
    } else {
        facts::Entity::delete_by_id(AFTER).exec(&*write).await?;
    }
    let changed: BTreeMap<i64, &Record> = records.iter().map(|(_, paper, record)| (*paper, record)).collect();
    let papers = roots(&write, changed.keys().copied().collect()).await?;
    listed::refresh(&write, &papers).await?;
    let mut touched = of_several_records(&write, papers).await?;
    touched.extend(twins::join(&write, &changed).await?);
    changes::log(&write, touched.into_iter().map(|id| DocId { kind: Kind::Paper, id })).await?;
    write.commit().await?;
    Ok(!records.is_empty())
}

/// Key, paper and what twins have in common, of records after one.
async fn earlier(write: &Write, after: i64, limit: u64) -> Result<Vec<(i64, i64, Record)>, Error> {
    use records::Column;
    let rows: Vec<(i64, i64, String, String, String, Option<String>)> = records::Entity::find()
        .select_only()
        .columns([Column::Id, Column::PaperId, Column::Source, Column::Title, Column::Authors, Column::Doi])
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(&**write)
        .await?;
    let record =
        |(id, paper, source, title, authors, doi): (i64, i64, String, String, String, Option<String>)| {
            let key = RecordKey { source, id: String::new(), version: String::new() };
            let links = Links { doi, ..Links::default() };
            let authors = names_from_json(&authors)?;
            Ok((id, paper, Record { authors, links, ..Record::new(key, title, NaiveDate::default()) }))
        };
    rows.into_iter().map(record).collect()
}

/// Those of which another record may be shown now: search has to hear of them. One record alone is what it was.
async fn of_several_records(write: &Write, papers: BTreeSet<i64>) -> Result<BTreeSet<i64>, Error> {
    let mut found = BTreeSet::new();
    for piece in in_pieces(papers) {
        let several = super::select(&[], piece)
            .group_by(Expr::col("root"))
            .having(Expr::col((records::Entity, records::Column::Id)).count().gt(1));
        let rows: Vec<i64> = several.into_tuple().all(&**write).await?;
        found.extend(rows);
    }
    Ok(found)
}
