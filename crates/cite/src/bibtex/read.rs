use std::collections::{BTreeMap, HashMap, HashSet};

use biblatex::{Field, Pair, RawBibliography, RawChunk, RawEntry};

use super::{
    Entry, MONTHS,
    pieces::{Piece, pieces},
};

/// How long a value may get by names that stand for texts, in bytes: names made of names could grow without end.
const MAX_NAMED: usize = 1 << 16;

/// What a child takes from the entry that its `crossref` names, unless it says it itself.
const INHERITED: [&str; 10] = [
    "booktitle",
    "booktitleaddon",
    "journal",
    "year",
    "month",
    "date",
    "publisher",
    "volume",
    "series",
    "editor",
];

/// What a BibTeX file holds.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The entries that could be read, in the file's order.
    pub entries: Vec<Entry>,
    /// The entries that could not.
    pub rejected: Vec<Rejected>,
}

/// An entry that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, entry {}: {reason}", .key.as_deref().unwrap_or("without key"))]
pub struct Rejected {
    /// The line of the file where it begins, from 1.
    pub line: usize,
    /// The entry's key, if that much could be read.
    pub key: Option<String>,
    /// What is wrong, in a few words.
    pub reason: String,
}

/// Reads a BibTeX file: entries, `@string` and `crossref`; comments and preambles are passed over.
///
/// An entry begins with an `@` that is the first thing on its line, whatever stood before; so a brace that is
/// missing costs one entry. Of entries with one key the first counts. Never fails, in time linear in the file.
pub fn read(text: &str) -> Reading {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = Reader { strings: months(), keys: HashSet::new(), reading: Reading::default() };
    for piece in pieces(text) {
        reader.piece(&piece);
    }
    inherit(&mut reader.reading.entries);
    reader.reading
}

struct Reader {
    /// What the names of `@string` stand for. Names are in lower case.
    strings: HashMap<String, String>,
    keys: HashSet<String>,
    reading: Reading,
}

impl Reader {
    fn piece(&mut self, piece: &Piece<'_>) {
        let parsed = RawBibliography::parse(piece.text);
        // An `@` in free text after the entry is no entry.
        let parsed = parsed.or_else(|error| piece.first_entry().map_or(Err(error), RawBibliography::parse));
        let raw = match parsed {
            Ok(raw) => raw,
            Err(error) => return self.reject(piece, 0, error.kind.to_string()),
        };
        for Pair { key, value } in &raw.abbreviations {
            let value = self.value(&value.v);
            self.strings.insert(key.v.to_lowercase(), value);
        }
        let end = raw.entries.last().map(|entry| entry.span.end);
        if end.is_some_and(|end| is_cut(&piece.text[end..])) {
            return self.reject(piece, 0, "closed before its end, there is a brace too many".into());
        }
        for entry in &raw.entries {
            self.entry(piece, &entry.v, entry.span.start);
        }
    }

    fn entry(&mut self, piece: &Piece<'_>, raw: &RawEntry<'_>, at: usize) {
        if !raw.key.v.is_empty() && !self.keys.insert(raw.key.v.to_lowercase()) {
            return self.reject(piece, at, "another entry has the same key".into());
        }
        let fields = raw.fields.iter().map(|Pair { key, value }| {
            let name = key.v.to_lowercase();
            (name, self.value(&value.v))
        });
        let fields: BTreeMap<_, _> = fields.filter(|(_, value)| !value.is_empty()).collect();
        let line = piece.line(at);
        self.reading.entries.push(Entry {
            kind: raw.kind.v.to_lowercase(),
            key: raw.key.v.to_owned(),
            line,
            fields,
        });
    }

    /// The parts of a value joined, names replaced by what they stand for, white space folded. A name that
    /// nobody defined stands for itself.
    fn value(&self, field: &Field<'_>) -> String {
        let mut joined = String::new();
        for chunk in field {
            match chunk.v {
                RawChunk::Normal(text) => joined.push_str(text),
                RawChunk::Abbreviation(name) => {
                    let text = self.strings.get(&name.to_lowercase()).map_or(name, String::as_str);
                    let fits = joined.len() + text.len() <= MAX_NAMED;
                    joined.push_str(if fits { text } else { name });
                }
            }
        }
        joined.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn reject(&mut self, piece: &Piece<'_>, at: usize, reason: String) {
        let line = piece.line(at);
        self.reading.rejected.push(Rejected { line, key: piece.key.map(str::to_owned), reason });
    }
}

fn months() -> HashMap<String, String> {
    MONTHS.iter().enumerate().map(|(index, name)| ((*name).to_owned(), (index + 1).to_string())).collect()
}

/// Whether more fields follow an entry's closing brace.
fn is_cut(rest: &str) -> bool {
    let after = rest.trim_start().trim_start_matches('}').trim_start();
    after.starts_with(',') && after.contains('=')
}

/// Gives each entry with a `crossref` what it does not say itself. What is a title there is a book's title here.
fn inherit(entries: &mut [Entry]) {
    let parents: HashMap<String, BTreeMap<String, String>> = {
        let wanted: HashSet<String> =
            entries.iter().filter_map(|entry| entry.field("crossref")).map(str::to_lowercase).collect();
        let named = entries.iter().filter(|entry| wanted.contains(&entry.key.to_lowercase()));
        named.map(|entry| (entry.key.to_lowercase(), entry.fields.clone())).collect()
    };
    for entry in entries {
        let Some(parent) = entry.field("crossref").and_then(|key| parents.get(&key.to_lowercase())) else {
            continue;
        };
        let title = parent.get("title").map(|title| ("booktitle", title));
        let given = INHERITED.iter().filter_map(|name| parent.get(*name).map(|value| (*name, value)));
        for (name, value) in given.chain(title) {
            entry.fields.entry(name.to_owned()).or_insert_with(|| value.clone());
        }
    }
}
