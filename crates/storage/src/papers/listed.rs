//! Where a paper is listed, worked out from its records and kept beside it so that lists are index scans.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use content::{Announced, Harvested, Venue, canonical_category};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{Set, Unchanged},
    ColumnTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use super::{
    counts::Change,
    order::{self, Item, Standing},
};
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
    standing: Standing,
    categories: Vec<String>,
    venue: Option<Venue>,
}

/// What decides where a paper is listed: its records, the one that is shown first.
type Heads = Vec<Item<Head>>;

impl Head {
    /// Of a record that is being saved.
    pub(super) fn of(harvested: &Harvested, digest: &str) -> Self {
        let standing = Standing::of(harvested, digest);
        Self {
            standing,
            categories: harvested.record.categories.clone(),
            venue: harvested.record.venue.clone(),
        }
    }
}

impl AsRef<Standing> for Head {
    fn as_ref(&self) -> &Standing {
        &self.standing
    }
}

/// Lists papers that are not listed anywhere yet. Those of which `stars` says nothing have none.
pub(super) async fn add(
    write: &Write,
    papers: impl IntoIterator<Item = (i64, Vec<Head>)>,
    stars: &HashMap<i64, i32>,
) -> Result<(), Error> {
    let papers: Vec<(i64, Heads)> =
        papers.into_iter().map(|(paper, heads)| (paper, order::items(heads))).collect();
    add_items(write, &papers, stars).await
}

async fn add_items(write: &Write, papers: &[(i64, Heads)], stars: &HashMap<i64, i32>) -> Result<(), Error> {
    let announced = announced(write, papers).await?;
    let (mut categories, mut venues) = (Vec::new(), Vec::new());
    for (paper, items) in papers {
        let stars = stars.get(paper).copied().unwrap_or(0);
        categories.extend(categories_of(*paper, items, &announced, stars));
        venues.extend(venues_of(*paper, items, stars));
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
pub(crate) async fn refresh(write: &Write, papers: &BTreeSet<i64>) -> Result<(), Error> {
    for piece in in_pieces(papers.iter().copied()) {
        remove(write, &piece).await?;
        let stars = stars(write, &piece).await?;
        let groups = heads_of(write, piece).await?;
        for (paper, items) in &groups {
            let row =
                papers::ActiveModel { id: Unchanged(*paper), date: Set(date(items)), ..Default::default() };
            papers::Entity::update(row).exec(&**write).await?;
        }
        add_items(write, &groups, &stars).await?;
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct Row {
    root: i64,
    #[sea_orm(nested)]
    standing: Standing,
    categories: String,
    venue_key: Option<String>,
    venue_year: Option<i32>,
    venue_name: Option<String>,
    venue_group: Option<String>,
}

async fn heads_of(write: &Write, papers: Vec<i64>) -> Result<Vec<(i64, Heads)>, Error> {
    use records::Column;
    let columns =
        [Column::Categories, Column::VenueKey, Column::VenueYear, Column::VenueName, Column::VenueGroup];
    let rows = super::select(&columns, papers).columns(Standing::COLUMNS);
    let mut groups: HashMap<i64, Vec<Head>> = HashMap::new();
    for row in rows.into_model::<Row>().all(&**write).await? {
        groups.entry(row.root).or_default().push(head(row)?);
    }
    Ok(groups.into_iter().map(|(paper, heads)| (paper, order::items(heads))).collect())
}

fn head(row: Row) -> Result<Head, Error> {
    let venue = row.venue_key.zip(row.venue_year).zip(row.venue_name);
    Ok(Head {
        standing: row.standing,
        categories: names_from_json(&row.categories)?,
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

/// The record that is shown.
fn shown(items: &[Item<Head>]) -> Option<&Head> {
    items.first()?.heard.first()
}

fn date(items: &[Item<Head>]) -> NaiveDate {
    shown(items).map(|head| head.standing.date).unwrap_or_default()
}

/// When, where in the list and why a paper was announced, by identifier and category.
type AnnouncedIn = HashMap<(String, String), (NaiveDate, i32, String)>;

/// The first announcements of papers that are new in a list.
async fn announced(write: &Write, papers: &[(i64, Heads)]) -> Result<AnnouncedIn, Error> {
    let shown = papers.iter().flat_map(|(_, items)| items).filter_map(|item| item.heard.first());
    let arxiv = shown.map(|head| &head.standing).filter(|standing| standing.is_arxiv());
    let ids: BTreeSet<&String> = arxiv.map(|standing| &standing.source_id).collect();
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
    items: &[Item<Head>],
    announced: &AnnouncedIn,
    stars: i32,
) -> Vec<paper_categories::Model> {
    let Some(shown) = shown(items).filter(|head| head.standing.is_arxiv()) else {
        return Vec::new();
    };
    let own = shown.categories.first().map(|name| canonical_category(name));
    let names: BTreeSet<&str> = shown.categories.iter().map(|name| canonical_category(name)).collect();
    let row = |category: &str| {
        let kind = if own == Some(category) { Announced::New } else { Announced::Cross };
        let (date, place, kind) =
            match announced.get(&(shown.standing.source_id.clone(), category.to_owned())) {
                Some((day, place, kind)) => (*day, LAST - place.clamp(&0, &LAST), kind.clone()),
                None => (date(items), 0, kind.name().to_owned()),
            };
        paper_categories::Model { paper_id: paper, category: storable(category), date, place, stars, kind }
    };
    let mut rows: Vec<_> = names.into_iter().map(row).collect();
    rows.extend(archives_of(&rows));
    // Old papers are in the archive itself.
    rows.sort_by(|one, other| one.category.cmp(&other.category).then_with(|| first(other).cmp(&first(one))));
    rows.dedup_by(|later, first| later.category == first.category);
    rows
}

/// Rows of archives, so that the list of one is a walk along an index as well, however many categories it has. A paper
/// stands there where it comes first in any of them, and is new if it is new in one.
fn archives_of(rows: &[paper_categories::Model]) -> Vec<paper_categories::Model> {
    let mut archives: BTreeMap<&str, paper_categories::Model> = BTreeMap::new();
    for row in rows {
        let Some(name) = content::archive(&row.category) else { continue };
        let archive = archives
            .entry(name)
            .or_insert_with(|| paper_categories::Model { category: name.to_owned(), ..row.clone() });
        (archive.date, archive.place) = first(archive).max(first(row));
        if row.kind == Announced::New.name() {
            archive.kind.clone_from(&row.kind);
        }
    }
    archives.into_values().collect()
}

/// Where a row stands: greater ones come first.
fn first(row: &paper_categories::Model) -> (NaiveDate, i32) {
    (row.date, row.place)
}

/// Each item is in the edition that the first of its records names, as it is shown.
fn venues_of(paper: i64, items: &[Item<Head>], stars: i32) -> Vec<paper_venues::Model> {
    let named = |item: &'_ Item<Head>| item.heard.iter().find_map(|head| head.venue.clone());
    let editions: BTreeMap<(String, i32), Venue> =
        items.iter().rev().filter_map(named).map(|venue| ((venue.key.clone(), venue.year), venue)).collect();
    let date = date(items);
    let row = |venue: &Venue| paper_venues::Model {
        paper_id: paper,
        venue_key: storable(&venue.key),
        venue_year: venue.year,
        venue_name: storable(&venue.name),
        date,
        venue_group: venue.group.as_deref().map(storable),
        stars,
    };
    editions.values().map(row).collect()
}
