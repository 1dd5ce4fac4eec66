//! One record of arXiv, in either of its formats.

use chrono::{DateTime, NaiveDate};
use content::{Harvested, Links, RecordKey};

use super::{authors, schedule};
use crate::{
    draft::{Draft, Version, arxiv_id},
    xml::Element,
};

/// The record of an `arXivRaw` or `arXiv` element.
pub(super) fn of(metadata: &Element, raw: &str) -> Result<Harvested, String> {
    let id = arxiv_id(&metadata.text_of("id"))?;
    let comments = metadata.text_of("comments");
    let summary = metadata.text_of("abstract");
    let Said { version, date, updated, authors, empty } = match metadata.name.as_str() {
        "arXivRaw" => from_raw(metadata)?,
        "arXiv" => from_split(metadata)?,
        other => return Err(format!("its format is {other:?}, neither arXivRaw nor arXiv")),
    };
    let draft = Draft {
        version,
        updated,
        authors,
        categories: metadata.text_of("categories").split_whitespace().map(str::to_owned).collect(),
        withdrawn: empty || is_withdrawn(&comments, &summary),
        summary,
        remark: Some(comments),
        journal: metadata.some_text_of("journal-ref"),
        links: Links {
            doi: metadata.some_text_of("doi"),
            license: metadata.some_text_of("license"),
            ..Links::default()
        },
        ..Draft::of(RecordKey::ARXIV, id.to_string(), metadata.text_of("title"), date)
    };
    draft.harvested(raw)
}

/// What each format says in its own way.
struct Said {
    version: Version,
    /// The day on which the first version was announced.
    date: NaiveDate,
    /// The same of the newest one, if it is another.
    updated: Option<NaiveDate>,
    authors: Vec<String>,
    /// Whether the newest version has no content left.
    empty: bool,
}

/// `arXivRaw`: all versions with their times, authors on one line.
fn from_raw(metadata: &Element) -> Result<Said, String> {
    let number = |version: &Element| version.attribute("version")?.strip_prefix('v')?.parse::<u32>().ok();
    let versions: Vec<_> = metadata.children("version").filter_map(|one| Some((number(one)?, one))).collect();
    let first = versions.iter().min_by_key(|(number, _)| *number).ok_or("it has no version")?.1;
    let (newest, last) = versions.iter().max_by_key(|(number, _)| *number).ok_or("it has no version")?;
    let submitted = first.text_of("date");
    let date = announced(first)
        .ok_or_else(|| format!("the date {submitted:?} of its first version is not one of the protocol"))?;
    Ok(Said {
        version: Version::Of(format!("v{newest}")),
        date,
        updated: announced(last),
        authors: authors::names(&metadata.text_of("authors")),
        // The flag of a version that consists of a notice only.
        empty: last.text_of("source_type").contains('I'),
    })
}

fn announced(version: &Element) -> Option<NaiveDate> {
    let submitted = DateTime::parse_from_rfc2822(&version.text_of("date")).ok()?;
    Some(schedule::announced(submitted.to_utc()))
}

/// `arXiv`: days only, names in parts. It does not say which version a changed paper is in.
fn from_split(metadata: &Element) -> Result<Said, String> {
    let created = metadata.text_of("created");
    let day =
        content::day(&created).ok_or_else(|| format!("the day {created:?} is not one of the protocol"))?;
    let (version, updated) = match metadata.some_text_of("updated") {
        None => (Version::Of("v1".into()), None),
        Some(updated) => (Version::Said, content::day(&updated).map(schedule::announced_on)),
    };
    let authors = metadata.child("authors").into_iter().flat_map(|authors| authors.children("author"));
    let authors = authors.map(name).collect();
    Ok(Said { version, date: schedule::announced_on(day), updated, authors, empty: false })
}

fn name(author: &Element) -> String {
    let before = format!("{} {}", author.text_of("forenames"), author.text_of("keyname"));
    format!("{before} {}", author.text_of("suffix")).trim().to_owned()
}

/// arXiv deletes nothing: who takes a paper back says so in its comments, or in place of its abstract.
fn is_withdrawn(comments: &str, summary: &str) -> bool {
    let comments = comments.to_lowercase();
    let word = |word: &str| comments.split(|c: char| !c.is_alphabetic()).any(|other| other == word);
    let opening: String = summary.trim_start().chars().take(200).collect::<String>().to_lowercase();
    let opening = opening.split_whitespace().collect::<Vec<_>>().join(" ");
    let taken_back = [
        "this paper has been withdrawn",
        "this submission has been withdrawn",
        "this article has been withdrawn",
        "this manuscript has been withdrawn",
        "this paper is withdrawn",
        "this submission is withdrawn",
        "this paper was withdrawn by",
        "withdrawn by the author",
        "withdrawn by arxiv",
    ];
    // Of another paper, or of none.
    let denied = [
        "not withdrawn",
        "not been withdrawn",
        "the withdrawn",
        "a withdrawn",
        "withdrawn paper",
        "withdrawn submission",
        "withdrawn version",
        "withdrawn arxiv",
    ];
    let said = word("withdrawn") && !denied.iter().any(|words| comments.contains(words));
    said || taken_back.iter().any(|words| opening.starts_with(words))
}

#[cfg(test)]
mod tests {
    use content::Record;

    use super::*;
    use crate::xml::{Step, Walk};

    fn read(xml: &str) -> Result<Record, String> {
        let mut walk = Walk::over(xml.as_bytes(), &["arXivRaw", "arXiv", "oai_dc"])?;
        match walk.next()? {
            Some(Step::Whole(element, raw)) => of(&element, raw).map(|harvested| harvested.record),
            other => panic!("{other:?}"),
        }
    }

    fn raw(fields: &str) -> String {
        format!(
            "<arXivRaw><id>2401.00007</id><version version='v1'><date>Mon, 1 Jan 2024 10:00:00 GMT</date></version>{fields}</arXivRaw>"
        )
    }

    #[test]
    fn the_raw_format() {
        let record = read(
            r#"<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>math.CO/0611800</id><submitter>Ines Bauer</submitter>
            <version version="v1"><date>Mon, 27 Nov 2006 10:15:00 GMT</date><size>12kb</size><source_type>D</source_type></version>
            <version version="v10"><date>Tue, 2 Oct 2007 10:15:00 GMT</date><size>14kb</size></version>
            <version version="v2"><date>Tue, 2 Jan 2007 10:15:00 GMT</date><size>13kb</size></version>
            <title>Trees that
              count {\it themselves}</title>
            <authors>Ines Bauer (Univ. of X), P\'al Kov\'acs</authors>
            <categories>math.CO cs.DM</categories><comments>12 pages,   3 figures</comments>
            <journal-ref>J. Trees 3 (2008) 1--9</journal-ref><doi>10.1000/trees.3</doi>
            <license>http://creativecommons.org/licenses/by/4.0/</license>
            <abstract>  We count $n!$ trees.
            </abstract></arXivRaw>"#,
        )
        .expect("a record");
        let key = &record.key;
        assert_eq!(
            (key.source.as_str(), key.id.as_str(), key.version.as_str()),
            ("arxiv", "math/0611800", "v10")
        );
        assert_eq!(record.title, "Trees that count themselves");
        assert_eq!(record.authors, ["Ines Bauer", "Pál Kovács"]);
        assert_eq!(record.categories, ["math.CO", "cs.DM"]);
        assert_eq!(record.summary, "We count $n!$ trees.");
        assert_eq!(record.date.to_string(), "2006-11-28");
        assert_eq!(record.updated.map(|day| day.to_string()).as_deref(), Some("2007-10-03"));
        assert_eq!(record.remark.as_deref(), Some("12 pages, 3 figures"));
        assert_eq!(record.journal.as_deref(), Some("J. Trees 3 (2008) 1–9"));
        assert_eq!(record.links.doi.as_deref(), Some("10.1000/trees.3"));
        assert_eq!(record.links.license.as_deref(), Some("http://creativecommons.org/licenses/by/4.0/"));
        assert!(!record.withdrawn);
    }

    #[test]
    fn the_split_format() {
        let record = |updated: &str| {
            read(&format!(
                "<arXiv><id>2401.00007</id><created>2024-01-05</created>{updated}<authors>\
                 <author><keyname>Kovács</keyname><forenames>Pál</forenames><suffix>Jr.</suffix><affiliation>X</affiliation></author>\
                 <author><keyname>The Deep Team</keyname></author></authors><title>T</title>\
                 <categories>math.CO</categories><abstract>A</abstract></arXiv>"
            ))
            .expect("a record")
        };
        let first = record("");
        assert_eq!(first.authors, ["Pál Kovács Jr.", "The Deep Team"]);
        assert_eq!((first.key.version.as_str(), first.date.to_string().as_str()), ("v1", "2024-01-08"));
        assert_eq!(first.updated, None);
        let second = record("<updated>2024-02-01</updated>");
        assert_eq!((second.key.version.len(), second.changed().to_string().as_str()), (16, "2024-02-02"));
    }

    #[test]
    fn papers_that_were_taken_back() {
        let check = |fields: &str, expected: bool| {
            let record = read(&raw(&format!("<title>T</title>{fields}"))).expect("a record");
            assert_eq!(record.withdrawn, expected, "{fields}");
        };
        check("<comments>This paper has been withdrawn by the author</comments>", true);
        check("<comments>Withdrawn: Lemma 3 is wrong</comments>", true);
        check("<comments>withdrawn</comments>", true);
        check("<comments>We thank those who had not withdrawn; not withdrawn</comments>", false);
        check("<comments>This article was withdrawn from arXiv</comments>", true);
        check("<comments>Replaces the withdrawn arXiv:2401.00001</comments>", false);
        check("<comments>Supersedes withdrawn paper 2401.00001</comments>", false);
        check("<comments>8 pages, withdrawnness explained</comments>", false);
        check("<abstract>This paper has been\n withdrawn due to an error.</abstract>", true);
        check("<abstract>This submission has been withdrawn by arXiv administrators.</abstract>", true);
        check("<abstract>Money withdrawn from banks is counted.</abstract>", false);
        check(
            "<version version='v2'><date>Mon, 1 Jan 2024 10:00:00 GMT</date><source_type>I</source_type></version>",
            true,
        );
    }

    #[test]
    fn what_is_no_record_says_why() {
        let check = |xml: &str, why: &str| {
            let reason = read(xml).expect_err("refused");
            assert!(reason.contains(why), "{reason}");
        };
        check(&raw("<title> </title>"), "no title");
        check("<arXivRaw><id>x</id></arXivRaw>", "arXiv id \"x\"");
        check("<arXivRaw><id>2401.00007</id><title>T</title></arXivRaw>", "no version");
        check(
            "<arXivRaw><id>2401.00007</id><version version='v1'><date>soon</date></version></arXivRaw>",
            "\"soon\"",
        );
        check("<arXiv><id>2401.00007</id><created>2024-13-01</created></arXiv>", "2024-13-01");
        check("<oai_dc><id>2401.00007</id></oai_dc>", "\"oai_dc\"");
    }
}
