use std::collections::HashMap;

use actix_web::web;
use askama::Template;
use chrono::Utc;
use content::{CommentId, CommentState, Language, User, Why};
use render::{Context, Html};
use serde::Deserialize;
use storage::{
    audit::Deed,
    comments::{self, Draft, Filter, Stored, Verdict},
    mails,
};

use super::{Page, body, form::LONGEST, private, see_other};
use crate::{
    accounts::Editor,
    admin::{Desk, Section},
    app::App,
    discussing::{About, letters},
    errors::Failure,
    pages::{
        Choice,
        cards::title,
        frame::{Frame, Place},
    },
    papers::escaped,
    visit::{Visit, language::Messages},
};

/// Comments on one page.
const PER_PAGE: u64 = 50;
/// The most that are changed at once.
const MOST: usize = 500;

/// What a moderator looks at.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    state: Option<String>,
    q: String,
    network: String,
    before: Option<i64>,
    /// What was done just now.
    did: Option<String>,
    /// How it is undone: `held-7,visible-8`.
    undo: Option<String>,
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct InboxPage {
    frame: Frame,
    m: Messages,
    desk: Desk,
    tabs: Vec<Choice>,
    state: CommentState,
    query: String,
    network: String,
    /// The address of this page, to come back to.
    here: String,
    items: Vec<Item>,
    next: Option<String>,
    done: Option<Done>,
    /// That letters could not be sent, and why.
    letters: Option<String>,
}

/// What was done, and how it is undone.
struct Done {
    sentence: String,
    undo: String,
}

struct Item {
    id: i64,
    author: String,
    mail: Option<String>,
    site: Option<String>,
    user: bool,
    trusted: bool,
    datetime: String,
    when: String,
    edited: bool,
    /// What it is about, unless that is hidden.
    subject: Option<(Html, Language, String)>,
    visible: bool,
    why: Option<&'static str>,
    /// The network it came from, shortened.
    network: String,
    from: String,
    language: Language,
    body: Html,
}

/// What a moderator does with a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Approve,
    Trust,
    Spam,
    Delete,
    Restore,
}

impl Act {
    const ALL: [Self; 5] = [Self::Approve, Self::Trust, Self::Spam, Self::Delete, Self::Restore];

    fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Trust => "trust",
            Self::Spam => "spam",
            Self::Delete => "delete",
            Self::Restore => "restore",
        }
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.name() == name)
    }

    fn verdict(self) -> Verdict {
        let hidden = |state| Verdict::new(state, Some(Why::Moderator));
        let visible = Verdict::new(CommentState::Visible, None);
        match self {
            Self::Approve => visible,
            Self::Trust => Verdict { trusted: Some(true), ..visible },
            Self::Spam => Verdict { trusted: Some(false), ..hidden(CommentState::Spam) },
            Self::Delete => hidden(CommentState::Deleted),
            Self::Restore => hidden(CommentState::Held),
        }
    }
}

/// `GET /admin/comments?state=&q=&network=&before=`
pub(super) async fn show(
    app: web::Data<App>,
    visit: Visit,
    _editor: Editor,
    asked: web::Query<Asked>,
) -> Page {
    let asked = asked.into_inner();
    let m = visit.m;
    let state = asked.state.as_deref().unwrap_or(CommentState::Held.name());
    let state: CommentState = state.parse().map_err(|_| Failure::NotFound)?;
    let filter = Filter {
        state: Some(state),
        text: Some(asked.q.trim().to_owned()).filter(|text| !text.is_empty()),
        network: Some(asked.network.clone()).filter(|network| !network.is_empty()),
        ..Filter::default()
    };
    let listed = comments::list(&app.db, &filter, asked.before, PER_PAGE).await?;
    let counts = comments::tally(&app.db).await?;
    let tabs = CommentState::ALL.into_iter().zip(counts).map(|(one, count)| Choice {
        name: state_name(m, one).to_owned(),
        href: asked.address(one, None),
        count: Some(count),
        current: one == state,
    });
    let next = listed.next.map(|before| asked.address(state, Some(before)));
    let desk = Desk::new(&visit, Section::Comments, Some(m.inbox()));
    private(
        &visit,
        &InboxPage {
            frame: desk.frame(&app, &visit),
            m,
            desk,
            tabs: tabs.collect(),
            state,
            here: asked.address(state, asked.before),
            done: asked.done(m),
            query: asked.q,
            network: asked.network,
            letters: unsent(&app, m).await?,
            items: items(&app, m, listed.items).await?,
            next,
        },
    )
}

/// `POST /admin/comments`: with the chosen ones (`id`, `do`), or with one (`one`, as `approve-7`).
pub(super) async fn decide(
    app: web::Data<App>,
    editor: Editor,
    fields: web::Form<Vec<(String, String)>>,
) -> Page {
    let fields = Fields(fields.into_inner());
    let here =
        fields.get("here").filter(|here| here.starts_with("/admin/comments")).unwrap_or("/admin/comments");
    if let Some(undo) = fields.get("undo") {
        undo_all(&app, &editor.0, undo).await?;
        return Ok(see_other(here));
    }
    let one = fields.get("one").and_then(|one| one.split_once('-'));
    if let Some(("reply", id)) = one {
        reply(&app, &editor.0, number(id)?, fields.get(&format!("reply-{id}")).unwrap_or_default()).await?;
        return Ok(see_other(here));
    }
    let (act, ids) = match one {
        Some((act, id)) => (act, vec![number(id)?]),
        None => (fields.get("do").unwrap_or_default(), fields.numbers()?),
    };
    let act = Act::of(act).ok_or_else(|| Failure::BadRequest("no such decision".into()))?;
    let changed = decided(&app, &editor.0, &ids, act).await?;
    let undo: Vec<_> = changed.iter().map(|(id, earlier)| format!("{}-{}", earlier.name(), id.0)).collect();
    let joint = if here.contains('?') { '&' } else { '?' };
    Ok(see_other(&format!("{here}{joint}did={}&undo={}", act.name(), undo.join(","))))
}

/// Says that letters could not be sent, if there are any.
async fn unsent(app: &App, m: Messages) -> Result<Option<String>, Failure> {
    let unsent = mails::unsent(&app.db, PER_PAGE).await?;
    Ok(unsent.first().map(|last| m.inbox_letters(&last.fault, &(unsent.len() as u64))))
}

/// Puts comments into the state of a decision, and writes that down.
async fn decided(
    app: &App,
    user: &User,
    ids: &[CommentId],
    act: Act,
) -> Result<Vec<(CommentId, CommentState)>, Failure> {
    let action = format!("comment.{}", act.name());
    let changed = comments::change(&app.db, ids, act.verdict(), Some(deed(user, &action))).await?;
    app.discussing.bell.notify_one();
    Ok(changed)
}

async fn undo_all(app: &App, user: &User, undo: &str) -> Result<(), Failure> {
    let mut by_state: HashMap<CommentState, Vec<CommentId>> = HashMap::new();
    for one in undo.split(',').take(MOST) {
        let (state, id) = one.split_once('-').ok_or_else(|| Failure::BadRequest("nothing to undo".into()))?;
        let state: CommentState = state.parse().map_err(|_| Failure::BadRequest("no such state".into()))?;
        by_state.entry(state).or_default().push(number(id)?);
    }
    for (state, ids) in by_state {
        let verdict = Verdict::new(state, (state != CommentState::Visible).then_some(Why::Moderator));
        comments::change(&app.db, &ids, verdict, Some(deed(user, "comment.undo"))).await?;
    }
    Ok(())
}

/// Answers a comment, which is shown from then on.
async fn reply(app: &App, user: &User, to: CommentId, text: &str) -> Result<(), Failure> {
    let text = text.replace("\r\n", "\n").trim_end().to_owned();
    if text.trim().is_empty() || text.len() > LONGEST {
        return Err(Failure::BadRequest("a reply has a text, of at most 16 kB".into()));
    }
    let stored = comments::by_id(&app.db, to).await?.ok_or(Failure::NotFound)?;
    let draft = Draft {
        parent: Some(to),
        user: Some(user.id),
        tell: app.config.mail.server.is_some(),
        ..Draft::new(stored.comment.subject, user.shown(), text, Utc::now())
    };
    comments::answer(&app.db, to, &draft, deed(user, "comment.reply")).await?;
    app.discussing.bell.notify_one();
    Ok(())
}

fn deed<'a>(user: &'a User, action: &'a str) -> Deed<'a> {
    Deed { user: Some(user.id), who: user.name.as_str(), action, object: "", detail: "" }
}

async fn items(app: &App, m: Messages, found: Vec<Stored>) -> Result<Vec<Item>, Failure> {
    let subjects = About::of_all(app, found.iter().map(|stored| stored.comment.subject)).await?;
    let one = |stored: Stored| {
        let about = subjects.get(&stored.comment.subject);
        item(app, m, stored, about)
    };
    Ok(found.into_iter().map(one).collect())
}

fn item(app: &App, m: Messages, stored: Stored, about: Option<&About>) -> Item {
    let comment = stored.comment;
    let context = about.map_or_else(|| app.context(), About::context_elsewhere);
    Item {
        id: comment.id.0,
        language: Language::of(&comment.body),
        body: body(comment.id, &comment.body, &Context { deeper: 2, ..context }),
        datetime: comment.created.to_rfc3339(),
        when: m.short_date(&comment.created),
        edited: comment.edited.is_some(),
        subject: about.map(|about| (title(app, &about.title), about.language, about.page.clone())),
        visible: stored.state == CommentState::Visible,
        why: stored.why.map(|why| letters::why(m, Some(why))),
        network: stored.network.chars().take(8).collect(),
        from: stored.network,
        user: comment.user.is_some(),
        trusted: stored.trusted,
        author: comment.author,
        site: comment.site,
        mail: stored.mail,
    }
}

impl Asked {
    /// The same with another state, or further down.
    fn address(&self, state: CommentState, before: Option<i64>) -> String {
        let mut address = format!("/admin/comments?state={}", state.name());
        let more = [
            ("q", Some(self.q.trim().to_owned())),
            ("network", Some(self.network.clone())),
            ("before", before.map(|before| before.to_string())),
        ];
        for (name, value) in more {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                address.push_str(&format!("&{name}={}", escaped(&value)));
            }
        }
        address
    }

    fn done(&self, m: Messages) -> Option<Done> {
        let act = Act::of(self.did.as_deref()?)?;
        let undo = self.undo.clone().unwrap_or_default();
        let count = undo.split(',').filter(|one| !one.is_empty()).count() as u64;
        let sentence = match act {
            Act::Approve => m.inbox_approved(&count),
            Act::Trust => m.inbox_trusted(&count),
            Act::Spam => m.inbox_spammed(&count),
            Act::Delete => m.inbox_deleted(&count),
            Act::Restore => m.inbox_restored(&count),
        };
        Some(Done { sentence, undo })
    }
}

/// What a form says, several values of one name included.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    fn numbers(&self) -> Result<Vec<CommentId>, Failure> {
        self.0.iter().filter(|(name, _)| name == "id").take(MOST).map(|(_, id)| number(id)).collect()
    }
}

fn number(text: &str) -> Result<CommentId, Failure> {
    text.parse().map(CommentId).map_err(|_| Failure::BadRequest("no number of a comment".into()))
}

fn state_name(m: Messages, state: CommentState) -> &'static str {
    match state {
        CommentState::Held => m.inbox_held(),
        CommentState::Visible => m.inbox_visible(),
        CommentState::Spam => m.inbox_spam(),
        CommentState::Deleted => m.inbox_gone(),
    }
}
