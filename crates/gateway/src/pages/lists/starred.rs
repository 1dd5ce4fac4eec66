use actix_web::{HttpRequest, web};
use cite::Format;
use content::Paper;
use storage::readers::{self, Mark};

use super::{Empty, Link, ListPage, Page, cards, whole};
use crate::{app::App, errors::Failure, exports, reader, visit::Visit};

/// The most stars on the page.
const MOST: u64 = 1000;

/// `GET /stars`: what this reader starred, the last one first.
pub(crate) async fn stars(app: web::Data<App>, visit: Visit, request: HttpRequest) -> Page {
    let papers = starred(&app, &request).await?;
    if let Some(format) = visit.accepts {
        return Ok(file(&app, &visit, &papers, format));
    }
    let m = visit.m;
    let empty = papers.is_empty().then(|| Empty {
        what: m.no_stars().into(),
        link: Some(Link { name: m.papers().into(), href: "/papers".into() }),
    });
    let cards = cards(&app, &papers, 1).await?;
    visit.page_of_papers(&ListPage { empty, ..whole(&app, &visit, m.stars().into(), cards) })
}

/// `GET /stars.{suffix}`: the same as a file.
pub(crate) async fn stars_file(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    suffix: web::Path<String>,
) -> Page {
    let format = Format::of_suffix(&suffix).ok_or(Failure::NotFound)?;
    Ok(file(&app, &visit, &starred(&app, &request).await?, format))
}

async fn starred(app: &App, request: &HttpRequest) -> Result<Vec<Paper>, Failure> {
    let Some(reader) = reader::hash(request) else { return Ok(Vec::new()) };
    let starred = readers::marked_by(&app.db, &reader, Mark::Star, MOST).await?;
    Ok(starred.into_iter().map(|(paper, _)| paper).collect())
}

fn file(app: &App, visit: &Visit, papers: &[Paper], format: Format) -> actix_web::HttpResponse {
    let works: Vec<_> = papers.iter().map(|paper| exports::of_paper(app, paper)).collect();
    exports::file(visit, format, &works, None)
}
