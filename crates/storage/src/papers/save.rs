use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use content::{DocId, Harvested, Kind, RecordKey};
use sea_orm::{
    ActiveValue::{NotSet, Set, Unchanged},
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
};
use sha2::{Digest, Sha256};

use super::{
    counts::Change,
    listed::{self, Head},
    twins,
};
use crate::{
    Database, Error, changes,
    connection::{Durability, Write},
    rows::{papers, records},
    text::{in_pieces, names_to_json, now, storable},
};

/// What became of a batch of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Saved {
    /// Records of papers that were not known.
    pub new: u64,
    /// Records of known papers that say something else than before, or are another version.
    pub changed: u64,
    /// Records that are stored already, to the letter.
    pub unchanged: u64,
}

/// Saves a batch in one transaction, with its entries in the change log. What is stored already is not
/// written again. Of several records with equal keys the last one is saved; the others count as unchanged.
pub async fn save(db: &Database, batch: &[Harvested]) -> Result<Saved, Error> {
    let write = db.write(Durability::Relaxed).await?;
    let saved = save_in(&write, batch).await?;
    write.commit().await?;
    Ok(saved)
}

/// The same within a transaction that has more to do. Papers that are new are joined to their twins.
pub(crate) async fn save_in(write: &Write, batch: &[Harvested]) -> Result<Saved, Error> {
    // Before reading what is there: two writers must not both find a paper new.
    changes::lock(write).await?;
    let known = known(write, batch).await?;
    let work = Work::of(batch, &known);
    if work.inserts.is_empty() && work.updates.is_empty() {
        return Ok(work.saved(batch.len()));
    }
    let touched = work.carry_out(write, &known).await?;
    changes::log(write, touched.into_iter().map(|id| DocId { kind: Kind::Paper, id })).await?;
    Ok(work.saved(batch.len()))
}

/// A source's name and its identifier of a paper.
type Item<'a> = (&'a str, &'a str);

/// What is stored of an item.
struct Known {
    paper: i64,
    root: i64,
    /// Key and digest of each version.
    versions: HashMap<String, (i64, String)>,
}

/// What has to be done for a batch.
struct Work<'a> {
    /// The first record of each item that is not known.
    new: Vec<&'a Harvested>,
    /// Records to insert, with their digests; those of new items are among them.
    inserts: Vec<(&'a Harvested, String)>,
    /// Records to replace, with their keys.
    updates: Vec<(i64, &'a Harvested, String)>,
}

impl<'a> Work<'a> {
    fn of(batch: &'a [Harvested], known: &HashMap<(String, String), Known>) -> Self {
        let last: HashMap<&RecordKey, usize> =
            batch.iter().enumerate().map(|(at, harvested)| (&harvested.record.key, at)).collect();
        let mut work = Self { new: Vec::new(), inserts: Vec::new(), updates: Vec::new() };
        let mut met: BTreeSet<Item> = BTreeSet::new();
        for (at, harvested) in batch.iter().enumerate() {
            let key = &harvested.record.key;
            if last[key] != at {
                continue;
            }
            let digest = digest(harvested);
            let item = known.get(&(key.source.clone(), key.id.clone()));
            match item.and_then(|item| item.versions.get(&key.version)) {
                Some((_, stored)) if *stored == digest => {}
                Some((id, _)) => work.updates.push((*id, harvested, digest)),
                None => {
                    if item.is_none() && met.insert((&key.source, &key.id)) {
                        work.new.push(harvested);
                    }
                    work.inserts.push((harvested, digest));
                }
            }
        }
        work
    }

    fn saved(&self, given: usize) -> Saved {
        let new = self.new.len();
        let changed = self.inserts.len() - new + self.updates.len();
        Saved { new: new as u64, changed: changed as u64, unchanged: (given - new - changed) as u64 }
    }

    /// Writes, and names the papers that changed.
    async fn carry_out(
        &self,
        write: &Write,
        known: &HashMap<(String, String), Known>,
    ) -> Result<BTreeSet<i64>, Error> {
        let made = insert_papers(write, &self.new).await?;
        Change::all(made.len() as i64).save(write).await?;
        let of = |key: &RecordKey| match known.get(&(key.source.clone(), key.id.clone())) {
            Some(known) => (known.paper, known.root),
            None => {
                let paper = made[&(key.source.as_str(), key.id.as_str())];
                (paper, paper)
            }
        };
        insert_records(
            write,
            self.inserts.iter().map(|(one, digest)| row(one, of(&one.record.key).0, digest)),
        )
        .await?;
        for (id, one, digest) in &self.updates {
            let mut row = row(one, of(&one.record.key).0, digest);
            row.id = Unchanged(*id);
            records::Entity::update(row).exec(&**write).await?;
        }
        let mut heads: BTreeMap<i64, Vec<Head>> = BTreeMap::new();
        for (one, _) in &self.inserts {
            heads.entry(of(&one.record.key).1).or_default().push(Head::of(&one.record, 0));
        }
        let mut touched: BTreeSet<i64> = heads
            .keys()
            .copied()
            .chain(self.updates.iter().map(|(_, one, _)| of(&one.record.key).1))
            .collect();
        // Most papers are new and have one record: there is nothing to read back.
        let made: BTreeMap<i64, &Harvested> =
            self.new.iter().map(|one| (of(&one.record.key).0, *one)).collect();
        heads.retain(|paper, heads| made.contains_key(paper) && heads.len() == 1);
        let others = touched.iter().filter(|paper| !heads.contains_key(paper)).copied().collect();
        listed::refresh(write, &others).await?;
        listed::add(write, heads, &HashMap::new()).await?;
        // What has another title now may have a twin now.
        let changed =
            self.inserts.iter().map(|(one, _)| *one).chain(self.updates.iter().map(|(_, one, _)| *one));
        let changed = changed.map(|one| (of(&one.record.key).0, one)).collect();
        touched.extend(twins::join(write, &changed).await?);
        Ok(touched)
    }
}

#[derive(FromQueryResult)]
struct Found {
    id: i64,
    paper_id: i64,
    root_id: Option<i64>,
    source_id: String,
    version: String,
    digest: String,
}

/// What is stored of the items of a batch: one question for each source.
async fn known(write: &Write, batch: &[Harvested]) -> Result<HashMap<(String, String), Known>, Error> {
    use records::Column;
    let mut items: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Harvested { record, .. } in batch {
        items.entry(&record.key.source).or_default().insert(&record.key.id);
    }
    let mut known: HashMap<(String, String), Known> = HashMap::new();
    let paper = || records::Entity::belongs_to(papers::Entity).from(Column::PaperId).to(papers::Column::Id);
    for (source, ids) in items {
        for piece in in_pieces(ids) {
            let rows = records::Entity::find()
                .select_only()
                .columns([Column::Id, Column::PaperId, Column::SourceId, Column::Version, Column::Digest])
                .column(papers::Column::RootId)
                .join(JoinType::InnerJoin, paper().into())
                .filter(Column::Source.eq(source))
                .filter(Column::SourceId.is_in(piece))
                .into_model::<Found>()
                .all(&**write)
                .await?;
            for row in rows {
                let fresh = || Known {
                    paper: row.paper_id,
                    root: row.root_id.unwrap_or(row.paper_id),
                    versions: HashMap::new(),
                };
                let item = known.entry((source.to_owned(), row.source_id)).or_insert_with(fresh);
                item.versions.insert(row.version, (row.id, row.digest));
            }
        }
    }
    Ok(known)
}

/// Makes a paper for each new item.
async fn insert_papers<'a>(write: &Write, new: &[&'a Harvested]) -> Result<HashMap<Item<'a>, i64>, Error> {
    let mut keys: BTreeMap<NaiveDate, Vec<i64>> = BTreeMap::new();
    for piece in in_pieces(new.iter()) {
        let rows = piece
            .into_iter()
            .map(|one| papers::ActiveModel { date: Set(one.record.date), ..Default::default() });
        for paper in papers::Entity::insert_many(rows).exec_with_returning(&**write).await? {
            keys.entry(paper.date).or_default().push(paper.id);
        }
    }
    // The order in which keys come back is not promised, but papers of a day are alike.
    keys.values_mut().for_each(|keys| keys.sort_unstable_by(|a, b| b.cmp(a)));
    let with_key = |one: &&'a Harvested| {
        let key = keys.get_mut(&one.record.date).and_then(Vec::pop);
        let key =
            key.ok_or_else(|| Error::Corrupt("fewer papers came back than were inserted".to_owned()))?;
        Ok(((one.record.key.source.as_str(), one.record.key.id.as_str()), key))
    };
    new.iter().map(with_key).collect()
}

async fn insert_records(
    write: &Write,
    rows: impl Iterator<Item = records::ActiveModel>,
) -> Result<(), Error> {
    for piece in in_pieces(rows) {
        records::Entity::insert_many(piece).exec_without_returning(&**write).await?;
    }
    Ok(())
}

fn row(harvested: &Harvested, paper: i64, digest: &str) -> records::ActiveModel {
    let Harvested { record, raw } = harvested;
    let venue = record.venue.as_ref();
    records::ActiveModel {
        id: NotSet,
        paper_id: Set(paper),
        source: Set(record.key.source.clone()),
        source_id: Set(record.key.id.clone()),
        version: Set(record.key.version.clone()),
        digest: Set(digest.to_owned()),
        date: Set(record.date),
        title: Set(storable(&record.title)),
        authors: Set(names_to_json(&record.authors)),
        categories: Set(names_to_json(&record.categories)),
        keywords: Set(names_to_json(&record.keywords)),
        venue_key: Set(venue.map(|venue| storable(&venue.key))),
        venue_year: Set(venue.map(|venue| venue.year)),
        venue_name: Set(venue.map(|venue| storable(&venue.name))),
        note: Set(record.note.as_deref().map(storable)),
        seen: Set(now()),
        summary: Set(storable(&record.summary)),
        raw: Set(storable(raw)),
        page: Set(record.links.page.as_deref().map(storable)),
        pdf: Set(record.links.pdf.as_deref().map(storable)),
        doi: Set(record.links.doi.as_deref().map(storable)),
        license: Set(record.links.license.as_deref().map(storable)),
        remark: Set(record.remark.as_deref().map(storable)),
        journal: Set(record.journal.as_deref().map(storable)),
        venue_group: Set(venue.and_then(|venue| venue.group.as_deref()).map(storable)),
        withdrawn: Set(record.withdrawn),
        fingerprint: Set(twins::fingerprint(&record.title)),
    }
}

/// Equal for what would be stored alike.
fn digest(harvested: &Harvested) -> String {
    let record = serde_json::to_vec(&harvested.record).expect("a record has no maps with odd keys");
    let mut hash = Sha256::new();
    hash.update((record.len() as u64).to_le_bytes());
    hash.update(record);
    hash.update(&harvested.raw);
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
