//! Papers come in: what a source gives is saved together with where its harvest goes on. Commands and the server's own
//! schedule do it the same way.

use std::{fs, path::PathBuf};

use serde::Serialize;
use sources::{Batch, Harvest};
use storage::{Database, harvests};
use tokio::{
    sync::mpsc,
    task::{JoinError, JoinSet},
};

use crate::config::Config;

mod jobs;
mod schedule;

pub(crate) use jobs::{Job, agent, fetcher, jobs, pace, sources_file};
pub(crate) use schedule::State;

/// The name under which papers are saved that a list named and that had not come.
pub(crate) const GAPS: &str = "gaps";
/// Batches that may wait to be saved; more would only fill the memory.
const AHEAD: usize = 2;

/// What became of what a source gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub(crate) struct Tally {
    pub(crate) new: u64,
    pub(crate) changed: u64,
    pub(crate) unchanged: u64,
    pub(crate) skipped: u64,
    /// Files of a folder that could not be read.
    pub(crate) unreadable: u64,
    /// Papers that the source has deleted.
    pub(crate) gone: u64,
    /// Papers that the source has announced.
    pub(crate) announced: u64,
}

impl Tally {
    /// Records that were read, whatever became of them.
    pub(crate) fn papers(&self) -> u64 {
        self.new + self.changed + self.unchanged
    }
}

/// Why a harvest ended early. What was saved before is kept, and a later harvest goes on there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The source gives no more.
    #[error("{}", said(.0))]
    Source(#[from] sources::Error),
    /// It could not be stored.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

/// Saves all that a source gives, each batch in one transaction, with its cursor under `name`. Without a name no cursor is
/// kept. The source is a few batches ahead of what is saved. `told` sees each batch after it was saved.
pub(crate) async fn take_in(
    db: &Database,
    name: Option<&str>,
    harvest: Harvest,
    tally: &mut Tally,
    mut told: impl FnMut(&Batch, &Tally),
) -> Result<(), Error> {
    let (sender, mut batches) = mpsc::channel(AHEAD);
    // Ends with the caller, even in the middle of a wait.
    let mut reading = JoinSet::new();
    reading.spawn(read(harvest, sender));
    while let Some(batch) = batches.recv().await {
        let batch = batch?;
        let saved = save(db, name, &batch).await?;
        tally.new += saved.new;
        tally.changed += saved.changed;
        tally.unchanged += saved.unchanged;
        tally.skipped += batch.skipped.len() as u64;
        tally.unreadable += batch.unreadable.len() as u64;
        tally.gone += batch.gone.len() as u64;
        tally.announced += batch.announced.len() as u64;
        told(&batch, tally);
    }
    // The channel ends as well when the task panics, and that is no end of a harvest.
    while let Some(read) = reading.join_next().await {
        if let Err(Ok(panic)) = read.map_err(JoinError::try_into_panic) {
            std::panic::resume_unwind(panic);
        }
    }
    Ok(())
}

async fn read(mut harvest: Harvest, batches: mpsc::Sender<Result<Batch, sources::Error>>) {
    loop {
        let batch = harvest.next().await;
        let last = batch.as_ref().map_or(true, |batch| batch.done);
        let wanted = batches.send(batch).await.is_ok();
        if last || !wanted {
            return;
        }
    }
}

async fn save(db: &Database, name: Option<&str>, batch: &Batch) -> Result<storage::Saved, Error> {
    let Some(name) = name else { return Ok(storage::papers::save(db, &batch.records).await?) };
    let step = harvests::Step {
        records: &batch.records,
        gone: &batch.gone,
        announced: &batch.announced,
        cursor: &batch.cursor,
    };
    Ok(harvests::commit(db, name, &step).await?)
}

/// Puts a page that cannot be read aside, for someone to look at. Gives its file.
pub(crate) fn set_aside(config: &Config, error: &Error) -> Option<PathBuf> {
    let Error::Source(sources::Error::Page { bytes, .. }) = error else { return None };
    if bytes.is_empty() {
        return None;
    }
    let folder = config.data.join("aside");
    let file = folder.join(chrono::Utc::now().format("page-%Y%m%d-%H%M%S").to_string());
    let kept = fs::create_dir_all(&folder).and_then(|()| fs::write(&file, bytes));
    kept.ok().map(|()| file)
}

/// What a source's error means for whoever runs the site.
fn said(error: &sources::Error) -> String {
    let advice = match error {
        sources::Error::Status { status: 403, .. } => {
            ": it refuses requests from here. Ask no more today, and write to those who run it if this stays so"
        }
        sources::Error::Status { status: 404, .. } => ": there is nothing at this address",
        sources::Error::Circle { .. } => "; nothing is lost, the next harvest goes on where this one was",
        sources::Error::Forbidden { why: sources::fetch::Refusal::Private(_), .. } => {
            "; a host of your own network must be named by its address"
        }
        _ => "",
    };
    format!("{error}{advice}")
}
