//! Readers without an account, and the marks that they leave on papers. Whoever counts them counts readers, not clicks.

use chrono::TimeDelta;
use content::{Counts, Paper, PaperId};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Func, JoinType, OnConflict, Query, SelectStatement},
};

use crate::{
    Cursor, Database, Error, Page, changes,
    connection::{Durability, Write},
    paging, papers,
    rows::{marks, paper_categories, paper_venues, papers as rows, readers},
    text::now,
};

/// Readers of one network who count, for each paper and kind of mark. Without a bound one machine could count as many
/// readers as it makes up; a bound of one would let a university count once.
const OF_A_NETWORK: u64 = 10;

/// Marks that one reader leaves in a day.
const OF_A_READER_IN_A_DAY: u64 = 500;
/// Marks that the readers of one network leave in a day before each of them is held to an equal part. Without a bound
/// readers who are made up would fill the disk; without parts four of them would use up what all others may.
const OF_A_NETWORK_IN_A_DAY: u64 = 2000;
/// The same for those who are new since a day. They share a bound of their own: whoever makes up readers takes nothing
/// from those who were there before.
const OF_NEWCOMERS_IN_A_DAY: u64 = 500;
/// After so many days without any mark, a reader without stars is forgotten; their counts stay.
const QUIET: i64 = 90;
/// After so many days no browser has the cookie of a reader any more.
const LIFE: i64 = 366;

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

/// Our own key of a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReaderId(pub i64);

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

/// Whose marks of a day are too many for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Busy {
    /// The reader's own.
    Reader,
    /// Those of their network, and they have left their part of them.
    Network,
}

/// Leaves a mark on a paper, once for each reader; gives the paper's counts, or why this one is not kept.
pub async fn mark(
    db: &Database,
    paper: PaperId,
    reader: Reader<'_>,
    mark: Mark,
) -> Result<Result<Counts, Busy>, Error> {
    let write = db.write(Durability::Full).await?;
    let paper = lock(&write, paper).await?;
    let id = known(&*write, reader.cookie).await?;
    let marked = match id {
        Some(id) => has(&write, paper, id, mark).await?,
        None => false,
    };
    if !marked {
        if let Some(busy) = busy(&write, id, reader.network).await? {
            return Ok(Err(busy));
        }
        leave(&write, paper, reader, mark).await?;
    }
    finish(write, paper).await.map(Ok)
}

async fn leave(write: &Write, paper: i64, reader: Reader<'_>, mark: Mark) -> Result<(), Error> {
    let counted = of_network(write, paper, reader.network, mark).await? < OF_A_NETWORK;
    let row = marks::ActiveModel {
        paper_id: Set(paper),
        kind: Set(mark.name().to_owned()),
        reader_id: Set(made(write, reader.cookie).await?),
        network: Set(reader.network.to_owned()),
        counted: Set(counted),
        made: Set(now()),
    };
    marks::Entity::insert(row).exec_without_returning(&**write).await?;
    if counted {
        add(write, paper, mark, 1).await?;
    }
    Ok(())
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

/// The papers that a reader marked, the last one first.
pub async fn marked_by(
    db: &Database,
    reader: ReaderId,
    mark: Mark,
    after: Option<Cursor>,
    limit: u64,
) -> Result<Page<Paper>, Error> {
    let its = Query::select().from_subquery(marked(reader, mark), "marked").take();
    let Page { items, next, total, first } = paging::page(db, &its, ("made", "id"), after, limit).await?;
    let ids =
        items.iter().map(|row| Ok(PaperId(row.try_get("", "id")?))).collect::<Result<Vec<_>, Error>>()?;
    Ok(Page { items: papers::by_ids(db, &ids).await?, next, total, first })
}

/// Each paper that a reader marked, or the one that stands for it, with when they did last.
fn marked(reader: ReaderId, mark: Mark) -> SelectStatement {
    let paper = Expr::col(("papers", "id")).equals(("marks", "paper_id"));
    let root = Expr::col(("papers", "root_id")).if_null(Expr::col(("papers", "id")));
    Query::select()
        .expr_as(root.clone(), "id")
        .expr_as(Func::max(Expr::col(("marks", "made"))), "made")
        .from("marks")
        .join(JoinType::InnerJoin, "papers", paper)
        .and_where(Expr::col(("marks", "reader_id")).eq(reader.0))
        .and_where(Expr::col(("marks", "kind")).eq(mark.name()))
        .add_group_by([root])
        .take()
}

/// The reader whose cookie has this hash, if they left any mark.
pub async fn by_cookie(db: &Database, cookie: &str) -> Result<Option<ReaderId>, Error> {
    Ok(known(db.read(), cookie).await?.map(ReaderId))
}

/// What the address of a reader's feed is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedKey {
    /// A hash of the reader's cookie.
    pub cookie: String,
    /// How many addresses there were before this one.
    pub number: u32,
}

/// What the address of a reader's feed is made of now.
pub async fn feed_key(db: &Database, reader: ReaderId) -> Result<Option<FeedKey>, Error> {
    let row = readers::Entity::find_by_id(reader.0).one(db.read()).await?;
    Ok(row.map(|row| FeedKey { cookie: row.cookie_hash, number: row.feed.unsigned_abs() }))
}

/// Gives a reader's feed another address; nothing is at the one before.
pub async fn renew_feed(db: &Database, reader: ReaderId) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    readers::Entity::update_many()
        .col_expr(readers::Column::Feed, Expr::col(readers::Column::Feed).add(1))
        .filter(readers::Column::Id.eq(reader.0))
        .exec(&*write)
        .await?;
    write.commit().await
}

/// Forgets some of those who cannot or do not come back, with their marks; says how many. What they were counted for
/// stays counted. Who has an account, or said something, is never among them.
pub async fn forget(db: &Database, limit: u64) -> Result<u64, Error> {
    use readers::Column;
    let (quiet, ended) = (now() - TimeDelta::days(QUIET), now() - TimeDelta::days(LIFE));
    let has = |table: &'static str| {
        let own = Expr::col((table, "reader_id")).equals(("readers", "id"));
        Query::select().expr(Expr::val(1)).from(table).and_where(own).take()
    };
    let kept = Expr::col("kind").eq(Mark::Star.name()).or(Expr::col("made").gte(quiet));
    let silent = Column::Created.lt(quiet).and(Expr::exists(has("marks").and_where(kept).take()).not());
    let write = db.write(Durability::Relaxed).await?;
    let some: Vec<i64> = readers::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::UserId.is_null())
        .filter(Expr::exists(has("comments")).not())
        .filter(Column::Created.lt(ended).or(silent))
        .limit(limit)
        .into_tuple()
        .all(&*write)
        .await?;
    let gone = readers::Entity::delete_many().filter(Column::Id.is_in(some)).exec(&*write).await?;
    write.commit().await?;
    Ok(gone.rows_affected)
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
        feed: Set(0),
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

/// Whether a reader, or their network, has left more marks of late than people do. The part of each is what all may divided
/// by those who left any, so that nobody keeps another from their first marks, and the sum of all grows like a logarithm.
async fn busy(write: &Write, reader: Option<i64>, network: &str) -> Result<Option<Busy>, Error> {
    let yesterday = now() - TimeDelta::days(1);
    let known = match reader {
        Some(reader) => readers::Entity::find_by_id(reader).one(&**write).await?,
        None => None,
    };
    let lately = || marks::Entity::find().filter(marks::Column::Made.gt(yesterday));
    let own = match &known {
        Some(reader) => lately().filter(marks::Column::ReaderId.eq(reader.id)).count(&**write).await?,
        None => 0,
    };
    if own >= OF_A_READER_IN_A_DAY {
        return Ok(Some(Busy::Reader));
    }
    let (bound, alike) = match known.is_some_and(|reader| reader.created <= yesterday) {
        true => (OF_A_NETWORK_IN_A_DAY, readers::Column::Created.lte(yesterday)),
        false => (OF_NEWCOMERS_IN_A_DAY, readers::Column::Created.gt(yesterday)),
    };
    let its =
        marks::Entity::belongs_to(readers::Entity).from(marks::Column::ReaderId).to(readers::Column::Id);
    let (all, readers): (i64, i64) = lately()
        .select_only()
        .expr(Func::count(Expr::cust("*")))
        .expr(Func::count_distinct(Expr::col((marks::Entity, marks::Column::ReaderId))))
        .join(JoinType::InnerJoin, its.into())
        .filter(marks::Column::Network.eq(network))
        .filter(alike)
        .into_tuple()
        .one(&**write)
        .await?
        .unwrap_or_default();
    let readers = readers.unsigned_abs() + u64::from(own == 0);
    let is_full = all.unsigned_abs() >= bound && (own + 1) * readers > bound;
    Ok(is_full.then_some(Busy::Network))
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
