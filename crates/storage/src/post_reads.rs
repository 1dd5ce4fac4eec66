//! Who reads posts. What is counted are readers: neither reloads nor robots, and no more of one network than may be there.

use chrono::{Days, NaiveDate};
use content::PostId;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    Database, Error,
    connection::{Durability, Write},
    post_lists::listed,
    rows::{post_reads, posts, readers},
    text::now,
};

/// Readers of one network who count for one post in a day.
const OF_A_NETWORK: u64 = 20;
/// Reads of one network that are kept in a day: otherwise readers who are made up fill the disk.
const OF_A_NETWORK_IN_A_DAY: u64 = 2000;
/// After so many days no browser has the cookie of a known reader any more.
const LIFE: u64 = 366;
/// How what is kept of a known reader begins; what is kept of others are the digits of hashes, their network's first.
const KNOWN: &str = "k";

/// Who reads. The first two are hexadecimal and salted, each always of one length, and mean nothing once their day is
/// over.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// A hash of the network that the request came from.
    pub network: &'a str,
    /// A hash of all that tells the reader from others there.
    pub visitor: &'a str,
    /// A hash of the reader's cookie, which is not salted, if they have one.
    pub cookie: Option<&'a str>,
}

/// Counts a reader of a post: once in a day, or once for good if they are known. Says whether this one counted.
pub async fn read(db: &Database, post: PostId, reading: Reading<'_>) -> Result<bool, Error> {
    let write = db.write(Durability::Relaxed).await?;
    let public = posts::Entity::find_by_id(post.0).filter(listed().add(crate::posts::readable()));
    if public.count(&*write).await? == 0 {
        return Err(Error::Missing(format!("post {}", post.0)));
    }
    let known = known(&write, reading.cookie).await?;
    let here = format!("{}{}", reading.network, reading.visitor);
    let before = match &known {
        Some(cookie) => has(&write, post, cookie).await? || has(&write, post, &here).await?,
        None => has(&write, post, &here).await?,
    };
    let counts = !before && has_room(&write, post, reading.network).await?;
    if counts {
        leave(&write, post, here).await?;
        let one = Expr::col(posts::Column::Readers).add(1);
        let its = posts::Entity::update_many().col_expr(posts::Column::Readers, one);
        its.filter(posts::Column::Id.eq(post.0)).exec(&*write).await?;
    }
    if let Some(cookie) = known.filter(|_| counts || before) {
        leave(&write, post, cookie).await?;
    }
    write.commit().await?;
    Ok(counts)
}

/// Forgets who read before yesterday; known readers when nobody can be them any more. What they were counted for stays.
pub async fn forget(db: &Database, today: NaiveDate) -> Result<u64, Error> {
    use post_reads::Column;
    let before = |days| today.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN);
    let passing = Column::Day.lt(before(1)).and(Column::Reader.like(format!("{KNOWN}%")).not());
    let write = db.write(Durability::Relaxed).await?;
    let gone = passing.or(Column::Day.lt(before(LIFE)));
    let gone = post_reads::Entity::delete_many().filter(gone).exec(&*write).await?;
    write.commit().await?;
    Ok(gone.rows_affected)
}

/// What is kept of a reader who left a mark before; a cookie that somebody made up is nobody's.
async fn known(write: &Write, cookie: Option<&str>) -> Result<Option<String>, Error> {
    let Some(cookie) = cookie else { return Ok(None) };
    let its = readers::Entity::find().filter(readers::Column::CookieHash.eq(cookie));
    Ok((its.count(&**write).await? > 0).then(|| format!("{KNOWN}{cookie}")))
}

async fn has(connection: &Write, post: PostId, reader: &str) -> Result<bool, Error> {
    let key = (post.0, reader.to_owned());
    Ok(post_reads::Entity::find_by_id(key).one(&**connection).await?.is_some())
}

async fn has_room(write: &Write, post: PostId, network: &str) -> Result<bool, Error> {
    use post_reads::Column;
    // Up to the letter after the last digit: an index finds these in any order of letters.
    let its = || {
        let its = post_reads::Entity::find().filter(Column::Reader.gte(network));
        its.filter(Column::Reader.lt(format!("{network}g")))
    };
    Ok(its().filter(Column::PostId.eq(post.0)).count(&**write).await? < OF_A_NETWORK
        && its().count(&**write).await? < OF_A_NETWORK_IN_A_DAY)
}

async fn leave(write: &Write, post: PostId, reader: String) -> Result<(), Error> {
    let row =
        post_reads::ActiveModel { post_id: Set(post.0), reader: Set(reader), day: Set(now().date_naive()) };
    let row = post_reads::Entity::insert(row).on_conflict_do_nothing();
    row.exec_without_returning(&**write).await?;
    Ok(())
}
