//! People with accounts: their passwords (hashed by the caller), sessions, invitations, and what they keep of their own.

use chrono::{DateTime, Utc};
use content::{Role, User, UserId, UserName};
use sea_orm::{
    ActiveValue::{NotSet, Set, Unchanged},
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use crate::{
    Database, Error,
    connection::{Durability, Write},
    rows::{invitations, libraries, readers, roles, sessions, users},
    text::{now, storable, storable_moment},
};

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

/// The user of a name, and their password as it is kept.
pub async fn by_name(db: &Database, name: &UserName) -> Result<Option<(User, Option<String>)>, Error> {
    let row = users::Entity::find()
        .filter(users::Column::Name.eq(name.as_str()))
        .find_also_related(roles::Entity)
        .one(db.read())
        .await?;
    row.map(|(row, role)| Ok((user(&row, role)?, row.password_hash))).transpose()
}

/// Everybody who has an account, by name.
pub async fn all(db: &Database) -> Result<Vec<User>, Error> {
    let rows = users::Entity::find()
        .find_also_related(roles::Entity)
        .order_by_asc(users::Column::Name)
        .all(db.read())
        .await?;
    rows.into_iter().map(|(row, role)| user(&row, role)).collect()
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

/// Removes an account with all that is its own.
pub async fn remove(db: &Database, user: UserId) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    users::Entity::delete_by_id(user.0).exec(&*write).await?;
    write.commit().await
}

/// Begins a session under the hash of a token. `reader`, the hash of the browser's cookie, is theirs from now on.
pub async fn begin_session(
    db: &Database,
    user: UserId,
    token_hash: &str,
    expires: DateTime<Utc>,
    reader: Option<&str>,
) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    sessions::Entity::delete_many().filter(sessions::Column::Expires.lt(now())).exec(&*write).await?;
    let row = sessions::ActiveModel {
        id: NotSet,
        token_hash: Set(token_hash.to_owned()),
        user_id: Set(user.0),
        created: Set(now()),
        expires: Set(storable_moment(expires)),
    };
    sessions::Entity::insert(row).exec_without_returning(&*write).await?;
    if let Some(reader) = reader {
        readers::Entity::update_many()
            .col_expr(readers::Column::UserId, Expr::value(user.0))
            .filter(readers::Column::CookieHash.eq(reader))
            .exec(&*write)
            .await?;
    }
    write.commit().await
}

/// Whose session is under the hash of a token, if it has not ended.
pub async fn by_session(db: &Database, token_hash: &str) -> Result<Option<User>, Error> {
    let session = sessions::Entity::find()
        .filter(sessions::Column::TokenHash.eq(token_hash))
        .filter(sessions::Column::Expires.gt(now()))
        .one(db.read())
        .await?;
    let Some(session) = session else { return Ok(None) };
    let row =
        users::Entity::find_by_id(session.user_id).find_also_related(roles::Entity).one(db.read()).await?;
    row.map(|(row, role)| user(&row, role)).transpose()
}

/// Ends one session.
pub async fn end_session(db: &Database, token_hash: &str) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    sessions::Entity::delete_many().filter(sessions::Column::TokenHash.eq(token_hash)).exec(&*write).await?;
    write.commit().await
}

/// Ends a user's sessions but this one; gives how many there were.
pub async fn end_other_sessions(db: &Database, user: UserId, token_hash: &str) -> Result<u64, Error> {
    let write = db.write(Durability::Full).await?;
    let ended = sessions::Entity::delete_many()
        .filter(sessions::Column::UserId.eq(user.0))
        .filter(sessions::Column::TokenHash.ne(token_hash))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(ended.rows_affected)
}

/// How many sessions of a user go on.
pub async fn sessions(db: &Database, user: UserId) -> Result<u64, Error> {
    let open = sessions::Entity::find()
        .filter(sessions::Column::UserId.eq(user.0))
        .filter(sessions::Column::Expires.gt(now()));
    Ok(open.count(db.read()).await?)
}

/// Lets whoever has the code of this hash make an account.
pub async fn invite(db: &Database, code_hash: &str, expires: DateTime<Utc>) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    let row = invitations::ActiveModel {
        code_hash: Set(code_hash.to_owned()),
        expires: Set(storable_moment(expires)),
        used: Set(None),
    };
    invitations::Entity::insert(row).exec_without_returning(&*write).await?;
    write.commit().await
}

/// Whether the code of this hash still lets somebody make an account.
pub async fn is_invited(db: &Database, code_hash: &str) -> Result<bool, Error> {
    Ok(open_invitation(code_hash).count(db.read()).await? > 0)
}

/// Makes an account by an invitation, which is used up with it; `None` if it is not open.
pub async fn accept(db: &Database, code_hash: &str, draft: &Draft) -> Result<Option<User>, Error> {
    let write = db.write(Durability::Full).await?;
    let used = invitations::Entity::update_many()
        .col_expr(invitations::Column::Used, Expr::value(Some(now())))
        .filter(invitations::Column::CodeHash.eq(code_hash))
        .filter(invitations::Column::Used.is_null())
        .filter(invitations::Column::Expires.gt(now()))
        .exec(&*write)
        .await?;
    if used.rows_affected == 0 {
        return Ok(None);
    }
    let user = insert(&write, draft).await?;
    write.commit().await?;
    Ok(Some(user))
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

fn open_invitation(code_hash: &str) -> sea_orm::Select<invitations::Entity> {
    invitations::Entity::find()
        .filter(invitations::Column::CodeHash.eq(code_hash))
        .filter(invitations::Column::Used.is_null())
        .filter(invitations::Column::Expires.gt(now()))
}

async fn insert(write: &Write, draft: &Draft) -> Result<User, Error> {
    let role = roles::Entity::find().filter(roles::Column::Name.eq(draft.role.name())).one(&**write).await?;
    let role = role.ok_or_else(|| Error::Corrupt(format!("there is no role {}", draft.role.name())))?;
    let created = now();
    let row = users::ActiveModel {
        id: NotSet,
        name: Set(draft.name.as_str().to_owned()),
        mail: Set(draft.mail.as_deref().map(storable)),
        password_hash: Set(Some(draft.password_hash.clone())),
        role_id: Set(role.id),
        created: Set(created),
    };
    let inserted = users::Entity::insert(row).exec(&**write).await?;
    Ok(User { id: UserId(inserted.last_insert_id), name: draft.name.clone(), role: draft.role, created })
}

fn user(row: &users::Model, role: Option<roles::Model>) -> Result<User, Error> {
    let corrupt = |invalid: content::Invalid| Error::Corrupt(invalid.to_string());
    let role = role.map(|role| role.name).unwrap_or_default();
    Ok(User {
        id: UserId(row.id),
        name: row.name.parse().map_err(corrupt)?,
        role: role.parse().map_err(corrupt)?,
        created: row.created,
    })
}
