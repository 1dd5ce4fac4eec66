use actix_web::web;
use askama::Template;
use content::Language;
use render::Html;
use storage::{comments, subscriptions};

use super::{Page, private};
use crate::{
    accounts::digest,
    app::App,
    discussing::About,
    errors::Failure,
    pages::{
        cards::title,
        frame::{Frame, Place},
    },
    visit::{Visit, language::Messages},
};

/// Where a wish for mail stands.
#[derive(PartialEq, Eq)]
enum State {
    Asked,
    Confirmed,
    Stopped,
}

#[derive(Template)]
#[template(path = "following.html")]
struct FollowingPage {
    frame: Frame,
    m: Messages,
    token: String,
    state: State,
    /// What is talked about, unless that is gone.
    subject: Option<(Html, Language, String)>,
}

/// `GET /subscriptions/{token}`: nothing is changed by looking; programs look at every link of a letter.
pub(super) async fn show(app: web::Data<App>, visit: Visit, token: web::Path<String>) -> Page {
    let found = subscriptions::by_token(&app.db, &digest(&token)).await?;
    let state = match &found {
        Some(found) if found.confirmed => State::Confirmed,
        Some(_) => State::Asked,
        None => State::Stopped,
    };
    let subject = match found {
        Some(found) => subject(&app, found.comment).await?,
        None => None,
    };
    page(&app, &visit, token.into_inner(), state, subject)
}

/// `POST /subscriptions/{token}/confirm`
pub(super) async fn confirm(app: web::Data<App>, visit: Visit, token: web::Path<String>) -> Page {
    if !subscriptions::confirm(&app.db, &digest(&token)).await? {
        return page(&app, &visit, token.into_inner(), State::Stopped, None);
    }
    show(app, visit, token).await
}

/// `POST /subscriptions/{token}/stop`: also what programs for mail send when somebody presses a button there (RFC 8058).
/// The token is all that is asked for, and stopping twice is stopping.
pub(super) async fn stop(app: web::Data<App>, visit: Visit, token: web::Path<String>) -> Page {
    subscriptions::stop(&app.db, &digest(&token)).await?;
    page(&app, &visit, token.into_inner(), State::Stopped, None)
}

async fn subject(
    app: &App,
    comment: content::CommentId,
) -> Result<Option<(Html, Language, String)>, Failure> {
    let Some(stored) = comments::by_id(&app.db, comment).await? else { return Ok(None) };
    let about = About::for_everybody(app, stored.comment.subject).await?;
    Ok(about.map(|about| (title(app, &about.title), about.language, about.page)))
}

fn page(
    app: &App,
    visit: &Visit,
    token: String,
    state: State,
    subject: Option<(Html, Language, String)>,
) -> Page {
    let frame = Frame::new(app, visit, visit.m.following(), Place::Elsewhere);
    private(visit, &FollowingPage { frame, m: visit.m, token, state, subject })
}
