//! Files that posts show. What is stored of them is a row; the bytes are files of whoever asks.

use chrono::{DateTime, Utc};
use content::{DraftId, PostId, UserId};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};

use crate::{
    Database, Error,
    connection::Durability,
    rows::{drafts, media, posts},
    text::{in_pieces, now, storable},
};

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Medium {
    /// The hash of its bytes: its name, and all that tells it from others.
    pub hash: String,
    /// What it was called.
    pub name: String,
    /// What it is, as a media type.
    pub mime: String,
    /// How long it is.
    pub bytes: u64,
    /// Width and height in pixels, of a picture.
    pub size: Option<(u32, u32)>,
    /// Who brought it.
    pub owner: Option<UserId>,
    /// When.
    pub created: DateTime<Utc>,
}

/// Where a file is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The working copy that shows it, if it is one.
    pub draft: Option<DraftId>,
    /// The post that shows it, if it is one.
    pub post: Option<PostId>,
    /// Its title.
    pub title: String,
}

/// Keeps a file; one that is there already stays as it is.
pub async fn save(db: &Database, medium: &Medium) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    let pixels = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    let row = media::ActiveModel {
        id: NotSet,
        hash: Set(medium.hash.clone()),
        name: Set(storable(&medium.name)),
        mime: Set(medium.mime.clone()),
        bytes: Set(i64::try_from(medium.bytes).unwrap_or(i64::MAX)),
        width: Set(medium.size.map(|(width, _)| pixels(width))),
        height: Set(medium.size.map(|(_, height)| pixels(height))),
        user_id: Set(medium.owner.map(|owner| owner.0)),
        created: Set(now()),
    };
    let known = OnConflict::column(media::Column::Hash).do_nothing().to_owned();
    media::Entity::insert(row).on_conflict(known).exec_without_returning(&*write).await?;
    write.commit().await
}

/// The file of a hash.
pub async fn by_hash(db: &Database, hash: &str) -> Result<Option<Medium>, Error> {
    let row = media::Entity::find().filter(media::Column::Hash.eq(hash)).one(db.read()).await?;
    Ok(row.map(medium))
}

/// The files of these hashes; unknown ones are left out.
pub async fn by_hashes(db: &Database, hashes: &[String]) -> Result<Vec<Medium>, Error> {
    let mut found = Vec::new();
    for piece in in_pieces(hashes.iter().cloned()) {
        let rows = media::Entity::find().filter(media::Column::Hash.is_in(piece)).all(db.read()).await?;
        found.extend(rows.into_iter().map(medium));
    }
    Ok(found)
}

/// The files of one person or of all, the newest first: `limit` of them after the first `skip`.
pub async fn list(db: &Database, owner: Option<UserId>, skip: u64, limit: u64) -> Result<Vec<Medium>, Error> {
    let mut asked = media::Entity::find();
    if let Some(owner) = owner {
        asked = asked.filter(media::Column::UserId.eq(owner.0));
    }
    let rows = asked.order_by_desc(media::Column::Id).offset(skip).limit(limit).all(db.read()).await?;
    Ok(rows.into_iter().map(medium).collect())
}

/// Where the file of a hash is shown: posts, and what is being written.
pub async fn uses(db: &Database, hash: &str) -> Result<Vec<Use>, Error> {
    let posts: Vec<(i64, String)> = posts::Entity::find()
        .select_only()
        .columns([posts::Column::Id, posts::Column::Title])
        .filter(posts::Column::Body.contains(hash))
        .into_tuple()
        .all(db.read())
        .await?;
    let drafts: Vec<(i64, Option<i64>, String)> = drafts::Entity::find()
        .select_only()
        .columns([drafts::Column::Id, drafts::Column::PostId, drafts::Column::Title])
        .filter(drafts::Column::Content.contains(hash))
        .into_tuple()
        .all(db.read())
        .await?;
    let mut uses: Vec<Use> =
        posts.into_iter().map(|(id, title)| Use { draft: None, post: Some(PostId(id)), title }).collect();
    for (id, post, title) in drafts {
        match uses.iter_mut().find(|one| post.is_some() && one.post == post.map(PostId)) {
            Some(one) => one.draft = Some(DraftId(id)),
            None => uses.push(Use { draft: Some(DraftId(id)), post: None, title }),
        }
    }
    Ok(uses)
}

/// Forgets a file.
pub async fn remove(db: &Database, hash: &str) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    media::Entity::delete_many().filter(media::Column::Hash.eq(hash)).exec(&*write).await?;
    write.commit().await
}

fn medium(row: media::Model) -> Medium {
    let side = |pixels: i32| u32::try_from(pixels).ok();
    Medium {
        hash: row.hash,
        name: row.name,
        mime: row.mime,
        bytes: u64::try_from(row.bytes).unwrap_or_default(),
        size: row.width.and_then(side).zip(row.height.and_then(side)),
        owner: row.user_id.map(UserId),
        created: row.created,
    }
}
