use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest, HttpResponse,
    body::BoxBody,
    cookie::{Cookie, SameSite, time},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header::{CACHE_CONTROL, HeaderValue, USER_AGENT},
    middleware::Next,
    web,
};
use chrono::{TimeDelta, Utc};
use content::{Role, User, UserId};
use storage::sessions;

use super::{digest, secret};
use crate::{app::App, errors::Failure, visit::reader};

/// The cookie that holds the token of a session.
const COOKIE: &str = "session";
/// How long a session lasts.
const DAYS: i64 = 30;

/// The user whose session a request belongs to, if any.
pub(crate) struct SignedIn(pub(crate) Option<User>);

/// Who was found to be signed in, for all that answers the request.
#[derive(Clone)]
struct Known(Option<User>);

impl FromRequest for SignedIn {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = request.extensions().get::<Known>().cloned();
        let app = request.app_data::<web::Data<App>>().cloned();
        let token = token_hash(request);
        Box::pin(async move {
            if let Some(Known(user)) = known {
                return Ok(Self(user));
            }
            // Storage could not say; whoever needs to know hears why.
            let (Some(app), Some(token)) = (app, token) else { return Ok(Self(None)) };
            Ok(Self(sessions::of_token(&app.db, &token).await?.map(|(_, user)| user)))
        })
    }
}

/// Middleware: asks once who is signed in, writes down that they were seen, and keeps what is made for them from others.
pub(crate) async fn know(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let app = request.app_data::<web::Data<App>>().cloned();
    let token = token_hash(request.request()).filter(|_| !request.path().starts_with("/assets/"));
    let (Some(app), Some(token)) = (app, token) else { return next.call(request).await };
    match found(&app, &token).await {
        Ok(user) => drop(request.extensions_mut().insert(Known(user))),
        Err(error) => tracing::debug!(%error, "who is signed in is not known"),
    }
    let mut response = next.call(request).await?;
    if !response.headers().contains_key(CACHE_CONTROL) {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private"));
    }
    Ok(response)
}

async fn found(app: &App, token: &str) -> Result<Option<User>, storage::Error> {
    let Some((session, user)) = sessions::of_token(&app.db, token).await? else { return Ok(None) };
    sessions::saw(&app.db, &session).await?;
    Ok(Some(user))
}

/// What the user of a request may do, if somebody is signed in.
pub(crate) fn role(request: &HttpRequest) -> Option<Role> {
    request.extensions().get::<Known>()?.0.as_ref().map(|user| user.role)
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
    let agent = request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let draft =
        sessions::Draft { user, token_hash: &digest(&token), expires, reader: reader.as_deref(), agent };
    sessions::begin(&app.db, draft).await?;
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
        sessions::end(&app.db, &token).await?;
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
