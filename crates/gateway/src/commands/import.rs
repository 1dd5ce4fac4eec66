//! `inkstone import papers`: JSON Lines, plain, gzip or xz, into storage and then into the index.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Write as _},
    path::Path,
    sync::Arc,
    time::Instant,
};

use anyhow::{Context as _, bail};
use chrono::NaiveDate;
use content::{ArxivId, Record, RecordKey, Venue};
use indicatif::ProgressBar;
use search::Index;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use storage::{Database, Harvested, papers};

use super::progress;
use crate::{app, config::Config, indexing};

/// Records saved in one transaction.
const BATCH: usize = 1000;
/// The longest line, in bytes; a real record has a few thousand.
const MAX_LINE: u64 = 4 << 20;
/// Bad lines that are told of one by one; all are counted.
const SHOWN: u64 = 20;

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

/// One line, with the fields of the large public lists of papers.
#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    title: String,
    #[serde(default)]
    authors: Vec<String>,
    #[serde(default, rename = "abstract")]
    summary: String,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default)]
    venue: String,
    date: String,
    #[serde(default)]
    keywords: String,
    source: String,
    #[serde(default)]
    note: Option<String>,
}

/// Imports a file, `-` for standard input, and brings the index up to date.
pub(super) async fn papers(config: Config, file: &Path, json: bool) -> anyhow::Result<()> {
    let lines = open(file)?;
    app::writable(&config.data)?;
    let db = app::open_storage(&config).await?;
    let started = Instant::now();
    let mut report = load(&db, lines, &progress::counting("importing", None)).await?;
    if report.new + report.changed + report.unchanged == 0 && report.skipped > 0 {
        bail!("{}: none of the {} lines is a paper", file.display(), report.skipped);
    }
    report.indexed = index(&config, &db).await?;
    report.seconds = started.elapsed().as_secs_f64();
    report.per_second = (report.new + report.changed + report.unchanged) as f64 / report.seconds.max(1e-3);
    super::print(if json { serde_json::to_string(&report)? } else { sentence(&report) })
}

/// Imports a file into storage only.
pub(super) async fn file(db: &Database, path: &Path) -> anyhow::Result<()> {
    let report = load(db, open(path)?, &ProgressBar::hidden()).await?;
    if report.skipped > 0 {
        bail!("{}: {} bad lines", path.display(), report.skipped);
    }
    Ok(())
}

fn sentence(report: &Report) -> String {
    let index = if report.indexed { "indexed" } else { "the running server takes them into its index" };
    format!(
        "{} new, {} changed, {} unchanged, {} lines skipped; {index}; {:.1} s, {:.0} papers/s",
        report.new, report.changed, report.unchanged, report.skipped, report.seconds, report.per_second
    )
}

/// Lets the index follow, unless a server holds it and does so itself.
async fn index(config: &Config, db: &Database) -> anyhow::Result<bool> {
    let folder = config.data.join("index");
    let index = match tokio::task::spawn_blocking(move || Index::open(&folder)).await? {
        Ok(index) => Arc::new(index),
        Err(search::Error::Held(_)) => return Ok(false),
        Err(error) => {
            return Err(error).context("the papers are stored, but the search index cannot be opened");
        }
    };
    let bar = progress::counting("indexing", None);
    indexing::catch_up(db, &index, |done| bar.set_position(done)).await?;
    bar.finish_and_clear();
    Ok(true)
}

/// The text of a file, unpacked by what its first bytes say.
fn open(file: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    let raw: Box<dyn Read> = match file.to_str() {
        Some("-") => Box::new(io::stdin()),
        _ => Box::new(File::open(file).with_context(|| format!("{} cannot be read", file.display()))?),
    };
    let mut raw = BufReader::new(raw);
    let magic = raw.fill_buf().with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(match magic {
        [0x1f, 0x8b, ..] => Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(raw))),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => {
            Box::new(BufReader::new(liblzma::bufread::XzDecoder::new_multi_decoder(raw)))
        }
        _ => Box::new(raw),
    })
}

async fn load(db: &Database, mut lines: Box<dyn BufRead>, bar: &ProgressBar) -> anyhow::Result<Report> {
    let (mut report, mut batch, mut number) = (Report::default(), Vec::with_capacity(BATCH), 0);
    while let Some(line) = next(&mut lines).with_context(|| format!("after line {number}"))? {
        number += 1;
        match harvested(&line) {
            Ok(Some(record)) => batch.push(record),
            Ok(None) => {}
            Err(reason) => {
                report.skipped += 1;
                if report.skipped <= SHOWN {
                    bar.suspend(|| tell(number, &reason));
                }
            }
        }
        if batch.len() == BATCH {
            save(db, &mut batch, &mut report).await?;
            bar.set_position(number);
        }
    }
    save(db, &mut batch, &mut report).await?;
    bar.finish_and_clear();
    Ok(report)
}

fn tell(number: u64, reason: &str) {
    // Nobody reads standard error: the count at the end still says it.
    let _ = writeln!(io::stderr(), "line {number} is skipped: {reason}");
}

/// The next line without its end; a line over the limit is an error of its own when it is parsed.
fn next(lines: &mut Box<dyn BufRead>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    if lines.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if !line.ends_with(b"\n") {
        // Too long, or the last one; what is left of a long line is read past.
        lines.skip_until(b'\n')?;
    }
    Ok(Some(line))
}

async fn save(db: &Database, batch: &mut Vec<Harvested>, report: &mut Report) -> anyhow::Result<()> {
    let saved = papers::save(db, batch).await?;
    report.new += saved.new;
    report.changed += saved.changed;
    report.unchanged += saved.unchanged;
    batch.clear();
    Ok(())
}

/// A record from a line; nothing from an empty one. The error says what is wrong with it.
fn harvested(line: &[u8]) -> Result<Option<Harvested>, String> {
    let raw = std::str::from_utf8(line).map_err(|_| "it is not UTF-8")?.trim();
    if raw.is_empty() {
        return Ok(None);
    }
    let line: Line = serde_json::from_str(raw).map_err(|error| error.to_string())?;
    if line.title.trim().is_empty() || line.id.trim().is_empty() {
        return Err("it has no title or no id".into());
    }
    let date = NaiveDate::parse_from_str(&line.date, "%Y-%m-%d")
        .map_err(|_| format!("the date {:?} is not of the form 2026-11-23", line.date))?;
    let record = Record {
        key: key(&line, raw)?,
        title: tex::text_mode(&line.title),
        authors: line.authors.iter().map(|name| tex::text_mode(name)).collect(),
        summary: tex::text_mode(&line.summary),
        categories: line.categories.iter().filter(|name| !name.starts_with("venue:")).cloned().collect(),
        venue: venue(&line, date),
        date,
        keywords: line
            .keywords
            .split(';')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(Into::into)
            .collect(),
        note: line.note,
    };
    Ok(Some(Harvested { record, raw: raw.to_owned() }))
}

/// arXiv says which version a record is; elsewhere its content does.
fn key(line: &Line, raw: &str) -> Result<RecordKey, String> {
    if line.source.starts_with("arxiv") {
        let id: ArxivId = line.id.parse().map_err(|error: content::Invalid| error.to_string())?;
        let version = format!("v{}", id.version().unwrap_or(1));
        return Ok(RecordKey { source: RecordKey::ARXIV.into(), id: id.to_string(), version });
    }
    let source = if line.source == "acl-anthology" { "acl" } else { &line.source };
    let digest: String = Sha256::digest(raw).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok(RecordKey { source: source.to_owned(), id: line.id.clone(), version: digest })
}

/// `NAME YEAR`, an acronym in parentheses, or the initials of a long name.
fn venue(line: &Line, date: NaiveDate) -> Option<Venue> {
    use chrono::Datelike as _;
    let name = line.venue.trim();
    if name.is_empty() || name == "arXiv" {
        return None;
    }
    let is_year = |word: &str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let short = |text: &str| match text.rsplit_once(' ') {
        Some((key, year)) if is_year(year) => Some((key.to_owned(), year.parse().ok()?)),
        _ => None,
    };
    let acronym =
        name.rsplit_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inside, _)| inside.trim());
    let year = name.split(|c: char| !c.is_ascii_digit()).find(|word| is_year(word));
    let year = year.and_then(|year| year.parse().ok()).unwrap_or(date.year());
    let (key, year) = match (short(name).filter(|(key, _)| key.len() <= 24), acronym) {
        (Some(found), _) => found,
        (None, Some(acronym)) if !acronym.is_empty() && acronym.len() <= 24 => {
            short(acronym).unwrap_or((acronym.to_owned(), year))
        }
        _ => (initials(name), year),
    };
    Some(Venue { key, year, name: name.to_owned() })
}

/// The capitals that begin the words of a name: "Empirical Methods" is EM.
fn initials(name: &str) -> String {
    let letters = name.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.chars().next());
    let capitals: String = letters.filter(|c| c.is_uppercase()).take(12).collect();
    if capitals.is_empty() {
        name.chars().filter(|c| c.is_alphanumeric()).take(12).collect()
    } else {
        capitals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(fields: &str) -> Result<Record, String> {
        let line = format!(r#"{{"title":"T","date":"2024-01-02",{fields}}}"#);
        harvested(line.as_bytes()).map(|found| found.expect("not empty").record)
    }

    fn check_venue(venue: &str, key: &str, year: i32) {
        let record =
            parsed(&format!(r#""id":"x","source":"acl-anthology","venue":"{venue}""#)).expect("valid");
        let found = record.venue.expect("a venue");
        assert_eq!((found.key.as_str(), found.year, found.name.as_str()), (key, year, venue));
    }

    #[test]
    fn venues() {
        check_venue("ECCV 2022", "ECCV", 2022);
        check_venue("Proceedings of the 2024 Joint Conference (LREC-COLING 2024)", "LREC-COLING", 2024);
        check_venue("Proceedings of the 2023 Conference on Empirical Methods", "PCEM", 2023);
        check_venue("A Workshop", "AW", 2024);
    }

    #[test]
    fn arxiv_ids_are_split_from_versions() {
        let record = parsed(r#""id":"2312.00690v4","source":"arxiv-daily","venue":"arXiv""#).expect("valid");
        assert_eq!((record.key.id.as_str(), record.key.version.as_str()), ("2312.00690", "v4"));
        assert_eq!((record.key.source.as_str(), record.venue), ("arxiv", None));
    }

    #[test]
    fn bad_lines_say_why() {
        assert!(
            parsed(r#""id":"nonsense","source":"arxiv-daily""#).is_err_and(|why| why.contains("arXiv id"))
        );
        assert!(harvested(b"{\"id\":1}").is_err());
        assert!(harvested(b"\xff").is_err_and(|why| why.contains("UTF-8")));
        assert!(harvested(b"  \n").is_ok_and(|found| found.is_none()));
    }
}
