use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use content::Invalid;
use sea_orm::{
    ConnectionTrait as _, ExprTrait as _, QueryResult,
    sea_query::{Expr, Func, Order, SelectStatement},
};

use crate::{Database, Error};

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on the page.
    pub items: Vec<T>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// How long the whole list is now.
    pub total: u64,
    /// The number of the first item in the whole list, from 1.
    pub first: u64,
}

/// The place right after an item of a list that is ordered newest first. It stays where it is when
/// items arrive before or after it. As text it is fit for an address, and has no meaning to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) at: DateTime<Utc>,
    pub(crate) id: i64,
    /// What only lists of papers need.
    pub(crate) more: More,
}

/// Where in a list of papers a cursor is, beyond day and key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct More {
    /// The stars of the last paper, in a list that is ordered by them.
    pub(crate) stars: i32,
    /// The place of the last paper in its day.
    pub(crate) place: i32,
    /// How many papers came before. Kept here because counting them takes as long as the list is.
    pub(crate) before: u64,
}

/// A page of the rows of a query that names no columns of its own, the greatest first: by a moment, then by a key.
pub(crate) async fn page(
    db: &Database,
    all: &SelectStatement,
    (at, id): (&'static str, &'static str),
    after: Option<Cursor>,
    limit: u64,
) -> Result<Page<QueryResult>, Error> {
    let mut page = all.clone();
    page.expr(Expr::cust("*"));
    if let Some(after) = after {
        let place = Expr::tuple([Expr::col(at), Expr::col(id)]);
        page.and_where(place.lt(Expr::tuple([Expr::val(after.at), Expr::val(after.id)])));
    }
    page.order_by(at, Order::Desc).order_by(id, Order::Desc).limit(limit + 1);
    let mut items = db.read().query_all(&page).await?;
    let more = items.len() as u64 > limit;
    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let before = after.map_or(0, |after| after.more.before);
    let next = match items.last().filter(|_| more) {
        Some(last) => {
            let more = More { before: before + limit, ..More::default() };
            Some(Cursor { more, ..Cursor::at(last.try_get("", at)?, last.try_get("", id)?) })
        }
        None => None,
    };
    let count = all.clone().expr_as(Func::count(Expr::cust("*")), "found").take();
    let total = db.read().query_one(&count).await?.map(|row| row.try_get::<i64>("", "found")).transpose()?;
    Ok(Page { items, next, total: total.unwrap_or_default().unsigned_abs(), first: before + 1 })
}

impl Cursor {
    pub(crate) fn at(at: DateTime<Utc>, id: i64) -> Self {
        Self { at, id, more: More::default() }
    }

    pub(crate) fn on(day: NaiveDate, id: i64, more: More) -> Self {
        Self { at: day.and_time(NaiveTime::MIN).and_utc(), id, more }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.timestamp_micros(), self.id)?;
        let More { stars, place, before } = self.more;
        if self.more == More::default() { Ok(()) } else { write!(f, ".{stars}.{place}.{before}") }
    }
}

impl FromStr for Cursor {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parts = || {
            let numbers: Vec<i64> = text.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
            let (at, id, more) = match numbers[..] {
                [at, id] => (at, id, More::default()),
                [at, id, stars, place, before] => {
                    let (stars, place) = (stars.try_into().ok()?, place.try_into().ok()?);
                    (at, id, More { stars, place, before: before.try_into().ok()? })
                }
                _ => return None,
            };
            let at = DateTime::from_timestamp_micros(at)?;
            // What a database cannot hold as a date cannot have come from it either.
            let near = (-4000..9999).contains(&chrono::Datelike::year(&at));
            near.then_some(Self { at, id, more })
        };
        parts().ok_or_else(|| Invalid {
            what: "cursor",
            given: text.chars().take(80).collect(),
            why: "is not one that this site gave",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) {
        assert!(text.parse::<Cursor>().is_err(), "{text:?}");
    }

    #[test]
    fn cursors_read_what_they_write() {
        let day = NaiveDate::from_ymd_opt(1963, 8, 1).expect("a day");
        for more in [More::default(), More { stars: 7, place: 999_999, before: 25 }] {
            let cursor = Cursor::on(day, 42, more);
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        refused("");
        refused("5");
        refused("1.x");
        refused("9223372036854775807.1");
        refused("1.9223372036854775808");
        refused("1.1.1");
        refused("1.1.1.1.-1");
        refused("1.1.3000000000.1.1");
        refused("1.1.1.1.1.1");
        refused("253402300800000000.1");
    }
}
