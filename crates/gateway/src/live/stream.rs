use std::{convert::Infallible, time::Duration};

use actix_web::{HttpRequest, HttpResponse, web};
use futures::{Stream, StreamExt};
use runs::Subscription;
use serde::Deserialize;

use super::{Live, place::Place, snapshot, wire};
use crate::{
    app::App,
    errors::Failure,
    visit::{Visit, language::Messages, parameters::Parameters, reader},
};

/// Between two comments on a quiet stream.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Events that are ready together go out together, so many at the most.
const TOGETHER: usize = 64;

/// Where the page's stream begins.
#[derive(Debug, Deserialize)]
pub(super) struct StreamAddress {
    at: String,
}

/// `GET /live?at=…`: the one event stream of a page.
pub(super) async fn live(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    Parameters(asked): Parameters<StreamAddress>,
) -> Result<HttpResponse, Failure> {
    let wrong = |why: &str| Failure::BadRequest(why.to_owned());
    let mut place: Place = asked.at.parse().map_err(wrong)?;
    // The browser's own reconnection: the same address, and what it saw last.
    let last = request.headers().get("last-event-id").and_then(|value| value.to_str().ok());
    if let Some(last) = last.and_then(|last| last.parse().ok()) {
        place = place.resumed(last);
    }
    let begin = begin(&app, place, &reader::of(&request), visit.m).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("cache-control", "no-store"))
        .insert_header(("x-accel-buffering", "no"))
        // Compression would hold events back until a block is full.
        .insert_header(("content-encoding", "identity"))
        .streaming(events(begin, visit.m)))
}

/// A stream that is about to be sent.
struct Begin {
    place: Place,
    /// What must be said before the first event, each as JSON.
    first: Vec<String>,
    events: Subscription,
}

/// Follows each run from where the page is, or has the page forget what it has of it.
async fn begin(app: &App, place: Place, reader: &runs::Reader, m: Messages) -> Result<Begin, Failure> {
    let Live { runs, .. } = &app.live;
    let mut place = place;
    let mut first = Vec::new();
    let stale = place.epoch != runs.epoch();
    place.epoch = runs.epoch().to_owned();
    let mut follow = Vec::new();
    for (run, position) in place.positions.clone() {
        let known = |position| runs.knows(run, position);
        if !stale && known(position) {
            follow.push((run, position));
        } else if known(0) {
            first.push(wire::anew(run));
            follow.push((run, 0));
            place.reach(run, 0);
        } else {
            let told = match snapshot::of(app, run).await? {
                Some(snapshot) => wire::snapshot(run, &snapshot, m),
                None => wire::gone(run),
            };
            first.push(told);
            place.reach(run, 0);
        }
    }
    Ok(Begin { place, first, events: runs.subscribe(&follow, reader) })
}

fn events(begin: Begin, m: Messages) -> impl Stream<Item = Result<web::Bytes, Infallible>> {
    let Begin { mut place, first, events } = begin;
    async_stream::stream! {
        let mut text = wire::RETRY.to_owned();
        for json in first {
            text.push_str(&wire::event(&place, &json));
        }
        yield Ok(text.into());
        let mut events = events.ready_chunks(TOGETHER);
        loop {
            match tokio::time::timeout(HEARTBEAT, events.next()).await {
                Ok(Some(together)) => {
                    let mut text = String::new();
                    for event in together {
                        place.reach(event.run, event.seq);
                        text.push_str(&wire::event(&place, &wire::said(&event, m)));
                    }
                    yield Ok(text.into());
                }
                Ok(None) => break,
                Err(_) => yield Ok(web::Bytes::from_static(wire::HEARTBEAT.as_bytes())),
            }
        }
        yield Ok(wire::event(&place, &wire::idle()).into());
    }
}
