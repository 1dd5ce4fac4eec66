//! A page of OAI-PMH 2.0: records, the headers of deleted ones, and how to go on.
//!
//! Source: <https://www.openarchives.org/OAI/openarchivesprotocol.html>.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use chrono::{DateTime, NaiveDate};
use content::RecordKey;

use super::record;
use crate::{
    Batch,
    batch::Skipped,
    draft::arxiv_id,
    xml::{Element, Fault, Step, Walk},
};

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Records, deleted ones, and what could not be read.
    pub(super) batch: Batch,
    /// The day on which the repository answered, by its own clock.
    pub(super) answered: Option<NaiveDate>,
    /// What the next page is asked for with; empty at the end.
    pub(super) token: Option<String>,
    /// The first and the last day on which a record of the page was changed, and whether the days were in order.
    pub(super) days: Option<(NaiveDate, NaiveDate)>,
    pub(super) ordered: bool,
    /// Equal for pages of the same records.
    pub(super) content: u64,
    /// What the repository says is wrong: a code and its words.
    pub(super) error: Option<(String, String)>,
}

/// Reads a page.
pub(super) fn read(bytes: &[u8]) -> Result<Page, Fault> {
    let mut walk = Walk::over(bytes, &["responseDate", "error", "record", "resumptionToken"])?;
    let mut page = Page { ordered: true, ..Page::default() };
    let mut content = DefaultHasher::new();
    match walk.next()? {
        Some(Step::Open(root)) if root.name == "OAI-PMH" => (),
        _ => return Err("it is no answer of OAI-PMH".into()),
    }
    while let Some(step) = walk.next()? {
        match step {
            Step::Whole(element, raw) => page.take(&element, raw, &mut content),
            Step::TooLong(start) => {
                start.hash(&mut content);
                page.skip(identifier_in(start), "it is longer than 1 MiB".into());
            }
            Step::Open(_) | Step::Close => (),
        }
    }
    page.content = content.finish();
    Ok(page)
}

impl Page {
    fn take(&mut self, element: &Element, raw: &str, content: &mut DefaultHasher) {
        match element.name.as_str() {
            "responseDate" => self.answered = day(&element.text()),
            "error" => {
                let code = element.attribute("code").unwrap_or("an error").to_owned();
                self.error = Some((code, element.text().chars().take(200).collect()));
            }
            "resumptionToken" => self.token = Some(element.text()).filter(|token| !token.is_empty()),
            _ => self.record(element, raw, content),
        }
    }

    fn record(&mut self, element: &Element, raw: &str, content: &mut DefaultHasher) {
        let Some(header) = element.child("header") else {
            return self.skip("a record".into(), "it has no header".into());
        };
        let (identifier, changed) = (header.text_of("identifier"), header.text_of("datestamp"));
        (&identifier, &changed).hash(content);
        if let Some(day) = day(&changed) {
            let (first, last) = self.days.unwrap_or((day, day));
            self.ordered &= day >= last;
            self.days = Some((first.min(day), last.max(day)));
        }
        if header.attribute("status") == Some("deleted") {
            match arxiv_id(identifier.rsplit(':').next().unwrap_or_default()) {
                Ok(id) => self.batch.gone.push((RecordKey::ARXIV.to_owned(), id.to_string())),
                Err(why) => self.skip(identifier, why),
            }
            return;
        }
        let metadata = element.child("metadata").and_then(|metadata| metadata.elements().next());
        let read =
            metadata.ok_or_else(|| "it has no metadata".to_owned()).and_then(|one| record::of(one, raw));
        self.batch.take(identifier, read);
    }

    fn skip(&mut self, what: String, why: String) {
        self.batch.skipped.push(Skipped { what, why });
    }
}

/// The day of a moment or of a day, as the protocol writes both.
fn day(text: &str) -> Option<NaiveDate> {
    let moment = DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc().date_naive());
    content::day(&moment.map_or_else(|| text.to_owned(), |day| day.to_string()))
}

/// What a record that was not read calls itself.
fn identifier_in(start: &str) -> String {
    let inside = start.split_once("<identifier>").and_then(|(_, rest)| rest.split('<').next());
    inside.unwrap_or("a record").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(inside: &str) -> Page {
        let xml = format!(
            "<?xml version='1.0' encoding='UTF-8'?><OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'>\
             <responseDate>2026-11-24T01:02:03Z</responseDate><request verb='ListRecords'>https://x.example/oai</request>{inside}</OAI-PMH>"
        );
        read(xml.as_bytes()).expect("a page")
    }

    fn record(number: u32, day: &str) -> String {
        format!(
            "<record><header><identifier>oai:arXiv.org:2401.{number:05}</identifier><datestamp>{day}</datestamp>\
             <setSpec>math:math:CO</setSpec></header><metadata><arXivRaw><id>2401.{number:05}</id><version version='v1'>\
             <date>Mon, 1 Jan 2024 10:00:00 GMT</date></version><title>Paper {number}</title><authors>A</authors></arXivRaw></metadata></record>"
        )
    }

    #[test]
    fn records_and_how_to_go_on() {
        let deleted = "<record><header status='deleted'><identifier>oai:arXiv.org:math/0611800</identifier><datestamp>2026-11-22</datestamp></header></record>";
        let list = format!(
            "<ListRecords>{}{deleted}{}<resumptionToken expires='2026-11-25T00:00:00Z'> from%3D1%26skip%3D9 </resumptionToken></ListRecords>",
            record(1, "2026-11-20"),
            record(2, "2026-11-23")
        );
        let page = page(&list);
        assert_eq!(page.answered.map(|day| day.to_string()).as_deref(), Some("2026-11-24"));
        assert_eq!(page.token.as_deref(), Some("from%3D1%26skip%3D9"));
        let ids: Vec<_> = page.batch.records.iter().map(|one| one.record.key.id.as_str()).collect();
        assert_eq!(ids, ["2401.00001", "2401.00002"]);
        assert!(page.batch.records[0].raw.starts_with("<record><header>"));
        assert_eq!(page.batch.gone, [("arxiv".to_owned(), "math/0611800".to_owned())]);
        assert_eq!(
            page.days.map(|(first, last)| format!("{first} {last}")).as_deref(),
            Some("2026-11-20 2026-11-23")
        );
        assert!(page.ordered && page.error.is_none());
    }

    #[test]
    fn the_end_and_errors() {
        assert_eq!(page("<ListRecords><resumptionToken/></ListRecords>").token, None);
        let wrong = page("<error code='badResumptionToken'>It has <b>expired</b>.</error>");
        assert_eq!(wrong.error, Some(("badResumptionToken".into(), "It has expired.".into())));
        for other in ["<html><body>Sorry</body></html>", "<rss/>", "<record/>", "Rate exceeded.", ""] {
            assert!(read(other.as_bytes()).is_err(), "{other}");
        }
    }

    #[test]
    fn a_record_that_cannot_be_read_costs_only_itself() {
        let long = format!(
            "<record><header><identifier>oai:arXiv.org:2401.00009</identifier></header>{}</record>",
            "x".repeat(1 << 20)
        );
        let page = page(&format!(
            "<ListRecords><record/>{}{long}{}</ListRecords>",
            record(1, "2026-11-20").replace("v1", "w1"),
            record(2, "soon")
        ));
        let skipped: Vec<_> =
            page.batch.skipped.iter().map(|one| format!("{}: {}", one.what, one.why)).collect();
        assert_eq!(
            skipped,
            [
                "a record: it has no header",
                "oai:arXiv.org:2401.00001: it has no version",
                "oai:arXiv.org:2401.00009: it is longer than 1 MiB"
            ]
        );
        assert_eq!(page.batch.records.len(), 1);
    }

    #[test]
    fn pages_are_told_apart_by_their_records() {
        let one = page(&record(1, "2026-11-20"));
        assert_eq!(
            one.content,
            page(&(record(1, "2026-11-20") + "<resumptionToken>x</resumptionToken>")).content
        );
        assert_ne!(one.content, page(&record(1, "2026-11-21")).content);
        assert!(!page(&(record(1, "2026-11-21") + &record(2, "2026-11-20"))).ordered);
    }
}
