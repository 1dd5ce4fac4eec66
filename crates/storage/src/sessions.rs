//! Who is signed in, and from where.

use chrono::{DateTime, TimeDelta, Utc};
use content::{User, UserId};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::Expr,
};

use crate::{
    Database, Error,
    connection::Durability,
    rows::{readers, roles, sessions, users},
    text::{now, storable, storable_moment},
    users::user,
};

/// A session that is seen again sooner is not written down again, in seconds.
const AGAIN: i64 = 5 * 60;
/// What is kept of what a browser says it is, in characters.
const AGENT: usize = 200;

/// A session to be begun.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// Whose.
    pub user: UserId,
    /// The hash of the token that the browser keeps.
    pub token_hash: &'a str,
    /// When it ends by itself.
    pub expires: DateTime<Utc>,
    /// The hash of the cookie of a reader, who is this user from now on.
    pub reader: Option<&'a str>,
    /// What the browser says it is.
    pub agent: &'a str,
}

/// A session that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its number.
    pub id: i64,
    /// Whose.
    pub user: UserId,
    /// What the browser said it is.
    pub agent: String,
    /// When it began.
    pub begun: DateTime<Utc>,
    /// When it was seen last.
    pub seen: Option<DateTime<Utc>>,
    /// The hash of its token.
    pub token_hash: String,
}

/// Begins a session. Those that have ended are forgotten.
pub async fn begin(db: &Database, draft: Draft<'_>) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    sessions::Entity::delete_many().filter(sessions::Column::Expires.lt(now())).exec(&*write).await?;
    let row = sessions::ActiveModel {
        id: NotSet,
        token_hash: Set(draft.token_hash.to_owned()),
        user_id: Set(draft.user.0),
        created: Set(now()),
        expires: Set(storable_moment(draft.expires)),
        agent: Set(storable(&draft.agent.chars().take(AGENT).collect::<String>())),
        seen: Set(Some(now())),
    };
    sessions::Entity::insert(row).exec_without_returning(&*write).await?;
    if let Some(reader) = draft.reader {
        readers::Entity::update_many()
            .col_expr(readers::Column::UserId, Expr::value(draft.user.0))
            .filter(readers::Column::CookieHash.eq(reader))
            .exec(&*write)
            .await?;
    }
    write.commit().await
}

/// Whose session is under the hash of a token, if it has not ended and they are not blocked.
pub async fn of_token(db: &Database, token_hash: &str) -> Result<Option<(Session, User)>, Error> {
    let found = sessions::Entity::find()
        .filter(sessions::Column::TokenHash.eq(token_hash))
        .filter(sessions::Column::Expires.gt(now()))
        .one(db.read())
        .await?;
    let Some(found) = found else { return Ok(None) };
    let row = users::Entity::find_by_id(found.user_id)
        .filter(users::Column::Blocked.eq(false))
        .find_also_related(roles::Entity)
        .one(db.read())
        .await?;
    row.map(|(row, role)| Ok((session(found), user(&row, role)?))).transpose()
}

/// Writes down that a session was seen now, unless that was written down some minutes ago.
pub async fn saw(db: &Database, seen: &Session) -> Result<(), Error> {
    let lately = |moment: DateTime<Utc>| now() - moment < TimeDelta::seconds(AGAIN);
    if seen.seen.is_some_and(lately) {
        return Ok(());
    }
    let write = db.write(Durability::Relaxed).await?;
    sessions::Entity::update_many()
        .col_expr(sessions::Column::Seen, Expr::value(now()))
        .filter(sessions::Column::Id.eq(seen.id))
        .exec(&*write)
        .await?;
    write.commit().await
}

/// The sessions of a user that go on, the one that was seen last first.
pub async fn of(db: &Database, user: UserId) -> Result<Vec<Session>, Error> {
    let mut rows = sessions::Entity::find()
        .filter(sessions::Column::UserId.eq(user.0))
        .filter(sessions::Column::Expires.gt(now()))
        .order_by_desc(sessions::Column::Id)
        .all(db.read())
        .await?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.seen));
    Ok(rows.into_iter().map(session).collect())
}

/// Ends the session of a token.
pub async fn end(db: &Database, token_hash: &str) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    sessions::Entity::delete_many().filter(sessions::Column::TokenHash.eq(token_hash)).exec(&*write).await?;
    write.commit().await
}

/// Ends one session of a user; whether there was one of that number.
pub async fn end_one(db: &Database, user: UserId, id: i64) -> Result<bool, Error> {
    let write = db.write(Durability::Full).await?;
    let ended = sessions::Entity::delete_many()
        .filter(sessions::Column::UserId.eq(user.0))
        .filter(sessions::Column::Id.eq(id))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(ended.rows_affected > 0)
}

/// Ends a user's sessions but the one of this token; gives how many there were.
pub async fn end_others(db: &Database, user: UserId, token_hash: &str) -> Result<u64, Error> {
    let write = db.write(Durability::Full).await?;
    let ended = sessions::Entity::delete_many()
        .filter(sessions::Column::UserId.eq(user.0))
        .filter(sessions::Column::TokenHash.ne(token_hash))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(ended.rows_affected)
}

fn session(row: sessions::Model) -> Session {
    Session {
        id: row.id,
        user: UserId(row.user_id),
        agent: row.agent,
        begun: row.created,
        seen: row.seen,
        token_hash: row.token_hash,
    }
}
