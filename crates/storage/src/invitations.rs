//! Links that work once: to make an account of some role, or to choose another password.

use chrono::{DateTime, Utc};
use content::{Role, User, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    Database, Error,
    connection::{Durability, Write},
    rows::{invitations, roles, sessions, users},
    text::{now, storable_moment},
    users::{Draft, insert, user},
};

/// What a link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invitation {
    /// An account of that role.
    Account(Role),
    /// Another password for a user.
    Password(User),
}

/// Lets whoever has the code of this hash make an account of that role.
pub async fn invite(db: &Database, code_hash: &str, expires: DateTime<Utc>, role: Role) -> Result<(), Error> {
    keep(db, code_hash, expires, role, None).await
}

/// Lets whoever has the code of this hash choose another password for a user. Earlier codes for that end.
pub async fn reset(
    db: &Database,
    code_hash: &str,
    expires: DateTime<Utc>,
    user: UserId,
) -> Result<(), Error> {
    keep(db, code_hash, expires, Role::Reader, Some(user)).await
}

/// What the code of this hash is for, if it is still good.
pub async fn of_code(db: &Database, code_hash: &str) -> Result<Option<Invitation>, Error> {
    let Some(row) = open(code_hash).one(db.read()).await? else { return Ok(None) };
    let Some(id) = row.user_id else { return Ok(Some(Invitation::Account(role(&row)?))) };
    let found = users::Entity::find_by_id(id).find_also_related(roles::Entity).one(db.read()).await?;
    found.map(|(row, role)| Ok(Invitation::Password(user(&row, role)?))).transpose()
}

/// Makes an account by a code, which is used up with it and says the role; `None` if it is good for none.
pub async fn accept(db: &Database, code_hash: &str, draft: &Draft) -> Result<Option<User>, Error> {
    let write = db.write(Durability::Full).await?;
    let Some(row) = open(code_hash).filter(invitations::Column::UserId.is_null()).one(&*write).await? else {
        return Ok(None);
    };
    if !use_up(&write, code_hash).await? {
        return Ok(None);
    }
    let made = insert(&write, &Draft { role: role(&row)?, ..draft.clone() }).await?;
    write.commit().await?;
    Ok(Some(made))
}

/// Gives a user the password of this hash by a code, which is used up with it, and ends their sessions; `None` if it is
/// good for nobody.
pub async fn choose(db: &Database, code_hash: &str, password_hash: &str) -> Result<Option<UserId>, Error> {
    let write = db.write(Durability::Full).await?;
    let found = open(code_hash).filter(invitations::Column::UserId.is_not_null()).one(&*write).await?;
    let Some(id) = found.and_then(|row| row.user_id) else { return Ok(None) };
    if !use_up(&write, code_hash).await? {
        return Ok(None);
    }
    users::Entity::update_many()
        .col_expr(users::Column::PasswordHash, Expr::value(Some(password_hash)))
        .filter(users::Column::Id.eq(id))
        .exec(&*write)
        .await?;
    sessions::Entity::delete_many().filter(sessions::Column::UserId.eq(id)).exec(&*write).await?;
    write.commit().await?;
    Ok(Some(UserId(id)))
}

async fn keep(
    db: &Database,
    code_hash: &str,
    expires: DateTime<Utc>,
    role: Role,
    user: Option<UserId>,
) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    if let Some(user) = user {
        invitations::Entity::delete_many()
            .filter(invitations::Column::UserId.eq(user.0))
            .exec(&*write)
            .await?;
    }
    let row = invitations::ActiveModel {
        code_hash: Set(code_hash.to_owned()),
        expires: Set(storable_moment(expires)),
        used: Set(None),
        role: Set(role.name().to_owned()),
        user_id: Set(user.map(|user| user.0)),
    };
    invitations::Entity::insert(row).exec_without_returning(&*write).await?;
    write.commit().await
}

/// Whether nobody else was faster.
async fn use_up(write: &Write, code_hash: &str) -> Result<bool, Error> {
    let used = invitations::Entity::update_many()
        .col_expr(invitations::Column::Used, Expr::value(Some(now())))
        .filter(invitations::Column::CodeHash.eq(code_hash))
        .filter(invitations::Column::Used.is_null())
        .filter(invitations::Column::Expires.gt(now()))
        .exec(&**write)
        .await?;
    Ok(used.rows_affected > 0)
}

fn open(code_hash: &str) -> sea_orm::Select<invitations::Entity> {
    invitations::Entity::find()
        .filter(invitations::Column::CodeHash.eq(code_hash))
        .filter(invitations::Column::Used.is_null())
        .filter(invitations::Column::Expires.gt(now()))
}

fn role(row: &invitations::Model) -> Result<Role, Error> {
    row.role.parse().map_err(|invalid: content::Invalid| Error::Corrupt(invalid.to_string()))
}
