use std::collections::BTreeMap;

use chrono::NaiveDate;
use content::{Announced, Paper, RecordKey};
use sea_orm::{
    ConnectionTrait, QueryResult,
    sea_query::{
        Condition, Expr, ExprTrait, Func, JoinType, Order as Direction, Query, SelectStatement, UnionType,
    },
};

use super::{
    counts::{self, Kind},
    listed::LAST,
    load,
};
use crate::{Cursor, Database, Error, paging::More};

/// Which part of which list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The list.
    pub scope: Scope,
    /// Only papers of this day.
    pub date: Option<NaiveDate>,
    /// What comes first.
    pub order: Order,
    /// Only what comes after this place.
    pub after: Option<Cursor>,
    /// The most papers on the page.
    pub limit: u64,
}

/// What comes first in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The newest day, in the order of arXiv's own list where that is known.
    #[default]
    Newest,
    /// What most readers starred, then the newest. Only for categories and venues.
    Stars,
}

/// A list of papers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Of categories. Only papers with an arXiv record: categories of others are inferred.
    Categories(Categories),
    /// Of a venue, in one year or in all.
    Venue {
        /// The short name.
        key: String,
        /// The year of the edition.
        year: Option<i32>,
        /// The part of the edition.
        group: Option<String>,
    },
    /// Of all venues.
    Venues,
    /// All there are.
    All,
}

/// Papers that are in any of some categories, and in none of others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Categories {
    /// In any of these; with none, there are no papers. An archive (`cs`) has those of all of its categories.
    pub any: Vec<String>,
    /// In none of these.
    pub not: Vec<String>,
    /// Only what is there for this reason. What was replaced can be asked for by day only.
    pub kind: Option<Announced>,
}

/// A part of a list of papers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The papers.
    pub items: Vec<Paper>,
    /// Where the next part begins, if there is one.
    pub next: Option<Cursor>,
    /// How long the whole list is now; unknown where only counting would tell.
    pub total: Option<u64>,
    /// The number of the first paper in the whole list, from 1.
    pub first: u64,
}

/// One year of a venue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// The year.
    pub year: i32,
    /// How many papers it has.
    pub papers: u64,
    /// The full name that most of them give, without what names a part: a volume, a kind of talk.
    pub name: String,
}

impl Listing {
    /// The first papers of a list.
    pub fn first(scope: Scope, limit: u64) -> Self {
        Self { scope, date: None, order: Order::Newest, after: None, limit }
    }
}

impl Scope {
    /// The list of one category.
    pub fn category(name: &str) -> Self {
        Self::Categories(Categories { any: vec![name.to_owned()], ..Categories::default() })
    }

    /// A venue, in one year or in all.
    pub fn venue(key: &str, year: Option<i32>) -> Self {
        Self::Venue { key: key.to_owned(), year, group: None }
    }
}

/// A part of a list.
pub async fn list(db: &Database, listing: &Listing) -> Result<Part, Error> {
    let list = List::of(listing);
    let mut rows = db.read().query_all(&list.page()).await?;
    let limit = usize::try_from(listing.limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let before = listing.after.map_or(0, |after| after.more.before);
    let next = match rows.last().filter(|_| more) {
        Some(last) => Some(list.cursor(last, before + rows.len() as u64)?),
        None => None,
    };
    let ids = rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect::<Result<Vec<i64>, Error>>()?;
    let total = total(db, listing).await?;
    Ok(Part { items: load(db.read(), &ids).await?, next, total, first: before + 1 })
}

/// All categories and archives with their numbers of papers, the largest first.
pub async fn categories(db: &Database) -> Result<Vec<(String, u64)>, Error> {
    counts::largest(db.read(), Kind::Category).await
}

/// All venues with their numbers of papers, the largest first.
pub async fn venues(db: &Database) -> Result<Vec<(String, u64)>, Error> {
    counts::largest(db.read(), Kind::Venue).await
}

/// The short name of a venue as it is stored, whatever capitals it is asked for with.
pub async fn venue_key(db: &Database, name: &str) -> Result<Option<String>, Error> {
    if counts::of(db.read(), Kind::Venue, name, "").await? > 0 {
        return Ok(Some(name.to_owned()));
    }
    let wanted = name.to_lowercase();
    Ok(venues(db).await?.into_iter().map(|(key, _)| key).find(|key| key.to_lowercase() == wanted))
}

/// The years of a venue, the latest first.
pub async fn editions(db: &Database, key: &str) -> Result<Vec<Edition>, Error> {
    let mut named: BTreeMap<i32, BTreeMap<String, u64>> = BTreeMap::new();
    for (part, papers) in counts::parts(db.read(), Kind::Edition, key).await? {
        let (year, name) = year_and_rest(&part)?;
        *named.entry(year).or_default().entry(content::whole_edition(name).to_owned()).or_default() += papers;
    }
    let edition = |(year, names): (i32, BTreeMap<String, u64>)| {
        let papers = names.values().sum();
        // The first of equal ones.
        let name = names.into_iter().rev().max_by_key(|(_, papers)| *papers).map(|(name, _)| name);
        Edition { year, papers, name: name.unwrap_or_default() }
    };
    Ok(named.into_iter().rev().map(edition).collect())
}

/// The parts of an edition with their numbers of papers, by name.
pub async fn edition_groups(db: &Database, key: &str, year: i32) -> Result<Vec<(String, u64)>, Error> {
    let mut groups = Vec::new();
    for (part, papers) in counts::parts(db.read(), Kind::Group, key).await? {
        let (of, name) = year_and_rest(&part)?;
        if of == year {
            groups.push((name.to_owned(), papers));
        }
    }
    Ok(groups)
}

fn year_and_rest(part: &str) -> Result<(i32, &str), Error> {
    let parts = part.split_once('/').and_then(|(year, rest)| Some((year.parse().ok()?, rest)));
    parts.ok_or_else(|| Error::Corrupt(format!("the part {part:?} of a venue")))
}

pub(super) fn counted(row: &QueryResult) -> Result<u64, Error> {
    Ok(row.try_get::<i64>("", "papers")?.unsigned_abs())
}

/// How long a list is: what is kept beside it, or a count of one day's papers.
async fn total(db: &Database, listing: &Listing) -> Result<Option<u64>, Error> {
    let kept = async |kind, name: &str, part: &str| counts::of(db.read(), kind, name, part).await.map(Some);
    match (&listing.scope, listing.date) {
        (Scope::All, None) => kept(Kind::All, "", "").await,
        (Scope::Categories(Categories { any, not, kind: None }), date)
            if any.len() == 1 && not.is_empty() =>
        {
            match date {
                Some(day) => kept(Kind::Day, &any[0], &day.to_string()).await,
                None => kept(Kind::Category, &any[0], "").await,
            }
        }
        (Scope::Venue { key, year: None, group: None }, None) => kept(Kind::Venue, key, "").await,
        (Scope::Venue { key, year: Some(year), group: Some(group) }, None) => {
            kept(Kind::Group, key, &format!("{year}/{group}")).await
        }
        (Scope::Venue { key, year: Some(year), group: None }, None) => {
            let editions = editions(db, key).await?;
            Ok(editions.iter().find(|edition| edition.year == *year).map(|edition| edition.papers))
        }
        (_, Some(_)) => {
            count(db, &List::of(&Listing { after: None, ..listing.clone() }).rows()).await.map(Some)
        }
        (_, None) => Ok(None),
    }
}

async fn count(db: &Database, rows: &SelectStatement) -> Result<u64, Error> {
    let ids = Query::select().distinct().column("id").from_subquery(rows.clone(), "rows").take();
    let count =
        Query::select().expr_as(Func::count(Expr::cust("*")), "papers").from_subquery(ids, "ids").take();
    match db.read().query_one(&count).await? {
        Some(row) => counted(&row),
        None => Ok(0),
    }
}

/// A list as statements.
struct List<'a> {
    listing: &'a Listing,
    /// The columns by which it is ordered, from great to small: the stars if they count, the day, the place in it, the key.
    order: Vec<&'static str>,
}

impl<'a> List<'a> {
    fn of(listing: &'a Listing) -> Self {
        let order: &[_] = match (&listing.scope, listing.order) {
            (Scope::Categories(list), _) if list.kind == Some(Announced::Replaced) => {
                &["date", "place", "id"]
            }
            (Scope::Categories(_), Order::Newest) => &["date", "place", "paper_id"],
            (Scope::Categories(_), Order::Stars) => &["stars", "date", "place", "paper_id"],
            (Scope::Venue { .. }, Order::Stars) => &["stars", "date", "paper_id"],
            (Scope::Venue { .. } | Scope::Venues, _) => &["date", "paper_id"],
            (Scope::All, _) => &["date", "id"],
        };
        Self { listing, order: order.to_vec() }
    }

    /// One more row than the page has. Of several categories, each gives as many, and the union is cut again: so that
    /// each is one walk along an index.
    fn page(&self) -> SelectStatement {
        let limit = self.listing.limit + 1;
        let mut branches = self.branches().into_iter().map(|mut branch| {
            newest_first(&mut branch, &self.order);
            branch.limit(limit).take()
        });
        let first = branches.next().unwrap_or_else(nothing);
        let mut rest = branches.peekable();
        if rest.peek().is_none() {
            return first;
        }
        let mut union = wrapped(first);
        for branch in rest {
            union.union(UnionType::Distinct, wrapped(branch));
        }
        let names = ["stars", "date", "place", "id"];
        let mut page = Query::select().columns(names).from_subquery(union, "pages").take();
        newest_first(&mut page, if self.listing.order == Order::Newest { &names[1..] } else { &names });
        page.limit(limit).take()
    }

    /// All rows of the list.
    fn rows(&self) -> SelectStatement {
        let mut branches = self.branches().into_iter();
        let mut rows = branches.next().unwrap_or_else(nothing);
        for branch in branches {
            rows.union(UnionType::Distinct, branch);
        }
        rows
    }

    fn branches(&self) -> Vec<SelectStatement> {
        match &self.listing.scope {
            Scope::Categories(list) if list.kind == Some(Announced::Replaced) => vec![self.replaced(list)],
            Scope::Categories(list) => list.any.iter().map(|name| self.category(list, name)).collect(),
            Scope::Venue { key, year, group } => {
                // A paper may be in two editions of one venue.
                let mut rows = self.table("paper_venues").distinct().take();
                rows.and_where(Expr::col("venue_key").eq(key));
                rows.and_where_option(year.map(|year| Expr::col("venue_year").eq(year)));
                rows.and_where_option(group.as_ref().map(|group| Expr::col("venue_group").eq(group)));
                vec![rows]
            }
            Scope::Venues => vec![self.table("paper_venues").distinct().take()],
            Scope::All => vec![self.table("papers").and_where(Expr::col("root_id").is_null()).take()],
        }
    }

    /// What one of several categories gives to their union.
    fn category(&self, list: &Categories, name: &str) -> SelectStatement {
        let mut rows = self.table("paper_categories");
        rows.and_where(Expr::col(("paper_categories", "category")).eq(name));
        rows.and_where_option(list.kind.map(|kind| Expr::col("kind").eq(kind.name())));
        if list.any.len() > 1 {
            rows.and_where(self.earlier(list).not());
        }
        if !list.not.is_empty() {
            let other = other_rows().and_where(Expr::col(("other", "category")).is_in(&list.not)).take();
            rows.and_where(Expr::exists(other).not());
        }
        rows
    }

    /// Whether the paper stands earlier in the union for another of its categories: each is shown once, where it comes first.
    fn earlier(&self, list: &Categories) -> Expr {
        let place = |table: &'static str| {
            let columns = self.order.iter().filter(|column| **column != "paper_id");
            Expr::tuple(columns.map(|column| Expr::col((table, *column))).collect::<Vec<_>>())
        };
        let mut other = other_rows();
        // Not the column as it is: a paper has few rows, and SQLite would look each name of the list up for each paper.
        other.and_where(Expr::cust("other.category || ''").is_in(&list.any));
        other.and_where(place("other").gt(place("paper_categories")));
        other.and_where_option(list.kind.map(|kind| Expr::col(("other", "kind")).eq(kind.name())));
        other.and_where_option(self.listing.date.map(|day| Expr::col(("other", "date")).eq(day)));
        Expr::exists(other)
    }

    /// Papers of which arXiv announced a new version, each once on its day.
    fn replaced(&self, list: &Categories) -> SelectStatement {
        let mut rows = Query::select().from_subquery(announced_again(&list.any), "replaced").take();
        self.columns(&mut rows, Expr::val(0));
        if !list.not.is_empty() {
            let other = Query::select()
                .expr(Expr::val(1))
                .from_as("paper_categories", "other")
                .and_where(Expr::col(("other", "paper_id")).equals(("replaced", "id")))
                .and_where(Expr::col(("other", "category")).is_in(&list.not))
                .take();
            rows.and_where(Expr::exists(other).not());
        }
        self.continued(rows)
    }

    fn table(&self, table: &'static str) -> SelectStatement {
        let mut rows = Query::select().from(table).take();
        self.columns(&mut rows, Expr::col("stars"));
        self.continued(rows)
    }

    /// The same four columns whatever the table is.
    fn columns(&self, rows: &mut SelectStatement, stars: Expr) {
        let place = if self.order.contains(&"place") { Expr::col("place") } else { Expr::val(0) };
        let id = self.order.last().copied().unwrap_or("id");
        rows.expr_as(stars, "stars").column("date").expr_as(place, "place").expr_as(Expr::col(id), "id");
    }

    /// Only rows of the day, after the cursor.
    fn continued(&self, mut rows: SelectStatement) -> SelectStatement {
        rows.and_where_option(self.listing.date.map(|day| Expr::col("date").eq(day)));
        if let Some(after) = &self.listing.after {
            let columns = self.order.iter().map(|column| Expr::col(*column)).collect::<Vec<_>>();
            let values = self.order.iter().map(|column| value(after, column)).collect::<Vec<_>>();
            rows.and_where(Expr::tuple(columns).lt(Expr::tuple(values)));
        }
        rows
    }

    fn cursor(&self, last: &QueryResult, before: u64) -> Result<Cursor, Error> {
        let stars = if self.listing.order == Order::Stars { last.try_get("", "stars")? } else { 0 };
        let more = More { stars, place: last.try_get("", "place")?, before };
        Ok(Cursor::on(last.try_get("", "date")?, last.try_get("", "id")?, more))
    }
}

fn value(after: &Cursor, column: &str) -> Expr {
    match column {
        "stars" => Expr::val(after.more.stars),
        "date" => Expr::val(after.at.date_naive()),
        "place" => Expr::val(after.more.place),
        _ => Expr::val(after.id),
    }
}

/// Day, first place and paper of each replacement in some categories.
fn announced_again(categories: &[String]) -> SelectStatement {
    let record = Expr::col(("records", "source_id"))
        .equals(("announcements", "source_id"))
        .and(Expr::col(("records", "source")).eq(RecordKey::ARXIV));
    let paper = Expr::col(("papers", "id")).equals(("records", "paper_id"));
    let root = Expr::col(("papers", "root_id")).if_null(Expr::col(("papers", "id")));
    Query::select()
        .expr_as(Expr::col(("announcements", "day")), "date")
        .expr_as(Expr::val(LAST).sub(Func::min(Expr::col(("announcements", "place")))), "place")
        .expr_as(root.clone(), "id")
        .from("announcements")
        .join(JoinType::InnerJoin, "records", record)
        .join(JoinType::InnerJoin, "papers", paper)
        .cond_where(categories.iter().fold(Condition::any(), |any, name| any.add(announced_in(name))))
        .and_where(Expr::col(("announcements", "kind")).eq(Announced::Replaced.name()))
        .group_by_col(("announcements", "day"))
        .add_group_by([root])
        .take()
}

/// That the category is this one, or of this archive: arXiv announces in categories only.
fn announced_in(name: &str) -> Expr {
    let column = || Expr::col(("announcements", "category"));
    // From the point on, to the character that comes after it.
    let inside = || column().gte(format!("{name}.")).and(column().lt(format!("{name}/")));
    if content::is_archive(name) { column().eq(name).or(inside()) } else { column().eq(name) }
}

/// Other rows of the same paper.
fn other_rows() -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from_as("paper_categories", "other")
        .and_where(Expr::col(("other", "paper_id")).equals(("paper_categories", "paper_id")))
        .take()
}

/// SQLite takes an order and a limit within a union only of a table of its own.
fn wrapped(branch: SelectStatement) -> SelectStatement {
    Query::select().columns(["stars", "date", "place", "id"]).from_subquery(branch, "branch").take()
}

fn newest_first(rows: &mut SelectStatement, columns: &[&'static str]) {
    for column in columns {
        rows.order_by(*column, Direction::Desc);
    }
}

/// A list of no categories.
fn nothing() -> SelectStatement {
    let mut rows = Query::select().from("papers").take();
    rows.expr_as(Expr::val(0), "stars").column("date").expr_as(Expr::val(0), "place").column("id");
    rows.and_where(Expr::val(1).eq(0)).take()
}
