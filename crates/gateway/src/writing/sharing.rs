//! An address at which whoever has it reads what is not published.

use actix_web::{http::header::HeaderName, http::header::HeaderValue, web};
use askama::Template;
use render::Html;
use serde::Deserialize;
use storage::drafts;

use super::{
    editor::{self, Beside},
    preview::rendered,
    record, see_other,
};
use crate::{
    accounts::{Writer, digest, secret},
    app::App,
    errors::Failure,
    pages::{self, Frame, Page, Place},
    visit::{Visit, language::Messages},
};

/// Whether there is to be an address.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(rename = "do")]
    wanted: String,
}

#[derive(Template)]
#[template(path = "writing/shared.html")]
struct SharedPage {
    frame: Frame,
    m: Messages,
    language: &'static str,
    title: Html,
    author: String,
    saved: String,
    body: Html,
}

/// `POST /write/{id}/share`: makes an address, which is shown once; or takes it back.
pub(super) async fn share(
    app: web::Data<App>,
    visit: Visit,
    writer: Writer,
    id: web::Path<String>,
    form: web::Form<Wanted>,
) -> Page {
    let working = super::working(&app, &writer.0, &id).await?;
    if form.wanted == "unshare" {
        drafts::share(&app.db, working.id, None).await?;
        record(&app, &writer.0, "draft.unshare", &id, "").await?;
        return Ok(see_other(&format!("/write/{}?done=unshared", working.id.0)));
    }
    let secret = secret();
    drafts::share(&app.db, working.id, Some(&digest(&secret))).await?;
    record(&app, &writer.0, "draft.share", &id, "").await?;
    let link = Some(format!("{}/preview/{secret}", app.base));
    let working = super::working(&app, &writer.0, &id).await?;
    editor::page(&app, &visit, &writer.0, working, Beside { link, ..Beside::default() }).await
}

/// `GET /preview/{secret}`
pub(super) async fn shared(app: web::Data<App>, visit: Visit, secret: web::Path<String>) -> Page {
    let working = drafts::by_preview(&app.db, &digest(&secret)).await?.ok_or(Failure::NotFound)?;
    let (post, rendered) = rendered(&app, working.text).await?;
    let page = SharedPage {
        frame: Frame::new(&app, &visit, &post.title, Place::Elsewhere),
        m: visit.m,
        language: post.language.tag(),
        title: render::inline(&post.title, &app.context()),
        author: post.author,
        saved: format!("{} {}", visit.m.short_date(&working.saved), editor::clock(working.saved)),
        body: rendered.html,
    };
    let mut response = pages::unkept(visit.page(&page)?);
    let nothing = HeaderValue::from_static("noindex, nofollow");
    response.headers_mut().insert(HeaderName::from_static("x-robots-tag"), nothing);
    response
        .headers_mut()
        .insert(HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer"));
    Ok(response)
}
