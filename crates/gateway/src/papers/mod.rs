//! Where a paper lives on this site and elsewhere. Used by pages, feeds, live streams and commands alike.

use content::{AttemptId, Language, Paper, RecordKey};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

pub(crate) mod lists;
pub(crate) mod marks;
pub(crate) mod phrases;

/// Everything but RFC 3986's unreserved characters, so that an id with slashes stays one segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The address of a paper's page: `/arxiv/<id>` or `/venue/<id>@<source>`.
pub(crate) fn address(paper: &Paper) -> String {
    let key = &paper.shown.key;
    match key.source.as_str() {
        RecordKey::ARXIV => format!("/arxiv/{}", key.id),
        source => format!("/venue/{}@{}", escaped(&key.id), escaped(source)),
    }
}

/// The place of a paper's reading on its page.
pub(crate) fn reading_address(paper: &Paper, language: Language) -> String {
    format!("{}?answer={language}#ai", address(paper))
}

/// One attempt at a reading, by itself.
pub(crate) fn attempt_address(attempt: AttemptId) -> String {
    format!("/readings/{}", attempt.0)
}

/// The paper as the addresses of others name it: `2401.00001`, or `<id>@<source>`. Fit for an anchor.
pub(crate) fn name(paper: &Paper) -> String {
    let key = &paper.shown.key;
    let name = match key.source.as_str() {
        RecordKey::ARXIV => key.id.clone(),
        source => format!("{}@{}", key.id, source_name(source)),
    };
    name.replace(char::is_whitespace, "%20")
}

/// A source as people write it.
pub(crate) fn source_name(source: &str) -> String {
    match source {
        RecordKey::ARXIV => "arXiv".into(),
        "acl" => "ACL".into(),
        "openreview" => "OpenReview".into(),
        other => other.to_owned(),
    }
}

/// The identifier as people write it.
pub(crate) fn identifier(paper: &Paper) -> String {
    let key = &paper.shown.key;
    match key.source.as_str() {
        RecordKey::ARXIV => format!("arXiv:{}", key.id),
        _ => key.id.clone(),
    }
}

/// The PDF at its source.
pub(crate) fn pdf(paper: &Paper) -> Option<String> {
    arxiv_page(paper, "pdf").or_else(|| paper.shown.links.pdf.clone().filter(|link| is_web(link)))
}

/// The page of the paper at its source.
pub(crate) fn source(paper: &Paper) -> Option<String> {
    let links = &paper.shown.links;
    let resolved = || links.doi.as_ref().map(|doi| format!("https://doi.org/{doi}"));
    arxiv_page(paper, "abs").or_else(|| links.page.clone().filter(|link| is_web(link))).or_else(resolved)
}

/// Sources say what they like; an address of a script is none.
fn is_web(link: &str) -> bool {
    link.starts_with("https://") || link.starts_with("http://")
}

fn arxiv_page(paper: &Paper, kind: &str) -> Option<String> {
    let key = &paper.shown.key;
    paper.shown.is_arxiv().then(|| format!("https://arxiv.org/{kind}/{}{}", key.id, key.version))
}

/// The list of a category.
pub(crate) fn category_address(category: &str) -> String {
    format!("/arxiv/{}", escaped(category))
}

/// The list of one edition of a venue.
pub(crate) fn venue_address(key: &str, year: i32) -> String {
    format!("/venue/{}.{year}", escaped(key))
}

/// The name and, after the last dot, the year of an edition.
pub(crate) fn edition(which: &str) -> (&str, Option<i32>) {
    match which.rsplit_once('.') {
        Some((key, year)) if year.len() == 4 && year.parse::<i32>().is_ok() => (key, year.parse().ok()),
        _ => (which, None),
    }
}

/// A search for a text, quoted as a phrase.
pub(crate) fn phrase_search(text: &str) -> String {
    format!("/search?query={}", escaped(&format!("\"{}\"", text.replace('"', " "))))
}

/// Percent-encoded for one segment of a path or one value of a query.
pub(crate) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editions() {
        assert_eq!(edition("ICLR.2025"), ("ICLR", Some(2025)));
        assert_eq!(edition("ICLR"), ("ICLR", None));
        assert_eq!(edition("A.B"), ("A.B", None));
        assert_eq!(edition("A.20.2020"), ("A.20", Some(2020)));
    }

    #[test]
    fn addresses_escape_what_could_end_a_segment() {
        assert_eq!(venue_address("A/B?", 2020), "/venue/A%2FB%3F.2020");
        assert_eq!(phrase_search("O\"Neil & co"), "/search?query=%22O%20Neil%20%26%20co%22");
    }
}
