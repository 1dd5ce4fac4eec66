//! Pages and feeds that were made a moment ago, for visitors of whom nothing is known.
//!
//! A page is kept under everything that it depends on: its address, the visitor's language and choices, what they
//! accept, where the change log and the index are. So it is as fresh as storage; only what is not in the change log (how
//! many readers starred a paper) may be some seconds old. Never part of the key: the host, for whoever asks writes there
//! what they like. Whoever has a cookie of a reader or a session gets pages of their own.

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpResponse,
    body::{BoxBody, MessageBody, to_bytes},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH,
            LAST_MODIFIED, SET_COOKIE, VARY,
        },
    },
    middleware::Next,
    web::{self, Bytes},
};
use moka::sync::Cache;

use crate::{accepts, app::App, reader, visit::Visit};

/// How old a page may be whatever happened.
const AGE: Duration = Duration::from_secs(5);
/// The most bytes that are kept.
const MEMORY: u64 = 64 << 20;
/// Pages that are longer are not kept: a few would drive out all others.
const LONGEST: usize = 2 << 20;

/// What was made lately. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pages(Cache<Arc<Key>, Kept>);

/// Everything that a page depends on.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    address: String,
    /// Language, formulas, accepted types and encodings.
    visitor: String,
    changes: i64,
    index: i64,
}

#[derive(Clone)]
struct Kept {
    status: StatusCode,
    headers: Arc<HeaderMap>,
    body: Bytes,
}

impl Pages {
    pub(crate) fn new() -> Self {
        let weight = |key: &Arc<Key>, kept: &Kept| {
            u32::try_from(kept.body.len() + key.address.len() + key.visitor.len() + 1024).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(MEMORY).weigher(weight).time_to_live(AGE).build())
    }

    /// For what is not in the change log, and must be seen at once by whoever comes next.
    pub(crate) fn forget(&self) {
        self.0.invalidate_all();
    }
}

/// Middleware: answers with what was made for the same request a moment ago. Stands outside of compression.
pub(crate) async fn pages(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let app = request.app_data::<web::Data<App>>().cloned();
    let Some((app, key)) = asked(app, &request).await else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    if let Some(kept) = app.pages.0.get(&key) {
        let answer = if kept.is_known_to(&request) { kept.unchanged() } else { kept.response() };
        return Ok(request.into_response(answer));
    }
    let response = next.call(request).await?.map_into_boxed_body();
    if !is_for_all(&response) {
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let body = to_bytes(body).await?;
    let kept = Kept { status: head.status(), headers: Arc::new(head.headers().clone()), body };
    if kept.body.len() <= LONGEST {
        app.pages.0.insert(key, kept.clone());
    }
    Ok(ServiceResponse::new(request, kept.response()))
}

impl Kept {
    /// Whether whoever asks has it already.
    fn is_known_to(&self, request: &ServiceRequest) -> bool {
        let own = self.headers.get(ETAG).and_then(|own| own.to_str().ok());
        own.is_some_and(|own| accepts::has_already(request, own) == Some(true))
    }

    fn unchanged(&self) -> HttpResponse {
        let mut response = HttpResponse::NotModified().finish();
        for name in [ETAG, CACHE_CONTROL, LAST_MODIFIED, VARY] {
            if let Some(value) = self.headers.get(&name) {
                response.headers_mut().insert(name, value.clone());
            }
        }
        response
    }

    fn response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status).body(self.body.clone());
        for (name, value) in self.headers.iter() {
            response.headers_mut().append(name.clone(), value.clone());
        }
        response
    }
}

/// Under what the answer may be kept; nothing for requests of somebody who is known, or that are not for a page.
async fn asked(app: Option<web::Data<App>>, request: &ServiceRequest) -> Option<(web::Data<App>, Arc<Key>)> {
    let app = app?;
    let conditional =
        request.headers().contains_key(IF_MODIFIED_SINCE) && !request.headers().contains_key(IF_NONE_MATCH);
    let known = reader::hash(request.request()).is_some() || request.cookie("session").is_some();
    if request.method() != Method::GET || conditional || known || is_never_kept(request.path()) {
        return None;
    }
    let changes = storage::changes::last(&app.db).await.ok()?;
    let visit = Visit::of(request.request());
    let encodings = request.headers().get(ACCEPT_ENCODING).map(|value| value.as_bytes()).unwrap_or_default();
    let encodings = String::from_utf8_lossy(encodings);
    let visitor = format!("{} {:?} {:?} {encodings}", visit.m.code(), visit.formulas, visit.accepts);
    let index = app.index.position();
    let key = Key { address: request.uri().to_string(), visitor, changes, index };
    Some((app, Arc::new(key)))
}

/// Files of the program itself come from memory anyway, streams never end, and a stored reading is JSON for some.
fn is_never_kept(path: &str) -> bool {
    path.ends_with("/kimi")
        || path.starts_with("/assets/")
        || ["/live", "/healthz", "/readyz"].contains(&path)
}

/// Whether a response would be the same for everybody who asks like this.
fn is_for_all(response: &ServiceResponse<BoxBody>) -> bool {
    let headers = response.headers();
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let page = ["text/html", "application/atom+xml", "application/rss+xml", "application/feed+json"];
    let private = headers.get(CACHE_CONTROL).and_then(|value| value.to_str().ok());
    response.status() == StatusCode::OK
        && page.iter().any(|page| kind.starts_with(page))
        && !headers.contains_key(SET_COOKIE)
        && !private.is_some_and(|value| value.contains("private") || value.contains("no-store"))
}
