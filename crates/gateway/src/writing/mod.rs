//! Writing: the desk with everything that is written, the editor with its live preview, what a text was before, and the
//! files that posts show.
//!
//! Authors see what is theirs, editors everything. [`form`] is what the editor sends, as a form or as JSON, and knows how
//! to make a manuscript of it; [`saving`] changes working copies and posts; [`preview`] renders them; [`files`] takes and
//! gives pictures; [`schedule`] announces posts whose day has come. Nothing here overwrites what somebody else wrote:
//! every change names the version that it was made from.

mod desk;
mod differences;
mod editor;
mod files;
mod form;
mod library;
mod preview;
mod revisions;
mod saving;
mod schedule;
mod sharing;
mod together;

pub(crate) use files::{
    address as file_address, markdown as file_markdown, paths as file_paths, picture, stored,
};
pub(crate) use form::{Fault, faults, macros_are_readable};
pub(crate) use schedule::keep;
pub(crate) use together::Together;

use actix_web::{HttpResponse, guard, web};
use content::{DraftId, Role, User, UserId};
use storage::{
    audit::{self, Deed},
    drafts::{self, Working},
};
use tokio::sync::{Notify, Semaphore};

use crate::{
    app::App,
    errors::{self, Failure},
    pages,
};

/// The longest text of a post with what is decided about it, as JSON; as a form it may be three times as long.
const MAX_TEXT: usize = 2 << 20;
/// Pictures that are written anew at one time: each may take half a gigabyte.
const PICTURES: usize = 1;

/// What is open for those who write.
pub(crate) struct Desk {
    /// Who is writing what just now.
    pub(crate) together: Together,
    /// That a post has another day than before.
    pub(crate) rescheduled: Notify,
    /// Turns for pictures.
    pictures: Semaphore,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { together: Together::default(), rescheduled: Notify::new(), pictures: Semaphore::new(PICTURES) }
    }
}

/// Every address of writing, and of what is written for some only.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    let read = || guard::Any(guard::Get()).or(guard::Head());
    let text = || errors::json_body(MAX_TEXT);
    let form = || errors::form_body(3 * MAX_TEXT);
    // What may come either way is read before it is known which it is.
    let either = || web::PayloadConfig::new(3 * MAX_TEXT);
    config
        .service(
            web::resource("/write")
                .route(web::route().guard(read()).to(desk::desk))
                .route(web::post().to(desk::begin)),
        )
        .service(
            web::resource("/write/media")
                .route(web::route().guard(read()).to(library::library))
                .route(web::post().to(files::take)),
        )
        .service(web::resource("/write/media/{hash}/remove").route(web::post().to(library::remove)))
        .service(web::resource("/write/post/{number}").route(web::route().guard(read()).to(desk::of_post)))
        .service(
            web::resource("/write/{id}")
                .app_data(text())
                .app_data(form())
                .app_data(either())
                .route(web::route().guard(read()).to(editor::editor))
                .route(web::post().to(saving::save)),
        )
        .service(
            web::resource("/write/{id}/preview")
                .app_data(text())
                .app_data(form())
                .app_data(either())
                .route(web::post().to(preview::preview)),
        )
        .service(web::resource("/write/{id}/here").route(web::post().to(together::here)))
        .service(
            web::resource("/write/{id}/compare").app_data(text()).route(web::post().to(revisions::compare)),
        )
        .service(
            web::resource("/write/{id}/revisions")
                .route(web::route().guard(read()).to(revisions::revisions))
                .route(web::post().to(revisions::restore)),
        )
        .service(web::resource("/write/{id}/share").route(web::post().to(sharing::share)))
        .service(web::resource("/preview/{secret}").route(web::route().guard(read()).to(sharing::shared)))
        .service(web::resource("/files/{name}").route(web::route().guard(read()).to(files::give)))
        .service(
            web::resource(["/posts/{slug}/unlock", "/pages/{slug}/unlock"])
                .route(web::post().to(pages::unlock)),
        );
}

/// The working copy of a key, for somebody who may change it.
async fn working(app: &App, user: &User, id: &str) -> Result<Working, Failure> {
    let id = id.parse().map(DraftId).map_err(|_| Failure::NotFound)?;
    let found = drafts::by_id(&app.db, id).await?.ok_or(Failure::NotFound)?;
    if may_change(user, found.owner) { Ok(found) } else { Err(Failure::NotAllowed) }
}

fn may_change(user: &User, owner: Option<UserId>) -> bool {
    user.role >= Role::Editor || owner == Some(user.id)
}

/// Whose texts somebody sees: their own, or everybody's.
fn seen_by(user: &User) -> Option<UserId> {
    (user.role < Role::Editor).then_some(user.id)
}

/// Writes down that somebody did something in the browser.
async fn record(app: &App, user: &User, action: &str, object: &str, detail: &str) -> Result<(), Failure> {
    let deed = Deed { user: Some(user.id), who: user.name.as_str(), action, object, detail };
    Ok(audit::record(&app.db, deed).await?)
}

fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("location", to)).finish()
}
