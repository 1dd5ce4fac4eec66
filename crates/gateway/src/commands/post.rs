use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use chrono::{DateTime, Utc};
use clap::Subcommand;
use content::{Details, DraftId, Format, Language, Manuscript, PostKind, Series, Slug, Visibility};
use serde::Deserialize;
use serde_json::json;
use storage::{
    Database,
    audit::{self, Deed},
    drafts::{self, Listed, Saved, State, Which, Working},
    posts,
};

use super::sample::front_matter;
use crate::{
    app,
    config::Config,
    writing::{Fault, faults, macros_are_readable},
};

/// Posts are named by their address, drafts by theirs or as `draft:12`.
#[derive(Subcommand)]
pub(super) enum Command {
    /// List what is written, what was saved last first.
    #[command(after_help = "Example: inkstone post list --state scheduled --json")]
    List {
        /// Only these: draft, scheduled, published or private.
        #[arg(long)]
        state: Option<State>,
        /// Print them as one JSON list.
        #[arg(long)]
        json: bool,
    },
    /// Print a working copy with its front matter, as `write` reads it.
    #[command(after_help = "Example: inkstone post show newton-schulz > newton-schulz.md")]
    Show {
        /// Which.
        name: String,
    },
    /// Write a post from a file, or change the one of that address. Others see nothing of it before it is published.
    #[command(after_help = "Example: inkstone post write newton-schulz.md --publish\n\n\
                            The file begins with front matter in TOML between +++ lines: title, slug, language, author, \
                            published, categories, tags, series, part, translation, visibility, password, kind, pinned, \
                            commenting, licence, macros, fields, format; all but title may be left out.")]
    Write {
        /// The file.
        file: PathBuf,
        /// Publish it too.
        #[arg(long)]
        publish: bool,
    },
    /// Publish a working copy, now or at the time that it says.
    #[command(after_help = "Example: inkstone post publish newton-schulz")]
    Publish {
        /// Which.
        name: String,
    },
    /// Publish a working copy at a time to come.
    #[command(after_help = "Example: inkstone post schedule newton-schulz 2026-11-19T09:00:00Z")]
    Schedule {
        /// Which.
        name: String,
        /// When, with a time zone.
        when: DateTime<Utc>,
    },
    /// Take a post back: it is a draft again.
    #[command(after_help = "Example: inkstone post unpublish newton-schulz")]
    Unpublish {
        /// Which.
        name: String,
    },
    /// Remove a post or a draft with its revisions and comments.
    #[command(after_help = "Example: inkstone post remove newton-schulz")]
    Remove {
        /// Which.
        name: String,
    },
    /// List what a text was before, or print one of these.
    #[command(after_help = "Example: inkstone post revisions newton-schulz --number 3")]
    Revisions {
        /// Which.
        name: String,
        /// Print the text of this one.
        #[arg(long)]
        number: Option<i32>,
    },
}

pub(super) async fn run(config: Config, command: Command) -> anyhow::Result<()> {
    app::writable(&config.data)?;
    let db = app::open_storage(&config).await?;
    match command {
        Command::List { state, json } => list(&db, state, json).await,
        Command::Show { name } => show(&find(&db, &name).await?.text),
        Command::Write { file, publish } => write(&db, &file, publish).await,
        Command::Publish { name } => publish(&db, find(&db, &name).await?).await,
        Command::Schedule { name, when } => schedule(&db, find(&db, &name).await?, when).await,
        Command::Unpublish { name } => unpublish(&db, find(&db, &name).await?).await,
        Command::Remove { name } => remove(&db, find(&db, &name).await?).await,
        Command::Revisions { name, number } => revisions(&db, find(&db, &name).await?.id, number).await,
    }
}

async fn list(db: &Database, state: Option<State>, json: bool) -> anyhow::Result<()> {
    let which = Which { state, ..Which::default() };
    let found = drafts::list(db, &which, None, u32::MAX.into()).await?.items;
    if json {
        let entry = |one: &Listed| {
            json!({
                "draft": one.draft.map(|draft| draft.0),
                "slug": one.post.as_ref().map(|post| post.slug.as_str()),
                "published": one.post.as_ref().map(|post| post.published),
                "state": one.state.name(),
                "title": one.title, "saved": one.saved, "changed": one.changed,
            })
        };
        return super::print(serde_json::Value::from(found.iter().map(entry).collect::<Vec<_>>()));
    }
    for one in found {
        let name = match (&one.post, one.draft) {
            (Some(post), _) => post.slug.to_string(),
            (None, Some(draft)) => format!("draft:{}", draft.0),
            (None, None) => String::new(),
        };
        let changed = if one.changed && one.post.is_some() { ", changed" } else { "" };
        let state = one.state.name();
        super::print(format!("{name}  {state}{changed}  {}  {}", one.saved.format("%F %H:%M"), one.title))?;
    }
    Ok(())
}

fn show(text: &Manuscript) -> anyhow::Result<()> {
    super::print(format!("+++\n{}+++\n\n{}", toml::to_string(&Matter::of(text))?, text.body))
}

async fn write(db: &Database, file: &Path, and_publish: bool) -> anyhow::Result<()> {
    let given = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let (matter, body) = front_matter::<Matter>(&given).with_context(|| file.display().to_string())?;
    let text = matter.manuscript(body)?;
    let address = text.address().context("no address can be made of the title")?;
    let working = match named(db, address.as_str()).await? {
        Some(working) => {
            let kept = working.text.password_hash.clone();
            let text = Manuscript { password_hash: text.password_hash.clone().or(kept), ..text.clone() };
            made(drafts::save(db, working.id, working.version, &text, None).await?)?
        }
        None => drafts::begin(db, None, &text).await?,
    };
    if and_publish {
        return publish(db, working).await;
    }
    record(db, "draft.write", address.as_str(), &text.title).await?;
    super::print(format!("{address} is draft:{}, version {}", working.id.0, working.version))
}

async fn publish(db: &Database, working: Working) -> anyhow::Result<()> {
    if let Some(fault) = faults(&working.text).first() {
        bail!(match fault {
            Fault::NoTitle => "it has no title",
            Fault::NoPassword => "it is for who knows the password, and has none",
            _ => "no address can be made of the title",
        });
    }
    let title = working.text.title.clone();
    let saved = match drafts::publish(db, working.id, working.version, None).await {
        Err(storage::Error::Taken) => bail!("another post has that address"),
        saved => made(saved?)?,
    };
    let post = saved.post.context("a published post is not there")?;
    let later = post.published > Utc::now();
    record(db, if later { "post.schedule" } else { "post.publish" }, post.slug.as_str(), &title).await?;
    super::print(match later {
        true => format!("{} will be public at {}", post.slug, post.published.format("%F %H:%M UTC")),
        false => format!("{} is published", post.slug),
    })
}

async fn schedule(db: &Database, working: Working, when: DateTime<Utc>) -> anyhow::Result<()> {
    if when <= Utc::now() {
        bail!("{when} has passed");
    }
    let text = Manuscript { published: Some(when), ..working.text };
    publish(db, made(drafts::save(db, working.id, working.version, &text, None).await?)?).await
}

async fn unpublish(db: &Database, working: Working) -> anyhow::Result<()> {
    let post = working.post.context("it was never published")?;
    posts::show(db, post.id, Visibility::Draft).await?;
    record(db, "post.unpublish", post.slug.as_str(), &working.text.title).await?;
    super::print(format!("{} is a draft again", post.slug))
}

async fn remove(db: &Database, working: Working) -> anyhow::Result<()> {
    let name = match &working.post {
        Some(post) => {
            posts::remove(db, post.id).await?;
            record(db, "post.remove", post.slug.as_str(), &working.text.title).await?;
            post.slug.to_string()
        }
        None => {
            drafts::remove(db, working.id).await?;
            let name = format!("draft:{}", working.id.0);
            record(db, "draft.remove", &name, &working.text.title).await?;
            name
        }
    };
    super::print(format!("{name} is removed"))
}

async fn revisions(db: &Database, id: DraftId, number: Option<i32>) -> anyhow::Result<()> {
    if let Some(number) = number {
        let text = drafts::revision(db, id, number).await?;
        return show(&text.ok_or_else(|| anyhow!("there is no revision {number}"))?);
    }
    for one in drafts::revisions(db, id).await? {
        let (editor, mark) =
            (one.editor.as_deref().unwrap_or("command"), if one.published { "  published" } else { "" });
        super::print(format!("{}  {}  {editor}{mark}", one.number, one.saved.format("%F %H:%M")))?;
    }
    Ok(())
}

async fn find(db: &Database, name: &str) -> anyhow::Result<Working> {
    named(db, name).await?.ok_or_else(|| anyhow!("nothing is written under the name {name}"))
}

/// The working copy of a post or draft of this address, or of a draft's number.
async fn named(db: &Database, name: &str) -> anyhow::Result<Option<Working>> {
    if let Some(number) = name.strip_prefix("draft:") {
        return Ok(drafts::by_id(db, DraftId(number.parse().context("not the number of a draft")?)).await?);
    }
    let slug: Slug = name.parse()?;
    if let Some((post, _)) = posts::kept_at(db, &slug).await? {
        return Ok(drafts::of_post(db, post.id, None).await?);
    }
    for id in drafts::unpublished(db).await? {
        let found = drafts::by_id(db, id).await?;
        if let Some(found) = found.filter(|found| found.text.address().as_ref() == Some(&slug)) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn made(saved: Saved) -> anyhow::Result<Working> {
    match saved {
        Saved::As(working) => Ok(working),
        Saved::Other(_) => bail!("somebody saved it at the same moment; try again"),
    }
}

async fn record(db: &Database, action: &str, object: &str, detail: &str) -> anyhow::Result<()> {
    Ok(audit::record(db, Deed { user: None, who: "command", action, object, detail }).await?)
}

/// What a file says before its text.
#[derive(Debug, Default, PartialEq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields, default)]
struct Matter {
    title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    slug: String,
    language: Language,
    #[serde(skip_serializing_if = "String::is_empty")]
    author: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<DateTime<Utc>>,
    /// Written by others, and of no use here: a change has the moment that it is made at.
    #[serde(skip_serializing)]
    updated: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    categories: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    translation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<Visibility>,
    /// Never printed again.
    #[serde(skip_serializing)]
    password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<PostKind>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pinned: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    commenting: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    macros: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Format>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<(String, String)>,
}

impl Matter {
    fn of(text: &Manuscript) -> Self {
        let details = text.details.clone();
        Self {
            title: text.title.clone(),
            slug: text.slug.clone(),
            language: text.language,
            author: text.author.clone(),
            published: text.published,
            updated: None,
            categories: text.categories.clone(),
            tags: text.tags.clone(),
            part: details.series.as_ref().map(|series| series.part),
            series: details.series.map(|series| series.name),
            translation: Some(text.translation.clone()).filter(|slug| !slug.is_empty()),
            visibility: Some(details.visibility).filter(|one| *one != Visibility::Public),
            password: None,
            kind: Some(details.kind).filter(|kind| *kind != PostKind::Post),
            pinned: details.pinned,
            commenting: Some(false).filter(|_| !details.commenting),
            licence: details.licence,
            macros: details.macros,
            format: Some(text.format).filter(|format| *format != Format::Markdown),
            fields: details.fields,
        }
    }

    fn manuscript(self, body: &str) -> anyhow::Result<Manuscript> {
        if !macros_are_readable(&self.macros) {
            bail!("front matter: the macros cannot be understood");
        }
        if self.visibility == Some(Visibility::Draft) {
            bail!("front matter: what is not published is a draft; leave `visibility` out");
        }
        Ok(Manuscript {
            title: self.title,
            slug: self.slug,
            body: body.to_owned(),
            format: self.format.unwrap_or(Format::Markdown),
            language: self.language,
            author: self.author,
            categories: self.categories,
            tags: self.tags,
            translation: self.translation.unwrap_or_default(),
            published: self.published,
            password_hash: self.password.as_deref().map(crate::accounts::hash),
            details: Details {
                kind: self.kind.unwrap_or_default(),
                visibility: self.visibility.unwrap_or_default(),
                pinned: self.pinned,
                series: self.series.map(|name| Series { name, part: self.part.unwrap_or(1) }),
                macros: self.macros,
                fields: self.fields,
                licence: self.licence,
                commenting: self.commenting.unwrap_or(true),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_what_was_shown() {
        let text = Manuscript {
            title: "On \"$x_1$\"".into(),
            body: "Let $x_1$.\n".into(),
            slug: "mine".into(),
            language: Language::Zh,
            tags: vec!["a".into()],
            published: DateTime::from_timestamp(1_760_000_000, 0),
            details: Details {
                series: Some(Series { name: "Matrices".into(), part: 4 }),
                macros: "\\newcommand{\\R}{\\mathbb{R}}\n".into(),
                fields: vec![("doi".into(), "10.1/x".into())],
                commenting: false,
                ..Details::default()
            },
            ..Manuscript::default()
        };
        let file =
            format!("+++\n{}+++\n\n{}", toml::to_string(&Matter::of(&text)).expect("written"), text.body);
        let (matter, body) = front_matter::<Matter>(&file).expect("front matter");
        assert_eq!(matter.manuscript(body).expect("a manuscript"), text);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let refused = |matter: &str| {
            let file = format!("+++\n{matter}\n+++\ntext");
            let read = front_matter::<Matter>(&file).and_then(|(matter, body)| matter.manuscript(body));
            assert!(read.is_err(), "{matter}");
        };
        refused("colour = 'red'");
        refused("visibility = 'secret'");
        refused("visibility = 'draft'");
        refused("macros = 'let there be R'");
    }
}
