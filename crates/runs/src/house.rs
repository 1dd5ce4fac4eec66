use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use content::{AnswerKey, AttemptId, AttemptState, Cost, Received, Section};
use tokio::sync::watch;

use crate::{
    Ask, Begun, Body, End, Error, Event, Job, Reader, Seams, Settings, Stage, Started, Stop, Want,
    checkpoints::Saved, job, queue::Queue, readers::Readers,
};

/// What jobs, readers and checkpoints share.
pub(crate) struct House {
    pub(crate) seams: Seams,
    pub(crate) settings: Settings,
    pub(crate) epoch: String,
    /// Where jobs work: a thread that serves requests may go away before they end.
    pub(crate) runtime: tokio::runtime::Handle,
    /// Held from looking for a run of a key to having one.
    pub(crate) starting: tokio::sync::Mutex<()>,
    /// Held while the store is written, so that no checkpoint overtakes an end.
    pub(crate) storing: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

pub(crate) struct State {
    pub(crate) runs: HashMap<AttemptId, Active>,
    by_key: HashMap<AnswerKey, AttemptId>,
    pub(crate) queue: Queue,
    /// Ends that the store has not taken yet.
    pub(crate) unsaved: Vec<(AttemptId, End, Vec<Section>)>,
    tokens: u64,
    pub(crate) closed: bool,
}

/// A run that waits or works.
pub(crate) struct Active {
    key: AnswerKey,
    /// There may be a finished answer, which was not enough for who asked.
    again: bool,
    pub(crate) sections: Vec<Section>,
    pub(crate) saved: Saved,
    written: u64,
    pub(crate) stage: Option<Stage>,
    /// Who replies, and what that has cost.
    pub(crate) spent: Option<(String, Cost)>,
    /// What readers must know at the end.
    notes: Vec<String>,
    pub(crate) readers: Readers,
    stop: watch::Sender<Option<AttemptState>>,
    /// Closed when this is dropped, after the end was stored.
    pub(crate) ended: watch::Sender<()>,
}

impl State {
    fn new(parallel: usize) -> Self {
        Self {
            runs: HashMap::new(),
            by_key: HashMap::new(),
            queue: Queue::new(parallel),
            unsaved: Vec::new(),
            tokens: 0,
            closed: false,
        }
    }
}

/// Waits until the sender is dropped.
pub(crate) async fn until_closed(mut receiver: watch::Receiver<()>) {
    while receiver.changed().await.is_ok() {}
}

impl Active {
    pub(crate) fn cancel(&self, state: AttemptState) {
        self.stop.send_if_modified(|stop| stop.is_none() && stop.replace(state).is_none());
    }
}

impl House {
    pub(crate) fn new(seams: Seams, settings: Settings) -> Self {
        Self {
            state: Mutex::new(State::new(settings.parallel)),
            epoch: format!("{:x}", RandomState::new().build_hasher().finish()),
            runtime: tokio::runtime::Handle::current(),
            starting: tokio::sync::Mutex::default(),
            storing: tokio::sync::Mutex::default(),
            seams,
            settings,
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // No code under this lock calls foreign code but the bus; a poisoned state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn join(&self, key: &AnswerKey, reader: &Reader) -> Option<Started> {
        let mut state = self.state();
        let run = *state.by_key.get(key)?;
        let active = state.runs.get_mut(&run)?;
        if active.stop.borrow().is_some() {
            return None;
        }
        active.readers.ask(reader.clone());
        Some(Started { run, stored: false })
    }

    /// The finished answer, for one who did not ask for another while others have it read again.
    pub(crate) async fn instead(&self, ask: &Ask) -> Option<Started> {
        {
            let state = self.state();
            let active = state.by_key.get(&ask.key).and_then(|run| state.runs.get(run))?;
            if ask.want == Want::Again || !active.again || active.readers.has_asked(&ask.reader) {
                return None;
            }
        }
        // A store that fails leaves the run that there is.
        let finished = self.seams.store.finished(ask.key.clone()).await.ok().flatten();
        finished.map(|run| Started { run, stored: true })
    }

    pub(crate) async fn begin(self: Arc<Self>, ask: Ask) -> Result<Started, Error> {
        let _one_at_a_time = loop {
            // Not under the lock: a run that tidies up must not keep others from starting.
            self.await_end_of_cancelled(&ask.key).await;
            let lock = self.starting.lock().await;
            if self.ending(&ask.key).is_none() {
                break lock;
            }
        };
        if let Some(joined) = self.join(&ask.key, &ask.reader) {
            return Ok(joined);
        }
        if let Err(refused) = self.admits() {
            return self.finished(ask.key, ask.want).await?.ok_or(refused);
        }
        let (run, received) =
            match self.seams.store.begin(ask.key.clone(), ask.want, ask.charge.clone()).await? {
                Begun::Stored(run) => return Ok(Started { run, stored: true }),
                Begun::Refused(refusal) => return Err(Error::OverBudget(refusal)),
                Begun::New(run) => (run, Received::default()),
                Begun::Continued(run, received) => (run, received),
            };
        self.launch(run, ask, received);
        Ok(Started { run, stored: false })
    }

    /// An answer that exists costs no place in the queue.
    async fn finished(&self, key: AnswerKey, want: Want) -> Result<Option<Started>, Error> {
        let run = match want {
            Want::Any | Want::Continue => self.seams.store.finished(key).await?,
            Want::Again => None,
        };
        Ok(run.map(|run| Started { run, stored: true }))
    }

    /// A run that was just cancelled still owns its key for a moment.
    async fn await_end_of_cancelled(&self, key: &AnswerKey) {
        if let Some(ended) = self.ending(key) {
            until_closed(ended).await;
        }
    }

    fn ending(&self, key: &AnswerKey) -> Option<watch::Receiver<()>> {
        let state = self.state();
        let active = state.by_key.get(key).and_then(|run| state.runs.get(run))?;
        let cancelled = active.stop.borrow().is_some();
        cancelled.then(|| active.ended.subscribe())
    }

    fn admits(&self) -> Result<(), Error> {
        let state = self.state();
        let waiting = state.queue.waiting();
        match (state.closed, waiting >= self.settings.queue) {
            (true, _) => Err(Error::Closed),
            (_, true) => Err(Error::Busy { waiting }),
            _ => Ok(()),
        }
    }

    fn launch(self: &Arc<Self>, run: AttemptId, ask: Ask, received: Received) {
        let Ask { key, sections, reader, priority, want, .. } = ask;
        let (sender, stop) = Stop::new();
        let mut active = Active {
            key: key.clone(),
            again: want == Want::Again,
            sections: vec![Section::default(); sections],
            saved: Saved::nothing(sections),
            written: 0,
            stage: None,
            spent: None,
            notes: Vec::new(),
            readers: Readers::default(),
            stop: sender,
            ended: watch::Sender::new(()),
        };
        active.readers.ask(reader);
        let mut state = self.state();
        state.by_key.insert(key.clone(), run);
        state.runs.insert(run, active);
        let turn = state.queue.enter(run, priority);
        self.tell_places(&mut state);
        if state.runs.get(&run).is_some_and(|active| active.stage.is_none()) {
            // It need not wait. Said here, so that there is a log before anybody can ask for it.
            self.enter_stage(&mut state, run, Stage::Fetching);
        }
        self.runtime.spawn(job::live(self.clone(), Job { run, key, received, stop }, turn));
    }

    pub(crate) fn attach(&self, run: AttemptId, reader: &Reader) -> Option<(AttemptId, u64)> {
        let mut state = self.state();
        state.tokens += 1;
        let token = state.tokens;
        state.runs.get_mut(&run)?.readers.attach(token, reader.clone());
        Some((run, token))
    }

    /// Numbers an event and puts it into the log.
    fn publish(&self, state: &mut State, run: AttemptId, body: Body) {
        let Some(active) = state.runs.get_mut(&run) else { return };
        active.written += 1;
        self.seams.bus.publish(Event { run, seq: active.written, body });
    }

    /// Publishes a stage unless readers know it.
    pub(crate) fn stage(&self, run: AttemptId, stage: Stage) {
        self.enter_stage(&mut self.state(), run, stage);
    }

    fn enter_stage(&self, state: &mut State, run: AttemptId, stage: Stage) {
        let known = state.runs.get(&run).and_then(|active| active.stage.as_ref());
        if known != Some(&stage) {
            self.publish(state, run, Body::Stage(stage.clone()));
            state.runs.entry(run).and_modify(|active| active.stage = Some(stage));
        }
    }

    pub(crate) fn text(&self, run: AttemptId, section: usize, markdown: &str, patches: Option<Arc<str>>) {
        let mut state = self.state();
        let Some(active) = state.runs.get_mut(&run) else { return };
        if active.sections.len() <= section {
            active.sections.resize_with(section + 1, Section::default);
        }
        active.sections[section].markdown.push_str(markdown);
        let of = active.sections.len();
        let further = !matches!(active.stage, Some(Stage::Writing { section: known, .. }) if known > section);
        if further && !markdown.is_empty() {
            self.enter_stage(&mut state, run, Stage::Writing { section: section + 1, of });
        }
        if let Some(patches) = patches {
            self.publish(&mut state, run, Body::Patch { section, patches });
        }
    }

    pub(crate) fn thought(&self, run: AttemptId, thought: Arc<str>) {
        self.publish(&mut self.state(), run, Body::Thought(thought));
    }

    /// Notes what a run has cost so far.
    pub(crate) fn spent(&self, run: AttemptId, model: String, cost: Cost) {
        self.state().runs.entry(run).and_modify(|active| active.spent = Some((model, cost)));
    }

    /// Notes what readers must know at the end.
    pub(crate) fn note(&self, run: AttemptId, code: String) {
        self.state().runs.entry(run).and_modify(|active| active.notes.push(code));
    }

    fn tell_places(&self, state: &mut State) {
        for (run, place) in state.queue.places() {
            self.enter_stage(state, run, Stage::Queued { place });
        }
    }

    /// Stores the end, tells it, and gives the place to the next run.
    pub(crate) async fn end(&self, run: AttemptId, mut end: End) {
        if let Some(active) = self.state().runs.get(&run) {
            end.notes.clone_from(&active.notes);
            if let Some((model, cost)) = &active.spent {
                end.model.get_or_insert_with(|| model.clone());
                end.cost = *cost;
            }
        }
        self.store_end(run, &end).await;
        let mut state = self.state();
        self.publish(&mut state, run, Body::End(end));
        if let Some(active) = state.runs.remove(&run) {
            state.by_key.remove(&active.key);
        }
        state.queue.leave(run);
        self.tell_places(&mut state);
    }

    async fn store_end(&self, run: AttemptId, end: &End) {
        let _no_checkpoint = self.storing.lock().await;
        let Some(sections) = self.state().runs.get(&run).map(|active| active.sections.clone()) else {
            return;
        };
        if let Err(error) = self.seams.store.end(run, end.clone(), sections.clone()).await {
            tracing::error!(run = run.0, %error, "the end of a run could not be stored; will try again");
            self.state().unsaved.push((run, end.clone(), sections));
        }
    }
}
