//! Posts: what people write here.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use content::{
    Details, DocId, Format, Kind, Language, Post, PostId, PostKind, Series, Slug, UserId, Visibility,
};
use sea_orm::{
    ActiveValue::{Set, Unchanged},
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use crate::{
    Database, Error, changes, comments,
    connection::{Durability, Write},
    rows::{former_slugs, post_categories, post_tags, posts},
    terms,
    text::{in_pieces, now, storable, storable_moment, unreadable},
};

/// A post to be saved: all of it but its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The address below `/posts/`; a post that has it already is replaced.
    pub slug: Slug,
    /// Plain text with formulas.
    pub title: String,
    /// The text as written.
    pub body: String,
    /// How to read `body`.
    pub format: Format,
    /// The language it is written in.
    pub language: Language,
    /// The author's name as shown.
    pub author: String,
    /// The account that it belongs to.
    pub owner: Option<UserId>,
    /// The categories it is in, the chief one first.
    pub categories: Vec<String>,
    /// Tags in the author's order.
    pub tags: Vec<String>,
    /// The slug of the same post in the other language.
    pub translation: Option<Slug>,
    /// When it was public first, or will be.
    pub published: DateTime<Utc>,
    /// When the text last changed.
    pub updated: DateTime<Utc>,
    /// How it is shown, and to whom.
    pub details: Details,
    /// What opens it if it is protected, as it is kept.
    pub password_hash: Option<String>,
}

impl Draft {
    /// A public post in Markdown, without anything but a title and a day.
    pub fn new(slug: Slug, title: impl Into<String>, published: DateTime<Utc>) -> Self {
        Self {
            slug,
            title: title.into(),
            body: String::new(),
            format: Format::Markdown,
            language: Language::En,
            author: String::new(),
            owner: None,
            categories: Vec::new(),
            tags: Vec::new(),
            translation: None,
            published,
            updated: published,
            details: Details::default(),
            password_hash: None,
        }
    }
}

/// Saves a post. One with the same slug keeps its number and its comments.
pub async fn save(db: &Database, draft: &Draft) -> Result<PostId, Error> {
    let write = db.write(Durability::Full).await?;
    changes::lock(&write).await?;
    let known =
        posts::Entity::find().filter(posts::Column::Slug.eq(draft.slug.as_str())).one(&*write).await?;
    let id = put(&write, known.map(|row| PostId(row.id)), draft).await?;
    write.commit().await?;
    Ok(id)
}

/// Writes a post in the place of another one or as a new one, with its rows of the change log. The lock of the log must be
/// held.
///
/// [`Error::Taken`] if another post has the slug.
pub(crate) async fn put(write: &Write, known: Option<PostId>, draft: &Draft) -> Result<PostId, Error> {
    let row = posts::ActiveModel {
        slug: Set(draft.slug.to_string()),
        title: Set(storable(&draft.title)),
        format: Set(format_name(draft.format).to_owned()),
        language: Set(draft.language.code().to_owned()),
        author: Set(storable(&draft.author)),
        user_id: Set(draft.owner.map(|owner| owner.0)),
        visibility: Set(draft.details.visibility.name().to_owned()),
        translation: Set(draft.translation.as_ref().map(Slug::to_string)),
        published: Set(storable_moment(draft.published)),
        updated: Set(storable_moment(draft.updated)),
        body: Set(storable(&draft.body)),
        announced: Set(draft.published <= now()),
        password_hash: Set(draft.password_hash.clone()),
        ..details_row(&draft.details)
    };
    let before = match known {
        Some(PostId(id)) => posts::Entity::find_by_id(id).one(&**write).await?,
        None => None,
    };
    let id = match known {
        Some(PostId(id)) => {
            let row = posts::ActiveModel { id: Unchanged(id), ..row };
            posts::Entity::update(row).exec(&**write).await?;
            id
        }
        None => posts::Entity::insert(row).exec(&**write).await?.last_insert_id,
    };
    let left = before.as_ref().map(|before| before.slug.as_str()).filter(|slug| *slug != draft.slug.as_str());
    keep_address(write, id, left, &draft.slug).await?;
    save_names(write, id, draft).await?;
    terms::know(write, draft).await?;
    changes::log(write, [DocId { kind: Kind::Post, id }]).await?;
    if before.is_some_and(|before| is_shown_otherwise(&before, draft)) {
        comments::log_of_posts(write, &[id]).await?;
    }
    Ok(PostId(id))
}

/// Whether what was said about a post may be read by others from now on.
fn is_shown_otherwise(before: &posts::Model, draft: &Draft) -> bool {
    before.visibility != draft.details.visibility.name()
        || before.published != storable_moment(draft.published)
}

/// Notes the address that a post has left. Where a post is now, none was before.
async fn keep_address(write: &Write, post: i64, left: Option<&str>, now: &Slug) -> Result<(), Error> {
    former_slugs::Entity::delete_by_id(now.as_str()).exec(&**write).await?;
    let Some(left) = left else { return Ok(()) };
    let row = former_slugs::ActiveModel { slug: Set(left.to_owned()), post_id: Set(post) };
    use former_slugs::Column;
    let newer = OnConflict::column(Column::Slug).update_column(Column::PostId).to_owned();
    former_slugs::Entity::insert(row).on_conflict(newer).exec_without_returning(&**write).await?;
    Ok(())
}

async fn save_names(write: &Write, post: i64, draft: &Draft) -> Result<(), Error> {
    macro_rules! replace {
        ($table:ident, $names:expr) => {
            $table::Entity::delete_many().filter($table::Column::PostId.eq(post)).exec(&**write).await?;
            let rows = (0..).zip($names).map(|(position, name)| $table::ActiveModel {
                post_id: Set(post),
                position: Set(position),
                name: Set(storable(name)),
            });
            for piece in in_pieces(rows) {
                $table::Entity::insert_many(piece).exec_without_returning(&**write).await?;
            }
        };
    }
    replace!(post_categories, &draft.categories);
    replace!(post_tags, &draft.tags);
    Ok(())
}

/// The public post at an address.
pub async fn by_slug(db: &Database, slug: &Slug) -> Result<Option<Post>, Error> {
    let found = public().filter(posts::Column::Slug.eq(slug.as_str())).all(db.read()).await?;
    Ok(complete(db, found).await?.pop())
}

/// The same at an address that it may have had before it got its own.
pub async fn at(db: &Database, slug: &Slug) -> Result<Option<Post>, Error> {
    if let Some(post) = by_slug(db, slug).await? {
        return Ok(Some(post));
    }
    match moved(db, slug).await? {
        Some(id) => by_id(db, id).await,
        None => Ok(None),
    }
}

/// The post that an address led to before it got another one.
async fn moved(db: &Database, slug: &Slug) -> Result<Option<PostId>, Error> {
    let former = former_slugs::Entity::find_by_id(slug.as_str()).one(db.read()).await?;
    Ok(former.map(|former| PostId(former.post_id)))
}

/// The addresses that a post had before its own.
pub(crate) async fn former(db: &Database, id: PostId) -> Result<Vec<String>, Error> {
    use former_slugs::Column;
    let rows = former_slugs::Entity::find().filter(Column::PostId.eq(id.0)).all(db.read()).await?;
    Ok(rows.into_iter().map(|row| row.slug).collect())
}

/// The public post of a number.
pub async fn by_id(db: &Database, id: PostId) -> Result<Option<Post>, Error> {
    Ok(by_ids(db, &[id]).await?.pop())
}

/// The public posts of these numbers, in the order asked; unknown ones are left out.
pub async fn by_ids(db: &Database, ids: &[PostId]) -> Result<Vec<Post>, Error> {
    let mut found = Vec::new();
    for piece in in_pieces(ids.iter().map(|id| id.0)) {
        found.extend(public().filter(posts::Column::Id.is_in(piece)).all(db.read()).await?);
    }
    ordered(db, ids, found).await
}

/// The post at an address whoever may read it, and what is kept of its password. Who asks sees to it that it is shown to
/// nobody else.
pub async fn kept_at(db: &Database, slug: &Slug) -> Result<Option<(Post, Option<String>)>, Error> {
    kept(db, posts::Entity::find().filter(posts::Column::Slug.eq(slug.as_str()))).await
}

/// The same of the post that was at an address before it got another one.
pub async fn kept_formerly_at(db: &Database, slug: &Slug) -> Result<Option<(Post, Option<String>)>, Error> {
    match moved(db, slug).await? {
        Some(id) => kept_of(db, id).await,
        None => Ok(None),
    }
}

/// The same by number.
pub async fn kept_of(db: &Database, id: PostId) -> Result<Option<(Post, Option<String>)>, Error> {
    kept(db, posts::Entity::find_by_id(id.0)).await
}

async fn kept(
    db: &Database,
    which: sea_orm::Select<posts::Entity>,
) -> Result<Option<(Post, Option<String>)>, Error> {
    let row = which.one(db.read()).await?;
    let password = row.as_ref().and_then(|row| row.password_hash.clone());
    Ok(complete(db, row.into_iter().collect()).await?.pop().map(|post| (post, password)))
}

/// When the next post is due whose day is still to come, or has come and is not announced.
pub async fn next_due(db: &Database) -> Result<Option<DateTime<Utc>>, Error> {
    let next = posts::Entity::find()
        .filter(posts::Column::Announced.eq(false))
        .order_by_asc(posts::Column::Published)
        .one(db.read())
        .await?;
    Ok(next.map(|row| row.published))
}

/// Takes a post back, or lets it stand as it stood: who may read it, and nothing else, changes.
pub async fn show(db: &Database, id: PostId, visibility: Visibility) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    changes::lock(&write).await?;
    let done = posts::Entity::update_many()
        .col_expr(posts::Column::Visibility, Expr::value(visibility.name()))
        .filter(posts::Column::Id.eq(id.0))
        .exec(&*write)
        .await?;
    if done.rows_affected == 0 {
        return Err(Error::Missing(format!("post {}", id.0)));
    }
    log_with_comments(&write, id).await?;
    write.commit().await
}

/// Removes a post with what was written of it and said about it.
pub async fn remove(db: &Database, id: PostId) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    changes::lock(&write).await?;
    log_with_comments(&write, id).await?;
    let done = posts::Entity::delete_by_id(id.0).exec(&*write).await?;
    if done.rows_affected == 0 {
        return Err(Error::Missing(format!("post {}", id.0)));
    }
    write.commit().await
}

async fn log_with_comments(write: &Write, id: PostId) -> Result<(), Error> {
    comments::log_of_posts(write, &[id.0]).await?;
    changes::log(write, [DocId { kind: Kind::Post, id: id.0 }]).await
}

/// Posts in the order of their numbers here.
pub(crate) async fn ordered(
    db: &Database,
    ids: &[PostId],
    rows: Vec<posts::Model>,
) -> Result<Vec<Post>, Error> {
    let mut posts: HashMap<PostId, Post> =
        complete(db, rows).await?.into_iter().map(|post| (post.id, post)).collect();
    Ok(ids.iter().filter_map(|id| posts.remove(id)).collect())
}

/// How many public posts there are.
pub async fn count(db: &Database) -> Result<u64, Error> {
    Ok(public().count(db.read()).await?)
}

/// Tells the change log of posts whose day has come since it was told last; gives them.
pub async fn announce(db: &Database) -> Result<Vec<PostId>, Error> {
    use posts::Column;
    let due = Condition::all().add(Column::Announced.eq(false)).add(Column::Published.lte(now()));
    if posts::Entity::find().filter(due.clone()).count(db.read()).await? == 0 {
        return Ok(Vec::new());
    }
    let write = db.write(Durability::Full).await?;
    changes::lock(&write).await?;
    let ids: Vec<i64> = posts::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(due)
        .order_by_asc(Column::Published)
        .into_tuple()
        .all(&*write)
        .await?;
    posts::Entity::update_many()
        .col_expr(Column::Announced, Expr::value(true))
        .filter(Column::Id.is_in(ids.clone()))
        .exec(&*write)
        .await?;
    changes::log(&write, ids.iter().map(|id| DocId { kind: Kind::Post, id: *id })).await?;
    comments::log_of_posts(&write, &ids).await?;
    write.commit().await?;
    Ok(ids.into_iter().map(PostId).collect())
}

fn public() -> sea_orm::Select<posts::Entity> {
    posts::Entity::find().filter(readable())
}

/// What everybody may read.
pub(crate) fn readable() -> Condition {
    Condition::all()
        .add(posts::Column::Visibility.eq(Visibility::Public.name()))
        .add(posts::Column::Published.lte(now()))
}

/// Adds categories and tags, keeping the order.
async fn complete(db: &Database, rows: Vec<posts::Model>) -> Result<Vec<Post>, Error> {
    macro_rules! names {
        ($table:ident) => {{
            let mut names: HashMap<i64, Vec<String>> = HashMap::new();
            for piece in in_pieces(rows.iter().map(|row| row.id)) {
                let found = $table::Entity::find()
                    .filter($table::Column::PostId.is_in(piece))
                    .order_by_asc($table::Column::Position)
                    .all(db.read())
                    .await?;
                found.into_iter().for_each(|row| names.entry(row.post_id).or_default().push(row.name));
            }
            names
        }};
    }
    let (mut categories, mut tags) = (names!(post_categories), names!(post_tags));
    let whole = |row: posts::Model| {
        let categories = categories.remove(&row.id).unwrap_or_default();
        let tags = tags.remove(&row.id).unwrap_or_default();
        post(row, categories, tags)
    };
    rows.into_iter().map(whole).collect()
}

fn post(row: posts::Model, categories: Vec<String>, tags: Vec<String>) -> Result<Post, Error> {
    let slug = |text: &str| text.parse::<Slug>().map_err(|invalid| Error::Corrupt(invalid.to_string()));
    let details = details(&row)?;
    Ok(Post {
        id: PostId(row.id),
        slug: slug(&row.slug)?,
        title: row.title,
        body: row.body,
        format: [Format::Markdown, Format::Html]
            .into_iter()
            .find(|format| format_name(*format) == row.format)
            .ok_or_else(|| Error::Corrupt(format!("the format {:?}", row.format)))?,
        language: row
            .language
            .parse()
            .map_err(|invalid: content::Invalid| Error::Corrupt(invalid.to_string()))?,
        translation: row.translation.as_deref().map(slug).transpose()?,
        details,
        owner: row.user_id.map(UserId),
        readers: u64::try_from(row.readers).unwrap_or_default(),
        author: row.author,
        categories,
        tags,
        published: row.published,
        updated: row.updated,
    })
}

fn details_row(details: &Details) -> posts::ActiveModel {
    let series = details.series.as_ref();
    posts::ActiveModel {
        kind: Set(details.kind.name().to_owned()),
        pinned: Set(details.pinned),
        series: Set(series.map(|series| storable(&series.name))),
        part: Set(series.map(|series| i32::try_from(series.part).unwrap_or(i32::MAX))),
        macros: Set(storable(&details.macros)),
        fields: Set(storable(&serde_json::json!(details.fields).to_string())),
        licence: Set(details.licence.as_deref().map(storable)),
        commenting: Set(details.commenting),
        ..Default::default()
    }
}

fn details(row: &posts::Model) -> Result<Details, Error> {
    let kind = PostKind::ALL.into_iter().find(|kind| kind.name() == row.kind);
    let visibility = Visibility::ALL.into_iter().find(|visibility| visibility.name() == row.visibility);
    let series = row
        .series
        .clone()
        .map(|name| Series { name, part: row.part.and_then(|part| u32::try_from(part).ok()).unwrap_or(1) });
    Ok(Details {
        kind: kind.ok_or_else(|| Error::Corrupt(format!("the kind {:?} of a post", row.kind)))?,
        visibility: visibility
            .ok_or_else(|| Error::Corrupt(format!("the visibility {:?}", row.visibility)))?,
        pinned: row.pinned,
        series,
        macros: row.macros.clone(),
        fields: serde_json::from_str(&row.fields).map_err(unreadable)?,
        licence: row.licence.clone(),
        commenting: row.commenting,
    })
}

fn format_name(format: Format) -> &'static str {
    match format {
        Format::Markdown => "markdown",
        Format::Html => "html",
    }
}
