//! An empty database of each engine, and things to put into it.

pub(crate) mod postgres;

use std::sync::Arc;

use chrono::NaiveDate;
use content::{Harvested, Record, RecordKey, Venue, Way};
use sea_orm::ConnectionTrait as _;
use storage::Database;
use tempfile::TempDir;

/// A database of its own for one test.
pub(crate) struct Engine {
    /// For messages.
    pub(crate) name: &'static str,
    /// Where it is.
    pub(crate) url: String,
    /// It, with the schema.
    pub(crate) db: Database,
    _folder: Option<Arc<TempDir>>,
}

impl Engine {
    /// Runs a statement for what no function of this crate does yet.
    pub(crate) async fn run(&self, statement: &str) {
        let connection = sea_orm::Database::connect(&self.url).await.expect("the engine is there");
        connection.execute_unprepared(statement).await.expect("the statement fits the schema");
    }
}

/// Both engines, with the schema and nothing else.
pub(crate) async fn engines() -> Vec<Engine> {
    let mut engines = Vec::new();
    for (name, url, folder) in places() {
        let db = storage::connect(&url).await.expect("the engine is there");
        storage::migrate(&db).await.expect("the schema fits");
        engines.push(Engine { name, url, db, _folder: folder });
    }
    engines
}

/// An address of each engine where nothing is yet.
pub(crate) fn places() -> Vec<(&'static str, String, Option<Arc<TempDir>>)> {
    let folder = tempfile::tempdir().expect("a folder");
    let sqlite = format!("sqlite:{}/data/inkstone.db", folder.path().display());
    vec![("SQLite", sqlite, Some(Arc::new(folder))), ("PostgreSQL", postgres::new_database(), None)]
}

/// A day of November 2025.
pub(crate) fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 11, day).expect("a day of November")
}

/// A record without anything special.
pub(crate) fn record(source: &str, id: &str, version: &str) -> Record {
    let key = RecordKey { source: source.into(), id: id.into(), version: version.into() };
    Record {
        authors: vec!["Ada Lovelace".into(), "Émilie du Châtelet".into()],
        summary: "We show that $a<b$.".into(),
        categories: vec!["cs.LG".into(), "math.CO".into()],
        keywords: vec!["shield".into()],
        ..Record::new(key, format!("On $x_1$ in {id}"), day(1))
    }
}

/// An arXiv record of a day.
pub(crate) fn arxiv(id: &str, version: &str, date: NaiveDate) -> Harvested {
    harvested(Record { date, ..record("arxiv", id, version) })
}

/// A conference record of a day.
pub(crate) fn published(id: &str, key: &str, year: i32, date: NaiveDate) -> Harvested {
    let venue = Venue { key: key.into(), year, name: format!("Proceedings of {key}"), group: None };
    harvested(Record { date, venue: Some(venue), ..record("paperlists", id, "h1") })
}

/// A record with the text it was read from.
pub(crate) fn harvested(record: Record) -> Harvested {
    let raw = format!("raw of {}", record.key.id);
    Harvested { record, raw, way: Way::Source }
}
