//! What every command that takes papers in does around it: open storage and index, tell how far it is, lead the index after.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use search::Index;
use serde::Serialize;
use sources::{Batch, Harvest, Skipped, fetch::Wait};
use storage::{Database, changes};

use super::progress;
use crate::{
    app,
    config::Config,
    harvesting::{self, Error, Tally},
    indexing,
};

/// Skipped pieces that are told of one by one; all are counted.
const TOLD: u64 = 1000;
/// How often progress is told where there is no terminal.
const PACE: Duration = Duration::from_secs(10);

/// Papers on their way in.
pub(super) struct Intake {
    pub(super) db: Database,
    pub(super) tally: Tally,
    index: Option<Arc<Index>>,
    teller: Arc<Mutex<Teller>>,
    started: Instant,
}

/// What a command took in.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    #[serde(flatten)]
    tally: Tally,
    seconds: f64,
    per_second: f64,
    /// Whether the index has it all; a running server takes it in by itself.
    indexed: bool,
}

impl Intake {
    /// Opens what papers go into.
    pub(super) async fn open(config: &Config) -> anyhow::Result<Self> {
        app::writable(&config.data)?;
        Ok(Self {
            db: app::open_storage(config).await?,
            tally: Tally::default(),
            index: index(config).await?,
            teller: Arc::new(Mutex::new(Teller::new(ProgressBar::no_length(), !io::stderr().is_terminal()))),
            started: Instant::now(),
        })
    }

    /// Takes in all that a source gives, with its cursor under a name.
    pub(super) async fn take(&mut self, name: Option<&str>, harvest: Harvest) -> Result<(), Error> {
        let teller = self.teller.clone();
        with(&teller, |teller| teller.over(harvest.size()));
        let told = |batch: &Batch, tally: &Tally| with(&teller, |teller| teller.tell(batch, tally));
        harvesting::take_in(&self.db, name, harvest, &mut self.tally, told).await
    }

    /// Who is to be told of waits.
    pub(super) fn on_wait(&self) -> sources::fetch::OnWait {
        let teller = self.teller.clone();
        Arc::new(move |wait: &Wait| {
            let sentence = format!("{}: {}; asked again in {} s", wait.host, wait.why, wait.length.as_secs());
            with(&teller, |teller| teller.say(&sentence));
        })
    }

    /// Says a sentence beside the progress.
    pub(super) fn say(&self, sentence: &str) {
        with(&self.teller, |teller| teller.say(sentence));
    }

    /// Brings the index up to date with what was saved, and prints what was done: counts for people, or one JSON object.
    pub(super) async fn finish(self, json: bool) -> anyhow::Result<Tally> {
        if let Some(index) = &self.index {
            follow(&self.db, index).await?;
        }
        let seconds = self.started.elapsed().as_secs_f64();
        let per_second = self.tally.papers() as f64 / seconds.max(1e-3);
        let report = Report { tally: self.tally, seconds, per_second, indexed: self.index.is_some() };
        drop(self.teller);
        super::print(if json { serde_json::to_string(&report)? } else { report.sentence() })?;
        Ok(report.tally)
    }
}

impl Report {
    fn sentence(&self) -> String {
        let Tally { new, changed, unchanged, skipped, unreadable, gone, announced } = self.tally;
        let counted =
            |count: u64, what: &str| if count > 0 { format!(", {count} {what}") } else { String::new() };
        let more = counted(gone, "deleted by their source")
            + &counted(announced, "announced")
            + &counted(unreadable, "files that cannot be read");
        let index = if self.indexed { "indexed" } else { "the running server takes them into its index" };
        format!(
            "{new} new, {changed} changed, {unchanged} unchanged, {skipped} skipped{more}; {index}; {:.1} s, {:.0} papers/s",
            self.seconds, self.per_second
        )
    }
}

/// The index, unless a server holds it: that one follows by itself.
async fn index(config: &Config) -> anyhow::Result<Option<Arc<Index>>> {
    let folder = config.index();
    match tokio::task::spawn_blocking(move || Index::open(&folder)).await? {
        Ok(index) => Ok(Some(Arc::new(index))),
        Err(search::Error::Held(_)) => Ok(None),
        Err(error) => Err(error).context("the search index could not be opened"),
    }
}

async fn follow(db: &Database, index: &Arc<Index>) -> anyhow::Result<()> {
    let waiting = changes::last(db).await? - index.position();
    let bar = progress::counting("indexing", u64::try_from(waiting).ok());
    let followed = indexing::catch_up(db, index, |done| bar.set_position(done)).await;
    let index = index.clone();
    tokio::task::spawn_blocking(move || index.close()).await??;
    bar.finish_and_clear();
    followed.context(
        "the papers are stored, but the search index could not follow; `inkstone reindex` builds it",
    )?;
    Ok(())
}

/// Tells people how far it is: a bar on a terminal, lines elsewhere.
struct Teller {
    bar: ProgressBar,
    lines: bool,
    size: Option<u64>,
    skipped: u64,
    started: Instant,
    told: Instant,
}

impl Teller {
    fn new(bar: ProgressBar, lines: bool) -> Self {
        Self { bar, lines, size: None, skipped: 0, started: Instant::now(), told: Instant::now() }
    }

    /// With the size of what is read, if it has one: time left goes by bytes, since nobody knows how many papers there are.
    fn over(&mut self, size: Option<u64>) {
        self.size = size;
        let template = match size {
            Some(_) => "importing {wide_bar} {percent}% {msg} eta {eta}",
            None => "importing {spinner} {msg} {elapsed}",
        };
        self.bar.set_style(ProgressStyle::with_template(template).expect("the template is a constant"));
        match size {
            Some(size) => self.bar.set_length(size),
            None => self.bar.unset_length(),
        }
        if !self.lines {
            self.bar.enable_steady_tick(Duration::from_millis(200));
        }
    }

    fn tell(&mut self, batch: &Batch, tally: &Tally) {
        batch.skipped.iter().for_each(|one| self.skip(one));
        for one in &batch.unreadable {
            self.say(&format!("{} cannot be read: {}", one.what, one.why));
        }
        let rate = tally.papers() as f64 / self.started.elapsed().as_secs_f64().max(1e-3);
        let message = format!("{} papers, {rate:.0}/s", HumanCount(tally.papers()));
        if self.lines && self.told.elapsed() >= PACE {
            self.told = Instant::now();
            let share = self.size.map(|size| format!(", {} % of the file", batch.bytes * 100 / size.max(1)));
            tell(&format!("{message}{}", share.unwrap_or_default()));
        }
        self.bar.set_message(message);
        self.bar.set_position(batch.bytes);
    }

    fn skip(&mut self, one: &Skipped) {
        self.skipped += 1;
        if self.skipped <= TOLD {
            self.say(&format!("{} is skipped: {}", one.what, one.why));
        } else if self.skipped == TOLD + 1 {
            self.say("what is skipped from here on is only counted");
        }
    }

    fn say(&self, sentence: &str) {
        self.bar.suspend(|| tell(sentence));
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn with<T>(teller: &Mutex<Teller>, ask: impl FnOnce(&mut Teller) -> T) -> T {
    ask(&mut teller.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
}

fn tell(sentence: &str) {
    // If nobody reads standard error, the count at the end still says it.
    let _ = writeln!(io::stderr(), "{sentence}");
}
