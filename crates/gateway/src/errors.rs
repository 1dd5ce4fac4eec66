//! The one place that chooses HTTP statuses and turns failures into pages.

use std::{fmt, time::Duration};

use actix_web::{
    HttpResponse, ResponseError,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    error::{JsonPayloadError, UrlencodedError},
    http::StatusCode,
    middleware::Next,
    web,
};

use chrono::Utc;
use serde_json::json;
use storage::readers::Busy;

use crate::{
    app::App,
    faults, pages,
    papers::{escaped, lists},
    visit::{Visit, accepts, language::Messages},
};

/// The largest body of a request, in bytes; a comment or a form fits easily.
const MAX_BODY: usize = 64 * 1024;
/// Addresses that only programs ask for: they have no pages, and no errors that are pages.
const DATA: [&str; 1] = ["/library"];
/// Requests that change something have small bodies, which arrive sooner than this.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same with a picture, by a slow line.
const PATIENCE_WITH_FILES: Duration = Duration::from_secs(300);

/// Why a request was not answered as asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Nothing lives at this address.
    #[error("not found")]
    NotFound,
    /// A date that is none.
    #[error("{0:?} is not a date of the form 2026-11-23")]
    WrongDate(String),
    /// A cursor that no list of ours gave.
    #[error("that place in the list is not known")]
    WrongCursor,
    /// More papers than can be asked for at once.
    #[error("too many papers are asked for at once")]
    TooManyPapers,
    /// Only for those who have signed in.
    #[error("not signed in")]
    SignedOut,
    /// The same, of a page: its address is where the visitor wants to go on.
    #[error("not signed in")]
    SignInFirst(String),
    /// Not for somebody of that role.
    #[error("not allowed")]
    NotAllowed,
    /// An invitation that was used, has ended, or never was.
    #[error("not invited")]
    NotInvited,
    /// So many wrong passwords that the next one has to wait.
    #[error("too many tries")]
    TooManyTries,
    /// So many stars and opened papers in a day that the next one is not kept.
    #[error("too many marks in a day")]
    TooManyMarks(Busy),
    /// So many comments and previews from one network that the next one is not looked at.
    #[error("too many comments")]
    TooManyComments,
    /// A body that is longer than any form of ours.
    #[error("the body is too long")]
    TooLong,
    /// A body of another kind than is wanted.
    #[error("the body is of another kind")]
    NoForm,
    /// A file that is not taken.
    #[error(transparent)]
    File(media::Refused),
    /// A request that did not arrive in time.
    #[error("the request took too long")]
    TooSlow,
    /// Something else in the address or the form that cannot be understood.
    #[error("cannot be understood: {0}")]
    BadRequest(String),
    /// Data that cannot be read, and why; only programs send any.
    #[error("wrong body: {0}")]
    WrongBody(String),
    /// A format that this is not in.
    #[error("not in that format")]
    NotAcceptable,
    /// A form that another site sent.
    #[error("not sent from this site")]
    ForeignOrigin,
    /// So many readings wait that no more are taken.
    #[error("too many readings are waiting; try again in a minute")]
    QueueFull,
    /// A reading that no budget has room for.
    #[error("no budget has room for the reading")]
    OverBudget(content::Refusal),
    /// The server is about to stop.
    #[error("the server is being restarted")]
    Stopping,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// The index failed.
    #[error(transparent)]
    Search(#[from] search::Error),
    /// A page could not be put together.
    #[error("template: {0}")]
    Template(#[from] askama::Error),
    /// A task of ours did not finish.
    #[error("task: {0}")]
    Task(#[from] actix_web::error::BlockingError),
    /// Something else of ours failed.
    #[error(transparent)]
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongDate(_)
            | Self::WrongCursor
            | Self::TooManyPapers
            | Self::BadRequest(_)
            | Self::WrongBody(_) => StatusCode::BAD_REQUEST,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::SignInFirst(_) => StatusCode::SEE_OTHER,
            Self::ForeignOrigin | Self::NotInvited | Self::NotAllowed => StatusCode::FORBIDDEN,
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::TooLong | Self::File(media::Refused::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NoForm | Self::File(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::QueueFull
            | Self::OverBudget(_)
            | Self::TooManyTries
            | Self::TooManyMarks(_)
            | Self::TooManyComments => StatusCode::TOO_MANY_REQUESTS,
            Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            Self::Storage(storage::Error::Busy(_) | storage::Error::Unreachable(_)) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Storage(_) | Self::Search(_) | Self::Template(_) | Self::Task(_) | Self::Internal(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::build(self.status_code());
        match self {
            Self::SignInFirst(address) => {
                let login = format!("/login?next={}", escaped(address));
                return response.insert_header(("location", login)).finish();
            }
            Self::TooManyTries => return response.insert_header(("retry-after", "900")).finish(),
            Self::TooManyMarks(_) => return response.insert_header(("retry-after", "3600")).finish(),
            Self::OverBudget(refusal) => {
                if let Some(resets) = refusal.resets {
                    let wait = (resets - Utc::now()).num_seconds().max(1);
                    response.insert_header(("retry-after", wait.to_string()));
                }
                return response.finish();
            }
            _ => {}
        }
        match self.status_code() {
            StatusCode::SERVICE_UNAVAILABLE => drop(response.insert_header(("retry-after", "5"))),
            StatusCode::TOO_MANY_REQUESTS => drop(response.insert_header(("retry-after", "60"))),
            _ => {}
        }
        response.finish()
    }
}

/// Middleware: gives every error the house's page, in the visitor's language, or data if a program asks; and logs our own.
pub(crate) async fn dress(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let visit = Visit::of(request.request());
    let wants_json = DATA.contains(&request.path()) || accepts::wants_json(request.request());
    let app = request.app_data::<web::Data<App>>().cloned();
    let response = next.call(request).await?;
    let status = response.status();
    let bare = response.headers().get("content-type").is_none();
    if !(status.is_client_error() || status.is_server_error()) || !bare {
        return Ok(response);
    }
    if let Some(app) = app.as_ref().filter(|_| status == StatusCode::TOO_MANY_REQUESTS) {
        app.metrics.was_limited();
    }
    let failure = response.response().error().and_then(|error| error.as_error::<Failure>());
    log(failure, status, &visit);
    let (what, detail) = sentences(failure, status, &visit);
    let Some(app) = app else { return Ok(response) };
    let mut dressed = match wants_json {
        true => problem(status, what, detail.as_deref()),
        false => {
            let page = pages::error(&app, &visit, what, detail);
            HttpResponse::build(status).content_type("text/html; charset=utf-8").body(page)
        }
    };
    let (request, bare) = response.into_parts();
    for (name, value) in bare.headers().iter().filter(|(name, _)| *name == "retry-after" || *name == "allow")
    {
        dressed.headers_mut().insert(name.clone(), value.clone());
    }
    Ok(ServiceResponse::new(request, dressed))
}

/// An error with all that caused it; what a cause only repeats is said once.
pub(crate) struct Chain<'e>(pub(crate) &'e dyn std::error::Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.0.to_string();
        f.write_str(&said)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let more = error.to_string();
            if !said.contains(&more) {
                write!(f, ": {more}")?;
                said = more;
            }
            cause = error.source();
        }
        Ok(())
    }
}

/// How extractors of requests say what they could not read.
pub(crate) fn extractors(config: &mut web::ServiceConfig) {
    config
        .app_data(web::PathConfig::default().error_handler(|_, _| Failure::NotFound.into()))
        .app_data(form_body(MAX_BODY));
}

/// How a form says what could not be read of it.
pub(crate) fn form_body(limit: usize) -> web::FormConfig {
    web::FormConfig::default().limit(limit).error_handler(|error, _| {
        match error {
            UrlencodedError::Overflow { .. } => Failure::TooLong,
            UrlencodedError::ContentType => Failure::NoForm,
            error => Failure::BadRequest(error.to_string()),
        }
        .into()
    })
}

/// How a body of JSON says what could not be read of it.
pub(crate) fn json_body(limit: usize) -> web::JsonConfig {
    web::JsonConfig::default().limit(limit).error_handler(|error, _| {
        match error {
            JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => {
                Failure::TooLong
            }
            JsonPayloadError::ContentType => Failure::NoForm,
            error => Failure::WrongBody(error.to_string()),
        }
        .into()
    })
}

/// Middleware: refuses what no handler should see, and bodies that do not come to an end.
pub(crate) async fn bound(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    // No name holds a NUL, and PostgreSQL takes none.
    if request.path().contains("%00") || request.path().contains('\0') {
        return Ok(request.error_response(Failure::NotFound));
    }
    if request.method().is_safe() {
        return next.call(request).await;
    }
    let patience = if request.path() == "/write/media" { PATIENCE_WITH_FILES } else { PATIENCE };
    match tokio::time::timeout(patience, next.call(request)).await {
        Ok(answered) => answered,
        Err(_) => Err(Failure::TooSlow.into()),
    }
}

fn log(failure: Option<&Failure>, status: StatusCode, visit: &Visit) {
    if let Some(failure) = failure
        && status.is_server_error()
    {
        tracing::error!(address = visit.address, error = %Chain(failure), "request failed");
    }
}

/// A refusal for programs (RFC 9457).
fn problem(status: StatusCode, what: &str, detail: Option<&str>) -> HttpResponse {
    let detail = detail.map_or_else(|| what.to_owned(), |detail| format!("{what} {detail}"));
    let body = json!({ "title": status.canonical_reason(), "status": status.as_u16(), "detail": detail });
    HttpResponse::build(status).content_type("application/problem+json").body(body.to_string())
}

fn file_refused(refused: media::Refused, m: Messages) -> &'static str {
    match refused {
        media::Refused::Unknown => m.media_unknown(),
        media::Refused::TooLarge => m.media_too_large(),
        media::Refused::Damaged => m.media_damaged(),
    }
}

fn sentences(failure: Option<&Failure>, status: StatusCode, visit: &Visit) -> (&'static str, Option<String>) {
    let m = visit.m;
    match (failure, status) {
        (Some(Failure::WrongDate(given)), _) => (m.error_bad_request(), Some(m.error_wrong_date(given))),
        (Some(Failure::NotInvited), _) => (m.not_invited(), None),
        (Some(Failure::File(refused)), _) => (file_refused(*refused, m), None),
        (Some(Failure::NotAllowed), _) => (m.not_allowed(), None),
        (Some(Failure::TooManyTries), _) => (m.error_busy(), Some(m.too_many_tries().into())),
        (Some(Failure::TooManyMarks(Busy::Reader)), _) => (m.too_many_marks(), None),
        (Some(Failure::TooManyMarks(Busy::Network)), _) => (m.too_many_marks_nearby(), None),
        (Some(Failure::TooManyComments), _) => (m.error_busy(), Some(m.talk_too_many().into())),
        (Some(Failure::QueueFull), _) => (m.error_busy(), Some(m.queue_full().into())),
        (Some(Failure::OverBudget(refusal)), _) => {
            (m.error_over_budget(), Some(faults::over_budget(refusal, m)))
        }
        (Some(Failure::SignedOut), _) => (m.signed_out(), None),
        (Some(Failure::WrongBody(why)), _) => (m.error_wrong_body(), Some(why.clone())),
        (Some(Failure::TooManyPapers), _) => {
            (m.error_bad_request(), Some(m.too_many_ids(lists::MOST as u64)))
        }
        (Some(Failure::WrongCursor), _) => (m.error_bad_request(), Some(m.error_wrong_page().into())),
        (_, StatusCode::NOT_FOUND) => (m.error_not_found(), Some(m.error_not_found_hint().into())),
        (_, StatusCode::FORBIDDEN) => (m.error_forbidden(), None),
        (_, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) => (m.error_busy(), None),
        (_, StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG) => (m.error_too_long(), None),
        (_, StatusCode::METHOD_NOT_ALLOWED | StatusCode::UNSUPPORTED_MEDIA_TYPE) => (m.error_method(), None),
        (_, StatusCode::REQUEST_TIMEOUT) => (m.error_slow(), None),
        (_, status) if status.is_client_error() => (m.error_bad_request(), None),
        _ => (m.error_internal(), Some(m.error_internal_hint().into())),
    }
}
