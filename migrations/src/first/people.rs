//! Readers, users, roles and sessions. Cookies are stored hashed.

use sea_orm_migration::prelude::{DbErr, ForeignKey, Query, SchemaManager, Table, TableCreateStatement};
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, text, text_null, timestamp_with_time_zone,
};

use super::{belongs_to, index, refers_to};

const ROLES: [&str; 4] = ["administrator", "editor", "author", "reader"];

pub(super) async fn create(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let indexes = [
        index("readers", &["cookie_hash"]).unique().take(),
        index("roles", &["name"]).unique().take(),
        index("users", &["name"]).unique().take(),
        index("users", &["mail"]).unique().take(),
        index("sessions", &["token_hash"]).unique().take(),
        index("sessions", &["user_id"]),
    ];
    super::create(manager, [roles(), users(), readers(), sessions()], indexes).await?;
    let mut names = Query::insert().into_table("roles").columns(["name"]).take();
    for name in ROLES {
        names.values_panic([name.into()]);
    }
    manager.execute(names).await
}

fn roles() -> TableCreateStatement {
    Table::create().table("roles").col(big_pk_auto("id")).col(text("name")).take()
}

/// Without `password_hash` nobody can sign in as this user by password.
fn users() -> TableCreateStatement {
    Table::create()
        .table("users")
        .col(big_pk_auto("id"))
        .col(text("name"))
        .col(text_null("mail"))
        .col(text_null("password_hash"))
        .col(big_integer("role_id"))
        .col(timestamp_with_time_zone("created"))
        .foreign_key(ForeignKey::create().from_col("role_id").to("roles", "id"))
        .take()
}

/// A browser that did something, known by a random cookie; of a user, once they signed in there.
fn readers() -> TableCreateStatement {
    Table::create()
        .table("readers")
        .col(big_pk_auto("id"))
        .col(text("cookie_hash"))
        .col(big_integer_null("user_id"))
        .col(timestamp_with_time_zone("created"))
        .foreign_key(&mut refers_to("user_id", "users"))
        .take()
}

fn sessions() -> TableCreateStatement {
    Table::create()
        .table("sessions")
        .col(big_pk_auto("id"))
        .col(text("token_hash"))
        .col(big_integer("user_id"))
        .col(timestamp_with_time_zone("created"))
        .col(timestamp_with_time_zone("expires"))
        .foreign_key(&mut belongs_to("user_id", "users"))
        .take()
}
