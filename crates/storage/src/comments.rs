//! Comments: what visitors say about posts and papers.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use content::{Comment, CommentId, DocId, Kind, PaperId, PostId, Subject};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use crate::{
    Database, Error, changes,
    connection::Durability,
    papers::{members_of, roots_of},
    rows::{comments, posts},
    text::{in_pieces, storable, storable_moment},
};

/// The state of comments that everybody may read.
const VISIBLE: &str = "visible";

/// A comment to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it is about.
    pub subject: Subject,
    /// The comment it replies to.
    pub parent: Option<CommentId>,
    /// The name the visitor gave.
    pub author: String,
    /// Never shown.
    pub mail: Option<String>,
    /// The visitor's own site.
    pub site: Option<String>,
    /// Markdown as written.
    pub body: String,
    /// When it was sent.
    pub created: DateTime<Utc>,
}

/// Saves a comment, visible at once.
pub async fn save(db: &Database, draft: &Draft) -> Result<CommentId, Error> {
    let write = db.write(Durability::Full).await?;
    let (post, paper) = match draft.subject {
        Subject::Post(id) => (Some(id.0), None),
        Subject::Paper(id) => (None, Some(id.0)),
    };
    let row = comments::ActiveModel {
        id: NotSet,
        post_id: Set(post),
        paper_id: Set(paper),
        parent_id: Set(draft.parent.map(|parent| parent.0)),
        author: Set(storable(&draft.author)),
        mail: Set(draft.mail.as_deref().map(storable)),
        site: Set(draft.site.as_deref().map(storable)),
        state: Set(VISIBLE.to_owned()),
        reader_id: Set(None),
        user_id: Set(None),
        created: Set(storable_moment(draft.created)),
        body: Set(storable(&draft.body)),
    };
    let id = comments::Entity::insert(row).exec(&*write).await?.last_insert_id;
    changes::log(&write, [DocId { kind: Kind::Comment, id }]).await?;
    write.commit().await?;
    Ok(CommentId(id))
}

/// What was said about a post, or about a paper and all that it stands for, oldest first.
pub async fn of(db: &Database, subject: Subject) -> Result<Vec<Comment>, Error> {
    let about = match subject {
        Subject::Post(id) => comments::Column::PostId.eq(id.0),
        Subject::Paper(id) => comments::Column::PaperId.is_in(members_of(db.read(), id.0).await?),
    };
    let rows = visible()
        .filter(about)
        .order_by_asc(comments::Column::Created)
        .order_by_asc(comments::Column::Id)
        .all(db.read())
        .await?;
    rows.into_iter().map(|row| Ok(Comment { subject, ..comment(row)? })).collect()
}

/// The last `limit` comments, newest first. What was said about a joined paper counts as said about the
/// paper that stands for it.
pub async fn recent(db: &Database, limit: u64) -> Result<Vec<Comment>, Error> {
    let rows = visible()
        .order_by_desc(comments::Column::Created)
        .order_by_desc(comments::Column::Id)
        .limit(limit)
        .all(db.read())
        .await?;
    standing(db, rows).await
}

/// The comments of these numbers that everybody may read, in the order asked: visible ones, about papers
/// or public posts. What was said about a joined paper counts as said about the one that stands for it.
pub async fn by_ids(db: &Database, ids: &[CommentId]) -> Result<Vec<Comment>, Error> {
    let mut found = Vec::new();
    for piece in in_pieces(ids.iter().map(|id| id.0)) {
        let which = readable().add(comments::Column::Id.is_in(piece));
        found.extend(comments::Entity::find().filter(which).all(db.read()).await?);
    }
    let found = standing(db, found).await?.into_iter();
    let mut found: HashMap<CommentId, Comment> = found.map(|comment| (comment.id, comment)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// How much was said about each of these posts.
pub async fn counts(db: &Database, posts: &[PostId]) -> Result<Vec<u64>, Error> {
    let mut counts: HashMap<i64, i64> = HashMap::new();
    for piece in in_pieces(posts.iter().map(|post| post.0)) {
        let found: Vec<(i64, i64)> = visible()
            .select_only()
            .column(comments::Column::PostId)
            .column_as(comments::Column::Id.count(), "said")
            .filter(comments::Column::PostId.is_in(piece))
            .group_by(comments::Column::PostId)
            .into_tuple()
            .all(db.read())
            .await?;
        counts.extend(found);
    }
    Ok(posts.iter().map(|post| counts.get(&post.0).map_or(0, |count| count.unsigned_abs())).collect())
}

fn visible() -> sea_orm::Select<comments::Entity> {
    comments::Entity::find().filter(comments::Column::State.eq(VISIBLE))
}

/// What everybody may read: what is visible, about papers or public posts.
pub(crate) fn readable() -> Condition {
    let public = posts::Entity::find().select_only().column(posts::Column::Id);
    let public = public.filter(posts::Column::Visibility.eq(crate::posts::PUBLIC)).into_query();
    let about = Condition::any()
        .add(comments::Column::PostId.is_null())
        .add(comments::Column::PostId.in_subquery(public));
    Condition::all().add(comments::Column::State.eq(VISIBLE)).add(about)
}

/// Comments whose papers stand on their own.
async fn standing(db: &Database, rows: Vec<comments::Model>) -> Result<Vec<Comment>, Error> {
    let roots = roots_of(db.read(), rows.iter().filter_map(|row| row.paper_id)).await?;
    let standing = |row: comments::Model| {
        let paper_id = row.paper_id.map(|id| *roots.get(&id).unwrap_or(&id));
        comment(comments::Model { paper_id, ..row })
    };
    rows.into_iter().map(standing).collect()
}

fn comment(row: comments::Model) -> Result<Comment, Error> {
    let subject = match (row.post_id, row.paper_id) {
        (Some(post), None) => Subject::Post(PostId(post)),
        (None, Some(paper)) => Subject::Paper(PaperId(paper)),
        _ => return Err(Error::Corrupt(format!("comment {} is not about one thing", row.id))),
    };
    Ok(Comment {
        id: CommentId(row.id),
        subject,
        parent: row.parent_id.map(CommentId),
        author: row.author,
        body: row.body,
        created: row.created,
    })
}
