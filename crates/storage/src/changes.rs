//! The change log: what changed, in the order in which it was committed. Indexes follow it.

use content::{Change, DocId, Kind};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};

use crate::{
    Database, Error,
    connection::{Durability, Write},
    rows::{answers, change_log, comments, facts, papers, posts},
    text::in_pieces,
};

/// The lock that makes the order of sequence numbers the order of commits. A PostgreSQL sequence
/// alone gives its numbers when asked: a transaction with a lower number may well commit later, and a
/// follower that has gone past it would never see its rows.
const LOCK: i64 = 0x696e_6b01;
/// The sequence number of the oldest entry that trimming left.
const FIRST_KEPT: &str = "change_log.first_kept";

/// Entries with a greater sequence number, oldest first.
pub async fn after(db: &Database, sequence: i64, limit: u64) -> Result<Vec<Change>, Error> {
    let rows = change_log::Entity::find()
        .filter(change_log::Column::Sequence.gt(sequence))
        .order_by_asc(change_log::Column::Sequence)
        .limit(limit)
        .all(db.read())
        .await?;
    rows.into_iter().map(|row| Ok(Change { sequence: row.sequence, doc: doc(&row.kind, row.id)? })).collect()
}

/// The sequence number of the newest entry, trimmed ones included; 0 before the first.
pub async fn last(db: &Database) -> Result<i64, Error> {
    match newest(db.read()).await? {
        Some(last) => Ok(last),
        None => Ok(first_kept(db).await? - 1),
    }
}

/// The sequence number from which on the log is complete. A follower whose position is before the
/// one right before this has missed entries.
pub async fn first_kept(db: &Database) -> Result<i64, Error> {
    let fact = facts::Entity::find_by_id(FIRST_KEPT).one(db.read()).await?;
    Ok(fact.map_or(1, |fact| fact.value))
}

/// Forgets all entries up to and including this sequence number.
pub async fn trim(db: &Database, sequence: i64) -> Result<(), Error> {
    let write = db.write(Durability::Relaxed).await?;
    write.lock(LOCK).await?;
    let last = newest(&*write).await?;
    let kept = last.map_or(0, |last| sequence.min(last)) + 1;
    change_log::Entity::delete_many().filter(change_log::Column::Sequence.lt(kept)).exec(&*write).await?;
    let known = facts::Entity::find_by_id(FIRST_KEPT).one(&*write).await?.map_or(1, |fact| fact.value);
    let fact = facts::ActiveModel { name: Set(FIRST_KEPT.to_owned()), value: Set(kept.max(known)) };
    let newer = OnConflict::column(facts::Column::Name).update_column(facts::Column::Value).to_owned();
    facts::Entity::insert(fact).on_conflict(newer).exec_without_returning(&*write).await?;
    write.commit().await
}

/// Everything that an index should hold, in the order of [`DocId`]: papers that stand on their own,
/// public posts, comments that everybody may read, answers that were finished.
pub async fn all_documents(db: &Database, after: Option<DocId>, limit: u64) -> Result<Vec<DocId>, Error> {
    let mut found = Vec::new();
    for kind in [Kind::Paper, Kind::Post, Kind::Comment, Kind::Answer] {
        let left = limit.saturating_sub(found.len() as u64);
        let from = match after {
            Some(after) if after.kind > kind => continue,
            Some(after) if after.kind == kind => after.id,
            _ => i64::MIN,
        };
        if left > 0 {
            let ids = ids_after(db, kind, from, left).await?;
            found.extend(ids.into_iter().map(|id| DocId { kind, id }));
        }
    }
    Ok(found)
}

async fn newest(connection: &impl ConnectionTrait) -> Result<Option<i64>, Error> {
    let newest =
        change_log::Entity::find().order_by_desc(change_log::Column::Sequence).one(connection).await?;
    Ok(newest.map(|row| row.sequence))
}

fn doc(kind: &str, id: i64) -> Result<DocId, Error> {
    let kind =
        Kind::of(kind).ok_or_else(|| Error::Corrupt(format!("the kind {kind:?} in the change log")))?;
    Ok(DocId { kind, id })
}

async fn ids_after(db: &Database, kind: Kind, from: i64, limit: u64) -> Result<Vec<i64>, Error> {
    macro_rules! ids {
        ($table:ident, $condition:expr) => {
            $table::Entity::find()
                .select_only()
                .column($table::Column::Id)
                .filter($table::Column::Id.gt(from))
                .filter($condition)
                .order_by_asc($table::Column::Id)
                .limit(limit)
                .into_tuple()
                .all(db.read())
                .await?
        };
    }
    Ok(match kind {
        Kind::Paper => ids!(papers, papers::Column::RootId.is_null()),
        Kind::Post => ids!(posts, crate::posts::readable()),
        Kind::Comment => ids!(comments, crate::comments::readable()),
        Kind::Answer => ids!(answers, crate::answers::finished()),
    })
}

/// Makes this the writer whose entries come next. To be called before any entry is written, and, when
/// the changes depend on what is there, before that is read.
pub(crate) async fn lock(write: &Write) -> Result<(), Error> {
    write.lock(LOCK).await
}

/// Writes entries. They become visible with the changes they speak of, never earlier or later.
pub(crate) async fn log(write: &Write, docs: impl IntoIterator<Item = DocId>) -> Result<(), Error> {
    lock(write).await?;
    let entries = docs.into_iter().map(|doc| change_log::ActiveModel {
        sequence: NotSet,
        kind: Set(doc.kind.name().to_owned()),
        id: Set(doc.id),
    });
    for piece in in_pieces(entries) {
        change_log::Entity::insert_many(piece).exec_without_returning(&**write).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sea_orm::Statement;

    use super::*;

    async fn database() -> Database {
        let db = crate::connect(&crate::postgres::new_database()).await.expect("the server is there");
        crate::migrate(&db).await.expect("the schema fits");
        db
    }

    fn paper(id: i64) -> DocId {
        DocId { kind: Kind::Paper, id }
    }

    /// Entries that come after a position, and the new position.
    async fn follow(db: &Database, position: &mut i64) -> Vec<i64> {
        let news = after(db, *position, 99).await.expect("changes");
        *position = news.last().map_or(*position, |last| last.sequence);
        news.into_iter().map(|change| change.doc.id).collect()
    }

    async fn until_it_waits_for_a_lock<T>(writer: &tokio::task::JoinHandle<T>, db: &Database) {
        let sql = "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database \
                   WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()";
        loop {
            assert!(!writer.is_finished(), "it did not wait");
            let waiting = Statement::from_string(db.read().get_database_backend(), sql);
            let row = db.read().query_one_raw(waiting).await.expect("an answer").expect("a row");
            if row.try_get::<i64>("", "count").expect("a number") == 1 {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn the_one_that_began_later_may_commit_first() {
        let db = database().await;
        let mut position = 0;
        let earlier = db.write(Durability::Full).await.expect("begun");
        let later = db.write(Durability::Full).await.expect("begun");
        log(&later, [paper(2)]).await.expect("logged");
        later.commit().await.expect("committed");
        assert_eq!(follow(&db, &mut position).await, [2]);
        log(&earlier, [paper(1)]).await.expect("logged");
        earlier.commit().await.expect("committed");
        assert_eq!(follow(&db, &mut position).await, [1]);
    }

    #[tokio::test]
    async fn nobody_gets_a_number_while_another_has_one_that_is_not_committed() {
        let db = database().await;
        let mut position = 0;
        let first = db.write(Durability::Full).await.expect("begun");
        log(&first, [paper(1)]).await.expect("logged");
        let second = tokio::spawn({
            let db = db.clone();
            async move {
                let write = db.write(Durability::Full).await.expect("begun");
                log(&write, [paper(2)]).await.expect("logged");
                write.commit().await.expect("committed");
            }
        });
        until_it_waits_for_a_lock(&second, &db).await;
        assert_eq!(follow(&db, &mut position).await, [0; 0]);
        first.commit().await.expect("committed");
        second.await.expect("no panic");
        assert_eq!(follow(&db, &mut position).await, [1, 2]);
    }
}
