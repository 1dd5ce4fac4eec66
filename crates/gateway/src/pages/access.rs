//! Who may read which post. Everybody's are everybody's; the text of a protected one is for whoever knows its password;
//! private ones, those to come and those taken back are for their author and for editors, and are not there for others.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    web,
};
use askama::Template;
use chrono::Utc;
use content::{Post, Role, Slug, User, Visibility};
use serde::Deserialize;
use storage::{posts, settings};

use super::{
    Page,
    frame::{Frame, Place},
    unkept,
};
use crate::{
    accounts::{digest, secret},
    app::App,
    errors::Failure,
    language::Messages,
    posts::address_of,
    reader,
    visit::Visit,
};

/// What the names of cookies begin with that open a post.
const COOKIE: &str = "post-";
/// The setting whose value these cookies are made with.
const SECRET: &str = "secret.posts";

/// How somebody may read a post.
pub(super) enum Access {
    /// As everybody may.
    Open(Post),
    /// It is theirs to change, or they know its password.
    Own(Post),
    /// Not before they give its password.
    Locked(Post),
}

/// What somebody says to read a post.
#[derive(Deserialize)]
pub(crate) struct Password {
    password: String,
}

#[derive(Template)]
#[template(path = "writing/door.html")]
struct Door {
    frame: Frame,
    m: Messages,
    post: Post,
    title: render::Html,
    /// Where the post is.
    address: String,
    fault: Option<&'static str>,
}

/// How the visitor may read the post that is or was at an address, if they may know that it is there.
pub(super) async fn of(
    app: &App,
    request: &HttpRequest,
    user: Option<&User>,
    slug: &str,
) -> Result<Access, Failure> {
    let slug: Slug = slug.parse().map_err(|_| Failure::NotFound)?;
    let found = match posts::kept_at(&app.db, &slug).await? {
        None => posts::kept_formerly_at(&app.db, &slug).await?,
        found => found,
    };
    let (post, kept) = found.ok_or(Failure::NotFound)?;
    let here = post.published <= Utc::now();
    let own = user.is_some_and(|user| user.role >= Role::Editor || post.owner == Some(user.id));
    match post.details.visibility {
        Visibility::Public if here => Ok(Access::Open(post)),
        _ if own => Ok(Access::Own(post)),
        Visibility::Protected if here => match kept {
            Some(kept) if opens(app, request, &post, &kept).await? => Ok(Access::Own(post)),
            _ => Ok(Access::Locked(post)),
        },
        _ => Err(Failure::NotFound),
    }
}

/// Whether a request has a cookie that may open a post: what it gets is not for others.
pub(crate) fn has_key(request: &HttpRequest) -> bool {
    let cookies = request.headers().get_all("cookie").filter_map(|value| value.to_str().ok());
    cookies.flat_map(|value| value.split(';')).any(|cookie| cookie.trim_start().starts_with(COOKIE))
}

/// The page of a post that asks for its password.
pub(super) fn door(app: &App, visit: &Visit, post: &Post, fault: Option<&'static str>) -> Page {
    let page = Door {
        frame: Frame::new(app, visit, &post.title, Place::Posts),
        m: visit.m,
        title: render::inline(&post.title, &app.context()),
        address: address_of(post),
        post: post.clone(),
        fault,
    };
    visit.page(&page).map(unkept)
}

/// `POST /posts/{slug}/unlock`, and the same below `/pages`.
pub(crate) async fn unlock(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    slug: web::Path<String>,
    form: web::Form<Password>,
) -> Page {
    let Access::Locked(post) = of(&app, &request, None, &slug).await? else {
        return Err(Failure::NotFound);
    };
    let name = format!("post {}", post.id.0);
    let network = reader::network_of(&request, &app);
    if !app.tries.take(&name, &network) {
        return Err(Failure::TooManyTries);
    }
    let kept = posts::kept_at(&app.db, &post.slug).await?.and_then(|(_, kept)| kept);
    if !app.passwords.check(form.into_inner().password, kept.clone()).await? {
        return door(&app, &visit, &post, Some(visit.m.post_password_wrong()));
    }
    app.tries.forgive(&name, &network);
    let value = key(&app, &post, &kept.unwrap_or_default()).await?;
    let cookie = Cookie::build(format!("{COOKIE}{}", post.id.0), value)
        .path("/")
        .http_only(true)
        .secure(reader::secure(&app))
        .same_site(SameSite::Lax)
        .finish();
    let mut response = HttpResponse::SeeOther().insert_header(("location", address_of(&post))).finish();
    response.add_cookie(&cookie).map_err(|error| Failure::BadRequest(error.to_string()))?;
    Ok(unkept(response))
}

async fn opens(app: &App, request: &HttpRequest, post: &Post, kept: &str) -> Result<bool, Failure> {
    let Some(cookie) = request.cookie(&format!("{COOKIE}{}", post.id.0)) else { return Ok(false) };
    // Of hashes, so that how long it takes tells nothing of what is right.
    Ok(digest(cookie.value()) == digest(&key(app, post, kept).await?))
}

/// What opens a post until its password changes: nobody makes it who does not know the site's secret.
async fn key(app: &App, post: &Post, kept: &str) -> Result<String, Failure> {
    let secret = match settings::get(&app.db, SECRET).await? {
        Some(secret) => secret,
        None => settings::once(&app.db, SECRET, &secret()).await?,
    };
    Ok(digest(&format!("{secret} {} {kept}", post.id.0)))
}
