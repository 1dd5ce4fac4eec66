//! The shapes of the protocol, as loose as real servers are.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A request for a streamed reply.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Request {
    pub(super) model: String,
    pub(super) messages: [Message; 2],
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
    pub(super) usage: Option<Usage>,
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
    pub(super) usage: Option<Usage>,
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
pub(super) struct Usage {
    pub(super) prompt_tokens: u64,
    pub(super) completion_tokens: u64,
}

impl Chunk {
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
