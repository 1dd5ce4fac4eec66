//! The sample site: a folder of text files that fills an empty site on its first start.
//!
//! `posts/*.md` and `notes/*.md` have front matter in TOML between `+++` lines. Notes are papers with
//! full text; `<!-- page 2 -->` begins a page. `papers.jsonl` is what `inkstone import papers` reads,
//! and `comments.jsonl` holds one comment a line.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, Utc};
use content::{
    CommentId, Details, FullText, Harvested, Language, Passage, Record, RecordKey, Slug, Subject, TextSource,
    Way,
};
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use storage::{
    Database, comments, papers, posts,
    texts::{self, Kept},
};

/// The source of the notes, as it stands in their addresses.
const NOTES: &str = "notes";
/// Name and version of what cuts a note into passages.
const EXTRACTOR: &str = "notes/1";

/// Fills a site that has no posts from `folder`.
pub(super) async fn load(db: &Database, folder: &Path) -> anyhow::Result<()> {
    if posts::count(db).await? > 0 {
        return Ok(());
    }
    // Posts come last: a load that was cut short is done again.
    super::import::file(db, &folder.join("papers.jsonl")).await?;
    for path in texts(&folder.join("notes"))? {
        let text = read(&path)?;
        let (record, full) = note(&text).with_context(|| path.display().to_string())?;
        save_note(db, Harvested { record, raw: text, way: Way::Source }, &full).await?;
    }
    let mut drafts = Vec::new();
    for path in texts(&folder.join("posts"))? {
        drafts.push(post(&read(&path)?).with_context(|| path.display().to_string())?);
    }
    drafts.sort_by_key(|draft| draft.published);
    for draft in &drafts {
        posts::save(db, draft).await?;
    }
    let path = folder.join("comments.jsonl");
    save_comments(db, &read(&path)?).await.with_context(|| path.display().to_string())
}

async fn save_note(db: &Database, note: Harvested, full: &FullText) -> anyhow::Result<()> {
    let key = note.record.key.clone();
    papers::save(db, &[note]).await?;
    let paper = papers::by_record(db, &key.source, &key.id).await?.context("a saved note is not there")?;
    Ok(texts::save(db, paper.id, &Kept { record: None, text: full.clone() }).await?)
}

async fn save_comments(db: &Database, lines: &str) -> anyhow::Result<()> {
    let mut saved: Vec<CommentId> = Vec::new();
    for (number, line) in lines.lines().enumerate() {
        let said: Said = serde_json::from_str(line).with_context(|| format!("line {}", number + 1))?;
        let subject = subject(db, &said.about).await.with_context(|| format!("line {}", number + 1))?;
        let draft = comments::Draft {
            parent: said.reply_to.and_then(|earlier| saved.get(earlier).copied()),
            ..comments::Draft::new(subject, said.author, said.body, said.created)
        };
        saved.push(comments::save(db, &draft).await?);
    }
    Ok(())
}

async fn subject(db: &Database, about: &About) -> anyhow::Result<Subject> {
    match about {
        About::Post(slug) => {
            let post = posts::by_slug(db, &slug.parse()?).await?;
            Ok(Subject::Post(post.with_context(|| format!("there is no post {slug}"))?.id))
        }
        About::Paper(name) => {
            let (source, id) = name.split_once(':').context("a paper is named as source:id")?;
            let paper = papers::by_record(db, source, id).await?;
            Ok(Subject::Paper(paper.with_context(|| format!("there is no paper {name}"))?.id))
        }
    }
}

/// One line of `comments.jsonl`.
#[derive(Deserialize)]
struct Said {
    #[serde(flatten)]
    about: About,
    author: String,
    created: DateTime<Utc>,
    body: String,
    /// The comment on this line, from 0.
    reply_to: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum About {
    /// Its slug.
    Post(String),
    /// Its source and identifier, with a colon between.
    Paper(String),
}

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
    /// What is decided about it besides its text.
    #[serde(default)]
    details: Details,
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

fn post(text: &str) -> anyhow::Result<posts::Draft> {
    let (matter, body) = front_matter::<PostMatter>(text)?;
    Ok(posts::Draft {
        body: body.to_owned(),
        language: matter.language,
        author: matter.author,
        categories: matter.categories,
        tags: matter.tags,
        translation: matter.translation.map(|slug| slug.parse::<Slug>()).transpose()?,
        updated: matter.updated,
        details: matter.details,
        ..posts::Draft::new(matter.slug.parse()?, matter.title, matter.published)
    })
}

fn note(text: &str) -> anyhow::Result<(Record, FullText)> {
    let (matter, body) = front_matter::<NoteMatter>(text)?;
    let key = RecordKey { source: NOTES.into(), id: matter.id, version: hash(text) };
    let record = Record {
        authors: matter.authors,
        summary: matter.r#abstract.trim().to_owned(),
        categories: matter.categories,
        keywords: matter.keywords,
        ..Record::new(key, matter.title, matter.date)
    };
    let full = FullText::new(TextSource::Stored, EXTRACTOR, passages(body));
    Ok((record, full))
}

/// The Markdown files of a folder, by name.
fn texts(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}

/// A version for what has none of its own: it changes when the text does.
fn hash(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
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

/// What a file says between `+++` lines, as TOML, and the text below.
pub(super) fn front_matter<T: DeserializeOwned>(text: &str) -> anyhow::Result<(T, &str)> {
    let parts = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n"));
    let (matter, body) = parts.context("does not begin with front matter between +++ lines")?;
    Ok((
        toml::from_str(matter).map_err(|error| anyhow::anyhow!("front matter: {}", error.message()))?,
        body.trim_start(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_cut_at_headings_and_pages() {
        let body = "Before.\n\n## Method\n\nFirst $x$.\n<!-- page 2 -->\nSecond.\n\n### Detail\n\nThird.\n## End\n\nLast.\n";
        let passages = passages(body);
        let short: Vec<_> = passages.iter().map(|p| (p.page, p.section.as_str(), p.text.as_str())).collect();
        assert_eq!(
            short,
            [
                (Some(1), "", "Before."),
                (Some(1), "Method", "First $x$."),
                (Some(2), "Method", "Second.\n\n### Detail\n\nThird."),
                (Some(2), "End", "Last."),
            ]
        );
    }

    #[test]
    fn front_matter_is_required_and_known() {
        let matter =
            |text: &str| front_matter::<NoteMatter>(text).map(drop).map_err(|error| error.to_string());
        assert_eq!(matter("# Title"), Err("does not begin with front matter between +++ lines".into()));
        assert!(
            matter("+++\nid = 'a'\ncolour = 'red'\n+++\ntext").is_err_and(|error| error.contains("colour"))
        );
    }
}
