//! Who did what on this site, by browser or command.

use chrono::{DateTime, Utc};
use content::UserId;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::ExprTrait as _,
};
use serde::Serialize;

use crate::{
    Database, Error,
    connection::{Durability, Write},
    rows::audit,
    text::{now, storable},
};

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its place in the log.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The name of who did it; it outlives the account.
    pub who: String,
    /// What was done, as one word with dots: `post.publish`.
    pub action: String,
    /// To what: a name or a number.
    pub object: String,
    /// What else there is to know.
    pub detail: String,
}

/// Something that is being done.
#[derive(Debug, Clone, Copy)]
pub struct Deed<'a> {
    /// The account of who does it, if it is somebody's.
    pub user: Option<UserId>,
    /// Their name; `command` for the command line.
    pub who: &'a str,
    /// What is done, as one word with dots: `post.publish`.
    pub action: &'a str,
    /// To what: a name or a number.
    pub object: &'a str,
    /// What else there is to know. Never a secret or what a visitor keeps to themselves.
    pub detail: &'a str,
}

/// Writes down what was done.
pub async fn record(db: &Database, deed: Deed<'_>) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    insert(&write, deed).await?;
    write.commit().await
}

/// Writes down what is being done, in the transaction that does it.
pub(crate) async fn insert(write: &Write, deed: Deed<'_>) -> Result<(), Error> {
    let row = audit::ActiveModel {
        id: NotSet,
        at: Set(now()),
        user_id: Set(deed.user.map(|user| user.0)),
        who: Set(storable(deed.who)),
        action: Set(deed.action.to_owned()),
        object: Set(storable(deed.object)),
        detail: Set(storable(deed.detail)),
    };
    audit::Entity::insert(row).exec_without_returning(&**write).await?;
    Ok(())
}

/// Which entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Those of this name only.
    pub who: Option<String>,
    /// Those of this action, or of all that begin with it and a dot: `post` has `post.publish`.
    pub action: Option<String>,
}

/// The last `limit` entries before one of them, newest first.
pub async fn list(
    db: &Database,
    filter: &Filter,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<Entry>, Error> {
    let mut which = Condition::all().add(audit::Column::Id.lt(before.unwrap_or(i64::MAX)));
    if let Some(who) = &filter.who {
        which = which.add(audit::Column::Who.eq(who));
    }
    if let Some(action) = &filter.action {
        let below = audit::Column::Action.starts_with(format!("{action}."));
        which = which.add(audit::Column::Action.eq(action).or(below));
    }
    let rows = audit::Entity::find()
        .filter(which)
        .order_by_desc(audit::Column::Id)
        .limit(limit)
        .all(db.read())
        .await?;
    let entry = |row: audit::Model| Entry {
        id: row.id,
        at: row.at,
        who: row.who,
        action: row.action,
        object: row.object,
        detail: row.detail,
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// Whoever did something, by name, and what was done, by action.
pub async fn kinds(db: &Database) -> Result<(Vec<String>, Vec<String>), Error> {
    let distinct = async |column: audit::Column| {
        audit::Entity::find()
            .select_only()
            .column(column)
            .distinct()
            .order_by_asc(column)
            .into_tuple::<String>()
            .all(db.read())
            .await
    };
    Ok((distinct(audit::Column::Who).await?, distinct(audit::Column::Action).await?))
}
