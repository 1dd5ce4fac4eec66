//! The shapes of the protocol, as loose as real servers are.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Usage;

/// A request for a streamed reply.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Request {
    pub(super) model: String,
    pub(super) messages: Vec<Message>,
    pub(super) stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_completion_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) temperature: Option<f32>,
    #[serde(flatten)]
    pub(super) extra: Map<String, Value>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Message {
    pub(super) role: &'static str,
    pub(super) content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) partial: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) prefix: Option<bool>,
}

impl Message {
    pub(super) fn new(role: &'static str, content: impl Into<String>) -> Self {
        Self { role, content: content.into(), partial: None, prefix: None }
    }
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct StreamOptions {
    pub(super) include_usage: bool,
}

/// One event of the reply: OpenAI's chunk, or one of the shapes in which servers report errors.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chunk {
    pub(super) choices: Vec<Choice>,
    usage: Option<Counted>,
    /// llama.cpp counts here when it was not asked to count elsewhere.
    timings: Option<Timings>,
    pub(super) model: Option<String>,
    /// `{"error": …}` (OpenAI, Anthropic, llama.cpp).
    error: Option<Value>,
    /// `{"object": "error", "message": …, "code": …}` (vLLM).
    object: Option<String>,
    message: Option<String>,
    code: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Choice {
    pub(super) delta: Option<Delta>,
    pub(super) finish_reason: Option<String>,
    /// Moonshot puts it here.
    usage: Option<Counted>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Delta {
    pub(super) content: Option<String>,
    /// DeepSeek, Kimi, llama.cpp.
    pub(super) reasoning_content: Option<String>,
    /// vLLM, OpenRouter.
    pub(super) reasoning: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Counted {
    prompt_tokens: u64,
    completion_tokens: u64,
    /// OpenAI, vLLM.
    prompt_tokens_details: Option<Details>,
    /// Moonshot.
    cached_tokens: Option<u64>,
    /// DeepSeek.
    prompt_cache_hit_tokens: Option<u64>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Details {
    cached_tokens: Option<u64>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Timings {
    cache_n: u64,
    prompt_n: u64,
    predicted_n: u64,
}

impl Counted {
    fn usage(self) -> Usage {
        let detailed = self.prompt_tokens_details.and_then(|details| details.cached_tokens);
        let cached = detailed.or(self.cached_tokens).or(self.prompt_cache_hit_tokens).unwrap_or(0);
        Usage { read: self.prompt_tokens, cached, written: self.completion_tokens }
    }
}

impl Timings {
    fn usage(self) -> Usage {
        Usage {
            read: self.cache_n.saturating_add(self.prompt_n),
            cached: self.cache_n,
            written: self.predicted_n,
        }
    }
}

impl Chunk {
    /// What the server has counted so far, wherever it says so.
    pub(super) fn usage(&self) -> Option<Usage> {
        let counted = self.usage.or_else(|| self.choices.first()?.usage);
        counted.map(Counted::usage).or(self.timings.map(Timings::usage))
    }

    /// The error that this event reports, if it is one: its code, type or text.
    pub(super) fn error(&self) -> Option<Reported> {
        match &self.error {
            Some(error) if !error.is_null() => return Some(Reported::of(error)),
            _ => {}
        }
        (self.object.as_deref() == Some("error")).then(|| Reported {
            status: self.code.as_ref().and_then(status),
            text: self.message.clone().unwrap_or_default().to_lowercase(),
        })
    }
}

/// What a server says about an error, in a body or in an event.
#[derive(Debug, Default)]
pub(super) struct Reported {
    /// The HTTP status it names, if any.
    pub(super) status: Option<u16>,
    /// Code, type and message, in lower case.
    pub(super) text: String,
}

impl Reported {
    /// From a whole error body in any shape, or none.
    pub(super) fn in_body(body: &[u8]) -> Self {
        let Ok(value) = serde_json::from_slice::<Value>(body) else { return Self::default() };
        Self::of(value.get("error").unwrap_or(&value))
    }

    fn of(error: &Value) -> Self {
        let field =
            |name: &str| error.get(name).filter(|value| !value.is_null()).map(text).unwrap_or_default();
        let joined = match error {
            Value::String(message) => message.clone(),
            _ => [field("code"), field("type"), field("message")].join(" "),
        };
        Self { status: error.get("code").and_then(status), text: joined.to_lowercase() }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn status(code: &Value) -> Option<u16> {
    let code = code.as_u64().or_else(|| code.as_str()?.parse().ok())?;
    u16::try_from(code).ok().filter(|code| (400..600).contains(code))
}
