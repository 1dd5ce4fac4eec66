//! People with accounts: their passwords (hashed by the caller), roles, and what they keep of their own.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use content::{Role, User, UserId, UserName};
use sea_orm::{
    ActiveValue::{NotSet, Set, Unchanged},
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use serde::Serialize;

use crate::{
    Database, Error,
    connection::{Durability, Write},
    rows::{invitations, libraries, roles, sessions, users},
    text::{now, storable},
};

/// The lock that keeps two administrators from leaving at once.
const LOCK: i64 = 0x696e_6b03;

/// A user to be made.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The name to sign in with.
    pub name: UserName,
    /// Where to write to.
    pub mail: Option<String>,
    /// The password as it is kept.
    pub password_hash: String,
    /// What they may do.
    pub role: Role,
}

/// A user as those who administer the site see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Who it is.
    #[serde(flatten)]
    pub user: User,
    /// Where to write to.
    pub mail: Option<String>,
    /// Whether they are kept out.
    pub blocked: bool,
    /// Sessions that go on.
    pub sessions: u64,
    /// When one of these was seen last.
    pub seen: Option<DateTime<Utc>>,
}

/// What a user keeps of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// Grows with every change.
    pub revision: i64,
    /// What it holds, as their browser wrote it.
    pub body: String,
}

/// What became of a wish to keep a library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It is kept, under this revision.
    As(i64),
    /// Another browser kept something else meanwhile.
    Other(Library),
}

/// Makes an account. Fails as [`Error::Taken`] if there is one of that name or mail.
pub async fn create(db: &Database, draft: &Draft) -> Result<User, Error> {
    let write = db.write(Durability::Full).await?;
    let user = insert(&write, draft).await?;
    write.commit().await?;
    Ok(user)
}

/// The user of a name, and their password as it is kept; without one if they are blocked: nobody signs in as them.
pub async fn by_name(db: &Database, name: &UserName) -> Result<Option<(User, Option<String>)>, Error> {
    let row = users::Entity::find()
        .filter(users::Column::Name.eq(name.as_str()))
        .find_also_related(roles::Entity)
        .one(db.read())
        .await?;
    row.map(|(row, role)| Ok((user(&row, role)?, row.password_hash.filter(|_| !row.blocked)))).transpose()
}

/// Everybody who has an account, by name.
pub async fn all(db: &Database) -> Result<Vec<Account>, Error> {
    let rows = users::Entity::find()
        .find_also_related(roles::Entity)
        .order_by_asc(users::Column::Name)
        .all(db.read())
        .await?;
    let mut open = seen(db).await?;
    let account = |(row, role): (users::Model, Option<roles::Model>)| {
        let (sessions, seen) = open.remove(&row.id).unwrap_or_default();
        let user = user(&row, role)?;
        Ok(Account { user, mail: row.mail, blocked: row.blocked, sessions, seen })
    };
    rows.into_iter().map(account).collect()
}

/// How many sessions each user has, and when one of them was seen last.
async fn seen(db: &Database) -> Result<HashMap<i64, (u64, Option<DateTime<Utc>>)>, Error> {
    let open = sessions::Entity::find().filter(sessions::Column::Expires.gt(now())).all(db.read()).await?;
    let mut of_users = HashMap::<i64, (u64, Option<DateTime<Utc>>)>::new();
    for session in open {
        let (count, seen) = of_users.entry(session.user_id).or_default();
        *count += 1;
        *seen = Ord::max(*seen, session.seen);
    }
    Ok(of_users)
}

/// Gives a user another password, and ends their sessions: whoever knew the old one is out.
pub async fn set_password(db: &Database, user: UserId, hash: &str) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    let row = users::ActiveModel {
        id: Unchanged(user.0),
        password_hash: Set(Some(hash.to_owned())),
        ..Default::default()
    };
    users::Entity::update(row).exec(&*write).await?;
    sessions::Entity::delete_many().filter(sessions::Column::UserId.eq(user.0)).exec(&*write).await?;
    write.commit().await
}

/// Removes an account with all that is its own. What they wrote stays, under their name. Fails as
/// [`Error::LastAdministrator`].
pub async fn remove(db: &Database, user: UserId) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    others_administer(&write, user).await?;
    invitations::Entity::delete_many().filter(invitations::Column::UserId.eq(user.0)).exec(&*write).await?;
    users::Entity::delete_by_id(user.0).exec(&*write).await?;
    write.commit().await
}

/// Gives a user another role. Fails as [`Error::LastAdministrator`].
pub async fn set_role(db: &Database, user: UserId, role: Role) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    if role != Role::Administrator {
        others_administer(&write, user).await?;
    }
    let row = users::ActiveModel {
        id: Unchanged(user.0),
        role_id: Set(role_id(&write, role).await?),
        ..Default::default()
    };
    users::Entity::update(row).exec(&*write).await?;
    write.commit().await
}

/// Keeps a user out, and ends their sessions; or lets them in again. Fails as [`Error::LastAdministrator`].
pub async fn set_blocked(db: &Database, user: UserId, blocked: bool) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    if blocked {
        others_administer(&write, user).await?;
        sessions::Entity::delete_many().filter(sessions::Column::UserId.eq(user.0)).exec(&*write).await?;
    }
    let row = users::ActiveModel { id: Unchanged(user.0), blocked: Set(blocked), ..Default::default() };
    users::Entity::update(row).exec(&*write).await?;
    write.commit().await
}

/// Gives a user another name to be shown by; without one, they are shown by the name that they sign in with.
pub async fn set_shown(db: &Database, user: UserId, shown: Option<&str>) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    let row =
        users::ActiveModel { id: Unchanged(user.0), shown: Set(shown.map(storable)), ..Default::default() };
    users::Entity::update(row).exec(&*write).await?;
    write.commit().await
}

/// Whether anybody administers the site.
pub async fn has_administrator(db: &Database) -> Result<bool, Error> {
    Ok(administrators().count(db.read()).await? > 0)
}

/// What a user keeps.
pub async fn library(db: &Database, user: UserId) -> Result<Option<Library>, Error> {
    library_in(db.read(), user).await
}

/// Keeps a library in the place of the one of that revision; 0 stands for none.
pub async fn keep_library(db: &Database, user: UserId, replaces: i64, body: &str) -> Result<Kept, Error> {
    let write = db.write(Durability::Full).await?;
    let found = library_in(&*write, user).await?;
    if let Some(other) = found.filter(|found| found.revision != replaces) {
        return Ok(Kept::Other(other));
    }
    let revision = replaces + 1;
    let row = libraries::ActiveModel {
        user_id: Set(user.0),
        revision: Set(revision),
        saved: Set(now()),
        body: Set(storable(body)),
    };
    use libraries::Column;
    // Two browsers that both write over the same revision: the later one finds another number.
    let newer = OnConflict::column(Column::UserId)
        .update_columns([Column::Revision, Column::Saved, Column::Body])
        .action_and_where(Expr::col((libraries::Entity, Column::Revision)).eq(replaces))
        .to_owned();
    let written = libraries::Entity::insert(row).on_conflict(newer).exec_without_returning(&*write).await?;
    if written == 0 {
        let other = library_in(&*write, user).await?;
        return Ok(Kept::Other(other.ok_or_else(|| Error::Corrupt("a library that was there".into()))?));
    }
    write.commit().await?;
    Ok(Kept::As(revision))
}

async fn library_in(connection: &impl ConnectionTrait, user: UserId) -> Result<Option<Library>, Error> {
    let row = libraries::Entity::find_by_id(user.0).one(connection).await?;
    Ok(row.map(|row| Library { revision: row.revision, body: row.body }))
}

pub(crate) async fn insert(write: &Write, draft: &Draft) -> Result<User, Error> {
    let created = now();
    let row = users::ActiveModel {
        id: NotSet,
        name: Set(draft.name.as_str().to_owned()),
        mail: Set(draft.mail.as_deref().map(storable)),
        password_hash: Set(Some(draft.password_hash.clone())),
        role_id: Set(role_id(write, draft.role).await?),
        created: Set(created),
        ..Default::default()
    };
    let inserted = users::Entity::insert(row).exec(&**write).await?;
    let id = UserId(inserted.last_insert_id);
    Ok(User { id, name: draft.name.clone(), shown: None, role: draft.role, created })
}

/// Fails unless somebody else administers the site. Who asks holds the lock: two who leave at once would both see the
/// other.
async fn others_administer(write: &Write, user: UserId) -> Result<(), Error> {
    write.lock(LOCK).await?;
    let others = administrators().filter(users::Column::Id.ne(user.0)).count(&**write).await?;
    let is_one = administrators().filter(users::Column::Id.eq(user.0)).count(&**write).await? > 0;
    if is_one && others == 0 { Err(Error::LastAdministrator) } else { Ok(()) }
}

/// Those who can sign in and administer the site.
fn administrators() -> sea_orm::Select<users::Entity> {
    users::Entity::find()
        .inner_join(roles::Entity)
        .filter(roles::Column::Name.eq(Role::Administrator.name()))
        .filter(users::Column::Blocked.eq(false))
}

async fn role_id(write: &Write, role: Role) -> Result<i64, Error> {
    let row = roles::Entity::find().filter(roles::Column::Name.eq(role.name())).one(&**write).await?;
    row.map(|row| row.id).ok_or_else(|| Error::Corrupt(format!("there is no role {}", role.name())))
}

pub(crate) fn user(row: &users::Model, role: Option<roles::Model>) -> Result<User, Error> {
    let corrupt = |invalid: content::Invalid| Error::Corrupt(invalid.to_string());
    let role = role.map(|role| role.name).unwrap_or_default();
    Ok(User {
        id: UserId(row.id),
        name: row.name.parse().map_err(corrupt)?,
        shown: row.shown.clone(),
        role: role.parse().map_err(corrupt)?,
        created: row.created,
    })
}
