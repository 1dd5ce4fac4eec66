//! JSON Lines: one paper a line, plain, gzip or xz.

use std::{collections::HashMap, io, path::Path};

use content::Harvested;

use crate::{
    Batch, Error,
    batch::Skipped,
    draft::fingerprint,
    lines::Lines,
    packed::{self, Unpacked},
};

mod record;

/// Records of one batch.
const BATCH: usize = 1000;

/// A file of JSON Lines, read batch by batch.
pub(crate) struct Reader {
    path: std::path::PathBuf,
    lines: Lines,
    met: Met,
    /// Why it cannot be read any further.
    failed: Option<io::Error>,
}

impl Reader {
    /// Opens a file, or standard input for `-`.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let file = packed::open(path).map_err(|error| Error::file(path, error))?;
        Ok(Self::of(path, file))
    }

    /// Over what a file holds.
    pub(crate) fn of(path: &Path, file: Unpacked) -> Self {
        Self { path: path.to_owned(), lines: Lines::of(file), met: Met::default(), failed: None }
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The size of the file, packed as it is, if it has one.
    pub(crate) fn size(&self) -> Option<u64> {
        self.lines.size()
    }

    /// The next batch. Where the file breaks off, what was read before comes first, then the error.
    pub(crate) fn next(&mut self) -> Result<Batch, Error> {
        if let Some(error) = self.failed.take() {
            return Err(self.broken(error));
        }
        let mut batch = Batch::default();
        while !batch.done && batch.records.len() + batch.skipped.len() < BATCH {
            match self.lines.next() {
                Ok(Some(line)) => {
                    let number = self.lines.number();
                    let read = line.and_then(|line| record::of(&line));
                    let left_out = read.as_ref().map(|read| read.left_out.clone()).unwrap_or_default();
                    let found = read.and_then(|read| self.met.check(read.paper, number));
                    batch.take(format!("line {number}"), found);
                    batch.skipped.extend(left_out.iter().map(|name| no_category(number, name)));
                }
                Ok(None) => batch.done = true,
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            }
        }
        batch.bytes = self.lines.bytes();
        Ok(batch)
    }

    fn broken(&self, error: io::Error) -> Error {
        let why = format!("it cannot be read after line {}: {error}", self.lines.number());
        Error::file(&self.path, io::Error::new(error.kind(), why))
    }
}

fn no_category(line: u64, name: &str) -> Skipped {
    let name: String = name.chars().take(40).collect();
    Skipped {
        what: format!("the category {name:?} in line {line}"),
        why: "arXiv has none of that name".into(),
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
        let title = fingerprint(&record.title);
        let (first, known) = *self.0.entry(item).or_insert((line, title));
        if known == title {
            return Ok(paper);
        }
        Err(format!("its id {:?} is that of another paper, in line {first}", record.key.id))
    }
}
