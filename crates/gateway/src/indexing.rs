//! The index follows the change log of storage; this is the only way anything gets into it.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use chrono::Datelike as _;
use content::{DocId, Kind, Paper, PaperId, Post, PostId};
use search::{Document, Index, Update};
use storage::{Database, changes, papers, posts};
use tokio::task::JoinHandle;

use crate::{
    errors::Chain,
    pages::{body_of, numbered},
};

/// Documents that are loaded and handed to the index together.
const BATCH: u64 = 1000;
/// The most documents between two commits while the index catches up; a commit costs a flush to disk. The first ones
/// come sooner, so that something is found soon.
const COMMIT_EVERY: u64 = 20_000;
/// How often the log is asked for news.
const INTERVAL: Duration = Duration::from_millis(500);

/// Why the index could not follow.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The log or a document could not be read.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// The index refused a change or a commit.
    #[error(transparent)]
    Search(#[from] search::Error),
    /// The task that feeds the index went away.
    #[error("indexing task: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// Follows the log for as long as the process runs, and builds the index anew beside that when somebody
/// asks for it. What fails is logged and tried again.
pub(crate) async fn follow(db: Database, index: Arc<Index>) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut rebuilding: Option<JoinHandle<()>> = None;
    loop {
        ticks.tick().await;
        if let Err(error) = catch_up(&db, &index, |_| ()).await {
            tracing::error!(error = %Chain(&error), "the index could not follow the change log");
        }
        let idle = rebuilding.as_ref().is_none_or(JoinHandle::is_finished);
        if idle && index.rebuild_wanted() {
            rebuilding = Some(tokio::spawn(rebuild_as_asked(db.clone(), index.clone())));
        }
    }
}

async fn rebuild_as_asked(db: Database, index: Arc<Index>) {
    tracing::info!("the index is being built anew");
    match rebuild(&db, &index, |_| ()).await {
        Ok(documents) => tracing::info!(documents, "the index was built anew"),
        Err(error) => tracing::error!(error = %Chain(&error), "the index could not be built anew"),
    }
}

/// Brings the index to the end of the log. `progress` gets the number of documents done so far.
///
/// Rows that were trimmed before the index had read them force a [`rebuild`].
pub async fn catch_up(
    db: &Database,
    index: &Arc<Index>,
    mut progress: impl FnMut(u64),
) -> Result<u64, Error> {
    let mut position = index.position();
    if position + 1 < changes::first_kept(db).await? {
        return rebuild(db, index, progress).await;
    }
    let (mut done, mut uncommitted) = (0_u64, 0_u64);
    loop {
        let entries = changes::after(db, position, BATCH).await?;
        let Some(last) = entries.last() else { break };
        position = last.sequence;
        let docs: BTreeSet<_> = entries.iter().map(|change| change.doc).collect();
        done += docs.len() as u64;
        uncommitted += docs.len() as u64;
        let updates = updates(db, docs).await?;
        let index = index.clone();
        let commit = uncommitted >= COMMIT_EVERY.min(done / 2);
        tokio::task::spawn_blocking(move || {
            index.apply(updates)?;
            if commit { index.commit(position) } else { Ok(()) }
        })
        .await??;
        if commit {
            uncommitted = 0;
        }
        progress(done);
    }
    if uncommitted > 0 {
        let index = index.clone();
        tokio::task::spawn_blocking(move || index.commit(position)).await??;
    }
    Ok(done)
}

/// Builds the index anew from storage beside the one in use, then swaps them.
pub async fn rebuild(db: &Database, index: &Arc<Index>, mut progress: impl FnMut(u64)) -> Result<u64, Error> {
    // Read first: what changes while the documents are read is read again by the next `catch_up`.
    let position = changes::last(db).await?;
    let mut building = Some(index.rebuild()?);
    let (mut after, mut done) = (None, 0);
    loop {
        let docs = changes::all_documents(db, after, BATCH).await?;
        let Some(last) = docs.last() else { break };
        after = Some(*last);
        done += docs.len() as u64;
        let updates = updates(db, docs.into_iter().collect()).await?;
        let mut taken = building.take().expect("put back below");
        building = Some(tokio::task::spawn_blocking(move || taken.apply(updates).map(|()| taken)).await??);
        progress(done);
    }
    let taken = building.take().expect("put back above");
    tokio::task::spawn_blocking(move || taken.finish(position)).await??;
    Ok(done)
}

/// What the index has to do so that it tells the truth about these documents.
async fn updates(db: &Database, docs: BTreeSet<DocId>) -> Result<Vec<Update>, Error> {
    let keys = |kind| docs.iter().filter(move |doc| doc.kind == kind).map(|doc| doc.id);
    let paper_ids: Vec<_> = keys(Kind::Paper).map(PaperId).collect();
    let post_ids: Vec<_> = keys(Kind::Post).map(PostId).collect();
    let mut found: Vec<Document> = papers::by_ids(db, &paper_ids).await?.iter().map(paper).collect();
    found.extend(posts::by_ids(db, &post_ids).await?.iter().map(post));
    let present: BTreeSet<_> = found.iter().map(|document| document.id).collect();
    let gone = docs.difference(&present).copied().map(Update::Remove);
    Ok(gone.chain(found.into_iter().map(Update::Put)).collect())
}

/// A paper as the index sees it.
pub(crate) fn paper(paper: &Paper) -> Document {
    let record = &paper.shown;
    Document {
        id: DocId { kind: Kind::Paper, id: paper.id.0 },
        title: record.title.clone(),
        body: record.summary.clone(),
        authors: record.authors.clone(),
        categories: record.categories.clone(),
        source: Some(record.key.source.clone()),
        venue: record.venue.as_ref().map(|venue| venue.key.clone()),
        year: Some(record.venue.as_ref().map_or(record.date.year(), |venue| venue.year)),
        date: Some(record.date),
        language: content::Language::of(&record.title),
        identifiers: std::iter::once(&record.key).chain(&paper.others).map(|key| key.id.clone()).collect(),
        answered: false,
    }
}

/// A post as the index sees it: its rendered plain text, formulas as their TeX. It does not depend on settings, so that
/// no change of the site's macros makes the index wrong.
pub(crate) fn post(post: &Post) -> Document {
    let rendered = body_of(post, &render::Context::default());
    Document {
        id: DocId { kind: Kind::Post, id: post.id.0 },
        title: post.title.clone(),
        body: numbered(&rendered.text, &rendered.labels),
        authors: vec![post.author.clone()],
        categories: post.categories.iter().chain(&post.tags).cloned().collect(),
        year: Some(post.published.year()),
        date: Some(post.published.date_naive()),
        language: post.language,
        ..Document::default()
    }
}
