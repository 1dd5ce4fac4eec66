//! The life of one answer, from the click to the stored text.
//!
//! [`Runs`] starts a detached job for an [`AnswerKey`](content::AnswerKey), or joins the one that is
//! at work on it. The job takes its place in a bounded queue, reads one [`Upstream`], and writes
//! numbered [`Event`]s to an append-only log; any number of readers [`subscribe`](Runs::subscribe),
//! each from any position, and to several runs at once as one stream. The text received so far goes,
//! with what it cost, to the [`Store`] twice a second for all runs together, an end at once. The store
//! also keeps budgets: it sets aside what a run may cost when it records the attempt, and settles with
//! what it did cost when that ends.
//!
//! ```text
//! queued (place) → fetching → reading | asking | waiting → thinking → writing n of m → done
//!                                                                 | interrupted | failed | cancelled
//! ```
//!
//! What the world is like is behind four seams: [`Clock`], [`Bus`], [`Upstream`], [`Store`]. Missing
//! on purpose: HTTP, models and Markdown. A patch is a text that this crate numbers and passes on.
//!
//! ```
//! use std::sync::Arc;
//! use futures::{FutureExt, StreamExt, future::BoxFuture, stream::BoxStream};
//! # use content::{AnswerKey, AttemptId, AttemptState, Charge, Language, PaperId, Progress, Section};
//! use runs::{Ask, Begun, Body, End, Job, Reader, Runs, Seams, Settings, Step, Store, StoreError, Upstream, Want};
//!
//! struct Hello;
//! impl Upstream for Hello {
//!     fn read(&self, _: Job) -> BoxStream<'static, Step> {
//!         let done = Step::Done { model: "hello".into(), tokens: None };
//!         futures::stream::iter([Step::text(0, "Hello", r#"[{"op":"append"}]"#), done]).boxed()
//!     }
//! }
//!
//! struct Nowhere;
//! impl Store for Nowhere {
//!     fn begin(&self, _: AnswerKey, _: Want, _: Option<Charge>) -> BoxFuture<'static, Result<Begun, StoreError>> {
//!         async { Ok(Begun::New(AttemptId(1))) }.boxed()
//!     }
//!     fn finished(&self, _: AnswerKey) -> BoxFuture<'static, Result<Option<AttemptId>, StoreError>> {
//!         async { Ok(None) }.boxed()
//!     }
//!     fn checkpoint(&self, _: Vec<Progress>) -> BoxFuture<'static, Result<(), StoreError>> {
//!         async { Ok(()) }.boxed()
//!     }
//!     fn end(&self, _: AttemptId, _: End, _: Vec<Section>) -> BoxFuture<'static, Result<(), StoreError>> {
//!         async { Ok(()) }.boxed()
//!     }
//! }
//!
//! # tokio_test(async {
//! let runs = Runs::new(Seams::local(Arc::new(Hello), Arc::new(Nowhere)), Settings::default());
//! # let key = AnswerKey { paper: PaperId(1), record_version: "v1".into(), text_source: "abstract".into(),
//! #     extractor: "".into(), language: Language::En, model: "hello".into(), question_set: "q@1".into() };
//! let started = runs.start(Ask::new(key, 1, Reader::Anonymous)).await?;
//! let events: Vec<_> = runs.subscribe(&[(started.run, 0)], &Reader::Anonymous).collect().await;
//! assert!(matches!(&events.last().unwrap().body, Body::End(end) if end.state == AttemptState::Done));
//! # Ok::<_, runs::Error>(()) });
//! # fn tokio_test(test: impl Future<Output = Result<(), runs::Error>>) {
//! #     tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test).unwrap();
//! # }
//! ```

mod checkpoints;
mod event;
mod house;
mod job;
mod log;
mod queue;
mod readers;
mod runs;
mod seams;

pub use content::{Begun, Want};
pub use event::{Body, End, Event, Stage};
pub use log::Memory;
pub use queue::Priority;
pub use readers::Reader;
pub use runs::{Ask, Runs, Settings, Started, Stopped, Subscription};
pub use seams::{Bus, Clock, Job, Seams, Step, Stop, Store, StoreError, Upstream, WallClock};

/// Why a run could not be started.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The queue is full; try again later.
    #[error("the queue is full with {waiting} waiting runs")]
    Busy {
        /// How many wait.
        waiting: usize,
    },
    /// The server is about to stop.
    #[error("no new runs are started while the server stops")]
    Closed,
    /// No budget has room for it.
    #[error("the budget is used up")]
    OverBudget(content::Refusal),
    /// The attempt could not be recorded.
    #[error("the attempt could not be recorded")]
    Store(#[from] StoreError),
}
