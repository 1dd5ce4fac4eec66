//! The one place that knows the HTTP client. Errors keep their status, nothing is retried in
//! silence, and no line of the reply may grow without end.

use std::{
    io,
    sync::{Arc, Mutex, Once, PoisonError},
    time::{Duration, SystemTime},
};

use async_openai::{Client, config::OpenAIConfig, error::OpenAIError, middleware::HttpRequestFactory};
use futures::{Stream, StreamExt, stream::BoxStream};
use reqwest::{Response, header};
use tower::service_fn;

use super::{
    Model,
    wire::{Chunk, Reported, Request},
};
use crate::Fault;

/// An event longer than this is an attack or an accident.
const LONGEST_LINE: usize = 256 * 1024;
/// As much of an error body as is looked at.
const ERROR_BODY: usize = 64 * 1024;

/// The fault that ended a body: the client keeps only the text of an error.
type Noted = Arc<Mutex<Option<Fault>>>;

/// Sends the request; resolves when a stream of events has begun.
pub(super) async fn open(
    model: &Model,
    request: &Request,
) -> Result<BoxStream<'static, Result<Chunk, Fault>>, Fault> {
    let noted = Noted::default();
    let key = model.api_key.as_ref().map_or("none", |key| key.expose());
    let config = OpenAIConfig::new().with_api_base(model.base_url.trim_end_matches('/')).with_api_key(key);
    // A header value that cannot be made panics in the library.
    header::HeaderValue::from_str(key).map_err(|_| Fault::Unauthorized { status: 401 })?;
    let http = http_client(model.limits.connect)?;
    let send = {
        let noted = noted.clone();
        service_fn(move |request| send(http.clone(), request, noted.clone()))
    };
    let client = Client::with_config(config).with_http_service(send);
    let events =
        client.chat().create_stream_byot::<_, Chunk>(request).await.map_err(|error| fault(error, &noted))?;
    Ok(events.map(move |event| event.map_err(|error| fault(error, &noted))).boxed())
}

fn http_client(connect: Duration) -> Result<reqwest::Client, Fault> {
    static PROVIDER: Once = Once::new();
    // An error means that somebody installed one before: as good.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let client =
        reqwest::Client::builder().connect_timeout(connect).redirect(reqwest::redirect::Policy::none());
    client.build().map_err(|_| Fault::Refused)
}

async fn send(
    http: reqwest::Client,
    request: HttpRequestFactory,
    noted: Noted,
) -> Result<Response, OpenAIError> {
    let request = request.build().await?;
    let response = http.execute(request).await.map_err(|_| boxed(Fault::Refused))?;
    if !response.status().is_success() {
        return Err(boxed(refusal(response).await));
    }
    // Nothing was said to be understood but plain bytes: what is packed may unpack to anything.
    let packed = header_text(&response, &header::CONTENT_ENCODING);
    if !packed.is_empty() && packed != "identity" {
        return Err(boxed(Fault::ContentType { given: packed.chars().take(80).collect() }));
    }
    let kind = header_text(&response, &header::CONTENT_TYPE);
    if !kind.trim_start().to_ascii_lowercase().starts_with("text/event-stream") {
        return Err(boxed(Fault::ContentType { given: kind.chars().take(80).collect() }));
    }
    let guarded = reqwest::Body::wrap_stream(guarded(response.bytes_stream(), noted));
    Ok(http::Response::new(guarded).into())
}

/// Notes why a body ended early, and ends it when a line is too long. Two things in which the parser differs from the
/// specification are mended: it panics at a byte order mark, and waits for what may follow a last carriage return.
fn guarded<B: AsRef<[u8]> + Send + 'static>(
    body: impl Stream<Item = Result<B, reqwest::Error>> + Send + 'static,
    noted: Noted,
) -> impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static {
    let fail = move |fault: Fault| {
        *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
        Err(io::Error::other("the body ended early"))
    };
    async_stream::stream! {
        let mut body = std::pin::pin!(body);
        let (mut line, mut start, mut returned) = (0, Some(Vec::new()), false);
        while let Some(bytes) = body.next().await {
            let Ok(bytes) = bytes else {
                yield fail(Fault::Cut);
                return;
            };
            let bytes = unmarked(&mut start, bytes.as_ref());
            returned = bytes.last().map_or(returned, |last| *last == b'\r');
            line = match bytes.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')) {
                Some(end) => bytes.len() - end - 1,
                None => line + bytes.len(),
            };
            if line > LONGEST_LINE {
                yield fail(Fault::Endless);
                return;
            }
            yield Ok(bytes);
        }
        if returned {
            yield Ok(b"\n".to_vec());
        }
    }
}

/// The next bytes of a body, without a mark at its start, however that is cut. `start` holds what may be half of one.
fn unmarked(start: &mut Option<Vec<u8>>, bytes: &[u8]) -> Vec<u8> {
    const MARK: &[u8] = "\u{feff}".as_bytes();
    let Some(mut held) = start.take() else { return bytes.to_owned() };
    held.extend_from_slice(bytes);
    if held.len() < MARK.len() && MARK.starts_with(&held) {
        *start = Some(held);
        return Vec::new();
    }
    held.strip_prefix(MARK).map(<[u8]>::to_owned).unwrap_or(held)
}

/// What a response that is no success means.
async fn refusal(response: Response) -> Fault {
    let status = response.status().as_u16();
    let retry_after = wait(header_text(&response, &header::RETRY_AFTER).trim());
    let mut body = Vec::new();
    let mut bytes = response.bytes_stream();
    while let Some(Ok(more)) = bytes.next().await
        && body.len() < ERROR_BODY
    {
        body.extend_from_slice(&more);
    }
    meaning(status, retry_after, &Reported::in_body(&body).text)
}

/// `Retry-After`: seconds, or a date.
fn wait(told: &str) -> Option<Duration> {
    let date = || httpdate::parse_http_date(told).ok();
    let until = |date: SystemTime| date.duration_since(SystemTime::now()).unwrap_or_default();
    told.parse().ok().map(Duration::from_secs).or_else(|| date().map(until))
}

/// What a status and the words that came with it mean.
pub(super) fn meaning(status: u16, retry_after: Option<Duration>, text: &str) -> Fault {
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let too_long = [
        "context_length",
        "context length",
        "maximum context",
        "context size",
        "exceed_context",
        "too many tokens",
        "prompt is too long",
    ];
    match status {
        // A redirection is not followed: the address is not the one that the operator wrote down.
        300..400 => Fault::Rejected { status },
        401 | 403 => Fault::Unauthorized { status },
        402 => Fault::Quota,
        429 if says(&["insufficient_quota", "exceeded_current_quota", "insufficient balance", "billing"]) => {
            Fault::Quota
        }
        429 => Fault::RateLimited { retry_after },
        413 => Fault::TooLong,
        400..500 if says(&too_long) => Fault::TooLong,
        408 => Fault::Upstream { status: 504 },
        400..500 => Fault::Rejected { status },
        503 | 529 if retry_after.is_some() => Fault::RateLimited { retry_after },
        _ => Fault::Upstream { status },
    }
}

fn header_text(response: &Response, name: &header::HeaderName) -> String {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

fn boxed(fault: Fault) -> OpenAIError {
    OpenAIError::Boxed(Box::new(fault))
}

fn fault(error: OpenAIError, noted: &Noted) -> Fault {
    // What came before a cut may have been wrong by itself.
    if matches!(error, OpenAIError::JSONDeserialize(..)) {
        return Fault::Malformed;
    }
    if let Some(fault) = noted.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return fault;
    }
    match error {
        OpenAIError::Boxed(error) => error.downcast().map_or(Fault::Refused, |fault| *fault),
        OpenAIError::Reqwest(_) => Fault::Refused,
        OpenAIError::InvalidArgument(_) => Fault::Rejected { status: 400 },
        _ => Fault::Malformed,
    }
}
