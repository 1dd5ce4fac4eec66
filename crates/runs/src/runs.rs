use std::{
    pin::Pin,
    sync::{Arc, Weak},
    task::{Context, Poll},
    time::Duration,
};

use content::{AnswerKey, AttemptId, AttemptState, Charge};
use futures::{Stream, stream::BoxStream, stream::SelectAll};

use crate::{
    Error, Event, Priority, Reader, Seams, Stage, Want, checkpoints,
    house::{House, until_closed},
};

/// All runs of this process. Cheap to clone.
#[derive(Clone)]
pub struct Runs {
    house: Arc<House>,
}

/// How much at once, and for how long.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Runs that work at the same time.
    pub parallel: usize,
    /// Runs that may wait for their turn.
    pub queue: usize,
    /// Time from the beginning of one checkpoint to that of the next, or a little more if the first takes longer.
    pub checkpoint: Duration,
    /// How long an upstream may tidy up after a stop.
    pub grace: Duration,
    /// How long the log of an ended run is kept for late readers.
    pub keep: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            parallel: 4,
            queue: 100,
            checkpoint: Duration::from_millis(500),
            grace: Duration::from_millis(500),
            keep: Duration::from_secs(300),
        }
    }
}

/// A wish to have something answered.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What is asked.
    pub key: AnswerKey,
    /// How many sections the answer will have.
    pub sections: usize,
    /// Whether an answer that exists will do.
    pub want: Want,
    /// Who asks.
    pub reader: Reader,
    /// How soon it is their turn.
    pub priority: Priority,
    /// What to set aside for it.
    pub charge: Option<Charge>,
}

impl Ask {
    /// Asks for any answer to `key`, as a visitor, at no cost.
    pub fn new(key: AnswerKey, sections: usize, reader: Reader) -> Self {
        Self { key, sections, want: Want::Any, reader, priority: Priority::Visitor, charge: None }
    }
}

/// What came of a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// The run to subscribe to, or the attempt to show.
    pub run: AttemptId,
    /// False: it is at work or will be. True: the store has all of it.
    pub stored: bool,
}

/// What came of a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Nobody else was reading, or had asked: the run ends now.
    Cancelled,
    /// The run goes on for others.
    Detached,
    /// It is not running, or this reader has no part in it.
    Nothing,
}

impl Runs {
    /// No runs yet. All work is done on the tokio runtime of the caller, whoever starts a run later.
    pub fn new(seams: Seams, settings: Settings) -> Self {
        let house = Arc::new(House::new(seams, settings));
        house.runtime.spawn(checkpoints::keep_saving(Arc::downgrade(&house)));
        Self { house }
    }

    /// Joins the run that is at work on the key, or finds its answer in the store, or starts a run. The
    /// run goes on whatever happens to the caller.
    pub async fn start(&self, ask: Ask) -> Result<Started, Error> {
        if let Some(finished) = self.house.instead(&ask).await {
            return Ok(finished);
        }
        if let Some(joined) = self.house.join(&ask.key, &ask.reader) {
            return Ok(joined);
        }
        let house = self.house.clone();
        // In a task of its own, so that a caller who goes away leaves no attempt without a run.
        let starting = self.house.runtime.spawn(async move { house.begin(ask).await });
        starting.await.unwrap_or(Err(Error::Closed))
    }

    /// One stream of the events of several runs, each after its position, up to the end of the last
    /// one. The reader is attached to all of them until the stream is dropped. Runs without a log, and
    /// positions that a log has not reached, are in [`Subscription::missing`].
    pub fn subscribe(&self, positions: &[(AttemptId, u64)], reader: &Reader) -> Subscription {
        let mut subscription = Subscription {
            events: SelectAll::new(),
            missing: Vec::new(),
            attached: Vec::new(),
            house: Arc::downgrade(&self.house),
        };
        for &(run, position) in positions {
            match self.house.seams.bus.follow(run, position) {
                Some(events) => {
                    subscription.events.push(events);
                    subscription.attached.extend(self.house.attach(run, reader));
                }
                None => subscription.missing.push(run),
            }
        }
        subscription
    }

    /// Whether a reader at `position` can go on from there.
    pub fn knows(&self, run: AttemptId, position: u64) -> bool {
        self.house.seams.bus.follow(run, position).is_some()
    }

    /// What a run is doing now; `None` if it is not running here.
    pub fn stage(&self, run: AttemptId) -> Option<Stage> {
        self.house.state().runs.get(&run)?.stage.clone()
    }

    /// Detaches one reader, with all the streams of one who is known: they stop reading the run, not a tab.
    /// If no attached reader is left, and none who asked, the upstream is cancelled.
    pub fn stop(&self, run: AttemptId, reader: &Reader) -> Stopped {
        let mut state = self.house.state();
        let Some(active) = state.runs.get_mut(&run) else { return Stopped::Nothing };
        if !active.readers.stop(reader) {
            return Stopped::Nothing;
        }
        if !active.readers.is_empty() {
            return Stopped::Detached;
        }
        active.cancel(AttemptState::Cancelled);
        Stopped::Cancelled
    }

    /// Names this process's logs: a position is good for one epoch.
    pub fn epoch(&self) -> &str {
        &self.house.epoch
    }

    /// How many runs there are now: those that work, and those that wait for their turn.
    pub fn at_work(&self) -> (usize, usize) {
        let state = self.house.state();
        let waiting = state.queue.waiting();
        (state.runs.len() - waiting, waiting)
    }

    /// Starts no more runs, interrupts those at work, and returns when their text is stored.
    pub async fn close(&self) {
        let _no_start = self.house.starting.lock().await;
        let active: Vec<_> = {
            let mut state = self.house.state();
            state.closed = true;
            state.runs.values().for_each(|run| run.cancel(AttemptState::Interrupted));
            state.runs.values().map(|run| run.ended.subscribe()).collect()
        };
        for ended in active {
            until_closed(ended).await;
        }
        self.house.save().await;
    }
}

/// The events of several runs, see [`Runs::subscribe`].
pub struct Subscription {
    events: SelectAll<BoxStream<'static, Event>>,
    missing: Vec<AttemptId>,
    attached: Vec<(AttemptId, u64)>,
    house: Weak<House>,
}

impl Subscription {
    /// The runs that were asked for and of which no event will come.
    pub fn missing(&self) -> &[AttemptId] {
        &self.missing
    }
}

impl Stream for Subscription {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        Pin::new(&mut self.events).poll_next(cx)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let Some(house) = self.house.upgrade() else { return };
        let mut state = house.state();
        for (run, token) in &self.attached {
            if let Some(active) = state.runs.get_mut(run) {
                active.readers.detach(*token);
            }
        }
    }
}
