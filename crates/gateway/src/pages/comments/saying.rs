use actix_web::{HttpRequest, http::StatusCode, web};
use askama::Template;
use chrono::{TimeDelta, Utc};
use content::{CommentId, CommentState, Language, PostKind, Role, User, Why};
use render::{Format, Html, Trust};
use serde::Deserialize;
use storage::comments::{self, Draft, Known, Wish};

use super::{
    Page, Replied, address,
    form::{self, Blank, Checked, Faults, Form, LONGEST, Sent, can_follow},
    order, private, see_other, signed_in,
};
use crate::{
    accounts::digest,
    app::App,
    config::Registration,
    discussing::{About, Age, Evidence, Room, judge, links_in},
    errors::Failure,
    pages::{
        cards::title,
        frame::{Frame, Place},
        moved, paper, posts,
    },
    visit::{Visit, language::Messages, reader::Acting},
};

/// How long the same cannot be said again.
const REPEATED: TimeDelta = TimeDelta::days(1);

#[derive(Template)]
#[template(path = "comment-write.html")]
struct WritePage {
    frame: Frame,
    m: Messages,
    title: Html,
    language: Language,
    href: String,
    form: Form,
}

/// What is to be shown as it will be.
#[derive(Deserialize)]
pub(super) struct Preview {
    about: String,
    #[serde(default)]
    text: String,
}

/// `GET /posts/{slug}/comment-page-{n}`: the post with another page of its discussion.
pub(super) async fn post_page(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    which: web::Path<(String, u32)>,
) -> Page {
    page_of(&app, &visit, &request, &which, PostKind::Post).await
}

/// `GET /pages/{slug}/comment-page-{n}`
pub(super) async fn page_page(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    which: web::Path<(String, u32)>,
) -> Page {
    page_of(&app, &visit, &request, &which, PostKind::Page).await
}

/// Where a discussion had more pages, as on a site that moved here, that leads to its beginning.
async fn page_of(
    app: &App,
    visit: &Visit,
    request: &HttpRequest,
    (slug, page): &(String, u32),
    kind: PostKind,
) -> Page {
    match beyond(app, request, slug, *page).await? {
        Some(first) => Ok(moved(&first)),
        None => posts::shown(app, visit, request, slug, kind).await,
    }
}

/// Where a discussion begins, if it has not as many pages: it had more where it came from.
async fn beyond(app: &App, request: &HttpRequest, slug: &str, page: u32) -> Result<Option<String>, Failure> {
    match About::of_slug(app, request, slug).await {
        Ok(about) if page as usize > order(app, &about).await?.pages() => {
            Ok(Some(format!("{}#comments", about.page)))
        }
        Ok(_) | Err(Failure::NotFound) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// `GET /papers/{id}/comment-page-{n}`
pub(super) async fn paper_page(app: web::Data<App>, visit: Visit, which: web::Path<(i64, u32)>) -> Page {
    paper::by_number(&app, &visit, which.0).await
}

/// `GET /posts/{slug}/comments`: the form alone.
pub(super) async fn write_about_post(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    slug: web::Path<String>,
) -> Page {
    let about = About::of_slug(&app, &request, &slug).await?;
    write(&app, &visit, &about).await
}

/// `GET /papers/{id}/comments`
pub(super) async fn write_about_paper(app: web::Data<App>, visit: Visit, id: web::Path<i64>) -> Page {
    let about = About::of_number(&app, *id).await?;
    write(&app, &visit, &about).await
}

/// `POST /posts/{slug}/comments`
pub(super) async fn say_about_post(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    slug: web::Path<String>,
    sent: web::Form<Sent>,
) -> Page {
    let acting = admitted(&app, &request)?;
    let about = About::of_slug(&app, &request, &slug).await?;
    say(&Saying { app: &app, visit: &visit, about: &about, acting: &acting }, sent.into_inner()).await
}

/// `POST /papers/{id}/comments`
pub(super) async fn say_about_paper(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    id: web::Path<i64>,
    sent: web::Form<Sent>,
) -> Page {
    let acting = admitted(&app, &request)?;
    let about = About::of_number(&app, *id).await?;
    say(&Saying { app: &app, visit: &visit, about: &about, acting: &acting }, sent.into_inner()).await
}

/// `POST /comments/preview`: what a text will look like, as a piece of a page.
pub(super) async fn preview(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    asked: web::Form<Preview>,
) -> Page {
    admitted(&app, &request)?;
    if asked.text.len() > LONGEST {
        return Err(Failure::TooLong);
    }
    let about = About::of_name(&app, &request, &asked.about).await?;
    let context = render::Context { prefix: "preview-".into(), ..(*about.context).clone() };
    let html = render::render(&asked.text, Format::Markdown, Trust::Comment, &context).html;
    let mut response = visit.html(html.as_str().to_owned());
    response.headers_mut().insert(
        actix_web::http::header::CACHE_CONTROL,
        actix_web::http::header::HeaderValue::from_static("private, no-store"),
    );
    Ok(response)
}

/// Who acts, if it comes from a page of ours and not too often. Before anything is looked up: a flood costs nothing.
pub(super) fn admitted(app: &App, request: &HttpRequest) -> Result<Acting, Failure> {
    let acting = Acting::of(request, app);
    match app.discussing.buckets.ask(&acting.network) {
        true => Ok(acting),
        false => Err(Failure::TooManyComments),
    }
}

/// Somebody who says something.
struct Saying<'a> {
    app: &'a App,
    visit: &'a Visit,
    about: &'a About,
    acting: &'a Acting,
}

async fn write(app: &App, visit: &Visit, about: &About) -> Page {
    if !about.open {
        return Err(Failure::NotAllowed);
    }
    let user = signed_in(app, &visit.talk).await?;
    let reply = replied(app, about, visit.talk.reply).await?;
    let blank = Blank { user: user.as_ref(), reply, page: about.page.clone() };
    form_page(app, visit, about, Form::blank(app, visit, about, blank), StatusCode::OK)
}

async fn say(saying: &Saying<'_>, sent: Sent) -> Page {
    let Saying { app, visit, about, .. } = *saying;
    let m = visit.m;
    if !about.open {
        return Err(Failure::NotAllowed);
    }
    let user = signed_in(app, &visit.talk).await?;
    let age = app.discussing.tokens.age(&sent.token, &about.name(), form::session(visit), Utc::now());
    let name = user.as_ref().map(User::shown);
    let checked = form::check(&sent, name, app.config.comments.mail_required, m);
    if sent.action == "preview" {
        return saying.again(user, sent, Faults::default(), StatusCode::OK).await;
    }
    let checked = match checked {
        Ok(checked) => checked,
        Err(faults) => {
            let long = sent.text.len() > LONGEST;
            let status = if long { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::UNPROCESSABLE_ENTITY };
            return saying.again(user, sent, faults, status).await;
        }
    };
    let Age::Known(age) = age else {
        return saying.refused(user, sent, m.talk_old_form(), StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let draft = saying.draft(user.as_ref(), &sent, &checked, age).await?;
    if comments::is_repeated(&app.db, &draft, Utc::now() - REPEATED).await? {
        return saying.refused(user, sent, m.talk_repeated(), StatusCode::CONFLICT).await;
    }
    let full = match app.discussing.buckets.say(&app.config.comments, &saying.acting.network, &about.name()) {
        Room::Some => None,
        Room::NotFromThere => Some(m.talk_too_many()),
        Room::NotAboutThat => Some(m.talk_too_many_here()),
    };
    if let Some(full) = full {
        return saying.refused(user, sent, full, StatusCode::TOO_MANY_REQUESTS).await;
    }
    saying.save(&draft, sent.follow.is_some()).await
}

impl Saying<'_> {
    /// The comment, with the verdict on it.
    async fn draft(
        &self,
        user: Option<&User>,
        sent: &Sent,
        checked: &Checked,
        age: TimeDelta,
    ) -> Result<Draft, Failure> {
        let (app, config) = (self.app, &self.app.config);
        let evidence = Evidence {
            known: known(app, user, checked).await?,
            age,
            worked: app.discussing.tokens.is_work(&sent.token, &sent.work),
            trapped: !sent.homepage.is_empty(),
            links: links_in(&checked.text),
        };
        let (state, why) = judge(&config.comments, &evidence);
        Ok(Draft {
            parent: self.parent(sent.parent()?).await?,
            mail: checked.mail.clone(),
            site: checked.site.clone(),
            user: user.map(|user| user.id),
            network: self.acting.network.clone(),
            edit_hash: Some(self.acting.hash.clone()),
            state,
            why,
            tell: config.mail.server.is_some(),
            ..Draft::new(self.about.subject, checked.name.clone(), checked.text.clone(), Utc::now())
        })
    }

    /// The comment that is replied to, if it is here.
    async fn parent(&self, parent: Option<CommentId>) -> Result<Option<CommentId>, Failure> {
        let Some(parent) = parent else { return Ok(None) };
        let stored = comments::by_id(&self.app.db, parent).await?;
        let here = stored.is_some_and(|stored| {
            stored.comment.subject == self.about.subject && stored.state == CommentState::Visible
        });
        if here { Ok(Some(parent)) } else { Err(Failure::NotFound) }
    }

    async fn save(&self, draft: &Draft, follow: bool) -> Page {
        let app = self.app;
        let wish = draft.mail.clone().filter(|_| follow && can_follow(app, self.about)).map(|mail| {
            let (tokens, to) = (app.discussing.tokens.clone(), mail.clone());
            let token_hash = Box::new(move |id: CommentId| digest(&tokens.wish(id.0, &to)));
            Wish { mail, language: self.visit.m.language(), token_hash }
        });
        let id = comments::save_with(&app.db, draft, wish).await?;
        app.discussing.bell.notify_one();
        let to = match draft.state {
            CommentState::Visible => {
                address(app, self.about, id).await?.map(|page| format!("{page}?sent={0}#c-{0}", id.0))
            }
            _ => None,
        };
        self.acting.answered(see_other(&to.unwrap_or_else(|| format!("/comments/{}", id.0))))
    }

    async fn refused(&self, user: Option<User>, sent: Sent, fault: &str, status: StatusCode) -> Page {
        let faults = Faults { whole: Some(fault.to_owned()), ..Faults::default() };
        self.again(user, sent, faults, status).await
    }

    /// The form again, with all that was typed, and how the text looks.
    async fn again(&self, user: Option<User>, mut sent: Sent, faults: Faults, status: StatusCode) -> Page {
        let Saying { app, visit, about, .. } = *self;
        let reply = replied(app, about, sent.parent()?).await?;
        let blank = Blank { user: user.as_ref(), reply, page: about.page.clone() };
        let mut form = Form::blank(app, visit, about, blank);
        let age = app.discussing.tokens.age(&sent.token, &about.name(), form::session(visit), Utc::now());
        if matches!(age, Age::Known(_)) {
            form.token = std::mem::take(&mut sent.token);
        }
        if sent.text.len() <= LONGEST && !sent.text.trim().is_empty() {
            let context = render::Context { prefix: "preview-".into(), ..about.context_elsewhere() };
            form.preview = Some(render::render(&sent.text, Format::Markdown, Trust::Comment, &context).html);
        }
        form_page(app, visit, about, form.with(sent, faults), status)
    }
}

fn form_page(app: &App, visit: &Visit, about: &About, form: Form, status: StatusCode) -> Page {
    let mut response = private(
        visit,
        &WritePage {
            frame: Frame::new(app, visit, visit.m.talk_write(), Place::Elsewhere),
            m: visit.m,
            title: title(app, &about.title),
            language: about.language,
            href: about.page.clone(),
            form: Form { alone: true, ..form },
        },
    )?;
    *response.status_mut() = status;
    Ok(response)
}

/// What is replied to, if that was said about the same thing.
async fn replied(app: &App, about: &About, id: Option<CommentId>) -> Result<Option<Replied>, Failure> {
    let Some(id) = id else { return Ok(None) };
    let found = comments::visible_of(&app.db, &[id]).await?.into_iter();
    let here = found.filter(|comment| comment.subject == about.subject);
    Ok(here.map(|comment| Replied { id, author: comment.author }).next())
}

/// Who has an account by invitation is known; who made one by themselves is as anybody.
async fn known(app: &App, user: Option<&User>, checked: &Checked) -> Result<Known, Failure> {
    Ok(match user {
        Some(user) if user.role >= Role::Author => Known::Trusted,
        Some(_) if app.config.accounts.registration != Registration::Open => Known::Yes,
        Some(user) => comments::known_user(&app.db, user.id).await?,
        None => match &checked.mail {
            Some(mail) => comments::known(&app.db, &checked.name, mail).await?,
            None => Known::No,
        },
    })
}

/// Why a comment is not shown, to who sent it.
pub(super) fn reason(m: Messages, why: Option<Why>) -> &'static str {
    match why {
        Some(Why::First) => m.talk_why_first(),
        Some(Why::Work) => m.talk_why_work(),
        Some(Why::Fast) => m.talk_why_fast(),
        Some(Why::Links) => m.talk_why_links(),
        Some(Why::All | Why::Trap | Why::Withdrawn | Why::Moderator) | None => m.talk_why_all(),
    }
}
