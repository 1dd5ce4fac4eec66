//! What those who run the site do to terms. Posts name a term by its name, so a new name is written to each of them.

use std::collections::{HashMap, HashSet};

use content::{DocId, Kind, Slug};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, OnConflict},
};

use super::{Term, TermKind, term};
use crate::{
    Database, Error, changes,
    connection::{Durability, Write},
    rows::{former_terms, post_categories, post_tags, posts, terms},
    text::storable,
};

/// How many posts name each term of a kind, drafts and private ones included.
pub async fn counts(db: &Database, kind: TermKind) -> Result<HashMap<String, u64>, Error> {
    let (column, count) = ("name", "posts");
    let rows: Vec<(String, i64)> = match kind {
        TermKind::Category => {
            post_categories::Entity::find()
                .select_only()
                .column_as(post_categories::Column::Name, column)
                .column_as(post_categories::Column::PostId.count(), count)
                .group_by(post_categories::Column::Name)
                .into_tuple()
                .all(db.read())
                .await?
        }
        TermKind::Tag => {
            post_tags::Entity::find()
                .select_only()
                .column_as(post_tags::Column::Name, column)
                .column_as(post_tags::Column::PostId.count(), count)
                .group_by(post_tags::Column::Name)
                .into_tuple()
                .all(db.read())
                .await?
        }
        TermKind::Series => {
            posts::Entity::find()
                .select_only()
                .column_as(posts::Column::Series, column)
                .column_as(posts::Column::Id.count(), count)
                .filter(posts::Column::Series.is_not_null())
                .group_by(posts::Column::Series)
                .into_tuple()
                .all(db.read())
                .await?
        }
    };
    Ok(rows.into_iter().map(|(name, posts)| (name, posts.unsigned_abs())).collect())
}

/// The term that an address led to before it got another one.
pub async fn moved(db: &Database, kind: TermKind, slug: &str) -> Result<Option<Term>, Error> {
    let former = former_terms::Entity::find_by_id((kind.name().to_owned(), slug.to_owned()));
    let Some(former) = former.one(db.read()).await? else { return Ok(None) };
    let row = terms::Entity::find_by_id((kind.name().to_owned(), former.name)).one(db.read()).await?;
    Ok(row.map(|row| term(kind, row)))
}

/// Makes a term that no post names yet. Fails as [`Error::Taken`].
pub async fn add(db: &Database, kind: TermKind, name: &str) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    let name = storable(name);
    let row = terms::ActiveModel {
        kind: Set(kind.name().to_owned()),
        slug: Set(super::free_slug(&write, kind, &name).await?),
        name: Set(name),
        parent: Set(None),
        description: Set(String::new()),
    };
    terms::Entity::insert(row).exec_without_returning(&*write).await?;
    write.commit().await
}

/// Gives a term another name; its address stays. Fails as [`Error::Taken`] if there is one of that name: then they can
/// be [merged](merge).
pub async fn rename(db: &Database, kind: TermKind, name: &str, new: &str) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    let (found, new) = (there(&write, kind, name).await?, storable(new));
    if is_there(&write, kind, &new).await? {
        return Err(Error::Taken);
    }
    terms::Entity::update_many()
        .col_expr(terms::Column::Name, Expr::value(&new))
        .filter(terms::Column::Kind.eq(kind.name()))
        .filter(terms::Column::Name.eq(&found.name))
        .exec(&*write)
        .await?;
    follow(&write, kind, &found.name, &new).await?;
    write.commit().await
}

/// Puts the posts of a term, and the categories below it, under another one; its address leads there.
pub async fn merge(db: &Database, kind: TermKind, name: &str, into: &str) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    let (from, into) = (there(&write, kind, name).await?, there(&write, kind, into).await?);
    if from.name == into.name || above(&write, kind, &into).await?.contains(&from.name) {
        return Err(Error::Circle);
    }
    terms::Entity::delete_by_id((kind.name().to_owned(), from.name.clone())).exec(&*write).await?;
    follow(&write, kind, &from.name, &into.name).await?;
    keep_address(&write, kind, &from.slug, &into.name).await?;
    write.commit().await
}

/// Says what a term is about and, of a category, which one is above it. Fails as [`Error::Circle`].
pub async fn describe(
    db: &Database,
    kind: TermKind,
    name: &str,
    description: &str,
    parent: Option<&str>,
) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    let found = there(&write, kind, name).await?;
    let parent = match parent {
        Some(parent) => Some(there(&write, kind, parent).await?),
        None => None,
    };
    if let Some(parent) = &parent
        && (parent.name == found.name || above(&write, kind, parent).await?.contains(&found.name))
    {
        return Err(Error::Circle);
    }
    terms::Entity::update_many()
        .col_expr(terms::Column::Description, Expr::value(storable(description)))
        .col_expr(terms::Column::Parent, Expr::value(parent.map(|parent| parent.name)))
        .filter(terms::Column::Kind.eq(kind.name()))
        .filter(terms::Column::Name.eq(&found.name))
        .exec(&*write)
        .await?;
    write.commit().await
}

/// Gives a term another address; the old one [leads](moved) to it. Fails as [`Error::Taken`].
pub async fn readdress(db: &Database, kind: TermKind, name: &str, slug: &Slug) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    let found = there(&write, kind, name).await?;
    if found.slug == slug.as_str() {
        return Ok(());
    }
    let taken = terms::Entity::find()
        .filter(terms::Column::Kind.eq(kind.name()))
        .filter(terms::Column::Slug.eq(slug.as_str()))
        .count(&*write)
        .await?;
    if taken > 0 {
        return Err(Error::Taken);
    }
    terms::Entity::update_many()
        .col_expr(terms::Column::Slug, Expr::value(slug.as_str()))
        .filter(terms::Column::Kind.eq(kind.name()))
        .filter(terms::Column::Name.eq(&found.name))
        .exec(&*write)
        .await?;
    let key = (kind.name().to_owned(), slug.as_str().to_owned());
    former_terms::Entity::delete_by_id(key).exec(&*write).await?;
    keep_address(&write, kind, &found.slug, &found.name).await?;
    write.commit().await
}

/// Forgets a term that no post names; categories below it come up a level. Fails as [`Error::Taken`] if one does.
pub async fn remove(db: &Database, kind: TermKind, name: &str) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    let found = there(&write, kind, name).await?;
    if !posts_of(&write, kind, &found.name).await?.is_empty() {
        return Err(Error::Taken);
    }
    parents(&write, kind, &found.name, found.parent.as_deref()).await?;
    former_terms::Entity::delete_many()
        .filter(former_terms::Column::Kind.eq(kind.name()))
        .filter(former_terms::Column::Name.eq(&found.name))
        .exec(&*write)
        .await?;
    terms::Entity::delete_by_id((kind.name().to_owned(), found.name)).exec(&*write).await?;
    write.commit().await
}

/// Lets everything that names a term name another one.
async fn follow(write: &Write, kind: TermKind, from: &str, to: &str) -> Result<(), Error> {
    let touched = posts_of(write, kind, from).await?;
    match kind {
        TermKind::Category => {
            let having = post_categories::Entity::find()
                .select_only()
                .column(post_categories::Column::PostId)
                .filter(post_categories::Column::Name.eq(to));
            post_categories::Entity::delete_many()
                .filter(post_categories::Column::Name.eq(from))
                .filter(post_categories::Column::PostId.in_subquery(having.into_query()))
                .exec(&**write)
                .await?;
            post_categories::Entity::update_many()
                .col_expr(post_categories::Column::Name, Expr::value(to))
                .filter(post_categories::Column::Name.eq(from))
                .exec(&**write)
                .await?;
        }
        TermKind::Tag => {
            let having = post_tags::Entity::find()
                .select_only()
                .column(post_tags::Column::PostId)
                .filter(post_tags::Column::Name.eq(to));
            post_tags::Entity::delete_many()
                .filter(post_tags::Column::Name.eq(from))
                .filter(post_tags::Column::PostId.in_subquery(having.into_query()))
                .exec(&**write)
                .await?;
            post_tags::Entity::update_many()
                .col_expr(post_tags::Column::Name, Expr::value(to))
                .filter(post_tags::Column::Name.eq(from))
                .exec(&**write)
                .await?;
        }
        TermKind::Series => {
            posts::Entity::update_many()
                .col_expr(posts::Column::Series, Expr::value(to))
                .filter(posts::Column::Series.eq(from))
                .exec(&**write)
                .await?;
        }
    }
    parents(write, kind, from, Some(to)).await?;
    former_terms::Entity::update_many()
        .col_expr(former_terms::Column::Name, Expr::value(to))
        .filter(former_terms::Column::Kind.eq(kind.name()))
        .filter(former_terms::Column::Name.eq(from))
        .exec(&**write)
        .await?;
    changes::log(write, touched.into_iter().map(|id| DocId { kind: Kind::Post, id })).await
}

/// Puts the categories below one below another one, or at the top.
async fn parents(write: &Write, kind: TermKind, from: &str, to: Option<&str>) -> Result<(), Error> {
    terms::Entity::update_many()
        .col_expr(terms::Column::Parent, Expr::value(to))
        .filter(terms::Column::Kind.eq(kind.name()))
        .filter(terms::Column::Parent.eq(from))
        .exec(&**write)
        .await?;
    Ok(())
}

async fn posts_of(write: &Write, kind: TermKind, name: &str) -> Result<Vec<i64>, Error> {
    Ok(match kind {
        TermKind::Category => {
            let found = post_categories::Entity::find().filter(post_categories::Column::Name.eq(name));
            found
                .select_only()
                .column(post_categories::Column::PostId)
                .distinct()
                .into_tuple()
                .all(&**write)
                .await?
        }
        TermKind::Tag => {
            let found = post_tags::Entity::find().filter(post_tags::Column::Name.eq(name));
            found
                .select_only()
                .column(post_tags::Column::PostId)
                .distinct()
                .into_tuple()
                .all(&**write)
                .await?
        }
        TermKind::Series => {
            let found = posts::Entity::find().filter(posts::Column::Series.eq(name));
            found.select_only().column(posts::Column::Id).into_tuple().all(&**write).await?
        }
    })
}

async fn keep_address(write: &Write, kind: TermKind, slug: &str, name: &str) -> Result<(), Error> {
    let row = former_terms::ActiveModel {
        kind: Set(kind.name().to_owned()),
        slug: Set(slug.to_owned()),
        name: Set(name.to_owned()),
    };
    use former_terms::Column;
    let newer = OnConflict::columns([Column::Kind, Column::Slug]).update_column(Column::Name).to_owned();
    former_terms::Entity::insert(row).on_conflict(newer).exec_without_returning(&**write).await?;
    Ok(())
}

/// The names of the categories above one.
async fn above(write: &Write, kind: TermKind, of: &terms::Model) -> Result<HashSet<String>, Error> {
    let (mut found, mut next) = (HashSet::new(), of.parent.clone());
    while let Some(name) = next.filter(|name| found.insert(name.clone())) {
        let row = terms::Entity::find_by_id((kind.name().to_owned(), name)).one(&**write).await?;
        next = row.and_then(|row| row.parent);
    }
    Ok(found)
}

async fn is_there(write: &Write, kind: TermKind, name: &str) -> Result<bool, Error> {
    let key = (kind.name().to_owned(), name.to_owned());
    Ok(terms::Entity::find_by_id(key).one(&**write).await?.is_some())
}

async fn there(write: &Write, kind: TermKind, name: &str) -> Result<terms::Model, Error> {
    let key = (kind.name().to_owned(), storable(name));
    let found = terms::Entity::find_by_id(key).one(&**write).await?;
    found.ok_or_else(|| Error::Missing(format!("the {} {name}", kind.name())))
}
