//! Proceedings, each by a manifest: a file says where a proceedings is and what it is called, no code does.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::Cursor as Bytes,
    path::Path,
};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Batch, Error, fetch::Fetcher, jsonl, packed::Unpacked, page};

mod acl;
mod bibtex;
mod manifest;
mod openreview;

pub use manifest::{Filter, Id, Kind, Manifest, Named};

/// Notes of OpenReview on a page; more are not given.
const NOTES: u64 = 1000;

/// A proceedings in the network, address by address.
pub struct Proceedings {
    fetcher: Fetcher,
    manifest: Manifest,
    cursor: Cursor,
    /// Hashes of the pages so far: a server that gives one again would give it for ever.
    met: HashSet<u64>,
    bytes: u64,
}

/// Where it goes on after an interruption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Cursor {
    /// The address.
    address: usize,
    /// How many notes of it were read.
    offset: u64,
}

/// What a page held, and whether another follows at the same address.
struct Read {
    batch: Batch,
    notes: u64,
    more: bool,
    /// Equal for equal pages.
    content: u64,
}

impl Proceedings {
    /// From where a stored cursor says; a text that is none starts at the beginning.
    pub fn new(fetcher: Fetcher, manifest: Manifest, cursor: Option<&str>) -> Self {
        let cursor: Cursor = cursor.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        // The manifest may have changed since.
        let cursor = if cursor.address < manifest.addresses.len() { cursor } else { Cursor::default() };
        Self { fetcher, manifest, cursor, met: HashSet::new(), bytes: 0 }
    }

    /// The next page.
    pub async fn next(&mut self) -> Result<Batch, Error> {
        let Some(address) = self.manifest.addresses.get(self.cursor.address).cloned() else {
            return Ok(Batch { done: true, ..Batch::default() });
        };
        let address = self.paged(&address)?;
        let manifest = self.manifest.clone();
        let offset = self.cursor.offset;
        let (read, bytes) =
            page::read_twice(&self.fetcher, &address, move |bytes| read(bytes, &manifest, offset)).await?;
        self.bytes += bytes;
        if read.more && !self.met.insert(read.content) {
            return Err(Error::Circle { address, why: "the same page comes again" });
        }
        self.cursor = match read.more {
            true => Cursor { offset: self.cursor.offset + read.notes, ..self.cursor },
            false => Cursor { address: self.cursor.address + 1, offset: 0 },
        };
        let done = self.cursor.address >= self.manifest.addresses.len();
        if done {
            self.cursor = Cursor::default();
        }
        let cursor = serde_json::to_string(&self.cursor).expect("a cursor is plain data");
        Ok(Batch { cursor, done, bytes: self.bytes, ..read.batch })
    }

    /// OpenReview gives its notes page by page.
    fn paged(&self, address: &str) -> Result<String, Error> {
        if self.manifest.kind != Kind::OpenReview {
            return Ok(address.to_owned());
        }
        let refused = |_| Error::Forbidden { address: address.into(), why: crate::fetch::Refusal::NoAddress };
        let mut url = Url::parse(address).map_err(refused)?;
        url.query_pairs_mut()
            .append_pair("limit", &NOTES.to_string())
            .append_pair("offset", &self.cursor.offset.to_string());
        Ok(url.into())
    }
}

/// A whole file of a proceedings.
pub(crate) fn read_file(bytes: &[u8], manifest: &Manifest) -> Result<Batch, String> {
    read(bytes, manifest, 0).map(|read| read.batch)
}

fn read(bytes: &[u8], manifest: &Manifest, offset: u64) -> Result<Read, String> {
    let alone = |batch| Read { batch, notes: 0, more: false, content: 0 };
    match manifest.kind {
        Kind::Acl => acl::read(bytes, manifest).map(alone),
        Kind::Bibtex => bibtex::read(bytes, manifest).map(alone),
        Kind::Jsonl => lines(bytes, manifest).map(alone),
        Kind::OpenReview => {
            let page = openreview::read(bytes, manifest)?;
            let read = offset + page.notes;
            // Where the count is not told, a full page means that another follows.
            let more = page.notes > 0 && page.count.map_or(page.notes >= NOTES, |count| read < count);
            Ok(Read { batch: page.batch, notes: page.notes, more, content: hash(bytes) })
        }
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

fn lines(bytes: &[u8], manifest: &Manifest) -> Result<Batch, String> {
    let file = Unpacked::of(Bytes::new(bytes.to_vec()), None).map_err(|error| error.to_string())?;
    let mut reader = jsonl::Reader::of(Path::new(""), file);
    let mut all = Batch::default();
    while !all.done {
        let batch = reader.next().map_err(|error| error.to_string())?;
        all.records.extend(batch.records);
        all.skipped.extend(batch.skipped);
        all.done = batch.done;
    }
    for one in &mut all.records {
        let record = &mut one.record;
        let (name, group) = record.venue.take().map(|venue| (venue.name, venue.group)).unwrap_or_default();
        record.venue = manifest.venue(&name, record.date, group);
        record.links.license = record.links.license.take().or_else(|| manifest.licence.clone());
    }
    Ok(Batch { done: false, ..all })
}
