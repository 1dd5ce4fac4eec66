//! Which of a paper's records is shown, and whose word counts beside it.

use std::{cmp::Reverse, collections::BTreeMap};

use chrono::{DateTime, NaiveDate, Utc};
use content::{Harvested, RecordKey, Way};
use sea_orm::FromQueryResult;

use crate::{rows::records::Column, text::now};

/// What decides where a record stands among the others of its paper.
#[derive(FromQueryResult)]
pub(super) struct Standing {
    pub(super) id: i64,
    pub(super) source: String,
    pub(super) source_id: String,
    pub(super) version: String,
    pub(super) date: NaiveDate,
    pub(super) way: String,
    /// None since its source deleted it.
    pub(super) digest: String,
    /// When it was imported.
    pub(super) seen: DateTime<Utc>,
}

/// The records of one identifier of a source, the one that is shown first.
pub(super) struct Item<T> {
    /// Those whose word counts.
    pub(super) heard: Vec<T>,
    /// Those of which the source or the list said something else later.
    pub(super) replaced: Vec<T>,
}

impl Standing {
    pub(super) const COLUMNS: [Column; 8] = [
        Column::Id,
        Column::Source,
        Column::SourceId,
        Column::Version,
        Column::Date,
        Column::Way,
        Column::Digest,
        Column::Seen,
    ];

    /// Of a record that is being saved.
    pub(super) fn of(Harvested { record, way, .. }: &Harvested, digest: &str) -> Self {
        Self {
            id: 0,
            source: record.key.source.clone(),
            source_id: record.key.id.clone(),
            version: record.key.version.clone(),
            date: record.date,
            way: way.name().to_owned(),
            digest: digest.to_owned(),
            seen: now(),
        }
    }

    pub(super) fn is_arxiv(&self) -> bool {
        self.source == RecordKey::ARXIV
    }

    /// Whether its source has deleted it.
    pub(super) fn is_gone(&self) -> bool {
        self.digest.is_empty()
    }

    /// Whether another record of the same item says what holds now. Versions of arXiv stay; elsewhere a version is only a
    /// hash, and what was imported later by the same way corrects what came before.
    pub(super) fn is_replaced_by(&self, other: &Self) -> bool {
        !self.is_arxiv() && self.way == other.way && self.rank() < other.rank()
    }

    /// Among the records of one item: the source's own word before a list's, which does not bring back what the source
    /// deleted; of several versions the latest; else what was imported last.
    fn rank(&self) -> (u8, u32, DateTime<Utc>, i64) {
        let own = self.way == Way::Source.name();
        let said = match (own, self.is_gone()) {
            (true, false) => 3,
            (true, true) => 2,
            (false, true) => 1,
            (false, false) => 0,
        };
        let number = self.version.strip_prefix('v').filter(|_| self.is_arxiv());
        (said, number.and_then(|number| number.parse().ok()).unwrap_or(0), self.seen, self.id)
    }
}

/// A paper's records by item: arXiv's before others, of several sources the newest.
pub(super) fn items<T: AsRef<Standing>>(records: Vec<T>) -> Vec<Item<T>> {
    let mut items: BTreeMap<(String, String), Vec<T>> = BTreeMap::new();
    for record in records {
        let Standing { source, source_id, .. } = record.as_ref();
        items.entry((source.clone(), source_id.clone())).or_default().push(record);
    }
    let mut items: Vec<Item<T>> = items.into_values().map(item).collect();
    let newest = |item: &Item<T>| {
        let shown = item.heard.first().map(AsRef::as_ref);
        Reverse(shown.map(|shown: &Standing| (shown.is_arxiv(), shown.date, shown.id)))
    };
    items.sort_by_key(newest);
    items
}

fn item<T: AsRef<Standing>>(mut records: Vec<T>) -> Item<T> {
    records.sort_by_key(|record| Reverse(record.as_ref().rank()));
    let mut item = Item { heard: Vec::new(), replaced: Vec::new() };
    for record in records {
        let replaced = item.heard.iter().any(|other: &T| record.as_ref().is_replaced_by(other.as_ref()));
        if replaced { item.replaced.push(record) } else { item.heard.push(record) }
    }
    item
}
