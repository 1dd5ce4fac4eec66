use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time},
    dev::Payload,
    web,
};
use chrono::{TimeDelta, Utc};
use content::{User, UserId};
use storage::users;

use super::{digest, secret};
use crate::{app::App, errors::Failure, reader};

/// The cookie that holds the token of a session.
const COOKIE: &str = "session";
/// How long a session lasts.
const DAYS: i64 = 30;

/// The user whose session a request belongs to, if any.
pub(crate) struct SignedIn(pub(crate) Option<User>);

impl FromRequest for SignedIn {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<web::Data<App>>().cloned();
        let token = token_hash(request);
        Box::pin(async move {
            let (Some(app), Some(token)) = (app, token) else { return Ok(Self(None)) };
            Ok(Self(users::by_session(&app.db, &token).await?))
        })
    }
}

/// What is kept of the token of a request's session.
pub(crate) fn token_hash(request: &HttpRequest) -> Option<String> {
    request.cookie(COOKIE).map(|cookie| digest(cookie.value()))
}

/// Signs a user in: the response carries a new token, never one that somebody could have known before.
pub(crate) async fn begin(
    app: &App,
    request: &HttpRequest,
    user: UserId,
    mut response: HttpResponse,
) -> Result<HttpResponse, Failure> {
    let token = secret();
    let expires = Utc::now() + TimeDelta::days(DAYS);
    let reader = reader::hash(request);
    users::begin_session(&app.db, user, &digest(&token), expires, reader.as_deref()).await?;
    set(&mut response, cookie(app, token, time::Duration::days(DAYS)))?;
    Ok(response)
}

/// Signs the user of a request out.
pub(crate) async fn end(
    app: &App,
    request: &HttpRequest,
    mut response: HttpResponse,
) -> Result<HttpResponse, Failure> {
    if let Some(token) = token_hash(request) {
        users::end_session(&app.db, &token).await?;
    }
    set(&mut response, cookie(app, String::new(), time::Duration::ZERO))?;
    Ok(response)
}

fn cookie(app: &App, token: String, age: time::Duration) -> Cookie<'static> {
    Cookie::build(COOKIE, token)
        .path("/")
        .http_only(true)
        .secure(reader::secure(app))
        .same_site(SameSite::Lax)
        .max_age(age)
        .finish()
}

fn set(response: &mut HttpResponse, cookie: Cookie<'_>) -> Result<(), Failure> {
    response.add_cookie(&cookie).map_err(|error| Failure::BadRequest(error.to_string()))
}
