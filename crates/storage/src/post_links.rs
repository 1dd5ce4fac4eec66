//! Which posts link to which: told by their texts, for whoever reads the one that is linked to.

use content::{Post, PostId, Slug};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::OnConflict,
};

use crate::{
    Database, Error,
    connection::Durability,
    post_lists::{self, Named},
    posts,
    rows::{facts, post_links},
    text::in_pieces,
};

/// How far the change log was read.
const POSITION: &str = "post_links.position";
/// As many posts are named that link to one.
const NAMED: u64 = 50;

/// The posts that link to one, at the address that it has or at one that it had, the newest first: those that lists name.
pub async fn to(db: &Database, post: &Post) -> Result<Vec<Named>, Error> {
    let mut addresses = posts::former(db, post.id).await?;
    addresses.push(post.slug.to_string());
    let ids: Vec<i64> = post_links::Entity::find()
        .select_only()
        .column(post_links::Column::PostId)
        .filter(post_links::Column::Target.is_in(addresses))
        .filter(post_links::Column::PostId.ne(post.id.0))
        .distinct()
        .order_by_desc(post_links::Column::PostId)
        .limit(NAMED)
        .into_tuple()
        .all(db.read())
        .await?;
    let mut named = post_lists::named(db, &ids).await?;
    named.sort_by_key(|post| std::cmp::Reverse((post.published, post.id)));
    Ok(named)
}

/// Notes where posts link to, instead of what was noted of them, and that the log was read to a position.
pub async fn note(db: &Database, links: &[(PostId, Vec<Slug>)], position: i64) -> Result<(), Error> {
    let write = db.write(Durability::Relaxed).await?;
    for piece in in_pieces(links.iter().map(|(post, _)| post.0)) {
        let old = post_links::Column::PostId.is_in(piece);
        post_links::Entity::delete_many().filter(old).exec(&*write).await?;
    }
    let rows = links.iter().flat_map(|(post, targets)| {
        targets
            .iter()
            .map(|target| post_links::ActiveModel { post_id: Set(post.0), target: Set(target.to_string()) })
    });
    for piece in in_pieces(rows) {
        post_links::Entity::insert_many(piece)
            .on_conflict_do_nothing()
            .exec_without_returning(&*write)
            .await?;
    }
    let fact = facts::ActiveModel { name: Set(POSITION.to_owned()), value: Set(position) };
    let newer = OnConflict::column(facts::Column::Name).update_column(facts::Column::Value).to_owned();
    facts::Entity::insert(fact).on_conflict(newer).exec_without_returning(&*write).await?;
    write.commit().await
}

/// How far the log was read; nothing before anything was noted.
pub async fn position(db: &Database) -> Result<Option<i64>, Error> {
    Ok(facts::Entity::find_by_id(POSITION).one(db.read()).await?.map(|fact| fact.value))
}
