use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use content::{DocId, Harvested, Kind, Record, RecordKey, Way};
use sea_orm::{
    ActiveValue::{NotSet, Set, Unchanged},
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
};
use sha2::{Digest, Sha256};

use super::{
    counts::Change,
    deletions::{self, Gone},
    listed::{self, Head},
    order::Standing,
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
/// written again. Of several records with equal keys the last one is saved, and so it is of several of one identifier
/// unless it is arXiv's, whose versions stay; the others count as unchanged.
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
    let is_new = |one: &&Harvested| !known.contains_key(&item(one));
    let gone = deletions::take(write, batch.iter().filter(is_new)).await?;
    let work = Work::of(batch, &known, &gone);
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
    versions: HashMap<String, Stored>,
}

/// What is compared of a version that is stored.
struct Stored {
    standing: Standing,
    way: Way,
    beside: Beside,
}

/// What a list says of a paper beside what its source says, as columns.
#[derive(Clone, PartialEq, Eq)]
struct Beside {
    keywords: String,
    venue: Option<(String, i32, String, Option<String>)>,
    page: Option<String>,
    pdf: Option<String>,
}

impl Beside {
    fn of(record: &Record) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(storable);
        let venue = record.venue.as_ref();
        Self {
            keywords: names_to_json(&record.keywords),
            venue: venue
                .map(|venue| (storable(&venue.key), venue.year, storable(&venue.name), text(&venue.group))),
            page: text(&record.links.page),
            pdf: text(&record.links.pdf),
        }
    }

    /// The same, with what another has where this one has nothing.
    fn or(self, other: &Self) -> Self {
        let other = other.clone();
        let nothing = names_to_json(&[]);
        Self {
            keywords: if self.keywords == nothing { other.keywords } else { self.keywords },
            venue: self.venue.or(other.venue),
            page: self.page.or(other.page),
            pdf: self.pdf.or(other.pdf),
        }
    }

    fn set(self, row: &mut records::ActiveModel) {
        let Self { keywords, venue, page, pdf } = self;
        (row.keywords, row.page, row.pdf) = (Set(keywords), Set(page), Set(pdf));
        let (key, year, name, group) = match venue {
            Some((key, year, name, group)) => (Some(key), Some(year), Some(name), group),
            None => (None, None, None, None),
        };
        (row.venue_key, row.venue_year) = (Set(key), Set(year));
        (row.venue_name, row.venue_group) = (Set(name), Set(group));
    }
}

/// What a record that comes does to the one that is stored under its key.
enum Effect {
    Nothing,
    /// Replaces it, but for what a list said beside it.
    Replace(Beside),
    /// Changes only what lists say beside it.
    Add(Beside),
    /// It is what holds now: something else was said since.
    Again,
}

impl Stored {
    /// What comes by the same way replaces what came before. The source's own word stands over a list's, whichever comes
    /// first, and so does its word that the paper is gone; a list's word stands where the source says nothing.
    fn effect(&self, harvested: &Harvested, digest: &str, item: &Known) -> Effect {
        let beside = Beside::of(&harvested.record);
        let same = self.standing.digest == digest;
        match (self.way, harvested.way) {
            (Way::Source, Way::Source) | (Way::List, Way::List) if same => {
                match item.versions.values().any(|other| self.standing.is_replaced_by(&other.standing)) {
                    true => Effect::Again,
                    false => Effect::Nothing,
                }
            }
            (_, Way::Source) => Effect::Replace(beside.or(&self.beside)),
            (Way::List, Way::List) if !self.standing.is_gone() => Effect::Replace(beside),
            _ if beside.clone().or(&self.beside) == self.beside => Effect::Nothing,
            _ => Effect::Add(beside.or(&self.beside)),
        }
    }
}

/// What has to be done for a batch.
struct Work<'a> {
    /// The first record of each item that is not known.
    new: Vec<&'a Harvested>,
    /// Records to insert, with their digests; those of new items are among them.
    inserts: Vec<(&'a Harvested, String)>,
    /// Records to change, as rows that say what changes.
    updates: Vec<(&'a Harvested, records::ActiveModel)>,
}

impl<'a> Work<'a> {
    /// `gone` is what its source deleted before anything of it was stored: only the source brings it back.
    fn of(batch: &'a [Harvested], known: &HashMap<(String, String), Known>, gone: &Gone) -> Self {
        let last: HashMap<(Item, Option<&str>), usize> =
            batch.iter().enumerate().map(|(at, harvested)| (place(harvested), at)).collect();
        let mut work = Self { new: Vec::new(), inserts: Vec::new(), updates: Vec::new() };
        let mut met: BTreeSet<Item> = BTreeSet::new();
        for (at, harvested) in batch.iter().enumerate() {
            let key = &harvested.record.key;
            if last[&place(harvested)] != at {
                continue;
            }
            let is_gone = harvested.way == Way::List && gone.contains(&item(harvested));
            let digest = if is_gone { String::new() } else { digest(harvested) };
            let item = known.get(&item(harvested));
            match item.and_then(|item| Some((item.versions.get(&key.version)?, item))) {
                Some((stored, item)) => work.update(stored, item, harvested, &digest),
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

    fn update(&mut self, stored: &Stored, item: &Known, harvested: &'a Harvested, digest: &str) {
        let row = match stored.effect(harvested, digest, item) {
            Effect::Nothing => return,
            Effect::Again => records::ActiveModel { seen: Set(now()), ..Default::default() },
            Effect::Replace(beside) => {
                let mut row = row(harvested, digest);
                beside.set(&mut row);
                row
            }
            Effect::Add(beside) => {
                let mut row = records::ActiveModel::default();
                beside.set(&mut row);
                row
            }
        };
        self.updates.push((harvested, records::ActiveModel { id: Unchanged(stored.standing.id), ..row }));
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
            self.inserts.iter().map(|(one, digest)| {
                let paper = Set(of(&one.record.key).0);
                records::ActiveModel { paper_id: paper, ..row(one, digest) }
            }),
        )
        .await?;
        for (_, row) in &self.updates {
            records::Entity::update(row.clone()).exec(&**write).await?;
        }
        let mut heads: BTreeMap<i64, Vec<Head>> = BTreeMap::new();
        for (one, digest) in &self.inserts {
            heads.entry(of(&one.record.key).1).or_default().push(Head::of(one, digest));
        }
        let mut touched: BTreeSet<i64> =
            heads.keys().copied().chain(self.updates.iter().map(|(one, _)| of(&one.record.key).1)).collect();
        // Most papers are new and have one record: there is nothing to read back.
        let made: BTreeMap<i64, &Harvested> =
            self.new.iter().map(|one| (of(&one.record.key).0, *one)).collect();
        heads.retain(|paper, heads| made.contains_key(paper) && heads.len() == 1);
        let others = touched.iter().filter(|paper| !heads.contains_key(paper)).copied().collect();
        listed::refresh(write, &others).await?;
        listed::add(write, heads, &HashMap::new()).await?;
        // What has another title now may have a twin now.
        let replaced = self.updates.iter().filter(|(_, row)| row.title.is_set()).map(|(one, _)| *one);
        let changed = self.inserts.iter().map(|(one, _)| *one).chain(replaced);
        let changed = changed.map(|one| (of(&one.record.key).0, &one.record)).collect();
        touched.extend(twins::join(write, &changed).await?);
        Ok(touched)
    }
}

fn item(Harvested { record, .. }: &Harvested) -> (String, String) {
    (record.key.source.clone(), record.key.id.clone())
}

/// Source and identifier, and the version where it is one.
fn place(harvested: &Harvested) -> (Item<'_>, Option<&str>) {
    let key = &harvested.record.key;
    ((&key.source, &key.id), harvested.record.is_arxiv().then_some(&key.version))
}

#[derive(FromQueryResult)]
struct Found {
    #[sea_orm(nested)]
    standing: Standing,
    paper_id: i64,
    root_id: Option<i64>,
    keywords: String,
    venue_key: Option<String>,
    venue_year: Option<i32>,
    venue_name: Option<String>,
    venue_group: Option<String>,
    page: Option<String>,
    pdf: Option<String>,
}

impl Found {
    fn stored(self) -> Result<Stored, Error> {
        let venue = self.venue_key.zip(self.venue_year).zip(self.venue_name);
        Ok(Stored {
            way: Way::of(&self.standing.way)
                .ok_or_else(|| Error::Corrupt(format!("the way {:?}", self.standing.way)))?,
            standing: self.standing,
            beside: Beside {
                keywords: self.keywords,
                venue: venue.map(|((key, year), name)| (key, year, name, self.venue_group)),
                page: self.page,
                pdf: self.pdf,
            },
        })
    }
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
                .columns(Standing::COLUMNS)
                .columns([Column::PaperId, Column::Keywords, Column::Page, Column::Pdf])
                .columns([Column::VenueKey, Column::VenueYear, Column::VenueName, Column::VenueGroup])
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
                let item =
                    known.entry((source.to_owned(), row.standing.source_id.clone())).or_insert_with(fresh);
                item.versions.insert(row.standing.version.clone(), row.stored()?);
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

/// A record as a row, but for the paper that it belongs to. Its source has deleted what has no digest.
fn row(harvested: &Harvested, digest: &str) -> records::ActiveModel {
    let Harvested { record, raw, way } = harvested;
    let venue = record.venue.as_ref();
    records::ActiveModel {
        id: NotSet,
        paper_id: NotSet,
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
        withdrawn: Set(record.withdrawn || digest.is_empty()),
        fingerprint: Set(twins::fingerprint(&record.title)),
        updated: Set(record.updated),
        way: Set(way.name().to_owned()),
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
