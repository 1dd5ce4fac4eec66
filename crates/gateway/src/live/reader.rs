//! Who reads, and whether a form came from this site.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};
use rand::Rng as _;
use runs::Reader;
use sha2::{Digest as _, Sha256};

use crate::{app::App, errors::Failure};

/// The cookie that tells an anonymous reader from others, set at their first action.
const COOKIE: &str = "reader";

/// The reader who sent a request. The cookie itself is kept nowhere.
pub(super) fn of(request: &HttpRequest) -> Reader {
    request.cookie(COOKIE).map_or(Reader::Anonymous, |cookie| known(cookie.value()))
}

/// The same, with the cookie to set for one who had none.
pub(super) fn acting(request: &HttpRequest, app: &App) -> (Reader, Option<Cookie<'static>>) {
    match of(request) {
        Reader::Anonymous => {
            let value = format!("{:032x}", rand::rng().random::<u128>());
            (known(&value), Some(cookie(value, app)))
        }
        reader => (reader, None),
    }
}

fn known(value: &str) -> Reader {
    Reader::Known(format!("{:x}", Sha256::digest(value)).into())
}

fn cookie(value: String, app: &App) -> Cookie<'static> {
    let secure = app.config.base_url.as_ref().is_some_and(|url| url.as_str().starts_with("https:"));
    Cookie::build(COOKIE, value)
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(365))
        .finish()
}

/// Refuses a form that another site sent. Browsers say where a form comes from, programs need not.
pub(super) fn own_form(request: &HttpRequest, app: &App) -> Result<(), Failure> {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = header("sec-fetch-site") {
        return if matches!(site, "same-origin" | "none") { Ok(()) } else { Err(Failure::ForeignOrigin) };
    }
    let Some(origin) = header("origin") else { return Ok(()) };
    let base = app.config.base_url.as_ref().is_some_and(|base| base.as_str() == origin);
    let host = origin.split_once("://").is_some_and(|(_, host)| Some(host) == header("host"));
    if base || host { Ok(()) } else { Err(Failure::ForeignOrigin) }
}
