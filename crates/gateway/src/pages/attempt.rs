//! One attempt at reading a paper, by itself: what was read before stays readable.

use actix_web::{HttpResponse, web};
use askama::Template;
use content::{AttemptId, AttemptState, Language};
use render::Html;
use storage::{answers, papers};

use super::{
    Page,
    cards::title,
    frame::{Frame, Place},
    reading::{self, Reading},
};
use crate::{
    app::App,
    errors::Failure,
    papers::{address, reading_address},
    visit::{Visit, language::Messages},
};

#[derive(Template)]
#[template(path = "attempt.html")]
struct AttemptPage {
    frame: Frame,
    m: Messages,
    title: Html,
    language: Language,
    href: String,
    reading: Reading,
}

/// `GET /readings/{attempt}`: one that has ended. Search engines are told to know the paper's page only.
pub(crate) async fn attempt(app: web::Data<App>, visit: Visit, id: web::Path<i64>) -> Page {
    let found = answers::by_attempt(&app.db, AttemptId(*id)).await?.ok_or(Failure::NotFound)?;
    let paper = papers::by_id(&app.db, found.0.paper).await?.ok_or(Failure::NotFound)?;
    let language = found.0.language;
    if found.1.state == AttemptState::Running {
        let there = reading_address(&paper, language);
        return Ok(HttpResponse::SeeOther().insert_header(("location", there)).finish());
    }
    let reading = reading::shown(&app, visit.m, &paper, language, Some(found)).await?;
    let name = &paper.shown.title;
    visit.page_of_papers(&AttemptPage {
        frame: Frame::new(&app, &visit, name, Place::Papers),
        m: visit.m,
        title: title(&app, name),
        language: Language::of(name),
        href: address(&paper),
        reading,
    })
}
