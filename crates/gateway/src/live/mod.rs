//! Readings while they are made: started by a form, followed on one event stream a page.
//!
//! Three stages, each testable alone: [`upstream`] turns a model's or the extractive reader's text into
//! patches, `runs` numbers and keeps them, [`stream`] sends them. `docs/live-patches.md` describes
//! what goes over the wire; [`wire`] writes it.

mod keep;
mod meter;
mod place;
mod readings;
mod snapshot;
mod stages;
mod stream;
mod summarizers;
mod trial;
mod upstream;
mod wire;

use std::sync::Arc;

use actix_web::web;
use content::{AnswerKey, AttemptId, Language, Paper, QuestionSet};
use runs::{Runs, Seams, Settings};
use storage::{Database, answers};

use crate::{
    config::Config,
    metrics::Metrics,
    questions::Questions,
    texts::{Texts, Wanted},
    visit::language::Messages,
};
use summarizers::Summarizers;
pub(crate) use trial::{try_model, try_questions};

/// The readings of this process. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Live {
    runs: Runs,
    summarizers: Summarizers,
}

impl Live {
    /// No readings yet.
    pub(crate) fn new(
        config: &Arc<Config>,
        db: &Database,
        texts: &Texts,
        questions: &Arc<Questions>,
        metrics: &Metrics,
    ) -> Self {
        let summarizers = Summarizers::new(config);
        let upstream = upstream::Readings {
            db: db.clone(),
            config: config.clone(),
            texts: texts.clone(),
            summarizers: summarizers.clone(),
            questions: questions.clone(),
            metrics: metrics.clone(),
        };
        let store = keep::Storage { db: db.clone(), config: config.clone(), metrics: metrics.clone() };
        let settings = Settings {
            parallel: config.readings.parallel,
            queue: config.readings.queue,
            ..Settings::default()
        };
        Self { runs: Runs::new(Seams::local(Arc::new(upstream), Arc::new(store)), settings), summarizers }
    }

    /// Who can read.
    pub(crate) fn summarizers(&self) -> &Summarizers {
        &self.summarizers
    }

    /// How many readings are at work, and how many wait.
    pub(crate) fn at_work(&self) -> (usize, usize) {
        self.runs.at_work()
    }

    /// For the moment before a server starts: what a process before this one left running was interrupted.
    pub(crate) async fn recover(db: &Database) -> Result<u64, storage::Error> {
        answers::interrupt_running(db).await
    }

    /// What a run is doing now, in words; `None` if it is not at work here.
    pub(crate) fn stage(&self, run: AttemptId, m: Messages) -> Option<String> {
        self.runs.stage(run).map(|stage| stages::words(&stage, m))
    }

    /// Where the stream of a run begins, for `/live?at=`.
    pub(crate) fn position(&self, run: AttemptId) -> String {
        place::Place { epoch: self.runs.epoch().to_owned(), positions: vec![(run, 0)] }.to_string()
    }

    /// Interrupts what is being read, stores it, and ends all streams. For the moment before the server stops.
    pub(crate) async fn close(&self) {
        self.runs.close().await;
    }
}

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/live", web::get().to(stream::live))
        .route("/papers/{id}/readings", web::post().to(readings::start))
        .route("/readings/{run}/stop", web::post().to(readings::stop));
}

/// What an answer about a paper depends on.
fn key(paper: &Paper, text: &Wanted, language: Language, model: &str, questions: &QuestionSet) -> AnswerKey {
    AnswerKey {
        paper: paper.id,
        record_version: paper.shown.key.version.clone(),
        text_source: text.source.into(),
        extractor: text.extractor.clone(),
        language,
        model: model.into(),
        question_set: questions.tag(),
    }
}
