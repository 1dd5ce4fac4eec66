//! Posts: what people write here.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use content::{DocId, Format, Kind, Language, Post, PostId, Slug};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::OnConflict,
};

use crate::{
    Cursor, Database, Error, Page, changes,
    connection::{Durability, Write},
    rows::{post_categories, post_tags, posts},
    text::{in_pieces, storable, storable_moment},
};

/// The visibility of posts that everybody may read.
pub(crate) const PUBLIC: &str = "public";

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
    /// Categories, broadest first.
    pub categories: Vec<String>,
    /// Tags in the author's order.
    pub tags: Vec<String>,
    /// The slug of the same post in the other language.
    pub translation: Option<Slug>,
    /// When it was public first.
    pub published: DateTime<Utc>,
    /// When the text last changed.
    pub updated: DateTime<Utc>,
}

/// Saves a post. One with the same slug keeps its number and its comments.
pub async fn save(db: &Database, draft: &Draft) -> Result<PostId, Error> {
    use posts::Column;
    let write = db.write(Durability::Full).await?;
    changes::lock(&write).await?;
    let row = posts::ActiveModel {
        slug: Set(draft.slug.to_string()),
        title: Set(storable(&draft.title)),
        format: Set(format_name(draft.format).to_owned()),
        language: Set(draft.language.code().to_owned()),
        author: Set(storable(&draft.author)),
        visibility: Set(PUBLIC.to_owned()),
        translation: Set(draft.translation.as_ref().map(Slug::to_string)),
        published: Set(storable_moment(draft.published)),
        updated: Set(storable_moment(draft.updated)),
        body: Set(storable(&draft.body)),
        ..Default::default()
    };
    let columns = [
        Column::Title,
        Column::Format,
        Column::Language,
        Column::Author,
        Column::Translation,
        Column::Published,
        Column::Updated,
        Column::Body,
    ];
    let newer = OnConflict::column(Column::Slug).update_columns(columns).to_owned();
    let id = posts::Entity::insert(row).on_conflict(newer).exec_with_returning(&*write).await?.id;
    save_names(&write, id, draft).await?;
    changes::log(&write, [DocId { kind: Kind::Post, id }]).await?;
    write.commit().await?;
    Ok(PostId(id))
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
    let mut posts: HashMap<PostId, Post> =
        complete(db, found).await?.into_iter().map(|post| (post.id, post)).collect();
    Ok(ids.iter().filter_map(|id| posts.remove(id)).collect())
}

/// A page of all public posts, newest first.
pub async fn list(db: &Database, after: Option<Cursor>, limit: u64) -> Result<Page<Post>, Error> {
    use posts::Column;
    let total = public().count(db.read()).await?;
    let (place, before) = match after {
        None => (Condition::all(), 0),
        Some(Cursor { at, id, .. }) => {
            let same = Condition::all().add(Column::Published.eq(at)).add(Column::Id.lt(id));
            let place = Condition::any().add(Column::Published.lt(at)).add(same);
            let before = public().filter(place.clone().not()).count(db.read()).await?;
            (place, before)
        }
    };
    let mut found = public()
        .filter(place)
        .order_by_desc(Column::Published)
        .order_by_desc(Column::Id)
        .limit(limit + 1)
        .all(db.read())
        .await?;
    let more = found.len() as u64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|row| Cursor::at(row.published, row.id));
    Ok(Page { items: complete(db, found).await?, next, total, first: before + 1 })
}

/// How many public posts there are.
pub async fn count(db: &Database) -> Result<u64, Error> {
    Ok(public().count(db.read()).await?)
}

fn public() -> sea_orm::Select<posts::Entity> {
    posts::Entity::find().filter(posts::Column::Visibility.eq(PUBLIC))
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
        author: row.author,
        categories,
        tags,
        translation: row.translation.as_deref().map(slug).transpose()?,
        published: row.published,
        updated: row.updated,
    })
}

fn format_name(format: Format) -> &'static str {
    match format {
        Format::Markdown => "markdown",
        Format::Html => "html",
    }
}
