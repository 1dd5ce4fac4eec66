//! The sample site: a folder of text files that fills an empty site on its first start.
//!
//! `posts/*.md` and `notes/*.md` have front matter in TOML between `+++` lines. Notes are papers with
//! full text; `<!-- page 2 -->` begins a page. `papers.jsonl` is what `inkstone import papers` reads,
//! and `comments.jsonl` holds one comment a line.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use chrono::{DateTime, NaiveDate, Utc};
use content::{Format, FullText, Language, Passage, Record, RecordKey, Slug, TextSource};
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PostMatter {
    title: String,
    slug: String,
    language: Language,
    author: String,
    published: DateTime<Utc>,
    updated: DateTime<Utc>,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    translation: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteMatter {
    id: String,
    title: String,
    #[serde(rename = "language")]
    _language: Language,
    authors: Vec<String>,
    date: NaiveDate,
    categories: Vec<String>,
    #[serde(default)]
    keywords: Vec<String>,
    r#abstract: String,
}

fn note(text: &str) -> anyhow::Result<(Record, FullText)> {
    let (matter, body) = front_matter::<NoteMatter>(text)?;
    let key = RecordKey { source: NOTES.into(), id: matter.id, version: hash(text) };
    let record = Record {
        key,
        title: matter.title,
        authors: matter.authors,
        summary: matter.r#abstract.trim().to_owned(),
        categories: matter.categories,
        venue: None,
        date: matter.date,
        keywords: matter.keywords,
        note: None,
    };
    let full = FullText { source: TextSource::Stored, extractor: EXTRACTOR.into(), passages: passages(body) };
    Ok((record, full))
}

/// Cuts at headings of the second level and at the marks of pages.
fn passages(body: &str) -> Vec<Passage> {
    let mut passages = vec![Passage { page: Some(1), section: String::new(), text: String::new() }];
    for line in body.lines() {
        let last = passages.last().expect("never empty");
        let page = line.trim().strip_prefix("<!-- page ").and_then(|rest| rest.strip_suffix(" -->"));
        let next = match (page.and_then(|page| page.parse().ok()), line.strip_prefix("## ")) {
            (Some(page), _) => Some((Some(page), last.section.clone())),
            (None, Some(heading)) => Some((last.page, heading.to_owned())),
            (None, None) => None,
        };
        match next {
            Some((page, section)) => passages.push(Passage { page, section, text: String::new() }),
            None => {
                let text = &mut passages.last_mut().expect("never empty").text;
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    passages.iter_mut().for_each(|passage| passage.text = passage.text.trim().to_owned());
    passages.retain(|passage| !passage.text.is_empty());
    passages
}

fn front_matter<T: DeserializeOwned>(text: &str) -> anyhow::Result<(T, &str)> {
    let parts = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n"));
    let (matter, body) = parts.context("does not begin with front matter between +++ lines")?;
    Ok((toml::from_str(matter).map_err(|error| anyhow::anyhow!("front matter: {}", error.message()))?, body.trim_start()))
}
