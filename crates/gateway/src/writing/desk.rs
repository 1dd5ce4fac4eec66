use actix_web::web;
use askama::Template;
use content::{Manuscript, PostId, Visibility};
use render::Html;
use serde::Deserialize;
use storage::{
    drafts::{self, Listed, State, Which},
    posts,
};

use super::{record, see_other, seen_by};
use crate::{
    accounts::Writer,
    app::App,
    errors::Failure,
    pages::{self, Frame, Page, Place},
    papers::escaped,
    posts as blog,
    visit::{Visit, language::Messages},
};

/// Entries on one page of the desk.
const PER_PAGE: u64 = 50;

/// What of everything that is written is asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    state: String,
    query: String,
    /// Where the page begins.
    after: String,
}

struct Choice {
    name: &'static str,
    href: String,
    count: u64,
    current: bool,
}

struct Entry {
    href: String,
    title: Html,
    untitled: bool,
    state: &'static str,
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

/// What a state is called.
pub(super) fn words(state: State, m: Messages) -> &'static str {
    match state {
        State::Draft => m.write_draft(),
        State::Scheduled => m.write_scheduled(),
        State::Published => m.write_published(),
        State::Private => m.write_private(),
    }
}

/// `GET /write?state=&query=&after=`: everything that is written, what was saved last first.
pub(super) async fn desk(
    app: web::Data<App>,
    visit: Visit,
    writer: Writer,
    asked: web::Query<Asked>,
) -> Page {
    let m = visit.m;
    let which = Which {
        owner: seen_by(&writer.0),
        words: asked.query.split_whitespace().map(str::to_owned).collect(),
        state: asked.state()?,
    };
    let after = match asked.after.as_str() {
        "" => None,
        after => Some(after.parse().map_err(|_| Failure::NotFound)?),
    };
    let found = drafts::list(&app.db, &which, after, PER_PAGE).await?;
    let page = DeskPage {
        frame: Frame::new(&app, &visit, m.write_title(), Place::Elsewhere),
        m,
        choices: choices(m, &asked, drafts::tally(&app.db, &which).await?),
        entries: found.items.iter().map(|one| entry(&app, m, one)).collect(),
        next: found.next.map(|next| address(&asked.state, &asked.query, &next.to_string())),
        query: asked.query.clone(),
        state: asked.state.clone(),
    };
    visit.page(&page).map(pages::unkept)
}

fn choices(m: Messages, asked: &Asked, counts: [u64; 4]) -> Vec<Choice> {
    let choice = |name, state: &str, count| Choice {
        name,
        href: address(state, &asked.query, ""),
        count,
        current: asked.state == state,
    };
    let states = State::ALL.into_iter().zip(counts).map(|(state, count)| {
        let name = if state == State::Draft { m.write_drafts() } else { words(state, m) };
        choice(name, state.name(), count)
    });
    [choice(m.write_all(), "", counts.iter().sum())].into_iter().chain(states).collect()
}

impl Asked {
    fn state(&self) -> Result<Option<State>, Failure> {
        match self.state.as_str() {
            "" => Ok(None),
            name => name.parse().map(Some).map_err(|_| Failure::NotFound),
        }
    }
}

/// `POST /write`: begins a text.
pub(super) async fn begin(app: web::Data<App>, visit: Visit, writer: Writer) -> Page {
    let text = Manuscript {
        author: writer.0.shown().to_owned(),
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
    Entry {
        href,
        title: render::inline(&one.title, &app.context()),
        untitled: one.title.is_empty(),
        state: words(one.state, m),
        protected: one.post.as_ref().is_some_and(|post| post.visibility == Visibility::Protected),
        changed: one.changed && one.post.is_some(),
        author: one.author.clone(),
        address: one
            .post
            .as_ref()
            .filter(|_| one.state != State::Draft)
            .map(|post| blog::address(&post.slug)),
        day: one.post.as_ref().map(|post| m.short_date(&post.published)),
        saved: format!("{} {}", m.short_date(&one.saved), one.saved.format("%H:%M")),
        datetime: one.saved.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}

fn address(state: &str, query: &str, after: &str) -> String {
    let given = [("state", state), ("query", query), ("after", after)].into_iter();
    let given: Vec<String> = given
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    if given.is_empty() { "/write".into() } else { format!("/write?{}", given.join("&")) }
}
