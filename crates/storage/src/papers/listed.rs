//! Where a paper is listed, worked out from its records and kept beside it so that lists are index scans.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use content::{Record, RecordKey};
use sea_orm::{
    ActiveValue::{Set, Unchanged},
    ColumnTrait, EntityTrait, FromQueryResult, QueryFilter,
};

use crate::{
    Error,
    connection::Write,
    rows::{paper_categories, paper_venues, papers, records},
    text::{in_pieces, names_from_json},
};

/// What decides where a record is listed.
pub(super) struct Head {
    pub(super) rank: Rank,
    pub(super) date: NaiveDate,
    pub(super) arxiv: bool,
    pub(super) categories: Vec<String>,
    pub(super) venue: Option<(String, i32, String)>,
}

/// The greatest of a paper's records is the one that is shown.
pub(super) type Rank = (bool, u32, NaiveDate, i64);

/// arXiv before others; of several versions the latest, of several sources the newest.
pub(super) fn rank(source: &str, version: &str, date: NaiveDate, id: i64) -> Rank {
    let arxiv = source == RecordKey::ARXIV;
    let number = version.strip_prefix('v').filter(|_| arxiv).and_then(|number| number.parse().ok());
    (arxiv, number.unwrap_or(0), date, id)
}

impl Head {
    /// Of a record that is stored under `id`.
    pub(super) fn of(record: &Record, id: i64) -> Self {
        Self {
            rank: rank(&record.key.source, &record.key.version, record.date, id),
            date: record.date,
            arxiv: record.is_arxiv(),
            categories: record.categories.clone(),
            venue: record.venue.as_ref().map(|venue| (venue.key.clone(), venue.year, venue.name.clone())),
        }
    }
}

/// Lists papers that are not listed anywhere yet.
pub(super) async fn add(
    write: &Write,
    papers: impl IntoIterator<Item = (i64, Vec<Head>)>,
) -> Result<(), Error> {
    let (mut categories, mut venues) = (Vec::new(), Vec::new());
    for (paper, heads) in papers {
        let date = date(&heads);
        categories.extend(categories_of(&heads).into_iter().map(|category| paper_categories::ActiveModel {
            paper_id: Set(paper),
            category: Set(category),
            date: Set(date),
        }));
        venues.extend(venues_of(&heads).into_iter().map(|((key, year), name)| paper_venues::ActiveModel {
            paper_id: Set(paper),
            venue_key: Set(key),
            venue_year: Set(year),
            venue_name: Set(name),
            date: Set(date),
        }));
    }
    for piece in in_pieces(categories) {
        paper_categories::Entity::insert_many(piece).exec_without_returning(&**write).await?;
    }
    for piece in in_pieces(venues) {
        paper_venues::Entity::insert_many(piece).exec_without_returning(&**write).await?;
    }
    Ok(())
}

/// Lists papers anew after their records changed. A paper that another one stands for is not listed.
pub(super) async fn refresh(write: &Write, papers: &BTreeSet<i64>) -> Result<(), Error> {
    for piece in in_pieces(papers.iter().copied()) {
        remove(write, &piece).await?;
        let groups = heads_of(write, piece).await?;
        for (paper, heads) in &groups {
            let row =
                papers::ActiveModel { id: Unchanged(*paper), date: Set(date(heads)), ..Default::default() };
            papers::Entity::update(row).exec(&**write).await?;
        }
        add(write, groups).await?;
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    root: i64,
    source: String,
    version: String,
    date: NaiveDate,
    categories: String,
    venue_key: Option<String>,
    venue_year: Option<i32>,
    venue_name: Option<String>,
}

async fn heads_of(write: &Write, papers: Vec<i64>) -> Result<HashMap<i64, Vec<Head>>, Error> {
    use records::Column;
    let columns = [
        Column::Id,
        Column::Source,
        Column::Version,
        Column::Date,
        Column::Categories,
        Column::VenueKey,
        Column::VenueYear,
        Column::VenueName,
    ];
    let rows = super::select(&columns, papers).into_model::<Row>().all(&**write).await?;
    let mut groups: HashMap<i64, Vec<Head>> = HashMap::new();
    for row in rows {
        groups.entry(row.root).or_default().push(Head {
            rank: rank(&row.source, &row.version, row.date, row.id),
            date: row.date,
            arxiv: row.source == RecordKey::ARXIV,
            categories: names_from_json(&row.categories)?,
            venue: row
                .venue_key
                .zip(row.venue_year)
                .zip(row.venue_name)
                .map(|((key, year), name)| (key, year, name)),
        });
    }
    Ok(groups)
}

async fn remove(write: &Write, papers: &[i64]) -> Result<(), Error> {
    let categories = paper_categories::Column::PaperId.is_in(papers.iter().copied());
    paper_categories::Entity::delete_many().filter(categories).exec(&**write).await?;
    let venues = paper_venues::Column::PaperId.is_in(papers.iter().copied());
    paper_venues::Entity::delete_many().filter(venues).exec(&**write).await?;
    Ok(())
}

fn date(heads: &[Head]) -> NaiveDate {
    heads.iter().max_by_key(|head| head.rank).map(|head| head.date).unwrap_or_default()
}

/// Only arXiv's own categories are true; those of other sources were inferred.
fn categories_of(heads: &[Head]) -> BTreeSet<String> {
    let shown = heads.iter().filter(|head| head.arxiv).max_by_key(|head| head.rank);
    shown.map(|head| head.categories.iter().cloned().collect()).unwrap_or_default()
}

fn venues_of(heads: &[Head]) -> BTreeMap<(String, i32), String> {
    let mut heads: Vec<&Head> = heads.iter().collect();
    heads.sort_by_key(|head| head.rank);
    heads
        .into_iter()
        .filter_map(|head| head.venue.clone())
        .map(|(key, year, name)| ((key, year), name))
        .collect()
}
