//! The record of one line.

use chrono::NaiveDate;
use content::{Harvested, Links, RecordKey, Way};
use serde::Deserialize;

use crate::{
    draft::{Draft, Version, arxiv_id},
    venue,
};

/// More versions than any paper on arXiv has: what is beyond is a slip.
const MOST_VERSIONS: u32 = 999;

/// One line, with the fields of the large public lists of papers. Others are ignored.
#[derive(Deserialize)]
struct Line {
    id: String,
    title: String,
    #[serde(default, deserialize_with = "nullable")]
    authors: Vec<String>,
    #[serde(default, rename = "abstract", deserialize_with = "nullable")]
    summary: String,
    #[serde(default, deserialize_with = "nullable")]
    categories: Vec<String>,
    #[serde(default, deserialize_with = "nullable")]
    venue: String,
    date: String,
    /// The day of this version, if it is not the first.
    #[serde(default)]
    updated: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    keywords: String,
    source: String,
    #[serde(default)]
    note: Option<String>,
    /// The page of the paper at its source.
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    pdf: Option<String>,
    #[serde(default)]
    doi: Option<String>,
    /// The address of the licence.
    #[serde(default)]
    license: Option<String>,
}

/// A line's record, and the names in it that stand for no category of arXiv's: they are left out.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) paper: Harvested,
    pub(super) left_out: Vec<String>,
}

/// What a line says. The error says what is wrong with it.
pub(super) fn of(raw: &str) -> Result<Read, String> {
    let line = parsed(raw)?;
    let date = day(&line.date)?;
    let updated = line.updated.as_deref().map(day).transpose()?;
    let (source, id, version) = key(&line)?;
    let source = source.to_owned();
    let (categories, left_out) = categories(&source, &line.categories);
    let draft = Draft {
        version,
        authors: line.authors,
        summary: line.summary,
        categories,
        updated,
        venue: venue::of(&line.venue, date),
        keywords: line.keywords.split(';').map(str::to_owned).collect(),
        note: line.note,
        links: Links { page: line.url, pdf: line.pdf, doi: line.doi, license: line.license },
        ..Draft::of(&source, id, line.title, date)
    };
    Ok(Read { paper: Harvested { way: Way::List, ..draft.harvested(raw)? }, left_out })
}

fn day(text: &str) -> Result<NaiveDate, String> {
    content::day(text.trim()).ok_or_else(|| format!("the date {text:?} is not one like 2025-11-23"))
}

/// Each once, and what is none. Those of arXiv have lists, so that they must be of its table: only arXiv's own records
/// can tell of a new one. Those of others were inferred, and may be any words.
fn categories(source: &str, given: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut names, mut left_out): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for name in given.iter().filter(|name| !name.trim().is_empty() && !name.starts_with("venue:")) {
        let name = content::category(name).unwrap_or_else(|_| name.trim().to_owned());
        let is_none = source == RecordKey::ARXIV && !content::is_category(&name);
        let list = if is_none { &mut left_out } else { &mut names };
        if !list.contains(&name) {
            list.push(name);
        }
    }
    (names, left_out)
}

fn parsed(raw: &str) -> Result<Line, String> {
    if !raw.starts_with('{') {
        return Err("it is not a JSON object".into());
    }
    serde_json::from_str(raw).map_err(|error| {
        let column = error.column();
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default();
        format!("{what} (at character {column})")
    })
}

/// `null` says as little as a field that is left out.
fn nullable<'de, D: serde::Deserializer<'de>, T: Default + Deserialize<'de>>(
    field: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(field)?.unwrap_or_default())
}

/// Where the record belongs: arXiv says which version a record is; elsewhere its content does.
fn key(line: &Line) -> Result<(&str, String, Version), String> {
    let id = line.id.trim();
    let source = match line.source.as_str() {
        "arxiv" | "arxiv-daily" => {
            let id = arxiv_id(id)?;
            let version = id.version().unwrap_or(1);
            if !(1..=MOST_VERSIONS).contains(&version) {
                return Err(format!("arXiv has no version {version} of a paper"));
            }
            let version = Version::Of(format!("v{version}"));
            return Ok((RecordKey::ARXIV, id.to_string(), version));
        }
        "acl-anthology" => "acl",
        other => other,
    };
    Ok((source, id.to_owned(), Version::Raw))
}

#[cfg(test)]
mod tests {
    use content::Record;

    use super::*;

    /// A line with these fields in place of ordinary ones.
    fn line(fields: serde_json::Value) -> String {
        let mut line = serde_json::json!({
            "id": "pl/a/1", "title": "On $x$", "date": "2024-01-02", "source": "paperlists",
            "categories": ["cs.LG", "venue:iclr"], "venue": "ICLR 2024", "citations": -1,
        });
        let line_fields = line.as_object_mut().expect("an object");
        line_fields.extend(fields.as_object().expect("an object").clone());
        line.to_string()
    }

    fn record(fields: serde_json::Value) -> Record {
        of(&line(fields)).expect("a record").paper.record
    }

    fn refused(fields: serde_json::Value, why: &str) {
        let reason = of(&line(fields)).expect_err("refused");
        assert!(reason.contains(why), "{reason}");
    }

    #[test]
    fn arxiv_ids_are_split_from_versions() {
        let key = record(serde_json::json!({ "id": "2312.00690v4", "source": "arxiv-daily" })).key;
        assert_eq!(
            (key.source.as_str(), key.id.as_str(), key.version.as_str()),
            ("arxiv", "2312.00690", "v4")
        );
        let key = record(serde_json::json!({ "id": "math.GT/0309136", "source": "arxiv" })).key;
        assert_eq!((key.id.as_str(), key.version.as_str()), ("math/0309136", "v1"));
        let address = "https://arxiv.org/abs/2509.00003v2";
        let key = record(serde_json::json!({ "id": address, "source": "arxiv" })).key;
        assert_eq!((key.id.as_str(), key.version.as_str()), ("2509.00003", "v2"));
        for version in ["v0", "v99999", "v99999999999"] {
            let id = format!("2509.00003{version}");
            refused(serde_json::json!({ "id": id, "source": "arxiv" }), "arXiv has no version");
        }
    }

    #[test]
    fn elsewhere_the_content_is_the_version() {
        let one = record(serde_json::json!({ "source": "acl-anthology" })).key;
        let two = record(serde_json::json!({ "source": "acl-anthology", "citations": 5 })).key;
        assert_eq!((one.source.as_str(), one.id.as_str()), ("acl", "pl/a/1"));
        assert_ne!(one.version, two.version);
    }

    #[test]
    fn text_is_normalised_and_the_line_is_kept() {
        let raw = line(serde_json::json!({
            "title": "{\\em Schr\\\"odinger} at 5\\%", "authors": ["Erd\\H{o}s, P.", " "],
            "abstract": "``x'' -- $a_b$", "keywords": " a b;; c ",
        }));
        let harvested = of(&raw).expect("a record").paper;
        let record = harvested.record;
        assert_eq!(harvested.raw, raw);
        assert_eq!(record.title, "Schrödinger at 5%");
        assert_eq!(record.authors, ["Erdős, P."]);
        assert_eq!(record.summary, "“x” – $a_b$");
        assert_eq!(record.keywords, ["a b", "c"]);
        assert_eq!(record.categories, ["cs.LG"]);
    }

    #[test]
    fn categories_are_those_of_arxiv() {
        let given =
            serde_json::json!([" cs.lg", "CS.LG", "math.IT", "venue:iclr", "", "cs.XX", "Machine Learning"]);
        let arxiv = serde_json::json!({ "id": "2401.00001", "source": "arxiv", "categories": given });
        let read = of(&line(arxiv)).expect("a record");
        assert_eq!(read.paper.record.categories, ["cs.LG", "cs.IT"]);
        assert_eq!(read.left_out, ["cs.XX", "Machine Learning"]);
        assert!(read.paper.raw.contains("cs.XX"), "it is kept as it came");
        let words = serde_json::json!({ "categories": ["Machine  Learning", "cs.lg"] });
        assert_eq!(record(words).categories, ["Machine Learning", "cs.LG"]);
    }

    #[test]
    fn a_later_version_has_a_day_of_its_own() {
        let updated =
            |day: &str| record(serde_json::json!({ "updated": day })).updated.map(|day| day.to_string());
        assert_eq!(updated("2024-03-04").as_deref(), Some("2024-03-04"));
        assert_eq!(updated("2024-01-02"), None, "that of the first");
        assert_eq!(updated("2199-01-01"), None, "nobody knows when it came");
        refused(serde_json::json!({ "updated": "soon" }), "\"soon\"");
    }

    #[test]
    fn what_is_null_is_not_there() {
        let record =
            record(serde_json::json!({ "venue": null, "keywords": null, "authors": null, "abstract": null }));
        assert_eq!((record.venue, record.keywords.len(), record.summary.as_str()), (None, 0, ""));
    }

    #[test]
    fn links_are_addresses_of_the_web() {
        let links = record(serde_json::json!({
            "url": "https://a.example/1", "pdf": "https://a.example/1.pdf", "doi": "doi:10.1000/a",
            "license": "https://creativecommons.org/licenses/by/4.0/",
        }))
        .links;
        assert_eq!(links.page.as_deref(), Some("https://a.example/1"));
        assert_eq!(links.pdf.as_deref(), Some("https://a.example/1.pdf"));
        assert_eq!(links.doi.as_deref(), Some("10.1000/a"));
        assert_eq!(links.license.as_deref(), Some("https://creativecommons.org/licenses/by/4.0/"));
        let links =
            record(serde_json::json!({ "url": "javascript:alert(1)", "pdf": null, "license": "CC" })).links;
        assert_eq!((links.page, links.pdf, links.license), (None, None, None));
    }

    #[test]
    fn bad_lines_say_why() {
        refused(serde_json::json!({ "id": "nonsense", "source": "arxiv-daily" }), "arXiv id \"nonsense\"");
        refused(serde_json::json!({ "date": "2024-02-30" }), "2024-02-30");
        refused(serde_json::json!({ "title": " {} " }), "no title");
        refused(serde_json::json!({ "source": "a/b" }), "the source \"a/b\"");
        refused(serde_json::json!({ "id": "" }), "the id");
        refused(serde_json::json!({ "authors": "Ada" }), "invalid type");
        refused(serde_json::json!({ "title": null }), "invalid type: null");
        for date in ["+12345-01-01", "-0005-01-01", "9999-12-31"] {
            refused(serde_json::json!({ "date": date }), date);
        }
        assert_eq!(of("[1, 2]").err().as_deref(), Some("it is not a JSON object"));
        assert!(
            of("{\"id\": \"x\"").is_err_and(|why| why.contains("EOF") && why.contains("(at character 10)"))
        );
        assert!(of("{\"id\": \"x\"}").is_err_and(|why| why.contains("missing field `title`")));
    }
}
