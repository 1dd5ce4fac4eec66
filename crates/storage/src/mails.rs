//! Letters that are to be sent, and what became of them. They are written down in the transaction of what they tell of.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{
    Database, Error,
    connection::{Durability, Write},
    rows::mails,
    text::{in_pieces, now, storable, storable_moment, unreadable},
};

/// When a letter is tried again that is not: the day does not come.
const NEVER: DateTime<Utc> =
    chrono::NaiveDate::from_ymd_opt(9999, 1, 1).expect("a day").and_time(chrono::NaiveTime::MIN).and_utc();

/// A letter to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The address of whom it goes to.
    pub recipient: String,
    /// One line.
    pub subject: String,
    /// Further headers by name.
    pub headers: Vec<(String, String)>,
    /// Plain text.
    pub body: String,
}

/// A letter that somebody took to send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its number.
    pub id: i64,
    /// The letter.
    pub draft: Draft,
    /// How often it was taken, this time included.
    pub tries: u32,
}

/// A letter that was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Its number.
    pub id: i64,
    /// When it was written.
    pub created: DateTime<Utc>,
    /// What was said against it last.
    pub fault: String,
    /// When it is tried again, if it is.
    pub again: Option<DateTime<Utc>>,
}

/// Writes letters down that tell of nothing else that is written.
pub async fn add(db: &Database, letters: &[Draft]) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    insert(&write, letters).await?;
    write.commit().await
}

pub(crate) async fn insert(write: &Write, letters: &[Draft]) -> Result<(), Error> {
    let now = now();
    let row = |letter: &Draft| mails::ActiveModel {
        id: NotSet,
        recipient: Set(storable(&letter.recipient)),
        subject: Set(storable(&letter.subject)),
        headers: Set(storable(&serde_json::json!(letter.headers).to_string())),
        body: Set(storable(&letter.body)),
        created: Set(now),
        tries: Set(0),
        next: Set(now),
        fault: Set(None),
        sent: Set(None),
    };
    for piece in in_pieces(letters.iter().map(row)) {
        mails::Entity::insert_many(piece).exec_without_returning(&**write).await?;
    }
    Ok(())
}

/// Takes letters whose time has come, for as long as `lease`: nobody else gets them before that is over.
pub async fn take(db: &Database, limit: u64, lease: TimeDelta) -> Result<Vec<Taken>, Error> {
    use mails::Column;
    let due = || mails::Entity::find().filter(Column::Sent.is_null()).filter(Column::Next.lte(now()));
    if due().limit(1).one(db.read()).await?.is_none() {
        return Ok(Vec::new());
    }
    let write = db.write(Durability::Full).await?;
    let mut taken = Vec::new();
    for row in due().order_by_asc(Column::Next).limit(limit).all(&*write).await? {
        let mine = mails::Entity::update_many()
            .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
            .col_expr(Column::Next, Expr::value(storable_moment(now() + lease)))
            .filter(Column::Id.eq(row.id))
            .filter(Column::Tries.eq(row.tries))
            .exec(&*write)
            .await?;
        if mine.rows_affected > 0 {
            taken.push(letter(row)?);
        }
    }
    write.commit().await?;
    Ok(taken)
}

/// Writes down that a letter was sent.
pub async fn sent(db: &Database, id: i64) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    mails::Entity::update_many()
        .col_expr(mails::Column::Sent, Expr::value(now()))
        .col_expr(mails::Column::Fault, Expr::value(None::<String>))
        .filter(mails::Column::Id.eq(id))
        .exec(&*write)
        .await?;
    write.commit().await
}

/// Writes down why a letter was not sent, and when to try again, if ever.
pub async fn failed(db: &Database, id: i64, fault: &str, again: Option<DateTime<Utc>>) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    mails::Entity::update_many()
        .col_expr(mails::Column::Next, Expr::value(storable_moment(again.unwrap_or(NEVER))))
        .col_expr(mails::Column::Fault, Expr::value(storable(fault)))
        .filter(mails::Column::Id.eq(id))
        .exec(&*write)
        .await?;
    write.commit().await
}

/// How many letters wait to be sent.
pub async fn waiting(db: &Database) -> Result<u64, Error> {
    let waiting =
        mails::Entity::find().filter(mails::Column::Sent.is_null()).filter(mails::Column::Next.lt(NEVER));
    Ok(waiting.count(db.read()).await?)
}

/// The last letters that something was said against, newest first.
pub async fn unsent(db: &Database, limit: u64) -> Result<Vec<Unsent>, Error> {
    let rows = mails::Entity::find()
        .filter(mails::Column::Sent.is_null())
        .filter(mails::Column::Fault.is_not_null())
        .order_by_desc(mails::Column::Id)
        .limit(limit)
        .all(db.read())
        .await?;
    let unsent = |row: mails::Model| Unsent {
        id: row.id,
        created: row.created,
        fault: row.fault.unwrap_or_default(),
        again: Some(row.next).filter(|next| *next < NEVER),
    };
    Ok(rows.into_iter().map(unsent).collect())
}

/// Forgets letters that were sent, or given up, and were written before some moment; gives how many.
pub async fn forget(db: &Database, before: DateTime<Utc>) -> Result<u64, Error> {
    use mails::Column;
    let write = db.write(Durability::Full).await?;
    let over = sea_orm::Condition::any().add(Column::Sent.is_not_null()).add(Column::Next.gte(NEVER));
    let gone = mails::Entity::delete_many()
        .filter(over)
        .filter(Column::Created.lt(storable_moment(before)))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(gone.rows_affected)
}

fn letter(row: mails::Model) -> Result<Taken, Error> {
    Ok(Taken {
        id: row.id,
        tries: u32::try_from(row.tries + 1).unwrap_or(u32::MAX),
        draft: Draft {
            recipient: row.recipient,
            subject: row.subject,
            headers: serde_json::from_str(&row.headers).map_err(unreadable)?,
            body: row.body,
        },
    })
}
