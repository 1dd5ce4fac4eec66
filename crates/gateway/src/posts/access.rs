//! Who may read which post. Everybody's are everybody's; the text of a protected one is for whoever knows its password;
//! private ones, those to come and those taken back are for their author and for editors, and are not there for others.
//! What is said about a post is for those who may read it.

use actix_web::{FromRequest as _, HttpRequest, dev::Payload};
use chrono::Utc;
use content::{Post, PostId, Role, Slug, User, Visibility};
use storage::{posts, settings};

use crate::{
    accounts::{SignedIn, digest, secret},
    app::App,
    errors::Failure,
};

/// What the names of cookies begin with that open a post.
pub(crate) const COOKIE: &str = "post-";
/// The setting whose value these cookies are made with.
const SECRET: &str = "secret.posts";

/// How somebody may read a post.
pub(crate) enum Access {
    /// As everybody may.
    Open(Post),
    /// It is theirs to change, or they know its password.
    Own(Post),
    /// Not before they give its password.
    Locked(Post),
}

impl Access {
    /// The post, if its text may be read.
    pub(crate) fn read(self) -> Option<Post> {
        match self {
            Self::Open(post) | Self::Own(post) => Some(post),
            Self::Locked(_) => None,
        }
    }
}

/// How the visitor may read the post that is or was at an address, if they may know that it is there.
pub(crate) async fn at(app: &App, request: &HttpRequest, slug: &str) -> Result<Access, Failure> {
    let slug: Slug = slug.parse().map_err(|_| Failure::NotFound)?;
    let found = match posts::kept_at(&app.db, &slug).await? {
        None => posts::kept_formerly_at(&app.db, &slug).await?,
        found => found,
    };
    to(app, request, found).await
}

/// The same for the post of a number.
pub(crate) async fn of(app: &App, request: &HttpRequest, id: PostId) -> Result<Access, Failure> {
    to(app, request, posts::kept_of(&app.db, id).await?).await
}

/// How the visitor may read a post of which this is kept as its password.
async fn to(
    app: &App,
    request: &HttpRequest,
    found: Option<(Post, Option<String>)>,
) -> Result<Access, Failure> {
    let (post, kept) = found.ok_or(Failure::NotFound)?;
    let here = post.published <= Utc::now();
    match post.details.visibility {
        Visibility::Public if here => Ok(Access::Open(post)),
        _ if may_change(request, &post).await? => Ok(Access::Own(post)),
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

/// Whether a post is the visitor's to change: their own, or anybody's for an editor.
async fn may_change(request: &HttpRequest, post: &Post) -> Result<bool, Failure> {
    let user: Option<User> = SignedIn::from_request(request, &mut Payload::None).await?.0;
    Ok(user.is_some_and(|user| user.role >= Role::Editor || post.owner == Some(user.id)))
}

async fn opens(app: &App, request: &HttpRequest, post: &Post, kept: &str) -> Result<bool, Failure> {
    let Some(cookie) = request.cookie(&format!("{COOKIE}{}", post.id.0)) else { return Ok(false) };
    // Of hashes, so that how long it takes tells nothing of what is right.
    Ok(digest(cookie.value()) == digest(&key(app, post, kept).await?))
}

/// What opens a post until its password changes: nobody makes it who does not know the site's secret.
pub(crate) async fn key(app: &App, post: &Post, kept: &str) -> Result<String, Failure> {
    let secret = match settings::get(&app.db, SECRET).await? {
        Some(secret) => secret,
        None => settings::once(&app.db, SECRET, &secret()).await?,
    };
    Ok(digest(&format!("{secret} {} {kept}", post.id.0)))
}
