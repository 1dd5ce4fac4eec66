use actix_web::web;
use askama::Template;
use storage::papers;

use super::{
    super::frame::{Frame, Place},
    Choice, Page,
};
use crate::{
    app::App,
    papers::{category_address, escaped},
    visit::{Visit, language::Messages},
};

#[derive(Template)]
#[template(path = "papers.html")]
struct Overview {
    frame: Frame,
    m: Messages,
    categories: Vec<Choice>,
    venues: Vec<Choice>,
}

/// `GET /papers`: all categories and proceedings.
pub(crate) async fn paper_overview(app: web::Data<App>, visit: Visit) -> Page {
    let categories = papers::categories(&app.db).await?.into_iter();
    let venues = papers::venues(&app.db).await?.into_iter();
    let choice =
        |href: String, name: String, count| Choice { name, href, count: Some(count), current: false };
    visit.page(&Overview {
        frame: Frame::new(&app, &visit, visit.m.papers(), Place::Papers),
        m: visit.m,
        categories: categories.map(|(name, count)| choice(category_address(&name), name, count)).collect(),
        venues: venues.map(|(key, count)| choice(format!("/venue/{}", escaped(&key)), key, count)).collect(),
    })
}
