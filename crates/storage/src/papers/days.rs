//! The days of a category.

use chrono::{Datelike, Months, NaiveDate};
use content::{Announced, RecordKey};
use sea_orm::{
    ConnectionTrait,
    sea_query::{Expr, ExprTrait, Func, FunctionCall, JoinType, Query, SelectStatement},
};

use super::{counts, lists::counted};
use crate::{Database, Error};

/// How many papers a list of a day has of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayKind {
    /// Why they are in the list.
    pub kind: Announced,
    /// How many there are to be seen.
    pub listed: u64,
    /// How many arXiv announced, if its list of that day is known.
    pub announced: Option<u64>,
    /// How many of those are stored.
    pub stored: Option<u64>,
}

/// How many papers a category has on each day of a month, for days that have any.
pub async fn days(db: &Database, category: &str, month: NaiveDate) -> Result<Vec<(NaiveDate, u64)>, Error> {
    let first = month.with_day(1).unwrap_or(month);
    let end = first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
    counts::days(db.read(), category, first, end).await
}

/// The last day on which a category has papers.
pub async fn latest_day(db: &Database, category: &str) -> Result<Option<NaiveDate>, Error> {
    day_before(db, category, NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default()).await
}

/// The last day before this one on which a category has papers.
pub async fn day_before(db: &Database, category: &str, date: NaiveDate) -> Result<Option<NaiveDate>, Error> {
    one_day(db, category, Func::max(Expr::col("date")), Expr::col("date").lt(date)).await
}

/// The first day after this one on which a category has papers.
pub async fn day_after(db: &Database, category: &str, date: NaiveDate) -> Result<Option<NaiveDate>, Error> {
    one_day(db, category, Func::min(Expr::col("date")), Expr::col("date").gt(date)).await
}

async fn one_day(
    db: &Database,
    category: &str,
    which: FunctionCall,
    among: Expr,
) -> Result<Option<NaiveDate>, Error> {
    let day = Query::select()
        .expr_as(which, "date")
        .from("paper_categories")
        .and_where(Expr::col("category").eq(category))
        .and_where(among)
        .take();
    match db.read().query_one(&day).await? {
        Some(row) => Ok(row.try_get("", "date")?),
        None => Ok(None),
    }
}

/// What a day's list of a category holds, by kind. Kinds without papers are left out.
pub async fn day_kinds(db: &Database, category: &str, day: NaiveDate) -> Result<Vec<DayKind>, Error> {
    let announced = announced(db, category, day).await?;
    let listed = listed(db, category, day).await?;
    let kind = |kind: Announced| {
        let known = announced.iter().find(|one| one.kind == kind);
        let listed = match kind {
            // Who was replaced is listed on the day that it came.
            Announced::Replaced => known.and_then(|one| one.stored),
            _ => listed.iter().find(|one| one.0 == kind).map(|one| one.1),
        };
        let (announced, stored) = (known.and_then(|one| one.announced), known.and_then(|one| one.stored));
        (listed.is_some() || announced.is_some()).then_some(DayKind {
            kind,
            listed: listed.unwrap_or(0),
            announced,
            stored,
        })
    };
    Ok([Announced::New, Announced::Cross, Announced::Replaced].into_iter().filter_map(kind).collect())
}

async fn announced(db: &Database, category: &str, day: NaiveDate) -> Result<Vec<DayKind>, Error> {
    let record = Expr::col(("records", "source_id")).equals(("announcements", "source_id"));
    let arxiv = Expr::col(("records", "source")).eq(RecordKey::ARXIV);
    let kinds = Query::select()
        .column(("announcements", "kind"))
        .expr_as(Func::count_distinct(Expr::col(("announcements", "source_id"))), "papers")
        .expr_as(Func::count_distinct(Expr::col(("records", "source_id"))), "stored")
        .from("announcements")
        .join(JoinType::LeftJoin, "records", record.and(arxiv))
        .and_where(Expr::col(("announcements", "category")).eq(category))
        .and_where(Expr::col(("announcements", "day")).eq(day))
        .group_by_col(("announcements", "kind"))
        .take();
    let mut found = Vec::new();
    for row in db.read().query_all(&kinds).await? {
        let stored = row.try_get::<i64>("", "stored")?.unsigned_abs();
        found.push(DayKind {
            kind: kind(&row)?,
            listed: 0,
            announced: Some(counted(&row)?),
            stored: Some(stored),
        });
    }
    Ok(found)
}

async fn listed(db: &Database, category: &str, day: NaiveDate) -> Result<Vec<(Announced, u64)>, Error> {
    let kinds: SelectStatement = Query::select()
        .column("kind")
        .expr_as(Func::count(Expr::col("paper_id")), "papers")
        .from("paper_categories")
        .and_where(Expr::col("category").eq(category))
        .and_where(Expr::col("date").eq(day))
        .group_by_col("kind")
        .take();
    let rows = db.read().query_all(&kinds).await?;
    rows.iter().map(|row| Ok((kind(row)?, counted(row)?))).collect()
}

fn kind(row: &sea_orm::QueryResult) -> Result<Announced, Error> {
    let name: String = row.try_get("", "kind")?;
    Announced::of(&name).ok_or_else(|| Error::Corrupt(format!("the kind of announcement {name:?}")))
}
