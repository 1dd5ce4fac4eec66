//! Notes of OpenReview, in the form of its API 2.

use chrono::{DateTime, NaiveDate};
use content::Links;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::Manifest;
use crate::{Batch, batch::Skipped, draft::Draft, xml::Fault};

const SOURCE: &str = "openreview";
const SITE: &str = "https://openreview.net";
/// The most bytes of a note.
const NOTE: usize = 1 << 20;

/// Endings of venue ids of papers that were not accepted, or are not yet.
const NOT_ACCEPTED: [&str; 5] = [
    "/Withdrawn_Submission",
    "/Rejected_Submission",
    "/Desk_Rejected_Submission",
    "/Withdrawn",
    "/Submission",
];

/// A page of notes.
#[derive(Deserialize)]
struct Notes<'a> {
    #[serde(borrow)]
    notes: Vec<&'a RawValue>,
    count: Option<u64>,
}

/// A note, as far as it is read.
#[derive(Deserialize)]
struct Note {
    id: String,
    /// The submission that it belongs to; for the submission itself, its own id.
    forum: Option<String>,
    /// Moments in milliseconds: of publication, of decision, of creation, of deletion.
    pdate: Option<i64>,
    odate: Option<i64>,
    cdate: Option<i64>,
    ddate: Option<i64>,
    license: Option<String>,
    #[serde(default)]
    content: Value,
}

/// A page of notes as a batch, and how many notes it held of how many.
pub(super) struct Page {
    pub(super) batch: Batch,
    pub(super) notes: u64,
    pub(super) count: Option<u64>,
}

/// Reads a page: the notes that count.
pub(super) fn read(bytes: &[u8], manifest: &Manifest) -> Result<Page, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8")?;
    let page: Notes<'_> =
        serde_json::from_str(text).map_err(|error| format!("it is no list of notes: {error}"))?;
    let mut batch = Batch::default();
    for raw in &page.notes {
        note(raw.get(), manifest, &mut batch);
    }
    Ok(Page { batch, notes: page.notes.len() as u64, count: page.count })
}

fn note(raw: &str, manifest: &Manifest, batch: &mut Batch) {
    let skip = |what: &str, why: String| Skipped { what: what.to_owned(), why };
    if raw.len() > NOTE {
        return batch.skipped.push(skip("a note", "it is longer than 1 MiB".into()));
    }
    let note: Note = match serde_json::from_str(raw) {
        Ok(note) => note,
        Err(error) => return batch.skipped.push(skip("a note", format!("it cannot be read: {error}"))),
    };
    let reply = note.forum.as_ref().is_some_and(|forum| *forum != note.id);
    if reply || !note.counts(manifest) {
        return;
    }
    if note.ddate.is_some() {
        return batch.gone.push((SOURCE.to_owned(), note.id));
    }
    let harvested = note.draft(manifest).and_then(|draft| draft.harvested(raw));
    batch.take(note.id, harvested);
}

impl Note {
    fn counts(&self, manifest: &Manifest) -> bool {
        let venue = self.text("venueid");
        match manifest.filter.venueids.as_slice() {
            [] => !venue.is_empty() && !NOT_ACCEPTED.iter().any(|ending| venue.ends_with(ending)),
            asked => asked.contains(&venue),
        }
    }

    fn draft(&self, manifest: &Manifest) -> Result<Draft, String> {
        let date = [self.pdate, self.odate, self.cdate].into_iter().flatten().find_map(day);
        let date = date.or(manifest.date).ok_or("it has no date")?;
        let venue = self.text("venue");
        Ok(Draft {
            authors: self.names(),
            summary: self.text("abstract"),
            keywords: self.list("keywords"),
            venue: manifest.venue(&venue, date, group(&venue, manifest)),
            links: Links {
                page: Some(format!("{SITE}/forum?id={}", self.id)),
                pdf: Some(self.text("pdf")).filter(|pdf| !pdf.is_empty()).map(|pdf| absolute(&pdf)),
                doi: None,
                license: self.license.as_deref().and_then(license).or_else(|| manifest.licence.clone()),
            },
            ..Draft::of(SOURCE, &self.id, self.text("title"), date)
        })
    }

    /// Each value stands in an object of its own.
    fn value(&self, name: &str) -> &Value {
        &self.content[name]["value"]
    }

    fn text(&self, name: &str) -> String {
        self.value(name).as_str().unwrap_or_default().to_owned()
    }

    fn list(&self, name: &str) -> Vec<String> {
        let texts = |list: &Vec<Value>| list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        self.value(name).as_array().map(texts).unwrap_or_default()
    }

    /// Names alone, or objects with a name in them.
    fn names(&self) -> Vec<String> {
        let name =
            |author: &Value| author.as_str().or_else(|| author["fullname"].as_str()).map(str::to_owned);
        self.value("authors")
            .as_array()
            .map(|list| list.iter().filter_map(name).collect())
            .unwrap_or_default()
    }
}

/// The group of a paper: what the manifest says of its venue's text, or of a word in it, else the word itself.
fn group(venue: &str, manifest: &Manifest) -> Option<String> {
    const USUAL: [(&str, &str); 4] =
        [("oral", "Oral"), ("spotlight", "Spotlight"), ("poster", "Poster"), ("notable", "Notable")];
    let lower = venue.to_lowercase();
    let named = manifest.groups.iter().filter(|(word, _)| lower.contains(&word.to_lowercase()));
    let named = named.max_by_key(|(word, _)| word.len()).map(|(_, group)| group.clone());
    named
        .or_else(|| USUAL.iter().find(|(word, _)| lower.contains(word)).map(|(_, group)| (*group).to_owned()))
}

fn day(milliseconds: i64) -> Option<NaiveDate> {
    let day = DateTime::from_timestamp_millis(milliseconds)?.date_naive();
    content::day(&day.to_string())
}

fn absolute(pdf: &str) -> String {
    if pdf.starts_with('/') { format!("{SITE}{pdf}") } else { pdf.to_owned() }
}

/// The address of `CC BY 4.0` and its like.
fn license(name: &str) -> Option<String> {
    if name.starts_with("http") {
        return Some(name.to_owned());
    }
    let rest = name.strip_prefix("CC ")?;
    if rest.starts_with('0') {
        return Some("https://creativecommons.org/publicdomain/zero/1.0/".into());
    }
    let (kind, version) = rest.split_once(' ')?;
    Some(format!("https://creativecommons.org/licenses/{}/{version}/", kind.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn note(id: &str, more: Value) -> Value {
        let mut note = json!({
            "id": id, "forum": id, "number": 7, "version": 2, "domain": "Q.cc/2026/Conference", "readers": ["everyone"],
            "invitations": ["Q.cc/2026/Conference/-/Submission"], "cdate": 1_700_000_000_000_i64, "pdate": 1_769_860_800_000_i64,
            "license": "CC BY-SA 4.0",
            "content": {
                "title": {"value": "Quilts at 5\\% of $n$"}, "authors": {"value": ["Ada Sew", "B. C"]},
                "authorids": {"value": ["~Ada_Sew1", "~B_C1"]}, "keywords": {"value": ["quilts"]},
                "abstract": {"value": "We sew."}, "venue": {"value": "Q 2026 Oral"},
                "venueid": {"value": "Q.cc/2026/Conference"}, "pdf": {"value": "/pdf/0123.pdf"},
            },
        });
        note.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        note
    }

    fn page(notes: &[Value], manifest: &str) -> Page {
        let manifest = toml::from_str(&format!("kind = 'openreview'\n{manifest}")).expect("a manifest");
        read(json!({"notes": notes, "count": 9}).to_string().as_bytes(), &manifest).expect("a page")
    }

    fn venueid(id: &str) -> Value {
        json!({"content": {"title": {"value": "T"}, "venueid": {"value": id}, "venue": {"value": "Submitted to Q 2026"}}})
    }

    #[test]
    fn a_note_is_a_record() {
        let page = page(&[note("aB-c_1", json!({}))], "");
        assert_eq!((page.notes, page.count), (1, Some(9)));
        let record = &page.batch.records[0].record;
        assert_eq!((record.key.source.as_str(), record.key.id.as_str()), ("openreview", "aB-c_1"));
        assert_eq!(
            (record.title.as_str(), record.date.to_string().as_str()),
            ("Quilts at 5% of $n$", "2026-01-31")
        );
        assert_eq!(record.authors, ["Ada Sew", "B. C"]);
        assert_eq!(record.links.pdf.as_deref(), Some("https://openreview.net/pdf/0123.pdf"));
        assert_eq!(record.links.page.as_deref(), Some("https://openreview.net/forum?id=aB-c_1"));
        assert_eq!(record.links.license.as_deref(), Some("https://creativecommons.org/licenses/by-sa/4.0/"));
        let venue = record.venue.as_ref().expect("a venue");
        assert_eq!((venue.year, venue.group.as_deref()), (2026, Some("Oral")));
    }

    #[test]
    fn what_was_not_accepted_does_not_count() {
        let notes = [
            "Q.cc/2026/Conference",
            "Q.cc/2026/Conference/Rejected_Submission",
            "Q.cc/2026/Conference/Withdrawn_Submission",
            "Q.cc/2026/Conference/Submission",
            "Q.cc/2026/Workshop",
            "",
        ]
        .map(|id| note("x", venueid(id)));
        assert_eq!(page(&notes, "").batch.records.len(), 2);
        assert_eq!(page(&notes, "filter = {venueids = ['Q.cc/2026/Workshop']}").batch.records.len(), 1);
        let rejected = "filter = {venueids = ['Q.cc/2026/Conference/Rejected_Submission']}";
        assert_eq!(page(&notes, rejected).batch.records.len(), 1);
    }

    #[test]
    fn replies_deleted_notes_and_other_forms() {
        let notes = [
            note("r", json!({"forum": "p"})),
            note("d", json!({"ddate": 1_770_000_000_000_i64})),
            json!({"id": 5}),
            note("n", json!({"pdate": null, "cdate": null})),
            note(
                "o",
                json!({"content": {"title": {"value": "T"}, "venueid": {"value": "Q"}, "authors": {"value": [{"fullname": "Ada Sew", "username": "~A1"}]}}}),
            ),
        ];
        let batch = page(&notes, "").batch;
        assert_eq!(batch.gone, [("openreview".to_owned(), "d".to_owned())]);
        assert_eq!(batch.skipped.len(), 2);
        assert_eq!(batch.records[0].record.authors, ["Ada Sew"]);
    }

    #[test]
    fn groups() {
        let check = |venue: &str, manifest: &str, expected: Option<&str>| {
            let manifest = toml::from_str(&format!("kind = 'openreview'\n{manifest}")).expect("a manifest");
            assert_eq!(group(venue, &manifest).as_deref(), expected, "{venue}");
        };
        check("Q 2026 oral", "", Some("Oral"));
        check("Q 2026 SpotlightPoster", "", Some("Spotlight"));
        check("Q 2026 poster", "", Some("Poster"));
        check(
            "Q 2026 notable top 5%",
            "groups = {'notable top 5%' = 'Oral', notable = 'Spotlight'}",
            Some("Oral"),
        );
        check("Q 2026", "", None);
    }
}
