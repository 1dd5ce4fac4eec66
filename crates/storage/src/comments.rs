//! Comments: what visitors say about posts and papers. What readers are shown is asked here; `moderation` is for those who
//! decide what that is, `saving` for many who speak at once, `telling` for who is told of it by mail.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use content::{Comment, CommentId, CommentState, DocId, Kind, PaperId, PostId, Subject, UserId, Why};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use crate::{
    Database, Error, changes,
    connection::Write,
    papers::{members_of, roots_of},
    rows::{comments, posts},
    text::{in_pieces, storable, storable_moment},
};

mod moderation;
mod saving;
mod telling;

pub use moderation::{Filter, Listed, Verdict, answer, change, edit, forget, list, numbers, tally};
pub(crate) use saving::Waiting;
use saving::insert;
pub use saving::{save, save_with};
pub use telling::{told, untold};

/// How often a place that is gone may stand above another one that is gone, to be still shown as a place.
const GONE: usize = 8;

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
    /// Who sent it, if they had signed in.
    pub user: Option<UserId>,
    /// What is kept of where it came from.
    pub network: String,
    /// What is kept of the secret of who may still change it.
    pub edit_hash: Option<String>,
    /// Who may see it.
    pub state: CommentState,
    /// Why not everybody.
    pub why: Option<Why>,
    /// Whether anybody is to be told of it by mail.
    pub tell: bool,
}

impl Draft {
    /// One that everybody sees, and nobody is told of.
    pub fn new(
        subject: Subject,
        author: impl Into<String>,
        body: impl Into<String>,
        created: DateTime<Utc>,
    ) -> Self {
        Self {
            subject,
            parent: None,
            author: author.into(),
            mail: None,
            site: None,
            body: body.into(),
            created,
            user: None,
            network: String::new(),
            edit_hash: None,
            state: CommentState::Visible,
            why: None,
            tell: false,
        }
    }
}

/// A wish for mail of replies to a comment that is being saved.
pub struct Wish {
    /// Where to.
    pub mail: String,
    /// In which language.
    pub language: content::Language,
    /// What is kept of the secret that confirms and ends it.
    pub token_hash: Box<dyn Fn(CommentId) -> String + Send + Sync>,
}

/// A comment with all that is kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// What is shown of it.
    pub comment: Comment,
    /// Who may see it.
    pub state: CommentState,
    /// Why not everybody.
    pub why: Option<Why>,
    /// Never shown to readers.
    pub mail: Option<String>,
    /// What is kept of where it came from.
    pub network: String,
    /// What is kept of the secret of who may still change it.
    pub edit_hash: Option<String>,
    /// Whether others of the same name and mail are shown at once.
    pub trusted: bool,
}

/// Where a comment stands in its discussion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which.
    pub id: CommentId,
    /// What it replies to.
    pub parent: Option<CommentId>,
    /// Whether it is shown no more, and only holds together what replies to it.
    pub gone: bool,
}

/// What is known of who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// Nothing.
    No,
    /// Something by that name and mail is visible.
    Yes,
    /// A moderator trusts them.
    Trusted,
}

fn row(draft: &Draft) -> comments::ActiveModel {
    let (post, paper) = match draft.subject {
        Subject::Post(id) => (Some(id.0), None),
        Subject::Paper(id) => (None, Some(id.0)),
    };
    let told = if draft.tell { "" } else { CommentState::Visible.name() };
    comments::ActiveModel {
        id: NotSet,
        post_id: Set(post),
        paper_id: Set(paper),
        parent_id: Set(draft.parent.map(|parent| parent.0)),
        author: Set(storable(&draft.author)),
        mail: Set(draft.mail.as_deref().map(storable)),
        site: Set(draft.site.as_deref().map(storable)),
        state: Set(draft.state.name().to_owned()),
        reader_id: Set(None),
        user_id: Set(draft.user.map(|user| user.0)),
        created: Set(storable_moment(draft.created)),
        body: Set(storable(&draft.body)),
        network: Set(draft.network.clone()),
        edit_hash: Set(draft.edit_hash.clone()),
        edited: Set(None),
        why: Set(draft.why.map(|why| why.name().to_owned())),
        trusted: Set(false),
        told: Set(told.to_owned()),
    }
}

/// What was said about a post, or about a paper and all that it stands for, oldest first.
pub async fn of(db: &Database, subject: Subject) -> Result<Vec<Comment>, Error> {
    let rows = visible()
        .filter(about(db, subject).await?)
        .order_by_asc(comments::Column::Created)
        .order_by_asc(comments::Column::Id)
        .all(db.read())
        .await?;
    rows.into_iter().map(|row| Ok(Comment { subject, ..comment(row)? })).collect()
}

/// The last `limit` comments about a post or a paper, newest first.
pub async fn last_of(db: &Database, subject: Subject, limit: u64) -> Result<Vec<Comment>, Error> {
    let rows = visible()
        .filter(about(db, subject).await?)
        .order_by_desc(comments::Column::Created)
        .order_by_desc(comments::Column::Id)
        .limit(limit)
        .all(db.read())
        .await?;
    rows.into_iter().map(|row| Ok(Comment { subject, ..comment(row)? })).collect()
}

/// The places of a discussion, oldest first: of all that is visible, and of what is not and has replies that are.
pub async fn places(db: &Database, subject: Subject) -> Result<Vec<Place>, Error> {
    use comments::Column;
    let found: Vec<(i64, Option<i64>)> = visible()
        .filter(about(db, subject).await?)
        .select_only()
        .columns([Column::Id, Column::ParentId])
        .order_by_asc(Column::Created)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db.read())
        .await?;
    let place = |gone| {
        move |(id, parent): (i64, Option<i64>)| Place {
            id: CommentId(id),
            parent: parent.map(CommentId),
            gone,
        }
    };
    let mut places: Vec<Place> = found.into_iter().map(place(false)).collect();
    for _ in 0..GONE {
        let here: HashSet<CommentId> = places.iter().map(|place| place.id).collect();
        let missing: HashSet<i64> = places
            .iter()
            .filter_map(|place| place.parent)
            .filter(|id| !here.contains(id))
            .map(|id| id.0)
            .collect();
        if missing.is_empty() {
            break;
        }
        let known = places.len();
        for piece in in_pieces(missing) {
            let found: Vec<(i64, Option<i64>)> = comments::Entity::find()
                .select_only()
                .columns([Column::Id, Column::ParentId])
                .filter(Column::Id.is_in(piece))
                .into_tuple()
                .all(db.read())
                .await?;
            places.extend(found.into_iter().map(place(true)));
        }
        if places.len() == known {
            break;
        }
    }
    places.sort_by_key(|place| !place.gone);
    Ok(places)
}

/// The visible comments of these numbers, whatever they are about, in no order.
pub async fn visible_of(db: &Database, ids: &[CommentId]) -> Result<Vec<Comment>, Error> {
    let mut found = Vec::new();
    for piece in in_pieces(ids.iter().map(|id| id.0)) {
        found.extend(visible().filter(comments::Column::Id.is_in(piece)).all(db.read()).await?);
    }
    standing(db, found).await
}

/// The comment of a number, in whatever state, with all that is kept of it.
pub async fn by_id(db: &Database, id: CommentId) -> Result<Option<Stored>, Error> {
    let found = comments::Entity::find_by_id(id.0).all(db.read()).await?;
    Ok(stored(db, found).await?.pop())
}

/// The comments that this one replies to, the nearest first, at most so many.
pub async fn above(db: &Database, id: CommentId, most: usize) -> Result<Vec<CommentId>, Error> {
    let mut above = Vec::new();
    let mut next = Some(id.0);
    while let Some(id) = next.filter(|_| above.len() < most) {
        let row = comments::Entity::find_by_id(id).one(db.read()).await?;
        next = row.and_then(|row| row.parent_id);
        above.extend(next.map(CommentId));
    }
    Ok(above)
}

/// Whether the same was said by the same name about the same thing since some moment.
pub async fn is_repeated(db: &Database, draft: &Draft, since: DateTime<Utc>) -> Result<bool, Error> {
    use comments::Column;
    let same = comments::Entity::find()
        .filter(about(db, draft.subject).await?)
        .filter(Column::Created.gt(since))
        .filter(Column::Author.eq(storable(&draft.author)))
        .filter(Column::Body.eq(storable(&draft.body)))
        .filter(Column::State.ne(CommentState::Deleted.name()));
    Ok(same.count(db.read()).await? > 0)
}

/// What is known of somebody of this name and mail.
pub async fn known(db: &Database, author: &str, mail: &str) -> Result<Known, Error> {
    use comments::Column;
    let by_them =
        visible().filter(Column::Mail.eq(storable(mail))).filter(Column::Author.eq(storable(author)));
    // The trusted one comes first.
    let row = by_them.order_by_desc(Column::Trusted).one(db.read()).await?;
    Ok(row.map_or(Known::No, |row| if row.trusted { Known::Trusted } else { Known::Yes }))
}

/// What is known of a user who says something.
pub async fn known_user(db: &Database, user: UserId) -> Result<Known, Error> {
    let said = visible().filter(comments::Column::UserId.eq(user.0)).limit(1).one(db.read()).await?;
    Ok(said.map_or(Known::No, |_| Known::Yes))
}

/// Which of these comments were sent by who has this secret, after some moment.
pub async fn of_visitor(
    db: &Database,
    ids: &[CommentId],
    edit_hash: &str,
    since: DateTime<Utc>,
) -> Result<Vec<CommentId>, Error> {
    use comments::Column;
    let mine: Vec<i64> = comments::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::EditHash.eq(edit_hash))
        .filter(Column::Created.gt(storable_moment(since)))
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(mine.into_iter().map(CommentId).filter(|id| ids.contains(id)).collect())
}

/// The last `limit` comments that everybody may read, newest first. What was said about a joined paper counts as said
/// about the paper that stands for it.
pub async fn recent(db: &Database, limit: u64) -> Result<Vec<Comment>, Error> {
    let rows = comments::Entity::find()
        .filter(readable())
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

pub(crate) fn visible() -> sea_orm::Select<comments::Entity> {
    comments::Entity::find().filter(comments::Column::State.eq(CommentState::Visible.name()))
}

/// What everybody may read: what is visible, about papers or public posts.
pub(crate) fn readable() -> Condition {
    let public = posts::Entity::find().select_only().column(posts::Column::Id);
    let public = public.filter(crate::posts::readable()).into_query();
    let about = Condition::any()
        .add(comments::Column::PostId.is_null())
        .add(comments::Column::PostId.in_subquery(public));
    Condition::all().add(comments::Column::State.eq(CommentState::Visible.name())).add(about)
}

/// Says in the change log that the comments on these posts are to be looked at again.
pub(crate) async fn log_of_posts(write: &Write, posts: &[i64]) -> Result<(), Error> {
    let mut docs = Vec::new();
    for piece in in_pieces(posts.iter().copied()) {
        let ids: Vec<i64> = visible()
            .select_only()
            .column(comments::Column::Id)
            .filter(comments::Column::PostId.is_in(piece))
            .into_tuple()
            .all(&**write)
            .await?;
        docs.extend(ids.into_iter().map(|id| DocId { kind: Kind::Comment, id }));
    }
    changes::log(write, docs).await
}

/// Which comments are about a post, or about a paper and all that it stands for.
async fn about(db: &Database, subject: Subject) -> Result<Condition, Error> {
    let about = match subject {
        Subject::Post(id) => comments::Column::PostId.eq(id.0),
        Subject::Paper(id) => comments::Column::PaperId.is_in(members_of(db.read(), id.0).await?),
    };
    Ok(Condition::all().add(about))
}

/// Comments whose papers stand on their own, with all that is kept of them.
async fn stored(db: &Database, rows: Vec<comments::Model>) -> Result<Vec<Stored>, Error> {
    let kept = rows.iter().map(kept).collect::<Result<Vec<_>, _>>()?;
    let comments = standing(db, rows).await?.into_iter();
    Ok(comments.zip(kept).map(|(comment, kept)| kept(comment)).collect())
}

/// What is kept of a comment, but for the comment itself.
fn kept(row: &comments::Model) -> Result<impl FnOnce(Comment) -> Stored + use<>, Error> {
    let state = row.state.parse().map_err(|invalid: content::Invalid| Error::Corrupt(invalid.to_string()))?;
    let why = row.why.as_deref().and_then(|name| Why::ALL.into_iter().find(|why| why.name() == name));
    let (mail, network, edit_hash) = (row.mail.clone(), row.network.clone(), row.edit_hash.clone());
    let trusted = row.trusted;
    Ok(move |comment| Stored { comment, state, why, mail, network, edit_hash, trusted })
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
        site: row.site,
        user: row.user_id.map(UserId),
        body: row.body,
        created: row.created,
        edited: row.edited,
    })
}
