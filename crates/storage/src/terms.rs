//! What posts are put under: categories (in levels), tags and series, each with an address and a description.

use std::str::FromStr;

use content::Slug;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};
use serde::Serialize;

mod changing;

pub use changing::{add, counts, describe, merge, moved, readdress, remove, rename};

use crate::{Database, Error, connection::Write, posts::Draft, rows::terms, text::storable};

/// What a term is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TermKind {
    /// A category: it may be below another one, and has the posts of those below it.
    Category,
    /// A tag.
    Tag,
    /// A series, whose posts are in an order.
    Series,
}

/// What posts are put under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Term {
    /// What it is of.
    pub kind: TermKind,
    /// What posts and pages call it.
    pub name: String,
    /// What its address ends in.
    pub slug: String,
    /// The category above it.
    pub parent: Option<String>,
    /// A sentence about it, as Markdown.
    pub description: String,
}

impl TermKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Category, Self::Tag, Self::Series];

    /// The name in storage, addresses and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Tag => "tag",
            Self::Series => "series",
        }
    }
}

impl FromStr for TermKind {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == text);
        found.ok_or("is none of category, tag, series")
    }
}

/// All terms of a kind, by name.
pub async fn all(db: &Database, kind: TermKind) -> Result<Vec<Term>, Error> {
    let rows = terms::Entity::find()
        .filter(terms::Column::Kind.eq(kind.name()))
        .order_by_asc(terms::Column::Name)
        .all(db.read())
        .await?;
    Ok(rows.into_iter().map(|row| term(kind, row)).collect())
}

/// The term of an address.
pub async fn by_slug(db: &Database, kind: TermKind, slug: &str) -> Result<Option<Term>, Error> {
    let row = terms::Entity::find()
        .filter(terms::Column::Kind.eq(kind.name()))
        .filter(terms::Column::Slug.eq(slug))
        .one(db.read())
        .await?;
    Ok(row.map(|row| term(kind, row)))
}

/// What the address of a name ends in.
pub async fn slug(db: &Database, kind: TermKind, name: &str) -> Result<Option<String>, Error> {
    let key = (kind.name().to_owned(), name.to_owned());
    Ok(terms::Entity::find_by_id(key).one(db.read()).await?.map(|row| row.slug))
}

/// Gives an address to each term that a post names for the first time.
pub(crate) async fn know(write: &Write, draft: &Draft) -> Result<(), Error> {
    let series = draft.details.series.as_ref().map(|series| &series.name);
    let named = (draft.categories.iter().map(|name| (TermKind::Category, name)))
        .chain(draft.tags.iter().map(|name| (TermKind::Tag, name)))
        .chain(series.map(|name| (TermKind::Series, name)));
    for (kind, name) in named {
        let name = storable(name);
        let key = (kind.name().to_owned(), name.clone());
        if terms::Entity::find_by_id(key).one(&**write).await?.is_some() {
            continue;
        }
        let row = terms::ActiveModel {
            kind: Set(kind.name().to_owned()),
            slug: Set(free_slug(write, kind, &name).await?),
            name: Set(name),
            parent: Set(None),
            description: Set(String::new()),
        };
        // Another process may have been faster.
        let known = OnConflict::columns([terms::Column::Kind, terms::Column::Name]).do_nothing().to_owned();
        terms::Entity::insert(row).on_conflict(known).exec_without_returning(&**write).await?;
    }
    Ok(())
}

async fn free_slug(write: &Write, kind: TermKind, name: &str) -> Result<String, Error> {
    let slug = Slug::of(name).map_or_else(|| kind.name().to_owned(), |slug| slug.to_string());
    for number in 2.. {
        let tried = if number == 2 { slug.clone() } else { format!("{slug}-{}", number - 1) };
        let taken = terms::Entity::find()
            .filter(terms::Column::Kind.eq(kind.name()))
            .filter(terms::Column::Slug.eq(tried.as_str()))
            .count(&**write)
            .await?;
        if taken == 0 {
            return Ok(tried);
        }
    }
    unreachable!("some number is free")
}

fn term(kind: TermKind, row: terms::Model) -> Term {
    Term { kind, name: row.name, slug: row.slug, parent: row.parent, description: row.description }
}
