use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use cite::Work;
use content::{Format, Language, Post, PostId, Slug, Subject};
use render::{Context, Heading, Html, Labels, Rendered, Trust};
use serde::Deserialize;
use storage::{Cursor, comments, posts};

use super::{
    Link, Page,
    citing::Citation,
    comments::{Thread, thread},
    frame::{Frame, Place},
    heads::Head,
    moved,
    near::{self, Near},
};
use crate::{
    app::App,
    errors::Failure,
    exports,
    language::{Messages, other},
    papers::escaped,
    parameters::Parameters,
    visit::Visit,
};

/// Posts on one page of the list.
const PER_PAGE: u64 = 10;

#[derive(Template)]
#[template(path = "post.html")]
struct PostPage {
    frame: Frame,
    m: Messages,
    /// The words around the text, in the language of the text.
    own: Messages,
    language: Language,
    other: Language,
    title: Html,
    head: Head,
    author: String,
    day: NaiveDate,
    words: u64,
    categories: Vec<String>,
    tags: Vec<Link>,
    translation: Option<String>,
    source: String,
    headings: Vec<Heading>,
    body: Html,
    cite: Citation,
    near: Near,
    comments: Thread,
}

/// `GET /posts/{slug}`: the page, or what its reader prefers to a page.
pub(crate) async fn post(app: web::Data<App>, visit: Visit, slug: web::Path<String>) -> Page {
    let post = find(&app, &slug).await?;
    let work = exports::of_post(&app, &post);
    match visit.accepts {
        Some(cite::Format::Markdown) => return Ok(source_of(post)),
        Some(format) => return Ok(exports::file(&visit, format, &[work], None)),
        None => (),
    }
    let mut response = page(&app, &visit, post, &work).await?;
    exports::signposts(&work).for_each(|(name, value)| response.headers_mut().append(name, value));
    Ok(response)
}

async fn page(app: &App, visit: &Visit, post: Post, work: &Work) -> Page {
    let rendered = body_of(&post, &app.context());
    let said = comments::of(&app.db, Subject::Post(post.id)).await?;
    let context =
        Context { labels: rendered.labels.clone(), macros: rendered.macros.clone(), ..Context::default() };
    let comments = thread(&said, &context, visit.m)?;
    let near = near::of_post(app, &post, visit.m).await?;
    let head = Head::of_post(app, &post, work, &rendered.text, comments.total);
    visit.page(&PostPage {
        frame: Frame::new(app, visit, &post.title, Place::Posts).known_as(&head.canonical),
        m: visit.m,
        own: Messages(post.language),
        language: post.language,
        other: other(post.language),
        title: super::cards::title(app, &post.title),
        head,
        day: post.published.date_naive(),
        words: length(&rendered.text),
        tags: post
            .tags
            .iter()
            .map(|tag| Link { name: tag.clone(), href: crate::papers::phrase_search(tag) })
            .collect(),
        translation: post.translation.as_ref().map(address),
        source: format!("{}.md", address(&post.slug)),
        cite: Citation::of(app, work, visit.m.cite_post()),
        categories: post.categories,
        author: post.author,
        headings: rendered.headings.into_iter().filter(|heading| heading.level == 2).collect(),
        body: rendered.html,
        near,
        comments,
    })
}

/// `GET /posts/{slug}.bib`, and in the other formats of citations.
pub(crate) async fn post_file(app: web::Data<App>, visit: Visit, which: web::Path<(String, String)>) -> Page {
    let format = cite::Format::of_suffix(&which.1).ok_or(Failure::NotFound)?;
    let post = find(&app, &which.0).await?;
    Ok(exports::file(&visit, format, &[exports::of_post(&app, &post)], None))
}

/// `GET /posts/{slug}.md`: the text as it was written.
pub(crate) async fn post_source(app: web::Data<App>, slug: web::Path<String>) -> Page {
    Ok(source_of(find(&app, &slug).await?))
}

fn source_of(post: Post) -> HttpResponse {
    let kind = match post.format {
        Format::Markdown => "text/markdown; charset=utf-8",
        Format::Html => "text/plain; charset=utf-8",
    };
    HttpResponse::Ok().content_type(kind).body(post.body)
}

/// `GET /archives/{number}`: the address that numbers give; moves to the readable one.
pub(crate) async fn post_by_number(app: web::Data<App>, number: web::Path<String>) -> Page {
    let id = number.parse().map_err(|_| Failure::NotFound)?;
    let post = posts::by_id(&app.db, PostId(id)).await?.ok_or(Failure::NotFound)?;
    Ok(moved(&address(&post.slug)))
}

async fn find(app: &App, slug: &str) -> Result<Post, Failure> {
    let slug: Slug = slug.parse().map_err(|_| Failure::NotFound)?;
    posts::by_slug(&app.db, &slug).await?.ok_or(Failure::NotFound)
}

#[derive(Template)]
#[template(path = "posts.html")]
struct PostList {
    frame: Frame,
    m: Messages,
    entries: Vec<Entry>,
    paged: bool,
    older: Option<String>,
}

/// Where a list goes on.
#[derive(Deserialize)]
pub(crate) struct Continued {
    after: Option<String>,
}

/// `GET /posts?after=`
pub(crate) async fn post_list(
    app: web::Data<App>,
    visit: Visit,
    Parameters(place): Parameters<Continued>,
) -> Page {
    let after =
        place.after.as_deref().map(str::parse::<Cursor>).transpose().map_err(|_| Failure::WrongCursor)?;
    let paged = after.is_some();
    let (entries, older) = entries(&app, after, PER_PAGE).await?;
    visit.page(&PostList {
        frame: Frame::new(&app, &visit, visit.m.posts(), Place::Posts),
        m: visit.m,
        entries,
        paged,
        older,
    })
}

/// One post in a list.
pub(super) struct Entry {
    pub(super) m: Messages,
    pub(super) lead: bool,
    pub(super) language: Language,
    pub(super) other: Language,
    pub(super) href: String,
    pub(super) title: Html,
    pub(super) title_text: String,
    pub(super) teaser: Html,
    pub(super) author: String,
    pub(super) day: NaiveDate,
    pub(super) categories: Vec<String>,
    pub(super) comments: u64,
    pub(super) translation: Option<String>,
}

/// A page of the list of posts and the address of the next one.
pub(super) async fn entries(
    app: &App,
    after: Option<Cursor>,
    limit: u64,
) -> Result<(Vec<Entry>, Option<String>), Failure> {
    let found = posts::list(&app.db, after, limit).await?;
    let ids: Vec<_> = found.items.iter().map(|post| post.id).collect();
    let counts = comments::counts(&app.db, &ids).await?;
    let entries = found.items.iter().zip(counts).map(|(post, comments)| entry(app, post, comments)).collect();
    Ok((entries, found.next.map(|cursor| format!("/posts?after={}", escaped(&cursor.to_string())))))
}

fn entry(app: &App, post: &Post, comments: u64) -> Entry {
    let href = address(&post.slug);
    let context = Context { prefix: format!("a{}-", post.id.0), page: href.clone(), ..app.context() };
    Entry {
        m: Messages(post.language),
        lead: false,
        language: post.language,
        other: other(post.language),
        title: super::cards::title(app, &post.title),
        title_text: post.title.clone(),
        teaser: render::teaser(&post.body, format_of(post), &context).html,
        author: post.author.clone(),
        day: post.published.date_naive(),
        categories: post.categories.clone(),
        comments,
        translation: post.translation.as_ref().map(address),
        href,
    }
}

/// The body of a post, rendered with an author's trust.
pub(crate) fn body_of(post: &Post, context: &Context) -> Rendered {
    render::render(&post.body, format_of(post), Trust::Post, context)
}

fn format_of(post: &Post) -> render::Format {
    match post.format {
        Format::Markdown => render::Format::Markdown,
        Format::Html => render::Format::Html,
    }
}

/// Plain text with the numbers that its references stand for: a reader cannot read `\eqref{label}`.
pub(crate) fn numbered(text: &str, labels: &Labels) -> String {
    labels.iter().fold(text.to_owned(), |text, (label, number)| {
        text.replace(&format!(r"\eqref{{{label}}}"), &format!("({number})"))
    })
}

/// The address of a post's page.
pub(crate) fn address(slug: &Slug) -> String {
    format!("/posts/{}", escaped(slug.as_str()))
}

/// Words of Latin script plus Chinese characters, as both kinds of readers count.
fn length(text: &str) -> u64 {
    let han = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c);
    let characters = text.chars().filter(|c| han(*c)).count();
    let words =
        text.split(|c: char| c.is_whitespace() || han(c)).filter(|word| word.contains(char::is_alphanumeric));
    (characters + words.count()) as u64
}
