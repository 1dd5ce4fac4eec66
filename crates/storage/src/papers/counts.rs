//! How long lists are. Kept beside them in the same transaction: to count them takes as long as they are.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use crate::{
    Error,
    connection::Write,
    rows::{list_counts, paper_categories, paper_venues},
    text::in_pieces,
};

/// A kind of list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// All papers that stand on their own.
    All,
    /// A category.
    Category,
    /// A day of a category.
    Day,
    /// A venue.
    Venue,
    /// An edition of a venue under one of its names; the part is `2025/its name`.
    Edition,
    /// A part of an edition: `2025/Oral`.
    Group,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Category => "category",
            Self::Day => "day",
            Self::Venue => "venue",
            Self::Edition => "edition",
            Self::Group => "group",
        }
    }
}

/// What a change adds to the lengths of lists.
#[derive(Default)]
pub(super) struct Change(BTreeMap<(Kind, String, String), i64>);

impl Change {
    /// That so many papers came to stand on their own.
    pub(super) fn all(by: i64) -> Self {
        let mut change = Self::default();
        change.add(Kind::All, "", String::new(), by);
        change
    }

    pub(super) fn categories<'a>(
        &mut self,
        rows: impl IntoIterator<Item = &'a paper_categories::Model>,
        by: i64,
    ) {
        for row in rows {
            self.add(Kind::Category, &row.category, String::new(), by);
            self.add(Kind::Day, &row.category, row.date.to_string(), by);
        }
    }

    /// A paper in two editions of a venue is one paper of that venue.
    pub(super) fn venues<'a>(&mut self, rows: impl IntoIterator<Item = &'a paper_venues::Model>, by: i64) {
        let mut met = std::collections::BTreeSet::new();
        for row in rows {
            if met.insert((row.paper_id, &row.venue_key)) {
                self.add(Kind::Venue, &row.venue_key, String::new(), by);
            }
            self.add(Kind::Edition, &row.venue_key, format!("{}/{}", row.venue_year, row.venue_name), by);
            if let Some(group) = &row.venue_group {
                self.add(Kind::Group, &row.venue_key, format!("{}/{group}", row.venue_year), by);
            }
        }
    }

    pub(super) async fn save(self, write: &Write) -> Result<(), Error> {
        use list_counts::Column;
        let rows = self.0.into_iter().filter(|(_, by)| *by != 0).map(|((kind, name, part), by)| {
            list_counts::ActiveModel {
                kind: Set(kind.name().to_owned()),
                name: Set(name),
                part: Set(part),
                papers: Set(by),
            }
        });
        let sum = Expr::col((list_counts::Entity, Column::Papers)).add(Expr::cust("excluded.papers"));
        let added = OnConflict::columns([Column::Kind, Column::Name, Column::Part])
            .value(Column::Papers, sum)
            .to_owned();
        for piece in in_pieces(rows) {
            list_counts::Entity::insert_many(piece)
                .on_conflict(added.clone())
                .exec_without_returning(&**write)
                .await?;
        }
        Ok(())
    }

    fn add(&mut self, kind: Kind, name: &str, part: String, by: i64) {
        *self.0.entry((kind, name.to_owned(), part)).or_default() += by;
    }
}

/// The length of one list.
pub(super) async fn of(
    connection: &impl ConnectionTrait,
    kind: Kind,
    name: &str,
    part: &str,
) -> Result<u64, Error> {
    let key = (kind.name().to_owned(), name.to_owned(), part.to_owned());
    let row = list_counts::Entity::find_by_id(key).one(connection).await?;
    Ok(row.map_or(0, |row| row.papers.unsigned_abs()))
}

/// The parts of a list that have papers, by name.
pub(super) async fn parts(
    connection: &impl ConnectionTrait,
    kind: Kind,
    name: &str,
) -> Result<Vec<(String, u64)>, Error> {
    let rows = list_counts::Entity::find()
        .filter(list_counts::Column::Kind.eq(kind.name()))
        .filter(list_counts::Column::Name.eq(name))
        .filter(list_counts::Column::Papers.gt(0))
        .order_by_asc(list_counts::Column::Part)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.part, row.papers.unsigned_abs())).collect())
}

/// The days of a category from `first` to before `end` that have papers.
pub(super) async fn days(
    connection: &impl ConnectionTrait,
    category: &str,
    first: NaiveDate,
    end: NaiveDate,
) -> Result<Vec<(NaiveDate, u64)>, Error> {
    let rows = list_counts::Entity::find()
        .filter(list_counts::Column::Kind.eq(Kind::Day.name()))
        .filter(list_counts::Column::Name.eq(category))
        .filter(list_counts::Column::Part.gte(first.to_string()))
        .filter(list_counts::Column::Part.lt(end.to_string()))
        .filter(list_counts::Column::Papers.gt(0))
        .order_by_asc(list_counts::Column::Part)
        .all(connection)
        .await?;
    let day = |row: list_counts::Model| {
        let day = row.part.parse().map_err(|_| Error::Corrupt(format!("the day {:?}", row.part)))?;
        Ok((day, row.papers.unsigned_abs()))
    };
    rows.into_iter().map(day).collect()
}

/// All lists of a kind with their lengths, the longest first.
pub(super) async fn largest(
    connection: &impl ConnectionTrait,
    kind: Kind,
) -> Result<Vec<(String, u64)>, Error> {
    let rows = list_counts::Entity::find()
        .filter(list_counts::Column::Kind.eq(kind.name()))
        .filter(list_counts::Column::Part.eq(""))
        .filter(list_counts::Column::Papers.gt(0))
        .order_by_desc(list_counts::Column::Papers)
        .order_by_asc(list_counts::Column::Name)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.papers.unsigned_abs())).collect())
}
