//! Feeds: one writer for posts and for every list of papers, in Atom, RSS and JSON Feed.
//!
//! A handler gathers entries and says what they are of; [`answer`] writes them in the format of the address, or says
//! that nothing changed. [`each`] names the three addresses of one feed.

mod answer;
mod atom;
mod entry;
mod format;
mod json;
mod rss;
mod seen;

pub(crate) use answer::{Channel, answer};
pub(crate) use entry::{Entry, of_paper, of_post};
pub(crate) use format::{Feed, Format, each};
pub(crate) use seen::Seen;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use content::Kind;
use storage::{Listing, Scope, papers, posts};

use crate::{
    app::App,
    errors::Failure,
    lists::{self, Named, category_list_address, venue_list_address},
    searches::{Asked, Document, Documents, find},
    visit::Visit,
};

/// Entries of a feed of posts.
const POSTS: u64 = 20;
/// Entries of a feed of papers.
const PAPERS: u64 = 100;
/// Entries of a feed of a search.
const RESULTS: usize = 50;

/// `GET /feed`
pub(crate) async fn posts(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let found = posts::list(&app.db, None, POSTS).await?;
    let channel = Channel { title: app.config.site.title.clone(), page: "/".into(), own: "/feed".into() };
    let entries: Vec<_> = found.items.iter().map(|post| of_post(&app, post)).collect();
    Ok(answer(&app, &request, &channel, &entries))
}

/// `GET /arxiv/{category}/feed`
pub(crate) async fn category(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    match lists::of_arxiv(&app, &name).await? {
        Named::Categories(list) => {
            let (name, page) = (list.terms.text(), category_list_address(&list.terms));
            of_papers(&app, &request, list.scope(), name, page).await
        }
        Named::Moved(page) => Ok(moved(&request, &page)),
        _ => Err(Failure::NotFound),
    }
}

/// `GET /venue/{name}[.{year}]/feed`, `GET /venue/latest/feed`
pub(crate) async fn venue(
    app: web::Data<App>,
    request: HttpRequest,
    visit: Visit,
    which: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    match lists::of_venue(&app, &which).await? {
        Named::Venue { key, year } => {
            let name = year.map_or_else(|| key.clone(), |year| format!("{key} {year}"));
            let page = venue_list_address(&key, year);
            of_papers(&app, &request, Scope::venue(&key, year), name, page).await
        }
        Named::Latest => {
            let name = visit.m.latest_proceedings().to_owned();
            of_papers(&app, &request, Scope::Venues, name, "/venue/latest".into()).await
        }
        Named::Moved(page) => Ok(moved(&request, &page)),
        _ => Err(Failure::NotFound),
    }
}

/// The same feed of a list that has a better address.
fn moved(request: &HttpRequest, page: &str) -> HttpResponse {
    let feed = Format::of(request).at(&format!("{page}/feed"));
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, feed)).finish()
}

/// `GET /arxiv/search/feed?query=`: papers only, at the address that other tools use.
pub(crate) async fn paper_search(request: HttpRequest, asked: Asked) -> HttpResponse {
    let papers = Format::of(&request).at(&asked.with_kind(Some(Kind::Paper)).feed());
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, papers)).finish()
}

/// `GET /search/feed?query=&…`: what a search finds among papers and posts, the newest first.
pub(crate) async fn search(
    app: web::Data<App>,
    request: HttpRequest,
    asked: Asked,
) -> Result<HttpResponse, Failure> {
    if asked.is_empty() {
        return Err(Failure::NotFound);
    }
    let results = find(&app, &asked.as_feed(), RESULTS, &[]).await?;
    let documents = Documents::load(&app.db, results.hits.iter().map(|hit| hit.id)).await?;
    let entries = results.hits.iter().filter_map(|hit| match documents.get(hit.id)? {
        Document::Paper(paper) => Some(of_paper(&app, paper)),
        Document::Post(post) => Some(of_post(&app, post)),
        Document::Comment(..) | Document::Answer(..) => None,
    });
    let name = asked.query.text();
    let channel = Channel {
        title: format!("{name} – {}", app.config.site.title),
        page: asked.address(),
        own: asked.feed(),
    };
    Ok(answer(&app, &request, &channel, &entries.collect::<Vec<_>>()))
}

async fn of_papers(
    app: &App,
    request: &HttpRequest,
    scope: Scope,
    name: String,
    page: String,
) -> Result<HttpResponse, Failure> {
    let found = papers::list(&app.db, &Listing::first(scope, PAPERS)).await?;
    let channel =
        Channel { title: format!("{name} – {}", app.config.site.title), own: format!("{page}/feed"), page };
    let entries: Vec<_> = found.items.iter().map(|paper| of_paper(app, paper)).collect();
    Ok(answer(app, request, &channel, &entries))
}
