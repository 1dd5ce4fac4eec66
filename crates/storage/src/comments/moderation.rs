use chrono::{DateTime, Utc};
use content::{CommentId, CommentState, DocId, Kind, Why};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait as _, Func, LikeExpr},
};

use super::{Draft, Stored, insert, stored};
use crate::{
    Database, Error,
    audit::{self, Deed},
    changes,
    connection::{Durability, Write},
    rows::comments,
    text::{in_pieces, now, storable, storable_moment},
};

/// Which comments a moderator looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those in this state.
    pub state: Option<CommentState>,
    /// Those that hold this text, or whose name or mail does.
    pub text: Option<String>,
    /// Those from this network, as it is kept.
    pub network: Option<String>,
    /// Those with this mail.
    pub mail: Option<String>,
    /// Those with this name.
    pub author: Option<String>,
}

/// A part of what a moderator looks at, newest first.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What is on the page.
    pub items: Vec<Stored>,
    /// Before which number the next page begins, if there is one.
    pub next: Option<i64>,
}

/// The comments that a filter lets through, newest first, before the one of this number.
pub async fn list(db: &Database, filter: &Filter, before: Option<i64>, limit: u64) -> Result<Listed, Error> {
    let mut rows = comments::Entity::find()
        .filter(condition(filter))
        .filter(comments::Column::Id.lt(before.unwrap_or(i64::MAX)))
        .order_by_desc(comments::Column::Id)
        .limit(limit + 1)
        .all(db.read())
        .await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok(Listed { items: stored(db, rows).await?, next })
}

/// How many comments are in each state, in the order of [`CommentState::ALL`].
pub async fn tally(db: &Database) -> Result<[u64; 4], Error> {
    let mut counts = [0; 4];
    for (count, state) in counts.iter_mut().zip(CommentState::ALL) {
        let of_state = Filter { state: Some(state), ..Filter::default() };
        *count = comments::Entity::find().filter(condition(&of_state)).count(db.read()).await?;
    }
    Ok(counts)
}

/// The numbers of the comments that a filter lets through, at most so many.
pub async fn numbers(db: &Database, filter: &Filter, limit: u64) -> Result<Vec<CommentId>, Error> {
    let ids: Vec<i64> = comments::Entity::find()
        .select_only()
        .column(comments::Column::Id)
        .filter(condition(filter))
        .order_by_asc(comments::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(ids.into_iter().map(CommentId).collect())
}

/// What is decided about comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The state that they are in from now on.
    pub state: CommentState,
    /// Why they are not visible.
    pub why: Option<Why>,
    /// Whether their authors are trusted from now on; nothing leaves that as it is.
    pub trusted: Option<bool>,
}

impl Verdict {
    /// One that says nothing of the authors.
    pub fn new(state: CommentState, why: Option<Why>) -> Self {
        Self { state, why, trusted: None }
    }
}

/// Decides about comments; gives those that were in another state, with that. What a moderator does is written down in the
/// same transaction: as the object of the deed stand the numbers of the comments that there are.
pub async fn change(
    db: &Database,
    ids: &[CommentId],
    verdict: Verdict,
    deed: Option<Deed<'_>>,
) -> Result<Vec<(CommentId, CommentState)>, Error> {
    let write = db.write(Durability::Full).await?;
    changes::lock(&write).await?;
    let changed = decide(&write, ids, verdict, deed).await?;
    write.commit().await?;
    Ok(changed)
}

/// Approves a comment and answers it, as one deed.
pub async fn answer(
    db: &Database,
    to: CommentId,
    answer: &Draft,
    deed: Deed<'_>,
) -> Result<CommentId, Error> {
    let write = db.write(Durability::Full).await?;
    changes::lock(&write).await?;
    let approved = Verdict::new(CommentState::Visible, None);
    decide(&write, &[to], approved, Some(Deed { action: "comment.approve", ..deed })).await?;
    let id = insert(&write, answer).await?;
    audit::insert(&write, Deed { object: &id.0.to_string(), ..deed }).await?;
    write.commit().await?;
    Ok(id)
}

/// The lock of the change log must be held.
async fn decide(
    write: &Write,
    ids: &[CommentId],
    verdict: Verdict,
    deed: Option<Deed<'_>>,
) -> Result<Vec<(CommentId, CommentState)>, Error> {
    use comments::Column;
    let mut found = Vec::new();
    for piece in in_pieces(ids.iter().map(|id| id.0)) {
        let which = Column::Id.is_in(piece);
        let before: Vec<(i64, String)> = comments::Entity::find()
            .select_only()
            .columns([Column::Id, Column::State])
            .filter(which.clone())
            .order_by_asc(Column::Id)
            .into_tuple()
            .all(&**write)
            .await?;
        let mut update = comments::Entity::update_many()
            .col_expr(Column::State, Expr::value(verdict.state.name()))
            .col_expr(Column::Why, Expr::value(verdict.why.map(Why::name)));
        if let Some(trusted) = verdict.trusted {
            update = update.col_expr(Column::Trusted, Expr::value(trusted));
        }
        update.filter(which).exec(&**write).await?;
        found.extend(before);
    }
    let object = found.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>().join(",");
    if let Some(deed) = deed.filter(|_| !found.is_empty()) {
        audit::insert(write, Deed { object: &object, ..deed }).await?;
    }
    let mut changed = Vec::new();
    for (id, state) in found {
        changed.push((CommentId(id), state.parse().map_err(unknown)?));
    }
    changed.retain(|(_, earlier)| *earlier != verdict.state);
    let shown = |earlier: CommentState| [earlier, verdict.state].contains(&CommentState::Visible);
    let docs = changed.iter().filter(|(_, earlier)| shown(*earlier));
    changes::log(write, docs.map(|(id, _)| DocId { kind: Kind::Comment, id: id.0 }).collect::<Vec<_>>())
        .await?;
    Ok(changed)
}

fn unknown(invalid: content::Invalid) -> Error {
    Error::Corrupt(invalid.to_string())
}

/// Gives a comment of its author another text, if it was sent after `since`; says whether it was. `state` is what it is
/// in from now on.
pub async fn edit(
    db: &Database,
    id: CommentId,
    body: &str,
    since: DateTime<Utc>,
    (state, why): (CommentState, Option<Why>),
) -> Result<bool, Error> {
    use comments::Column;
    let write = db.write(Durability::Full).await?;
    changes::lock(&write).await?;
    let changed = comments::Entity::update_many()
        .col_expr(Column::Body, Expr::value(storable(body)))
        .col_expr(Column::Edited, Expr::value(now()))
        .col_expr(Column::State, Expr::value(state.name()))
        .col_expr(Column::Why, Expr::value(why.map(Why::name)))
        .filter(Column::Id.eq(id.0))
        .filter(Column::Created.gt(storable_moment(since)))
        .filter(Column::State.is_in([CommentState::Held.name(), CommentState::Visible.name()]))
        .exec(&*write)
        .await?;
    changes::log(&write, [DocId { kind: Kind::Comment, id: id.0 }]).await?;
    write.commit().await?;
    Ok(changed.rows_affected > 0)
}

/// Forgets spam, and what was deleted, from before some moment, at most so many; gives how many. What has replies stays,
/// to hold them together.
pub async fn forget(db: &Database, before: DateTime<Utc>, limit: u64) -> Result<u64, Error> {
    use comments::Column;
    let write = db.write(Durability::Full).await?;
    let parents = comments::Entity::find()
        .select_only()
        .column(Column::ParentId)
        .filter(Column::ParentId.is_not_null())
        .into_query();
    let ids: Vec<i64> = comments::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.is_in([CommentState::Spam.name(), CommentState::Deleted.name()]))
        .filter(Column::Created.lt(storable_moment(before)))
        .filter(Column::Id.not_in_subquery(parents))
        .limit(limit)
        .into_tuple()
        .all(&*write)
        .await?;
    let gone = comments::Entity::delete_many().filter(Column::Id.is_in(ids)).exec(&*write).await?;
    write.commit().await?;
    Ok(gone.rows_affected)
}

fn condition(filter: &Filter) -> Condition {
    use comments::Column;
    let Filter { state, text, network, mail, author } = filter;
    let holds = |text: &String| {
        let escaped =
            storable(text).to_lowercase().replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
        let like = |column: Column| {
            Expr::expr(Func::lower(Expr::col(column)))
                .like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
        };
        Condition::any().add(like(Column::Body)).add(like(Column::Author)).add(like(Column::Mail))
    };
    Condition::all()
        .add_option(state.map(|state| Column::State.eq(state.name())))
        .add_option(network.as_ref().map(|network| Column::Network.eq(storable(network))))
        .add_option(mail.as_ref().map(|mail| Column::Mail.eq(storable(mail))))
        .add_option(author.as_ref().map(|author| Column::Author.eq(storable(author))))
        .add_option(text.as_ref().map(holds))
}
