//! Discussions below posts and papers, and the pages around them: writing, previewing and changing a comment, following
//! replies by mail, and the inbox of moderators. All of it works without scripts.

mod following;
mod form;
mod inbox;
mod own;
mod saying;
mod thread;

use std::collections::HashMap;

use actix_web::web;
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use content::{Comment, CommentId, Language, User, UserId};
use render::{Context, Format, Html, Trust};
use storage::{comments, sessions};

use self::{
    form::{Blank, Form},
    thread::{MAX_DEPTH, Node, Order, nested},
};
use super::{Page, private, see_other};
use crate::{
    app::{App, form as changes, page, read},
    discussing::{About, Asked},
    errors::Failure,
    visit::{Visit, language::Messages},
};

/// Every address of discussions but for those of their feeds.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(page("/posts/{slug}/comment-page-{page:[0-9]+}", saying::post_page))
        .service(page("/pages/{slug}/comment-page-{page:[0-9]+}", saying::page_page))
        .service(page("/papers/{id}/comment-page-{page:[0-9]+}", saying::paper_page))
        .service(
            web::resource(["/posts/{slug}/comments", "/pages/{slug}/comments"])
                .route(web::route().guard(read()).to(saying::write_about_post))
                .route(web::post().to(saying::say_about_post)),
        )
        .service(
            web::resource("/papers/{id}/comments")
                .route(web::route().guard(read()).to(saying::write_about_paper))
                .route(web::post().to(saying::say_about_paper)),
        )
        .service(changes("/comments/preview", saying::preview))
        .service(page("/comments/{id:[0-9]+}", own::comment))
        .service(
            web::resource("/comments/{id:[0-9]+}/edit")
                .route(web::route().guard(read()).to(own::edit_page))
                .route(web::post().to(own::edit)),
        )
        .service(changes("/comments/{id:[0-9]+}/withdraw", own::withdraw))
        .service(page("/subscriptions/{token}", following::show))
        .service(changes("/subscriptions/{token}/confirm", following::confirm))
        .service(
            web::resource("/subscriptions/{token}/stop")
                .route(web::route().guard(read()).to(following::show))
                .route(web::post().to(following::stop)),
        )
        .service(
            web::resource("/admin/comments")
                .route(web::route().guard(read()).to(inbox::show))
                .route(web::post().to(inbox::decide)),
        );
}

/// The discussion below a post or a paper.
pub(super) struct Discussion {
    pub(super) total: u64,
    /// Made by our own templates around rendered bodies.
    pub(super) html: String,
}

#[derive(Template)]
#[template(path = "discussion.html")]
struct Whole {
    m: Messages,
    total: u64,
    /// The comments of this page.
    thread: String,
    /// The feed of it, in Atom.
    feed: String,
    range: String,
    earlier: Option<String>,
    later: Option<String>,
    form: Option<Form>,
}

/// The page of a discussion that a visit asks for.
pub(super) async fn below(app: &App, visit: &Visit, about: &About) -> Result<Discussion, Failure> {
    let order = order(app, about).await?;
    let asked = &visit.talk;
    let replied = asked.reply.filter(|id| order.page_of(*id).is_some());
    let page = asked.page.or_else(|| replied.and_then(|id| order.page_of(id))).unwrap_or(1);
    if page == 0 || page > order.pages() {
        return Err(Failure::NotFound);
    }
    let user = signed_in(app, asked).await?;
    let here = Here { app, visit, about, page, now: Utc::now(), names: HashMap::new() };
    let (thread, replied) = here.render(order.page(page), replied).await?;
    let blank = Blank { user: user.as_ref(), reply: replied, page: about.page_address(page) };
    let total = order.total() as u64;
    let whole = Whole {
        m: visit.m,
        total,
        thread,
        feed: format!("{}/feed", about.root),
        range: visit.m.talk_page(page, order.pages()),
        earlier: (page > 1).then(|| format!("{}#comments", about.page_address(page - 1))),
        later: (page < order.pages()).then(|| format!("{}#comments", about.page_address(page + 1))),
        form: about.open.then(|| Form::blank(app, visit, about, blank)),
    };
    Ok(Discussion { total, html: whole.render()? })
}

async fn order(app: &App, about: &About) -> Result<Order, Failure> {
    let places = comments::places(&app.db, about.subject).await?;
    Ok(Order::of(&places, app.config.comments.threads as usize))
}

/// The address at which a visible comment is read.
async fn address(app: &App, about: &About, id: CommentId) -> Result<Option<String>, Failure> {
    Ok(order(app, about).await?.page_of(id).map(|page| about.page_address(page)))
}

async fn signed_in(app: &App, asked: &Asked) -> Result<Option<User>, Failure> {
    match &asked.session {
        Some(token) => Ok(sessions::of_token(&app.db, token).await?.map(|(_, user)| user)),
        None => Ok(None),
    }
}

/// Whether who sent a comment then may still change it.
fn may_change(app: &App, created: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - created < editing(app)
}

fn editing(app: &App) -> TimeDelta {
    TimeDelta::from_std(app.config.comments.editing.duration()).unwrap_or(TimeDelta::zero())
}

/// A comment with an author's name, to be replied to.
#[derive(Debug, Clone)]
struct Replied {
    id: CommentId,
    author: String,
}

/// One page of a discussion that is being put together.
struct Here<'a> {
    app: &'a App,
    visit: &'a Visit,
    about: &'a About,
    page: usize,
    now: DateTime<Utc>,
    names: HashMap<CommentId, String>,
}

/// One comment as it is shown.
struct Said {
    id: i64,
    /// Nothing if it is gone.
    words: Option<Words>,
    /// The replies' level, already filled in.
    replies: String,
}

struct Words {
    author: String,
    site: Option<String>,
    owner: bool,
    datetime: String,
    when: String,
    edited: bool,
    language: Language,
    body: Html,
    /// What it replies to, where that does not stand right above it.
    answers: Option<(String, String)>,
    reply: Option<String>,
    /// Whether the visitor may change it.
    mine: bool,
    /// That it was sent just now.
    sent: bool,
}

#[derive(Template)]
#[template(path = "thread.html")]
struct Level {
    m: Messages,
    thread: Vec<Said>,
}

impl Here<'_> {
    /// The page as HTML, and the comment that is going to be replied to.
    async fn render(
        mut self,
        page: &[comments::Place],
        replied: Option<CommentId>,
    ) -> Result<(String, Option<Replied>), Failure> {
        let db = &self.app.db;
        let mut ids: Vec<CommentId> = page.iter().map(|place| place.id).collect();
        let mine = self.mine(&ids).await?;
        // Of those that stand on other pages only the names.
        ids.extend(page.iter().filter_map(|place| place.parent));
        ids.extend(replied);
        ids.sort_unstable();
        ids.dedup();
        let found = comments::visible_of(db, &ids).await?;
        self.names = found.iter().map(|comment| (comment.id, comment.author.clone())).collect();
        let found: HashMap<CommentId, Comment> =
            found.into_iter().map(|comment| (comment.id, comment)).collect();
        let replied = replied.and_then(|id| Some(Replied { id, author: self.names.get(&id)?.clone() }));
        Ok((self.level(&nested(page), &found, &mine, 0)?, replied))
    }

    /// Which of these the visitor may change.
    async fn mine(&self, ids: &[CommentId]) -> Result<Vec<CommentId>, Failure> {
        let Some(visitor) = &self.visit.talk.visitor else { return Ok(Vec::new()) };
        let since = self.now - editing(self.app);
        Ok(comments::of_visitor(&self.app.db, ids, visitor, since).await?)
    }

    fn level(
        &self,
        nodes: &[Node],
        found: &HashMap<CommentId, Comment>,
        mine: &[CommentId],
        depth: usize,
    ) -> Result<String, Failure> {
        if nodes.is_empty() {
            return Ok(String::new());
        }
        debug_assert!(depth < MAX_DEPTH);
        let mut thread = Vec::with_capacity(nodes.len());
        for node in nodes {
            let comment = found.get(&node.place.id).filter(|_| !node.place.gone);
            thread.push(Said {
                id: node.place.id.0,
                words: comment.map(|comment| self.words(comment, node, mine)),
                replies: self.level(&node.below, found, mine, depth + 1)?,
            });
        }
        Ok(Level { m: self.visit.m, thread }.render()?)
    }

    fn words(&self, comment: &Comment, node: &Node, mine: &[CommentId]) -> Words {
        let id = comment.id;
        let answered = comment.parent.filter(|_| node.away);
        let page = self.about.page_address(self.page);
        Words {
            author: comment.author.clone(),
            site: comment.site.clone(),
            owner: is_owner(self.about, comment.user),
            datetime: comment.created.to_rfc3339(),
            when: self.visit.m.short_date(&comment.created),
            edited: comment.edited.is_some(),
            language: Language::of(&comment.body),
            body: body(comment.id, &comment.body, &self.about.context),
            answers: answered.and_then(|parent| {
                Some((self.names.get(&parent)?.clone(), format!("/comments/{}", parent.0)))
            }),
            reply: self.about.open.then(|| format!("{page}?reply={}#comment", id.0)),
            mine: mine.contains(&id),
            sent: mine.contains(&id) && self.visit.talk.sent == Some(id),
        }
    }
}

fn is_owner(about: &About, user: Option<UserId>) -> bool {
    about.owner.is_some() && about.owner == user
}

/// A comment as HTML; its own ids are told from those of others by its number.
fn body(id: CommentId, text: &str, context: &Context) -> Html {
    let context = Context { prefix: format!("c{}-", id.0), ..context.clone() };
    render::render(text, Format::Markdown, Trust::Comment, &context).html
}
