//! Readers without an account, and the marks that they leave on papers. Whoever counts them counts readers, not clicks.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use content::{Counts, Paper, PaperId};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use crate::{
    Database, Error, changes,
    connection::{Durability, Write},
    papers,
    rows::{marks, paper_categories, paper_venues, papers as rows, readers},
    text::now,
};

/// Readers of one network who count, for each paper and kind of mark. Without a bound one machine could count as many
/// readers as it makes up; a bound of one would let a university count once.
const OF_A_NETWORK: u64 = 10;

/// What a reader does with a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// They keep it among their stars.
    Star,
    /// They opened its PDF.
    Opened,
    /// They read, or asked for, its reading.
    Reading,
}

/// Who leaves a mark.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// A hash of the reader's cookie.
    pub cookie: &'a str,
    /// A hash of the network that the request came from.
    pub network: &'a str,
}

impl Mark {
    fn name(self) -> &'static str {
        match self {
            Self::Star => "star",
            Self::Opened => "opened",
            Self::Reading => "reading",
        }
    }

    /// The column that counts it.
    fn count(self) -> rows::Column {
        match self {
            Self::Star => rows::Column::Stars,
            Self::Opened => rows::Column::Opened,
            Self::Reading => rows::Column::Readings,
        }
    }
}

/// Leaves a mark on a paper, once for each reader; gives the paper's counts.
pub async fn mark(db: &Database, paper: PaperId, reader: Reader<'_>, mark: Mark) -> Result<Counts, Error> {
    let write = db.write(Durability::Full).await?;
    let paper = lock(&write, paper).await?;
    let id = made(&write, reader.cookie).await?;
    if !has(&write, paper, id, mark).await? {
        let counted = of_network(&write, paper, reader.network, mark).await? < OF_A_NETWORK;
        let row = marks::ActiveModel {
            paper_id: Set(paper),
            kind: Set(mark.name().to_owned()),
            reader_id: Set(id),
            network: Set(reader.network.to_owned()),
            counted: Set(counted),
            made: Set(now()),
        };
        marks::Entity::insert(row).exec_without_returning(&*write).await?;
        if counted {
            add(&write, paper, mark, 1).await?;
        }
    }
    finish(write, paper).await
}

/// Takes a mark back; gives the paper's counts.
pub async fn unmark(db: &Database, paper: PaperId, cookie: &str, mark: Mark) -> Result<Counts, Error> {
    let write = db.write(Durability::Full).await?;
    let paper = lock(&write, paper).await?;
    let members = papers::members_of(&*write, paper).await?;
    let Some(reader) = known(&*write, cookie).await? else { return finish(write, paper).await };
    let its = marks::Entity::find()
        .filter(marks::Column::PaperId.is_in(members))
        .filter(marks::Column::Kind.eq(mark.name()))
        .filter(marks::Column::ReaderId.eq(reader));
    for row in its.all(&*write).await? {
        let key = (row.paper_id, row.kind, row.reader_id);
        marks::Entity::delete_by_id(key).exec(&*write).await?;
        if row.counted {
            add(&write, row.paper_id, mark, -1).await?;
        }
    }
    finish(write, paper).await
}

/// The papers that a reader marked, the last one first, with when.
pub async fn marked_by(
    db: &Database,
    cookie: &str,
    mark: Mark,
    limit: u64,
) -> Result<Vec<(Paper, DateTime<Utc>)>, Error> {
    let Some(reader) = known(db.read(), cookie).await? else { return Ok(Vec::new()) };
    let its: Vec<(i64, Option<i64>, DateTime<Utc>)> = of_reader(reader, mark)
        .column(marks::Column::Made)
        .order_by_desc(marks::Column::Made)
        .order_by_desc(marks::Column::PaperId)
        .limit(limit)
        .into_tuple()
        .all(db.read())
        .await?;
    let mut met = BTreeSet::new();
    let its: Vec<_> = its.into_iter().map(|(paper, root, made)| (root.unwrap_or(paper), made)).collect();
    let its: Vec<_> = its.into_iter().filter(|(paper, _)| met.insert(*paper)).collect();
    let ids: Vec<_> = its.iter().map(|(paper, _)| PaperId(*paper)).collect();
    let found = papers::by_ids(db, &ids).await?.into_iter();
    let when = |paper: &Paper| its.iter().find(|(id, _)| *id == paper.id.0).map(|(_, made)| *made);
    Ok(found.filter_map(|paper| when(&paper).map(|made| (paper, made))).collect())
}

fn of_reader(reader: i64, mark: Mark) -> sea_orm::Select<marks::Entity> {
    let paper = marks::Entity::belongs_to(rows::Entity).from(marks::Column::PaperId).to(rows::Column::Id);
    marks::Entity::find()
        .select_only()
        .column(rows::Column::Id)
        .column(rows::Column::RootId)
        .join(JoinType::InnerJoin, paper.into())
        .filter(marks::Column::ReaderId.eq(reader))
        .filter(marks::Column::Kind.eq(mark.name()))
}

/// One writer of marks at a time; gives the paper that stands for this one.
async fn lock(write: &Write, paper: PaperId) -> Result<i64, Error> {
    changes::lock(write).await?;
    let root = papers::root_of(&**write, paper.0).await?;
    root.ok_or_else(|| Error::Missing(format!("paper {}", paper.0)))
}

async fn known(connection: &impl ConnectionTrait, cookie: &str) -> Result<Option<i64>, Error> {
    let found =
        readers::Entity::find().filter(readers::Column::CookieHash.eq(cookie)).one(connection).await?;
    Ok(found.map(|reader| reader.id))
}

async fn made(write: &Write, cookie: &str) -> Result<i64, Error> {
    if let Some(reader) = known(&**write, cookie).await? {
        return Ok(reader);
    }
    let row = readers::ActiveModel {
        id: NotSet,
        cookie_hash: Set(cookie.to_owned()),
        user_id: Set(None),
        created: Set(now()),
    };
    let nobody = OnConflict::column(readers::Column::CookieHash).do_nothing().to_owned();
    readers::Entity::insert(row).on_conflict(nobody).exec_without_returning(&**write).await?;
    known(&**write, cookie).await?.ok_or_else(|| Error::Corrupt("a reader who was just made".into()))
}

async fn has(write: &Write, paper: i64, reader: i64, mark: Mark) -> Result<bool, Error> {
    let members = papers::members_of(&**write, paper).await?;
    let its = marks::Entity::find()
        .filter(marks::Column::PaperId.is_in(members))
        .filter(marks::Column::Kind.eq(mark.name()))
        .filter(marks::Column::ReaderId.eq(reader));
    Ok(its.count(&**write).await? > 0)
}

async fn of_network(write: &Write, paper: i64, network: &str, mark: Mark) -> Result<u64, Error> {
    let its = marks::Entity::find()
        .filter(marks::Column::PaperId.eq(paper))
        .filter(marks::Column::Kind.eq(mark.name()))
        .filter(marks::Column::Network.eq(network))
        .filter(marks::Column::Counted.eq(true));
    Ok(its.count(&**write).await?)
}

async fn add(write: &Write, paper: i64, mark: Mark, by: i32) -> Result<(), Error> {
    let column = mark.count();
    rows::Entity::update_many()
        .col_expr(column, Expr::col(column).add(by))
        .filter(rows::Column::Id.eq(paper))
        .exec(&**write)
        .await?;
    Ok(())
}

/// Lists are ordered by stars: they know them, too.
async fn finish(write: Write, paper: i64) -> Result<Counts, Error> {
    let counts = papers::counts_of(&*write, paper).await?;
    let stars = i32::try_from(counts.stars).unwrap_or(i32::MAX);
    paper_categories::Entity::update_many()
        .col_expr(paper_categories::Column::Stars, Expr::value(stars))
        .filter(paper_categories::Column::PaperId.eq(paper))
        .exec(&*write)
        .await?;
    paper_venues::Entity::update_many()
        .col_expr(paper_venues::Column::Stars, Expr::value(stars))
        .filter(paper_venues::Column::PaperId.eq(paper))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(counts)
}
