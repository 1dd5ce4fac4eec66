//! The model reader: one call, bounded in every way, with its own few retries.

mod reply;
mod request;
mod split;
mod thoughts;
mod told;
mod transport;
mod wire;

use std::{fmt, time::Duration};

use futures::{Stream, StreamExt};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::{
    Breaker, Call, Fault, Piece, Stage,
    chain::{Ask, Work},
    tokens_in,
};
use reply::Reply;
use request::Asked;
pub(crate) use told::marked;

/// How long to wait for the number of tokens after the end of the text.
const BILL: Duration = Duration::from_secs(2);
/// The longest wait for a model while others can be asked.
const HURRY: Duration = Duration::from_secs(2);

/// A model behind an OpenAI-compatible server. All of it is configuration.
#[derive(Debug, Clone, Deserialize)]
pub struct Model {
    /// The name that readers see and answers are kept under.
    pub name: String,
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
    /// Whether the server has failed of late. Clones of a model share it.
    #[serde(skip)]
    pub breaker: Breaker,
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
    /// How a reply that was cut off is gone on with.
    pub continuation: Continuation,
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

/// How a model is told to go on with a text of its own: the text is the last message, as the assistant's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Continuation {
    /// It cannot: what is half is asked for again.
    #[default]
    None,
    /// The message has `"partial": true` (Moonshot).
    Partial,
    /// The message has `"prefix": true` (DeepSeek).
    Prefix,
    /// The request has `"continue_final_message": true` (vLLM).
    FinalMessage,
    /// The message will do as it is (Ollama, llama.cpp).
    Plain,
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
            continuation: Continuation::None,
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

impl Model {
    /// Whether it can go on in mid-sentence.
    pub(crate) fn can_continue(&self) -> bool {
        self.quirks.continuation != Continuation::None
    }
}

/// Bytes of the prompt of a call.
pub(crate) fn prompt_bytes(model: &Model, work: &Work, ask: &Ask) -> usize {
    request::request(model, work, ask, request::room(model)).bytes
}

/// One answer, with the few retries that cost nothing: before the reply has begun. `others` is how many
/// readers could be asked instead: with any, this one is not waited for long.
pub(crate) fn answer<'a>(
    model: &'a Model,
    work: &'a Work,
    ask: &'a Ask,
    others: usize,
) -> impl Stream<Item = Result<Piece, Fault>> + Send + 'a {
    async_stream::stream! {
        let known = work.room(&model.name);
        let room = known.unwrap_or_else(|| request::room(model));
        let mut tries = Tries { model, others, failures: 0, room, shortened: known.is_some() };
        loop {
            if !model.breaker.allows() {
                yield Err(Fault::Resting);
                return;
            }
            let asked = request::request(model, work, ask, tries.room);
            let mut reply = Reply::new(model, ask, &asked);
            let begun = Instant::now();
            let mut first = None;
            let fault = {
                let mut pieces = std::pin::pin!(call(model, &asked, &mut reply));
                loop {
                    let piece = match pieces.next().await {
                        Some(Ok(piece)) => piece,
                        Some(Err(fault)) => break Some(fault),
                        None => break None,
                    };
                    if matches!(piece, Piece::Replying { .. }) {
                        first = Some(begun.elapsed());
                    }
                    yield Ok(piece);
                }
            };
            let end = fault.map_or_else(|| reply.end(), Err);
            let (fault, usage) = (end.as_ref().err().map(Fault::code), reply.usage());
            yield Ok(Piece::Called(Call { model: model.name.clone(), fault, usage, first }));
            let fault = match end {
                Ok(done) => {
                    model.breaker.succeeded();
                    yield Ok(done);
                    return;
                }
                Err(fault) => fault,
            };
            let Some(pause) = tries.after(&fault, reply.has_begun()) else {
                tracing::warn!(model = model.name, code = fault.code(), %fault, "a call failed");
                yield Err(fault);
                return;
            };
            if fault == Fault::TooLong {
                // The next questions come with the same paper.
                work.remember_room(&model.name, tries.room);
            }
            tracing::info!(model = model.name, code = fault.code(), ?pause, "a call is made again");
            if !pause.is_zero() {
                yield Ok(Piece::Stage(Stage::Waiting(pause)));
                tokio::time::sleep(pause).await;
            }
        }
    }
}

/// What was tried of one answer.
struct Tries<'a> {
    model: &'a Model,
    others: usize,
    failures: u32,
    /// Bytes of the paper that the prompt may hold.
    room: usize,
    shortened: bool,
}

impl Tries<'_> {
    /// How long to wait before the next try; `None` if there should be none.
    fn after(&mut self, fault: &Fault, begun: bool) -> Option<Duration> {
        let Model { limits, breaker, .. } = self.model;
        match fault {
            _ if fault.is_of_the_server() && begun => {}
            _ if fault.is_of_the_server() => breaker.failed(),
            Fault::RateLimited { .. } => {}
            // It said no, so it is well.
            _ => breaker.succeeded(),
        }
        // After the first word or thought a second call would be paid twice and say something else.
        if begun {
            return None;
        }
        if *fault == Fault::TooLong && !std::mem::replace(&mut self.shortened, true) {
            // The server counts tokens, we count bytes: half of it fits if anything does.
            self.room /= 2;
            return Some(Duration::ZERO);
        }
        if !fault.is_passing() || self.failures == limits.retries {
            return None;
        }
        let pause = pause(limits, fault, self.failures);
        self.failures += 1;
        (self.others == 0 || pause <= HURRY).then_some(pause)
    }
}

/// What the server asked for, else twice as long as the last time, with a little chance in it; never longer than the
/// model is waited for.
fn pause(limits: &Limits, fault: &Fault, failures: u32) -> Duration {
    match fault {
        Fault::RateLimited { retry_after: Some(time) } => (*time).min(limits.patience),
        _ => {
            let longer = limits.backoff.saturating_mul(2u32.saturating_pow(failures));
            longer.saturating_add(limits.backoff.mul_f64(chance() / 2.0)).min(limits.patience)
        }
    }
}

/// Something between 0 and 1, so that replicas do not come back all at once.
fn chance() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    f64::from(RandomState::new().hash_one(0u8) as u32) / f64::from(u32::MAX)
}

/// One call from its request to its last event. What to say after a good end is the reply's business.
fn call<'a>(
    model: &'a Model,
    asked: &'a Asked,
    reply: &'a mut Reply,
) -> impl Stream<Item = Result<Piece, Fault>> + Send + 'a {
    async_stream::stream! {
        yield Ok(Piece::Stage(Stage::Reading { page: None }));
        let mut waiting = Waiting::new(&model.limits);
        let mut events = match waiting.on(transport::open(model, &asked.request)).await {
            Ok(Ok(events)) => events,
            Ok(Err(fault)) | Err(fault) => {
                yield Err(fault);
                return;
            }
        };
        yield Ok(Piece::Stage(Stage::Thinking));
        let mut told = false;
        let fault = loop {
            let chunk = match waiting.on(events.next()).await {
                // Once the model has said that it is done, only the bill is missing.
                Ok(Some(Err(_))) | Err(_) if reply.is_finished() => break None,
                Ok(Some(chunk)) => chunk,
                Ok(None) => break None,
                Err(fault) => break Some(fault),
            };
            match chunk.and_then(|chunk| reply.take(chunk)) {
                Ok(pieces) => {
                    if reply.has_begun() && !std::mem::replace(&mut told, true) {
                        yield Ok(Piece::Replying { model: model.name.clone(), read: tokens_in(asked.bytes) });
                    }
                    for piece in pieces {
                        yield Ok(piece);
                    }
                }
                Err(fault) => break Some(fault),
            }
            waiting.patience = match (reply.is_finished(), reply.has_begun()) {
                (true, _) => BILL,
                (_, true) => model.limits.idle,
                // A server that only says that it is there still has to begin.
                _ => model.limits.first,
            };
        };
        for piece in reply.rest() {
            yield Ok(piece);
        }
        if let Some(fault) = fault {
            yield Err(fault);
        }
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
