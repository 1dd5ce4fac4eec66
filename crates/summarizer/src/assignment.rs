use content::{FullText, Language, QuestionSet, Received, Record};
use serde::{Deserialize, Serialize};

/// What is to be read, and what is to be answered.
#[derive(Debug, Clone, Copy)]
pub struct Assignment<'a> {
    /// The paper.
    pub paper: &'a Record,
    /// What there is of its text.
    pub text: &'a FullText,
    /// The questions.
    pub questions: &'a QuestionSet,
    /// The language of the answers.
    pub language: Language,
    /// How models are asked.
    pub calls: Calls,
    /// What was received before: a reading goes on from there.
    pub received: &'a Received,
}

/// How many calls a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Calls {
    /// One, for all questions: the paper is paid for once.
    #[default]
    Combined,
    /// One for each question, each with the whole paper: longer answers, and a server that remembers
    /// what it has read bills it at a fraction.
    PerQuestion,
}

/// Of a reading that begins.
static NOTHING: Received = Received { sections: Vec::new(), whole: false };

impl<'a> Assignment<'a> {
    /// To answer all questions, in one call.
    pub fn new(
        paper: &'a Record,
        text: &'a FullText,
        questions: &'a QuestionSet,
        language: Language,
    ) -> Self {
        Self { paper, text, questions, language, calls: Calls::default(), received: &NOTHING }
    }
}
