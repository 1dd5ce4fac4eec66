//! The vocabulary of Inkstone: what is stored, what its identifiers are, and what makes them valid.
//!
//! A [`Record`] is what one source said of a paper; a [`Paper`] is a group of records that are the
//! same work, and the thing that answers, comments and index entries hang on. A [`Post`] is written
//! here; a [`Comment`] belongs to either. An [`Answer`] is the list of [`Attempt`]s at reading one
//! paper for one [`AnswerKey`]. [`FullText`] is what a reader, human or model, is given of a paper.
//!
//! Nothing here does input or output, and nothing knows a database, a page or a model.

mod answers;
mod budgets;
mod categories;
mod changes;
mod comments;
mod days;
mod fulltext;
mod language;
mod manuscripts;
mod papers;
mod posts;
mod users;
mod venues;

pub use answers::{
    Answer, AnswerId, AnswerKey, Attempt, AttemptId, AttemptState, Begun, EXTRACTIVE, Progress, Question,
    QuestionSet, Received, Section, UNANSWERED, Want,
};
pub use budgets::{Charge, Cost, Limit, Limits, Payer, Refusal, Scope};
pub use categories::{CategoryTerms, archive, canonical_category, category, is_archive, is_category};
pub use changes::{Change, DocId, Kind};
pub use comments::{Comment, CommentId, CommentState, Subject, Why};
pub use days::day;
pub use fulltext::{FullText, Hidden, HiddenKind, Passage, TextSource};
pub use language::Language;
pub use manuscripts::{DraftId, Manuscript};
pub use papers::{
    Announced, Announcement, ArxivId, Counts, Harvested, Links, Paper, PaperId, Record, RecordKey, Venue, Way,
};
pub use posts::{Details, Format, Post, PostId, PostKind, Series, Slug, Visibility};
pub use users::{Role, User, UserId, UserName};
pub use venues::whole_edition;

/// Text that is not what it should be, with the reason in words for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {given:?} {why}")]
pub struct Invalid {
    /// What was expected: "slug", "arXiv id", …
    pub what: &'static str,
    /// What was given, shortened to 80 characters.
    pub given: String,
    /// Why it cannot be accepted, as the end of a sentence.
    pub why: &'static str,
}

impl Invalid {
    fn new(what: &'static str, given: &str, why: &'static str) -> Self {
        Self { what, given: given.chars().take(80).collect(), why }
    }
}
