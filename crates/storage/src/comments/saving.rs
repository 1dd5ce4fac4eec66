//! Comments that wait for their turn are saved in one transaction: making one of them last takes a disk as long as making
//! twenty of them last.

use std::{
    mem,
    sync::{Mutex, PoisonError},
};

use content::{CommentId, CommentState, DocId, Kind};
use sea_orm::EntityTrait as _;
use tokio::{
    sync::{Mutex as Turn, oneshot},
    task::JoinSet,
};

use super::{Draft, Wish, row};
use crate::{
    Database, Error, changes,
    connection::{Durability, Write},
    rows::comments,
    subscriptions,
};

/// Comments that wait to be saved.
#[derive(Default)]
pub(crate) struct Waiting {
    said: Mutex<Vec<Said>>,
    /// Held by whoever saves what waits.
    turn: Turn<()>,
}

/// A comment, and who waits until it lasts.
struct Said {
    draft: Draft,
    wish: Option<Wish>,
    saved: oneshot::Sender<Result<CommentId, Error>>,
}

/// Why several comments were not saved together.
enum Trouble {
    /// Nothing was written: one of them may be to blame.
    Before(Error),
    /// Nobody knows whether they were written.
    Committing(Error),
}

/// Saves a comment.
pub async fn save(db: &Database, draft: &Draft) -> Result<CommentId, Error> {
    save_with(db, draft, None).await
}

/// Saves a comment together with a wish for mail of replies to it.
pub async fn save_with(db: &Database, draft: &Draft, wish: Option<Wish>) -> Result<CommentId, Error> {
    let (saved, answer) = oneshot::channel();
    db.waiting().push(Said { draft: draft.clone(), wish, saved });
    // By a task of its own: whoever waits may go away, and comments of others are saved with theirs.
    let db = db.clone();
    tokio::spawn(async move { save_waiting(&db).await });
    answer.await.unwrap_or_else(|ended| Err(Error::Failed(ended.into())))
}

impl Waiting {
    fn push(&self, said: Said) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).push(said);
    }

    fn take(&self) -> Vec<Said> {
        mem::take(&mut *self.said.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Saves what waits by the time that it is this one's turn.
async fn save_waiting(db: &Database) {
    let _turn = db.waiting().turn.lock().await;
    let all = db.waiting().take();
    match together(db, &all).await {
        Ok(ids) => {
            for (one, id) in all.into_iter().zip(ids) {
                one.hears(Ok(id));
            }
        }
        Err(Trouble::Before(_)) if all.len() > 1 => {
            let each: JoinSet<()> = all.into_iter().map(|one| alone(db.clone(), one)).collect();
            each.join_all().await;
        }
        Err(Trouble::Before(error) | Trouble::Committing(error)) => {
            let why = error.to_string();
            let mut all = all.into_iter();
            if let Some(first) = all.next() {
                first.hears(Err(error));
            }
            all.for_each(|one| one.hears(Err(Error::Failed(why.clone().into()))));
        }
    }
}

async fn alone(db: Database, one: Said) {
    let saved = match together(&db, std::slice::from_ref(&one)).await {
        Ok(ids) => Ok(ids[0]),
        Err(Trouble::Before(error) | Trouble::Committing(error)) => Err(error),
    };
    one.hears(saved);
}

/// Saves all of them, or none.
async fn together(db: &Database, all: &[Said]) -> Result<Vec<CommentId>, Trouble> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let write = db.write(Durability::Full).await.map_err(Trouble::Before)?;
    let mut ids = Vec::new();
    for one in all {
        ids.push(insert_said(&write, one).await.map_err(Trouble::Before)?);
    }
    write.commit().await.map_err(Trouble::Committing)?;
    Ok(ids)
}

async fn insert_said(write: &Write, said: &Said) -> Result<CommentId, Error> {
    let id = insert(write, &said.draft).await?;
    if let Some(wish) = &said.wish {
        subscriptions::insert(write, said.draft.subject, id, wish).await?;
    }
    Ok(id)
}

pub(super) async fn insert(write: &Write, draft: &Draft) -> Result<CommentId, Error> {
    let id = comments::Entity::insert(row(draft)).exec(&**write).await?.last_insert_id;
    if draft.state == CommentState::Visible {
        changes::log(write, [DocId { kind: Kind::Comment, id }]).await?;
    }
    Ok(CommentId(id))
}

impl Said {
    /// Tells whoever waits, if they still do.
    fn hears(self, saved: Result<CommentId, Error>) {
        self.saved.send(saved).ok();
    }
}
