//! The model reader: one call, bounded in every way, with its own few retries.

mod reply;
mod request;
mod split;
mod thoughts;
mod transport;
mod wire;

use std::{fmt, time::Duration};

use content::{FullText, Language, QuestionSet, Record};
use futures::{Stream, StreamExt, stream::BoxStream};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::{Fault, Piece, Stage};
use reply::Reply;
pub(crate) use request::told;

/// How long to wait for the number of tokens after the end of the text.
const BILL: Duration = Duration::from_secs(2);

/// A model behind an OpenAI-compatible server. All of it is configuration.
#[derive(Debug, Clone, Deserialize)]
pub struct Model {
    /// The address before `/chat/completions`, for example `http://127.0.0.1:11434/v1`.
    pub base_url: String,
    /// The key, for servers that want one.
    #[serde(default)]
    pub api_key: Option<Secret>,
    /// The model as the server names it.
    pub model: String,
    /// How many tokens the model can take in and give out together.
    pub context: u64,
    /// In what the server differs from others.
    #[serde(default)]
    pub quirks: Quirks,
    /// How long to wait, and for how much.
    #[serde(default)]
    pub limits: Limits,
}

/// In what servers differ that speak the same protocol.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quirks {
    /// What the bound on the reply is called.
    pub max_tokens: MaxTokens,
    /// Sent only when set: some models allow one value and refuse even that.
    pub temperature: Option<f32>,
    /// Whether to ask for the number of tokens (`stream_options`); a few servers refuse the question.
    pub ask_usage: bool,
    /// Further members of the request, for example `reasoning_effort` or `thinking`.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// What the bound on the reply is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaxTokens {
    /// The name that most servers know.
    MaxTokens,
    /// The name that newer OpenAI and Kimi models insist on.
    MaxCompletionTokens,
}

/// How long to wait, and for how much. Times are in milliseconds in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Tokens that the model may write, thoughts included.
    pub output: u64,
    /// Until a connection stands.
    #[serde(with = "millis")]
    pub connect: Duration,
    /// Until the first event of the reply.
    #[serde(with = "millis")]
    pub first: Duration,
    /// Between two events.
    #[serde(with = "millis")]
    pub idle: Duration,
    /// For the whole reply.
    #[serde(with = "millis")]
    pub total: Duration,
    /// How often to try again before the first word.
    pub retries: u32,
    /// Before the first retry; twice as long before the next.
    #[serde(with = "millis")]
    pub backoff: Duration,
    /// The longest wait that a server may ask for.
    #[serde(with = "millis")]
    pub patience: Duration,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            max_tokens: MaxTokens::MaxTokens,
            temperature: None,
            ask_usage: true,
            extra: Default::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            output: 8192,
            connect: Duration::from_secs(3),
            first: Duration::from_secs(30),
            idle: Duration::from_secs(20),
            total: Duration::from_secs(300),
            retries: 2,
            backoff: Duration::from_millis(500),
            patience: Duration::from_secs(60),
        }
    }
}

mod millis {
    use super::{Deserialize, Duration};

    pub(super) fn serialize<S: serde::Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u128(time.as_millis())
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

/// A text that is shown to nobody: `Debug` gives `***`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text from being shown.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

pub(crate) fn read(
    model: &Model,
    paper: &Record,
    text: &FullText,
    questions: &QuestionSet,
    language: Language,
) -> BoxStream<'static, Result<Piece, Fault>> {
    let (request, note) = request::request(model, paper, text, questions, language);
    let (model, sections) = (model.clone(), questions.questions.len());
    async_stream::stream! {
        for failures in 0.. {
            let mut reply = Reply::new(&model, sections, note.clone());
            let fault = {
                let mut pieces = std::pin::pin!(call(&model, &request, &mut reply));
                loop {
                    match pieces.next().await {
                        Some(Ok(piece)) => yield Ok(piece),
                        Some(Err(fault)) => break fault,
                        None => return,
                    }
                }
            };
            // After the first word a second call would be paid twice and say something else.
            if reply.has_words() || !fault.is_passing() || failures == model.limits.retries {
                tracing::warn!(model = model.model, code = fault.code(), %fault, "a reading failed");
                yield Err(fault);
                return;
            }
            let pause = pause(&model.limits, &fault, failures);
            tracing::info!(model = model.model, code = fault.code(), ?pause, "a reading is tried again");
            tokio::time::sleep(pause).await;
        }
    }
    .boxed()
}

/// What the server asked for, else twice as long as the last time, with a little chance in it.
fn pause(limits: &Limits, fault: &Fault, failures: u32) -> Duration {
    match fault {
        Fault::RateLimited { retry_after: Some(time) } => (*time).min(limits.patience),
        _ => limits.backoff * 2u32.pow(failures) + limits.backoff.mul_f64(chance() / 2.0),
    }
}

/// Something between 0 and 1, so that replicas do not come back all at once.
fn chance() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    f64::from(RandomState::new().hash_one(0u8) as u32) / f64::from(u32::MAX)
}

/// One call from its request to its last event.
fn call<'a>(
    model: &'a Model,
    request: &'a wire::Request,
    reply: &'a mut Reply,
) -> impl Stream<Item = Result<Piece, Fault>> + 'a {
    async_stream::stream! {
        yield Ok(Piece::Stage(Stage::Reading { page: None }));
        let mut waiting = Waiting::new(&model.limits);
        let mut events = match waiting.on(transport::open(model, request)).await {
            Ok(Ok(events)) => events,
            Ok(Err(fault)) | Err(fault) => {
                yield Err(fault);
                return;
            }
        };
        yield Ok(Piece::Stage(Stage::Thinking));
        let fault = loop {
            let chunk = match waiting.on(events.next()).await {
                Ok(Some(chunk)) => chunk,
                // Once the model has said that it is done, only the bill is missing.
                Err(_) if reply.is_finished() => break None,
                Ok(None) => break None,
                Err(fault) => break Some(fault),
            };
            match chunk.and_then(|chunk| reply.take(chunk)) {
                Ok(pieces) => {
                    for piece in pieces {
                        yield Ok(piece);
                    }
                }
                Err(fault) => break Some(fault),
            }
            waiting.patience = if reply.is_finished() { BILL } else { model.limits.idle };
        };
        for piece in reply.rest() {
            yield Ok(piece);
        }
        yield match fault {
            Some(fault) => Err(fault),
            None => reply.end(),
        };
    }
}

/// How long the next thing may take.
struct Waiting {
    patience: Duration,
    deadline: Instant,
}

impl Waiting {
    fn new(limits: &Limits) -> Self {
        Self { patience: limits.first, deadline: Instant::now() + limits.total }
    }

    async fn on<T>(&self, next: impl Future<Output = T>) -> Result<T, Fault> {
        let until = (Instant::now() + self.patience).min(self.deadline);
        let late = |_| if until == self.deadline { Fault::Endless } else { Fault::Stalled };
        tokio::time::timeout_at(until, next).await.map_err(late)
    }
}
