use actix_web::{http::StatusCode, web};
use askama::Template;
use chrono::{DateTime, Utc};
use content::{User, Visibility};
use render::Html;
use serde::Deserialize;
use serde_json::json;
use storage::{
    drafts::{self, State, Working},
    terms::{self, TermKind},
};

use super::{
    desk,
    differences::{Line, LineKind},
    form::{Fault, Form},
    preview::{Told, length, rendered, told},
};
use crate::{
    accounts::Writer,
    app::App,
    pages::{self, Frame, Page, Place},
    posts::address,
    visit::{Visit, language::Messages},
};

/// What was done just before.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Before {
    done: String,
}

/// What an editor shows besides its working copy.
#[derive(Default)]
pub(super) struct Beside {
    /// What was sent, if it is not what is kept.
    pub(super) form: Option<Form>,
    pub(super) faults: Vec<Fault>,
    pub(super) conflict: Option<Conflict>,
    /// An address for others, that is shown once.
    pub(super) link: Option<String>,
    pub(super) done: Option<&'static str>,
}

/// That somebody else saved meanwhile.
pub(super) struct Conflict {
    pub(super) editor: String,
    /// From theirs to what was sent.
    pub(super) lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "writing/editor.html")]
struct EditorPage {
    frame: Frame,
    m: Messages,
    id: i64,
    /// What the scripts of the page say, as JSON.
    words: String,
    form: Form,
    language: &'static str,
    state: &'static str,
    /// Where readers find it.
    address: Option<String>,
    saved: String,
    datetime: String,
    /// Whether the post is behind its working copy.
    changed: bool,
    has_password: bool,
    shared: bool,
    others: Vec<String>,
    faults: Vec<&'static str>,
    conflict: Option<Conflict>,
    link: Option<String>,
    done: Option<&'static str>,
    preview: Html,
    warnings: Vec<Told>,
    length: String,
    revisions: u64,
    categories: Vec<String>,
    series: Vec<String>,
}

/// `GET /write/{id}`
pub(super) async fn editor(
    app: web::Data<App>,
    visit: Visit,
    writer: Writer,
    id: web::Path<String>,
    before: web::Query<Before>,
) -> Page {
    let working = super::working(&app, &writer.0, &id).await?;
    let m = visit.m;
    let done = match before.done.as_str() {
        "published" => Some(m.write_done_published()),
        "scheduled" => Some(m.write_done_scheduled()),
        "unpublished" => Some(m.write_done_unpublished()),
        "restored" => Some(m.write_done_restored()),
        "unshared" => Some(m.write_done_unshared()),
        _ => None,
    };
    page(&app, &visit, &writer.0, working, Beside { done, ..Beside::default() }).await
}

/// The page of the editor; what was not taken as it was sent is shown as it was sent.
pub(super) async fn page(app: &App, visit: &Visit, user: &User, working: Working, beside: Beside) -> Page {
    let m = visit.m;
    let kept = Form::of(&working);
    let form = match beside.form {
        Some(form) => Form { version: kept.version.clone(), ..form },
        None => kept,
    };
    let (text, _) = form.manuscript(&working.text);
    let (shown, rendered) = rendered(app, text).await?;
    let names = async |kind| -> Result<Vec<String>, storage::Error> {
        Ok(terms::all(&app.db, kind).await?.into_iter().map(|term| term.name).collect())
    };
    let status = match (&beside.conflict, beside.faults.is_empty()) {
        (Some(_), _) => StatusCode::CONFLICT,
        (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, true) => StatusCode::OK,
    };
    let title = if working.text.title.is_empty() { m.write_untitled() } else { &working.text.title };
    let page = EditorPage {
        frame: Frame::new(app, visit, &m.write_editing(title), Place::Elsewhere),
        m,
        id: working.id.0,
        words: words(m),
        language: shown.language.tag(),
        state: desk::words(State::of(working.post.as_ref()), m),
        address: working
            .post
            .as_ref()
            .filter(|post| post.visibility != Visibility::Draft)
            .map(|post| address(&post.slug)),
        saved: clock(working.saved),
        datetime: working.saved.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        changed: working.post.as_ref().is_some_and(|post| post.updated < working.saved),
        has_password: working.text.password_hash.is_some(),
        shared: working.shared,
        others: app.desk.together.note(working.id, user),
        faults: beside.faults.iter().map(|fault| fault.sentence(m)).collect(),
        conflict: beside.conflict,
        link: beside.link,
        done: beside.done,
        warnings: told(&rendered, &shown.body, m),
        length: length(&rendered, m),
        preview: rendered.html,
        revisions: drafts::revisions(&app.db, working.id).await?.len() as u64,
        categories: names(TermKind::Category).await?,
        series: names(TermKind::Series).await?,
        form,
    };
    let mut response = pages::unkept(visit.page(&page)?);
    *response.status_mut() = status;
    Ok(response)
}

/// What the scripts of the editor say; other pages have no use for it.
fn words(m: Messages) -> String {
    json!({
        "saved": m.write_saved("{time}"),
        "saving": m.editor_saving(),
        "unsaved": m.editor_unsaved(),
        "kept": m.editor_kept(),
        "signed_out": m.editor_signed_out(),
        "sign_in": m.editor_sign_in(),
        "found": m.editor_found("{time}"),
        "take": m.editor_take(),
        "drop": m.editor_drop(),
        "conflict": m.editor_conflict("{editor}", "{time}"),
        "mine": m.editor_mine(),
        "theirs": m.editor_theirs(),
        "sending": m.editor_sending("{name}"),
        "not_sent": m.editor_not_sent("{name}", "{why}"),
        "alt": m.editor_alt(),
        "insert": m.write_insert(),
        "bold": m.editor_some_bold(),
        "link": m.editor_some_link(),
        "lost": m.editor_lost(),
        "text": m.write_text(),
        "difference": m.write_difference(),
        "also_here": m.write_also_here("{names}"),
        "go_to_line": m.write_go_to_line("{line}"),
        "line": m.write_line("{line}"),
        "one_warning": m.write_warning_count(&1),
        "warnings": m.write_warning_count(&2).replace('2', "{n}"),
    })
    .to_string()
}

/// A time of today as a clock shows it, in UTC.
pub(super) fn clock(moment: DateTime<Utc>) -> String {
    moment.format("%H:%M").to_string()
}
