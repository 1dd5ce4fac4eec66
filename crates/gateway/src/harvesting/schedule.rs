//! The server's own harvests, one after another, for as long as it runs.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use sources::fetch::Fetcher;
use storage::Database;
use tokio::{sync::Notify, task::JoinHandle, time::Instant};

use super::{Error, Job, Tally, fetcher, jobs, set_aside, take_in};
use crate::{
    config::{Config, Current},
    errors::Chain,
    metrics::Metrics,
};

/// How long the last step of a harvest may take to be undone when the server stops.
const PATIENCE: Duration = Duration::from_secs(5);

/// How the server's harvests are going, for whoever watches the process; and the way to end them.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    told: Arc<Mutex<Told>>,
    /// Somebody asked for a harvest.
    asked: Arc<Notify>,
    task: Arc<Mutex<Option<JoinHandle<()>>>>,
}

#[derive(Debug, Clone, Default)]
struct Told {
    /// What is being harvested.
    at: Option<String>,
    /// When the last round ended, and what failed in it.
    ended: Option<DateTime<Utc>>,
    failed: Vec<String>,
    /// When the next round begins.
    next: Option<DateTime<Utc>>,
    /// What is to be harvested before that.
    wanted: Vec<String>,
    /// How the last harvest of each source ended.
    last: BTreeMap<String, Last>,
}

/// How the last harvest of a source ended, since the process began.
#[derive(Debug, Clone)]
pub(crate) struct Last {
    pub(crate) ended: DateTime<Utc>,
    pub(crate) tally: Tally,
    /// Why it ended early.
    pub(crate) fault: Option<String>,
}

impl State {
    /// One line: what is being harvested, when the last round ended, what failed in it.
    pub(crate) fn line(&self) -> String {
        let told = self.told();
        let now = told.at.map_or_else(|| "waiting".to_owned(), |at| format!("at {at}"));
        let ended = told.ended.map(|ended| format!(", last done {}", ended.format("%Y-%m-%d %H:%M:%S UTC")));
        let failed = if told.failed.is_empty() {
            String::new()
        } else {
            format!(", failed: {}", told.failed.join(", "))
        };
        format!("harvest: {now}{}{failed}", ended.unwrap_or_default())
    }

    /// Has a source harvested next, by the same process at the same pace.
    pub(crate) fn ask(&self, source: &str) {
        self.change(|told| {
            if !told.wanted.iter().any(|other| other == source) {
                told.wanted.push(source.to_owned());
            }
        });
        self.asked.notify_one();
    }

    /// Whether somebody asked for a source, and it has not begun.
    pub(crate) fn is_asked(&self, source: &str) -> bool {
        self.told().wanted.iter().any(|other| other == source)
    }

    /// What is being harvested.
    pub(crate) fn at(&self) -> Option<String> {
        self.told().at
    }

    /// When the next round begins.
    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        self.told().next
    }

    /// Whether something failed the last time.
    pub(crate) fn failed(&self) -> bool {
        !self.told().failed.is_empty()
    }

    /// How the last harvest of a source ended.
    pub(crate) fn last(&self, source: &str) -> Option<Last> {
        self.told().last.remove(source)
    }

    fn told(&self) -> Told {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Told)) {
        change(&mut self.told.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Begins the server's harvests.
    pub(crate) fn start(&self, db: Database, config: Current, metrics: Metrics) {
        let task = tokio::spawn(follow(db, config, metrics, self.clone()));
        *self.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
    }

    /// Ends them, wherever they are. A transaction that is under way is undone while there is still somebody to undo it.
    pub(crate) async fn close(&self) {
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(task) = task else { return };
        task.abort();
        if tokio::time::timeout(PATIENCE, task).await.is_err() {
            tracing::warn!("a harvest does not end");
        }
    }
}

/// Harvests what the settings ask for, waits, and begins again; for ever.
async fn follow(db: Database, config: Current, metrics: Metrics, state: State) {
    let told = Arc::new(|wait: &sources::fetch::Wait| {
        tracing::info!(
            host = wait.host,
            seconds = wait.length.as_secs(),
            why = wait.why,
            "a host asks to wait"
        );
    });
    let fetcher = match fetcher(&config, told) {
        Ok(fetcher) => fetcher,
        Err(error) => return tracing::error!(error = %Chain(&error), "nothing can be harvested"),
    };
    let Some(every) = config.harvest.every else {
        // Only when somebody asks.
        loop {
            state.asked.notified().await;
            wanted(&db, &config, &fetcher, &metrics, &state).await;
        }
    };
    loop {
        round(&db, &config, &fetcher, &metrics, &state).await;
        let next = Instant::now() + every.duration();
        state.change(|told| told.next = Some(Utc::now() + every.duration()));
        while tokio::time::timeout_at(next, state.asked.notified()).await.is_ok() {
            wanted(&db, &config, &fetcher, &metrics, &state).await;
        }
    }
}

/// What somebody asked for, as a round would harvest it.
async fn wanted(db: &Database, config: &Config, fetcher: &Fetcher, metrics: &Metrics, state: &State) {
    let (jobs, _) = jobs(config);
    loop {
        let mut next = None;
        state.change(|told| next = told.wanted.pop());
        let Some(name) = next else { break };
        for job in jobs.iter().filter(|job| job.name() == name) {
            harvest(db, config, fetcher, metrics, state, job).await;
        }
    }
    state.change(|told| told.at = None);
}

/// One source; whether it went well.
async fn harvest(
    db: &Database,
    config: &Config,
    fetcher: &Fetcher,
    metrics: &Metrics,
    state: &State,
    job: &Job,
) -> bool {
    let name = job.name();
    state.change(|told| told.at = Some(name.clone()));
    let mut tally = Tally::default();
    let done = one(db, config, fetcher, job, &mut tally).await;
    tell(config, &name, &tally, &done);
    metrics.harvested(&name, if done.is_ok() { "whole" } else { "early" });
    let fault = done.as_ref().err().map(|error| Chain(error).to_string());
    state.change(|told| {
        told.failed.retain(|other| *other != name);
        told.failed.extend(fault.as_ref().map(|_| name.clone()));
        told.last.insert(name, Last { ended: Utc::now(), tally, fault });
    });
    done.is_ok()
}

/// One harvest of everything. What fails does not keep the rest from being harvested.
async fn round(db: &Database, config: &Config, fetcher: &Fetcher, metrics: &Metrics, state: &State) {
    // Read anew each time: a manifest that is put into the folder is harvested without a restart.
    let (jobs, errors) = jobs(config);
    let mut failed: Vec<_> = errors.iter().map(wrong_manifest).collect();
    failed.iter().for_each(|manifest| metrics.harvested(manifest, "early"));
    for job in jobs {
        if !harvest(db, config, fetcher, metrics, state, &job).await {
            failed.push(job.name());
        }
    }
    state.change(|told| {
        told.at = None;
        told.ended = Some(Utc::now());
        told.failed = failed;
    });
}

fn wrong_manifest(error: &sources::Error) -> String {
    tracing::error!(error = %Chain(error), "a manifest cannot be read");
    "a manifest".to_owned()
}

/// Logs how a job ended.
fn tell(config: &Config, source: &str, tally: &Tally, done: &Result<(), Error>) {
    let Tally { new, changed, skipped, announced, .. } = *tally;
    let Err(error) = done else {
        return tracing::info!(source, new, changed, skipped, announced, "harvested");
    };
    let aside = set_aside(config, error).map(|file| file.display().to_string());
    tracing::error!(source, error = %Chain(error), aside, "the harvest ended early; it goes on the next time");
}

async fn one(
    db: &Database,
    config: &Config,
    fetcher: &Fetcher,
    job: &Job,
    tally: &mut Tally,
) -> Result<(), Error> {
    let name = job.name();
    let skipped = |batch: &sources::Batch, _: &Tally| {
        for one in &batch.skipped {
            tracing::warn!(source = name, what = one.what, why = one.why, "skipped");
        }
    };
    let before = job.announced(db).await?;
    let harvest = job.harvest(db, config, fetcher).await?;
    take_in(db, Some(&name), harvest, tally, skipped).await?;
    let Job::List(_) = job else { return Ok(()) };
    if let Some((harvest, more)) = job.gap(db, config, fetcher, &before).await? {
        tracing::info!(source = name, more, "papers were announced that had not come");
        take_in(db, Some(super::GAPS), harvest, tally, skipped).await?;
    }
    Ok(())
}
