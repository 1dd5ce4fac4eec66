//! Readings while they are made: started by a form, followed on one event stream a page.
//!
//! Three stages, each testable alone: [`upstream`] turns a model's or the extractive reader's text into
//! patches, `runs` numbers and keeps them, [`stream`] sends them. `docs/live-patches.md` describes
//! what goes over the wire; [`wire`] writes it.

mod keep;
mod place;
mod readings;
mod snapshot;
mod stream;
mod upstream;
mod wire;

use std::sync::Arc;

use actix_web::web;
use content::{AnswerKey, AttemptId, FullText, Language, Paper, Passage, TextSource};
use runs::{Runs, Seams, Settings};
use storage::{Database, answers, papers};

use crate::config::Config;

/// The readings of this process. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Live {
    runs: Runs,
}

impl Live {
    /// No readings yet.
    pub(crate) fn new(config: &Arc<Config>, db: &Database) -> Self {
        let upstream = upstream::Readings { db: db.clone(), config: config.clone() };
        let seams = Seams::local(Arc::new(upstream), Arc::new(keep::Storage { db: db.clone() }));
        let (parallel, queue) = (config.readings.parallel, config.readings.queue);
        Self { runs: Runs::new(seams, Settings { parallel, queue, ..Settings::default() }) }
    }

    /// For the moment before a server starts: what a process before this one left running was interrupted.
    pub(crate) async fn recover(&self, db: &Database) -> Result<u64, storage::Error> {
        answers::interrupt_running(db).await
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

/// The text that a reading of a paper is made from: the stored one, else the abstract.
async fn text_of(db: &Database, paper: &Paper) -> Result<FullText, storage::Error> {
    let stored = papers::full_text(db, paper.id).await?;
    Ok(stored.unwrap_or_else(|| FullText {
        source: TextSource::Abstract,
        extractor: "abstract/1".into(),
        passages: vec![Passage { page: None, section: String::new(), text: paper.shown.summary.clone() }],
    }))
}

/// What an answer about a paper depends on.
fn key(paper: &Paper, text: &FullText, language: Language, model: &str) -> AnswerKey {
    AnswerKey {
        paper: paper.id,
        record_version: paper.shown.key.version.clone(),
        text_source: text.source.name().into(),
        extractor: text.extractor.clone(),
        language,
        model: model.into(),
        question_set: summarizer::questions(language).tag(),
    }
}
