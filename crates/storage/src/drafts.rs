//! What is being written: one working copy a post, and what it was before.
//!
//! A working copy has a version that grows with every change, and a change names the version that it was made from: who
//! comes too late is given the other text, and nothing is overwritten. What one person saves within some minutes is one
//! revision; a publication is always one, in the same transaction as the post and its row of the change log.

use chrono::{DateTime, TimeDelta, Utc};
use content::{DraftId, Manuscript, Post, PostId, Slug, UserId, Visibility};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use crate::{
    Database, Error, changes,
    connection::{Durability, Write},
    posts,
    rows::{drafts, posts as published, revisions, users},
    text::{now, storable, unreadable},
};

mod listed;

pub use listed::{Listed, State, Which, list, tally, unpublished};

/// How long what one person saves is one revision.
const ONE_REVISION: TimeDelta = TimeDelta::minutes(10);

/// What is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Working {
    /// The key.
    pub id: DraftId,
    /// The post that it is the working copy of, if that was ever published.
    pub post: Option<Standing>,
    /// Whose text it is.
    pub owner: Option<UserId>,
    /// The name of who saved it last.
    pub editor: Option<String>,
    /// Grows with every save.
    pub version: i64,
    /// When it was saved last.
    pub saved: DateTime<Utc>,
    /// Whether somebody was given an address at which they can read it.
    pub shared: bool,
    /// The text, and what is decided about it.
    pub text: Manuscript,
}

/// A post as it stands while its working copy changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The key.
    pub id: PostId,
    /// Where it is.
    pub slug: Slug,
    /// Who may read it; [`Visibility::Draft`] where it was taken back.
    pub visibility: Visibility,
    /// When it was public, or will be.
    pub published: DateTime<Utc>,
    /// When it was published as it stands.
    pub updated: DateTime<Utc>,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// It was made; the working copy as it is now.
    As(Working),
    /// Somebody else was faster; what they made of it.
    Other(Working),
}

/// What a working copy was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// From 1.
    pub number: i32,
    /// The name of who saved it.
    pub editor: Option<String>,
    /// When it was saved last.
    pub saved: DateTime<Utc>,
    /// Whether it was published.
    pub published: bool,
}

/// Begins to write.
pub async fn begin(db: &Database, who: Option<UserId>, text: &Manuscript) -> Result<Working, Error> {
    let write = db.write(Durability::Full).await?;
    let row = drafts::ActiveModel { post_id: Set(None), ..fresh(who, text) };
    let id = drafts::Entity::insert(row).exec(&*write).await?.last_insert_id;
    write.commit().await?;
    by_id(db, DraftId(id)).await?.ok_or_else(|| missing(DraftId(id)))
}

/// The working copy of a post: the one that there is, or a new one. `None` if there is no such post.
pub async fn of_post(db: &Database, post: PostId, who: Option<UserId>) -> Result<Option<Working>, Error> {
    let Some((found, password)) = posts::kept_of(db, post).await? else { return Ok(None) };
    if let Some(row) = of_post_row(db, post).await? {
        return working(db, row).await.map(Some);
    }
    let text = Manuscript::of(found, password);
    let write = db.write(Durability::Full).await?;
    let row = drafts::ActiveModel { post_id: Set(Some(post.0)), ..fresh(who, &text) };
    // Another process may have been faster.
    let known = OnConflict::column(drafts::Column::PostId).do_nothing().to_owned();
    drafts::Entity::insert(row).on_conflict(known).exec_without_returning(&*write).await?;
    // It holds what is published: nothing was changed yet.
    drafts::Entity::update_many()
        .col_expr(drafts::Column::Saved, Expr::value(updated_of(&write, post).await?))
        .filter(drafts::Column::PostId.eq(post.0))
        .filter(drafts::Column::Version.eq(1))
        .exec(&*write)
        .await?;
    write.commit().await?;
    match of_post_row(db, post).await? {
        Some(row) => working(db, row).await.map(Some),
        None => Ok(None),
    }
}

/// The working copy of a key.
pub async fn by_id(db: &Database, id: DraftId) -> Result<Option<Working>, Error> {
    match drafts::Entity::find_by_id(id.0).one(db.read()).await? {
        Some(row) => working(db, row).await.map(Some),
        None => Ok(None),
    }
}

/// The working copy that who has the secret of this hash may read.
pub async fn by_preview(db: &Database, hash: &str) -> Result<Option<Working>, Error> {
    let row = drafts::Entity::find().filter(drafts::Column::PreviewHash.eq(hash)).one(db.read()).await?;
    match row {
        Some(row) => working(db, row).await.map(Some),
        None => Ok(None),
    }
}

/// Saves a text in the place of the one of `version`.
pub async fn save(
    db: &Database,
    id: DraftId,
    version: i64,
    text: &Manuscript,
    who: Option<UserId>,
) -> Result<Saved, Error> {
    let write = db.write(Durability::Full).await?;
    if !replace(&write, id, version, text, who).await? {
        drop(write);
        return other(db, id).await;
    }
    keep_revision(&write, id, text, who).await?;
    write.commit().await?;
    by_id(db, id).await?.map(Saved::As).ok_or_else(|| missing(id))
}

/// Makes the text of `version` the post that everybody reads.
///
/// [`Error::Taken`] if another post has its address, [`Error::Missing`] if it can have none.
pub async fn publish(db: &Database, id: DraftId, version: i64, who: Option<UserId>) -> Result<Saved, Error> {
    let write = db.write(Durability::Full).await?;
    changes::lock(&write).await?;
    let row = drafts::Entity::find_by_id(id.0).one(&*write).await?.ok_or_else(|| missing(id))?;
    let text: Manuscript = serde_json::from_str(&row.content).map_err(unreadable)?;
    if row.version != version || !replace(&write, id, version, &text, who).await? {
        drop(write);
        return other(db, id).await;
    }
    let before = match row.post_id {
        Some(post) => published::Entity::find_by_id(post).one(&*write).await?,
        None => None,
    };
    let post =
        posts::put(&write, before.as_ref().map(|row| PostId(row.id)), &draft(text, before, &row)?).await?;
    drafts::Entity::update_many()
        .col_expr(drafts::Column::PostId, Expr::value(post.0))
        .col_expr(drafts::Column::Saved, Expr::value(updated_of(&write, post).await?))
        .filter(drafts::Column::Id.eq(id.0))
        .exec(&*write)
        .await?;
    insert_revision(&write, id, &row.content, who, true).await?;
    write.commit().await?;
    by_id(db, id).await?.map(Saved::As).ok_or_else(|| missing(id))
}

/// Forgets a working copy with its revisions; a post that it is of stays as it is.
pub async fn remove(db: &Database, id: DraftId) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    drafts::Entity::delete_by_id(id.0).exec(&*write).await?;
    write.commit().await
}

/// Lets whoever has the secret of this hash read the working copy, or nobody any more.
pub async fn share(db: &Database, id: DraftId, hash: Option<&str>) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    drafts::Entity::update_many()
        .col_expr(drafts::Column::PreviewHash, Expr::value(hash.map(str::to_owned)))
        .filter(drafts::Column::Id.eq(id.0))
        .exec(&*write)
        .await?;
    write.commit().await
}

/// What a working copy was, the newest first.
pub async fn revisions(db: &Database, id: DraftId) -> Result<Vec<Revision>, Error> {
    use revisions::Column;
    let rows: Vec<(i32, Option<i64>, DateTime<Utc>, bool)> = revisions::Entity::find()
        .select_only()
        .columns([Column::Number, Column::UserId, Column::Saved, Column::Published])
        .filter(Column::DraftId.eq(id.0))
        .order_by_desc(Column::Number)
        .into_tuple()
        .all(db.read())
        .await?;
    let mut found = Vec::new();
    for (number, user, saved, published) in rows {
        found.push(Revision { number, editor: name(db, user).await?, saved, published });
    }
    Ok(found)
}

/// The text of a revision.
pub async fn revision(db: &Database, id: DraftId, number: i32) -> Result<Option<Manuscript>, Error> {
    let row = revisions::Entity::find()
        .filter(revisions::Column::DraftId.eq(id.0))
        .filter(revisions::Column::Number.eq(number))
        .one(db.read())
        .await?;
    row.map(|row| serde_json::from_str(&row.content).map_err(unreadable)).transpose()
}

fn fresh(who: Option<UserId>, text: &Manuscript) -> drafts::ActiveModel {
    drafts::ActiveModel {
        id: NotSet,
        post_id: NotSet,
        user_id: Set(who.map(|who| who.0)),
        editor_id: Set(who.map(|who| who.0)),
        version: Set(1),
        created: Set(now()),
        saved: Set(now()),
        preview_hash: Set(None),
        title: Set(storable(&text.title)),
        content: Set(json(text)),
    }
}

fn json(text: &Manuscript) -> String {
    storable(&serde_json::json!(text).to_string())
}

fn missing(id: DraftId) -> Error {
    Error::Missing(format!("draft {}", id.0))
}

/// Writes a text over the one of a version; whether that was still there.
async fn replace(
    write: &Write,
    id: DraftId,
    version: i64,
    text: &Manuscript,
    who: Option<UserId>,
) -> Result<bool, Error> {
    use drafts::Column;
    let done = drafts::Entity::update_many()
        .col_expr(Column::Version, Expr::value(version + 1))
        .col_expr(Column::Saved, Expr::value(now()))
        .col_expr(Column::EditorId, Expr::value(who.map(|who| who.0)))
        .col_expr(Column::Title, Expr::value(storable(&text.title)))
        .col_expr(Column::Content, Expr::value(json(text)))
        .filter(Column::Id.eq(id.0))
        .filter(Column::Version.eq(version))
        .exec(&**write)
        .await?;
    Ok(done.rows_affected == 1)
}

async fn other(db: &Database, id: DraftId) -> Result<Saved, Error> {
    by_id(db, id).await?.map(Saved::Other).ok_or_else(|| missing(id))
}

/// Keeps a text as the last revision, if that is of the same person and some minutes, or as a new one.
async fn keep_revision(
    write: &Write,
    id: DraftId,
    text: &Manuscript,
    who: Option<UserId>,
) -> Result<(), Error> {
    use revisions::Column;
    let last = last_revision(write, id).await?;
    let same = |row: &revisions::Model| {
        !row.published && row.user_id == who.map(|who| who.0) && now() - row.begun < ONE_REVISION
    };
    let Some(last) = last.filter(same) else {
        return insert_revision(write, id, &json(text), who, false).await;
    };
    revisions::Entity::update_many()
        .col_expr(Column::Saved, Expr::value(now()))
        .col_expr(Column::Content, Expr::value(json(text)))
        .filter(Column::Id.eq(last.id))
        .exec(&**write)
        .await?;
    Ok(())
}

async fn last_revision(write: &Write, id: DraftId) -> Result<Option<revisions::Model>, Error> {
    Ok(revisions::Entity::find()
        .filter(revisions::Column::DraftId.eq(id.0))
        .order_by_desc(revisions::Column::Number)
        .one(&**write)
        .await?)
}

async fn insert_revision(
    write: &Write,
    id: DraftId,
    content: &str,
    who: Option<UserId>,
    published: bool,
) -> Result<(), Error> {
    let number = last_revision(write, id).await?.map_or(1, |last| last.number + 1);
    let row = revisions::ActiveModel {
        id: NotSet,
        draft_id: Set(id.0),
        number: Set(number),
        user_id: Set(who.map(|who| who.0)),
        begun: Set(now()),
        saved: Set(now()),
        published: Set(published),
        content: Set(content.to_owned()),
    };
    revisions::Entity::insert(row).exec_without_returning(&**write).await?;
    Ok(())
}

/// A text as a post: what it was published as before keeps its day and its owner.
fn draft(
    text: Manuscript,
    before: Option<published::Model>,
    row: &drafts::Model,
) -> Result<posts::Draft, Error> {
    let slug = text.address().ok_or_else(|| Error::Missing("an address".into()))?;
    let (day, owner) = match before {
        Some(before) => (Some(before.published), before.user_id),
        None => (None, row.user_id),
    };
    Ok(posts::Draft {
        slug,
        title: text.title,
        body: text.body,
        format: text.format,
        language: text.language,
        author: text.author,
        owner: owner.map(UserId),
        categories: text.categories,
        tags: text.tags,
        translation: text.translation.trim().parse().ok(),
        published: text.published.or(day).unwrap_or_else(now),
        updated: now(),
        details: text.details,
        password_hash: text.password_hash,
    })
}

async fn of_post_row(db: &Database, post: PostId) -> Result<Option<drafts::Model>, Error> {
    Ok(drafts::Entity::find().filter(drafts::Column::PostId.eq(post.0)).one(db.read()).await?)
}

async fn updated_of(
    connection: &impl std::ops::Deref<Target = impl ConnectionTrait>,
    post: PostId,
) -> Result<DateTime<Utc>, Error> {
    let row = published::Entity::find_by_id(post.0).one(&**connection).await?;
    row.map(|row| row.updated).ok_or_else(|| Error::Missing(format!("post {}", post.0)))
}

async fn working(db: &Database, row: drafts::Model) -> Result<Working, Error> {
    let post = match row.post_id {
        Some(post) => posts::kept_of(db, PostId(post)).await?.map(|(post, _)| post),
        None => None,
    };
    Ok(Working {
        id: DraftId(row.id),
        owner: post.as_ref().map_or(row.user_id.map(UserId), |post| post.owner),
        post: post.map(standing),
        editor: name(db, row.editor_id).await?,
        version: row.version,
        saved: row.saved,
        shared: row.preview_hash.is_some(),
        text: serde_json::from_str(&row.content).map_err(unreadable)?,
    })
}

fn standing(post: Post) -> Standing {
    Standing {
        id: post.id,
        slug: post.slug,
        visibility: post.details.visibility,
        published: post.published,
        updated: post.updated,
    }
}

async fn name(db: &Database, user: Option<i64>) -> Result<Option<String>, Error> {
    let Some(user) = user else { return Ok(None) };
    Ok(users::Entity::find_by_id(user).one(db.read()).await?.map(|row| row.name))
}
