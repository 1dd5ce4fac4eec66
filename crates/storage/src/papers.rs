//! Papers and their records.
//!
//! A record belongs for ever to the paper that was made for its source's identifier. [`join`] makes one
//! paper stand for several; it rewrites nothing, so [`part`] restores what was there: comments and
//! answers stay with the paper they were made for, and are found from the one that stands for it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use content::{ArxivId, Counts, Links, Paper, PaperId, Record, RecordKey, Venue};
use sea_orm::{
    ActiveValue::{Set, Unchanged},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    Database, Error,
    connection::Write,
    rows::{papers, records},
    text::{in_pieces, names_from_json},
};

mod counts;
mod days;
mod deletions;
mod joins;
mod listed;
mod lists;
mod order;
mod renewal;
mod save;
mod twins;

use order::Standing;

pub use days::{DayKind, day_after, day_before, day_kinds, days, latest_day};
pub(crate) use deletions::note as note_deletion;
pub use joins::{join, part};
pub(crate) use listed::refresh;
pub use lists::{
    Categories, Edition, Listing, Order, Part, Scope, categories, edition_groups, editions, list, venue_key,
    venues,
};
pub use renewal::renew;
pub(crate) use save::save_in;
pub use save::{Saved, save};

/// The paper of that key, or the one that stands for it.
pub async fn by_id(db: &Database, id: PaperId) -> Result<Option<Paper>, Error> {
    let Some(root) = root_of(db.read(), id.0).await? else { return Ok(None) };
    Ok(load(db.read(), &[root]).await?.pop())
}

/// The papers of these keys, in the order asked. Left out: unknown ones, and ones that another paper
/// stands for.
pub async fn by_ids(db: &Database, ids: &[PaperId]) -> Result<Vec<Paper>, Error> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    load(db.read(), &ids).await
}

/// The paper of a source's identifier, in any version.
pub async fn by_record(db: &Database, source: &str, id: &str) -> Result<Option<Paper>, Error> {
    match own_paper(db.read(), source, id).await? {
        Some(paper) => by_id(db, PaperId(paper)).await,
        None => Ok(None),
    }
}

/// The paper of an arXiv identifier; its version does not matter.
pub async fn by_arxiv(db: &Database, id: &ArxivId) -> Result<Option<Paper>, Error> {
    by_record(db, RecordKey::ARXIV, id.id()).await
}

/// The paper of a DOI, in any spelling of it.
pub async fn by_doi(db: &Database, doi: &str) -> Result<Option<Paper>, Error> {
    let its = records::Entity::find()
        .select_only()
        .column(records::Column::PaperId)
        .filter(records::Column::Doi.is_in([doi.to_owned(), doi.to_lowercase(), doi.to_uppercase()]));
    match its.order_by_asc(records::Column::Id).limit(1).into_tuple().one(db.read()).await? {
        Some(paper) => by_id(db, PaperId(paper)).await,
        None => Ok(None),
    }
}

/// How many papers there are; joined ones count once.
pub async fn count(db: &Database) -> Result<u64, Error> {
    counts::of(db.read(), counts::Kind::All, "", "").await
}

/// A record as it is read back: all but what only a new import compares.
#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    standing: Standing,
    /// The paper that stands for it.
    root: i64,
    updated: Option<chrono::NaiveDate>,
    title: String,
    authors: String,
    categories: String,
    keywords: String,
    venue_key: Option<String>,
    venue_year: Option<i32>,
    venue_name: Option<String>,
    venue_group: Option<String>,
    note: Option<String>,
    summary: String,
    page: Option<String>,
    pdf: Option<String>,
    doi: Option<String>,
    license: Option<String>,
    remark: Option<String>,
    journal: Option<String>,
    withdrawn: bool,
    paper_id: i64,
    stars: i32,
    opened: i32,
    readings: i32,
}

impl AsRef<Standing> for Row {
    fn as_ref(&self) -> &Standing {
        &self.standing
    }
}

/// Papers that stand on their own, in the order asked.
async fn load(connection: &impl ConnectionTrait, roots: &[i64]) -> Result<Vec<Paper>, Error> {
    let mut groups: HashMap<i64, Vec<Row>> = HashMap::new();
    for piece in in_pieces(roots.iter().copied()) {
        for row in rows_of(connection, piece).await? {
            groups.entry(row.root).or_default().push(row);
        }
    }
    roots.iter().filter_map(|root| Some(paper(*root, groups.remove(root)?))).collect()
}

async fn rows_of(connection: &impl ConnectionTrait, roots: Vec<i64>) -> Result<Vec<Row>, Error> {
    use records::Column;
    let columns = [
        Column::Updated,
        Column::Title,
        Column::Authors,
        Column::Categories,
        Column::Keywords,
        Column::VenueKey,
        Column::VenueYear,
        Column::VenueName,
        Column::VenueGroup,
        Column::Note,
        Column::Summary,
        Column::Page,
        Column::Pdf,
        Column::Doi,
        Column::License,
        Column::Remark,
        Column::Journal,
        Column::Withdrawn,
        Column::PaperId,
    ];
    let rows = select(&columns, roots).columns(Standing::COLUMNS).columns([
        papers::Column::Stars,
        papers::Column::Opened,
        papers::Column::Readings,
    ]);
    Ok(rows.into_model::<Row>().all(connection).await?)
}

/// Columns of the records of these papers' groups; `root` is the paper that stands for a record.
fn select(columns: &[records::Column], roots: Vec<i64>) -> Select<records::Entity> {
    let own = Expr::col((papers::Entity, papers::Column::Id));
    let root = Expr::col((papers::Entity, papers::Column::RootId)).if_null(own);
    let paper =
        records::Entity::belongs_to(papers::Entity).from(records::Column::PaperId).to(papers::Column::Id);
    records::Entity::find()
        .select_only()
        .columns(columns.iter().copied())
        .expr_as(root, "root")
        .join(JoinType::InnerJoin, paper.into())
        .filter(group(roots))
}

/// These papers, if they stand on their own, and all that they stand for.
pub(crate) fn group(roots: Vec<i64>) -> Condition {
    let themselves = Condition::all()
        .add(papers::Column::Id.is_in(roots.iter().copied()))
        .add(papers::Column::RootId.is_null());
    Condition::any().add(themselves).add(papers::Column::RootId.is_in(roots))
}

fn paper(id: i64, rows: Vec<Row>) -> Result<Paper, Error> {
    let counts = counted(&rows);
    let own = rows.iter().filter(|row| row.paper_id == id).map(|row| &row.standing).min_by_key(|row| row.id);
    let made_for = own.map(|own| (own.source.clone(), own.source_id.clone()));
    let made_for = made_for.ok_or_else(|| Error::Corrupt(format!("paper {id} has no record of its own")))?;
    let mut items = order::items(rows).into_iter();
    let first = items.next().ok_or_else(|| Error::Corrupt(format!("paper {id} has no record")))?;
    let rest = items.flat_map(|item| item.heard.into_iter().chain(item.replaced));
    let others = first.heard.iter().skip(1).chain(&first.replaced).map(|row| &row.standing);
    let mut others: Vec<_> = others.map(key).chain(rest.map(|row| key(&row.standing))).collect();
    others.sort_by_key(|(newest, _)| std::cmp::Reverse(*newest));
    let others = others.into_iter().map(|(_, key)| key).collect();
    Ok(Paper { id: PaperId(id), made_for, shown: shown(first.heard)?, others, counts })
}

/// The first record, with what the others of its item know beside it.
fn shown(heard: Vec<Row>) -> Result<Record, Error> {
    let records = heard.into_iter().map(record).collect::<Result<Vec<_>, _>>()?;
    let shown = records.into_iter().reduce(|shown, other| Record {
        venue: shown.venue.or(other.venue),
        keywords: if shown.keywords.is_empty() { other.keywords } else { shown.keywords },
        links: Links {
            page: shown.links.page.or(other.links.page),
            pdf: shown.links.pdf.or(other.links.pdf),
            ..shown.links
        },
        ..shown
    });
    shown.ok_or_else(|| Error::Corrupt("an item without a record".to_owned()))
}

/// Each of the joined papers has counts of its own, which all of its records name.
fn counted(rows: &[Row]) -> Counts {
    let papers: BTreeMap<i64, &Row> = rows.iter().map(|row| (row.paper_id, row)).collect();
    sum(papers.into_values().map(|row| [row.stars, row.opened, row.readings]))
}

/// How many readers did what with a paper and those that it stands for.
pub(crate) async fn counts_of(connection: &impl ConnectionTrait, root: i64) -> Result<Counts, Error> {
    let rows = papers::Entity::find().filter(group(vec![root])).all(connection).await?;
    Ok(sum(rows.into_iter().map(|row| [row.stars, row.opened, row.readings])))
}

fn sum(papers: impl Iterator<Item = [i32; 3]>) -> Counts {
    papers.map(|counts| counts.map(i32::unsigned_abs)).fold(
        Counts::default(),
        |sum, [stars, opened, readings]| Counts {
            stars: sum.stars + stars,
            opened: sum.opened + opened,
            readings: sum.readings + readings,
        },
    )
}

/// A record's key, after what the newest has the greatest of.
fn key(standing: &Standing) -> ((chrono::NaiveDate, i64), RecordKey) {
    let Standing { source, source_id, version, .. } = standing;
    let key = RecordKey { source: source.clone(), id: source_id.clone(), version: version.clone() };
    ((standing.date, standing.id), key)
}

fn record(row: Row) -> Result<Record, Error> {
    let venue = match (row.venue_key, row.venue_year, row.venue_name) {
        (Some(key), Some(year), Some(name)) => Some(Venue { key, year, name, group: row.venue_group }),
        _ => None,
    };
    let Standing { source, source_id, version, date, .. } = row.standing;
    let key = RecordKey { source, id: source_id, version };
    Ok(Record {
        authors: names_from_json(&row.authors)?,
        // Kept, and not shown: it is what was taken back.
        summary: if row.withdrawn { String::new() } else { row.summary },
        categories: names_from_json(&row.categories)?,
        venue,
        keywords: names_from_json(&row.keywords)?,
        note: row.note,
        links: Links { page: row.page, pdf: row.pdf, doi: row.doi, license: row.license },
        remark: row.remark,
        journal: row.journal,
        withdrawn: row.withdrawn,
        updated: row.updated,
        ..Record::new(key, row.title, date)
    })
}

/// The paper that was made for a source's identifier.
pub(crate) async fn own_paper(
    connection: &impl ConnectionTrait,
    source: &str,
    id: &str,
) -> Result<Option<i64>, Error> {
    let found = records::Entity::find()
        .select_only()
        .column(records::Column::PaperId)
        .filter(records::Column::Source.eq(source))
        .filter(records::Column::SourceId.eq(id))
        .order_by_asc(records::Column::Id)
        .into_tuple()
        .one(connection)
        .await?;
    Ok(found)
}

/// The paper that stands for a paper, or the paper itself.
pub(crate) async fn root_of(connection: &impl ConnectionTrait, id: i64) -> Result<Option<i64>, Error> {
    let found = papers::Entity::find_by_id(id).one(connection).await?;
    Ok(found.map(|paper| paper.root_id.unwrap_or(paper.id)))
}

/// The papers that stand for these, by what they stand for. Papers that stand on their own are left out.
pub(crate) async fn roots_of(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = i64>,
) -> Result<HashMap<i64, i64>, Error> {
    let mut roots = HashMap::new();
    for piece in in_pieces(ids) {
        let found: Vec<(i64, i64)> = papers::Entity::find()
            .select_only()
            .column(papers::Column::Id)
            .column(papers::Column::RootId)
            .filter(papers::Column::Id.is_in(piece))
            .filter(papers::Column::RootId.is_not_null())
            .into_tuple()
            .all(connection)
            .await?;
        roots.extend(found);
    }
    Ok(roots)
}

/// The papers that stand for these, or they themselves.
pub(crate) async fn roots(write: &Write, ids: BTreeSet<i64>) -> Result<BTreeSet<i64>, Error> {
    let roots = roots_of(&**write, ids.iter().copied()).await?;
    Ok(ids.into_iter().map(|id| roots.get(&id).copied().unwrap_or(id)).collect())
}

/// Lists the papers of these arXiv identifiers anew.
pub(crate) async fn list_again(write: &Write, ids: &[&str]) -> Result<(), Error> {
    let mut found: BTreeSet<i64> = BTreeSet::new();
    for piece in in_pieces(ids.iter().copied()) {
        let rows: Vec<i64> = records::Entity::find()
            .select_only()
            .column(records::Column::PaperId)
            .filter(records::Column::Source.eq(RecordKey::ARXIV))
            .filter(records::Column::SourceId.is_in(piece))
            .into_tuple()
            .all(&**write)
            .await?;
        found.extend(rows);
    }
    let papers = roots(write, found).await?;
    listed::refresh(write, &papers).await
}

/// Gives the records of an earlier schema their fingerprints. Twins among them are found by [`renew`].
pub(crate) async fn fingerprint_all(connection: &impl ConnectionTrait) -> Result<(), Error> {
    let mut after = 0;
    loop {
        let some: Vec<(i64, String)> = records::Entity::find()
            .select_only()
            .columns([records::Column::Id, records::Column::Title])
            .filter(records::Column::Id.gt(after))
            .order_by_asc(records::Column::Id)
            .limit(1000)
            .into_tuple()
            .all(connection)
            .await?;
        let Some((last, _)) = some.last() else { return Ok(()) };
        after = *last;
        for (id, title) in some {
            let row = records::ActiveModel {
                id: Unchanged(id),
                fingerprint: Set(twins::fingerprint(&title)),
                ..Default::default()
            };
            records::Entity::update_many()
                .set(row)
                .filter(records::Column::Id.eq(id))
                .exec(connection)
                .await?;
        }
    }
}

/// The paper and all that it stands for: where its comments, answers and texts may hang.
pub(crate) async fn members_of(connection: &impl ConnectionTrait, id: i64) -> Result<Vec<i64>, Error> {
    let itself = papers::Column::Id.eq(id);
    let found = papers::Entity::find()
        .select_only()
        .column(papers::Column::Id)
        .filter(Condition::any().add(itself).add(papers::Column::RootId.eq(id)))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found)
}
