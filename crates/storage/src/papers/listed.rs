//! Where a paper is listed, worked out from its records and kept beside it so that lists are index scans.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use content::{Announced, Record, RecordKey, Venue, canonical_category};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{Set, Unchanged},
    ColumnTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter, QueryOrder,
};

use super::counts::Change;
use crate::{
    Error,
    connection::Write,
    rows::{announcements, paper_categories, paper_venues, papers, records},
    text::{in_pieces, names_from_json, storable},
};

/// More than any list of a day has. What was announced stands before the rest of its day, in the order of the list;
/// lists go from great to small, so that the first place is the greatest.
pub(super) const LAST: i32 = 1_000_000;

/// What decides where a record is listed.
pub(super) struct Head {
    pub(super) rank: Rank,
    pub(super) date: NaiveDate,
    pub(super) arxiv: bool,
    pub(super) categories: Vec<String>,
    pub(super) id: String,
    pub(super) venue: Option<Venue>,
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
            id: record.key.id.clone(),
            venue: record.venue.clone(),
        }
    }
}

/// Lists papers that are not listed anywhere yet. Those of which `stars` says nothing have none.
pub(super) async fn add(
    write: &Write,
    papers: impl IntoIterator<Item = (i64, Vec<Head>)>,
    stars: &HashMap<i64, i32>,
) -> Result<(), Error> {
    let papers: Vec<_> = papers.into_iter().collect();
    let announced = announced(write, &papers).await?;
    let (mut categories, mut venues) = (Vec::new(), Vec::new());
    for (paper, heads) in &papers {
        let stars = stars.get(paper).copied().unwrap_or(0);
        categories.extend(categories_of(*paper, heads, &announced, stars));
        venues.extend(venues_of(*paper, heads, stars));
    }
    let mut change = Change::default();
    change.categories(&categories, 1);
    change.venues(&venues, 1);
    for piece in in_pieces(categories) {
        let rows = piece.into_iter().map(paper_categories::Model::into_active_model);
        paper_categories::Entity::insert_many(rows.map(ActiveModelTrait::reset_all))
            .exec_without_returning(&**write)
            .await?;
    }
    for piece in in_pieces(venues) {
        let rows = piece.into_iter().map(paper_venues::Model::into_active_model);
        paper_venues::Entity::insert_many(rows.map(ActiveModelTrait::reset_all))
            .exec_without_returning(&**write)
            .await?;
    }
    change.save(write).await
}

/// Lists papers anew after their records changed. A paper that another one stands for is not listed.
pub(super) async fn refresh(write: &Write, papers: &BTreeSet<i64>) -> Result<(), Error> {
    for piece in in_pieces(papers.iter().copied()) {
        remove(write, &piece).await?;
        let stars = stars(write, &piece).await?;
        let groups = heads_of(write, piece).await?;
        for (paper, heads) in &groups {
            let row =
                papers::ActiveModel { id: Unchanged(*paper), date: Set(date(heads)), ..Default::default() };
            papers::Entity::update(row).exec(&**write).await?;
        }
        add(write, groups, &stars).await?;
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    root: i64,
    source: String,
    source_id: String,
    version: String,
    date: NaiveDate,
    categories: String,
    venue_key: Option<String>,
    venue_year: Option<i32>,
    venue_name: Option<String>,
    venue_group: Option<String>,
}

async fn heads_of(write: &Write, papers: Vec<i64>) -> Result<HashMap<i64, Vec<Head>>, Error> {
    use records::Column;
    let columns = [
        Column::Id,
        Column::Source,
        Column::SourceId,
        Column::Version,
        Column::Date,
        Column::Categories,
        Column::VenueKey,
        Column::VenueYear,
        Column::VenueName,
        Column::VenueGroup,
    ];
    let rows = super::select(&columns, papers).into_model::<Row>().all(&**write).await?;
    let mut groups: HashMap<i64, Vec<Head>> = HashMap::new();
    for row in rows {
        groups.entry(row.root).or_default().push(head(row)?);
    }
    Ok(groups)
}

fn head(row: Row) -> Result<Head, Error> {
    let venue = row.venue_key.zip(row.venue_year).zip(row.venue_name);
    Ok(Head {
        rank: rank(&row.source, &row.version, row.date, row.id),
        date: row.date,
        arxiv: row.source == RecordKey::ARXIV,
        categories: names_from_json(&row.categories)?,
        id: row.source_id,
        venue: venue.map(|((key, year), name)| Venue { key, year, name, group: row.venue_group }),
    })
}

/// Takes papers out of all lists.
async fn remove(write: &Write, papers: &[i64]) -> Result<(), Error> {
    let categories = paper_categories::Column::PaperId.is_in(papers.iter().copied());
    let venues = paper_venues::Column::PaperId.is_in(papers.iter().copied());
    let mut change = Change::default();
    let rows = paper_categories::Entity::find().filter(categories.clone()).all(&**write).await?;
    change.categories(&rows, -1);
    let rows = paper_venues::Entity::find().filter(venues.clone()).all(&**write).await?;
    change.venues(&rows, -1);
    paper_categories::Entity::delete_many().filter(categories).exec(&**write).await?;
    paper_venues::Entity::delete_many().filter(venues).exec(&**write).await?;
    change.save(write).await
}

fn date(heads: &[Head]) -> NaiveDate {
    heads.iter().max_by_key(|head| head.rank).map(|head| head.date).unwrap_or_default()
}

/// When, where in the list and why a paper was announced, by identifier and category.
type AnnouncedIn = HashMap<(String, String), (NaiveDate, i32, String)>;

/// The first announcements of papers that are new in a list.
async fn announced(write: &Write, papers: &[(i64, Vec<Head>)]) -> Result<AnnouncedIn, Error> {
    let ids = papers.iter().flat_map(|(_, heads)| heads).filter(|head| head.arxiv).map(|head| &head.id);
    let ids: BTreeSet<&String> = ids.collect();
    let mut found = AnnouncedIn::new();
    for piece in in_pieces(ids) {
        let rows = announcements::Entity::find()
            .filter(announcements::Column::SourceId.is_in(piece))
            .filter(announcements::Column::Kind.ne(Announced::Replaced.name()))
            .order_by_desc(announcements::Column::Day)
            .all(&**write)
            .await?;
        let rows =
            rows.into_iter().map(|row| ((row.source_id, row.category), (row.day, row.place, row.kind)));
        found.extend(rows);
    }
    Ok(found)
}

/// The stars of those papers that have any.
async fn stars(write: &Write, papers: &[i64]) -> Result<HashMap<i64, i32>, Error> {
    let mut found: HashMap<i64, i32> = HashMap::new();
    let rows = papers::Entity::find()
        .filter(super::group(papers.to_vec()))
        .filter(papers::Column::Stars.gt(0))
        .all(&**write)
        .await?;
    for row in rows {
        *found.entry(row.root_id.unwrap_or(row.id)).or_default() += row.stars;
    }
    Ok(found)
}

/// Only arXiv's own categories are true; those of other sources were inferred.
fn categories_of(
    paper: i64,
    heads: &[Head],
    announced: &AnnouncedIn,
    stars: i32,
) -> Vec<paper_categories::Model> {
    let Some(shown) = heads.iter().filter(|head| head.arxiv).max_by_key(|head| head.rank) else {
        return Vec::new();
    };
    let own = shown.categories.first().map(|name| canonical_category(name));
    let names: BTreeSet<&str> = shown.categories.iter().map(|name| canonical_category(name)).collect();
    let row = |category: &str| {
        let kind = if own == Some(category) { Announced::New } else { Announced::Cross };
        let (date, place, kind) = match announced.get(&(shown.id.clone(), category.to_owned())) {
            Some((day, place, kind)) => (*day, LAST - place.clamp(&0, &LAST), kind.clone()),
            None => (date(heads), 0, kind.name().to_owned()),
        };
        paper_categories::Model { paper_id: paper, category: storable(category), date, place, stars, kind }
    };
    names.into_iter().map(row).collect()
}

fn venues_of(paper: i64, heads: &[Head], stars: i32) -> Vec<paper_venues::Model> {
    let mut ranked: Vec<&Head> = heads.iter().collect();
    ranked.sort_by_key(|head| head.rank);
    let editions: BTreeMap<(&String, i32), &Venue> = ranked
        .into_iter()
        .filter_map(|head| head.venue.as_ref())
        .map(|venue| ((&venue.key, venue.year), venue))
        .collect();
    let date = date(heads);
    let row = |venue: &Venue| paper_venues::Model {
        paper_id: paper,
        venue_key: storable(&venue.key),
        venue_year: venue.year,
        venue_name: storable(&venue.name),
        date,
        venue_group: venue.group.as_deref().map(storable),
        stars,
    };
    editions.into_values().map(row).collect()
}
