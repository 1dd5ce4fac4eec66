use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate};
use content::Paper;
use sea_orm::{
    ConnectionTrait, QueryResult,
    sea_query::{Expr, ExprTrait, Func, Order, Query, SelectStatement},
};

use super::load;
use crate::{Cursor, Database, Error, Page};

/// Which part of which list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The list.
    pub scope: Scope,
    /// Only papers of this day.
    pub date: Option<NaiveDate>,
    /// Only what comes after this place.
    pub after: Option<Cursor>,
    /// The most papers on the page.
    pub limit: u64,
}

/// A list of papers, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Of a category. Only papers with an arXiv record: categories of others are inferred.
    Category(String),
    /// Of a venue, in one year or in all.
    Venue {
        /// The short name.
        key: String,
        /// The year of the edition.
        year: Option<i32>,
    },
    /// All there are.
    All,
}

/// One year of a venue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// The year.
    pub year: i32,
    /// How many papers it has.
    pub papers: u64,
    /// The full name that most of them give.
    pub name: String,
}

/// A page of a list.
pub async fn list(db: &Database, listing: &Listing) -> Result<Page<Paper>, Error> {
    let list = List::of(&listing.scope, listing.date);
    let mut page = list.rows();
    page.order_by("date", Order::Desc).order_by(list.id, Order::Desc).limit(listing.limit + 1);
    if let Some(after) = &listing.after {
        page.and_where(list.place().lt(place_of(after)));
    }
    let mut places = list.places(db, &page).await?;
    let total = count(db, &list.rows()).await?;
    let before = match &listing.after {
        Some(after) => count(db, list.rows().and_where(list.place().gte(place_of(after)))).await?,
        None => 0,
    };
    let more = places.len() as u64 > listing.limit;
    places.truncate(usize::try_from(listing.limit).unwrap_or(usize::MAX));
    let next = places.last().filter(|_| more).map(|(date, id)| Cursor::on(*date, *id));
    let ids: Vec<i64> = places.into_iter().map(|(_, id)| id).collect();
    Ok(Page { items: load(db.read(), &ids).await?, next, total, first: before + 1 })
}

/// How many papers a category has on each day of a month, for days that have any.
pub async fn days(db: &Database, category: &str, month: NaiveDate) -> Result<Vec<(NaiveDate, u64)>, Error> {
    let first = month.with_day(1).unwrap_or(month);
    let next = first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
    let days = Query::select()
        .column("date")
        .expr_as(Func::count(Expr::col("paper_id")), "papers")
        .from("paper_categories")
        .and_where(Expr::col("category").eq(category))
        .and_where(Expr::col("date").gte(first))
        .and_where(Expr::col("date").lt(next))
        .group_by_col("date")
        .order_by("date", Order::Asc)
        .take();
    let rows = db.read().query_all(&days).await?;
    rows.iter().map(|row| Ok((row.try_get("", "date")?, counted(row)?))).collect()
}

/// The last day on which a category has papers.
pub async fn latest_day(db: &Database, category: &str) -> Result<Option<NaiveDate>, Error> {
    day_before(db, category, NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default()).await
}

/// The last day before this one on which a category has papers.
pub async fn day_before(db: &Database, category: &str, date: NaiveDate) -> Result<Option<NaiveDate>, Error> {
    let latest = Query::select()
        .expr_as(Func::max(Expr::col("date")), "date")
        .from("paper_categories")
        .and_where(Expr::col("category").eq(category))
        .and_where(Expr::col("date").lt(date))
        .take();
    match db.read().query_one(&latest).await? {
        Some(row) => Ok(row.try_get("", "date")?),
        None => Ok(None),
    }
}

/// All categories with their numbers of papers, the largest first.
pub async fn categories(db: &Database) -> Result<Vec<(String, u64)>, Error> {
    largest(db, "paper_categories", "category").await
}

/// All venues with their numbers of papers, the largest first.
pub async fn venues(db: &Database) -> Result<Vec<(String, u64)>, Error> {
    largest(db, "paper_venues", "venue_key").await
}

/// The years of a venue, the latest first.
pub async fn editions(db: &Database, key: &str) -> Result<Vec<Edition>, Error> {
    let names = Query::select()
        .columns(["venue_year", "venue_name"])
        .expr_as(Func::count(Expr::col("paper_id")), "papers")
        .from("paper_venues")
        .and_where(Expr::col("venue_key").eq(key))
        .group_by_columns(["venue_year", "venue_name"])
        .order_by("papers", Order::Desc)
        .order_by("venue_name", Order::Asc)
        .take();
    let mut editions: BTreeMap<i32, Edition> = BTreeMap::new();
    for row in db.read().query_all(&names).await? {
        let year = row.try_get("", "venue_year")?;
        let name = row.try_get("", "venue_name")?;
        editions.entry(year).or_insert(Edition { year, papers: 0, name }).papers += counted(&row)?;
    }
    Ok(editions.into_values().rev().collect())
}

async fn largest(
    db: &Database,
    table: &'static str,
    column: &'static str,
) -> Result<Vec<(String, u64)>, Error> {
    let names = Query::select()
        .column(column)
        .expr_as(Func::count_distinct(Expr::col("paper_id")), "papers")
        .from(table)
        .group_by_col(column)
        .order_by("papers", Order::Desc)
        .order_by(column, Order::Asc)
        .take();
    let rows = db.read().query_all(&names).await?;
    rows.iter().map(|row| Ok((row.try_get("", column)?, counted(row)?))).collect()
}

fn counted(row: &QueryResult) -> Result<u64, Error> {
    Ok(row.try_get::<i64>("", "papers")?.unsigned_abs())
}

/// A list as a table of days and keys.
struct List {
    /// The column with the paper's key.
    id: &'static str,
    rows: SelectStatement,
}

impl List {
    fn of(scope: &Scope, date: Option<NaiveDate>) -> Self {
        let (id, table) = match scope {
            Scope::Category(_) => ("paper_id", "paper_categories"),
            Scope::Venue { .. } => ("paper_id", "paper_venues"),
            Scope::All => ("id", "papers"),
        };
        let mut rows = Query::select().columns(["date", id]).from(table).take();
        match scope {
            Scope::Category(name) => rows.and_where(Expr::col("category").eq(name)),
            Scope::Venue { key, year: Some(year) } => {
                rows.and_where(Expr::col("venue_key").eq(key)).and_where(Expr::col("venue_year").eq(*year))
            }
            // A paper may be in two editions of one venue.
            Scope::Venue { key, year: None } => rows.distinct().and_where(Expr::col("venue_key").eq(key)),
            Scope::All => rows.and_where(Expr::col("root_id").is_null()),
        };
        if let Some(date) = date {
            rows.and_where(Expr::col("date").eq(date));
        }
        Self { id, rows }
    }

    fn rows(&self) -> SelectStatement {
        self.rows.clone()
    }

    fn place(&self) -> Expr {
        Expr::tuple([Expr::col("date"), Expr::col(self.id)])
    }

    async fn places(&self, db: &Database, page: &SelectStatement) -> Result<Vec<(NaiveDate, i64)>, Error> {
        let rows = db.read().query_all(page).await?;
        rows.iter().map(|row| Ok((row.try_get("", "date")?, row.try_get("", self.id)?))).collect()
    }
}

fn place_of(cursor: &Cursor) -> Expr {
    Expr::tuple([Expr::val(cursor.at.date_naive()), Expr::val(cursor.id)])
}

async fn count(db: &Database, rows: &SelectStatement) -> Result<u64, Error> {
    let count = Query::select()
        .expr_as(Func::count(Expr::cust("*")), "papers")
        .from_subquery(rows.clone(), "rows")
        .take();
    match db.read().query_one(&count).await? {
        Some(row) => counted(&row),
        None => Ok(0),
    }
}
