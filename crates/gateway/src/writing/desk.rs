use actix_web::web;
use askama::Template;
use chrono::Utc;
use content::{Manuscript, PostId, Visibility};
use render::Html;
use serde::Deserialize;
use storage::{
    drafts::{self, Listed},
    posts,
};

use super::{record, see_other, seen_by};
use crate::{
    accounts::Writer,
    app::App,
    errors::Failure,
    language::Messages,
    pages::{self, Frame, Page, Place},
    papers::escaped,
    posts as blog,
    visit::Visit,
};

/// Entries on one page of the desk.
const PER_PAGE: usize = 50;

/// What of everything that is written is asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    state: String,
    query: String,
    page: String,
}

/// How something that is written stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Not published, or taken back.
    Draft,
    /// Its day is to come.
    Scheduled,
    /// Everybody's, or of whoever knows its password.
    Published,
    /// Only of its author and of editors.
    Private,
}

struct Choice {
    name: &'static str,
    href: String,
    count: usize,
    current: bool,
}

struct Entry {
    href: String,
    title: Html,
    untitled: bool,
    state: State,
    protected: bool,
    changed: bool,
    author: String,
    /// Where readers find it.
    address: Option<String>,
    day: Option<String>,
    saved: String,
    datetime: String,
}

#[derive(Template)]
#[template(path = "writing/desk.html")]
struct DeskPage {
    frame: Frame,
    m: Messages,
    query: String,
    state: String,
    choices: Vec<Choice>,
    entries: Vec<Entry>,
    next: Option<String>,
}

impl State {
    const ALL: [Self; 4] = [Self::Draft, Self::Scheduled, Self::Published, Self::Private];

    pub(crate) fn of(post: Option<&drafts::Standing>) -> Self {
        match post {
            None => Self::Draft,
            Some(post) => match post.visibility {
                Visibility::Draft => Self::Draft,
                Visibility::Private => Self::Private,
                _ if post.published > Utc::now() => Self::Scheduled,
                Visibility::Public | Visibility::Protected => Self::Published,
            },
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Published => "published",
            Self::Private => "private",
        }
    }

    pub(super) fn words(self, m: Messages) -> &'static str {
        match self {
            Self::Draft => m.write_draft(),
            Self::Scheduled => m.write_scheduled(),
            Self::Published => m.write_published(),
            Self::Private => m.write_private(),
        }
    }
}

/// `GET /write?state=&query=&page=`: everything that is written, what was saved last first.
pub(super) async fn desk(
    app: web::Data<App>,
    visit: Visit,
    writer: Writer,
    asked: web::Query<Asked>,
) -> Page {
    let m = visit.m;
    let all = drafts::list(&app.db, seen_by(&writer.0)).await?;
    let words = asked.query.to_lowercase();
    let named = |one: &&Listed| words.split_whitespace().all(|word| one.title.to_lowercase().contains(word));
    let found: Vec<&Listed> = all.iter().filter(named).collect();
    let count = |state: State| found.iter().filter(|one| State::of(one.post.as_ref()) == state).count();
    let choice = |name, state: &str, count| Choice {
        name,
        href: address(state, &asked.query, 0),
        count,
        current: asked.state == state,
    };
    let mut choices = vec![choice(m.write_all(), "", found.len())];
    choices.extend(State::ALL.map(|state| {
        let name = if state == State::Draft { m.write_drafts() } else { state.words(m) };
        choice(name, state.name(), count(state))
    }));
    let wanted =
        |one: &&&Listed| asked.state.is_empty() || State::of(one.post.as_ref()).name() == asked.state;
    let number: usize = asked.page.parse().unwrap_or_default();
    let skip = number.saturating_mul(PER_PAGE);
    let mut shown: Vec<_> = found.iter().filter(wanted).skip(skip).take(PER_PAGE + 1).collect();
    let more = shown.len() > PER_PAGE;
    shown.truncate(PER_PAGE);
    let page = DeskPage {
        frame: Frame::new(&app, &visit, m.write_title(), Place::Elsewhere),
        m,
        entries: shown.into_iter().map(|one| entry(&app, m, one)).collect(),
        next: more.then(|| address(&asked.state, &asked.query, number + 1)),
        query: asked.query.clone(),
        state: asked.state.clone(),
        choices,
    };
    visit.page(&page).map(pages::unkept)
}

/// `POST /write`: begins a text.
pub(super) async fn begin(app: web::Data<App>, visit: Visit, writer: Writer) -> Page {
    let text = Manuscript {
        author: writer.0.name.to_string(),
        language: visit.m.language(),
        ..Manuscript::default()
    };
    let begun = drafts::begin(&app.db, Some(writer.0.id), &text).await?;
    record(&app, &writer.0, "draft.begin", &begun.id.0.to_string(), "").await?;
    Ok(see_other(&format!("/write/{}", begun.id.0)))
}

/// `GET /write/post/{number}`: the working copy of a post.
pub(super) async fn of_post(app: web::Data<App>, writer: Writer, number: web::Path<String>) -> Page {
    let id = number.parse().map(PostId).map_err(|_| Failure::NotFound)?;
    let (post, _) = posts::kept_of(&app.db, id).await?.ok_or(Failure::NotFound)?;
    if !super::may_change(&writer.0, post.owner) {
        return Err(Failure::NotAllowed);
    }
    let working = drafts::of_post(&app.db, id, Some(writer.0.id)).await?.ok_or(Failure::NotFound)?;
    Ok(see_other(&format!("/write/{}", working.id.0)))
}

fn entry(app: &App, m: Messages, one: &Listed) -> Entry {
    let href = match (one.draft, one.post.as_ref()) {
        (Some(draft), _) => format!("/write/{}", draft.0),
        (None, Some(post)) => format!("/write/post/{}", post.id.0),
        (None, None) => "/write".into(),
    };
    let state = State::of(one.post.as_ref());
    Entry {
        href,
        title: render::inline(&one.title, &app.context()),
        untitled: one.title.is_empty(),
        state,
        protected: one.post.as_ref().is_some_and(|post| post.visibility == Visibility::Protected),
        changed: one.changed && one.post.is_some(),
        author: one.author.clone(),
        address: one.post.as_ref().filter(|_| state != State::Draft).map(|post| blog::address(&post.slug)),
        day: one.post.as_ref().map(|post| m.short_date(&post.published)),
        saved: format!("{} {}", m.short_date(&one.saved), one.saved.format("%H:%M")),
        datetime: one.saved.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}

fn address(state: &str, query: &str, page: usize) -> String {
    let page = if page == 0 { String::new() } else { page.to_string() };
    let given = [("state", state), ("query", query), ("page", &page)].into_iter();
    let given: Vec<String> = given
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    if given.is_empty() { "/write".into() } else { format!("/write?{}", given.join("&")) }
}
