//! What an operator says of a model.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::Breaker;

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

    pub(super) fn expose(&self) -> &str {
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
