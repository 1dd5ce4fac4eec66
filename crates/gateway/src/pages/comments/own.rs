use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use content::{CommentId, CommentState, Language, Why};
use render::Html;
use serde::Deserialize;
use storage::comments::{self, Stored, Verdict};

use super::{
    Page, address, body, editing,
    form::LONGEST,
    may_change, private,
    saying::{admitted, reason},
    see_other,
};
use crate::{
    app::App,
    discussing::{About, links_in},
    errors::Failure,
    pages::{
        cards::title,
        frame::{Frame, Place},
    },
    visit::{Visit, language::Messages},
};

#[derive(Template)]
#[template(path = "comment-own.html")]
struct OwnPage {
    frame: Frame,
    m: Messages,
    title: Html,
    title_language: Language,
    href: String,
    id: i64,
    author: String,
    language: Language,
    body: Html,
    /// Why it is not shown.
    why: &'static str,
    held: bool,
    /// Minutes for which it may still be changed.
    minutes: Option<u64>,
    follows: bool,
}

#[derive(Template)]
#[template(path = "comment-edit.html")]
struct EditPage {
    frame: Frame,
    m: Messages,
    title: Html,
    title_language: Language,
    href: String,
    id: i64,
    about: String,
    text: String,
    fault: Option<&'static str>,
    preview: Option<Html>,
}

/// What an author makes of what they said.
#[derive(Deserialize)]
pub(super) struct Change {
    #[serde(default)]
    text: String,
    #[serde(default, rename = "do")]
    action: String,
}

/// `GET /comments/{id}`: moves to where a comment is read. Who sent it sees here why others do not yet.
pub(super) async fn comment(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    id: web::Path<i64>,
) -> Page {
    let stored = find(&app, *id).await?;
    let about = About::of_subject(&app, &request, stored.comment.subject).await?;
    let id = stored.comment.id;
    if stored.state == CommentState::Visible {
        let page = address(&app, &about, id).await?.ok_or(Failure::NotFound)?;
        return Ok(see_other(&format!("{page}#c-{}", id.0)));
    }
    if !is_mine(&visit, &stored) || stored.why == Some(Why::Withdrawn) {
        return Err(Failure::NotFound);
    }
    let now = Utc::now();
    let follows = storage::subscriptions::of_comment(&app.db, id).await?.is_some();
    let held = matches!(stored.state, CommentState::Held | CommentState::Spam);
    let context = about.context_elsewhere();
    private(
        &visit,
        &OwnPage {
            frame: Frame::new(&app, &visit, visit.m.talk_yours(), Place::Elsewhere),
            m: visit.m,
            title: title(&app, &about.title),
            title_language: about.language,
            href: about.page.clone(),
            id: id.0,
            language: Language::of(&stored.comment.body),
            body: body(id, &stored.comment.body, &context),
            why: reason(visit.m, stored.why),
            held,
            minutes: minutes(&app, stored.comment.created, now)
                .filter(|_| stored.state == CommentState::Held),
            follows,
            author: stored.comment.author,
        },
    )
}

/// `GET /comments/{id}/edit`
pub(super) async fn edit_page(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    id: web::Path<i64>,
) -> Page {
    let (stored, about) = mine(&app, &visit, &request, *id).await?;
    let text = stored.comment.body.clone();
    form(&app, &visit, (&stored, &about), text, None)
}

/// `POST /comments/{id}/edit`
pub(super) async fn edit(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    id: web::Path<i64>,
    change: web::Form<Change>,
) -> Page {
    admitted(&app, &request)?;
    let (stored, about) = mine(&app, &visit, &request, *id).await?;
    let text = change.text.replace("\r\n", "\n").trim_end().to_owned();
    let fault = match text.as_str() {
        text if text.trim().is_empty() => Some(visit.m.talk_no_text()),
        text if text.len() > LONGEST => Some(visit.m.talk_long_text()),
        _ => None,
    };
    if fault.is_some() || change.action == "preview" {
        return form(&app, &visit, (&stored, &about), text, fault);
    }
    // What was shown may not become what would have been held.
    let linked =
        links_in(&text) > app.config.comments.links.max(links_in(&stored.comment.body) as u32) as usize;
    let verdict = match linked {
        true => (CommentState::Held, Some(Why::Links)),
        false => (stored.state, stored.why),
    };
    let since = Utc::now() - editing(&app);
    if !comments::edit(&app.db, stored.comment.id, &text, since, verdict).await? {
        return Err(Failure::NotAllowed);
    }
    app.discussing.bell.notify_one();
    Ok(see_other(&format!("/comments/{}", stored.comment.id.0)))
}

/// `POST /comments/{id}/withdraw`: what replies to it stays.
pub(super) async fn withdraw(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    id: web::Path<i64>,
) -> Page {
    admitted(&app, &request)?;
    let (stored, about) = mine(&app, &visit, &request, *id).await?;
    let ids = [stored.comment.id];
    let verdict = Verdict::new(CommentState::Deleted, Some(Why::Withdrawn));
    comments::change(&app.db, &ids, verdict, None).await?;
    Ok(see_other(&format!("{}#comments", about.page)))
}

async fn find(app: &App, id: i64) -> Result<Stored, Failure> {
    comments::by_id(&app.db, CommentId(id)).await?.ok_or(Failure::NotFound)
}

/// A comment that the visitor may change, with what it is about: who may not read that any more changes nothing there.
async fn mine(app: &App, visit: &Visit, request: &HttpRequest, id: i64) -> Result<(Stored, About), Failure> {
    let stored = find(app, id).await?;
    let about = About::of_subject(app, request, stored.comment.subject).await?;
    let standing = matches!(stored.state, CommentState::Held | CommentState::Visible);
    if !is_mine(visit, &stored) || !standing || !may_change(app, stored.comment.created, Utc::now()) {
        return Err(Failure::NotAllowed);
    }
    Ok((stored, about))
}

fn is_mine(visit: &Visit, stored: &Stored) -> bool {
    stored.edit_hash.is_some() && stored.edit_hash == visit.talk.visitor
}

fn minutes(app: &App, created: DateTime<Utc>, now: DateTime<Utc>) -> Option<u64> {
    let left = editing(app) - (now - created);
    (left > TimeDelta::zero()).then(|| left.num_minutes().unsigned_abs() + 1)
}

fn form(
    app: &App,
    visit: &Visit,
    (stored, about): (&Stored, &About),
    text: String,
    fault: Option<&'static str>,
) -> Page {
    let id = stored.comment.id;
    let preview = (text.len() <= LONGEST).then(|| body(id, &text, &about.context_elsewhere()));
    private(
        visit,
        &EditPage {
            frame: Frame::new(app, visit, visit.m.talk_edit(), Place::Elsewhere),
            m: visit.m,
            title: title(app, &about.title),
            title_language: about.language,
            href: about.page.clone(),
            id: id.0,
            about: about.name(),
            text,
            fault,
            preview,
        },
    )
}
