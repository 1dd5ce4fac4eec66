use std::{sync::Arc, time::Duration};

use content::{AnswerKey, AttemptId, AttemptState, Begun, Charge, Cost, Progress, Received, Section, Want};
use futures::{FutureExt, future::BoxFuture, stream::BoxStream};
use tokio::sync::watch;

use crate::{End, Event, Memory, Stage};

/// The four places where runs touch the world.
#[derive(Clone)]
pub struct Seams {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Event logs.
    pub bus: Arc<dyn Bus>,
    /// Text and patches.
    pub upstream: Arc<dyn Upstream>,
    /// What outlives the process.
    pub store: Arc<dyn Store>,
}

impl Seams {
    /// Real time and logs in memory: one process on its own.
    pub fn local(upstream: Arc<dyn Upstream>, store: Arc<dyn Store>) -> Self {
        Self { clock: Arc::new(WallClock), bus: Arc::new(Memory::default()), upstream, store }
    }
}

/// Time as runs need it.
pub trait Clock: Send + Sync + 'static {
    /// Resolves after `time`.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;
}

/// The runtime's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct WallClock;

impl Clock for WallClock {
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(time).boxed()
    }
}

/// Carries the logs of runs to their readers. Only the process that owns a run publishes for it.
pub trait Bus: Send + Sync + 'static {
    /// Adds to the end of its run's log; the first event of a run opens the log.
    fn publish(&self, event: Event);
    /// All events after `position`, then each as it comes, up to the run's end. `None` without a log,
    /// and for a position that the log has not reached.
    fn follow(&self, run: AttemptId, position: u64) -> Option<BoxStream<'static, Event>>;
    /// Drops a log. Those who follow it still get what was in it.
    fn forget(&self, run: AttemptId);
}

/// Where the text of an answer comes from.
pub trait Upstream: Send + Sync + 'static {
    /// Reads for one run. Dropping the stream must end all work for it; when [`Job::stop`] resolves
    /// it should put in order what it has, yield that, and end within a second.
    fn read(&self, job: Job) -> BoxStream<'static, Step>;
}

/// What an upstream is asked to do.
#[derive(Debug, Clone)]
pub struct Job {
    /// The run and the attempt it makes.
    pub run: AttemptId,
    /// What to answer.
    pub key: AnswerKey,
    /// What an earlier attempt had received, if this one goes on with it. What of it stands must be yielded as text once
    /// more, first of all. A section of which nothing is yielded stays as it was.
    pub received: Received,
    /// Resolves when the answer is no longer wanted.
    pub stop: Stop,
}

/// One step of an upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It does something else now. `Writing` and `Queued` are not its business.
    Stage(Stage),
    /// A section grew, changed its looks, or both.
    Text {
        /// Which one, from 0.
        section: usize,
        /// What to add to its text; may be empty.
        markdown: String,
        /// What to tell readers; `None` when nothing is to be seen yet.
        patches: Option<Arc<str>>,
    },
    /// More of what the model thinks.
    Thought(Arc<str>),
    /// Something that readers must know of the answer when it ends, as a code.
    Note(String),
    /// What the reading has cost so far, all in all.
    Spent {
        /// Who replies, by the name that they are configured under.
        model: String,
        /// Everything since the beginning of the run.
        cost: Cost,
    },
    /// The answer is complete.
    Done {
        /// The model that replied, as it named itself.
        model: String,
        /// Tokens read and written.
        tokens: Option<(u64, u64)>,
    },
    /// The answer cannot be completed.
    Fault {
        /// Why, as a code.
        code: String,
    },
}

impl Step {
    /// Text together with what readers see of it.
    pub fn text(section: usize, markdown: impl Into<String>, patches: impl Into<Arc<str>>) -> Self {
        Self::Text { section, markdown: markdown.into(), patches: Some(patches.into()) }
    }
}

/// Tells a job that its answer is no longer wanted.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<Option<AttemptState>>);

impl Stop {
    pub(crate) fn new() -> (watch::Sender<Option<AttemptState>>, Self) {
        let (sender, receiver) = watch::channel(None);
        (sender, Self(receiver))
    }

    /// Resolves when the answer is no longer wanted.
    pub async fn requested(&mut self) {
        // An error means that the run is gone: nobody wants its answer either.
        let _ = self.0.wait_for(Option::is_some).await;
    }

    pub(crate) fn state(&self) -> Option<AttemptState> {
        *self.0.borrow()
    }
}

/// What outlives the process.
pub trait Store: Send + Sync + 'static {
    /// Records a new attempt and sets aside what it may cost, or names the one that will do.
    fn begin(
        &self,
        key: AnswerKey,
        want: Want,
        charge: Option<Charge>,
    ) -> BoxFuture<'static, Result<Begun, StoreError>>;
    /// The finished attempt that will do, if there is one. Records nothing.
    fn finished(&self, key: AnswerKey) -> BoxFuture<'static, Result<Option<AttemptId>, StoreError>>;
    /// Saves how far several running attempts are, together. A section without text stays as it was saved before.
    fn checkpoint(&self, progress: Vec<Progress>) -> BoxFuture<'static, Result<(), StoreError>>;
    /// Records the end of an attempt, and what it cost. May be asked again for the same attempt after an error.
    fn end(
        &self,
        run: AttemptId,
        end: End,
        sections: Vec<Section>,
    ) -> BoxFuture<'static, Result<(), StoreError>>;
}

/// A store that did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct StoreError(#[from] pub Box<dyn std::error::Error + Send + Sync>);
