//! Feeds: one writer for posts and for every list of papers, in Atom, RSS and JSON Feed.
//!
//! A handler gathers entries and says what they are of; [`answer`] writes them in the format of the address, or says
//! that nothing changed. [`each`] names the three addresses of one feed.

mod answer;
mod atom;
mod comments;
mod entry;
mod format;
mod json;
mod rss;
mod seen;

pub(crate) use answer::{Channel, answer};
pub(crate) use comments::routes as comment_routes;
pub(crate) use entry::{Entry, of_paper, of_post};
pub(crate) use format::{Feed, Format, each};
pub(crate) use seen::Seen;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use chrono::NaiveDate;
use content::{Kind, Paper};
use serde::Deserialize;
use storage::{
    Listing, Scope, papers, post_lists,
    readers::{self, Mark},
};

use crate::{
    app::App,
    errors::Failure,
    papers::{
        address, escaped, identifier,
        lists::{self, Named, category_list_address, venue_list_address},
    },
    posts::{
        citations::Works,
        shelves::{Name, Shelf},
    },
    searches::{Asked, Document, Documents, find},
    visit::{Visit, language::Messages, parameters::Parameters, reader},
};

/// Entries of a feed of posts.
const POSTS: u64 = 20;
/// Entries of a feed of papers.
const PAPERS: u64 = 100;
/// The most, of a day that has more.
const MOST: u64 = 1000;
/// Papers that the title of a feed names.
const NAMED: usize = 3;
/// Entries of a feed of a search.
const RESULTS: usize = 50;

/// Which part of a list a feed is of.
#[derive(Debug, Deserialize)]
pub(crate) struct Narrowed {
    date: Option<String>,
    group: Option<String>,
}

impl Narrowed {
    fn day(&self) -> Result<Option<NaiveDate>, Failure> {
        let date = self.date.as_deref().filter(|date| !date.is_empty());
        let day = |date: &str| {
            content::day(date).ok_or_else(|| Failure::WrongDate(date.chars().take(40).collect()))
        };
        date.map(day).transpose()
    }
}

/// `GET /feed`
pub(crate) async fn posts(app: web::Data<App>, request: HttpRequest, visit: Visit) -> Answer {
    of_shelf(&app, &request, visit.m, Shelf::all()).await
}

/// `GET /category/{slug}/feed`
pub(crate) async fn category(
    app: web::Data<App>,
    request: HttpRequest,
    visit: Visit,
    slug: web::Path<String>,
) -> Answer {
    of_shelf(&app, &request, visit.m, Shelf::category(&app, &slug).await?).await
}

/// `GET /tag/{slug}/feed`
pub(crate) async fn tag(
    app: web::Data<App>,
    request: HttpRequest,
    visit: Visit,
    slug: web::Path<String>,
) -> Answer {
    of_shelf(&app, &request, visit.m, Shelf::tag(&app, &slug).await?).await
}

/// `GET /author/{name}/feed`
pub(crate) async fn author(
    app: web::Data<App>,
    request: HttpRequest,
    visit: Visit,
    name: web::Path<String>,
) -> Answer {
    of_shelf(&app, &request, visit.m, Shelf::author(&app, &name).await?).await
}

/// `GET /series/{slug}/feed`
pub(crate) async fn series(
    app: web::Data<App>,
    request: HttpRequest,
    visit: Visit,
    slug: web::Path<String>,
) -> Answer {
    of_shelf(&app, &request, visit.m, Shelf::series(&app, &slug).await?).await
}

/// `GET /{year}/{month}/feed`
pub(crate) async fn month(
    app: web::Data<App>,
    request: HttpRequest,
    visit: Visit,
    which: web::Path<(String, String)>,
) -> Answer {
    of_shelf(&app, &request, visit.m, Shelf::month(&which.0, &which.1)?).await
}

/// What a handler of a feed returns.
type Answer = Result<HttpResponse, Failure>;

/// The newest posts of a list, whatever is pinned there.
async fn of_shelf(app: &App, request: &HttpRequest, m: Messages, shelf: Shelf) -> Answer {
    if shelf.is_moved {
        return Ok(moved(request, &shelf.address));
    }
    let found = post_lists::newest(&app.db, &shelf.scope, POSTS).await?;
    let site = &app.config.site.title;
    let title = match &shelf.name {
        Name::All => site.clone(),
        Name::Of(_, name) => format!("{name} – {site}"),
        Name::Month(year, month) => {
            let first = NaiveDate::from_ymd_opt(*year, *month, 1).unwrap_or_default();
            format!("{} – {site}", m.month(&first))
        }
    };
    let own = shelf.feed();
    let page = if shelf.name == Name::All { "/".into() } else { shelf.address };
    let mut entries = Vec::new();
    for post in &found {
        let cited = Works::of(app, &post.body).await?;
        entries.push(of_post(app, post, &cited));
    }
    Ok(answer(app, request, &Channel { title, page, own }, &entries))
}

/// `GET /arxiv/{which}/feed`
pub(crate) async fn arxiv(
    app: web::Data<App>,
    request: HttpRequest,
    which: web::Path<String>,
    Parameters(narrowed): Parameters<Narrowed>,
) -> Result<HttpResponse, Failure> {
    match lists::of_arxiv(&app, &which).await? {
        Named::Categories(list) => {
            let (name, page) = (list.terms.text(), category_list_address(&list.terms));
            let date = narrowed.day()?;
            // Whoever looks once a day misses nothing of a day.
            let day = Listing { date: date.or(list.latest), ..Listing::first(list.scope(), 1) };
            let limit = papers::list(&app.db, &day).await?.total.unwrap_or(PAPERS).clamp(PAPERS, MOST);
            let listing = Listing { date, ..Listing::first(list.scope(), limit) };
            let date = date.map(|date| ("date", date.to_string()));
            of_listing(&app, &request, listing, name, &page, date).await
        }
        named => of_named(&app, &request, named),
    }
}

/// `GET /venue/{which}/feed`
pub(crate) async fn venue(
    app: web::Data<App>,
    request: HttpRequest,
    visit: Visit,
    which: web::Path<String>,
    Parameters(narrowed): Parameters<Narrowed>,
) -> Result<HttpResponse, Failure> {
    match lists::of_venue(&app, &which).await? {
        Named::Venue { key, year } => {
            let name = year.map_or_else(|| key.clone(), |year| format!("{key} {year}"));
            let page = venue_list_address(&key, year);
            let group = narrowed.group.filter(|group| !group.is_empty());
            let listing = Listing::first(Scope::Venue { key, year, group: group.clone() }, PAPERS);
            of_listing(&app, &request, listing, name, &page, group.map(|group| ("group", group))).await
        }
        Named::Latest => {
            let name = visit.m.latest_proceedings().to_owned();
            let listing = Listing::first(Scope::Venues, PAPERS);
            of_listing(&app, &request, listing, name, "/venue/latest", None).await
        }
        named => of_named(&app, &request, named),
    }
}

/// Of papers that the address names one by one: they change when a version comes.
fn of_named(app: &App, request: &HttpRequest, named: Named) -> Result<HttpResponse, Failure> {
    match named {
        Named::Paper(paper, _) => {
            let page = address(&paper);
            Ok(of_papers(app, request, identifier(&paper), format!("{page}/feed"), page, &[*paper]))
        }
        Named::Papers(papers, _) => {
            let page = page_of(request).to_owned();
            let mut name = papers.iter().take(NAMED).map(identifier).collect::<Vec<_>>().join(", ");
            if papers.len() > NAMED {
                name.push_str(", …");
            }
            Ok(of_papers(app, request, name, format!("{page}/feed"), page, &papers))
        }
        Named::Moved(page) => Ok(moved(request, &page)),
        Named::Categories(_) | Named::Venue { .. } | Named::Latest => Err(Failure::NotFound),
    }
}

/// The path of the page that a feed belongs to.
fn page_of(request: &HttpRequest) -> &str {
    request.path().rsplit_once("/feed").map_or("/", |(page, _)| page)
}

/// `GET /stars/{key}/feed`: what the reader whose key this is starred, for a feed reader that has no cookie.
pub(crate) async fn stars(
    app: web::Data<App>,
    request: HttpRequest,
    visit: Visit,
    key: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let reader = reader::of_key(&app, &key).await?.ok_or(Failure::NotFound)?;
    let starred = readers::marked_by(&app.db, reader, Mark::Star, None, PAPERS).await?;
    let own = reader::stars_feed(&key);
    Ok(of_papers(&app, &request, visit.m.stars().to_owned(), own, "/stars".to_owned(), &starred.items))
}

/// The same feed of a list that has a better address, and the same part of it.
fn moved(request: &HttpRequest, page: &str) -> HttpResponse {
    let part = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let feed = Format::of(request).at(&format!("{page}/feed{part}"));
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
    let mut entries = Vec::new();
    for hit in &results.hits {
        match documents.get(hit.id) {
            Some(Document::Paper(paper)) => entries.push(of_paper(&app, paper)),
            Some(Document::Post(post)) => {
                entries.push(of_post(&app, post, &Works::of(&app, &post.body).await?));
            }
            Some(Document::Comment(..) | Document::Answer(..)) | None => {}
        }
    }
    let name = asked.query.text();
    let channel = Channel {
        title: format!("{name} – {}", app.config.site.title),
        page: asked.address(),
        own: asked.feed(),
    };
    Ok(answer(&app, &request, &channel, &entries))
}

async fn of_listing(
    app: &App,
    request: &HttpRequest,
    listing: Listing,
    name: String,
    page: &str,
    narrowed: Option<(&str, String)>,
) -> Result<HttpResponse, Failure> {
    let found = papers::list(&app.db, &listing).await?;
    let part = narrowed.as_ref().map(|(_, value)| format!(", {value}")).unwrap_or_default();
    let query = narrowed.map(|(key, value)| format!("?{key}={}", escaped(&value))).unwrap_or_default();
    let (own, page) = (format!("{page}/feed{query}"), format!("{page}{query}"));
    Ok(of_papers(app, request, format!("{name}{part}"), own, page, &found.items))
}

fn of_papers(
    app: &App,
    request: &HttpRequest,
    name: String,
    own: String,
    page: String,
    papers: &[Paper],
) -> HttpResponse {
    let channel = Channel { title: format!("{name} – {}", app.config.site.title), own, page };
    let entries: Vec<_> = papers.iter().map(|paper| of_paper(app, paper)).collect();
    answer(app, request, &channel, &entries)
}
