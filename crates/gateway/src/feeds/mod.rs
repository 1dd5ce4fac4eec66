//! Atom feeds (RFC 4287): one writer for posts and for every list of papers.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use atom_syndication::{
    CategoryBuilder, ContentBuilder, Entry, EntryBuilder, Feed, FeedBuilder, LinkBuilder, PersonBuilder, Text,
};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use content::{Kind, Paper, Post};
use render::{Context, Format, Trust};
use sha2::{Digest, Sha256};
use storage::{Listing, Scope, papers, posts};

use crate::{
    app::App,
    errors::Failure,
    papers::{address, category_address, escaped},
    searches::{Asked, Document, Documents, find},
};

/// Entries of a feed of posts.
const POSTS: u64 = 20;
/// Entries of a feed of papers.
const PAPERS: u64 = 100;
/// Entries of a feed of a search.
const RESULTS: usize = 50;

/// What a feed is about.
struct Channel {
    title: String,
    /// The page that shows the same list.
    page: String,
    /// Where the feed itself is.
    own: String,
}

/// `GET /feed`
pub(crate) async fn posts(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let found = posts::list(&app.db, None, POSTS).await?;
    let channel = Channel { title: app.config.site.title.clone(), page: "/".into(), own: "/feed".into() };
    let entries = found.items.iter().map(|post| of_post(&app, post)).collect();
    Ok(write(&app, &request, channel, entries))
}

/// `GET /arxiv/{category}/feed`
pub(crate) async fn category(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    papers::latest_day(&app.db, &name).await?.ok_or(Failure::NotFound)?;
    let page = category_address(&name);
    of_papers(&app, &request, Scope::category(&name), name.to_string(), page).await
}

/// `GET /venue/{name}[.{year}]/feed`
pub(crate) async fn venue(
    app: web::Data<App>,
    request: HttpRequest,
    which: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let (key, year) = crate::papers::edition(&which);
    let editions = papers::editions(&app.db, key).await?;
    if !editions.iter().any(|edition| year.is_none_or(|year| year == edition.year)) {
        return Err(Failure::NotFound);
    }
    let scope = Scope::venue(key, year);
    of_papers(&app, &request, scope, which.replace('.', " "), format!("/venue/{}", escaped(&which))).await
}

/// `GET /arxiv/search/feed?query=`: papers only, at the address that other tools use.
pub(crate) async fn paper_search(asked: Asked) -> HttpResponse {
    let papers = asked.with_kind(Some(Kind::Paper)).feed();
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
    // XML has no place for these.
    let misplaced = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    let name = asked.query.text().replace(misplaced, " ");
    let channel = Channel {
        title: format!("{name} – {}", app.config.site.title),
        page: asked.address(),
        own: asked.feed(),
    };
    Ok(write(&app, &request, channel, entries.collect()))
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
    let entries = found.items.iter().map(|paper| of_paper(app, paper)).collect();
    Ok(write(app, request, channel, entries))
}

fn of_post(app: &App, post: &Post) -> Entry {
    let href = absolute(app, &format!("/posts/{}", escaped(post.slug.as_str())));
    let format = match post.format {
        content::Format::Markdown => Format::Markdown,
        content::Format::Html => Format::Html,
    };
    let context = Context { page: href.clone(), ..app.context() };
    let body = render::render(&post.body, format, Trust::Post, &context);
    EntryBuilder::default()
        .id(absolute(app, &format!("/archives/{}", post.id.0)))
        .title(Text::html(render::inline(&post.title, &app.context()).as_str()))
        .updated(post.updated.fixed_offset())
        .published(Some(post.published.fixed_offset()))
        .author(person(&post.author))
        .link(LinkBuilder::default().href(href).rel("alternate").build())
        .content(html(&render::with_mathml(body.html.as_str()), post.language.tag()))
        .build()
}

fn of_paper(app: &App, paper: &Paper) -> Entry {
    let record = &paper.shown;
    let day = noon(record.date).fixed_offset();
    let summary = render::inline(&record.summary, &app.context());
    let subjects = record.categories.iter().map(|name| CategoryBuilder::default().term(name.clone()).build());
    EntryBuilder::default()
        // Our own key: it outlives the records that are joined to the paper or parted from it.
        .id(absolute(app, &format!("/papers/{}", paper.id.0)))
        .title(Text::html(render::inline(&record.title, &app.context()).as_str()))
        .updated(day)
        .published(Some(day))
        .authors(record.authors.iter().map(|name| person(name)).collect::<Vec<_>>())
        .categories(subjects.collect::<Vec<_>>())
        .link(LinkBuilder::default().href(absolute(app, &address(paper))).rel("alternate").build())
        .content(html(&render::with_mathml(summary.as_str()), content::Language::of(&record.title).tag()))
        .build()
}

/// The feed as a response, or 304 if the reader has it already.
fn write(app: &App, request: &HttpRequest, channel: Channel, entries: Vec<Entry>) -> HttpResponse {
    let text = feed(app, channel, entries).to_string();
    let tag = format!(
        "\"{}\"",
        Sha256::digest(&text).iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>()
    );
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let fresh = known.is_some_and(|known| {
        known.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
    });
    let mut response = if fresh { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, "public, max-age=300"));
    match fresh {
        true => response.finish(),
        false => response.content_type("application/atom+xml; charset=utf-8").body(text),
    }
}

fn feed(app: &App, channel: Channel, entries: Vec<Entry>) -> Feed {
    let updated = entries
        .iter()
        .map(|entry| entry.updated)
        .max()
        .unwrap_or_else(|| DateTime::UNIX_EPOCH.fixed_offset());
    FeedBuilder::default()
        .id(absolute(app, &channel.own))
        .title(channel.title.as_str())
        .subtitle(Some(Text::plain(app.config.site.tagline.clone())))
        .updated(updated)
        .author(person(&app.config.site.author))
        .link(LinkBuilder::default().href(absolute(app, &channel.own)).rel("self").build())
        .link(LinkBuilder::default().href(absolute(app, &channel.page)).rel("alternate").build())
        .entries(entries)
        .build()
}

fn html(body: &str, language: &str) -> Option<atom_syndication::Content> {
    Some(
        ContentBuilder::default()
            .content_type(Some("html".into()))
            .value(Some(body.into()))
            .lang(Some(language.into()))
            .build(),
    )
}

fn person(name: &str) -> atom_syndication::Person {
    PersonBuilder::default().name(name).build()
}

/// A day has no time of its own; noon is that day in most of the world.
fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default()).and_utc()
}

fn absolute(app: &App, path: &str) -> String {
    format!("{}{path}", app.base)
}
