//! A world made for tests: an upstream that does what the test says, a store in memory.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "part of a test; each test uses its own part of it"
)]

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
};

use content::{
    AnswerKey, AttemptId, AttemptState, Charge, Cost, Language, PaperId, Progress, Received, Section,
};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::BoxStream};
use runs::{Ask, Begun, End, Job, Reader, Runs, Seams, Settings, Step, Store, StoreError, Upstream, Want};
use tokio::sync::{Notify, mpsc};

pub fn key(paper: i64) -> AnswerKey {
    AnswerKey {
        paper: PaperId(paper),
        record_version: "v1".into(),
        text_source: "stored".into(),
        extractor: "test/1".into(),
        language: Language::En,
        model: "test".into(),
        question_set: "six@1".into(),
    }
}

pub fn reader(name: &str) -> Reader {
    if name.is_empty() { Reader::Anonymous } else { Reader::Known(name.into()) }
}

/// Wants an answer of two sections.
pub fn ask(paper: i64, want: Want, who: &str) -> Ask {
    Ask { want, ..Ask::new(key(paper), 2, reader(who)) }
}

/// Text whose patches are the text itself, so that tests can compare the two.
pub fn text(section: usize, markdown: &str) -> Step {
    Step::text(section, markdown, markdown)
}

pub fn done() -> Step {
    Step::Done { model: "test-1".into(), tokens: Some((7, 5)) }
}

/// An upstream that waits for the test to say what comes next.
#[derive(Default)]
pub struct Puppet {
    pub calls: AtomicUsize,
    pub working: Arc<AtomicUsize>,
    senders: Mutex<HashMap<AttemptId, mpsc::UnboundedSender<Step>>>,
    jobs: Mutex<HashMap<AttemptId, Job>>,
    called: Notify,
    /// Go on after a stop until dropped.
    pub deaf: AtomicBool,
}

struct Working(Arc<AtomicUsize>);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

impl Upstream for Puppet {
    fn read(&self, job: Job) -> BoxStream<'static, Step> {
        self.calls.fetch_add(1, SeqCst);
        self.working.fetch_add(1, SeqCst);
        let working = Working(self.working.clone());
        let (sender, receiver) = mpsc::unbounded_channel();
        self.jobs.lock().unwrap().insert(job.run, job.clone());
        self.senders.lock().unwrap().insert(job.run, sender);
        self.called.notify_waiters();
        let mut stop = job.stop;
        let deaf = self.deaf.load(SeqCst);
        let stopped = async move {
            if deaf {
                std::future::pending::<()>().await;
            }
            stop.requested().await;
        };
        futures::stream::unfold((receiver, working), |(mut receiver, working)| async move {
            match receiver.recv().await? {
                Step::Text { markdown, .. } if markdown == "panic" => panic!("as the test wants"),
                step => Some((step, (receiver, working))),
            }
        })
        .take_until(stopped.boxed())
        .boxed()
    }
}

impl Puppet {
    /// Says the next steps of a run, once it asked for them.
    pub async fn say(&self, run: AttemptId, steps: impl IntoIterator<Item = Step>) {
        let sender = self.sender(run).await;
        for step in steps {
            sender.send(step).unwrap();
        }
    }

    /// Ends the stream of a run without `Done`.
    pub async fn cut(&self, run: AttemptId) {
        self.sender(run).await;
        self.senders.lock().unwrap().remove(&run);
    }

    /// What it was asked to do for a run, once it was.
    pub async fn job(&self, run: AttemptId) -> Job {
        self.sender(run).await;
        self.jobs.lock().unwrap()[&run].clone()
    }

    async fn sender(&self, run: AttemptId) -> mpsc::UnboundedSender<Step> {
        loop {
            let called = self.called.notified();
            if let Some(sender) = self.senders.lock().unwrap().get(&run) {
                return sender.clone();
            }
            called.await;
        }
    }
}

#[derive(Debug, Clone)]
pub struct Stored {
    pub key: AnswerKey,
    pub end: Option<End>,
    pub sections: Vec<String>,
    /// What it began with.
    pub received: Vec<String>,
    /// What the last checkpoint said that it had cost.
    pub cost: Cost,
}

/// Remembers what it was asked.
#[derive(Default)]
pub struct Shelf {
    pub attempts: Mutex<BTreeMap<AttemptId, Stored>>,
    /// The runs of each checkpoint.
    pub checkpoints: Mutex<Vec<Vec<AttemptId>>>,
    pub failing: AtomicBool,
}

impl Shelf {
    fn answer(&self) -> Result<(), StoreError> {
        match self.failing.load(SeqCst) {
            true => Err(StoreError("the disk is full".into())),
            false => Ok(()),
        }
    }

    fn write(&self, run: AttemptId, sections: &[Section]) {
        let mut attempts = self.attempts.lock().unwrap();
        let attempt = attempts.get_mut(&run).unwrap();
        let sections: Vec<_> = sections.iter().map(|section| section.markdown.clone()).collect();
        assert_eq!(attempt.end, None, "{run:?} was written after its end");
        let before: Vec<_> = attempt
            .sections
            .iter()
            .cloned()
            .chain(std::iter::repeat_n(String::new(), sections.len()))
            .collect();
        // A section of which nothing came stays as it was.
        let sections: Vec<_> = sections
            .into_iter()
            .zip(&before)
            .map(|(now, then)| if now.is_empty() { then.clone() } else { now })
            .collect();
        assert!(
            sections.iter().zip(&before).all(|(now, then)| now.starts_with(then.as_str())),
            "{run:?} lost text"
        );
        attempt.sections = sections;
    }

    pub fn stored(&self, run: AttemptId) -> Stored {
        self.attempts.lock().unwrap()[&run].clone()
    }

    pub fn state(&self, run: AttemptId) -> AttemptState {
        self.stored(run).end.map_or(AttemptState::Running, |end| end.state)
    }
}

impl Store for Shelf {
    fn begin(
        &self,
        key: AnswerKey,
        want: Want,
        _: Option<Charge>,
    ) -> BoxFuture<'static, Result<Begun, StoreError>> {
        let answer = self.answer().map(|()| {
            let mut attempts = self.attempts.lock().unwrap();
            let state = |stored: &Stored| stored.end.as_ref().map(|end| end.state);
            let of = |wanted| {
                attempts
                    .iter()
                    .find(|(_, stored)| stored.key == key && state(stored) == wanted)
                    .map(|(run, _)| *run)
            };
            if let (Some(run), Want::Any | Want::Continue) = (of(Some(AttemptState::Done)).or(of(None)), want)
            {
                return Begun::Stored(run);
            }
            let begun = |stored: &&Stored| stored.key == key && stored.sections.concat() != "";
            let received = attempts.values().filter(begun).map(|stored| stored.sections.clone());
            let received = received.max_by_key(|sections| sections.concat().len());
            let received = received.filter(|_| want == Want::Continue);
            let run = AttemptId(attempts.len() as i64 + 1);
            let kept = received.clone().unwrap_or_default();
            attempts.insert(
                run,
                Stored { key, end: None, sections: kept.clone(), received: kept, cost: Cost::default() },
            );
            match received {
                Some(received) => {
                    let section = |markdown| Section { markdown };
                    let sections = received.into_iter().map(section).collect();
                    Begun::Continued(run, Received { sections, whole: false })
                }
                None => Begun::New(run),
            }
        });
        // A real store takes its time, in which others may ask for the same.
        async {
            tokio::task::yield_now().await;
            answer
        }
        .boxed()
    }

    fn finished(&self, key: AnswerKey) -> BoxFuture<'static, Result<Option<AttemptId>, StoreError>> {
        let answer = self.answer().map(|()| {
            let attempts = self.attempts.lock().unwrap();
            let done =
                |stored: &Stored| stored.end.as_ref().is_some_and(|end| end.state == AttemptState::Done);
            attempts.iter().find(|(_, stored)| stored.key == key && done(stored)).map(|(run, _)| *run)
        });
        async { answer }.boxed()
    }

    fn checkpoint(&self, progress: Vec<Progress>) -> BoxFuture<'static, Result<(), StoreError>> {
        let answer = self.answer();
        if answer.is_ok() {
            self.checkpoints.lock().unwrap().push(progress.iter().map(|progress| progress.attempt).collect());
            for Progress { attempt, sections, cost, .. } in &progress {
                self.write(*attempt, sections);
                self.attempts.lock().unwrap().entry(*attempt).and_modify(|stored| stored.cost = *cost);
            }
        }
        async { answer }.boxed()
    }

    fn end(
        &self,
        run: AttemptId,
        end: End,
        sections: Vec<Section>,
    ) -> BoxFuture<'static, Result<(), StoreError>> {
        let answer = self.answer();
        if answer.is_ok() {
            self.write(run, &sections);
            self.attempts.lock().unwrap().get_mut(&run).unwrap().end = Some(end);
        }
        async { answer }.boxed()
    }
}

/// Everything a test holds.
pub struct World {
    pub runs: Runs,
    pub puppet: Arc<Puppet>,
    pub shelf: Arc<Shelf>,
}

impl World {
    pub fn new(settings: Settings) -> Self {
        let (puppet, shelf) = (Arc::new(Puppet::default()), Arc::new(Shelf::default()));
        let runs = Runs::new(Seams::local(puppet.clone(), shelf.clone()), settings);
        Self { runs, puppet, shelf }
    }

    /// Starts a run with two sections.
    pub async fn start(&self, paper: i64, who: &str) -> AttemptId {
        self.runs.start(ask(paper, Want::Any, who)).await.unwrap().run
    }

    /// All events of a run, once it ended.
    pub async fn log(&self, run: AttemptId) -> Vec<runs::Event> {
        self.runs.subscribe(&[(run, 0)], &reader("the log")).collect().await
    }
}
