use actix_web::{HttpRequest, HttpResponse, web};
use cite::Format;
use content::Paper;
use storage::{
    Cursor, Page as Found,
    readers::{self, Mark},
};

use super::{Empty, Link, ListPage, Page, Part, Range, cards, whole};
use crate::{
    app::App,
    errors::Failure,
    exports,
    visit::{Visit, reader},
};

/// `GET /stars`: what this reader starred, the last one first.
pub(crate) async fn stars(app: web::Data<App>, visit: Visit, request: HttpRequest, part: Part) -> Page {
    if let Some(format) = visit.accepts {
        return file(&app, &visit, &request, &part, format).await;
    }
    let found = starred(&app, &request, part.after()?, part.limit()).await?;
    let m = visit.m;
    let empty = found.items.is_empty().then(|| Empty {
        what: m.no_stars().into(),
        link: Some(Link { name: m.papers().into(), href: "/papers".into() }),
    });
    let key = match reader::hash(&request) {
        Some(cookie) => reader::stars_key(&app, &cookie).await?,
        None => None,
    };
    let cards = cards(&app, &found.items, found.first).await?;
    visit.page_of_papers(&ListPage {
        empty,
        feed: key.map(|key| reader::stars_feed(&key)),
        feed_note: Some(m.stars_feed()),
        feed_renewal: Some("/stars/feed"),
        range: Range::of(found.first, cards.len(), Some(found.total)),
        next: found.next.map(|cursor| part.address("/stars", |part| part.after = Some(cursor.to_string()))),
        ..whole(&app, &visit, m.stars().into(), cards)
    })
}

/// `POST /stars/feed`: gives the feed of these stars another address; nothing is at the one before.
pub(crate) async fn renew_stars_feed(
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let cookie = reader::hash(&request).ok_or(Failure::NotFound)?;
    let reader = readers::by_cookie(&app.db, &cookie).await?.ok_or(Failure::NotFound)?;
    readers::renew_feed(&app.db, reader).await?;
    app.pages.forget();
    Ok(HttpResponse::SeeOther().insert_header(("location", "/stars")).finish())
}

/// `GET /stars.{suffix}`: the same as a file.
pub(crate) async fn stars_file(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    suffix: web::Path<String>,
    part: Part,
) -> Page {
    let format = Format::of_suffix(&suffix).ok_or(Failure::NotFound)?;
    file(&app, &visit, &request, &part, format).await
}

async fn file(app: &App, visit: &Visit, request: &HttpRequest, part: &Part, format: Format) -> Page {
    let Found { items, next, total, first } =
        starred(app, request, part.after()?, exports::MOST as u64).await?;
    Ok(exports::part(app, visit, &storage::Part { items, next, total: Some(total), first }, format))
}

async fn starred(
    app: &App,
    request: &HttpRequest,
    after: Option<Cursor>,
    limit: u64,
) -> Result<Found<Paper>, Failure> {
    let reader = match reader::hash(request) {
        Some(cookie) => readers::by_cookie(&app.db, &cookie).await?,
        None => None,
    };
    Ok(match reader {
        Some(reader) => readers::marked_by(&app.db, reader, Mark::Star, after, limit).await?,
        None => Found { items: Vec::new(), next: None, total: 0, first: 1 },
    })
}
