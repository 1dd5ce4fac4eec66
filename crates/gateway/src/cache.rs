//! Pages and feeds that were made a moment ago, for visitors of whom nothing is known.
//!
//! A page is kept under everything that it depends on: its address, the visitor's language and choices, what they
//! accept, where the change log and the index are. So it is as fresh as storage; only what is not in the change log (how
//! many readers starred a paper) may be some seconds old. Never part of the key: the host, for whoever asks writes there
//! what they like. Whoever has a cookie of a reader or a session gets pages of their own.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use actix_web::{
    HttpMessage as _, HttpResponse,
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
use storage::Database;
use tokio::sync::Mutex as Turn;

use crate::{
    app::App,
    posts::access,
    visit::{Changes, Visit, accepts, reader},
};

/// How old a page may be whatever happened.
const AGE: Duration = Duration::from_secs(5);
/// The most bytes that are kept.
const MEMORY: u64 = 64 << 20;
/// Pages that are longer are not kept: a few would drive out all others.
const LONGEST: usize = 2 << 20;
/// Pages that are made at once, at the most, before some are made twice.
const TURNS: u64 = 10_000;
/// How old what is known of other processes' changes may be. Those of this one are seen at once; a command that has
/// ended has taken longer than this to end.
const STALE: Duration = Duration::from_millis(10);

/// What was made lately. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pages {
    kept: Cache<Arc<Key>, Kept>,
    /// Held by whoever makes a page: of many who ask for it at once, one makes it.
    turns: Cache<Arc<Key>, Arc<Turn<()>>>,
    log: Arc<Mutex<Option<Log>>>,
}

/// Where the change log was a moment ago: a question to storage for each page would cost more than the page.
#[derive(Clone, Copy)]
struct Log {
    changes: i64,
    /// What this process had written by then.
    written: u64,
    at: Instant,
}

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
        let kept = Cache::builder().max_capacity(MEMORY).weigher(weight).time_to_live(AGE).build();
        let turns = Cache::builder().max_capacity(TURNS).time_to_live(AGE).build();
        Self { kept, turns, log: Arc::default() }
    }

    /// For what is not in the change log, and must be seen at once by whoever comes next.
    pub(crate) fn forget(&self) {
        self.kept.invalidate_all();
    }

    /// Where the change log is.
    async fn changes(&self, db: &Database) -> Option<i64> {
        let known = |log: &MutexGuard<'_, Option<Log>>| {
            log.filter(|log| log.written == db.written() && log.at.elapsed() < STALE).map(|log| log.changes)
        };
        if let Some(changes) = known(&self.log()) {
            return Some(changes);
        }
        // Both are from before the question: what is written meanwhile makes it ask again.
        let (written, at) = (db.written(), Instant::now());
        let changes = storage::changes::last(db).await.ok()?;
        *self.log() = Some(Log { changes, written, at });
        Some(changes)
    }

    fn log(&self) -> MutexGuard<'_, Option<Log>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
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
    if let Some(kept) = app.pages.kept.get(&key) {
        return Ok(kept.answering(request));
    }
    let turn = app.pages.turns.get_with(key.clone(), Arc::default);
    let Ok(_making) = turn.try_lock() else {
        drop(turn.lock().await);
        return match app.pages.kept.get(&key) {
            Some(kept) => Ok(kept.answering(request)),
            // It is one that is not kept, and so nobody waits for another again.
            None => Ok(next.call(request).await?.map_into_boxed_body()),
        };
    };
    // Somebody may have made it between the look and the turn.
    if let Some(kept) = app.pages.kept.get(&key) {
        return Ok(kept.answering(request));
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
        app.pages.kept.insert(key, kept.clone());
    }
    Ok(ServiceResponse::new(request, kept.response()))
}

impl Kept {
    fn answering(&self, request: ServiceRequest) -> ServiceResponse<BoxBody> {
        let answer = if self.is_known_to(&request) { self.unchanged() } else { self.response() };
        request.into_response(answer)
    }

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

/// Under what the answer may be kept; nothing for requests of somebody who is known, or that are not for a page. What is
/// looked at here, handlers need not look at again.
async fn asked(app: Option<web::Data<App>>, request: &ServiceRequest) -> Option<(web::Data<App>, Arc<Key>)> {
    let app = app?;
    if is_never_kept(request.path()) {
        return None;
    }
    let changes = app.pages.changes(&app.db).await?;
    request.extensions_mut().insert(Changes(changes));
    app.menu.follow(&app.db, changes).await.ok()?;
    let conditional =
        request.headers().contains_key(IF_MODIFIED_SINCE) && !request.headers().contains_key(IF_NONE_MATCH);
    let known = reader::hash(request.request()).is_some() || request.cookie("session").is_some();
    let known = known || access::has_key(request.request());
    if request.method() != Method::GET || conditional || known {
        return None;
    }
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
    let page = [
        "text/html",
        "application/atom+xml",
        "application/rss+xml",
        "application/feed+json",
        "application/xml",
    ];
    let private = headers.get(CACHE_CONTROL).and_then(|value| value.to_str().ok());
    response.status() == StatusCode::OK
        && page.iter().any(|page| kind.starts_with(page))
        && !headers.contains_key(SET_COOKIE)
        && !private.is_some_and(|value| value.contains("private") || value.contains("no-store"))
}
