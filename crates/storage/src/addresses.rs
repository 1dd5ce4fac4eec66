//! What has an address that others should find, and when it last changed: for maps of the site.
//!
//! A map is read in pieces of [`PIECE`] numbers, so that no piece grows too long and none changes when others do.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use content::{PaperId, PostKind, Slug};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    Database, Error,
    answers::is_done,
    comments::visible,
    papers::roots_of,
    rows::{answers, attempts, comments, posts},
};

/// As many numbers are in one piece of a map: no map may name more addresses.
pub const PIECE: i64 = 50_000;

/// When something last changed, by what it is.
type Changed<T> = Vec<(T, DateTime<Utc>)>;

/// The pieces that have any public text, posts and pages alike, each with its last change.
pub async fn pieces_of_posts(db: &Database) -> Result<Changed<i64>, Error> {
    let its = posts::Entity::find().select_only().column(posts::Column::Id);
    let its = its.column(posts::Column::Updated).column(posts::Column::Published);
    let rows: Vec<(i64, DateTime<Utc>, DateTime<Utc>)> =
        its.filter(crate::posts::readable()).into_tuple().all(db.read()).await?;
    Ok(pieces(rows.into_iter().map(|(id, updated, published)| (id, Ord::max(updated, published)))))
}

/// The public texts of a piece.
pub async fn posts_in(db: &Database, piece: i64) -> Result<Changed<(PostKind, Slug)>, Error> {
    use posts::Column;
    let columns = [Column::Kind, Column::Slug, Column::Updated, Column::Published];
    let its = posts::Entity::find().select_only().columns(columns);
    let its = its.filter(crate::posts::readable()).filter(Column::Id.gt(piece.saturating_mul(PIECE)));
    let its = its.filter(Column::Id.lte(piece.saturating_add(1).saturating_mul(PIECE)));
    let rows: Vec<(String, String, DateTime<Utc>, DateTime<Utc>)> =
        its.order_by_asc(Column::Id).into_tuple().all(db.read()).await?;
    let one = |(kind, slug, updated, published): (String, String, DateTime<Utc>, DateTime<Utc>)| {
        let slug = slug.parse::<Slug>().map_err(|invalid| Error::Corrupt(invalid.to_string()))?;
        let kind = PostKind::ALL.into_iter().find(|one| one.name() == kind).unwrap_or_default();
        Ok(((kind, slug), Ord::max(updated, published)))
    };
    rows.into_iter().map(one).collect()
}

/// The pieces that have any paper about which this site says something itself.
pub async fn pieces_of_papers(db: &Database) -> Result<Changed<i64>, Error> {
    Ok(pieces(own_papers(db, None).await?.into_iter().map(|(paper, at)| (paper.0, at))))
}

/// The papers of a piece about which this site says something itself: a finished reading, or a comment.
pub async fn papers_in(db: &Database, piece: i64) -> Result<Changed<PaperId>, Error> {
    Ok(own_papers(db, Some(piece)).await?.into_iter().collect())
}

fn pieces(changed: impl Iterator<Item = (i64, DateTime<Utc>)>) -> Changed<i64> {
    let mut pieces: BTreeMap<i64, DateTime<Utc>> = BTreeMap::new();
    for (id, at) in changed {
        let last = pieces.entry((id - 1).div_euclid(PIECE)).or_insert(at);
        *last = Ord::max(*last, at);
    }
    pieces.into_iter().collect()
}

/// Papers that stand on their own, with when something was last said here about them or one that they stand for.
async fn own_papers(db: &Database, piece: Option<i64>) -> Result<BTreeMap<PaperId, DateTime<Utc>>, Error> {
    let mut said = read(db.read()).await?;
    said.extend(discussed(db.read()).await?);
    let roots: HashMap<i64, i64> = roots_of(db.read(), said.iter().map(|(paper, _)| *paper)).await?;
    let mut papers: BTreeMap<PaperId, DateTime<Utc>> = BTreeMap::new();
    for (paper, at) in said {
        let root = *roots.get(&paper).unwrap_or(&paper);
        if piece.is_none_or(|piece| (root - 1).div_euclid(PIECE) == piece) {
            let last = papers.entry(PaperId(root)).or_insert(at);
            *last = Ord::max(*last, at);
        }
    }
    Ok(papers)
}

async fn read(connection: &impl ConnectionTrait) -> Result<Vec<(i64, DateTime<Utc>)>, Error> {
    let of_answer = attempts::Entity::belongs_to(answers::Entity)
        .from(attempts::Column::AnswerId)
        .to(answers::Column::Id)
        .into();
    let rows: Vec<(i64, DateTime<Utc>)> = attempts::Entity::find()
        .select_only()
        .column(answers::Column::PaperId)
        .column_as(attempts::Column::Ended.max(), "last")
        .join(JoinType::InnerJoin, of_answer)
        .filter(is_done())
        .filter(attempts::Column::Ended.is_not_null())
        .group_by(answers::Column::PaperId)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows)
}

async fn discussed(connection: &impl ConnectionTrait) -> Result<Vec<(i64, DateTime<Utc>)>, Error> {
    let rows: Vec<(i64, DateTime<Utc>)> = visible()
        .select_only()
        .column(comments::Column::PaperId)
        .column_as(comments::Column::Created.max(), "last")
        .filter(comments::Column::PaperId.is_not_null())
        .group_by(comments::Column::PaperId)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows)
}
