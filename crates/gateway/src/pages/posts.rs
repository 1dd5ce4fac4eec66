use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{NaiveDate, Utc};
use cite::Work;
use content::{Format, Language, Post, PostId, PostKind, Slug, Visibility};
use moka::sync::Cache;
use render::{Heading, Html, Rendered};
use storage::{comments, posts};

use super::{
    Link, Page,
    around::{Beside, InSeries},
    cards::{self, Brief},
    citing::Citation,
    comments::{Discussion, below},
    door::door,
    frame::{Frame, Place},
    heads::{About, Head, Shown},
    licences::{self, Licence},
    moved,
    near::{self, Near},
    support::Support,
    unkept,
};
use crate::{
    app::App,
    discussing,
    errors::Failure,
    exports,
    posts::{
        access::{self, Access},
        address, address_of, author_address, changed,
        citations::{Reference, Works},
        length,
    },
    visit::{
        Visit,
        language::{Messages, other},
    },
};

/// How long is kept what is around a post: what is in no log, such as its readers, may be as old.
const AGE: Duration = Duration::from_secs(5);
/// As many posts are kept with what is around them.
const KEPT: u64 = 500;

#[derive(Template)]
#[template(path = "post.html")]
struct PostPage {
    frame: Frame,
    m: Messages,
    /// The words around the text, in the language of the text.
    own: Messages,
    whole: Arc<Whole>,
    comments: Discussion,
    support: Option<Support>,
}

/// A post with all that its page shows, but for the discussion.
struct Whole {
    id: PostId,
    language: Language,
    other: Language,
    title: Html,
    /// As it stands in the title of the page.
    title_text: String,
    head: Head,
    is_page: bool,
    author: Link,
    day: NaiveDate,
    /// When it changed last, if that was on another day.
    changed: Option<NaiveDate>,
    words: u64,
    readers: u64,
    /// The way to its first category, then its other categories.
    categories: Vec<Vec<Link>>,
    tags: Vec<Link>,
    series: Option<InSeries>,
    translation: Option<String>,
    /// The whole address of the same post in the other language.
    translated: Option<String>,
    /// The feed of what is said about it.
    thread: Option<String>,
    source: String,
    fields: Vec<(String, String)>,
    licence: Option<Licence>,
    /// Whether the page numbers its sections: its author does not.
    numbers: bool,
    rendered: Arc<Rendered>,
    references: Vec<Reference>,
    cite: Citation,
    earlier: Option<Beside>,
    later: Option<Beside>,
    links_here: Vec<Brief>,
    near: Near,
    /// Where it is to be shared.
    share: String,
    mailto: String,
}

/// What is around posts, and was there a moment ago. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Around {
    /// By slug and position in the change log.
    found: Cache<(String, i64), Arc<Post>>,
    /// By number, language of the reader, and the positions in log and index.
    wholes: Cache<(i64, Language, i64, i64), Arc<Whole>>,
}

impl Around {
    pub(crate) fn new() -> Self {
        Self {
            found: Cache::builder().max_capacity(KEPT).time_to_live(AGE).build(),
            wholes: Cache::builder().max_capacity(KEPT).time_to_live(AGE).build(),
        }
    }
}

/// `GET /posts/{slug}`: the page, or what its reader prefers to a page.
pub(crate) async fn post(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    slug: web::Path<String>,
) -> Page {
    shown(&app, &visit, &request, &slug, PostKind::Post).await
}

/// `GET /pages/{slug}`: what stands on its own.
pub(crate) async fn page_by_slug(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    slug: web::Path<String>,
) -> Page {
    shown(&app, &visit, &request, &slug, PostKind::Page).await
}

/// A post at an address of its kind, as the visitor may read it.
pub(super) async fn shown(
    app: &App,
    visit: &Visit,
    request: &HttpRequest,
    slug: &str,
    kind: PostKind,
) -> Page {
    let post = match find(app, visit, slug).await {
        Err(Failure::NotFound) => return shown_to_some(app, visit, request, slug, kind).await,
        found => found?,
    };
    if !is_at(&post, slug, kind) {
        return Ok(moved(&address_of(&post)));
    }
    let work = exports::of_post(app, &post);
    match visit.accepts {
        Some(cite::Format::Markdown) => return Ok(source_of(&post)),
        Some(format) => return Ok(exports::file(visit, format, &[work], None)),
        None => (),
    }
    let mut response = page(app, visit, &post, &work).await?;
    exports::signposts(&work).for_each(|(name, value)| response.headers_mut().append(name, value));
    Ok(response)
}

/// What is not everybody's.
async fn shown_to_some(app: &App, visit: &Visit, request: &HttpRequest, slug: &str, kind: PostKind) -> Page {
    match access::at(app, request, slug).await? {
        Access::Open(post) | Access::Locked(post) | Access::Own(post) if !is_at(&post, slug, kind) => {
            Ok(moved(&address_of(&post)))
        }
        Access::Locked(post) => door(app, visit, &post, None),
        Access::Open(post) | Access::Own(post) => {
            let work = exports::of_post(app, &post);
            page(app, visit, &post, &work).await.map(unkept)
        }
    }
}

/// Whether this is the address of a post: it may have had it before, or be of the other kind.
fn is_at(post: &Post, slug: &str, kind: PostKind) -> bool {
    post.details.kind == kind && post.slug.as_str() == slug
}

async fn page(app: &App, visit: &Visit, post: &Post, work: &Work) -> Page {
    let whole = whole(app, visit, post, work).await?;
    let comments = below(app, visit, &discussing::About::of_post(app, post)).await?;
    let place = match whole.is_page {
        true => Place::Page(address_of(post)),
        false => Place::Posts,
    };
    visit.page(&PostPage {
        frame: Frame::new(app, visit, &whole.title_text, place).known_as(&whole.head.canonical),
        m: visit.m,
        own: Messages(post.language),
        comments,
        support: Support::of(app),
        whole,
    })
}

/// What is around a post, as it was made a moment ago if nothing has changed since.
async fn whole(app: &App, visit: &Visit, post: &Post, work: &Work) -> Result<Arc<Whole>, Failure> {
    let key = (post.id.0, visit.m.language(), visit.position(&app.db).await?, app.index.position());
    if let Some(whole) = app.around.wholes.get(&key) {
        return Ok(whole);
    }
    let whole = Arc::new(Whole::of(app, visit.m, post, work).await?);
    app.around.wholes.insert(key, whole.clone());
    Ok(whole)
}

impl Whole {
    async fn of(app: &App, m: Messages, post: &Post, work: &Work) -> Result<Self, Failure> {
        let works = Works::of(app, &post.body).await?;
        let rendered = app.renderings.body(post, &works.context(app.context()));
        let references = works.references(&rendered.citations);
        let categories = super::around::categories(app, post).await?;
        let series = InSeries::of(app, post).await?;
        let (earlier, later) = super::around::neighbours(app, post).await?;
        let licence = licences::of(app, post);
        let words = length(&rendered.text);
        let translation = super::around::translation(app, post).await?;
        let about = About {
            text: &rendered.text,
            words,
            comments: comments::counts(&app.db, &[post.id]).await?.into_iter().sum(),
            way: categories.first().map(Vec::as_slice).unwrap_or_default(),
            series: series.as_ref(),
            licence: licence.as_ref(),
            references: &references,
            picture: Shown::first(app, &rendered, &works),
            translation: translation.as_deref(),
        };
        let head = Head::of_post(app, post, work, &about);
        let (day, changed) = (post.published.date_naive(), changed(post).date_naive());
        Ok(Self {
            id: post.id,
            language: post.language,
            other: other(post.language),
            title: cards::title(app, &post.title),
            title_text: cite::plain(&post.title),
            is_page: post.details.kind == PostKind::Page,
            author: Link { name: post.author.clone(), href: author_address(&post.author) },
            day,
            changed: Some(changed).filter(|changed| *changed != day),
            words,
            readers: post.readers,
            tags: super::around::tags(app, post).await?,
            translated: translation.as_ref().map(|path| format!("{}{path}", app.base)),
            translation,
            thread: is_public(post).then(|| format!("{}/feed", address(&post.slug))),
            source: format!("{}.md", address(&post.slug)),
            fields: post.details.fields.clone(),
            numbers: wants_numbers(&rendered.headings),
            near: near::of_post(app, post, &rendered, m).await?,
            links_here: super::around::links_here(app, post).await?,
            cite: Citation::of(app, work, m.cite_post()),
            mailto: mailto(&post.title, &work.page),
            share: work.page.clone(),
            head,
            categories,
            series,
            licence,
            rendered,
            references,
            earlier,
            later,
        })
    }

    /// The headings that the contents name.
    fn contents(&self) -> impl Iterator<Item = &Heading> {
        self.rendered.headings.iter().filter(|heading| heading.level == 2)
    }
}

/// Sections are numbered where there are some, and no heading of theirs begins with a number of its author's.
fn wants_numbers(headings: &[Heading]) -> bool {
    let mut sections = headings.iter().filter(|heading| heading.level == 2).peekable();
    let chinese = |text: &str| {
        text.starts_with('第')
            || text.split_once('、').is_some_and(|(number, _)| {
                !number.is_empty() && number.chars().all(|c| "〇一二三四五六七八九十百零".contains(c))
            })
    };
    let own = |heading: &Heading| {
        let text = heading.text.trim_start_matches(['§', '(', '（', ' ']);
        text.starts_with(|c: char| c.is_ascii_digit()) || chinese(text)
    };
    headings.iter().filter(|heading| heading.level == 2).count() > 1 && !sections.any(own)
}

/// Whether everybody may read it, by now.
fn is_public(post: &Post) -> bool {
    post.details.visibility == Visibility::Public && post.published <= Utc::now()
}

fn mailto(title: &str, page: &str) -> String {
    use crate::papers::escaped;
    format!("mailto:?subject={}&body={}", escaped(&cite::plain(title)), escaped(page))
}

/// `GET /posts/{slug}.bib`, and in the other formats of citations.
pub(crate) async fn post_file(app: web::Data<App>, visit: Visit, which: web::Path<(String, String)>) -> Page {
    let format = cite::Format::of_suffix(&which.1).ok_or(Failure::NotFound)?;
    let post = find(&app, &visit, &which.0).await?;
    if post.slug.as_str() != which.0 {
        return Ok(moved(&format!("{}.{}", address_of(&post), which.1)));
    }
    Ok(exports::file(&visit, format, &[exports::of_post(&app, &post)], None))
}

/// `GET /posts/{slug}.md`: the text as it was written.
pub(crate) async fn post_source(app: web::Data<App>, visit: Visit, slug: web::Path<String>) -> Page {
    let post = find(&app, &visit, &slug).await?;
    if post.slug.as_str() != *slug {
        return Ok(moved(&format!("{}.md", address_of(&post))));
    }
    Ok(source_of(&post))
}

fn source_of(post: &Post) -> HttpResponse {
    let kind = match post.format {
        Format::Markdown => "text/markdown; charset=utf-8",
        Format::Html => "text/plain; charset=utf-8",
    };
    HttpResponse::Ok().content_type(kind).body(post.body.clone())
}

/// `GET /archives/{number}`: the address that numbers give; moves to the readable one.
pub(crate) async fn post_by_number(app: web::Data<App>, number: web::Path<String>) -> Page {
    Ok(moved(&address_of(&numbered(&app, &number).await?)))
}

/// The post of a number that stands in an address.
pub(super) async fn numbered(app: &App, number: &str) -> Result<Post, Failure> {
    let id = number.parse().map_err(|_| Failure::NotFound)?;
    posts::by_id(&app.db, PostId(id)).await?.ok_or(Failure::NotFound)
}

/// The public post that is or was at an address, as it was a moment ago if nothing has changed since.
async fn find(app: &App, visit: &Visit, slug: &str) -> Result<Arc<Post>, Failure> {
    let slug: Slug = slug.parse().map_err(|_| Failure::NotFound)?;
    let key = (slug.to_string(), visit.position(&app.db).await?);
    if let Some(post) = app.around.found.get(&key) {
        return Ok(post);
    }
    let post = Arc::new(posts::at(&app.db, &slug).await?.ok_or(Failure::NotFound)?);
    app.around.found.insert(key, post.clone());
    Ok(post)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_numbered_unless_their_author_numbers_them() {
        let check = |texts: &[&str], expected: bool| {
            let one = |text: &&str| Heading {
                level: 2,
                id: String::new(),
                text: (*text).into(),
                html: Html::default(),
            };
            let headings: Vec<_> = texts.iter().map(one).collect();
            assert_eq!(wants_numbers(&headings), expected, "{texts:?}");
        };
        check(&["Why", "How"], true);
        check(&["Why"], false);
        check(&["1. Why", "2. How"], false);
        check(&["一、为何", "二、如何"], false);
        check(&["为何、如何", "何时"], true);
        check(&["Why", "第二节"], false);
    }
}
