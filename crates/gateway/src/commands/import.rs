//! `inkstone import papers`: JSON Lines, plain, gzip or xz, into storage and then into the index.
//!
//! Lines are unpacked and parsed on a thread of their own, a few batches ahead of the one that is saved.

use std::{
    collections::HashMap,
    io::{self, IsTerminal as _, Write as _},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use content::Harvested;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use search::Index;
use serde::Serialize;
use storage::{Database, changes, papers};
use tokio::sync::mpsc;

use super::progress;
use crate::{app, config::Config, indexing};
use lines::Lines;

mod lines;
mod record;
mod venue;

/// Records saved in one transaction.
const BATCH: usize = 1000;
/// Batches that may wait to be saved; more would only fill the memory.
const AHEAD: usize = 2;
/// Bad lines that are told of one by one; all are counted.
const TOLD: u64 = 1000;
/// How often progress is told where there is no terminal.
const PACE: Duration = Duration::from_secs(10);

/// What an import did.
#[derive(Debug, Default, Serialize)]
struct Report {
    new: u64,
    changed: u64,
    unchanged: u64,
    skipped: u64,
    seconds: f64,
    per_second: f64,
    /// Whether the index has it all; a running server takes it in by itself.
    indexed: bool,
}

/// What the thread that parses hands over.
#[derive(Default)]
struct Batch {
    papers: Vec<Harvested>,
    bad: Vec<Bad>,
    /// The number of the last line read, and bytes of the file up to there.
    line: u64,
    bytes: u64,
    /// Why the file cannot be read any further.
    failed: Option<io::Error>,
}

/// A line that is no paper.
struct Bad {
    line: u64,
    reason: String,
}

/// Imports a file, `-` for standard input, and brings the index up to date.
pub(super) async fn papers(config: Config, file: &Path, json: bool) -> anyhow::Result<()> {
    let lines = lines::open(file)?;
    app::writable(&config.data)?;
    let db = app::open_storage(&config).await?;
    let index = index(&config).await?;
    let started = Instant::now();
    let mut report = Report::default();
    let read = load(&db, lines, &mut report, Teller::new()).await;
    // What was saved before the file broke is there to be found.
    if let Some(index) = &index {
        follow(&db, index).await?;
    }
    report.indexed = index.is_some();
    report.seconds = started.elapsed().as_secs_f64();
    report.per_second = report.papers() as f64 / report.seconds.max(1e-3);
    super::print(if json { serde_json::to_string(&report)? } else { report.sentence() })?;
    read.with_context(|| file.display().to_string())?;
    if report.papers() == 0 {
        bail!("{}: there is no paper in it", file.display());
    }
    Ok(())
}

/// Imports a file into storage only. Bad lines are an error: it is one of ours.
pub(super) async fn file(db: &Database, path: &Path) -> anyhow::Result<()> {
    let mut report = Report::default();
    load(db, lines::open(path)?, &mut report, Teller::silent()).await?;
    if report.skipped > 0 {
        bail!("{}: {} bad lines", path.display(), report.skipped);
    }
    Ok(())
}

impl Report {
    /// Lines that are papers.
    fn papers(&self) -> u64 {
        self.new + self.changed + self.unchanged
    }

    fn sentence(&self) -> String {
        let index = if self.indexed { "indexed" } else { "the running server takes them into its index" };
        format!(
            "{} new, {} changed, {} unchanged, {} lines skipped; {index}; {:.1} s, {:.0} papers/s",
            self.new, self.changed, self.unchanged, self.skipped, self.seconds, self.per_second
        )
    }
}

async fn load(db: &Database, lines: Lines, report: &mut Report, teller: Teller) -> anyhow::Result<()> {
    let mut teller = teller.over(lines.size());
    let (sender, mut batches) = mpsc::channel(AHEAD);
    let reader = tokio::task::spawn_blocking(move || parse(lines, &sender));
    while let Some(batch) = batches.recv().await {
        for bad in &batch.bad {
            report.skipped += 1;
            teller.bad(bad, report.skipped);
        }
        let saved = papers::save(db, &batch.papers).await?;
        report.new += saved.new;
        report.changed += saved.changed;
        report.unchanged += saved.unchanged;
        teller.progress(report.papers(), batch.bytes);
        if let Some(error) = batch.failed {
            return Err(error).with_context(|| format!("it cannot be read after line {}", batch.line));
        }
    }
    reader.await.context("the thread that parses went away")
}

/// Hands over batches until the end, or until nobody wants them.
fn parse(mut lines: Lines, batches: &mpsc::Sender<Batch>) {
    let mut met = Met::default();
    let mut batch = Batch::default();
    loop {
        let line = lines.next();
        (batch.line, batch.bytes) = (lines.number(), lines.bytes());
        let last = match line {
            Ok(Some(line)) => {
                let found = line.and_then(|line| met.check(record::of(&line)?, batch.line));
                match found {
                    Ok(paper) => batch.papers.push(paper),
                    Err(reason) => batch.bad.push(Bad { line: batch.line, reason }),
                }
                false
            }
            Ok(None) => true,
            Err(error) => {
                batch.failed = Some(error);
                true
            }
        };
        let full = batch.papers.len() + batch.bad.len() >= BATCH;
        if !full && !last {
            continue;
        }
        let wanted = batches.blocking_send(std::mem::take(&mut batch)).is_ok();
        if last || !wanted {
            return;
        }
    }
}

/// The items of a file: two papers must not share an identifier, as some do in real lists.
#[derive(Default)]
struct Met(HashMap<(String, String), (u64, u64)>);

impl Met {
    fn check(&mut self, paper: Harvested, line: u64) -> Result<Harvested, String> {
        let record = &paper.record;
        if record.is_arxiv() {
            return Ok(paper);
        }
        let item = (record.key.source.clone(), record.key.id.clone());
        let title = record::fingerprint(&record.title);
        let (first, known) = *self.0.entry(item).or_insert((line, title));
        if known == title {
            return Ok(paper);
        }
        Err(format!("its id {:?} is that of another paper, in line {first}", record.key.id))
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

/// Tells people how far the import is: a bar on a terminal, lines elsewhere.
struct Teller {
    bar: ProgressBar,
    lines: bool,
    size: Option<u64>,
    started: Instant,
    told: Instant,
}

impl Teller {
    fn new() -> Self {
        Self::with(ProgressBar::no_length(), !io::stderr().is_terminal())
    }

    fn silent() -> Self {
        Self::with(ProgressBar::hidden(), false)
    }

    fn with(bar: ProgressBar, lines: bool) -> Self {
        Self { bar, lines, size: None, started: Instant::now(), told: Instant::now() }
    }

    /// With the size of the file, if it has one: time left goes by bytes, since nobody knows how many
    /// lines there are.
    fn over(mut self, size: Option<u64>) -> Self {
        self.size = size;
        let template = match size {
            Some(_) => "importing {wide_bar} {percent}% {msg} eta {eta}",
            None => "importing {spinner} {msg} {elapsed}",
        };
        self.bar.set_style(ProgressStyle::with_template(template).expect("the template is a constant"));
        if let Some(size) = size {
            self.bar.set_length(size);
        }
        if !self.lines {
            self.bar.enable_steady_tick(Duration::from_millis(200));
        }
        self
    }

    fn progress(&mut self, papers: u64, bytes: u64) {
        let rate = papers as f64 / self.started.elapsed().as_secs_f64().max(1e-3);
        let message = format!("{} papers, {rate:.0}/s", HumanCount(papers));
        if self.lines && self.told.elapsed() >= PACE {
            self.told = Instant::now();
            let share = self.size.map(|size| format!(", {} % of the file", bytes * 100 / size.max(1)));
            tell(&format!("{message}{}", share.unwrap_or_default()));
        }
        self.bar.set_message(message);
        self.bar.set_position(bytes);
    }

    fn bad(&self, bad: &Bad, count: u64) {
        if count <= TOLD {
            self.bar.suspend(|| tell(&format!("line {} is skipped: {}", bad.line, bad.reason)));
        } else if count == TOLD + 1 {
            self.bar.suspend(|| tell("further bad lines are only counted"));
        }
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn tell(sentence: &str) {
    // If nobody reads standard error, the count at the end still says it.
    let _ = writeln!(io::stderr(), "{sentence}");
}
