use actix_web::{HttpRequest, web};
use storage::readers::{self, Mark};

use super::{Empty, Link, Page, cards, whole};
use crate::{app::App, reader, visit::Visit};

/// The most stars on the page.
const MOST: u64 = 1000;

/// `GET /stars`: what this reader starred, the last one first.
pub(crate) async fn stars(app: web::Data<App>, visit: Visit, request: HttpRequest) -> Page {
    let m = visit.m;
    let starred = match reader::hash(&request) {
        Some(reader) => readers::marked_by(&app.db, &reader, Mark::Star, MOST).await?,
        None => Vec::new(),
    };
    let papers: Vec<_> = starred.into_iter().map(|(paper, _)| paper).collect();
    let mut page = whole(&app, &visit, m.stars().into(), cards(&app, &papers, 1).await?);
    page.empty = papers.is_empty().then(|| Empty {
        what: m.no_stars().into(),
        link: Some(Link { name: m.papers().into(), href: "/papers".into() }),
    });
    super::page(&visit, &page)
}
