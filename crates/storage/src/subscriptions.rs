//! Who wants mail of replies to what they said. Nothing is sent to anybody who did not say so twice.

use chrono::{DateTime, Utc};
use content::{CommentId, Language, Subject};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::Expr,
};

use crate::{
    Database, Error,
    comments::Wish,
    connection::{Durability, Write},
    rows::subscriptions,
    text::{now, storable, storable_moment},
};

/// A wish for mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Where to.
    pub mail: String,
    /// The comment whose replies are told of.
    pub comment: CommentId,
    /// In which language.
    pub language: Language,
    /// Whether it was confirmed from that mail.
    pub confirmed: bool,
}

pub(crate) async fn insert(
    write: &Write,
    subject: Subject,
    comment: CommentId,
    wish: &Wish,
) -> Result<(), Error> {
    let (post, paper) = match subject {
        Subject::Post(id) => (Some(id.0), None),
        Subject::Paper(id) => (None, Some(id.0)),
    };
    let row = subscriptions::ActiveModel {
        id: NotSet,
        mail: Set(storable(&wish.mail)),
        post_id: Set(post),
        paper_id: Set(paper),
        comment_id: Set(Some(comment.0)),
        token_hash: Set((wish.token_hash)(comment)),
        language: Set(wish.language.code().to_owned()),
        created: Set(now()),
        confirmed: Set(None),
    };
    subscriptions::Entity::insert(row).exec_without_returning(&**write).await?;
    Ok(())
}

/// The wish whose secret this is kept of.
pub async fn by_token(db: &Database, token_hash: &str) -> Result<Option<Subscription>, Error> {
    let found = subscriptions::Entity::find().filter(subscriptions::Column::TokenHash.eq(token_hash));
    found.one(db.read()).await?.map(subscription).transpose()
}

/// Confirms a wish; says whether there is one.
pub async fn confirm(db: &Database, token_hash: &str) -> Result<bool, Error> {
    let write = db.write(Durability::Full).await?;
    let confirmed = subscriptions::Entity::update_many()
        .col_expr(subscriptions::Column::Confirmed, Expr::value(now()))
        .filter(subscriptions::Column::TokenHash.eq(token_hash))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(confirmed.rows_affected > 0)
}

/// Ends a wish; says whether there was one.
pub async fn stop(db: &Database, token_hash: &str) -> Result<bool, Error> {
    let write = db.write(Durability::Full).await?;
    let gone = subscriptions::Entity::delete_many().filter(subscriptions::Column::TokenHash.eq(token_hash));
    let gone = gone.exec(&*write).await?;
    write.commit().await?;
    Ok(gone.rows_affected > 0)
}

/// The wish that came with a comment.
pub async fn of_comment(db: &Database, comment: CommentId) -> Result<Option<Subscription>, Error> {
    Ok(of_comments(db, &[comment]).await?.pop())
}

/// The wishes that came with these comments, the oldest first.
pub async fn of_comments(db: &Database, comments: &[CommentId]) -> Result<Vec<Subscription>, Error> {
    let found = subscriptions::Entity::find()
        .filter(subscriptions::Column::CommentId.is_in(comments.iter().map(|id| id.0)))
        .order_by_asc(subscriptions::Column::Id);
    found.all(db.read()).await?.into_iter().map(subscription).collect()
}

/// How often mail to this address was wished for since some moment.
pub async fn wished(db: &Database, mail: &str, since: DateTime<Utc>) -> Result<u64, Error> {
    let wishes = subscriptions::Entity::find()
        .filter(subscriptions::Column::Mail.eq(storable(mail)))
        .filter(subscriptions::Column::Created.gt(storable_moment(since)));
    Ok(wishes.count(db.read()).await?)
}

/// Forgets wishes from before some moment that nobody confirmed; gives how many.
pub async fn forget(db: &Database, before: DateTime<Utc>) -> Result<u64, Error> {
    let write = db.write(Durability::Full).await?;
    let gone = subscriptions::Entity::delete_many()
        .filter(subscriptions::Column::Confirmed.is_null())
        .filter(subscriptions::Column::Created.lt(storable_moment(before)))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(gone.rows_affected)
}

fn subscription(row: subscriptions::Model) -> Result<Subscription, Error> {
    let corrupt = |what: &str| Error::Corrupt(format!("the subscription {}: {what}", row.id));
    Ok(Subscription {
        comment: CommentId(row.comment_id.ok_or_else(|| corrupt("no comment"))?),
        language: row.language.parse().map_err(|_| corrupt("no language"))?,
        confirmed: row.confirmed.is_some(),
        mail: row.mail,
    })
}
