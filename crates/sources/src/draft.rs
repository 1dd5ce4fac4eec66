//! What a source says of a paper, in the source's own spelling, and the one way from there to a record.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use chrono::{Days, NaiveDate, Utc};
use content::{ArxivId, Harvested, Links, Record, RecordKey, Venue, Way};
use sha2::{Digest as _, Sha256};

use crate::plain::{line, plain};

/// The most bytes of an identifier; PostgreSQL's index takes no more than 2 700.
const MAX_ID: usize = 1000;
/// The most names a paper may have; the largest collaborations have a few thousand.
const MAX_AUTHORS: usize = 20_000;

/// The version that a record is under.
pub(crate) enum Version {
    /// The source says it.
    Of(String),
    /// A hash of what the source sent: each other spelling is another version.
    Raw,
    /// A hash of what the record says: what does not matter to it (dates of touching, readers) makes no version.
    Said,
}

/// A paper as a source spells it, with text-mode LaTeX and all. Sources without LaTeX say so.
pub(crate) struct Draft {
    pub(crate) source: String,
    pub(crate) id: String,
    pub(crate) version: Version,
    pub(crate) title: String,
    pub(crate) authors: Vec<String>,
    pub(crate) summary: String,
    pub(crate) date: NaiveDate,
    pub(crate) updated: Option<NaiveDate>,
    pub(crate) categories: Vec<String>,
    pub(crate) keywords: Vec<String>,
    pub(crate) venue: Option<Venue>,
    pub(crate) note: Option<String>,
    pub(crate) remark: Option<String>,
    pub(crate) journal: Option<String>,
    pub(crate) links: Links,
    pub(crate) withdrawn: bool,
}

impl Draft {
    /// A draft that says nothing but this.
    pub(crate) fn of(source: &str, id: impl Into<String>, title: impl Into<String>, date: NaiveDate) -> Self {
        Self {
            source: source.into(),
            id: id.into(),
            title: title.into(),
            date,
            updated: None,
            version: Version::Said,
            authors: Vec::new(),
            summary: String::new(),
            categories: Vec::new(),
            keywords: Vec::new(),
            venue: None,
            note: None,
            remark: None,
            journal: None,
            links: Links::default(),
            withdrawn: false,
        }
    }

    /// The record, in plain text, beside what it was read from, in the source's own words. The error says what is wrong
    /// with it.
    pub(crate) fn harvested(self, raw: &str) -> Result<Harvested, String> {
        let title = line(&tex::text_mode(&self.title));
        if title.is_empty() {
            return Err("it has no title".into());
        }
        if self.authors.len() > MAX_AUTHORS {
            return Err(format!("it has more than {MAX_AUTHORS} authors"));
        }
        let key = RecordKey { source: source(&self.source)?, id: id(&self.id)?, version: String::new() };
        let mut record = Record {
            authors: texts(self.authors.iter().map(|name| tex::text_mode(name))),
            summary: plain(&tex::text_mode(&self.summary)),
            categories: texts(self.categories),
            keywords: texts(self.keywords.iter().map(|word| tex::text_mode(word))),
            venue: self.venue.map(plain_venue),
            note: self.note,
            remark: self.remark.and_then(text),
            journal: self.journal.and_then(text),
            links: plain_links(self.links),
            withdrawn: self.withdrawn,
            updated: self.updated.filter(|updated| *updated > self.date && *updated <= soon()),
            ..Record::new(key, title, self.date)
        };
        record.key.version = match self.version {
            Version::Of(version) => version,
            Version::Raw => hash(raw.as_bytes()),
            Version::Said => hash(&serde_json::to_vec(&record).expect("a record is plain data")),
        };
        Ok(Harvested { record, raw: raw.to_owned(), way: Way::Source })
    }
}

/// The last day that a source can mean: arXiv names the day of the next list, which a weekend and holidays put off. What is
/// later is a slip, and nobody knows when the version came.
fn soon() -> NaiveDate {
    Utc::now().date_naive() + Days::new(7)
}

/// arXiv's identifier of a text, and the version that it names.
pub(crate) fn arxiv_id(text: &str) -> Result<ArxivId, String> {
    // Some lists have the address of its page.
    let pages = ["https://arxiv.org/abs/", "http://arxiv.org/abs/"];
    let id = pages.iter().find_map(|page| text.trim().strip_prefix(page)).unwrap_or(text);
    id.parse().map_err(|invalid: content::Invalid| invalid.to_string())
}

/// A number that two titles share only if they are the same.
pub(crate) fn fingerprint(title: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    title.hash(&mut hasher);
    hasher.finish()
}

fn source(name: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > 32 || !name.chars().all(plain) {
        return Err(format!("the source {name:?} is not a short name of lower-case letters, digits and -"));
    }
    Ok(name.to_owned())
}

fn id(id: &str) -> Result<String, String> {
    if id.is_empty() || id.len() > MAX_ID || id.contains(char::is_control) {
        return Err(format!("the id is empty, longer than {MAX_ID} bytes, or holds control characters"));
    }
    Ok(id.to_owned())
}

fn texts(given: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
    given.into_iter().map(|text| line(text.as_ref())).filter(|text| !text.is_empty()).collect()
}

/// A remark in plain text, if there is anything in it.
fn text(given: String) -> Option<String> {
    Some(line(&tex::text_mode(&given))).filter(|text| !text.is_empty())
}

fn plain_venue(venue: Venue) -> Venue {
    Venue { key: line(&venue.key), name: line(&venue.name), group: venue.group.as_deref().map(line), ..venue }
}

/// Only what is an address of the web, and only what is a DOI: a page makes links of them.
fn plain_links(links: Links) -> Links {
    let web = |address: Option<String>| {
        let address = address?.trim().to_owned();
        let parsed = url::Url::parse(&address).ok()?;
        (matches!(parsed.scheme(), "http" | "https") && parsed.has_host()).then(|| parsed.to_string())
    };
    Links {
        page: web(links.page),
        pdf: web(links.pdf),
        license: web(links.license),
        doi: links.doi.as_deref().and_then(doi),
    }
}

/// A DOI without a resolver's address. Of several the first.
fn doi(text: &str) -> Option<String> {
    let text = text.split([' ', ';', ',']).find(|word| word.contains("10."))?;
    let doi = &text[text.find("10.")?..];
    let (prefix, suffix) = doi.split_once('/')?;
    let registrant = |c: char| c.is_ascii_digit() || c == '.';
    let fits = prefix.chars().all(registrant) && !suffix.is_empty() && doi.len() < 300;
    (fits && !doi.contains(|c: char| c.is_control() || c.is_whitespace())).then(|| doi.to_lowercase())
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft::of("notes", "a/1", "{\\em On} $x$\u{202e}\n  and y", NaiveDate::default())
    }

    #[test]
    fn texts_are_plain_and_the_raw_text_is_kept() {
        let draft = Draft {
            authors: vec!["Erd\\H{o}s,  P.".into(), " \u{200b}".into(), "Bjo\u{308}rk".into()],
            summary: "One\n\n two\u{200b} ``x''".into(),
            remark: Some(" 5~pages ".into()),
            journal: Some("{}".into()),
            ..draft()
        };
        let harvested = draft.harvested("<raw>\u{202e}").expect("a record");
        assert_eq!(harvested.raw, "<raw>\u{202e}");
        let record = harvested.record;
        assert_eq!(record.title, "On $x$ and y");
        assert_eq!(record.authors, ["Erdős, P.", "Björk"]);
        assert_eq!(record.summary, "One\n\ntwo “x”");
        assert_eq!((record.remark.as_deref(), record.journal), (Some("5 pages"), None));
    }

    #[test]
    fn what_does_not_matter_makes_no_version() {
        let version = |raw: &str, title: &str, version| {
            let draft = Draft { title: title.into(), version, ..draft() };
            draft.harvested(raw).expect("a record").record.key.version
        };
        assert_eq!(version("a", "x", Version::Said), version("b", "x", Version::Said));
        assert_ne!(version("a", "x", Version::Said), version("a", "y", Version::Said));
        assert_ne!(version("a", "x", Version::Raw), version("b", "x", Version::Raw));
        assert_eq!(version("a", "x", Version::Of("v3".into())), "v3");
    }

    #[test]
    fn only_addresses_of_the_web_are_links() {
        let check = |given: &str, expected: Option<&str>| {
            let links = Links { page: Some(given.into()), ..Links::default() };
            assert_eq!(plain_links(links).page.as_deref(), expected, "{given:?}");
        };
        check("https://a.example/x y", Some("https://a.example/x%20y"));
        check(" http://a.example ", Some("http://a.example/"));
        check("javascript:alert(1)", None);
        check("data:text/html,x", None);
        check("/relative", None);
        check("", None);
    }

    #[test]
    fn dois_in_all_spellings() {
        let check =
            |given: &str, expected: Option<&str>| assert_eq!(doi(given).as_deref(), expected, "{given:?}");
        check("10.1000/xyz.1", Some("10.1000/xyz.1"));
        check("https://doi.org/10.1000/xyz(1)", Some("10.1000/xyz(1)"));
        check("doi:10.1000/a 10.1000/b", Some("10.1000/a"));
        check("10.1000/a;10.1000/b", Some("10.1000/a"));
        check("10.1000/", None);
        check("none", None);
        check("10.x/y", None);
    }

    #[test]
    fn what_is_no_record_says_why() {
        let check = |draft: Draft, why: &str| {
            let reason = draft.harvested("").expect_err("refused");
            assert!(reason.contains(why), "{reason}");
        };
        check(Draft { title: "\u{200b}{}".into(), ..draft() }, "no title");
        check(Draft { source: "A b".into(), ..draft() }, "the source");
        check(Draft { id: "a\nb".into(), ..draft() }, "the id");
        check(Draft { authors: vec![String::new(); MAX_AUTHORS + 1], ..draft() }, "authors");
    }
}
