//! Feeds of what visitors say: about one post, about one paper, about everything that everybody may read. That of a post is
//! for whoever may read the post.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
    web,
};
use content::{Comment, Language};
use render::Trust;
use storage::comments;

use super::{Channel, Entry, answer, answer::absolute, entry::legal};
use crate::{
    app::{App, feed},
    discussing::About,
    errors::Failure,
    papers::escaped,
    visit::{Visit, language::Messages},
};

/// Entries of a feed.
const COMMENTS: u64 = 50;

/// Every feed of comments.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .configure(feed("/feed/comments", all))
        .configure(feed("/posts/{slug}/feed", of_post))
        .configure(feed("/pages/{slug}/feed", of_post))
        .configure(feed("/papers/{id}/feed", of_paper));
}

/// `GET /feed/comments`
async fn all(app: web::Data<App>, request: HttpRequest, visit: Visit) -> Result<HttpResponse, Failure> {
    let title = format!("{} – {}", visit.m.talk_all_feed(), app.config.site.title);
    let channel = Channel { title, page: "/".into(), own: "/feed/comments".into() };
    let said = comments::recent(&app.db, COMMENTS).await?;
    let subjects = About::of_all(&app, said.iter().map(|comment| comment.subject)).await?;
    let one = |comment: &Comment| {
        let about = subjects.get(&comment.subject).filter(|about| about.public)?;
        Some(entry(&app, visit.m, about, comment))
    };
    let entries: Vec<_> = said.iter().filter_map(one).collect();
    Ok(answer(&app, &request, &channel, &entries))
}

/// `GET /posts/{slug}/feed`
async fn of_post(
    app: web::Data<App>,
    request: HttpRequest,
    visit: Visit,
    slug: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let about = About::of_slug(&app, &request, &slug).await?;
    if !about.root.ends_with(&format!("/{}", escaped(&slug))) {
        return Ok(super::moved(&request, &about.root));
    }
    thread(&app, &request, visit.m, &about).await
}

/// `GET /papers/{id}/feed`
async fn of_paper(
    app: web::Data<App>,
    request: HttpRequest,
    visit: Visit,
    id: web::Path<i64>,
) -> Result<HttpResponse, Failure> {
    thread(&app, &request, visit.m, &About::of_number(&app, *id).await?).await
}

async fn thread(
    app: &App,
    request: &HttpRequest,
    m: Messages,
    about: &About,
) -> Result<HttpResponse, Failure> {
    let title = m.talk_feed_title(cite::plain(&about.title));
    let channel = Channel { title, page: about.page.clone(), own: format!("{}/feed", about.root) };
    let said = comments::last_of(&app.db, about.subject, COMMENTS).await?;
    let entries: Vec<_> = said.iter().map(|comment| entry(app, m, about, comment)).collect();
    let mut response = answer(app, request, &channel, &entries);
    if !about.public {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    Ok(response)
}

fn entry(app: &App, m: Messages, about: &About, comment: &Comment) -> Entry {
    let page = absolute(app, &about.page);
    let labels = about.context.labels.at(&page);
    let context = render::Context { labels, page, base: app.base.to_string(), ..(*about.context).clone() };
    let body = render::render(&comment.body, render::Format::Markdown, Trust::Comment, &context).html;
    let title = m.talk_said(&comment.author, cite::plain(&about.title));
    Entry {
        id: app.identity.urn(&format!("comments/{}", comment.id.0)),
        page: absolute(app, &format!("/comments/{}", comment.id.0)),
        title: legal(render::inline(&title, &app.context()).as_str()),
        title_text: legal(&title),
        body: legal(&render::with_mathml(body.as_str())),
        language: Language::of(&comment.body),
        authors: vec![legal(&comment.author)],
        categories: Vec::new(),
        published: comment.created.fixed_offset(),
        updated: comment.edited.unwrap_or(comment.created).fixed_offset(),
    }
}
