//! Where one gives the password of a post.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    web,
};
use askama::Template;
use content::Post;
use serde::Deserialize;
use storage::posts;

use super::{
    Page,
    frame::{Frame, Place},
    unkept,
};
use crate::{
    app::App,
    errors::Failure,
    posts::{
        access::{self, Access, COOKIE},
        address_of,
    },
    visit::{Visit, language::Messages, reader},
};

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
    let Access::Locked(post) = access::at(&app, &request, &slug).await? else {
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
    let value = access::key(&app, &post, &kept.unwrap_or_default()).await?;
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
