use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Cost, Language, PaperId, Refusal, TextSource};

/// The model name of the embedded reader, which needs no model: in an answer's key and at its attempts.
pub const EXTRACTIVE: &str = "extractive";

/// The fault of an attempt whose reply ended by itself, but left questions out: what came of it is whole.
pub const UNANSWERED: &str = "unanswered";

/// What an answer depends on: two requests with equal keys share one answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AnswerKey {
    /// The paper that was read.
    pub paper: PaperId,
    /// The version of the record that was shown.
    pub record_version: String,
    /// Which text was wanted: `stored` with the paper, `fetched` from where it is published, or the `abstract`. What it
    /// was read from in the end is known to the attempt.
    pub text_source: String,
    /// Name and version of the extractor of that text.
    pub extractor: String,
    /// The language of the answer.
    pub language: Language,
    /// The model asked for; [`EXTRACTIVE`] for the embedded reader.
    pub model: String,
    /// Name and version of the question set.
    pub question_set: String,
}

/// The number of an [`AnswerKey`] in storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AnswerId(pub i64);

/// Everything known for one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// What it answers.
    pub key: AnswerKey,
    /// Attempts, oldest first. Ended attempts never change.
    pub attempts: Vec<Attempt>,
}

/// Key of an attempt; also the name of the run that makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AttemptId(pub i64);

/// One reading of the paper from beginning to end, or as far as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// Key.
    pub id: AttemptId,
    /// How far it came.
    pub state: AttemptState,
    /// The model that replied, as it named itself.
    pub model: Option<String>,
    /// When it was begun.
    pub started: DateTime<Utc>,
    /// When it ended.
    pub ended: Option<DateTime<Utc>>,
    /// Tokens read and written, where the model said so.
    pub tokens: Option<(u64, u64)>,
    /// Why it stopped early: a code that the gateway turns into a sentence.
    pub fault: Option<String>,
    /// What the text was taken from; none before there was one, and of attempts that did not note it.
    pub text: Option<TextSource>,
    /// Why it was read from no better text: a code that the gateway turns into a sentence.
    pub text_fault: Option<String>,
    /// One section for each question, in the set's order; later ones may be empty.
    pub sections: Vec<Section>,
}

/// The states of an attempt that outlive the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttemptState {
    /// A run is at work on it.
    Running,
    /// All sections are there.
    Done,
    /// The process went away in the middle.
    Interrupted,
    /// The model or the text failed; see [`Attempt::fault`].
    Failed,
    /// The last reader stopped it.
    Cancelled,
}

/// Whether an answer that exists will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// A finished or running one is welcome.
    Any,
    /// Read once more, unless that is happening already.
    Again,
    /// A finished or running one is welcome; else go on with the fullest text that an attempt left.
    Continue,
}

/// The attempt that answers a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// A new attempt, recorded as running.
    New(AttemptId),
    /// The same, and it goes on with what an earlier one had received.
    Continued(AttemptId, Received),
    /// One that was there already, running or done.
    Stored(AttemptId),
    /// A new one would cost more than there is. Nothing was recorded.
    Refused(Refusal),
}

/// What an earlier attempt had received of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Received {
    /// In the order of the questions; those of which nothing came are empty, or missing at the end.
    pub sections: Vec<Section>,
    /// Whether the reply ended by itself. Else the last section that has any text may be half.
    pub whole: bool,
}

/// How far a running attempt is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Which attempt.
    pub attempt: AttemptId,
    /// Its text so far; nothing of a section that has not grown since it was saved last.
    pub sections: Vec<Section>,
    /// Who replies, by the name that they are configured under.
    pub model: Option<String>,
    /// What it has cost so far.
    pub cost: Cost,
}

/// The answer to one question: a Markdown document of its own. Hostile until rendered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Section {
    /// Markdown as received so far.
    pub markdown: String,
}

/// The fixed questions, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionSet {
    /// Name of the set; with `version` it is part of an answer's key.
    pub name: String,
    /// Grows with every edit.
    pub version: u32,
    /// In the order of the sections.
    pub questions: Vec<Question>,
}

/// One question of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// A stable name (`problem`, `method`): anchors and cue words go by it.
    pub id: String,
    /// The question as the reader sees it.
    pub title: String,
    /// What the model is told to write.
    pub prompt: String,
}

impl AttemptState {
    /// The name used in storage and events.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that [`name`](Self::name).
    pub fn of(name: &str) -> Option<Self> {
        [Self::Running, Self::Done, Self::Interrupted, Self::Failed, Self::Cancelled]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

impl QuestionSet {
    /// Name and version as they stand in an [`AnswerKey`].
    pub fn tag(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}
