use std::sync::Arc;

use content::{AttemptId, AttemptState, Cost};

/// One entry in the log of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Whose log it stands in.
    pub run: AttemptId,
    /// Place in the log: 1, 2, 3, … without gaps.
    pub seq: u64,
    /// What happened.
    pub body: Body,
}

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// The run came to another stage.
    Stage(Stage),
    /// A section changed.
    Patch {
        /// Which one, from 0.
        section: usize,
        /// How, in a format that only the two ends know. Shared by all readers.
        patches: Arc<str>,
    },
    /// More of what the model thinks before it answers; no part of the answer. Shared by all readers.
    Thought(Arc<str>),
    /// Nothing follows.
    End(End),
}

/// What a running run is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Waits for others to finish.
    Queued {
        /// From 1.
        place: usize,
    },
    /// Gets the paper's text.
    Fetching,
    /// Goes through the text.
    Reading {
        /// The page it is at and how many there are, from 1, if the text has pages.
        page: Option<(u32, u32)>,
    },
    /// Another model is asked, because the ones before it did not reply.
    Asking {
        /// Its name.
        model: Arc<str>,
    },
    /// Asks again in a while.
    Waiting {
        /// How long that is.
        seconds: u64,
    },
    /// The model has everything and has not said a word yet.
    Thinking,
    /// Words arrive.
    Writing {
        /// The section they belong to, from 1.
        section: usize,
        /// How many sections there will be.
        of: usize,
    },
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Anything but `Running`.
    pub state: AttemptState,
    /// Why it failed, as a code.
    pub fault: Option<String>,
    /// The model that replied, as it named itself.
    pub model: Option<String>,
    /// Tokens read and written.
    pub tokens: Option<(u64, u64)>,
    /// What it cost, as far as is known.
    pub cost: Cost,
    /// What readers must know of the answer, as codes.
    pub notes: Vec<String>,
}

impl End {
    pub(crate) fn early(state: AttemptState) -> Self {
        Self { state, fault: None, model: None, tokens: None, cost: Cost::default(), notes: Vec::new() }
    }

    pub(crate) fn failed(code: impl Into<String>) -> Self {
        Self { fault: Some(code.into()), ..Self::early(AttemptState::Failed) }
    }
}
